//! Codes that customers' pages show, until an agent types them.
//!
//! They live in memory only: a code is worth something as long as the page that shows it is open.

use super::socket::Sender;
use crate::{auth::network, secrets};
use sightline_protocol::{
    TenantId,
    limits::{SHOWN_CODES, SHOWN_CODES_PER_ADDRESS},
};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// How long a code is good, in milliseconds.
pub const VALID_MS: i64 = 10 * 60_000;

struct Shown {
    tenant: TenantId,
    network: IpAddr,
    page: Sender,
    expires_ms: i64,
}

/// The codes that are shown now.
#[derive(Default)]
pub struct ShownCodes {
    by_code: Mutex<HashMap<String, Shown>>,
}

/// Too many pages show a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many pages show a code; try again in a minute")]
pub struct TooManyShown;

impl ShownCodes {
    /// A fresh code for a page. A code that it showed before is worth nothing from now on.
    ///
    /// # Errors
    /// [`TooManyShown`].
    pub fn show(
        &self,
        tenant: &TenantId,
        address: IpAddr,
        page: &Sender,
        now_ms: i64,
    ) -> Result<String, TooManyShown> {
        let network = network(address);
        let mut by_code = self.by_code.lock().unwrap_or_else(PoisonError::into_inner);
        by_code.retain(|_, s| s.expires_ms > now_ms && s.page.number != page.number);
        let from_there = by_code.values().filter(|s| s.network == network).count();
        if by_code.len() >= SHOWN_CODES || from_there >= SHOWN_CODES_PER_ADDRESS {
            return Err(TooManyShown);
        }
        loop {
            let code = secrets::random_code();
            if by_code.contains_key(&code) {
                continue;
            }
            let shown = Shown {
                tenant: tenant.clone(),
                network,
                page: page.clone(),
                expires_ms: now_ms + VALID_MS,
            };
            by_code.insert(code.clone(), shown);
            return Ok(code);
        }
    }

    /// Uses up a code of this company; gives the page that shows it.
    pub fn claim(&self, tenant: &TenantId, code: &str, now_ms: i64) -> Option<Sender> {
        let mut by_code = self.by_code.lock().unwrap_or_else(PoisonError::into_inner);
        by_code
            .get(code)
            .filter(|s| s.tenant == *tenant && s.expires_ms > now_ms)?;
        by_code.remove(code).map(|s| s.page)
    }

    /// A page's connection is gone, and its code with it.
    pub fn gone(&self, page: u64) {
        let mut by_code = self.by_code.lock().unwrap_or_else(PoisonError::into_inner);
        by_code.retain(|_, s| s.page.number != page);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 2));

    fn tenant(n: u8) -> TenantId {
        TenantId::from_random([n; 16])
    }

    #[test]
    fn a_code_is_good_once_for_its_company_and_for_ten_minutes() {
        let codes = ShownCodes::default();
        let (page, _queue) = Sender::new();
        let code = codes.show(&tenant(1), HERE, &page, 0).unwrap();
        assert!(codes.claim(&tenant(2), &code, 1).is_none(), "foreign");
        let found = codes.claim(&tenant(1), &code, 1).unwrap();
        assert_eq!(found.number, page.number);
        assert!(codes.claim(&tenant(1), &code, 1).is_none(), "used");
        let old = codes.show(&tenant(1), HERE, &page, 0).unwrap();
        assert!(codes.claim(&tenant(1), &old, VALID_MS).is_none(), "expired");
        let first = codes.show(&tenant(1), HERE, &page, 0).unwrap();
        let second = codes.show(&tenant(1), HERE, &page, 0).unwrap();
        assert!(codes.claim(&tenant(1), &first, 1).is_none(), "replaced");
        codes.gone(page.number);
        assert!(codes.claim(&tenant(1), &second, 1).is_none(), "page closed");
    }

    #[test]
    fn one_address_shows_only_so_many_codes_and_another_is_not_kept_out() {
        let codes = ShownCodes::default();
        let pages: Vec<_> = (0..=SHOWN_CODES_PER_ADDRESS)
            .map(|_| Sender::new())
            .collect();
        for (page, _) in &pages[..SHOWN_CODES_PER_ADDRESS] {
            codes.show(&tenant(1), HERE, page, 0).unwrap();
        }
        let (last, _) = &pages[SHOWN_CODES_PER_ADDRESS];
        assert_eq!(codes.show(&tenant(1), HERE, last, 0), Err(TooManyShown));
        assert!(codes.show(&tenant(1), THERE, last, 0).is_ok());
        assert!(codes.show(&tenant(1), HERE, &pages[0].0, VALID_MS).is_ok());
    }
}
