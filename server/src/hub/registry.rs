use super::{
    Command, HubGone, HubHandle,
    actor::{Actor, COMMANDS},
};
use crate::{
    clock::Clock,
    film::{Filming, Films},
    media::Media,
    store::{Store, StoreError, StoredSession},
};
use sightline_protocol::{SessionId, TenantId};
use sightline_session::{Refusal, SessionConfig, SessionState};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{sync::mpsc, task::JoinHandle};
use tracing::Instrument;

/// Sessions awake at one time; beyond it a session has to wait until another falls asleep.
const AWAKE: usize = 10_000;

/// Why a session's task could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// There is no such session in this company.
    #[error("there is no such session")]
    NoSession,
    /// The session said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too many sessions are awake.
    #[error("the server holds {AWAKE} open sessions already; try again when some have ended")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The task ended meanwhile.
    #[error(transparent)]
    Gone(#[from] HubGone),
}

/// One session's way in. Waking and falling asleep take turns under `task`; whoever only needs the
/// session when it is awake looks at `handle` and waits for nobody.
#[derive(Default)]
struct Slot {
    handle: Mutex<Option<HubHandle>>,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Slot {
    fn awake(&self) -> Option<HubHandle> {
        let handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        handle.clone().filter(|handle| !handle.is_gone())
    }

    /// Nothing of the session's last waking is left that the next one would have to wait for.
    fn is_done(&self) -> bool {
        self.task
            .try_lock()
            .is_ok_and(|task| task.as_ref().is_none_or(JoinHandle::is_finished))
    }
}

/// All sessions that are awake. A session wakes when it is first asked for and falls asleep when
/// nobody is connected; its records bring it back. One that takes long to wake holds up no other.
pub struct Hubs {
    store: Arc<dyn Store>,
    media: Arc<dyn Media>,
    clock: Clock,
    films: Arc<Films>,
    slots: Mutex<HashMap<SessionId, Arc<Slot>>>,
}

impl Hubs {
    /// None awake.
    pub fn new(
        store: Arc<dyn Store>,
        media: Arc<dyn Media>,
        clock: Clock,
        films: Arc<Films>,
    ) -> Self {
        Self {
            store,
            media,
            clock,
            films,
            slots: Mutex::default(),
        }
    }

    /// The task of a session of this company, woken when it sleeps.
    ///
    /// # Errors
    /// [`HubError`].
    pub async fn get(&self, tenant: &TenantId, id: &SessionId) -> Result<HubHandle, HubError> {
        // The company is checked for each request, awake or not.
        let session = self
            .store
            .session(tenant, id)
            .await?
            .ok_or(HubError::NoSession)?;
        let slot = self.slot(id)?;
        if let Some(handle) = slot.awake() {
            return Ok(handle);
        }
        let mut task = slot.task.lock().await;
        // Somebody else may have woken it while this one waited.
        if let Some(handle) = slot.awake() {
            return Ok(handle);
        }
        if let Some(old) = task.take() {
            // Its last records must be written before they are read again.
            let _ = old.await;
        }
        let (handle, started) = self.wake(session).await?;
        *task = Some(started);
        *slot.handle.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle.clone());
        Ok(handle)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Slot>>> {
        // Each step under this lock leaves the map whole.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, id: &SessionId) -> Result<Arc<Slot>, HubError> {
        let mut slots = self.lock();
        if let Some(slot) = slots.get(id) {
            return Ok(slot.clone());
        }
        if slots.len() >= AWAKE {
            // A slot that somebody else holds is about to wake.
            slots.retain(|_, slot| Arc::strong_count(slot) > 1 || !slot.is_done());
        }
        if slots.len() >= AWAKE {
            return Err(HubError::Full);
        }
        let slot = Arc::<Slot>::default();
        slots.insert(id.clone(), slot.clone());
        Ok(slot)
    }

    async fn wake(&self, session: StoredSession) -> Result<(HubHandle, JoinHandle<()>), HubError> {
        let id = session.id.clone();
        let config = SessionConfig {
            id: id.clone(),
            title: session.title.clone(),
            created_at: crate::clock::rfc3339(session.created_ms),
            agent_name: session.agent_name.clone(),
            company_name: session.company_name.clone(),
        };
        let records = self.store.records(&session.tenant, &id).await?;
        let written = records.len() as u32;
        let state = SessionState::restore(config, records);
        let (commands, inbox) = mpsc::channel(COMMANDS);
        let tenant = session.tenant.clone();
        let filming = Filming::new(
            self.films.clone(),
            self.media.clone(),
            tenant.clone(),
            id.clone(),
        );
        let actor = Actor::new(
            session,
            state,
            written,
            self.store.clone(),
            self.media.clone(),
            self.clock.clone(),
            filming,
        );
        let span = tracing::info_span!("session", session = %id);
        let task = tokio::spawn(actor.run(inbox).instrument(span));
        Ok((HubHandle { commands, tenant }, task))
    }

    /// The task of a session, when it is awake. For events that concern nobody when it is not.
    pub fn if_awake(&self, id: &SessionId) -> Option<HubHandle> {
        let slot = self.lock().get(id).cloned();
        slot.and_then(|slot| slot.awake())
    }

    /// What is kept of cameras and screens.
    pub fn films(&self) -> &Arc<Films> {
        &self.films
    }

    /// A company keeps film for so many days from now on, or not at all: its sessions that are awake
    /// follow at once.
    pub async fn film_days(&self, tenant: &TenantId, days: Option<u16>) {
        let slots: Vec<_> = self.lock().values().cloned().collect();
        let awake = slots.iter().filter_map(|slot| slot.awake());
        for handle in awake.filter(|handle| handle.tenant == *tenant) {
            let _ = handle.send(Command::FilmDays { days }).await;
        }
    }

    /// Stops all sessions; their sockets are told to come back.
    pub async fn stop(&self) {
        let all: Vec<_> = self.lock().drain().map(|(_, slot)| slot).collect();
        for handle in all.iter().filter_map(|slot| slot.awake()) {
            let _ = handle.send(Command::Stop).await;
        }
        for slot in all {
            let task = slot.task.lock().await.take();
            // It may have woken meanwhile.
            if let Some(handle) = slot.awake() {
                let _ = handle.send(Command::Stop).await;
            }
            if let Some(task) = task {
                let _ = task.await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        media::MediaOff,
        secrets,
        store::{FirstAccount, SqliteStore},
    };
    use futures_util::FutureExt;
    use sightline_protocol::{SessionPhase, UserId};

    async fn hubs(folder: &std::path::Path, sessions: usize) -> (Hubs, Vec<StoredSession>) {
        std::fs::create_dir_all(folder).unwrap();
        let store = SqliteStore::open(&folder.join("db.sqlite")).await.unwrap();
        let account = store
            .first_account(FirstAccount {
                tenant: TenantId::from_random([1; 16]),
                account: UserId::from_random([1; 16]),
                company_name: None,
                agent_name: None,
                now_ms: 0,
            })
            .await
            .unwrap();
        let mut made = Vec::new();
        for n in 0..sessions {
            let session = StoredSession {
                id: SessionId::from_random([n as u8 + 1; 16]),
                tenant: account.tenant.clone(),
                company_name: account.company_name.clone(),
                title: String::new(),
                agent_name: account.name.clone(),
                created_by: account.id.clone(),
                created_ms: 0,
                phase: SessionPhase::Waiting,
            };
            store.add_session(&session).await.unwrap();
            made.push(session);
        }
        let films = Arc::new(Films::new(folder, [0; 32]));
        let clock = Clock::simulated(0);
        let hubs = Hubs::new(Arc::new(store), Arc::new(MediaOff), clock, films);
        (hubs, made)
    }

    #[tokio::test]
    async fn a_session_that_takes_long_to_wake_holds_up_no_other() {
        let name = format!("sightline-hubs-{}", secrets::random_secret());
        let folder = std::env::temp_dir().join(name);
        let (hubs, sessions) = hubs(&folder, 2).await;
        let [slow, quick] = [&sessions[0], &sessions[1]];
        let slot = hubs.slot(&slow.id).unwrap();
        let waking = slot.task.lock().await;
        let asked = hubs.get(&slow.tenant, &slow.id);
        tokio::pin!(asked);
        assert!(asked.as_mut().now_or_never().is_none(), "the control");
        assert!(hubs.if_awake(&slow.id).is_none());
        hubs.get(&quick.tenant, &quick.id).await.unwrap();
        assert!(hubs.if_awake(&quick.id).is_some());
        drop(waking);
        let first = asked.await.unwrap();
        let second = hubs.get(&slow.tenant, &slow.id).await.unwrap();
        assert!(first.commands.same_channel(&second.commands), "woken once");
        hubs.stop().await;
        assert!(first.is_gone());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
