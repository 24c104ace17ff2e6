//! What an answer and an event mean: whoever drew, or took back, finds the picture as the answer says,
//! and whoever hears of something finds it done. A server made of the golden vectors lets a technician
//! in and takes one step.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sightline_client::{
    ClientError, Event, Invite,
    camera::{Camera, OpenCamera},
    device::{Command, DeviceConfig, Step, Taken, run},
    tracker::ViewError,
    watch::Watch,
};
use sightline_frames::Codec;
use sightline_protocol::{AnchorStatus, SurfaceKind};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use tokio_tungstenite::tungstenite::Message;

const ME: &str = "par_aqcaibaeaqcaibaeaqcaibaea";
/// The frame that everything is drawn on.
const DRAWN: u32 = 90_000;
const DRAWINGS: u32 = 4;

struct NoCamera;

impl Camera for NoCamera {
    fn kind(&self) -> SurfaceKind {
        SurfaceKind::Camera
    }

    fn codec(&self) -> Codec {
        Codec::Vp8
    }

    fn open(&self, _bitrate_bps: u32, _frame_time_base: u32) -> Result<OpenCamera, ViewError> {
        Err(ViewError::Panicked)
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

fn drawing_id(n: u32) -> String {
    format!(
        "ann_{}",
        "abcd"
            .chars()
            .nth(n as usize)
            .unwrap()
            .to_string()
            .repeat(25)
            + "a"
    )
}

/// The vectors' welcome for a technician, with a few drawings on the customer's camera.
fn welcome() -> Value {
    let vectors = include_str!("../../../tests/vectors/server_messages.json");
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

/// Takes `annotation_clear` and nothing else; tells when the device has gone.
async fn serve(listener: TcpListener, gone: mpsc::Sender<()>) {
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
        while let Some(Ok(message)) = socket.next().await {
            let Ok(said) = serde_json::from_slice::<Value>(&message.into_data()) else {
                continue;
            };
            if said["type"] == "annotation_clear" {
                let ids: Vec<String> = (0..DRAWINGS).map(drawing_id).collect();
                let event = json!({"seq": DRAWINGS + 1, "at_ms": 2000, "by": ME,
                    "client_id": said["client_id"], "op": {"type": "hidden", "ids": ids}});
                let answer = json!({"type": "annotation_events", "events": [event]});
                socket.send(send(answer)).await.unwrap();
            }
        }
        // The test may have ended.
        let _ = gone.send(()).await;
    }
}

/// A technician's device at such a server.
struct Technician {
    watch: Arc<Watch>,
    commands: mpsc::Sender<Command>,
    /// One event waits; the device goes no further than the next until it is read.
    events: mpsc::Receiver<Event>,
    device: JoinHandle<Result<(), ClientError>>,
    /// Told when the server no longer sees it.
    gone: mpsc::Receiver<()>,
}

impl Technician {
    async fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let link = format!("http://{}/j/#abcdefghijkl", listener.local_addr().unwrap());
        let (left, gone) = mpsc::channel(1);
        tokio::spawn(serve(listener, left));
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
        }
    }

    async fn until(&mut self, wanted: fn(&Event) -> bool) {
        while !wanted(&self.events.recv().await.expect("the device goes on")) {}
    }

    async fn command(&self, command: Command) {
        self.commands.send(command).await.ok().unwrap();
    }

    /// Drawings on the frame that they were made on.
    fn shown(&self) -> usize {
        self.watch.scene().on(DRAWN).len()
    }
}

fn hidden(event: &Event) -> bool {
    matches!(event, Event::Annotation { change, .. } if *change == "hidden")
}

fn two_threads(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(story);
}

#[test]
fn when_a_step_is_answered_the_picture_is_as_it_says() {
    two_threads(async {
        let mut tess = Technician::begin().await;
        tess.until(|event| matches!(event, Event::Picture { .. }))
            .await;
        assert_eq!(
            tess.shown(),
            DRAWINGS as usize,
            "the control: they are there"
        );

        let (told, mut answer) = oneshot::channel();
        let step = Step::Clear;
        tess.command(Command::Step { step, told }).await;
        tess.until(hidden).await;
        // The device still has the other three to tell, and is held up at the second or third.
        assert_eq!(answer.try_recv().unwrap(), Ok(Taken { anchor: None }));
        assert_eq!(tess.shown(), 0);

        tess.command(Command::Leave).await;
        tess.until(|event| matches!(event, Event::Ended { .. }))
            .await;
        tess.device.await.unwrap().unwrap();
    });
}

#[test]
fn when_a_picture_is_told_of_it_is_known_where_its_drawings_are() {
    two_threads(async {
        let mut tess = Technician::begin().await;
        for _ in 1..DRAWINGS {
            tess.until(|event| matches!(event, Event::Annotation { .. }))
                .await;
        }
        // The last drawing waits to be read, so that the device is held up before the picture's word.
        while tess.shown() == 0 {
            tokio::task::yield_now().await;
        }
        // A minute later only the one that is fixed to the screen is still in a known place.
        let later = tess.watch.scene().on(DRAWN + 60 * 90_000);
        let found: Vec<_> = later
            .iter()
            .map(|it| (it.annotation.anchor, it.status))
            .collect();
        assert_eq!(found, [(1, AnchorStatus::Fixed)]);
        tess.device.abort();
    });
}

#[test]
fn when_the_end_is_told_nobody_takes_commands_any_more() {
    two_threads(async {
        let mut tess = Technician::begin().await;
        tess.until(|event| matches!(event, Event::Picture { .. }))
            .await;
        let (told, _answer) = oneshot::channel();
        let step = Step::Clear;
        tess.command(Command::Step { step, told }).await;
        for _ in 1..DRAWINGS {
            tess.until(hidden).await;
        }
        assert!(!tess.commands.is_closed(), "the control");
        // The last drawing waits to be read, so that the device is held up before the word of the end.
        tess.command(Command::Leave).await;
        tess.gone.recv().await.unwrap();
        assert!(tess.commands.is_closed());
        tess.until(|event| matches!(event, Event::Ended { .. }))
            .await;
        tess.device.await.unwrap().unwrap();
    });
}
