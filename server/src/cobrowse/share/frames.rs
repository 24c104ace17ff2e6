//! What a shared tab sends of its page: passed on, kept for late comers, or refused.

use super::Share;
use crate::cobrowse::frame::{self, TabFrame};
use axum::body::Bytes;
use sightline_protocol::{
    ErrorCode,
    limits::{PAGE_ASSETS_PER_SESSION, PAGE_KEPT_BYTES},
    page::TabNotice,
};
use tracing::warn;

impl Share {
    pub(super) async fn tab_sends(&mut self, number: u64, bytes: Bytes) {
        let now_ms = self.now_ms();
        let (allowed, at_ms) = (self.consent && !self.paused, self.session_ms());
        let Some(tab) = self.tab_mut(number) else {
            return;
        };
        if !tab.frames.take(1, now_ms) || !tab.bytes.take(bytes.len() as u64, now_ms) {
            // A page without one of its changes would be wrong from then on.
            tab.asked_snapshot = false;
            self.refuse_tab(
                number,
                ErrorCode::RateLimited,
                "the page changes too fast",
                false,
            );
            return self.ask_snapshot(number);
        }
        let Ok(frame) = TabFrame::decode(&bytes) else {
            return self.refuse_tab(number, ErrorCode::Malformed, "not a frame", true);
        };
        if !allowed {
            // Under way while the customer paused or took back: dropped, and no fault.
            let code = ErrorCode::ConsentMissing;
            return self.refuse_tab(
                number,
                code,
                "the customer does not show the page",
                !self.paused,
            );
        }
        match frame {
            TabFrame::Asset { hash, content } => {
                if self.uploaded + content.len() > PAGE_ASSETS_PER_SESSION {
                    return self.refuse_tab(
                        number,
                        ErrorCode::LimitReached,
                        "too many assets",
                        false,
                    );
                }
                self.uploaded += content.len();
                let put = self
                    .app
                    .cobrowse
                    .assets
                    .put(&self.tenant, &hash, &content)
                    .await;
                if let Err(error) = put {
                    self.refuse_tab(number, ErrorCode::OutOfRange, &error.to_string(), false);
                }
            }
            TabFrame::Page {
                snapshot,
                flags,
                body,
            } => {
                let Some(tab) = self.tab_mut(number) else {
                    return;
                };
                if snapshot {
                    tab.forget();
                } else if tab.kept.is_empty() {
                    // Changes without a beginning mean nothing to anybody.
                    return self.ask_snapshot(number);
                }
                if !snapshot && tab.kept_bytes + body.len() > 2 * PAGE_KEPT_BYTES {
                    // It was asked for a snapshot at half of this and did not send one.
                    tab.forget();
                    return self.ask_snapshot(number);
                }
                tab.kept_bytes += body.len();
                tab.kept.push((at_ms, snapshot, flags, body.clone()));
                let (tab_number, full) = (tab.number, tab.kept_bytes > PAGE_KEPT_BYTES);
                let frame = frame::for_viewer(tab_number, at_ms, snapshot, flags, &body);
                self.record_frame(tab_number, &frame).await;
                self.viewers.retain(|_, v| {
                    let kept = v.out.binary(frame.clone());
                    if !kept {
                        warn!(participant = %v.who, "reads too slowly");
                        v.out.close(4002, "too slow");
                    }
                    kept
                });
                if full {
                    self.ask_snapshot(number);
                }
            }
        }
    }

    pub(super) fn ask_snapshot(&mut self, number: u64) {
        if let Some(tab) = self.tab_mut(number) {
            let asked = std::mem::replace(&mut tab.asked_snapshot, true);
            if let Some(out) = tab.out.as_ref().filter(|_| !asked) {
                out.say(&TabNotice::NeedSnapshot);
            }
        }
    }
}
