//! Co-browse: what a customer's tab, the relay and the people who look on say to each other.
//!
//! Text frames are the JSON of these types. What the page looks like travels in binary frames that
//! the relay does not read into:
//!
//! Tab to relay:
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | kind: 1 snapshot, 2 changes, 3 asset |
//! | 1 | 1 | flags: bit 0 the body is raw DEFLATE (RFC 1951) |
//! | 2 | rest | body |
//!
//! The body of an asset is its SHA-256 (32 bytes) and then the content, never compressed by us. The
//! bodies of snapshots and changes are JSON, specified in `web-agent/packages/cobrowse`.
//!
//! Relay to viewer: the same kinds 1 and 2, with the place and time of arrival in between:
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | kind |
//! | 1 | 1 | flags |
//! | 2 | 2 | number of the tab, big-endian |
//! | 4 | 4 | milliseconds since the session began, big-endian, by the relay's clock |
//! | 8 | rest | body, unchanged |

mod control;
mod rules;
mod tab;
mod view;

pub use control::{CommandOutcome, ControlKind, PageCommand, PagePointer};
pub use rules::{CobrowseSettings, MaskMode, PageRule, PageRules, PickedElement, RuleAction};
pub use tab::{Agreed, TabMessage, TabNotice};
pub use view::{LeftFor, TabInfo, ViewMessage, ViewNotice};

/// Kind byte of a snapshot: the whole page.
pub const FRAME_SNAPSHOT: u8 = 1;
/// Kind byte of changes since the last frame.
pub const FRAME_CHANGES: u8 = 2;
/// Kind byte of a style sheet, picture or font.
pub const FRAME_ASSET: u8 = 3;
/// Bytes of the header from a tab.
pub const TAB_HEADER: usize = 2;
/// Bytes of the header to a viewer.
pub const VIEW_HEADER: usize = 8;
