//! A shared tab on its way to another origin: with a ticket where the session goes on, and with a
//! word to those who look on where it does not.

use super::Share;
use crate::cobrowse::{
    handover::{Handover, VALID_MS},
    settings,
};
use sightline_protocol::{
    ErrorCode,
    limits::{NAME_CHARS, PAGE_ORIGINS, PAGE_RULE_CHARS},
    page::{Agreed, LeftFor, TabNotice},
};

impl Share {
    /// The tab is about to go on its way, wherever that ends: on its own origin, or on one that the
    /// company's list has and the customer has read of.
    pub(super) async fn hand_over(&mut self, number: u64, fresh: bool, mut agreed: Agreed) {
        if !fits(&agreed) {
            return self.refuse_tab(number, ErrorCode::OutOfRange, "too long", true);
        }
        let rules = self.app.cobrowse.settings.get(&self.tenant).await;
        let Ok(rules) = rules else {
            return self.refuse_tab(
                number,
                ErrorCode::Internal,
                "the rules cannot be read",
                false,
            );
        };
        let is_listed = |site: &String| settings::is_listed(&rules, Some(site));
        agreed.sites.retain(is_listed);
        let now_ms = self.now_ms();
        let Some(owner) = self.hub.as_ref().map(|hub| hub.owner.clone()) else {
            return;
        };
        let (tenant, session) = (self.tenant.clone(), self.session.clone());
        let app = self.app.clone();
        let Some(tab) = self.tab_mut(number) else {
            return;
        };
        let handover = Handover {
            tenant,
            session,
            owner,
            tab: (!fresh).then(|| tab.key.clone()),
            from: tab.origin.clone(),
            address: tab.address,
            agreed,
        };
        let ticket = app.cobrowse.handovers.make(handover, &tab.key, now_ms);
        tab.say(&TabNotice::Ticket {
            fresh,
            ticket,
            valid_s: (VALID_MS / 1_000) as u32,
        });
    }

    /// The tab is about to go where it is not shared.
    pub(super) async fn leaving(&mut self, number: u64, origin: Option<String>) {
        let origin = match origin {
            Some(origin) if self.is_listed(&origin).await => Some(origin),
            _ => None,
        };
        if self.consent
            && !self.paused
            && let Some(tab) = self.tab_mut(number)
        {
            tab.info.left = Some(LeftFor { origin });
            self.tell_tabs_list();
        }
    }

    /// Whether the company's list names an origin. Without a list none is.
    async fn is_listed(&self, origin: &str) -> bool {
        let rules = self.app.cobrowse.settings.get(&self.tenant).await;
        rules.is_ok_and(|rules| settings::is_listed(&rules, Some(origin)))
    }
}

fn fits(agreed: &Agreed) -> bool {
    let within = |text: &str, most: usize| text.chars().take(most + 1).count() <= most;
    within(&agreed.agent, NAME_CHARS as usize)
        && agreed.sites.len() <= PAGE_ORIGINS
        && agreed
            .sites
            .iter()
            .all(|site| within(site, PAGE_RULE_CHARS))
}
