//! [`Peer`] on the `webrtc` crate.

use super::{
    Peer, PeerConfig, PeerError, PeerEvent,
    feedback::{Estimator, KeyframeRequests},
    inbound::{read_annotations, read_feedback, read_realtime, receive, watch_bandwidth},
    lines::{PictureLine, SoundLine, register_codecs},
};
use async_trait::async_trait;
use bytes::BytesMut;
use rtc::{
    data_channel::RTCDataChannelInit,
    ice::mdns::MulticastDnsMode,
    interceptor::{
        NackGeneratorBuilder, NackGeneratorInterceptor, NackResponderBuilder, Registry, Slot,
    },
    peer_connection::configuration::{
        interceptor_registry::{
            CongestionFeedback, configure_congestion_control, configure_rtcp_reports,
            configure_simulcast_extension_headers,
        },
        media_engine::MediaEngine,
    },
    rtp_transceiver::rtp_sender::{RTCPFeedback, RtpCodecKind},
};
use sightline_frames::{EncodedFrame, SoundPacket};
use sightline_protocol::{CHANNEL_ANNOTATIONS, CHANNEL_REALTIME, PublishedTrack};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
};
use webrtc::{
    data_channel::DataChannel,
    media_stream::track_remote::TrackRemote,
    peer_connection::{
        PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
        RTCIceGatheringState, RTCPeerConnectionState, RTCSessionDescription, RTCStatsReportEntry,
        SettingEngineBuilder, SrtpProtectionProfile, StatsSelector,
    },
    rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit},
    runtime::TokioRuntime,
};

/// Longest wait for the own addresses.
const GATHERING: Duration = Duration::from_secs(3);
/// Lowest rate that is worth sending a picture at.
const MIN_BITRATE_BPS: u32 = 100_000;
/// Bytes that may wait in a data channel before a pose packet is left out.
const REALTIME_WAITING: usize = 32 * 1024;
/// Tracks of others that wait to be read.
const TRACKS_WAITING: usize = 16;

/// A media connection to the server on the `webrtc` crate.
pub struct WebRtcPeer {
    connection: Arc<dyn PeerConnection>,
    picture: Option<PictureLine>,
    sound: Option<SoundLine>,
    annotations: Arc<dyn DataChannel>,
    realtime: Arc<dyn DataChannel>,
    gathered: Arc<Notify>,
    tasks: Vec<JoinHandle<()>>,
}

struct Handler {
    events: mpsc::Sender<PeerEvent>,
    gathered: Arc<Notify>,
    tracks: mpsc::Sender<Arc<dyn TrackRemote>>,
}

#[async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.notify_one();
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let event = match state {
            RTCPeerConnectionState::Connected => PeerEvent::Connected,
            RTCPeerConnectionState::Disconnected => PeerEvent::Disconnected,
            RTCPeerConnectionState::Failed => PeerEvent::Failed,
            _ => return,
        };
        // The receiver is gone only while the connection is being dropped.
        let _ = self.events.send(event).await;
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        // Bounded by the number of receiving sections.
        let _ = self.tracks.send(track).await;
    }
}

pub(super) fn failed(step: &'static str) -> impl Fn(webrtc::error::Error) -> PeerError {
    move |error| PeerError::Failed {
        step,
        reason: error.to_string(),
    }
}

impl WebRtcPeer {
    /// Makes the connection's own half; events go to `events`.
    ///
    /// # Errors
    /// [`PeerError::Failed`] when a step is refused.
    pub async fn new(
        config: PeerConfig,
        events: mpsc::Sender<PeerEvent>,
    ) -> Result<Self, PeerError> {
        let mut engine = MediaEngine::default();
        register_codecs(&config, &mut engine).map_err(failed("name its codecs"))?;
        let max_bps = config.max_bitrate_bps.max(MIN_BITRATE_BPS);
        // The pacer stays at its own 1 Mbit/s until the estimate changes for the first time, so an
        // estimate that starts where it ends would let frames queue for ever.
        let initial_bps = (max_bps / 4 * 3).max(MIN_BITRATE_BPS);
        let (estimator, estimate_bps) = Estimator::new(initial_bps, MIN_BITRATE_BPS, max_bps);
        let registry = registry(estimator, &mut engine).map_err(failed("set up its feedback"))?;
        // The server speaks GCM first; without this the stack would choose the slower AES-CM.
        let settings = SettingEngineBuilder::new()
            .with_srtp_protection_profiles(vec![
                SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
                SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
            ])
            .with_include_loopback_candidate(true)
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .build();
        let gathered = Arc::new(Notify::new());
        let (heard, tracks) = mpsc::channel(TRACKS_WAITING);
        let handler = Handler {
            events: events.clone(),
            gathered: gathered.clone(),
            tracks: heard,
        };
        // All interfaces, and loopback for a server on the same machine.
        let connection: Arc<dyn PeerConnection> = Arc::new(
            PeerConnectionBuilder::new()
                .with_configuration(RTCConfigurationBuilder::new().build())
                .with_media_engine(engine)
                .with_interceptor_registry(registry)
                .with_setting_engine(settings)
                .with_handler(Arc::new(handler))
                .with_runtime(Arc::new(TokioRuntime))
                .with_udp_addrs(vec!["0.0.0.0:0", "127.0.0.1:0"])
                .build()
                .await
                .map_err(failed("open its sockets"))?,
        );
        let picture = match config.picture {
            Some(picture) => Some(PictureLine::add(&*connection, picture).await?),
            None => None,
        };
        let sound = match config.speaks {
            true => Some(SoundLine::add(&*connection).await?),
            false => None,
        };
        let pictures = (0..config.sees).map(|_| RtpCodecKind::Video);
        for kind in pictures.chain((0..config.hears).map(|_| RtpCodecKind::Audio)) {
            let init = RTCRtpTransceiverInit {
                direction: RTCRtpTransceiverDirection::Recvonly,
                ..Default::default()
            };
            connection
                .add_transceiver_from_kind(kind, Some(init))
                .await
                .map_err(failed("offer to receive from others"))?;
        }
        let annotations = connection
            .create_data_channel(CHANNEL_ANNOTATIONS, None)
            .await
            .map_err(failed("open a data channel"))?;
        let unreliable = RTCDataChannelInit {
            ordered: false,
            max_retransmits: Some(0),
            ..Default::default()
        };
        let realtime = connection
            .create_data_channel(CHANNEL_REALTIME, Some(unreliable))
            .await
            .map_err(failed("open a data channel"))?;
        let mut tasks = vec![
            tokio::spawn(read_annotations(annotations.clone(), events.clone())),
            tokio::spawn(read_realtime(realtime.clone(), events.clone())),
            tokio::spawn(receive(
                Arc::downgrade(&connection),
                tracks,
                events.clone(),
                config.watch,
            )),
        ];
        if let Some(picture) = &picture {
            let track = picture.track();
            tasks.push(tokio::spawn(read_feedback(track, events.clone())));
            tasks.push(tokio::spawn(watch_bandwidth(estimate_bps, events)));
        }
        Ok(Self {
            connection,
            picture,
            sound,
            annotations,
            realtime,
            gathered,
            tasks,
        })
    }
}

/// Asks for missing packets soon enough to have them while they are waited for
/// ([`crate::receive`]). It does not see what is sent again on a line of its own, so that it asks a
/// few times and no more.
fn missing_packets() -> NackGeneratorInterceptor {
    NackGeneratorBuilder::new()
        .with_interval(Duration::from_millis(30))
        .with_max_nacks_per_packet(4)
        .build()
}

fn registry(
    estimator: Estimator,
    engine: &mut MediaEngine,
) -> Result<Registry, webrtc::error::Error> {
    configure_simulcast_extension_headers(engine)?;
    let registry = Registry::new()
        .with(Slot::NackResponder, NackResponderBuilder::new().build())
        .with(Slot::NackGenerator, missing_packets());
    for parameter in ["", "pli"] {
        let nack = RTCPFeedback {
            typ: "nack".to_owned(),
            parameter: parameter.to_owned(),
        };
        engine.register_feedback(nack, RtpCodecKind::Video);
    }
    let registry = configure_rtcp_reports(registry);
    let registry =
        configure_congestion_control(registry, estimator, CongestionFeedback::Twcc, engine)?;
    Ok(registry.with(Slot::Custom(20_000), KeyframeRequests::default()))
}

#[async_trait]
impl Peer for WebRtcPeer {
    async fn offer(&self) -> Result<(String, Vec<PublishedTrack>), PeerError> {
        const STEP: &str = "make its offer";
        let offer = self
            .connection
            .create_offer(None)
            .await
            .map_err(failed(STEP))?;
        self.connection
            .set_local_description(offer)
            .await
            .map_err(failed(STEP))?;
        // Without trickle the offer must hold the candidates. Late ones are no loss: the server
        // answers to wherever checks come from.
        if tokio::time::timeout(GATHERING, self.gathered.notified())
            .await
            .is_err()
        {
            tracing::debug!("offering before all own addresses are known");
        }
        let description = self.connection.local_description().await;
        let no_offer = || PeerError::Failed {
            step: STEP,
            reason: "no description".into(),
        };
        let sdp = description.ok_or_else(no_offer)?.sdp;
        let mut tracks = Vec::new();
        if let Some(picture) = &self.picture {
            tracks.push(picture.published().await?);
        }
        if let Some(sound) = &self.sound {
            tracks.push(sound.published().await?);
        }
        Ok((sdp, tracks))
    }

    async fn accept_answer(&self, sdp: String) -> Result<(), PeerError> {
        const STEP: &str = "read the server's answer";
        let answer = RTCSessionDescription::answer(sdp).map_err(failed(STEP))?;
        self.connection
            .set_remote_description(answer)
            .await
            .map_err(failed(STEP))
    }

    async fn send_frame(&self, frame: &EncodedFrame) -> Result<(), PeerError> {
        let no_picture = PeerError::NotOffered { what: "picture" };
        self.picture.as_ref().ok_or(no_picture)?.send(frame).await
    }

    async fn send_sound(&self, packet: &SoundPacket) -> Result<(), PeerError> {
        let no_sound = PeerError::NotOffered { what: "sound" };
        self.sound.as_ref().ok_or(no_sound)?.send(packet).await
    }

    fn has_sound(&self) -> bool {
        self.sound.is_some()
    }

    async fn send_annotations(&self, json: &str) -> Result<(), PeerError> {
        self.annotations
            .send_text(json)
            .await
            .map_err(failed("send a message"))
    }

    async fn send_realtime(&self, packet: Vec<u8>) -> Result<(), PeerError> {
        let waiting = self.realtime.outstanding_bytes().await.unwrap_or(0);
        if waiting > REALTIME_WAITING {
            tracing::trace!(waiting, "a pose packet is left out");
            return Ok(());
        }
        let packet = BytesMut::from(packet.as_slice());
        self.realtime
            .send(packet)
            .await
            .map_err(failed("send poses"))
    }

    async fn loss(&self) -> f32 {
        let report = self
            .connection
            .get_stats(Instant::now(), StatsSelector::None)
            .await;
        let mut loss = 0.0f64;
        for entry in report.iter() {
            if let RTCStatsReportEntry::RemoteInboundRtp(stats) = entry {
                loss = loss.max(stats.fraction_lost);
            }
        }
        loss.clamp(0.0, 1.0) as f32
    }

    async fn close(&self) {
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "the media connection did not close cleanly");
        }
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Drop for WebRtcPeer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
