//! Whether what a customer shows is kept: as the company wishes, and as the customer was told.

mod story;

use sightline_protocol::{ConsentScope, ParticipantId, Role, ServerMessage, SurfaceKind};
use sightline_session::{Input, Output, SessionState};
use story::{Story, messages};

fn told(out: &[Output]) -> Vec<bool> {
    messages(out)
        .into_iter()
        .filter_map(|message| match message {
            ServerMessage::SurfaceUpdated { surface } => Some(surface.kept),
            _ => None,
        })
        .collect()
}

fn customer(story: &mut Story, days: Option<u16>) -> ParticipantId {
    let customer = story.arrive(Role::Customer, false);
    story.consent_told(&customer, ConsentScope::Camera, true, days);
    customer
}

#[test]
fn a_surface_is_kept_when_the_company_wants_it_and_the_customer_read_so() {
    for (company, told, kept) in [
        (None, None, false),
        (None, Some(30), false),
        (Some(30), None, false),
        (Some(30), Some(29), false),
        (Some(30), Some(30), true),
        (Some(7), Some(30), true),
    ] {
        let mut story = Story::new();
        story.input(Input::FilmDays { days: company });
        let customer = customer(&mut story, told);
        story.publish(&customer, SurfaceKind::Camera);
        let surface = &story.state.surfaces()[0];
        assert_eq!(surface.kept, kept, "{company:?} {told:?}");
    }
}

#[test]
fn what_is_kept_follows_the_company_and_the_last_answer_and_everybody_is_told_once() {
    let mut story = Story::new();
    let customer = customer(&mut story, Some(7));
    story.publish(&customer, SurfaceKind::Camera);
    let days = |days| Input::FilmDays { days };
    assert_eq!(told(&story.input(days(Some(7)))), [true]);
    assert!(story.input(days(Some(5))).is_empty(), "kept as before");
    assert_eq!(told(&story.input(days(Some(8)))), [false]);
    let camera = ConsentScope::Camera;
    let out = story.consent_told(&customer, camera, true, Some(8));
    assert_eq!(told(&out), [true]);
    assert_eq!(
        messages(&out).len(),
        1,
        "what is allowed is as before: {out:?}"
    );
    let out = story.consent_told(&customer, camera, true, None);
    assert_eq!(told(&out), [false]);
    // After a withdrawal the words of before count no more.
    story.consent_told(&customer, camera, true, Some(8));
    story.consent(&customer, camera, false);
    story.consent(&customer, camera, true);
    story.publish(&customer, SurfaceKind::Camera);
    assert!(!story.state.surfaces()[0].kept);
}

#[test]
fn one_surfaces_film_keeps_no_other_and_no_page() {
    let mut story = Story::new();
    story.input(Input::FilmDays { days: Some(3) });
    let customer = customer(&mut story, Some(3));
    story.consent(&customer, ConsentScope::Screen, true);
    story.consent_told(&customer, ConsentScope::Page, true, Some(3));
    story
        .say(&customer, sightline_protocol::ClientMessage::SharePage)
        .unwrap();
    story.publish(&customer, SurfaceKind::Screen);
    assert!(story.state.surfaces().iter().all(|surface| !surface.kept));
    story.publish(&customer, SurfaceKind::Camera);
    let kept = story.state.surfaces().iter().filter(|surface| surface.kept);
    assert_eq!(
        kept.map(|it| it.kind).collect::<Vec<_>>(),
        [SurfaceKind::Camera]
    );
}

#[test]
fn a_restarted_server_knows_what_the_customer_read() {
    let mut story = Story::new();
    customer(&mut story, Some(3));
    let restored = SessionState::restore(story::config(), story.records.clone());
    assert_eq!(restored.durable(), story.state.durable());
}
