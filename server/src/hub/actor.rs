use super::{CloseWhy, Command, MediaEvent, Outbox, deliver::Deliver};
use crate::{
    clock::{Clock, age_ms},
    media::{Media, MediaOffer},
    secrets,
    store::{Store, StoredSession},
};
use sightline_protocol::{
    ClientMessage, ErrorCode, ParticipantId, ServerMessage, SessionPhase, SurfaceKind,
    decode_client, limits,
};
use sightline_session::{
    AcceptedTrack, Capability, Input, Output, RateLimiter, Record, Refusal, SessionState, policy,
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tracing::{error, info, warn};

/// Commands that wait for one session.
pub const COMMANDS: usize = 256;
/// Ticks without a connection after which a session falls asleep.
const IDLE_TICKS: u32 = 300;

/// A connection with what is counted about it.
pub struct Connection {
    pub outbox: Outbox,
    bad: u32,
    rate: RateLimiter,
}

/// The store failed in the middle of a step. The task ends; the next one starts from what is
/// stored.
struct Broken;

/// The session's task.
pub struct Actor {
    session: StoredSession,
    state: SessionState,
    written: u32,
    store: Arc<dyn Store>,
    media: Arc<dyn Media>,
    clock: Clock,
    deliver: Deliver,
    idle_ticks: u32,
}

impl Actor {
    pub fn new(
        session: StoredSession,
        state: SessionState,
        written: u32,
        store: Arc<dyn Store>,
        media: Arc<dyn Media>,
        clock: Clock,
    ) -> Self {
        let deliver = Deliver::default();
        Self {
            session,
            state,
            written,
            store,
            media,
            clock,
            deliver,
            idle_ticks: 0,
        }
    }

    pub async fn run(mut self, mut inbox: mpsc::Receiver<Command>) {
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let why = loop {
            let step = tokio::select! {
                command = inbox.recv() => match command {
                    None | Some(Command::Stop) => break CloseWhy::ServerStops,
                    Some(command) => self.command(command).await,
                },
                _ = ticks.tick() => {
                    self.idle_ticks = if self.deliver.is_empty() { self.idle_ticks + 1 } else { 0 };
                    if self.idle_ticks > IDLE_TICKS {
                        break CloseWhy::ServerStops;
                    }
                    self.tick().await
                }
            };
            if step.is_err() {
                break CloseWhy::Failed;
            }
        };
        inbox.close();
        self.deliver.close_all(why);
        self.media.end_session(&self.session.id);
    }

    async fn command(&mut self, command: Command) -> Result<(), Broken> {
        match command {
            Command::Join {
                role,
                name,
                same_as,
                reply,
            } => {
                let participant = ParticipantId::from_random(secrets::random16());
                let input = Input::Join {
                    participant: participant.clone(),
                    role,
                    name,
                    same_as,
                };
                let done = self.step(input).await?;
                if done.is_ok() {
                    info!(%participant, ?role, "joined");
                }
                let _ = reply.send(done.map(|()| participant));
            }
            Command::Connect {
                participant,
                tracks_anchors,
                on_page,
                outbox,
                reply,
            } => {
                let from = (tracks_anchors, on_page);
                let done = self.connect(participant, from, outbox).await?;
                let _ = reply.send(done);
            }
            Command::Welcome { participant, reply } => {
                let welcome = self.state.welcome(&participant, self.now_ms());
                let _ = reply.send(welcome.map(Box::new));
            }
            Command::Text {
                participant,
                connection,
                text,
            } => {
                self.text(participant, connection, &text).await?;
            }
            Command::Closed {
                participant,
                connection,
            } => {
                if self.deliver.remove(&participant, connection) {
                    info!(%participant, "connection closed");
                    // A participant who left is known to be gone: nothing is refused here.
                    let _ = self.step(Input::Disconnect { participant }).await?;
                }
            }
            Command::MayTakeSnapshot { by, surface, reply } => {
                let _ = reply.send(self.state.may_take_snapshot(&by, &surface));
            }
            Command::AddSnapshot {
                id,
                by,
                surface,
                frame_time,
                reply,
            } => {
                let path = format!("/api/sessions/{}/snapshots/{id}", self.session.id);
                let input = Input::Snapshot {
                    id: id.clone(),
                    by,
                    surface,
                    frame_time,
                    path,
                };
                let done = self.step(input).await?;
                let found = self
                    .state
                    .find_snapshot(&id)
                    .cloned()
                    .ok_or(Refusal::NoSurface);
                let _ = reply.send(done.and(found));
            }
            Command::End { by, reply } => {
                let done = self.step(Input::End { by }).await?;
                let _ = reply.send(done);
            }
            Command::Media { participant, event } => self.media_event(&participant, event),
            Command::Stop => {}
        }
        Ok(())
    }

    async fn connect(
        &mut self,
        participant: ParticipantId,
        (tracks_anchors, on_page): (bool, bool),
        outbox: Outbox,
    ) -> Result<Result<(), Refusal>, Broken> {
        if self.state.phase() == SessionPhase::Ended {
            outbox.close(CloseWhy::Refused);
            return Ok(Err(Refusal::Ended));
        }
        if let Err(refusal) = self.state.participant(&participant) {
            outbox.close(CloseWhy::Refused);
            return Ok(Err(refusal));
        }
        let rate = RateLimiter::new(self.now_ms().into());
        let connection = Connection {
            outbox,
            bad: 0,
            rate,
        };
        if let Some(old) = self.deliver.insert(participant.clone(), connection) {
            Deliver::part(
                old,
                ErrorCode::Forbidden,
                "this place was opened in another window",
                CloseWhy::Replaced,
            );
        }
        info!(%participant, tracks_anchors, "connected");
        let input = Input::Connect {
            participant: participant.clone(),
            tracks_anchors,
            on_page,
        };
        let done = self.step(input).await?;
        if done.is_err() {
            self.deliver.close(&participant, CloseWhy::Refused);
        }
        Ok(done)
    }

    async fn text(
        &mut self,
        from: ParticipantId,
        connection: Option<u64>,
        text: &str,
    ) -> Result<(), Broken> {
        let now_ms = self.now_ms();
        let Some(open) = self.deliver.get_mut(&from, connection) else {
            return Ok(());
        };
        if !open.rate.take(now_ms.into()) {
            self.refuse(
                &from,
                ErrorCode::RateLimited,
                "send less and try again",
                None,
                false,
            );
            return Ok(());
        }
        match decode_client(text) {
            Ok(message) => {
                let client_id = client_id_of(&message);
                if let Err(refusal) = self
                    .step(Input::Message {
                        from: from.clone(),
                        message,
                    })
                    .await?
                {
                    let bad = matches!(
                        refusal,
                        Refusal::Forbidden { .. } | Refusal::NotYours | Refusal::AlreadyOpen
                    );
                    self.refuse(&from, refusal.code(), &refusal.to_string(), client_id, bad);
                }
            }
            Err(error) => {
                self.refuse(&from, error.code(), &error.to_string(), None, true);
            }
        }
        Ok(())
    }

    /// Answers a refused message. A bad one is one that no sound client sends; the last that is
    /// borne closes the connection.
    fn refuse(
        &mut self,
        to: &ParticipantId,
        code: ErrorCode,
        message: &str,
        client_id: Option<String>,
        bad: bool,
    ) {
        let Some(open) = self.deliver.get_mut(to, None) else {
            return;
        };
        open.bad += u32::from(bad);
        let fatal = open.bad >= limits::BAD_MESSAGES;
        let message = message.to_owned();
        self.deliver.send(
            to,
            &ServerMessage::Error {
                code,
                message,
                client_id,
                fatal: false,
            },
        );
        if fatal {
            warn!(participant = %to, "too many bad messages");
            let message = "too many bad messages; update the client".to_owned();
            let code = ErrorCode::TooManyErrors;
            self.deliver.send(
                to,
                &ServerMessage::Error {
                    code,
                    message,
                    client_id: None,
                    fatal: true,
                },
            );
            self.deliver.close(to, CloseWhy::BadMessages);
        }
    }

    async fn tick(&mut self) -> Result<(), Broken> {
        for participant in self.deliver.take_fallen() {
            let _ = self.step(Input::Disconnect { participant }).await?;
        }
        if self.state.phase() != SessionPhase::Ended {
            let _ = self.step(Input::Tick).await?;
        }
        Ok(())
    }

    fn media_event(&mut self, participant: &ParticipantId, event: MediaEvent) {
        let message = match event {
            MediaEvent::Tracks(tracks) => ServerMessage::Tracks { tracks },
            MediaEvent::Slots { video, audio } => ServerMessage::MediaSlots { video, audio },
            MediaEvent::Undelivered(text) => {
                self.deliver.send_text(participant, text.into());
                return;
            }
            MediaEvent::Failed => ServerMessage::Error {
                code: ErrorCode::MediaFailed,
                message: "the media connection was lost; offer again".to_owned(),
                client_id: None,
                fatal: false,
            },
        };
        self.deliver.send(participant, &message);
    }

    fn now_ms(&self) -> u32 {
        age_ms(self.session.created_ms, self.clock.now_ms())
    }

    /// One input through the state machine: records first, then everything else in its order.
    /// A negotiation leads to a further input, hence the loop.
    async fn step(&mut self, input: Input) -> Result<Result<(), Refusal>, Broken> {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let now_ms = self.now_ms();
            let outputs = match self.state.handle(now_ms, &mut secrets::random16, input) {
                Ok(outputs) => outputs,
                Err(refusal) => return Ok(Err(refusal)),
            };
            self.record(&outputs).await?;
            for output in outputs {
                if let Some(input) = self.output(output).await {
                    next = Some(input);
                }
            }
        }
        Ok(Ok(()))
    }

    async fn record(&mut self, outputs: &[Output]) -> Result<(), Broken> {
        let records: Vec<Record> = outputs
            .iter()
            .filter_map(|output| match output {
                Output::Record(record) => Some(record.clone()),
                _ => None,
            })
            .collect();
        let StoredSession { tenant, id, .. } = &self.session;
        if !records.is_empty() {
            if let Err(error) = self
                .store
                .append_records(tenant, id, self.written + 1, &records)
                .await
            {
                error!(%error, "records could not be stored");
                return Err(Broken);
            }
            self.written += records.len() as u32;
        }
        let phase = self.state.phase();
        if phase != self.session.phase {
            if let Err(error) = self.store.set_phase(tenant, id, phase).await {
                error!(%error, "the phase could not be stored");
                return Err(Broken);
            }
            self.session.phase = phase;
        }
        Ok(())
    }

    async fn output(&mut self, output: Output) -> Option<Input> {
        let session = &self.session.id;
        match output {
            Output::Record(_) => {}
            Output::Send { to, message } => self.deliver.send(&to, &message),
            Output::Broadcast { except, message } => {
                self.tell_media(&message);
                self.deliver.broadcast(except.as_ref(), &message);
            }
            Output::ForwardSurface { surface, open } => {
                self.media.forward_surface(session, &surface, open);
            }
            Output::ForwardSound { participant, open } => {
                self.media.forward_sound(session, &participant, open);
            }
            Output::DropMedia { participant } => {
                self.media.remove_participant(session, &participant);
            }
            Output::Close { participant } => self.deliver.close(&participant, CloseWhy::Over),
            Output::Ended => {
                info!("session ended");
                self.media.end_session(session);
                self.deliver.close_all(CloseWhy::Over);
            }
            Output::Negotiate {
                participant,
                number,
                sdp,
                tracks,
            } => {
                return self.negotiate(participant, number, sdp, tracks).await;
            }
        }
        None
    }

    fn tell_media(&self, message: &ServerMessage) {
        let session = &self.session.id;
        match message {
            // Pages travel through the co-browse relay, not as media.
            ServerMessage::SurfaceUpdated { surface } if surface.kind == SurfaceKind::Page => {}
            ServerMessage::SurfaceUpdated { surface } => self.media.set_surface(
                session,
                &surface.id,
                surface.number,
                surface.tracker.clone(),
            ),
            ServerMessage::SurfaceRemoved { surface } => {
                self.media.remove_surface(session, surface);
            }
            _ => {}
        }
    }

    async fn negotiate(
        &mut self,
        participant: ParticipantId,
        number: u32,
        sdp: String,
        tracks: Vec<AcceptedTrack>,
    ) -> Option<Input> {
        let shown = self.state.participant(&participant).ok()?;
        let offer = MediaOffer {
            session: self.session.id.clone(),
            participant: participant.clone(),
            number: shown.number,
            may_point: policy::allows(shown.role, Capability::Point),
            sdp,
            published: tracks
                .iter()
                .map(|t| {
                    (
                        t.mid.clone(),
                        t.kind,
                        t.surface.as_ref().map(|(id, ..)| id.clone()),
                    )
                })
                .collect(),
        };
        match self.media.negotiate(offer).await {
            Ok(answer) => {
                let message = ServerMessage::Answer {
                    number,
                    sdp: answer.sdp,
                    tracks: answer.received,
                };
                self.deliver.send(&participant, &message);
                Some(Input::Negotiated {
                    participant,
                    tracks,
                })
            }
            Err(refusal) => {
                warn!(%participant, %refusal, "negotiation failed");
                let reason = format!("the offer cannot be answered: {refusal}");
                self.refuse(&participant, ErrorCode::MediaFailed, &reason, None, false);
                None
            }
        }
    }
}

fn client_id_of(message: &ClientMessage) -> Option<String> {
    match message {
        ClientMessage::AnnotationAdd { client_id, .. }
        | ClientMessage::AnnotationRemove { client_id, .. }
        | ClientMessage::AnnotationUndo { client_id }
        | ClientMessage::AnnotationRedo { client_id }
        | ClientMessage::AnnotationClear { client_id, .. }
        | ClientMessage::ChatSend { client_id, .. } => Some(client_id.clone()),
        _ => None,
    }
}
