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

    /// Passes while there were few enough wrong tries.
    ///
    /// # Errors
    /// [`TooMany`] with the time until the oldest of them is a minute old.
    pub fn check(&self, address: IpAddr, now_ms: i64) -> Result<(), TooMany> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut seen.all, now_ms);
        wait_for(&seen.all, self.in_all, now_ms)?;
        let Some(tries) = seen.by_address.get_mut(&network(address)) else {
            return Ok(());
        };
        forget_old(tries, now_ms);
        wait_for(tries, self.per_address, now_ms)
    }

    /// Counts a wrong try.
    pub fn wrong(&self, address: IpAddr, now_ms: i64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.all.push_back(now_ms);
        if seen.all.len() > self.in_all {
            seen.all.pop_front();
        }
        let key = network(address);
        if seen.by_address.len() >= ADDRESSES && !seen.by_address.contains_key(&key) {
            seen.make_room(now_ms);
        }
        let tries = seen.by_address.entry(key).or_default();
        tries.push_back(now_ms);
        if tries.len() > self.per_address {
            tries.pop_front();
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
fn network(address: IpAddr) -> IpAddr {
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

    #[test]
    fn the_sixth_try_in_a_minute_waits_and_another_address_does_not() {
        let guesses = Guesses::new(5, 100);
        for i in 0..5 {
            assert_eq!(guesses.check(A, i * 1_000), Ok(()));
            guesses.wrong(A, i * 1_000);
        }
        assert_eq!(guesses.check(A, 5_000), Err(TooMany { retry_after_s: 55 }));
        assert_eq!(guesses.check(B, 5_000), Ok(()));
        assert_eq!(guesses.check(A, 60_000), Ok(()));
    }

    #[test]
    fn many_addresses_together_are_limited_too() {
        let guesses = Guesses::new(5, 20);
        for i in 0..20_u8 {
            guesses.wrong(IpAddr::from([198, 51, 100, i]), 0);
        }
        assert!(guesses.check(B, 0).is_err());
        assert!(guesses.check(B, WINDOW_MS).is_ok());
    }

    #[test]
    fn one_ipv6_network_counts_as_one_address() {
        let guesses = Guesses::new(5, 100);
        for i in 1..=5 {
            guesses.wrong(format!("2001:db8::{i}").parse().unwrap(), 0);
        }
        assert!(guesses.check("2001:db8::ffff".parse().unwrap(), 0).is_err());
        assert!(guesses.check("2001:db8:0:1::1".parse().unwrap(), 0).is_ok());
    }

    #[test]
    fn the_memory_is_bounded() {
        let guesses = Guesses::new(5, 10);
        for i in 0..(ADDRESSES as u32 + 500) {
            guesses.wrong(IpAddr::from(i.to_be_bytes()), i64::from(i) / 1_000);
        }
        assert!(guesses.seen.lock().unwrap().by_address.len() <= ADDRESSES);
    }
}
