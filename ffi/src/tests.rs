//! The border itself: panics, slow observers, cancellation, and a server that lies about consent.

mod order;

use crate::{
    AssistError, AssistSession, EncoderRequest, JoinConfig, PushResult, SessionEvent,
    SessionObserver, SurfaceType, VideoCodec,
    camera::{Gate, PushCamera},
    events::{EVENTS_WAITING, Teller},
    guard::guarded,
    runtime::{THREAD_NAME, runtime},
};
use futures_util::{FutureExt, SinkExt, StreamExt};
use serde_json::{Value, json};
use sightline_client::camera::Camera;
use sightline_frames::Codec;
use sightline_protocol::SurfaceKind;
use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::tungstenite::Message;

const PATIENCE: Duration = Duration::from_secs(20);
const SIZE: (u32, u32) = (64, 48);

struct Ear(Mutex<mpsc::Sender<SessionEvent>>);

impl SessionObserver for Ear {
    fn on_event(&self, event: SessionEvent) {
        drop(self.0.lock().unwrap().send(event));
    }

    fn on_encoder(&self, _request: EncoderRequest) {}
}

fn ear() -> (Arc<Ear>, mpsc::Receiver<SessionEvent>) {
    let (sender, heard) = mpsc::channel();
    (Arc::new(Ear(Mutex::new(sender))), heard)
}

fn warning(text: &str) -> SessionEvent {
    SessionEvent::Warning {
        message: text.to_owned(),
    }
}

#[test]
fn a_panic_in_a_call_is_an_error_and_an_event() {
    let (ear, heard) = ear();
    let teller = Teller::start(ear).unwrap();
    assert_eq!(guarded(&teller, || Ok(1)), Ok(1));
    let result = guarded(&teller, || -> Result<(), _> { panic!("on purpose") });
    let error = AssistError::Internal {
        reason: "on purpose".into(),
    };
    assert_eq!(result, Err(error.clone()));
    let event = heard.recv_timeout(PATIENCE).unwrap();
    assert_eq!(event, SessionEvent::Failed { error });
}

#[test]
fn an_observer_that_throws_hears_the_next_event() {
    struct Throwing(Ear);
    impl SessionObserver for Throwing {
        fn on_event(&self, event: SessionEvent) {
            assert_ne!(event, warning("bad"), "on purpose");
            self.0.on_event(event);
        }

        fn on_encoder(&self, _request: EncoderRequest) {}
    }
    let (sender, heard) = mpsc::channel();
    let teller = Teller::start(Arc::new(Throwing(Ear(Mutex::new(sender))))).unwrap();
    teller.tell(warning("bad"));
    teller.tell(warning("good"));
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), warning("good"));
}

#[test]
fn a_slow_observer_never_holds_the_core_up_and_is_told_what_it_missed() {
    struct Slow(Ear, Mutex<mpsc::Receiver<()>>);
    impl SessionObserver for Slow {
        fn on_event(&self, event: SessionEvent) {
            if event == warning("first") {
                self.1.lock().unwrap().recv().unwrap();
            }
            self.0.on_event(event);
        }

        fn on_encoder(&self, _request: EncoderRequest) {}
    }
    let (go, wait) = mpsc::channel();
    let (sender, heard) = mpsc::channel();
    let slow = Slow(Ear(Mutex::new(sender)), Mutex::new(wait));
    let teller = Teller::start(Arc::new(slow)).unwrap();
    teller.tell(warning("first"));
    // The observer's thread may or may not have taken the first one out of the queue already.
    (0..EVENTS_WAITING + 100).for_each(|n| teller.tell(warning(&n.to_string())));
    let mut all_heard = Box::pin(teller.heard());
    assert_eq!(
        all_heard.as_mut().now_or_never(),
        None,
        "it is not heard yet"
    );
    go.send(()).unwrap();
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), warning("first"));
    let SessionEvent::EventsLost { count } = heard.recv_timeout(PATIENCE).unwrap() else {
        panic!("it is not told what it missed");
    };
    assert!((100..=101).contains(&count), "{count}");
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), warning("0"));
    runtime().unwrap().block_on(all_heard);
    let told = EVENTS_WAITING + 100 - count as usize;
    assert_eq!(heard.try_iter().count(), told - 1, "all but the first");
}

#[test]
fn what_waits_in_the_queue_is_not_sent_after_a_no() {
    let (ear, _heard) = ear();
    let gate = Arc::new(Gate::default());
    let teller = Teller::start(ear).unwrap();
    let camera = PushCamera::new(
        SurfaceKind::Camera,
        Codec::Vp8,
        gate.clone(),
        Arc::default(),
        teller,
    );
    let open = camera.open(1_000_000, 0).unwrap();
    let push = || camera.push(|source| source.push_encoded(0, true, SIZE, &[1]));
    assert_eq!(push(), Ok(PushResult::NotSending), "not asked yet");
    gate.allow(true);
    assert_eq!(
        (push(), push()),
        (Ok(PushResult::Taken), Ok(PushResult::Taken))
    );
    assert!(open.source.next_encoded(Duration::ZERO).unwrap().is_some());
    gate.allow(false);
    assert_eq!(push(), Ok(PushResult::NotSending));
    assert_eq!(open.source.next_encoded(Duration::ZERO), Ok(None));
    // What was refused on its way out is gone, also after another yes.
    gate.allow(true);
    assert_eq!(open.source.next_encoded(Duration::ZERO), Ok(None));
    drop(open.source);
    assert_eq!(
        push(),
        Ok(PushResult::NotSending),
        "the core has shut the camera"
    );
}

fn config(origin: &str) -> JoinConfig {
    JoinConfig {
        invitation: format!("{origin}/j/#abcdefghijkl"),
        server: None,
        name: "Phone".into(),
        surface: SurfaceType::Camera,
        codec: VideoCodec::Vp8,
        max_bitrate_bps: 1_000_000,
        insecure: false,
    }
}

#[test]
fn cancelling_join_gives_the_attempt_up() {
    let (ear, _heard) = ear();
    let session = AssistSession::new(ear).unwrap();
    runtime().unwrap().block_on(async {
        // It takes connections and never answers.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", silent.local_addr().unwrap());
        let attempt = tokio::select! {
            result = session.join(config(&origin)) => Some(result),
            connection = silent.accept() => { connection.unwrap(); None }
        };
        assert_eq!(attempt, None);
        // The state is new again: another attempt is not refused as a second one.
        let mut other = config(&origin);
        other.invitation = "nonsense".into();
        let error = session.join(other).await.unwrap_err();
        assert!(
            matches!(error, AssistError::BadInvitation { .. }),
            "{error}"
        );
    });
}

#[test]
fn all_tasks_run_on_the_named_runtime() {
    let name = runtime().unwrap().block_on(async {
        let task = tokio::spawn(async { std::thread::current().name().map(str::to_owned) });
        task.await.unwrap()
    });
    assert_eq!(name.as_deref(), Some(THREAD_NAME));
}

/// A server that lets anybody in, says from the first message on that this is allowed, and answers.
async fn serve(
    listener: TcpListener,
    granted: Value,
    messages: mpsc::Sender<Value>,
    reply: fn(&Value) -> Option<Value>,
) {
    let vectors = include_str!("../../tests/vectors/server_messages.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let mut welcome = find_welcome(&vectors).expect("a welcome among the vectors");
    welcome["consent"]["granted"] = granted;
    let you = welcome["you"].clone();
    let session = welcome["session"]["id"].clone();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 4];
        stream.peek(&mut head).await.unwrap();
        if &head == b"POST" {
            answer(stream, &session, &you).await;
            continue;
        }
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        let send = |value: Value| Message::text(value.to_string());
        socket.send(send(welcome.clone())).await.unwrap();
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Text(text) = message {
                let said: Value = serde_json::from_str(text.as_str()).unwrap();
                if let Some(reply) = reply(&said) {
                    socket.send(send(reply)).await.unwrap();
                }
                drop(messages.send(said));
            }
        }
    }
}

fn find_welcome(value: &Value) -> Option<Value> {
    match value {
        Value::Object(map) if map.get("type").is_some_and(|kind| kind == "welcome") => {
            Some(value.clone())
        }
        Value::Object(map) => map.values().find_map(find_welcome),
        Value::Array(list) => list.iter().find_map(find_welcome),
        _ => None,
    }
}

async fn answer(mut stream: TcpStream, session: &Value, you: &Value) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    // Both requests are small; the body's end is the closing brace of its only object.
    while !request.ends_with(b"}") {
        let read = stream.read(&mut chunk).await.unwrap();
        request.extend_from_slice(&chunk[..read]);
    }
    let body = match request.starts_with(b"POST /api/join/preview") {
        true => json!({"ticket": "ticketticket", "company_name": "Liar", "agent_name": "Liar",
            "role": "customer", "surface": "camera"}),
        false => json!({"session": session, "participant": you, "role": "customer", "token": "t"}),
    }
    .to_string();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
}

#[test]
fn a_server_that_claims_a_yes_gets_nothing_before_the_persons_own() {
    let (ear, heard) = ear();
    let (messages, received) = mpsc::channel();
    let session = AssistSession::new(ear).unwrap();
    runtime().unwrap().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        // It lies: nobody was asked.
        tokio::spawn(serve(listener, json!(["camera"]), messages, |_| None));
        session.join(config(&origin)).await.unwrap();
    });
    let until = |wanted: &dyn Fn(&SessionEvent) -> bool| {
        let mut before = Vec::new();
        loop {
            let event = heard.recv_timeout(PATIENCE).unwrap();
            if wanted(&event) {
                return before;
            }
            before.push(event);
        }
    };
    let asked = |event: &SessionEvent| matches!(event, SessionEvent::ConsentAsked { .. });
    let before = until(&asked);
    let started = |event: &SessionEvent| matches!(event, SessionEvent::SendingStarted { .. });
    assert!(!before.iter().any(started), "{before:?}");
    let push = |key| session.push_encoded_video(0, key, SIZE.0, SIZE.1, &[1]);
    assert_eq!(push(true), Ok(PushResult::NotSending));
    // The core has said hello, and that is all: it offers no media.
    let said: Vec<Value> = received.try_iter().collect();
    assert!(said.iter().all(|m| m["type"] != "offer"), "{said:?}");
    session.set_consent(true, None).unwrap();
    let consent = loop {
        let message = received.recv_timeout(PATIENCE).unwrap();
        assert_ne!(message["type"], "offer", "the yes comes first");
        if message["type"] == "set_consent" && message["scope"] == "camera" {
            break message;
        }
    };
    assert_eq!(consent["granted"], true);
    assert_eq!(
        push(true),
        Ok(PushResult::NotSending),
        "it is not in force yet"
    );
}
