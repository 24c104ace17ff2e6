//! Co-browse, scripted: the script for the company's sites, the relay between the customer's tabs
//! and the people who look on, the store of style sheets, pictures and fonts, and the origin on
//! which the replay is shown.
//!
//! Nothing here reads what a page shows: frames pass unread. What may leave a tab is decided in the
//! tab, by the mask gate of `web-agent/packages/cobrowse`; here is checked *whether* anything may be
//! passed on (consent, pause, capability) and how much (limits).

mod assets;
mod frame;
mod handover;
mod rate;
mod recordings;
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
use handover::Handovers;
use recordings::Recordings;
use relay::Relay;
use settings::SettingsStore;
use shown::ShownCodes;
use sightline_protocol::{TenantId, page::PageRules};
use std::{path::Path, sync::OnceLock};

/// The co-browse parts of the server.
pub struct Cobrowse {
    relay: Relay,
    assets: Assets,
    settings: SettingsStore,
    keys: Keys,
    /// Shared pages that are kept.
    pub recordings: Recordings,
    /// Codes that customers' pages show.
    pub shown: ShownCodes,
    /// Tickets of tabs that are on their way to another origin.
    pub(crate) handovers: Handovers,
    /// Where the replay is served; set when the listeners are bound.
    pub replay: OnceLock<ReplayOrigin>,
}

impl Cobrowse {
    /// With its files below `blobs`, the folder of all pictures.
    pub fn new(blobs: &Path, keys: &Keys) -> Self {
        let folder = blobs.join("cobrowse");
        Self {
            relay: Relay::default(),
            assets: Assets::new(folder.join("assets")),
            settings: SettingsStore::below(blobs),
            keys: keys.clone(),
            recordings: Recordings::new(folder.join("pages"), *keys.pages()),
            shown: ShownCodes::default(),
            handovers: Handovers::default(),
            replay: OnceLock::new(),
        }
    }

    /// Where people who reach the server at `base_url` see replays of this company; none before the
    /// listeners are bound.
    pub fn replay_url(&self, tenant: &TenantId, base_url: &str) -> Option<String> {
        let origin = self.replay.get()?.for_base(base_url);
        Some(format!("{origin}/r/{}/", self.replay_key(tenant)))
    }

    /// The company's rules, of which a customer is told before agreeing: the days for which the
    /// company keeps shared pages and film, and the origins of its sites.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub async fn rules(&self, tenant: &TenantId) -> std::io::Result<PageRules> {
        self.settings.get(tenant).await
    }

    /// Part of the replay's addresses that only people of the company are told. It stays the same,
    /// so that a browser keeps what it has loaded once.
    fn replay_key(&self, tenant: &TenantId) -> String {
        let mac = self.keys.code_mac(&format!("replay of {tenant}"));
        mac[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
