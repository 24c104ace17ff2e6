//! The records of a session, replayed, give the same session; the log follows the protocol's rules
//! whatever people do.

mod story;

use sightline_protocol::{
    AnnotationId, AnnotationOp, ClientMessage, ConsentScope, ParticipantId, Role, SnapshotId,
    SurfaceKind,
};
use sightline_session::{Input, Record, SessionState};
use std::collections::HashMap;
use story::{Seeded, Story, config, negotiated, offer};

/// Some seeded step; refusals are part of the game and change nothing.
fn step(story: &mut Story, choice: &mut Seeded, people: &mut Vec<ParticipantId>) {
    let who = people[choice.below(people.len())].clone();
    let surface = story.state.surfaces().first().map(|s| s.id.clone());
    let ids: Vec<AnnotationId> = story
        .state
        .annotation_events()
        .iter()
        .filter_map(|e| match &e.op {
            AnnotationOp::Added { annotation } => Some(annotation.id.clone()),
            _ => None,
        })
        .collect();
    let message = match choice.below(20) {
        0 => {
            let roles = [
                Role::Agent,
                Role::Technician,
                Role::Customer,
                Role::Supervisor,
            ];
            let role = roles[choice.below(roles.len())];
            let participant = ParticipantId::from_random(choice.bytes16());
            let name = "Somebody".to_owned();
            let input = Input::Join {
                participant: participant.clone(),
                role,
                name,
                same_as: None,
            };
            if story.try_input(input).is_ok() {
                people.push(participant);
            }
            return;
        }
        1 => {
            let tracks_anchors = choice.below(2) == 0;
            let _ = story.try_input(Input::Connect {
                participant: who,
                tracks_anchors,
                on_page: false,
            });
            return;
        }
        2 => {
            let _ = story.try_input(Input::Disconnect { participant: who });
            return;
        }
        3 => {
            story.now_ms += choice.below(40_000) as u32;
            let _ = story.try_input(Input::Tick);
            return;
        }
        4 => {
            let scopes = [
                ConsentScope::Camera,
                ConsentScope::Screen,
                ConsentScope::Snapshot,
            ];
            let scope = scopes[choice.below(scopes.len())];
            ClientMessage::SetConsent {
                scope,
                granted: choice.below(3) > 0,
                film_days: (choice.below(2) > 0).then_some(7),
            }
        }
        5 => {
            let kinds = [SurfaceKind::Camera, SurfaceKind::Screen];
            if let Ok(out) = story.say(&who, offer(kinds[choice.below(2)])) {
                let tracks = negotiated(&out);
                let _ = story.try_input(Input::Negotiated {
                    participant: who,
                    tracks,
                });
            }
            return;
        }
        6 => {
            let text = "hello".to_owned();
            ClientMessage::ChatSend {
                client_id: choice.below(50).to_string(),
                text,
            }
        }
        7 if choice.below(4) == 0 => ClientMessage::Leave,
        8 => {
            let Some(surface) = surface else { return };
            let id = SnapshotId::from_random(choice.bytes16());
            let path = "/p".to_owned();
            let input = Input::Snapshot {
                id,
                by: who,
                surface,
                frame_time: None,
                path,
            };
            let _ = story.try_input(input);
            return;
        }
        9 | 10 => {
            let _ = story.undo(&who);
            return;
        }
        11 => {
            let _ = story.redo(&who);
            return;
        }
        12 => {
            let Some(surface) = surface else { return };
            let _ = story.clear(&who, &surface);
            return;
        }
        13 if !ids.is_empty() => {
            let id = ids[choice.below(ids.len())].clone();
            ClientMessage::AnnotationRemove {
                client_id: story.request(),
                id,
            }
        }
        _ => {
            let Some(surface) = surface else { return };
            story.circle(&surface)
        }
    };
    let _ = story.say(&who, message);
}

fn play(seed: u64, steps: usize) -> Story {
    let mut story = Story::new();
    let mut choice = Seeded(seed);
    let (customer, _) = story.customer_on_camera(true);
    let mut people = vec![customer, story.arrive(Role::Agent, false)];
    for _ in 0..steps {
        step(&mut story, &mut choice, &mut people);
    }
    story
}

fn through_json(records: &[Record]) -> Vec<Record> {
    records
        .iter()
        .map(|r| serde_json::from_str(&serde_json::to_string(r).unwrap()).unwrap())
        .collect()
}

#[test]
fn replaying_the_records_gives_the_same_session() {
    let mut steps = 0;
    for seed in 1..=60 {
        let story = play(seed, 250);
        let replayed = SessionState::restore(config(), through_json(&story.records));
        assert!(replayed.durable() == story.state.durable(), "seed {seed}");
        steps += story.state.annotation_events().len();
        // The control: a log with one record less is another session.
        let mut shorter = story.records.clone();
        shorter.pop();
        let other = SessionState::restore(config(), shorter);
        assert!(other.durable() != story.state.durable(), "seed {seed}");
    }
    assert!(
        steps > 1_000,
        "the walk draws too little to prove anything: {steps}"
    );
}

#[test]
fn the_log_never_hides_twice_shows_twice_or_skips_a_number() {
    for seed in 100..160 {
        let story = play(seed, 250);
        let mut shown: HashMap<AnnotationId, bool> = HashMap::new();
        for (event, seq) in story.state.annotation_events().iter().zip(1..) {
            assert_eq!(event.seq, seq);
            match &event.op {
                AnnotationOp::Added { annotation } => {
                    assert_eq!(annotation.anchor, seq);
                    assert_eq!(shown.insert(annotation.id.clone(), true), None);
                }
                // Clearing what is clear hides nothing and is a step all the same.
                AnnotationOp::Hidden { ids } => ids.iter().for_each(|id| {
                    assert_eq!(shown.insert(id.clone(), false), Some(true), "seed {seed}");
                }),
                AnnotationOp::Shown { ids } => {
                    assert!(!ids.is_empty());
                    ids.iter().for_each(|id| {
                        assert_eq!(shown.insert(id.clone(), true), Some(false), "seed {seed}");
                    });
                }
                AnnotationOp::Unknown => unreachable!(),
            }
        }
    }
}

#[test]
fn the_same_inputs_with_the_same_randomness_give_the_same_records() {
    assert_eq!(play(7, 200).records, play(7, 200).records);
    assert_ne!(play(7, 200).records, play(8, 200).records);
}

#[test]
fn undo_works_after_a_restart_as_before_it() {
    let mut story = play(3, 100);
    let agent = story.arrive(Role::Agent, false);
    let (_, surface) = story.customer_on_camera(true);
    story.draw(&agent, &surface);
    story.draw(&agent, &surface);
    story.undo(&agent).unwrap();
    story.state = SessionState::restore(config(), story.records.clone());
    story.connect(&agent, false);
    story.redo(&agent).unwrap();
    story.undo(&agent).unwrap();
    story.undo(&agent).unwrap();
    assert!(story.undo(&agent).is_err());
}
