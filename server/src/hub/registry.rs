use super::{
    Command, HubGone, HubHandle,
    actor::{Actor, COMMANDS},
};
use crate::{
    clock::Clock,
    media::Media,
    store::{Store, StoreError},
};
use sightline_protocol::{SessionId, TenantId};
use sightline_session::{Refusal, SessionConfig, SessionState};
use std::{collections::HashMap, sync::Arc};
use tokio::{
    sync::{Mutex, mpsc},
    task::JoinHandle,
};
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
    #[error("the server holds {AWAKE} open sessions already")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The task ended meanwhile.
    #[error(transparent)]
    Gone(#[from] HubGone),
}

struct Awake {
    handle: HubHandle,
    task: JoinHandle<()>,
}

/// All sessions that are awake. A session wakes when it is first asked for and falls asleep when
/// nobody is connected; its records bring it back.
pub struct Hubs {
    store: Arc<dyn Store>,
    media: Arc<dyn Media>,
    clock: Clock,
    awake: Mutex<HashMap<SessionId, Awake>>,
}

impl Hubs {
    /// None awake.
    pub fn new(store: Arc<dyn Store>, media: Arc<dyn Media>, clock: Clock) -> Self {
        Self {
            store,
            media,
            clock,
            awake: Mutex::default(),
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
        let mut awake = self.awake.lock().await;
        if let Some(found) = awake.get(id).filter(|a| !a.handle.is_gone()) {
            return Ok(found.handle.clone());
        }
        if let Some(old) = awake.remove(id) {
            // Its last records must be written before they are read again.
            let _ = old.task.await;
        }
        awake.retain(|_, a| !a.handle.is_gone());
        if awake.len() >= AWAKE {
            return Err(HubError::Full);
        }
        let config = SessionConfig {
            id: id.clone(),
            title: session.title.clone(),
            created_at: crate::clock::rfc3339(session.created_ms),
            agent_name: session.agent_name.clone(),
            company_name: session.company_name.clone(),
        };
        let records = self.store.records(tenant, id).await?;
        let written = records.len() as u32;
        let state = SessionState::restore(config, records);
        let (commands, inbox) = mpsc::channel(COMMANDS);
        let handle = HubHandle { commands };
        let actor = Actor::new(
            session,
            state,
            written,
            self.store.clone(),
            self.media.clone(),
            self.clock.clone(),
        );
        let span = tracing::info_span!("session", session = %id);
        let task = tokio::spawn(actor.run(inbox).instrument(span));
        awake.insert(
            id.clone(),
            Awake {
                handle: handle.clone(),
                task,
            },
        );
        Ok(handle)
    }

    /// The task of a session, when it is awake. For events that concern nobody when it is not.
    pub async fn if_awake(&self, id: &SessionId) -> Option<HubHandle> {
        let awake = self.awake.lock().await;
        awake
            .get(id)
            .filter(|a| !a.handle.is_gone())
            .map(|a| a.handle.clone())
    }

    /// Stops all sessions; their sockets are told to come back.
    pub async fn stop(&self) {
        let all: Vec<_> = self.awake.lock().await.drain().map(|(_, a)| a).collect();
        for awake in &all {
            let _ = awake.handle.send(Command::Stop).await;
        }
        for awake in all {
            let _ = awake.task.await;
        }
    }
}
