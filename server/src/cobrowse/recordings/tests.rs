use super::*;
use crate::secrets;
use rand::{Rng, SeedableRng, rngs::StdRng};

fn names() -> (Recordings, TenantId, SessionId) {
    let folder = std::env::temp_dir().join(format!("sightline-pages-{}", secrets::random_secret()));
    let ids = (
        TenantId::from_random([1; 16]),
        SessionId::from_random([2; 16]),
    );
    (Recordings::new(folder, [9; 32]), ids.0, ids.1)
}

#[tokio::test]
async fn a_file_goes_on_after_a_crash_and_is_erased_in_time() {
    let (kept, tenant, session) = names();
    let mut one = kept.open(&tenant, &session, 2, 1_000).await.unwrap();
    one.frame(&[1, 0, 7]).await.unwrap();
    drop(one);
    // A crash in the middle of a record.
    let path = kept.path(&tenant, &session);
    let mut bytes = fs::read(&path).await.unwrap();
    let whole = bytes.len();
    bytes.extend([0, 0, 0, 9, 1]);
    fs::write(&path, &bytes).await.unwrap();
    let found = kept.get(&tenant, &session, 2_000).await.unwrap();
    assert!(whole > found.bytes.len(), "sealed is longer than open");
    let mut two = kept.open(&tenant, &session, 2, 5_000).await.unwrap();
    two.tabs(4_000, &[]).await.unwrap();
    let found = kept.get(&tenant, &session, 2_000).await.unwrap();
    let kinds: Vec<u8> = records(&found.bytes).map(|(_, _, r)| r[0]).collect();
    assert_eq!(kinds, [HEAD, 1, TABS]);
    assert_eq!(
        found.head.until_ms,
        1_000 + 2 * DAY_MS,
        "counted from its beginning"
    );
    assert_eq!(kept.sweep(found.head.until_ms - 1).await, 0);
    assert!(
        kept.get(&tenant, &session, found.head.until_ms)
            .await
            .is_none()
    );
    assert_eq!(kept.sweep(found.head.until_ms).await, 1);
    assert!(!path.exists());
    let _ = fs::remove_dir_all(&kept.folder).await;
}

#[tokio::test]
async fn no_more_than_the_limit_is_kept_and_the_file_says_so() {
    let (kept, tenant, session) = names();
    let mut one = kept.open(&tenant, &session, 1, 0).await.unwrap();
    let frame = vec![2; 8 * 1024 * 1024];
    for _ in 0..7 {
        one.frame(&frame).await.unwrap();
    }
    assert!(!kept.get(&tenant, &session, 1).await.unwrap().cut);
    one.frame(&frame).await.unwrap();
    // A small one would fit, but not in its place.
    one.frame(&[2, 0, 1]).await.unwrap();
    drop(one);
    let found = kept.get(&tenant, &session, 1).await.unwrap();
    assert!(found.cut);
    assert!(found.bytes.len() as u64 <= PAGE_RECORDING_BYTES);
    let mut again = kept.open(&tenant, &session, 1, 0).await.unwrap();
    again.frame(&[2, 0, 1]).await.unwrap();
    let after = kept.get(&tenant, &session, 1).await.unwrap();
    assert_eq!(after.bytes.len(), found.bytes.len());
    let _ = fs::remove_dir_all(&kept.folder).await;
}

#[tokio::test]
async fn nothing_can_be_read_without_the_server_and_without_the_files_own_key() {
    let (kept, tenant, session) = names();
    let mut one = kept.open(&tenant, &session, 1, 0).await.unwrap();
    let frame = [&[1, 0, 0, 1, 0, 0, 0, 0][..], b"PUB001Q in a page"].concat();
    one.frame(&frame).await.unwrap();
    let path = kept.path(&tenant, &session);
    let bytes = fs::read(&path).await.unwrap();
    assert!(!bytes.windows(7).any(|part| part == b"PUB001Q"));
    let found = kept.get(&tenant, &session, 1).await.unwrap();
    assert!(
        found.bytes.windows(7).any(|part| part == b"PUB001Q"),
        "the control"
    );
    let other = Recordings::new(kept.folder.clone(), [8; 32]);
    assert!(other.get(&tenant, &session, 1).await.is_none());
    // Put in the place of another session's file it opens to nothing.
    let elsewhere = SessionId::from_random([3; 16]);
    fs::copy(&path, kept.path(&tenant, &elsewhere))
        .await
        .unwrap();
    assert!(kept.get(&tenant, &elsewhere, 1).await.is_none());
    // Without the key in its head the rest stays closed.
    let mut blank = bytes.clone();
    let length = bytes.windows(1).take_while(|byte| byte != b"[").count();
    blank[length + 1] = if blank[length + 1] == b'1' {
        b'2'
    } else {
        b'1'
    };
    fs::write(&path, &blank).await.unwrap();
    assert!(kept.get(&tenant, &session, 1).await.is_none());
    let _ = fs::remove_dir_all(&kept.folder).await;
}

/// Bytes of a file with a few records.
async fn sample() -> (Vec<u8>, String) {
    let (kept, tenant, session) = names();
    let mut one = kept.open(&tenant, &session, 1, 0).await.unwrap();
    for length in [1, 9, 100, 5_000] {
        one.frame(&vec![2; length]).await.unwrap();
    }
    one.tabs(7, &[]).await.unwrap();
    let bytes = fs::read(kept.path(&tenant, &session)).await.unwrap();
    let _ = fs::remove_dir_all(&kept.folder).await;
    (bytes, name(&tenant, &session))
}

#[tokio::test]
async fn a_file_that_ends_anywhere_opens_to_what_was_whole() {
    let (bytes, name) = sample().await;
    let whole = reveal(&bytes, &[9; 32], &name).unwrap();
    assert_eq!(whole.stored, bytes.len() as u64);
    let head_end = records(&bytes).next().unwrap().1 as usize;
    for end in 0..bytes.len() {
        let Some(part) = reveal(&bytes[..end], &[9; 32], &name) else {
            assert!(end < head_end, "cut at {end}");
            continue;
        };
        assert!(part.stored <= end as u64);
        assert!(
            whole.kept.bytes.starts_with(&part.kept.bytes),
            "cut at {end}"
        );
    }
}

#[tokio::test]
async fn no_change_of_any_bytes_makes_up_a_record() {
    let (bytes, name) = sample().await;
    let whole = reveal(&bytes, &[9; 32], &name).unwrap().kept.bytes;
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
        // What comes out begins as the file did, apart from the time in its open head.
        if let Some(part) = reveal(&changed, &[9; 32], &name) {
            let open: Vec<_> = records(&part.kept.bytes).skip(1).map(|r| r.2).collect();
            let real: Vec<_> = records(&whole).skip(1).map(|r| r.2).collect();
            assert!(real.starts_with(&open));
        }
        let noise: Vec<u8> = (0..random.random_range(0..300))
            .map(|_| random.random())
            .collect();
        assert!(reveal(&noise, &[9; 32], &name).is_none());
    }
}
