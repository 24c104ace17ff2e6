use super::*;
use crate::secrets;
use rand::{Rng, SeedableRng, rngs::StdRng};
use sightline_protocol::{
    ParticipantId, SurfaceId, SurfaceKind,
    film::{FilmFrame, FilmPartBody},
    http::FilmCodec,
};
use std::{fs, io::Cursor, path::PathBuf};

const SERVER: [u8; 32] = [5; 32];
const SECRET: &[u8] = b"PUB002Q in a picture";

struct Place {
    shelf: Shelf,
    folder: PathBuf,
    tenant: TenantId,
    session: SessionId,
}

impl Place {
    fn new() -> Self {
        let name = format!("sightline-film-{}", secrets::random_secret());
        let folder = std::env::temp_dir().join(name);
        Self {
            shelf: Shelf::new(folder.clone(), SERVER).in_turn(),
            folder,
            tenant: TenantId::from_random([1; 16]),
            session: SessionId::from_random([2; 16]),
        }
    }

    fn open(&self, days: u16, now_ms: i64) -> Reel {
        Reel::open(&self.shelf, &self.tenant, &self.session, days, now_ms).unwrap()
    }

    fn index(&self) -> Index {
        let file = self.shelf.read(&self.tenant, &self.session, 1).unwrap();
        Index::read(&mut file.unwrap()).unwrap()
    }

    fn part(&self, n: u32) -> Option<Vec<u8>> {
        self.parts(n, 1).pop()
    }

    fn parts(&self, first: u32, count: usize) -> Vec<Vec<u8>> {
        let file = self.shelf.read(&self.tenant, &self.session, 1).unwrap();
        parts(&mut file.unwrap(), first, count).unwrap()
    }

    fn path(&self) -> PathBuf {
        self.shelf.path(&self.tenant, &self.session)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn track(n: u8, codec: FilmCodec) -> FilmTrack {
    FilmTrack {
        id: 0,
        participant: ParticipantId::from_random([n; 16]),
        surface: Some(SurfaceId::from_random([n; 16])),
        surface_number: Some(n.into()),
        kind: Some(SurfaceKind::Camera),
        codec,
    }
}

fn film(track: u16, at_ms: u32, keyframe: bool) -> FilmPartWriter {
    FilmPartWriter::new(
        track,
        &FilmFrame {
            at_ms,
            frame_time: at_ms * 90,
            keyframe,
            turns: 0,
            data: SECRET,
        },
    )
}

#[test]
fn parts_are_found_again_and_nothing_of_them_can_be_read_in_the_file() {
    let place = Place::new();
    let mut reel = place.open(2, 0);
    let camera = reel.track(track(1, FilmCodec::Vp8)).unwrap();
    reel.part(film(camera, 1_000, true)).unwrap();
    let screen = reel.track(track(2, FilmCodec::H264)).unwrap();
    reel.part(film(screen, 1_500, false)).unwrap();
    assert_eq!(reel.track(track(1, FilmCodec::Vp8)).unwrap(), camera);
    assert_eq!((camera, screen), (1, 2));
    let index = place.index();
    assert_eq!(index, reel.index);
    let seen: Vec<_> = index
        .parts
        .iter()
        .map(|part| (part.n, part.track, part.from_ms, part.keyframe))
        .collect();
    assert_eq!(seen, [(0, 1, 1_000, true), (1, 2, 1_500, false)]);
    let body = place.part(1).unwrap();
    assert_eq!(body.len(), index.parts[1].bytes as usize);
    assert_eq!(FilmPartBody::read(&body).unwrap().frames[0].data, SECRET);
    assert_eq!(place.part(2), None);
    let both = [place.part(0).unwrap(), body.clone()];
    assert_eq!(place.parts(0, 8), both, "as many as there are");
    assert_eq!(place.parts(0, 1), both[..1]);
    assert_eq!(place.parts(1, 2), both[1..]);
    let stored = fs::read(place.path()).unwrap();
    let finds = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|it| it == SECRET);
    assert!(!finds(&stored));
    assert!(finds(&body), "the control");
}

#[test]
fn a_server_that_comes_back_goes_on_behind_the_last_whole_part() {
    let place = Place::new();
    let mut reel = place.open(2, 0);
    let camera = reel.track(track(1, FilmCodec::Vp8)).unwrap();
    reel.part(film(camera, 1_000, true)).unwrap();
    let whole = fs::read(place.path()).unwrap().len();
    reel.part(film(camera, 3_000, true)).unwrap();
    drop(reel);
    // Cut anywhere in the second part, whose head may be whole.
    let bytes = fs::read(place.path()).unwrap();
    for end in whole..bytes.len() {
        fs::write(place.path(), &bytes[..end]).unwrap();
        assert_eq!(place.index().parts.len(), 1, "cut at {end}");
    }
    let mut again = place.open(2, 0);
    assert_eq!(again.track(track(1, FilmCodec::Vp8)).unwrap(), camera);
    again.part(film(camera, 5_000, false)).unwrap();
    let times: Vec<_> = place
        .index()
        .parts
        .iter()
        .map(|part| part.from_ms)
        .collect();
    assert_eq!(times, [1_000, 5_000]);
    assert!(place.part(1).is_some());
}

#[test]
fn no_more_than_the_limits_is_kept_and_the_file_says_so() {
    for by_parts in [false, true] {
        let place = Place::new();
        let mut reel = place.open(1, 0);
        let camera = reel.track(track(1, FilmCodec::Vp8)).unwrap();
        reel.most = match by_parts {
            true => (FILM_BYTES, 3),
            false => (1_000, FILM_PARTS),
        };
        let mut kept = 0;
        while reel.part(film(camera, kept, true)).is_ok() {
            kept += 1;
        }
        assert!(matches!(reel.part(film(camera, 9, true)), Err(Over::Full)));
        assert!(matches!(
            reel.track(track(3, FilmCodec::Vp8)),
            Err(Over::Full)
        ));
        assert!(fs::metadata(place.path()).unwrap().len() <= 1_000);
        drop(reel);
        let index = place.index();
        assert!(index.cut && (1..9).contains(&kept), "{kept} were kept");
        assert_eq!(index.parts.len() as u32, kept);
        let mut again = place.open(1, 0);
        assert!(again.part(film(camera, 0, true)).is_err(), "for good");
    }
}

#[test]
fn who_goes_on_with_a_file_waits_for_who_writes_it() {
    let place = Place::new();
    let mut first = place.open(1, 0);
    let camera = first.track(track(1, FilmCodec::Vp8)).unwrap();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| place.open(1, 0).index.parts.len());
        for n in 0..50 {
            first.part(film(camera, n, true)).unwrap();
        }
        drop(first);
        assert_eq!(second.join().unwrap(), 50);
    });
}

#[test]
fn any_bytes_are_read_as_a_film_or_not_at_all() {
    let place = Place::new();
    let mut reel = place.open(1, 0);
    let camera = reel.track(track(1, FilmCodec::Vp8)).unwrap();
    for n in 0..4 {
        reel.part(film(camera, n, true)).unwrap();
    }
    drop(reel);
    let bytes = fs::read(place.path()).unwrap();
    let whole = place.index();
    let name = format!("{}/{}", place.tenant, place.session);
    let open = |bytes: &[u8]| {
        let length = bytes.len() as u64;
        Opener::new(Cursor::new(bytes.to_vec()), length, &SERVER, &name).unwrap()
    };
    assert_eq!(Index::read(&mut open(&bytes).unwrap()).unwrap(), whole);
    let mut random = StdRng::seed_from_u64(77);
    let mut opened = 0;
    for _ in 0..3_000 {
        let mut changed = bytes.clone();
        for _ in 0..random.random_range(1..4) {
            let at = random.random_range(0..changed.len());
            changed[at] = random.random();
        }
        changed.truncate(random.random_range(0..bytes.len() * 2));
        let Some(mut file) = open(&changed) else {
            continue;
        };
        opened += 1;
        let index = Index::read(&mut file).unwrap();
        assert!(whole.parts.starts_with(&index.parts));
        for n in 0..5 {
            let body = parts(&mut open(&changed).unwrap(), n, 1).unwrap().pop();
            // What was changed inside a part is noticed when that part is opened.
            assert!(body.is_none_or(|body| FilmPartBody::read(&body).is_ok()));
        }
    }
    assert!(opened > 300, "{opened}");
}

#[test]
fn records_that_no_server_of_today_writes_do_no_harm() {
    let place = Place::new();
    let mut random = StdRng::seed_from_u64(78);
    for _ in 0..200 {
        let name = format!("{}/{}", place.tenant, place.session);
        let (mut sealer, mut bytes) = Sealer::begin(&SERVER, &name, 1).unwrap();
        for _ in 0..random.random_range(0..6) {
            let mut record = vec![0; random.random_range(0..40)];
            random.fill(&mut record[..]);
            if let Some(kind) = record.first_mut() {
                *kind %= 7;
            }
            bytes.extend(sealer.seal(&record).unwrap());
        }
        let length = bytes.len() as u64;
        let open = || Opener::new(Cursor::new(&bytes), length, &SERVER, &name).unwrap();
        let index = Index::read(&mut open().unwrap()).unwrap();
        for n in 0..=index.parts.len() as u32 {
            let _ = parts(&mut open().unwrap(), n, 3).unwrap();
        }
    }
}
