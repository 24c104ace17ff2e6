//! What those who look on and the relay say to each other.

use super::{CommandOutcome, ControlKind, PageCommand, PagePointer, PageRule, PickedElement};
use crate::{ErrorCode, ParticipantId, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Set while the customer is on a page that is not shared, as far as the tab could tell.
    #[serde(default)]
    pub left: Option<LeftFor>,
}

/// Where a customer went with a tab that was shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftFor {
    /// Origin, when it is one of the company's; none for anywhere else.
    pub origin: Option<String>,
}
