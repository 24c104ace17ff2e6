//! Signing in, staying signed in, and requests that other sites make a browser send.

use crate::harness::{PASSWORD, TestServer, cookie_from, ok, refused};
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use serde_json::json;
use sightline_protocol::{ErrorCode, http::Me};

#[tokio::test]
async fn the_printed_secret_works_once() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let me: Me = ok(server.get("/api/me").header(COOKIE, &cookie)).await;
    assert_eq!(
        (me.name.as_str(), me.company_name.as_str()),
        ("Marta", "Warm Homes")
    );
    let again = json!({ "secret": server.sign_in_secret });
    let answer = refused(server.post("/api/auth/one-time", &again)).await;
    assert_eq!(answer, (401, ErrorCode::Unauthenticated));
}

#[tokio::test]
async fn the_printed_secret_expires() {
    let server = TestServer::start().await;
    server.clock.advance_ms(15 * 60_000);
    let body = json!({ "secret": server.sign_in_secret });
    let answer = refused(server.post("/api/auth/one-time", &body)).await;
    assert_eq!(answer, (401, ErrorCode::Unauthenticated));
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let server = TestServer::start().await;
    let body = json!({ "secret": server.sign_in_secret });
    let response = server
        .post("/api/auth/one-time", &body)
        .send()
        .await
        .unwrap();
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(attribute), "{attribute}");
    }
}

#[tokio::test]
async fn passwords_sign_in_and_wrong_ones_are_limited() {
    let server = TestServer::start().await;
    server.add_account("jo@example.org").await;
    server.sign_in_as("jo@example.org").await;
    let upper = json!({ "email": " JO@example.org ", "password": PASSWORD });
    assert_eq!(
        server
            .post("/api/auth/sign-in", &upper)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );

    let wrong = json!({ "email": "jo@example.org", "password": "wrong" });
    let nobody = json!({ "email": "nobody@example.org", "password": "wrong" });
    let mut answers = Vec::new();
    for body in [&wrong, &nobody, &wrong, &nobody, &wrong] {
        let response = server.post("/api/auth/sign-in", body).send().await.unwrap();
        assert_eq!(response.status(), 401);
        answers.push(response.text().await.unwrap());
    }
    answers.dedup();
    assert_eq!(
        answers.len(),
        1,
        "a stranger must not learn which addresses exist"
    );
    let right = json!({ "email": "jo@example.org", "password": PASSWORD });
    let sixth = refused(server.post("/api/auth/sign-in", &right)).await;
    assert_eq!(sixth, (429, ErrorCode::RateLimited));
    server.clock.advance_ms(60_000);
    server.sign_in_as("jo@example.org").await;
}

#[tokio::test]
async fn an_account_made_by_first_start_has_no_password() {
    let server = TestServer::start().await;
    let body = json!({ "email": "agent@localhost", "password": "nobody" });
    let answer = refused(server.post("/api/auth/sign-in", &body)).await;
    assert_eq!(answer, (401, ErrorCode::Unauthenticated));
}

#[tokio::test]
async fn a_sign_in_ends_by_sign_out_and_by_time() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    server.clock.advance_ms(12 * 3_600_000);
    let answer = refused(server.get("/api/me").header(COOKIE, &cookie)).await;
    assert_eq!(answer, (401, ErrorCode::Unauthenticated));

    server.add_account("jo@example.org").await;
    let cookie = server.sign_in_as("jo@example.org").await;
    let out = server
        .post("/api/auth/sign-out", &json!({}))
        .header(COOKIE, &cookie);
    let response = out.send().await.unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(cookie_from(&response), "sightline=");
    let answer = refused(server.get("/api/me").header(COOKIE, &cookie)).await;
    assert_eq!(answer, (401, ErrorCode::Unauthenticated));
}

#[tokio::test]
async fn nobody_signed_in_gets_nothing() {
    let server = TestServer::start().await;
    for cookie in [
        "",
        "sightline=",
        "sightline=AAAAAAAAAAAAAAAAAAAAAA",
        "other=x",
    ] {
        for path in ["/api/me", "/api/sessions"] {
            let answer = refused(server.get(path).header(COOKIE, cookie)).await;
            assert_eq!(answer, (401, ErrorCode::Unauthenticated), "{path} {cookie}");
        }
    }
}

#[tokio::test]
async fn requests_that_another_site_sends_are_refused() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let body = json!({ "title": "x" });
    let make = || server.post("/api/sessions", &body).header(COOKIE, &cookie);
    let foreign = make().header(ORIGIN, "https://evil.example");
    assert_eq!(refused(foreign).await, (403, ErrorCode::Forbidden));
    let sandboxed = make().header(ORIGIN, "null");
    assert_eq!(refused(sandboxed).await, (403, ErrorCode::Forbidden));
    let cross = make().header("sec-fetch-site", "cross-site");
    assert_eq!(refused(cross).await, (403, ErrorCode::Forbidden));
    let own = make().header(ORIGIN, format!("http://{}", server.address));
    assert_eq!(own.send().await.unwrap().status(), 200);
    assert_eq!(
        make().send().await.unwrap().status(),
        200,
        "a program without a browser"
    );
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused_without_quoting_it() {
    let server = TestServer::start().await;
    for text in [
        "",
        "{",
        "{\"secret\": 5}",
        "{\"secret\": [\"hidden-word\"]}",
    ] {
        let request = server.post("/api/auth/one-time", &json!({})).body(text);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 400, "{text}");
        assert!(!response.text().await.unwrap().contains("hidden-word"));
    }
    let huge = format!("{{\"secret\":\"{}\"}}", "x".repeat(70_000));
    let answer = refused(server.post("/api/auth/one-time", &json!({})).body(huge)).await;
    assert_eq!(answer, (413, ErrorCode::TooLarge));
}
