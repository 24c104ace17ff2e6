use sightline_protocol::{ParticipantId, ReceivedTrack, SessionId, SurfaceId, TrackKind};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, TrySendError},
    },
    time::Instant,
};

/// Where the media port listens and what it tells clients.
#[derive(Debug, Clone)]
pub struct SfuConfig {
    /// UDP address to bind; port 0 takes any free port.
    pub bind: SocketAddr,
    /// Host candidates of every answer. Empty: loopback and the machine's own addresses, with the
    /// bound port.
    pub advertise: Vec<SocketAddr>,
}

/// One section of an offer in which the client sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// `a=mid` of the section.
    pub mid: String,
    /// Sound or picture.
    pub kind: TrackKind,
    /// What the picture shows; none for sound.
    pub surface: Option<SurfaceId>,
}

/// A client's offer with what the session knows about it.
#[derive(Debug, Clone)]
pub struct Negotiate {
    /// In which session.
    pub session: SessionId,
    /// Who offers.
    pub participant: ParticipantId,
    /// Short number of the participant, written into the cursors it sends.
    pub number: u16,
    /// True when this participant's cursors are passed on.
    pub may_point: bool,
    /// The offer, RFC 8829.
    pub sdp: String,
    /// The sections in which the client sends; packets of any other section are dropped.
    pub published: Vec<Published>,
}

/// Answer to [`Negotiate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NegotiateAnswer {
    /// The answer, RFC 8829, with all host candidates.
    pub sdp: String,
    /// What the sections carry in which the server sends.
    pub received: Vec<ReceivedTrack>,
}

/// What the media thread knows about a surface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurfaceRules {
    /// Which.
    pub surface: SurfaceId,
    /// Short number of the surface in realtime packets.
    pub number: u16,
    /// Whose pose packets are passed on; none while nobody tracks, or while the server itself does.
    pub tracker: Option<ParticipantId>,
}

/// Why the media thread did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SfuError {
    /// Not an offer that this server can answer.
    #[error("the offer cannot be answered: {reason}")]
    Offer {
        /// What is wrong with it.
        reason: String,
    },
    /// A published section is not in the offer, or of another kind.
    #[error("the offer has no {kind:?} section with a=mid:{mid} in which the client sends")]
    Section {
        /// Which section was named.
        mid: String,
        /// As what.
        kind: TrackKind,
    },
    /// The media thread has ended.
    #[error("the media thread has ended; the server must be started again")]
    Stopped,
}

/// What the media thread reports.
#[derive(Debug, Clone, PartialEq)]
pub enum SfuEvent {
    /// Media and data can flow, for the first time or again.
    Connected {
        /// In which session.
        session: SessionId,
        /// Whose connection.
        participant: ParticipantId,
    },
    /// Nothing comes through any more. A new offer with an ICE restart, or a new connection,
    /// brings it back.
    Disconnected {
        /// In which session.
        session: SessionId,
        /// Whose connection.
        participant: ParticipantId,
    },
    /// A message on the `annotations` channel; not validated.
    AnnotationMessage {
        /// In which session.
        session: SessionId,
        /// Who sent it.
        participant: ParticipantId,
        /// The JSON text as received.
        text: String,
    },
    /// A channel is open: [`sightline_protocol::CHANNEL_ANNOTATIONS`] or
    /// [`sightline_protocol::CHANNEL_REALTIME`].
    ChannelOpen {
        /// In which session.
        session: SessionId,
        /// Whose.
        participant: ParticipantId,
        /// Label of the channel.
        label: &'static str,
    },
    /// A text could not go out over the `annotations` channel; it has to go over the WebSocket.
    AnnotationsUndelivered {
        /// In which session.
        session: SessionId,
        /// To whom.
        participant: ParticipantId,
        /// The text.
        text: String,
    },
    /// What a participant's receiving sections carry has changed without its own offer.
    TracksChanged {
        /// In which session.
        session: SessionId,
        /// Whose sections.
        participant: ParticipantId,
        /// All received tracks.
        received: Vec<ReceivedTrack>,
    },
    /// The participant has too few receiving sections: it should offer again with these counts.
    SlotsNeeded {
        /// In which session.
        session: SessionId,
        /// Whose.
        participant: ParticipantId,
        /// Video sections in all.
        video: u8,
        /// Audio sections in all.
        audio: u8,
    },
    /// Measured once a second for each connected participant.
    MediaStats {
        /// In which session.
        session: SessionId,
        /// Whose connection.
        participant: ParticipantId,
        /// Round trip in milliseconds, when measured.
        rtt_ms: Option<u32>,
        /// Share of packets lost on the way from the participant, 0 to 1.
        loss_in: f32,
        /// Share of packets lost on the way to the participant, 0 to 1.
        loss_out: f32,
        /// Frames a second that came from the participant, over all pictures.
        fps_in: f32,
    },
    /// The connection is gone for good and has been removed.
    Failed {
        /// In which session.
        session: SessionId,
        /// Whose connection.
        participant: ParticipantId,
        /// Why, in words for the log; no private data.
        reason: String,
    },
}

/// Video codec of a tapped packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VideoCodec {
    /// RFC 7741.
    Vp8,
    /// RFC 6184, packetization mode 1.
    H264,
}

/// One RTP packet after loss recovery: packets come in any order, each once.
#[derive(Debug, Clone)]
pub struct TapPacket {
    /// Which surface.
    pub surface: SurfaceId,
    /// Counts the publisher's streams on this surface; a new value starts a new sequence.
    pub stream: u64,
    /// Sequence number, extended beyond 16 bits.
    pub seq: u64,
    /// RTP timestamp.
    pub frame_time: u32,
    /// RTP marker bit: last packet of a frame.
    pub marker: bool,
    /// How the payload is coded.
    pub codec: VideoCodec,
    /// RTP payload without header, padding and extensions.
    pub payload: Arc<[u8]>,
    /// When it arrived.
    pub at: Instant,
}

/// What everybody in a session was told about a surface beside its picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TapSaid {
    /// Of which surface.
    pub surface: SurfaceId,
    /// A realtime packet as it went out, or a message.
    pub packet: Arc<[u8]>,
    /// When.
    pub at: Instant,
}

/// What a film is made of.
#[derive(Debug, Clone)]
pub enum Filmed {
    /// A packet of the picture.
    Packet(TapPacket),
    /// Where its drawings were, and who pointed where.
    Said(TapSaid),
}

/// Where tapped packets go. Never blocks the media thread: a full queue drops and counts.
#[derive(Debug)]
pub struct TapSink<T = TapPacket> {
    queue: SyncSender<T>,
    accepted: Arc<AtomicU64>,
    dropped: Arc<AtomicU64>,
}

impl<T> Clone for TapSink<T> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            accepted: self.accepted.clone(),
            dropped: self.dropped.clone(),
        }
    }
}

impl<T> TapSink<T> {
    /// Wraps the sending end of a bounded queue.
    pub fn new(queue: SyncSender<T>) -> Self {
        Self {
            queue,
            accepted: Arc::default(),
            dropped: Arc::default(),
        }
    }

    /// Packets that were put into the queue so far.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Packets dropped so far because the queue was full.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// The same for the other end, which must not hold a sink: it ends with the last of them.
    pub fn counter(&self) -> impl Fn() -> u64 + Send + 'static {
        let dropped = self.dropped.clone();
        move || dropped.load(Ordering::Relaxed)
    }

    /// Gives one packet; false when the other end is gone.
    pub fn offer(&self, packet: T) -> bool {
        match self.queue.try_send(packet) {
            Ok(()) => {
                self.accepted.fetch_add(1, Ordering::Relaxed);
                true
            }
            Err(TrySendError::Full(_)) => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
                true
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }
}
