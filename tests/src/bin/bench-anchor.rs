//! Measures the anchor engine against known truth; `docs/benchmarks.md` defines every figure.

use anyhow::{Context, ensure};
use clap::Parser;
use sightline_tests::{
    anchor_bench::{
        BenchError,
        clip::{self, Clip},
        pairs,
        report::{COLUMNS, Collector, Effort},
    },
    anchor_scenes::set,
};
use std::{path::PathBuf, process::ExitCode};

/// Runs the anchor engine, SIFT and chained flow over sequences with known truth. The table goes to
/// standard error; the last line of standard output is JSON.
#[derive(Parser)]
struct Options {
    /// A folder of .mp4, .avi or .mkv files, each with its .gt.csv; the project's own set if not
    /// given.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Width of the pictures in pixels.
    #[arg(long, default_value_t = 640, value_parser = clap::value_parser!(u32).range(64..=4096))]
    size: u32,
    /// Where the project's own set is made.
    #[arg(long, default_value = "target/anchor-set")]
    set: PathBuf,
    /// Seeds of the set that is made, for sequences that nobody has seen before.
    #[arg(long, value_delimiter = ',', default_values_t = set::SEEDS)]
    seeds: Vec<u64>,
    /// Only sequences whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// SIFT looks at one frame in this many.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    sift_every: u32,
    /// Frames over which five drawings are compared with one.
    #[arg(long, default_value_t = 90)]
    several_frames: u32,
    /// Leaves out what the engine is compared with.
    #[arg(long)]
    engine_only: bool,
    /// Leaves out the pairs of pictures.
    #[arg(long)]
    no_pairs: bool,
    /// Only the pairs of pictures.
    #[arg(long)]
    pairs_only: bool,
    /// Writes a line a frame for each sequence to this folder.
    #[arg(long)]
    traces: Option<PathBuf>,
    /// Only makes the project's own set.
    #[arg(long)]
    make_set: bool,
    /// Only sequences at least this wide, in source pixels.
    #[arg(long, default_value_t = 0)]
    min_width: usize,
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        // The figures were printed, but they are not of everything that was asked for.
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench-anchor: {}", said(&error));
            ExitCode::from(2)
        }
    }
}

/// An error with its causes; what it says of a cause itself is not said again.
fn said(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// `false` when something had to be left out.
fn run(options: Options) -> anyhow::Result<bool> {
    if options.pairs_only {
        println!("{}", serde_json::to_string(&pairs::run()?)?);
        return Ok(true);
    }
    let only = options.only.as_deref();
    let folder = match options.data {
        Some(folder) => folder,
        None => {
            set::ensure(&options.set, &options.seeds, only, |name| {
                eprintln!("rendered {name}")
            })?;
            options.set
        }
    };
    if options.make_set {
        return Ok(true);
    }
    let listed = clip::list(&folder)?;
    for path in &listed.without {
        let truth = path.with_extension(clip::truth_ending(0));
        eprintln!("not run: {} (no {})", path.display(), truth.display());
    }
    let mut videos = listed.with_truth;
    if videos.is_empty() {
        return Err(BenchError::Nothing(folder).into());
    }
    videos.retain(|path| only.is_none_or(|only| path.to_string_lossy().contains(only)));
    ensure!(
        !videos.is_empty(),
        "no video in {} has {:?} in its name; leave --only out to run all",
        folder.display(),
        only.unwrap_or_default()
    );
    if let Some(folder) = &options.traces {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {} for traces", folder.display()))?;
    }
    let effort = Effort {
        sift_every: options.sift_every as usize,
        several_frames: options.several_frames as usize,
        engine_only: options.engine_only,
    };
    let mut collector = Collector::default();
    eprintln!("{COLUMNS}");
    for path in videos {
        let clips = match Clip::open(&path, options.size as usize) {
            Ok(clips) => clips,
            Err(error) => {
                eprintln!("left out: {error}");
                collector.leave_out(error.to_string());
                continue;
            }
        };
        for clip in clips {
            if clip.video.source.width < options.min_width {
                continue;
            }
            let (line, trace) = collector.add(&clip, effort)?;
            eprintln!("{line}");
            if let Some(folder) = &options.traces {
                let path = folder.join(format!("{}.csv", clip.name));
                std::fs::write(&path, trace)
                    .with_context(|| format!("cannot write {}", path.display()))?;
            }
        }
    }
    let pairs = if options.no_pairs {
        None
    } else {
        Some(pairs::run()?)
    };
    let whole = !collector.has_left_out();
    let report = collector.report(options.size as usize, pairs);
    eprint!("{}", report.summary());
    println!("{}", serde_json::to_string(&report)?);
    Ok(whole)
}
