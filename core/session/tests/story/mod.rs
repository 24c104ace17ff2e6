//! A session told step by step, with seeded randomness.
#![allow(dead_code, reason = "each test file uses a part of it")]

use sightline_protocol::{
    Attach, ClientMessage, ConsentScope, ParticipantId, PublishedTrack, Role, ServerMessage,
    SessionId, Shape, SurfaceId, SurfaceKind, TrackKind,
};
use sightline_session::{
    AcceptedTrack, Input, Output, Record, Refusal, SessionConfig, SessionState,
};

/// xorshift64*, Vigna 2016: enough for tests, and the same on every machine.
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn bytes16(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        bytes
    }
}

pub struct Story {
    pub state: SessionState,
    pub now_ms: u32,
    pub random: Seeded,
    pub records: Vec<Record>,
    requests: u32,
}

pub fn config() -> SessionConfig {
    SessionConfig {
        id: SessionId::from_random([1; 16]),
        title: "Boiler".to_owned(),
        created_at: "2026-01-01T00:00:00.000Z".to_owned(),
        agent_name: "Marta".to_owned(),
        company_name: "Warm Homes".to_owned(),
    }
}

impl Story {
    pub fn new() -> Self {
        Self {
            state: SessionState::new(config()),
            now_ms: 0,
            random: Seeded(0x5EED),
            records: Vec::new(),
            requests: 0,
        }
    }

    pub fn try_input(&mut self, input: Input) -> Result<Vec<Output>, Refusal> {
        self.now_ms += 10;
        let random = &mut self.random;
        let out = self
            .state
            .handle(self.now_ms, &mut || random.bytes16(), input)?;
        self.records.extend(out.iter().filter_map(|o| match o {
            Output::Record(record) => Some(record.clone()),
            _ => None,
        }));
        Ok(out)
    }

    pub fn input(&mut self, input: Input) -> Vec<Output> {
        self.try_input(input).unwrap()
    }

    pub fn say(
        &mut self,
        from: &ParticipantId,
        message: ClientMessage,
    ) -> Result<Vec<Output>, Refusal> {
        self.try_input(Input::Message {
            from: from.clone(),
            message,
        })
    }

    pub fn join(&mut self, role: Role, name: &str) -> ParticipantId {
        let participant = ParticipantId::from_random(self.random.bytes16());
        let name = name.to_owned();
        self.input(Input::Join {
            participant: participant.clone(),
            role,
            name,
            same_as: None,
        });
        participant
    }

    pub fn arrive(&mut self, role: Role, tracks_anchors: bool) -> ParticipantId {
        let participant = self.join(role, "");
        self.connect(&participant, tracks_anchors);
        participant
    }

    pub fn connect(&mut self, participant: &ParticipantId, tracks_anchors: bool) -> Vec<Output> {
        self.input(Input::Connect {
            participant: participant.clone(),
            tracks_anchors,
            on_page: false,
        })
    }

    pub fn consent(&mut self, who: &ParticipantId, scope: ConsentScope, granted: bool) {
        self.consent_told(who, scope, granted, None);
    }

    /// Consent by somebody who read for how many days the film is kept.
    pub fn consent_told(
        &mut self,
        who: &ParticipantId,
        scope: ConsentScope,
        granted: bool,
        film_days: Option<u16>,
    ) -> Vec<Output> {
        let consent = ClientMessage::SetConsent {
            scope,
            granted,
            film_days,
        };
        self.say(who, consent).unwrap()
    }

    /// Offers one picture and lets the media server accept it.
    pub fn publish(&mut self, who: &ParticipantId, kind: SurfaceKind) -> SurfaceId {
        let out = self.say(who, offer(kind)).unwrap();
        let tracks = negotiated(&out);
        let surface = tracks[0].surface.clone().unwrap().0;
        self.input(Input::Negotiated {
            participant: who.clone(),
            tracks,
        });
        surface
    }

    /// A customer with its camera on.
    pub fn customer_on_camera(&mut self, tracks_anchors: bool) -> (ParticipantId, SurfaceId) {
        let customer = self.arrive(Role::Customer, tracks_anchors);
        self.consent(&customer, ConsentScope::Camera, true);
        let surface = self.publish(&customer, SurfaceKind::Camera);
        (customer, surface)
    }

    pub fn request(&mut self) -> String {
        self.requests += 1;
        format!("request-{}", self.requests)
    }

    pub fn circle(&mut self, surface: &SurfaceId) -> ClientMessage {
        ClientMessage::AnnotationAdd {
            client_id: self.request(),
            surface: surface.clone(),
            frame_time: Some(90_000),
            attach: Attach::World,
            node: None,
            shape: Shape::Circle {
                center: [0.5, 0.25],
                radius: [0.1, 0.1],
            },
            width: 0.01,
        }
    }

    pub fn draw(&mut self, by: &ParticipantId, surface: &SurfaceId) -> Vec<Output> {
        let message = self.circle(surface);
        self.say(by, message).unwrap()
    }

    pub fn undo(&mut self, by: &ParticipantId) -> Result<Vec<Output>, Refusal> {
        let client_id = self.request();
        self.say(by, ClientMessage::AnnotationUndo { client_id })
    }

    pub fn redo(&mut self, by: &ParticipantId) -> Result<Vec<Output>, Refusal> {
        let client_id = self.request();
        self.say(by, ClientMessage::AnnotationRedo { client_id })
    }

    pub fn clear(
        &mut self,
        by: &ParticipantId,
        surface: &SurfaceId,
    ) -> Result<Vec<Output>, Refusal> {
        let client_id = self.request();
        self.say(
            by,
            ClientMessage::AnnotationClear {
                client_id,
                surface: surface.clone(),
            },
        )
    }
}

pub fn offer(kind: SurfaceKind) -> ClientMessage {
    ClientMessage::Offer {
        number: 1,
        sdp: "v=0".to_owned(),
        tracks: vec![PublishedTrack {
            mid: "0".to_owned(),
            kind: TrackKind::Video,
            surface: Some(kind),
        }],
    }
}

pub fn negotiated(out: &[Output]) -> Vec<AcceptedTrack> {
    out.iter()
        .find_map(|o| match o {
            Output::Negotiate { tracks, .. } => Some(tracks.clone()),
            _ => None,
        })
        .expect("an offer was passed on")
}

/// Every message in the outputs, to whomever.
pub fn messages(out: &[Output]) -> Vec<&ServerMessage> {
    out.iter()
        .filter_map(|o| match o {
            Output::Send { message, .. } | Output::Broadcast { message, .. } => Some(message),
            _ => None,
        })
        .collect()
}

/// Messages to one participant by name.
pub fn sent_to<'a>(out: &'a [Output], who: &ParticipantId) -> Vec<&'a ServerMessage> {
    out.iter()
        .filter_map(|o| match o {
            Output::Send { to, message } if to == who => Some(message),
            _ => None,
        })
        .collect()
}
