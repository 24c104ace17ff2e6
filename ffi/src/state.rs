//! Whether the device takes part, and what the app's calls reach while it does.

use crate::{
    SurfaceType,
    camera::{Gate, PushCamera},
    sound::PushMicrophone,
};
use sightline_client::device::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::{
    sync::{
        mpsc::{self, error::TrySendError},
        oneshot,
    },
    task::JoinHandle,
};

/// What the app's calls reach while the device takes part.
pub struct Running {
    pub commands: mpsc::Sender<Command>,
    pub surface: SurfaceType,
    pub camera: Arc<PushCamera>,
    pub max_bitrate_bps: u32,
    pub task: JoinHandle<()>,
    pub left: Option<oneshot::Receiver<()>>,
}

impl Running {
    /// Tells the device to leave. One that takes no commands any more is leaving already, and tells of
    /// it; one that has too many to carry out is ended.
    pub fn leave(&self) {
        if let Err(TrySendError::Full(_)) = self.commands.try_send(Command::Leave) {
            self.task.abort();
        }
    }
}

/// From the first call to the last.
pub enum State {
    New,
    /// With what runs once the server has let it in; none before the attempt has begun.
    Joining(Option<Running>),
    Running(Running),
    Over,
}

/// The state changes by single assignments, so that it is valid after a panic.
pub fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The server has let the device with this camera in, unless that attempt was given up meanwhile.
pub fn let_in(state: &mut State, camera: &Arc<PushCamera>) {
    if let State::Joining(waiting) = state
        && let Some(running) = waiting.take_if(|it| Arc::ptr_eq(&it.camera, camera))
    {
        *state = State::Running(running);
    }
}

/// Puts the state back when `join` fails or is cancelled half-way, and ends what it had begun.
pub struct Attempt {
    pub state: Arc<Mutex<State>>,
    pub gate: Arc<Gate>,
    pub microphone: Arc<PushMicrophone>,
    pub done: bool,
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        let mut state = lock(&self.state);
        match &*state {
            // The server may have let it in already, although nobody was told of it.
            State::Joining(Some(running)) | State::Running(running) => running.task.abort(),
            State::Joining(None) => {}
            State::New | State::Over => return,
        }
        *state = State::New;
        self.gate.allow(false);
        self.microphone.allow(false);
    }
}
