use super::share::{Inbox, Share};
use crate::app::App;
use sightline_protocol::{SessionId, TenantId, page::PageRules};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{Mutex, mpsc};
use tracing::Instrument;

/// Sessions whose pages are shared at one time.
const SHARES: usize = 5_000;
/// Commands that wait for one session.
const COMMANDS: usize = 64;

/// The sessions in which pages are shared or looked at.
#[derive(Default)]
pub struct Relay {
    shares: Mutex<HashMap<SessionId, (TenantId, mpsc::Sender<Inbox>)>>,
}

impl Relay {
    /// The task of a session, started when there is none. None when the server holds too many.
    pub async fn get(
        &self,
        app: &Arc<App>,
        tenant: &TenantId,
        session: &SessionId,
    ) -> Option<mpsc::Sender<Inbox>> {
        let mut shares = self.shares.lock().await;
        if let Some((_, found)) = shares.get(session).filter(|(_, s)| !s.is_closed()) {
            return Some(found.clone());
        }
        shares.retain(|_, (_, s)| !s.is_closed());
        if shares.len() >= SHARES {
            return None;
        }
        let (sender, inbox) = mpsc::channel(COMMANDS);
        let share = Share::new(app.clone(), tenant.clone(), session.clone());
        let span = tracing::info_span!("share", %session);
        tokio::spawn(share.run(inbox).instrument(span));
        shares.insert(session.clone(), (tenant.clone(), sender.clone()));
        Some(sender)
    }

    /// Tells every shared page of a company that its rules have changed.
    pub async fn new_rules(&self, tenant: &TenantId, rules: &PageRules) {
        let told: Vec<_> = {
            let shares = self.shares.lock().await;
            let own = shares.values().filter(|(of, _)| of == tenant);
            own.map(|(_, share)| share.clone()).collect()
        };
        for share in told {
            let _ = share.send(Inbox::Rules(rules.clone())).await;
        }
    }
}
