//! What one session may hold: nobody can make it grow without end.

mod story;

use sightline_protocol::{
    Attach, ClientMessage, ConsentScope, Role, Shape, SnapshotId, SurfaceKind,
    limits::{ANNOTATIONS_PER_SESSION, CHAT_CHARS, SNAPSHOTS_PER_SESSION, STROKE_POINTS},
};
use sightline_session::{
    CHAT_BYTES_PER_SESSION, EVENTS_PER_SESSION, GRANTS_PER_SESSION, Input, NAMED_PER_SESSION,
    POINTS_PER_SESSION, RETURNS_PER_PARTICIPANT, Refusal, SessionState,
};
use story::{Story, config, offer};

#[test]
fn drawings_points_and_steps_are_bounded() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    for _ in 0..ANNOTATIONS_PER_SESSION {
        story.draw(&agent, &surface);
    }
    let one_more = story.circle(&surface);
    let limit = ANNOTATIONS_PER_SESSION;
    assert_eq!(
        story.say(&agent, one_more),
        Err(Refusal::LimitReached {
            what: "drawings",
            limit
        })
    );
    for _ in 0..(EVENTS_PER_SESSION - ANNOTATIONS_PER_SESSION) / 2 {
        story.undo(&agent).unwrap();
        story.redo(&agent).unwrap();
    }
    let limit = EVENTS_PER_SESSION;
    let full = Err(Refusal::LimitReached {
        what: "steps of drawing",
        limit,
    });
    assert_eq!(story.undo(&agent), full);
    assert_eq!(story.clear(&agent, &surface), full);

    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    let stroke = |client_id| ClientMessage::AnnotationAdd {
        client_id,
        surface: surface.clone(),
        frame_time: None,
        attach: Attach::Frame,
        node: None,
        shape: Shape::Freehand {
            points: vec![[0.5, 0.5]; STROKE_POINTS as usize],
        },
        width: 0.01,
    };
    for i in 0..POINTS_PER_SESSION / STROKE_POINTS as usize {
        story.say(&agent, stroke(i.to_string())).unwrap();
    }
    let limit = POINTS_PER_SESSION;
    let refused = story.say(&agent, stroke("more".to_owned()));
    assert_eq!(
        refused,
        Err(Refusal::LimitReached {
            what: "points",
            limit
        })
    );
}

#[test]
fn pictures_are_bounded() {
    let mut story = Story::new();
    let (customer, surface) = story.customer_on_camera(true);
    story.consent(&customer, ConsentScope::Snapshot, true);
    let agent = story.arrive(Role::Agent, false);
    let take = |n: usize| Input::Snapshot {
        id: SnapshotId::from_random((n as u128).to_be_bytes()),
        by: agent.clone(),
        surface: surface.clone(),
        frame_time: Some(1),
        path: "/picture".to_owned(),
    };
    for n in 0..SNAPSHOTS_PER_SESSION {
        story.input(take(n));
    }
    let limit = SNAPSHOTS_PER_SESSION;
    let full = Err(Refusal::LimitReached {
        what: "pictures",
        limit,
    });
    assert_eq!(story.try_input(take(SNAPSHOTS_PER_SESSION)), full);
}

#[test]
fn steps_that_name_every_drawing_are_bounded_by_what_they_name() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    for _ in 0..ANNOTATIONS_PER_SESSION {
        story.draw(&agent, &surface);
    }
    let full = Err(Refusal::LimitReached {
        what: "drawings named in steps",
        limit: NAMED_PER_SESSION,
    });
    story.clear(&agent, &surface).unwrap();
    let mut steps = 1;
    let refused = loop {
        let step = if steps % 2 == 1 {
            story.undo(&agent)
        } else {
            story.redo(&agent)
        };
        if step.is_err() {
            break step;
        }
        steps += 1;
    };
    assert_eq!(refused, full);
    assert_eq!(steps, NAMED_PER_SESSION / ANNOTATIONS_PER_SESSION);
    let again = SessionState::restore(config(), story.records.clone());
    assert_eq!(again.durable(), story.state.durable());
}

#[test]
fn the_chat_is_bounded_in_bytes() {
    let mut story = Story::new();
    let agent = story.arrive(Role::Agent, false);
    let text = "\u{1F527}".repeat(CHAT_CHARS as usize);
    let say = |n: usize| ClientMessage::ChatSend {
        client_id: n.to_string(),
        text: text.clone(),
    };
    let fit = CHAT_BYTES_PER_SESSION / text.len();
    for n in 0..fit {
        story.say(&agent, say(n)).unwrap();
    }
    let full = Err(Refusal::LimitReached {
        what: "bytes of chat",
        limit: CHAT_BYTES_PER_SESSION,
    });
    assert_eq!(story.say(&agent, say(fit)), full);
}

#[test]
fn consent_given_over_and_over_is_refused_at_last_and_can_always_be_taken_back() {
    let mut story = Story::new();
    let (customer, _) = story.customer_on_camera(false);
    for _ in 1..GRANTS_PER_SESSION {
        story.consent(&customer, ConsentScope::Camera, false);
        story.consent(&customer, ConsentScope::Camera, true);
    }
    let grant = |scope| ClientMessage::SetConsent {
        scope,
        granted: true,
        film_days: None,
    };
    let full = Err(Refusal::LimitReached {
        what: "grants of consent",
        limit: GRANTS_PER_SESSION as usize,
    });
    let refused = story.say(&customer, grant(ConsentScope::Microphone));
    assert_eq!(refused, full);
    story.consent(&customer, ConsentScope::Camera, false);
    let missing = Err(Refusal::ConsentMissing(ConsentScope::Camera));
    assert_eq!(story.say(&customer, offer(SurfaceKind::Camera)), missing);
}

#[test]
fn leaving_and_coming_back_is_bounded_also_after_a_restart() {
    let mut story = Story::new();
    let agent = story.arrive(Role::Agent, false);
    for _ in 0..RETURNS_PER_PARTICIPANT {
        story.say(&agent, ClientMessage::Leave).unwrap();
        story.connect(&agent, false);
    }
    story.say(&agent, ClientMessage::Leave).unwrap();
    let back = Input::Connect {
        participant: agent.clone(),
        tracks_anchors: false,
        on_page: false,
    };
    let full = Err(Refusal::LimitReached {
        what: "returns of one participant",
        limit: RETURNS_PER_PARTICIPANT.into(),
    });
    assert_eq!(story.try_input(back.clone()), full);
    story.state = SessionState::restore(config(), story.records.clone());
    assert_eq!(story.try_input(back), full);
    story.arrive(Role::Technician, false);
}
