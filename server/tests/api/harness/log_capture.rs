use std::{
    io::{self, Write},
    sync::{Mutex, Once},
};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static START: Once = Once::new();

#[derive(Clone, Copy)]
struct Memory;

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Memory {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

/// Keeps everything that the program logs, down to the finest level of its own code.
pub fn start_log() {
    START.call_once(|| {
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(
                "info,sightline_server=trace,tower_http=trace",
            ))
            .with_writer(Memory)
            .with_ansi(false)
            // The digits of a time could be those of a code that is looked for.
            .without_time()
            .init();
    });
}

/// Everything logged so far, by all tests of this program.
pub fn log_text() -> String {
    String::from_utf8(LOG.lock().unwrap().clone()).unwrap()
}
