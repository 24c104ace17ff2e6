//! A company's rules, kept as one small file each.

use crate::{
    app::App,
    http::{
        ApiError, ApiResult,
        body::Body,
        client::Client,
        permit::{Allowed, EditSettings, ListSessions},
    },
};
use axum::{Json, extract::State, http::Uri};
use sightline_protocol::{
    ErrorCode, TenantId,
    limits::{FILM_DAYS, PAGE_ORIGINS, PAGE_RECORD_DAYS, PAGE_RULE_CHARS, PAGE_RULES},
    page::{CobrowseSettings, PageRules},
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::Mutex;
use tracing::error;

/// The files.
pub struct SettingsStore {
    folder: PathBuf,
    /// Held from writing rules until everybody was told of them: what was written last is told last.
    changing: Mutex<()>,
}

impl SettingsStore {
    /// Below the folder of all pictures, which need not exist.
    pub fn below(blobs: &Path) -> Self {
        Self {
            folder: blobs.join("cobrowse").join("settings"),
            changing: Mutex::default(),
        }
    }

    /// The company's rules; the most careful ones when there are none. A file that cannot be read
    /// is an error, because going on without its rules would show what they hide.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub async fn get(&self, tenant: &TenantId) -> io::Result<PageRules> {
        match tokio::fs::read(self.file(tenant)).await {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(PageRules::default()),
            Err(error) => Err(error),
        }
    }

    async fn put(&self, tenant: &TenantId, rules: &PageRules) -> io::Result<()> {
        tokio::fs::create_dir_all(&self.folder).await?;
        let partial = self.folder.join(format!("{tenant}.part"));
        tokio::fs::write(&partial, serde_json::to_vec_pretty(rules)?).await?;
        tokio::fs::rename(&partial, self.file(tenant)).await
    }

    fn file(&self, tenant: &TenantId) -> PathBuf {
        self.folder.join(format!("{tenant}.json"))
    }
}

fn failed(error: &io::Error) -> ApiError {
    error!(%error, "the co-browse rules");
    ApiError::internal()
}

/// `GET /api/cobrowse/settings`
pub async fn get(
    State(app): State<Arc<App>>,
    by: Allowed<ListSessions>,
    client: Client,
) -> ApiResult<Json<CobrowseSettings>> {
    let tenant = by.account.tenant;
    let rules = app
        .cobrowse
        .settings
        .get(&tenant)
        .await
        .map_err(|e| failed(&e))?;
    Ok(Json(shown(&client, &tenant, rules)))
}

/// `PUT /api/cobrowse/settings`
pub async fn put(
    State(app): State<Arc<App>>,
    by: Allowed<EditSettings>,
    client: Client,
    Body(rules): Body<PageRules>,
) -> ApiResult<Json<CobrowseSettings>> {
    check(&rules)?;
    let tenant = by.account.tenant;
    let _turn = app.cobrowse.settings.changing.lock().await;
    app.cobrowse
        .settings
        .put(&tenant, &rules)
        .await
        .map_err(|e| failed(&e))?;
    app.cobrowse.relay.new_rules(&tenant, &rules).await;
    app.hubs.film_days(&tenant, rules.film_days).await;
    Ok(Json(shown(&client, &tenant, rules)))
}

fn shown(client: &Client, tenant: &TenantId, rules: PageRules) -> CobrowseSettings {
    let base = &client.base_url;
    CobrowseSettings {
        tenant: tenant.to_string(),
        script: format!("<script src=\"{base}/co.js\" data-tenant=\"{tenant}\" async></script>"),
        rules,
    }
}

fn check(rules: &PageRules) -> Result<(), ApiError> {
    let out = |message: &str| Err(ApiError::new(ErrorCode::OutOfRange, message));
    if rules.rules.len() > PAGE_RULES || rules.origins.len() > PAGE_ORIGINS {
        return out("at most 200 rules and 50 origins");
    }
    for rule in &rules.rules {
        let conditions = [&rule.selector, &rule.text, &rule.url];
        if conditions.iter().all(|c| c.is_none()) {
            return out("a rule needs a selector, a text or an address");
        }
        let fits = |c: &Option<String>| {
            c.as_ref()
                .is_none_or(|t| !t.is_empty() && t.chars().count() <= PAGE_RULE_CHARS)
        };
        if !conditions.into_iter().all(fits) {
            return out("a condition of a rule has 1 to 300 characters");
        }
    }
    if rules
        .record_days
        .is_some_and(|days| days == 0 || days > PAGE_RECORD_DAYS)
    {
        return out("shared pages are kept for 1 to 365 days, or not at all");
    }
    if rules
        .film_days
        .is_some_and(|days| days == 0 || days > FILM_DAYS)
    {
        return out("film is kept for 1 to 365 days, or not at all");
    }
    for (place, origin) in rules.origins.iter().enumerate() {
        if let Err(why) = check_origin(origin) {
            let shown: String = origin.chars().take(80).collect();
            return out(&format!("{shown:?} {why}"));
        }
        let before = &rules.origins[..place];
        if before
            .iter()
            .any(|other| other.eq_ignore_ascii_case(origin))
        {
            return out(&format!("{origin:?} stands twice in the list"));
        }
    }
    Ok(())
}

/// Whether a text is an origin as browsers write it (RFC 6454, section 6.2), because what they send
/// is compared with it.
fn check_origin(text: &str) -> Result<(), &'static str> {
    const SHAPE: &str = "is no origin: write scheme and host, such as https://www.example.com";
    let uri: Uri = text.parse().map_err(|_| SHAPE)?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(SHAPE);
    };
    if !matches!(scheme, "http" | "https") || text.len() > PAGE_RULE_CHARS {
        return Err(SHAPE);
    }
    if text.len() != scheme.len() + "://".len() + authority.as_str().len() {
        return Err("has a path: an origin is scheme and host alone");
    }
    let host = authority.host();
    if authority.as_str().contains('@') || host.is_empty() || host.contains('*') {
        return Err("names no single host: list each of them");
    }
    match (scheme, authority.port_u16()) {
        ("https", Some(443)) | ("http", Some(80)) => {
            Err("has the port that browsers leave away: leave it away too")
        }
        _ if authority.as_str().ends_with(':') => Err(SHAPE),
        _ => Ok(()),
    }
}

/// Whether a page of this origin may be shared. Without a list any may: the code that the customer
/// types is bound to the company all the same.
pub fn is_allowed(rules: &PageRules, origin: Option<&str>) -> bool {
    rules.origins.is_empty() || is_listed(rules, origin)
}

/// Whether the company's list names this origin.
pub fn is_listed(rules: &PageRules, origin: Option<&str>) -> bool {
    origin.is_some_and(|o| rules.origins.iter().any(|a| a.eq_ignore_ascii_case(o)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_protocol::page::{PageRule, RuleAction};

    fn rule(selector: Option<&str>) -> PageRule {
        PageRule {
            action: RuleAction::Mask,
            selector: selector.map(str::to_owned),
            text: None,
            url: None,
        }
    }

    #[test]
    fn rules_without_a_condition_and_origins_with_a_path_are_refused() {
        let with = |rules, origins: &[&str]| PageRules {
            rules,
            origins: origins.iter().map(|o| (*o).to_owned()).collect(),
            ..PageRules::default()
        };
        assert!(check(&with(vec![rule(Some(".x"))], &["https://shop.example"])).is_ok());
        assert!(check(&with(vec![rule(None)], &[])).is_err());
        assert!(check(&with(vec![rule(Some(""))], &[])).is_err());
        assert!(check(&with(vec![], &["https://shop.example/path"])).is_err());
        assert!(check(&with(vec![], &["shop.example"])).is_err());
        for (origins, why) in [
            (&["https://a.example", "https://A.example"][..], "twice"),
            (&["https://*.example"], "no single host"),
            (&["https://me@shop.example"], "no single host"),
            (&["https://shop.example/"], "has a path"),
            (&["https://shop.example?q"], "has a path"),
            (&["https://shop.example:443"], "leave it away"),
            (&["ftp://shop.example"], "no origin"),
            (&["https://"], "no origin"),
            (&["https://shop.example:"], "no origin"),
            (&["https://shop .example"], "no origin"),
        ] {
            let message = check(&with(vec![], origins)).unwrap_err().message();
            assert!(message.contains(why), "{origins:?}: {message}");
        }
        let local = ["http://127.0.0.1:8080", "http://[::1]:8080"];
        assert!(check(&with(vec![], &local)).is_ok());
        for (days, good) in [(1, true), (365, true), (0, false), (366, false)] {
            let mut rules = with(vec![], &[]);
            rules.record_days = Some(days);
            assert_eq!(check(&rules).is_ok(), good, "{days} days");
            rules = with(vec![], &[]);
            rules.film_days = Some(days);
            assert_eq!(check(&rules).is_ok(), good, "{days} days of film");
        }
    }

    #[test]
    fn only_listed_origins_may_share_and_without_a_list_any() {
        let mut rules = PageRules::default();
        assert!(is_allowed(&rules, Some("https://any.example")));
        rules.origins.push("https://shop.example".to_owned());
        assert!(is_allowed(&rules, Some("https://SHOP.example")));
        assert!(!is_allowed(&rules, Some("https://other.example")));
        assert!(!is_allowed(&rules, None));
    }
}
