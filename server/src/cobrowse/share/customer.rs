//! The customer's side of a shared page: its tabs, what they say and what they send.

use super::{Hub, Opens, Share, Tab};
use crate::{
    cobrowse::{rate::Allowance, settings},
    hub::Command,
};
use sightline_protocol::{
    ClientMessage, ConsentScope, ErrorCode, ParticipantId,
    limits::{
        BAD_MESSAGES, MESSAGES_PER_SECOND, PAGE_FRAMES_PER_SECOND, PAGE_HASHES, PAGE_RULES,
        PAGE_TABS, PAGE_TITLE_CHARS, PAGE_URL_CHARS,
    },
    page::{TabInfo, TabMessage, TabNotice, ViewNotice},
};
use tracing::info;

/// Bytes a second from one tab, averaged over ten seconds.
const BYTES_PER_SECOND: u64 = 4 * 1024 * 1024;

impl Share {
    pub(super) async fn open_tab(
        &mut self,
        owner: ParticipantId,
        opens: Opens,
        origin: Option<String>,
    ) {
        let Opens {
            key,
            page,
            base_url,
            address,
            out,
        } = opens;
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
        if self.hub.as_ref().is_some_and(|hub| hub.owner != owner) {
            // Whoever shared before is gone, with all tabs.
            self.tabs.clear();
            self.grants.clear();
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
                tab.base_url = base_url;
                tab.address = address;
                tab.origin = origin;
                tab.info.page = page;
                tab.info.left = None;
                tab.told_days = None;
            }
            None => {
                self.last_number = self.last_number.wrapping_add(1).max(1);
                self.tabs.push(Tab {
                    key,
                    base_url,
                    address,
                    number: self.last_number,
                    origin,
                    out: Some(out.clone()),
                    info: TabInfo {
                        tab: self.last_number,
                        page,
                        title: String::new(),
                        url: String::new(),
                        front: true,
                        connected: true,
                        recorded: false,
                        left: None,
                    },
                    kept: Vec::new(),
                    kept_bytes: 0,
                    asked_snapshot: false,
                    told_days: None,
                    frames: Allowance::new(u64::from(PAGE_FRAMES_PER_SECOND), now_ms),
                    bytes: Allowance::new(BYTES_PER_SECOND, now_ms),
                    messages: Allowance::new(u64::from(MESSAGES_PER_SECOND), now_ms),
                    bad: 0,
                });
            }
        }
        self.record_days = rules.record_days;
        out.say(&TabNotice::Ready {
            rules,
            consent: self.consent,
        });
        self.welcome(&out).await;
        self.tell_tabs_list();
    }

    pub(super) fn tab_mut(&mut self, number: u64) -> Option<&mut Tab> {
        self.tabs
            .iter_mut()
            .find(|t| t.out.as_ref().is_some_and(|out| out.number == number))
    }

    pub(super) fn refuse_tab(&mut self, number: u64, code: ErrorCode, message: &str, bad: bool) {
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

    pub(super) async fn tab_says(&mut self, number: u64, message: TabMessage) {
        let now_ms = self.now_ms();
        let Some(tab) = self.tab_mut(number) else {
            return;
        };
        if !tab.messages.take(1, now_ms) {
            return self.refuse_tab(number, ErrorCode::RateLimited, "send less", false);
        }
        let tab_number = tab.number;
        match message {
            TabMessage::Preview { .. }
            | TabMessage::ShowCode { .. }
            | TabMessage::Accept { .. }
            | TabMessage::Resume { .. }
            | TabMessage::Hello { .. } => {
                self.refuse_tab(
                    number,
                    ErrorCode::Malformed,
                    "the tab is open already",
                    true,
                );
            }
            TabMessage::Handover { fresh, agreed } => self.hand_over(number, fresh, agreed).await,
            TabMessage::Leaving { origin } => self.leaving(number, origin).await,
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
                    if front {
                        // It stayed after all.
                        tab.info.left = None;
                    }
                }
                self.tell_tabs_list();
                self.record_tabs().await;
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
            TabMessage::Told { record_days } => {
                if let Some(tab) = self.tab_mut(number) {
                    tab.told_days = record_days;
                }
                self.tell_tabs_list();
            }
            TabMessage::Outcome { id, outcome } => {
                self.answer(id, |id| ViewNotice::Outcome { id, outcome });
            }
            TabMessage::Picked { id, picked } => {
                self.answer(id, |id| ViewNotice::Picked { id, picked });
            }
            TabMessage::Counted { id, mut hits } => {
                hits.truncate(PAGE_RULES);
                self.answer(id, |id| ViewNotice::Counted { id, hits });
            }
            TabMessage::Pointer { pointer } => {
                if self.consent
                    && !self.paused
                    && let Some(by) = self.hub.as_ref().map(|hub| hub.owner.clone())
                {
                    let (name, color) = self.shown(&by);
                    let notice = ViewNotice::Pointer {
                        tab: tab_number,
                        by,
                        name,
                        color,
                        pointer,
                    };
                    self.tell_viewers(&notice);
                    self.record_pointer(tab_number, &notice).await;
                }
            }
            TabMessage::Phone => self.invite_phone(number).await,
            TabMessage::Close => {
                let handovers = &self.app.cobrowse.handovers;
                if let Some(tab) = self.tabs.iter_mut().find(|t| t.number == tab_number)
                    && let Some(out) = tab.out.take()
                {
                    handovers.forget_tab(&self.session, &tab.key);
                    out.close(1000, "over");
                }
                self.tabs.retain(|t| t.number != tab_number);
                self.tell_tabs_list();
                self.record_tabs().await;
                if self.tabs.is_empty() {
                    self.stop_surface().await;
                }
            }
        }
    }

    /// The last tab is no longer shared: the consent goes with it.
    pub(super) async fn stop_surface(&mut self) {
        if let Some(hub) = &self.hub {
            let off = ClientMessage::SetConsent {
                scope: ConsentScope::Page,
                granted: false,
                film_days: None,
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

    pub(super) fn tab_gone(&mut self, number: u64) {
        if let Some(tab) = self.tab_mut(number) {
            tab.out = None;
            self.tell_tabs_list();
        }
    }
}

impl Tab {
    /// Nothing is kept any more; the next thing that may be is a snapshot.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
        self.kept_bytes = 0;
        self.asked_snapshot = false;
    }

    pub(super) fn say(&self, notice: &TabNotice) {
        if let Some(out) = &self.out {
            out.say(notice);
        }
    }
}
