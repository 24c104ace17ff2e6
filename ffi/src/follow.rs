//! The device's task, from joining to its end.

use crate::{
    AssistError, JoinedSession, SessionEvent,
    events::{Teller, translate},
    guard::message,
};
use sightline_client::{
    Event,
    device::{self, Command, DeviceConfig},
};
use tokio::sync::mpsc;

/// Events between the core and the observer's thread.
const EVENTS_BETWEEN: usize = 64;

/// Ends a task when whoever waits for it gives up.
pub struct AbortOnDrop(pub tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What a task that did not end by itself left behind.
pub fn stopped(error: tokio::task::JoinError) -> AssistError {
    let reason = match error.try_into_panic() {
        Ok(panic) => message(&*panic),
        Err(_) => "the task was stopped".to_owned(),
    };
    AssistError::Internal { reason }
}

/// Runs the device to its end and tells what happens. `joined` hears whether the server has let it
/// in, before anything else is told.
pub async fn follow(
    device: DeviceConfig,
    commanded: mpsc::Receiver<Command>,
    joined: impl FnOnce(Result<JoinedSession, AssistError>),
    teller: Teller,
) {
    let (events, mut happened) = mpsc::channel(EVENTS_BETWEEN);
    let task = tokio::spawn(device::run(device, events, commanded));
    let _abort = AbortOnDrop(task.abort_handle());
    let mut joined = Some(joined);
    while let Some(event) = happened.recv().await {
        if let Event::Joined {
            session,
            participant,
            agent,
            company,
            role,
        } = event
        {
            let place = JoinedSession {
                session,
                participant,
                agent,
                company,
                role: role.into(),
            };
            if let Some(joined) = joined.take() {
                joined(Ok(place));
            }
        } else if let Some(event) = translate(event) {
            teller.tell(event);
        }
    }
    let result = match task.await {
        Ok(result) => result.map_err(AssistError::from),
        Err(error) => Err(stopped(error)),
    };
    match (result, joined) {
        (Err(error), Some(joined)) => joined(Err(error)),
        (Err(error), None) => teller.tell(SessionEvent::Failed { error }),
        (Ok(()), _) => {}
    }
}
