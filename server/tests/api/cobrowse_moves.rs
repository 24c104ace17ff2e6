//! A shared tab goes on at another of the company's origins: with a ticket that works once, on those
//! that the customer has read of, in time, and for nobody else.

use crate::{
    cobrowse::{Said, Scene, Socket, consent, scene},
    harness::{log_text, ok, refused},
};
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use sightline_protocol::ErrorCode;

const SHOP: &str = "https://shop.example";
const ACCOUNT: &str = "https://account.example";

async fn list(scene: &Scene, origins: &[&str]) -> String {
    let rules = json!({ "mode": "marked_and_inputs", "rules": [], "origins": origins });
    let put = scene.server.put("/api/cobrowse/settings", &rules);
    let settings: Value = ok(put.header(COOKIE, &scene.cookie)).await;
    settings["tenant"].as_str().unwrap().to_owned()
}

fn agreed() -> Value {
    json!({ "agent": "Marta", "record_days": 3, "sites": [SHOP, ACCOUNT] })
}

async fn ticket(tab: &mut Socket, fresh: bool) -> String {
    tab.say(json!({ "type": "handover", "fresh": fresh, "agreed": agreed() }))
        .await;
    let answer = tab.until("ticket").await;
    assert_eq!(answer["fresh"], json!(fresh));
    assert!(answer["valid_s"].as_u64().unwrap() <= 60);
    answer["ticket"].as_str().unwrap().to_owned()
}

/// What the relay says to whoever shows a ticket on a page of this origin.
async fn resume(
    scene: &Scene,
    tenant: &str,
    origin: Option<&str>,
    ticket: &str,
) -> (Socket, Value) {
    let mut tab = Socket::open(&scene.server, "/api/cobrowse/tab", origin).await;
    tab.say(json!({ "type": "resume", "tenant": tenant, "ticket": ticket }))
        .await;
    match tab.next().await {
        Said::Json(answer) => (tab, answer),
        _ => panic!("no answer"),
    }
}

#[tokio::test]
async fn a_ticket_brings_the_same_tab_and_what_was_agreed_to_the_other_origin() {
    let scene = scene().await;
    let tenant = list(&scene, &[SHOP, ACCOUNT]).await;
    let (mut tab, mut view) = (scene.tab().await, scene.view().await);
    consent(&mut tab, true).await;
    let given = ticket(&mut tab, false).await;
    drop(tab);
    let (mut next, answer) = resume(&scene, &tenant, Some(ACCOUNT), &given).await;
    assert_eq!(answer["type"], "resumed");
    assert_eq!(answer["tab"], "t1");
    assert_eq!(answer["agreed"], agreed());
    assert_eq!(
        answer["joined"]["participant"],
        json!(scene.customer.participant)
    );
    let token = &answer["joined"]["token"];
    next.say(json!({ "type": "hello", "protocol": 1, "token": token, "tab": "t1", "page": 2 }))
        .await;
    assert_eq!(
        next.until("ready").await["consent"],
        true,
        "the same consent stands"
    );
    next.frame(&[1, 0, b'{', b'}']).await;
    let frame = view.until_frame().await;
    assert_eq!(
        &frame[2..4],
        [0, 1],
        "the same number for those who look on"
    );

    // A tab that the page opens there is another one, and asks for itself.
    let given = ticket(&mut next, true).await;
    let (_, answer) = resume(&scene, &tenant, Some(SHOP), &given).await;
    assert_eq!(
        (&answer["type"], &answer["tab"]),
        (&json!("resumed"), &Value::Null)
    );
}

#[tokio::test]
async fn whatever_is_wrong_with_a_ticket_gets_one_answer() {
    let scene = scene().await;
    let tenant = list(&scene, &[SHOP, ACCOUNT]).await;
    let mut tab = scene.tab().await;
    consent(&mut tab, true).await;
    let mut answers = Vec::new();
    let good = ticket(&mut tab, false).await;
    let (_, answer) = resume(&scene, &tenant, Some(ACCOUNT), &good).await;
    assert_eq!(answer["type"], "resumed", "the control");
    let mut show = async |what: &str, tenant: &str, origin: Option<&str>, ticket: &str| {
        let (_, answer) = resume(&scene, tenant, origin, ticket).await;
        answers.push((what.to_owned(), answer));
    };
    show("used", &tenant, Some(ACCOUNT), &good).await;
    show(
        "never given",
        &tenant,
        Some(ACCOUNT),
        "AAAAAAAAAAAAAAAAAAAAAA",
    )
    .await;
    let stolen = ticket(&mut tab, false).await;
    show(
        "foreign origin",
        &tenant,
        Some("https://evil.example"),
        &stolen,
    )
    .await;
    show("used up by the thief", &tenant, Some(ACCOUNT), &stolen).await;
    let given = ticket(&mut tab, false).await;
    let unread = Some("https://unread.example");
    list(&scene, &[SHOP, ACCOUNT, "https://unread.example"]).await;
    show("a site that was not named", &tenant, unread, &given).await;
    // The guard on guessing counts them as it counts codes.
    let given = ticket(&mut tab, false).await;
    let (_, answer) = resume(&scene, &tenant, Some(ACCOUNT), &given).await;
    assert_eq!(answer["code"], "rate_limited");
    scene.server.clock.advance_ms(60_000);
    let given = ticket(&mut tab, false).await;
    show("another company", "ten_somebodyelse", Some(ACCOUNT), &given).await;
    let given = ticket(&mut tab, false).await;
    show("no origin", &tenant, None, &given).await;
    let given = ticket(&mut tab, false).await;
    list(&scene, &[SHOP]).await;
    show("off the list", &tenant, Some(ACCOUNT), &given).await;
    list(&scene, &[SHOP, ACCOUNT]).await;
    let given = ticket(&mut tab, false).await;
    scene.server.clock.advance_ms(60_000);
    show("expired", &tenant, Some(ACCOUNT), &given).await;
    let given = ticket(&mut tab, false).await;
    consent(&mut tab, false).await;
    show("after the consent", &tenant, Some(ACCOUNT), &given).await;
    let expected = answers[0].1.clone();
    assert_eq!(expected["code"], "invalid_code");
    for (what, answer) in &answers {
        assert_eq!(answer, &expected, "{what}");
    }
    let log = log_text();
    assert!(
        !log.contains(&good) && !log.contains(&stolen),
        "a ticket is in the log"
    );
}

#[tokio::test]
async fn a_redirect_may_end_on_any_site_that_was_named_or_where_the_tab_comes_from() {
    let scene = scene().await;
    let tenant = list(&scene, &[SHOP, ACCOUNT]).await;
    let mut tab = scene.tab().await;
    consent(&mut tab, true).await;
    for origin in [SHOP, ACCOUNT] {
        let given = ticket(&mut tab, false).await;
        let (_, answer) = resume(&scene, &tenant, Some(origin), &given).await;
        assert_eq!(answer["type"], "resumed", "{origin}");
    }
    // Without a list any site may share, but no other than its own is known to be the company's.
    list(&scene, &[]).await;
    let given = ticket(&mut tab, true).await;
    let (_, answer) = resume(&scene, &tenant, Some(ACCOUNT), &given).await;
    assert_eq!(answer["code"], "invalid_code");
    let given = ticket(&mut tab, true).await;
    let (_, answer) = resume(&scene, &tenant, Some(SHOP), &given).await;
    assert_eq!(answer["type"], "resumed");
    assert_eq!(answer["agreed"]["sites"], json!([]));
}

#[tokio::test]
async fn what_a_ticket_would_carry_along_is_limited() {
    let scene = scene().await;
    let mut tab = scene.tab().await;
    for (what, most) in [("agent", 300), ("sites", 300)] {
        let mut agreed = agreed();
        let long = "x".repeat(most + 1);
        agreed[what] = if what == "agent" {
            json!(long)
        } else {
            json!([long])
        };
        tab.say(json!({ "type": "handover", "fresh": false, "agreed": agreed }))
            .await;
        assert_eq!(tab.until("error").await["code"], "out_of_range", "{what}");
    }
    let many = json!({ "agent": "", "record_days": null, "sites": vec![SHOP; 51] });
    tab.say(json!({ "type": "handover", "fresh": false, "agreed": many }))
        .await;
    assert_eq!(tab.until("error").await["code"], "out_of_range");
}

#[tokio::test]
async fn those_who_look_on_hear_that_the_customer_left_and_where_only_if_it_is_the_companys() {
    let scene = scene().await;
    list(&scene, &[SHOP, ACCOUNT]).await;
    let (mut tab, mut view) = (scene.tab().await, scene.view().await);
    consent(&mut tab, true).await;
    let mut left = async |origin: Value| {
        tab.say(json!({ "type": "leaving", "origin": origin }))
            .await;
        loop {
            let tabs = view.until("tabs").await;
            if !tabs["tabs"][0]["left"].is_null() {
                // It came back, as far as the tab can tell.
                let back = json!({ "type": "where", "title": "", "url": SHOP, "front": true });
                tab.say(back).await;
                while !view.until("tabs").await["tabs"][0]["left"].is_null() {}
                return tabs["tabs"][0]["left"]["origin"].clone();
            }
        }
    };
    assert_eq!(left(json!(ACCOUNT)).await, json!(ACCOUNT));
    assert_eq!(left(json!("https://bank.example")).await, Value::Null);
    assert_eq!(left(Value::Null).await, Value::Null);
}

#[tokio::test]
async fn a_site_that_is_taken_off_the_list_is_no_longer_shared() {
    let scene = scene().await;
    list(&scene, &[SHOP, ACCOUNT]).await;
    let mut tab = scene.tab().await;
    consent(&mut tab, true).await;
    list(&scene, &[SHOP]).await;
    tab.until("rules").await;
    list(&scene, &[ACCOUNT]).await;
    assert_eq!(tab.closed().await, 4004);
}

#[tokio::test]
async fn the_list_of_origins_is_checked_before_it_holds() {
    let scene = scene().await;
    let put = async |origins: Value| {
        let rules = json!({ "mode": "marked_and_inputs", "rules": [], "origins": origins });
        let put = scene.server.put("/api/cobrowse/settings", &rules);
        refused(put.header(COOKIE, &scene.cookie)).await
    };
    let many: Vec<String> = (0..51).map(|n| format!("https://s{n}.example")).collect();
    for bad in [
        json!(["shop.example"]),
        json!(["https://a.example/x"]),
        json!(many),
    ] {
        assert_eq!(put(bad).await, (400, ErrorCode::OutOfRange));
    }
    let most: Vec<&str> = many[..50].iter().map(String::as_str).collect();
    list(&scene, &most).await;
}
