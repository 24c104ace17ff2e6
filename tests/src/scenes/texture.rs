//! Photos, and the bench that they lie on.

use super::SceneError;
use opencv::{
    core::{self, Mat, MatTraitConst, MatTraitConstManual, Scalar, Size, Vec3b},
    imgproc,
    prelude::MatTraitManual,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::path::PathBuf;

/// Where the photos are unless `SIGHTLINE_PHOTOS` names another folder.
const PHOTO_FOLDER: &str = "/usr/share/doc/opencv-doc/examples/data";

/// Reads a photo as RGB, 8 bits.
///
/// # Errors
/// [`SceneError::Photo`] when the file is missing or no picture.
pub fn photo(name: &str) -> Result<Mat, SceneError> {
    let folder = std::env::var_os("SIGHTLINE_PHOTOS").map_or(PHOTO_FOLDER.into(), PathBuf::from);
    let path = folder.join(name);
    let picture = image::open(&path)
        .map_err(|source| SceneError::Photo { path, source })?
        .into_rgb8();
    let (width, height) = (picture.width() as i32, picture.height() as i32);
    let flat = Mat::from_slice(picture.as_raw().as_slice())?;
    Ok(flat
        .reshape(3, height)?
        .try_clone()
        .inspect(|mat| debug_assert_eq!(mat.cols(), width))?)
}

/// A table without any pattern, RGB.
///
/// # Errors
/// [`SceneError::OpenCv`] when there is no memory.
pub fn paint(size: Size) -> Result<Mat, SceneError> {
    let grey = Scalar::new(172.0, 170.0, 164.0, 0.0);
    Ok(Mat::new_size_with_default(size, core::CV_8UC3, grey)?)
}

/// A wooden bench: boards with grain, RGB.
pub fn wood(size: Size, seed: u64) -> Result<Mat, SceneError> {
    let mut rng = StdRng::seed_from_u64(seed ^ 0x0077_6f6f_6400);
    let grain = stretched_noise(&mut rng, size, 3, 90)?;
    let streaks = stretched_noise(&mut rng, size, 14, 400)?;
    let fibres = stretched_noise(&mut rng, size, 1, 18)?;
    let plank_tint: [f32; 16] = std::array::from_fn(|_| rng.random_range(-9.0..9.0));
    let plank_height = size.height / 7 + 1;

    let mut bench = Mat::new_size_with_default(size, core::CV_8UC3, Scalar::all(0.0))?;
    let width = size.width as usize;
    let planes = [grain, streaks, fibres];
    let [grain, streaks, fibres] = [
        planes[0].data_typed::<f32>()?,
        planes[1].data_typed::<f32>()?,
        planes[2].data_typed::<f32>()?,
    ];
    for (i, pixel) in bench.data_typed_mut::<Vec3b>()?.iter_mut().enumerate() {
        let y = (i / width) as i32;
        let plank = (y / plank_height) as usize % plank_tint.len();
        let gap = if y % plank_height < 5 { -48.0 } else { 0.0 };
        let tone = 7.0 * grain[i] + 13.0 * streaks[i] + 5.0 * fibres[i] + plank_tint[plank] + gap;
        pixel.0 = [134.0, 103.0, 74.0]
            .map(|base: f32| (base * (1.0 + tone / 105.0)).clamp(0.0, 255.0) as u8);
    }
    Ok(bench)
}

/// Smooth noise of deviation about 1 whose details are `across` x `along` pixels: CV_32F.
fn stretched_noise(
    rng: &mut StdRng,
    size: Size,
    across: i32,
    along: i32,
) -> Result<Mat, SceneError> {
    let (rows, cols) = (size.height / across + 2, size.width / along + 2);
    let values: Vec<f32> = (0..rows * cols)
        .map(|_| (0..4).map(|_| rng.random_range(-0.866..0.866_f32)).sum())
        .collect();
    let small = Mat::new_rows_cols_with_data(rows, cols, &values)?;
    let mut noise = Mat::default();
    imgproc::resize(&small, &mut noise, size, 0.0, 0.0, imgproc::INTER_CUBIC)?;
    Ok(noise)
}

/// Lays `photo`, enlarged `scale` times, on the bench with its middle at `(x, y)`, with a soft
/// shadow under it.
pub fn lay(
    bench: &mut Mat,
    photo: &Mat,
    scale: f64,
    x: i32,
    y: i32,
) -> Result<core::Rect, SceneError> {
    let mut large = Mat::default();
    imgproc::resize(
        photo,
        &mut large,
        Size::default(),
        scale,
        scale,
        imgproc::INTER_CUBIC,
    )?;
    let (width, height) = (large.cols(), large.rows());
    let place = core::Rect::new(x - width / 2, y - height / 2, width, height);

    let mut shadow = Mat::new_size_with_default(bench.size()?, core::CV_8UC3, Scalar::all(255.0))?;
    let dark = core::Rect::new(place.x + 6, place.y + 12, width, height);
    imgproc::rectangle(
        &mut shadow,
        dark,
        Scalar::all(105.0),
        imgproc::FILLED,
        imgproc::LINE_8,
        0,
    )?;
    let mut soft = Mat::default();
    imgproc::blur_def(&shadow, &mut soft, Size::new(41, 41))?;
    let mut shaded = Mat::default();
    core::multiply(bench, &soft, &mut shaded, 1.0 / 255.0, -1)?;
    *bench = shaded;

    let mut spot = Mat::roi_mut(bench, place)?;
    large.copy_to(&mut spot)?;
    Ok(place)
}
