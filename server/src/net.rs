//! This machine's own addresses.

use std::net::{IpAddr, Ipv4Addr};

/// IPv4 addresses under which other machines may reach this one: not loopback, not link-local.
/// Empty when they cannot be listed.
pub fn own_addresses() -> Vec<Ipv4Addr> {
    let Ok(interfaces) = nix::ifaddrs::getifaddrs() else {
        return Vec::new();
    };
    let mut found: Vec<Ipv4Addr> = interfaces
        .filter_map(|i| Some(i.address?.as_sockaddr_in()?.ip()))
        .filter(|ip| !ip.is_loopback() && !ip.is_link_local() && !ip.is_unspecified())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The host to put into an address for people on this machine.
pub fn local_host(bound: IpAddr) -> String {
    match bound {
        ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(ip) => format!("[{ip}]"),
        IpAddr::V4(ip) => ip.to_string(),
    }
}

/// The host to put into an address for people in the same network.
pub fn network_host(bound: IpAddr) -> String {
    match own_addresses().first() {
        Some(ip) if bound.is_unspecified() => ip.to_string(),
        _ => local_host(bound),
    }
}
