//! What kind of packet a WebRTC peer sent, told from its first bytes.

use serde::Serialize;

/// Kinds that share one WebRTC port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PacketKind {
    /// Connectivity checks.
    Stun,
    /// Handshake and data channels.
    Dtls,
    /// Sound or picture.
    Rtp,
    /// Reports about sound and picture.
    Rtcp,
    /// Anything else.
    Other,
}

impl PacketKind {
    /// Sorts a datagram: first byte as in RFC 7983 section 7, RTP against RTCP by the payload type
    /// as in RFC 5761 section 4.
    pub fn of(datagram: &[u8]) -> Self {
        match datagram {
            [0..=3, ..] => Self::Stun,
            [20..=63, ..] => Self::Dtls,
            [128..=191, 192..=223, ..] => Self::Rtcp,
            [128..=191, _, ..] => Self::Rtp,
            _ => Self::Other,
        }
    }
}

/// Packets of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PacketCounts {
    /// Connectivity checks.
    pub stun: u64,
    /// Handshake and data channels.
    pub dtls: u64,
    /// Sound or picture.
    pub rtp: u64,
    /// Reports.
    pub rtcp: u64,
    /// Anything else.
    pub other: u64,
}

impl PacketCounts {
    /// Counts one packet and says how many of its kind there are now.
    pub fn add(&mut self, kind: PacketKind) -> u64 {
        let count = match kind {
            PacketKind::Stun => &mut self.stun,
            PacketKind::Dtls => &mut self.dtls,
            PacketKind::Rtp => &mut self.rtp,
            PacketKind::Rtcp => &mut self.rtcp,
            PacketKind::Other => &mut self.other,
        };
        *count += 1;
        *count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let cases: [(&[u8], PacketKind); 9] = [
            (&[0x00, 0x01], PacketKind::Stun),
            (&[0x01, 0x01], PacketKind::Stun),
            (&[22, 254, 253], PacketKind::Dtls),
            (&[23, 254, 253], PacketKind::Dtls),
            (&[0x80, 96, 0, 1], PacketKind::Rtp),
            (&[0x90, 0x80 | 96, 0, 1], PacketKind::Rtp),
            (&[0x80, 200, 0, 6], PacketKind::Rtcp),
            (&[0x81, 206], PacketKind::Rtcp),
            (&[], PacketKind::Other),
        ];
        for (bytes, kind) in cases {
            assert_eq!(PacketKind::of(bytes), kind, "{bytes:?}");
        }
    }
}
