//! The vision participant in its sessions.

mod drawings;

use super::{
    Notices,
    tracker::Output,
    worker::{Order, Worker},
};
use crate::{
    app::App,
    hub::{Command, HubHandle, Outbox},
    sfu::Sfu,
};
use drawings::Drawings;
use sightline_protocol::{
    AnchorState, ClientMessage, ParticipantId, Role, ServerMessage, SessionId, Surface, SurfaceId,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::mpsc;
use tracing::{Instrument, info, warn};

/// Reports of status that may wait for the session; more are dropped with a word in the log.
const REPORTS: usize = 64;
/// States in one message.
const STATES: usize = 64;
/// After a fault the session is left alone for so long.
const AFTER_FAULT: Duration = Duration::from_secs(5);
/// Sessions whose vision participant is remembered, so that it comes back as the same one.
const REMEMBERED: usize = 4_096;

/// Who was the vision participant of a session.
type Known = Arc<Mutex<HashMap<SessionId, ParticipantId>>>;
/// Sessions attended at this moment; true when they were named again meanwhile.
type Attended = Arc<Mutex<HashMap<SessionId, bool>>>;

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Each step under these locks leaves them whole, so that a panic elsewhere does not matter.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Attends every session that is named, until the notices end.
pub async fn attend(mut notices: Notices, app: Arc<App>, sfu: Sfu) {
    let known = Known::default();
    let attended = Attended::default();
    while let Some(session) = notices.recv().await {
        if let Some(again) = lock(&attended).get_mut(&session) {
            *again = true;
            continue;
        }
        lock(&attended).insert(session.clone(), false);
        let (known, attended, app, sfu) =
            (known.clone(), attended.clone(), app.clone(), sfu.clone());
        let span = tracing::info_span!("vision", %session);
        let attending = async move {
            loop {
                if let Some(hub) = app.hubs.if_awake(&session) {
                    visit(&session, hub, &sfu, &known).await;
                }
                let mut attended = lock(&attended);
                if attended.insert(session.clone(), false) != Some(true) {
                    attended.remove(&session);
                    return;
                }
            }
        };
        tokio::spawn(attending.instrument(span));
    }
}

async fn place(session: &SessionId, hub: &HubHandle, known: &Known) -> Option<ParticipantId> {
    if let Some(participant) = lock(known).get(session) {
        return Some(participant.clone());
    }
    let join = |reply| Command::Join {
        role: Role::Vision,
        name: String::new(),
        same_as: None,
        reply,
    };
    let participant = hub
        .ask(join)
        .await
        .ok()?
        .inspect_err(|error| warn!(%error))
        .ok()?;
    let mut known = lock(known);
    if known.len() >= REMEMBERED {
        known.clear();
    }
    known.insert(session.clone(), participant.clone());
    Some(participant)
}

/// Joins a session and stays while there is something to track.
async fn visit(session: &SessionId, hub: HubHandle, sfu: &Sfu, known: &Known) {
    let Some(participant) = place(session, &hub, known).await else {
        return;
    };
    let (reports, mut queue) = mpsc::channel(REPORTS);
    let worker = match start_worker(session, sfu, reports) {
        Ok(worker) => worker,
        Err(error) => {
            warn!(%error, "no thread for tracking anchors");
            tokio::time::sleep(AFTER_FAULT).await;
            return;
        }
    };
    let (outbox, mut inbox) = Outbox::new();
    let connection = outbox.number();
    let connect = |reply| Command::Connect {
        participant: participant.clone(),
        tracks_anchors: false,
        on_page: false,
        outbox,
        reply,
    };
    if !matches!(hub.ask(connect).await, Ok(Ok(()))) {
        lock(known).remove(session);
        tokio::time::sleep(AFTER_FAULT).await;
        return;
    }
    info!("tracking anchors");
    let mut visit = Visit {
        session,
        me: &participant,
        sfu,
        worker,
        surfaces: HashSet::new(),
        drawings: Drawings::default(),
        drawers: HashSet::new(),
        welcomed: false,
    };
    loop {
        tokio::select! {
            text = inbox.next() => {
                let Some(text) = text else { break };
                match serde_json::from_str(&text) {
                    Ok(message) => visit.read(message),
                    Err(error) => warn!(%error, "a message of the session cannot be read"),
                }
                if visit.welcomed && visit.surfaces.is_empty() {
                    break;
                }
            }
            Some(states) = queue.recv() => {
                let Some(text) = report(states, &mut queue) else { continue };
                let participant = participant.clone();
                let command = Command::Text { participant, connection: Some(connection), text };
                if hub.send(command).await.is_err() {
                    break;
                }
            }
        }
    }
    for surface in &visit.surfaces {
        sfu.untap(session.clone(), surface.clone());
    }
    info!("nothing to track any more");
    // A session that has ended needs no goodbye.
    let _ = hub
        .send(Command::Closed {
            participant: participant.clone(),
            connection,
        })
        .await;
}

fn start_worker(
    session: &SessionId,
    sfu: &Sfu,
    reports: mpsc::Sender<Vec<AnchorState>>,
) -> std::io::Result<Worker> {
    let (session, sfu) = (session.clone(), sfu.clone());
    Worker::start(move |output| match output {
        Output::Poses(packet) => sfu.send_realtime(session.clone(), None, packet),
        Output::WantKeyframe(surface) => sfu.request_keyframe(session.clone(), surface),
        Output::States(states) => {
            if reports.try_send(states).is_err() {
                warn!(%session, "reports of anchors were lost");
            }
        }
    })
}

/// One message of everything that waits; of an anchor that changed twice, the last state.
fn report(first: Vec<AnchorState>, queue: &mut mpsc::Receiver<Vec<AnchorState>>) -> Option<String> {
    let mut states = first;
    while states.len() < STATES / 2
        && let Ok(more) = queue.try_recv()
    {
        states.extend(more);
    }
    states.truncate(STATES);
    serde_json::to_string(&ClientMessage::AnchorStates { states }).ok()
}

/// What the participant knows of its session.
struct Visit<'a> {
    session: &'a SessionId,
    me: &'a ParticipantId,
    sfu: &'a Sfu,
    worker: Worker,
    /// The surfaces that it tracks.
    surfaces: HashSet<SurfaceId>,
    drawings: Drawings,
    /// Who is here and may draw.
    drawers: HashSet<ParticipantId>,
    welcomed: bool,
}

impl Visit<'_> {
    fn read(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Welcome(welcome) => {
                self.welcomed = true;
                for participant in welcome.participants {
                    self.saw(&participant);
                }
                for surface in &welcome.surfaces {
                    self.surface(surface);
                }
                for event in welcome.annotations {
                    self.drawings.apply(event.op, |_| {});
                }
                for annotation in self.drawings.shown() {
                    self.order(Order::Show {
                        annotation: Box::new(annotation),
                    });
                }
            }
            ServerMessage::SurfaceUpdated { surface } => self.surface(&surface),
            ServerMessage::SurfaceRemoved { surface } => self.leave(&surface),
            ServerMessage::ParticipantUpdated { participant } => self.saw(&participant),
            ServerMessage::AnnotationEvents { events } => {
                let mut orders = Vec::new();
                for event in events {
                    self.drawings.apply(event.op, |order| orders.push(order));
                }
                for order in orders {
                    self.order(order);
                }
            }
            ServerMessage::HoldFrame {
                surface,
                frame_time,
                hold,
                ..
            } => {
                self.order(Order::Hold {
                    surface,
                    frame_time,
                    hold,
                });
            }
            _ => {}
        }
    }

    fn saw(&mut self, participant: &sightline_protocol::Participant) {
        let draws =
            participant.connected && matches!(participant.role, Role::Agent | Role::Technician);
        let before = self.somebody_draws();
        if draws {
            self.drawers.insert(participant.id.clone());
        } else {
            self.drawers.remove(&participant.id);
        }
        if self.somebody_draws() != before {
            self.order(Order::Watched {
                watched: self.somebody_draws(),
            });
        }
    }

    fn somebody_draws(&self) -> bool {
        !self.drawers.is_empty()
    }

    fn surface(&mut self, surface: &Surface) {
        if surface.tracker.as_ref() != Some(self.me) {
            self.leave(&surface.id);
        } else if self.surfaces.insert(surface.id.clone()) {
            self.order(Order::Add {
                surface: surface.id.clone(),
                number: surface.number,
            });
            self.sfu
                .tap(self.session.clone(), surface.id.clone(), self.worker.sink());
        }
    }

    fn leave(&mut self, surface: &SurfaceId) {
        if self.surfaces.remove(surface) {
            self.sfu.untap(self.session.clone(), surface.clone());
            self.order(Order::Remove {
                surface: surface.clone(),
            });
        }
    }

    fn order(&self, order: Order) {
        if !self.worker.order(order) {
            warn!("the tracking thread is too far behind for a drawing");
        }
    }
}
