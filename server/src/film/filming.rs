//! A session's film, as the session's task sees it.

use super::{Films, clock::SessionClock, reel::Reel, writer::Writer};
use crate::{media::Media, sfu::TapSaid};
use sightline_protocol::{
    AnchorState, ServerMessage, SessionId, Surface, SurfaceId, SurfaceKind, TenantId,
    http::{FilmCodec, FilmTrack},
};
use std::{collections::HashSet, io, sync::Arc, time::Instant};
use tracing::{error, info};

/// Follows which surfaces are kept. Nothing runs and nothing is written before the first one is.
pub struct Filming {
    films: Arc<Films>,
    media: Arc<dyn Media>,
    tenant: TenantId,
    session: SessionId,
    days: Option<u16>,
    writer: Option<Writer>,
    filmed: HashSet<SurfaceId>,
    /// Nothing more is kept of this session: the limit is reached, or the disk failed.
    over: bool,
}

impl Filming {
    /// Of a session of which nothing is kept yet.
    pub fn new(
        films: Arc<Films>,
        media: Arc<dyn Media>,
        tenant: TenantId,
        session: SessionId,
    ) -> Self {
        Self {
            films,
            media,
            tenant,
            session,
            days: None,
            writer: None,
            filmed: HashSet::new(),
            over: false,
        }
    }

    /// Days for which the company keeps film at this moment, for [`sightline_session::Input`]; none
    /// when no more can be kept.
    pub async fn days(&self) -> Option<u16> {
        match self.over {
            true => None,
            false => self.films.days(&self.tenant).await,
        }
    }

    /// From now on film is kept for so many days. What goes on under other days goes to the file
    /// anew, so that its end is theirs. Returns the days that are in force.
    pub fn set_days(&mut self, days: Option<u16>) -> Option<u16> {
        let days = days.filter(|_| !self.over);
        if self.days != days {
            self.days = days;
            self.stop();
        }
        days
    }

    /// True once, when nothing more can be kept.
    pub fn has_ended(&mut self) -> bool {
        let ended = self.writer.as_ref().is_some_and(Writer::is_over);
        if ended {
            self.over = true;
            self.stop();
        }
        ended
    }

    /// A surface appeared or changed. To be told before its gate opens, and again when the media
    /// server may have forgotten it.
    pub fn surface(&mut self, surface: &Surface, now_ms: u32, unix_ms: i64) {
        let Some(days) = self.days.filter(|_| surface.kept && !self.over) else {
            return self.removed(&surface.id);
        };
        if !matches!(surface.kind, SurfaceKind::Camera | SurfaceKind::Screen) {
            return;
        }
        if self.writer.is_none() {
            match self.start(days, now_ms, unix_ms) {
                Ok(writer) => self.writer = Some(writer),
                Err(error) => {
                    error!(%error, "no thread for a film");
                    self.over = true;
                }
            }
        }
        let Some(writer) = &self.writer else { return };
        let track = FilmTrack {
            id: 0,
            participant: surface.owner.clone(),
            surface: Some(surface.id.clone()),
            surface_number: Some(surface.number),
            kind: Some(surface.kind),
            codec: FilmCodec::Unknown,
        };
        let sink = writer.sink(surface.id.clone(), track);
        if self.filmed.insert(surface.id.clone()) {
            info!(surface = %surface.id, "a film is kept");
        }
        self.media.film(&self.session, &surface.id, Some(sink));
    }

    /// Everybody was told how anchors stand: a drawing that is fixed or lost has no poses.
    pub fn anchor_states(&self, states: &[AnchorState]) {
        let Some(writer) = &self.writer else { return };
        for surface in &self.filmed {
            let of = states.iter().filter(|state| state.surface == *surface);
            let states: Vec<_> = of.cloned().collect();
            if states.is_empty() {
                continue;
            }
            match serde_json::to_vec(&ServerMessage::AnchorStates { states }) {
                Ok(text) => writer.say(TapSaid {
                    surface: surface.clone(),
                    packet: text.into(),
                    at: Instant::now(),
                }),
                Err(error) => error!(%error, "anchors of a film could not be written"),
            }
        }
    }

    /// A surface is gone, or is not kept any more.
    pub fn removed(&mut self, surface: &SurfaceId) {
        if self.filmed.remove(surface) {
            self.media.film(&self.session, surface, None);
        }
    }

    /// Nothing is filmed any more; what was is written to its end.
    pub fn stop(&mut self) {
        for surface in std::mem::take(&mut self.filmed) {
            self.media.film(&self.session, &surface, None);
        }
        self.writer = None;
    }

    fn start(&self, days: u16, now_ms: u32, unix_ms: i64) -> io::Result<Writer> {
        let clock = SessionClock {
            base: Instant::now(),
            base_ms: now_ms,
        };
        let (shelf, tenant, session) = (
            self.films.shelf.clone(),
            self.tenant.clone(),
            self.session.clone(),
        );
        let open = move || Reel::open(&shelf, &tenant, &session, days, unix_ms);
        let (media, session) = (self.media.clone(), self.session.clone());
        Writer::start(clock, self.films.writing(), open, move |surface| {
            media.request_keyframe(&session, surface);
        })
    }
}
