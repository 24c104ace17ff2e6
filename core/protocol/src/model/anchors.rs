//! What holds drawings to the world.

use crate::{AnchorNo, FrameTime, Point, SurfaceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether the place of an anchor is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnchorStatus {
    /// The place is verified in this frame.
    Tracking,
    /// The place is plausible but weakly supported; drawn faded.
    Uncertain,
    /// The place is not known; not drawn.
    Lost,
    /// Nothing there can be held on to: the drawing stays where it was drawn, fixed to the screen,
    /// and is marked so.
    Fixed,
}

/// Why an anchor changed its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnchorReason {
    /// Attached and verified.
    Attached,
    /// Found again after a loss.
    FoundAgain,
    /// Something covers it.
    Occluded,
    /// It left the picture.
    OutOfView,
    /// The picture is too blurred to tell.
    Blur,
    /// Too few details under the drawing to hold on to.
    TooFewTexture,
    /// The thing itself changed place or look.
    Moved,
    /// The frame it was drawn on is no longer in memory.
    FrameExpired,
    /// Nobody tracks this surface.
    NoTracker,
    /// A reason of a newer protocol.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// Status of one anchor at one frame, sent on change over the reliable path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnchorState {
    /// Which anchor.
    pub anchor: AnchorNo,
    /// On which surface.
    pub surface: SurfaceId,
    /// Frame of the change.
    pub frame_time: FrameTime,
    /// New status.
    pub status: AnchorStatus,
    /// Why.
    pub reason: AnchorReason,
    /// Last known centre of the drawing in shares of the frame, outside 0..1 when it left the
    /// picture; the edge arrow points there.
    pub last_seen: Option<Point>,
    /// When the server took it, in milliseconds since the session began. The server writes it,
    /// whatever the sender put there.
    #[serde(default)]
    pub at_ms: u32,
}
