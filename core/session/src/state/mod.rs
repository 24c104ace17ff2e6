//! The state machine, split by what an input is about.

mod consents;
mod drawing;
mod durable;
mod media;
mod people;
mod talk;
mod tracking;
mod view;

pub use durable::Durable;

use crate::{
    Capability, Input, Output, Randomness, Record, Refusal, anchors::AnchorBook,
    annotations::AnnotationLog, chat::ChatLog, consent::ConsentLedger, holds::Holds,
    participants::Participants, policy, surfaces::Surfaces,
};
use sightline_protocol::{
    ClientMessage, ParticipantId, Role, ServerMessage, SessionId, SessionPhase, Snapshot,
};

/// What a session is made with; never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionConfig {
    /// Which.
    pub id: SessionId,
    /// Who or why.
    pub title: String,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
    /// Name of the agent who made it.
    pub agent_name: String,
    /// Name of the company.
    pub company_name: String,
}

/// One session.
#[derive(Debug, Clone)]
pub struct SessionState {
    config: SessionConfig,
    phase: SessionPhase,
    participants: Participants,
    consent: ConsentLedger,
    surfaces: Surfaces,
    holds: Holds,
    annotations: AnnotationLog,
    anchors: AnchorBook,
    chat: ChatLog,
    snapshots: Vec<Snapshot>,
    /// Days for which the company keeps film.
    film_days: Option<u16>,
}

/// Outputs of one input, with the time of the input.
struct Turn<'a> {
    now_ms: u32,
    random: &'a mut dyn Randomness,
    out: Vec<Output>,
}

impl Turn<'_> {
    fn send(&mut self, to: &ParticipantId, message: ServerMessage) {
        self.out.push(Output::Send {
            to: to.clone(),
            message,
        });
    }

    fn broadcast(&mut self, message: ServerMessage) {
        self.out.push(Output::Broadcast {
            except: None,
            message,
        });
    }

    fn broadcast_except(&mut self, except: &ParticipantId, message: ServerMessage) {
        self.out.push(Output::Broadcast {
            except: Some(except.clone()),
            message,
        });
    }
}

impl SessionState {
    /// A session in which nothing has happened.
    pub fn new(config: SessionConfig) -> Self {
        Self {
            config,
            phase: SessionPhase::Waiting,
            participants: Participants::default(),
            consent: ConsentLedger::default(),
            surfaces: Surfaces::default(),
            holds: Holds::default(),
            annotations: AnnotationLog::default(),
            anchors: AnchorBook::default(),
            chat: ChatLog::default(),
            snapshots: Vec::new(),
            film_days: None,
        }
    }

    /// Takes one input at `now_ms` milliseconds since the session began.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing has changed.
    pub fn handle(
        &mut self,
        now_ms: u32,
        random: &mut dyn Randomness,
        input: Input,
    ) -> Result<Vec<Output>, Refusal> {
        if self.phase == SessionPhase::Ended {
            return Err(Refusal::Ended);
        }
        let mut turn = Turn {
            now_ms,
            random,
            out: Vec::new(),
        };
        match input {
            Input::Join {
                participant,
                role,
                name,
                same_as,
            } => {
                self.join(&mut turn, participant, role, &name, same_as)?;
            }
            Input::Connect {
                participant,
                tracks_anchors,
                on_page,
            } => {
                self.connect(&mut turn, &participant, tracks_anchors, on_page)?;
            }
            Input::Disconnect { participant } => self.disconnect(&mut turn, &participant)?,
            Input::Message { from, message } => self.message(&mut turn, &from, message)?,
            Input::Negotiated {
                participant,
                tracks,
            } => {
                self.negotiated(&mut turn, &participant, tracks)?;
            }
            Input::Snapshot {
                id,
                by,
                surface,
                frame_time,
                path,
            } => {
                self.snapshot(&mut turn, id, &by, surface, frame_time, path)?;
            }
            Input::FilmDays { days } => self.set_film_days(&mut turn, days),
            Input::End { by } => self.end(&mut turn, by)?,
            Input::Tick => self.tick(&mut turn),
        }
        Ok(turn.out)
    }

    fn message(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        message: ClientMessage,
    ) -> Result<(), Refusal> {
        self.participants.get(from)?;
        match message {
            ClientMessage::Hello { .. } => Err(Refusal::AlreadyOpen),
            ClientMessage::Ping { nonce } => {
                turn.send(
                    from,
                    ServerMessage::Pong {
                        nonce,
                        at_ms: turn.now_ms,
                    },
                );
                Ok(())
            }
            ClientMessage::Offer {
                number,
                sdp,
                tracks,
            } => self.offer(turn, from, number, sdp, tracks),
            ClientMessage::SetConsent {
                scope,
                granted,
                film_days,
            } => self.set_consent(turn, from, scope, granted, film_days),
            ClientMessage::SharePage => self.share_page(turn, from),
            ClientMessage::RequestSurface { kind } => self.request_surface(turn, from, kind),
            ClientMessage::SetPaused { surface, paused } => {
                self.set_paused(turn, from, &surface, paused)
            }
            ClientMessage::SetHidden { surface, parts } => {
                self.set_hidden(turn, from, &surface, parts)
            }
            ClientMessage::StopSurface { surface } => self.stop_surface(turn, from, &surface),
            ClientMessage::AnnotationSync { after } => {
                self.sync(turn, from, after);
                Ok(())
            }
            ClientMessage::AnchorStates { states } => self.anchor_states(turn, from, states),
            ClientMessage::HoldFrame {
                surface,
                frame_time,
                hold,
            } => self.hold_frame(turn, from, surface, frame_time, hold),
            ClientMessage::ChatSend { client_id, text } => self.say(turn, from, client_id, text),
            ClientMessage::ReportQuality { quality } => self.report_quality(turn, from, quality),
            ClientMessage::Leave => self.leave(turn, from),
            ClientMessage::EndSession => {
                self.require(from, Capability::EndSession)?;
                self.end(turn, Some(from.clone()))
            }
            drawing @ (ClientMessage::AnnotationAdd { .. }
            | ClientMessage::AnnotationRemove { .. }
            | ClientMessage::AnnotationUndo { .. }
            | ClientMessage::AnnotationRedo { .. }
            | ClientMessage::AnnotationClear { .. }) => self.draw(turn, from, drawing),
            ClientMessage::Unknown => Err(Refusal::NotSupported("this message")),
        }
    }

    fn end(&mut self, turn: &mut Turn<'_>, by: Option<ParticipantId>) -> Result<(), Refusal> {
        if let Some(by) = &by {
            self.require(by, Capability::EndSession)?;
        }
        self.phase = SessionPhase::Ended;
        turn.out.push(Output::Record(Record::Ended {
            by: by.clone(),
            at_ms: turn.now_ms,
        }));
        turn.broadcast(ServerMessage::SessionEnded { by });
        turn.out.push(Output::Ended);
        Ok(())
    }

    fn role(&self, who: &ParticipantId) -> Result<Role, Refusal> {
        Ok(self.participants.get(who)?.shown.role)
    }

    fn require(&self, who: &ParticipantId, capability: Capability) -> Result<(), Refusal> {
        policy::require(self.role(who)?, capability)
    }
}
