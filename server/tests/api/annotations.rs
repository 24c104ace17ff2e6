//! Drawings over the wire: one order for everybody, nothing lost.

use crate::harness::{Given, TestServer, Wire};
use serde_json::{Value, json};
use sightline_protocol::{
    AnnotationEvent, ErrorCode, Role, ServerMessage, SurfaceId, http::Joined,
};

pub fn circle(surface: &SurfaceId, client_id: &str) -> Value {
    json!({
        "type": "annotation_add", "client_id": client_id, "surface": surface,
        "frame_time": 90_000, "attach": "world", "width": 0.01,
        "shape": { "type": "circle", "center": [0.5, 0.5], "radius": [0.1, 0.1] },
    })
}

/// A customer who allowed the camera and shows it.
pub async fn on_camera(server: &TestServer, customer: &Joined) -> (Wire, SurfaceId) {
    let mut wire = server.connect(customer).await;
    wire.send(&json!({ "type": "set_consent", "scope": "camera", "granted": true }))
        .await;
    wire.send(&json!({
        "type": "offer", "number": 1, "sdp": "v=0",
        "tracks": [{ "mid": "0", "kind": "video", "surface": "camera" }],
    }))
    .await;
    let surface = wire
        .until(|m| match m {
            ServerMessage::SurfaceUpdated { surface } => Some(surface.id.clone()),
            _ => None,
        })
        .await;
    (wire, surface)
}

async fn events(wire: &mut Wire, count: usize) -> Vec<AnnotationEvent> {
    let mut seen = Vec::new();
    while seen.len() < count {
        if let ServerMessage::AnnotationEvents { events } = wire.next().await {
            seen.extend(events);
        }
    }
    seen
}

#[tokio::test]
async fn two_authors_draw_and_everybody_sees_one_order() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let (mut phone, surface) = on_camera(&server, &customer).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let technician = server.guest(&cookie, &session, Role::Technician).await;
    let mut a = server.connect(&agent).await;
    let mut t = server.connect(&technician).await;
    for i in 0..10 {
        a.send(&circle(&surface, &format!("a{i}"))).await;
        t.send(&circle(&surface, &format!("t{i}"))).await;
    }
    let seen = events(&mut phone, 20).await;
    assert_eq!(events(&mut a, 20).await, seen);
    assert_eq!(events(&mut t, 20).await, seen);
    assert!(seen.iter().zip(1..).all(|(event, seq)| event.seq == seq));
    let by_agent = seen.iter().filter(|e| e.by == agent.participant).count();
    assert_eq!(by_agent, 10);

    // Somebody who comes later gets the same log at once, as does somebody who comes back.
    drop(a);
    let late = server.guest(&cookie, &session, Role::Technician).await;
    for joined in [&late, &agent] {
        let mut wire = server.open().await;
        wire.hello(&joined.token).await;
        assert_eq!(wire.welcome().await.annotations, seen);
    }
}

#[tokio::test]
async fn a_refused_drawing_names_its_request() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let (mut phone, surface) = on_camera(&server, &customer).await;
    phone.send(&circle(&surface, "mine")).await;
    let named = phone
        .until(|m| match m {
            ServerMessage::Error {
                code, client_id, ..
            } => Some((*code, client_id.clone())),
            _ => None,
        })
        .await;
    assert_eq!(named, (ErrorCode::Forbidden, Some("mine".to_owned())));
}

#[tokio::test]
async fn a_restart_of_the_server_loses_nothing() {
    let mut server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let (_phone, surface) = on_camera(&server, &customer).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let mut wire = server.connect(&agent).await;
    wire.send(&circle(&surface, "before")).await;
    wire.send(&json!({ "type": "chat_send", "client_id": "c", "text": "Hello" }))
        .await;
    wire.settle().await;
    server.app.hubs.stop().await;
    let folder = std::mem::take(&mut server.folder);
    drop(server);

    let again = TestServer::start_with(Given {
        folder: Some(folder),
        ..Given::default()
    })
    .await;
    let mut wire = again.open().await;
    wire.hello(&agent.token).await;
    let welcome = wire.welcome().await;
    assert_eq!(welcome.annotations.len(), 1);
    assert_eq!(welcome.chat[0].text, "Hello");
    assert_eq!(welcome.participants.len(), 2);
    assert!(
        welcome.surfaces.is_empty(),
        "pictures come back with their owner"
    );
    // The undo stack survived: the step from before the restart can be taken back.
    wire.send(&json!({ "type": "annotation_undo", "client_id": "u" }))
        .await;
    assert_eq!(events(&mut wire, 1).await[0].seq, 2);
}
