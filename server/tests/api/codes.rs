//! Codes and tickets: everything that is wrong with one gets the same answer, and guessing is slow.

use crate::harness::{Given, TestServer, ticket_of};
use reqwest::{RequestBuilder, header::COOKIE};
use serde_json::{Value, json};
use sightline_protocol::{ErrorCode, Role, http::ErrorBody};
use std::collections::BTreeMap;

const MINUTES: i64 = 60_000;

/// Status, headers without the date, and body: all that a guesser sees.
async fn seen(request: RequestBuilder) -> (u16, BTreeMap<String, String>, Vec<u8>) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    (status, headers, response.bytes().await.unwrap().to_vec())
}

fn preview(server: &TestServer, body: &Value) -> RequestBuilder {
    server.post("/api/join/preview", body)
}

#[tokio::test]
async fn wrong_expired_used_and_foreign_codes_look_the_same() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;

    let used = server.invite(&cookie, &session, Role::Customer).await;
    server.preview_code(&used.code).await;
    let after_use = seen(preview(&server, &json!({ "code": used.code }))).await;

    let expired = server.invite(&cookie, &session, Role::Customer).await;
    server.clock.advance_ms(15 * MINUTES);
    let after_expiry = seen(preview(&server, &json!({ "code": expired.code }))).await;

    let ended_session = server.make_session(&cookie).await;
    let of_ended = server.invite(&cookie, &ended_session, Role::Customer).await;
    let path = format!("/api/sessions/{ended_session}/end");
    let end = server.post(&path, &json!({})).header(COOKIE, &cookie);
    assert_eq!(end.send().await.unwrap().status(), 204);
    let after_end = seen(preview(&server, &json!({ "code": of_ended.code }))).await;

    let foreign = server.invite(&cookie, &session, Role::Customer).await;
    let pool = sqlx::SqlitePool::connect(&format!(
        "sqlite://{}",
        server.folder.join("db.sqlite").display()
    ))
    .await
    .unwrap();
    let bind = |host: Option<&'static str>| {
        sqlx::query("UPDATE tenants SET host = ?")
            .bind(host)
            .execute(&pool)
    };
    bind(Some("help.other.example")).await.unwrap();
    let on_foreign_host = seen(preview(&server, &json!({ "code": foreign.code }))).await;
    server.clock.advance_ms(MINUTES);
    let ticket = json!({ "ticket": ticket_of(&foreign) });
    let ticket_on_foreign_host = seen(preview(&server, &ticket)).await;
    // The control: the same code works where the company lives.
    bind(None).await.unwrap();
    server.preview_code(&foreign.code).await;

    let wrong = seen(preview(&server, &json!({ "code": "000000" }))).await;
    let nonsense = seen(preview(&server, &json!({ "code": "abc" }))).await;
    let wrong_ticket = seen(preview(
        &server,
        &json!({ "ticket": "AAAAAAAAAAAAAAAAAAAAAA" }),
    ))
    .await;
    for (what, answer) in [
        ("used", after_use),
        ("expired", after_expiry),
        ("ended", after_end),
        ("foreign", on_foreign_host),
        ("foreign ticket", ticket_on_foreign_host),
        ("nonsense", nonsense),
        ("ticket", wrong_ticket),
    ] {
        assert_eq!(answer, wrong, "{what}");
    }
    let body: ErrorBody = serde_json::from_slice(&wrong.2).unwrap();
    assert_eq!((wrong.0, body.code), (404, ErrorCode::InvalidCode));
}

#[tokio::test]
async fn the_sixth_guess_in_a_minute_is_limited_even_when_right() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let invite = server.invite(&cookie, &session, Role::Customer).await;
    for _ in 0..5 {
        let (status, ..) = seen(preview(&server, &json!({ "code": "wrong!" }))).await;
        assert_eq!(status, 404);
    }
    let right = json!({ "code": invite.code });
    let response = preview(&server, &right).send().await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "60");
    let body: ErrorBody = response.json().await.unwrap();
    assert_eq!(
        (body.code, body.retry_after_s),
        (ErrorCode::RateLimited, Some(60))
    );
    let accept = json!({ "ticket": ticket_of(&invite), "name": "" });
    let (status, ..) = seen(server.post("/api/join/accept", &accept)).await;
    assert_eq!(status, 200, "nobody guesses a link: who has one gets in");
    let invite = server.invite(&cookie, &session, Role::Customer).await;
    server.clock.advance_ms(MINUTES);
    server.preview_code(&invite.code).await;
}

#[tokio::test]
async fn wrong_tickets_are_limited_too_and_shut_no_door_for_codes() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let invite = server.invite(&cookie, &session, Role::Customer).await;
    let wrong = json!({ "ticket": "AAAAAAAAAAAAAAAAAAAAAA", "name": "" });
    for _ in 0..5 {
        let (status, ..) = seen(server.post("/api/join/accept", &wrong)).await;
        assert_eq!(status, 404);
    }
    let right = json!({ "ticket": ticket_of(&invite) });
    let (status, ..) = seen(preview(&server, &right)).await;
    assert_eq!(status, 429);
    server.preview_code(&invite.code).await;
}

#[tokio::test]
async fn right_guesses_do_not_count() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    for _ in 0..8 {
        let invite = server.invite(&cookie, &session, Role::Customer).await;
        server.preview_code(&invite.code).await;
    }
}

#[tokio::test]
async fn a_forwarded_address_counts_only_behind_a_trusted_proxy() {
    for trust_forwarded in [false, true] {
        let server = TestServer::start_with(Given {
            trust_forwarded,
            ..Given::default()
        })
        .await;
        let guess = |from: &str| {
            preview(&server, &json!({ "code": "wrong!" })).header("x-forwarded-for", from)
        };
        for i in 0..5 {
            seen(guess(&format!("198.51.100.{i}"))).await;
        }
        let (sixth, ..) = seen(guess("198.51.100.9")).await;
        assert_eq!(sixth, if trust_forwarded { 404 } else { 429 });
    }
}

#[tokio::test]
async fn a_code_may_be_typed_with_a_gap() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let code = server.invite(&cookie, &session, Role::Customer).await.code;
    server
        .preview_code(&format!("{} {}", &code[..3], &code[3..]))
        .await;
}

#[tokio::test]
async fn live_codes_differ() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let mut codes = std::collections::HashSet::new();
    for _ in 0..50 {
        codes.insert(server.invite(&cookie, &session, Role::Customer).await.code);
    }
    assert_eq!(codes.len(), 50);
}

#[tokio::test]
async fn neither_code_nor_ticket_is_in_the_database() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let invite = server.invite(&cookie, &session, Role::Customer).await;
    let mut stored = Vec::new();
    for file in ["db.sqlite", "db.sqlite-wal"] {
        stored.extend(std::fs::read(server.folder.join(file)).unwrap());
    }
    let holds = |text: &str| stored.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(
        holds(session.as_str()),
        "the control: the scan finds what is stored"
    );
    assert!(!holds(&invite.code));
    assert!(!holds(&ticket_of(&invite)));
    assert!(!holds(cookie.split_once('=').unwrap().1));
}

#[tokio::test]
async fn a_request_with_both_or_neither_is_malformed() {
    let server = TestServer::start().await;
    for body in [
        json!({}),
        json!({ "code": "123456", "ticket": "AAAAAAAAAAAAAAAAAAAAAA" }),
    ] {
        let (status, ..) = seen(preview(&server, &body)).await;
        assert_eq!(status, 400);
    }
}
