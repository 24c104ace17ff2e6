//! "Show me with your phone": the customer of a shared page gets a link, shown as a QR code, with
//! which the phone joins the same session as the same person.

use super::Share;
use crate::http::{ApiError, ApiResult, invites};
use qrcode::{Color, EcLevel, QrCode};
use sightline_protocol::{
    ErrorCode, ParticipantId, SurfaceKind, limits::PHONE_LINKS, page::TabNotice,
};

/// How long the link lives, in milliseconds: long enough to take the phone out of a pocket.
const VALID_MS: i64 = 5 * 60_000;

impl Share {
    pub(super) async fn invite_phone(&mut self, number: u64) {
        let Some(owner) = self.hub.as_ref().map(|hub| hub.owner.clone()) else {
            return;
        };
        let Some(base_url) = self.tab_mut(number).map(|tab| tab.base_url.clone()) else {
            return;
        };
        match self.phone_link(owner, &base_url).await {
            Ok(notice) => {
                if let Some(tab) = self.tab_mut(number) {
                    tab.say(&notice);
                }
            }
            Err(error) => self.refuse_tab(number, error.code(), &error.message(), false),
        }
    }

    async fn phone_link(&mut self, owner: ParticipantId, base_url: &str) -> ApiResult<TabNotice> {
        if self.phones >= PHONE_LINKS {
            let message = "too many links for a phone were made in this session";
            return Err(ApiError::new(ErrorCode::LimitReached, message));
        }
        let app = self.app.clone();
        let session = app
            .store
            .session(&self.tenant, &self.session)
            .await?
            .ok_or_else(ApiError::not_found)?;
        let camera = SurfaceKind::Camera;
        let ticket = invites::make_ticket(&app, &session, camera, Some(owner), VALID_MS).await?;
        self.phones += 1;
        let link = format!("{base_url}/j/#{ticket}");
        let code = QrCode::with_error_correction_level(&link, EcLevel::M)
            .map_err(|_| ApiError::internal())?;
        let dark = |color| if color == Color::Dark { '1' } else { '0' };
        Ok(TabNotice::Phone {
            qr_width: code.width() as u16,
            qr: code.to_colors().into_iter().map(dark).collect(),
            link,
            valid_s: (VALID_MS / 1_000) as u32,
        })
    }
}
