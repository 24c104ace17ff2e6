//! One participant's WebRTC connection.

use super::{
    picture_ids::PictureIds,
    rates::{self, Bucket},
    router::Outputs,
    source::{Rebase, Source, SourceId, video_codec},
};
use sightline_protocol::{ParticipantId, ReceivedTrack, SurfaceId, TrackKind};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};
use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcError,
    channel::ChannelId,
    config::DtlsCert,
    format::{Codec, CodecConfig, PayloadParams},
    media::{Mid, Pt},
    rtp::{Extension, ExtensionMap, ExtensionValues, RtpPacket, RtpWrite},
};

/// Packets kept for retransmission to one subscriber, and for how long.
const RESEND_PACKETS: usize = 1_024;
const RESEND_AGE: Duration = Duration::from_secs(2);
/// Retransmissions stop while they are more than this share of what goes out.
const RESEND_SHARE: f32 = 0.5;
/// Largest RTP payload that is passed on: what fits into one Ethernet frame.
const PAYLOAD_BYTES: usize = 1_460;
/// A realtime packet is dropped while so many bytes wait in a participant's channels.
const REALTIME_BACKLOG: usize = 16 * 1024;
/// Turns of the poll loop without progress in time, after which the loop yields.
const SETTLE_TURNS: usize = 32;

/// Number of a connection, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub u64);

/// A section in which the server sends.
#[derive(Debug)]
pub struct Sink {
    pub mid: Mid,
    pub kind: TrackKind,
    pub carries: Option<Carried>,
    /// When it was last given to another source; a section that never was comes first.
    pub assigned: u64,
    rebase: Rebase,
    picture_ids: PictureIds,
    payload_type: Option<(Pt, Option<Pt>)>,
}

/// What a sink carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    pub source: SourceId,
    pub from: ParticipantId,
    pub surface: Option<SurfaceId>,
}

impl Sink {
    pub fn new(mid: Mid, kind: TrackKind) -> Self {
        Self {
            mid,
            kind,
            carries: None,
            assigned: 0,
            rebase: Rebase::new(),
            picture_ids: PictureIds::default(),
            payload_type: None,
        }
    }

    /// Leaves no hole in the numbers when packets were held back.
    pub fn cut(&mut self) {
        self.rebase.cut();
    }
}

/// Losses and round trip of the last second.
#[derive(Debug, Default, Clone, Copy)]
pub struct Measured {
    pub rtt: Option<Duration>,
    pub loss_in: f32,
    pub loss_out: f32,
}

/// A connection with its tracks in both directions.
#[derive(Debug)]
pub struct Peer {
    pub id: PeerId,
    pub participant: ParticipantId,
    pub number: u16,
    pub may_point: bool,
    pub audio_allowed: bool,
    pub fingerprint: String,
    pub rtc: Rtc,
    pub sources: Vec<Source>,
    pub sinks: Vec<Sink>,
    pub annotations: Option<ChannelId>,
    pub realtime: Option<ChannelId>,
    pub connected: bool,
    /// DTLS was up once.
    pub established: bool,
    /// Since when nothing comes through.
    pub down_since: Option<Instant>,
    /// When the library wants to be called again.
    pub next: Instant,
    pub realtime_rate: Bucket,
    pub annotation_rate: Bucket,
    pub keyframe_rate: Bucket,
    pub media_rate: Bucket,
    pub address_rate: Bucket,
    pub slots_asked: (u8, u8),
    pub measured: Measured,
    /// Why the connection cannot go on.
    pub fault: Option<String>,
}

fn codecs() -> CodecConfig {
    let mut codecs = CodecConfig::empty();
    codecs.enable_opus(true, false);
    codecs.enable_vp8(true);
    // Constrained baseline first, then baseline as older senders name it; both packetization
    // mode 1.
    codecs.add_h264(108.into(), Some(109.into()), true, 0x42_e0_1f);
    codecs.add_h264(127.into(), Some(121.into()), true, 0x42_00_1f);
    codecs
}

/// Header extensions. Video orientation is left out so that browsers turn the pixels themselves
/// and every receiver sees an upright picture; stream ids are left out with simulcast.
fn extensions() -> ExtensionMap {
    let mut map = ExtensionMap::empty();
    map.set(1, Extension::AudioLevel);
    map.set(2, Extension::AbsoluteSendTime);
    map.set(3, Extension::TransportSequenceNumber);
    map.set(4, Extension::RtpMid);
    map
}

impl Peer {
    pub fn new(
        id: PeerId,
        participant: ParticipantId,
        candidates: &[SocketAddr],
        certificate: &DtlsCert,
        now: Instant,
    ) -> Self {
        let mut config = Rtc::builder()
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .set_dtls_cert(certificate.clone())
            .set_extension_map(extensions())
            .set_stats_interval(Some(Duration::from_secs(1)))
            .set_sctp_max_message_size(sightline_protocol::limits::MESSAGE_BYTES as u32);
        *config.codec_config() = codecs();
        let mut rtc = config.build(now);
        for address in candidates {
            if let Ok(candidate) = Candidate::host(*address, "udp") {
                rtc.add_local_candidate(candidate);
            }
        }
        Self {
            id,
            participant,
            number: 0,
            may_point: false,
            audio_allowed: false,
            fingerprint: String::new(),
            rtc,
            sources: Vec::new(),
            sinks: Vec::new(),
            annotations: None,
            realtime: None,
            connected: false,
            established: false,
            down_since: Some(now),
            next: now,
            realtime_rate: Bucket::new(rates::REALTIME, now),
            annotation_rate: Bucket::new(rates::ANNOTATIONS, now),
            keyframe_rate: Bucket::new(rates::KEYFRAMES, now),
            media_rate: Bucket::new(rates::MEDIA_BYTES, now),
            address_rate: Bucket::new(rates::ADDRESSES, now),
            slots_asked: (0, 0),
            measured: Measured::default(),
            fault: None,
        }
    }

    /// Feeds one input and polls until the library wants nothing but time.
    pub fn input(
        &mut self,
        now: Instant,
        input: Input<'_>,
        out: &mut Outputs,
        events: &mut VecDeque<(PeerId, Event)>,
    ) {
        if let Err(error) = self.rtc.handle_input(input) {
            self.fault(&error);
        }
        self.settle(now, out, events);
    }

    /// Polls until the library wants nothing but time: after each change, before the next one.
    pub fn settle(
        &mut self,
        now: Instant,
        out: &mut Outputs,
        events: &mut VecDeque<(PeerId, Event)>,
    ) {
        let mut turns = 0;
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Transmit(transmit)) => out.transmit(transmit),
                Ok(Output::Event(event)) => events.push_back((self.id, event)),
                Ok(Output::Timeout(at)) if at <= now && turns < SETTLE_TURNS => {
                    turns += 1;
                    if let Err(error) = self.rtc.handle_input(Input::Timeout(now)) {
                        self.fault(&error);
                    }
                }
                Ok(Output::Timeout(at)) => {
                    self.next = at.max(now + Duration::from_millis(1));
                    return;
                }
                Err(error) => {
                    self.fault(&error);
                    self.next = now + Duration::from_secs(1);
                    return;
                }
            }
        }
    }

    fn fault(&mut self, error: &RtcError) {
        if !self.rtc.is_alive() {
            self.fault.get_or_insert_with(|| error.to_string());
        } else {
            tracing::debug!(participant = %self.participant, %error, "input refused");
        }
    }

    /// True when the library has given up.
    pub fn is_dead(&self) -> bool {
        self.fault.is_some() || !self.rtc.is_alive()
    }

    /// The ufrag by which STUN checks name this connection.
    pub fn ufrag(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// The tracks that this participant receives, in the order of its sections.
    pub fn received(&self) -> Vec<ReceivedTrack> {
        let track = |sink: &Sink| {
            let carried = sink.carries.as_ref()?;
            Some(ReceivedTrack {
                mid: sink.mid.to_string(),
                from: carried.from.clone(),
                kind: sink.kind,
                surface: carried.surface.clone(),
            })
        };
        self.sinks.iter().filter_map(track).collect()
    }

    /// The parameters of a payload type in which this participant sends.
    pub fn sent_params(&self, payload_type: Pt) -> Option<PayloadParams> {
        self.rtc
            .codec_config()
            .find(|params| params.pt() == payload_type)
            .copied()
    }

    /// Adds a section in which the server sends.
    pub fn add_sink(&mut self, mid: Mid, kind: TrackKind) {
        if kind == TrackKind::Video
            && let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(mid, None)
        {
            stream.set_rtx_cache(RESEND_PACKETS, RESEND_AGE, Some(RESEND_SHARE));
        }
        self.sinks.push(Sink::new(mid, kind));
    }

    /// Forgets the mapping of payload types after a negotiation.
    pub fn forget_payload_types(&mut self) {
        for sink in &mut self.sinks {
            sink.payload_type = None;
        }
    }

    /// Writes a packet of a source to the sections that carry it, with this connection's own
    /// payload type and sequence numbers, the timestamp as it came. True when something was
    /// written.
    pub fn forward(
        &mut self,
        stream: (SourceId, u64),
        params: PayloadParams,
        packet: &RtpPacket,
    ) -> bool {
        if !self.connected || packet.payload.len() > PAYLOAD_BYTES {
            return false;
        }
        let mut written = false;
        for sink in &mut self.sinks {
            if sink
                .carries
                .as_ref()
                .is_none_or(|carried| carried.source != stream.0)
            {
                continue;
            }
            let payload_type = match sink.payload_type {
                Some((from, to)) if from == params.pt() => to,
                _ => {
                    let to = matching(&self.rtc, sink.mid, params);
                    sink.payload_type = Some((params.pt(), to));
                    to
                }
            };
            let Some(payload_type) = payload_type else {
                continue;
            };
            let Some(seq) = sink.rebase.map(stream, *packet.seq_no) else {
                continue;
            };
            let mut api = self.rtc.direct_api();
            let Some(tx) = api.stream_tx_by_mid(sink.mid, None) else {
                continue;
            };
            let extensions = ExtensionValues {
                audio_level: packet.header.ext_vals.audio_level,
                voice_activity: packet.header.ext_vals.voice_activity,
                ..ExtensionValues::default()
            };
            let mut write = RtpWrite::new(
                payload_type,
                seq.into(),
                packet.header.timestamp,
                packet.timestamp,
                packet.payload.clone(),
            )
            .marker(packet.header.marker)
            .ext_vals(extensions)
            .nackable(sink.kind == TrackKind::Video);
            if params.spec().codec == Codec::Vp8
                && let Some(patch) = sink.picture_ids.patch(sink.rebase.line(), &packet.payload)
            {
                write = write.vp8_patch(patch);
            }
            tx.write_rtp(write);
            written = true;
        }
        written
    }

    /// Writes a text to the `annotations` channel; false when it did not take it.
    pub fn write_annotations(&mut self, text: &str) -> bool {
        let Some(channel) = self.annotations.and_then(|id| self.rtc.channel(id)) else {
            return false;
        };
        let mut channel = channel;
        channel.write(false, text.as_bytes()).unwrap_or(false)
    }

    /// Writes a packet to the `realtime` channel; false when it was dropped.
    pub fn write_realtime(&mut self, packet: &[u8]) -> bool {
        let Some(mut channel) = self.realtime.and_then(|id| self.rtc.channel(id)) else {
            return false;
        };
        channel.buffered_amount() < REALTIME_BACKLOG && channel.write(true, packet).unwrap_or(false)
    }
}

/// The payload type in which a subscriber takes what a publisher sends: the same codec, and for
/// H.264 the same packetization with, at best, the same profile.
fn matching(rtc: &Rtc, mid: Mid, sent: PayloadParams) -> Option<Pt> {
    let media = rtc.media(mid)?;
    let sent = sent.spec();
    rtc.codec_config()
        .params()
        .iter()
        .filter(|params| media.remote_pts().contains(&params.pt()))
        .filter(|params| {
            let spec = params.spec();
            spec.codec == sent.codec
                && (spec.codec != Codec::H264
                    || spec.format.packetization_mode == sent.format.packetization_mode)
        })
        .max_by_key(|params| params.spec().format.profile_level_id == sent.format.profile_level_id)
        .map(|params| params.pt())
}

/// The video codec of a packet, or none for sound.
pub fn packet_codec(params: &PayloadParams) -> Option<super::VideoCodec> {
    video_codec(params.spec().codec)
}
