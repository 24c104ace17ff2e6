use crate::{
    AssistError, Invitation, JoinConfig, JoinedSession, SessionObserver, SurfaceType, VideoCodec,
    camera::{Gate, PushCamera},
    events::Teller,
    follow::{AbortOnDrop, follow, stopped},
    guard::guarded,
    power::{PowerSaver, ThermalState},
    privacy::Hiding,
    runtime::runtime,
    sound::{Held, PushMicrophone},
    state::{Attempt, Running, State, let_in, lock},
};
use sightline_client::{
    ClientError, Invite,
    device::{Command, DeviceConfig},
    governor::{Cause, Power},
    http::Api,
    watch::Watch,
};
use sightline_protocol::{Saving, SurfaceKind};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{mpsc, oneshot};

/// Commands that wait for the core, at most.
const COMMANDS_WAITING: usize = 16;
/// Rate that is shared out by [`AssistSession::set_power`] before a session was joined.
const DEFAULT_BITRATE_BPS: u32 = 2_500_000;

/// One device's part in one session. Dropping it leaves the session; cancelling `join` gives up the
/// attempt.
#[derive(uniffi::Object)]
pub struct AssistSession {
    state: Arc<Mutex<State>>,
    gate: Arc<Gate>,
    microphone: Arc<PushMicrophone>,
    watch: Arc<Watch>,
    surfaces: Mutex<HashMap<SurfaceType, Known>>,
    teller: Teller,
    saver: PowerSaver,
}

/// What is known about a surface, whether or not it is shown at this moment.
#[derive(Default, Clone)]
struct Known {
    /// The person's own yes.
    allowed: bool,
    hiding: Arc<Hiding>,
}

#[uniffi::export]
impl AssistSession {
    /// A session that was not joined yet. `observer` hears about it until the object is dropped.
    ///
    /// # Errors
    /// [`AssistError::Internal`] when the system gives no thread.
    #[uniffi::constructor]
    pub fn new(observer: Arc<dyn SessionObserver>) -> Result<Arc<Self>, AssistError> {
        Ok(Arc::new(Self {
            state: Arc::new(Mutex::new(State::New)),
            gate: Arc::new(Gate::default()),
            microphone: Arc::default(),
            watch: Arc::default(),
            surfaces: Mutex::default(),
            teller: Teller::start(observer)?,
            saver: PowerSaver::default(),
        }))
    }

    /// Who asks, and for what. Uses up a code; the answer has a link to join with.
    ///
    /// # Errors
    /// [`AssistError`]: not an invitation, not valid (any more), no server.
    pub async fn look_up(
        &self,
        invitation: String,
        server: Option<String>,
        insecure: bool,
    ) -> Result<Invitation, AssistError> {
        let invite = Invite::parse(&invitation, server.as_deref())?;
        let task = runtime()?.spawn(async move {
            let preview = Api::new(&invite.server, insecure)?.preview(&invite).await?;
            Ok::<_, ClientError>(Invitation {
                agent: preview.agent_name,
                company: preview.company_name,
                link: format!("{}/j/#{}", invite.server, preview.ticket),
                role: preview.role.into(),
                film_days: preview.film_days,
            })
        });
        let _abort = AbortOnDrop(task.abort_handle());
        Ok(task.await.map_err(stopped)??)
    }

    /// Takes the place in the session. Nothing is sent before [`Self::set_consent`]. The observer may
    /// hear the first events before this returns; every call can be made from then on.
    ///
    /// # Errors
    /// [`AssistError`]: not an invitation, not valid (any more), no server, joined already.
    pub async fn join(&self, config: JoinConfig) -> Result<JoinedSession, AssistError> {
        {
            let mut state = self.state();
            if !matches!(*state, State::New) {
                return Err(AssistError::AlreadyJoined);
            }
            *state = State::Joining(None);
        }
        let mut attempt = Attempt {
            state: self.state.clone(),
            gate: self.gate.clone(),
            microphone: self.microphone.clone(),
            done: false,
        };
        let invite = Invite::parse(&config.invitation, config.server.as_deref())?;
        let camera = self.camera(config.surface, config.codec);
        let device = DeviceConfig {
            invite,
            name: config.name,
            camera: camera.clone(),
            sound: Some(Arc::new(Held(self.microphone.clone()))),
            watch: Some(self.watch.clone()),
            microphone_given: false,
            bitrate_bps: config.max_bitrate_bps.clamp(100_000, 50_000_000),
            consent_given: false,
            insecure: config.insecure,
            use_frame_times: true,
            duration: None,
        };
        let (commands, commanded) = mpsc::channel(COMMANDS_WAITING);
        let (told, answer) = oneshot::channel();
        let (left, has_left) = oneshot::channel::<()>();
        let (teller, gate) = (self.teller.clone(), self.gate.clone());
        let microphone = self.microphone.clone();
        let (state, own) = (self.state.clone(), camera.clone());
        // Whoever hears an event finds the session joined, however late this call is told of it.
        let joined = move |result: Result<JoinedSession, AssistError>| {
            if result.is_ok() {
                let_in(&mut lock(&state), &own);
            }
            // Whoever cancelled `join` also stops this task.
            drop(told.send(result));
        };
        let follow = follow(device, commanded, joined, teller);
        {
            // The task waits for the lock before it uses what is put here.
            let mut state = self.state();
            let task = runtime()?.spawn(async move {
                follow.await;
                gate.allow(false);
                microphone.allow(false);
                drop(left);
            });
            *state = State::Joining(Some(Running {
                commands,
                surface: config.surface,
                camera,
                max_bitrate_bps: config.max_bitrate_bps,
                task,
                left: Some(has_left),
            }));
        }
        let joined = answer.await.map_err(|_| AssistError::Internal {
            reason: "joining ended without a word".into(),
        })??;
        attempt.done = true;
        Ok(joined)
    }

    /// The person's answer, or its withdrawal. A no stops everything at once, also what waits. With
    /// `film_days` as [`crate::SessionEvent::ConsentAsked`] told them when the question said so: the
    /// film is then kept for that time; without, it is not kept.
    ///
    /// # Errors
    /// [`AssistError::NotJoined`], [`AssistError::Busy`] (a no is in force all the same).
    #[uniffi::method(default(film_days = None))]
    pub fn set_consent(&self, granted: bool, film_days: Option<u16>) -> Result<(), AssistError> {
        guarded(&self.teller, || {
            let state = self.state();
            if !granted {
                self.gate.allow(false);
            }
            let State::Running(running) = &*state else {
                return Err(AssistError::NotJoined);
            };
            let allow = || self.know(running.surface, |known| known.allowed = granted);
            if !granted {
                allow();
            }
            let command = Command::Consent { granted, film_days };
            running.commands.try_send(command).map_err(not_taken)?;
            // What comes of it finds the gate as it says: whoever pushes waits for the state.
            allow();
            self.gate.allow(granted);
            Ok(())
        })
    }

    /// Shows the other surface, or the same with another codec, in the middle of the session. What
    /// the person allowed before needs no new question; else `ConsentAsked` comes. Push its frames
    /// after `SendingStarted`.
    ///
    /// # Errors
    /// [`AssistError::NotJoined`], [`AssistError::Busy`] (then nothing changed).
    pub fn show_surface(&self, surface: SurfaceType, codec: VideoCodec) -> Result<(), AssistError> {
        guarded(&self.teller, || {
            let camera = self.camera(surface, codec);
            let mut state = self.state();
            let State::Running(running) = &mut *state else {
                return Err(AssistError::NotJoined);
            };
            running
                .commands
                .try_send(Command::Show(camera.clone()))
                .map_err(not_taken)?;
            running.surface = surface;
            running.camera = camera;
            self.gate.allow(self.know(surface, |known| known.allowed));
            Ok(())
        })
    }

    /// Holds the picture back (the agent sees a curtain), or shows it again.
    ///
    /// # Errors
    /// [`AssistError::NotJoined`], [`AssistError::Busy`] (a pause is in force all the same).
    pub fn set_paused(&self, paused: bool) -> Result<(), AssistError> {
        guarded(&self.teller, || {
            if paused {
                self.gate.pause(true);
            }
            // The keyframe that is asked for then finds the gate open.
            self.command_and(Command::Pause(paused), || self.gate.pause(paused))
        })
    }

    /// What the platform tells about heat and power; to be called on each change and every few
    /// seconds. The encoder and the observer hear what follows from it.
    pub fn set_power(&self, thermal: ThermalState, battery_percent: Option<u8>, charging: bool) {
        let power = Power {
            thermal: thermal.into(),
            battery_percent,
            charging,
        };
        let done = guarded(&self.teller, || {
            let agreed = self.with_running(|running| running.max_bitrate_bps);
            let agreed = agreed.unwrap_or(DEFAULT_BITRATE_BPS);
            if let Some(plan) = self.saver.handle(power) {
                // The encoder hears of the lower rate after nothing more can ask for a higher one.
                self.gate.limit(agreed / 100 * plan.bitrate_percent);
                self.saver.apply(plan, agreed, &self.teller);
                let saving = match plan.cause {
                    Cause::None => None,
                    Cause::Heat => Some(Saving::Heat),
                    Cause::Battery => Some(Saving::Battery),
                };
                // Without a session there is nobody else to tell.
                drop(self.command(Command::Saving(saving)));
            }
            Ok(())
        });
        // A panic was told to the observer.
        drop(done);
    }

    /// Says something; returns once the server has it.
    ///
    /// # Errors
    /// [`AssistError::Refused`], [`AssistError::ConnectionLost`], [`AssistError::Busy`],
    /// [`AssistError::NotJoined`].
    pub async fn send_chat(&self, text: String) -> Result<(), AssistError> {
        let (told, answer) = oneshot::channel();
        self.command(Command::Chat { text, told })?;
        answer.await.map_err(|_| AssistError::NotJoined)??;
        Ok(())
    }

    /// Leaves the session, which goes on without this device. Returns once it is done and the
    /// observer has heard of it; it hears nothing afterwards.
    ///
    /// # Errors
    /// [`AssistError::NotJoined`].
    pub async fn leave(&self) -> Result<(), AssistError> {
        self.gate.allow(false);
        self.microphone.allow(false);
        let left = {
            let mut state = self.state();
            let State::Running(running) = &mut *state else {
                return Err(AssistError::NotJoined);
            };
            running.leave();
            let left = running.left.take();
            *state = State::Over;
            left
        };
        if let Some(left) = left {
            // The sender is dropped when the task ends in whatever way.
            drop(left.await);
        }
        self.teller.heard().await;
        Ok(())
    }
}

impl AssistSession {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn with_running<R>(&self, call: impl FnOnce(&Running) -> R) -> Option<R> {
        match &*self.state() {
            State::Running(running) => Some(call(running)),
            _ => None,
        }
    }

    pub(crate) fn with_camera<R>(&self, call: impl FnOnce(&PushCamera) -> R) -> Option<R> {
        // The lock is not held while the call copies a frame.
        let camera = self.with_running(|running| running.camera.clone())?;
        Some(call(&camera))
    }

    pub(crate) fn teller(&self) -> &Teller {
        &self.teller
    }

    pub(crate) fn saver(&self) -> &PowerSaver {
        &self.saver
    }

    pub(crate) fn microphone(&self) -> &PushMicrophone {
        &self.microphone
    }

    pub(crate) fn watch(&self) -> &Watch {
        &self.watch
    }

    fn know<R>(&self, surface: SurfaceType, change: impl FnOnce(&mut Known) -> R) -> R {
        let mut surfaces = self.surfaces.lock().unwrap_or_else(PoisonError::into_inner);
        change(surfaces.entry(surface).or_default())
    }

    fn camera(&self, surface: SurfaceType, codec: VideoCodec) -> Arc<PushCamera> {
        let kind = match surface {
            SurfaceType::Camera => SurfaceKind::Camera,
            SurfaceType::Screen => SurfaceKind::Screen,
        };
        Arc::new(PushCamera::new(
            kind,
            codec.into(),
            self.gate.clone(),
            self.know(surface, |known| known.hiding.clone()),
            self.teller.clone(),
        ))
    }

    pub(crate) fn command(&self, command: Command) -> Result<(), AssistError> {
        self.command_and(command, || ())
    }

    /// Hands a command over, and then does the rest of it before any other call gets on.
    fn command_and(&self, command: Command, then: impl FnOnce()) -> Result<(), AssistError> {
        let state = self.state();
        let State::Running(running) = &*state else {
            return Err(AssistError::NotJoined);
        };
        running.commands.try_send(command).map_err(not_taken)?;
        then();
        Ok(())
    }
}

fn not_taken(error: mpsc::error::TrySendError<Command>) -> AssistError {
    match error {
        mpsc::error::TrySendError::Full(_) => AssistError::Busy,
        mpsc::error::TrySendError::Closed(_) => AssistError::NotJoined,
    }
}

impl Drop for AssistSession {
    fn drop(&mut self) {
        self.gate.allow(false);
        self.microphone.allow(false);
        if let State::Running(running) = &*self.state() {
            running.leave();
        }
    }
}
