//! What comes back from the receivers: keyframe requests and the bandwidth estimate.

use rtc::{
    interceptor::{
        Attribute, BandwidthEstimator, EstimatorStats, Gcc, Interceptor, Packet, PacketReport,
        StreamInfo, TaggedPacket,
    },
    rtcp::payload_feedbacks::{
        full_intra_request::FullIntraRequest, picture_loss_indication::PictureLossIndication,
    },
    sansio::Protocol,
    shared::error::Error,
};
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

/// Lets keyframe requests through to the application. Every other inbound RTCP packet ends here,
/// after the parts of the chain that act on it have seen it.
#[derive(Default)]
pub struct KeyframeRequests {
    inbound: VecDeque<TaggedPacket>,
    outbound: VecDeque<TaggedPacket>,
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for KeyframeRequests {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(parts) = &mut packet.message.packet {
            parts.retain(|part| {
                let part = part.as_any();
                part.is::<PictureLossIndication>() || part.is::<FullIntraRequest>()
            });
            if parts.is_empty() {
                return Ok(());
            }
            packet.message.add(Attribute::DeliverToApplication);
        }
        self.inbound.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inbound.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.outbound.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outbound.pop_front()
    }
}

impl Interceptor for KeyframeRequests {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}

/// How much faster than the estimate packets may leave, so that a keyframe of several times the
/// usual size does not wait in front of the wire.
const PACING_FACTOR: f64 = 2.5;

/// Google congestion control whose estimate can be read from outside.
pub struct Estimator {
    inner: Gcc,
    estimate_bps: Arc<AtomicU32>,
}

impl Estimator {
    /// Starts at `initial_bps` and stays between `min_bps` and `max_bps`. The second value always
    /// holds the newest estimate.
    pub fn new(initial_bps: u32, min_bps: u32, max_bps: u32) -> (Self, Arc<AtomicU32>) {
        let inner = Gcc::new(initial_bps.into(), min_bps.into(), max_bps.into());
        let estimate_bps = Arc::new(AtomicU32::new(initial_bps));
        (
            Self {
                inner,
                estimate_bps: estimate_bps.clone(),
            },
            estimate_bps,
        )
    }

    fn publish(&self) {
        self.estimate_bps
            .store(self.inner.target_bitrate() as u32, Ordering::Relaxed);
    }
}

impl BandwidthEstimator for Estimator {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        self.inner.on_reports(now, reports);
        self.publish();
    }

    /// What the pacer lets out.
    fn target_bitrate(&self) -> f64 {
        self.inner.target_bitrate() * PACING_FACTOR
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.inner.handle_timeout(now);
        self.publish();
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.inner.poll_timeout()
    }

    fn stats(&self) -> EstimatorStats {
        self.inner.stats()
    }
}
