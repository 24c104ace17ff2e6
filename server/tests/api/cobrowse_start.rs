//! Ways into a shared page: the code that the customer's page shows, a link for the customer's
//! phone, and what a tab hears of the session that it comes into.

use crate::{
    cobrowse::{Scene, Socket, consent, scene},
    harness::{ok, refused, ticket_of},
};
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use sightline_protocol::{ErrorCode, Role, http::Joined};

const MINUTES: i64 = 60_000;
const SITE: Option<&str> = Some("https://shop.example");

/// A page that shows a code, and the code.
async fn page_with_code(scene: &Scene, tenant: &str) -> (Socket, String) {
    let mut tab = Socket::open(&scene.server, "/api/cobrowse/tab", SITE).await;
    tab.say(json!({ "type": "show_code", "tenant": tenant }))
        .await;
    let code = tab.until("code").await["code"].as_str().unwrap().to_owned();
    (tab, code)
}

async fn tenant(scene: &Scene) -> String {
    let settings: Value = ok(scene
        .server
        .get("/api/cobrowse/settings")
        .header(COOKIE, &scene.cookie))
    .await;
    settings["tenant"].as_str().unwrap().to_owned()
}

/// Status and body of a claim.
async fn claim(scene: &Scene, cookie: &str, code: &str) -> (u16, String) {
    let path = format!("/api/sessions/{}/claims", scene.session);
    let body = json!({ "code": code });
    let sent = scene.server.post(&path, &body).header(COOKIE, cookie);
    let response = sent.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.text().await.unwrap())
}

fn wrong(good: &str) -> &'static str {
    if good == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn the_code_that_a_page_shows_brings_its_customer_into_the_session() {
    let scene = scene().await;
    let (mut tab, code) = page_with_code(&scene, &tenant(&scene).await).await;
    let typed = format!("{} {}", &code[..3], &code[3..]);
    assert_eq!(claim(&scene, &scene.cookie, &typed).await.0, 204);
    let preview = tab.until("preview").await["preview"].clone();
    assert_eq!(preview["agent_name"], "Marta");
    // Nothing is joined before the customer agrees.
    tab.say(json!({ "type": "accept", "ticket": preview["ticket"] }))
        .await;
    let joined = tab.until("joined").await["joined"].clone();
    assert_eq!(joined["session"], json!(scene.session));
    let hello =
        json!({ "type": "hello", "protocol": 1, "token": joined["token"], "tab": "t1", "page": 9 });
    tab.say(hello).await;
    tab.until("ready").await;
    let welcome = tab.until_session("welcome").await;
    let own = welcome["participants"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&own["id"], &own["on_page"]),
        (&welcome["you"], &json!(true))
    );
}

#[tokio::test]
async fn wrong_used_expired_foreign_and_closed_codes_of_pages_get_the_same_answer() {
    let scene = scene().await;
    let tenant = tenant(&scene).await;
    let (mut used, used_code) = page_with_code(&scene, &tenant).await;
    assert_eq!(claim(&scene, &scene.cookie, &used_code).await.0, 204);
    used.until("preview").await;
    let again = claim(&scene, &scene.cookie, &used_code).await;

    let (_old, old_code) = page_with_code(&scene, &tenant).await;
    scene.server.clock.advance_ms(10 * MINUTES);
    let expired = claim(&scene, &scene.cookie, &old_code).await;

    let (_foreign, foreign_code) = page_with_code(&scene, "ten_somebodyelse").await;
    let foreign = claim(&scene, &scene.cookie, &foreign_code).await;
    let unknown = claim(&scene, &scene.cookie, wrong(&foreign_code)).await;

    assert_eq!(unknown.0, 404, "{}", unknown.1);
    assert!(unknown.1.contains("invalid_code"));
    for (what, answer) in [("used", again), ("expired", expired), ("foreign", foreign)] {
        assert_eq!(answer, unknown, "{what}");
    }
    // Control: a code that is shown now works.
    scene.server.clock.advance_ms(MINUTES);
    let (_fresh, fresh_code) = page_with_code(&scene, &tenant).await;
    assert_eq!(claim(&scene, &scene.cookie, &fresh_code).await.0, 204);
}

#[tokio::test]
async fn the_sixth_guess_at_a_pages_code_waits_and_only_signed_in_people_guess() {
    let scene = scene().await;
    let (_tab, code) = page_with_code(&scene, &tenant(&scene).await).await;
    let path = format!("/api/sessions/{}/claims", scene.session);
    let nobody = scene.server.post(&path, &json!({ "code": code }));
    assert_eq!(refused(nobody).await, (401, ErrorCode::Unauthenticated));
    for _ in 0..5 {
        let (_, body) = claim(&scene, &scene.cookie, wrong(&code)).await;
        assert!(body.contains("invalid_code"), "{body}");
    }
    assert_eq!(claim(&scene, &scene.cookie, &code).await.0, 429);
    // The code was not used up by the refused try.
    scene.server.clock.advance_ms(MINUTES);
    assert_eq!(claim(&scene, &scene.cookie, &code).await.0, 204);
}

#[tokio::test]
async fn another_company_cannot_take_a_customer_and_a_listed_origin_is_needed() {
    let scene = scene().await;
    let tenant = tenant(&scene).await;
    let (_tab, code) = page_with_code(&scene, &tenant).await;
    let foreigner = scene.server.foreigner().await;
    let session = scene.server.make_session(&foreigner).await;
    let path = format!("/api/sessions/{session}/claims");
    let body = json!({ "code": code });
    let taken = scene.server.post(&path, &body).header(COOKIE, &foreigner);
    assert_eq!(refused(taken).await.1, ErrorCode::InvalidCode);
    assert_eq!(
        claim(&scene, &scene.cookie, &code).await.0,
        204,
        "still there"
    );
    let rules =
        json!({ "mode": "marked_and_inputs", "rules": [], "origins": ["https://www.example"] });
    let put = scene
        .server
        .put("/api/cobrowse/settings", &rules)
        .header(COOKIE, &scene.cookie);
    let _: Value = ok(put).await;
    let mut tab = Socket::open(&scene.server, "/api/cobrowse/tab", SITE).await;
    tab.say(json!({ "type": "show_code", "tenant": tenant }))
        .await;
    assert_eq!(tab.until("error").await["code"], "invalid_code");
}

async fn phone_ticket(tab: &mut Socket) -> String {
    tab.say(json!({ "type": "phone" })).await;
    let phone = tab.until("phone").await;
    let (width, modules) = (phone["qr_width"].as_u64(), phone["qr"].as_str());
    assert_eq!(width.unwrap().pow(2), modules.unwrap().len() as u64);
    assert_eq!(phone["valid_s"], 300);
    let link = phone["link"].as_str().unwrap();
    link.split_once("/j/#").unwrap().1.to_owned()
}

#[tokio::test]
async fn the_customers_phone_joins_as_the_same_person_once_and_soon() {
    let scene = scene().await;
    let mut tab = scene.tab().await;
    let ticket = phone_ticket(&mut tab).await;
    let phone = scene.server.accept(&ticket).await;
    assert_eq!(
        (&phone.session, phone.role),
        (&scene.session, Role::Customer)
    );
    assert_ne!(phone.participant, scene.customer.participant);
    let joined = tab.until_session("participant_updated").await["participant"].clone();
    assert_eq!(joined["id"], json!(phone.participant));
    assert_eq!(joined["same_as"], json!(scene.customer.participant));
    let accept = |ticket: &str| {
        let body = json!({ "ticket": ticket, "name": "" });
        scene.server.post("/api/join/accept", &body)
    };
    assert_eq!(refused(accept(&ticket)).await.1, ErrorCode::InvalidCode);
    let late = phone_ticket(&mut tab).await;
    scene.server.clock.advance_ms(5 * MINUTES);
    assert_eq!(refused(accept(&late)).await.1, ErrorCode::InvalidCode);
    // Control: just before the end it works.
    let in_time = phone_ticket(&mut tab).await;
    scene.server.clock.advance_ms(5 * MINUTES - 1);
    let _: Joined = ok(accept(&in_time)).await;
    // Control: an ordinary invitation makes a person of its own.
    let invite = scene
        .server
        .invite(&scene.cookie, &scene.session, Role::Customer)
        .await;
    let other = scene.server.accept(&ticket_of(&invite)).await;
    loop {
        let one = tab.until_session("participant_updated").await["participant"].clone();
        if one["id"] == json!(other.participant) {
            assert_eq!(one["same_as"], Value::Null);
            break;
        }
    }
}

#[tokio::test]
async fn a_session_makes_only_so_many_links_for_a_phone() {
    let scene = scene().await;
    let mut tab = scene.tab().await;
    for _ in 0..20 {
        phone_ticket(&mut tab).await;
    }
    tab.say(json!({ "type": "phone" })).await;
    assert_eq!(tab.until("error").await["code"], "limit_reached");
}

#[tokio::test]
async fn a_tab_that_comes_later_hears_what_was_said_and_drawn_before() {
    let scene = scene().await;
    let mut tab = scene.tab().await;
    consent(&mut tab, true).await;
    tab.say(json!({ "type": "session", "message": { "type": "share_page" } }))
        .await;
    let surface = tab.until_session("surface_updated").await["surface"]["id"].clone();
    let mut agent = scene.server.connect(&scene.agent).await;
    agent
        .send(&json!({ "type": "chat_send", "client_id": "a", "text": "Look here" }))
        .await;
    agent
        .send(&json!({
            "type": "annotation_add", "client_id": "b", "surface": surface, "frame_time": null,
            "attach": "frame", "node": { "tab": 1, "page": 3, "node": 12 }, "width": 0.005,
            "shape": { "type": "circle", "center": [0.5, 0.5], "radius": [0.5, 0.5] },
        }))
        .await;
    agent.settle().await;
    let mut later = Socket::open(&scene.server, "/api/cobrowse/tab", SITE).await;
    later
        .say(json!({ "type": "hello", "protocol": 1, "token": scene.customer.token, "tab": "t2" }))
        .await;
    let welcome = later.until_session("welcome").await;
    assert_eq!(welcome["chat"][0]["text"], "Look here");
    let drawn = &welcome["annotations"][0]["op"]["annotation"];
    assert_eq!(drawn["node"], json!({ "tab": 1, "page": 3, "node": 12 }));
}

#[tokio::test]
async fn new_rules_reach_shared_tabs_and_what_was_kept_for_late_comers_goes() {
    let scene = scene().await;
    let (mut tab, _view) = (scene.tab().await, scene.view().await);
    consent(&mut tab, true).await;
    tab.frame(&[1, 0, b'o', b'l', b'd']).await;
    tab.settle().await;
    let rules = json!({
        "mode": "everything_but_marked", "origins": [],
        "rules": [{ "action": "block", "selector": "#x", "text": null, "url": null }],
    });
    let put = scene
        .server
        .put("/api/cobrowse/settings", &rules)
        .header(COOKIE, &scene.cookie);
    let _: Value = ok(put).await;
    assert_eq!(
        tab.until("rules").await["rules"]["rules"][0]["selector"],
        "#x"
    );
    let mut late = scene.view().await;
    tab.frame(&[1, 0, b'n', b'e', b'w']).await;
    assert_eq!(&late.until_frame().await[8..], b"new");
}

#[tokio::test]
async fn pages_are_kept_only_for_customers_who_were_told_and_only_for_as_long() {
    let scene = scene().await;
    let keep = json!({ "mode": "marked_and_inputs", "rules": [], "origins": [], "record_days": 3 });
    let put = scene
        .server
        .put("/api/cobrowse/settings", &keep)
        .header(COOKIE, &scene.cookie);
    let _: Value = ok(put).await;
    let path = format!("/api/sessions/{}/record", scene.session);
    let record = || ok::<Value>(scene.server.get(&path).header(COOKIE, &scene.cookie));
    let mut tab = scene.tab().await;
    consent(&mut tab, true).await;
    // Not told, or told of fewer days than the pages are kept: nothing is written.
    for days in [None, Some(2)] {
        tab.say(json!({ "type": "told", "record_days": days }))
            .await;
        tab.frame(&[1, 0, b's', b'e', b'c']).await;
        tab.settle().await;
        assert_eq!(record().await["pages"], Value::Null, "told {days:?}");
    }
    tab.say(json!({ "type": "told", "record_days": 3 })).await;
    tab.frame(&[1, 0, b'y', b'e', b's']).await;
    tab.settle().await;
    let pages = record().await["pages"].clone();
    assert_eq!(pages["cut"], false);
    assert_eq!(pages["erased_at"], "2026-01-04T00:00:00.000Z");
    let file = scene.server.get(&format!("{path}/page"));
    let bytes = file.header(COOKIE, &scene.cookie).send().await.unwrap();
    let bytes = bytes.bytes().await.unwrap();
    let holds = |what: &[u8]| bytes.windows(what.len()).any(|w| w == what);
    assert!(holds(b"yes") && !holds(b"sec"));
    // Nobody else's, and nothing after its time.
    let foreigner = scene.server.foreigner().await;
    let stolen = scene.server.get(&path).header(COOKIE, &foreigner);
    assert_eq!(refused(stolen).await.1, ErrorCode::NotFound);
    let unsigned = scene.server.get(&path);
    assert_eq!(refused(unsigned).await.1, ErrorCode::Unauthenticated);
    scene.server.clock.advance_ms(3 * 24 * 60 * MINUTES);
    let cookie = scene
        .server
        .sign_in_as(&scene.server.add_account("late@example.org").await)
        .await;
    let late: Value = ok(scene.server.get(&path).header(COOKIE, &cookie)).await;
    assert_eq!(late["pages"], Value::Null);
    let file = scene.server.get(&format!("{path}/page"));
    assert_eq!(
        refused(file.header(COOKIE, &cookie)).await.1,
        ErrorCode::NotFound
    );
}

#[tokio::test]
async fn rules_that_are_saved_at_once_are_told_in_the_order_in_which_they_were_written() {
    let scene = scene().await;
    let mut tab = scene.tab().await;
    let path = "/api/cobrowse/settings";
    let save = |days: u16| {
        let rules = json!({
            "mode": "marked_and_inputs", "rules": [], "origins": [], "film_days": days,
        });
        let put = scene.server.put(path, &rules);
        ok::<Value>(put.header(COOKIE, &scene.cookie))
    };
    futures_util::future::join_all((1..=16).map(save)).await;
    let kept: Value = ok(scene.server.get(path).header(COOKIE, &scene.cookie)).await;
    let mut told = Vec::new();
    for _ in 0..16 {
        told.push(tab.until("rules").await["rules"]["film_days"].clone());
    }
    let last = &kept["rules"]["film_days"];
    assert!(last.is_u64(), "{kept}");
    assert_eq!(told.last(), Some(last), "{told:?}");
}
