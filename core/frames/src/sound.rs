//! Packets of encoded sound, and the source that a phone's encoder pushes into.

use crate::{Closed, MediaError, Queue};
use std::time::Duration;

/// Samples of the clock of Opus a second, whatever the microphone's own rate (RFC 7587, section 4.1).
pub const SOUND_CLOCK: u32 = 48_000;
/// Largest packet of sound in bytes: it travels as one RTP payload and is never cut.
pub const SOUND_BYTES: usize = 1_120;
/// Packets that wait for the network before the oldest is given up: half a second of 20 ms each.
pub const SOUND_WAITING: usize = 25;

/// One Opus packet (RFC 6716, section 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundPacket {
    /// RTP timestamp of its first sample at [`SOUND_CLOCK`]; wraps.
    pub timestamp: u32,
    /// The packet.
    pub data: Vec<u8>,
}

/// Why something that was pushed is no packet of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SoundError {
    /// Empty or larger than allowed.
    #[error("a packet of sound has {bytes} bytes; 1 to {SOUND_BYTES} are allowed")]
    Size {
        /// Bytes given.
        bytes: usize,
    },
    /// Its first bytes are not those of an Opus packet.
    #[error("no Opus packet: it would hold {samples} samples; 120 to 5760 of 48 kHz are allowed")]
    NotOpus {
        /// Samples that its head promises.
        samples: u32,
    },
}

/// Samples at 48 kHz that an Opus packet holds (RFC 6716, sections 3.1 and 3.2).
///
/// # Errors
/// [`SoundError`] when it is no packet, or lasts longer than 120 ms.
pub fn opus_samples(packet: &[u8]) -> Result<u32, SoundError> {
    let bytes = packet.len();
    let Some(&head) = packet.first().filter(|_| bytes <= SOUND_BYTES) else {
        return Err(SoundError::Size { bytes });
    };
    let frame = match head >> 3 {
        silk @ 0..=11 => [480, 960, 1_920, 2_880][usize::from(silk & 3)],
        hybrid @ 12..=15 => [480, 960][usize::from(hybrid & 1)],
        celt => [120, 240, 480, 960][usize::from(celt & 3)],
    };
    let frames = match head & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1).map_or(0, |count| u32::from(count & 0x3f)),
    };
    match frame * frames {
        samples @ 120..=5_760 => Ok(samples),
        samples => Err(SoundError::NotOpus { samples }),
    }
}

/// Where a device's sound comes from. May be called from any thread.
pub trait SoundSource: Send + Sync {
    /// The oldest packet that waits, `Ok(None)` when none came within `timeout`.
    ///
    /// # Errors
    /// [`Closed`] with the reason once the source has ended.
    fn next_sound(&self, timeout: Duration) -> Result<Option<SoundPacket>, Closed>;
}

/// Sound that somebody pushes. Bounded; no push waits; when the network is behind, the oldest goes.
#[derive(Debug)]
pub struct PushSound {
    base: u32,
    packets: Queue<SoundPacket>,
}

impl PushSound {
    /// A source whose clock's zero has the RTP timestamp `base`, chosen at random (RFC 3550,
    /// section 5.1).
    pub fn new(base: u32) -> Self {
        Self {
            base,
            packets: Queue::new(SOUND_WAITING),
        }
    }

    /// Takes one Opus packet whose first sample was heard at `time_us` microseconds. True when no
    /// older packet had to go for it.
    ///
    /// # Errors
    /// [`SoundError`] when it is no Opus packet.
    pub fn push(&self, time_us: u64, data: &[u8]) -> Result<bool, SoundError> {
        opus_samples(data)?;
        let samples = u128::from(time_us) * u128::from(SOUND_CLOCK) / 1_000_000;
        // Only the low 32 bits travel, which is what wrapping means here.
        let timestamp = self.base.wrapping_add((samples & 0xffff_ffff) as u32);
        let data = data.to_vec();
        Ok(self.packets.push_newest(SoundPacket { timestamp, data }) == 0)
    }

    /// Ends the source, and forgets what waits.
    pub fn close(&self) {
        self.packets.clear();
        self.packets.close(MediaError::Ended);
    }
}

impl SoundSource for PushSound {
    fn next_sound(&self, timeout: Duration) -> Result<Option<SoundPacket>, Closed> {
        self.packets.pop(timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_packet_tells_how_long_it_lasts() {
        // Configurations of RFC 6716, table 2, with one, two and three frames.
        for (packet, samples) in [
            (&[0b0000_1000u8][..], 960),
            (&[0b0001_1000], 2_880),
            (&[0b0110_1001], 1_920),
            (&[0b1000_0000], 120),
            (&[0b1111_1000], 960),
            (&[0b1111_1011, 3], 2_880),
        ] {
            assert_eq!(opus_samples(packet), Ok(samples), "{packet:?}");
        }
    }

    #[test]
    fn what_is_no_packet_is_refused_with_what_is_wrong() {
        assert_eq!(opus_samples(&[]), Err(SoundError::Size { bytes: 0 }));
        let large = vec![0; SOUND_BYTES + 1];
        let bytes = large.len();
        assert_eq!(opus_samples(&large), Err(SoundError::Size { bytes }));
        assert!(
            opus_samples(&large[1..]).is_ok(),
            "the control: just not too large"
        );
        assert_eq!(opus_samples(&[3]), Err(SoundError::NotOpus { samples: 0 }));
        let samples = 63 * 960;
        assert_eq!(
            opus_samples(&[0xff, 63]),
            Err(SoundError::NotOpus { samples })
        );
    }

    #[test]
    fn any_bytes_give_a_length_or_an_error() {
        for head in 0..=255u8 {
            for count in 0..=255u8 {
                if let Ok(samples) = opus_samples(&[head, count]) {
                    assert!((120..=5_760).contains(&samples));
                }
            }
        }
    }

    #[test]
    fn a_slow_network_loses_the_oldest_sound_and_stamps_follow_the_clock() {
        let source = PushSound::new(u32::MAX - 959);
        for n in 0..=SOUND_WAITING as u64 {
            let kept = source.push(n * 20_000, &[0xf8]).unwrap();
            assert_eq!(kept, n < SOUND_WAITING as u64);
        }
        let next = || {
            source
                .next_sound(Duration::ZERO)
                .unwrap()
                .unwrap()
                .timestamp
        };
        assert_eq!(
            (next(), next()),
            (0, 960),
            "the first is gone, and it wraps"
        );
        source.close();
        assert_eq!(
            source.next_sound(Duration::ZERO),
            Err(Closed(MediaError::Ended))
        );
    }
}
