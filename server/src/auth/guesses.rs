//! A guard on guessing: so many wrong tries a minute from one address, and so many in all.

use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

const WINDOW_MS: i64 = 60_000;
/// Addresses remembered; beyond it the one whose last wrong try is oldest is forgotten.
const ADDRESSES: usize = 10_000;

/// Wait before the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// How long, in whole seconds, at least 1.
    pub retry_after_s: u32,
}

/// An opened try; dropping it leaves it counted as wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Try {
    network: IpAddr,
    at_ms: i64,
}

/// Counts wrong tries in a sliding window of a minute.
pub struct Guesses {
    per_address: usize,
    in_all: usize,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    by_address: HashMap<IpAddr, VecDeque<i64>>,
    all: VecDeque<i64>,
}

impl Guesses {
    /// With the wrong tries a minute that are allowed.
    pub fn new(per_address: usize, in_all: usize) -> Self {
        Self {
            per_address,
            in_all,
            seen: Mutex::default(),
        }
    }

    /// Opens a try, which counts as wrong until [`Self::right`] takes it back: many tries sent at
    /// once see each other.
    ///
    /// # Errors
    /// [`TooMany`] with the time until the oldest wrong try is a minute old.
    pub fn begin(&self, address: IpAddr, now_ms: i64) -> Result<Try, TooMany> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut seen.all, now_ms);
        wait_for(&seen.all, self.in_all, now_ms)?;
        let network = network(address);
        if seen.by_address.len() >= ADDRESSES && !seen.by_address.contains_key(&network) {
            seen.make_room(now_ms);
        }
        let tries = seen.by_address.entry(network).or_default();
        forget_old(tries, now_ms);
        wait_for(tries, self.per_address, now_ms)?;
        tries.push_back(now_ms);
        seen.all.push_back(now_ms);
        Ok(Try {
            network,
            at_ms: now_ms,
        })
    }

    /// Takes back a try that was right.
    pub fn right(&self, open: Try) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        remove_one(&mut seen.all, open.at_ms);
        if let Some(tries) = seen.by_address.get_mut(&open.network) {
            remove_one(tries, open.at_ms);
            if tries.is_empty() {
                seen.by_address.remove(&open.network);
            }
        }
    }
}

impl Seen {
    fn make_room(&mut self, now_ms: i64) {
        self.by_address
            .retain(|_, tries| tries.back().is_some_and(|t| now_ms - t < WINDOW_MS));
        if self.by_address.len() >= ADDRESSES {
            let oldest = self
                .by_address
                .iter()
                .min_by_key(|(_, t)| t.back().copied());
            if let Some(address) = oldest.map(|(address, _)| *address) {
                self.by_address.remove(&address);
            }
        }
    }
}

/// One subscriber usually has a whole IPv6 /64, so that counts as one address.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

fn forget_old(tries: &mut VecDeque<i64>, now_ms: i64) {
    while tries.front().is_some_and(|t| now_ms - t >= WINDOW_MS) {
        tries.pop_front();
    }
}

fn remove_one(tries: &mut VecDeque<i64>, at_ms: i64) {
    if let Some(index) = tries.iter().rposition(|t| *t == at_ms) {
        tries.remove(index);
    }
}

fn wait_for(tries: &VecDeque<i64>, limit: usize, now_ms: i64) -> Result<(), TooMany> {
    match tries.front() {
        Some(oldest) if tries.len() >= limit => {
            let wait_ms = (oldest + WINDOW_MS - now_ms).max(1);
            Err(TooMany {
                retry_after_s: (wait_ms as u64).div_ceil(1_000) as u32,
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 1));
    const B: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 2));

    fn wrong(guesses: &Guesses, address: IpAddr, now_ms: i64) {
        guesses.begin(address, now_ms).unwrap();
    }

    #[test]
    fn the_sixth_try_in_a_minute_waits_and_another_address_does_not() {
        let guesses = Guesses::new(5, 100);
        for i in 0..5 {
            wrong(&guesses, A, i * 1_000);
        }
        assert_eq!(guesses.begin(A, 5_000), Err(TooMany { retry_after_s: 55 }));
        assert!(guesses.begin(B, 5_000).is_ok());
        assert!(guesses.begin(A, 60_000).is_ok());
    }

    #[test]
    fn tries_under_way_count_and_right_ones_do_not() {
        let guesses = Guesses::new(5, 100);
        let open: Vec<Try> = (0..5).map(|_| guesses.begin(A, 0).unwrap()).collect();
        assert!(guesses.begin(A, 0).is_err(), "five are under way");
        for one in open {
            guesses.right(one);
        }
        for _ in 0..50 {
            let one = guesses.begin(A, 1).unwrap();
            guesses.right(one);
        }
        assert!(guesses.seen.lock().unwrap().by_address.is_empty());
    }

    #[test]
    fn many_addresses_together_are_limited_too() {
        let guesses = Guesses::new(5, 20);
        for i in 0..20_u8 {
            wrong(&guesses, IpAddr::from([198, 51, 100, i]), 0);
        }
        assert!(guesses.begin(B, 0).is_err());
        assert!(guesses.begin(B, WINDOW_MS).is_ok());
    }

    #[test]
    fn one_ipv6_network_counts_as_one_address() {
        let guesses = Guesses::new(5, 100);
        for i in 1..=5 {
            wrong(&guesses, format!("2001:db8::{i}").parse().unwrap(), 0);
        }
        assert!(guesses.begin("2001:db8::ffff".parse().unwrap(), 0).is_err());
        assert!(guesses.begin("2001:db8:0:1::1".parse().unwrap(), 0).is_ok());
    }

    #[test]
    fn the_memory_is_bounded() {
        let guesses = Guesses::new(5, usize::MAX);
        for i in 0..(ADDRESSES as u32 + 500) {
            wrong(
                &guesses,
                IpAddr::from(i.to_be_bytes()),
                i64::from(i) / 1_000,
            );
        }
        assert!(guesses.seen.lock().unwrap().by_address.len() <= ADDRESSES);
    }
}
