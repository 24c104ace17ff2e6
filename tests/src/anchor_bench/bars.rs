//! The figures of a set of sequences, and the bars that they are held to.

use super::{
    class::Class,
    score::{Score, quantile, share},
};
use serde::Serialize;

/// Figures of one sequence or of several together; shares are 0 to 1, distances source pixels.
/// What cannot be measured is `null`.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Median error while in view and shown.
    pub median_px: Option<f64>,
    /// 95 % of the errors are below.
    pub p95_px: Option<f64>,
    /// Share of the frames in view that are shown within 5 px.
    pub s5_in_view: Option<f64>,
    /// The same, after the thing was away once.
    pub s5_return: Option<f64>,
    /// Share of the shown frames that are more than 15 px off.
    pub false_show: f64,
    /// Share of the frames without the thing, half a second after it went, that show it.
    pub absent_show: f64,
    /// Median frames of a comeback.
    pub comeback_median_frames: Option<f64>,
    /// Most frames of a comeback.
    pub comeback_worst_frames: Option<usize>,
}

impl Figures {
    /// The figures of a score.
    pub fn of(score: &Score) -> Self {
        let comebacks: Vec<f64> = score.comebacks.iter().map(|&n| n as f64).collect();
        Self {
            median_px: quantile(&score.errors, 0.5).map(rounded),
            p95_px: quantile(&score.errors, 0.95).map(rounded),
            s5_in_view: share(score.near, score.in_view).map(rounded),
            s5_return: share(score.returned_near, score.returned).map(rounded),
            false_show: rounded(share(score.false_shown, score.shown).unwrap_or(0.0)),
            absent_show: rounded(share(score.absent_shown, score.absent).unwrap_or(0.0)),
            comeback_median_frames: quantile(&comebacks, 0.5),
            comeback_worst_frames: score.comebacks.iter().max().copied(),
        }
    }
}

/// Four decimals, rounded away from zero so that a single bad frame never reads as none.
pub fn rounded(value: f64) -> f64 {
    let near = (value * 1e4).round() / 1e4;
    if near == 0.0 && value > 0.0 {
        1e-4
    } else {
        near
    }
}

/// What a class must reach.
#[derive(Debug, Clone, Copy)]
pub struct Bar {
    /// At most.
    pub median_px: f64,
    /// At most.
    pub p95_px: f64,
    /// At least.
    pub s5_in_view: f64,
    /// At most.
    pub false_show: f64,
}

/// The bar of a class.
pub fn of_class(class: Class) -> Bar {
    let (median_px, p95_px, s5_in_view, false_show) = match class {
        Class::Flat => (0.3, 1.0, 0.99, 0.0),
        Class::Hard => (0.4, 2.0, 0.93, 0.0),
        // Being on the right one of many is the bar; how exactly is not held.
        Class::Repeat => (f64::INFINITY, f64::INFINITY, 0.85, 0.0),
        Class::Curved => (2.5, 8.0, 0.75, 0.02),
    };
    Bar {
        median_px,
        p95_px,
        s5_in_view,
        false_show,
    }
}

/// Frames that a comeback may take: the median, and the worst.
pub const COMEBACK_FRAMES: (f64, usize) = (4.0, 10);

/// CPU over SIFT's that pictures this many pixels wide may cost.
fn most_cost(size: usize) -> f64 {
    if size >= 1280 { 0.05 } else { 0.1 }
}

/// Says when the CPU is too much against SIFT's, where that was measured.
pub fn cost_missed(ratio_vs_sift: Option<f64>, size: usize) -> Option<String> {
    let (ratio, most) = (ratio_vs_sift?, most_cost(size));
    (ratio > most).then(|| format!("ratio_vs_sift {ratio} > {most}"))
}

impl Bar {
    /// Says which figures miss the bar; nothing measured is a miss.
    pub fn missed(&self, figures: &Figures) -> Vec<String> {
        let mut missed = Vec::new();
        let mut hold = |name: &str, value: Option<f64>, most: f64| {
            if !value.is_some_and(|value| value <= most) {
                let value = value.map_or("nothing".to_owned(), |value| value.to_string());
                missed.push(format!("{name} {value} > {most}"));
            }
        };
        if self.median_px.is_finite() {
            hold("median_px", figures.median_px, self.median_px);
            hold("p95_px", figures.p95_px, self.p95_px);
        }
        hold("false_show", Some(figures.false_show), self.false_show);
        hold("absent_show", Some(figures.absent_show), 0.0);
        if let Some(worst) = figures.comeback_worst_frames {
            let (median_bar, worst_bar) = COMEBACK_FRAMES;
            hold(
                "comeback_median",
                figures.comeback_median_frames,
                median_bar,
            );
            hold("comeback_worst", Some(worst as f64), worst_bar as f64);
        }
        if !figures.s5_in_view.is_some_and(|s5| s5 >= self.s5_in_view) {
            let s5 = figures.s5_in_view.unwrap_or(0.0);
            missed.push(format!("s5_in_view {s5} < {}", self.s5_in_view));
        }
        missed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score() -> Score {
        Score {
            errors: vec![0.1; 100],
            in_view: 100,
            near: 100,
            shown: 100,
            absent: 20,
            ..Score::default()
        }
    }

    #[test]
    fn a_good_score_passes_and_each_fault_fails() {
        let bar = of_class(Class::Flat);
        let missed = |score: &Score| bar.missed(&Figures::of(score));
        assert!(missed(&score()).is_empty());
        type Fault = fn(&mut Score);
        let faults: [(&str, Fault); 6] = [
            ("median_px", |s| s.errors = vec![0.4; 100]),
            ("p95_px", |s| s.errors[..6].fill(3.0)),
            ("s5_in_view", |s| s.near = 98),
            ("false_show", |s| s.false_shown = 1),
            ("absent_show", |s| s.absent_shown = 1),
            ("comeback", |s| s.comebacks = vec![0, 0, 11]),
        ];
        for (name, spoil) in faults {
            let mut bad = score();
            spoil(&mut bad);
            let missed = missed(&bad);
            assert_eq!(missed.len(), 1, "{name}: {missed:?}");
            assert!(missed[0].starts_with(name), "{missed:?}");
        }
    }

    #[test]
    fn a_tracker_that_never_shows_anything_misses_the_bar() {
        let hidden = Score {
            in_view: 100,
            ..Score::default()
        };
        let missed = of_class(Class::Curved).missed(&Figures::of(&hidden));
        assert_eq!(missed.len(), 3, "{missed:?}");
    }

    #[test]
    fn a_cost_above_a_tenth_of_sifts_is_told_at_640_and_above_a_twentieth_at_1280() {
        assert_eq!(cost_missed(Some(0.09), 640), None);
        assert_eq!(cost_missed(None, 640), None, "not measured");
        assert!(cost_missed(Some(0.11), 640).is_some());
        assert!(cost_missed(Some(0.09), 1280).is_some());
    }

    #[test]
    fn one_bad_frame_of_many_is_not_rounded_away() {
        let mut one = score();
        (one.shown, one.false_shown) = (100_000, 1);
        assert!(Figures::of(&one).false_show > 0.0);
    }
}
