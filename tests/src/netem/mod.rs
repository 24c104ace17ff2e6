//! A simulated network in user space.
//!
//! [`link::Link`] is pure: packets and times go in, packets come out, and the seed decides all.
//! [`proxy`] puts two of them around a UDP socket; binary `udp-proxy`.

pub mod link;
pub mod packet;
pub mod proxy;
