//! Co-browse, scripted: the script for the company's sites, the relay between the customer's tabs
//! and the people who look on, the store of style sheets, pictures and fonts, and the origin on
//! which the replay is shown.
//!
//! Nothing here reads what a page shows: frames pass unread. What may leave a tab is decided in the
//! tab, by the mask gate of `web-agent/packages/cobrowse`; here is checked *whether* anything may be
//! passed on (consent, pause, capability) and how much (limits).

mod assets;
mod frame;
mod rate;
mod relay;
mod replay;
mod script;
pub mod settings;
mod share;
mod shown;
mod socket;
mod tab;
mod view;

pub use replay::{ReplayOrigin, frames_replay, router as replay_router};
pub use script::router as script_router;
pub use tab::open as open_tab;
pub use view::open as open_view;

use crate::secrets::Keys;
use assets::Assets;
use relay::Relay;
use settings::SettingsStore;
use shown::ShownCodes;
use sightline_protocol::TenantId;
use std::{path::Path, sync::OnceLock};

/// The co-browse parts of the server.
pub struct Cobrowse {
    relay: Relay,
    assets: Assets,
    settings: SettingsStore,
    keys: Keys,
    /// Codes that customers' pages show.
    pub shown: ShownCodes,
    /// Where the replay is served; set when the listeners are bound.
    pub replay: OnceLock<ReplayOrigin>,
}

impl Cobrowse {
    /// With its files below `folder`.
    pub fn new(folder: &Path, keys: &Keys) -> Self {
        Self {
            relay: Relay::default(),
            assets: Assets::new(folder.join("assets")),
            settings: SettingsStore::new(folder.join("settings")),
            keys: keys.clone(),
            shown: ShownCodes::default(),
            replay: OnceLock::new(),
        }
    }

    /// Part of the replay's addresses that only people of the company are told. It stays the same,
    /// so that a browser keeps what it has loaded once.
    fn replay_key(&self, tenant: &TenantId) -> String {
        let mac = self.keys.code_mac(&format!("replay of {tenant}"));
        mac[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
