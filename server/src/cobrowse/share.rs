//! One session's shared page: its tabs, who looks on, and what the customer allows.

mod customer;
mod frames;
mod moves;
mod phone;
mod record;
mod session;
mod viewers;

use super::{rate::Allowance, recordings::Recording, settings, socket::Sender};
use crate::{
    app::App,
    hub::{HubHandle, OutboxReader},
};
use axum::body::Bytes;
use session::next_of;
use sightline_protocol::{
    ParticipantId, Role, SessionId, TenantId,
    page::{ControlKind, PageRules, TabInfo, TabMessage, TabNotice, ViewMessage},
};
use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tracing::info;

/// A customer whose last tab is gone keeps its place so long: the time between two pages.
const BETWEEN_PAGES_MS: i64 = 30_000;
/// Without tabs and viewers the task ends.
const IDLE_MS: i64 = 60_000;

/// What sockets tell the session's task.
pub enum Inbox {
    /// A tab said hello with a good token.
    TabOpens {
        owner: ParticipantId,
        tab: String,
        page: u32,
        base_url: String,
        origin: Option<String>,
        address: IpAddr,
        out: Sender,
    },
    /// A tab said something.
    Tab(u64, TabMessage),
    /// A tab sent a frame.
    Frame(u64, Bytes),
    /// A tab's socket closed.
    TabGone(u64),
    /// Somebody with the right to looks on.
    ViewOpens {
        who: ParticipantId,
        role: Role,
        replay_url: String,
        out: Sender,
    },
    /// Somebody who looks on said something.
    View(u64, ViewMessage),
    /// A viewer's socket closed.
    ViewGone(u64),
    /// The company's rules have changed.
    Rules(PageRules),
}

/// What a tab says of itself.
struct Opens {
    key: String,
    page: u32,
    base_url: String,
    address: IpAddr,
    out: Sender,
}

struct Tab {
    key: String,
    /// Our own address as this tab reaches it.
    base_url: String,
    /// From where it came last.
    address: IpAddr,
    number: u16,
    /// Origin of its page, as the browser says.
    origin: Option<String>,
    out: Option<Sender>,
    info: TabInfo,
    /// The last snapshot and what followed, with their times of arrival.
    kept: Vec<(u32, bool, u8, Bytes)>,
    kept_bytes: usize,
    asked_snapshot: bool,
    /// Days of keeping that the customer has read of and agreed to.
    told_days: Option<u16>,
    frames: Allowance,
    bytes: Allowance,
    messages: Allowance,
    bad: u32,
}

struct Viewer {
    who: ParticipantId,
    role: Role,
    out: Sender,
    messages: Allowance,
    /// Commands and questions under way, as the tab numbers them and as this viewer does.
    commands: HashMap<u32, u32>,
}

struct Hub {
    owner: ParticipantId,
    handle: HubHandle,
    connection: u64,
    reader: OutboxReader,
    /// When the session began, by the server's clock.
    began_ms: i64,
}

/// The task.
pub struct Share {
    app: Arc<App>,
    tenant: TenantId,
    session: SessionId,
    hub: Option<Hub>,
    consent: bool,
    paused: bool,
    people: HashMap<ParticipantId, (String, u8)>,
    tabs: Vec<Tab>,
    last_number: u16,
    viewers: HashMap<u64, Viewer>,
    grants: Vec<ControlKind>,
    /// Links for a phone made so far.
    phones: usize,
    /// Days for which the company keeps shared pages.
    record_days: Option<u16>,
    recording: Option<Recording>,
    next_command: u32,
    uploaded: usize,
    alone_since: Option<i64>,
    over: bool,
}

impl Share {
    pub fn new(app: Arc<App>, tenant: TenantId, session: SessionId) -> Self {
        Self {
            app,
            tenant,
            session,
            hub: None,
            consent: false,
            paused: false,
            people: HashMap::new(),
            tabs: Vec::new(),
            last_number: 0,
            viewers: HashMap::new(),
            grants: Vec::new(),
            phones: 0,
            record_days: None,
            recording: None,
            next_command: 0,
            uploaded: 0,
            alone_since: None,
            over: false,
        }
    }

    pub async fn run(mut self, mut inbox: mpsc::Receiver<Inbox>) {
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.over {
            tokio::select! {
                message = inbox.recv() => match message {
                    Some(message) => self.take(message).await,
                    None => break,
                },
                text = next_of(&mut self.hub) => self.take_session_message(text).await,
                _ = ticks.tick() => self.tick().await,
            }
        }
        self.leave_hub().await;
    }

    fn now_ms(&self) -> i64 {
        self.app.clock.now_ms()
    }

    /// Milliseconds since the session began.
    fn session_ms(&self) -> u32 {
        let ms = self
            .hub
            .as_ref()
            .map_or(0, |hub| self.now_ms() - hub.began_ms);
        u32::try_from(ms.max(0)).unwrap_or(u32::MAX)
    }

    async fn take(&mut self, message: Inbox) {
        match message {
            Inbox::TabOpens {
                owner,
                tab,
                page,
                base_url,
                origin,
                address,
                out,
            } => {
                let opens = Opens {
                    key: tab,
                    page,
                    base_url,
                    address,
                    out,
                };
                self.open_tab(owner, opens, origin).await;
            }
            Inbox::Tab(number, message) => self.tab_says(number, message).await,
            Inbox::Frame(number, bytes) => self.tab_sends(number, bytes).await,
            Inbox::TabGone(number) => self.tab_gone(number),
            Inbox::ViewOpens {
                who,
                role,
                replay_url,
                out,
            } => self.open_view(who, role, replay_url, out),
            Inbox::View(number, message) => self.viewer_says(number, message).await,
            Inbox::ViewGone(number) => {
                self.viewers.remove(&number);
            }
            Inbox::Rules(rules) => self.new_rules(&rules),
        }
    }

    /// Who comes later must not be shown what is hidden from now on.
    fn new_rules(&mut self, rules: &PageRules) {
        self.drop_kept();
        self.record_days = rules.record_days;
        for tab in &mut self.tabs {
            if !settings::is_allowed(rules, tab.origin.as_deref())
                && let Some(out) = tab.out.take()
            {
                // Its site was taken off the list.
                out.close(4004, "refused");
                continue;
            }
            tab.say(&TabNotice::Rules {
                rules: rules.clone(),
            });
        }
    }

    async fn tick(&mut self) {
        let now_ms = self.now_ms();
        let any_tab = self.tabs.iter().any(|t| t.out.is_some());
        if any_tab {
            self.alone_since = None;
            return;
        }
        let since = *self.alone_since.get_or_insert(now_ms);
        if self.hub.is_some() && now_ms - since >= BETWEEN_PAGES_MS {
            info!("the customer's tabs are gone");
            self.consent = false;
            self.record_tabs().await;
            self.forget_page();
            self.leave_hub().await;
        }
        self.over = self.viewers.is_empty() && now_ms - since >= IDLE_MS;
    }
}
