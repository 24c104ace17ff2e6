use super::*;

fn frame(at_ms: u32, data: &[u8]) -> FilmFrame<'_> {
    FilmFrame {
        at_ms,
        frame_time: at_ms.wrapping_mul(90).wrapping_sub(7),
        keyframe: at_ms.is_multiple_of(2),
        turns: (at_ms % 4) as u8,
        data,
    }
}

#[test]
fn what_was_put_in_comes_out_and_no_cut_or_longer_part_is_read() {
    let frames = [
        frame(1_000, b"key"),
        frame(1_033, b""),
        frame(1_067, &[9; 300]),
    ];
    let poses = [
        FilmSaid {
            at_ms: 1_110,
            packet: b"pose",
        },
        FilmSaid {
            at_ms: 1_111,
            packet: b"",
        },
    ];
    let mut part = FilmPartWriter::new(7, &frames[0]);
    assert!(frames[1..].iter().all(|frame| part.push(frame)));
    assert!(poses.iter().all(|pose| part.say(pose)));
    assert_eq!(
        (part.span(), part.begins_with_keyframe()),
        (1_000..1_067, true)
    );
    let expected = part.bytes();
    let mut bytes = part.finish();
    assert_eq!(bytes.len(), expected);
    let read = FilmPartBody::read(&bytes).unwrap();
    assert_eq!(read.track, 7);
    assert_eq!(read.frames, frames);
    assert_eq!(read.said, poses);
    for end in 0..bytes.len() {
        assert_eq!(
            FilmPartBody::read(&bytes[..end]),
            Err(FilmError::Short),
            "{end}"
        );
    }
    bytes.push(0);
    assert_eq!(FilmPartBody::read(&bytes), Err(FilmError::Long(1)));
    bytes[0] = 2;
    assert_eq!(FilmPartBody::read(&bytes), Err(FilmError::Version(2)));
}

#[test]
fn a_part_is_neither_longer_nor_larger_than_allowed() {
    let mut part = FilmPartWriter::new(1, &frame(500, b"first"));
    assert!(part.push(&frame(500 + FILM_PART_MS - 1, b"last")));
    assert!(!part.push(&frame(500 + FILM_PART_MS, b"next")));
    assert_eq!(
        FilmPartBody::read(&part.clone().finish())
            .unwrap()
            .frames
            .len(),
        2
    );

    // Frames leave room for what is said, which may fill the part.
    let room = FILM_PART_BYTES - BESIDE_ROOM - part.bytes() - FRAME;
    assert!(!part.push(&frame(600, &vec![0; room + 1])));
    assert!(part.push(&frame(600, &vec![0; room])));
    let said = |packet| FilmSaid { at_ms: 1, packet };
    assert!(!part.say(&said(&[0; BESIDE_ROOM - SAID + 1])));
    assert!(part.say(&said(&[0; BESIDE_ROOM - SAID])));
    assert_eq!(part.bytes(), FILM_PART_BYTES);
    // One frame that is larger than a part is a part by itself.
    let large = vec![1; FILM_PART_BYTES];
    let alone = FilmPartWriter::new(1, &frame(0, &large)).finish();
    assert_eq!(FilmPartBody::read(&alone).unwrap().frames[0].data, large);
}

#[test]
fn any_bytes_are_read_or_refused() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut part = FilmPartWriter::new(3, &frame(0, b"0123456789"));
    part.push(&frame(20, b"abc"));
    let packet = &[1; 48];
    part.say(&FilmSaid { at_ms: 30, packet });
    let good = part.finish();
    let mut read = 0;
    for _ in 0..20_000 {
        let mut bytes = good.clone();
        for _ in 0..1 + random.below(3) {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        bytes.truncate(random.below(bytes.len() * 2));
        read += usize::from(FilmPartBody::read(&bytes).is_ok());
        let length = random.below(64);
        let noise: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
        let _ = FilmPartBody::read(&noise);
    }
    assert!(read > 100, "{read}: most of what was changed was content");
}

/// Xorshift (Marsaglia, 2003): this crate needs no better one.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}
