//! One session's shared page: its tabs, who looks on, and what the customer allows.

use super::{
    frame::{self, TabFrame},
    rate::Allowance,
    settings,
    socket::Sender,
};
use crate::{
    app::App,
    hub::{Command, HubHandle, Outbox, OutboxReader},
};
use axum::body::Bytes;
use sightline_protocol::{
    ClientMessage, ConsentScope, ErrorCode, ParticipantId, Role, ServerMessage, SessionId,
    SurfaceKind, TenantId, decode_server,
    limits::{
        BAD_MESSAGES, MESSAGES_PER_SECOND, PAGE_ASSETS_PER_SESSION, PAGE_FRAMES_PER_SECOND,
        PAGE_HASHES, PAGE_KEPT_BYTES, PAGE_MARK_POINTS, PAGE_MARKS, PAGE_TABS, PAGE_TITLE_CHARS,
        PAGE_URL_CHARS, PAGE_VIEWERS,
    },
    page::{
        CommandOutcome, ControlKind, PageMark, TabInfo, TabMessage, TabNotice, ViewMessage,
        ViewNotice,
    },
};
use sightline_session::{Capability, policy};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tracing::{info, warn};

/// A customer whose last tab is gone keeps its place so long: the time between two pages.
const BETWEEN_PAGES_MS: i64 = 30_000;
/// Without tabs and viewers the task ends.
const IDLE_MS: i64 = 60_000;
/// Bytes a second from one tab, averaged over ten seconds.
const BYTES_PER_SECOND: u64 = 4 * 1024 * 1024;

/// What sockets tell the session's task.
pub enum Inbox {
    /// A tab said hello with a good token.
    TabOpens {
        owner: ParticipantId,
        tab: String,
        origin: Option<String>,
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
}

struct Tab {
    key: String,
    number: u16,
    out: Option<Sender>,
    info: TabInfo,
    /// The last snapshot and what followed, with their times of arrival.
    kept: Vec<(u32, bool, u8, Bytes)>,
    kept_bytes: usize,
    asked_snapshot: bool,
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
    /// Commands under way, as the tab numbers them and as this viewer does.
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
    marks: HashMap<(u16, ParticipantId), Vec<PageMark>>,
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
            marks: HashMap::new(),
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

    async fn take(&mut self, message: Inbox) {
        match message {
            Inbox::TabOpens {
                owner,
                tab,
                origin,
                out,
            } => self.open_tab(owner, tab, origin, out).await,
            Inbox::Tab(number, message) => self.tab_says(number, message).await,
            Inbox::Frame(number, bytes) => self.tab_sends(number, bytes).await,
            Inbox::TabGone(number) => self.tab_gone(number),
            Inbox::ViewOpens {
                who,
                role,
                replay_url,
                out,
            } => self.open_view(who, role, replay_url, out),
            Inbox::View(number, message) => self.viewer_says(number, message),
            Inbox::ViewGone(number) => {
                if let Some(viewer) = self.viewers.remove(&number) {
                    self.forget_marks_of(&viewer.who);
                }
            }
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
            self.forget_page();
            self.leave_hub().await;
        }
        self.over = self.viewers.is_empty() && now_ms - since >= IDLE_MS;
    }

    // The session's side.

    async fn join_hub(&mut self, owner: ParticipantId) -> Result<(), crate::http::ApiError> {
        if self.hub.as_ref().is_some_and(|hub| hub.owner == owner) {
            return Ok(());
        }
        self.leave_hub().await;
        let handle = self.app.hubs.get(&self.tenant, &self.session).await?;
        let (outbox, reader) = Outbox::new();
        let connection = outbox.number();
        let participant = owner.clone();
        handle
            .ask(|reply| Command::Connect {
                participant,
                tracks_anchors: false,
                outbox,
                reply,
            })
            .await??;
        self.hub = Some(Hub {
            owner,
            handle,
            connection,
            reader,
            began_ms: self.now_ms(),
        });
        // `welcome` is queued already; consent must be known before a tab is told that it is open.
        let text = next_of(&mut self.hub).await;
        self.take_session_message(text).await;
        Ok(())
    }

    async fn leave_hub(&mut self) {
        self.consent = false;
        if let Some(hub) = self.hub.take() {
            let closed = Command::Closed {
                participant: hub.owner,
                connection: hub.connection,
            };
            let _ = hub.handle.send(closed).await;
        }
    }

    async fn take_session_message(&mut self, text: Option<axum::extract::ws::Utf8Bytes>) {
        let Some(text) = text else {
            // Ended, replaced by another window, or the server stops: the tabs stop as well.
            self.hub = None;
            self.consent = false;
            self.forget_page();
            for tab in &self.tabs {
                if let Some(out) = &tab.out {
                    out.close(1000, "over");
                }
            }
            self.tabs.clear();
            self.tell_tabs_list();
            return;
        };
        let Ok(message) = decode_server(&text) else {
            warn!("the session sent what is not a message");
            return;
        };
        self.watch(&message);
        let wrapped = format!(r#"{{"type":"session","message":{text}}}"#);
        for tab in &self.tabs {
            if let Some(out) = &tab.out {
                out.text(wrapped.clone());
            }
        }
    }

    /// Keeps in mind what decides over frames and names.
    fn watch(&mut self, message: &ServerMessage) {
        let owner = self.hub.as_ref().map(|hub| hub.owner.clone());
        match message {
            ServerMessage::Welcome(welcome) => {
                if let Some(hub) = &mut self.hub {
                    hub.began_ms = self.app.clock.now_ms() - i64::from(welcome.session.age_ms);
                }
                for one in &welcome.participants {
                    self.people
                        .insert(one.id.clone(), (one.name.clone(), one.color));
                }
                self.set_consent(welcome.consent.granted.contains(&ConsentScope::Page));
                self.paused = welcome.surfaces.iter().any(|s| {
                    s.kind == SurfaceKind::Page && Some(&s.owner) == owner.as_ref() && s.paused
                });
            }
            ServerMessage::ParticipantUpdated { participant } => {
                let shown = (participant.name.clone(), participant.color);
                self.people.insert(participant.id.clone(), shown);
            }
            ServerMessage::ConsentChanged { consent } => {
                self.set_consent(consent.granted.contains(&ConsentScope::Page));
            }
            ServerMessage::SurfaceUpdated { surface }
                if surface.kind == SurfaceKind::Page && Some(&surface.owner) == owner.as_ref() =>
            {
                if surface.paused {
                    self.drop_kept();
                }
                self.paused = surface.paused;
            }
            _ => {}
        }
    }

    fn set_consent(&mut self, granted: bool) {
        let before = std::mem::replace(&mut self.consent, granted);
        if before && !granted {
            self.forget_page();
        } else if granted && !before {
            self.tell_tabs_list();
        }
    }

    /// Nothing of the page stays when it may no longer be seen.
    fn forget_page(&mut self) {
        self.drop_kept();
        self.marks.clear();
        if !self.grants.is_empty() {
            self.grants.clear();
            self.tell_viewers(&ViewNotice::Grants { kinds: Vec::new() });
        }
        self.tell_tabs_list();
    }

    fn drop_kept(&mut self) {
        for tab in &mut self.tabs {
            tab.kept.clear();
            tab.kept_bytes = 0;
            tab.asked_snapshot = false;
        }
    }

    // The customer's side.

    async fn open_tab(
        &mut self,
        owner: ParticipantId,
        key: String,
        origin: Option<String>,
        out: Sender,
    ) {
        let refuse = |code, message: &str| {
            out.say(&TabNotice::Error {
                code,
                message: message.to_owned(),
                fatal: true,
            });
            out.close(4004, "refused");
        };
        let Ok(rules) = self.app.cobrowse.settings.get(&self.tenant).await else {
            return refuse(ErrorCode::Internal, "the rules cannot be read");
        };
        if !settings::is_allowed(&rules, origin.as_deref()) {
            return refuse(
                ErrorCode::Forbidden,
                "this site is not one of the company's",
            );
        }
        let other = |hub: &Hub| hub.owner != owner && self.tabs.iter().any(|t| t.out.is_some());
        if self.hub.as_ref().is_some_and(other) {
            return refuse(
                ErrorCode::LimitReached,
                "somebody else shares a page already",
            );
        }
        let known = self.tabs.iter().position(|t| t.key == key);
        if known.is_none() && self.tabs.len() >= PAGE_TABS {
            // A tab that is between two pages may come back, but not at the price of a new one.
            match self.tabs.iter().position(|t| t.out.is_none()) {
                Some(gone) => drop(self.tabs.remove(gone)),
                None => return refuse(ErrorCode::LimitReached, "too many tabs are shared"),
            }
        }
        if let Err(error) = self.join_hub(owner).await {
            return refuse(error.code(), &error.message());
        }
        let now_ms = self.now_ms();
        match self.tabs.iter_mut().find(|t| t.key == key) {
            Some(tab) => {
                if let Some(old) = tab.out.replace(out.clone()) {
                    old.close(4001, "replaced by a newer connection");
                }
            }
            None => {
                self.last_number = self.last_number.wrapping_add(1).max(1);
                self.tabs.push(Tab {
                    key,
                    number: self.last_number,
                    out: Some(out.clone()),
                    info: TabInfo {
                        tab: self.last_number,
                        title: String::new(),
                        url: String::new(),
                        front: true,
                        connected: true,
                    },
                    kept: Vec::new(),
                    kept_bytes: 0,
                    asked_snapshot: false,
                    frames: Allowance::new(u64::from(PAGE_FRAMES_PER_SECOND), now_ms),
                    bytes: Allowance::new(BYTES_PER_SECOND, now_ms),
                    messages: Allowance::new(u64::from(MESSAGES_PER_SECOND), now_ms),
                    bad: 0,
                });
            }
        }
        out.say(&TabNotice::Ready {
            rules,
            consent: self.consent,
        });
        self.tell_tabs_list();
    }

    fn tab_mut(&mut self, number: u64) -> Option<&mut Tab> {
        self.tabs
            .iter_mut()
            .find(|t| t.out.as_ref().is_some_and(|out| out.number == number))
    }

    fn refuse_tab(&mut self, number: u64, code: ErrorCode, message: &str, bad: bool) {
        let Some(tab) = self.tab_mut(number) else {
            return;
        };
        tab.bad += u32::from(bad);
        let fatal = tab.bad >= BAD_MESSAGES;
        let message = message.to_owned();
        if let Some(out) = &tab.out {
            out.say(&TabNotice::Error {
                code,
                message,
                fatal,
            });
            if fatal {
                out.close(4003, "too many bad messages");
            }
        }
    }

    async fn tab_says(&mut self, number: u64, message: TabMessage) {
        let now_ms = self.now_ms();
        let Some(tab) = self.tab_mut(number) else {
            return;
        };
        if !tab.messages.take(1, now_ms) {
            return self.refuse_tab(number, ErrorCode::RateLimited, "send less", false);
        }
        let tab_number = tab.number;
        match message {
            TabMessage::Preview { .. } | TabMessage::Accept { .. } | TabMessage::Hello { .. } => {
                self.refuse_tab(
                    number,
                    ErrorCode::Malformed,
                    "the tab is open already",
                    true,
                );
            }
            TabMessage::Session { message } => {
                if let Some(hub) = &self.hub {
                    let text = Command::Text {
                        participant: hub.owner.clone(),
                        connection: Some(hub.connection),
                        text: message.to_string(),
                    };
                    let _ = hub.handle.send(text).await;
                }
            }
            TabMessage::Where { title, url, front } => {
                if title.chars().count() > PAGE_TITLE_CHARS as usize
                    || url.chars().count() > PAGE_URL_CHARS as usize
                {
                    return self.refuse_tab(number, ErrorCode::OutOfRange, "too long", true);
                }
                if !self.consent {
                    return;
                }
                if front {
                    for other in &mut self.tabs {
                        other.info.front = false;
                    }
                }
                if let Some(tab) = self.tab_mut(number) {
                    tab.info.title = title;
                    tab.info.url = url;
                    tab.info.front = front;
                }
                self.tell_tabs_list();
            }
            TabMessage::Have { hashes } => {
                if hashes.len() > PAGE_HASHES as usize {
                    return self.refuse_tab(number, ErrorCode::OutOfRange, "too many", true);
                }
                let mut missing = Vec::new();
                for hash in hashes {
                    if !self.app.cobrowse.assets.has(&self.tenant, &hash).await {
                        missing.push(hash);
                    }
                }
                if let Some(out) = self.tab_mut(number).and_then(|t| t.out.clone()) {
                    out.say(&TabNotice::Missing { hashes: missing });
                }
            }
            TabMessage::Grants { mut kinds } => {
                kinds.truncate(4);
                self.grants.clone_from(&kinds);
                info!(?kinds, "control granted");
                self.tell_viewers(&ViewNotice::Grants { kinds });
            }
            TabMessage::Outcome { id, outcome } => self.outcome(id, outcome),
            TabMessage::Pointer { pointer } => {
                if self.consent
                    && !self.paused
                    && let Some(by) = self.hub.as_ref().map(|hub| hub.owner.clone())
                {
                    let (name, color) = self.shown(&by);
                    self.tell_viewers(&ViewNotice::Pointer {
                        tab: tab_number,
                        by,
                        name,
                        color,
                        pointer,
                    });
                }
            }
            TabMessage::Close => {
                if let Some(tab) = self.tab_mut(number)
                    && let Some(out) = tab.out.take()
                {
                    out.close(1000, "over");
                }
                self.tabs.retain(|t| t.number != tab_number);
                self.marks.retain(|(tab, _), _| *tab != tab_number);
                self.tell_tabs_list();
                if self.tabs.is_empty() {
                    self.stop_surface().await;
                }
            }
        }
    }

    /// The last tab is no longer shared: the consent goes with it.
    async fn stop_surface(&mut self) {
        if let Some(hub) = &self.hub {
            let off = ClientMessage::SetConsent {
                scope: ConsentScope::Page,
                granted: false,
            };
            if let Ok(text) = serde_json::to_string(&off) {
                let text = Command::Text {
                    participant: hub.owner.clone(),
                    connection: Some(hub.connection),
                    text,
                };
                let _ = hub.handle.send(text).await;
            }
        }
    }

    async fn tab_sends(&mut self, number: u64, bytes: Bytes) {
        let now_ms = self.now_ms();
        let (allowed, session_ms) = (
            self.consent && !self.paused,
            self.hub.as_ref().map_or(0, |hub| now_ms - hub.began_ms),
        );
        let at_ms = u32::try_from(session_ms.max(0)).unwrap_or(u32::MAX);
        let Some(tab) = self.tab_mut(number) else {
            return;
        };
        if !tab.frames.take(1, now_ms) || !tab.bytes.take(bytes.len() as u64, now_ms) {
            // A page without one of its changes would be wrong from then on.
            tab.asked_snapshot = false;
            self.refuse_tab(
                number,
                ErrorCode::RateLimited,
                "the page changes too fast",
                false,
            );
            return self.ask_snapshot(number);
        }
        let Ok(frame) = TabFrame::decode(&bytes) else {
            return self.refuse_tab(number, ErrorCode::Malformed, "not a frame", true);
        };
        if !allowed {
            // Under way while the customer paused or took back: dropped, and no fault.
            let code = ErrorCode::ConsentMissing;
            return self.refuse_tab(
                number,
                code,
                "the customer does not show the page",
                !self.paused,
            );
        }
        match frame {
            TabFrame::Asset { hash, content } => {
                if self.uploaded + content.len() > PAGE_ASSETS_PER_SESSION {
                    return self.refuse_tab(
                        number,
                        ErrorCode::LimitReached,
                        "too many assets",
                        false,
                    );
                }
                self.uploaded += content.len();
                let put = self
                    .app
                    .cobrowse
                    .assets
                    .put(&self.tenant, &hash, &content)
                    .await;
                if let Err(error) = put {
                    self.refuse_tab(number, ErrorCode::OutOfRange, &error.to_string(), false);
                }
            }
            TabFrame::Page {
                snapshot,
                flags,
                body,
            } => {
                let Some(tab) = self.tab_mut(number) else {
                    return;
                };
                if snapshot {
                    tab.kept.clear();
                    tab.kept_bytes = 0;
                    tab.asked_snapshot = false;
                } else if tab.kept.is_empty() {
                    // Changes without a beginning mean nothing to anybody.
                    return self.ask_snapshot(number);
                }
                tab.kept_bytes += body.len();
                tab.kept.push((at_ms, snapshot, flags, body.clone()));
                let (tab_number, full) = (tab.number, tab.kept_bytes > PAGE_KEPT_BYTES);
                let frame = frame::for_viewer(tab_number, at_ms, snapshot, flags, &body);
                self.viewers.retain(|_, v| {
                    let kept = v.out.binary(frame.clone());
                    if !kept {
                        warn!(participant = %v.who, "reads too slowly");
                        v.out.close(4002, "too slow");
                    }
                    kept
                });
                if full {
                    self.ask_snapshot(number);
                }
            }
        }
    }

    fn ask_snapshot(&mut self, number: u64) {
        if let Some(tab) = self.tab_mut(number) {
            let asked = std::mem::replace(&mut tab.asked_snapshot, true);
            if let Some(out) = tab.out.as_ref().filter(|_| !asked) {
                out.say(&TabNotice::NeedSnapshot);
            }
        }
    }

    fn tab_gone(&mut self, number: u64) {
        if let Some(tab) = self.tab_mut(number) {
            tab.out = None;
            self.tell_tabs_list();
        }
    }

    // The side of those who look on.

    fn open_view(&mut self, who: ParticipantId, role: Role, replay_url: String, out: Sender) {
        if self.viewers.len() >= PAGE_VIEWERS {
            out.say(&ViewNotice::Error {
                code: ErrorCode::LimitReached,
                message: "too many people look on".to_owned(),
                fatal: true,
            });
            out.close(4004, "refused");
            return;
        }
        out.say(&ViewNotice::Ready { replay_url });
        out.say(&self.tabs_list());
        out.say(&ViewNotice::Grants {
            kinds: self.grants.clone(),
        });
        for tab in &self.tabs {
            for (at_ms, snapshot, flags, body) in &tab.kept {
                out.binary(frame::for_viewer(
                    tab.number, *at_ms, *snapshot, *flags, body,
                ));
            }
        }
        for ((tab, by), marks) in &self.marks {
            out.say(&ViewNotice::Marks {
                tab: *tab,
                by: by.clone(),
                marks: marks.clone(),
            });
        }
        let now_ms = self.now_ms();
        let viewer = Viewer {
            who,
            role,
            messages: Allowance::new(u64::from(MESSAGES_PER_SECOND), now_ms),
            commands: HashMap::new(),
            out: out.clone(),
        };
        self.viewers.insert(out.number, viewer);
    }

    fn viewer_says(&mut self, number: u64, message: ViewMessage) {
        let now_ms = self.now_ms();
        let Some(viewer) = self.viewers.get_mut(&number) else {
            return;
        };
        let out = viewer.out.clone();
        let refuse = |code, message: &str| {
            out.say(&ViewNotice::Error {
                code,
                message: message.to_owned(),
                fatal: false,
            });
        };
        if !viewer.messages.take(1, now_ms) {
            return refuse(ErrorCode::RateLimited, "send less");
        }
        if !policy::allows(viewer.role, Capability::ControlPage) {
            return refuse(ErrorCode::Forbidden, "your role may only look");
        }
        let who = viewer.who.clone();
        match message {
            ViewMessage::Hello { .. } => refuse(ErrorCode::Malformed, "open already"),
            ViewMessage::AskControl { mut kinds } => {
                kinds.truncate(4);
                let (name, _) = self.shown(&who);
                let notice = TabNotice::ControlAsked {
                    by: who,
                    name,
                    kinds,
                };
                for tab in self.tabs.iter().filter(|t| t.info.front) {
                    tab.say(&notice);
                }
            }
            ViewMessage::Command { id, tab, command } => {
                let outcome =
                    if !self.consent || self.paused || !self.grants.contains(&command.kind()) {
                        Some(CommandOutcome::NotGranted)
                    } else if !command.fits() {
                        Some(CommandOutcome::NotPossible)
                    } else {
                        None
                    };
                if let Some(outcome) = outcome {
                    out.say(&ViewNotice::Outcome { id, outcome });
                    return;
                }
                self.next_command = self.next_command.wrapping_add(1);
                let own = self.next_command;
                if let Some(viewer) = self.viewers.get_mut(&number) {
                    if viewer.commands.len() >= 256 {
                        viewer.commands.clear();
                    }
                    viewer.commands.insert(own, id);
                }
                let notice = TabNotice::Command {
                    id: own,
                    by: who,
                    command,
                };
                if let Some(tab) = self.tabs.iter().find(|t| t.number == tab) {
                    tab.say(&notice);
                }
            }
            ViewMessage::Pointer { tab, pointer } => {
                let (name, color) = self.shown(&who);
                if let Some(found) = self.tabs.iter().find(|t| t.number == tab) {
                    found.say(&TabNotice::Pointer {
                        by: who.clone(),
                        name: name.clone(),
                        color,
                        pointer,
                    });
                }
                let notice = ViewNotice::Pointer {
                    tab,
                    by: who,
                    name,
                    color,
                    pointer,
                };
                for other in self.viewers.values().filter(|v| v.out.number != number) {
                    other.out.say(&notice);
                }
            }
            ViewMessage::Marks { tab, marks } => {
                let fits = marks.len() <= PAGE_MARKS
                    && marks.iter().all(|m| m.points.len() <= PAGE_MARK_POINTS);
                if !fits || !self.tabs.iter().any(|t| t.number == tab) {
                    return refuse(ErrorCode::OutOfRange, "too many marks, or no such tab");
                }
                if marks.is_empty() {
                    self.marks.remove(&(tab, who.clone()));
                } else {
                    self.marks.insert((tab, who.clone()), marks.clone());
                }
                self.tell_marks(tab, &who, marks);
            }
        }
    }

    fn tell_marks(&self, tab: u16, by: &ParticipantId, marks: Vec<PageMark>) {
        if let Some(found) = self.tabs.iter().find(|t| t.number == tab) {
            found.say(&TabNotice::Marks {
                by: by.clone(),
                marks: marks.clone(),
            });
        }
        let by = by.clone();
        self.tell_viewers(&ViewNotice::Marks { tab, by, marks });
    }

    fn forget_marks_of(&mut self, who: &ParticipantId) {
        if self.viewers.values().any(|v| v.who == *who) {
            return;
        }
        let tabs: Vec<u16> = self
            .marks
            .keys()
            .filter(|(_, by)| by == who)
            .map(|(tab, _)| *tab)
            .collect();
        for tab in tabs {
            self.marks.remove(&(tab, who.clone()));
            self.tell_marks(tab, who, Vec::new());
        }
    }

    fn outcome(&mut self, id: u32, outcome: CommandOutcome) {
        for viewer in self.viewers.values_mut() {
            if let Some(id) = viewer.commands.remove(&id) {
                viewer.out.say(&ViewNotice::Outcome { id, outcome });
                return;
            }
        }
    }

    fn shown(&self, who: &ParticipantId) -> (String, u8) {
        self.people.get(who).cloned().unwrap_or_default()
    }

    fn tabs_list(&self) -> ViewNotice {
        let shown = |tab: &Tab| TabInfo {
            connected: tab.out.is_some(),
            ..tab.info.clone()
        };
        let tabs = if self.consent {
            self.tabs.iter().map(shown).collect()
        } else {
            Vec::new()
        };
        ViewNotice::Tabs { tabs }
    }

    fn tell_tabs_list(&self) {
        self.tell_viewers(&self.tabs_list());
    }

    fn tell_viewers(&self, notice: &ViewNotice) {
        for viewer in self.viewers.values() {
            viewer.out.say(notice);
        }
    }
}

impl Tab {
    fn say(&self, notice: &TabNotice) {
        if let Some(out) = &self.out {
            out.say(notice);
        }
    }
}

/// The next message of the session; waits for ever while there is no session.
async fn next_of(hub: &mut Option<Hub>) -> Option<axum::extract::ws::Utf8Bytes> {
    match hub {
        Some(hub) => hub.reader.next().await,
        None => std::future::pending().await,
    }
}
