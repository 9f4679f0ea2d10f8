//! Tests access requests: a stranger may enter any e-mail address.
//!
//! So nothing is stored for a person before they open the link. What is stored is bounded and paged, and
//! right and wrong codes cost the same work.

use std::collections::BTreeSet;

use local::client::Client;
use platform::inspect::scan;
use platform::inspect::units::Units;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, TestStack, picture_day, text};

use crate::schools::{issue, parent, refused};
use crate::world::world;

const REQUESTS: &str = "/v1/access-requests";

/// Returns all permanent rows: the records, and the keys that decrypt their sealed parts.
async fn kept(stack: &TestStack) -> Result<BTreeSet<String>, SetupError> {
    let app = stack.stack().app();
    let config = app.config();
    let mut rows = BTreeSet::new();
    for table in [&config.records_table, &config.keys_table] {
        for row in scan(app, table.as_deref().unwrap_or_default()).await? {
            // The attributes of a row come in no fixed order.
            let mut parts: Vec<_> = row.split(' ').collect();
            parts.sort_unstable();
            rows.insert(parts.join(" "));
        }
    }
    Ok(rows)
}

async fn ask(stack: &TestStack, code: &str, email: &str) -> Result<(), SetupError> {
    let answer = stack.stranger().post(REQUESTS, &json!({ "code": code, "email": email })).await?;
    assert_eq!((answer.status, answer.body), (202, json!({ "status": "check_mail" })));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_strangers_ask_stands_at_a_person_before_the_persons_own_click()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 1).await?;
    let (_, code) = issue(&owner, &day.pupils[0].id).await?;
    let victim = parent(&stack, "victim", &code).await?;
    // The attacker's own studio issues sixty codes.
    let attacker = stack.photographer("attacker").await?;
    let own = picture_day(&attacker, 60).await?;
    let mut codes = Vec::new();
    for pupil in &own.pupils {
        codes.push(issue(&attacker, &pupil.id).await?.1);
    }
    let before = kept(&stack).await?;
    for code in &codes {
        for email in ["victim@family.example", "nobody.yet@family.example"] {
            ask(&stack, code, email).await?;
        }
    }
    let after = kept(&stack).await?;
    let new: Vec<_> = after.difference(&before).collect();
    assert!(new.is_empty() && before.len() == after.len(), "{new:#?}");
    let requests = format!("/v1/schools/{}/access-requests", own.school);
    assert!(
        attacker.all(&requests).await?.is_empty(),
        "no request at the attacker's school either"
    );
    victim.consent().await?;
    assert_eq!(victim.all(REQUESTS).await?.len(), 1, "their own request only");

    // The person opens one link: that request is stored, and no other.
    let email = "nobody.yet@family.example";
    let newcomer = stack.opened_letter(email, 1).await?;
    assert_eq!(newcomer.all(REQUESTS).await?.len(), 1);
    assert_eq!(attacker.all(&requests).await?.len(), 1);
    let used = stack.opened_letter(email, 1).await;
    assert!(used.is_err(), "a link works once");
    stack.stop().await;
    Ok(())
}

/// A link depends on its code: it opens nothing once the code is revoked or an hour has passed.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_nothing_once_its_code_is_revoked_or_its_hour_is_over()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 2).await?;
    let (revoked, first) = issue(&owner, &day.pupils[0].id).await?;
    let (_, second) = issue(&owner, &day.pupils[1].id).await?;
    ask(&stack, &first, "first@family.example").await?;
    ask(&stack, &second, "second@family.example").await?;
    let path = format!("/v1/share-codes/{revoked}");
    assert_eq!(owner.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    for (email, wait) in [("first@family.example", 0), ("second@family.example", 3601)] {
        let stranger = stack.stranger();
        let token = stranger.mailed_token(email).await?;
        stack.advance_seconds(wait);
        let answer = stranger.post("/v1/sign-in/link", &json!({ "token": token })).await?;
        assert_eq!(refused(&answer), (409, "link_used_or_expired".to_owned()), "{email}");
    }
    let people = |rows: BTreeSet<String>| rows.iter().filter(|row| row.contains("EMAIL#")).count();
    assert_eq!(people(kept(&stack).await?), 1, "the owner only: no other person was stored");
    stack.stop().await;
    Ok(())
}

/// Students that one account may have. Source: `MOST_STUDENTS` of the platform.
const MOST: usize = 100;

/// Requests access to one student after another with one e-mail address, and opens each link.
async fn ask_and_open(
    stack: &TestStack,
    email: &str,
    codes: &[String],
) -> Result<Client, SetupError> {
    let mut family = stack.stranger();
    for (number, code) in codes.iter().enumerate() {
        // Stays below the hourly limit of mails per e-mail address.
        if number % 4 == 3 {
            stack.advance_seconds(3601);
        }
        ask(stack, code, email).await?;
        family = stack.opened_letter(email, number + 1).await?;
    }
    Ok(family)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_goes_in_chunks_and_what_one_account_has_is_bounded_and_paged()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, MOST + 1).await?;
    let mut codes = Vec::new();
    for pupil in &day.pupils {
        codes.push(issue(&owner, &pupil.id).await?.1);
    }
    let email = "many@family.example";
    let (last, codes) = codes.split_last().ok_or("codes")?;
    let family = ask_and_open(&stack, email, codes).await?;
    // A hundred students are two hundred rows, and a transaction holds at most a hundred.
    family.consent().await?;
    let all = family.all(REQUESTS).await?;
    assert_eq!(all.len(), MOST);
    assert!(all.iter().all(|it| it["state"] == "active"), "{all:#?}");
    assert_eq!(family.read("/v1/session").await?.body["consent_needed"], false);

    let (mut seen, mut cursor, mut pages) = (BTreeSet::new(), String::new(), 0);
    loop {
        let page = family.read(&format!("{REQUESTS}?limit=7{cursor}")).await?;
        assert!(page.items().len() <= 7, "{}", page.items().len());
        seen.extend(page.items().iter().map(|it| text(it, "id")));
        pages += 1;
        match page.text("/next_cursor") {
            next if next.is_empty() => break,
            next => cursor = format!("&cursor={next}"),
        }
    }
    assert_eq!((seen.len(), pages), (MOST, MOST.div_ceil(7)));
    for (query, code) in
        [("limit=0", "bad_limit"), ("limit=201", "bad_limit"), ("cursor=e", "bad_cursor")]
    {
        let answer = family.get(&format!("{REQUESTS}?{query}")).await?;
        assert_eq!(refused(&answer), (422, code.to_owned()));
    }

    // One request too many is refused; its link still works once there is room.
    stack.advance_seconds(3601);
    ask(&stack, last, email).await?;
    let mut back = stack.stranger();
    let link = json!({ "token": stack.letter(email, MOST + 1).await? });
    let answer = back.post("/v1/sign-in/link", &link).await?;
    assert_eq!(refused(&answer), (409, "too_many_students".to_owned()));
    let gone = format!("{REQUESTS}/{}", text(&all[0], "id"));
    let family = sign_in_again(&stack, email).await?;
    assert_eq!(family.call(Method::DELETE, &gone, None, &[]).await?.status, 204);
    back.sign_in("/v1/sign-in/link", &link).await?;
    assert_eq!(back.all(REQUESTS).await?.len(), MOST);
    stack.stop().await;
    Ok(())
}

/// Signs in again by a mailed link, as a person who has signed in before.
async fn sign_in_again(stack: &TestStack, email: &str) -> Result<Client, SetupError> {
    let mut client = stack.stranger();
    let asked = json!({ "email": email });
    assert_eq!(client.post("/v1/sign-in/link-requests", &asked).await?.status, 202);
    let mail = stack.mail(email, "Your link to sign in", 1).await?;
    let (_, token) = mail.split_once("token=").ok_or("a link")?;
    let token = token.split_whitespace().next().unwrap_or_default();
    client.sign_in("/v1/sign-in/link", &json!({ "token": token })).await?;
    Ok(client)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parents_galleries_come_page_by_page_over_all_their_children() -> Result<(), SetupError> {
    let world = world().await?;
    let others = world.other_parent.read("/v1/galleries").await?;
    let (_, code) = issue(&world.teacher, &text(&others.items()[0], "student_id")).await?;
    ask(&world.stack, &code, "ann@family.example").await?;
    let family = world.stack.opened_letter("ann@family.example", 2).await?;
    let whole: Vec<_> =
        family.all("/v1/galleries").await?.iter().map(|it| text(it, "id")).collect();
    assert_eq!(whole.len(), 2);
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    for _ in 0..5 {
        let page = family.read(&format!("/v1/galleries?limit=1{cursor}")).await?;
        assert!(page.items().len() <= 1);
        paged.extend(page.items().iter().map(|it| text(it, "id")));
        match page.text("/next_cursor") {
            next if next.is_empty() => break,
            next => cursor = format!("&cursor={next}"),
        }
    }
    assert_eq!(paged, whole);
    let foreign = family.read(&format!("{REQUESTS}?limit=1")).await?.text("/next_cursor");
    let answer = family.get(&format!("/v1/galleries?cursor={foreign}")).await?;
    assert_eq!(refused(&answer), (422, "bad_cursor".to_owned()));
    world.stack.stop().await;
    Ok(())
}

/// Compares the number of calls and written units: their duration depends on the store.
///
/// Each look-up makes one hash, so the calls also count the hashes.
#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_and_a_wrong_one_are_the_same_work() -> Result<(), SetupError> {
    let units = Units::default();
    let stack = TestStack::start_counting(&units).await?;
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 1).await?;
    let (_, right) = issue(&owner, &day.pupils[0].id).await?;
    parent(&stack, "known", &right).await?;
    let (known, unknown) = ("known@family.example", "unknown@family.example");
    let asks: [(&str, Value); 7] = [
        ("right, known", json!({ "code": right, "email": known })),
        ("right, unknown", json!({ "code": right, "email": unknown })),
        ("wrong, known", json!({ "code": "2345-6789-ABCD", "email": known })),
        ("wrong, unknown", json!({ "code": "2345-6789-ABCD", "email": unknown })),
        ("no code at all", json!({ "code": "x", "email": unknown })),
        ("a student, known", json!({ "code": right, "email": known, "relation": "student" })),
        ("a student, unknown", json!({ "code": right, "email": unknown, "relation": "student" })),
    ];
    let mut taken = Vec::new();
    // The first round creates the counter's row and fills the process's caches.
    for round in 0..2 {
        for (name, body) in &asks {
            // An hour apart, so that each request finds empty rate limit counters.
            stack.advance_seconds(3600);
            units.take();
            assert_eq!(stack.stranger().post(REQUESTS, body).await?.status, 202, "{name}");
            let consumed = units.take();
            println!("{round} {name}: {consumed:?}");
            if round == 1 {
                taken.push((*name, consumed.calls, consumed.uncounted, consumed.writes));
            }
        }
    }
    let (_, calls, uncounted, writes) = taken[0];
    for one in &taken {
        assert_eq!((one.1, one.2), (calls, uncounted), "{taken:?}");
        assert!((one.3 - writes).abs() < f64::EPSILON, "{taken:?}");
    }
    stack.stop().await;
    Ok(())
}
