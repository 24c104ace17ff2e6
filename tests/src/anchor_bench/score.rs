//! Comparing what a tracker showed with the truth.

use super::{DELIVERED_AT, Nine, Shown};
use crate::scenes::truth::Truth;

/// A thing is in view while at least this share of its nine points is to be seen.
pub const IN_VIEW: f64 = 0.5;
/// Mean distance of the nine points below which a drawing is on its thing, source pixels.
pub const NEAR_PX: f64 = 5.0;
/// Mean distance above which a drawing points at something else, source pixels.
pub const FAR_PX: f64 = 15.0;
/// Seconds for which a drawing may outlive its thing.
pub const GRACE_S: f64 = 0.5;
/// Frames without any point to be seen that make the next sight of the thing a return.
const AWAY_FRAMES: usize = 10;

/// What a clip is, as far as scoring goes.
#[derive(Debug, Clone, Copy)]
pub struct Film {
    /// Source pixels.
    pub width: usize,
    /// Source pixels.
    pub height: usize,
    /// Frames a second.
    pub fps: f64,
}

/// Counts of one sequence, or of several together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// Error of each frame with the thing in view and the drawing shown, source pixels.
    pub errors: Vec<f64>,
    /// Frames with the thing in view.
    pub in_view: usize,
    /// Of these, shown within [`NEAR_PX`].
    pub near: usize,
    /// Frames with the thing in view after it was away once.
    pub returned: usize,
    /// Of these, shown within [`NEAR_PX`].
    pub returned_near: usize,
    /// Frames on which any point was shown inside the picture.
    pub shown: usize,
    /// Of these, more than [`FAR_PX`] off.
    pub false_shown: usize,
    /// Frames without the thing, from [`GRACE_S`] after it went.
    pub absent: usize,
    /// Of these, shown.
    pub absent_shown: usize,
    /// Frames that each return took until the drawing was back within [`NEAR_PX`]; a return that
    /// never succeeded counts until the thing went again or the sequence ended.
    pub comebacks: Vec<usize>,
}

impl Score {
    /// Scores a sequence; `truth` and `shown` have one entry a frame, and scoring begins with the
    /// frame on which the drawing arrived.
    pub fn of(film: Film, truth: &[Option<Truth>], shown: &[Shown]) -> Self {
        let mut score = Self::default();
        let grace = (GRACE_S * film.fps).ceil() as usize;
        let (mut away, mut was_away) = (0, false);
        let mut waiting: Option<usize> = None;
        for (truth, shown) in truth.iter().zip(shown).skip(DELIVERED_AT) {
            let Some(truth) = truth else { continue };
            let error = shown
                .as_ref()
                .map(|points| mean_error(points, &truth.points));
            let near = error.is_some_and(|error| error <= NEAR_PX);
            let seen = shown.as_ref().is_some_and(|points| touches(points, film));
            if seen {
                score.shown += 1;
                // A pose that is not a number is off; a truth that is none says nothing.
                let known = truth
                    .points
                    .iter()
                    .all(|p| p.coords.iter().all(|v| v.is_finite()));
                let off = !error.is_some_and(|error| error <= FAR_PX);
                score.false_shown += usize::from(known && off);
            }
            if truth.visible >= IN_VIEW {
                if away >= AWAY_FRAMES {
                    was_away = true;
                    waiting = Some(0);
                }
                away = 0;
                score.in_view += 1;
                score.near += usize::from(near);
                score.errors.extend(error.filter(|error| error.is_finite()));
                if was_away {
                    score.returned += 1;
                    score.returned_near += usize::from(near);
                }
                match waiting {
                    Some(frames) if near => {
                        score.comebacks.push(frames);
                        waiting = None;
                    }
                    Some(frames) => waiting = Some(frames + 1),
                    None => {}
                }
            } else if truth.visible <= 0.0 {
                away += 1;
                if away > grace {
                    score.absent += 1;
                    score.absent_shown += usize::from(seen);
                }
                if away >= AWAY_FRAMES {
                    score.comebacks.extend(waiting.take());
                }
            }
        }
        score.comebacks.extend(waiting);
        score
    }

    /// Adds another sequence.
    pub fn merge(&mut self, other: &Self) {
        self.errors.extend_from_slice(&other.errors);
        self.in_view += other.in_view;
        self.near += other.near;
        self.returned += other.returned;
        self.returned_near += other.returned_near;
        self.shown += other.shown;
        self.false_shown += other.false_shown;
        self.absent += other.absent;
        self.absent_shown += other.absent_shown;
        self.comebacks.extend_from_slice(&other.comebacks);
    }
}

/// Mean distance of nine points, in their own unit.
pub fn mean_error(shown: &Nine, truth: &Nine) -> f64 {
    let sum: f64 = shown
        .iter()
        .zip(truth)
        .map(|(a, b)| nalgebra::distance(a, b))
        .sum();
    sum / 9.0
}

/// Whether any of the points is inside the picture; a drawing outside is seen by nobody.
fn touches(points: &Nine, film: Film) -> bool {
    let (width, height) = (film.width as f64 - 0.5, film.height as f64 - 0.5);
    points
        .iter()
        .any(|p| (-0.5..width).contains(&p.x) && (-0.5..height).contains(&p.y))
}

/// The value below which a share of the values lies, or `None` of none.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).round() as usize).copied()
}

/// `part / whole`, or `None` of nothing.
pub fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;
