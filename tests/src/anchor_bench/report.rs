//! One JSON line with every figure, and a table for people.

use super::{
    BenchError, DELIVERED_AT,
    bars::{self, Figures, rounded},
    baseline,
    class::Class,
    clip::Clip,
    cpu::Mean,
    engine::{self, Run},
    pairs::PairFigures,
    score::{Film, Score, mean_error, quantile, share},
};
use crate::scenes::truth::Truth;
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write as _};

/// Flat sequences on which five drawings are compared with one.
const SEVERAL_RUNS: usize = 6;

/// How much is compared besides the engine itself.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// SIFT looks at every such frame.
    pub sift_every: usize,
    /// Frames of the comparison of five drawings with one.
    pub several_frames: usize,
    /// Nothing is compared: only the engine runs.
    pub engine_only: bool,
}

/// A baseline's figures.
#[derive(Debug, Clone, Serialize)]
pub struct BaselineFigures {
    /// As for the engine, over the frames that it looked at.
    pub figures: Figures,
    /// CPU a frame.
    pub cpu_ms_per_frame: Option<f64>,
}

/// One sequence's part of the line.
#[derive(Debug, Clone, Serialize)]
pub struct Sequence {
    /// The video's name.
    pub name: String,
    /// Which bar it is held to.
    pub class: Class,
    /// Why the drawing was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// How the engine did.
    #[serde(flatten)]
    pub figures: Figures,
    /// CPU a frame.
    pub cpu_ms_per_frame: Option<f64>,
    /// SIFT's CPU a frame.
    pub sift_cpu_ms_per_frame: Option<f64>,
    /// Share of SIFT's frames in view within 5 px.
    pub sift_s5_in_view: Option<f64>,
    /// Share of chained flow's frames in view within 5 px.
    pub flow_s5_in_view: Option<f64>,
    /// CPU with five drawings over CPU with one, where that was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub five_anchors_ratio: Option<f64>,
}

/// A class's part of the line.
#[derive(Debug, Clone, Serialize)]
pub struct ClassFigures {
    /// How many.
    pub sequences: usize,
    /// How the engine did.
    #[serde(flatten)]
    pub figures: Figures,
    /// CPU a frame.
    pub cpu_ms_per_frame: Option<f64>,
    /// SIFT's CPU a frame.
    pub sift_cpu_ms_per_frame: Option<f64>,
    /// The first over the second.
    pub ratio_vs_sift: Option<f64>,
    /// What misses the class's bar.
    pub missed: Vec<String>,
}

/// The line.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    bench: &'static str,
    /// Width of the pictures.
    size: usize,
    /// How many were run.
    pub sequences: usize,
    by_class: BTreeMap<Class, ClassFigures>,
    #[serde(flatten)]
    figures: Figures,
    flat_s5: Option<f64>,
    hard_s5: Option<f64>,
    repeat_false_show: Option<f64>,
    curved_median_px: Option<f64>,
    cpu_ms_per_frame: Option<f64>,
    sift_cpu_ms_per_frame: Option<f64>,
    ratio_vs_sift: Option<f64>,
    fast_forward_vs_sift: Option<f64>,
    five_anchors_ratio: Option<f64>,
    /// By how many source pixels 95 % of the drawings among five are at most elsewhere than alone.
    five_anchors_apart_px: Option<f64>,
    /// Share of the drawings among five that are hidden where they are shown alone.
    five_anchors_hidden: Option<f64>,
    sift: BaselineFigures,
    chained_flow: BaselineFigures,
    pairs: Option<PairFigures>,
    /// What could not be run, and why.
    left_out: Vec<String>,
    per_sequence: Vec<Sequence>,
}

/// One class so far.
#[derive(Default)]
struct OfClass {
    sequences: usize,
    score: Score,
    frame_ms: Mean,
    sift_ms: Mean,
}

/// Collects sequences.
#[derive(Default)]
pub struct Collector {
    scores: BTreeMap<Class, OfClass>,
    sift: (Score, Mean),
    flow: (Score, Mean),
    frame_ms: Mean,
    attach_ms: Mean,
    several: engine::Several,
    several_runs: usize,
    sequences: Vec<Sequence>,
    left_out: Vec<String>,
}

impl Collector {
    /// Notes a file that cannot be run, with the reason.
    pub fn leave_out(&mut self, reason: String) {
        self.left_out.push(reason);
    }

    /// Whether anything was left out.
    pub fn has_left_out(&self) -> bool {
        !self.left_out.is_empty()
    }

    /// Runs everything over one clip; gives its line of the table and a trace of its frames.
    ///
    /// # Errors
    /// See [`BenchError`].
    pub fn add(&mut self, clip: &Clip, effort: Effort) -> Result<(String, String), BenchError> {
        let source = clip.video.source;
        let film = Film {
            width: source.width,
            height: source.height,
            fps: source.fps,
        };
        let run = engine::run(clip)?;
        let shown: Vec<_> = run.said.iter().map(|said| said.shown).collect();
        let score = Score::of(film, &clip.truth, &shown);
        // What the engine is compared with costs more than the engine: one drawing is enough.
        let compares = clip.drawing == 0 && !effort.engine_only;
        let (sift, flow) = if compares {
            (
                baseline::sift(clip, effort.sift_every)?,
                baseline::chained_flow(clip)?,
            )
        } else {
            Default::default()
        };
        let sift_score = Score::of(film, &only(&clip.truth, &sift.looked), &sift.shown);
        let flow_score = Score::of(film, &clip.truth, &flow.shown);
        let wanted = compares && clip.class == Class::Flat;
        let enough = self.several_runs >= SEVERAL_RUNS || !wanted;
        let several = if enough {
            None
        } else {
            engine::one_and_five(clip, effort.several_frames)?
        };
        let five_ratio = several
            .as_ref()
            .and_then(engine::Several::ratio)
            .map(rounded);
        if let Some(several) = several {
            self.several_runs += 1;
            self.several.merge(several);
        }
        let sequence = Sequence {
            name: clip.name.clone(),
            class: clip.class,
            refused: run.refused.clone(),
            figures: Figures::of(&score),
            cpu_ms_per_frame: run.frame_ms.value().map(rounded),
            sift_cpu_ms_per_frame: sift.frame_ms.value().map(rounded),
            sift_s5_in_view: Figures::of(&sift_score).s5_in_view,
            flow_s5_in_view: Figures::of(&flow_score).s5_in_view,
            five_anchors_ratio: five_ratio,
        };
        let line = table_line(&sequence);
        self.sequences.push(sequence);
        let class = self.scores.entry(clip.class).or_default();
        class.sequences += 1;
        class.score.merge(&score);
        class.frame_ms.merge(run.frame_ms);
        class.sift_ms.merge(sift.frame_ms);
        self.sift.0.merge(&sift_score);
        self.sift.1.merge(sift.frame_ms);
        self.flow.0.merge(&flow_score);
        self.flow.1.merge(flow.frame_ms);
        self.frame_ms.merge(run.frame_ms);
        self.attach_ms.merge(run.attach_ms);
        Ok((line, trace(clip, &run)))
    }

    /// The whole.
    pub fn report(self, size: usize, pairs: Option<PairFigures>) -> Report {
        let mut all = Score::default();
        let mut by_class = BTreeMap::new();
        let ratio = |above: Option<f64>, below: Option<f64>| {
            above
                .zip(below)
                .map(|(above, below)| rounded(above / below))
        };
        for (class, of_class) in &self.scores {
            all.merge(&of_class.score);
            let figures = Figures::of(&of_class.score);
            let (frame_ms, sift_ms) = (of_class.frame_ms.value(), of_class.sift_ms.value());
            let ratio_vs_sift = ratio(frame_ms, sift_ms);
            let mut missed = bars::of_class(*class).missed(&figures);
            missed.extend(bars::cost_missed(ratio_vs_sift, size));
            by_class.insert(
                *class,
                ClassFigures {
                    sequences: of_class.sequences,
                    figures,
                    cpu_ms_per_frame: frame_ms.map(rounded),
                    sift_cpu_ms_per_frame: sift_ms.map(rounded),
                    ratio_vs_sift,
                    missed,
                },
            );
        }
        let of = |class: Class| by_class.get(&class).map(|class| class.figures.clone());
        let (frame_ms, sift_ms) = (self.frame_ms.value(), self.sift.1.value());
        let baseline = |(score, ms): &(Score, Mean)| BaselineFigures {
            figures: Figures::of(score),
            cpu_ms_per_frame: ms.value().map(rounded),
        };
        Report {
            bench: "anchor",
            size,
            sequences: self.sequences.len(),
            figures: Figures::of(&all),
            flat_s5: of(Class::Flat).and_then(|figures| figures.s5_in_view),
            hard_s5: of(Class::Hard).and_then(|figures| figures.s5_in_view),
            repeat_false_show: of(Class::Repeat).map(|figures| figures.false_show),
            curved_median_px: of(Class::Curved).and_then(|figures| figures.median_px),
            cpu_ms_per_frame: frame_ms.map(rounded),
            sift_cpu_ms_per_frame: sift_ms.map(rounded),
            ratio_vs_sift: ratio(frame_ms, sift_ms),
            fast_forward_vs_sift: ratio(self.attach_ms.value(), sift_ms),
            five_anchors_ratio: self.several.ratio().map(rounded),
            five_anchors_apart_px: quantile(&self.several.apart, 0.95).map(rounded),
            five_anchors_hidden: share(self.several.hidden, self.several.drawn).map(rounded),
            sift: baseline(&self.sift),
            chained_flow: baseline(&self.flow),
            pairs,
            by_class,
            left_out: self.left_out,
            per_sequence: self.sequences,
        }
    }
}

impl Report {
    /// The table's last lines: classes and what they miss, then the costs.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        for (class, class_figures) in &self.by_class {
            let missed = &class_figures.missed;
            let verdict = if missed.is_empty() {
                "holds its bar".to_owned()
            } else {
                format!("misses: {}", missed.join(", "))
            };
            let name = format!("{} ({})", class.name(), class_figures.sequences);
            let ms = class_figures.cpu_ms_per_frame.unwrap_or(0.0);
            let ratio = class_figures.ratio_vs_sift;
            let of_sift = ratio.map_or(String::new(), |ratio| format!(" ({ratio:.3} of SIFT's)"));
            let _ = writeln!(
                text,
                "{} {ms:>5.1}{of_sift} | {verdict}",
                columns(&name, &class_figures.figures)
            );
        }
        let number = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.3}"));
        let _ = writeln!(
            text,
            "CPU {} ms a frame; of SIFT's {} ms: {}; fast-forward {}; five drawings {}, {} px from alone, \
             {} hidden",
            number(self.cpu_ms_per_frame),
            number(self.sift_cpu_ms_per_frame),
            number(self.ratio_vs_sift),
            number(self.fast_forward_vs_sift),
            number(self.five_anchors_ratio),
            number(self.five_anchors_apart_px),
            number(self.five_anchors_hidden),
        );
        for reason in &self.left_out {
            let _ = writeln!(text, "left out: {reason}");
        }
        text
    }
}

/// The truth of those frames that were looked at.
fn only(truth: &[Option<Truth>], looked: &[bool]) -> Vec<Option<Truth>> {
    let pairs = truth.iter().zip(looked);
    pairs
        .map(|(truth, &looked)| truth.clone().filter(|_| looked))
        .collect()
}

/// The heads of the table's columns.
pub const COLUMNS: &str =
    "sequence                 median    p95    s5 return  false absent comeback    ms  /SIFT  five";

fn columns(name: &str, figures: &Figures) -> String {
    let px = |value: Option<f64>| value.map_or("-".into(), |v| format!("{v:.2}"));
    let percent = |value: Option<f64>| value.map_or("-".into(), |v| format!("{:.1}", 100.0 * v));
    let comeback = figures
        .comeback_median_frames
        .zip(figures.comeback_worst_frames)
        .map_or("-".into(), |(median, worst)| format!("{median}/{worst}"));
    format!(
        "{name:<24} {:>6} {:>6} {:>5} {:>6} {:>6} {:>6} {comeback:>8}",
        px(figures.median_px),
        px(figures.p95_px),
        percent(figures.s5_in_view),
        percent(figures.s5_return),
        percent(Some(figures.false_show)),
        percent(Some(figures.absent_show)),
    )
}

fn table_line(sequence: &Sequence) -> String {
    let ms = sequence.cpu_ms_per_frame.unwrap_or(0.0);
    let refused = sequence.refused.as_deref().unwrap_or("");
    let sift = sequence.sift_cpu_ms_per_frame;
    let of_sift = sift.map_or(String::new(), |sift| format!("{:.3}", ms / sift));
    let five = sequence.five_anchors_ratio;
    let five = five.map_or(String::new(), |ratio| format!("{ratio:.2}"));
    format!(
        "{} {ms:>5.1} {of_sift:>6} {five:>5} {refused}",
        columns(&sequence.name, &sequence.figures)
    )
}

/// A line a frame: what a person needs to see why a figure is bad.
fn trace(clip: &Clip, run: &Run) -> String {
    let mut text = String::from("frame,visible,status,confidence,error_px,reason");
    (0..9).for_each(|point| text.push_str(&format!(",error{point}_px")));
    text.push('\n');
    for (n, said) in run.said.iter().enumerate().skip(DELIVERED_AT) {
        let truth = clip.truth[n].as_ref();
        let visible = truth.map_or(String::new(), |truth| format!("{:.3}", truth.visible));
        let error = truth
            .zip(said.shown)
            .map_or(String::new(), |(truth, shown)| {
                format!("{:.3}", mean_error(&shown, &truth.points))
            });
        let status = said.status.map_or(String::new(), |s| format!("{s:?}"));
        let reason = said.reason.map_or(String::new(), |r| format!("{r:?}"));
        let _ = write!(
            text,
            "{n},{visible},{status},{:.3},{error},{reason}",
            said.confidence
        );
        for (shown, truth) in truth
            .zip(said.shown)
            .into_iter()
            .flat_map(|(truth, shown)| shown.into_iter().zip(truth.points))
        {
            let _ = write!(text, ",{:.1}", nalgebra::distance(&shown, &truth));
        }
        text.push('\n');
    }
    text
}
