//! Runs the engine over videos with known truth and prints one line of figures for each.
//!
//! `evaluate [--trace] NAME=SOURCE:TRUTH.csv ...`: SOURCE is a video that `ffmpeg` reads, or a
//! folder of PGM images. The truth has one row a frame: frame, visible share of nine points, and
//! the points x0,y0 ... x8,y8 in source pixels. The anchor is drawn around the nine points of
//! frame 15 and handed over at frame 30, as a drawing that arrives half a second late.

use sightline_vision::{AttachRequest, Engine, EngineConfig, LumaFrame, Status};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

const DRAWN: usize = 15;
const DELIVERED: usize = 30;
/// RTP ticks a frame; the first time is chosen so that the line wraps.
const TICKS: u32 = 3000;
const FIRST_TIME: u32 = u32::MAX - 50 * TICKS;

type Failure = Box<dyn std::error::Error>;

struct Truth {
    visible: f64,
    points: Vec<[f64; 2]>,
}

fn truth(path: &Path) -> Result<Vec<Truth>, Failure> {
    let text = std::fs::read_to_string(path)?;
    let mut rows = Vec::new();
    for line in text.lines().skip(1) {
        let values = line
            .split(',')
            .map(str::parse)
            .collect::<Result<Vec<f64>, _>>()?;
        let points = values[2..].chunks_exact(2).map(|p| [p[0], p[1]]).collect();
        rows.push(Truth {
            visible: values[1],
            points,
        });
    }
    Ok(rows)
}

/// Luma planes of a source, one after the other.
struct Source {
    width: usize,
    height: usize,
    planes: Box<dyn Iterator<Item = Vec<u8>>>,
}

fn video(path: &Path) -> Result<Source, Failure> {
    let probe = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            "stream=width,height",
        ])
        .args(["-of", "csv=p=0"])
        .arg(path)
        .output()?;
    let text = String::from_utf8(probe.stdout)?;
    let mut sides = text.trim().split(',').map(str::parse::<usize>);
    let (Some(width), Some(height)) = (sides.next(), sides.next()) else {
        return Err(format!("no video in {}", path.display()).into());
    };
    let (width, height) = (width?, height?);
    let child = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-f", "rawvideo", "-pix_fmt", "gray", "-"])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut pipe = child.stdout.ok_or("no pipe")?;
    let planes = std::iter::from_fn(move || {
        let mut plane = vec![0; width * height];
        pipe.read_exact(&mut plane).ok().map(|()| plane)
    });
    Ok(Source {
        width,
        height,
        planes: Box::new(planes),
    })
}

fn images(folder: &Path) -> Result<Source, Failure> {
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.retain(|p| p.extension().is_some_and(|e| e == "pgm"));
    paths.sort();
    let first = std::fs::read(paths.first().ok_or("no PGM image")?)?;
    let (width, height, _) = pgm(&first).ok_or("not a PGM image")?;
    let planes = paths.into_iter().map_while(|path| {
        let bytes = std::fs::read(path).ok()?;
        pgm(&bytes).map(|(.., start)| bytes[start..].to_vec())
    });
    Ok(Source {
        width,
        height,
        planes: Box::new(planes),
    })
}

/// Width, height and start of the pixels of a binary PGM image.
fn pgm(bytes: &[u8]) -> Option<(usize, usize, usize)> {
    let mut at = 0;
    let mut words = Vec::new();
    while words.len() < 4 {
        let rest = &bytes[at..];
        if rest[0] == b'#' {
            at += rest.iter().position(|&b| b == b'\n')? + 1;
        } else if rest[0].is_ascii_whitespace() {
            at += 1;
        } else {
            let end = rest.iter().position(u8::is_ascii_whitespace)?;
            words.push(std::str::from_utf8(&rest[..end]).ok()?.to_owned());
            at += end;
        }
    }
    (words[0] == "P5").then_some(())?;
    Some((words[1].parse().ok()?, words[2].parse().ok()?, at + 1))
}

/// CPU time of this thread in nanoseconds.
fn cpu_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace()
        .next()
        .and_then(|v| v.parse().ok())
        .unwrap_or(0)
}

#[derive(Default)]
struct Tally {
    errors: Vec<f64>,
    in_view: usize,
    near: usize,
    shown: usize,
    false_shown: usize,
    absent: usize,
    absent_shown: usize,
    comebacks: Vec<usize>,
    cpu_ms: Vec<f64>,
}

fn run(name: &str, source: Source, truth: &[Truth], trace: bool) -> Result<(), Failure> {
    let (w, h) = (source.width as f64, source.height as f64);
    let mut engine = Engine::new(EngineConfig::default());
    let mut tally = Tally::default();
    let (mut away, mut back) = (0_usize, None);
    let mut attach_ms = 0.0;
    for (n, (plane, truth_here)) in source.planes.zip(truth).enumerate() {
        let frame = LumaFrame {
            time: FIRST_TIME.wrapping_add(n as u32 * TICKS),
            width: source.width as u32,
            height: source.height as u32,
            stride: source.width,
            data: &plane,
        };
        let before = cpu_ns();
        let result = engine.push_frame(frame)?;
        let spent = (cpu_ns() - before) as f64 / 1e6;
        if n == DELIVERED {
            let outline = truth[DRAWN]
                .points
                .iter()
                .map(|p| [((p[0] + 0.5) / w) as f32, ((p[1] + 0.5) / h) as f32])
                .collect();
            let frame_time = Some(FIRST_TIME.wrapping_add(DRAWN as u32 * TICKS));
            let before = cpu_ns();
            let attached = engine.attach(AttachRequest {
                anchor: 1,
                frame_time,
                outline,
            })?;
            attach_ms = (cpu_ns() - before) as f64 / 1e6;
            if trace {
                println!("{n} attached {:?}", attached.pose.status);
            }
        }
        for change in &result.changes {
            if trace {
                println!(
                    "{n} {:?} {:?} {:?}",
                    change.status, change.reason, change.last_seen
                );
            }
        }
        let Some(pose) = result.poses.first() else {
            continue;
        };
        tally.cpu_ms.push(spent);
        let m = pose.homography.map(f64::from);
        let error = truth[DRAWN]
            .points
            .iter()
            .zip(&truth_here.points)
            .map(|(drawn, now)| {
                let (x, y) = ((drawn[0] + 0.5) / w, (drawn[1] + 0.5) / h);
                let z = m[6] * x + m[7] * y + m[8];
                let u = (m[0] * x + m[1] * y + m[2]) / z * w - 0.5;
                let v = (m[3] * x + m[4] * y + m[5]) / z * h - 0.5;
                (u - now[0]).hypot(v - now[1])
            });
        let error = error.sum::<f64>() / truth_here.points.len() as f64;
        let shown = pose.status != Status::Lost;
        let near = shown && error <= 5.0;
        if trace {
            println!(
                "{n} visible {:.2} {:?} {:.2} error {error:.2} cpu {spent:.1}",
                truth_here.visible, pose.status, pose.confidence
            );
        }
        if shown {
            tally.shown += 1;
            tally.false_shown += usize::from(error > 15.0);
            if truth_here.visible > 0.5 {
                tally.errors.push(error);
            }
        }
        if truth_here.visible > 0.5 {
            tally.in_view += 1;
            tally.near += usize::from(near);
            if away >= 10 {
                back = Some(n);
            }
            away = 0;
        } else if truth_here.visible <= 0.0 {
            away += 1;
            tally.absent += usize::from(away > 15);
            tally.absent_shown += usize::from(away > 15 && shown);
            back = None;
        }
        if near && let Some(since) = back.take() {
            tally.comebacks.push(n - since);
        }
    }
    let at = |list: &mut Vec<f64>, share: f64| {
        list.sort_by(f64::total_cmp);
        list.get(((list.len() as f64 - 1.0) * share).max(0.0) as usize)
            .copied()
            .unwrap_or(-1.0)
    };
    println!(
        "{name}: median {:.2} px, p95 {:.2} px, within 5 px {:.3} of {} in view, false shown {}, \
         absent shown {} of {}, comebacks {:?}, cpu median {:.1} mean {:.1} p95 {:.1} ms, attach {:.1} ms",
        at(&mut tally.errors, 0.5),
        at(&mut tally.errors, 0.95),
        tally.near as f64 / tally.in_view.max(1) as f64,
        tally.in_view,
        tally.false_shown,
        tally.absent_shown,
        tally.absent,
        tally.comebacks,
        at(&mut tally.cpu_ms, 0.5),
        tally.cpu_ms.iter().sum::<f64>() / tally.cpu_ms.len().max(1) as f64,
        at(&mut tally.cpu_ms, 0.95),
        attach_ms,
    );
    Ok(())
}

fn main() -> Result<(), Failure> {
    let mut trace = false;
    for argument in std::env::args().skip(1) {
        if argument == "--trace" {
            trace = true;
            continue;
        }
        let (name, rest) = argument.split_once('=').ok_or("NAME=SOURCE:TRUTH.csv")?;
        let (source, csv) = rest.rsplit_once(':').ok_or("NAME=SOURCE:TRUTH.csv")?;
        let path = Path::new(source);
        let source = if path.is_dir() {
            images(path)?
        } else {
            video(path)?
        };
        run(name, source, &truth(Path::new(csv))?, trace)?;
    }
    Ok(())
}
