//! The film of cameras: kept when the company wants it and the customer was told, read back as it
//! was sent, sealed on the disk, gone in time.

use crate::harness::{TestServer, Wire, ok, refused};
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use sightline_protocol::{
    ErrorCode, Role, ServerMessage, SessionId, Surface, SurfaceId,
    film::FilmPartBody,
    http::{FilmCodec, FilmRecording, SessionRecord},
};
use sightline_server::sfu::{Filmed, TapPacket, TapSaid, TapSink, VideoCodec};
use std::time::{Duration, Instant};

const DAY_MS: i64 = 86_400_000;
/// A picture that is found in a file when it is not sealed.
const PICTURE: &[u8] = b"PUB003Q as a picture of many bytes";

struct Scene {
    server: TestServer,
    cookie: String,
    session: SessionId,
    wire: Wire,
}

async fn scene(film_days: Option<u16>) -> Scene {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    keep(&server, &cookie, film_days).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let wire = server.connect(&customer).await;
    Scene {
        server,
        cookie,
        session,
        wire,
    }
}

async fn keep(server: &TestServer, cookie: &str, film_days: Option<u16>) {
    let rules = json!({
        "mode": "marked_and_inputs", "rules": [], "origins": [], "film_days": film_days,
    });
    let put = server.put("/api/cobrowse/settings", &rules);
    let _: Value = ok(put.header(COOKIE, cookie)).await;
}

impl Scene {
    async fn consent(&mut self, granted: bool, film_days: Option<u16>) {
        self.wire
            .send(&json!({
                "type": "set_consent", "scope": "camera", "granted": granted,
                "film_days": film_days,
            }))
            .await;
    }

    /// Offers the camera; the surface as everybody is told of it.
    async fn camera(&mut self) -> Surface {
        self.wire
            .send(&json!({
                "type": "offer", "number": 1, "sdp": "v=0",
                "tracks": [{ "mid": "0", "kind": "video", "surface": "camera" }],
            }))
            .await;
        self.updated(|_| true).await
    }

    async fn updated(&mut self, fits: impl Fn(&Surface) -> bool) -> Surface {
        let news = |message: &ServerMessage| match message {
            ServerMessage::SurfaceUpdated { surface } => Some(surface.clone()),
            _ => None,
        };
        self.wire.until(|message| news(message).filter(&fits)).await
    }

    fn sink(&self, surface: &SurfaceId) -> Option<TapSink<Filmed>> {
        self.server.media.film_of(surface)
    }

    async fn record(&self) -> SessionRecord {
        let path = format!("/api/sessions/{}/record", self.session);
        ok(self.server.get(&path).header(COOKIE, &self.cookie)).await
    }

    /// What is kept once it has so many parts: they are written by a thread of their own.
    async fn film(&self, parts: usize) -> FilmRecording {
        let written = async {
            loop {
                match self.record().await.film {
                    Some(film) if film.parts.len() >= parts => return film,
                    _ => tokio::task::yield_now().await,
                }
            }
        };
        let soon = tokio::time::timeout(Duration::from_secs(60), written);
        soon.await.expect("the film is written")
    }

    async fn part(&self, n: u32) -> Vec<u8> {
        let request = self.server.get(&self.path(n)).header(COOKIE, &self.cookie);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.bytes().await.unwrap().to_vec()
    }

    fn path(&self, n: u32) -> String {
        format!("/api/sessions/{}/record/film/{n}", self.session)
    }

    fn file(&self) -> Option<Vec<u8>> {
        let tenant = std::fs::read_dir(self.server.folder.join("blobs/film")).ok()?;
        let file = tenant.flatten().next()?.path().join(self.session.as_str());
        std::fs::read(file).ok()
    }
}

/// Frame times wrap in the middle.
fn frame_time(n: u32) -> u32 {
    4_294_960_000_u32.wrapping_add(3_000 * n)
}

/// A frame of VP8 in two packets, as the media thread copies them; `begin` is when frame 0 came.
fn frame(surface: &SurfaceId, begin: Instant, n: u32, keyframe: bool) -> [Filmed; 2] {
    let half = |second: bool| {
        // The payload descriptor says whether a frame begins here (RFC 7741, section 4.2).
        let payload = match second {
            true => [&[0x00], PICTURE].concat(),
            false => [&[0x10], head(keyframe), PICTURE].concat(),
        };
        Filmed::Packet(TapPacket {
            surface: surface.clone(),
            stream: 1,
            seq: 70_000 + 2 * u64::from(n) + u64::from(second),
            frame_time: frame_time(n),
            marker: second,
            codec: VideoCodec::Vp8,
            payload: payload.into(),
            at: begin + Duration::from_millis(33) * n,
        })
    };
    [half(false), half(true)]
}

/// The head of a VP8 frame of 640 by 480 (RFC 6386, section 9.1).
fn head(keyframe: bool) -> &'static [u8] {
    match keyframe {
        true => &[0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01],
        false => &[0x11, 0x02, 0x00],
    }
}

/// What the two packets of a frame make.
fn encoded(keyframe: bool) -> Vec<u8> {
    [head(keyframe), PICTURE, PICTURE].concat()
}

#[tokio::test]
async fn a_film_is_read_back_as_it_was_sent_and_is_gone_in_time() {
    let mut scene = scene(Some(3)).await;
    scene.consent(true, Some(3)).await;
    let camera = scene.camera().await;
    assert!(camera.kept);
    let sink = scene.sink(&camera.id).expect("it is filmed");
    // A part without a new frame for half a second ends. These have come later than any pause of this
    // test lasts, so that only the end of the session ends theirs.
    let begin = Instant::now() + Duration::from_secs(600);
    for n in 0..5 {
        for packet in frame(&camera.id, begin, n, n == 0) {
            assert!(sink.offer(packet));
        }
    }
    let packet = [&[1, 1, 0, 1][..], &frame_time(3).to_be_bytes(), b"pose"].concat();
    sink.offer(Filmed::Said(TapSaid {
        surface: camera.id.clone(),
        packet: packet.clone().into(),
        at: begin + Duration::from_millis(110),
    }));
    drop(sink);
    let end = format!("/api/sessions/{}/end", scene.session);
    let ended = scene.server.post(&end, &json!({}));
    let ended = ended.header(COOKIE, &scene.cookie).send().await.unwrap();
    assert_eq!(ended.status(), 204);

    let film = scene.film(1).await;
    assert!(!film.cut);
    assert_eq!(film.erased_at, "2026-01-04T00:00:00.000Z");
    assert_eq!(film.tracks.len(), 1);
    let track = &film.tracks[0];
    assert_eq!(
        (&track.participant, track.codec),
        (&camera.owner, FilmCodec::Vp8)
    );
    assert_eq!(track.surface.as_ref(), Some(&camera.id));
    assert_eq!(track.surface_number, Some(camera.number));
    assert!(film.parts[0].keyframe && film.parts[0].track == track.id);
    let bytes = scene.part(0).await;
    assert_eq!(bytes.len(), film.parts[0].bytes as usize);
    let part = FilmPartBody::read(&bytes).unwrap();
    let times: Vec<u32> = part.frames.iter().map(|frame| frame.frame_time).collect();
    let expected: Vec<u32> = (0..5).map(frame_time).collect();
    assert_eq!(times, expected);
    for (n, kept) in part.frames.iter().enumerate() {
        assert_eq!(kept.keyframe, n == 0);
        assert_eq!(kept.data, encoded(n == 0), "frame {n}");
    }
    assert_eq!(part.said[0].packet, packet);

    // On the disk it is sealed.
    let file = scene.file().unwrap();
    let finds = |bytes: &[u8]| bytes.windows(PICTURE.len()).any(|it| it == PICTURE);
    assert!(!finds(&file) && finds(&bytes));

    // Nobody else's, no other part, and nothing after its time.
    let foreigner = scene.server.foreigner().await;
    let stolen = scene.server.get(&scene.path(0)).header(COOKIE, &foreigner);
    assert_eq!(refused(stolen).await.1, ErrorCode::NotFound);
    let unsigned = scene.server.get(&scene.path(0));
    assert_eq!(refused(unsigned).await.1, ErrorCode::Unauthenticated);
    for wrong in ["1", "-1", "x", "99999999999"] {
        let path = scene.path(0).replace("/film/0", &format!("/film/{wrong}"));
        let request = scene.server.get(&path).header(COOKIE, &scene.cookie);
        assert_eq!(refused(request).await.1, ErrorCode::NotFound, "{wrong}");
    }
    scene.server.clock.advance_ms(3 * DAY_MS);
    let late = scene.server.add_account("late@example.org").await;
    scene.cookie = scene.server.sign_in_as(&late).await;
    assert_eq!(scene.record().await.film, None);
    let request = scene.server.get(&scene.path(0));
    let request = request.header(COOKIE, &scene.cookie);
    assert_eq!(refused(request).await.1, ErrorCode::NotFound);
    let films = scene.server.app.hubs.films();
    assert_eq!(films.sweep(scene.server.clock.now_ms()).await, 1);
    assert_eq!(scene.file(), None);
}

#[tokio::test]
async fn a_film_is_kept_only_for_who_was_told_and_follows_the_setting() {
    let mut scene = scene(Some(7)).await;
    let surface = {
        scene.consent(true, None).await;
        let camera = scene.camera().await;
        assert!(!camera.kept, "an app that does not know of films");
        camera.id
    };
    assert!(scene.sink(&surface).is_none());
    // Told of fewer days than it would be kept.
    scene.consent(true, Some(6)).await;
    scene.wire.settle().await;
    assert!(scene.sink(&surface).is_none());
    scene.consent(true, Some(7)).await;
    assert!(scene.updated(|it| it.kept).await.kept);
    assert!(scene.sink(&surface).is_some(), "the control");
    // The company keeps it for longer than the customer read, then for less, then not at all.
    keep(&scene.server, &scene.cookie, Some(8)).await;
    scene.updated(|it| !it.kept).await;
    assert!(scene.sink(&surface).is_none());
    keep(&scene.server, &scene.cookie, Some(2)).await;
    scene.updated(|it| it.kept).await;
    keep(&scene.server, &scene.cookie, Some(1)).await;
    scene.wire.settle().await;
    assert!(scene.sink(&surface).is_some(), "goes on under other days");
    keep(&scene.server, &scene.cookie, None).await;
    scene.updated(|it| !it.kept).await;
    assert!(scene.sink(&surface).is_none());
    // Nothing came, so that nothing was written.
    assert_eq!(scene.record().await.film, None);
}

#[tokio::test]
async fn consent_taken_back_ends_the_film_at_once_and_the_preview_tells_the_days() {
    let mut scene = scene(Some(5)).await;
    let invite = scene
        .server
        .invite(&scene.cookie, &scene.session, Role::Customer)
        .await;
    let preview = scene.server.preview_code(&invite.code).await;
    assert_eq!(preview.film_days, Some(5));
    scene.consent(true, preview.film_days).await;
    let camera = scene.camera().await;
    let sink = scene.sink(&camera.id).unwrap();
    for packet in frame(&camera.id, Instant::now(), 1, true) {
        sink.offer(packet);
    }
    drop(sink);
    let before = scene.server.media.told().len();
    scene.consent(false, None).await;
    scene
        .wire
        .until(|m| matches!(m, ServerMessage::SurfaceRemoved { .. }).then_some(()))
        .await;
    let told = scene.server.media.told()[before..].to_vec();
    assert_eq!(told, ["picture closed", "film off", "remove surface"]);
    assert!(scene.sink(&camera.id).is_none());
    // What was kept with consent stays for as long as the customer was told.
    assert_eq!(scene.film(1).await.parts.len(), 1);
    // Allowed again without a word of films, nothing is added.
    scene.consent(true, None).await;
    assert!(!scene.camera().await.kept);
    let refused =
        json!({ "type": "set_consent", "scope": "camera", "granted": true, "film_days": 366 });
    scene.wire.send(&refused).await;
    assert_eq!(scene.wire.error().await.0, ErrorCode::OutOfRange);
}

#[tokio::test]
async fn a_server_that_stops_has_written_its_films_to_their_end() {
    let mut scene = scene(Some(3)).await;
    scene.consent(true, Some(3)).await;
    let camera = scene.camera().await;
    let sink = scene.sink(&camera.id).expect("it is filmed");
    let begin = Instant::now() + Duration::from_secs(600);
    for packet in frame(&camera.id, begin, 0, true) {
        assert!(sink.offer(packet));
    }
    drop(sink);
    assert_eq!(scene.record().await.film, None, "the control: it goes on");
    scene.server.app.hubs.stop().await;
    scene.server.app.hubs.films().written().await;
    let film = scene.record().await.film.expect("it is written");
    assert_eq!(film.parts.len(), 1);
}
