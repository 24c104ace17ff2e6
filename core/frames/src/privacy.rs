//! Parts of the picture that nobody else may see: chosen by the person or found by a detector, and
//! filled before the picture is encoded.
//!
//! [`Privacy`] is the policy, told everything and asked for each frame; [`fill_plane`] does it to
//! pixels. When it cannot be known what must be hidden, everything is.

mod fill;
mod policy;
mod region;

pub use fill::{Samples, fill_i420, fill_plane};
pub use policy::{Detection, Hidden, Privacy, PrivacyConfig, Watch};
pub use region::{PixelRect, Region};

use crate::LumaPlane;

/// Parts that the person may hide at one time.
pub const DRAWN_REGIONS: usize = 16;
/// Parts that a detector may hide at one time; more hide everything.
pub const FOUND_REGIONS: usize = 16;

/// Finds what must not be seen, such as faces.
pub trait RegionDetector: Send {
    /// Parts of this frame, in shares of it.
    ///
    /// # Errors
    /// [`PrivacyError::Detector`] when it cannot tell; everything is then hidden.
    fn detect(&mut self, frame: &LumaPlane) -> Result<Vec<Region>, PrivacyError>;
}

/// Why something cannot be hidden as asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PrivacyError {
    /// Not a part of a picture.
    #[error(
        "{given} is no part of a picture; give left,top,width,height between 0 and 1, such as \
         0.1,0.2,0.3,0.25"
    )]
    NoRegion {
        /// As given.
        given: String,
    },
    /// Too many parts.
    #[error("{given} parts; at most {DRAWN_REGIONS} can be hidden at one time")]
    TooMany {
        /// How many.
        given: usize,
    },
    /// A detector failed.
    #[error("what must be hidden cannot be found: {reason}")]
    Detector {
        /// What failed.
        reason: String,
    },
}
