//! What is shown, and the tracks that carry it.

use crate::{ParticipantId, SurfaceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of thing a surface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurfaceKind {
    /// A live camera.
    Camera,
    /// A live screen, window or tab.
    Screen,
    /// A web page that both look at together (co-browse).
    Page,
    /// A kind of a newer protocol; shown as not supported.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// A published surface as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Surface {
    /// Which.
    pub id: SurfaceId,
    /// Short number of the surface in this session, used in [`crate::realtime`] packets.
    pub number: u16,
    /// What it shows.
    pub kind: SurfaceKind,
    /// Who publishes it.
    pub owner: ParticipantId,
    /// True while the owner holds the picture back (the curtain).
    pub paused: bool,
    /// Who computes poses on this surface; none while nobody does.
    pub tracker: Option<ParticipantId>,
    /// Parts of the picture that the owner's device hides before it is encoded,
    /// [`crate::limits::HIDDEN_ALL`] when it hides everything.
    #[serde(default)]
    pub hidden_parts: u8,
    /// True when what it shows is kept with the session's record.
    #[serde(default)]
    pub kept: bool,
}

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// A track that the client sends, named in its offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedTrack {
    /// `a=mid` of the section in the offer.
    #[schemars(length(min = 1, max = 16))]
    pub mid: String,
    /// Sound or picture.
    pub kind: TrackKind,
    /// What the picture shows; none for sound.
    pub surface: Option<SurfaceKind>,
}

/// A track that the client receives, named in the server's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReceivedTrack {
    /// `a=mid` of the section in the answer.
    #[schemars(length(min = 1, max = 16))]
    pub mid: String,
    /// Who sends it.
    pub from: ParticipantId,
    /// Sound or picture.
    pub kind: TrackKind,
    /// Which surface; none for sound.
    pub surface: Option<SurfaceId>,
}
