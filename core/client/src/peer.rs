//! The media connection to the server, behind one small trait.

mod feedback;
mod inbound;
mod lines;
mod packets;
mod pictures;
#[cfg(test)]
mod tests;
mod webrtc_rs;

pub use packets::{MAX_PAYLOAD, Packetizer};
pub use webrtc_rs::WebRtcPeer;

use crate::{device::Arrived, watch::Watch};
use async_trait::async_trait;
use bytes::Bytes;
use sightline_frames::{Codec, EncodedFrame, SoundPacket};
use sightline_protocol::{PublishedTrack, SurfaceKind};
use std::sync::Arc;

/// Why a media connection could not be made or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerError {
    /// The WebRTC stack refused a step.
    #[error("the media connection failed while it was to {step}: {reason}")]
    Failed {
        /// What was being done.
        step: &'static str,
        /// What the stack said.
        reason: String,
    },
    /// The other side took none of our codecs.
    #[error("the server does not take {codec:?}; try the other codec with --codec")]
    NoCodec {
        /// What was offered.
        codec: Codec,
    },
    /// The connection was not made for this.
    #[error("this media connection sends no {what}")]
    NotOffered {
        /// `picture` or `sound`.
        what: &'static str,
    },
}

/// What a media connection is made of.
#[derive(Debug, Clone)]
pub struct PeerConfig {
    /// The picture that it sends, if any.
    pub picture: Option<Picture>,
    /// Highest rate that the picture may take, bits a second.
    pub max_bitrate_bps: u32,
    /// True when it sends sound.
    pub speaks: bool,
    /// How many others it can hear at one time.
    pub hears: u8,
    /// How many pictures of others it can receive at one time.
    pub sees: u8,
    /// Where they go.
    pub watch: Option<Arc<Watch>>,
}

/// A picture that a connection sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// How it is encoded.
    pub codec: Codec,
    /// What it shows.
    pub surface: SurfaceKind,
}

/// What a media connection tells.
#[derive(Debug, Clone, PartialEq)]
pub enum PeerEvent {
    /// Packets flow.
    Connected,
    /// No packets flow at the moment; it may come back by itself.
    Disconnected,
    /// It will not come back: make a new one.
    Failed,
    /// A receiver cannot decode and needs a keyframe.
    KeyframeRequested,
    /// The network is believed to carry this many bits a second for the picture.
    Bandwidth(u32),
    /// The `annotations` channel can be used.
    AnnotationsOpen,
    /// A JSON message on the `annotations` channel.
    Annotations(String),
    /// A packet on the `realtime` channel.
    Realtime(Bytes),
    /// A packet of sound from somebody else.
    Sound(Arrived),
}

/// A media connection that sends at most one picture and one sound, hears others, and has the two
/// data channels of the protocol.
#[async_trait]
pub trait Peer: Send + Sync {
    /// The offer, complete with all candidates, and the sections in which something is sent.
    async fn offer(&self) -> Result<(String, Vec<PublishedTrack>), PeerError>;
    /// Takes the server's answer; the connection then comes up by itself.
    async fn accept_answer(&self, sdp: String) -> Result<(), PeerError>;
    /// Sends a frame whose packets all carry its frame time as RTP timestamp.
    async fn send_frame(&self, frame: &EncodedFrame) -> Result<(), PeerError>;
    /// Sends a packet of sound.
    async fn send_sound(&self, packet: &SoundPacket) -> Result<(), PeerError>;
    /// True when it was made to send sound.
    fn has_sound(&self) -> bool;
    /// Sends a JSON message on the `annotations` channel.
    async fn send_annotations(&self, json: &str) -> Result<(), PeerError>;
    /// Sends a packet on the `realtime` channel, which may be lost.
    async fn send_realtime(&self, packet: Vec<u8>) -> Result<(), PeerError>;
    /// Share of packets that the other side reported lost lately, 0 to 1.
    async fn loss(&self) -> f32;
    /// Closes the connection.
    async fn close(&self);
}
