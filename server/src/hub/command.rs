use super::Outbox;
use sightline_protocol::{
    FrameTime, ParticipantId, ReceivedTrack, Role, Snapshot, SnapshotId, SurfaceId, TenantId,
    Welcome,
};
use sightline_session::Refusal;
use tokio::sync::{mpsc, oneshot};

/// What others ask of a session's task.
#[derive(Debug)]
pub enum Command {
    /// Give somebody a place.
    Join {
        /// As what.
        role: Role,
        /// Name to show.
        name: String,
        /// The place of the same person on another device.
        same_as: Option<ParticipantId>,
        /// The new participant.
        reply: oneshot::Sender<Result<ParticipantId, Refusal>>,
    },
    /// A socket opened for a participant.
    Connect {
        /// Whose.
        participant: ParticipantId,
        /// Whether its device tracks anchors.
        tracks_anchors: bool,
        /// Whether it comes from a web page that can be shared.
        on_page: bool,
        /// Where messages to it go.
        outbox: Outbox,
        /// Whether it may stay.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// What a participant needs to show the session as it stands.
    Welcome {
        /// Whose.
        participant: ParticipantId,
        /// The same as at the opening of a connection.
        reply: oneshot::Sender<Result<Box<Welcome>, Refusal>>,
    },
    /// A text came from a participant, over its socket or its `annotations` channel.
    Text {
        /// Whose.
        participant: ParticipantId,
        /// Number of the socket; none for the channel.
        connection: Option<u64>,
        /// As received.
        text: String,
    },
    /// A socket closed.
    Closed {
        /// Whose.
        participant: ParticipantId,
        /// Number of the socket.
        connection: u64,
    },
    /// May this participant keep a picture of this surface?
    MayTakeSnapshot {
        /// Who.
        by: ParticipantId,
        /// Of what.
        surface: SurfaceId,
        /// The answer.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// A picture was stored.
    AddSnapshot {
        /// Which.
        id: SnapshotId,
        /// Who took it.
        by: ParticipantId,
        /// Of what.
        surface: SurfaceId,
        /// Of which frame.
        frame_time: Option<FrameTime>,
        /// The picture as everybody sees it.
        reply: oneshot::Sender<Result<Snapshot, Refusal>>,
    },
    /// End the session.
    End {
        /// Who; none when that person has no place in it.
        by: Option<ParticipantId>,
        /// Done.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// The company keeps film for so many days from now on.
    FilmDays {
        /// How many; none when it keeps none.
        days: Option<u16>,
    },
    /// Something happened to media.
    Media {
        /// Whose.
        participant: ParticipantId,
        /// What.
        event: MediaEvent,
    },
    /// Stop: the server goes down, or nobody has been here for a while.
    Stop,
}

/// What the media server tells a session.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaEvent {
    /// What the participant's receiving sections carry has changed.
    Tracks(Vec<ReceivedTrack>),
    /// The participant should offer again with this many receiving sections.
    Slots {
        /// Video sections.
        video: u8,
        /// Audio sections.
        audio: u8,
    },
    /// A text that could not go out over the `annotations` channel.
    Undelivered(String),
    /// The media connection is gone for good.
    Failed,
}

/// The session's task has ended; asking again starts a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the session is being put away; try again")]
pub struct HubGone;

/// Speaks to one session's task.
#[derive(Debug, Clone)]
pub struct HubHandle {
    pub(super) commands: mpsc::Sender<Command>,
    /// Whose session it is.
    pub(super) tenant: TenantId,
}

impl HubHandle {
    /// Sends a command and waits for room in the queue.
    ///
    /// # Errors
    /// [`HubGone`].
    pub async fn send(&self, command: Command) -> Result<(), HubGone> {
        self.commands.send(command).await.map_err(|_| HubGone)
    }

    /// Sends a command that carries a reply, and waits for it.
    ///
    /// # Errors
    /// [`HubGone`].
    pub async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, HubGone> {
        let (reply, answer) = oneshot::channel();
        self.send(command(reply)).await?;
        answer.await.map_err(|_| HubGone)
    }

    pub(super) fn is_gone(&self) -> bool {
        self.commands.is_closed()
    }
}
