//! Every size, count and rate limit of the protocol, in one place.
//!
//! The same numbers go into the JSON Schema, so that a browser refuses what the server would refuse.

/// Largest control message in bytes, on the WebSocket and on the `annotations` channel.
pub const MESSAGE_BYTES: usize = 128 * 1024;
/// Largest SDP in characters.
pub const SDP_CHARS: u32 = 96 * 1024;
/// Largest chat text in characters.
pub const CHAT_CHARS: u32 = 2_000;
/// Largest label drawn on a surface, in characters.
pub const LABEL_CHARS: u32 = 200;
/// Largest display name in characters.
pub const NAME_CHARS: u32 = 80;
/// Largest session title in characters.
pub const TITLE_CHARS: u32 = 120;
/// Largest reason text in characters.
pub const REASON_CHARS: u32 = 120;
/// Points of one freehand or highlight stroke.
pub const STROKE_POINTS: u32 = 1_024;
/// Annotations kept in one session, hidden ones included; one more is refused.
pub const ANNOTATIONS_PER_SESSION: usize = 2_000;
/// Chat messages kept in one session; one more is refused.
pub const CHAT_PER_SESSION: usize = 5_000;
/// Snapshots kept in one session; one more is refused.
pub const SNAPSHOTS_PER_SESSION: usize = 500;
/// Largest snapshot picture in bytes.
pub const SNAPSHOT_BYTES: usize = 8 * 1024 * 1024;
/// People and machines in one session, left ones not counted.
pub const PARTICIPANTS_PER_SESSION: usize = 16;
/// Surfaces published at one time in one session.
pub const SURFACES_PER_SESSION: usize = 8;
/// Tracks named in one offer.
pub const TRACKS_PER_OFFER: u32 = 16;
/// Anchors in one pose packet.
pub const POSES_PER_PACKET: usize = 24;
/// Bad messages after which the server closes the connection.
pub const BAD_MESSAGES: u32 = 20;
/// Control messages a second from one participant, averaged over ten seconds.
pub const MESSAGES_PER_SECOND: u32 = 60;
/// Characters of a `client_id`, which a client chooses to recognise its own request.
pub const CLIENT_ID_CHARS: u32 = 40;
/// Characters of a bearer token.
pub const TOKEN_CHARS: u32 = 4_096;
/// Coordinates lie in `-COORD_MAX ..= COORD_MAX`; 0..1 is inside the frame.
pub const COORD_MAX: f32 = 4.0;
