//! The nouns of a session, as they appear in messages.

mod anchors;
mod drawing;
mod media;
mod people;
mod quality;
mod session;

pub use anchors::*;
pub use drawing::*;
pub use media::*;
pub use people::*;
pub use quality::*;
pub use session::*;

/// RTP timestamp of a frame at 90 kHz, wrapping: the one name that every participant gives to the
/// same picture.
pub type FrameTime = u32;

/// Number of an anchor, unique in its session; small enough for pose packets.
pub type AnchorNo = u32;
