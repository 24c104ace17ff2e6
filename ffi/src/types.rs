use sightline_frames::{Codec, PushOutcome, Rotation};

/// How the app's encoder encodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum VideoCodec {
    /// VP8, one frame a push.
    Vp8,
    /// H.264 constrained baseline with start codes (annex B), one access unit a push; a keyframe
    /// brings its parameter sets along.
    H264,
}

impl From<VideoCodec> for Codec {
    fn from(codec: VideoCodec) -> Self {
        match codec {
            VideoCodec::Vp8 => Self::Vp8,
            VideoCodec::H264 => Self::H264,
        }
    }
}

/// What the picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum SurfaceType {
    /// A camera.
    Camera,
    /// The device's screen.
    Screen,
}

/// What somebody is in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ParticipantRole {
    /// Shows a camera or screen, and allows it.
    Customer,
    /// Watches and draws.
    Technician,
    /// Anything else: such an invitation is for another program.
    Other,
}

impl From<sightline_protocol::Role> for ParticipantRole {
    fn from(role: sightline_protocol::Role) -> Self {
        use sightline_protocol::Role;
        match role {
            Role::Customer => Self::Customer,
            Role::Technician => Self::Technician,
            _ => Self::Other,
        }
    }
}

/// How far the sensor's picture must be turned clockwise to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum UprightTurn {
    /// It stands upright.
    None,
    /// A quarter clockwise.
    Right,
    /// Half.
    Half,
    /// A quarter counter-clockwise.
    Left,
}

impl From<UprightTurn> for Rotation {
    fn from(turn: UprightTurn) -> Self {
        match turn {
            UprightTurn::None => Self::None,
            UprightTurn::Right => Self::Right,
            UprightTurn::Half => Self::Half,
            UprightTurn::Left => Self::Left,
        }
    }
}

/// What became of something that was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PushResult {
    /// It is on its way.
    Taken,
    /// Left out because something behind it is too slow, or because it cannot be decoded without
    /// the keyframe that was asked for.
    LeftOut,
    /// Nothing is sent at the moment: no consent, paused, or not (any more) in a session.
    NotSending,
}

impl From<PushOutcome> for PushResult {
    fn from(outcome: PushOutcome) -> Self {
        match outcome {
            PushOutcome::Taken => Self::Taken,
            PushOutcome::Dropped => Self::LeftOut,
        }
    }
}

/// How to take part.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct JoinConfig {
    /// The invitation's link, or its 6-digit code.
    pub invitation: String,
    /// Address of the server such as `https://support.example.com`; needed with a code.
    pub server: Option<String>,
    /// Name that others see; may be empty.
    pub name: String,
    /// What will be shown, once the person has agreed; of no meaning for a technician.
    pub surface: SurfaceType,
    /// How the app's encoder encodes.
    pub codec: VideoCodec,
    /// Highest rate of the picture in bits a second.
    pub max_bitrate_bps: u32,
    /// True to take any TLS certificate; only for tests.
    pub insecure: bool,
}

/// Who asks, and for what; shown before joining.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Invitation {
    /// Name of the agent.
    pub agent: String,
    /// Name of the company.
    pub company: String,
    /// To be given to [`crate::AssistSession::join`] as `invitation`: a code is used up by looking.
    pub link: String,
    /// What the invited person is to be.
    pub role: ParticipantRole,
    /// Days for which the film of a camera or screen is kept; none when it is not kept.
    pub film_days: Option<u16>,
}

/// A place in a session.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct JoinedSession {
    /// Which session.
    pub session: String,
    /// Own id.
    pub participant: String,
    /// Name of the agent.
    pub agent: String,
    /// Name of the company.
    pub company: String,
    /// What one is: a technician gets pictures, and is never asked for consent.
    pub role: ParticipantRole,
}

/// How the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ConnectionState {
    /// The session can be talked to.
    Open,
    /// Pictures flow.
    MediaConnected,
    /// Pictures do not flow; it is tried again.
    MediaLost,
    /// Nothing flows; it is tried again for two minutes.
    Reconnecting,
}

/// Why a drawing's anchor changed its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum AnchorReason {
    /// It was attached.
    Attached,
    /// It was found again.
    FoundAgain,
    /// Something covers it.
    Occluded,
    /// It left the picture.
    OutOfView,
    /// The picture is too blurred to tell.
    Blur,
    /// Too few details to hold on to.
    TooFewTexture,
    /// The thing itself changed.
    Moved,
    /// The frame that it was drawn on is no longer known.
    FrameExpired,
    /// It cannot be followed, or a newer reason.
    Other,
}

impl From<sightline_protocol::AnchorReason> for AnchorReason {
    fn from(reason: sightline_protocol::AnchorReason) -> Self {
        use sightline_protocol::AnchorReason as From;
        match reason {
            From::Attached => Self::Attached,
            From::FoundAgain => Self::FoundAgain,
            From::Occluded => Self::Occluded,
            From::OutOfView => Self::OutOfView,
            From::Blur => Self::Blur,
            From::TooFewTexture => Self::TooFewTexture,
            From::Moved => Self::Moved,
            From::FrameExpired => Self::FrameExpired,
            From::NoTracker | From::Unknown => Self::Other,
        }
    }
}
