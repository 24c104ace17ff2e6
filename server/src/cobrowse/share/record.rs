//! What is kept of a shared page, when the company keeps pages and this customer was told so.

use super::Share;
use axum::body::Bytes;
use sightline_protocol::page::ViewNotice;
use tracing::error;

impl Share {
    /// Days for which a tab's frames are kept: as the company wishes, and never without the
    /// customer having read so many days, or more, before agreeing.
    fn kept_days(&self, tab: u16) -> Option<u16> {
        let told = self.tabs.iter().find(|t| t.number == tab)?.told_days?;
        self.record_days.filter(|days| told >= *days)
    }

    /// True when what this tab sends is kept.
    pub(super) fn keeps(&self, tab: u16) -> bool {
        self.kept_days(tab).is_some()
    }

    /// Keeps a frame that viewers are sent.
    pub(super) async fn record_frame(&mut self, tab: u16, frame: &Bytes) {
        let Some(days) = self.kept_days(tab) else {
            return;
        };
        if self.recording.is_none() {
            let kept = &self.app.cobrowse.recordings;
            match kept
                .open(&self.tenant, &self.session, days, self.now_ms())
                .await
            {
                Ok(opened) => self.recording = Some(opened),
                Err(error) => return self.recording_failed(&error),
            }
            self.record_tabs().await;
        }
        if let Some(recording) = &mut self.recording
            && let Err(error) = recording.frame(frame).await
        {
            self.recording_failed(&error);
        }
    }

    /// Keeps which tabs are shared, and that none is any more.
    pub(super) async fn record_tabs(&mut self) {
        let ViewNotice::Tabs { mut tabs } = self.tabs_list() else {
            return;
        };
        tabs.retain(|tab| self.keeps(tab.tab));
        let at_ms = self.session_ms();
        if let Some(recording) = &mut self.recording
            && let Err(error) = recording.tabs(at_ms, &tabs).await
        {
            self.recording_failed(&error);
        }
    }

    /// Keeps where somebody points on a page that is kept.
    pub(super) async fn record_pointer(&mut self, tab: u16, pointer: &ViewNotice) {
        let at_ms = self.session_ms();
        if self.consent
            && !self.paused
            && self.keeps(tab)
            && let Some(recording) = &mut self.recording
            && let Err(error) = recording.pointer(at_ms, pointer).await
        {
            self.recording_failed(&error);
        }
    }

    /// The session goes on; what could not be written is missing.
    fn recording_failed(&mut self, error: &std::io::Error) {
        error!(%error, "a shared page could not be kept");
        self.recording = None;
        self.record_days = None;
    }
}
