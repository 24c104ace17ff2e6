//! Nothing is published without consent, and what is withdrawn disappears.

mod story;

use sightline_protocol::{
    ClientMessage, ConsentScope, ParticipantId, PublishedTrack, Role, ServerMessage, SurfaceKind,
    TrackKind,
};
use sightline_session::{Capability, Input, Output, Refusal};
use story::{Story, messages, negotiated, offer};

#[test]
fn an_offer_without_consent_is_refused_and_with_it_passed_on() {
    let mut story = Story::new();
    let customer = story.arrive(Role::Customer, false);
    for (kind, scope) in [
        (SurfaceKind::Camera, ConsentScope::Camera),
        (SurfaceKind::Screen, ConsentScope::Screen),
    ] {
        assert_eq!(
            story.say(&customer, offer(kind)),
            Err(Refusal::ConsentMissing(scope))
        );
        story.consent(&customer, scope, true);
        let out = story.say(&customer, offer(kind)).unwrap();
        assert_eq!(negotiated(&out).len(), 1);
    }
    let sound = ClientMessage::Offer {
        number: 1,
        sdp: "v=0".to_owned(),
        tracks: vec![PublishedTrack {
            mid: "1".to_owned(),
            kind: TrackKind::Audio,
            surface: None,
        }],
    };
    let missing = Err(Refusal::ConsentMissing(ConsentScope::Microphone));
    assert_eq!(story.say(&customer, sound.clone()), missing);
    story.consent(&customer, ConsentScope::Microphone, true);
    assert!(story.say(&customer, sound).is_ok());
}

#[test]
fn consent_for_one_thing_opens_no_other() {
    let mut story = Story::new();
    let customer = story.arrive(Role::Customer, false);
    story.consent(&customer, ConsentScope::Camera, true);
    let refused = Err(Refusal::ConsentMissing(ConsentScope::Screen));
    assert_eq!(story.say(&customer, offer(SurfaceKind::Screen)), refused);
}

#[test]
fn the_consent_of_one_customer_opens_nothing_of_another() {
    let mut story = Story::new();
    let (_, _) = story.customer_on_camera(false);
    let other = story.arrive(Role::Customer, false);
    let refused = Err(Refusal::ConsentMissing(ConsentScope::Camera));
    assert_eq!(story.say(&other, offer(SurfaceKind::Camera)), refused);
    assert!(
        story
            .state
            .welcome(&other, 0)
            .unwrap()
            .consent
            .granted
            .is_empty()
    );
}

#[test]
fn withdrawing_closes_the_gate_before_it_says_so() {
    let mut story = Story::new();
    let (customer, surface) = story.customer_on_camera(false);
    let withdraw = ClientMessage::SetConsent {
        scope: ConsentScope::Camera,
        granted: false,
        film_days: None,
    };
    let out = story.say(&customer, withdraw).unwrap();
    let closed = out
        .iter()
        .position(|o| {
            *o == Output::ForwardSurface {
                surface: surface.clone(),
                open: false,
            }
        })
        .expect("the gate closes");
    let told = out
        .iter()
        .position(|o| {
            matches!(
                o,
                Output::Send {
                    message: ServerMessage::ConsentChanged { .. },
                    ..
                }
            )
        })
        .expect("people are told");
    assert!(closed < told);
    assert!(messages(&out).contains(&&ServerMessage::SurfaceRemoved { surface }));
    assert!(story.state.surfaces().is_empty());
}

#[test]
fn consent_withdrawn_while_media_negotiates_keeps_the_surface_out() {
    let mut story = Story::new();
    let customer = story.arrive(Role::Customer, false);
    story.consent(&customer, ConsentScope::Camera, true);
    let out = story.say(&customer, offer(SurfaceKind::Camera)).unwrap();
    let tracks = negotiated(&out);
    story.consent(&customer, ConsentScope::Camera, false);
    let out = story.input(Input::Negotiated {
        participant: customer,
        tracks,
    });
    assert!(
        matches!(out[..], [Output::ForwardSurface { open: false, .. }]),
        "{out:?}"
    );
    assert!(story.state.surfaces().is_empty());
}

#[test]
fn leaving_takes_back_everything() {
    let mut story = Story::new();
    let (customer, _) = story.customer_on_camera(false);
    story.say(&customer, ClientMessage::Leave).unwrap();
    assert!(story.state.surfaces().is_empty());
    assert!(story.state.consent_entries().all(|entry| !entry.granted));
}

#[test]
fn only_a_customer_gives_consent_and_only_a_customer_shows_pictures() {
    let mut story = Story::new();
    for role in [
        Role::Agent,
        Role::Technician,
        Role::Supervisor,
        Role::Recorder,
        Role::Vision,
    ] {
        let who = story.arrive(role, false);
        let give = ClientMessage::SetConsent {
            scope: ConsentScope::Camera,
            granted: true,
            film_days: None,
        };
        let forbidden = |capability| Err(Refusal::Forbidden { role, capability });
        assert_eq!(story.say(&who, give), forbidden(Capability::GiveConsent));
        let shown = story.say(&who, offer(SurfaceKind::Camera));
        assert_eq!(shown, forbidden(Capability::PublishPicture));
    }
}

#[test]
fn the_curtain_closes_the_gate_and_only_its_owner_draws_it() {
    let mut story = Story::new();
    let (customer, surface) = story.customer_on_camera(false);
    let agent = story.arrive(Role::Agent, false);
    let pause = |paused| ClientMessage::SetPaused {
        surface: surface.clone(),
        paused,
    };
    assert_eq!(story.say(&agent, pause(true)), Err(Refusal::NotYours));
    let out = story.say(&customer, pause(true)).unwrap();
    assert_eq!(
        out[0],
        Output::ForwardSurface {
            surface: surface.clone(),
            open: false
        }
    );
    // A renegotiation behind the curtain does not open it.
    story.publish(&customer, SurfaceKind::Camera);
    assert!(story.state.surfaces()[0].paused);
    let out = story.say(&customer, pause(false)).unwrap();
    assert_eq!(
        out[0],
        Output::ForwardSurface {
            surface,
            open: true
        }
    );
}

#[test]
fn hidden_parts_are_told_by_their_owner_to_everybody() {
    let mut story = Story::new();
    let (customer, surface) = story.customer_on_camera(false);
    let agent = story.arrive(Role::Agent, false);
    let hide = |parts| ClientMessage::SetHidden {
        surface: surface.clone(),
        parts,
    };
    assert_eq!(story.say(&agent, hide(1)), Err(Refusal::NotYours));
    let out = story.say(&customer, hide(2)).unwrap();
    let [Output::Broadcast { message, .. }] = &out[..] else {
        panic!("{out:?}");
    };
    let ServerMessage::SurfaceUpdated { surface: told } = message else {
        panic!("{message:?}");
    };
    assert_eq!(told.hidden_parts, 2);
    assert_eq!(story.say(&customer, hide(2)).unwrap(), [], "said already");
    // A renegotiation shows no more than before.
    story.publish(&customer, SurfaceKind::Camera);
    assert_eq!(story.state.surfaces()[0].hidden_parts, 2);
}

#[test]
fn pictures_need_consent_and_a_role() {
    let mut story = Story::new();
    let (customer, surface) = story.customer_on_camera(false);
    let agent = story.arrive(Role::Agent, false);
    let refused = Err(Refusal::ConsentMissing(ConsentScope::Snapshot));
    assert_eq!(story.state.may_take_snapshot(&agent, &surface), refused);
    story.consent(&customer, ConsentScope::Snapshot, true);
    assert_eq!(story.state.may_take_snapshot(&agent, &surface), Ok(()));
    let forbidden = Err(Refusal::Forbidden {
        role: Role::Customer,
        capability: Capability::TakeSnapshot,
    });
    assert_eq!(
        story.state.may_take_snapshot(&customer, &surface),
        forbidden
    );
}

#[test]
fn a_page_is_shared_only_with_consent_and_goes_with_it() {
    let mut story = Story::new();
    let customer = story.arrive(Role::Customer, true);
    let agent = story.arrive(Role::Agent, false);
    let share = |story: &mut Story, who: &ParticipantId| story.say(who, ClientMessage::SharePage);
    assert!(matches!(
        share(&mut story, &customer),
        Err(Refusal::ConsentMissing(ConsentScope::Page))
    ));
    assert!(matches!(
        share(&mut story, &agent),
        Err(Refusal::Forbidden { .. })
    ));
    story.consent(&customer, ConsentScope::Page, true);
    let out = share(&mut story, &customer).unwrap();
    let surface = out
        .iter()
        .find_map(|o| match o {
            Output::Broadcast {
                message: ServerMessage::SurfaceUpdated { surface },
                ..
            } => Some(surface.clone()),
            _ => None,
        })
        .unwrap();
    assert_eq!(surface.kind, SurfaceKind::Page);
    assert_eq!(surface.tracker, None, "a page has no frames to track");
    // A negotiation of a camera does not speak of the page.
    story.input(Input::Negotiated {
        participant: customer.clone(),
        tracks: vec![],
    });
    let out = story
        .say(
            &customer,
            ClientMessage::SetConsent {
                scope: ConsentScope::Page,
                granted: false,
                film_days: None,
            },
        )
        .unwrap();
    assert!(out.iter().any(|o| matches!(
        o,
        Output::Broadcast {
            message: ServerMessage::SurfaceRemoved { surface: gone },
            ..
        } if *gone == surface.id
    )));
}
