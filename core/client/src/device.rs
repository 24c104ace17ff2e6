//! The device itself: joins, asks for consent, publishes, and follows the session to its end.

mod commands;
mod consent;
mod messages;
mod publication;
mod reconnect;
mod report;
mod requests;
mod sound;
mod watching;

use crate::{
    AnnotationLog, ClientError, Event, Invite,
    camera::Camera,
    http::Api,
    peer::{Peer, PeerEvent, Picture},
    signalling::Signalling,
    sound::Sound,
    tracker::Tracked,
    watch::Watch,
};
use commands::REQUESTS_WAITING;
pub use commands::{Command, RequestRefused, Step, Taken};
use publication::Publication;
use report::Report;
use requests::Requests;
use sightline_protocol::{
    ClientMessage, ConsentScope, ConsentState, ParticipantId, PublishedTrack, Role, Saving,
    Surface, SurfaceKind,
};
pub use sound::Arrived;
use sound::SoundState;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use watching::Watching;

/// How a device takes part.
pub struct DeviceConfig {
    /// Into which session.
    pub invite: Invite,
    /// Name to show to others; may be empty.
    pub name: String,
    /// Where pictures come from, once the person has consented.
    pub camera: Arc<dyn Camera>,
    /// What it speaks and hears with; none for a device without sound.
    pub sound: Option<Arc<dyn Sound>>,
    /// Where pictures of others go, when this is no customer's device; none for one that does not
    /// look.
    pub watch: Option<Arc<Watch>>,
    /// True when the person's consent to the microphone is given beforehand.
    pub microphone_given: bool,
    /// Highest rate of the picture, bits a second.
    pub bitrate_bps: u32,
    /// True when the person's consent is given beforehand, as if tapped.
    pub consent_given: bool,
    /// True to take any TLS certificate.
    pub insecure: bool,
    /// False to attach drawings to the newest frame instead of the one that was drawn on.
    pub use_frame_times: bool,
    /// Leaves after this time.
    pub duration: Option<Duration>,
}

/// Why the device's part in a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Left,
    Duration,
    SessionEnded,
}

const EVENTS_WAITING: usize = 256;
/// Poses older than this many frames are of no use to anybody.
const TRACKED_WAITING: usize = 8;

/// The device's part in one session.
struct Device {
    config: DeviceConfig,
    events: mpsc::Sender<Event>,
    me: ParticipantId,
    token: String,
    role: Role,
    started: Instant,
    signalling: Signalling,
    colors: HashMap<ParticipantId, u8>,
    names: HashMap<ParticipantId, String>,
    surface: Option<Surface>,
    log: AnnotationLog,
    /// What the person's own yes covers. The server's word alone never opens the camera.
    allowed: Vec<ConsentScope>,
    consent: ConsentState,
    granted: bool,
    /// Days for which the company keeps the film of cameras and screens.
    film_days: Option<u16>,
    sound: SoundState,
    /// Hidden parts as the server knows them.
    hidden_told: u8,
    paused: bool,
    saving: Option<Saving>,
    requests: Requests,
    watching: Watching,
    publication: Option<Publication>,
    peer: Option<Arc<dyn Peer>>,
    peer_events: Option<mpsc::Receiver<PeerEvent>>,
    peer_retry: Option<Instant>,
    offers: u32,
    tracked: mpsc::Receiver<Tracked>,
    tracked_sender: mpsc::Sender<Tracked>,
    report: Report,
}

/// Joins the session and takes part until it ends, the person leaves, or it fails. What happens
/// goes to `events`.
///
/// # Errors
/// [`ClientError`], whose text says what to do.
pub async fn run(
    config: DeviceConfig,
    events: mpsc::Sender<Event>,
    mut commands: mpsc::Receiver<Command>,
) -> Result<(), ClientError> {
    let api = Api::new(&config.invite.server, config.insecure)?;
    let preview = api.preview(&config.invite).await?;
    let joined = api.accept(preview.ticket, &config.name).await?;
    let url = config.invite.websocket();
    let tracks = joined.role == Role::Customer;
    let signalling = Signalling::connect(&url, &joined.token, tracks, config.insecure).await?;
    let (tracked_sender, tracked) = mpsc::channel(TRACKED_WAITING);
    let mut device = Device {
        events,
        me: joined.participant,
        token: joined.token,
        role: joined.role,
        started: Instant::now(),
        signalling,
        colors: HashMap::new(),
        names: HashMap::new(),
        surface: None,
        log: AnnotationLog::default(),
        allowed: Vec::new(),
        consent: ConsentState::default(),
        granted: false,
        film_days: preview.film_days,
        sound: SoundState::default(),
        hidden_told: 0,
        paused: false,
        saving: None,
        requests: Requests::default(),
        watching: Watching::default(),
        publication: None,
        peer: None,
        peer_events: None,
        peer_retry: None,
        offers: 0,
        tracked,
        tracked_sender,
        report: Report::default(),
        config,
    };
    device
        .tell(Event::Joined {
            session: joined.session.to_string(),
            participant: device.me.to_string(),
            agent: preview.agent_name,
            company: preview.company_name,
            role: joined.role,
        })
        .await;
    let result = device.follow(&mut commands).await;
    // Whoever hears of the end finds nobody who takes commands.
    drop(commands);
    device.finish(result).await
}

impl Device {
    async fn follow(&mut self, commands: &mut mpsc::Receiver<Command>) -> Result<End, ClientError> {
        let end = self.config.duration.map(|duration| self.started + duration);
        let mut ticks = interval(Duration::from_millis(250));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut person_is_here = true;
        loop {
            let due = self.sound_due();
            let over = tokio::select! {
                message = self.signalling.next() => match message {
                    Some(message) => self.on_message(message).await?,
                    None => self.reconnect(commands, end).await?,
                },
                Some(event) = next_event(&mut self.peer_events) => {
                    self.on_peer(event).await?;
                    None
                }
                Some(tracked) = self.tracked.recv() => {
                    self.on_tracked(tracked).await;
                    None
                }
                () = sleep_until(due) => {
                    self.play();
                    None
                }
                command = commands.recv(), if person_is_here => match command {
                    Some(Command::Leave) => Some(End::Left),
                    Some(command) => {
                        self.on_command(command).await?;
                        None
                    }
                    None => {
                        person_is_here = false;
                        None
                    }
                },
                _ = ticks.tick() => {
                    self.on_tick().await?;
                    end.is_some_and(|end| Instant::now() >= end).then_some(End::Duration)
                }
            };
            if let Some(over) = over {
                return Ok(over);
            }
        }
    }

    async fn finish(mut self, result: Result<End, ClientError>) -> Result<(), ClientError> {
        // The picture stops first, then the others learn of it; the view's file may take a moment.
        self.drop_peer().await;
        self.stop_speaking().await;
        if let Some(watch) = &self.config.watch {
            watch.show(None);
        }
        if !matches!(result, Ok(End::SessionEnded)) {
            self.signalling.send(ClientMessage::Leave).await;
        }
        self.stop_publishing().await;
        let events = self.events.clone();
        self.signalling.close().await;
        let reason = match result? {
            End::Left => "left",
            End::Duration => "duration",
            End::SessionEnded => "session_ended",
        };
        // Without a listener there is nobody to tell.
        let _ = events.send(Event::Ended { reason }).await;
        Ok(())
    }

    /// Tells what happened. Waits for the listener: no event is lost.
    async fn tell(&self, event: Event) {
        if self.events.send(event).await.is_err() {
            tracing::debug!("nobody listens to the device's events");
        }
    }

    async fn warn(&self, message: String) {
        tracing::warn!("{message}");
        self.tell(Event::Warning { message }).await;
    }

    async fn on_command(&mut self, command: Command) -> Result<(), ClientError> {
        match command {
            Command::Consent { granted, film_days } => {
                self.answer_consent(granted, film_days).await?;
            }
            Command::Microphone(granted) => self.answer_microphone(granted).await?,
            Command::Show(camera) => self.show(camera).await?,
            Command::Pause(paused) => self.pause(paused).await,
            Command::Saving(saving) => self.saving = saving,
            Command::Chat { text, told } => self.say(text, told).await,
            Command::Step { step, told } => self.step(step, told).await,
            Command::HoldFrame { frame_time, hold } => self.hold_frame(frame_time, hold).await,
            Command::Point {
                at,
                visible,
                frame_time,
            } => self.point(at, visible, frame_time).await,
            Command::RequestSurface(kind) => {
                self.signalling
                    .send(ClientMessage::RequestSurface { kind })
                    .await;
            }
            // Whoever reads commands looks for this one first.
            Command::Leave => {}
        }
        Ok(())
    }

    async fn pause(&mut self, paused: bool) {
        self.paused = paused;
        if let Some(publication) = &self.publication {
            publication.pause(paused);
        }
        if let Some(surface) = &self.surface {
            self.signalling
                .send(ClientMessage::SetPaused {
                    surface: surface.id.clone(),
                    paused,
                })
                .await;
        }
    }

    fn scope(&self) -> ConsentScope {
        match self.kind() {
            SurfaceKind::Screen => ConsentScope::Screen,
            _ => ConsentScope::Camera,
        }
    }

    fn kind(&self) -> SurfaceKind {
        self.config.camera.kind()
    }

    /// Makes a fresh media connection and offers it.
    async fn offer(&mut self) -> Result<(), ClientError> {
        self.drop_peer().await;
        let (sender, receiver) = mpsc::channel(EVENTS_WAITING);
        let (peer, sdp, tracks) = match self.make_peer(sender).await {
            Ok(made) => made,
            Err(error) => {
                self.warn(error.to_string()).await;
                self.peer_retry = Some(Instant::now() + Duration::from_secs(2));
                return Ok(());
            }
        };
        self.peer = Some(peer);
        self.peer_events = Some(receiver);
        self.peer_retry = None;
        self.offers += 1;
        let number = self.offers;
        self.signalling
            .send(ClientMessage::Offer {
                number,
                sdp,
                tracks,
            })
            .await;
        Ok(())
    }

    async fn make_peer(
        &self,
        events: mpsc::Sender<PeerEvent>,
    ) -> Result<(Arc<dyn Peer>, String, Vec<PublishedTrack>), crate::peer::PeerError> {
        let config = crate::peer::PeerConfig {
            picture: self.publication.as_ref().map(|publication| Picture {
                codec: publication.codec,
                surface: self.kind(),
            }),
            max_bitrate_bps: self.config.bitrate_bps,
            speaks: self.sound.speaking.is_some(),
            hears: match self.config.sound {
                Some(_) => self.sound.slots.max(1),
                None => 0,
            },
            sees: self.sees(),
            watch: self.config.watch.clone(),
        };
        let peer = crate::peer::WebRtcPeer::new(config, events).await?;
        let (sdp, tracks) = peer.offer().await?;
        Ok((Arc::new(peer), sdp, tracks))
    }

    async fn drop_peer(&mut self) {
        if let Some(publication) = &self.publication {
            publication.send_to(None);
        }
        if let Some(speaking) = &self.sound.speaking {
            speaking.send_to(None);
        }
        self.sound.forget_sections();
        if let Some(watch) = &self.config.watch {
            watch.forget_sections();
        }
        self.peer_events = None;
        if let Some(peer) = self.peer.take() {
            peer.close().await;
        }
    }
}

async fn next_event(events: &mut Option<mpsc::Receiver<PeerEvent>>) -> Option<PeerEvent> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}
