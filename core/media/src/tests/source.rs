use super::*;
use crate::{LumaScaler, MediaError};

#[test]
fn encoded_raw_and_luma_frames_have_the_same_frame_times() {
    let scratch = Scratch::new();
    render(&scratch.path("clip.y4m"), 40, 960, 540);
    for codec in [Codec::Vp8, Codec::H264] {
        let source = CameraSource::open(config(scratch.path("clip.y4m"), codec)).unwrap();
        let raw = captured(&source, 20);
        let mut scaler = LumaScaler::new(crate::LUMA_MAX_WIDTH);
        for raw in &raw {
            let luma = scaler.luma(raw).unwrap();
            assert_eq!(raw.frame_time, luma.frame_time);
            assert_eq!((luma.width, luma.height), (640, 360));
            assert!(luma.data.len() >= (luma.stride * luma.height) as usize);
        }
        // Whatever a busy machine leaves out of one branch or the other, each frame keeps the one
        // name that its place in the clip gives it.
        let encoded = encoded(&source, 20);
        let times = raw.iter().map(|frame| frame.frame_time);
        for time in times.chain(encoded.iter().map(|frame| frame.frame_time)) {
            assert_eq!(time.wrapping_sub(BASE) % 3000, 0, "{codec:?}: {time}");
        }
        assert_eq!((raw[0].frame_time, encoded[0].frame_time), (BASE, BASE));
        assert!(raw[19].frame_time < BASE, "the line wraps within the test");
    }
}

#[test]
fn a_keyframe_comes_within_two_frames_and_only_when_asked() {
    let scratch = Scratch::new();
    render(&scratch.path("clip.webm"), 60, 320, 240);
    for codec in [Codec::Vp8, Codec::H264] {
        let source = CameraSource::open(config(scratch.path("clip.webm"), codec)).unwrap();
        let start = encoded(&source, 20);
        let keyframes: Vec<bool> = start.iter().map(|frame| frame.keyframe).collect();
        assert!(keyframes[0], "{codec:?}");
        assert!(!keyframes[1..].contains(&true), "{codec:?}: {keyframes:?}");
        source.request_keyframe();
        let after = encoded(&source, 3);
        assert!(after.iter().any(|frame| frame.keyframe), "{codec:?}");
    }
}

#[test]
fn files_of_each_kind_play_again_on_one_growing_line() {
    let scratch = Scratch::new();
    for name in ["clip.webm", "clip.avi", "clip.mp4", "clip.y4m"] {
        render(&scratch.path(name), 15, 160, 120);
        let source = CameraSource::open(config(scratch.path(name), Codec::Vp8)).unwrap();
        let frames = encoded(&source, 35);
        for pair in frames.windows(2) {
            let step = pair[1].frame_time.wrapping_sub(pair[0].frame_time);
            assert!(
                (2800..=60_000).contains(&step),
                "{name}: a step of {step} ticks"
            );
        }
        let span = frames[34].frame_time.wrapping_sub(BASE);
        assert!(
            span > 2 * 15 * 3000,
            "{name}: {span} ticks are less than two repetitions"
        );
    }
}

#[test]
fn size_rate_and_bitrate_follow_the_wishes() {
    let scratch = Scratch::new();
    render(&scratch.path("clip.webm"), 60, 640, 480);
    for codec in [Codec::Vp8, Codec::H264] {
        let source = CameraSource::open(config(scratch.path("clip.webm"), codec)).unwrap();
        assert_eq!(source.captured_size(), (640, 480));
        assert_eq!(encoded(&source, 1)[0].width, 640);
        source.set_size_and_rate(321, 241, 10);
        source.set_bitrate(200_000);
        let after: Vec<_> = encoded(&source, 14)
            .into_iter()
            .skip_while(|frame| frame.width == 640)
            .collect();
        assert!(after.len() > 8, "{codec:?}: the size never changed");
        assert!(
            after[0].keyframe,
            "{codec:?}: a new size starts with a keyframe"
        );
        for pair in after.windows(2) {
            assert_eq!((pair[1].width, pair[1].height), (320, 240));
            let step = pair[1].frame_time.wrapping_sub(pair[0].frame_time);
            assert!(
                step >= 8_500,
                "{codec:?}: {step} ticks are more than 10 frames a second"
            );
        }
    }
}

#[test]
fn a_slow_reader_loses_whole_groups_and_gets_a_keyframe() {
    let scratch = Scratch::new();
    render(&scratch.path("clip.webm"), 30, 160, 120);
    let source = CameraSource::open(config(scratch.path("clip.webm"), Codec::Vp8)).unwrap();
    // Raw frames tell the time: after 60 of them the encoded queue of 30 has overflowed.
    captured(&source, 60);
    let frames = encoded(&source, 60);
    let gap = frames
        .windows(2)
        .position(|pair| pair[1].frame_time.wrapping_sub(pair[0].frame_time) > 15_000)
        .expect("some frames were left out");
    assert!(frames[gap + 1].keyframe);
}

#[test]
fn what_is_no_video_is_refused_with_its_name() {
    let scratch = Scratch::new();
    let path = scratch.path("broken.mp4");
    std::fs::write(&path, b"this is no video at all, only text".repeat(50)).unwrap();
    let error = CameraSource::open(config(path, Codec::Vp8)).err().unwrap();
    assert!(matches!(error, MediaError::NotReadable { .. }), "{error:?}");
    assert!(error.to_string().contains("broken.mp4"), "{error}");

    let path = scratch.path("sound.ogg");
    run_pipeline(&format!(
        "audiotestsrc num-buffers=20 ! vorbisenc ! oggmux ! filesink location={}",
        path.display()
    ));
    let error = CameraSource::open(config(path, Codec::Vp8)).err().unwrap();
    assert!(error.to_string().contains("no video"), "{error}");
}

#[test]
fn the_test_pattern_runs_live() {
    let mut config = config(PathBuf::new(), Codec::Vp8);
    config.input = VideoInput::Test;
    config.max_width = 320;
    let source = CameraSource::open(config).unwrap();
    let frames = encoded(&source, 5);
    assert_eq!((frames[4].width, frames[4].height), (320, 180));
    assert_eq!(frames[0].frame_time, BASE);
}

#[test]
fn a_line_grows_over_repetitions_and_bad_stamps() {
    let mut line = crate::line::Line::new(0);
    let stamps = [Some(500), Some(600), None, Some(550), Some(800)];
    let places: Vec<u64> = stamps.into_iter().map(|pts| line.place(pts, 100)).collect();
    assert_eq!(places, [0, 100, 200, 300, 400]);
    line.repeat();
    assert_eq!(
        [line.place(Some(500), 100), line.place(Some(640), 100)],
        [500, 640]
    );
}
