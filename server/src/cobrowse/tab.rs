//! The customer's side: `GET /api/cobrowse/tab`, a WebSocket that pages of other origins may open.
//!
//! It carries no cookie and needs none: a code, a ticket or a token says who speaks.

use super::{
    handover::Handover,
    settings,
    share::Inbox,
    shown,
    socket::{self, Sender, Take},
};
use crate::{
    app::App,
    auth::Claims,
    http::{ApiError, client::Client, join},
};
use axum::{
    extract::{
        State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, header::ORIGIN},
    response::Response,
};
use sightline_protocol::{
    ErrorCode, PROTOCOL_VERSION, Role,
    http::{AcceptRequest, Joined, PreviewRequest},
    limits::{CLIENT_ID_CHARS, MESSAGE_BYTES, PAGE_FRAME_BYTES},
    page::{TabMessage, TabNotice},
};
use std::sync::Arc;
use tokio::sync::mpsc;
use tracing::error;

/// Larger messages end the connection before they are in memory.
const READ_BYTES: usize = PAGE_FRAME_BYTES + 1_024;
/// Refused messages before a tab has its place.
const TRIES: u32 = 10;

/// `GET /api/cobrowse/tab`
pub async fn open(
    State(app): State<Arc<App>>,
    client: Client,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let origin = headers
        .get(ORIGIN)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    upgrade
        .max_message_size(READ_BYTES)
        .max_frame_size(READ_BYTES)
        .on_upgrade(move |socket| serve(app, client, origin, socket))
}

struct Visitor {
    app: Arc<App>,
    client: Client,
    origin: Option<String>,
    out: Sender,
    share: Option<mpsc::Sender<Inbox>>,
    refused: u32,
}

async fn serve(app: Arc<App>, client: Client, origin: Option<String>, socket: WebSocket) {
    let (out, queue) = Sender::new();
    let mut visitor = Visitor {
        app,
        client,
        origin,
        out,
        share: None,
        refused: 0,
    };
    socket::run(socket, queue, &mut visitor).await;
    let number = visitor.out.number;
    visitor.app.cobrowse.shown.gone(number);
    if let Some(share) = visitor.share {
        let _ = share.send(Inbox::TabGone(number)).await;
    }
}

impl Take for Visitor {
    async fn take(&mut self, message: Message) -> bool {
        let number = self.out.number;
        match (message, &self.share) {
            (Message::Binary(bytes), Some(share)) => {
                share.send(Inbox::Frame(number, bytes)).await.is_ok()
            }
            (Message::Text(text), share) => {
                let message = (text.len() <= MESSAGE_BYTES)
                    .then(|| serde_json::from_str::<TabMessage>(&text).ok())
                    .flatten();
                match (message, share) {
                    (Some(message), Some(share)) => {
                        share.send(Inbox::Tab(number, message)).await.is_ok()
                    }
                    (Some(message), None) => match self.enter(message).await {
                        Ok(()) => true,
                        Err(error) => self.refuse(&error),
                    },
                    (None, _) => self.refuse(&ApiError::new(
                        ErrorCode::Malformed,
                        "not a message of this protocol",
                    )),
                }
            }
            _ => self.refuse(&ApiError::new(
                ErrorCode::Unauthenticated,
                "say hello first",
            )),
        }
    }
}

impl Visitor {
    /// Before the tab has its place.
    async fn enter(&mut self, message: TabMessage) -> Result<(), ApiError> {
        match message {
            TabMessage::Preview { tenant, code } => {
                let request = PreviewRequest {
                    ticket: None,
                    code: Some(code),
                };
                let (offer, ticket) = join::look_up(&self.app, &self.client, &request, |offer| {
                    offer.tenant.as_str() == tenant && offer.role == Role::Customer
                })
                .await?;
                self.check_origin(&offer.tenant).await?;
                let preview = join::preview_of(&self.app, offer, ticket).await?;
                self.out.say(&TabNotice::Preview { preview });
            }
            TabMessage::ShowCode { tenant } => {
                // What is no company's name gets the answer of a foreign one.
                let tenant = tenant.parse().map_err(|_| ApiError::invalid_code())?;
                self.check_origin(&tenant).await?;
                let app = &self.app;
                let (address, now_ms) = (self.client.address, app.clock.now_ms());
                let code = app
                    .cobrowse
                    .shown
                    .show(&tenant, address, &self.out, now_ms)
                    .map_err(|full| ApiError::new(ErrorCode::LimitReached, full.to_string()))?;
                let valid_s = (shown::VALID_MS / 1_000) as u32;
                self.out.say(&TabNotice::Code { code, valid_s });
            }
            TabMessage::Accept { ticket } => {
                let name = String::new();
                let request = AcceptRequest { ticket, name };
                let joined = join::take_place(&self.app, &self.client, request).await?;
                self.out.say(&TabNotice::Joined { joined });
            }
            TabMessage::Resume { tenant, ticket } => self.resume(&tenant, &ticket).await?,
            TabMessage::Hello {
                protocol,
                token,
                tab,
                page,
            } => {
                let claims = self.admit(protocol, &token, &tab)?;
                let app = &self.app;
                let share = app
                    .cobrowse
                    .relay
                    .get(app, &claims.ten, &claims.ses)
                    .await
                    .ok_or_else(ApiError::internal)?;
                let opens = Inbox::TabOpens {
                    owner: claims.par,
                    tab,
                    page,
                    base_url: self.client.base_url.clone(),
                    origin: self.origin.clone(),
                    address: self.client.address,
                    out: self.out.clone(),
                };
                share.send(opens).await.map_err(|_| ApiError::internal())?;
                self.share = Some(share);
            }
            _ => {
                let message = "say hello first";
                return Err(ApiError::new(ErrorCode::Unauthenticated, message));
            }
        }
        Ok(())
    }

    /// A tab has come from another origin. Everything that is wrong with its ticket gets the one
    /// answer of a wrong code, and counts as a wrong ticket.
    async fn resume(&self, tenant: &str, ticket: &str) -> Result<(), ApiError> {
        let app = &self.app;
        let (address, now_ms) = (self.client.address, app.clock.now_ms());
        let guess = app.ticket_tries.begin(address, now_ms)?;
        let handovers = &app.cobrowse.handovers;
        let handover = handovers
            .redeem(ticket, tenant, self.origin.as_deref(), address, now_ms)
            .ok_or_else(ApiError::invalid_code)?;
        // The list may have become shorter on the way, and the session may have ended.
        let rules = app.cobrowse.settings.get(&handover.tenant).await;
        let rules = rules.map_err(|_| ApiError::internal())?;
        let session = app.hubs.get(&handover.tenant, &handover.session).await;
        let origin = self.origin.as_deref();
        let stays = origin.is_some_and(|origin| handover.stays(origin));
        let is_ours = match stays {
            true => settings::is_allowed(&rules, origin),
            false => settings::is_listed(&rules, origin),
        };
        if !is_ours || session.is_err() {
            return Err(ApiError::invalid_code());
        }
        app.ticket_tries.right(guess);
        let Handover {
            tenant,
            session,
            owner: participant,
            tab,
            agreed,
            ..
        } = handover;
        let role = Role::Customer;
        let token = app
            .tokens
            .issue(tenant, session.clone(), participant.clone(), role, now_ms)
            .map_err(|error| {
                error!(%error, "a token could not be signed");
                ApiError::internal()
            })?;
        let joined = Joined {
            session,
            participant,
            role,
            token,
        };
        self.out.say(&TabNotice::Resumed {
            joined,
            tab,
            agreed,
        });
        Ok(())
    }

    fn admit(&self, protocol: u16, token: &str, tab: &str) -> Result<Claims, ApiError> {
        if protocol != PROTOCOL_VERSION {
            let message = format!("this server speaks version {PROTOCOL_VERSION}");
            return Err(ApiError::new(ErrorCode::VersionMismatch, message));
        }
        if tab.is_empty() || tab.len() > CLIENT_ID_CHARS as usize {
            let message = "tab must be 1 to 40 characters long";
            return Err(ApiError::new(ErrorCode::OutOfRange, message));
        }
        self.app
            .tokens
            .read(token, self.app.clock.now_ms())
            .filter(|claims| claims.role == Role::Customer)
            .ok_or_else(ApiError::unauthenticated)
    }

    async fn check_origin(&self, tenant: &sightline_protocol::TenantId) -> Result<(), ApiError> {
        let rules = self.app.cobrowse.settings.get(tenant).await;
        let rules = rules.map_err(|_| ApiError::internal())?;
        // The same answer as for a wrong code: elsewhere a code means nothing.
        if settings::is_allowed(&rules, self.origin.as_deref()) {
            Ok(())
        } else {
            Err(ApiError::invalid_code())
        }
    }

    fn refuse(&mut self, error: &ApiError) -> bool {
        self.refused += 1;
        let fatal = self.refused >= TRIES || error.code() == ErrorCode::Unauthenticated;
        self.out.say(&TabNotice::Error {
            code: error.code(),
            message: error.message(),
            fatal,
        });
        if fatal {
            self.out.close(4004, "refused");
        }
        !fatal
    }
}
