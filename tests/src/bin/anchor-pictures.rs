//! Makes the pictures of `docs/anchors.md` with the anchor engine and the benchmark's own scenes.

use anyhow::Context;
use clap::Parser;
use image::{Rgb, RgbImage};
use sightline_tests::{
    anchor_bench::{DELIVERED_AT, DRAWN_ON, Nine},
    anchor_scenes::{
        catalogue::SCENES,
        stage::{FPS, FRAMES, Stage},
    },
    scenes::truth::Truth,
};
use sightline_vision::{
    AnchorPose, AttachRequest, Engine, EngineConfig, Inspection, LumaFrame, Reason, Status,
};
use std::{fmt::Write as _, path::PathBuf};

/// Makes the pictures of the page about anchors.
#[derive(Parser)]
struct Options {
    /// Where they go.
    #[arg(long, default_value = "docs/images")]
    out: PathBuf,
}

const SIZE: (usize, usize) = (640, 360);
/// The seed whose sequences are of this size.
const SEED: u64 = 3;
/// Errors are drawn up to here, in pixels.
const TOP_PX: f64 = 20.0;

/// What the engine said about one frame.
struct Moment {
    frame: usize,
    status: Status,
    /// Mean distance of the nine points from the truth in pixels.
    error: f64,
    /// The same for a drawing that stays where it was drawn.
    left: f64,
    in_view: bool,
    inspection: Inspection,
    reason: Option<Reason>,
}

fn main() -> anyhow::Result<()> {
    let Options { out } = Options::parse();
    std::fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let hand = stage("hand")?;
    let moments = run(&hand)?;
    let chart = chart(&moments)?;
    std::fs::write(out.join("anchors-hand.svg"), chart)?;

    let good = moments
        .iter()
        .find(|m| m.frame >= 60 && m.status == Status::Tracking)
        .context("the engine never tracked")?;
    let hidden = moments
        .iter()
        .find(|m| m.status == Status::Lost)
        .context("the engine never lost it")?;
    let before = moments
        .iter()
        .rev()
        .find(|m| m.frame < hidden.frame && m.inspection.points.iter().any(|(_, same)| !same))
        .unwrap_or(good);
    let pictures = [
        with_points(&hand, good)?,
        with_points(&hand, before)?,
        with_points(&hand, hidden)?,
    ];
    row(&pictures)?.save(out.join("anchors-points.jpg"))?;

    let zoom = stage("zoom")?;
    let moments = run(&zoom)?;
    let mut views = Vec::new();
    for moment in &moments {
        if moment.inspection.view.1 > views.len() {
            views.push(with_points(&zoom, moment)?);
        }
    }
    row(&views)?.save(out.join("anchors-views.jpg"))?;
    println!("{} views were remembered of the zoom", views.len());
    Ok(())
}

fn stage(name: &str) -> anyhow::Result<Stage> {
    let scene = SCENES.iter().find(|scene| scene.name == name);
    Ok(scene.context("no such scene")?.stage(SIZE, SEED)?)
}

/// Draws on frame 15, delivers at frame 30, and follows to the end.
fn run(stage: &Stage) -> anyhow::Result<Vec<Moment>> {
    let mut engine = Engine::new(EngineConfig::default());
    let drawn = stage.truth(DRAWN_ON, 0)?.points;
    let mut moments = Vec::new();
    for frame in 0..FRAMES {
        let data = stage.frame(frame)?;
        let result = engine.push_frame(LumaFrame {
            time: frame as u32 * 3_000,
            width: SIZE.0 as u32,
            height: SIZE.1 as u32,
            stride: SIZE.0,
            data: &data,
        })?;
        if frame == DELIVERED_AT {
            // Only the box around the nine points counts, so that their order does not matter.
            let outline = drawn.iter().map(|p| share([p.x, p.y]).map(|v| v as f32));
            engine.attach(AttachRequest {
                anchor: 1,
                frame_time: Some(DRAWN_ON as u32 * 3_000),
                outline: outline.collect(),
            })?;
        }
        let inspection = engine.inspect().into_iter().next();
        if let (Some(pose), Some(inspection)) = (result.poses.first(), inspection) {
            let truth = stage.truth(frame, 0)?;
            moments.push(Moment {
                frame,
                status: pose.status,
                error: error(&truth, |i| mapped(pose, &drawn, i)),
                left: error(&truth, |i| [drawn[i].x, drawn[i].y]),
                in_view: truth.visible >= 0.5,
                inspection,
                reason: result.changes.last().map(|change| change.reason),
            });
        }
    }
    Ok(moments)
}

fn share([x, y]: [f64; 2]) -> [f64; 2] {
    [(x + 0.5) / SIZE.0 as f64, (y + 0.5) / SIZE.1 as f64]
}

fn mapped(pose: &AnchorPose, drawn: &Nine, index: usize) -> [f64; 2] {
    let [x, y] = share([drawn[index].x, drawn[index].y]);
    let [x, y] = pose.place([x, y]).unwrap_or([f64::INFINITY; 2]);
    [x * SIZE.0 as f64 - 0.5, y * SIZE.1 as f64 - 0.5]
}

fn error(truth: &Truth, shown: impl Fn(usize) -> [f64; 2]) -> f64 {
    let distance = |(i, p): (usize, &nalgebra::Point2<f64>)| {
        let [x, y] = shown(i);
        (x - p.x).hypot(y - p.y)
    };
    truth.points.iter().enumerate().map(distance).sum::<f64>() / 9.0
}

/// Error over time, a band of states below it, a tick for every remembered view.
fn chart(moments: &[Moment]) -> Result<String, std::fmt::Error> {
    const LEFT: f64 = 46.0;
    const WIDTH: f64 = 640.0;
    const PLOT: f64 = 190.0;
    let x = |frame: usize| LEFT + frame as f64 / FRAMES as f64 * WIDTH;
    // A root scale, so that tenths of a pixel and tens of pixels can both be read.
    let y = |px: f64| 12.0 + PLOT * (1.0 - (px.min(TOP_PX) / TOP_PX).sqrt());
    let mut svg = String::from(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 268" font-family="system-ui, sans-serif" font-size="11"><rect width="700" height="268" fill="#ffffff"/>"##,
    );
    for px in [0.2, 1.0, 5.0, 20.0] {
        let at = y(px);
        write!(
            svg,
            r##"<path d="M{LEFT} {at:.1}H{:.0}" stroke="#dddddd"/><text x="40" y="{:.1}" text-anchor="end" fill="#444444">{px} px</text>"##,
            LEFT + WIDTH,
            at + 4.0
        )?;
    }
    for second in 0..=FRAMES / FPS as usize {
        let at = x(second * FPS as usize);
        write!(
            svg,
            r##"<text x="{at:.1}" y="258" text-anchor="middle" fill="#444444">{second} s</text>"##
        )?;
    }
    let line = |value: &dyn Fn(&Moment) -> Option<f64>| {
        let mut path = String::new();
        let mut open = false;
        for moment in moments {
            match value(moment) {
                Some(px) => {
                    let step = if open { 'L' } else { 'M' };
                    path += &format!("{step}{:.1} {:.1}", x(moment.frame), y(px));
                    open = true;
                }
                None => open = false,
            }
        }
        path
    };
    let left = line(&|m| Some(m.left));
    let error = line(&|m| (m.status != Status::Lost).then_some(m.error));
    write!(
        svg,
        r##"<path d="{left}" fill="none" stroke="#999999" stroke-dasharray="4 3"/><path d="{error}" fill="none" stroke="#0b57d0" stroke-width="1.5"/>"##
    )?;
    let step = WIDTH / FRAMES as f64 + 0.2;
    for moment in moments {
        let color = match moment.status {
            Status::Tracking => "#15703a",
            Status::Uncertain => "#e0a000",
            Status::Lost => "#b3261e",
        };
        let at = x(moment.frame);
        write!(
            svg,
            r##"<rect x="{at:.1}" y="212" width="{step:.1}" height="12" fill="{color}"/>"##
        )?;
        if !moment.in_view {
            write!(
                svg,
                r##"<rect x="{at:.1}" y="226" width="{step:.1}" height="6" fill="#444444"/>"##
            )?;
        }
        if let Some(reason) = moment.reason.filter(|_| moment.status == Status::Lost) {
            write!(
                svg,
                r##"<text x="{at:.1}" y="208" fill="#b3261e">{}</text>"##,
                words(reason)
            )?;
        }
    }
    svg += r##"<text x="40" y="222" text-anchor="end" fill="#444444">state</text><text x="40" y="233" text-anchor="end" fill="#444444">hidden</text></svg>"##;
    svg.push('\n');
    Ok(svg)
}

fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::Attached => "attached",
        Reason::FoundAgain => "found again",
        Reason::Occluded => "occluded",
        Reason::OutOfView => "out of view",
        Reason::Blur => "blur",
        Reason::TooFewTexture => "too few texture",
        Reason::Moved => "moved",
    }
}

/// The frame with the points of the view that it is compared with.
fn with_points(stage: &Stage, moment: &Moment) -> anyhow::Result<RgbImage> {
    let data = stage.frame(moment.frame)?;
    let (width, height) = (SIZE.0 as u32, SIZE.1 as u32);
    let mut picture = RgbImage::from_fn(width, height, |x, y| {
        Rgb([data[y as usize * SIZE.0 + x as usize]; 3])
    });
    for ([x, y], same) in &moment.inspection.points {
        let (x, y) = ((x * SIZE.0 as f32) as i32, (y * SIZE.1 as f32) as i32);
        for (dx, dy) in (-3..=3).flat_map(|dy| (-3..=3).map(move |dx| (dx, dy))) {
            let on = if *same {
                dx * dx + dy * dy <= 9
            } else {
                i32::abs(dx) == i32::abs(dy)
            };
            let (x, y) = (x + dx, y + dy);
            if on && (0..width as i32).contains(&x) && (0..height as i32).contains(&y) {
                let color = if *same { [0, 210, 90] } else { [235, 60, 40] };
                picture.put_pixel(x as u32, y as u32, Rgb(color));
            }
        }
    }
    let bar = match moment.status {
        Status::Tracking => [21, 112, 58],
        Status::Uncertain => [224, 160, 0],
        Status::Lost => [179, 38, 30],
    };
    for y in height - 8..height {
        for x in 0..width {
            picture.put_pixel(x, y, Rgb(bar));
        }
    }
    Ok(picture)
}

/// Pictures beside each other, at half their size.
fn row(pictures: &[RgbImage]) -> anyhow::Result<RgbImage> {
    let first = pictures.first().context("no picture")?;
    let (width, height) = (first.width() / 2, first.height() / 2);
    let gap = 6;
    let mut all = RgbImage::from_pixel(
        (width + gap) * pictures.len() as u32 - gap,
        height,
        Rgb([255; 3]),
    );
    for (index, picture) in pictures.iter().enumerate() {
        let small = image::imageops::thumbnail(picture, width, height);
        let left = i64::from((width + gap) * index as u32);
        image::imageops::replace(&mut all, &small, left, 0);
    }
    Ok(all)
}
