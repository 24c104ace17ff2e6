//! What the media server is told, and when: the gates follow consent.

use crate::{annotations::on_camera, harness::TestServer};
use serde_json::{Value, json};
use sightline_protocol::{ErrorCode, Role, ServerMessage};

fn offer(sdp: &str, tracks: &Value) -> Value {
    json!({ "type": "offer", "number": 7, "sdp": sdp, "tracks": tracks })
}

#[tokio::test]
async fn an_offer_without_consent_never_reaches_the_media_server() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let mut wire = server.connect(&customer).await;
    for tracks in [
        json!([{ "mid": "0", "kind": "video", "surface": "camera" }]),
        json!([{ "mid": "0", "kind": "video", "surface": "screen" }]),
        json!([{ "mid": "0", "kind": "audio", "surface": null }]),
    ] {
        wire.send(&offer("v=0", &tracks)).await;
        assert_eq!(wire.error().await, (ErrorCode::ConsentMissing, false));
    }
    assert!(server.media.told().is_empty(), "{:?}", server.media.told());
    // The control: with consent the same offer is answered and the gate opens.
    on_camera(&server, &customer).await;
    let told = server.media.told();
    assert_eq!(told[0], "offer with 1 tracks");
    assert!(told.contains(&"picture open".to_owned()), "{told:?}");
}

#[tokio::test]
async fn withdrawing_consent_shuts_the_gate() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let (mut wire, surface) = on_camera(&server, &customer).await;
    wire.send(&json!({ "type": "set_consent", "scope": "camera", "granted": false }))
        .await;
    let gone = wire
        .until(|m| match m {
            ServerMessage::SurfaceRemoved { surface } => Some(surface.clone()),
            _ => None,
        })
        .await;
    assert_eq!(gone, surface);
    let told = server.media.told();
    assert_eq!(
        told.last().map(String::as_str),
        Some("remove surface"),
        "{told:?}"
    );
    assert_eq!(told[told.len() - 2], "picture closed");
}

#[tokio::test]
async fn an_offer_that_sends_nothing_needs_no_consent_and_is_answered() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let mut wire = server.connect(&agent).await;
    wire.send(&offer("v=0", &json!([]))).await;
    let number = wire
        .until(|m| match m {
            ServerMessage::Answer { number, .. } => Some(*number),
            _ => None,
        })
        .await;
    assert_eq!(number, 7);
    wire.send(&offer("bad", &json!([]))).await;
    assert_eq!(wire.error().await, (ErrorCode::MediaFailed, false));
}

#[tokio::test]
async fn the_curtain_shuts_and_opens_the_gate() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let (mut wire, surface) = on_camera(&server, &customer).await;
    for (paused, gate) in [(true, "picture closed"), (false, "picture open")] {
        let before = server.media.told().len();
        wire.send(&json!({ "type": "set_paused", "surface": surface, "paused": paused }))
            .await;
        wire.until(|m| match m {
            ServerMessage::SurfaceUpdated { surface } if surface.paused == paused => Some(()),
            _ => None,
        })
        .await;
        let told = server.media.told();
        let mut gates = told[before..].iter().filter(|it| it.starts_with("picture"));
        assert_eq!(gates.next().map(String::as_str), Some(gate));
        assert_eq!(gates.next(), None);
    }
}

#[tokio::test]
async fn the_gate_closes_at_once_though_the_disk_is_busy() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let (mut wire, _) = on_camera(&server, &customer).await;
    let file = server.folder.join("db.sqlite");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    let mut busy = pool.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut *busy)
        .await
        .unwrap();
    wire.send(&json!({ "type": "set_consent", "scope": "camera", "granted": false }))
        .await;
    while server.media.told().last().map(String::as_str) != Some("picture closed") {
        tokio::task::yield_now().await;
    }
    sqlx::query("ROLLBACK").execute(&mut *busy).await.unwrap();
    let granted = wire
        .until(|m| match m {
            ServerMessage::ConsentChanged { consent } => Some(consent.granted.clone()),
            _ => None,
        })
        .await;
    assert!(granted.is_empty(), "said only when it is written");
}
