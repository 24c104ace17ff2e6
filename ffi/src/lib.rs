//! The device's core for phones and scripts: `core/client` behind one class, in Kotlin, Swift and
//! Python by UniFFI.
//!
//! [`AssistSession`] takes part in one session. The app pushes what its hardware encoder made and a
//! small luma plane of the same frames, and asks once a vsync what to draw; everything rare comes to
//! its [`SessionObserver`]. A technician's app takes the customer's encoded frames out and draws on
//! them.
//!
//! What holds for every call:
//! - Nothing that was pushed leaves the device before the person's own yes
//!   ([`AssistSession::set_consent`]), whatever the server says, nor after a no or during a pause.
//! - No call waits, except the `async` ones, [`AssistSession::next_audio`] and
//!   [`AssistSession::next_video`]. Frames are copied into bounded queues.
//! - No panic crosses the border: it becomes [`AssistError::Internal`] and
//!   [`SessionEvent::Failed`].
//! - All tasks run on one runtime whose threads are called `sightline`; observers are called on a
//!   thread called `sightline-events`, one call at a time.
//!
//! This crate knows no GStreamer and nothing about the server's code.

mod camera;
mod error;
mod events;
mod follow;
mod frames;
mod guard;
mod overlay;
mod power;
mod privacy;
mod runtime;
mod session;
mod sound;
mod state;
#[cfg(test)]
mod tests;
mod types;
mod watch;

pub use error::AssistError;
pub use events::{EncoderRequest, SessionEvent, SessionObserver};
pub use overlay::{Overlay, OverlayItem, OverlayKind, OverlayStatus};
pub use power::{SavingCause, ThermalState};
pub use privacy::{HiddenParts, HiddenRegion, PixelRect};
pub use session::AssistSession;
pub use sound::HeardAudio;
pub use types::{
    AnchorReason, ConnectionState, Invitation, JoinConfig, JoinedSession, ParticipantRole,
    PushResult, SurfaceType, UprightTurn, VideoCodec,
};
pub use watch::{ReceivedVideo, Stroke};

#[allow(unsafe_code, missing_docs)]
mod scaffolding {
    uniffi::setup_scaffolding!("sightline");
}
pub use scaffolding::UniFfiTag;
