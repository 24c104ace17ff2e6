//! What the person says, until the server has taken it.

use super::{CHATS_WAITING, ChatRefused, Device};
use sightline_protocol::{ChatMessage, ClientMessage, ErrorCode, Validate};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::sync::oneshot::Sender;

/// Own chat messages that the server has not answered yet, by `client_id`.
#[derive(Default)]
pub(super) struct Chats {
    number: u32,
    waiting: HashMap<String, Waiting>,
}

struct Waiting {
    told: Sender<Result<(), ChatRefused>>,
    since: Instant,
}

/// Longest wait for the server's answer.
const PATIENCE: Duration = Duration::from_secs(15);

impl Chats {
    fn settle(&mut self, client_id: &str, result: Result<(), ChatRefused>) -> bool {
        let waiting = self.waiting.remove(client_id);
        // Whoever asked may have stopped waiting.
        waiting.map(|w| drop(w.told.send(result))).is_some()
    }

    /// The connection is gone: nobody knows whether the server took them.
    pub fn disconnected(&mut self) {
        for (_, waiting) in self.waiting.drain() {
            drop(waiting.told.send(Err(ChatRefused::NotConnected)));
        }
    }

    /// Gives up those that the server did not answer in time.
    pub fn expire(&mut self) {
        let late = |waiting: &Waiting| waiting.since.elapsed() >= PATIENCE;
        for (_, waiting) in self.waiting.extract_if(|_, waiting| late(waiting)) {
            drop(waiting.told.send(Err(ChatRefused::NotConnected)));
        }
    }
}

impl Device {
    pub(super) async fn say(&mut self, text: String, told: Sender<Result<(), ChatRefused>>) {
        if self.chats.waiting.len() >= CHATS_WAITING {
            drop(told.send(Err(ChatRefused::TooMany)));
            return;
        }
        self.chats.number = self.chats.number.wrapping_add(1);
        let client_id = format!("chat{}", self.chats.number);
        let message = ClientMessage::ChatSend {
            client_id: client_id.clone(),
            text,
        };
        // The server answers a message that breaks a limit without naming it.
        if let Err(error) = message.validate() {
            let (code, message) = (error.code(), error.to_string());
            drop(told.send(Err(ChatRefused::Refused { code, message })));
            return;
        }
        let since = Instant::now();
        self.chats
            .waiting
            .insert(client_id, Waiting { told, since });
        self.signalling.send(message).await;
    }

    /// True when the message was our own.
    pub(super) fn chat_taken(&mut self, message: &ChatMessage) -> bool {
        let own = message.from == self.me;
        if own {
            self.chats.settle(&message.client_id, Ok(()));
        }
        own
    }

    /// True when the refusal answers a chat message.
    pub(super) fn chat_refused(&mut self, client_id: &str, code: ErrorCode, message: &str) -> bool {
        let refused = ChatRefused::Refused {
            code,
            message: message.to_owned(),
        };
        self.chats.settle(client_id, Err(refused))
    }
}
