use super::*;
use std::sync::Arc;

const SIZE: (u32, u32) = (64, 48);

fn source() -> (PushSource, Arc<Mutex<Vec<EncoderWish>>>) {
    let wishes = Arc::new(Mutex::new(Vec::new()));
    let sink = wishes.clone();
    let config = PushConfig {
        codec: Codec::Vp8,
        frame_time_base: u32::MAX,
    };
    let source = PushSource::new(config, Box::new(move |w| sink.lock().unwrap().push(w)));
    (source, wishes)
}

fn push(source: &PushSource, n: u64, keyframe: bool) -> PushOutcome {
    source
        .push_encoded(n * 33_333, keyframe, SIZE, &[n as u8])
        .unwrap()
}

#[test]
fn a_stream_begins_at_a_keyframe_and_again_after_a_loss() {
    let (source, wishes) = source();
    assert_eq!(push(&source, 0, false), PushOutcome::Dropped);
    assert_eq!(push(&source, 1, true), PushOutcome::Taken);
    for n in 2..=ENCODED_WAITING as u64 {
        assert_eq!(push(&source, n, false), PushOutcome::Taken, "{n}");
    }
    assert!(wishes.lock().unwrap().is_empty());
    assert_eq!(push(&source, 31, false), PushOutcome::Dropped);
    assert_eq!(*wishes.lock().unwrap(), [EncoderWish::Keyframe]);
    // There is room again, but what follows needs the frame that was lost.
    assert!(source.next_encoded(Duration::ZERO).unwrap().is_some());
    assert_eq!(push(&source, 32, false), PushOutcome::Dropped);
    assert_eq!(push(&source, 33, true), PushOutcome::Taken);
}

#[test]
fn encoded_frames_and_luma_of_one_moment_have_one_name() {
    let (source, _) = source();
    let time_us = 10_123_457;
    assert_eq!(
        source.push_encoded(time_us, true, SIZE, &[1]),
        Ok(PushOutcome::Taken)
    );
    let plane = vec![0; 64 * 48];
    source
        .push_luma(time_us, SIZE, 64, Rotation::None, &plane)
        .unwrap();
    let encoded = source.next_encoded(Duration::ZERO).unwrap().unwrap();
    let luma = source.next_luma(Duration::ZERO).unwrap().unwrap();
    assert_eq!(encoded.frame_time, luma.frame_time);
    assert_eq!(encoded.frame_time, 911_110, "911 111 ticks after u32::MAX");
}

#[test]
fn the_newest_luma_planes_stay() {
    let (source, _) = source();
    let plane = vec![0; 64 * 48];
    let outcomes = [0, 1, 2].map(|n| source.push_luma(n, SIZE, 64, Rotation::None, &plane));
    assert_eq!(outcomes[2], Ok(PushOutcome::Dropped));
    source.close();
    assert!(source.next_luma(Duration::ZERO).unwrap().is_some());
    assert!(source.next_luma(Duration::ZERO).unwrap().is_some());
    assert!(source.next_luma(Duration::ZERO).is_err());
}

#[test]
fn planes_are_turned_upright_and_lose_their_padding() {
    // Seen as letters on 16 x 17 pixels: a is the first pixel of the first row, b of the last row.
    let (width, height, stride) = (16u32, 17u32, 20u32);
    let mut data = vec![9; (stride * height) as usize];
    data[0] = b'a';
    data[(stride * (height - 1)) as usize] = b'b';
    let place = |rotation| {
        let (out, w, h) = upright(&data, width, height, stride, rotation);
        assert_eq!(out.len(), (w * h) as usize);
        let find = |letter| {
            let at = out.iter().position(|byte| *byte == letter).unwrap() as u32;
            (at % w, at / w)
        };
        (w, h, find(b'a'), find(b'b'))
    };
    assert_eq!(place(Rotation::None), (16, 17, (0, 0), (0, 16)));
    assert_eq!(place(Rotation::Right), (17, 16, (16, 0), (0, 0)));
    assert_eq!(place(Rotation::Half), (16, 17, (15, 16), (15, 0)));
    assert_eq!(place(Rotation::Left), (17, 16, (0, 15), (16, 15)));
}

#[test]
fn what_is_no_frame_is_refused_with_its_size() {
    let (source, _) = source();
    let encoded = |size, data: &[u8]| source.push_encoded(0, true, size, data);
    assert_eq!(encoded(SIZE, &[]), Err(PushError::EncodedSize { bytes: 0 }));
    assert!(encoded(SIZE, &vec![0; ENCODED_BYTES + 1]).is_err());
    assert!(encoded((0, 48), &[1]).is_err());
    let luma = |size, stride, bytes: usize| {
        source.push_luma(0, size, stride, Rotation::Right, &vec![0; bytes])
    };
    assert!(luma((1281, 48), 1281, 1281 * 48).is_err());
    assert!(luma(SIZE, 63, 64 * 48).is_err());
    assert!(luma(SIZE, u32::MAX, 64 * 48).is_err());
    assert_eq!(
        luma(SIZE, 64, 64 * 48 - 1),
        Err(PushError::PlaneSize {
            bytes: 64 * 48 - 1,
            needed: 64 * 48
        })
    );
    assert_eq!(luma(SIZE, 64, 64 * 48), Ok(PushOutcome::Taken));
}
