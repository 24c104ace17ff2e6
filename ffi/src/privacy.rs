//! Parts of the picture that the app hides before it encodes, and the core's word on when frames
//! may leave again.

use crate::{AssistError, AssistSession, UprightTurn, guard::guarded};
use sightline_frames::privacy::{Detection, Hidden, Privacy, PrivacyConfig, PrivacyError, Region};
use sightline_protocol::limits::HIDDEN_ALL;
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// A part of the upright picture, in shares of its width and height from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct HiddenRegion {
    /// Left edge, 0 to 1.
    pub left: f32,
    /// Top edge, 0 to 1.
    pub top: f32,
    /// Width, 0 to 1.
    pub width: f32,
    /// Height, 0 to 1.
    pub height: f32,
}

/// What must be filled in one frame before it is encoded.
#[derive(Debug, Clone, Default, PartialEq, uniffi::Record)]
pub struct HiddenParts {
    /// Number of the person's last wish, for `AssistSession::hiding_applied`.
    pub version: u32,
    /// True when the whole frame must be filled, because a detector has a say and is silent. The
    /// core sends no such frame.
    pub everything: bool,
    /// The parts to fill; the whole frame when `everything` is true.
    pub regions: Vec<HiddenRegion>,
}

/// A part of a picture in its own pixels. All four numbers are even in an even picture, because
/// four pixels share one colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PixelRect {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl From<Region> for HiddenRegion {
    fn from(region: Region) -> Self {
        let [left, top, width, height] = region.parts();
        Self {
            left,
            top,
            width,
            height,
        }
    }
}

impl TryFrom<HiddenRegion> for Region {
    type Error = PrivacyError;

    fn try_from(region: HiddenRegion) -> Result<Self, PrivacyError> {
        Self::new(region.left, region.top, region.width, region.height)
    }
}

fn regions(given: Vec<HiddenRegion>) -> Result<Vec<Region>, PrivacyError> {
    given.into_iter().map(Region::try_from).collect()
}

/// What is hidden on one surface, and since when the app does it.
pub struct Hiding {
    privacy: Privacy,
    /// The wish that the app carries out, and the capture time of the first frame with it.
    applied: Mutex<(u32, u64)>,
    newest_us: AtomicU64,
}

impl Default for Hiding {
    fn default() -> Self {
        Self {
            privacy: Privacy::new(PrivacyConfig::default()),
            applied: Mutex::new((0, 0)),
            newest_us: AtomicU64::new(0),
        }
    }
}

impl Hiding {
    fn applied(&self) -> (u32, u64) {
        *self.applied.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when a frame that was captured at `time_us` must stay here: it may show what the person
    /// wants hidden.
    pub fn holds(&self, time_us: u64) -> bool {
        self.saw(time_us);
        let (version, from_us) = self.applied();
        version != self.privacy.version()
            || time_us < from_us
            || self.privacy.at(time_us) == Hidden::Everything
    }

    /// A frame of this time exists.
    pub fn saw(&self, time_us: u64) {
        self.newest_us.fetch_max(time_us, Ordering::Relaxed);
    }

    /// How many parts others are told of.
    pub fn parts(&self) -> u8 {
        match self.privacy.at(self.newest_us.load(Ordering::Relaxed)) {
            Hidden::Everything => HIDDEN_ALL,
            Hidden::Parts(parts) => u8::try_from(parts.len()).unwrap_or(HIDDEN_ALL),
        }
    }
}

#[uniffi::export]
impl AssistSession {
    /// Hides these parts of the surface that is shown, instead of those before; at most 16. From
    /// now on no frame leaves until the app has told, with the number that this gives, from which
    /// frame on it fills them (`hiding_applied`).
    ///
    /// # Errors
    /// [`AssistError::BadFrame`] with what is wrong, [`AssistError::NotJoined`].
    pub fn hide(&self, parts: Vec<HiddenRegion>) -> Result<u32, AssistError> {
        guarded(self.teller(), || {
            let parts = regions(parts)?;
            let hide = |camera: &crate::camera::PushCamera| {
                let version = camera.hiding().privacy.set_drawn(parts)?;
                camera.hold_back();
                Ok(version)
            };
            self.with_camera(hide).ok_or(AssistError::NotJoined)?
        })
    }

    /// The app fills what wish number `version` hides in every frame that is captured at
    /// `from_time_us` or later. An older number changes nothing.
    pub fn hiding_applied(&self, version: u32, from_time_us: u64) {
        let done = guarded(self.teller(), || {
            self.with_camera(|camera| {
                let hiding = camera.hiding();
                if version == hiding.privacy.version() && hiding.applied().0 != version {
                    *hiding
                        .applied
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner) = (version, from_time_us);
                }
            });
            Ok(())
        });
        // A panic was told to the observer.
        drop(done);
    }

    /// True when the app has a detector that must have looked at the picture, of faces for example.
    /// Until its first word, and half a second after its last, no frame leaves.
    pub fn set_private_detector(&self, on: bool) {
        let done = guarded(self.teller(), || {
            self.with_camera(|camera| camera.hiding().privacy.set_detects(on));
            Ok(())
        });
        drop(done);
    }

    /// What the app's detector found on the frame of `time_us`; none when it failed. Found parts
    /// grow by a quarter on each side and stay hidden for half a second.
    ///
    /// # Errors
    /// [`AssistError::BadFrame`] when a part is none; it counts as a failure of the detector.
    pub fn private_found(
        &self,
        time_us: u64,
        found: Option<Vec<HiddenRegion>>,
    ) -> Result<(), AssistError> {
        guarded(self.teller(), || {
            let read = found.map(regions).transpose();
            let detection = match &read {
                Ok(Some(found)) => Detection::Found(found.clone()),
                _ => Detection::Failed,
            };
            self.with_camera(|camera| camera.hiding().privacy.tell(time_us, detection));
            read?;
            Ok(())
        })
    }

    /// What must be filled in the frame of `time_us` before it is encoded.
    pub fn hidden_at(&self, time_us: u64) -> HiddenParts {
        let hidden = guarded(self.teller(), || {
            let hidden = self.with_camera(|camera| {
                let privacy = &camera.hiding().privacy;
                // The number first: a wish that comes in between is asked for again.
                let version = privacy.version();
                let hidden = privacy.at(time_us);
                HiddenParts {
                    version,
                    everything: hidden == Hidden::Everything,
                    regions: hidden.regions().iter().copied().map(Into::into).collect(),
                }
            });
            Ok(hidden.unwrap_or_default())
        });
        hidden.unwrap_or_default()
    }

    /// The same in the pixels of a buffer of `width` x `height` that must be turned by `turn` to
    /// stand upright, such as a sensor's NV12 or I420.
    pub fn hidden_pixels(
        &self,
        time_us: u64,
        width: u32,
        height: u32,
        turn: UprightTurn,
    ) -> Vec<PixelRect> {
        let found = guarded(self.teller(), || {
            let hidden = self.with_camera(|camera| camera.hiding().privacy.at(time_us));
            let pixels = |region: &Region| {
                let rect = region.in_sensor(turn.into()).pixels(width, height);
                PixelRect {
                    x: rect.x,
                    y: rect.y,
                    width: rect.width,
                    height: rect.height,
                }
            };
            Ok(hidden.map_or_else(Vec::new, |h| h.regions().iter().map(pixels).collect()))
        });
        found.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EncoderRequest, PushResult, SessionEvent, SessionObserver,
        camera::{Gate, PushCamera},
        events::Teller,
    };
    use sightline_client::camera::Camera;
    use sightline_frames::Codec;
    use sightline_protocol::SurfaceKind;
    use std::{
        sync::{Arc, mpsc},
        time::Duration,
    };

    struct Ear(Mutex<mpsc::Sender<EncoderRequest>>);

    impl SessionObserver for Ear {
        fn on_event(&self, _event: SessionEvent) {}

        fn on_encoder(&self, request: EncoderRequest) {
            let _ = self.0.lock().unwrap().send(request);
        }
    }

    #[test]
    fn frames_from_before_a_wish_never_leave_and_those_after_it_begin_at_a_keyframe() {
        let (sender, asked) = mpsc::channel();
        let teller = Teller::start(Arc::new(Ear(Mutex::new(sender)))).unwrap();
        let gate = Arc::new(Gate::default());
        gate.allow(true);
        let hiding = Arc::new(Hiding::default());
        let camera = PushCamera::new(
            SurfaceKind::Camera,
            Codec::Vp8,
            gate,
            hiding.clone(),
            teller,
        );
        let open = camera.open(1_000_000, 0).unwrap();
        let push = |time_us, key| camera.push_encoded(time_us, key, (64, 48), &[1]).unwrap();
        let next = || open.source.next_encoded(Duration::ZERO).unwrap();
        assert_eq!(
            (push(0, true), push(1, false)),
            (PushResult::Taken, PushResult::Taken)
        );
        assert!(next().is_some(), "the control: nothing is hidden yet");

        let part = Region::new(0.1, 0.1, 0.2, 0.2).unwrap();
        let version = hiding.privacy.set_drawn(vec![part]).unwrap();
        camera.hold_back();
        assert_eq!(next(), None, "what waited is forgotten");
        assert_eq!(
            push(2, true),
            PushResult::LeftOut,
            "the app has not said a word"
        );
        *hiding.applied.lock().unwrap() = (version, 10);
        assert_eq!(push(9, true), PushResult::LeftOut, "captured before it");
        assert_eq!(
            push(10, false),
            PushResult::LeftOut,
            "nothing it could build on left"
        );
        let patience = Duration::from_secs(20);
        let next_wish = || asked.recv_timeout(patience).ok();
        let keyframes = std::iter::from_fn(next_wish).filter(|w| *w == EncoderRequest::Keyframe);
        let count = keyframes.take(2).count();
        assert_eq!(
            count, 2,
            "one when frames are forgotten, one when they go on"
        );
        assert_eq!(
            (push(11, true), push(12, false)),
            (PushResult::Taken, PushResult::Taken)
        );
        assert!(next().is_some_and(|frame| frame.keyframe));
        assert_eq!(camera.hidden_parts(), 1);

        // A detector that has a say and is silent hides everything, and says so.
        hiding.privacy.set_detects(true);
        assert_eq!(push(13, false), PushResult::LeftOut);
        assert_eq!(camera.hidden_parts(), HIDDEN_ALL);
        hiding.privacy.tell(14, Detection::Found(vec![]));
        assert_eq!(push(14, true), PushResult::Taken);
    }
}
