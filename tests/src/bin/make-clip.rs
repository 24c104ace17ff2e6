//! Renders a clip with exact truth.

use anyhow::Context;
use clap::Parser;
use sightline_tests::{
    barcode::{self, Barcode, Kind},
    clip::ClipWriter,
    scenes::{Filming, Scene, SceneName},
};
use std::{fs::File, io::BufWriter, ops::Range, path::PathBuf};

/// Renders a hand-held camera over real photos, with the exact place of nine points in each frame.
#[derive(Parser)]
struct Options {
    /// What is filmed.
    #[arg(long, value_enum, default_value = "board")]
    scene: SceneName,
    /// Names the camera path and the noise.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Width x height in pixels.
    #[arg(long, default_value = "640x480", value_parser = size)]
    size: (usize, usize),
    /// Frames a second.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=120))]
    fps: u32,
    /// Length of the clip; the camera ends where it began, so the clip loops.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// How much faster than normal the camera moves.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Seconds between which a hand covers the lens, as START,END.
    #[arg(long, value_parser = interval)]
    cover: Option<Range<f64>>,
    /// The clip: .y4m, .mp4, .webm or .mjpeg.
    #[arg(long)]
    out: PathBuf,
    /// The truth: a line a frame, see the module `truth`.
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Burns the frame number into the top edge.
    #[arg(long)]
    barcode: bool,
    /// Without colour.
    #[arg(long)]
    gray: bool,
}

fn size(text: &str) -> Result<(usize, usize), String> {
    let (width, height) = text.split_once('x').ok_or("write it as WIDTHxHEIGHT")?;
    let number = |part: &str| {
        part.parse()
            .map_err(|_| format!("{part} is not a number of pixels"))
    };
    Ok((number(width)?, number(height)?))
}

fn interval(text: &str) -> Result<Range<f64>, String> {
    let (start, end) = text.split_once(',').ok_or("write it as START,END")?;
    let number = |part: &str| {
        part.parse()
            .map_err(|_| format!("{part} is not a number of seconds"))
    };
    Ok(number(start)?..number(end)?)
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let (width, height) = options.size;
    let frames = (options.seconds * f64::from(options.fps)).round();
    anyhow::ensure!(
        (1.0..100_000.0).contains(&frames) && options.speed > 0.0,
        "--seconds and --speed must be above 0, and the clip shorter than 100000 frames"
    );
    let filming = Filming {
        width,
        height,
        fps: options.fps,
        frames: frames as u32,
        speed: options.speed,
        cover_s: options.cover,
        seed: options.seed,
    };
    let scene = Scene::new(options.scene, filming)?;
    let mut clip = ClipWriter::create(&options.out, width, height, options.fps)?;
    for frame in 0..scene.frames() {
        let mut yuv = scene.frame(frame)?;
        let (luma, chroma) = yuv.split_at_mut(width * height);
        if options.gray {
            chroma.fill(128);
        }
        if options.barcode {
            barcode::draw(
                luma,
                width,
                Barcode {
                    kind: Kind::FrameNumber,
                    value: frame,
                },
            )?;
            neutral_strip(chroma, width, height);
        }
        clip.frame(&yuv)?;
    }
    clip.finish()?;
    if let Some(path) = options.truth {
        let file =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        scene.write_truth(BufWriter::new(file))?;
    }
    Ok(())
}

/// Takes the colour out of the rows under the barcode, in both chroma planes.
fn neutral_strip(chroma: &mut [u8], width: usize, height: usize) {
    let strip = (barcode::strip_height(width) / 2 + 1) * (width / 2);
    for plane in chroma.chunks_exact_mut(width / 2 * (height / 2)) {
        plane[..strip].fill(128);
    }
}
