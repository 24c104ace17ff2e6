//! Films of a phone that was held another way: everything behind the reader sees them upright.

use super::*;
use crate::LumaScaler;
use std::process::Command;

fn ffmpeg(arguments: &str, out: &Path) {
    let status = Command::new("ffmpeg")
        .args(["-y", "-v", "error"])
        .args(arguments.split(' '))
        .arg(out)
        .status()
        .unwrap();
    assert!(status.success(), "ffmpeg {arguments}");
}

/// The same test picture, stored turned by `filter` and marked to be shown turned by `degrees`.
fn film(scratch: &Scratch, filter: &str, degrees: u32) -> PathBuf {
    let (stored, marked) = (
        scratch.path(&format!("stored-{degrees}.mp4")),
        scratch.path(&format!("marked-{degrees}.mp4")),
    );
    ffmpeg(
        &format!(
            "-f lavfi -i testsrc=s=320x180:r=30 -frames:v 20 -vf {filter} \
             -pix_fmt yuv420p -c:v libx264 -crf 8 -bf 0"
        ),
        &stored,
    );
    let copy = format!(
        "-i {} -c copy -metadata:s:v:0 rotate={degrees}",
        stored.display()
    );
    ffmpeg(&copy, &marked);
    marked
}

#[test]
fn a_film_of_a_turned_phone_stands_upright_in_every_branch() {
    let scratch = Scratch::new();
    let luma = |path: PathBuf| {
        let source = CameraSource::open(config(path, Codec::Vp8)).unwrap();
        assert_eq!(source.captured_size(), (320, 180));
        let sent = &encoded(&source, 1)[0];
        assert_eq!((sent.width, sent.height), (320, 180), "what others get");
        let raw = &captured(&source, 1)[0];
        let plane = LumaScaler::new(640).luma(raw).unwrap();
        assert_eq!((plane.width, plane.height), (320, 180), "what is tracked");
        assert_eq!(plane.data, raw.i420().unwrap().data[..320 * 180]);
        plane.data
    };
    let upright = luma(film(&scratch, "null", 0));
    for (filter, degrees) in [
        ("transpose=1", 90),
        ("hflip,vflip", 180),
        ("transpose=2", 270),
    ] {
        let turned = luma(film(&scratch, filter, degrees));
        let same = psnr(&upright, &turned);
        assert!(same > 22.0, "turned by {degrees}: {same} dB");
        // The control: neither mirrored nor upside down is taken for upright.
        let mirrored: Vec<u8> = turned
            .chunks(320)
            .flat_map(|row| row.iter().rev().copied())
            .collect();
        assert!(psnr(&upright, &mirrored) < 16.0);
        let reversed: Vec<u8> = turned.iter().rev().copied().collect();
        assert!(psnr(&upright, &reversed) < 16.0);
    }
}
