use super::*;
use crate::secrets;
use std::fs;

const DAY_MS: i64 = 86_400_000;

/// The opened records of a row.
fn records(mut row: &[u8]) -> Vec<&[u8]> {
    let mut records = Vec::new();
    while let Some((length, rest)) = row.split_first_chunk() {
        let (record, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        records.push(record);
        row = rest;
    }
    records
}

fn names() -> (Recordings, TenantId, SessionId, PathBuf) {
    let folder = std::env::temp_dir().join(format!("sightline-pages-{}", secrets::random_secret()));
    let ids = (
        TenantId::from_random([1; 16]),
        SessionId::from_random([2; 16]),
    );
    (
        Recordings::new(folder.clone(), [9; 32]),
        ids.0,
        ids.1,
        folder,
    )
}

#[tokio::test]
async fn a_file_goes_on_after_a_crash_and_is_erased_in_time() {
    let (kept, tenant, session, folder) = names();
    let mut one = kept.open(&tenant, &session, 2, 1_000).await.unwrap();
    one.frame(&[1, 0, 7]).await.unwrap();
    drop(one);
    // A crash in the middle of a record.
    let path = kept.0.path(&tenant, &session);
    let mut bytes = fs::read(&path).unwrap();
    let whole = bytes.len();
    bytes.extend([0, 0, 0, 9, 1]);
    fs::write(&path, &bytes).unwrap();
    let found = kept.get(&tenant, &session, 2_000).await.unwrap();
    assert!(whole > found.bytes.len(), "sealed is longer than open");
    let mut two = kept.open(&tenant, &session, 2, 5_000).await.unwrap();
    two.tabs(4_000, &[]).await.unwrap();
    let found = kept.get(&tenant, &session, 2_000).await.unwrap();
    let kinds: Vec<u8> = records(&found.bytes).iter().map(|r| r[0]).collect();
    assert_eq!(kinds, [row::HEAD, 1, TABS]);
    assert_eq!(
        found.until_ms,
        1_000 + 2 * DAY_MS,
        "counted from its beginning"
    );
    // With fewer days since then it goes as early as what comes now may stay.
    drop(kept.open(&tenant, &session, 1, 6_000).await.unwrap());
    let found = kept.get(&tenant, &session, 2_000).await.unwrap();
    assert_eq!(found.until_ms, 6_000 + DAY_MS);
    assert_eq!(records(&found.bytes).len(), 3);
    assert_eq!(kept.sweep(found.until_ms - 1).await, 0);
    assert!(kept.get(&tenant, &session, found.until_ms).await.is_none());
    assert_eq!(kept.sweep(found.until_ms).await, 1);
    assert!(!path.exists());
    let _ = fs::remove_dir_all(&folder);
}

#[tokio::test]
async fn no_more_than_the_limit_is_kept_and_the_file_says_so() {
    let (kept, tenant, session, folder) = names();
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
    let _ = fs::remove_dir_all(&folder);
}

#[tokio::test]
async fn nothing_can_be_read_without_the_server_and_without_the_files_own_key() {
    let (kept, tenant, session, folder) = names();
    let mut one = kept.open(&tenant, &session, 1, 0).await.unwrap();
    let frame = [&[1, 0, 0, 1, 0, 0, 0, 0][..], b"PUB001Q in a page"].concat();
    one.frame(&frame).await.unwrap();
    let path = kept.0.path(&tenant, &session);
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(7).any(|part| part == b"PUB001Q"));
    let found = kept.get(&tenant, &session, 1).await.unwrap();
    assert!(
        found.bytes.windows(7).any(|part| part == b"PUB001Q"),
        "the control"
    );
    let other = Recordings::new(folder.clone(), [8; 32]);
    assert!(other.get(&tenant, &session, 1).await.is_none());
    // Put in the place of another session's file it opens to nothing.
    let elsewhere = SessionId::from_random([3; 16]);
    fs::copy(&path, kept.0.path(&tenant, &elsewhere)).unwrap();
    assert!(kept.get(&tenant, &elsewhere, 1).await.is_none());
    // Without the key in its head the rest stays closed.
    let mut blank = bytes.clone();
    let length = bytes.windows(1).take_while(|byte| byte != b"[").count();
    blank[length + 1] = if blank[length + 1] == b'1' {
        b'2'
    } else {
        b'1'
    };
    fs::write(&path, &blank).unwrap();
    assert!(kept.get(&tenant, &session, 1).await.is_none());
    let _ = fs::remove_dir_all(&folder);
}
