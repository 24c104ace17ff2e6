//! Whoever drew, or took back, finds the picture as the answer says, and whoever hears of something
//! finds it done.

use crate::stage::{DRAWINGS, DRAWN, Technician, two_threads};
use sightline_client::{
    Event,
    device::{Command, Step, Taken},
};
use sightline_protocol::AnchorStatus;
use tokio::sync::oneshot;

fn hidden(event: &Event) -> bool {
    matches!(event, Event::Annotation { change, .. } if *change == "hidden")
}

#[test]
fn when_a_step_is_answered_the_picture_is_as_it_says() {
    two_threads(async {
        let mut tess = Technician::begin().await;
        tess.until(|event| matches!(event, Event::Picture { .. }))
            .await;
        assert_eq!(
            tess.shown(),
            DRAWINGS as usize,
            "the control: they are there"
        );

        let (told, mut answer) = oneshot::channel();
        let step = Step::Clear;
        tess.command(Command::Step { step, told }).await;
        tess.until(hidden).await;
        // The device still has the other three to tell, and is held up at the second or third.
        assert_eq!(answer.try_recv().unwrap(), Ok(Taken { anchor: None }));
        assert_eq!(tess.shown(), 0);

        tess.command(Command::Leave).await;
        tess.until(|event| matches!(event, Event::Ended { .. }))
            .await;
        tess.device.await.unwrap().unwrap();
    });
}

#[test]
fn when_a_picture_is_told_of_it_is_known_where_its_drawings_are() {
    two_threads(async {
        let mut tess = Technician::begin().await;
        for _ in 1..DRAWINGS {
            tess.until(|event| matches!(event, Event::Annotation { .. }))
                .await;
        }
        // The last drawing waits to be read, so that the device is held up before the picture's word.
        while tess.shown() == 0 {
            tokio::task::yield_now().await;
        }
        // A minute later only the one that is fixed to the screen is still in a known place.
        let later = tess.watch.scene().on(DRAWN + 60 * 90_000);
        let found: Vec<_> = later
            .iter()
            .map(|it| (it.annotation.anchor, it.status))
            .collect();
        assert_eq!(found, [(1, AnchorStatus::Fixed)]);
        tess.device.abort();
    });
}

#[test]
fn when_the_end_is_told_nobody_takes_commands_any_more() {
    two_threads(async {
        let mut tess = Technician::begin().await;
        tess.until(|event| matches!(event, Event::Picture { .. }))
            .await;
        let (told, _answer) = oneshot::channel();
        let step = Step::Clear;
        tess.command(Command::Step { step, told }).await;
        for _ in 1..DRAWINGS {
            tess.until(hidden).await;
        }
        assert!(!tess.commands.is_closed(), "the control");
        // The last drawing waits to be read, so that the device is held up before the word of the end.
        tess.command(Command::Leave).await;
        tess.gone.recv().await.unwrap();
        assert!(tess.commands.is_closed());
        tess.until(|event| matches!(event, Event::Ended { .. }))
            .await;
        tess.device.await.unwrap().unwrap();
    });
}
