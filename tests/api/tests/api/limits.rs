//! Tests rate limits on requests and on sign-in attempts.

use std::collections::BTreeSet;

use api_tests::who_may_call_what::ROWS;
use domain::person::Portal;
use futures_util::future::try_join_all;
use local::client::Client;
use platform::inspect::password_work;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack, picture_day};

fn door(name: &str, password: &str) -> Value {
    let email = format!("{name}@studio.example");
    json!({ "portal": "photographer", "email": email, "password": password })
}

async fn attempt(client: &Client, name: &str, password: &str) -> Result<u16, SetupError> {
    Ok(client.post("/v1/sign-in/password", &door(name, password)).await?.status)
}

/// The portals with password sign-in.
const DOORS: [Portal; 3] = [Portal::Photographer, Portal::School, Portal::Parent];

/// Creates a person who signs in at a portal with [`PASSWORD`]; returns the e-mail address.
async fn somebody_at(stack: &TestStack, portal: Portal) -> Result<&'static str, SetupError> {
    match portal {
        Portal::Photographer => {
            stack.photographer("locked").await?;
            Ok("locked@studio.example")
        }
        Portal::Parent => {
            let owner = stack.photographer("owner").await?;
            let day = picture_day(&owner, 1).await?;
            let codes = format!("/v1/students/{}/share-codes", day.pupils[0].id);
            let code = owner.create(&codes, &json!({}), "code").await?.text("/code");
            stack.parent("locked", &code).await?;
            let email = "locked@family.example";
            let stranger = stack.stranger();
            stranger.create("/v1/password-resets", &json!({ "email": email }), "reset").await?;
            let mail = stack.mail(email, "Choose a new password", 1).await?;
            let (_, token) = mail.split_once("token=").unwrap_or_default();
            let token = token.split_whitespace().next().unwrap_or_default();
            let chosen = json!({ "token": token, "password": PASSWORD });
            stranger.create("/v1/password-resets/confirmation", &chosen, "chosen").await?;
            Ok(email)
        }
        Portal::School => {
            let owner = stack.photographer("owner").await?;
            let school = picture_day(&owner, 1).await?.school;
            stack.administrator(&owner, &school, "locked").await?;
            Ok("locked@school.example")
        }
        Portal::Admin => Err("the admin portal has no such person".into()),
    }
}

async fn attempt_at(
    stack: &TestStack,
    portal: Portal,
    email: &str,
    password: &str,
) -> Result<(u16, Value), SetupError> {
    let door = json!({ "portal": portal.name(), "email": email, "password": password });
    let mut answer = stack.stranger().post("/v1/sign-in/password", &door).await?;
    answer.body["request_id"] = Value::Null;
    Ok((answer.status, answer.body))
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_five_wrong_passwords_lock_the_door_for_fifteen_minutes() -> Result<(), SetupError> {
    for portal in DOORS {
        let stack = TestStack::start().await?;
        let email = somebody_at(&stack, portal).await?;
        let attempt = async |password| attempt_at(&stack, portal, email, password).await;
        for _ in 0..5 {
            assert_eq!(attempt("Wrong-Password-1").await?.0, 401, "{portal:?}");
        }
        assert_eq!(attempt(PASSWORD).await?.0, 401, "{portal:?}: the right password, too late");
        stack.advance_seconds(14 * 60 + 50);
        assert_eq!(attempt(PASSWORD).await?.0, 401, "{portal:?}");
        stack.advance_seconds(20);
        assert_eq!(attempt(PASSWORD).await?.0, 200, "{portal:?}");
        let mails = stack.mails_to(email, "Too many wrong passwords").await?;
        assert_eq!(mails, 1, "{portal:?}: one mail for one lock");
        stack.stop().await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_both_numbers_are_settings() -> Result<(), SetupError> {
    for portal in DOORS {
        let stack = TestStack::start_with(|limits| {
            limits.attempts = 2;
            limits.lock_seconds = 60;
        })
        .await?;
        let email = somebody_at(&stack, portal).await?;
        let attempt = async |password| attempt_at(&stack, portal, email, password).await;
        assert_eq!(attempt("Wrong-Password-1").await?.0, 401, "{portal:?}");
        assert_eq!(attempt(PASSWORD).await?.0, 200, "{portal:?}: one wrong password does not lock");
        for _ in 0..2 {
            assert_eq!(attempt("Wrong-Password-1").await?.0, 401, "{portal:?}");
        }
        assert_eq!(attempt(PASSWORD).await?.0, 401, "{portal:?}: two wrong passwords lock");
        stack.advance_seconds(61);
        assert_eq!(attempt(PASSWORD).await?.0, 200, "{portal:?}: the lock lasts a minute");
        stack.stop().await;
    }
    Ok(())
}

/// Counts the hashes that guesses compute.
///
/// Each attempt is reserved before its hash, so parallel guesses are refused like sequential ones.
#[tokio::test(flavor = "multi_thread")]
async fn a06_two_hundred_guesses_at_once_compute_five_hashes() -> Result<(), SetupError> {
    for portal in DOORS {
        let stack = TestStack::start().await?;
        let known = somebody_at(&stack, portal).await?;
        let app = stack.stack().app();
        let mut seen = BTreeSet::new();
        for email in [known, "nobody@nowhere.example"] {
            let [before, ..] = password_work(app);
            let guesses = (0..200).map(async |number| {
                attempt_at(&stack, portal, email, &format!("Wrong-Password-{number}")).await
            });
            for (status, body) in try_join_all(guesses).await? {
                assert_eq!(status, 401, "{portal:?} {email}: {body}");
                seen.insert(body.to_string());
            }
            let [after, ..] = password_work(app);
            assert_eq!(after - before, 5, "{portal:?} {email}");
            // The right password is refused without computing a hash.
            assert_eq!(attempt_at(&stack, portal, email, PASSWORD).await?.0, 401);
            assert_eq!(password_work(app)[0], after, "{portal:?} {email}");
        }
        assert_eq!(seen.len(), 1, "computed or not, known or not, the answers are equal: {seen:?}");
        let mails = stack.mails_to(known, "Too many wrong passwords").await?;
        assert_eq!(mails, 1, "{portal:?}: one mail for one lock");
        stack.stop().await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_a_right_password_begins_the_count_anew() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    stack.photographer("clumsy").await?;
    let stranger = stack.stranger();
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(attempt(&stranger, "clumsy", "Wrong-Password-1").await?, 401);
        }
        assert_eq!(attempt(&stranger, "clumsy", PASSWORD).await?, 200);
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_a_stranger_cannot_lock_out_whoever_was_here_before() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let stranger = stack.stranger();
    for _ in 0..6 {
        attempt(&stranger, "owner", "Wrong-Password-1").await?;
    }
    assert_eq!(attempt(&stack.stranger(), "owner", PASSWORD).await?, 401, "locked for strangers");
    assert_eq!(
        attempt(&owner.copied(), "owner", PASSWORD).await?,
        200,
        "not locked for their own browser"
    );
    // Another person's device counts as a stranger's.
    let neighbour = stack.photographer("neighbour").await?;
    assert_eq!(attempt(&neighbour.copied(), "owner", PASSWORD).await?, 401);
    stack.advance_seconds(15 * 60 + 1);
    assert_eq!(attempt(&neighbour.copied(), "owner", PASSWORD).await?, 200);
    let told = stack.mails_to("owner@studio.example", "A sign-in from a new device").await?;
    assert_eq!(told, 1, "the owner is told about the new device");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a07_attempts_are_counted_by_address_and_no_header_changes_it() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.attempts_of_an_address = 8).await?;
    stack.photographer("address").await?;
    let stranger = stack.stranger();
    for guess in 0..8 {
        // Each guess is at another account, so no account is locked.
        attempt(&stranger, &format!("nobody{guess}"), "Wrong-Password-1").await?;
    }
    let claims =
        [("x-forwarded-for", "198.51.100.9"), ("cloudfront-viewer-address", "198.51.100.9:1")];
    let body = door("address", PASSWORD);
    let answer =
        stranger.call(reqwest::Method::POST, "/v1/sign-in/password", Some(&body), &claims).await?;
    assert_eq!(answer.status, 401);
    stack.advance_seconds(15 * 60 + 1);
    assert_eq!(attempt(&stranger, "address", PASSWORD).await?, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d02_a_hundred_requests_a_minute_of_one_address() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.requests_a_minute = 100).await?;
    // Starts at the beginning of a minute.
    let second = stack.stack().app().now().as_second().rem_euclid(60);
    stack.advance_seconds(60 - second);
    let stranger = stack.stranger();
    for _ in 0..100 {
        assert_eq!(stranger.get("/v1/session").await?.status, 401);
    }
    let refused = stranger.get("/v1/session").await?;
    assert_eq!((refused.status, refused.text("/code")), (429, "too_many_attempts".to_owned()));
    let wait: i64 = refused.headers["retry-after"].to_str()?.parse()?;
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(stranger.get("/photographer").await?.status, 200, "pages are not counted");
    stack.advance_seconds(wait);
    assert_eq!(stranger.get("/v1/session").await?.status, 401);
    stack.stop().await;
    Ok(())
}

/// Calls every list as each caller; routes that read no table are not counted in a deployment.
#[tokio::test(flavor = "multi_thread")]
async fn d04_lists_are_limited_by_address_like_everything_else() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.requests_a_minute = 50).await?;
    let client = stack.photographer("lister").await?;
    // Starts at the beginning of a minute.
    let second = stack.stack().app().now().as_second().rem_euclid(60);
    stack.advance_seconds(60 - second);
    for _ in 0..25 {
        assert_eq!(client.get("/v1/districts").await?.status, 200);
        assert_eq!(client.get("/v1/schools?limit=1").await?.status, 200);
    }
    let mut lists = 0;
    for row in ROWS.iter().filter(|row| row.method == "GET" && row.route.starts_with("/v1/")) {
        if ["/v1/health", "/v1/openapi.json"].contains(&row.route) {
            continue;
        }
        let refused = client.get(&row.route.replace(['{', '}'], "")).await?;
        let code = refused.text("/code");
        assert_eq!((refused.status, code.as_str()), (429, "too_many_attempts"), "{}", row.route);
        assert!(refused.headers.contains_key("retry-after"), "{}", row.route);
        lists += 1;
    }
    assert!(lists >= 10, "{lists}");
    stack.advance_seconds(60);
    assert_eq!(client.get("/v1/districts").await?.status, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d03_a_thousand_requests_an_hour_of_one_person() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.requests_an_hour = 1_000).await?;
    let second = stack.stack().app().now().as_second().rem_euclid(3_600);
    stack.advance_seconds(3_600 - second);
    let client = stack.photographer("busy").await?;
    let other = stack.photographer("calm").await?;
    for _ in 0..50 {
        let together = (0..20).map(|_| client.get("/v1/districts"));
        for answer in try_join_all(together).await? {
            assert_eq!(answer.status, 200);
        }
    }
    let refused = client.get("/v1/districts").await?;
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(other.get("/v1/districts").await?.status, 200, "other people have their own limit");
    stack.stop().await;
    Ok(())
}

/// A whole school may share one IP address: a successful sign-in uses up no attempt.
#[tokio::test(flavor = "multi_thread")]
async fn a07_right_passwords_use_up_no_attempt_of_their_address() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.attempts_of_an_address = 3).await?;
    stack.photographer("many").await?;
    for round in 0..5 {
        assert_eq!(attempt(&stack.stranger(), "many", PASSWORD).await?, 200, "round {round}");
    }
    // The site administrators' sign-in shares the count of the IP address and also gives successful attempts
    // back.
    let account = stack.operator("ann").await?;
    let shown = |password: &str| {
        let second = json!({ "method": "totp", "code": stack.app_shows(&account.secret) });
        json!({ "email": account.email, "password": password, "second_factor": second })
    };
    for round in 0..5 {
        stack.advance_seconds(30);
        let answer = stack.stranger().post("/v1/admin/sign-in", &shown(PASSWORD)).await?;
        assert_eq!(answer.status, 200, "round {round}");
    }
    for guess in 0..3 {
        assert_eq!(
            attempt(&stack.stranger(), &format!("no{guess}"), "Wrong-Password-1").await?,
            401
        );
    }
    stack.advance_seconds(30);
    let answer = stack.stranger().post("/v1/admin/sign-in", &shown(PASSWORD)).await?;
    assert_eq!(answer.status, 401, "three wrong attempts over both sign-ins");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_a_person_with_a_site_administrators_address_locks_them_not_out()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let account = stack.operator("ann").await?;
    stack.advance_seconds(30);
    for _ in 0..6 {
        let door = json!({ "portal": "photographer", "email": account.email, "password": "Wrong-Password-1" });
        assert_eq!(stack.stranger().post("/v1/sign-in/password", &door).await?.status, 401);
    }
    let second = json!({ "method": "totp", "code": stack.app_shows(&account.secret) });
    let door = json!({ "email": account.email, "password": PASSWORD, "second_factor": second });
    assert_eq!(stack.stranger().post("/v1/admin/sign-in", &door).await?.status, 200);
    stack.stop().await;
    Ok(())
}

/// Counts an e-mail address's mails, after every mail requested earlier has arrived.
async fn mails_of(stack: &TestStack, address: &str, last: &str) -> Result<usize, SetupError> {
    stack.photographer(last).await?;
    let mails = stack.stack().mails();
    Ok(mails.iter().filter(|mail| mail.to == address).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_have_five_mails_an_hour_sent_to_an_address() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let email = "calm@studio.example";
    let mut owner = stack.photographer("calm").await?;
    let stranger = stack.stranger();
    let before = mails_of(&stack, email, "first").await?;
    for _ in 0..8 {
        let asked = stranger.post("/v1/password-resets", &json!({ "email": email })).await?;
        assert_eq!(asked.status, 202, "the answer does not reveal the limit");
    }
    stack.mail(email, "Choose a new password", 5).await?;
    assert_eq!(mails_of(&stack, email, "second").await? - before, 5);
    stack.advance_seconds(3_601);
    stranger.post("/v1/password-resets", &json!({ "email": email })).await?;
    stack.mail(email, "Choose a new password", 6).await?;
    // A signed-in person has the same limit for mails to a new e-mail address, and the answer reveals it.
    owner.sign_in("/v1/sign-in/password", &door("calm", PASSWORD)).await?;
    let elsewhere = "else@studio.example";
    let ask = json!({ "email": elsewhere, "password": PASSWORD });
    for status in [202, 202, 202, 202, 429, 429] {
        assert_eq!(owner.post("/v1/person/email-changes", &ask).await?.status, status);
    }
    assert_eq!(mails_of(&stack, elsewhere, "third").await?, 4);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a08_ten_codes_of_a_person_in_an_hour_whichever_browser_tries_them()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let email = "coded@studio.example";
    stack.photographer("coded").await?;
    let mut browsers = Vec::new();
    for number in 1..=3 {
        let browser = stack.stranger();
        let ask = json!({ "portal": "photographer", "email": email });
        assert_eq!(browser.post("/v1/sign-in/code-requests", &ask).await?.status, 202);
        let mail = stack.mail(email, "Your code to sign in", number).await?;
        let is_code =
            |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        let code = mail.split_whitespace().find(is_code).ok_or("a code")?.to_owned();
        browsers.push((browser, code));
    }
    let typed = |code: &str| json!({ "portal": "photographer", "code": code });
    let wrong = |code: &str| code.chars().map(|c| if c == '9' { '0' } else { '9' }).collect();
    let (last, guessed) = browsers.split_last().ok_or("three browsers")?;
    for (browser, code) in guessed {
        let wrong: String = wrong(code);
        for _ in 0..5 {
            assert_eq!(browser.post("/v1/sign-in/code", &typed(&wrong)).await?.status, 409);
        }
    }
    let (browser, code) = last;
    let answer = browser.post("/v1/sign-in/code", &typed(code)).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (409, "code_refused"));
    stack.stop().await;
    Ok(())
}
