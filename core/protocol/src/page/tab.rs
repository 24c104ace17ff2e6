//! What a customer's tab and the relay say to each other.

use super::{
    CommandOutcome, ControlKind, PageCommand, PagePointer, PageRule, PageRules, PickedElement,
};
use crate::{
    ErrorCode, ParticipantId, ServerMessage,
    http::{InvitePreview, Joined},
    limits,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a customer has read and agreed to, taken along from origin to origin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Agreed {
    /// Name of the agent who asked.
    #[schemars(length(max = limits::NAME_CHARS))]
    pub agent: String,
    /// Days of keeping that were named; none when it was not said.
    pub record_days: Option<u16>,
    /// Origins that were named: on no others the session goes on by itself.
    #[schemars(length(max = limits::PAGE_ORIGINS))]
    pub sites: Vec<String>,
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
    /// Goes on with a tab that has come from another of the company's origins. Consumes the ticket.
    Resume {
        /// The company whose site this is, from the script element.
        #[schemars(length(max = 60))]
        tenant: String,
        /// From the fragment of the address.
        #[schemars(length(max = 60))]
        ticket: String,
    },
    /// Asks for a ticket with which the session goes on at this origin or at another of the
    /// company's, wherever the way of the tab ends.
    Handover {
        /// True for another tab, which the page opens.
        fresh: bool,
        /// What the script there shall know.
        agreed: Agreed,
    },
    /// The tab is about to go to a page on which it will not be shared.
    Leaving {
        /// Its origin, when it is one of the company's; nobody is told where else customers go.
        #[schemars(length(max = limits::PAGE_RULE_CHARS))]
        origin: Option<String>,
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
    /// Answers `handover`.
    Ticket {
        /// As asked.
        fresh: bool,
        /// For the fragment of the address, single use; none when too many are under way.
        ticket: Option<String>,
        /// Seconds until it stops working.
        valid_s: u32,
    },
    /// Answers `resume`.
    Resumed {
        /// The place in the session.
        joined: Joined,
        /// The tab that goes on; none for a new one, which asks the customer first.
        tab: Option<String>,
        /// What the customer has agreed to.
        agreed: Agreed,
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
