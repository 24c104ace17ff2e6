use axum::extract::ws::Utf8Bytes;
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};
use tokio::sync::mpsc;

/// Messages that wait for one socket; a client that falls further behind is cut off and comes back
/// with a fresh `welcome`.
const QUEUE: usize = 512;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Why the server closes a connection, with the close code (RFC 6455, section 7.4; 4000 to 4999 are
/// ours).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseWhy {
    /// The participant left, or the session ended.
    Over,
    /// The server stops; come back soon.
    ServerStops,
    /// The server failed; come back soon.
    Failed,
    /// A newer connection of the same participant took over: do not come back by yourself.
    Replaced,
    /// The client does not read fast enough; come back.
    TooSlow,
    /// Too many bad messages.
    BadMessages,
    /// `hello` was refused, or something else came first.
    Refused,
    /// Nothing came for too long, or no `hello` in time.
    Silent,
}

impl CloseWhy {
    /// Close code and reason.
    pub fn code_and_reason(self) -> (u16, &'static str) {
        match self {
            Self::Over => (1000, "over"),
            Self::ServerStops => (1001, "server stops"),
            Self::Failed => (1011, "server failed"),
            Self::Replaced => (4001, "replaced by a newer connection"),
            Self::TooSlow => (4002, "too slow"),
            Self::BadMessages => (4003, "too many bad messages"),
            Self::Refused => (4004, "refused"),
            Self::Silent => (4005, "silent"),
        }
    }
}

/// The sending end of one socket's queue.
#[derive(Debug)]
pub struct Outbox {
    number: u64,
    queue: mpsc::Sender<Utf8Bytes>,
    why: Arc<OnceLock<CloseWhy>>,
}

/// The socket's end.
#[derive(Debug)]
pub struct OutboxReader {
    queue: mpsc::Receiver<Utf8Bytes>,
    why: Arc<OnceLock<CloseWhy>>,
}

impl Outbox {
    /// A fresh queue.
    pub fn new() -> (Self, OutboxReader) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let why = Arc::new(OnceLock::new());
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        (
            Self {
                number,
                queue: sender,
                why: why.clone(),
            },
            OutboxReader {
                queue: receiver,
                why,
            },
        )
    }

    /// Number of the connection, unique in this process.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Puts a message at the end of the queue; false when the queue is full or the socket gone.
    pub fn send(&self, text: Utf8Bytes) -> bool {
        self.queue.try_send(text).is_ok()
    }

    /// Lets the socket send what waits and then close with this reason.
    pub fn close(self, why: CloseWhy) {
        // Only the first reason counts; a second close cannot happen because `self` is consumed.
        let _ = self.why.set(why);
    }
}

impl OutboxReader {
    /// The next message; none when the connection should close.
    pub async fn next(&mut self) -> Option<Utf8Bytes> {
        if self.why.get() == Some(&CloseWhy::TooSlow) {
            // What waits would only make a slow client slower; it gets everything again.
            return None;
        }
        self.queue.recv().await
    }

    /// Why the connection closes.
    pub fn why(&self) -> CloseWhy {
        self.why.get().copied().unwrap_or(CloseWhy::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_waits_is_sent_before_closing() {
        let (outbox, mut reader) = Outbox::new();
        assert!(outbox.send("last words".into()));
        outbox.close(CloseWhy::Over);
        assert_eq!(reader.next().await.as_deref(), Some("last words"));
        assert_eq!(reader.next().await, None);
        assert_eq!(reader.why(), CloseWhy::Over);
    }

    #[tokio::test]
    async fn a_queue_that_nobody_empties_is_full_and_cut_off_at_once() {
        let (outbox, mut reader) = Outbox::new();
        for _ in 0..QUEUE {
            assert!(outbox.send("x".into()));
        }
        assert!(!outbox.send("one more".into()));
        outbox.close(CloseWhy::TooSlow);
        assert_eq!(reader.next().await, None);
        assert_eq!(reader.why(), CloseWhy::TooSlow);
    }
}
