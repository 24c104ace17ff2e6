use super::*;
use crate::sfu::{Filmed, TapSink};
use std::sync::mpsc::sync_channel;

fn film(sink: Option<TapSink<Filmed>>) -> Command {
    Command::Film {
        session: session(),
        surface: camera(),
        sink,
    }
}

#[test]
fn a_film_gets_what_passes_the_gate_and_its_poses_and_nothing_else() {
    let mut net = Net::pair();
    net.allow(false);
    let (queue, filmed) = sync_channel(64);
    net.command(film(Some(TapSink::new(queue))));
    net.stream(0, 1, 5);
    net.write(0, false, &data::poses(1));
    assert_eq!(filmed.try_iter().count(), 0, "held back");
    net.allow(true);
    net.stream(0, 6, 2);
    net.write(0, false, &data::poses(1));
    net.write(0, false, &data::cursor(1, 1));
    net.write(1, false, &data::poses(1));
    net.command(Command::SendRealtime {
        session: session(),
        except: None,
        packet: data::poses(1),
    });
    net.command(Command::SendRealtime {
        session: session(),
        except: None,
        packet: data::poses(2),
    });
    let (mut seqs, mut said) = (Vec::new(), Vec::new());
    for item in filmed.try_iter() {
        match item {
            Filmed::Packet(packet) => seqs.push(packet.seq & 0xffff),
            Filmed::Said(found) => said.push(found.packet.to_vec()),
        }
    }
    assert_eq!(seqs, [6, 7]);
    // The tracker's and the server's own, not those of somebody else or of another surface.
    assert_eq!(said, [data::poses(1), data::cursor(1, 1), data::poses(1)]);
    net.command(film(None));
    net.stream(0, 8, 2);
    net.write(0, false, &data::poses(1));
    assert_eq!(filmed.try_iter().count(), 0);
    assert_eq!(net.clients[1].seen.packets.len(), 4, "the control");
}

#[test]
fn a_full_film_loses_what_is_too_much_and_a_film_and_a_tracker_get_the_same() {
    let mut net = Net::pair();
    let (queue, filmed) = sync_channel(3);
    let sink = TapSink::new(queue);
    let lost = sink.counter();
    net.command(film(Some(sink)));
    let (queue, tapped) = sync_channel(64);
    net.command(Command::Tap {
        session: session(),
        surface: camera(),
        sink: TapSink::new(queue),
    });
    net.stream(0, 1, 10);
    assert_eq!((lost(), filmed.try_iter().count()), (7, 3));
    assert_eq!(tapped.try_iter().count(), 10);
    assert_eq!(net.clients[1].seen.packets.len(), 10);
    // One that has ended is let go, and the tracker goes on.
    drop(filmed);
    net.stream(0, 11, 2);
    assert_eq!(lost(), 7);
    assert_eq!(tapped.try_iter().count(), 2);
}
