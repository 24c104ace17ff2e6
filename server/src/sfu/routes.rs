//! Whose connection a datagram belongs to, and from where an answer to it leaves.

use super::peer::PeerId;
#[cfg(doc)]
use super::rates;
use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, SocketAddr},
};

/// Addresses remembered for one connection: a phone that changes networks uses a few. Beyond it
/// the one that was heard of longest ago is forgotten, so that nobody can fill the memory, or
/// crowd out others, by checking from ever new addresses. Twice what [`rates::ADDRESSES`] lets in at
/// once, so that a flood of those does not push out the one in use.
const ADDRESSES_A_PEER: usize = 128;

/// A connection: the number of its session on this thread, and its own.
pub type Route = (u64, PeerId);

#[derive(Debug, Clone, Copy)]
struct Known {
    route: Route,
    /// The machine's own address at which it was reached.
    local: IpAddr,
}

/// All routes of one media thread.
#[derive(Debug, Default)]
pub struct Routes {
    by_ufrag: HashMap<String, Route>,
    by_address: HashMap<SocketAddr, Known>,
    /// The addresses of each connection, the one heard of last at the end.
    of_peer: HashMap<Route, VecDeque<SocketAddr>>,
}

impl Routes {
    /// The connection that a STUN check names.
    pub fn named(&self, ufrag: &str) -> Option<Route> {
        self.by_ufrag.get(ufrag).copied()
    }

    /// The connection that has proved to be at an address.
    pub fn from(&self, address: &SocketAddr) -> Option<Route> {
        self.by_address.get(address).map(|known| known.route)
    }

    /// The machine's own address to answer from, on a machine with several.
    pub fn local(&self, address: &SocketAddr) -> Option<IpAddr> {
        self.by_address.get(address).map(|known| known.local)
    }

    /// A check of this connection came from `address` to the machine's own address `local`.
    pub fn learn(&mut self, address: SocketAddr, local: IpAddr, route: Route) {
        let before = self.by_address.insert(address, Known { route, local });
        if let Some(before) = before {
            let addresses = self.of_peer.entry(before.route).or_default();
            addresses.retain(|it| *it != address);
        }
        let addresses = self.of_peer.entry(route).or_default();
        addresses.push_back(address);
        if addresses.len() > ADDRESSES_A_PEER
            && let Some(oldest) = addresses.pop_front()
        {
            self.by_address.remove(&oldest);
        }
    }

    /// Forgets where a connection is.
    pub fn forget_addresses(&mut self, route: Route) {
        for address in self.of_peer.remove(&route).into_iter().flatten() {
            self.by_address.remove(&address);
        }
    }

    /// The connections that a session has now, with the names by which checks reach them; what
    /// belonged to others of it is forgotten.
    pub fn refresh(&mut self, session: u64, ufrags: Vec<(String, PeerId)>) {
        self.by_ufrag.retain(|_, route| route.0 != session);
        let gone: Vec<Route> = self
            .of_peer
            .keys()
            .filter(|route| route.0 == session && !ufrags.iter().any(|it| it.1 == route.1))
            .copied()
            .collect();
        for route in gone {
            self.forget_addresses(route);
        }
        let named = ufrags
            .into_iter()
            .map(|(ufrag, peer)| (ufrag, (session, peer)));
        self.by_ufrag.extend(named);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Route = (1, PeerId(1));
    const B: Route = (1, PeerId(2));
    const C: Route = (2, PeerId(3));
    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn address(n: u16) -> SocketAddr {
        SocketAddr::new([10, 0, (n >> 8) as u8, n as u8].into(), 5_000)
    }

    #[test]
    fn checks_from_ever_new_addresses_crowd_out_nobody_else() {
        let mut routes = Routes::default();
        routes.learn(address(0), HERE, A);
        for n in 1..5_000 {
            routes.learn(address(n), HERE, B);
            routes.learn(address(1), HERE, B);
        }
        assert_eq!(routes.by_address.len(), 1 + ADDRESSES_A_PEER);
        assert_eq!(routes.from(&address(0)), Some(A));
        assert_eq!(routes.from(&address(1)), Some(B), "still in use");
        assert_eq!(routes.from(&address(2)), None, "the oldest of its own");
        routes.learn(address(5_000), HERE, C);
        assert_eq!(routes.from(&address(5_000)), Some(C), "there is room");
    }

    #[test]
    fn an_address_belongs_to_whoever_proved_it_last() {
        let mut routes = Routes::default();
        routes.learn(address(7), HERE, A);
        routes.learn(address(7), HERE, C);
        routes.forget_addresses(A);
        assert_eq!(routes.from(&address(7)), Some(C));
        assert_eq!(routes.local(&address(7)), Some(HERE));
    }

    #[test]
    fn a_session_that_is_refreshed_keeps_what_is_still_there() {
        let mut routes = Routes::default();
        routes.refresh(1, vec![("a".to_owned(), A.1), ("b".to_owned(), B.1)]);
        routes.refresh(2, vec![("c".to_owned(), C.1)]);
        for (n, route) in [(1, A), (2, B), (3, C)] {
            routes.learn(address(n), HERE, route);
        }
        routes.refresh(1, vec![("a".to_owned(), A.1)]);
        assert_eq!((routes.named("a"), routes.named("b")), (Some(A), None));
        assert_eq!(
            (routes.from(&address(1)), routes.from(&address(2))),
            (Some(A), None)
        );
        routes.refresh(1, Vec::new());
        assert_eq!((routes.named("a"), routes.from(&address(1))), (None, None));
        assert_eq!(
            (routes.named("c"), routes.from(&address(3))),
            (Some(C), Some(C))
        );
        assert_eq!(routes.of_peer.len(), 1);
    }
}
