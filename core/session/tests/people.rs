//! Coming, going, coming back; chat, quality, end.

mod story;

use sightline_protocol::{
    ClientMessage, ConsentScope, ParticipantId, Quality, QualityLevel, Role, ServerMessage,
    SessionPhase, SurfaceKind,
    limits::{CHAT_PER_SESSION, PARTICIPANTS_PER_SESSION},
};
use sightline_session::{
    Capability, Input, Output, PLACE_KEPT_MS, QUALITY_EVERY_MS, Refusal, SURFACE_GRACE_MS,
};
use story::{Story, messages, offer, sent_to};

fn welcome(out: &[Output], who: &ParticipantId) -> sightline_protocol::Welcome {
    match sent_to(out, who)[..] {
        [ServerMessage::Welcome(welcome), ..] => (**welcome).clone(),
        ref other => panic!("welcome must come first: {other:?}"),
    }
}

#[test]
fn a_late_joiner_gets_everything() {
    let mut story = Story::new();
    let (customer, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    for _ in 0..3 {
        story.draw(&agent, &surface);
    }
    let say = ClientMessage::ChatSend {
        client_id: "c".to_owned(),
        text: "Hello".to_owned(),
    };
    story.say(&customer, say).unwrap();
    let late = story.join(Role::Technician, "Li");
    let out = story.connect(&late, false);
    let welcome = welcome(&out, &late);
    assert_eq!(welcome.you, late);
    assert_eq!(welcome.annotations.len(), 3);
    assert_eq!(welcome.chat[0].text, "Hello");
    assert_eq!(welcome.surfaces[0].id, surface);
    assert_eq!(welcome.consent.granted, [ConsentScope::Camera]);
    assert_eq!(welcome.participants.len(), 3);
    assert_eq!(welcome.session.phase, SessionPhase::Active);
    assert_eq!((welcome.video_slots, welcome.audio_slots), (1, 2));
    let numbers: Vec<_> = welcome
        .participants
        .iter()
        .map(|p| (p.number, p.color))
        .collect();
    assert_eq!(numbers, [(1, 0), (2, 1), (3, 2)]);
}

#[test]
fn coming_back_loses_nothing_and_keeps_the_place() {
    let mut story = Story::new();
    let (_, surface) = story.customer_on_camera(true);
    let agent = story.arrive(Role::Agent, false);
    story.draw(&agent, &surface);
    story.input(Input::Disconnect {
        participant: agent.clone(),
    });
    let out = story.connect(&agent, false);
    let welcome = welcome(&out, &agent);
    assert_eq!(welcome.annotations.len(), 1);
    assert_eq!(welcome.participants.len(), 2);
    story.undo(&agent).expect("the undo stack came back too");
}

#[test]
fn a_short_loss_keeps_the_surface_and_a_long_one_does_not() {
    let mut story = Story::new();
    let (customer, surface) = story.customer_on_camera(true);
    story.input(Input::Disconnect {
        participant: customer.clone(),
    });
    story.now_ms += SURFACE_GRACE_MS - 1_000;
    assert!(story.input(Input::Tick).is_empty());
    story.connect(&customer, true);
    story.now_ms += SURFACE_GRACE_MS;
    assert!(story.input(Input::Tick).is_empty());
    assert_eq!(story.state.surfaces().len(), 1);

    story.input(Input::Disconnect {
        participant: customer.clone(),
    });
    story.now_ms += SURFACE_GRACE_MS;
    let out = story.input(Input::Tick);
    assert!(messages(&out).contains(&&ServerMessage::SurfaceRemoved {
        surface: surface.clone()
    }));
    assert!(out.contains(&Output::DropMedia {
        participant: customer.clone()
    }));
    assert!(story.input(Input::Tick).is_empty(), "once");
    story.connect(&customer, true);
    assert_eq!(
        story.publish(&customer, SurfaceKind::Camera),
        surface,
        "the same name again"
    );
}

#[test]
fn the_seventeenth_is_refused_until_somebody_leaves() {
    let mut story = Story::new();
    let first = story.arrive(Role::Agent, false);
    for _ in 1..PARTICIPANTS_PER_SESSION {
        story.arrive(Role::Technician, false);
    }
    let join = |n| Input::Join {
        participant: ParticipantId::from_random([n; 16]),
        role: Role::Technician,
        name: String::new(),
        same_as: None,
    };
    let limit = PARTICIPANTS_PER_SESSION;
    let full = Err(Refusal::LimitReached {
        what: "participants",
        limit,
    });
    assert_eq!(story.try_input(join(1)), full);
    story.say(&first, ClientMessage::Leave).unwrap();
    assert!(story.try_input(join(1)).is_ok());
    assert_eq!(
        story.try_input(Input::Connect {
            participant: first.clone(),
            tracks_anchors: false,
            on_page: false,
        }),
        full,
        "whoever left has to wait as well"
    );
}

#[test]
fn somebody_away_for_long_gives_the_place_to_another() {
    let mut story = Story::new();
    for _ in 0..PARTICIPANTS_PER_SESSION {
        story.join(Role::Technician, "never came");
    }
    story.now_ms += PLACE_KEPT_MS;
    story.input(Input::Tick);
    story.arrive(Role::Agent, false);
}

#[test]
fn nobody_without_a_place_connects_or_speaks() {
    let mut story = Story::new();
    let stranger = ParticipantId::from_random([9; 16]);
    let connect = Input::Connect {
        participant: stranger.clone(),
        tracks_anchors: false,
        on_page: false,
    };
    assert_eq!(story.try_input(connect), Err(Refusal::NoParticipant));
    let ping = story.say(&stranger, ClientMessage::Ping { nonce: 1 });
    assert_eq!(ping, Err(Refusal::NoParticipant));
}

#[test]
fn names_are_shown_clean_and_never_empty() {
    let mut story = Story::new();
    let a = story.join(Role::Customer, "  Ana\n\u{7} K. ");
    let b = story.join(Role::Customer, "");
    assert_eq!(story.state.participant(&a).unwrap().name, "Ana K.");
    assert_eq!(story.state.participant(&b).unwrap().name, "Customer");
}

#[test]
fn the_chat_is_ordered_deduplicated_and_bounded() {
    let mut story = Story::new();
    let agent = story.arrive(Role::Agent, false);
    let say = |n: usize| ClientMessage::ChatSend {
        client_id: n.to_string(),
        text: "x".to_owned(),
    };
    for n in 0..CHAT_PER_SESSION {
        story.say(&agent, say(n)).unwrap();
    }
    assert!(
        story.say(&agent, say(0)).unwrap().is_empty(),
        "the same request again"
    );
    let limit = CHAT_PER_SESSION;
    let full = Err(Refusal::LimitReached {
        what: "chat messages",
        limit,
    });
    assert_eq!(story.say(&agent, say(CHAT_PER_SESSION)), full);
    let chat = story.state.welcome(&agent, 0).unwrap().chat;
    assert!(chat.iter().zip(1..).all(|(m, seq)| m.seq == seq));
    let supervisor = story.arrive(Role::Supervisor, false);
    let forbidden = Refusal::Forbidden {
        role: Role::Supervisor,
        capability: Capability::Chat,
    };
    assert_eq!(story.say(&supervisor, say(1)), Err(forbidden));
}

#[test]
fn quality_is_passed_on_once_a_second() {
    let mut story = Story::new();
    let agent = story.arrive(Role::Agent, false);
    let report = ClientMessage::ReportQuality {
        quality: Quality {
            rtt_ms: 300,
            loss: 0.0,
            fps: 30.0,
            saving: None,
        },
    };
    let out = story.say(&agent, report.clone()).unwrap();
    assert!(matches!(
        messages(&out)[..],
        [ServerMessage::QualityChanged {
            level: QualityLevel::Fair,
            ..
        }]
    ));
    assert!(story.say(&agent, report.clone()).unwrap().is_empty());
    story.now_ms += QUALITY_EVERY_MS;
    assert!(!story.say(&agent, report).unwrap().is_empty());
}

#[test]
fn an_ended_session_does_nothing_more() {
    let mut story = Story::new();
    let agent = story.arrive(Role::Agent, false);
    let technician = story.arrive(Role::Technician, false);
    let end = ClientMessage::EndSession;
    let forbidden = Refusal::Forbidden {
        role: Role::Technician,
        capability: Capability::EndSession,
    };
    assert_eq!(story.say(&technician, end.clone()), Err(forbidden));
    let out = story.say(&agent, end.clone()).unwrap();
    assert_eq!(out.last(), Some(&Output::Ended));
    assert_eq!(story.say(&agent, end), Err(Refusal::Ended));
    let join = Input::Join {
        participant: ParticipantId::from_random([3; 16]),
        role: Role::Customer,
        name: String::new(),
        same_as: None,
    };
    assert_eq!(story.try_input(join), Err(Refusal::Ended));
    assert_eq!(story.try_input(Input::Tick), Err(Refusal::Ended));
}

#[test]
fn a_request_for_a_surface_reaches_customers_only() {
    let mut story = Story::new();
    let customer = story.arrive(Role::Customer, false);
    let agent = story.arrive(Role::Agent, false);
    let ask = ClientMessage::RequestSurface {
        kind: SurfaceKind::Screen,
    };
    let out = story.say(&agent, ask.clone()).unwrap();
    assert_eq!(out.len(), 1);
    assert_eq!(sent_to(&out, &customer).len(), 1);
    assert!(story.say(&customer, ask).is_err());
}

#[test]
fn hello_twice_and_unknown_messages_are_refused() {
    let mut story = Story::new();
    let agent = story.arrive(Role::Agent, false);
    let hello = ClientMessage::Hello {
        protocol: 1,
        token: "t".to_owned(),
        tracks_anchors: false,
    };
    assert_eq!(story.say(&agent, hello), Err(Refusal::AlreadyOpen));
    assert!(story.say(&agent, ClientMessage::Unknown).is_err());
}

#[test]
fn a_second_device_is_the_same_person_and_its_consent_is_its_own() {
    let mut story = Story::new();
    let (first, _) = story.customer_on_camera(false);
    let agent = story.arrive(Role::Agent, false);
    let join = |n: u8, role, same_as| Input::Join {
        participant: ParticipantId::from_random([n; 16]),
        role,
        name: "Somebody".to_owned(),
        same_as,
    };
    story.input(join(200, Role::Customer, Some(first.clone())));
    let phone = ParticipantId::from_random([200; 16]);
    let of = |id: &ParticipantId| story.state.participant(id).unwrap().clone();
    assert_eq!(of(&phone).same_as, Some(first.clone()));
    assert_eq!(
        (of(&phone).name, of(&phone).color),
        (of(&first).name, of(&first).color)
    );
    assert_ne!(of(&phone).number, of(&first).number);
    // Nothing that was allowed on the one is allowed on the other.
    assert_eq!(
        story.try_input(Input::Message {
            from: phone,
            message: offer(SurfaceKind::Camera),
        }),
        Err(Refusal::ConsentMissing(ConsentScope::Camera))
    );
    // Nobody becomes an agent's second device with a customer's invitation, or of nobody.
    let wrong = story.try_input(join(201, Role::Customer, Some(agent)));
    assert!(matches!(wrong, Err(Refusal::NotSupported(_))));
    let nobody = ParticipantId::from_random([99; 16]);
    let wrong = story.try_input(join(202, Role::Customer, Some(nobody)));
    assert_eq!(wrong, Err(Refusal::NoParticipant));
}
