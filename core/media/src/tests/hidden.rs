//! What is hidden is not in the encoded picture.

use super::*;
use crate::{
    Decoder, LumaPlane, LumaScaler,
    privacy::{PrivacyError, Region, RegionDetector, Watch},
};
use std::sync::Arc;

/// What is hidden.
const PART: [f32; 4] = [0.2, 0.2, 0.6, 0.6];

fn part() -> Region {
    let [left, top, width, height] = PART;
    Region::new(left, top, width, height).unwrap()
}

/// Decoded frames of a clip, each with the brightness of what was captured at the same time.
fn seen(watch: Option<Watch>) -> Vec<(LumaPlane, LumaPlane)> {
    let scratch = Scratch::new();
    let path = scratch.path("clip.y4m");
    // Bars without noise: there is something to see inside and outside of the part.
    run_pipeline(&format!(
        "videotestsrc pattern=smpte75 num-buffers=20 \
         ! video/x-raw,format=I420,width=320,height=180,framerate=30/1 \
         ! y4menc ! filesink location={}",
        path.display()
    ));
    let source = CameraSource::open_private(config(path, Codec::Vp8), watch).unwrap();
    let captured = source.captured();
    let mut scaler = LumaScaler::new(320);
    let mut decoder = Decoder::new(Codec::Vp8).unwrap();
    let mut raw = Vec::new();
    let mut pairs = Vec::new();
    while pairs.len() < 6 {
        let frame = source.next_encoded(PATIENCE).unwrap().unwrap();
        while let Ok(Some(frame)) = captured.pop(Duration::ZERO) {
            raw.push(scaler.luma(&frame).unwrap());
        }
        let plane = decoder.decode(frame.frame_time, &frame.data).unwrap();
        if let Some(plane) = plane
            && let Some(same) = raw.iter().find(|raw| raw.frame_time == plane.frame_time)
        {
            pairs.push((plane, same.clone()));
        }
    }
    pairs
}

/// Correlation of two planes inside or outside of the part, -1 to 1.
fn correlation(one: &LumaPlane, other: &LumaPlane, inside: bool) -> f64 {
    let rect = part().pixels(one.width, one.height);
    let mut values = Vec::new();
    for y in 0..one.height {
        for x in 0..one.width {
            let within = (rect.x..rect.x + rect.width).contains(&x)
                && (rect.y..rect.y + rect.height).contains(&y);
            if within == inside {
                let at = |plane: &LumaPlane| f64::from(plane.data[(y * plane.stride + x) as usize]);
                values.push((at(one), at(other)));
            }
        }
    }
    let count = values.len() as f64;
    let sum = |f: &dyn Fn(&(f64, f64)) -> f64| values.iter().map(f).sum::<f64>();
    let (a, b) = (sum(&|v| v.0) / count, sum(&|v| v.1) / count);
    let covariance = sum(&|v| (v.0 - a) * (v.1 - b));
    covariance / (sum(&|v| (v.0 - a).powi(2)) * sum(&|v| (v.1 - b).powi(2))).sqrt()
}

#[test]
fn a_hidden_part_is_not_in_the_encoded_picture_and_the_rest_is() {
    let watch = Watch::new(Arc::default(), None);
    watch.privacy().set_drawn(vec![part()]).unwrap();
    for (decoded, truth) in seen(Some(watch)) {
        let hidden = correlation(&decoded, &truth, true);
        assert!(hidden.abs() < 0.1, "{hidden}");
        let rest = correlation(&decoded, &truth, false);
        assert!(rest > 0.9, "{rest}");
    }
    for (decoded, truth) in seen(None) {
        let shown = correlation(&decoded, &truth, true);
        assert!(shown > 0.9, "the control: {shown}");
    }
}

#[test]
fn a_detector_that_fails_hides_everything() {
    struct Failing;
    impl RegionDetector for Failing {
        fn detect(&mut self, _frame: &LumaPlane) -> Result<Vec<Region>, PrivacyError> {
            let reason = "on purpose".into();
            Err(PrivacyError::Detector { reason })
        }
    }
    let watch = Watch::new(Arc::default(), Some(Box::new(Failing)));
    for (decoded, truth) in seen(Some(watch)) {
        for inside in [true, false] {
            let shown = correlation(&decoded, &truth, inside);
            assert!(shown.abs() < 0.1, "{shown}");
        }
    }
}
