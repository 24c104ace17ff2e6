//! The thread of one filmed session.

use super::{
    Writing,
    clock::SessionClock,
    line::{Done, Line},
    reel::{Over, Reel},
};
use crate::sfu::{Filmed, TapSaid, TapSink, VideoCodec};
use sightline_protocol::{
    SurfaceId,
    film::FilmPartWriter,
    http::{FilmCodec, FilmTrack},
};
use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, sync_channel},
    },
    time::{Duration, Instant},
};
use tracing::{error, warn};

/// Packets that may wait: two seconds of 3 Mbit/s. What comes while a slow disk has filled the queue
/// is missing from the film.
const PACKETS: usize = 1_024;
/// How soon a part that waits is looked at while nothing comes.
const IDLE: Duration = Duration::from_millis(250);
/// How often it is said that something is missing.
const COMPLAIN: Duration = Duration::from_secs(10);

/// What the session tells of a surface before it is filmed.
pub type Surfaces = Arc<Mutex<HashMap<SurfaceId, FilmTrack>>>;

/// The thread as its session sees it. It ends, and has written everything, when this and all copies
/// of its sink are gone.
pub struct Writer {
    sink: TapSink<Filmed>,
    surfaces: Surfaces,
    over: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread, which keeps `writing` to its end. `open` and `want_keyframe` are called on it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        clock: SessionClock,
        writing: Writing,
        open: impl FnOnce() -> io::Result<Reel> + Send + 'static,
        want_keyframe: impl Fn(&SurfaceId) + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, queue) = sync_channel(PACKETS);
        let sink = TapSink::new(sender);
        let surfaces = Surfaces::default();
        let over = Arc::<AtomicBool>::default();
        let mut work = Work {
            clock,
            lines: HashMap::new(),
            surfaces: surfaces.clone(),
            want_keyframe,
            missing: Missing::default(),
        };
        let dropped = sink.counter();
        let ended = over.clone();
        let span = tracing::Span::current();
        std::thread::Builder::new()
            .name("sightline-film".into())
            .spawn(move || {
                let _in_session = span.entered();
                let _writing = writing;
                let done = open()
                    .map_err(Over::from)
                    .and_then(|mut reel| work.run(&queue, &mut reel, dropped));
                if let Err(Over::Disk(error)) = done {
                    error!(%error, "no more of this session's film is kept");
                }
                ended.store(true, Ordering::Release);
            })?;
        Ok(Self {
            sink,
            surfaces,
            over,
        })
    }

    /// Where a surface's packets go from now on.
    pub fn sink(&self, surface: SurfaceId, track: FilmTrack) -> TapSink<Filmed> {
        let mut surfaces = self.surfaces.lock().unwrap_or_else(PoisonError::into_inner);
        surfaces.insert(surface, track);
        self.sink.clone()
    }

    /// Passes on what everybody was told about a surface. A full queue drops it.
    pub fn say(&self, said: TapSaid) {
        self.sink.offer(Filmed::Said(said));
    }

    /// True when nothing more is kept: the limit is reached, or the disk failed.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }
}

struct Work<K> {
    clock: SessionClock,
    lines: HashMap<SurfaceId, Line>,
    surfaces: Surfaces,
    want_keyframe: K,
    missing: Missing,
}

impl<K: Fn(&SurfaceId)> Work<K> {
    /// Takes what comes until nobody sends any more.
    fn run(
        &mut self,
        queue: &Receiver<Filmed>,
        reel: &mut Reel,
        dropped: impl Fn() -> u64,
    ) -> Result<(), Over> {
        let mut looked = Instant::now();
        loop {
            // Without a part that waits there is nothing to wake up for.
            let waits = self.lines.values().any(Line::waits);
            let next = match waits {
                true => queue.recv_timeout(IDLE),
                false => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match next {
                Ok(filmed) => self.take(filmed, reel)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            // One picture may stand still while others move.
            if looked.elapsed() >= IDLE {
                looked = Instant::now();
                for line in self.lines.values_mut() {
                    write(line.due(looked).parts, reel)?;
                }
            }
            self.missing.look(dropped());
        }
        for line in self.lines.values_mut() {
            write(line.finish(), reel)?;
        }
        Ok(())
    }

    fn take(&mut self, filmed: Filmed, reel: &mut Reel) -> Result<(), Over> {
        let clock = self.clock;
        match filmed {
            Filmed::Packet(packet) => {
                let surface = packet.surface.clone();
                let surfaces = &self.surfaces;
                let track = |codec: VideoCodec| {
                    let surfaces = surfaces.lock().unwrap_or_else(PoisonError::into_inner);
                    let known = surfaces.get(&surface).cloned();
                    drop(surfaces);
                    let told = || io::Error::other("a surface is filmed that nobody told of");
                    let codec = match codec {
                        VideoCodec::Vp8 => FilmCodec::Vp8,
                        VideoCodec::H264 => FilmCodec::H264,
                    };
                    reel.track(FilmTrack {
                        codec,
                        ..known.ok_or_else(told)?
                    })
                };
                let line = self.lines.entry(surface.clone());
                let line = line.or_insert_with(|| Line::new(clock));
                let Done {
                    parts,
                    wants_keyframe,
                } = line.packet(packet, track)?;
                if wants_keyframe {
                    (self.want_keyframe)(&surface);
                }
                write(parts, reel)
            }
            // What is said before the first picture waits for it.
            Filmed::Said(said) => {
                let line = self.lines.entry(said.surface.clone());
                let line = line.or_insert_with(|| Line::new(clock));
                write(line.said(said).parts, reel)
            }
        }
    }
}

fn write(parts: impl IntoIterator<Item = FilmPartWriter>, reel: &mut Reel) -> Result<(), Over> {
    parts.into_iter().try_for_each(|part| reel.part(part))
}

/// Says now and then how much is missing.
#[derive(Default)]
struct Missing {
    told: u64,
    at: Option<Instant>,
}

impl Missing {
    fn look(&mut self, dropped: u64) {
        if dropped == self.told || self.at.is_some_and(|at| at.elapsed() < COMPLAIN) {
            return;
        }
        let packets = dropped - self.told;
        warn!(
            packets,
            "the disk is too slow: pictures are missing from a film"
        );
        self.told = dropped;
        self.at = Some(Instant::now());
    }
}
