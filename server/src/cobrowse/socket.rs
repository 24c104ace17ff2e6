//! The two ends of one WebSocket of the relay.

use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
};
use futures_util::{SinkExt, StreamExt, stream::SplitStream};
use serde::Serialize;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};

/// Frames that wait for one socket.
const QUEUE: usize = 2_048;
/// Bytes that wait for one socket.
const QUEUE_BYTES: usize = 32 * 1024 * 1024;
const PING_EVERY: Duration = Duration::from_secs(10);
const SILENT_PINGS: u32 = 3;
const SEND_WITHIN: Duration = Duration::from_secs(10);

static NEXT: AtomicU64 = AtomicU64::new(1);

#[derive(Debug)]
enum Out {
    Text(Utf8Bytes),
    Binary(Bytes),
    Close(u16, &'static str),
}

/// The sending end of a socket's queue. When it falls too far behind, or is dropped, the socket
/// closes.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Unique in this process.
    pub number: u64,
    queue: mpsc::Sender<Out>,
    waiting: Arc<AtomicUsize>,
}

/// The socket's end of the queue.
pub struct Queue {
    queue: mpsc::Receiver<Out>,
    waiting: Arc<AtomicUsize>,
}

impl Sender {
    /// A fresh queue.
    pub fn new() -> (Self, Queue) {
        let (queue, receiver) = mpsc::channel(QUEUE);
        let waiting = Arc::<AtomicUsize>::default();
        let sender = Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            queue,
            waiting: waiting.clone(),
        };
        let queue = Queue {
            queue: receiver,
            waiting,
        };
        (sender, queue)
    }

    /// Queues a message; false when the socket is gone or too far behind.
    pub fn say(&self, message: &impl Serialize) -> bool {
        match serde_json::to_string(message) {
            Ok(text) => self.text(text),
            Err(error) => {
                tracing::error!(%error, "a message could not be written");
                true
            }
        }
    }

    /// Queues a text.
    pub fn text(&self, text: String) -> bool {
        self.push(text.len(), Out::Text(text.into()))
    }

    /// Queues a binary frame.
    pub fn binary(&self, bytes: Bytes) -> bool {
        self.push(bytes.len(), Out::Binary(bytes))
    }

    /// Queues the end.
    pub fn close(&self, code: u16, reason: &'static str) {
        let _ = self.queue.try_send(Out::Close(code, reason));
    }

    fn push(&self, bytes: usize, out: Out) -> bool {
        if self.waiting.load(Ordering::Relaxed) + bytes > QUEUE_BYTES {
            return false;
        }
        self.waiting.fetch_add(bytes, Ordering::Relaxed);
        self.queue.try_send(out).is_ok()
    }
}

/// Takes what comes from a socket.
pub trait Take: Send {
    /// One message; says whether to go on.
    fn take(&mut self, message: Message) -> impl Future<Output = bool> + Send;
}

/// Sends what is queued and hands over what comes, until one side ends.
pub async fn run(socket: WebSocket, mut queue: Queue, visitor: &mut impl Take) {
    let (mut sink, stream) = socket.split();
    let alive = AtomicBool::new(true);
    let reading = read(stream, &alive, visitor);
    let writing = async {
        let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent = 0;
        loop {
            let message = tokio::select! {
                out = queue.queue.recv() => match out {
                    Some(Out::Text(text)) => {
                        queue.waiting.fetch_sub(text.len(), Ordering::Relaxed);
                        Message::Text(text)
                    }
                    Some(Out::Binary(bytes)) => {
                        queue.waiting.fetch_sub(bytes.len(), Ordering::Relaxed);
                        Message::Binary(bytes)
                    }
                    Some(Out::Close(code, reason)) => return close(code, reason),
                    None => return close(4002, "too slow"),
                },
                _ = pings.tick() => {
                    silent = if alive.swap(false, Ordering::Relaxed) { 0 } else { silent + 1 };
                    if silent >= SILENT_PINGS {
                        return close(4005, "silent");
                    }
                    Message::Ping(Bytes::new())
                }
            };
            match timeout(SEND_WITHIN, sink.send(message)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return close(4005, "silent"),
                Err(_) => return close(4002, "too slow"),
            }
        }
    };
    let last = tokio::select! {
        () = reading => None,
        last = writing => Some(last),
    };
    if let Some(last) = last {
        let _ = timeout(SEND_WITHIN, sink.send(last)).await;
    }
}

async fn read(mut stream: SplitStream<WebSocket>, alive: &AtomicBool, visitor: &mut impl Take) {
    while let Some(Ok(message)) = stream.next().await {
        alive.store(true, Ordering::Relaxed);
        match message {
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Close(_) => return,
            message => {
                if !visitor.take(message).await {
                    // What was said last, such as the reason, still goes out through the queue.
                    return std::future::pending().await;
                }
            }
        }
    }
}

fn close(code: u16, reason: &'static str) -> Message {
    Message::Close(Some(CloseFrame {
        code,
        reason: reason.into(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_nobody_empties_is_full_by_count_and_by_bytes() {
        let (sender, _queue) = Sender::new();
        assert!((0..QUEUE).all(|_| sender.text("x".into())));
        assert!(!sender.text("x".into()));
        let (sender, _queue) = Sender::new();
        let large = Bytes::from(vec![0; QUEUE_BYTES / 2 + 1]);
        assert!(sender.binary(large.clone()));
        assert!(!sender.binary(large));
    }
}
