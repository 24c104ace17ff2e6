use super::{CloseWhy, actor::Connection};
use axum::extract::ws::Utf8Bytes;
use sightline_protocol::{ErrorCode, ParticipantId, ServerMessage};
use std::collections::HashMap;
use tracing::{error, warn};

/// The open connections of one session, at most one a participant.
#[derive(Default)]
pub struct Deliver {
    open: HashMap<ParticipantId, Connection>,
    /// Participants whose connection was cut off because they fell behind; the session hears of it
    /// at the next tick, not in the middle of a step.
    fallen: Vec<ParticipantId>,
}

impl Deliver {
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Adds a connection and returns the one that it replaces.
    pub fn insert(&mut self, who: ParticipantId, connection: Connection) -> Option<Connection> {
        self.fallen.retain(|fallen| *fallen != who);
        self.open.insert(who, connection)
    }

    /// The connection of a participant, and only if it is that one when a number is given.
    pub fn get_mut(&mut self, who: &ParticipantId, number: Option<u64>) -> Option<&mut Connection> {
        self.open
            .get_mut(who)
            .filter(|c| number.is_none_or(|n| n == c.outbox.number()))
    }

    /// Forgets a connection that closed; false when a newer one took its place.
    pub fn remove(&mut self, who: &ParticipantId, number: u64) -> bool {
        let is_it = self.get_mut(who, Some(number)).is_some();
        if is_it {
            self.open.remove(who);
        }
        is_it
    }

    pub fn close(&mut self, who: &ParticipantId, why: CloseWhy) {
        if let Some(connection) = self.open.remove(who) {
            connection.outbox.close(why);
            if why == CloseWhy::BadMessages || why == CloseWhy::TooSlow {
                self.fallen.push(who.clone());
            }
        }
    }

    pub fn close_all(&mut self, why: CloseWhy) {
        for (_, connection) in self.open.drain() {
            connection.outbox.close(why);
        }
    }

    /// Says why, so that the client does not come back by itself, and closes.
    pub fn part(connection: Connection, code: ErrorCode, message: &str, why: CloseWhy) {
        let message = message.to_owned();
        let farewell = ServerMessage::Error {
            code,
            message,
            client_id: None,
            fatal: true,
        };
        if let Some(text) = encode(&farewell) {
            connection.outbox.send(text);
        }
        connection.outbox.close(why);
    }

    pub fn take_fallen(&mut self) -> Vec<ParticipantId> {
        std::mem::take(&mut self.fallen)
    }

    pub fn send(&mut self, to: &ParticipantId, message: &ServerMessage) {
        let Some(text) = encode(message) else { return };
        self.send_text(to, text);
    }

    pub fn broadcast(&mut self, except: Option<&ParticipantId>, message: &ServerMessage) {
        let Some(text) = encode(message) else { return };
        let receivers: Vec<_> = self
            .open
            .keys()
            .filter(|who| Some(*who) != except)
            .cloned()
            .collect();
        for to in receivers {
            self.send_text(&to, text.clone());
        }
    }

    pub fn send_text(&mut self, to: &ParticipantId, text: Utf8Bytes) {
        let Some(connection) = self.open.get(to) else {
            return;
        };
        if !connection.outbox.send(text) {
            warn!(participant = %to, "connection is too slow or gone");
            self.close(to, CloseWhy::TooSlow);
        }
    }
}

fn encode(message: &ServerMessage) -> Option<Utf8Bytes> {
    match serde_json::to_string(message) {
        Ok(text) => Some(text.into()),
        Err(error) => {
            error!(%error, "a message could not be written");
            None
        }
    }
}
