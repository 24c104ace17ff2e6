use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sightline_protocol::{ErrorCode, ServerMessage, Welcome, decode_server};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, protocol::frame::coding::CloseCode},
};

/// One end of a WebSocket, as a client of ours holds it.
pub struct Wire {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Wire {
    pub async fn open(address: SocketAddr) -> Self {
        let (socket, _) = connect_async(format!("ws://{address}/api/ws"))
            .await
            .unwrap();
        Self { socket }
    }

    pub async fn hello(&mut self, token: &str) {
        let hello =
            json!({ "type": "hello", "protocol": 1, "token": token, "tracks_anchors": false });
        self.send(&hello).await;
    }

    pub async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.socket
            .send(Message::binary(bytes.to_vec()))
            .await
            .unwrap();
    }

    /// The next message, whatever it is.
    pub async fn next(&mut self) -> ServerMessage {
        match self.next_or_close().await {
            Ok(message) => message,
            Err(code) => panic!("closed with {code:?}"),
        }
    }

    /// The next message, or the code with which the server closed.
    pub async fn next_or_close(&mut self) -> Result<ServerMessage, Option<CloseCode>> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(decode_server(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|f| f.code)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// Reads on until a message fits.
    pub async fn until<T>(&mut self, mut fits: impl FnMut(&ServerMessage) -> Option<T>) -> T {
        loop {
            let message = self.next().await;
            if let Some(found) = fits(&message) {
                return found;
            }
        }
    }

    pub async fn welcome(&mut self) -> Welcome {
        match self.next().await {
            ServerMessage::Welcome(welcome) => *welcome,
            other => panic!("welcome must come first: {other:?}"),
        }
    }

    /// Reads on until an error comes.
    pub async fn error(&mut self) -> (ErrorCode, bool) {
        self.until(|m| match m {
            ServerMessage::Error { code, fatal, .. } => Some((*code, *fatal)),
            _ => None,
        })
        .await
    }

    /// Reads on until the server closes, and tells the code.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Err(code) = self.next_or_close().await {
                return code.map(u16::from);
            }
        }
    }

    /// Asks for the clock and reads on until it comes: everything sent before was then handled.
    pub async fn settle(&mut self) -> Vec<ServerMessage> {
        self.send(&json!({ "type": "ping", "nonce": 4711 })).await;
        let mut before = Vec::new();
        loop {
            match self.next().await {
                ServerMessage::Pong { nonce: 4711, .. } => return before,
                other => before.push(other),
            }
        }
    }
}
