//! The pyramids of two frames in a row, built when something first needs them.

use crate::frame::WorkFrame;
use crate::layer::{Failure, Layer, Library, Pyramid};
use crate::tracker::FRAME_LEVELS;

/// Two pyramids and the frames that they are of.
#[derive(Debug, Default)]
pub(super) struct Pyramids {
    older: Built,
    newer: Built,
}

#[derive(Debug, Default)]
struct Built {
    pyramid: Pyramid,
    /// Index of the frame that it was built from.
    of: Option<u64>,
}

impl Built {
    fn build(&mut self, frame: &WorkFrame) -> Result<&Pyramid, Failure> {
        if self.of != Some(frame.index) {
            self.of = None;
            Library::pyramid(&frame.image, (FRAME_LEVELS, true), &mut self.pyramid)?;
            self.of = Some(frame.index);
        }
        Ok(&self.pyramid)
    }
}

impl Pyramids {
    /// The pyramids of `old` and `new`, ready for flow in both directions.
    pub fn of(
        &mut self,
        old: &WorkFrame,
        new: &WorkFrame,
    ) -> Result<(&Pyramid, &Pyramid), Failure> {
        if self.newer.of == Some(old.index) {
            std::mem::swap(&mut self.newer, &mut self.older);
        }
        Ok((self.older.build(old)?, self.newer.build(new)?))
    }
}
