//! From bytes to messages: parse, then check every limit that the types do not hold by themselves.

use crate::{
    AnchorState, AnnotationEvent, AnnotationOp, ClientMessage, Point, ProtocolError, Quality,
    ServerMessage, Shape, TrackKind, limits,
};
use serde::de::DeserializeOwned;

/// A value whose limits can be checked.
pub trait Validate {
    /// Checks the limits of [`limits`].
    ///
    /// # Errors
    /// [`ProtocolError::OutOfRange`] with the first field that breaks one.
    fn validate(&self) -> Result<(), ProtocolError>;
}

/// Reads a message from a participant and checks it.
///
/// # Errors
/// Too large, malformed, unknown or out of range: see [`ProtocolError`].
pub fn decode_client(text: &str) -> Result<ClientMessage, ProtocolError> {
    decode(text, limits::MESSAGE_BYTES)
}

/// Reads a message from the server and checks it. There is no size limit: a `welcome` holds the
/// whole session.
///
/// # Errors
/// Malformed or out of range; an unknown type is [`ServerMessage::Unknown`], not an error.
pub fn decode_server(text: &str) -> Result<ServerMessage, ProtocolError> {
    decode(text, usize::MAX)
}

fn decode<T: DeserializeOwned + Validate>(text: &str, limit: usize) -> Result<T, ProtocolError> {
    if text.len() > limit {
        return Err(ProtocolError::TooLarge {
            bytes: text.len(),
            limit,
        });
    }
    let message: T = serde_json::from_str(text).map_err(|error| ProtocolError::Malformed {
        // The text of serde's message may quote the input, so only the place is kept.
        reason: format!("line {} column {}", error.line(), error.column()),
    })?;
    message.validate()?;
    Ok(message)
}

fn in_range(ok: bool, field: &'static str, expected: &str) -> Result<(), ProtocolError> {
    if ok {
        Ok(())
    } else {
        Err(ProtocolError::OutOfRange {
            field,
            expected: expected.to_owned(),
        })
    }
}

fn chars(text: &str, min: u32, max: u32, field: &'static str) -> Result<(), ProtocolError> {
    let long = max as usize;
    // Counting stops just past the limit, so that a long text costs no more than a short one.
    let count = text.chars().take(long + 1).count();
    if count > long || count < min as usize {
        return Err(ProtocolError::OutOfRange {
            field,
            expected: format!("{min} to {max} characters long"),
        });
    }
    Ok(())
}

fn point([x, y]: Point, field: &'static str) -> Result<(), ProtocolError> {
    let range = -limits::COORD_MAX..=limits::COORD_MAX;
    in_range(
        range.contains(&x) && range.contains(&y),
        field,
        "two numbers from -4 to 4",
    )
}

fn points(points: &[Point], field: &'static str) -> Result<(), ProtocolError> {
    in_range(
        (1..=limits::STROKE_POINTS as usize).contains(&points.len()),
        field,
        "1 to 1024 points",
    )?;
    points.iter().try_for_each(|p| point(*p, field))
}

fn client_id(text: &str) -> Result<(), ProtocolError> {
    chars(text, 1, limits::CLIENT_ID_CHARS, "client_id")
}

fn width(width: f32) -> Result<(), ProtocolError> {
    in_range((0.001..=0.05).contains(&width), "width", "0.001 to 0.05")
}

impl Validate for Shape {
    fn validate(&self) -> Result<(), ProtocolError> {
        match self {
            Self::Arrow { from, to } => {
                point(*from, "shape.from")?;
                point(*to, "shape.to")
            }
            Self::Circle { center, radius } => {
                point(*center, "shape.center")?;
                point(*radius, "shape.radius")?;
                in_range(
                    radius.iter().all(|r| *r > 0.0),
                    "shape.radius",
                    "two numbers above 0",
                )
            }
            Self::Freehand { points: p } | Self::Highlight { points: p } => {
                points(p, "shape.points")
            }
            Self::Text { at, text } => {
                point(*at, "shape.at")?;
                chars(text, 1, limits::LABEL_CHARS, "shape.text")
            }
            Self::Unknown => Ok(()),
        }
    }
}

impl Validate for Quality {
    fn validate(&self) -> Result<(), ProtocolError> {
        in_range(self.rtt_ms <= 60_000, "quality.rtt_ms", "0 to 60000")?;
        in_range((0.0..=1.0).contains(&self.loss), "quality.loss", "0 to 1")?;
        in_range((0.0..=240.0).contains(&self.fps), "quality.fps", "0 to 240")
    }
}

impl Validate for AnchorState {
    fn validate(&self) -> Result<(), ProtocolError> {
        let finite = self
            .last_seen
            .is_none_or(|p| p.iter().all(|v| v.is_finite()));
        in_range(finite, "last_seen", "two finite numbers")
    }
}

impl Validate for ClientMessage {
    fn validate(&self) -> Result<(), ProtocolError> {
        match self {
            Self::Hello { token, .. } => chars(token, 1, limits::TOKEN_CHARS, "token"),
            Self::Offer { sdp, tracks, .. } => {
                chars(sdp, 1, limits::SDP_CHARS, "sdp")?;
                in_range(
                    tracks.len() <= limits::TRACKS_PER_OFFER as usize,
                    "tracks",
                    "at most 16",
                )?;
                tracks.iter().try_for_each(|track| {
                    chars(&track.mid, 1, 16, "tracks.mid")?;
                    let named = track.surface.is_some() == (track.kind == TrackKind::Video);
                    in_range(
                        named,
                        "tracks.surface",
                        "given for video and only for video",
                    )
                })
            }
            Self::AnnotationAdd {
                client_id: id,
                shape,
                width: w,
                ..
            } => {
                client_id(id)?;
                in_range(
                    *shape != Shape::Unknown,
                    "shape.type",
                    "a shape of this protocol",
                )?;
                shape.validate()?;
                width(*w)
            }
            Self::AnnotationRemove { client_id: id, .. }
            | Self::AnnotationUndo { client_id: id }
            | Self::AnnotationRedo { client_id: id }
            | Self::AnnotationClear { client_id: id, .. } => client_id(id),
            Self::AnchorStates { states } => {
                in_range((1..=64).contains(&states.len()), "states", "1 to 64 states")?;
                states.iter().try_for_each(Validate::validate)
            }
            Self::ChatSend {
                client_id: id,
                text,
            } => {
                client_id(id)?;
                chars(text, 1, limits::CHAT_CHARS, "text")?;
                in_range(!text.trim().is_empty(), "text", "more than blanks")
            }
            Self::ReportQuality { quality } => quality.validate(),
            Self::SetHidden { parts, .. } => in_range(
                *parts <= limits::HIDDEN_PARTS || *parts == limits::HIDDEN_ALL,
                "parts",
                "0 to 32, or 255 for everything",
            ),
            Self::SetConsent { film_days, .. } => in_range(
                film_days.is_none_or(|days| (1..=limits::FILM_DAYS).contains(&days)),
                "film_days",
                "1 to 365, or left away",
            ),
            Self::Unknown => Err(ProtocolError::UnknownMessage),
            Self::Ping { .. }
            | Self::RequestSurface { .. }
            | Self::SetPaused { .. }
            | Self::StopSurface { .. }
            | Self::AnnotationSync { .. }
            | Self::HoldFrame { .. }
            | Self::SharePage
            | Self::Leave
            | Self::EndSession => Ok(()),
        }
    }
}

fn event(event: &AnnotationEvent) -> Result<(), ProtocolError> {
    match &event.op {
        AnnotationOp::Added { annotation } => {
            annotation.shape.validate()?;
            width(annotation.width)
        }
        AnnotationOp::Hidden { .. } | AnnotationOp::Shown { .. } | AnnotationOp::Unknown => Ok(()),
    }
}

impl Validate for ServerMessage {
    fn validate(&self) -> Result<(), ProtocolError> {
        match self {
            Self::Welcome(welcome) => welcome.annotations.iter().try_for_each(event),
            Self::AnnotationEvents { events } => events.iter().try_for_each(event),
            Self::AnchorStates { states } => states.iter().try_for_each(Validate::validate),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorCode;

    fn code(text: &str) -> ErrorCode {
        decode_client(text)
            .expect_err("the message must be refused")
            .code()
    }

    #[test]
    fn a_good_message_passes() {
        let text = r#"{"type":"ping","nonce":7,"field_of_a_newer_client":true}"#;
        assert_eq!(
            decode_client(text).unwrap(),
            ClientMessage::Ping { nonce: 7 }
        );
    }

    #[test]
    fn bad_messages_get_the_fitting_code() {
        assert_eq!(code("{"), ErrorCode::Malformed);
        assert_eq!(code("[]"), ErrorCode::Malformed);
        assert_eq!(code(r#"{"type":"ping","nonce":-1}"#), ErrorCode::Malformed);
        assert_eq!(
            code(r#"{"type":"from_the_future"}"#),
            ErrorCode::UnknownMessage
        );
        assert_eq!(
            code(&" ".repeat(limits::MESSAGE_BYTES + 1)),
            ErrorCode::TooLarge
        );
        let long = format!(
            r#"{{"type":"annotation_undo","client_id":"{}"}}"#,
            "x".repeat(41)
        );
        assert_eq!(code(&long), ErrorCode::OutOfRange);
        let blank = r#"{"type":"chat_send","client_id":"a","text":"  "}"#;
        assert_eq!(code(blank), ErrorCode::OutOfRange);
    }

    #[test]
    fn a_stroke_outside_the_limits_is_refused_and_one_inside_passes() {
        let add = |shape: &str, width: f32| {
            decode_client(&format!(
                r#"{{"type":"annotation_add","client_id":"a","surface":"sur_abcdefgh","frame_time":1,
                "attach":"world","shape":{shape},"width":{width}}}"#
            ))
        };
        assert!(
            add(
                r#"{"type":"circle","center":[0.5,0.5],"radius":[0.1,0.1]}"#,
                0.005
            )
            .is_ok()
        );
        assert!(
            add(
                r#"{"type":"circle","center":[0.5,0.5],"radius":[0,0.1]}"#,
                0.005
            )
            .is_err()
        );
        assert!(add(r#"{"type":"arrow","from":[9,0],"to":[0,0]}"#, 0.005).is_err());
        assert!(add(r#"{"type":"arrow","from":[1e99,0],"to":[0,0]}"#, 0.005).is_err());
        assert!(add(r#"{"type":"freehand","points":[]}"#, 0.005).is_err());
        assert!(add(r#"{"type":"arrow","from":[0,0],"to":[0,0]}"#, 0.5).is_err());
        assert!(add(r#"{"type":"hologram"}"#, 0.005).is_err());
    }

    #[test]
    fn a_malformed_message_is_not_quoted_in_its_error() {
        let error = decode_client(r#"{"type":"hello","protocol":"secret-token"}"#).unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }
}
