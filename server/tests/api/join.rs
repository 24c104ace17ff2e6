//! From an invitation to a place in the session.

use crate::harness::{TestServer, ok, refused, ticket_of};
use reqwest::header::COOKIE;
use serde_json::json;
use sightline_protocol::{
    ErrorCode, Role, SurfaceKind, http::InvitePreview, limits::PARTICIPANTS_PER_SESSION,
};

#[tokio::test]
async fn the_preview_says_who_asks_and_for_what() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let invite = server.invite(&cookie, &session, Role::Customer).await;
    assert!(invite.link.starts_with(&server.url("/j/#")));
    assert!(invite.qr_svg.contains("<svg"));
    assert_eq!(invite.expires_at, "2026-01-01T00:15:00.000Z");
    let preview: InvitePreview = ok(server.post(
        "/api/join/preview",
        &json!({ "ticket": ticket_of(&invite) }),
    ))
    .await;
    assert_eq!(preview.ticket, ticket_of(&invite));
    assert_eq!(preview.company_name, "Warm Homes");
    assert_eq!(preview.agent_name, "Marta");
    assert_eq!(
        (preview.role, preview.surface),
        (Role::Customer, Some(SurfaceKind::Camera))
    );
}

#[tokio::test]
async fn a_ticket_is_accepted_once_however_it_was_got() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;

    let invite = server.invite(&cookie, &session, Role::Customer).await;
    let joined = server.accept(&ticket_of(&invite)).await;
    assert_eq!((joined.role, &joined.session), (Role::Customer, &session));
    let again = json!({ "ticket": ticket_of(&invite), "name": "" });
    let answer = refused(server.post("/api/join/accept", &again)).await;
    assert_eq!(answer, (404, ErrorCode::InvalidCode));
    let code = json!({ "code": invite.code });
    let answer = refused(server.post("/api/join/preview", &code)).await;
    assert_eq!(
        answer,
        (404, ErrorCode::InvalidCode),
        "the code went with the ticket"
    );

    let invite = server.invite(&cookie, &session, Role::Customer).await;
    let by_code = server.preview_code(&invite.code).await;
    assert_ne!(by_code.ticket, ticket_of(&invite));
    server.accept(&by_code.ticket).await;
    let link = json!({ "ticket": ticket_of(&invite), "name": "" });
    let answer = refused(server.post("/api/join/accept", &link)).await;
    assert_eq!(
        answer,
        (404, ErrorCode::InvalidCode),
        "one invitation, one person"
    );
}

#[tokio::test]
async fn a_code_typed_late_still_leaves_time_to_read() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let invite = server.invite(&cookie, &session, Role::Customer).await;
    server.clock.advance_ms(15 * 60_000 - 1);
    let preview = server.preview_code(&invite.code).await;
    server.clock.advance_ms(5 * 60_000);
    server.accept(&preview.ticket).await;
}

#[tokio::test]
async fn only_customers_and_technicians_are_invited() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let path = format!("/api/sessions/{session}/invites");
    for role in ["agent", "supervisor", "recorder", "vision", "emperor"] {
        let body = json!({ "role": role, "surface": null });
        let answer = refused(server.post(&path, &body).header(COOKIE, &cookie)).await;
        assert_eq!(answer, (400, ErrorCode::OutOfRange), "{role}");
    }
    let invite = server.invite(&cookie, &session, Role::Technician).await;
    assert_eq!(
        server.accept(&ticket_of(&invite)).await.role,
        Role::Technician
    );
}

#[tokio::test]
async fn an_ended_session_lets_nobody_in() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let open = server.invite(&cookie, &session, Role::Customer).await;
    let end = format!("/api/sessions/{session}/end");
    for _ in 0..2 {
        let done = server
            .post(&end, &json!({}))
            .header(COOKIE, &cookie)
            .send()
            .await
            .unwrap();
        assert_eq!(done.status(), 204, "ending twice is fine");
    }
    let accept = json!({ "ticket": ticket_of(&open), "name": "" });
    let answer = refused(server.post("/api/join/accept", &accept)).await;
    assert_eq!(answer, (404, ErrorCode::InvalidCode));
    let path = format!("/api/sessions/{session}/invites");
    let body = json!({ "role": "customer", "surface": null });
    let answer = refused(server.post(&path, &body).header(COOKIE, &cookie)).await;
    assert_eq!(answer, (410, ErrorCode::SessionEnded));
    let path = format!("/api/sessions/{session}/join");
    let answer = refused(server.post(&path, &json!({})).header(COOKIE, &cookie)).await;
    assert_eq!(answer, (410, ErrorCode::SessionEnded));
    let mut wire = server.open().await;
    wire.hello(&customer.token).await;
    assert_eq!(wire.error().await, (ErrorCode::SessionEnded, true));
    assert_eq!(wire.closed().await, Some(4004));
}

#[tokio::test]
async fn a_full_session_gives_the_invitation_back() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    for _ in 0..PARTICIPANTS_PER_SESSION {
        server.guest(&cookie, &session, Role::Technician).await;
    }
    let invite = server.invite(&cookie, &session, Role::Customer).await;
    let body = json!({ "ticket": ticket_of(&invite), "name": "" });
    for _ in 0..2 {
        let answer = refused(server.post("/api/join/accept", &body)).await;
        assert_eq!(answer, (409, ErrorCode::LimitReached));
    }
}
