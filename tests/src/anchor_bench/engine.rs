//! Running the anchor engine over a clip.

use super::{BenchError, DELIVERED_AT, DRAWN_ON, Shown, clip::Clip, cpu};
use nalgebra::Point2;
use sightline_vision::{
    AnchorPose, AttachRequest, Engine, EngineConfig, FrameResult, LumaFrame, Reason, Status,
};

/// RTP ticks between frames.
const TICKS: u32 = 3000;
/// Chosen so that the time line wraps in every sequence.
const FIRST_TIME: u32 = u32::MAX - 50 * TICKS;
/// Drawings of the test with several.
const SEVERAL: usize = 5;

/// What the engine said about one frame.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said {
    /// Where it shows the drawing.
    pub shown: Shown,
    /// The status, once the drawing is attached.
    pub status: Option<Status>,
    /// Share of the surroundings that it recognised.
    pub confidence: f32,
    /// Why the status changed on this frame, if it did.
    pub reason: Option<Reason>,
}

/// What the engine did with a clip.
#[derive(Debug, Default)]
pub struct Run {
    /// One entry a frame.
    pub said: Vec<Said>,
    /// CPU of each frame after the drawing arrived.
    pub frame_ms: cpu::Mean,
    /// CPU of attaching to a frame [`DELIVERED_AT`]` - `[`DRAWN_ON`] frames ago.
    pub attach_ms: cpu::Mean,
    /// Why the drawing was refused, if it was.
    pub refused: Option<String>,
}

/// Pushes the clip's frames, attaches the drawing late, and notes what is said about it.
///
/// # Errors
/// [`BenchError::Engine`] when a frame is refused.
pub fn run(clip: &Clip) -> Result<Run, BenchError> {
    let outline = outline_of(clip, [0.0; 2]);
    follow(clip, &[outline], clip.video.pictures.len())
}

/// CPU milliseconds a frame with one drawing and with five, over the first `frames` frames; `None`
/// when fewer than five places around the drawing can be held.
///
/// # Errors
/// [`BenchError::Engine`] when a frame is refused.
pub fn one_and_five(clip: &Clip, frames: usize) -> Result<Option<(f64, f64)>, BenchError> {
    let frames = frames.min(clip.video.pictures.len());
    let mut held = vec![outline_of(clip, [0.0; 2])];
    // Copies of the drawing around it, the nearest first.
    'rings: for ring in [0.5, 0.9, 1.4] {
        for (x, y) in [
            (1, 0),
            (-1, 0),
            (0, 1),
            (0, -1),
            (1, 1),
            (-1, -1),
            (1, -1),
            (-1, 1),
        ] {
            if held.len() == SEVERAL {
                break 'rings;
            }
            let outline = outline_of(clip, [ring * f64::from(x), ring * f64::from(y)]);
            let inside = outline
                .iter()
                .flatten()
                .all(|share| (0.0..=1.0).contains(share));
            let trial = std::slice::from_ref(&outline);
            if inside && follow(clip, trial, DELIVERED_AT + 1)?.refused.is_none() {
                held.push(outline);
            }
        }
    }
    if held.len() < SEVERAL {
        return Ok(None);
    }
    let one = follow(clip, &held[..1], frames)?.frame_ms.value();
    let five = follow(clip, &held, frames)?.frame_ms.value();
    Ok(one.zip(five))
}

/// The drawing moved by shares of its own width and height, in shares of the frame.
fn outline_of(clip: &Clip, by: [f64; 2]) -> Vec<[f32; 2]> {
    let shares = clip.drawn.map(|point| clip.share(point));
    let side = |axis: usize| {
        let values = shares.iter().map(|share| share[axis]);
        let high = values.clone().fold(f64::MIN, f64::max);
        high - values.fold(f64::MAX, f64::min)
    };
    let (width, height) = (side(0), side(1));
    shares
        .iter()
        .map(|[x, y]| [(x + by[0] * width) as f32, (y + by[1] * height) as f32])
        .collect()
}

fn follow(clip: &Clip, outlines: &[Vec<[f32; 2]>], frames: usize) -> Result<Run, BenchError> {
    let video = &clip.video;
    let mut engine = Engine::new(EngineConfig::default());
    let mut run = Run::default();
    for (n, picture) in video.pictures.iter().take(frames).enumerate() {
        let frame = LumaFrame {
            time: time_of(n),
            width: video.width as u32,
            height: video.height as u32,
            stride: video.width,
            data: picture,
        };
        let (result, ms) = cpu::spent_ms(|| engine.push_frame(frame));
        let mut said = about_first(clip, &result?);
        if n > DELIVERED_AT {
            run.frame_ms.add(ms);
        }
        if n == DELIVERED_AT {
            for (anchor, outline) in outlines.iter().enumerate() {
                let request = AttachRequest {
                    anchor: anchor as u32,
                    frame_time: Some(time_of(DRAWN_ON)),
                    outline: outline.clone(),
                };
                let (attached, ms) = cpu::spent_ms(|| engine.attach(request));
                match attached {
                    Ok(attached) => {
                        run.attach_ms.add(ms);
                        if anchor == 0 {
                            said = about(clip, &attached.pose);
                        }
                    }
                    Err(refused) => run.refused = Some(refused.to_string()),
                }
            }
        }
        run.said.push(said);
    }
    Ok(run)
}

fn time_of(frame: usize) -> u32 {
    FIRST_TIME.wrapping_add(frame as u32 * TICKS)
}

fn about_first(clip: &Clip, result: &FrameResult) -> Said {
    let pose = result.poses.iter().find(|pose| pose.anchor == 0);
    let mut said = pose.map(|pose| about(clip, pose)).unwrap_or_default();
    let change = result.changes.iter().rfind(|change| change.anchor == 0);
    said.reason = change.map(|change| change.reason);
    said
}

fn about(clip: &Clip, pose: &AnchorPose) -> Said {
    let visible = pose.status != Status::Lost;
    Said {
        shown: visible.then(|| place(clip, pose)).flatten(),
        status: Some(pose.status),
        confidence: pose.confidence,
        reason: None,
    }
}

/// The drawing's points in source pixels; behind the camera is infinitely far away.
fn place(clip: &Clip, pose: &AnchorPose) -> Shown {
    let source = &clip.video.source;
    let (width, height) = (source.width as f64, source.height as f64);
    let placed = clip.drawn.map(|point| {
        let at = pose.place(clip.share(point));
        let [x, y] = at.unwrap_or([f64::INFINITY; 2]);
        Point2::new(x * width - 0.5, y * height - 0.5)
    });
    Some(placed)
}
