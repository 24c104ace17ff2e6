//! Limits of the session that no client needs to know; those of the wire are in
//! `sightline_protocol::limits`.

/// Steps of the annotation log in one session; one more is refused. Undo and redo add steps without
/// adding drawings, so the log needs a bound of its own.
pub const EVENTS_PER_SESSION: usize = 20_000;
/// Points of all strokes in one session; bounds the size of `welcome`.
pub const POINTS_PER_SESSION: usize = 400_000;
/// Drawings named in all steps that hide or show several of them. One step can name every drawing,
/// so steps alone do not bound the size of `welcome`.
pub const NAMED_PER_SESSION: usize = 200_000;
/// Bytes of all chat messages in one session; bounds the size of `welcome` too.
pub const CHAT_BYTES_PER_SESSION: usize = 1024 * 1024;
/// Grants of consent in one session. Taking back is always possible.
pub const GRANTS_PER_SESSION: u32 = 2_000;
/// Times that one participant can come back after having left.
pub const RETURNS_PER_PARTICIPANT: u16 = 1_000;
/// People and machines that ever were in one session.
pub const PARTICIPANTS_EVER: usize = 512;
/// Frames that one participant may keep held at a time.
pub const HOLDS_PER_PARTICIPANT: usize = 4;
/// Time in milliseconds after a lost connection until the participant's surfaces are taken away.
pub const SURFACE_GRACE_MS: u32 = 20_000;
/// Shortest time in milliseconds between two forwarded quality reports of one participant.
pub const QUALITY_EVERY_MS: u32 = 900;
/// Time in milliseconds after a lost connection until the participant no longer counts as present.
pub const PLACE_KEPT_MS: u32 = 600_000;
