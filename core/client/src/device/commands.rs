//! What the person at the device does, and what becomes of it.

use crate::camera::Camera;
use sightline_protocol::{AnchorNo, ErrorCode, FrameTime, Point, Saving, Shape, SurfaceKind};
use std::sync::Arc;
use tokio::sync::oneshot;

/// What the person at the device does.
pub enum Command {
    /// Answers the question for consent to the picture, or takes it back.
    Consent {
        /// True for a yes.
        granted: bool,
        /// Days for which the film is kept, as the person read in the question; none when they
        /// read of none, and then it is not kept.
        film_days: Option<u16>,
    },
    /// Allows the microphone, or takes it back.
    Microphone(bool),
    /// Shows another camera or screen from now on. The person is asked unless they have allowed
    /// its kind in this session.
    Show(Arc<dyn Camera>),
    /// Holds the picture back, or shows it again.
    Pause(bool),
    /// The device saves heat or battery from now on, or stops to; the agent is told.
    Saving(Option<Saving>),
    /// Says something.
    Chat {
        /// 1 to [`sightline_protocol::limits::CHAT_CHARS`] characters.
        text: String,
        /// Told once the server has taken or refused it.
        told: oneshot::Sender<Result<Taken, RequestRefused>>,
    },
    /// Draws on the surface that is watched, or takes drawings back.
    Step {
        /// What.
        step: Step,
        /// Told once the server has taken or refused it.
        told: oneshot::Sender<Result<Taken, RequestRefused>>,
    },
    /// Keeps a frame that is drawn on known here and at its tracker, or lets it go.
    HoldFrame {
        /// Which.
        frame_time: FrameTime,
        /// False to let it go.
        hold: bool,
    },
    /// Shows a live pointer on the surface that is watched.
    Point {
        /// Where, in shares of the frame.
        at: Point,
        /// False when it is gone.
        visible: bool,
        /// The frame that is pointed at.
        frame_time: Option<FrameTime>,
    },
    /// Asks the customer for a surface.
    RequestSurface(SurfaceKind),
    /// Leaves the session.
    Leave,
}

/// A step of somebody who draws.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A new drawing.
    Add {
        /// What, in shares of the frame.
        shape: Shape,
        /// Width of the stroke as a share of the frame's width.
        width: f32,
        /// The frame that was on the screen.
        frame_time: Option<FrameTime>,
    },
    /// Takes the own last step back.
    Undo,
    /// Brings it back.
    Redo,
    /// Hides every drawing on the surface.
    Clear,
}

/// The server has taken a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Number of the anchor of a new drawing.
    pub anchor: Option<AnchorNo>,
}

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestRefused {
    /// The server said no.
    #[error("it was refused: {message} ({code:?})")]
    Refused {
        /// What was wrong.
        code: ErrorCode,
        /// The server's words.
        message: String,
    },
    /// There is no connection at the moment.
    #[error("there is no connection at the moment; try again once it is back")]
    NotConnected,
    /// Nobody shows a picture at the moment.
    #[error("there is no picture to draw on at the moment")]
    NoPicture,
    /// Too many requests wait for an answer.
    #[error("{REQUESTS_WAITING} requests wait for the server already; try again in a moment")]
    TooMany,
}

/// Requests that wait for the server's answer, at most.
pub(super) const REQUESTS_WAITING: usize = 16;
