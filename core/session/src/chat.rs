use crate::{CHAT_BYTES_PER_SESSION, Refusal};
use sightline_protocol::{ChatMessage, ParticipantId, limits::CHAT_PER_SESSION};
use std::collections::HashSet;

/// The chat, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChatLog {
    messages: Vec<ChatMessage>,
    seen: HashSet<(ParticipantId, String)>,
    bytes: usize,
}

impl ChatLog {
    /// Makes the next message; none when this author already sent this `client_id`.
    ///
    /// # Errors
    /// [`Refusal::LimitReached`] when the chat is full.
    pub fn next(
        &self,
        from: &ParticipantId,
        client_id: String,
        text: String,
        at_ms: u32,
    ) -> Result<Option<ChatMessage>, Refusal> {
        if self.seen.contains(&(from.clone(), client_id.clone())) {
            return Ok(None);
        }
        if self.messages.len() >= CHAT_PER_SESSION {
            return Err(Refusal::LimitReached {
                what: "chat messages",
                limit: CHAT_PER_SESSION,
            });
        }
        if self.bytes + text.len() > CHAT_BYTES_PER_SESSION {
            return Err(Refusal::LimitReached {
                what: "bytes of chat",
                limit: CHAT_BYTES_PER_SESSION,
            });
        }
        let seq = self.messages.len() as u32 + 1;
        Ok(Some(ChatMessage {
            seq,
            at_ms,
            from: from.clone(),
            client_id,
            text,
        }))
    }

    /// Puts a message at the end.
    pub fn apply(&mut self, message: ChatMessage) {
        self.seen
            .insert((message.from.clone(), message.client_id.clone()));
        self.bytes += message.text.len();
        self.messages.push(message);
    }

    /// The whole chat.
    pub fn messages(&self) -> &[ChatMessage] {
        &self.messages
    }
}
