//! A server made of the golden vectors, and a technician's device in its session.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sightline_client::{
    ClientError, Event, Invite,
    camera::NoCamera,
    device::{Command, DeviceConfig, run},
    watch::Watch,
};
use sightline_protocol::AnnotationId;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};
use tokio_tungstenite::tungstenite::Message;

const ME: &str = "par_aqcaibaeaqcaibaeaqcaibaea";
/// The frame that everything is drawn on.
pub const DRAWN: u32 = 90_000;
pub const DRAWINGS: u32 = 4;

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

fn drawing_id(n: u32) -> AnnotationId {
    AnnotationId::from_random([n as u8; 16])
}

/// The vectors' welcome for a technician, with a few drawings on the customer's camera.
fn welcome() -> Value {
    let vectors = include_str!("../../../../tests/vectors/server_messages.json");
    let mut welcome = find_welcome(&serde_json::from_str(vectors).unwrap()).unwrap();
    let first = welcome["annotations"][0].clone();
    let drawings = (0..DRAWINGS).map(|n| {
        let mut event = first.clone();
        event["seq"] = json!(n + 1);
        event["client_id"] = json!(format!("c{n}"));
        let annotation = &mut event["op"]["annotation"];
        annotation["id"] = json!(drawing_id(n));
        annotation["anchor"] = json!(n + 1);
        annotation["frame_time"] = json!(DRAWN);
        event
    });
    welcome["annotations"] = drawings.collect();
    let fixed = welcome["anchors"].as_array().unwrap();
    let fixed = fixed.iter().find(|state| state["status"] == "fixed");
    let mut fixed = fixed.expect("one that is fixed").clone();
    fixed["anchor"] = json!(1);
    welcome["anchors"] = json!([fixed]);
    welcome["you"] = json!(ME);
    welcome
}

async fn post(mut stream: TcpStream, session: &Value) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !request.ends_with(b"}") {
        let read = stream.read(&mut chunk).await.unwrap();
        request.extend_from_slice(&chunk[..read]);
    }
    let body = match request.starts_with(b"POST /api/join/preview") {
        true => json!({"ticket": "ticketticket", "company_name": "Acme", "agent_name": "Ana",
            "role": "technician", "surface": "camera"}),
        false => json!({"session": session, "participant": ME, "role": "technician", "token": "t"}),
    }
    .to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.unwrap();
}

/// Takes `annotation_clear`; sends the device away for good when it asks for a surface. Tells when the
/// device has gone, and each time that it comes back in vain.
async fn serve(listener: TcpListener, gone: mpsc::Sender<()>, dials: Arc<AtomicU32>) {
    let welcome = welcome();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 4];
        stream.peek(&mut head).await.unwrap();
        if &head == b"POST" {
            post(stream, &welcome["session"]["id"]).await;
            continue;
        }
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        let send = |value: Value| Message::text(value.to_string());
        socket.send(send(welcome.clone())).await.unwrap();
        let mut away = false;
        while !away && let Some(Ok(message)) = socket.next().await {
            let Ok(said) = serde_json::from_slice::<Value>(&message.into_data()) else {
                continue;
            };
            if said["type"] == "annotation_clear" {
                let ids: Vec<AnnotationId> = (0..DRAWINGS).map(drawing_id).collect();
                let event = json!({"seq": DRAWINGS + 1, "at_ms": 2000, "by": ME,
                    "client_id": said["client_id"], "op": {"type": "hidden", "ids": ids}});
                let answer = json!({"type": "annotation_events", "events": [event]});
                socket.send(send(answer)).await.unwrap();
            }
            away = said["type"] == "request_surface";
        }
        drop(socket);
        // The test may have ended.
        let _ = gone.send(()).await;
        if away {
            loop {
                drop(listener.accept().await.unwrap());
                dials.fetch_add(1, Ordering::SeqCst);
                // It may not have read of the one before.
                let _ = gone.try_send(());
            }
        }
    }
}

/// A technician's device at such a server.
pub struct Technician {
    pub watch: Arc<Watch>,
    pub commands: mpsc::Sender<Command>,
    /// One event waits; the device goes no further than the next until it is read.
    pub events: mpsc::Receiver<Event>,
    pub device: JoinHandle<Result<(), ClientError>>,
    /// Told when the server no longer sees it.
    pub gone: mpsc::Receiver<()>,
    /// How often the device came back after the server had sent it away.
    pub dials: Arc<AtomicU32>,
}

impl Technician {
    pub async fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let link = format!("http://{}/j/#abcdefghijkl", listener.local_addr().unwrap());
        let (left, gone) = mpsc::channel(1);
        let dials = Arc::<AtomicU32>::default();
        tokio::spawn(serve(listener, left, dials.clone()));
        let watch = Arc::new(Watch::default());
        let config = DeviceConfig {
            invite: Invite::parse(&link, None).unwrap(),
            name: "Tess".into(),
            camera: Arc::new(NoCamera),
            sound: None,
            watch: Some(watch.clone()),
            microphone_given: false,
            bitrate_bps: 1_000_000,
            consent_given: false,
            insecure: false,
            use_frame_times: true,
            duration: None,
        };
        let (commands, commanded) = mpsc::channel(1);
        let (sender, events) = mpsc::channel(1);
        let device = tokio::spawn(run(config, sender, commanded));
        Self {
            watch,
            commands,
            events,
            device,
            gone,
            dials,
        }
    }

    pub async fn until(&mut self, wanted: fn(&Event) -> bool) {
        while !wanted(&self.events.recv().await.expect("the device goes on")) {}
    }

    pub async fn command(&self, command: Command) {
        self.commands.send(command).await.ok().unwrap();
    }

    /// Drawings on the frame that they were made on.
    pub fn shown(&self) -> usize {
        self.watch.scene().on(DRAWN).len()
    }
}

pub fn two_threads(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(story);
}
