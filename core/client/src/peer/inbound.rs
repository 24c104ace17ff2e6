//! The tasks that turn what arrives into [`PeerEvent`]s, and pictures into frames.

use super::{PeerEvent, pictures::read_picture};
use crate::{device::Arrived, watch::Watch};
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::sync::mpsc;
use webrtc::{
    data_channel::{DataChannel, DataChannelEvent},
    media_stream::{
        track_local::{TrackLocal, TrackLocalEvent, static_rtp::TrackLocalStaticRTP},
        track_remote::{TrackRemote, TrackRemoteEvent},
    },
    peer_connection::PeerConnection,
};

pub async fn read_feedback(track: Arc<TrackLocalStaticRTP>, events: mpsc::Sender<PeerEvent>) {
    loop {
        match track.poll().await {
            Some(TrackLocalEvent::OnRtcpPacket(_)) => {
                // A full queue already holds a reason to look; requests come again.
                let _ = events.try_send(PeerEvent::KeyframeRequested);
            }
            Some(_) => {}
            // The track is bound only by the negotiation.
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

pub async fn read_annotations(channel: Arc<dyn DataChannel>, events: mpsc::Sender<PeerEvent>) {
    while let Some(event) = channel.poll().await {
        let event = match event {
            DataChannelEvent::OnOpen => PeerEvent::AnnotationsOpen,
            DataChannelEvent::OnMessage(message) => {
                match String::from_utf8(message.data.to_vec()) {
                    Ok(text) => PeerEvent::Annotations(text),
                    Err(_) => continue,
                }
            }
            DataChannelEvent::OnClose => return,
            _ => continue,
        };
        if events.send(event).await.is_err() {
            return;
        }
    }
}

pub async fn read_realtime(channel: Arc<dyn DataChannel>, events: mpsc::Sender<PeerEvent>) {
    while let Some(event) = channel.poll().await {
        if let DataChannelEvent::OnMessage(message) = event {
            // Newest wins, none is worth waiting for.
            let _ = events.try_send(PeerEvent::Realtime(message.data.freeze()));
        }
    }
}

/// Reads the sound and the pictures of others, each track in a task of its own that ends with it.
pub async fn receive(
    connection: Weak<dyn PeerConnection>,
    mut tracks: mpsc::Receiver<Arc<dyn TrackRemote>>,
    events: mpsc::Sender<PeerEvent>,
    watch: Option<Arc<Watch>>,
) {
    let mut readers = tokio::task::JoinSet::new();
    while let Some(track) = tracks.recv().await {
        let Some(connection) = connection.upgrade() else {
            return;
        };
        let kind = track.kind().await;
        let Some(mid) = section_of(&*connection, &track).await else {
            continue;
        };
        match (kind, &watch) {
            (RtpCodecKind::Audio, _) => {
                readers.spawn(read_sound(mid, track, events.clone()));
            }
            (RtpCodecKind::Video, Some(watch)) => {
                readers.spawn(read_picture(mid, track, watch.clone()));
            }
            _ => {}
        }
    }
}

/// `a=mid` of the section that a track of somebody else arrives in.
async fn section_of(
    connection: &dyn PeerConnection,
    track: &Arc<dyn TrackRemote>,
) -> Option<String> {
    let wanted = track.track_id().await;
    for transceiver in connection.get_transceivers().await {
        if let Ok(Some(receiver)) = transceiver.receiver().await
            && receiver.track().track_id().await == wanted
        {
            return transceiver.mid().await.ok().flatten();
        }
    }
    None
}

async fn read_sound(mid: String, track: Arc<dyn TrackRemote>, events: mpsc::Sender<PeerEvent>) {
    while let Some(event) = track.poll().await {
        if let TrackRemoteEvent::OnRtpPacket(packet) = event {
            let arrived = Arrived {
                mid: mid.clone(),
                sequence: packet.header.sequence_number,
                timestamp: packet.header.timestamp,
                data: packet.payload.to_vec(),
            };
            // Sound that nobody can take in time is not worth waiting for.
            let _ = events.try_send(PeerEvent::Sound(arrived));
        }
    }
}

pub async fn watch_bandwidth(estimate_bps: Arc<AtomicU32>, events: mpsc::Sender<PeerEvent>) {
    let mut told = estimate_bps.load(Ordering::Relaxed);
    let mut ticks = tokio::time::interval(Duration::from_millis(250));
    loop {
        ticks.tick().await;
        let estimate = estimate_bps.load(Ordering::Relaxed);
        if estimate.abs_diff(told) > told / 20 {
            told = estimate;
            if events.send(PeerEvent::Bandwidth(estimate)).await.is_err() {
                return;
            }
        }
    }
}
