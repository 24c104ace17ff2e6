//! One thread for the surfaces of one session.

use super::tracker::{Output, Tracker};
use crate::sfu::{TapPacket, TapSink};
use sightline_protocol::{
    AnchorNo, Annotation, FrameTime, SurfaceId, limits::ANNOTATIONS_PER_SESSION,
};
use std::{
    collections::HashMap,
    io,
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel},
    time::{Duration, Instant},
};

/// Packets that may wait: two seconds of 3 Mbit/s.
const PACKETS: usize = 1_024;
/// Orders that may wait: every drawing of a session at once, twice, as when all are cleared and
/// brought back while the thread catches up on a past frame.
const ORDERS: usize = 2 * ANNOTATIONS_PER_SESSION;
/// How soon an order is seen while no packets come.
const IDLE: Duration = Duration::from_millis(20);

/// What the session asks of the thread.
#[derive(Debug)]
pub enum Order {
    /// Track this surface.
    Add { surface: SurfaceId, number: u16 },
    /// Forget this surface.
    Remove { surface: SurfaceId },
    /// Somebody who may draw is here, or nobody any more.
    Watched { watched: bool },
    /// A drawing on the world appeared, or came back.
    Show { annotation: Box<Annotation> },
    /// A drawing disappeared.
    Hide { anchor: AnchorNo },
    /// Keep or release a frame.
    Hold {
        surface: SurfaceId,
        frame_time: FrameTime,
        hold: bool,
    },
}

/// The thread as its session sees it. It ends when this is dropped.
pub struct Worker {
    orders: SyncSender<Order>,
    sink: TapSink,
}

impl Worker {
    /// Starts the thread; `put` is called on it and must not block for long.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(put: impl FnMut(Output) + Send + 'static) -> io::Result<Self> {
        let (orders, order_queue) = sync_channel(ORDERS);
        let (packets, packet_queue) = sync_channel(PACKETS);
        std::thread::Builder::new()
            .name("sightline-vision".into())
            .spawn(move || run(&order_queue, &packet_queue, put))?;
        Ok(Self {
            orders,
            sink: TapSink::new(packets),
        })
    }

    /// Where tapped packets go.
    pub fn sink(&self) -> TapSink {
        self.sink.clone()
    }

    /// Gives an order; false when the thread is so far behind that its queue is full, or gone.
    pub fn order(&self, order: Order) -> bool {
        self.orders.try_send(order).is_ok()
    }
}

fn run(orders: &Receiver<Order>, packets: &Receiver<TapPacket>, mut put: impl FnMut(Output)) {
    let mut trackers: HashMap<SurfaceId, Tracker> = HashMap::new();
    let mut watched = false;
    loop {
        let packet = match packets.recv_timeout(IDLE) {
            Ok(packet) => Some(packet),
            Err(RecvTimeoutError::Timeout) => None,
            // The media thread gave up its end; orders may still bring another surface.
            Err(RecvTimeoutError::Disconnected) => match orders.recv() {
                Ok(order) => {
                    obey(order, &mut trackers, &mut watched);
                    None
                }
                Err(_) => return,
            },
        };
        // After the wait for a packet: what was ordered before it came is done before it is taken,
        // and a surface's first packet finds its tracker.
        loop {
            match orders.try_recv() {
                Ok(order) => obey(order, &mut trackers, &mut watched),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        if let Some(packet) = packet
            && let Some(tracker) = trackers.get_mut(&packet.surface)
        {
            tracker.packet(Instant::now(), packet);
        }
        for output in trackers.values_mut().flat_map(Tracker::take_outputs) {
            put(output);
        }
    }
}

fn obey(order: Order, trackers: &mut HashMap<SurfaceId, Tracker>, watched: &mut bool) {
    match order {
        Order::Add { surface, number } => {
            let mut tracker = Tracker::new(surface.clone(), number);
            tracker.set_watched(*watched);
            trackers.insert(surface, tracker);
        }
        Order::Remove { surface } => {
            trackers.remove(&surface);
        }
        Order::Watched { watched: now } => {
            *watched = now;
            for tracker in trackers.values_mut() {
                tracker.set_watched(now);
            }
        }
        Order::Show { annotation } => {
            if let Some(tracker) = trackers.get_mut(&annotation.surface) {
                tracker.show(*annotation);
            }
        }
        Order::Hide { anchor } => {
            for tracker in trackers.values_mut() {
                tracker.hide(Instant::now(), anchor);
            }
        }
        Order::Hold {
            surface,
            frame_time,
            hold,
        } => {
            if let Some(tracker) = trackers.get_mut(&surface) {
                tracker.hold(frame_time, hold);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sfu::VideoCodec;

    #[test]
    fn a_surfaces_first_packet_finds_its_tracker_however_soon_it_comes() {
        let (wanted, wishes) = sync_channel(1);
        let worker = Worker::start(move |output| {
            if let Output::WantKeyframe(surface) = output {
                wanted.send(surface).unwrap();
            }
        })
        .unwrap();
        assert!(worker.order(Order::Watched { watched: true }));
        // The thread waits for packets when each of these is added.
        for n in 1..=40 {
            let surface = SurfaceId::from_random([n; 16]);
            assert!(worker.order(Order::Add {
                surface: surface.clone(),
                number: n.into(),
            }));
            // The middle of a picture, whose tracker wants one from its beginning.
            worker.sink().offer(TapPacket {
                surface: surface.clone(),
                stream: 1,
                seq: 7,
                frame_time: 0,
                marker: false,
                codec: VideoCodec::Vp8,
                payload: [0x00, 1, 2, 3][..].into(),
                at: Instant::now(),
            });
            let wish = wishes.recv_timeout(Duration::from_secs(60));
            assert_eq!(wish, Ok(surface), "surface {n}");
        }
    }
}
