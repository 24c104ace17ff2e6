//! Who computes poses, and who is believed about anchors.

mod story;

use sightline_protocol::{
    AnchorReason, AnchorState, AnchorStatus, ClientMessage, ParticipantId, Role, ServerMessage,
    SurfaceId,
};
use sightline_session::{Capability, HOLDS_PER_PARTICIPANT, Input, Refusal};
use story::{Story, messages, sent_to};

fn tracker(story: &Story, surface: &SurfaceId) -> Option<ParticipantId> {
    story
        .state
        .surfaces()
        .iter()
        .find(|s| s.id == *surface)
        .unwrap()
        .tracker
        .clone()
}

fn found(anchor: u32, surface: &SurfaceId) -> ClientMessage {
    ClientMessage::AnchorStates {
        states: vec![AnchorState {
            anchor,
            surface: surface.clone(),
            frame_time: 5,
            status: AnchorStatus::Tracking,
            reason: AnchorReason::Attached,
            last_seen: None,
            at_ms: 77,
        }],
    }
}

#[test]
fn a_device_that_tracks_does_so_itself_and_the_server_does_for_others() {
    let mut story = Story::new();
    let vision = story.arrive(Role::Vision, false);
    let (device, on_device) = story.customer_on_camera(true);
    let (_, in_browser) = story.customer_on_camera(false);
    assert_eq!(tracker(&story, &on_device), Some(device));
    assert_eq!(tracker(&story, &in_browser), Some(vision));
}

#[test]
fn the_tracker_follows_who_is_there() {
    let mut story = Story::new();
    let (customer, surface) = story.customer_on_camera(false);
    assert_eq!(tracker(&story, &surface), None);
    let vision = story.arrive(Role::Vision, false);
    assert_eq!(tracker(&story, &surface), Some(vision.clone()));
    story.connect(&customer, true);
    assert_eq!(tracker(&story, &surface), Some(customer.clone()));
    story.connect(&customer, false);
    assert_eq!(tracker(&story, &surface), Some(vision.clone()));
    let agent = story.arrive(Role::Agent, false);
    story.draw(&agent, &surface);
    let out = story.input(Input::Disconnect {
        participant: vision,
    });
    assert_eq!(tracker(&story, &surface), None);
    let lost = messages(&out).into_iter().any(|m| {
        matches!(m, ServerMessage::AnchorStates { states }
            if states[0].reason == AnchorReason::NoTracker)
    });
    assert!(lost, "{out:?}");
}

#[test]
fn only_the_tracker_of_the_surface_is_believed_and_only_about_its_drawings() {
    let mut story = Story::new();
    let vision = story.arrive(Role::Vision, false);
    let (device, surface) = story.customer_on_camera(true);
    let (_, other) = story.customer_on_camera(false);
    let agent = story.arrive(Role::Agent, false);
    story.draw(&agent, &surface);
    assert_eq!(
        story.say(&vision, found(1, &surface)),
        Err(Refusal::NotYours)
    );
    let forbidden = Refusal::Forbidden {
        role: Role::Agent,
        capability: Capability::TrackAnchors,
    };
    assert_eq!(story.say(&agent, found(1, &surface)), Err(forbidden));
    assert_eq!(
        story.say(&device, found(2, &surface)),
        Err(Refusal::NoAnnotation)
    );
    assert_eq!(
        story.say(&vision, found(1, &other)),
        Err(Refusal::NoAnnotation)
    );
    story.say(&device, found(1, &surface)).unwrap();
    let anchors = story.state.welcome(&agent, 0).unwrap().anchors;
    assert_eq!(anchors[0].status, AnchorStatus::Tracking);
}

#[test]
fn held_frames_reach_the_tracker_and_are_let_go_with_their_holder() {
    let mut story = Story::new();
    let (device, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    let hold = |frame_time, hold| ClientMessage::HoldFrame {
        surface: surface.clone(),
        frame_time,
        hold,
    };
    let out = story.say(&agent, hold(7, true)).unwrap();
    assert!(matches!(
        sent_to(&out, &device)[..],
        [ServerMessage::HoldFrame {
            frame_time: 7,
            hold: true,
            ..
        }]
    ));
    assert!(story.say(&agent, hold(7, true)).unwrap().is_empty());
    for n in 1..HOLDS_PER_PARTICIPANT as u32 {
        story.say(&agent, hold(7 + n, true)).unwrap();
    }
    let limit = HOLDS_PER_PARTICIPANT;
    let what = "held frames for each participant";
    assert_eq!(
        story.say(&agent, hold(99, true)),
        Err(Refusal::LimitReached { what, limit })
    );
    let out = story.connect(&device, true);
    assert_eq!(
        sent_to(&out, &device).len(),
        1 + limit,
        "told again after coming back"
    );
    let out = story.input(Input::Disconnect { participant: agent });
    assert_eq!(sent_to(&out, &device).len(), limit);
}

#[test]
fn what_is_fixed_to_the_screen_stays_so_until_it_is_found_to_hold() {
    let mut story = Story::new();
    let (device, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    story.draw(&agent, &surface);
    let say = |story: &mut Story, status, reason| {
        let ClientMessage::AnchorStates { mut states } = found(1, &surface) else {
            unreachable!()
        };
        (states[0].status, states[0].reason) = (status, reason);
        story.say(&device, ClientMessage::AnchorStates { states })
    };
    let last = |story: &Story| story.state.welcome(&agent, 0).unwrap().anchors[0].clone();
    say(&mut story, AnchorStatus::Fixed, AnchorReason::TooFewTexture).unwrap();
    assert_eq!(last(&story).status, AnchorStatus::Fixed);

    // A device that starts again has no frame to try it on.
    let out = say(&mut story, AnchorStatus::Lost, AnchorReason::FrameExpired).unwrap();
    assert!(out.is_empty(), "{out:?}");
    story.connect(&device, false);
    assert_eq!(last(&story).reason, AnchorReason::TooFewTexture);

    story.connect(&device, true);
    say(&mut story, AnchorStatus::Tracking, AnchorReason::FoundAgain).unwrap();
    say(&mut story, AnchorStatus::Lost, AnchorReason::Occluded).unwrap();
    assert_eq!(last(&story).reason, AnchorReason::Occluded);
}

#[test]
fn the_server_says_when_a_state_changed() {
    let mut story = Story::new();
    let (device, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    story.draw(&agent, &surface);
    let out = story.say(&device, found(1, &surface)).unwrap();
    let told = messages(&out)
        .into_iter()
        .find_map(|message| match message {
            ServerMessage::AnchorStates { states } => Some(states[0].at_ms),
            _ => None,
        });
    assert_eq!(told, Some(story.now_ms));
    assert_ne!(told, Some(77), "the device's own word does not count");
}
