//! A company's rules, and how they are edited.

use crate::limits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Days for which the film of cameras and screens is kept after the session; none when it is
    /// not kept at all.
    #[serde(default)]
    #[schemars(range(min = 1, max = 365))]
    pub film_days: Option<u16>,
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
