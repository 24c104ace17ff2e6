//! Keeps panics on this side of the border.

use crate::{AssistError, SessionEvent, events::Teller};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a panic said, as far as it said something.
pub fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without words".to_owned())
}

/// Runs a call; a panic in it is told to the observer and comes back as an error.
///
/// The state behind a call is only ever changed by single assignments under a lock, so that it is
/// valid after a panic.
pub fn guarded<T>(
    teller: &Teller,
    call: impl FnOnce() -> Result<T, AssistError>,
) -> Result<T, AssistError> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let reason = message(&*panic);
        tracing::error!(%reason, "a call panicked");
        teller.tell(SessionEvent::Failed {
            error: AssistError::Internal {
                reason: reason.clone(),
            },
        });
        Err(AssistError::Internal { reason })
    })
}
