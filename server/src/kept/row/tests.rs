use super::*;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::io::Cursor;

const SERVER: [u8; 32] = [9; 32];
const NAME: &str = "ten/ses";

/// A file with a few records.
fn sample() -> Vec<u8> {
    let (mut sealer, mut bytes) = Sealer::begin(&SERVER, NAME, 1_700_000_000_000).unwrap();
    for length in [1, 9, 100, 5_000, 0] {
        bytes.extend(sealer.seal(&vec![2; length]).unwrap());
    }
    assert_eq!(sealer.bytes(), bytes.len() as u64);
    bytes
}

/// The records that come out, and where the last one ends.
fn opened(bytes: &[u8]) -> Option<(Vec<Vec<u8>>, u64)> {
    let input = Cursor::new(bytes);
    let mut opener = Opener::new(input, bytes.len() as u64, &SERVER, NAME).unwrap()?;
    let mut records = Vec::new();
    while let Some(record) = opener.read().unwrap() {
        records.push(record);
    }
    Some((records, opener.at()))
}

#[test]
fn a_file_that_ends_anywhere_opens_to_what_was_whole() {
    let bytes = sample();
    let (whole, end) = opened(&bytes).unwrap();
    assert_eq!((whole.len(), end), (5, bytes.len() as u64));
    let head_end = head(&mut &bytes[..], end).unwrap().unwrap().1;
    for end in 0..bytes.len() {
        let Some((part, at)) = opened(&bytes[..end]) else {
            assert!(end < head_end as usize, "cut at {end}");
            continue;
        };
        assert!(at <= end as u64 && part.len() < whole.len());
        assert!(whole.starts_with(&part), "cut at {end}");
    }
}

#[test]
fn no_change_of_any_bytes_makes_up_a_record() {
    let bytes = sample();
    let (whole, _) = opened(&bytes).unwrap();
    let mut random = StdRng::seed_from_u64(4_711);
    for _ in 0..2_000 {
        let mut changed = bytes.clone();
        for _ in 0..random.random_range(1..4) {
            let at = random.random_range(0..changed.len());
            changed[at] = random.random();
        }
        if random.random_bool(0.3) {
            let [a, b] = [0; 2].map(|_: u8| random.random_range(0..changed.len()));
            changed.drain(a.min(b)..a.max(b));
        }
        if let Some((part, _)) = opened(&changed) {
            assert!(whole.starts_with(&part));
        }
        let noise: Vec<u8> = (0..random.random_range(0..300))
            .map(|_| random.random())
            .collect();
        assert!(opened(&noise).is_none());
    }
}

#[test]
fn records_that_are_passed_over_lead_to_the_next() {
    let bytes = sample();
    let input = Cursor::new(&bytes);
    let mut opener = Opener::new(input, bytes.len() as u64, &SERVER, NAME)
        .unwrap()
        .unwrap();
    assert!(opener.skip().unwrap());
    assert_eq!(opener.read().unwrap(), Some(vec![2; 9]));
    assert!(opener.skip().unwrap() && opener.skip().unwrap());
    assert_eq!(opener.read().unwrap(), Some(Vec::new()));
    assert!(!opener.skip().unwrap());
    assert_eq!(opener.at(), bytes.len() as u64);
}

#[test]
fn going_on_seals_for_the_place_behind_the_last_good_record() {
    let mut bytes = sample();
    let end = bytes.len() - 10;
    let input = Cursor::new(bytes[..end].to_vec());
    let mut opener = Opener::new(input, end as u64, &SERVER, NAME)
        .unwrap()
        .unwrap();
    while opener.read().unwrap().is_some() {}
    let mut sealer = opener.into_sealer();
    bytes.truncate(sealer.bytes() as usize);
    bytes.extend(sealer.seal(b"more").unwrap());
    let (records, _) = opened(&bytes).unwrap();
    assert_eq!(records.last().unwrap(), b"more");
    assert_eq!(records.len(), 5);
}

#[test]
fn an_earlier_end_takes_the_place_of_the_head_and_a_longer_one_does_not() {
    let mut bytes = sample();
    let (before, _) = head(&mut &bytes[..], bytes.len() as u64).unwrap().unwrap();
    let earlier = before.ending(5).unwrap().unwrap();
    bytes[..earlier.len()].copy_from_slice(&earlier);
    let (after, _) = head(&mut &bytes[..], bytes.len() as u64).unwrap().unwrap();
    assert_eq!(after.until_ms, 5);
    assert_eq!(opened(&bytes).unwrap().0.len(), 5, "the key is the same");
    assert_eq!(before.ending(17_000_000_000_000).unwrap(), None);
    assert!(!before.shown().unwrap().windows(3).any(|it| it == b"key"));
}
