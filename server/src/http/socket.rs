//! The WebSocket: `hello` in time, then messages both ways through the session's task.

use super::{ApiError, client::Client};
use crate::{
    app::App,
    hub::{CloseWhy, Command, HubHandle, Outbox, OutboxReader},
};
use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    response::Response,
};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use sightline_protocol::{
    ClientMessage, ErrorCode, PROTOCOL_VERSION, ParticipantId, ServerMessage, decode_client, limits,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tracing::{Instrument, debug};

const PING_EVERY: Duration = Duration::from_secs(10);
/// Pings without any sign of life after which the connection is given up.
const SILENT_PINGS: u32 = 3;
/// A frame that does not go out within this time means that nobody reads.
const SEND_WITHIN: Duration = Duration::from_secs(10);
/// Messages up to this size are read and refused with a typed error; larger ones end the
/// connection before they are in memory.
const READ_BYTES: usize = 4 * limits::MESSAGE_BYTES;

/// `GET /api/ws`
pub async fn open(State(app): State<Arc<App>>, _: Client, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(READ_BYTES)
        .max_frame_size(READ_BYTES)
        .on_upgrade(move |socket| serve(app, socket))
}

async fn serve(app: Arc<App>, mut socket: WebSocket) {
    let Ok(first) = timeout(app.options.hello_within, socket.recv()).await else {
        // It may have been held up, as a page in the background is: it should come back.
        let _ = timeout(SEND_WITHIN, socket.send(close(CloseWhy::Silent))).await;
        return;
    };
    match greet(&app, first).await {
        Ok((hub, participant, connection, outbox)) => {
            let span = tracing::info_span!("connection", %participant, connection);
            run(socket, hub, participant, connection, outbox)
                .instrument(span)
                .await;
        }
        Err(error) => {
            let why = refused_because(error.code());
            let text = ServerMessage::Error {
                code: error.code(),
                message: error.message(),
                client_id: None,
                fatal: why == CloseWhy::Refused,
            };
            let farewell = async {
                if let Ok(text) = serde_json::to_string(&text) {
                    let _ = socket.send(Message::Text(text.into())).await;
                }
                let _ = socket.send(close(why)).await;
            };
            // Somebody who does not even read the refusal is not waited for.
            let _ = timeout(SEND_WITHIN, farewell).await;
        }
    }
}

/// A fault of this side passes: the client should come back. Everything else is the same the next
/// time.
fn refused_because(code: ErrorCode) -> CloseWhy {
    match code {
        ErrorCode::Internal => CloseWhy::Failed,
        _ => CloseWhy::Refused,
    }
}

/// Reads `hello`, which comes first, and opens the participant's place in the session.
async fn greet(
    app: &App,
    first: Option<Result<Message, axum::Error>>,
) -> Result<(HubHandle, ParticipantId, u64, OutboxReader), ApiError> {
    let Some(Ok(Message::Text(text))) = first else {
        return Err(ApiError::new(
            ErrorCode::Malformed,
            "the first message must be hello",
        ));
    };
    let message =
        decode_client(&text).map_err(|error| ApiError::new(error.code(), error.to_string()))?;
    let ClientMessage::Hello {
        protocol,
        token,
        tracks_anchors,
    } = message
    else {
        return Err(ApiError::new(
            ErrorCode::Unauthenticated,
            "the first message must be hello",
        ));
    };
    if protocol != PROTOCOL_VERSION {
        return Err(ApiError::new(
            ErrorCode::VersionMismatch,
            format!("this server speaks version {PROTOCOL_VERSION}; update the client"),
        ));
    }
    let claims = app
        .tokens
        .read(&token, app.clock.now_ms())
        .ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated, "this token is not valid"))?;
    let hub = app.hubs.get(&claims.ten, &claims.ses).await?;
    let (outbox, reader) = Outbox::new();
    let connection = outbox.number();
    let participant = claims.par.clone();
    hub.ask(|reply| Command::Connect {
        participant,
        tracks_anchors,
        on_page: false,
        outbox,
        reply,
    })
    .await??;
    Ok((hub, claims.par, connection, reader))
}

/// Both directions until one of them ends.
async fn run(
    socket: WebSocket,
    hub: HubHandle,
    participant: ParticipantId,
    connection: u64,
    mut outbox: OutboxReader,
) {
    let (mut sink, stream) = socket.split();
    let alive = AtomicBool::new(true);
    let why = tokio::select! {
        () = read(stream, &hub, &participant, connection, &alive) => None,
        why = write(&mut sink, &mut outbox, &alive) => Some(why),
    };
    if let Some(why) = why {
        let _ = timeout(SEND_WITHIN, sink.send(close(why))).await;
    }
    debug!(?why, "socket done");
    // When the session's task is gone it knows no connections any more.
    let _ = hub
        .send(Command::Closed {
            participant,
            connection,
        })
        .await;
}

async fn read(
    mut stream: SplitStream<WebSocket>,
    hub: &HubHandle,
    participant: &ParticipantId,
    connection: u64,
    alive: &AtomicBool,
) {
    while let Some(Ok(message)) = stream.next().await {
        alive.store(true, Ordering::Relaxed);
        let text = match message {
            Message::Text(text) => text.as_str().to_owned(),
            // Binary is not part of this protocol; the session answers it as malformed.
            Message::Binary(_) => String::new(),
            Message::Ping(_) | Message::Pong(_) => continue,
            Message::Close(_) => return,
        };
        let participant = participant.clone();
        let command = Command::Text {
            participant,
            connection: Some(connection),
            text,
        };
        if hub.send(command).await.is_err() {
            return;
        }
    }
}

async fn write(
    sink: &mut SplitSink<WebSocket, Message>,
    outbox: &mut OutboxReader,
    alive: &AtomicBool,
) -> CloseWhy {
    let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut silent = 0;
    loop {
        let message = tokio::select! {
            text = outbox.next() => match text {
                Some(text) => Message::Text(text),
                None => return outbox.why(),
            },
            _ = pings.tick() => {
                silent = if alive.swap(false, Ordering::Relaxed) { 0 } else { silent + 1 };
                if silent >= SILENT_PINGS {
                    return CloseWhy::Silent;
                }
                Message::Ping(axum::body::Bytes::new())
            }
        };
        match timeout(SEND_WITHIN, sink.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return CloseWhy::Silent,
            Err(_) => return CloseWhy::TooSlow,
        }
    }
}

fn close(why: CloseWhy) -> Message {
    let (code, reason) = why.code_and_reason();
    Message::Close(Some(CloseFrame {
        code,
        reason: reason.into(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::{HubError, HubGone};

    #[test]
    fn a_fault_of_the_server_lets_the_client_come_back_and_a_refusal_does_not() {
        let why = |error: ApiError| refused_because(error.code());
        assert_eq!(why(HubGone.into()), CloseWhy::Failed);
        assert_eq!(why(HubError::Full.into()), CloseWhy::Failed);
        assert_eq!(why(ApiError::internal()), CloseWhy::Failed);
        assert_eq!(why(ApiError::unauthenticated()), CloseWhy::Refused);
        assert_eq!(why(HubError::NoSession.into()), CloseWhy::Refused);
    }
}
