use crate::AssistError;
use std::sync::OnceLock;
use tokio::runtime::{Builder, Runtime};

/// Name of every thread of the runtime, for crash reports and profilers.
pub const THREAD_NAME: &str = "sightline";
/// Signalling and sending are light; encoding and tracking have threads of their own.
const WORKERS: usize = 2;

/// The one runtime of the process, made at its first use and never ended.
pub fn runtime() -> Result<&'static Runtime, AssistError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name(THREAD_NAME)
            .enable_all()
            .build()
            .map_err(|error| error.to_string())
    });
    made.as_ref().map_err(|reason| AssistError::Internal {
        reason: format!("no async runtime: {reason}"),
    })
}
