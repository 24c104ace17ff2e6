//! The barcode survives what a weak link does to a picture.

use sightline_tests::barcode::{self, Barcode, Kind};
use std::{
    path::Path,
    process::{Command, Stdio},
};

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{command:?}");
    output.stdout
}

fn make_clip(path: &Path) {
    run(Command::new(env!("CARGO_BIN_EXE_make-clip"))
        .args(["--seconds", "3", "--barcode", "--out"])
        .arg(path));
}

/// Index of the first frame whose barcode is not its own number.
fn first_wrong(luma: &[u8], width: usize, height: usize) -> Option<usize> {
    luma.chunks_exact(width * height)
        .enumerate()
        .position(|(frame, picture)| {
            let expected = Barcode {
                kind: Kind::FrameNumber,
                value: frame as u32,
            };
            barcode::read(picture, width) != Ok(expected)
        })
}

#[test]
fn frame_numbers_survive_vp8_at_300_kbit_and_half_size() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (clip, weak) = (folder.join("barcode.y4m"), folder.join("barcode.webm"));
    make_clip(&clip);
    run(Command::new("ffmpeg")
        .args(["-y", "-loglevel", "error", "-i"])
        .arg(&clip)
        .args(["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"])
        .args([
            "-b:v", "300k", "-minrate", "300k", "-maxrate", "300k", "-bufsize", "150k",
        ])
        .arg(&weak));
    for (width, height) in [(640, 480), (320, 240)] {
        let mut luma = run(Command::new("ffmpeg")
            .args(["-loglevel", "error", "-i"])
            .arg(&weak)
            .args([
                "-vf",
                &format!("scale={width}:{height}"),
                "-f",
                "rawvideo",
                "-pix_fmt",
                "gray",
                "-",
            ]));
        assert_eq!(luma.len(), 90 * width * height, "every frame came through");
        assert_eq!(
            first_wrong(&luma, width, height),
            None,
            "at {width}x{height}"
        );

        // Control: a frame in the wrong place is noticed.
        let size = width * height;
        luma.copy_within(40 * size..41 * size, 50 * size);
        assert_eq!(first_wrong(&luma, width, height), Some(50));
    }
}
