//! The device itself: joins, asks for consent, publishes, and follows the session to its end.

mod consent;
mod messages;
mod publication;
mod reconnect;
mod report;

use crate::{
    AnnotationLog, ClientError, Event, Invite,
    http::Api,
    peer::{Peer, PeerEvent},
    signalling::Signalling,
    tracker::Tracked,
};
use publication::Publication;
use report::Report;
use sightline_media::{Codec, VideoInput};
use sightline_protocol::{
    ClientMessage, ConsentScope, ParticipantId, PublishedTrack, Role, Surface, SurfaceKind,
};
use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval},
};

/// How a device takes part.
#[derive(Debug, Clone)]
pub struct DeviceConfig {
    /// Into which session.
    pub invite: Invite,
    /// Name to show to others; may be empty.
    pub name: String,
    /// Where pictures come from.
    pub input: VideoInput,
    /// How they are encoded.
    pub codec: Codec,
    /// Highest rate of the picture, bits a second.
    pub bitrate_bps: u32,
    /// Widest encoded picture in pixels.
    pub max_width: u32,
    /// Where to write the device's own view, if at all.
    pub record_view: Option<PathBuf>,
    /// True when the person's consent is given beforehand, as if tapped.
    pub consent_given: bool,
    /// True to take any TLS certificate.
    pub insecure: bool,
    /// False to attach drawings to the newest frame instead of the one that was drawn on.
    pub use_frame_times: bool,
    /// Leaves after this time.
    pub duration: Option<Duration>,
}

/// What the person at the device does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Answers the question for consent, or takes it back.
    Consent(bool),
    /// Leaves the session.
    Leave,
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
    surface: Option<Surface>,
    log: AnnotationLog,
    granted: bool,
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
    let signalling = Signalling::connect(&url, &joined.token, true, config.insecure).await?;
    let (tracked_sender, tracked) = mpsc::channel(TRACKED_WAITING);
    let mut device = Device {
        events,
        me: joined.participant,
        token: joined.token,
        role: joined.role,
        started: Instant::now(),
        signalling,
        colors: HashMap::new(),
        surface: None,
        log: AnnotationLog::default(),
        granted: false,
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
        })
        .await;
    let result = device.follow(&mut commands).await;
    device.finish(result).await
}

impl Device {
    async fn follow(&mut self, commands: &mut mpsc::Receiver<Command>) -> Result<End, ClientError> {
        let end = self.config.duration.map(|duration| self.started + duration);
        let mut ticks = interval(Duration::from_millis(250));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut person_is_here = true;
        loop {
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
                command = commands.recv(), if person_is_here => match command {
                    Some(Command::Leave) => Some(End::Left),
                    Some(Command::Consent(granted)) => {
                        self.answer_consent(granted).await;
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

    fn scope(&self) -> ConsentScope {
        match self.config.input {
            VideoInput::Screen => ConsentScope::Screen,
            _ => ConsentScope::Camera,
        }
    }

    fn kind(&self) -> SurfaceKind {
        match self.config.input {
            VideoInput::Screen => SurfaceKind::Screen,
            _ => SurfaceKind::Camera,
        }
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
            codec: self.config.codec,
            max_bitrate_bps: self.config.bitrate_bps,
        };
        let peer = crate::peer::WebRtcPeer::new(config, self.kind(), events).await?;
        let (sdp, tracks) = peer.offer().await?;
        Ok((Arc::new(peer), sdp, tracks))
    }

    async fn drop_peer(&mut self) {
        if let Some(publication) = &self.publication {
            publication.send_to(None);
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
