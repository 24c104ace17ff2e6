//! Pictures across the border, and what to draw on them.

use crate::{AssistError, AssistSession, Overlay, PushResult, UprightTurn, guard::guarded};
use sightline_frames::PushOutcome;

#[uniffi::export]
impl AssistSession {
    /// One encoded frame, captured at `time_us` microseconds of the clock that also stamps the luma
    /// planes and the screen. `width` and `height` are those of the encoded upright picture.
    ///
    /// # Errors
    /// [`AssistError::BadFrame`] with what is wrong.
    pub fn push_encoded_video(
        &self,
        time_us: u64,
        keyframe: bool,
        width: u32,
        height: u32,
        data: &[u8],
    ) -> Result<PushResult, AssistError> {
        guarded(self.teller(), || {
            self.with_camera(|camera| camera.push_encoded(time_us, keyframe, (width, height), data))
                .unwrap_or(Ok(PushResult::NotSending))
        })
    }

    /// The brightness of a frame, one byte a pixel, `stride` bytes from row to row; at most 1280
    /// pixels a side, 640 are enough. It is turned upright on the way.
    ///
    /// # Errors
    /// [`AssistError::BadFrame`] with what is wrong.
    pub fn push_luma(
        &self,
        time_us: u64,
        width: u32,
        height: u32,
        stride: u32,
        turn: UprightTurn,
        data: &[u8],
    ) -> Result<PushResult, AssistError> {
        guarded(self.teller(), || {
            let size = (width, height);
            self.with_camera(|camera| {
                camera.hiding().saw(time_us);
                camera.push(|source| match self.saver().tracks_next() {
                    true => source.push_luma(time_us, size, stride, turn.into(), data),
                    false => Ok(PushOutcome::Dropped),
                })
            })
            .unwrap_or(Ok(PushResult::NotSending))
        })
    }

    /// Asks the encoder for `count` keyframes that nobody needs: what `make bench-ffi` measures the
    /// cost of an event with, and a way to try an observer.
    pub fn bench_events(&self, count: u32) {
        for _ in 0..count.min(64) {
            self.teller().ask(crate::EncoderRequest::Keyframe);
        }
    }

    /// What to draw over the frame of this moment, in shares of the upright picture. Empty when
    /// nothing is sent. Asked once a vsync.
    pub fn overlay_at(&self, time_us: u64) -> Overlay {
        let overlay = guarded(self.teller(), || {
            let overlay = self.with_camera(|camera| camera.overlay_at(time_us));
            Ok(overlay.unwrap_or_default())
        });
        overlay.unwrap_or_default()
    }
}
