//! The addresses that answers offer.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Host candidates for a socket bound to `bound`: as configured, or else the bound address, or for
/// a wildcard address loopback and every address of the machine of the same family.
///
/// IPv6 addresses that only mean something on one link are left out: a client cannot tell on which.
pub fn candidates(bound: SocketAddr, advertise: &[SocketAddr]) -> Vec<SocketAddr> {
    if !advertise.is_empty() {
        return advertise.to_vec();
    }
    if !bound.ip().is_unspecified() {
        return vec![bound];
    }
    let mut found: Vec<IpAddr> = vec![Ipv4Addr::LOCALHOST.into()];
    for ip in machine_addresses() {
        let fits = bound.is_ipv6() || ip.is_ipv4();
        if fits && !ip.is_loopback() && !is_link_local(ip) && !found.contains(&ip) {
            found.push(ip);
        }
    }
    found
        .into_iter()
        .map(|ip| SocketAddr::new(ip, bound.port()))
        .collect()
}

fn machine_addresses() -> Vec<IpAddr> {
    match nix::ifaddrs::getifaddrs() {
        Ok(interfaces) => interfaces
            .filter_map(|interface| {
                let address = interface.address?;
                let v4 = address.as_sockaddr_in().map(|v4| IpAddr::from(v4.ip()));
                v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::from(v6.ip())))
            })
            .collect(),
        Err(error) => {
            tracing::warn!(%error, "cannot list the machine's addresses; use --media-advertise");
            Vec::new()
        }
    }
}

fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_configured_wins() {
        let bound = "0.0.0.0:7882".parse().unwrap();
        let public: SocketAddr = "203.0.113.5:7000".parse().unwrap();
        assert_eq!(candidates(bound, &[public]), [public]);
    }

    #[test]
    fn a_bound_address_is_the_only_candidate_and_a_wildcard_has_loopback() {
        let bound: SocketAddr = "127.0.0.1:7882".parse().unwrap();
        assert_eq!(candidates(bound, &[]), [bound]);
        let all = candidates("0.0.0.0:7882".parse().unwrap(), &[]);
        assert_eq!(all[0], bound);
        assert!(
            all.iter()
                .all(|address| address.is_ipv4() && address.port() == 7882)
        );
    }
}
