//! One order for everybody, undo for each author.

mod story;

use sightline_protocol::{
    AnchorReason, AnchorStatus, AnnotationId, AnnotationOp, Attach, ClientMessage, ConsentScope,
    PageNode, Role, ServerMessage, Shape, SurfaceId, SurfaceKind,
};
use sightline_session::{Capability, Output, Refusal};
use std::collections::HashMap;
use story::{Story, messages, sent_to};

/// What a screen shows after the whole log, by the rules of the protocol only.
fn visible(story: &Story) -> Vec<AnnotationId> {
    let mut shown: HashMap<AnnotationId, bool> = HashMap::new();
    let mut order = Vec::new();
    for event in story.state.annotation_events() {
        match &event.op {
            AnnotationOp::Added { annotation } => {
                assert_eq!(annotation.anchor, event.seq);
                order.push(annotation.id.clone());
                shown.insert(annotation.id.clone(), true);
            }
            AnnotationOp::Hidden { ids } => ids.iter().for_each(|id| {
                assert_eq!(shown.insert(id.clone(), false), Some(true), "hidden twice");
            }),
            AnnotationOp::Shown { ids } => ids.iter().for_each(|id| {
                assert_eq!(shown.insert(id.clone(), true), Some(false), "shown twice");
            }),
            AnnotationOp::Unknown => unreachable!(),
        }
    }
    order.retain(|id| shown[id]);
    order
}

#[test]
fn the_log_has_no_gaps_and_one_order() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let (agent, technician) = (
        story.arrive(Role::Agent, false),
        story.arrive(Role::Technician, false),
    );
    for i in 0..10 {
        story.draw(if i % 3 == 0 { &technician } else { &agent }, &surface);
    }
    let seqs: Vec<_> = story
        .state
        .annotation_events()
        .iter()
        .map(|e| e.seq)
        .collect();
    assert_eq!(seqs, (1..=10).collect::<Vec<_>>());
    assert_eq!(visible(&story).len(), 10);
}

#[test]
fn the_same_request_twice_draws_once_and_another_authors_same_request_draws_too() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let (agent, technician) = (
        story.arrive(Role::Agent, false),
        story.arrive(Role::Technician, false),
    );
    let message = story.circle(&surface);
    assert!(!story.say(&agent, message.clone()).unwrap().is_empty());
    assert!(story.say(&agent, message.clone()).unwrap().is_empty());
    assert!(!story.say(&technician, message).unwrap().is_empty());
    assert_eq!(visible(&story).len(), 2);
}

#[test]
fn undo_takes_back_ones_own_last_step_only() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let (agent, technician) = (
        story.arrive(Role::Agent, false),
        story.arrive(Role::Technician, false),
    );
    story.draw(&agent, &surface);
    story.draw(&technician, &surface);
    let all = visible(&story);
    story.undo(&agent).unwrap();
    assert_eq!(visible(&story), all[1..]);
    assert_eq!(story.undo(&agent), Err(Refusal::NothingToUndo));
    story.redo(&agent).unwrap();
    assert_eq!(visible(&story), all);
    assert_eq!(story.redo(&agent), Err(Refusal::NothingToRedo));
}

#[test]
fn a_new_step_empties_the_redo_stack() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    story.draw(&agent, &surface);
    story.undo(&agent).unwrap();
    story.draw(&agent, &surface);
    assert_eq!(story.redo(&agent), Err(Refusal::NothingToRedo));
    assert_eq!(visible(&story).len(), 1);
}

#[test]
fn clear_hides_everything_on_the_surface_and_can_be_undone() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let (_, other) = story.customer_on_camera(true);
    let (agent, technician) = (
        story.arrive(Role::Agent, false),
        story.arrive(Role::Technician, false),
    );
    story.draw(&agent, &surface);
    story.draw(&technician, &surface);
    story.draw(&agent, &other);
    let all = visible(&story);
    story.clear(&agent, &surface).unwrap();
    assert_eq!(visible(&story), all[2..]);
    story.undo(&agent).unwrap();
    assert_eq!(visible(&story), all);
    story.redo(&agent).unwrap();
    assert_eq!(visible(&story), all[2..]);
}

#[test]
fn a_clear_that_finds_nothing_is_answered_and_never_done_later() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    story.draw(&agent, &surface);
    story.undo(&agent).unwrap();
    let clear = ClientMessage::AnnotationClear {
        client_id: "clear".into(),
        surface: surface.clone(),
    };
    assert!(
        !story.say(&agent, clear.clone()).unwrap().is_empty(),
        "its author is told"
    );
    story.redo(&agent).unwrap();
    assert_eq!(visible(&story).len(), 1, "redo is as it was");
    // Asked again after a lost connection.
    story.say(&agent, clear).unwrap();
    assert_eq!(visible(&story).len(), 1);
    story.undo(&agent).unwrap();
    assert_eq!(
        visible(&story),
        [],
        "undo takes the drawing back, not the clear"
    );
}

#[test]
fn undo_skips_a_step_that_somebody_else_already_took_back() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let (agent, technician) = (
        story.arrive(Role::Agent, false),
        story.arrive(Role::Technician, false),
    );
    story.draw(&technician, &surface);
    story.draw(&technician, &surface);
    let all = visible(&story);
    let remove = |id: &AnnotationId, request: &str| ClientMessage::AnnotationRemove {
        client_id: request.to_owned(),
        id: id.clone(),
    };
    story.say(&agent, remove(&all[1], "a")).unwrap();
    story.undo(&technician).unwrap();
    assert!(visible(&story).is_empty());
    // What the agent deleted comes back by the agent's undo only.
    story.undo(&agent).unwrap();
    assert_eq!(visible(&story), all[1..]);
    assert_eq!(
        story.say(&agent, remove(&all[0], "b")),
        Err(Refusal::NoAnnotation)
    );
}

#[test]
fn a_technician_deletes_own_drawings_and_an_agent_any() {
    let mut story = Story::new();
    let (customer, surface) = story.customer_on_camera(true);
    let (agent, technician) = (
        story.arrive(Role::Agent, false),
        story.arrive(Role::Technician, false),
    );
    story.draw(&agent, &surface);
    story.draw(&technician, &surface);
    let all = visible(&story);
    let remove = |id: &AnnotationId, request: &str| ClientMessage::AnnotationRemove {
        client_id: request.to_owned(),
        id: id.clone(),
    };
    let forbidden = |role, capability| Err(Refusal::Forbidden { role, capability });
    let refused = story.say(&technician, remove(&all[0], "t1"));
    assert_eq!(refused, forbidden(Role::Technician, Capability::RemoveAny));
    let refused = story.say(&customer, remove(&all[0], "c1"));
    assert_eq!(refused, forbidden(Role::Customer, Capability::Draw));
    story.say(&technician, remove(&all[1], "t2")).unwrap();
    story.say(&agent, remove(&all[0], "a1")).unwrap();
    assert!(visible(&story).is_empty());
}

#[test]
fn a_drawing_on_the_world_that_nobody_tracks_is_lost_and_says_why() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(false);
    let agent = story.arrive(Role::Agent, false);
    let out = story.draw(&agent, &surface);
    let state = messages(&out)
        .into_iter()
        .find_map(|m| match m {
            ServerMessage::AnchorStates { states } => Some(states[0].clone()),
            _ => None,
        })
        .expect("a state");
    assert_eq!(
        (state.status, state.reason),
        (AnchorStatus::Lost, AnchorReason::NoTracker)
    );
    assert_eq!(state.last_seen, Some([0.5, 0.25]));
    let fixed = ClientMessage::AnnotationAdd {
        client_id: "frame".to_owned(),
        surface,
        frame_time: None,
        attach: Attach::Frame,
        node: None,
        shape: Shape::Arrow {
            from: [0.0, 0.0],
            to: [1.0, 1.0],
        },
        width: 0.01,
    };
    assert_eq!(
        messages(&story.say(&agent, fixed).unwrap()).len(),
        1,
        "no state for the frame"
    );
}

#[test]
fn somebody_who_saw_a_gap_gets_exactly_what_is_missing() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    for _ in 0..230 {
        story.draw(&agent, &surface);
    }
    let out = story
        .say(&agent, ClientMessage::AnnotationSync { after: 5 })
        .unwrap();
    let seqs: Vec<u32> = sent_to(&out, &agent)
        .into_iter()
        .flat_map(|m| match m {
            ServerMessage::AnnotationEvents { events } => events.iter().map(|e| e.seq).collect(),
            _ => vec![],
        })
        .collect();
    assert_eq!(seqs, (6..=230).collect::<Vec<_>>());
    for after in [230, 231, u32::MAX] {
        let out = story
            .say(&agent, ClientMessage::AnnotationSync { after })
            .unwrap();
        assert!(out.is_empty(), "{after}");
    }
}

#[test]
fn a_drawing_needs_a_published_surface_and_a_known_shape() {
    let mut story = Story::new();
    let (customer, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    let strange = ClientMessage::AnnotationAdd {
        client_id: "x".to_owned(),
        surface: surface.clone(),
        frame_time: None,
        attach: Attach::World,
        node: None,
        shape: Shape::Unknown,
        width: 0.01,
    };
    assert!(matches!(
        story.say(&agent, strange),
        Err(Refusal::NotSupported(_))
    ));
    story
        .say(
            &customer,
            ClientMessage::StopSurface {
                surface: surface.clone(),
            },
        )
        .unwrap();
    let message = story.circle(&surface);
    assert_eq!(story.say(&agent, message), Err(Refusal::NoSurface));
}

#[test]
fn a_drawing_on_a_page_holds_on_to_an_element_and_one_on_a_picture_to_none() {
    let mut story = Story::new();
    let (customer, camera) = story.customer_on_camera(true);
    story.consent(&customer, ConsentScope::Page, true);
    story.say(&customer, ClientMessage::SharePage).unwrap();
    let page = story
        .state
        .surfaces()
        .iter()
        .find(|s| s.kind == SurfaceKind::Page)
        .expect("the page is shared")
        .id
        .clone();
    let agent = story.arrive(Role::Agent, false);
    let element = PageNode {
        tab: 1,
        page: 7,
        node: 57,
    };
    let mut draw = |surface: &SurfaceId, attach, node| {
        let ClientMessage::AnnotationAdd {
            client_id,
            shape,
            width,
            ..
        } = story.circle(surface)
        else {
            unreachable!("a circle is a drawing")
        };
        let message = ClientMessage::AnnotationAdd {
            client_id,
            surface: surface.clone(),
            frame_time: None,
            attach,
            node,
            shape,
            width,
        };
        story.say(&agent, message)
    };
    let refused =
        |done: Result<Vec<Output>, Refusal>| matches!(done, Err(Refusal::NotSupported(_)));
    assert!(refused(draw(&page, Attach::Frame, None)));
    assert!(refused(draw(&page, Attach::World, Some(element))));
    assert!(refused(draw(&camera, Attach::Frame, Some(element))));
    // Controls: each on its own surface.
    let out = draw(&page, Attach::Frame, Some(element)).unwrap();
    let added = messages(&out).into_iter().find_map(|m| match m {
        ServerMessage::AnnotationEvents { events } => match &events[0].op {
            AnnotationOp::Added { annotation } => Some(annotation.node),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(added, Some(Some(element)));
    draw(&camera, Attach::World, None).unwrap();
    // One order for both, and each author takes back only the own last step.
    let other = story.arrive(Role::Agent, false);
    assert_eq!(story.undo(&other), Err(Refusal::NothingToUndo));
    story.undo(&agent).unwrap();
    story.undo(&agent).unwrap();
    let seqs: Vec<u32> = story
        .state
        .annotation_events()
        .iter()
        .map(|e| e.seq)
        .collect();
    assert_eq!(seqs, [1, 2, 3, 4]);
}
