//! What may pass on the `realtime` data channel.

use super::SurfaceRules;
use sightline_protocol::{
    ParticipantId,
    realtime::{ClockPacket, RealtimePacket},
};
use std::time::UNIX_EPOCH;
use str0m::rtp::rtcp::SenderInfo;

/// Who sends a realtime packet.
pub struct Sender<'a> {
    pub participant: &'a ParticipantId,
    pub number: u16,
    pub may_point: bool,
}

/// The packet to pass on, or none when it is not valid or not for this sender to send.
///
/// Poses pass only from the tracker of their surface. A cursor gets the sender's number, whatever
/// stood there.
pub fn admit(
    packet: &[u8],
    sender: &Sender<'_>,
    surface_by_number: impl Fn(u16) -> Option<SurfaceRules>,
) -> Option<Vec<u8>> {
    match RealtimePacket::decode(packet).ok()? {
        RealtimePacket::Poses(poses) => {
            let rules = surface_by_number(poses.surface)?;
            (rules.tracker.as_ref() == Some(sender.participant)).then(|| packet.to_vec())
        }
        RealtimePacket::Cursor(mut cursor) => {
            surface_by_number(cursor.surface)?;
            cursor.participant = sender.number;
            sender
                .may_point
                .then(|| RealtimePacket::Cursor(cursor).encode().ok())?
        }
        // Only the server tells the time.
        RealtimePacket::Clock(_) => None,
    }
}

/// The number of the surface that a packet has poses or a cursor of; none for other packets.
pub fn surface_of(packet: &[u8]) -> Option<u16> {
    match RealtimePacket::decode(packet).ok()? {
        RealtimePacket::Poses(poses) => Some(poses.surface),
        RealtimePacket::Cursor(cursor) => Some(cursor.surface),
        RealtimePacket::Clock(_) => None,
    }
}

/// The packet that tells a publisher the frame time of a moment, or none for a clock before 1970.
pub fn clock(surface: u16, report: &SenderInfo) -> Option<Vec<u8>> {
    let since_1970 = report.ntp_time.duration_since(UNIX_EPOCH).ok()?;
    let packet = ClockPacket {
        surface,
        // Frame times wrap as RTP timestamps do: the low 32 bits are one.
        frame_time: report.rtp_time.numer() as u32,
        unix_us: u64::try_from(since_1970.as_micros()).ok()?,
    };
    RealtimePacket::Clock(packet).encode().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use str0m::media::MediaTime;

    fn report(since_1970: Duration) -> SenderInfo {
        SenderInfo {
            ssrc: 7.into(),
            ntp_time: UNIX_EPOCH + since_1970,
            rtp_time: MediaTime::from_90khz(u64::from(u32::MAX) + 91),
            sender_packet_count: 0,
            sender_octet_count: 0,
        }
    }

    #[test]
    fn a_sender_report_becomes_the_publishers_clock() {
        let told = clock(3, &report(Duration::from_micros(1_800_000_000_123_456))).unwrap();
        let expected = ClockPacket {
            surface: 3,
            frame_time: 90,
            unix_us: 1_800_000_000_123_456,
        };
        assert_eq!(
            RealtimePacket::decode(&told),
            Ok(RealtimePacket::Clock(expected))
        );
        let mut early = report(Duration::ZERO);
        early.ntp_time = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(clock(3, &early), None);
    }
}
