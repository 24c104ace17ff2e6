use serde::Serialize;
use sightline_protocol::{AnchorReason, AnchorStatus, Role};

/// What happens to the device, one JSON object a line on the standard output of
/// `sightline-device`, named by its `event` field.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The device has a place in the session.
    Joined {
        /// Which session.
        session: String,
        /// Own id.
        participant: String,
        /// Name of the agent who asks.
        agent: String,
        /// Name of the agent's company.
        company: String,
        /// Own role.
        role: Role,
    },
    /// A picture of somebody else can be watched, or changed.
    Picture {
        /// `camera` or `screen`.
        kind: String,
        /// Id of the surface.
        surface: String,
        /// True while its owner holds it back.
        paused: bool,
        /// Parts that its owner's device hides; 255 for the whole picture.
        hidden_parts: u8,
    },
    /// The device's own picture is kept with the session's record from now on, or no longer. A
    /// picture that is not sent is not kept: this ends with its sending.
    Kept {
        /// Whether it is.
        kept: bool,
    },
    /// Nobody shows a picture any more.
    PictureGone,
    /// The person was asked, or answered.
    Consent {
        /// `camera` or `screen`.
        scope: String,
        /// `asked`, `granted`, `refused`, `withdrawn`, or `stopped` for another surface.
        state: &'static str,
        /// With `asked`, days for which the film of it is kept: to be said in the question, and
        /// repeated with the answer. None when it is not kept.
        #[serde(skip_serializing_if = "Option::is_none")]
        film_days: Option<u16>,
    },
    /// The microphone was switched on after the person's yes, or off.
    Microphone {
        /// `on` or `off`.
        state: &'static str,
    },
    /// Parts of the picture are hidden before it is encoded, or no longer.
    Hidden {
        /// How many; 255 for the whole picture.
        parts: u8,
    },
    /// The picture is being sent.
    Publishing {
        /// Id of the surface.
        surface: String,
        /// Its number in pose packets.
        surface_number: u16,
        /// `vp8` or `h264`.
        codec: &'static str,
        /// Width of the upright raw picture in pixels.
        width: u32,
        /// Height of the upright raw picture in pixels.
        height: u32,
        /// Frame time of the source's first frame; a file's later frames follow at 90 kHz.
        frame_time_base: u32,
    },
    /// A step of the annotation log was applied.
    Annotation {
        /// Position in the log.
        seq: u32,
        /// `added`, `hidden` or `shown`.
        change: &'static str,
        /// Id of the drawing.
        id: String,
        /// Its anchor.
        anchor: u32,
        /// Frame time that the author saw.
        frame_time: Option<u32>,
        /// Milliseconds of the device's clock since it joined.
        at_ms: u64,
    },
    /// An anchor changed its status.
    Anchor {
        /// Which.
        anchor: u32,
        /// Frame of the change.
        frame_time: u32,
        /// New status.
        status: AnchorStatus,
        /// Why.
        reason: AnchorReason,
        /// Milliseconds of the device's clock since it joined.
        at_ms: u64,
    },
    /// The poses of a second, in figures.
    Poses {
        /// Frames that were tracked in this time.
        frames: u32,
        /// Poses sent in this time.
        poses: u32,
        /// Newest frame time.
        frame_time: u32,
        /// Anchors that are drawn on it.
        shown: u32,
        /// Mean time that tracking a frame took, milliseconds.
        track_ms: f32,
        /// Where each visible drawing's middle is on that frame, in shares.
        centers: Vec<AnchorCenter>,
    },
    /// A chat message.
    Chat {
        /// Author's id.
        from: String,
        /// Author's name, empty when not known.
        name: String,
        /// True when the device itself said it.
        own: bool,
        /// Text.
        text: String,
    },
    /// The state of the connection changed.
    Connection {
        /// `connecting`, `open`, `media_connected`, `media_lost`, `reconnecting`.
        state: &'static str,
    },
    /// The server or another participant wants something that needs the person.
    SurfaceRequested {
        /// `camera` or `screen`.
        kind: String,
    },
    /// A request of ours was refused, or something went wrong that the session survives.
    Warning {
        /// What, in words.
        message: String,
    },
    /// It is over.
    Ended {
        /// `session_ended`, `left` or `duration`.
        reason: &'static str,
    },
    /// It failed; the program ends.
    Error {
        /// What, and what to do.
        message: String,
    },
}

/// Where a drawing is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnchorCenter {
    /// Which anchor.
    pub anchor: u32,
    /// Middle of the drawing in shares of the frame.
    pub at: [f32; 2],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_one_line_with_their_name() {
        let line = serde_json::to_string(&Event::Chat {
            from: "par_x".into(),
            name: "Ana".into(),
            own: false,
            text: "a\nb".into(),
        });
        assert_eq!(
            line.unwrap(),
            r#"{"event":"chat","from":"par_x","name":"Ana","own":false,"text":"a\nb"}"#
        );
    }
}
