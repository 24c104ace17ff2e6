use super::*;
use crate::reader::{Next, Reader};
use crate::{DecodeError, Decoder, I420Frame, LumaScaler, MediaError, ViewWriter};

/// Every frame of a clip, read without pacing, so that none is missing.
fn whole_clip(path: PathBuf) -> Vec<CapturedFrame> {
    let mut line = crate::line::Line::new(BASE);
    let (mut reader, first) = Reader::open(&VideoInput::File(path)).unwrap();
    let mut next = Next::Frame(first);
    let mut frames = Vec::new();
    while let Next::Frame(raw) = next {
        let line_ns = line.place(raw.pts_ns, raw.duration_ns);
        let frame_time = crate::frame_time(BASE, line_ns);
        frames.push(CapturedFrame {
            frame_time,
            line_ns,
            buffer: raw.buffer,
            info: raw.info,
        });
        next = reader.next(PATIENCE).unwrap();
    }
    frames
}

#[test]
fn a_round_trip_gives_the_luma_back_under_the_same_frame_time() {
    let scratch = Scratch::new();
    let path = scratch.path("clip.y4m");
    render(&path, 40, 960, 540);
    let truth = whole_clip(path.clone());
    assert_eq!(truth.len(), 40);
    for codec in [Codec::Vp8, Codec::H264] {
        let source = CameraSource::open(config(path.clone(), codec)).unwrap();
        let mut decoder = Decoder::new(codec).unwrap();
        let mut scaler = LumaScaler::new(crate::LUMA_MAX_WIDTH);
        let planes: Vec<_> = encoded(&source, 12)
            .iter()
            .filter_map(|frame| decoder.decode(frame.frame_time, &frame.data).unwrap())
            .collect();
        assert!(planes.len() >= 11, "{codec:?}: {} planes", planes.len());
        for plane in &planes {
            let index = plane.frame_time.wrapping_sub(BASE) / 3000 % 40;
            let same = scaler.luma(&truth[index as usize]).unwrap();
            let other = scaler.luma(&truth[(index as usize + 8) % 40]).unwrap();
            assert_eq!((plane.width, plane.height), (same.width, same.height));
            let (same, other) = (
                psnr(&plane.data, &same.data),
                psnr(&plane.data, &other.data),
            );
            assert!(same > 30.0, "{codec:?}: {same} dB at frame {index}");
            // The control: a ball elsewhere is a different picture.
            assert!(
                other < same - 6.0,
                "{codec:?}: {other} dB to another frame, {same} to its own"
            );
        }
    }
}

#[test]
fn decoding_starts_at_a_keyframe_and_survives_garbage() {
    let scratch = Scratch::new();
    render(&scratch.path("clip.webm"), 30, 320, 240);
    for codec in [Codec::Vp8, Codec::H264] {
        let source = CameraSource::open(config(scratch.path("clip.webm"), codec)).unwrap();
        let frames = encoded(&source, 6);
        let mut decoder = Decoder::new(codec).unwrap();
        assert_eq!(
            decoder.decode(1, &frames[1].data),
            Err(DecodeError::NeedsKeyframe)
        );
        assert!(matches!(
            decoder.decode(1, &[]),
            Err(DecodeError::BadSize { .. })
        ));
        assert!(matches!(
            decoder.decode(1, &vec![0; 5 << 20]),
            Err(DecodeError::BadSize { .. })
        ));
        // Damaged frames of a fixed seed: bits flipped, ends cut, noise behind a good start.
        let mut seed = 1u32;
        let mut random = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize
        };
        let mut refused = 0;
        for round in 0..300 {
            let mut data = frames[random() % frames.len()].data.clone();
            match round % 3 {
                0 => data.truncate(1 + random() % data.len()),
                1 => (0..20).for_each(|_| {
                    let at = random() % data.len();
                    data[at] ^= 1 << (random() % 8);
                }),
                _ => data
                    .iter_mut()
                    .skip(12)
                    .for_each(|byte| *byte = random() as u8),
            }
            refused += u32::from(decoder.decode(round, &data).is_err());
        }
        // Decoders conceal most damage; a start that is no frame header they refuse.
        assert!(
            refused > 0,
            "{codec:?}: none of 300 damaged frames was refused"
        );
        assert!(decoder.decode(7, &[0xff; 200]).is_err(), "{codec:?}");
        // A fresh keyframe brings the picture back.
        let mut plane = None;
        for frame in &frames {
            plane = decoder
                .decode(frame.frame_time, &frame.data)
                .ok()
                .flatten()
                .or(plane);
        }
        assert_eq!(
            plane.map(|p| (p.frame_time, p.width)),
            Some((frames[5].frame_time, 320))
        );
    }
}

#[test]
fn a_keyframe_that_claims_a_giant_picture_is_refused() {
    let mut decoder = Decoder::new(Codec::Vp8).unwrap();
    let giant = [
        0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0, 0, 0,
    ];
    assert!(
        matches!(decoder.decode(0, &giant), Err(DecodeError::Refused { reason }) if reason.contains("16383"))
    );
}

#[test]
fn a_written_view_plays_back_with_its_pictures() {
    let scratch = Scratch::new();
    for name in ["view.webm", "view.mkv", "view.mp4"] {
        let path = scratch.path(name);
        let mut writer = ViewWriter::create(&path, 322, 180).unwrap();
        for n in 0..30u64 {
            // The frames get brighter, and one is of another size.
            let width = if n == 20 { 161 } else { 322 };
            let frame = I420Frame::filled(width, 180, [60 + n as u8 * 5, 128, 128]);
            writer.write(&frame, n * 33_333_333).unwrap();
            writer.write(&frame, n * 33_333_333).unwrap();
        }
        writer.finish().unwrap();
        let source = CameraSource::open(config(path, Codec::Vp8)).unwrap();
        let frames = captured(&source, 28);
        let middle = |frame: &CapturedFrame| {
            let frame = frame.i420().unwrap();
            i32::from(frame.data[(90 * frame.width + 161) as usize])
        };
        assert_eq!(frames[0].width(), 322, "{name}");
        let (first, last) = (middle(&frames[0]), middle(&frames[27]));
        assert!(
            (first - 60).abs() < 6 && last > 180,
            "{name}: from {first} to {last}"
        );
    }
}

#[test]
fn a_view_file_with_an_unknown_ending_or_place_is_refused() {
    let scratch = Scratch::new();
    let unknown = ViewWriter::create(&scratch.path("view.gif"), 64, 64).err();
    assert!(matches!(unknown, Some(MediaError::UnknownFormat { .. })));
    let nowhere = ViewWriter::create(&scratch.path("no/folder/view.webm"), 64, 64).err();
    assert!(matches!(nowhere, Some(MediaError::Failed { .. })));
}
