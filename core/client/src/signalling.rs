//! The control connection: JSON messages over a WebSocket.

use crate::{ClientError, http::innermost, tls};
use futures_util::{SinkExt, StreamExt};
use sightline_protocol::{ClientMessage, PROTOCOL_VERSION, ServerMessage, decode_server};
use std::time::Duration;
use tokio::{net::TcpStream, sync::mpsc, task::JoinHandle, time::timeout};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{Error, Message, protocol::WebSocketConfig},
};

/// Longest wait for the connection and for each message of a living server.
const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(20);
/// Messages that wait on either side, at most.
const WAITING: usize = 256;
/// Largest message in bytes that is taken from the server: a welcome holds the whole session.
const SERVER_MESSAGE_BYTES: usize = 32 * 1024 * 1024;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An open control connection. Dropping it closes the socket.
pub struct Signalling {
    outgoing: mpsc::Sender<ClientMessage>,
    incoming: mpsc::Receiver<ServerMessage>,
    reader: JoinHandle<()>,
    writer: JoinHandle<()>,
}

impl Signalling {
    /// Connects to `url` and says hello with `token`.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`], [`ClientError::NotTrusted`], [`ClientError::NotSightline`].
    pub async fn connect(
        url: &str,
        token: &str,
        tracks_anchors: bool,
        insecure: bool,
    ) -> Result<Self, ClientError> {
        tls::install_crypto();
        let connector = insecure.then(|| Connector::Rustls(tls::trusting_anybody()));
        let mut config = WebSocketConfig::default();
        config.max_message_size = Some(SERVER_MESSAGE_BYTES);
        config.max_frame_size = Some(SERVER_MESSAGE_BYTES);
        let connect = connect_async_tls_with_config(url, Some(config), true, connector);
        let socket = match timeout(CONNECT, connect).await {
            Ok(Ok((socket, _))) => socket,
            Ok(Err(error)) => return Err(refused(url, &error)),
            Err(_) => {
                let reason = format!("no answer within {} seconds", CONNECT.as_secs());
                return Err(ClientError::Unreachable {
                    server: url.to_owned(),
                    reason,
                });
            }
        };
        let (outgoing, to_send) = mpsc::channel(WAITING);
        let (received, incoming) = mpsc::channel(WAITING);
        let (sink, stream) = socket.split();
        let writer = tokio::spawn(write(sink, to_send));
        let reader = tokio::spawn(read(stream, received));
        let signalling = Self {
            outgoing,
            incoming,
            reader,
            writer,
        };
        signalling
            .send(ClientMessage::Hello {
                protocol: PROTOCOL_VERSION,
                token: token.to_owned(),
                tracks_anchors,
            })
            .await;
        Ok(signalling)
    }

    /// Sends a message, waiting while too many wait. On a connection that is gone it is lost, which
    /// [`Signalling::next`] tells.
    pub async fn send(&self, message: ClientMessage) {
        if self.outgoing.send(message).await.is_err() {
            tracing::debug!("a message for a connection that is gone");
        }
    }

    /// The next message; none when the connection is gone.
    pub async fn next(&mut self) -> Option<ServerMessage> {
        self.incoming.recv().await
    }

    /// Sends what waits and closes the connection.
    pub async fn close(self) {
        let Self {
            outgoing,
            incoming,
            reader,
            writer,
        } = self;
        drop(outgoing);
        if timeout(Duration::from_secs(2), writer).await.is_err() {
            tracing::debug!("the last messages were not sent in time");
        }
        reader.abort();
        drop(incoming);
    }
}

fn refused(url: &str, error: &Error) -> ClientError {
    let server = url.to_owned();
    match error {
        Error::Http(answer) => {
            let reason = format!("status {} for the WebSocket", answer.status());
            ClientError::NotSightline { server, reason }
        }
        Error::Protocol(_) => ClientError::NotSightline {
            server,
            reason: "no WebSocket answer".into(),
        },
        other => {
            let reason = innermost(other);
            if reason.contains("certificate") {
                ClientError::NotTrusted { server }
            } else {
                ClientError::Unreachable { server, reason }
            }
        }
    }
}

async fn write(
    mut sink: futures_util::stream::SplitSink<Socket, Message>,
    mut to_send: mpsc::Receiver<ClientMessage>,
) {
    while let Some(message) = to_send.recv().await {
        let text = match serde_json::to_string(&message) {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(%error, "a message of ours cannot be written as JSON");
                continue;
            }
        };
        if let Err(error) = sink.send(Message::text(text)).await {
            tracing::debug!(%error, "the control connection broke while sending");
            return;
        }
    }
    // Nobody is left to hear about a failure to say goodbye.
    let _ = sink.close().await;
}

async fn read(
    mut stream: futures_util::stream::SplitStream<Socket>,
    received: mpsc::Sender<ServerMessage>,
) {
    loop {
        let text = match timeout(SILENCE, stream.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => text,
            Ok(Some(Ok(Message::Close(_))) | None) => return,
            Ok(Some(Ok(_))) => continue,
            Ok(Some(Err(error))) => {
                tracing::debug!(%error, "the control connection broke");
                return;
            }
            Err(_) => {
                tracing::warn!("the server has been silent for too long");
                return;
            }
        };
        match decode_server(text.as_str()) {
            Ok(ServerMessage::Unknown) => tracing::debug!("a message of a newer protocol"),
            Ok(message) => {
                if received.send(message).await.is_err() {
                    return;
                }
            }
            Err(error) => tracing::warn!(%error, "a message of the server is not understood"),
        }
    }
}
