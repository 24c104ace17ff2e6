//! A technician's part: which surface is watched, what is known of its drawings, and drawing on it.

use super::{Device, RequestRefused, Step, Taken, requests::Answer};
use crate::{Applied, Change, Done, Event};
use bytes::Bytes;
use sightline_protocol::{
    AnchorState, Annotation, AnnotationId, Attach, ClientMessage, FrameTime, Point, Role, Surface,
    SurfaceId, SurfaceKind,
    realtime::{CursorPacket, RealtimePacket},
};
use std::collections::BTreeMap;

/// What the device knows of the pictures of others.
#[derive(Default)]
pub(super) struct Watching {
    /// Receiving sections that the server wants.
    slots: u8,
    /// Pictures that can be watched, by their number.
    surfaces: BTreeMap<u16, Surface>,
    /// What was told last.
    told: Option<Surface>,
}

impl Device {
    /// Whether this device looks at pictures of others.
    pub(super) fn watches(&self) -> bool {
        self.config.watch.is_some() && self.role != Role::Customer
    }

    /// Receiving sections for pictures.
    pub(super) fn sees(&self) -> u8 {
        match self.watches() {
            true => self.watching.slots.max(1),
            false => 0,
        }
    }

    /// True when the connection has too few sections.
    pub(super) fn wants_more_pictures(&mut self, slots: u8) -> bool {
        let more = self.watches() && slots > self.sees();
        self.watching.slots = self.watching.slots.max(slots);
        more
    }

    /// What the session shows at this moment, and what is known of the drawings on it.
    pub(super) async fn on_surfaces(&mut self, surfaces: Vec<Surface>, anchors: &[AnchorState]) {
        self.watching.surfaces.clear();
        for surface in surfaces {
            self.remember(surface);
        }
        self.choose(anchors).await;
    }

    fn remember(&mut self, surface: Surface) {
        let picture = matches!(surface.kind, SurfaceKind::Camera | SurfaceKind::Screen);
        let few =
            self.watching.surfaces.len() < sightline_protocol::limits::SURFACES_PER_SESSION * 2;
        if self.watches() && picture && few && surface.owner != self.me {
            self.watching.surfaces.insert(surface.number, surface);
        }
    }

    pub(super) async fn on_others_surface(&mut self, surface: Surface) {
        self.remember(surface);
        self.choose(&[]).await;
    }

    pub(super) async fn on_surface_removed(&mut self, surface: &SurfaceId) {
        self.watching.surfaces.retain(|_, it| it.id != *surface);
        self.choose(&[]).await;
    }

    /// Watches the newest surface, with what is known of its drawings; then tells what is new about it.
    async fn choose(&mut self, anchors: &[AnchorState]) {
        let Some(watch) = self.config.watch.clone().filter(|_| self.watches()) else {
            return;
        };
        let newest = self.watching.surfaces.values().next_back().cloned();
        let seen = |surface: &Surface| {
            let Surface { id, paused, .. } = surface;
            (id.clone(), *paused, surface.hidden_parts)
        };
        let known = self.watching.told.as_ref();
        let told = known.map(seen) == newest.as_ref().map(seen);
        if known.map(|it| &it.id) != newest.as_ref().map(|it| &it.id) {
            watch.show(newest.as_ref());
            let mut scene = watch.scene();
            for annotation in self.log.visible() {
                let color = self.colors.get(&annotation.author).copied().unwrap_or(0);
                scene.add(annotation, color);
            }
            scene.learn(anchors);
        } else {
            watch.scene().learn(anchors);
        }
        if told {
            return;
        }
        self.watching.told.clone_from(&newest);
        self.tell(match newest {
            Some(surface) => Event::Picture {
                kind: super::messages::kind_name(surface.kind).to_owned(),
                surface: surface.id.to_string(),
                paused: surface.paused,
                hidden_parts: surface.hidden_parts,
            },
            None => Event::PictureGone,
        })
        .await;
    }

    /// The log has changed: all of it is seen at once, and an own drawing that the server has
    /// numbered is never there twice.
    pub(super) fn on_drawings(&self, applied: &Applied) {
        let Some(watch) = self.config.watch.as_ref().filter(|_| self.watches()) else {
            return;
        };
        let mut scene = watch.scene();
        for own in applied.done.iter().filter(|done| done.by == self.me) {
            scene.settle(&own.client_id);
        }
        for (_, change) in &applied.changes {
            match change {
                Change::Added(annotation) | Change::Shown(annotation) => {
                    let color = self.colors.get(&annotation.author).copied().unwrap_or(0);
                    scene.add(annotation, color);
                }
                Change::Hidden(annotation) => scene.remove(annotation.anchor),
            }
        }
    }

    /// Answers own steps that took effect.
    pub(super) fn settle_steps(&mut self, done: Vec<Done>) {
        for Done {
            by,
            client_id,
            anchor,
        } in done
        {
            if by == self.me {
                self.settle(&client_id, Ok(Taken { anchor }));
            }
        }
    }

    pub(super) async fn on_anchor_states(&mut self, states: Vec<AnchorState>) {
        let Some(watch) = self.config.watch.as_ref().filter(|_| self.watches()) else {
            return;
        };
        watch.scene().learn(&states);
        for state in states {
            self.tell(Event::Anchor {
                anchor: state.anchor,
                frame_time: state.frame_time,
                status: state.status,
                reason: state.reason,
                at_ms: self.now_ms(),
            })
            .await;
        }
    }

    /// Something on the `realtime` channel: poses are of use to whoever watches, pointers to eyes.
    pub(super) fn on_realtime(&self, packet: &Bytes) {
        if let Some(watch) = self.config.watch.as_ref().filter(|_| self.watches()) {
            match RealtimePacket::decode(packet) {
                Ok(RealtimePacket::Poses(poses)) => watch.scene().take_poses(&poses),
                Ok(RealtimePacket::Cursor(_) | RealtimePacket::Clock(_)) => {}
                Err(error) => tracing::debug!(%error, "a realtime packet is not understood"),
            }
        }
    }

    /// Draws, or takes back.
    pub(super) async fn step(&mut self, step: Step, told: Answer) {
        let Some(surface) = self.watching.told.clone().filter(|_| self.watches()) else {
            drop(told.send(Err(RequestRefused::NoPicture)));
            return;
        };
        let here = surface.id.clone();
        let sent = self.request(told, |client_id| match step.clone() {
            Step::Add {
                shape,
                width,
                frame_time,
            } => ClientMessage::AnnotationAdd {
                client_id,
                surface: here,
                frame_time,
                attach: Attach::World,
                node: None,
                shape,
                width,
            },
            Step::Undo => ClientMessage::AnnotationUndo { client_id },
            Step::Redo => ClientMessage::AnnotationRedo { client_id },
            Step::Clear => ClientMessage::AnnotationClear {
                client_id,
                surface: here,
            },
        });
        if let Some(client_id) = sent.await
            && let Step::Add {
                shape,
                width,
                frame_time,
            } = step
            && let Some(watch) = &self.config.watch
        {
            let color = self.colors.get(&self.me).copied().unwrap_or(0);
            let annotation = Annotation {
                id: AnnotationId::from_random([0; 16]),
                anchor: 0,
                author: self.me.clone(),
                surface: surface.id,
                frame_time,
                attach: Attach::World,
                node: None,
                shape,
                width,
            };
            watch.scene().send(client_id, annotation, color);
        }
    }

    /// Keeps a frame known here and at its tracker, or lets it go.
    pub(super) async fn hold_frame(&mut self, frame_time: FrameTime, hold: bool) {
        self.hold_here(frame_time, hold);
        if self.watches() {
            self.tell_hold(frame_time, hold).await;
        }
    }

    pub(super) fn hold_here(&self, frame_time: FrameTime, hold: bool) {
        if let Some(watch) = &self.config.watch {
            watch.scene().hold(frame_time, hold);
        }
    }

    async fn tell_hold(&self, frame_time: FrameTime, hold: bool) {
        if let Some(surface) = &self.watching.told {
            self.signalling
                .send(ClientMessage::HoldFrame {
                    surface: surface.id.clone(),
                    frame_time,
                    hold,
                })
                .await;
        }
    }

    /// After coming back: the server let go when the connection broke.
    pub(super) async fn hold_again(&self) {
        if let Some(watch) = self.config.watch.as_ref().filter(|_| self.watches()) {
            let held: Vec<FrameTime> = watch.scene().held().collect();
            for frame_time in held {
                self.tell_hold(frame_time, true).await;
            }
        }
    }

    /// Shows the person's pointer to the others.
    pub(super) async fn point(&self, [x, y]: Point, visible: bool, frame_time: Option<FrameTime>) {
        let (Some(surface), Some(peer)) = (&self.watching.told, &self.peer) else {
            return;
        };
        // A share outside the frame is shown at its rim.
        let units = |share: f32| (share.clamp(0.0, 1.0) * 65_535.0) as u16;
        let packet = RealtimePacket::Cursor(CursorPacket {
            surface: surface.number,
            frame_time,
            participant: 0,
            visible,
            x: units(x),
            y: units(y),
        });
        if let Ok(bytes) = packet.encode()
            && let Err(error) = peer.send_realtime(bytes).await
        {
            tracing::trace!(%error, "a pointer was not sent");
        }
    }
}
