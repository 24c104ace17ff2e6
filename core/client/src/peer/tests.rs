//! A device and an answering side in one process, over loopback.

use super::*;
use async_trait::async_trait;
use bytes::BytesMut;
use rtc::{
    data_channel::RTCDataChannelMessage,
    interceptor::Registry,
    peer_connection::configuration::{
        interceptor_registry::register_default_interceptors, media_engine::MediaEngine,
    },
    rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication,
};
use sightline_protocol::SurfaceKind;
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::timeout};
use webrtc::{
    data_channel::{DataChannel, DataChannelEvent},
    media_stream::track_remote::{TrackRemote, TrackRemoteEvent},
    peer_connection::{
        PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
        RTCIceGatheringState, RTCSessionDescription,
    },
    runtime::TokioRuntime,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// What the answering side saw.
#[derive(Debug, PartialEq)]
enum Seen {
    Gathered,
    Packet { timestamp: u32, marker: bool },
    Message { label: String, data: Vec<u8> },
}

struct Answering(mpsc::Sender<Seen>);

#[async_trait]
impl PeerConnectionEventHandler for Answering {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.0.send(Seen::Gathered).await.unwrap();
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let seen = self.0.clone();
        tokio::spawn(async move {
            let mut asked = false;
            while let Some(event) = track.poll().await {
                let TrackRemoteEvent::OnRtpPacket(packet) = event else {
                    continue;
                };
                if !asked {
                    asked = true;
                    let media_ssrc = packet.header.ssrc;
                    let request = PictureLossIndication {
                        sender_ssrc: 1,
                        media_ssrc,
                    };
                    track.write_rtcp(vec![Box::new(request)]).await.unwrap();
                }
                let (timestamp, marker) = (packet.header.timestamp, packet.header.marker);
                if seen.send(Seen::Packet { timestamp, marker }).await.is_err() {
                    return;
                }
            }
        });
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        let seen = self.0.clone();
        tokio::spawn(async move {
            let label = channel.label().await.unwrap();
            while let Some(event) = channel.poll().await {
                let DataChannelEvent::OnMessage(RTCDataChannelMessage { data, .. }) = event else {
                    continue;
                };
                // The echo shows the other direction.
                match label.as_str() {
                    CHANNEL => channel.send_text(std::str::from_utf8(&data).unwrap()).await,
                    _ => channel.send(BytesMut::from(&data[..])).await,
                }
                .unwrap();
                let message = Seen::Message {
                    label: label.clone(),
                    data: data.to_vec(),
                };
                if seen.send(message).await.is_err() {
                    return;
                }
            }
        });
    }
}

const CHANNEL: &str = sightline_protocol::CHANNEL_ANNOTATIONS;

async fn answering(seen: mpsc::Sender<Seen>) -> Arc<dyn PeerConnection> {
    let mut engine = MediaEngine::default();
    engine.register_default_codecs().unwrap();
    let registry = register_default_interceptors(Registry::new(), &mut engine).unwrap();
    let connection = PeerConnectionBuilder::new()
        .with_configuration(RTCConfigurationBuilder::new().build())
        .with_media_engine(engine)
        .with_interceptor_registry(registry)
        .with_handler(Arc::new(Answering(seen)))
        .with_runtime(Arc::new(TokioRuntime))
        .with_udp_addrs(vec!["127.0.0.1:0"])
        .build()
        .await
        .unwrap();
    Arc::new(connection)
}

async fn until<T>(receiver: &mut mpsc::Receiver<T>, mut wanted: impl FnMut(&T) -> bool) -> T {
    loop {
        let next = timeout(PATIENCE, receiver.recv())
            .await
            .expect("in time")
            .expect("not closed");
        if wanted(&next) {
            return next;
        }
    }
}

fn frame(codec: Codec, frame_time: u32) -> EncodedFrame {
    let mut data: Vec<u8> = (0..4_000u32).map(|n| (n % 250) as u8 + 1).collect();
    data.splice(
        ..0,
        if codec == Codec::Vp8 {
            vec![0x10]
        } else {
            vec![0, 0, 1, 0x65]
        },
    );
    EncodedFrame {
        frame_time,
        keyframe: true,
        codec,
        width: 64,
        height: 64,
        data,
    }
}

async fn talk(codec: Codec) {
    let (saw, mut seen) = mpsc::channel(1024);
    let (told, mut events) = mpsc::channel(1024);
    let other = answering(saw).await;
    let config = PeerConfig {
        picture: Some(Picture {
            codec,
            surface: SurfaceKind::Camera,
        }),
        speaks: false,
        hears: 0,
        sees: 0,
        watch: None,
        max_bitrate_bps: 2_000_000,
    };
    let peer = WebRtcPeer::new(config, told).await.unwrap();

    let (offer, tracks) = peer.offer().await.unwrap();
    assert_eq!(tracks.len(), 1);
    assert_eq!(tracks[0].surface, Some(SurfaceKind::Camera));
    assert!(
        offer.contains(&format!("a=mid:{}", tracks[0].mid)),
        "{offer}"
    );
    assert!(
        offer.contains("a=candidate:"),
        "the offer holds its candidates"
    );
    other
        .set_remote_description(RTCSessionDescription::offer(offer).unwrap())
        .await
        .unwrap();
    let answer = other.create_answer(None).await.unwrap();
    other.set_local_description(answer).await.unwrap();
    until(&mut seen, |seen| *seen == Seen::Gathered).await;
    let answer = other.local_description().await.unwrap();
    peer.accept_answer(answer.sdp).await.unwrap();
    // The channels open in their own time: what is said before the other side has its keys is said
    // again only after seconds.
    let mut open = false;
    until(&mut events, |event| {
        open |= *event == PeerEvent::AnnotationsOpen;
        *event == PeerEvent::Connected
    })
    .await;

    // Frame times that wrap and whose steps are not regular must arrive as they are. The first
    // frames may come before the other side has its keys, so frames go on until four have arrived.
    let mut sent = Vec::new();
    let mut arrived = Vec::new();
    while arrived.len() < 4 {
        assert!(sent.len() < 1_000, "nothing arrives");
        let time = u32::MAX.wrapping_add(2_990 * sent.len() as u32 + sent.len() as u32 % 2);
        sent.push(time);
        peer.send_frame(&frame(codec, time)).await.unwrap();
        while let Ok(packet) = timeout(Duration::from_millis(20), seen.recv()).await {
            let Some(Seen::Packet { timestamp, marker }) = packet else {
                continue;
            };
            assert!(sent.contains(&timestamp), "{timestamp}");
            if marker {
                arrived.push(timestamp);
            }
        }
    }
    let in_order: Vec<u32> = sent
        .iter()
        .filter(|time| arrived.contains(time))
        .copied()
        .collect();
    assert_eq!(arrived, in_order);
    let mut asked = false;
    until(&mut events, |event| {
        open |= *event == PeerEvent::AnnotationsOpen;
        asked |= *event == PeerEvent::KeyframeRequested;
        open && asked
    })
    .await;

    peer.send_annotations("{\"type\":\"ping\"}").await.unwrap();
    let json = PeerEvent::Annotations("{\"type\":\"ping\"}".into());
    until(&mut events, |event| *event == json).await;
    peer.send_realtime(vec![2, 1, 0]).await.unwrap();
    let expected = Seen::Message {
        label: "realtime".into(),
        data: vec![2, 1, 0],
    };
    until(&mut seen, |seen| *seen == expected).await;
    until(&mut events, |event| {
        *event == PeerEvent::Realtime(vec![2, 1, 0].into())
    })
    .await;
    peer.close().await;
    other.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vp8_frames_messages_and_keyframe_requests_cross() {
    talk(Codec::Vp8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h264_frames_messages_and_keyframe_requests_cross() {
    talk(Codec::H264).await;
}

#[tokio::test]
async fn an_answer_that_is_none_is_refused() {
    let (told, _events) = mpsc::channel(16);
    let config = PeerConfig {
        picture: Some(Picture {
            codec: Codec::Vp8,
            surface: SurfaceKind::Camera,
        }),
        speaks: false,
        hears: 0,
        sees: 0,
        watch: None,
        max_bitrate_bps: 1_000_000,
    };
    let peer = WebRtcPeer::new(config, told).await.unwrap();
    peer.offer().await.unwrap();
    let error = peer
        .accept_answer("v=0\r\nnonsense".into())
        .await
        .unwrap_err();
    assert!(matches!(error, PeerError::Failed { .. }), "{error}");
    peer.close().await;
}
