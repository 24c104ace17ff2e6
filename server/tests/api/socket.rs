//! The WebSocket from hello to close.

use crate::harness::{Given, TestServer, Wire};
use serde_json::json;
use sightline_protocol::{
    ErrorCode, Role, ServerMessage,
    limits::{BAD_MESSAGES, MESSAGE_BYTES, TOLD_PER_SECOND},
};
use std::time::Duration;

#[tokio::test]
async fn hello_is_answered_by_welcome() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let mut wire = server.open().await;
    wire.hello(&agent.token).await;
    let welcome = wire.welcome().await;
    assert_eq!(welcome.you, agent.participant);
    assert_eq!(welcome.session.title, "Boiler");
    assert_eq!(welcome.participants[0].name, "Marta");
    assert!(welcome.participants[0].connected);
}

#[tokio::test]
async fn uninvited_people_stay_outside() {
    let server = TestServer::start().await;
    let other = TestServer::start().await;
    let cookie = other.sign_in().await;
    let session = other.make_session(&cookie).await;
    let foreign = other.join_as_agent(&cookie, &session).await;
    for token in ["x", "a.b.c", foreign.token.as_str()] {
        let mut wire = server.open().await;
        wire.hello(token).await;
        assert_eq!(wire.error().await, (ErrorCode::Unauthenticated, true));
        assert_eq!(wire.closed().await, Some(4004));
    }
    // The control: the token is good where it was issued.
    other.connect(&foreign).await;
}

#[tokio::test]
async fn a_token_dies_after_twelve_hours() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    server.clock.advance_ms(12 * 3_600_000);
    let mut wire = server.open().await;
    wire.hello(&agent.token).await;
    assert_eq!(wire.error().await, (ErrorCode::Unauthenticated, true));
}

#[tokio::test]
async fn the_first_message_must_be_a_fitting_hello() {
    let server = TestServer::start().await;
    for (text, code) in [
        ("{}", ErrorCode::Malformed),
        ("{\"type\":\"leave\"}", ErrorCode::Unauthenticated),
        (
            "{\"type\":\"hello\",\"protocol\":99,\"token\":\"t\",\"tracks_anchors\":false}",
            ErrorCode::VersionMismatch,
        ),
    ] {
        let mut wire = server.open().await;
        wire.send_text(text).await;
        assert_eq!(wire.error().await, (code, true), "{text}");
        assert_eq!(wire.closed().await, Some(4004));
    }
}

#[tokio::test]
async fn silence_instead_of_hello_closes_and_lets_the_client_come_back() {
    let hello_within = Some(Duration::from_millis(30));
    let server = TestServer::start_with(Given {
        hello_within,
        ..Given::default()
    })
    .await;
    let mut wire = server.open().await;
    let closed = wire
        .next_or_close()
        .await
        .map_err(|code| code.map(u16::from));
    assert_eq!(
        closed,
        Err(Some(4005)),
        "nothing is said that a client would stop for"
    );
}

#[tokio::test]
async fn bad_messages_get_typed_errors_and_the_twentieth_closes() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let mut wire = server.connect(&agent).await;
    let long_chat = json!({ "type": "chat_send", "client_id": "c", "text": "x".repeat(2_001) });
    let bad = [
        ("not json".to_owned(), ErrorCode::Malformed),
        (
            "{\"type\":\"from_the_future\"}".to_owned(),
            ErrorCode::UnknownMessage,
        ),
        (long_chat.to_string(), ErrorCode::OutOfRange),
        (
            format!("\"{}\"", "x".repeat(MESSAGE_BYTES)),
            ErrorCode::TooLarge,
        ),
        (
            "{\"type\":\"set_consent\",\"scope\":\"camera\",\"granted\":true}".to_owned(),
            ErrorCode::Forbidden,
        ),
    ];
    for (text, code) in &bad {
        wire.send_text(text).await;
        assert_eq!(wire.error().await, (*code, false));
    }
    wire.send_bytes(&[1, 2, 3]).await;
    assert_eq!(wire.error().await, (ErrorCode::Malformed, false));
    wire.settle().await;
    for _ in 0..BAD_MESSAGES - 6 {
        wire.send_text("{").await;
        assert_eq!(wire.error().await, (ErrorCode::Malformed, false));
    }
    assert_eq!(wire.error().await, (ErrorCode::TooManyErrors, true));
    assert_eq!(wire.closed().await, Some(4003));
    // Coming back is possible.
    server.connect(&agent).await;
}

#[tokio::test]
async fn a_flood_is_refused_until_time_passes() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let mut wire = server.connect(&agent).await;
    let say = |n: u32| json!({ "type": "chat_send", "client_id": n.to_string(), "text": "x" });
    let burst = 10 * TOLD_PER_SECOND;
    for n in 0..burst {
        wire.send(&say(n)).await;
        wire.until(|m| matches!(m, ServerMessage::Chat { .. }).then_some(()))
            .await;
    }
    let refused = async |wire: &mut Wire| {
        wire.send(&say(burst)).await;
        wire.until(|m| match m {
            ServerMessage::Error {
                code,
                client_id,
                fatal,
                ..
            } => Some((*code, client_id.clone(), *fatal)),
            _ => None,
        })
        .await
    };
    let limited = (ErrorCode::RateLimited, Some(burst.to_string()), false);
    assert_eq!(refused(&mut wire).await, limited);
    drop(wire);
    let mut wire = server.connect(&agent).await;
    assert_eq!(
        refused(&mut wire).await,
        limited,
        "coming back refills nothing"
    );
    // What is not told to everybody has a rate of its own.
    wire.settle().await;
    server.clock.advance_ms(1_000);
    wire.send(&say(burst)).await;
    wire.until(|m| matches!(m, ServerMessage::Chat { .. }).then_some(()))
        .await;
}

#[tokio::test]
async fn a_newer_connection_replaces_the_old_one() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let mut old = server.connect(&agent).await;
    let mut new = server.connect(&agent).await;
    assert_eq!(old.error().await, (ErrorCode::Forbidden, true));
    assert_eq!(old.closed().await, Some(4001));
    let mut told = new.settle().await;
    let mut other = server
        .connect(&server.guest(&cookie, &session, Role::Customer).await)
        .await;
    other.settle().await;
    told.extend(new.settle().await);
    let shown: Vec<_> = told
        .iter()
        .filter_map(|message| match message {
            ServerMessage::ParticipantUpdated { participant } => {
                Some((participant.role, participant.connected))
            }
            _ => None,
        })
        .collect();
    assert!(
        shown.contains(&(Role::Customer, true)),
        "the control: {shown:?}"
    );
    assert!(
        !shown.contains(&(Role::Agent, false)),
        "the agent itself never seemed to go: {shown:?}"
    );
}

#[tokio::test]
async fn people_see_each_other_come_and_go() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let mut watching = server.connect(&agent).await;
    let guest = server.guest(&cookie, &session, Role::Customer).await;
    let wire = server.connect(&guest).await;
    let mut saw = async |connected: bool| {
        watching
            .until(|m| match m {
                ServerMessage::ParticipantUpdated { participant }
                    if participant.id == guest.participant
                        && participant.connected == connected =>
                {
                    Some(participant.name.clone())
                }
                _ => None,
            })
            .await
    };
    assert_eq!(saw(true).await, "Ana");
    drop(wire);
    saw(false).await;
}

#[tokio::test]
async fn ending_says_goodbye_to_everybody() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let (mut a, mut b) = (
        server.connect(&agent).await,
        server.connect(&customer).await,
    );
    a.send(&json!({ "type": "end_session" })).await;
    for wire in [&mut a, &mut b] {
        let by = wire
            .until(|m| match m {
                ServerMessage::SessionEnded { by } => Some(by.clone()),
                _ => None,
            })
            .await;
        assert_eq!(by.as_ref(), Some(&agent.participant));
        assert_eq!(wire.closed().await, Some(1000));
    }
    assert!(server.media.told().contains(&"end session".to_owned()));
}

#[tokio::test]
async fn leaving_closes_only_ones_own_connection() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    let (mut a, mut b) = (
        server.connect(&agent).await,
        server.connect(&customer).await,
    );
    b.send(&json!({ "type": "leave" })).await;
    assert_eq!(b.closed().await, Some(1000));
    a.settle().await;
    let mut back = server.open().await;
    back.hello(&customer.token).await;
    assert_eq!(
        back.welcome().await.you,
        customer.participant,
        "the token still works"
    );
}

#[tokio::test]
async fn a_server_that_stops_tells_people_to_come_back() {
    let server = TestServer::start().await;
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let mut wire = server.connect(&agent).await;
    server.app.hubs.stop().await;
    assert_eq!(wire.closed().await, Some(1001));
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_socket() {
    use tokio_tungstenite::tungstenite::{Error, client::IntoClientRequest};
    let server = TestServer::start().await;
    let open = |origin: String| {
        let mut request = format!("ws://{}/api/ws", server.address)
            .into_client_request()
            .unwrap();
        request
            .headers_mut()
            .insert("origin", origin.parse().unwrap());
        tokio_tungstenite::connect_async(request)
    };
    match open("https://evil.example".to_owned()).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 403),
        other => panic!("{other:?}"),
    }
    open(format!("http://{}", server.address))
        .await
        .expect("our own page may");
}
