//! A real hand-moved board: the `mire-2` images of Debian's package `visp-images-data`.

use sightline_vision::{AttachRequest, Engine, EngineConfig, LumaFrame, Status};
use std::path::PathBuf;

/// The frame that is drawn on and the one at which the drawing arrives.
const DRAWN: usize = 15;
const DELIVERED: usize = 30;
const SIZE: [f64; 2] = [384.0, 288.0];
/// Left-top and right-bottom of the drawing on that frame, and its middle, in pixels.
const BOX: [[f64; 2]; 2] = [[113.7, 154.8], [215.2, 210.1]];
const MIDDLE: [f64; 2] = [164.740, 182.500];
/// Where the middle is on later frames, measured from the centroids of four dots on the board:
/// frame, x, y in pixels, right to about a third of a pixel.
const TRUTH: [(usize, [f64; 2]); 24] = [
    (31, [164.590, 185.108]),
    (51, [164.406, 186.354]),
    (71, [165.255, 187.581]),
    (91, [165.585, 188.060]),
    (111, [165.875, 188.505]),
    (131, [164.149, 192.329]),
    (151, [168.671, 191.056]),
    (171, [169.870, 176.965]),
    (191, [168.381, 166.391]),
    (211, [165.110, 151.059]),
    (231, [167.101, 154.312]),
    (251, [160.049, 138.927]),
    (271, [156.405, 144.492]),
    (291, [150.828, 145.141]),
    (311, [151.374, 139.840]),
    (331, [149.244, 151.776]),
    (351, [161.969, 146.947]),
    (371, [163.011, 123.618]),
    (391, [160.715, 107.175]),
    (411, [159.644, 88.783]),
    (431, [165.044, 81.328]),
    (451, [164.874, 75.437]),
    (471, [161.785, 89.060]),
    (491, [163.384, 92.231]),
];

/// Pixels of one image of the sequence, counted from zero.
fn image(n: usize) -> Vec<u8> {
    let root = std::env::var("VISP_DATA")
        .unwrap_or_else(|_| "/usr/share/visp-images-data/ViSP-images".to_owned());
    let path = PathBuf::from(root).join(format!("mire-2/image.{:04}.pgm", n + 1));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; install the package visp-images-data",
            path.display()
        )
    });
    let pixels = 384 * 288;
    assert!(
        bytes.starts_with(b"P5") && bytes.len() > pixels,
        "not a PGM image of 384x288"
    );
    bytes[bytes.len() - pixels..].to_vec()
}

#[test]
fn a_drawing_on_a_real_board_stays_on_it() {
    let mut engine = Engine::new(EngineConfig::default());
    let (mut errors, mut shown) = (Vec::new(), 0);
    for n in 0..=TRUTH[TRUTH.len() - 1].0 {
        let data = image(n);
        let time = n as u32 * 3000;
        let frame = LumaFrame {
            time,
            width: 384,
            height: 288,
            stride: 384,
            data: &data,
        };
        let result = engine.push_frame(frame).expect("a well-formed frame");
        if n == DELIVERED {
            let [[left, top], [right, bottom]] = BOX;
            let corners = [[left, top], [right, top], [right, bottom], [left, bottom]];
            let outline = corners.map(|p| share(p).map(|v| v as f32)).to_vec();
            let frame_time = Some(DRAWN as u32 * 3000);
            engine
                .attach(AttachRequest {
                    anchor: 1,
                    frame_time,
                    outline,
                })
                .expect("textured");
        }
        let Some(pose) = result.poses.first() else {
            continue;
        };
        shown += usize::from(pose.status != Status::Lost);
        if let Some((_, truth)) = TRUTH.iter().find(|(at, _)| *at == n) {
            let m = pose.homography.map(f64::from);
            let [x, y] = share(MIDDLE);
            let z = m[6] * x + m[7] * y + m[8];
            let u = (m[0] * x + m[1] * y + m[2]) / z * SIZE[0] - 0.5;
            let v = (m[3] * x + m[4] * y + m[5]) / z * SIZE[1] - 0.5;
            errors.push((u - truth[0]).hypot(v - truth[1]));
        }
    }
    errors.sort_by(f64::total_cmp);
    let (median, worst) = (errors[errors.len() / 2], errors[errors.len() - 1]);
    assert_eq!(errors.len(), TRUTH.len());
    assert!(
        median < 0.3 && worst < 1.5,
        "median {median} px, worst {worst} px"
    );
    let frames = TRUTH[TRUTH.len() - 1].0 - DELIVERED;
    assert!(
        shown * 100 >= frames * 99,
        "shown on {shown} of {frames} frames"
    );
}

/// Shares of the frame from its pixels.
fn share(p: [f64; 2]) -> [f64; 2] {
    [(p[0] + 0.5) / SIZE[0], (p[1] + 0.5) / SIZE[1]]
}
