//! One task a session. It owns the [`sightline_session::SessionState`] and is the only one that
//! speaks to its sockets, its media and its records; everybody else sends it a [`Command`].

mod actor;
mod command;
mod deliver;
mod outbox;
mod pace;
mod registry;

pub use command::{Command, HubGone, HubHandle, MediaEvent};
pub use outbox::{CloseWhy, Outbox, OutboxReader};
pub use registry::{HubError, Hubs};
