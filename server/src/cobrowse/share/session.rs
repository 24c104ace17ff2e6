//! The session's side of a shared page: the customer's place in it, and what the session says.

use super::{Hub, Share};
use crate::{
    cobrowse::socket::Sender,
    http::ApiError,
    hub::{Command, Outbox},
};
use axum::extract::ws::Utf8Bytes;
use sightline_protocol::{
    ConsentScope, ParticipantId, ServerMessage, SurfaceKind, decode_server,
    page::{TabNotice, ViewNotice},
};
use tracing::warn;

impl Share {
    pub(super) async fn join_hub(&mut self, owner: ParticipantId) -> Result<(), ApiError> {
        if self.hub.as_ref().is_some_and(|hub| hub.owner == owner) {
            return Ok(());
        }
        self.leave_hub().await;
        let handle = self.app.hubs.get(&self.tenant, &self.session).await?;
        let (outbox, reader) = Outbox::new();
        let connection = outbox.number();
        let participant = owner.clone();
        handle
            .ask(|reply| Command::Connect {
                participant,
                tracks_anchors: false,
                on_page: true,
                outbox,
                reply,
            })
            .await??;
        self.hub = Some(Hub {
            owner,
            handle,
            connection,
            reader,
            began_ms: self.now_ms(),
        });
        // `welcome` is queued already; consent must be known before a tab is told that it is open.
        let text = next_of(&mut self.hub).await;
        self.take_session_message(text).await;
        Ok(())
    }

    /// Tells a tab what has been said and drawn before it came.
    pub(super) async fn welcome(&self, out: &Sender) {
        let Some(hub) = &self.hub else {
            return;
        };
        let participant = hub.owner.clone();
        let welcome = hub
            .handle
            .ask(|reply| Command::Welcome { participant, reply })
            .await;
        if let Ok(Ok(welcome)) = welcome {
            out.say(&TabNotice::Session {
                message: Box::new(ServerMessage::Welcome(welcome)),
            });
        }
    }

    pub(super) async fn leave_hub(&mut self) {
        self.consent = false;
        if let Some(hub) = self.hub.take() {
            let closed = Command::Closed {
                participant: hub.owner,
                connection: hub.connection,
            };
            let _ = hub.handle.send(closed).await;
        }
    }

    pub(super) async fn take_session_message(&mut self, text: Option<Utf8Bytes>) {
        let Some(text) = text else {
            // Ended, replaced by another window, or the server stops: the tabs stop as well.
            self.consent = false;
            self.record_tabs().await;
            self.hub = None;
            self.forget_page();
            for tab in &self.tabs {
                if let Some(out) = &tab.out {
                    out.close(1000, "over");
                }
            }
            self.tabs.clear();
            self.tell_tabs_list();
            return;
        };
        let Ok(message) = decode_server(&text) else {
            warn!("the session sent what is not a message");
            return;
        };
        let before = self.consent;
        self.watch(&message);
        if before && !self.consent {
            self.record_tabs().await;
        }
        let wrapped = format!(r#"{{"type":"session","message":{text}}}"#);
        for tab in &self.tabs {
            if let Some(out) = &tab.out {
                out.text(wrapped.clone());
            }
        }
    }

    /// Keeps in mind what decides over frames and names.
    pub(super) fn watch(&mut self, message: &ServerMessage) {
        let owner = self.hub.as_ref().map(|hub| hub.owner.clone());
        match message {
            ServerMessage::Welcome(welcome) => {
                if let Some(hub) = &mut self.hub {
                    hub.began_ms = self.app.clock.now_ms() - i64::from(welcome.session.age_ms);
                }
                for one in &welcome.participants {
                    self.people
                        .insert(one.id.clone(), (one.name.clone(), one.color));
                }
                self.set_consent(welcome.consent.granted.contains(&ConsentScope::Page));
                self.paused = welcome.surfaces.iter().any(|s| {
                    s.kind == SurfaceKind::Page && Some(&s.owner) == owner.as_ref() && s.paused
                });
            }
            ServerMessage::ParticipantUpdated { participant } => {
                let shown = (participant.name.clone(), participant.color);
                self.people.insert(participant.id.clone(), shown);
            }
            ServerMessage::ConsentChanged { consent } => {
                self.set_consent(consent.granted.contains(&ConsentScope::Page));
            }
            ServerMessage::SurfaceUpdated { surface }
                if surface.kind == SurfaceKind::Page && Some(&surface.owner) == owner.as_ref() =>
            {
                if surface.paused {
                    self.drop_kept();
                }
                self.paused = surface.paused;
            }
            _ => {}
        }
    }

    pub(super) fn set_consent(&mut self, granted: bool) {
        let before = std::mem::replace(&mut self.consent, granted);
        if before && !granted {
            self.forget_page();
        } else if granted && !before {
            self.tell_tabs_list();
        }
    }

    /// Nothing of the page stays when it may no longer be seen.
    pub(super) fn forget_page(&mut self) {
        self.app.cobrowse.handovers.forget_session(&self.session);
        self.drop_kept();
        if !self.grants.is_empty() {
            self.grants.clear();
            self.tell_viewers(&ViewNotice::Grants { kinds: Vec::new() });
        }
        self.tell_tabs_list();
    }

    pub(super) fn drop_kept(&mut self) {
        for tab in &mut self.tabs {
            tab.forget();
        }
    }
}

/// The next message of the session; waits for ever while there is no session.
pub(super) async fn next_of(hub: &mut Option<Hub>) -> Option<Utf8Bytes> {
    match hub {
        Some(hub) => hub.reader.next().await,
        None => std::future::pending().await,
    }
}
