//! What the person says and draws, until the server has taken it.

use super::{Device, REQUESTS_WAITING, RequestRefused, Taken};
use sightline_protocol::{ChatMessage, ClientMessage, ErrorCode, Validate};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::sync::oneshot::Sender;

/// The answer to a request.
pub(super) type Answer = Sender<Result<Taken, RequestRefused>>;

/// Own requests that the server has not answered yet, by `client_id`.
#[derive(Default)]
pub(super) struct Requests {
    number: u32,
    waiting: HashMap<String, Waiting>,
}

struct Waiting {
    told: Answer,
    since: Instant,
}

/// Longest wait for the server's answer.
const PATIENCE: Duration = Duration::from_secs(15);

impl Requests {
    fn settle(&mut self, client_id: &str, result: Result<Taken, RequestRefused>) -> bool {
        let waiting = self.waiting.remove(client_id);
        // Whoever asked may have stopped waiting.
        waiting.map(|w| drop(w.told.send(result))).is_some()
    }

    /// The connection is gone: nobody knows whether the server took them.
    pub fn disconnected(&mut self) {
        for (_, waiting) in self.waiting.drain() {
            drop(waiting.told.send(Err(RequestRefused::NotConnected)));
        }
    }

    /// Those that the server did not answer in time.
    fn late(&self) -> Vec<String> {
        let late = |waiting: &Waiting| waiting.since.elapsed() >= PATIENCE;
        let waiting = self.waiting.iter().filter(|(_, waiting)| late(waiting));
        waiting.map(|(client_id, _)| client_id.clone()).collect()
    }
}

impl Device {
    pub(super) async fn say(&mut self, text: String, told: Answer) {
        self.request(told, |client_id| ClientMessage::ChatSend {
            client_id,
            text,
        })
        .await;
    }

    /// Sends a request and keeps who wants to hear of the answer. Gives its `client_id`, unless it
    /// was refused at once.
    pub(super) async fn request(
        &mut self,
        told: Answer,
        message: impl FnOnce(String) -> ClientMessage,
    ) -> Option<String> {
        if self.requests.waiting.len() >= REQUESTS_WAITING {
            drop(told.send(Err(RequestRefused::TooMany)));
            return None;
        }
        self.requests.number = self.requests.number.wrapping_add(1);
        let client_id = format!("own{}", self.requests.number);
        let message = message(client_id.clone());
        // The server answers a message that breaks a limit without naming it.
        if let Err(error) = message.validate() {
            let (code, message) = (error.code(), error.to_string());
            drop(told.send(Err(RequestRefused::Refused { code, message })));
            return None;
        }
        let since = Instant::now();
        self.requests
            .waiting
            .insert(client_id.clone(), Waiting { told, since });
        self.signalling.send(message).await;
        Some(client_id)
    }

    /// True when the message was our own.
    pub(super) fn chat_taken(&mut self, message: &ChatMessage) -> bool {
        let own = message.from == self.me;
        if own {
            self.settle(&message.client_id, Ok(Taken { anchor: None }));
        }
        own
    }

    /// True when the refusal answers a request.
    pub(super) fn refused(&mut self, client_id: &str, code: ErrorCode, message: &str) -> bool {
        let refused = RequestRefused::Refused {
            code,
            message: message.to_owned(),
        };
        self.settle(client_id, Err(refused))
    }

    /// Gives up what the server did not answer in time; nobody knows whether it took it.
    pub(super) fn expire(&mut self) {
        for client_id in self.requests.late() {
            self.settle(&client_id, Err(RequestRefused::NotConnected));
        }
    }

    /// The connection is gone: nobody knows whether the server took what waits.
    pub(super) fn disconnected(&mut self) {
        if let Some(watch) = &self.config.watch {
            watch.scene().forget_pending();
        }
        self.requests.disconnected();
    }

    pub(super) fn settle(
        &mut self,
        client_id: &str,
        result: Result<Taken, RequestRefused>,
    ) -> bool {
        if let Some(watch) = &self.config.watch {
            watch.scene().settle(client_id);
        }
        self.requests.settle(client_id, result)
    }
}
