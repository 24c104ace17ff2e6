//! What the person says, until the server has taken it.

use super::{CHATS_WAITING, ChatRefused, Device};
use sightline_protocol::{ChatMessage, ClientMessage, ErrorCode};
use std::collections::HashMap;
use tokio::sync::oneshot::Sender;

/// Own chat messages that the server has not answered yet, by `client_id`.
#[derive(Default)]
pub(super) struct Chats {
    number: u32,
    waiting: HashMap<String, Sender<Result<(), ChatRefused>>>,
}

impl Chats {
    fn settle(&mut self, client_id: &str, result: Result<(), ChatRefused>) -> bool {
        let told = self.waiting.remove(client_id);
        // Whoever asked may have stopped waiting.
        told.map(|told| drop(told.send(result))).is_some()
    }

    /// The connection is gone: nobody knows whether the server took them.
    pub fn disconnected(&mut self) {
        for (_, told) in self.waiting.drain() {
            drop(told.send(Err(ChatRefused::NotConnected)));
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
        self.chats.waiting.insert(client_id.clone(), told);
        self.signalling
            .send(ClientMessage::ChatSend { client_id, text })
            .await;
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
