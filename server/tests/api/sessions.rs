//! Sessions belong to a company, and to nobody else.

use crate::harness::{TestServer, ok, refused};
use reqwest::header::COOKIE;
use serde_json::json;
use sightline_protocol::{ErrorCode, Role, SessionPhase, http::SessionList};

#[tokio::test]
async fn sessions_are_listed_newest_first_with_their_phase() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let first = server.make_session(&cookie).await;
    server.clock.advance_ms(5_000);
    let second = server.make_session(&cookie).await;
    server.guest(&cookie, &second, Role::Customer).await;
    let list: SessionList = ok(server.get("/api/sessions").header(COOKIE, &cookie)).await;
    let shown: Vec<_> = list
        .sessions
        .iter()
        .map(|s| (&s.id, s.phase, s.age_ms))
        .collect();
    assert_eq!(
        shown,
        [
            (&second, SessionPhase::Active, 0),
            (&first, SessionPhase::Waiting, 5_000)
        ]
    );
}

#[tokio::test]
async fn another_company_sees_nothing() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let foreigner = server.foreigner().await;
    let list: SessionList = ok(server.get("/api/sessions").header(COOKIE, &foreigner)).await;
    assert!(list.sessions.is_empty());
    for action in ["join", "invites", "end"] {
        let path = format!("/api/sessions/{session}/{action}");
        let body = json!({ "role": "customer", "surface": null });
        let answer = refused(server.post(&path, &body).header(COOKIE, &foreigner)).await;
        assert_eq!(answer, (404, ErrorCode::NotFound), "{action}");
    }
    // The control: the owner may.
    server.join_as_agent(&cookie, &session).await;
}

#[tokio::test]
async fn joining_twice_gives_the_same_place() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let first = server.join_as_agent(&cookie, &session).await;
    let second = server.join_as_agent(&cookie, &session).await;
    assert_eq!(first.participant, second.participant);
    server.add_account("jo@example.org").await;
    let colleague = server.sign_in_as("jo@example.org").await;
    let third = server.join_as_agent(&colleague, &session).await;
    assert_ne!(first.participant, third.participant);
}

#[tokio::test]
async fn two_tabs_that_open_at_once_are_one_person() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let tabs = (0..8).map(|_| server.join_as_agent(&cookie, &session));
    let places = futures_util::future::join_all(tabs).await;
    let one = &places[0].participant;
    assert!(places.iter().all(|place| place.participant == *one));
}

#[tokio::test]
async fn addresses_that_do_not_exist_are_refused_in_our_words() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    assert_eq!(
        refused(server.get("/api/nothing")).await,
        (404, ErrorCode::NotFound)
    );
    for session in [
        "ses_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "nonsense",
        "..%2f..%2fetc",
    ] {
        let path = format!("/api/sessions/{session}/join");
        let answer = refused(server.post(&path, &json!({})).header(COOKIE, &cookie)).await;
        assert_eq!(answer, (404, ErrorCode::NotFound), "{session}");
    }
    assert_eq!(refused(server.get("/api/join/accept")).await.0, 405);
    let long = json!({ "title": "x".repeat(121) });
    let answer = refused(server.post("/api/sessions", &long).header(COOKIE, &cookie)).await;
    assert_eq!(answer, (400, ErrorCode::OutOfRange));
    let health = server.get("/api/health").send().await.unwrap();
    assert_eq!(health.text().await.unwrap(), "ok");
}
