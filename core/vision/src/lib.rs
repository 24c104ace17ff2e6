//! The anchor engine: keeps a drawing on the thing it was drawn on while the camera moves.
//!
//! Frames go in, poses come out. A drawing is attached to the frame it was drawn on, even when
//! that frame is half a second old; the engine fast-forwards it to the newest frame, tracks it,
//! says honestly when it cannot see the thing any more, and finds it again.
//!
//! This crate knows no clock, no socket, no file and no thread: a frame's name is its RTP frame
//! time, randomness is seeded, and the one heavy step, relocalisation, is handed out as a
//! [`RelocaliseJob`] that the caller runs wherever it likes.
//!
//! ```
//! use sightline_vision::{Engine, EngineConfig, LumaFrame};
//!
//! let mut engine = Engine::new(EngineConfig::default());
//! let luma = vec![128_u8; 640 * 360];
//! let frame = LumaFrame { time: 3000, width: 640, height: 360, stride: 640, data: &luma };
//! let result = engine.push_frame(frame).expect("a well-formed frame");
//! assert!(result.poses.is_empty());
//! ```

mod anchor;
mod attach;
mod beside;
mod confidence;
mod contest;
mod engine;
mod error;
mod flow;
mod follower;
mod frame;
mod geometry;
mod layer;
mod mesh;
mod motion;
mod patches;
mod reference;
mod refine;
mod relief;
mod relocalise;
mod repeats;
mod ring;
mod sight;
mod tracker;
mod turn;
mod types;

pub use engine::{Engine, Inspection};
pub use error::{AttachRefused, VisionError};
pub use layer::Failure;
pub use relocalise::{RelocaliseJob, RelocaliseOutcome};
pub use types::{
    AnchorPose, AttachRequest, Attached, Bend, CameraTurn, EngineConfig, FrameResult, LumaFrame,
    Reason, Status, StatusChange,
};
