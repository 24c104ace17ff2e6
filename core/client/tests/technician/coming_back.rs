//! What the person does while the device comes back.

use crate::stage::{Technician, two_threads};
use sightline_client::{Event, device::Command};
use sightline_protocol::SurfaceKind;
use std::sync::atomic::Ordering;

fn reconnecting(event: &Event) -> bool {
    matches!(event, Event::Connection { state } if *state == "reconnecting")
}

#[test]
fn a_moving_pointer_does_not_make_it_dial_more_often() {
    two_threads(async {
        let mut tess = Technician::begin().await;
        tess.until(|event| matches!(event, Event::Picture { .. }))
            .await;
        tess.command(Command::RequestSurface(SurfaceKind::Screen))
            .await;
        tess.until(reconnecting).await;
        // One waits at most: the device takes each before the next.
        for n in 0..100 {
            let command = Command::Point {
                at: [n as f32 / 100.0, 0.5],
                visible: true,
                frame_time: None,
            };
            tess.command(command).await;
        }
        // The waits double: ten would take a minute.
        assert!(tess.dials.load(Ordering::SeqCst) < 10);
        // The control: it does dial.
        while tess.dials.load(Ordering::SeqCst) < 2 {
            tess.gone.recv().await.unwrap();
        }
        tess.command(Command::Leave).await;
        tess.until(|event| matches!(event, Event::Ended { .. }))
            .await;
        tess.device.await.unwrap().unwrap();
    });
}
