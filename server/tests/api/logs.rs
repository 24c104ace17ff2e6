//! The log tells what happens and holds no secret and no word that people said.

use crate::{
    annotations::{circle, on_camera},
    harness::{PASSWORD, TestServer, log_text, ticket_of},
};
use serde_json::json;
use sightline_protocol::Role;

/// Which of these texts the log holds.
fn leaked<'a>(secrets: &[(&'a str, String)]) -> Vec<&'a str> {
    let log = log_text();
    secrets
        .iter()
        .filter(|(_, secret)| log.contains(secret))
        .map(|(name, _)| *name)
        .collect()
}

#[tokio::test]
async fn the_log_holds_no_secrets() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    server.add_account("private.address@example.org").await;
    server.sign_in_as("private.address@example.org").await;
    let session = server.make_session(&cookie).await;
    let invite = server.invite(&cookie, &session, Role::Customer).await;
    let preview = server.preview_code(&invite.code).await;
    let customer = server.accept(&preview.ticket).await;
    let (_phone, surface) = on_camera(&server, &customer).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let mut wire = server.connect(&agent).await;
    wire.send(&json!({
        "type": "chat_send", "client_id": "c", "text": "my card number is 4929-secret",
    }))
    .await;
    wire.send(&circle(&surface, "request-in-private")).await;
    wire.send_text("{\"type\":\"chat_send\",\"text\":\"broken-but-private")
        .await;
    wire.settle().await;
    // The SDP names addresses of the customer's network.
    wire.send(&json!({ "type": "offer", "number": 1, "sdp": "bad", "tracks": [] }))
        .await;
    wire.settle().await;

    let secrets = [
        ("one-time secret", server.sign_in_secret.clone()),
        ("cookie", cookie.split_once('=').unwrap().1.to_owned()),
        ("password", PASSWORD.to_owned()),
        ("address", "private.address".to_owned()),
        ("link's ticket", ticket_of(&invite)),
        ("code's ticket", preview.ticket),
        ("customer's token", customer.token.clone()),
        ("agent's token", agent.token.clone()),
        ("chat", "4929-secret".to_owned()),
        ("client id", "request-in-private".to_owned()),
        ("broken message", "broken-but-private".to_owned()),
        ("name", "\"Ana\"".to_owned()),
    ];
    assert_eq!(leaked(&secrets), Vec::<&str>::new());
    let log = log_text();
    assert!(
        !log.lines()
            .any(|line| line.contains(session.as_str()) && line.contains(&invite.code)),
        "the code stands in the log of its session"
    );

    // Controls: the log is being kept, and the scan finds a secret that does leak.
    assert!(log.contains(session.as_str()) && log.contains(agent.participant.as_str()));
    tracing::warn!(token = %customer.token, "a leak on purpose");
    assert_eq!(leaked(&secrets), ["customer's token"]);
}
