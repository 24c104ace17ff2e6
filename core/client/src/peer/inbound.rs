//! The tasks that turn what arrives into [`PeerEvent`]s.

use super::PeerEvent;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::sync::mpsc;
use webrtc::{
    data_channel::{DataChannel, DataChannelEvent},
    media_stream::track_local::{TrackLocal, TrackLocalEvent, static_rtp::TrackLocalStaticRTP},
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
