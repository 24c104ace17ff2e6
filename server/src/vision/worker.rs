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

/// An order with its place among the packets: it is carried out after so many of them. Somebody who
/// draws has seen the frame; a thread that is behind has not, and would take it for gone.
struct Placed {
    after: u64,
    order: Order,
}

/// The thread as its session sees it. It ends when this is dropped.
pub struct Worker {
    orders: SyncSender<Placed>,
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
        let after = self.sink.accepted();
        self.orders.try_send(Placed { after, order }).is_ok()
    }
}

fn run(orders: &Receiver<Placed>, packets: &Receiver<TapPacket>, mut put: impl FnMut(Output)) {
    let mut trackers: HashMap<SurfaceId, Tracker> = HashMap::new();
    let mut watched = false;
    // Packets taken so far, and the order that is next.
    let mut taken = 0;
    let mut next: Option<Placed> = None;
    loop {
        let packet = match packets.recv_timeout(IDLE) {
            Ok(packet) => Some(packet),
            Err(RecvTimeoutError::Timeout) => None,
            // The media thread gave up its end; orders may still bring another surface.
            Err(RecvTimeoutError::Disconnected) => {
                match next.take().map_or_else(|| orders.recv(), Ok) {
                    Ok(Placed { order, .. }) => obey(order, &mut trackers, &mut watched),
                    Err(_) => return,
                }
                None
            }
        };
        // After the wait for a packet: what was ordered before it came is done before it is taken,
        // and a surface's first packet finds its tracker. Without one, all that came was taken.
        loop {
            if next.is_none() {
                next = match orders.try_recv() {
                    Ok(placed) => Some(placed),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                };
            }
            let is_due = |placed: &mut Placed| packet.is_none() || placed.after <= taken;
            let Some(Placed { order, .. }) = next.take_if(is_due) else {
                break;
            };
            obey(order, &mut trackers, &mut watched);
        }
        if let Some(packet) = packet {
            taken += 1;
            if let Some(tracker) = trackers.get_mut(&packet.surface) {
                tracker.packet(Instant::now(), packet);
            }
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

    /// The middle of a picture, whose tracker wants one from its beginning.
    fn middle(surface: &SurfaceId) -> TapPacket {
        TapPacket {
            surface: surface.clone(),
            stream: 1,
            seq: 7,
            frame_time: 0,
            marker: false,
            codec: VideoCodec::Vp8,
            payload: [0x00, 1, 2, 3][..].into(),
            at: Instant::now(),
        }
    }

    #[test]
    fn an_order_never_overtakes_the_packets_before_it_however_far_the_thread_is_behind() {
        let (wanted, wishes) = sync_channel(1);
        let (go, held) = sync_channel::<()>(0);
        let worker = Worker::start(move |output| {
            if let Output::WantKeyframe(surface) = output {
                wanted.send(surface).unwrap();
                // The thread is behind until the test lets it go on.
                let _ = held.recv();
            }
        })
        .unwrap();
        let surfaces = [1, 2, 3].map(|n| SurfaceId::from_random([n; 16]));
        for (surface, number) in surfaces.iter().zip(1..) {
            let surface = surface.clone();
            assert!(worker.order(Order::Add { surface, number }));
        }
        let wish = || wishes.recv_timeout(Duration::from_secs(60));
        worker.sink().offer(middle(&surfaces[0]));
        assert_eq!(wish().as_ref(), Ok(&surfaces[0]));
        worker.sink().offer(middle(&surfaces[1]));
        let surface = surfaces[1].clone();
        assert!(worker.order(Order::Remove { surface }));
        worker.sink().offer(middle(&surfaces[1]));
        worker.sink().offer(middle(&surfaces[2]));
        drop(go);
        assert_eq!(
            wish().as_ref(),
            Ok(&surfaces[1]),
            "taken before it is removed"
        );
        assert_eq!(wish().as_ref(), Ok(&surfaces[2]), "and not any more after");
    }

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
            worker.sink().offer(middle(&surface));
            let wish = wishes.recv_timeout(Duration::from_secs(60));
            assert_eq!(wish, Ok(surface), "surface {n}");
        }
    }
}
