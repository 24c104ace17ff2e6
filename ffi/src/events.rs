//! What the app is told, and the thread that tells it.

use crate::{
    AnchorReason, AssistError, ConnectionState, OverlayStatus, SavingCause, SurfaceType, guard,
    runtime::runtime,
};
use sightline_client::Event;
use sightline_frames::EncoderWish;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
};

use tokio::sync::oneshot;

/// Rare things that happen in a session. Frames and poses never come this way.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum SessionEvent {
    /// The person must be asked, in words, before anything is sent; answer with `set_consent`.
    ConsentAsked {
        /// What would be sent.
        surface: SurfaceType,
        /// Days for which the film of it is kept: say so in the question, and repeat them in the
        /// answer. None when it is not kept.
        film_days: Option<u16>,
    },
    /// The own picture is kept with the session's record from now on, or no longer: show it. It
    /// ends with `SendingStopped` as well.
    Kept {
        /// Whether it is.
        kept: bool,
    },
    /// The yes is in force: push frames.
    SendingStarted {
        /// What is sent.
        surface: SurfaceType,
    },
    /// A no, a withdrawal, or the server: nothing is sent any more.
    SendingStopped {
        /// What was sent.
        surface: SurfaceType,
    },
    /// The yes to the microphone is in force: push sound.
    MicrophoneOn,
    /// No sound is sent any more.
    MicrophoneOff,
    /// Parts of the picture are hidden, and the agent was told.
    Hidden {
        /// How many; 255 for the whole picture.
        parts: u8,
    },
    /// The agent asks for a surface.
    SurfaceRequested {
        /// Which.
        surface: SurfaceType,
    },
    /// A picture of somebody else can be watched, or changed; only a technician is told.
    PictureShown {
        /// What it shows.
        surface: SurfaceType,
        /// True while its owner holds it back: show a curtain.
        paused: bool,
        /// Parts that its owner hides; 255 for the whole picture.
        hidden_parts: u8,
    },
    /// Nobody shows a picture any more.
    PictureGone,
    /// The connection changed.
    Connection {
        /// How it is.
        state: ConnectionState,
    },
    /// Somebody said something.
    Chat {
        /// Author's name, empty when not known.
        from: String,
        /// True when it was said here.
        own: bool,
        /// Words.
        text: String,
    },
    /// A drawing appeared; say so to those who cannot see it.
    AnnotationAdded {
        /// Number of its anchor, as in the overlay.
        anchor: u32,
    },
    /// A drawing disappeared.
    AnnotationHidden {
        /// Number of its anchor.
        anchor: u32,
    },
    /// A drawing's place became known, doubtful or unknown.
    AnchorChanged {
        /// Which.
        anchor: u32,
        /// What is known now.
        status: OverlayStatus,
        /// Why.
        reason: AnchorReason,
    },
    /// The core saves heat or battery, or stops to: say so.
    PowerSaving {
        /// 0 for nothing saved, 3 for the most.
        level: u8,
        /// Why.
        cause: SavingCause,
    },
    /// Something went wrong that the session survives.
    Warning {
        /// What, in words for a developer.
        message: String,
    },
    /// So many events were left out because this observer was too slow.
    EventsLost {
        /// How many.
        count: u32,
    },
    /// It is over as it should be.
    Ended {
        /// `session_ended`, `left` or `duration`.
        reason: String,
    },
    /// It is over because it failed.
    Failed {
        /// Why.
        error: AssistError,
    },
}

/// What the app's encoder must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum EncoderRequest {
    /// Make the next frame a keyframe.
    Keyframe,
    /// Encode at this rate.
    Bitrate {
        /// Bits a second.
        bps: u32,
    },
    /// Encode at this rate at most, and so that the picture, its shape kept, fits into this size.
    SizeAndRate {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Frames a second.
        frames_per_second: u32,
    },
}

impl From<EncoderWish> for EncoderRequest {
    fn from(wish: EncoderWish) -> Self {
        match wish {
            EncoderWish::Keyframe => Self::Keyframe,
            EncoderWish::Bitrate(bps) => Self::Bitrate { bps },
            EncoderWish::SizeAndRate {
                width,
                height,
                frames_per_second,
            } => Self::SizeAndRate {
                width,
                height,
                frames_per_second,
            },
        }
    }
}

/// The app's ear. Called on a thread of its own, one call at a time, in order. It may be slow; then
/// events are left out, counted and told as [`SessionEvent::EventsLost`].
#[uniffi::export(with_foreign)]
pub trait SessionObserver: Send + Sync {
    /// Something happened.
    fn on_event(&self, event: SessionEvent);
    /// The encoder must do something.
    fn on_encoder(&self, request: EncoderRequest);
}

/// Events that wait for a slow observer.
pub const EVENTS_WAITING: usize = 512;

enum Told {
    Event(SessionEvent),
    Encoder(EncoderRequest),
    /// Everything before it has been heard.
    Heard(oneshot::Sender<()>),
}

/// Hands events to the observer's thread without ever waiting for it.
#[derive(Clone)]
pub struct Teller {
    sender: SyncSender<Told>,
    lost: Arc<AtomicU32>,
}

impl Teller {
    /// Starts the observer's thread, which ends with the last teller.
    pub fn start(observer: Arc<dyn SessionObserver>) -> Result<Self, AssistError> {
        let (sender, told) = sync_channel(EVENTS_WAITING);
        let lost = Arc::new(AtomicU32::new(0));
        let count = lost.clone();
        std::thread::Builder::new()
            .name("sightline-events".into())
            .spawn(move || listen(&told, &*observer, &count))
            .map_err(|error| AssistError::Internal {
                reason: format!("no thread for events: {error}"),
            })?;
        Ok(Self { sender, lost })
    }

    /// Tells an event, or counts it as lost.
    pub fn tell(&self, event: SessionEvent) {
        self.send(Told::Event(event));
    }

    /// Tells the encoder something.
    pub fn ask(&self, request: EncoderRequest) {
        self.send(Told::Encoder(request));
    }

    /// Waits until the observer has heard everything that was told so far.
    pub async fn heard(&self) {
        let (sender, heard) = oneshot::channel();
        if let Err(TrySendError::Full(told)) = self.sender.try_send(Told::Heard(sender))
            && let Ok(runtime) = runtime()
        {
            // Behind everything that waits for a slow observer, however long that takes.
            let queue = self.sender.clone();
            drop(runtime.spawn_blocking(move || queue.send(told)));
        }
        // It is dropped unsent only when the observer's thread has ended.
        drop(heard.await);
    }

    fn send(&self, told: Told) {
        if self.sender.try_send(told).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn listen(told: &Receiver<Told>, observer: &dyn SessionObserver, lost: &AtomicU32) {
    while let Ok(next) = told.recv() {
        call(|| match next {
            Told::Event(event) => observer.on_event(event),
            Told::Encoder(request) => observer.on_encoder(request),
            Told::Heard(sender) => drop(sender.send(())),
        });
        let count = lost.swap(0, Ordering::Relaxed);
        if count > 0 {
            call(|| observer.on_event(SessionEvent::EventsLost { count }));
        }
    }
}

/// An observer that throws loses this event and nothing else.
fn call(call: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(call)) {
        let reason = guard::message(&*panic);
        tracing::error!(%reason, "the app's observer failed");
    }
}

/// What the app is told about an event of the core, if anything.
pub fn translate(event: Event) -> Option<SessionEvent> {
    let surface = |name: &str| match name {
        "screen" => SurfaceType::Screen,
        _ => SurfaceType::Camera,
    };
    Some(match event {
        Event::Consent {
            scope,
            state,
            film_days,
        } => {
            let surface = surface(&scope);
            match state {
                "asked" => SessionEvent::ConsentAsked { surface, film_days },
                "granted" => SessionEvent::SendingStarted { surface },
                _ => SessionEvent::SendingStopped { surface },
            }
        }
        Event::Microphone { state: "on" } => SessionEvent::MicrophoneOn,
        Event::Microphone { .. } => SessionEvent::MicrophoneOff,
        Event::Kept { kept } => SessionEvent::Kept { kept },
        Event::Hidden { parts } => SessionEvent::Hidden { parts },
        Event::SurfaceRequested { kind } => SessionEvent::SurfaceRequested {
            surface: surface(&kind),
        },
        Event::Picture {
            kind,
            paused,
            hidden_parts,
            ..
        } => SessionEvent::PictureShown {
            surface: surface(&kind),
            paused,
            hidden_parts,
        },
        Event::PictureGone => SessionEvent::PictureGone,
        Event::Connection { state } => SessionEvent::Connection {
            state: match state {
                "open" => ConnectionState::Open,
                "media_connected" => ConnectionState::MediaConnected,
                "media_lost" => ConnectionState::MediaLost,
                _ => ConnectionState::Reconnecting,
            },
        },
        Event::Chat {
            name, own, text, ..
        } => SessionEvent::Chat {
            from: name,
            own,
            text,
        },
        Event::Annotation { change, anchor, .. } => match change {
            "hidden" => SessionEvent::AnnotationHidden { anchor },
            _ => SessionEvent::AnnotationAdded { anchor },
        },
        Event::Anchor {
            anchor,
            status,
            reason,
            ..
        } => SessionEvent::AnchorChanged {
            anchor,
            status: status.into(),
            reason: reason.into(),
        },
        Event::Warning { message } => SessionEvent::Warning { message },
        Event::Ended { reason } => SessionEvent::Ended {
            reason: reason.to_owned(),
        },
        Event::Error { message } => SessionEvent::Warning { message },
        Event::Joined { .. } | Event::Publishing { .. } | Event::Poses { .. } => return None,
    })
}
