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

use crate::{
    ErrorCode, ParticipantId, ServerMessage,
    http::{InvitePreview, Joined},
    limits,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// A kind of thing that the customer can let an agent do in the page. Everything starts refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ControlKind {
    /// Click on things.
    Click,
    /// Fill in fields.
    Type,
    /// Scroll.
    Scroll,
    /// Go to another page of the site.
    Navigate,
}

/// Something that an agent asks the customer's tab to do. The tab decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PageCommand {
    /// Click on a node.
    Click {
        /// Number of the node in the replay.
        node: u32,
    },
    /// Replace what a field holds.
    Type {
        /// Number of the field.
        node: u32,
        /// The new content.
        #[schemars(length(max = limits::PAGE_TEXT_CHARS))]
        text: String,
    },
    /// Press a key in a field: `Enter`, `Escape`, `Tab`, `ArrowUp`, `ArrowDown`, `Backspace`.
    Key {
        /// Number of the node.
        node: u32,
        /// Name of the key (UI Events, `KeyboardEvent.key`).
        #[schemars(length(min = 1, max = 12))]
        key: String,
    },
    /// Choose an option of a select by its place.
    Choose {
        /// Number of the select.
        node: u32,
        /// Place of the option, from 0.
        option: u16,
    },
    /// Scroll the page, or a node, to a place in CSS pixels.
    Scroll {
        /// Number of the node; none for the page.
        node: Option<u32>,
        /// From the left.
        x: i32,
        /// From the top.
        y: i32,
    },
    /// Go one page back.
    Back,
    /// Go one page on.
    Forward,
    /// Load the page again.
    Reload,
    /// Open an address of one of the company's sites.
    Open {
        /// The address.
        #[schemars(length(min = 1, max = limits::PAGE_URL_CHARS))]
        url: String,
    },
}

impl PageCommand {
    /// What the customer must have granted for it.
    pub fn kind(&self) -> ControlKind {
        match self {
            Self::Click { .. } => ControlKind::Click,
            Self::Type { .. } | Self::Key { .. } | Self::Choose { .. } => ControlKind::Type,
            Self::Scroll { .. } => ControlKind::Scroll,
            Self::Back | Self::Forward | Self::Reload | Self::Open { .. } => ControlKind::Navigate,
        }
    }

    /// Whether every text is within its limit.
    pub fn fits(&self) -> bool {
        let within =
            |text: &str, max: u32| text.chars().take(max as usize + 1).count() <= max as usize;
        match self {
            Self::Type { text, .. } => within(text, limits::PAGE_TEXT_CHARS),
            Self::Key { key, .. } => within(key, 12),
            Self::Open { url } => within(url, limits::PAGE_URL_CHARS),
            _ => true,
        }
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommandOutcome {
    /// Carried out.
    Done,
    /// The customer has not granted this kind, or has taken it back.
    NotGranted,
    /// Only the customer may activate this control.
    Blocked,
    /// The node is gone, hidden from the agent, or takes no such command.
    NotPossible,
}

/// Somebody's pointer in the page.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PagePointer {
    /// The node under it, when known.
    pub node: Option<u32>,
    /// Horizontal place: a share of the node's box, else CSS pixels of the viewport.
    pub x: f32,
    /// Vertical place, the same.
    pub y: f32,
    /// False when it left the page.
    pub visible: bool,
}

/// From a customer's tab to the relay.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TabMessage {
    /// Asks what a code is for. Consumes it.
    Preview {
        /// The company whose site this is, from the script element.
        #[schemars(length(max = 60))]
        tenant: String,
        /// Six digits.
        #[schemars(length(max = 12))]
        code: String,
    },
    /// Asks for a code that the customer reads to an agent. When an agent types it, a `preview`
    /// follows by itself.
    ShowCode {
        /// The company whose site this is, from the script element.
        #[schemars(length(max = 60))]
        tenant: String,
    },
    /// Accepts an invitation.
    Accept {
        /// From the preview.
        #[schemars(length(max = 200))]
        ticket: String,
    },
    /// Opens the tab's place; also after a navigation or a lost connection.
    Hello {
        /// [`crate::PROTOCOL_VERSION`] of the script.
        protocol: u16,
        /// The customer's participant token.
        #[schemars(length(max = limits::TOKEN_CHARS))]
        token: String,
        /// Chosen by the tab; the same after a reload.
        #[schemars(length(min = 1, max = limits::CLIENT_ID_CHARS))]
        tab: String,
        /// Chosen by the document; another one after a reload. See [`crate::PageNode::page`].
        #[serde(default)]
        page: u32,
    },
    /// A message of the session, such as `set_consent`, `share_page`, `chat_send` or `leave`.
    Session {
        /// A [`crate::ClientMessage`]; checked where all of them are.
        message: Value,
    },
    /// Where the tab is. Title and address have passed the mask gate.
    Where {
        /// Title of the page.
        #[schemars(length(max = limits::PAGE_TITLE_CHARS))]
        title: String,
        /// Address without query and fragment.
        #[schemars(length(max = limits::PAGE_URL_CHARS))]
        url: String,
        /// True while the tab is in front.
        front: bool,
    },
    /// Which of these assets does the relay not have?
    Have {
        /// SHA-256 in hexadecimal.
        #[schemars(length(max = limits::PAGE_HASHES))]
        hashes: Vec<String>,
    },
    /// What the customer lets agents do at this moment.
    Grants {
        /// Each at most once.
        #[schemars(length(max = 4))]
        kinds: Vec<ControlKind>,
    },
    /// How a command ended.
    Outcome {
        /// As asked.
        id: u32,
        /// How.
        outcome: CommandOutcome,
    },
    /// The customer's own pointer.
    Pointer {
        /// Where.
        pointer: PagePointer,
    },
    /// The customer has read that the page is kept for so many days, and agreed to it.
    Told {
        /// None when it was not said.
        record_days: Option<u16>,
    },
    /// Answers `pick`.
    Picked {
        /// As asked.
        id: u32,
        /// None when the node is gone.
        picked: Option<PickedElement>,
    },
    /// Answers `count`.
    Counted {
        /// As asked.
        id: u32,
        /// Elements that each rule finds on this page, in the order of the question.
        #[schemars(length(max = limits::PAGE_RULES))]
        hits: Vec<u32>,
    },
    /// Asks for a link with which the customer's phone joins as the same person.
    Phone,
    /// The tab is no longer shared.
    Close,
}

/// From the relay to a customer's tab.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TabNotice {
    /// Answers `preview`.
    Preview {
        /// Who asks.
        preview: InvitePreview,
    },
    /// Answers `show_code`.
    Code {
        /// Six digits, single use.
        code: String,
        /// Seconds until it stops working.
        valid_s: u32,
    },
    /// Answers `accept`.
    Joined {
        /// The place in the session.
        joined: Joined,
    },
    /// Answers `hello`; rules to mask by come before anything is recorded.
    Ready {
        /// The company's rules.
        rules: PageRules,
        /// True when the customer allows the page to be seen.
        consent: bool,
    },
    /// A message of the session.
    Session {
        /// As everywhere.
        message: Box<ServerMessage>,
    },
    /// Answers `have`: send these.
    Missing {
        /// SHA-256 in hexadecimal.
        hashes: Vec<String>,
    },
    /// Send a snapshot: what is kept has grown too long.
    NeedSnapshot,
    /// An agent asks to be allowed this.
    ControlAsked {
        /// Who.
        by: ParticipantId,
        /// Name to show.
        name: String,
        /// What.
        kinds: Vec<ControlKind>,
    },
    /// An agent asks for something to be done.
    Command {
        /// To answer with.
        id: u32,
        /// Who.
        by: ParticipantId,
        /// What.
        command: PageCommand,
    },
    /// Somebody's pointer.
    Pointer {
        /// Whose.
        by: ParticipantId,
        /// Name to show.
        name: String,
        /// Index into the author colours.
        color: u8,
        /// Where.
        pointer: PagePointer,
    },
    /// The company's rules have changed: what they hide is hidden from now on.
    Rules {
        /// All of them.
        rules: PageRules,
    },
    /// Somebody edits rules: how could this node be named? Answered only by a page that was opened
    /// for that.
    Pick {
        /// To answer with.
        id: u32,
        /// Number of the node.
        node: u32,
    },
    /// Somebody edits rules: what do these find here? Answered only by a page that was opened for
    /// that.
    Count {
        /// To answer with.
        id: u32,
        /// The rules.
        #[schemars(length(max = limits::PAGE_RULES))]
        rules: Vec<PageRule>,
    },
    /// Answers `phone`.
    Phone {
        /// Address to open on the phone; works once.
        link: String,
        /// Modules on each side of its QR code (ISO/IEC 18004), without the quiet zone.
        qr_width: u16,
        /// The modules, row by row: `1` for a dark one.
        qr: String,
        /// Seconds until it stops working.
        valid_s: u32,
    },
    /// Something was refused.
    Error {
        /// Why.
        code: ErrorCode,
        /// In words.
        message: String,
        /// True when the connection closes.
        fatal: bool,
    },
}

/// From somebody who looks on to the relay.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ViewMessage {
    /// Opens the connection.
    Hello {
        /// [`crate::PROTOCOL_VERSION`] of the page.
        protocol: u16,
        /// The participant's token.
        #[schemars(length(max = limits::TOKEN_CHARS))]
        token: String,
    },
    /// Asks the customer for control.
    AskControl {
        /// Of what.
        #[schemars(length(min = 1, max = 4))]
        kinds: Vec<ControlKind>,
    },
    /// Asks a tab to do something.
    Command {
        /// Chosen by the sender; the outcome carries it.
        id: u32,
        /// Number of the tab.
        tab: u16,
        /// What.
        command: PageCommand,
    },
    /// Own pointer.
    Pointer {
        /// Number of the tab.
        tab: u16,
        /// Where.
        pointer: PagePointer,
    },
    /// Asks how a node could be named in a rule.
    Pick {
        /// Chosen by the sender; the answer carries it.
        id: u32,
        /// Number of the tab.
        tab: u16,
        /// Number of the node.
        node: u32,
    },
    /// Asks what rules would find.
    Count {
        /// Chosen by the sender; the answer carries it.
        id: u32,
        /// Number of the tab.
        tab: u16,
        /// The rules.
        #[schemars(length(max = limits::PAGE_RULES))]
        rules: Vec<PageRule>,
    },
}

/// From the relay to somebody who looks on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ViewNotice {
    /// Answers `hello`.
    Ready {
        /// Address of the page that shows the replay, on an origin of its own.
        replay_url: String,
    },
    /// The shared tabs; the whole list each time.
    Tabs {
        /// Oldest first.
        tabs: Vec<TabInfo>,
    },
    /// What the customer lets agents do.
    Grants {
        /// Each at most once.
        kinds: Vec<ControlKind>,
    },
    /// How a command ended.
    Outcome {
        /// As asked.
        id: u32,
        /// How.
        outcome: CommandOutcome,
    },
    /// Somebody's pointer.
    Pointer {
        /// Number of the tab.
        tab: u16,
        /// Whose.
        by: ParticipantId,
        /// Name to show.
        name: String,
        /// Index into the author colours.
        color: u8,
        /// Where.
        pointer: PagePointer,
    },
    /// Answers `pick`.
    Picked {
        /// As asked.
        id: u32,
        /// None when the node is gone.
        picked: Option<PickedElement>,
    },
    /// Answers `count`.
    Counted {
        /// As asked.
        id: u32,
        /// Elements that each rule finds on the page.
        hits: Vec<u32>,
    },
    /// Something was refused.
    Error {
        /// Why.
        code: ErrorCode,
        /// In words.
        message: String,
        /// True when the connection closes.
        fatal: bool,
    },
}

/// How an element of a page could be named in a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PickedElement {
    /// Name of the element, such as `button`.
    #[schemars(length(max = 60))]
    pub name: String,
    /// Selector that finds this element alone.
    #[schemars(length(max = limits::PAGE_RULE_CHARS))]
    pub one: String,
    /// Selector that finds this one and others like it, when there are others.
    #[schemars(length(max = limits::PAGE_RULE_CHARS))]
    pub alike: Option<String>,
    /// Elements that `alike` finds.
    pub alike_hits: u32,
    /// Its own text or accessible name, when it has one and it is not hidden.
    #[schemars(length(max = limits::PAGE_RULE_CHARS))]
    pub text: Option<String>,
    /// Elements that a rule with this text would find.
    pub text_hits: u32,
    /// True when it is something to press or to fill in.
    pub control: bool,
    /// True when it is hidden already.
    pub hidden: bool,
}

/// A shared tab as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TabInfo {
    /// Short number, from 1.
    pub tab: u16,
    /// Which document it shows; see [`crate::PageNode::page`].
    pub page: u32,
    /// Title of the page.
    pub title: String,
    /// Address without query and fragment.
    pub url: String,
    /// True while it is in front.
    pub front: bool,
    /// True while its script is connected; false between two pages.
    pub connected: bool,
    /// True when what it shows is kept with the session's record.
    #[serde(default)]
    pub recorded: bool,
}

/// How much is hidden when no rule speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaskMode {
    /// Marked places and everything that is typed or chosen.
    #[default]
    MarkedAndInputs,
    /// Everything but marked places.
    EverythingButMarked,
}

/// What a rule does with what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleAction {
    /// Texts and pictures inside are hidden, the shape stays.
    Mask,
    /// Nothing inside is sent.
    Block,
    /// May be seen, in the mode that hides everything else.
    Show,
    /// Only the customer may activate it.
    NoControl,
}

/// One rule of a company. All given conditions must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageRule {
    /// What happens.
    pub action: RuleAction,
    /// CSS selector.
    #[schemars(length(max = limits::PAGE_RULE_CHARS))]
    pub selector: Option<String>,
    /// Text that the element or its accessible name contains, letter case aside.
    #[schemars(length(max = limits::PAGE_RULE_CHARS))]
    pub text: Option<String>,
    /// Address pattern with `*`; without one the rule holds everywhere.
    #[schemars(length(max = limits::PAGE_RULE_CHARS))]
    pub url: Option<String>,
}

/// A company's co-browse settings, as far as a tab needs them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageRules {
    /// What is hidden when no rule speaks.
    pub mode: MaskMode,
    /// The rules.
    #[schemars(length(max = limits::PAGE_RULES))]
    pub rules: Vec<PageRule>,
    /// Origins of the company's sites; empty for any.
    #[schemars(length(max = limits::PAGE_ORIGINS))]
    pub origins: Vec<String>,
    /// Days for which shared pages are kept after the session; none when they are not kept at all.
    #[serde(default)]
    #[schemars(range(min = 1, max = 365))]
    pub record_days: Option<u16>,
}

/// `GET /api/cobrowse/settings`: what an administrator sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CobrowseSettings {
    /// The company, for the script element's `data-tenant`.
    pub tenant: String,
    /// The script element to put into the site.
    pub script: String,
    /// The rules in force.
    pub rules: PageRules,
}
