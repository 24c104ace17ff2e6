//! The co-browse relay: who may speak to whom, what passes only with consent, and its limits.

use crate::harness::{TestServer, ok, refused};
use futures_util::{SinkExt, StreamExt};
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sightline_protocol::{ErrorCode, Role, SessionId, http::Joined};
use sightline_server::cobrowse::ReplayOrigin;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

pub enum Said {
    Json(Value),
    Frame(Vec<u8>),
    Closed(u16),
}

impl Socket {
    pub async fn open(server: &TestServer, path: &str, origin: Option<&str>) -> Self {
        let mut request = format!("ws://{}{path}", server.address)
            .into_client_request()
            .unwrap();
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("origin", origin.parse().unwrap());
        }
        Self(connect_async(request).await.unwrap().0)
    }

    pub async fn say(&mut self, message: Value) {
        let text = Message::text(message.to_string());
        self.0.send(text).await.unwrap();
    }

    pub async fn frame(&mut self, bytes: &[u8]) {
        let frame = Message::binary(bytes.to_vec());
        self.0.send(frame).await.unwrap();
    }

    pub async fn next(&mut self) -> Said {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Said::Json(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Binary(bytes))) => return Said::Frame(bytes.to_vec()),
                Some(Ok(Message::Close(frame))) => {
                    return Said::Closed(frame.map_or(0, |f| u16::from(f.code)));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Said::Closed(0),
            }
        }
    }

    /// Reads on until a message of this type comes.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Said::Json(message) if message["type"] == kind => return message,
                Said::Json(_) | Said::Frame(_) => {}
                Said::Closed(code) => panic!("closed with {code} before {kind}"),
            }
        }
    }

    pub async fn until_frame(&mut self) -> Vec<u8> {
        loop {
            match self.next().await {
                Said::Frame(bytes) => return bytes,
                Said::Json(_) => {}
                Said::Closed(code) => panic!("closed with {code} before a frame"),
            }
        }
    }

    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Said::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// A session's message inside of the relay's.
    pub async fn until_session(&mut self, kind: &str) -> Value {
        loop {
            let message = self.until("session").await["message"].clone();
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Asks the session for its clock: everything said before was then handled.
    pub async fn settle(&mut self) {
        self.say(json!({ "type": "session", "message": { "type": "ping", "nonce": 7 } }))
            .await;
        self.until_session("pong").await;
    }
}

pub struct Scene {
    pub server: TestServer,
    pub cookie: String,
    pub session: SessionId,
    pub agent: Joined,
    pub customer: Joined,
}

pub async fn scene() -> Scene {
    let server = TestServer::start().await;
    let ports = ReplayOrigin::Ports {
        http: 4711,
        https: None,
    };
    server.app.cobrowse.replay.set(ports).unwrap();
    let cookie = server.sign_in().await;
    let session = server.make_session(&cookie).await;
    let agent = server.join_as_agent(&cookie, &session).await;
    let customer = server.guest(&cookie, &session, Role::Customer).await;
    Scene {
        server,
        cookie,
        session,
        agent,
        customer,
    }
}

impl Scene {
    pub async fn tab(&self) -> Socket {
        let mut tab = Socket::open(
            &self.server,
            "/api/cobrowse/tab",
            Some("https://shop.example"),
        )
        .await;
        tab.say(
            json!({ "type": "hello", "protocol": 1, "token": self.customer.token, "tab": "t1" }),
        )
        .await;
        tab.until("ready").await;
        tab
    }

    pub async fn view(&self) -> Socket {
        let mut view = Socket::open(&self.server, "/api/cobrowse/view", None).await;
        view.say(json!({ "type": "hello", "protocol": 1, "token": self.agent.token }))
            .await;
        view.until("ready").await;
        view
    }
}

pub async fn consent(tab: &mut Socket, granted: bool) {
    tab.say(json!({ "type": "session", "message": { "type": "set_consent", "scope": "page", "granted": granted } }))
        .await;
    tab.until_session("consent_changed").await;
}

const SNAPSHOT: &[u8] = &[1, 0, b'{', b'}'];
const CHANGES: &[u8] = &[2, 0, b'[', b']'];

#[tokio::test]
async fn no_frame_passes_before_consent_and_none_after_it_is_taken_back() {
    let scene = scene().await;
    let (mut tab, mut view) = (scene.tab().await, scene.view().await);
    tab.frame(SNAPSHOT).await;
    assert_eq!(tab.until("error").await["code"], "consent_missing");
    consent(&mut tab, true).await;
    tab.frame(SNAPSHOT).await;
    tab.frame(CHANGES).await;
    let first = view.until_frame().await;
    assert_eq!((first[0], &first[8..]), (1, &b"{}"[..]));
    assert_eq!(view.until_frame().await[0], 2);
    consent(&mut tab, false).await;
    tab.frame(CHANGES).await;
    assert_eq!(tab.until("error").await["code"], "consent_missing");
    let tabs = loop {
        let tabs = view.until("tabs").await;
        if tabs["tabs"] == json!([]) {
            break tabs;
        }
    };
    assert_eq!(tabs["tabs"], json!([]));
    // Who comes now gets nothing of what was kept.
    let mut late = scene.view().await;
    consent(&mut tab, true).await;
    tab.frame(&[1, 0, b'n']).await;
    assert_eq!(&late.until_frame().await[8..], b"n");
}

#[tokio::test]
async fn who_comes_late_gets_the_snapshot_and_what_followed() {
    let scene = scene().await;
    let mut tab = scene.tab().await;
    consent(&mut tab, true).await;
    tab.frame(SNAPSHOT).await;
    tab.frame(CHANGES).await;
    tab.settle().await;
    let mut view = scene.view().await;
    assert_eq!(view.until_frame().await[0], 1);
    assert_eq!(view.until_frame().await[0], 2);
}

#[tokio::test]
async fn a_code_means_nothing_on_another_companys_site_or_another_origin() {
    let scene = scene().await;
    let invite = scene
        .server
        .invite(&scene.cookie, &scene.session, Role::Customer)
        .await;
    let settings: Value = ok(scene
        .server
        .get("/api/cobrowse/settings")
        .header(COOKIE, &scene.cookie))
    .await;
    let tenant = settings["tenant"].as_str().unwrap();
    let ask =
        |tenant: &str, code: &str| json!({ "type": "preview", "tenant": tenant, "code": code });
    let origin = Some("https://shop.example");
    let mut tab = Socket::open(&scene.server, "/api/cobrowse/tab", origin).await;
    tab.say(ask("ten_somebodyelse", &invite.code)).await;
    assert_eq!(tab.until("error").await["code"], "invalid_code");
    tab.say(ask(tenant, "000000")).await;
    assert_eq!(tab.until("error").await["code"], "invalid_code");
    // With a list of origins, another one gets the same answer.
    let rules =
        json!({ "mode": "marked_and_inputs", "rules": [], "origins": ["https://www.example"] });
    let put = scene
        .server
        .put("/api/cobrowse/settings", &rules)
        .header(COOKIE, &scene.cookie);
    let _: Value = ok(put).await;
    let invite = scene
        .server
        .invite(&scene.cookie, &scene.session, Role::Customer)
        .await;
    tab.say(ask(tenant, &invite.code)).await;
    assert_eq!(tab.until("error").await["code"], "invalid_code");
    let mut tab = Socket::open(&scene.server, "/api/cobrowse/tab", origin).await;
    tab.say(json!({ "type": "hello", "protocol": 1, "token": scene.customer.token, "tab": "t1" }))
        .await;
    assert_eq!(tab.until("error").await["code"], "forbidden");
    assert_eq!(tab.closed().await, 4004);
}

#[tokio::test]
async fn commands_reach_the_tab_only_as_far_as_the_customer_grants() {
    let scene = scene().await;
    let (mut tab, mut view) = (scene.tab().await, scene.view().await);
    consent(&mut tab, true).await;
    let click = |id: u32| json!({ "type": "command", "id": id, "tab": 1, "command": { "type": "click", "node": 3 } });
    view.say(click(1)).await;
    assert_eq!(view.until("outcome").await["outcome"], "not_granted");
    tab.say(json!({ "type": "grants", "kinds": ["click"] }))
        .await;
    tab.settle().await;
    view.say(click(2)).await;
    let command = tab.until("command").await;
    assert_eq!(command["command"]["node"], 3);
    tab.say(json!({ "type": "outcome", "id": command["id"], "outcome": "blocked" }))
        .await;
    assert_eq!(
        view.until("outcome").await,
        json!({ "type": "outcome", "id": 2, "outcome": "blocked" })
    );
    view.say(json!({ "type": "command", "id": 3, "tab": 1, "command": { "type": "back" } }))
        .await;
    assert_eq!(view.until("outcome").await["outcome"], "not_granted");
    // Taking the consent back takes the grants with it.
    consent(&mut tab, false).await;
    view.say(click(4)).await;
    let outcome = view.until("outcome").await;
    assert_eq!(
        (&outcome["id"], &outcome["outcome"]),
        (&json!(4), &json!("not_granted"))
    );
}

#[tokio::test]
async fn a_customer_cannot_look_on_and_an_agent_cannot_share() {
    let scene = scene().await;
    let mut view = Socket::open(&scene.server, "/api/cobrowse/view", None).await;
    view.say(json!({ "type": "hello", "protocol": 1, "token": scene.customer.token }))
        .await;
    assert_eq!(view.until("error").await["code"], "forbidden");
    assert_eq!(view.closed().await, 4004);
    let mut tab = Socket::open(&scene.server, "/api/cobrowse/tab", None).await;
    tab.say(json!({ "type": "hello", "protocol": 1, "token": scene.agent.token, "tab": "t1" }))
        .await;
    assert_eq!(tab.until("error").await["code"], "unauthenticated");
    assert_eq!(tab.closed().await, 4004);
}

#[tokio::test]
async fn assets_are_kept_by_the_hash_of_their_content_and_a_wrong_one_is_refused() {
    let scene = scene().await;
    let mut tab = scene.tab().await;
    consent(&mut tab, true).await;
    let css = b"/*css*/a{color:red}";
    let hash = Sha256::digest(css);
    let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let have = json!({ "type": "have", "hashes": [name] });
    tab.say(have.clone()).await;
    assert_eq!(tab.until("missing").await["hashes"], json!([name]));
    tab.frame(&[&[3, 0], &[0; 32][..], css].concat()).await;
    assert_eq!(tab.until("error").await["code"], "out_of_range");
    tab.frame(&[&[3, 0], &hash[..], css].concat()).await;
    tab.say(have).await;
    assert_eq!(tab.until("missing").await["hashes"], json!([]));
}

#[tokio::test]
async fn bad_frames_and_messages_close_the_connection_in_the_end() {
    let scene = scene().await;
    let mut tab = scene.tab().await;
    consent(&mut tab, true).await;
    for _ in 0..20 {
        tab.frame(&[9, 9, 9]).await;
    }
    assert_eq!(tab.closed().await, 4003);
}

#[tokio::test]
async fn a_tab_that_changes_too_fast_is_held_back_and_asked_for_a_snapshot() {
    let scene = scene().await;
    let mut tab = scene.tab().await;
    consent(&mut tab, true).await;
    tab.frame(SNAPSHOT).await;
    // The simulated clock stands still: ten seconds' worth passes, and no more.
    for _ in 0..1_200 {
        tab.frame(CHANGES).await;
    }
    assert_eq!(tab.until("error").await["code"], "rate_limited");
    tab.until("need_snapshot").await;
}

#[tokio::test]
async fn a_tab_that_never_sends_a_snapshot_does_not_fill_the_memory() {
    let change = [CHANGES, &vec![b' '; 3_500_000][..]].concat();
    // Control: at six of them a snapshot was asked for, and everything is still there. At ten,
    // beyond twice the limit, nothing is, until a snapshot comes.
    for (count, first) in [(6, &SNAPSHOT[2..]), (10, &b"{\"new\":1}"[..])] {
        let scene = scene().await;
        let mut tab = scene.tab().await;
        consent(&mut tab, true).await;
        tab.frame(SNAPSHOT).await;
        for _ in 0..count {
            tab.frame(&change).await;
        }
        tab.until("need_snapshot").await;
        tab.settle().await;
        let mut late = scene.view().await;
        tab.frame(b"\x01\x00{\"new\":1}").await;
        assert_eq!(&late.until_frame().await[8..], first, "{count} changes");
    }
}

#[tokio::test]
async fn only_a_signed_in_person_sees_and_changes_the_rules() {
    let server = TestServer::start().await;
    let path = "/api/cobrowse/settings";
    assert_eq!(
        refused(server.get(path)).await,
        (401, ErrorCode::Unauthenticated)
    );
    let rules = json!({ "mode": "marked_and_inputs", "rules": [], "origins": [] });
    assert_eq!(
        refused(server.put(path, &rules)).await,
        (401, ErrorCode::Unauthenticated)
    );
    let cookie = server.sign_in().await;
    let broken = json!({ "mode": "marked_and_inputs", "rules": [{ "action": "mask", "selector": null, "text": null, "url": null }], "origins": [] });
    let put = server.put(path, &broken).header(COOKIE, &cookie);
    assert_eq!(refused(put).await, (400, ErrorCode::OutOfRange));
}
