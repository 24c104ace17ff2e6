use super::SessionState;
use crate::{Capability, ConsentEntry, Refusal, policy};
use sightline_protocol::{
    AnnotationEvent, ChatMessage, ConsentState, PROTOCOL_VERSION, Participant, ParticipantId, Role,
    SessionInfo, SessionPhase, Snapshot, SnapshotId, Surface, SurfaceId, Welcome,
};

impl SessionState {
    /// The session as people see it in lists.
    pub fn info(&self, now_ms: u32) -> SessionInfo {
        let config = &self.config;
        SessionInfo {
            id: config.id.clone(),
            title: config.title.clone(),
            phase: self.phase,
            created_at: config.created_at.clone(),
            age_ms: now_ms,
            agent_name: config.agent_name.clone(),
            company_name: config.company_name.clone(),
        }
    }

    /// Everything that a participant needs to show the session as it stands.
    ///
    /// # Errors
    /// [`Refusal::NoParticipant`].
    pub fn welcome(&self, you: &ParticipantId, now_ms: u32) -> Result<Welcome, Refusal> {
        self.participants.get(you)?;
        let (video_slots, audio_slots) = self.slots(you);
        Ok(Welcome {
            protocol: PROTOCOL_VERSION,
            session: self.info(now_ms),
            you: you.clone(),
            participants: self.participants().cloned().collect(),
            surfaces: self.surfaces.published().to_vec(),
            consent: self.consent_shown_to(you),
            annotations: self.annotations.events().to_vec(),
            anchors: self.anchors.all(),
            chat: self.chat.messages().to_vec(),
            snapshots: self.snapshots.clone(),
            video_slots,
            audio_slots,
        })
    }

    /// Receiving sections that a participant should offer: one for each surface of the others and
    /// each other participant that may speak, and one of each kind in reserve when there is none.
    fn slots(&self, you: &ParticipantId) -> (u8, u8) {
        let video = self
            .surfaces
            .published()
            .iter()
            .filter(|s| s.owner != *you)
            .count();
        let audio = self
            .participants
            .iter()
            .filter(|p| p.present && p.shown.id != *you)
            .filter(|p| policy::allows(p.shown.role, Capability::PublishSound))
            .count();
        (video.max(1) as u8, audio.max(1) as u8)
    }

    /// A customer sees what it allows itself; the others see what anybody allows.
    pub(super) fn consent_shown_to(&self, to: &ParticipantId) -> ConsentState {
        match self.participants.get(to) {
            Ok(place) if place.shown.role == Role::Customer => self.consent.of(to),
            _ => self.consent.of_anybody(),
        }
    }

    /// Where the session stands.
    pub fn phase(&self) -> SessionPhase {
        self.phase
    }

    /// Everybody who is or was here, in order of joining.
    pub fn participants(&self) -> impl Iterator<Item = &Participant> {
        self.participants.iter().map(|p| &p.shown)
    }

    /// A participant.
    ///
    /// # Errors
    /// [`Refusal::NoParticipant`].
    pub fn participant(&self, id: &ParticipantId) -> Result<&Participant, Refusal> {
        Ok(&self.participants.get(id)?.shown)
    }

    /// Passes when the participant's role has the capability.
    ///
    /// # Errors
    /// [`Refusal::NoParticipant`], [`Refusal::Forbidden`].
    pub fn check(&self, who: &ParticipantId, capability: Capability) -> Result<(), Refusal> {
        self.require(who, capability)
    }

    /// Published surfaces, oldest first.
    pub fn surfaces(&self) -> &[Surface] {
        self.surfaces.published()
    }

    /// A published surface by its short number.
    pub fn surface_by_number(&self, number: u16) -> Option<&Surface> {
        self.surfaces
            .published()
            .iter()
            .find(|s| s.number == number)
    }

    /// The kind, owner and lasting number of a surface, published now or not.
    pub fn surface_number(&self, id: &SurfaceId) -> Option<u16> {
        self.surfaces
            .names()
            .iter()
            .find(|n| n.id == *id)
            .map(|n| n.number)
    }

    /// The whole annotation log.
    pub fn annotation_events(&self) -> &[AnnotationEvent] {
        self.annotations.events()
    }

    /// The whole chat.
    pub fn chat_messages(&self) -> &[ChatMessage] {
        self.chat.messages()
    }

    /// Every picture taken.
    pub fn snapshots(&self) -> &[Snapshot] {
        &self.snapshots
    }

    /// Who allows what now, and since when.
    pub fn consent_entries(&self) -> impl Iterator<Item = ConsentEntry> {
        self.consent.entries()
    }

    /// A kept picture.
    pub fn find_snapshot(&self, id: &SnapshotId) -> Option<&Snapshot> {
        self.snapshots.iter().find(|s| s.id == *id)
    }
}
