//! The SFU: one media thread that owns the UDP port and every WebRTC connection.
//!
//! The [`router`] does no IO: datagrams, commands and the time go in, datagrams and [`SfuEvent`]s
//! come out. The [`thread`] gives it a socket and a clock. [`Sfu`] is the handle that the async
//! world holds.
//!
//! Pictures of a surface are dropped at the door until [`Sfu::set_forwarding`] allows them, sound
//! of a participant until [`Sfu::set_audio_forwarding`] does.

mod addresses;
mod command;
mod offer;
mod peer;
mod picture_ids;
mod rates;
mod realtime;
pub mod router;
mod routes;
mod session;
mod source;
mod stun;
mod thread;
mod types;

#[cfg(test)]
mod tests;

pub use types::*;

use command::Command;
use sightline_protocol::{ParticipantId, SessionId, SurfaceId};
use std::{io, sync::Arc};
use thread::CommandQueue;
use tokio::sync::{mpsc, oneshot};

/// Handle of the media thread. Cheap to clone; the thread ends when the last handle is dropped.
///
/// The methods that are not async never wait for the network. Control commands wait for room in
/// the bounded command queue, which the media thread empties in each turn of its loop, because
/// losing one of them could show what a customer has hidden. Realtime packets do not wait: when
/// the queue is full they are dropped, as on the wire.
#[derive(Clone)]
pub struct Sfu {
    queue: Arc<CommandQueue>,
    local_port: u16,
}

impl Sfu {
    /// Binds the media port and starts the media thread. Events of all sessions come out of the
    /// receiver, which must be emptied: while it is full, events are dropped and counted in the
    /// log.
    ///
    /// # Errors
    /// When the port cannot be bound or the thread cannot be started.
    pub fn start(config: SfuConfig) -> io::Result<(Self, mpsc::Receiver<SfuEvent>)> {
        let (queue, local_port, events) = thread::start(config)?;
        Ok((
            Self {
                queue: Arc::new(queue),
                local_port,
            },
            events,
        ))
    }

    /// The bound UDP port.
    pub fn local_port(&self) -> u16 {
        self.local_port
    }

    /// Answers an offer. An offer with a new DTLS fingerprint replaces the participant's
    /// connection; any other one changes it.
    ///
    /// # Errors
    /// [`SfuError::Offer`] and [`SfuError::Section`] leave an existing connection as it was.
    pub async fn negotiate(&self, request: Negotiate) -> Result<NegotiateAnswer, SfuError> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Command::Negotiate {
            request: Box::new(request),
            reply,
        });
        answer.await.unwrap_or(Err(SfuError::Stopped))
    }

    /// Tells the numbers and the tracker of a surface; repeat it when the tracker changes.
    pub fn set_surface(&self, session: SessionId, rules: SurfaceRules) {
        self.queue.send(Command::SetSurface { session, rules });
    }

    /// Forgets a surface: its pictures are dropped and nobody receives it any more.
    pub fn remove_surface(&self, session: SessionId, surface: SurfaceId) {
        self.queue.send(Command::RemoveSurface { session, surface });
    }

    /// The gate of consent and of the curtain: pictures of a surface pass only while allowed.
    pub fn set_forwarding(&self, session: SessionId, surface: SurfaceId, allowed: bool) {
        self.queue.send(Command::SetForwarding {
            session,
            surface,
            allowed,
        });
    }

    /// The same gate for the sound that a participant sends.
    pub fn set_audio_forwarding(
        &self,
        session: SessionId,
        participant: ParticipantId,
        allowed: bool,
    ) {
        self.queue.send(Command::SetAudioForwarding {
            session,
            participant,
            allowed,
        });
    }

    /// Sends a JSON text over the participant's `annotations` channel. When that is not possible
    /// the text comes back as [`SfuEvent::AnnotationsUndelivered`].
    pub fn send_annotations(&self, session: SessionId, participant: ParticipantId, json: String) {
        self.queue.send(Command::SendAnnotations {
            session,
            participant,
            json,
        });
    }

    /// Sends a realtime packet to everybody in the session whose channel is open, but not to
    /// `except`. Unreliable: a busy channel or queue drops it.
    pub fn send_realtime(
        &self,
        session: SessionId,
        except: Option<ParticipantId>,
        packet: Vec<u8>,
    ) {
        self.queue.try_send(Command::SendRealtime {
            session,
            except,
            packet,
        });
    }

    /// Asks the publisher of a surface for a keyframe, at most one each 300 ms.
    pub fn request_keyframe(&self, session: SessionId, surface: SurfaceId) {
        self.queue
            .send(Command::RequestKeyframe { session, surface });
    }

    /// Closes a participant's connection, if there is one.
    pub fn remove_participant(&self, session: SessionId, participant: ParticipantId) {
        self.queue.send(Command::RemoveParticipant {
            session,
            participant,
        });
    }

    /// Closes all connections of a session and forgets it.
    pub fn end_session(&self, session: SessionId) {
        self.queue.send(Command::EndSession { session });
    }

    /// Copies the RTP packets of a surface to a sink, as far as its gate lets them pass. A second
    /// tap on the same surface replaces the first.
    pub fn tap(&self, session: SessionId, surface: SurfaceId, sink: TapSink) {
        self.queue.send(Command::Tap {
            session,
            surface,
            sink,
        });
    }

    /// Copies what a surface shows to a film: its packets and pose packets, as far as its gate lets
    /// them pass. None ends it.
    pub fn film(&self, session: SessionId, surface: SurfaceId, sink: Option<TapSink<Filmed>>) {
        self.queue.send(Command::Film {
            session,
            surface,
            sink,
        });
    }

    /// Ends a tap.
    pub fn untap(&self, session: SessionId, surface: SurfaceId) {
        self.queue.send(Command::Untap { session, surface });
    }
}
