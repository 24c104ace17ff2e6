//! What agents may ask of a page, and how it ended.

use crate::limits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
