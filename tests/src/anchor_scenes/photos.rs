//! Textures: photos, and drawn surfaces such as keypads, pages and panels. All `CV_8U`.

use crate::scenes::{SceneError, texture};
use opencv::{
    core::{self, Mat, Point, Rect, Scalar, Size},
    imgproc,
    prelude::*,
};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// What lies around on a bench.
const SCATTERED: [(&str, f64); 12] = [
    ("graf1.png", 0.7),
    ("leuvenA.jpg", 0.7),
    ("building.jpg", 0.7),
    ("home.jpg", 0.9),
    ("fruits.jpg", 0.8),
    ("stuff.jpg", 0.8),
    ("butterfly.jpg", 0.9),
    ("aloeL.jpg", 0.4),
    ("cards.png", 0.8),
    ("ela_original.jpg", 0.5),
    ("rubberwhale1.png", 0.8),
    ("baboon.jpg", 0.6),
];

/// A photo in grey.
///
/// # Errors
/// [`SceneError::Photo`].
pub fn gray(name: &str) -> Result<Mat, SceneError> {
    let mut out = Mat::default();
    imgproc::cvt_color_def(&texture::photo(name)?, &mut out, imgproc::COLOR_RGB2GRAY)?;
    Ok(out)
}

/// A photo in grey, enlarged.
///
/// # Errors
/// [`SceneError::Photo`].
pub fn scaled(name: &str, scale: f64) -> Result<Mat, SceneError> {
    let method = if scale < 1.0 {
        imgproc::INTER_AREA
    } else {
        imgproc::INTER_CUBIC
    };
    let mut out = Mat::default();
    imgproc::resize(
        &gray(name)?,
        &mut out,
        Size::default(),
        scale,
        scale,
        method,
    )?;
    Ok(out)
}

/// A plain surface with a faint grain: mean level, and deviation of the grain.
///
/// # Errors
/// What OpenCV says.
pub fn plain(size: Size, level: f64, grain: f64, seed: u64) -> Result<Mat, SceneError> {
    core::set_rng_seed(seed as i32)?;
    let mut noise = Mat::new_size_with_default(size, core::CV_32F, Scalar::all(0.0))?;
    core::randn(&mut noise, &Scalar::all(0.0), &Scalar::all(1.0))?;
    let mut soft = Mat::default();
    imgproc::gaussian_blur_def(&noise, &mut soft, Size::default(), 2.0)?;
    let mut out = Mat::default();
    // Blurring with this width leaves about a seventh of white noise's deviation.
    soft.convert_to(&mut out, core::CV_8U, 7.0 * grain, level)?;
    Ok(out)
}

/// A bench with photos scattered over it, but for a circle in its middle.
///
/// # Errors
/// See [`SceneError`].
pub fn bench(size: Size, clear: f64, seed: u64) -> Result<Mat, SceneError> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bench = plain(size, 135.0, 9.0, seed)?;
    let (w, h) = (f64::from(size.width), f64::from(size.height));
    let mut taken = vec![(w / 2.0, h / 2.0, clear)];
    for (name, scale) in SCATTERED {
        let photo = scaled(name, scale)?;
        let reach = 0.5 * f64::from(photo.cols()).hypot(f64::from(photo.rows()));
        for _ in 0..100 {
            let x = rng.random_range(reach..w - reach);
            let y = rng.random_range(reach..h - reach);
            let free = |&(a, b, r): &(f64, f64, f64)| (x - a).hypot(y - b) > 0.85 * reach + r;
            if taken.iter().all(free) {
                taken.push((x, y, 0.85 * reach));
                let degrees = rng.random_range(-40.0..40.0);
                lay_turned(&mut bench, &photo, (x, y), degrees)?;
                break;
            }
        }
    }
    Ok(bench)
}

fn lay_turned(
    bench: &mut Mat,
    photo: &Mat,
    (x, y): (f64, f64),
    degrees: f64,
) -> Result<(), SceneError> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (u, v) = (f64::from(photo.cols()) / 2.0, f64::from(photo.rows()) / 2.0);
    let map = [
        [cos, -sin, x - cos * u + sin * v],
        [sin, cos, y - sin * u - cos * v],
    ];
    // A transparent border leaves what is already there.
    imgproc::warp_affine(
        photo,
        bench,
        &Mat::from_slice_2d(&map)?,
        bench.size()?,
        imgproc::INTER_LINEAR,
        core::BORDER_TRANSPARENT,
        Scalar::default(),
    )?;
    Ok(())
}

/// Puts `piece` on `base` with its middle at `(x, y)`.
///
/// # Errors
/// What OpenCV says, such as when it does not fit.
pub fn paste(base: &mut Mat, piece: &Mat, x: i32, y: i32) -> Result<(), SceneError> {
    let (w, h) = (piece.cols(), piece.rows());
    let mut spot = Mat::roi_mut(base, Rect::new(x - w / 2, y - h / 2, w, h))?;
    piece.copy_to(&mut spot)?;
    Ok(())
}

/// The same picture with its contrast reduced to a share, around a level.
///
/// # Errors
/// What OpenCV says.
pub fn faint(picture: &Mat, share: f64, level: f64) -> Result<Mat, SceneError> {
    let mean = core::mean_def(picture)?[0];
    let mut out = Mat::default();
    picture.convert_to(&mut out, core::CV_8U, share, level - share * mean)?;
    Ok(out)
}

/// A keypad of five by four keys, all alike; `digits` prints numbers on them.
///
/// # Errors
/// What OpenCV says.
pub fn keypad(digits: bool, seed: u64) -> Result<Mat, SceneError> {
    let mut pad = plain(Size::new(700, 560), 205.0, 2.0, seed)?;
    frame(&mut pad, Rect::new(8, 8, 684, 544), 90.0, 4)?;
    write(&mut pad, "ALARM  CENTRAL", (60, 52), 1.1, 60.0)?;
    for row in 0..4 {
        for column in 0..5 {
            let key = Rect::new(50 + 125 * column, 80 + 115 * row, 96, 88);
            fill(&mut pad, key, 70.0)?;
            let top = Rect::new(key.x + 4, key.y + 4, key.width - 8, key.height - 14);
            fill(&mut pad, top, 120.0)?;
            let label = if digits {
                (row * 5 + column).to_string()
            } else {
                "OK".to_owned()
            };
            write(&mut pad, &label, (key.x + 22, key.y + 56), 1.2, 235.0)?;
        }
    }
    Ok(pad)
}

/// A printed page: a heading and lines of words.
///
/// # Errors
/// What OpenCV says.
pub fn page(seed: u64) -> Result<Mat, SceneError> {
    const WORDS: [&str; 16] = [
        "the", "valve", "is", "to", "be", "closed", "before", "power", "and", "water", "are",
        "switched", "off", "or", "pump", "may",
    ];
    let mut rng = StdRng::seed_from_u64(seed);
    let mut page = plain(Size::new(900, 1100), 225.0, 1.5, seed)?;
    write(&mut page, "Service manual", (60, 80), 1.6, 30.0)?;
    for line in 0..40 {
        let (mut x, y) = (60, 130 + 24 * line);
        while x < 780 {
            let word = WORDS[rng.random_range(0..WORDS.len())];
            write(&mut page, word, (x, y), 0.55, 40.0)?;
            x += 14 + 11 * word.len() as i32;
        }
    }
    Ok(page)
}

/// The front of an appliance. The brand's name, the dial and the frame are the same in all; the
/// rest follows the seed.
///
/// # Errors
/// What OpenCV says.
pub fn panel(seed: u64) -> Result<Mat, SceneError> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut panel = plain(Size::new(640, 460), 190.0, 3.0, seed)?;
    frame(&mut panel, Rect::new(10, 10, 620, 440), 60.0, 5)?;
    write(&mut panel, "THERMO 300", (40, 70), 1.3, 50.0)?;
    ring(&mut panel, (540, 100), 60, 50.0)?;
    for row in 0..4 {
        for column in 0..5 {
            let (x, y) = (70 + 120 * column, 190 + 65 * row);
            match rng.random_range(0..4) {
                0 => fill(&mut panel, Rect::new(x - 25, y - 18, 60, 36), 80.0)?,
                1 => ring(&mut panel, (x, y), rng.random_range(10..22), 60.0)?,
                2 => {
                    let number = format!("{}", rng.random_range(10..99));
                    write(&mut panel, &number, (x - 20, y + 10), 1.0, 40.0)?;
                }
                _ => frame(&mut panel, Rect::new(x - 28, y - 16, 56, 32), 70.0, 3)?,
            }
        }
    }
    Ok(panel)
}

fn fill(base: &mut Mat, area: Rect, level: f64) -> Result<(), opencv::Error> {
    frame(base, area, level, imgproc::FILLED)
}

fn frame(base: &mut Mat, area: Rect, level: f64, thick: i32) -> Result<(), opencv::Error> {
    imgproc::rectangle(base, area, Scalar::all(level), thick, imgproc::LINE_AA, 0)
}

fn ring(base: &mut Mat, (x, y): (i32, i32), radius: i32, level: f64) -> Result<(), opencv::Error> {
    let middle = Point::new(x, y);
    imgproc::circle(
        base,
        middle,
        radius,
        Scalar::all(level),
        4,
        imgproc::LINE_AA,
        0,
    )
}

fn write(
    base: &mut Mat,
    text: &str,
    (x, y): (i32, i32),
    size: f64,
    level: f64,
) -> Result<(), opencv::Error> {
    let thick = if size > 0.9 { 2 } else { 1 };
    imgproc::put_text(
        base,
        text,
        Point::new(x, y),
        imgproc::FONT_HERSHEY_SIMPLEX,
        size,
        Scalar::all(level),
        thick,
        imgproc::LINE_AA,
        false,
    )
}
