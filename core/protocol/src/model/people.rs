//! Who is in a session, and what they allow.

use crate::{ParticipantId, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a participant is in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owns the camera, screen or page, and the consent.
    Customer,
    /// Leads the session and draws.
    Agent,
    /// Invited to help; sees and draws.
    Technician,
    /// Watches.
    Supervisor,
    /// A machine that stores the session.
    Recorder,
    /// A machine that tracks anchors for a customer whose device does not.
    Vision,
    /// A role of a newer protocol; has no capability.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// What a customer can allow. Everything starts refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentScope {
    /// Send the camera's picture.
    Camera,
    /// Send the screen's picture.
    Screen,
    /// Send what a web page shows, with private places hidden.
    Page,
    /// Send the microphone's sound.
    Microphone,
    /// Let agents keep still pictures.
    Snapshot,
    /// A scope of a newer protocol; never granted.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// What the customer has allowed at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsentState {
    /// Granted scopes, each at most once, in the order of [`ConsentScope`].
    #[schemars(length(max = 8))]
    pub granted: Vec<ConsentScope>,
}

/// A participant as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Participant {
    /// Who.
    pub id: ParticipantId,
    /// Short number of the participant in this session, used in [`crate::realtime`] packets.
    pub number: u16,
    /// Role, fixed for the whole session.
    pub role: Role,
    /// Name to show.
    #[schemars(length(max = limits::NAME_CHARS))]
    pub name: String,
    /// Index into the eight author colours, 0 to 7.
    #[schemars(range(max = 7))]
    pub color: u8,
    /// True while a connection is open.
    pub connected: bool,
    /// True when this participant's own device tracks anchors on the surfaces that it publishes.
    pub tracks_anchors: bool,
    /// True while this participant is connected from a web page that runs the co-browse script: it
    /// can be asked to share that page.
    #[serde(default)]
    pub on_page: bool,
    /// The place of the same person on another device, when this one was opened from there.
    pub same_as: Option<ParticipantId>,
}
