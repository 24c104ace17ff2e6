//! A technician's side: pictures of others out, drawings in, and what to draw on a received frame.

use crate::{
    AssistError, AssistSession, Overlay, OverlayKind, SurfaceType, VideoCodec, guard::guarded,
    overlay,
};
use sightline_client::device::{Command, RequestRefused, Step, Taken};
use sightline_frames::{Codec, EncodedFrame};
use sightline_protocol::{Point, Shape, SurfaceKind};
use std::time::Duration;
use tokio::sync::oneshot;

/// Longest wait of one call for a picture.
const LONGEST_WAIT: Duration = Duration::from_millis(1_000);

/// One encoded frame of somebody else's picture. Frames come in order; the first one, and the first
/// after anything was lost, is a keyframe.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReceivedVideo {
    /// Its name on every device: RTP timestamp at 90 kHz; wraps.
    pub frame_time: u32,
    /// True when decoding can start here. Codec and size change only here.
    pub keyframe: bool,
    /// How it is encoded.
    pub codec: VideoCodec,
    /// Width of the upright picture in pixels.
    pub width: u32,
    /// Height of the upright picture in pixels.
    pub height: u32,
    /// A VP8 frame, or an H.264 access unit with start codes; keyframes bring their parameter sets
    /// along.
    pub data: Vec<u8>,
}

impl From<EncodedFrame> for ReceivedVideo {
    fn from(frame: EncodedFrame) -> Self {
        Self {
            frame_time: frame.frame_time,
            keyframe: frame.keyframe,
            codec: match frame.codec {
                Codec::Vp8 => VideoCodec::Vp8,
                Codec::H264 => VideoCodec::H264,
            },
            width: frame.width,
            height: frame.height,
            data: frame.data,
        }
    }
}

/// A drawing to be made, in shares of the upright frame.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Stroke {
    /// What it is.
    pub kind: OverlayKind,
    /// Arrow: `x y` of tail and head. Circle: `x y` of the middle, half width, half height. Freehand
    /// and highlight: `x y` of 1 to 1,024 points. Text: `x y` where its baseline starts.
    pub points: Vec<f32>,
    /// Width of the stroke as a share of the frame's width, 0.001 to 0.05.
    pub width: f32,
    /// The words of a text, 1 to 200 characters.
    pub text: Option<String>,
    /// The frame that was on the screen when the drawing began; none when that is not known.
    pub frame_time: Option<u32>,
}

impl Stroke {
    fn shape(self) -> Result<Shape, AssistError> {
        let wrong = |reason: &str| AssistError::Refused {
            code: "OutOfRange".into(),
            reason: reason.into(),
        };
        let pairs = self.points.chunks_exact(2);
        if !pairs.remainder().is_empty() {
            return Err(wrong("each point needs two numbers"));
        }
        let points: Vec<Point> = pairs.map(|pair| [pair[0], pair[1]]).collect();
        Ok(match (self.kind, &points[..]) {
            (OverlayKind::Arrow, &[from, to]) => Shape::Arrow { from, to },
            (OverlayKind::Circle, &[center, radius]) => Shape::Circle { center, radius },
            (OverlayKind::Freehand, [_, ..]) => Shape::Freehand { points },
            (OverlayKind::Highlight, [_, ..]) => Shape::Highlight { points },
            (OverlayKind::Text, &[at]) => Shape::Text {
                at,
                text: self.text.unwrap_or_default(),
            },
            (OverlayKind::Arrow | OverlayKind::Circle, _) => {
                return Err(wrong("an arrow and a circle need four numbers"));
            }
            (OverlayKind::Text, _) => return Err(wrong("a text needs two numbers")),
            (OverlayKind::Freehand | OverlayKind::Highlight, _) => {
                return Err(wrong("a line needs a point"));
            }
        })
    }
}

#[uniffi::export]
impl AssistSession {
    /// The next frame of somebody else's picture; none when none came within `wait_ms`, at most
    /// 1,000. For the thread that decodes. After 15 frames that nobody takes, all are given up for
    /// the next keyframe. Empty for a customer, who watches nobody.
    pub fn next_video(&self, wait_ms: u32) -> Option<ReceivedVideo> {
        let wait = Duration::from_millis(wait_ms.into()).min(LONGEST_WAIT);
        let next = guarded(self.teller(), || Ok(self.watch().next(wait)));
        next.ok().flatten().map(ReceivedVideo::from)
    }

    /// The decoder failed or is a new one: the next frame is a keyframe. Loss on the way needs no
    /// call.
    pub fn request_keyframe(&self) {
        let done = guarded(self.teller(), || {
            self.watch().request_keyframe();
            Ok(())
        });
        // A panic was told to the observer.
        drop(done);
    }

    /// What to draw over a received frame, moved to where it is on exactly this frame; own drawings
    /// at once, with the anchor 0 until the server has numbered them.
    pub fn overlay_on(&self, frame_time: u32) -> Overlay {
        let overlay = guarded(self.teller(), || {
            let shown = self.watch().scene().on(frame_time);
            Ok(Overlay {
                items: shown.iter().filter_map(overlay::item).collect(),
            })
        });
        overlay.unwrap_or_default()
    }

    /// Draws on the picture that is watched; gives the number of its anchor once the server has it.
    ///
    /// # Errors
    /// [`AssistError::Refused`] (also when there is no picture), [`AssistError::ConnectionLost`],
    /// [`AssistError::Busy`], [`AssistError::NotJoined`].
    pub async fn draw(&self, stroke: Stroke) -> Result<u32, AssistError> {
        let (width, frame_time) = (stroke.width, stroke.frame_time);
        let shape = stroke.shape()?;
        let taken = self.step(Step::Add {
            shape,
            width,
            frame_time,
        });
        taken.await?.anchor.ok_or_else(|| AssistError::Internal {
            reason: "a drawing without an anchor".into(),
        })
    }

    /// Takes the own last drawing back.
    ///
    /// # Errors
    /// Those of [`Self::draw`]; refused when there is none.
    pub async fn undo(&self) -> Result<(), AssistError> {
        self.step(Step::Undo).await.map(drop)
    }

    /// Brings back what was taken back last.
    ///
    /// # Errors
    /// Those of [`Self::draw`]; refused when there is nothing.
    pub async fn redo(&self) -> Result<(), AssistError> {
        self.step(Step::Redo).await.map(drop)
    }

    /// Hides every drawing on the picture, also those of others.
    ///
    /// # Errors
    /// Those of [`Self::draw`].
    pub async fn clear(&self) -> Result<(), AssistError> {
        self.step(Step::Clear).await.map(drop)
    }

    /// Keeps a frame known, here and where drawings are tracked, while somebody draws on it or has
    /// stopped the picture there; or lets it go. At most 4 at a time; one more lets the oldest go.
    ///
    /// # Errors
    /// [`AssistError::NotJoined`], [`AssistError::Busy`].
    pub fn hold_frame(&self, frame_time: u32, hold: bool) -> Result<(), AssistError> {
        guarded(self.teller(), || {
            self.command(Command::HoldFrame { frame_time, hold })
        })
    }

    /// Shows a live pointer to the others, in shares of the frame; `visible` is false when it is
    /// gone. For each move, at most 30 times a second.
    ///
    /// # Errors
    /// [`AssistError::NotJoined`], [`AssistError::Busy`].
    pub fn point(
        &self,
        x: f32,
        y: f32,
        visible: bool,
        frame_time: Option<u32>,
    ) -> Result<(), AssistError> {
        guarded(self.teller(), || {
            self.command(Command::Point {
                at: [x, y],
                visible,
                frame_time,
            })
        })
    }

    /// Asks the customer for a surface.
    ///
    /// # Errors
    /// [`AssistError::NotJoined`], [`AssistError::Busy`].
    pub fn request_surface(&self, surface: SurfaceType) -> Result<(), AssistError> {
        guarded(self.teller(), || {
            self.command(Command::RequestSurface(match surface {
                SurfaceType::Camera => SurfaceKind::Camera,
                SurfaceType::Screen => SurfaceKind::Screen,
            }))
        })
    }
}

impl AssistSession {
    async fn step(&self, step: Step) -> Result<Taken, AssistError> {
        let (told, answer) = oneshot::channel::<Result<Taken, RequestRefused>>();
        self.command(Command::Step { step, told })?;
        Ok(answer.await.map_err(|_| AssistError::NotJoined)??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke(kind: OverlayKind, count: usize) -> Result<Shape, AssistError> {
        let points = (0..count).map(|n| n as f32 / 10.0).collect();
        let text = (kind == OverlayKind::Text).then(|| "here".to_owned());
        Stroke {
            kind,
            points,
            width: 0.01,
            text,
            frame_time: None,
        }
        .shape()
    }

    #[test]
    fn each_kind_needs_its_numbers() {
        use OverlayKind::{Arrow, Circle, Freehand, Highlight, Text};
        for (kind, takes) in [
            (Arrow, vec![4]),
            (Circle, vec![4]),
            (Freehand, vec![2, 4, 6]),
            (Highlight, vec![2, 4, 6]),
            (Text, vec![2]),
        ] {
            for count in 0..8 {
                let shape = stroke(kind, count);
                assert_eq!(shape.is_ok(), takes.contains(&count), "{kind:?} {count}");
                if let Err(error) = shape {
                    assert!(matches!(error, AssistError::Refused { .. }), "{error}");
                }
            }
        }
        let circle = Shape::Circle {
            center: [0.0, 0.1],
            radius: [0.2, 0.3],
        };
        assert_eq!(stroke(Circle, 4), Ok(circle));
    }
}
