//! What a connection sends: one line of RTP packets for the picture, one for the sound.

use super::{Packetizer, PeerError, Picture, pictures, webrtc_rs::failed};
use bytes::Bytes;
use rtc::{
    media_stream::MediaStreamTrack,
    peer_connection::configuration::media_engine::{
        MIME_TYPE_H264, MIME_TYPE_OPUS, MIME_TYPE_RTX, MIME_TYPE_VP8, MediaEngine,
    },
    rtp,
    rtp_transceiver::rtp_sender::{
        RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters,
        RTCRtpEncodingParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
    },
};
use sightline_frames::{Codec, EncodedFrame, SOUND_CLOCK, SoundPacket};
use sightline_protocol::{PublishedTrack, SurfaceKind, TrackKind};
use std::sync::Arc;
use tokio::sync::{Mutex, OnceCell};
use webrtc::{
    media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP},
    peer_connection::PeerConnection,
    rtp_transceiver::{
        RTCRtpTransceiverDirection, RTCRtpTransceiverInit, RtpSender, RtpTransceiver,
    },
};

fn picture_codec(codec: Codec) -> RTCRtpCodecParameters {
    let (mime_type, sdp_fmtp_line, payload_type) = match codec {
        Codec::Vp8 => (MIME_TYPE_VP8, "", pictures::VP8),
        Codec::H264 => (
            MIME_TYPE_H264,
            "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
            pictures::H264,
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

/// RFC 4588: packets that are sent again, which is how the server answers a NACK. It asks for lost
/// packets only where this is negotiated.
fn sent_again(codec: Codec) -> RTCRtpCodecParameters {
    let (first, payload_type) = match codec {
        Codec::Vp8 => (pictures::VP8, pictures::VP8_AGAIN),
        Codec::H264 => (pictures::H264, pictures::H264_AGAIN),
    };
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: MIME_TYPE_RTX.to_owned(),
            clock_rate: 90_000,
            channels: 0,
            sdp_fmtp_line: format!("apt={first}"),
            rtcp_feedback: Vec::new(),
        },
        payload_type,
    }
}

/// RFC 7587: always two channels and 48 kHz in the description, whatever the packets hold.
fn sound_codec() -> RTCRtpCodecParameters {
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: MIME_TYPE_OPUS.to_owned(),
            clock_rate: SOUND_CLOCK,
            channels: 2,
            sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
            rtcp_feedback: Vec::new(),
        },
        payload_type: 111,
    }
}

/// Registers what a connection can send and hear.
pub fn register_codecs(
    config: &super::PeerConfig,
    engine: &mut MediaEngine,
) -> Result<(), webrtc::error::Error> {
    let sent = config.picture.map(|picture| picture.codec);
    for codec in [Codec::Vp8, Codec::H264] {
        if sent == Some(codec) || config.sees > 0 {
            engine.register_codec(picture_codec(codec), RtpCodecKind::Video)?;
            engine.register_codec(sent_again(codec), RtpCodecKind::Video)?;
        }
    }
    // Names the section of a packet before its line is known (RFC 9143, section 9.2).
    let mid = || RTCRtpHeaderExtensionCapability {
        uri: "urn:ietf:params:rtp-hdrext:sdes:mid".to_owned(),
    };
    if config.sees > 0 {
        engine.register_header_extension(mid(), RtpCodecKind::Video, None)?;
    }
    if config.speaks || config.hears > 0 {
        engine.register_codec(sound_codec(), RtpCodecKind::Audio)?;
        engine.register_header_extension(mid(), RtpCodecKind::Audio, None)?;
    }
    Ok(())
}

/// A track of one line, added to a connection.
struct Line {
    track: Arc<TrackLocalStaticRTP>,
    sender: Arc<dyn RtpSender>,
    transceiver: Arc<dyn RtpTransceiver>,
    payload_type: OnceCell<u8>,
    ssrc: u32,
}

impl Line {
    async fn add(
        connection: &dyn PeerConnection,
        name: &str,
        kind: RtpCodecKind,
        codec: RTCRtpCodec,
    ) -> Result<Self, PeerError> {
        const STEP: &str = "add what it sends";
        let ssrc: u32 = rand::random();
        let track = Arc::new(TrackLocalStaticRTP::new(MediaStreamTrack::new(
            "sightline".to_owned(),
            name.to_owned(),
            name.to_owned(),
            kind,
            vec![RTCRtpEncodingParameters {
                rtp_coding_parameters: RTCRtpCodingParameters {
                    ssrc: Some(ssrc),
                    ..Default::default()
                },
                codec,
                ..Default::default()
            }],
        )));
        let init = RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendonly,
            ..Default::default()
        };
        let transceiver = connection
            .add_transceiver_from_track(Arc::clone(&track) as Arc<dyn TrackLocal>, Some(init))
            .await
            .map_err(failed(STEP))?;
        let sender = transceiver.sender().await.map_err(failed(STEP))?;
        let no_sender = || PeerError::Failed {
            step: STEP,
            reason: "no sender".into(),
        };
        Ok(Self {
            track,
            sender: sender.ok_or_else(no_sender)?,
            transceiver,
            payload_type: OnceCell::new(),
            ssrc,
        })
    }

    async fn published(
        &self,
        kind: TrackKind,
        surface: Option<SurfaceKind>,
    ) -> Result<PublishedTrack, PeerError> {
        const STEP: &str = "name what it sends";
        let mid = self.transceiver.mid().await.map_err(failed(STEP))?;
        let no_mid = || PeerError::Failed {
            step: STEP,
            reason: "no section".into(),
        };
        Ok(PublishedTrack {
            mid: mid.ok_or_else(no_mid)?,
            kind,
            surface,
        })
    }

    /// The number that the other side gave to the codec, once it has answered.
    async fn payload_type(&self, none: PeerError) -> Result<u8, PeerError> {
        let negotiate = || async {
            let parameters = self
                .sender
                .get_parameters()
                .await
                .map_err(failed("read its codec"))?;
            let codec = parameters.rtp_parameters.codecs.first();
            codec.map(|c| c.payload_type).ok_or(none)
        };
        self.payload_type.get_or_try_init(negotiate).await.copied()
    }

    async fn write(&self, packet: rtp::Packet) -> Result<(), PeerError> {
        self.track
            .write_rtp(packet)
            .await
            .map_err(failed("send a packet"))
    }
}

/// The picture that a connection sends.
pub struct PictureLine {
    line: Line,
    picture: Picture,
    packetizer: Mutex<Packetizer>,
}

impl PictureLine {
    pub async fn add(connection: &dyn PeerConnection, picture: Picture) -> Result<Self, PeerError> {
        let codec = picture_codec(picture.codec).rtp_codec;
        let line = Line::add(connection, "picture", RtpCodecKind::Video, codec).await?;
        let packetizer = Packetizer::new(picture.codec, line.ssrc, rand::random());
        Ok(Self {
            line,
            picture,
            packetizer: Mutex::new(packetizer),
        })
    }

    pub fn track(&self) -> Arc<TrackLocalStaticRTP> {
        self.line.track.clone()
    }

    pub async fn published(&self) -> Result<PublishedTrack, PeerError> {
        let surface = Some(self.picture.surface);
        self.line.published(TrackKind::Video, surface).await
    }

    pub async fn send(&self, frame: &EncodedFrame) -> Result<(), PeerError> {
        let codec = self.picture.codec;
        let payload_type = self.line.payload_type(PeerError::NoCodec { codec }).await?;
        let packets = self.packetizer.lock().await.packetize(frame, payload_type);
        for packet in packets {
            self.line.write(packet).await?;
        }
        Ok(())
    }
}

/// The sound that a connection sends.
pub struct SoundLine {
    line: Line,
    /// Sequence number of the next packet, and whether it is the first.
    next: Mutex<(u16, bool)>,
}

impl SoundLine {
    pub async fn add(connection: &dyn PeerConnection) -> Result<Self, PeerError> {
        let codec = sound_codec().rtp_codec;
        let line = Line::add(connection, "sound", RtpCodecKind::Audio, codec).await?;
        let next = Mutex::new((rand::random(), true));
        Ok(Self { line, next })
    }

    pub async fn published(&self) -> Result<PublishedTrack, PeerError> {
        self.line.published(TrackKind::Audio, None).await
    }

    /// One packet of sound is one RTP packet (RFC 7587, section 4.2).
    pub async fn send(&self, packet: &SoundPacket) -> Result<(), PeerError> {
        let none = PeerError::Failed {
            step: "read its codec",
            reason: "the server takes no Opus".into(),
        };
        let payload_type = self.line.payload_type(none).await?;
        let mut next = self.next.lock().await;
        let header = rtp::header::Header {
            version: 2,
            marker: next.1,
            payload_type,
            sequence_number: next.0,
            timestamp: packet.timestamp,
            ssrc: self.line.ssrc,
            ..Default::default()
        };
        *next = (next.0.wrapping_add(1), false);
        let payload = Bytes::from(packet.data.clone());
        self.line.write(rtp::Packet { header, payload }).await
    }
}
