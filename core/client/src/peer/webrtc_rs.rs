//! [`Peer`] on the `webrtc` crate.

use super::{
    Packetizer, Peer, PeerConfig, PeerError, PeerEvent,
    feedback::{Estimator, KeyframeRequests},
    inbound::{read_annotations, read_feedback, read_realtime, watch_bandwidth},
};
use async_trait::async_trait;
use bytes::BytesMut;
use rtc::{
    data_channel::RTCDataChannelInit,
    ice::mdns::MulticastDnsMode,
    interceptor::{Registry, Slot},
    media_stream::MediaStreamTrack,
    peer_connection::configuration::{
        interceptor_registry::{
            CongestionFeedback, configure_congestion_control, configure_nack,
            configure_rtcp_reports, configure_simulcast_extension_headers,
        },
        media_engine::{MIME_TYPE_H264, MIME_TYPE_VP8, MediaEngine},
    },
    rtp_transceiver::rtp_sender::{
        RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters,
        RTCRtpEncodingParameters, RtpCodecKind,
    },
};
use sightline_frames::{Codec, EncodedFrame};
use sightline_protocol::{
    CHANNEL_ANNOTATIONS, CHANNEL_REALTIME, PublishedTrack, SurfaceKind, TrackKind,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{Mutex, Notify, OnceCell, mpsc},
    task::JoinHandle,
};
use webrtc::{
    data_channel::DataChannel,
    media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP},
    peer_connection::{
        PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
        RTCIceGatheringState, RTCPeerConnectionState, RTCSessionDescription, RTCStatsReportEntry,
        SettingEngineBuilder, SrtpProtectionProfile, StatsSelector,
    },
    rtp_transceiver::RtpSender,
    runtime::TokioRuntime,
};

/// Longest wait for the own addresses.
const GATHERING: Duration = Duration::from_secs(3);
/// Lowest rate that is worth sending a picture at.
const MIN_BITRATE_BPS: u32 = 100_000;
/// Bytes that may wait in a data channel before a pose packet is left out.
const REALTIME_WAITING: usize = 32 * 1024;

/// A media connection to the server on the `webrtc` crate.
pub struct WebRtcPeer {
    connection: Arc<dyn PeerConnection>,
    config: PeerConfig,
    surface: SurfaceKind,
    track: Arc<TrackLocalStaticRTP>,
    sender: Arc<dyn RtpSender>,
    packetizer: Mutex<Packetizer>,
    payload_type: OnceCell<u8>,
    annotations: Arc<dyn DataChannel>,
    realtime: Arc<dyn DataChannel>,
    gathered: Arc<Notify>,
    tasks: Vec<JoinHandle<()>>,
}

struct Handler {
    events: mpsc::Sender<PeerEvent>,
    gathered: Arc<Notify>,
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
}

fn failed(step: &'static str) -> impl Fn(webrtc::error::Error) -> PeerError {
    move |error| PeerError::Failed {
        step,
        reason: error.to_string(),
    }
}

fn codec_parameters(codec: Codec) -> RTCRtpCodecParameters {
    let (mime_type, sdp_fmtp_line, payload_type) = match codec {
        Codec::Vp8 => (MIME_TYPE_VP8, "", 96),
        Codec::H264 => (
            MIME_TYPE_H264,
            "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
            102,
        ),
    };
    let feedback = |typ: &str, parameter: &str| RTCPFeedback {
        typ: typ.to_owned(),
        parameter: parameter.to_owned(),
    };
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: mime_type.to_owned(),
            clock_rate: 90_000,
            channels: 0,
            sdp_fmtp_line: sdp_fmtp_line.to_owned(),
            rtcp_feedback: vec![feedback("ccm", "fir")],
        },
        payload_type,
    }
}

impl WebRtcPeer {
    /// Makes the connection's own half; events go to `events`. `surface` names what the picture
    /// shows.
    ///
    /// # Errors
    /// [`PeerError::Failed`] when a step is refused.
    pub async fn new(
        config: PeerConfig,
        surface: SurfaceKind,
        events: mpsc::Sender<PeerEvent>,
    ) -> Result<Self, PeerError> {
        let codec = codec_parameters(config.codec);
        let mut engine = MediaEngine::default();
        engine
            .register_codec(codec.clone(), RtpCodecKind::Video)
            .map_err(failed("name its codec"))?;
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
        let handler = Handler {
            events: events.clone(),
            gathered: gathered.clone(),
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
        let ssrc: u32 = rand::random();
        let track = Arc::new(TrackLocalStaticRTP::new(MediaStreamTrack::new(
            "sightline".to_owned(),
            "picture".to_owned(),
            "picture".to_owned(),
            RtpCodecKind::Video,
            vec![RTCRtpEncodingParameters {
                rtp_coding_parameters: RTCRtpCodingParameters {
                    ssrc: Some(ssrc),
                    ..Default::default()
                },
                codec: codec.rtp_codec,
                ..Default::default()
            }],
        )));
        let sender = connection
            .add_track(Arc::clone(&track) as Arc<dyn TrackLocal>)
            .await
            .map_err(failed("add its picture"))?;
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
        let tasks = vec![
            tokio::spawn(read_feedback(track.clone(), events.clone())),
            tokio::spawn(read_annotations(annotations.clone(), events.clone())),
            tokio::spawn(read_realtime(realtime.clone(), events.clone())),
            tokio::spawn(watch_bandwidth(estimate_bps, events)),
        ];
        let packetizer = Mutex::new(Packetizer::new(config.codec, ssrc, rand::random()));
        let payload_type = OnceCell::new();
        Ok(Self {
            connection,
            config,
            surface,
            track,
            sender,
            packetizer,
            payload_type,
            annotations,
            realtime,
            gathered,
            tasks,
        })
    }

    async fn payload_type(&self) -> Result<u8, PeerError> {
        let negotiate = || async {
            let parameters = self
                .sender
                .get_parameters()
                .await
                .map_err(failed("read its codec"))?;
            let codec = parameters.rtp_parameters.codecs.first();
            codec.map(|c| c.payload_type).ok_or(PeerError::NoCodec {
                codec: self.config.codec,
            })
        };
        self.payload_type.get_or_try_init(negotiate).await.copied()
    }
}

fn registry(
    estimator: Estimator,
    engine: &mut MediaEngine,
) -> Result<Registry, webrtc::error::Error> {
    configure_simulcast_extension_headers(engine)?;
    let registry = configure_nack(Registry::new(), engine);
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
        for transceiver in self.connection.get_transceivers().await {
            if let Some(mid) = transceiver.mid().await.map_err(failed(STEP))? {
                let surface = Some(self.surface);
                tracks.push(PublishedTrack {
                    mid,
                    kind: TrackKind::Video,
                    surface,
                });
            }
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
        let payload_type = self.payload_type().await?;
        let packets = self.packetizer.lock().await.packetize(frame, payload_type);
        for packet in packets {
            self.track
                .write_rtp(packet)
                .await
                .map_err(failed("send its picture"))?;
        }
        Ok(())
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
