mod media;
mod step;
mod talk;

use super::{CloseWhy, Command, Outbox, deliver::Deliver, pace::Pace};
use crate::{
    clock::{Clock, age_ms},
    film::Filming,
    media::Media,
    secrets,
    store::{Store, StoredSession},
};
use sightline_protocol::{ParticipantId, SessionPhase};
use sightline_session::{Input, Refusal, SessionState};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tracing::info;

/// Commands that wait for one session.
pub const COMMANDS: usize = 256;
/// Ticks without a connection after which a session falls asleep.
const IDLE_TICKS: u32 = 300;

/// A connection with what is counted about it.
pub struct Connection {
    pub outbox: Outbox,
    bad: u32,
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
    filming: Filming,
    /// Of everybody who ever sent something: a session has a bounded number of participants.
    paces: HashMap<ParticipantId, Pace>,
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
        filming: Filming,
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
            filming,
            paces: HashMap::new(),
            idle_ticks: 0,
        }
    }

    pub async fn run(mut self, mut inbox: mpsc::Receiver<Command>) {
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut step = self.know_film_days().await;
        let why = loop {
            if step.is_err() {
                break CloseWhy::Failed;
            }
            step = tokio::select! {
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
            Command::FilmDays { days } => self.film_days(days).await?,
            Command::Stop => {}
        }
        Ok(())
    }

    async fn tick(&mut self) -> Result<(), Broken> {
        for participant in self.deliver.take_fallen() {
            let _ = self.step(Input::Disconnect { participant }).await?;
        }
        if self.filming.has_ended() {
            self.film_days(None).await?;
        }
        if self.state.phase() != SessionPhase::Ended {
            let _ = self.step(Input::Tick).await?;
        }
        Ok(())
    }

    fn now_ms(&self) -> u32 {
        age_ms(self.session.created_ms, self.clock.now_ms())
    }
}
