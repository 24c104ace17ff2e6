//! Still pictures: who may take and see them.

use crate::{
    annotations::on_camera,
    harness::{TestServer, Wire, ok, refused},
};
use reqwest::{RequestBuilder, header::COOKIE};
use serde_json::json;
use sightline_protocol::{
    ErrorCode, Role, ServerMessage, SessionId, Snapshot, SurfaceId, http::Joined,
    limits::SNAPSHOT_BYTES,
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

struct Scene {
    server: TestServer,
    cookie: String,
    session: SessionId,
    agent: Joined,
    customer: Joined,
    phone: Wire,
    surface: SurfaceId,
}

impl Scene {
    async fn set() -> Self {
        let server = TestServer::start().await;
        let cookie = server.sign_in().await;
        let session = server.make_session(&cookie).await;
        let customer = server.guest(&cookie, &session, Role::Customer).await;
        let (phone, surface) = on_camera(&server, &customer).await;
        let agent = server.join_as_agent(&cookie, &session).await;
        Self {
            server,
            cookie,
            session,
            agent,
            customer,
            phone,
            surface,
        }
    }

    async fn allow(&mut self) {
        let allow = json!({ "type": "set_consent", "scope": "snapshot", "granted": true });
        self.phone.send(&allow).await;
        self.phone.settle().await;
    }

    fn take(&self, by: &Joined, bytes: &[u8]) -> RequestBuilder {
        let path = format!(
            "/api/sessions/{}/snapshots?surface={}&frame_time=4294967295",
            self.session, self.surface
        );
        self.server
            .post(&path, &json!({}))
            .bearer_auth(&by.token)
            .body(bytes.to_vec())
    }
}

#[tokio::test]
async fn an_agent_takes_a_picture_and_everybody_hears_of_it() {
    let mut scene = Scene::set().await;
    scene.allow().await;
    let taken: Snapshot = ok(scene.take(&scene.agent, PNG)).await;
    assert_eq!(
        (&taken.by, &taken.surface),
        (&scene.agent.participant, &scene.surface)
    );
    assert_eq!(taken.frame_time, Some(u32::MAX));
    let told = scene
        .phone
        .until(|m| match m {
            ServerMessage::SnapshotAdded { snapshot } => Some(snapshot.clone()),
            _ => None,
        })
        .await;
    assert_eq!(told, taken);
    let get = || scene.server.get(&taken.path);
    for request in [
        get().bearer_auth(&scene.agent.token),
        get().bearer_auth(&scene.customer.token),
        get().header(COOKIE, &scene.cookie),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "image/png");
        assert_eq!(response.bytes().await.unwrap(), PNG);
    }
    assert_eq!(refused(get()).await, (401, ErrorCode::Unauthenticated));
    let foreigner = scene.server.foreigner().await;
    let answer = refused(get().header(COOKIE, foreigner)).await;
    assert_eq!(answer, (404, ErrorCode::NotFound));
}

#[tokio::test]
async fn without_consent_or_role_there_is_no_picture() {
    let mut scene = Scene::set().await;
    let answer = refused(scene.take(&scene.agent, PNG)).await;
    assert_eq!(answer, (403, ErrorCode::ConsentMissing));
    scene.allow().await;
    let answer = refused(scene.take(&scene.customer, PNG)).await;
    assert_eq!(answer, (403, ErrorCode::Forbidden));
    assert!(
        !scene.server.folder.join("blobs").exists(),
        "nothing was stored"
    );
}

#[tokio::test]
async fn only_pictures_of_a_sound_size_are_kept() {
    let mut scene = Scene::set().await;
    scene.allow().await;
    let answer = refused(scene.take(&scene.agent, b"<svg onload=alert(1)>")).await;
    assert_eq!(answer, (400, ErrorCode::Malformed));
    let mut huge = PNG.to_vec();
    huge.resize(SNAPSHOT_BYTES + 1, 0);
    let answer = refused(scene.take(&scene.agent, &huge)).await;
    assert_eq!(answer, (413, ErrorCode::TooLarge));
    huge.truncate(SNAPSHOT_BYTES);
    let _: Snapshot = ok(scene.take(&scene.agent, &huge)).await;
}

#[tokio::test]
async fn a_token_of_another_session_opens_nothing() {
    let mut scene = Scene::set().await;
    scene.allow().await;
    let other = scene.server.make_session(&scene.cookie).await;
    let stranger = scene.server.join_as_agent(&scene.cookie, &other).await;
    let answer = refused(scene.take(&stranger, PNG)).await;
    assert_eq!(answer, (404, ErrorCode::NotFound));
    let taken: Snapshot = ok(scene.take(&scene.agent, PNG)).await;
    let answer = refused(scene.server.get(&taken.path).bearer_auth(&stranger.token)).await;
    assert_eq!(answer, (404, ErrorCode::NotFound));
}

#[tokio::test]
async fn a_token_shows_no_picture_after_the_end_and_the_company_still_sees_it() {
    let mut scene = Scene::set().await;
    scene.allow().await;
    let taken: Snapshot = ok(scene.take(&scene.agent, PNG)).await;
    let get = || scene.server.get(&taken.path);
    let before = get().bearer_auth(&scene.customer.token).send().await;
    assert_eq!(before.unwrap().status(), 200, "the control");
    let end = format!("/api/sessions/{}/end", scene.session);
    let end = scene.server.post(&end, &json!({}));
    let done = end.header(COOKIE, &scene.cookie).send().await.unwrap();
    assert_eq!(done.status(), 204);
    for token in [&scene.customer.token, &scene.agent.token] {
        let answer = refused(get().bearer_auth(token)).await;
        assert_eq!(answer, (410, ErrorCode::SessionEnded));
    }
    let by_cookie = get().header(COOKIE, &scene.cookie).send().await.unwrap();
    assert_eq!(by_cookie.status(), 200);
}

#[tokio::test]
async fn a_picture_that_the_session_does_not_take_leaves_no_file() {
    let mut scene = Scene::set().await;
    scene.allow().await;
    let _: Snapshot = ok(scene.take(&scene.agent, PNG)).await;
    let folder = scene.server.folder.join("blobs");
    let files = || {
        let mut folders = vec![folder.clone()];
        let mut files = 0;
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    files += 1;
                }
            }
        }
        files
    };
    assert_eq!(files(), 1, "the control");
    // The session's task falls over when the disk does not take the record.
    let pool = sqlx::SqlitePool::connect(&format!(
        "sqlite://{}",
        scene.server.folder.join("db.sqlite").display()
    ))
    .await
    .unwrap();
    sqlx::query("DROP TABLE session_records")
        .execute(&pool)
        .await
        .unwrap();
    let answer = refused(scene.take(&scene.agent, PNG)).await;
    assert_eq!(answer, (500, ErrorCode::Internal));
    assert_eq!(files(), 1);
}
