//! Tickets with which a shared tab goes on at another of the company's origins.
//!
//! What a browser keeps for a page is kept by origin, so the tab's place in the session cannot come
//! along by itself. A ticket takes it there in the fragment of the address, which is sent to no
//! server and goes along over redirects, wherever they end. Who has one could take the customer's
//! place; that is why it
//! - works once and for [`VALID_MS`], and whoever shows it uses it up, right or wrong;
//! - works only on the origin that asked for it and on those that the customer has read of, and the
//!   browser itself names the origin when it is shown;
//! - is bound to the network from which it was asked for, because only a browser tells the truth
//!   about origins, and a fragment goes along when the target sends its visitors on;
//! - dies with the tab, with the consent and with the session;
//! - is kept as a hash, in memory only.

use crate::{auth::network, secrets, store::Hash};
use sightline_protocol::{
    ParticipantId, SessionId, TenantId,
    limits::{HANDOVERS, HANDOVERS_PER_SESSION},
    page::Agreed,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How long a ticket is good, in milliseconds: as long as a slow page takes to load.
pub const VALID_MS: i64 = 60_000;

/// What a ticket stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    pub tenant: TenantId,
    pub session: SessionId,
    /// The customer.
    pub owner: ParticipantId,
    /// The tab that goes on; none for a new one.
    pub tab: Option<String>,
    /// Origin of the page that asked; a redirect may lead back to it.
    pub from: Option<String>,
    /// From where it was asked for.
    pub address: IpAddr,
    /// What the customer has agreed to; its sites are where else it goes on.
    pub agreed: Agreed,
}

impl Handover {
    /// Whether this is the origin that the tab comes from.
    pub fn stays(&self, origin: &str) -> bool {
        let from = self.from.as_deref();
        from.is_some_and(|from| from.eq_ignore_ascii_case(origin))
    }

    fn leads_to(&self, origin: &str) -> bool {
        let sites = &self.agreed.sites;
        self.stays(origin) || sites.iter().any(|site| site.eq_ignore_ascii_case(origin))
    }
}

struct Ticket {
    hash: Hash,
    handover: Handover,
    /// The tab that asked, whose end is the ticket's.
    asked_by: String,
    expires_ms: i64,
}

/// The tickets under way.
#[derive(Default)]
pub struct Handovers {
    tickets: Mutex<Tickets>,
}

/// Tickets by their numbers, which count up: the oldest comes first, and all are good for the same time.
#[derive(Default)]
struct Tickets {
    by_number: BTreeMap<u64, Ticket>,
    numbers: HashMap<Hash, u64>,
    of_session: HashMap<SessionId, BTreeSet<u64>>,
    last: u64,
}

impl Tickets {
    fn add(&mut self, ticket: Ticket) {
        self.last += 1;
        let session = ticket.handover.session.clone();
        self.of_session
            .entry(session)
            .or_default()
            .insert(self.last);
        self.numbers.insert(ticket.hash, self.last);
        self.by_number.insert(self.last, ticket);
    }

    fn remove(&mut self, number: u64) -> Option<Ticket> {
        let ticket = self.by_number.remove(&number)?;
        self.numbers.remove(&ticket.hash);
        let session = &ticket.handover.session;
        if let Some(own) = self.of_session.get_mut(session) {
            own.remove(&number);
            if own.is_empty() {
                self.of_session.remove(session);
            }
        }
        Some(ticket)
    }

    fn forget_old(&mut self, now_ms: i64) {
        while let Some((&number, oldest)) = self.by_number.first_key_value()
            && oldest.expires_ms <= now_ms
        {
            self.remove(number);
        }
    }
}

impl Handovers {
    /// A ticket; none while too many are under way. The oldest of a session makes room.
    pub fn make(&self, handover: Handover, asked_by: &str, now_ms: i64) -> Option<String> {
        let mut tickets = self.lock();
        tickets.forget_old(now_ms);
        if let Some(own) = tickets.of_session.get(&handover.session)
            && own.len() >= HANDOVERS_PER_SESSION
            && let Some(&oldest) = own.first()
        {
            tickets.remove(oldest);
        }
        if tickets.by_number.len() >= HANDOVERS {
            return None;
        }
        let ticket = secrets::random_secret();
        tickets.add(Ticket {
            hash: secrets::hash(&ticket),
            handover,
            asked_by: asked_by.to_owned(),
            expires_ms: now_ms + VALID_MS,
        });
        Some(ticket)
    }

    /// Uses a ticket up; gives what it stands for when all that it is bound to holds.
    pub fn redeem(
        &self,
        ticket: &str,
        tenant: &str,
        origin: Option<&str>,
        address: IpAddr,
        now_ms: i64,
    ) -> Option<Handover> {
        let mut tickets = self.lock();
        let number = *tickets.numbers.get(&secrets::hash(ticket))?;
        let found = tickets.remove(number)?;
        let handover = found.handover;
        let good = found.expires_ms > now_ms
            && handover.tenant.as_str() == tenant
            && origin.is_some_and(|origin| handover.leads_to(origin))
            && network(handover.address) == network(address);
        good.then_some(handover)
    }

    /// A tab is no longer shared.
    pub fn forget_tab(&self, session: &SessionId, tab: &str) {
        self.forget(session, |ticket| ticket.asked_by == tab);
    }

    /// The page may no longer be seen, or the session is over.
    pub fn forget_session(&self, session: &SessionId) {
        self.forget(session, |_| true);
    }

    fn forget(&self, session: &SessionId, which: impl Fn(&Ticket) -> bool) {
        let mut tickets = self.lock();
        let own = tickets.of_session.get(session).cloned().unwrap_or_default();
        for number in own {
            if tickets.by_number.get(&number).is_some_and(&which) {
                tickets.remove(number);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tickets> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 2));
    const ORIGIN: Option<&str> = Some("https://account.example");

    fn handover(session: u8) -> Handover {
        Handover {
            tenant: TenantId::from_random([1; 16]),
            session: SessionId::from_random([session; 16]),
            owner: ParticipantId::from_random([3; 16]),
            tab: Some("tab_1".to_owned()),
            from: Some("https://shop.example".to_owned()),
            address: HERE,
            agreed: Agreed {
                sites: vec!["https://account.example".to_owned()],
                ..Agreed::default()
            },
        }
    }

    #[test]
    fn a_ticket_is_good_once_in_time_and_only_where_it_is_bound_to() {
        let tickets = Handovers::default();
        let tenant = handover(1).tenant.to_string();
        let make = || tickets.make(handover(1), "tab_1", 0).unwrap();
        let good = make();
        let found = tickets.redeem(&good, &tenant, ORIGIN, HERE, VALID_MS - 1);
        assert_eq!(found, Some(handover(1)));
        assert_eq!(
            tickets.redeem(&good, &tenant, ORIGIN, HERE, 1),
            None,
            "used"
        );
        let back = Some("https://SHOP.example");
        let found = tickets.redeem(&make(), &tenant, back, HERE, 1);
        assert!(found.is_some(), "a redirect led back");
        let other = Some("https://other.example");
        for (what, company, origin, address, now_ms) in [
            ("expired", tenant.as_str(), ORIGIN, HERE, VALID_MS),
            ("another company's site", "ten_somebody", ORIGIN, HERE, 1),
            ("another origin", &tenant, other, HERE, 1),
            ("no origin", &tenant, None, HERE, 1),
            ("another network", &tenant, ORIGIN, THERE, 1),
        ] {
            let ticket = make();
            let refused = tickets.redeem(&ticket, company, origin, address, now_ms);
            assert_eq!(refused, None, "{what}");
            let again = tickets.redeem(&ticket, &tenant, ORIGIN, HERE, 1);
            assert_eq!(again, None, "{what}: shown once is used up");
        }
    }

    #[test]
    fn tickets_end_with_their_tab_and_their_session() {
        let tickets = Handovers::default();
        let tenant = handover(1).tenant.to_string();
        let is_good = |ticket: &str| {
            let found = tickets.redeem(ticket, &tenant, ORIGIN, HERE, 1);
            found.is_some()
        };
        let [of_tab, of_other_tab] =
            ["tab_1", "tab_2"].map(|tab| tickets.make(handover(1), tab, 0).unwrap());
        tickets.forget_tab(&handover(1).session, "tab_1");
        assert!(!is_good(&of_tab));
        assert!(is_good(&of_other_tab));
        let [of_one, of_two] = [1, 2].map(|n| tickets.make(handover(n), "tab_1", 0).unwrap());
        tickets.forget_session(&handover(1).session);
        assert!(!is_good(&of_one));
        assert!(is_good(&of_two));
    }

    #[test]
    fn the_oldest_ticket_of_a_session_makes_room_and_others_stay() {
        let tickets = Handovers::default();
        let tenant = handover(1).tenant.to_string();
        let other = tickets.make(handover(2), "tab_1", 0).unwrap();
        let own: Vec<String> = (0..=HANDOVERS_PER_SESSION)
            .map(|_| tickets.make(handover(1), "tab_1", 0).unwrap())
            .collect();
        let is_good = |ticket: &str| tickets.redeem(ticket, &tenant, ORIGIN, HERE, 1).is_some();
        assert!(!is_good(&own[0]));
        assert!(own[1..].iter().all(|ticket| is_good(ticket)));
        assert!(is_good(&other));
    }

    #[test]
    fn the_memory_is_bounded() {
        let tickets = Handovers::default();
        let of = |n: usize| {
            let mut handover = handover(1);
            let mut name = [0; 16];
            name[..8].copy_from_slice(&n.to_be_bytes());
            handover.session = SessionId::from_random(name);
            handover
        };
        assert!((0..HANDOVERS).all(|n| tickets.make(of(n), "tab_1", 0).is_some()));
        assert_eq!(tickets.make(of(HANDOVERS), "tab_1", 0), None);
        assert!(tickets.make(of(HANDOVERS), "tab_1", VALID_MS).is_some());
        let kept = tickets.lock();
        let counts = [
            kept.by_number.len(),
            kept.numbers.len(),
            kept.of_session.len(),
        ];
        assert_eq!(counts, [1; 3], "what is over is forgotten everywhere");
    }
}
