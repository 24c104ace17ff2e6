//! The side of those who look on at a shared page: what they see, point at and command. What
//! they draw is in the session's annotation log.

use super::{Share, Tab, Viewer};
use crate::cobrowse::{frame, rate::Allowance, socket::Sender};
use sightline_protocol::{
    ErrorCode, ParticipantId, Role,
    limits::{MESSAGES_PER_SECOND, PAGE_RULES, PAGE_VIEWERS},
    page::{CommandOutcome, TabInfo, TabNotice, ViewMessage, ViewNotice},
};
use sightline_session::{Capability, policy};
use std::collections::HashMap;

impl Share {
    pub(super) fn open_view(
        &mut self,
        who: ParticipantId,
        role: Role,
        replay_url: String,
        out: Sender,
    ) {
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

    pub(super) async fn viewer_says(&mut self, number: u64, message: ViewMessage) {
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
                let own = self.question(number, id);
                let notice = TabNotice::Command {
                    id: own,
                    by: who,
                    command,
                };
                if let Some(tab) = self.tabs.iter().find(|t| t.number == tab) {
                    tab.say(&notice);
                }
            }
            ViewMessage::Pick { id, tab, node } => {
                let own = self.question(number, id);
                if let Some(tab) = self.tabs.iter().find(|t| t.number == tab) {
                    tab.say(&TabNotice::Pick { id: own, node });
                }
            }
            ViewMessage::Count { id, tab, rules } => {
                if rules.len() > PAGE_RULES {
                    return refuse(ErrorCode::OutOfRange, "too many rules");
                }
                let own = self.question(number, id);
                if let Some(tab) = self.tabs.iter().find(|t| t.number == tab) {
                    tab.say(&TabNotice::Count { id: own, rules });
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
                self.record_pointer(tab, &notice).await;
            }
        }
    }

    /// Numbers what a viewer asks of a tab, so that the answer finds its way back.
    fn question(&mut self, viewer: u64, id: u32) -> u32 {
        self.next_command = self.next_command.wrapping_add(1);
        let own = self.next_command;
        if let Some(viewer) = self.viewers.get_mut(&viewer) {
            if viewer.commands.len() >= 256 {
                viewer.commands.clear();
            }
            viewer.commands.insert(own, id);
        }
        own
    }

    /// Brings a tab's answer to the viewer who asked.
    pub(super) fn answer(&mut self, own: u32, notice: impl FnOnce(u32) -> ViewNotice) {
        for viewer in self.viewers.values_mut() {
            if let Some(id) = viewer.commands.remove(&own) {
                viewer.out.say(&notice(id));
                return;
            }
        }
    }

    pub(super) fn shown(&self, who: &ParticipantId) -> (String, u8) {
        self.people.get(who).cloned().unwrap_or_default()
    }

    pub(super) fn tabs_list(&self) -> ViewNotice {
        let shown = |tab: &Tab| TabInfo {
            connected: tab.out.is_some(),
            recorded: self.keeps(tab.number),
            ..tab.info.clone()
        };
        let tabs = if self.consent {
            self.tabs.iter().map(shown).collect()
        } else {
            Vec::new()
        };
        ViewNotice::Tabs { tabs }
    }

    pub(super) fn tell_tabs_list(&self) {
        self.tell_viewers(&self.tabs_list());
    }

    pub(super) fn tell_viewers(&self, notice: &ViewNotice) {
        for viewer in self.viewers.values() {
            viewer.out.say(notice);
        }
    }
}
