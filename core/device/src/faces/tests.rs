//! Real photographs of Debian's opencv-doc, read by GStreamer as a camera.

use super::*;
use sightline_media::{CameraSource, Codec, LumaScaler, SourceConfig, VideoInput};
use std::time::Duration;

const PICTURES: &str = "/usr/share/doc/opencv-doc";

fn detector() -> FaceDetector {
    FaceDetector::open(Path::new(CASCADE)).unwrap()
}

fn luma(path: &str) -> LumaPlane {
    let config = SourceConfig {
        input: VideoInput::File(Path::new(PICTURES).join(path)),
        codec: Codec::Vp8,
        bitrate_bps: 1_000_000,
        frame_time_base: 0,
        max_width: 640,
    };
    let source = CameraSource::open(config).unwrap();
    let frame = source.captured().pop(Duration::from_secs(20)).unwrap();
    LumaScaler::new(320).luma(&frame.unwrap()).unwrap()
}

/// Whether a found part covers a point of the picture.
fn covers(found: &[Region], [x, y]: [f32; 2]) -> bool {
    found.iter().any(|region| {
        let [left, top, width, height] = region.parts();
        (left..left + width).contains(&x) && (top..top + height).contains(&y)
    })
}

#[test]
fn faces_in_photographs_are_found() {
    let found = detector()
        .detect(&luma("opencv4/html/facereg.jpg"))
        .unwrap();
    for face in [[0.25, 0.23], [0.75, 0.23], [0.25, 0.73], [0.73, 0.7]] {
        assert!(covers(&found, face), "{face:?} of {found:?}");
    }
    let picture = luma("opencv4/html/julia_facedetect_sample.jpg");
    let found = detector().detect(&picture).unwrap();
    assert!(covers(&found, [0.44, 0.3]), "{found:?}");
    assert!(
        !covers(&found, [0.1, 0.9]),
        "the control: not everything is one"
    );
}

#[test]
fn little_is_hidden_where_there_is_no_face() {
    for picture in ["board.jpg", "fruits.jpg", "graf1.png"] {
        let found = detector()
            .detect(&luma(&format!("examples/data/{picture}")))
            .unwrap();
        let hidden: f32 = found
            .iter()
            .map(|region| region.parts()[2..].iter().product::<f32>())
            .sum();
        // Two windows that agree are enough for a face, and now and then for a chip.
        assert!(hidden < 0.2, "{picture}: {found:?}");
    }
}

#[test]
fn a_picture_that_is_smaller_than_it_says_is_refused() {
    let plane = LumaPlane {
        frame_time: 0,
        width: 100,
        height: 100,
        stride: 100,
        data: vec![0; 500],
    };
    assert!(detector().detect(&plane).is_err());
}

#[test]
fn a_file_that_is_no_cascade_is_refused_with_what_is_wrong() {
    let text = std::fs::read_to_string(CASCADE).unwrap();
    assert!(Cascade::parse(&text).is_ok(), "the control");
    for (from, to) in [
        ("LBP", "HAAR"),
        ("<width>24", "<width>9999999"),
        ("<width>24", "<width>20"),
        ("<leafValues>", "<leafValues>x "),
        ("0 -1 46", "0 -1 100000"),
        ("<stageThreshold>", "<stageThreshold>-"),
        ("stageThreshold", "nothing"),
    ] {
        assert!(Cascade::parse(&text.replace(from, to)).is_err(), "{from}");
    }
    let missing = FaceDetector::open(Path::new("/no/such.xml")).err().unwrap();
    assert!(missing.to_string().contains("opencv-data"), "{missing}");
}
