//! Connections and the texts that come over them.

use super::{Actor, Broken, Connection};
use crate::hub::{CloseWhy, Outbox, deliver::Deliver, pace::Pace};
use sightline_protocol::{
    ClientMessage, ErrorCode, ParticipantId, ServerMessage, SessionPhase, decode_client, limits,
};
use sightline_session::{Input, Refusal};
use tracing::{info, warn};

impl Actor {
    pub(super) async fn connect(
        &mut self,
        participant: ParticipantId,
        (tracks_anchors, on_page): (bool, bool),
        outbox: Outbox,
    ) -> Result<Result<(), Refusal>, Broken> {
        if self.state.phase() == SessionPhase::Ended {
            outbox.close(CloseWhy::Refused);
            return Ok(Err(Refusal::Ended));
        }
        if let Err(refusal) = self.state.participant(&participant) {
            outbox.close(CloseWhy::Refused);
            return Ok(Err(refusal));
        }
        let connection = Connection { outbox, bad: 0 };
        if let Some(old) = self.deliver.insert(participant.clone(), connection) {
            Deliver::part(
                old,
                ErrorCode::Forbidden,
                "this place was opened in another window",
                CloseWhy::Replaced,
            );
        }
        info!(%participant, tracks_anchors, "connected");
        let input = Input::Connect {
            participant: participant.clone(),
            tracks_anchors,
            on_page,
        };
        let done = self.step(input).await?;
        if done.is_err() {
            self.deliver.close(&participant, CloseWhy::Refused);
        }
        Ok(done)
    }

    pub(super) async fn text(
        &mut self,
        from: ParticipantId,
        connection: Option<u64>,
        text: &str,
    ) -> Result<(), Broken> {
        let now_ms = self.now_ms().into();
        if self.deliver.get_mut(&from, connection).is_none() {
            return Ok(());
        }
        let message = match decode_client(text) {
            Ok(message) => message,
            Err(error) => {
                self.refuse(&from, error.code(), &error.to_string(), None, true);
                return Ok(());
            }
        };
        let client_id = client_id_of(&message);
        let pace = self
            .paces
            .entry(from.clone())
            .or_insert_with(|| Pace::new(now_ms));
        if !pace.admits(now_ms, text.len(), &message) {
            let what_to_do = "send less and try again";
            self.refuse(&from, ErrorCode::RateLimited, what_to_do, client_id, false);
            return Ok(());
        }
        if let ClientMessage::SetConsent {
            film_days: Some(_), ..
        } = message
        {
            // What the customer read is compared with what holds at this moment.
            self.know_film_days().await?;
        }
        let input = Input::Message {
            from: from.clone(),
            message,
        };
        if let Err(refusal) = self.step(input).await? {
            let bad = matches!(
                refusal,
                Refusal::Forbidden { .. } | Refusal::NotYours | Refusal::AlreadyOpen
            );
            self.refuse(&from, refusal.code(), &refusal.to_string(), client_id, bad);
        }
        Ok(())
    }

    /// Answers a refused message. A bad one is one that no sound client sends; the last that is
    /// borne closes the connection.
    pub(super) fn refuse(
        &mut self,
        to: &ParticipantId,
        code: ErrorCode,
        message: &str,
        client_id: Option<String>,
        bad: bool,
    ) {
        let Some(open) = self.deliver.get_mut(to, None) else {
            return;
        };
        open.bad += u32::from(bad);
        let fatal = open.bad >= limits::BAD_MESSAGES;
        let message = message.to_owned();
        self.deliver.send(
            to,
            &ServerMessage::Error {
                code,
                message,
                client_id,
                fatal: false,
            },
        );
        if fatal {
            warn!(participant = %to, "too many bad messages");
            let message = "too many bad messages; update the client".to_owned();
            let code = ErrorCode::TooManyErrors;
            self.deliver.send(
                to,
                &ServerMessage::Error {
                    code,
                    message,
                    client_id: None,
                    fatal: true,
                },
            );
            self.deliver.close(to, CloseWhy::BadMessages);
        }
    }
}

fn client_id_of(message: &ClientMessage) -> Option<String> {
    match message {
        ClientMessage::AnnotationAdd { client_id, .. }
        | ClientMessage::AnnotationRemove { client_id, .. }
        | ClientMessage::AnnotationUndo { client_id }
        | ClientMessage::AnnotationRedo { client_id }
        | ClientMessage::AnnotationClear { client_id, .. }
        | ClientMessage::ChatSend { client_id, .. } => Some(client_id.clone()),
        _ => None,
    }
}
