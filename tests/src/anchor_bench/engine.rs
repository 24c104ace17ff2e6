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

/// Five drawings beside one.
#[derive(Debug, Clone, Default)]
pub struct Several {
    /// CPU milliseconds a frame with one drawing.
    pub one_ms: cpu::Mean,
    /// The same with five.
    pub five_ms: cpu::Mean,
    /// By how much a drawing among five is elsewhere than the same drawing alone, where both are
    /// shown: mean distance of its nine points, source pixels.
    pub apart: Vec<f64>,
    /// Drawings on frames.
    pub drawn: usize,
    /// Of these, shown alone and not among five.
    pub hidden: usize,
    /// Shown among five and not alone.
    pub added: usize,
}

impl Several {
    /// Adds what another clip gave.
    pub fn merge(&mut self, other: Self) {
        self.one_ms.merge(other.one_ms);
        self.five_ms.merge(other.five_ms);
        self.apart.extend(other.apart);
        self.drawn += other.drawn;
        self.hidden += other.hidden;
        self.added += other.added;
    }

    /// CPU with five over CPU with one.
    pub fn ratio(&self) -> Option<f64> {
        let (one, five) = (self.one_ms.value()?, self.five_ms.value()?);
        Some(five / one)
    }

    fn compare(&mut self, clip: &Clip, outline: &[[f32; 2]], a: &AnchorPose, b: &AnchorPose) {
        self.drawn += 1;
        match [a, b].map(|pose| pose.status != Status::Lost) {
            [true, true] => {
                let (w, h) = (
                    clip.video.source.width as f64,
                    clip.video.source.height as f64,
                );
                let apart = outline.iter().filter_map(|point| {
                    let point = point.map(f64::from);
                    let (a, b) = (a.place(point)?, b.place(point)?);
                    Some(((a[0] - b[0]) * w).hypot((a[1] - b[1]) * h))
                });
                self.apart.push(apart.sum::<f64>() / outline.len() as f64);
            }
            [false, true] => self.hidden += 1,
            [true, false] => self.added += 1,
            [false, false] => {}
        }
    }
}

/// Runs one drawing and five over the first `frames` frames, and each of the five alone; `None`
/// when fewer than five places around the drawing can be held.
///
/// # Errors
/// [`BenchError::Engine`] when a frame is refused.
pub fn one_and_five(clip: &Clip, frames: usize) -> Result<Option<Several>, BenchError> {
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
    // Frame by frame in turn: what else the machine does meanwhile slows both.
    let mut five = Follow::of(&held);
    let mut alone: Vec<Follow<'_>> = held.chunks(1).map(Follow::of).collect();
    let mut several = Several::default();
    for n in 0..frames {
        let among = five.step(clip, n)?;
        for (k, (follow, outline)) in alone.iter_mut().zip(&held).enumerate() {
            let by_itself = follow.step(clip, n)?;
            let pair = among.get(k).zip(by_itself.first());
            if let Some((among, by_itself)) = pair.filter(|_| n > DELIVERED_AT) {
                several.compare(clip, outline, among, by_itself);
            }
        }
    }
    several.one_ms = alone[0].run.frame_ms;
    several.five_ms = five.run.frame_ms;
    Ok(Some(several))
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
    let mut follow = Follow::of(outlines);
    for n in 0..frames.min(clip.video.pictures.len()) {
        follow.step(clip, n)?;
    }
    Ok(follow.run)
}

/// An engine and what it has done so far.
struct Follow<'a> {
    engine: Engine,
    outlines: &'a [Vec<[f32; 2]>],
    run: Run,
}

impl<'a> Follow<'a> {
    fn of(outlines: &'a [Vec<[f32; 2]>]) -> Self {
        Self {
            engine: Engine::new(EngineConfig::default()),
            outlines,
            run: Run::default(),
        }
    }

    /// Pushes the `n`th frame, attaches the drawings when they arrive, and notes what is said of
    /// the first; gives the poses of all.
    fn step(&mut self, clip: &Clip, n: usize) -> Result<Vec<AnchorPose>, BenchError> {
        let (video, run) = (&clip.video, &mut self.run);
        let frame = LumaFrame {
            time: time_of(n),
            width: video.width as u32,
            height: video.height as u32,
            stride: video.width,
            data: &video.pictures[n],
        };
        let (result, ms) = cpu::spent_ms(|| self.engine.push_frame(frame));
        let result = result?;
        let mut said = about_first(clip, &result);
        if n > DELIVERED_AT {
            run.frame_ms.add(ms);
        }
        if n == DELIVERED_AT {
            for (anchor, outline) in self.outlines.iter().enumerate() {
                let request = AttachRequest {
                    anchor: anchor as u32,
                    frame_time: Some(time_of(DRAWN_ON)),
                    outline: outline.clone(),
                };
                let (attached, ms) = cpu::spent_ms(|| self.engine.attach(request));
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
        Ok(result.poses)
    }
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
