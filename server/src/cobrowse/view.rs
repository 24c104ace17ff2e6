//! The side of those who look on: `GET /api/cobrowse/view`.

use super::{
    share::Inbox,
    socket::{self, Sender, Take},
};
use crate::{
    app::App,
    http::{ApiError, client::Client},
};
use axum::{
    extract::{
        State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    response::Response,
};
use sightline_protocol::{
    ErrorCode, PROTOCOL_VERSION,
    limits::MESSAGE_BYTES,
    page::{ViewMessage, ViewNotice},
};
use sightline_session::{Capability, policy};
use std::sync::Arc;
use tokio::sync::mpsc;

/// `GET /api/cobrowse/view`
pub async fn open(
    State(app): State<Arc<App>>,
    client: Client,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(MESSAGE_BYTES)
        .max_frame_size(MESSAGE_BYTES)
        .on_upgrade(move |socket| serve(app, client, socket))
}

struct Looker {
    app: Arc<App>,
    client: Client,
    out: Sender,
    share: Option<mpsc::Sender<Inbox>>,
}

async fn serve(app: Arc<App>, client: Client, socket: WebSocket) {
    let (out, queue) = Sender::new();
    let number = out.number;
    let mut looker = Looker {
        app,
        client,
        out,
        share: None,
    };
    socket::run(socket, queue, &mut looker).await;
    if let Some(share) = looker.share {
        let _ = share.send(Inbox::ViewGone(number)).await;
    }
}

impl Take for Looker {
    async fn take(&mut self, message: Message) -> bool {
        let Err(error) = self.answer(message).await else {
            return true;
        };
        self.out.say(&ViewNotice::Error {
            code: error.code(),
            message: error.message(),
            fatal: true,
        });
        self.out.close(4004, "refused");
        false
    }
}

impl Looker {
    async fn answer(&mut self, message: Message) -> Result<(), ApiError> {
        let parsed = match &message {
            Message::Text(text) => serde_json::from_str::<ViewMessage>(text).ok(),
            _ => None,
        };
        let message = parsed
            .ok_or_else(|| ApiError::new(ErrorCode::Malformed, "not a message of this protocol"))?;
        match &self.share {
            Some(share) => share
                .send(Inbox::View(self.out.number, message))
                .await
                .map_err(|_| ApiError::internal()),
            None => {
                let opened = enter(&self.app, &self.client, &self.out, message).await?;
                self.share = Some(opened);
                Ok(())
            }
        }
    }
}

async fn enter(
    app: &Arc<App>,
    client: &Client,
    out: &Sender,
    message: ViewMessage,
) -> Result<mpsc::Sender<Inbox>, ApiError> {
    let ViewMessage::Hello { protocol, token } = message else {
        return Err(ApiError::unauthenticated());
    };
    if protocol != PROTOCOL_VERSION {
        let message = format!("this server speaks version {PROTOCOL_VERSION}");
        return Err(ApiError::new(ErrorCode::VersionMismatch, message));
    }
    let claims = app
        .tokens
        .read(&token, app.clock.now_ms())
        .ok_or_else(ApiError::unauthenticated)?;
    policy::require(claims.role, Capability::SeePage)?;
    // A session that ended, or that the company does not have, opens for nobody.
    app.hubs.get(&claims.ten, &claims.ses).await?;
    let cobrowse = &app.cobrowse;
    let replay_url = cobrowse
        .replay_url(&claims.ten, &client.base_url)
        .ok_or_else(ApiError::internal)?;
    let share = cobrowse
        .relay
        .get(app, &claims.ten, &claims.ses)
        .await
        .ok_or_else(ApiError::internal)?;
    let opens = Inbox::ViewOpens {
        who: claims.par,
        role: claims.role,
        replay_url,
        out: out.clone(),
    };
    share.send(opens).await.map_err(|_| ApiError::internal())?;
    Ok(share)
}
