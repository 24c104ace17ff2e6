//! The demo session: made at each start with `--demo`.

use crate::{
    app::App,
    http::{ApiError, invites, sessions},
};
use sightline_protocol::{Role, SessionId, SurfaceKind};

/// What to print about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// The session.
    pub session: SessionId,
    /// Link for a person, on a phone in the same network.
    pub customer_link: String,
    /// Code of the same invitation.
    pub customer_code: String,
    /// Link for the simulated phone on this machine.
    pub device_link: String,
}

/// Makes a session "Demo" with two invitations. `network_url` is for phones, `local_url` for this
/// machine.
///
/// # Errors
/// When the store fails.
pub async fn make(app: &App, network_url: &str, local_url: &str) -> Result<Demo, ApiError> {
    let session = sessions::make(app, &app.first_account, "Demo".to_owned()).await?;
    let camera = Some(SurfaceKind::Camera);
    let person = invites::make(app, &session, Role::Customer, camera, network_url).await?;
    let device = invites::make(app, &session, Role::Customer, camera, local_url).await?;
    Ok(Demo {
        session: session.id,
        customer_link: person.link,
        customer_code: person.code,
        device_link: device.link,
    })
}
