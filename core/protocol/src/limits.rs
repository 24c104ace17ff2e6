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
/// Parts of a picture that its owner hides at one time.
pub const HIDDEN_PARTS: u8 = 32;
/// Stands for the number of hidden parts when the whole picture is hidden.
pub const HIDDEN_ALL: u8 = 255;
/// Tracks named in one offer.
pub const TRACKS_PER_OFFER: u32 = 16;
/// Anchors in one pose packet.
pub const POSES_PER_PACKET: usize = 24;
/// Bad messages after which the server closes the connection.
pub const BAD_MESSAGES: u32 = 20;
/// Control messages a second from one participant, averaged over ten seconds.
pub const MESSAGES_PER_SECOND: u32 = 60;
/// Of these, the messages of which everybody is told: drawings, chat, consent, pauses, requests.
/// Ten seconds' worth at once fit the queue of somebody with a slow network.
pub const TOLD_PER_SECOND: u32 = 20;
/// Bytes of control messages a second from one participant, averaged over ten seconds.
pub const MESSAGE_BYTES_PER_SECOND: u32 = 64 * 1024;
/// Offers a second from one participant, averaged over ten seconds.
pub const OFFERS_PER_SECOND: u32 = 1;
/// Reports of anchors a second from one tracker, averaged over ten seconds.
pub const REPORTS_PER_SECOND: u32 = 30;
/// Answers to `annotation_sync` a second for one participant, averaged over ten seconds.
pub const SYNCS_PER_SECOND: u32 = 1;
/// Characters of a `client_id`, which a client chooses to recognise its own request.
pub const CLIENT_ID_CHARS: u32 = 40;
/// Characters of a bearer token.
pub const TOKEN_CHARS: u32 = 4_096;
/// Largest binary frame of a shared page in bytes, header included.
pub const PAGE_FRAME_BYTES: usize = 4 * 1024 * 1024;
/// Largest style sheet, picture or font of a shared page in bytes.
pub const PAGE_ASSET_BYTES: usize = 4 * 1024 * 1024;
/// Assets that one session may upload, in bytes.
pub const PAGE_ASSETS_PER_SESSION: usize = 128 * 1024 * 1024;
/// Assets kept for one company, in bytes; beyond it new ones are refused.
pub const PAGE_ASSETS_PER_TENANT: u64 = 2 * 1024 * 1024 * 1024;
/// Bytes of one tab that the relay keeps for people who come later; beyond it a snapshot is asked
/// for, and at twice as much without one everything kept is dropped.
pub const PAGE_KEPT_BYTES: usize = 16 * 1024 * 1024;
/// Frames a second from one tab, averaged over ten seconds.
pub const PAGE_FRAMES_PER_SECOND: u32 = 120;
/// Tabs shared at one time in one session.
pub const PAGE_TABS: usize = 8;
/// People who look on at one time in one session.
pub const PAGE_VIEWERS: usize = 16;
/// Hashes in one question for missing assets.
pub const PAGE_HASHES: u32 = 512;
/// Characters that one command types.
pub const PAGE_TEXT_CHARS: u32 = 2_000;
/// Characters of the title of a shared page.
pub const PAGE_TITLE_CHARS: u32 = 200;
/// Characters of an address of a shared page.
pub const PAGE_URL_CHARS: u32 = 2_000;
/// Bytes of shared pages that are kept of one session, when the company keeps them; what comes
/// later is not kept.
pub const PAGE_RECORDING_BYTES: u64 = 64 * 1024 * 1024;
/// Days for which shared pages can be kept.
pub const PAGE_RECORD_DAYS: u16 = 365;
/// Days for which the film of cameras and screens can be kept.
pub const FILM_DAYS: u16 = 365;
/// Largest part of a film in bytes, except one that holds a single larger frame.
pub const FILM_PART_BYTES: usize = 512 * 1024;
/// Bytes of film that are kept of one session, when the company keeps film; what comes later is
/// not kept.
pub const FILM_BYTES: u64 = 1024 * 1024 * 1024;
/// Parts of film that are kept of one session: twelve hours of one camera.
pub const FILM_PARTS: u32 = 86_400;
/// Codes that customers' pages show at one time; one more is refused.
pub const SHOWN_CODES: usize = 10_000;
/// The same from one address.
pub const SHOWN_CODES_PER_ADDRESS: usize = 20;
/// Links for a phone that one session makes.
pub const PHONE_LINKS: usize = 20;
/// Tickets at one time with which tabs go on at another origin; one more is refused. A tab in front
/// keeps some three ready.
pub const HANDOVERS: usize = 20_000;
/// The same of one session; the oldest makes room.
pub const HANDOVERS_PER_SESSION: usize = 32;
/// Rules of one company.
pub const PAGE_RULES: usize = 200;
/// Characters of a condition of a rule.
pub const PAGE_RULE_CHARS: usize = 300;
/// Origins of one company.
pub const PAGE_ORIGINS: usize = 50;
/// Coordinates lie in `-COORD_MAX ..= COORD_MAX`; 0..1 is inside the frame.
pub const COORD_MAX: f32 = 4.0;
