//! What gives way when the machine is too slow, and what does not.

use super::*;

#[test]
fn under_load_poses_get_fewer_and_stay_right() {
    // Of 80 frames: all, every third, which viewers can fill in, and every fifth.
    for (lag_ms, poses) in [(0, 80), (200, 26), (1_000, 16)] {
        let mut film = Film::new();
        (0..30).for_each(|n| film.play(n, false));
        film.tracker.show(drawing(1, Some(time(25)), CENTER));
        film.lag = Duration::from_millis(lag_ms);
        (30..110).for_each(|n| film.play(n, false));
        let (worst, shown) = film.error(25, CENTER);
        assert_eq!(film.poses.len(), poses, "{lag_ms} ms behind");
        assert!(
            shown + 2 >= poses && worst < 1.5,
            "{lag_ms} ms behind: {shown} of {poses} poses, {worst} px"
        );
    }
}

/// A tracker that is too late to track every frame, with a drawing so that it decodes.
fn late() -> Film {
    let mut film = Film::new();
    (0..30).for_each(|n| film.play(n, false));
    film.tracker.show(drawing(1, Some(time(25)), CENTER));
    film.lag = Duration::from_secs(1);
    film
}

#[test]
fn a_frame_that_was_skipped_under_load_can_be_held_and_drawn_on() {
    for drawn in 40..45 {
        let mut film = late();
        (30..50).for_each(|n| film.play(n, false));
        let tracked: Vec<usize> = film.poses.iter().map(|it| it.0).collect();
        film.tracker.hold(time(drawn), true);
        (50..80).for_each(|n| film.play(n, false));
        film.tracker.show(drawing(2, Some(time(drawn)), CENTER));
        film.tracker.hold(time(drawn), false);
        film.poses.clear();
        (80..118).for_each(|n| film.play(n, false));
        film.poses.retain(|it| it.1.anchor == 2);
        let said = film.states.iter().find(|state| state.anchor == 2);
        assert_eq!(said.map(|it| it.reason), Some(AnchorReason::Attached));
        let (worst, shown) = film.error(drawn, CENTER);
        assert!(
            shown >= 6 && worst < 1.5,
            "frame {drawn} (tracked: {tracked:?}): {shown} poses, {worst} px"
        );
    }
}

#[test]
fn a_frame_that_never_came_is_stood_in_for_by_its_neighbour_but_not_by_a_stranger() {
    // Frame 60 of the clip is a keyframe: what is lost between 50 and 60 is never seen.
    for (drawn, expected) in [
        (51, AnchorReason::Attached),
        (55, AnchorReason::FrameExpired),
        (58, AnchorReason::Attached),
    ] {
        let mut film = Film::new();
        (0..30).for_each(|n| film.play(n, false));
        film.tracker.show(drawing(1, Some(time(25)), CENTER));
        (30..50).for_each(|n| film.play(n, false));
        (50..60).for_each(|n| film.play(n, true));
        (60..80).for_each(|n| film.play(n, false));
        film.tracker.show(drawing(2, Some(time(drawn)), CENTER));
        (80..82).for_each(|n| film.play(n, false));
        let said = film.states.iter().find(|state| state.anchor == 2);
        assert_eq!(said.map(|it| it.reason), Some(expected), "frame {drawn}");
    }
}

#[test]
fn a_hidden_drawing_sends_no_poses() {
    let mut film = Film::new();
    (0..30).for_each(|n| film.play(n, false));
    film.tracker.show(drawing(1, Some(time(25)), CENTER));
    film.tracker.show(drawing(2, Some(time(25)), [0.3, 0.4]));
    film.tracker.hide(film.at(30), 1);
    (30..40).for_each(|n| film.play(n, false));
    assert_eq!(film.poses.len(), 10);
    assert!(film.poses.iter().all(|it| it.1.anchor == 2));
}

#[test]
fn a_surface_without_drawings_costs_no_decoding_however_long_it_runs() {
    let mut film = Film::new();
    film.tracker.set_watched(true);
    for n in 0..240 {
        film.play(n, false);
        assert!(!film.tracker.is_live(), "frame {n}");
    }
    assert!(film.poses.is_empty());
    film.tracker.hold(time(230), true);
    assert!(
        film.tracker.is_live(),
        "the control: a held frame is decoded"
    );
    film.tracker.hold(time(230), false);
    assert!(!film.tracker.is_live(), "and nothing after it was let go");
}
