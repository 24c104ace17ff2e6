//! A picture of somebody else: packets in, whole frames out, keyframe requests back.

use crate::{
    receive::{Packet, Pictures},
    watch::Watch,
};
use rtc::{rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication, rtp};
use sightline_frames::Codec;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

/// Requests for one keyframe are this far apart; the server passes one on each 300 ms.
const REQUEST_SPACING: Duration = Duration::from_millis(500);
/// How long nothing may happen before it is looked whether somebody wants a keyframe.
const LOOK: Duration = Duration::from_millis(200);

/// Payload types of the offer, and the retransmissions of each (RFC 4588).
pub const VP8: u8 = 96;
pub const VP8_AGAIN: u8 = 97;
pub const H264: u8 = 102;
pub const H264_AGAIN: u8 = 103;

fn codec(payload_type: u8) -> Option<Codec> {
    match payload_type {
        VP8 => Some(Codec::Vp8),
        H264 => Some(Codec::H264),
        _ => None,
    }
}

/// Reads the picture in a section until its track ends.
pub async fn read_picture(mid: String, track: Arc<dyn TrackRemote>, watch: Arc<Watch>) {
    let mut pictures = Pictures::default();
    let mut requests = Requests::default();
    loop {
        let wait = pictures.due().map_or(LOOK, |due| {
            due.saturating_duration_since(Instant::now()).min(LOOK)
        });
        let (assembled, packet_came) = match tokio::time::timeout(wait, track.poll()).await {
            Ok(Some(TrackRemoteEvent::OnRtpPacket(packet))) => {
                requests.line = Some(packet.header.ssrc);
                let Some(packet) = read(packet) else { continue };
                (pictures.push(packet, Instant::now()), true)
            }
            Ok(Some(_)) => continue,
            Ok(None) => return,
            Err(_) => (pictures.poll(Instant::now()), false),
        };
        if assembled.broken {
            tracing::debug!(mid, "a frame was lost");
        }
        for frame in assembled.frames {
            watch.take(&mid, frame);
        }
        // While nothing arrives at all, as behind a curtain, only somebody who decodes may ask.
        let broken = packet_came && pictures.wants_keyframe() && watch.shows(&mid);
        if broken || watch.wants_keyframe(&mid) {
            requests.ask(&*track).await;
        } else {
            requests.asked = None;
        }
    }
}

fn read(packet: rtp::Packet) -> Option<Packet> {
    Some(Packet {
        sequence: packet.header.sequence_number,
        frame_time: packet.header.timestamp,
        marker: packet.header.marker,
        codec: codec(packet.header.payload_type)?,
        payload: packet.payload,
    })
}

#[derive(Default)]
struct Requests {
    /// The line that is received.
    line: Option<u32>,
    asked: Option<Instant>,
}

impl Requests {
    async fn ask(&mut self, track: &dyn TrackRemote) {
        let lately = self.asked.is_some_and(|at| at.elapsed() < REQUEST_SPACING);
        let Some(media_ssrc) = self.line.filter(|_| !lately) else {
            return;
        };
        self.asked = Some(Instant::now());
        let request = PictureLossIndication {
            sender_ssrc: 1,
            media_ssrc,
        };
        if let Err(error) = track.write_rtcp(vec![Box::new(request)]).await {
            tracing::debug!(%error, "a keyframe was not asked for");
        }
    }
}
