//! Tests site administrators: their own sign-in, table and keys; always two factors; no access from the
//! portals.

use api_tests::operators::OPERATORS;
use api_tests::who_may_call_what::ROWS;
use local::client::{Answer, Client};
use platform::inspect::{password_work, scan};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{OperatorAccount, PASSWORD, SetupError, TestStack};

use crate::access::call;
use crate::world::world;

pub(crate) const DOOR: &str = "/v1/admin/sign-in";
const SESSION: &str = "/v1/admin/session";
const COOKIE: &str = "__Host-pd_admin";

fn shown(account: &OperatorAccount, password: &str, code: &str) -> Value {
    let second = json!({ "method": "totp", "code": code });
    json!({ "email": account.email, "password": password, "second_factor": second })
}

fn cookie_value(client: &Client, name: &str) -> String {
    let all = client.cookie().unwrap_or_default();
    let mut pairs = all.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).unwrap_or_default()
}

fn plain(mut answer: Answer) -> (u16, Value) {
    answer.body["request_id"] = Value::Null;
    (answer.status, answer.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a23_an_administrators_cookie_opens_nothing_at_the_portals_and_theirs_nothing_here()
-> Result<(), SetupError> {
    let world = world().await?;
    // Every route in the table's order; signing out comes last.
    let last = |route: &str| route == "DELETE /v1/admin/session";
    let name = |row: &api_tests::who_may_call_what::Row| format!("{} {}", row.method, row.route);
    let (end, rows): (Vec<_>, Vec<_>) = ROWS.iter().partition(|row| last(&name(row)));
    let mut wrong = Vec::new();
    for row in rows.into_iter().chain(end) {
        let listed = OPERATORS.iter().find(|(route, _)| *route == name(row));
        let expected = listed.map_or(row.answers[0], |(_, answer)| *answer);
        let answer = call(&world, row, &world.operator).await?;
        if answer.status != expected {
            wrong.push(format!("{}: {} not {expected}: {}", name(row), answer.status, answer.body));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A portal's cookie under the administrators' cookie name, and theirs under a portal's.
    let operator = world.stack.operator("another").await?.client;
    let theirs = cookie_value(&operator, COOKIE);
    let forged = world.stack.stranger();
    for portal in ["photographer", "school", "parent"] {
        forged.set_cookie(&format!("__Host-pd_{portal}"), &theirs);
        assert_eq!(forged.get("/v1/session").await?.status, 401, "{portal}");
    }
    let forged = world.stack.stranger();
    forged.set_cookie(COOKIE, &cookie_value(&world.owner, "__Host-pd_photographer"));
    assert_eq!(forged.get(SESSION).await?.status, 401);
    assert_eq!(forged.get("/v1/admin/studios").await?.status, 401);
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a23_c01_there_is_no_session_with_one_factor_and_no_answer_that_tells_which_was_wrong()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let account = stack.operator("ann").await?;
    stack.advance_seconds(60);
    let code = stack.app_shows(&account.secret);
    let wrong = code.chars().map(|c| if c == '9' { '0' } else { '9' }).collect::<String>();
    let nobody = OperatorAccount { email: "no@operators.example".to_owned(), ..account };
    let stranger = stack.stranger();
    let mut refusals = Vec::new();
    let email = "ann@operators.example";
    let ann = |password: &str, second: Value| json!({ "email": email, "password": password, "second_factor": second });
    for body in [
        ann("Wrong-Password-1", json!({ "method": "totp", "code": code })),
        ann(PASSWORD, json!({ "method": "totp", "code": wrong })),
        ann(PASSWORD, json!({ "method": "recovery_code", "code": "ABCDE-FGHJK" })),
        shown(&nobody, PASSWORD, &code),
    ] {
        let answer = stranger.post(DOOR, &body).await?;
        assert!(answer.headers.get("set-cookie").is_none(), "{body}");
        refusals.push(plain(answer));
    }
    assert!(refusals.iter().all(|refusal| *refusal == refusals[0]), "{refusals:?}");
    assert_eq!((refusals[0].0, &refusals[0].1["code"]), (401, &json!("sign_in_refused")));
    // A request with the password alone is malformed.
    let alone = json!({ "email": email, "password": PASSWORD });
    assert_eq!(stranger.post(DOOR, &alone).await?.status, 400);
    // The portals' sign-in does not know this account.
    let portal = json!({ "portal": "admin", "email": email, "password": PASSWORD });
    assert_eq!(stranger.post("/v1/sign-in/password", &portal).await?.status, 401);

    let mut ann_in = stack.stranger();
    let both = ann(PASSWORD, json!({ "method": "totp", "code": code }));
    ann_in.sign_in(DOOR, &both).await?;
    assert_eq!(ann_in.read(SESSION).await?.text("/email"), email);
    assert_eq!(stranger.post(DOOR, &both).await?.status, 401, "a code works once");
    // A recovery code works once.
    let paper =
        ann(PASSWORD, json!({ "method": "recovery_code", "code": nobody.recovery_codes[0] }));
    let mut by_paper = stack.stranger();
    by_paper.sign_in(DOOR, &paper).await?;
    assert_eq!(by_paper.read(SESSION).await?.body["recovery_codes_left"], 9);
    assert_eq!(stranger.post(DOOR, &paper).await?.status, 401);
    assert_eq!(ann_in.get(SESSION).await?.status, 401, "a new sign-in ends the previous session");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a23_a_session_is_strict_and_ends_by_idleness_by_age_by_signing_out_and_by_theft()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut account = stack.operator("ann").await?;
    stack.advance_seconds(60);
    let body = shown(&account, PASSWORD, &stack.app_shows(&account.secret));
    let answer = account.client.enter(DOOR, &body).await?;
    let cookie = answer.headers["set-cookie"].to_str()?;
    assert!(cookie.starts_with("__Host-pd_admin=v1.opr_"), "{cookie}");
    for flag in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    // Idle expiry: fifteen minutes.
    stack.advance_seconds(15 * 60 - 2);
    assert_eq!(account.client.get(SESSION).await?.status, 200);
    stack.advance_seconds(15 * 60 + 1);
    assert_eq!(account.client.get(SESSION).await?.status, 401);
    // Absolute expiry: twelve hours, even when active and across every rotation of the secret.
    let body = shown(&account, PASSWORD, &stack.app_shows(&account.secret));
    account.client.sign_in(DOOR, &body).await?;
    let first = account.client.cookie();
    for _ in 0..71 {
        stack.advance_seconds(600);
        assert_eq!(account.client.get(SESSION).await?.status, 200);
    }
    assert_ne!(account.client.cookie(), first, "the secret was rotated");
    stack.advance_seconds(601);
    assert_eq!(account.client.get(SESSION).await?.status, 401);
    // Two parties use one session: it ends for both.
    let body = shown(&account, PASSWORD, &stack.app_shows(&account.secret));
    account.client.sign_in(DOOR, &body).await?;
    let thief = account.client.copied();
    for _ in 0..4 {
        stack.advance_seconds(601);
        account.client.read(SESSION).await?;
    }
    account.client.read(SESSION).await?;
    stack.advance_seconds(61);
    assert_eq!(thief.get(SESSION).await?.status, 401);
    assert_eq!(account.client.get(SESSION).await?.status, 401);
    // Sign-out.
    let body = shown(&account, PASSWORD, &stack.app_shows(&account.secret));
    account.client.sign_in(DOOR, &body).await?;
    let kept = account.client.copied();
    let csrf = account.client.call(Method::DELETE, SESSION, None, &[("x-csrf-token", "x")]).await?;
    assert_eq!(csrf.status, 403);
    assert_eq!(account.client.call(Method::DELETE, SESSION, None, &[]).await?.status, 204);
    assert_eq!(kept.get(SESSION).await?.status, 401);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a23_an_invitation_makes_one_administrator_once_within_the_hour() -> Result<(), SetupError>
{
    let stack = TestStack::start().await?;
    let stranger = stack.stranger();
    let token = stack.operator_invitation("late@operators.example").await?;
    let asked = json!({ "token": token });
    let secret = stranger.read_secret(&asked).await?;
    assert_eq!(
        stranger.read_secret(&asked).await?,
        secret,
        "a second request shows the same secret"
    );
    let enrolment = |password: &str, code: String| json!({ "token": token, "password": password, "code": code });
    let with = |body: Value| {
        let stranger = &stranger;
        async move { stranger.post("/v1/admin/enrolments", &body).await }
    };
    let answer = with(enrolment("short", stack.app_shows(&secret))).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (422, "password_too_short"));
    let answer = with(enrolment("Password1234!", stack.app_shows(&secret))).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (422, "password_breached"));
    let answer = with(enrolment(PASSWORD, "000000".to_owned())).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (422, "wrong_code"));
    stack.advance_seconds(3601);
    let answer = with(enrolment(PASSWORD, stack.app_shows(&secret))).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (409, "link_used_or_expired"));

    let account = stack.operator("ann").await?;
    // A used token creates no second account. Inviting another administrator needs a fresh code.
    let invitation = json!({ "email": "ben@operators.example" });
    stack.advance_seconds(601);
    let answer = account.client.post("/v1/admin/invitations", &invitation).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (403, "second_factor_needed"));
    let mut ann = account.client.copied();
    let before = cookie_value(&ann, COOKIE);
    let code = json!({ "method": "totp", "code": stack.app_shows(&account.secret) });
    ann.sign_in("/v1/admin/session/step-up", &code).await?;
    assert_ne!(cookie_value(&ann, COOKIE), before);
    assert_eq!(account.client.get(SESSION).await?.status, 401, "the old session id is invalid");
    let invited = ann.create("/v1/admin/invitations", &invitation, "invite").await?;
    let link = invited.text("/link");
    let token = link.split_once("token=").map(|(_, token)| token).unwrap_or_default();
    let shown = stranger.read_secret(&json!({ "token": token })).await?;
    let body = json!({ "token": token, "password": PASSWORD, "code": stack.app_shows(&shown) });
    let (one, two) = (stack.stranger(), stack.stranger());
    let both = futures_util::future::join(
        one.post("/v1/admin/enrolments", &body),
        two.post("/v1/admin/enrolments", &body),
    );
    let (first, second) = both.await;
    let mut statuses = [first?.status, second?.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    stack.stop().await;
    Ok(())
}

/// Reads the secret that an invitation shows.
trait Invited {
    async fn read_secret(&self, asked: &Value) -> Result<String, SetupError>;
}

impl Invited for Client {
    async fn read_secret(&self, asked: &Value) -> Result<String, SetupError> {
        Ok(self.create("/v1/admin/enrolments/secret", asked, "secret").await?.text("/secret"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_a23_five_wrong_attempts_lock_the_administrators_door_for_fifteen_minutes()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let account = stack.operator("ann").await?;
    stack.advance_seconds(60);
    let stranger = stack.stranger();
    let before = password_work(stack.stack().app())[0];
    // Many parallel guesses: five are checked, the others compute no hash.
    let wrong = shown(&account, "Wrong-Password-1", "123456");
    let guesses = (0..40).map(|_| stranger.post(DOOR, &wrong));
    for answer in futures_util::future::join_all(guesses).await {
        assert_eq!(answer?.status, 401);
    }
    assert_eq!(password_work(stack.stack().app())[0] - before, 5);
    let right = |stack: &TestStack| shown(&account, PASSWORD, &stack.app_shows(&account.secret));
    assert_eq!(
        stranger.post(DOOR, &right(&stack)).await?.status,
        401,
        "the right credentials, too late"
    );
    // The window has slack, because a busy machine takes seconds for these requests.
    stack.advance_seconds(14 * 60);
    assert_eq!(stranger.post(DOOR, &right(&stack)).await?.status, 401);
    stack.advance_seconds(61);
    assert_eq!(stranger.post(DOOR, &right(&stack)).await?.status, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c01_an_administrator_reaches_every_studio_and_every_look_is_in_the_log()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut studios = Vec::new();
    for name in ["oak", "elm", "fir"] {
        let owner = stack.photographer(name).await?;
        let district = owner.create("/v1/districts", &json!({ "name": "D" }), "d").await?;
        let school =
            json!({ "district_id": district.text("/id"), "name": format!("{name} school") });
        owner.create("/v1/schools", &school, "s").await?;
        studios.push(owner.read("/v1/session").await?.text("/studio/id"));
    }
    let account = stack.operator("ann").await?;
    let operator = &account.client;
    let first = operator.read("/v1/admin/studios?limit=2").await?;
    assert_eq!(first.items().len(), 2);
    let mut listed: Vec<_> = operator
        .all("/v1/admin/studios")
        .await?
        .iter()
        .map(|studio| testkit::text(studio, "id"))
        .collect();
    listed.sort_unstable();
    studios.sort_unstable();
    assert_eq!(listed, studios);
    for studio in &studios {
        let seen = operator.read(&format!("/v1/admin/studios/{studio}")).await?;
        let name = seen.text("/name");
        assert_eq!(seen.text("/schools/items/0/name"), format!("{name} school"));
    }
    let missing = format!("/v1/admin/studios/sto_{}", "a".repeat(26));
    assert_eq!(operator.get(&missing).await?.status, 404);
    assert_eq!(operator.get("/v1/admin/studios/nonsense").await?.status, 404);

    let app = stack.stack().app();
    let table = app.config().audit_table.clone().unwrap_or_default();
    let rows = scan(app, &table).await?;
    let id = operator.read(SESSION).await?.text("/id");
    for studio in &studios {
        let is_it = |row: &&String| {
            row.contains("studio_opened") && row.contains(&format!("STUDIO#{studio}#"))
        };
        let event = rows.iter().find(is_it).ok_or("no event")?;
        assert!(event.contains(&id), "{event}");
    }
    assert!(rows.iter().any(|row| row.contains("studios_listed") && row.contains(&id)));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a23_codes_in_an_administrators_session_are_counted_and_it_lives_no_longer_by_them()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut account = stack.operator("ann").await?;
    let up = "/v1/admin/session/step-up";
    let paper = |code: &str| json!({ "method": "recovery_code", "code": code });
    let ends = account.client.read(SESSION).await?.text("/expires_at");
    // The session's id without the right secret is refused.
    let theirs = cookie_value(&account.client, COOKIE);
    let (name, secret) = theirs.rsplit_once('.').ok_or("a cookie of five parts")?;
    let turned = if secret.starts_with('A') { "B" } else { "A" };
    let forged = stack.stranger();
    forged.set_cookie(COOKIE, &format!("{name}.{turned}{}", secret.get(1..).unwrap_or_default()));
    assert_eq!(forged.get(SESSION).await?.status, 401);
    for round in 0..2 {
        for _ in 0..6 {
            assert_eq!(account.client.post(up, &paper("ABCDE-FGHJK")).await?.status, 422);
        }
        stack.advance_seconds(5);
        account.client.sign_in(up, &paper(&account.recovery_codes[round])).await?;
        assert_eq!(account.client.read(SESSION).await?.text("/expires_at"), ends);
    }
    for _ in 0..10 {
        assert_eq!(account.client.post(up, &paper("ABCDE-FGHJK")).await?.status, 422);
    }
    let answer = account.client.post(up, &paper(&account.recovery_codes[2])).await?;
    assert_eq!(answer.status, 429, "{}", answer.body);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_a23_the_administrators_door_counts_addresses_too() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.attempts_of_an_address = 3).await?;
    let account = stack.operator("ann").await?;
    stack.advance_seconds(30);
    let wrong = |name: &str| {
        let second = json!({ "method": "totp", "code": "123456" });
        json!({ "email": format!("{name}@operators.example"), "password": PASSWORD, "second_factor": second })
    };
    for name in ["no", "nobody", "none"] {
        assert_eq!(stack.stranger().post(DOOR, &wrong(name)).await?.status, 401);
    }
    let right = |stack: &TestStack| shown(&account, PASSWORD, &stack.app_shows(&account.secret));
    assert_eq!(stack.stranger().post(DOOR, &right(&stack)).await?.status, 401, "must wait");
    stack.advance_seconds(15 * 60 + 1);
    assert_eq!(stack.stranger().post(DOOR, &right(&stack)).await?.status, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a23_an_invitation_to_a_known_address_ends_what_was_open_and_gives_other_credentials()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let before = stack.operator("ann").await?;
    let after = stack.operator("ann").await?;
    assert_eq!(
        before.client.get(SESSION).await?.status,
        401,
        "a session of the previous credentials"
    );
    assert_eq!(after.client.get(SESSION).await?.status, 200);
    stack.advance_seconds(30);
    let with_old = shown(&before, PASSWORD, &stack.app_shows(&before.secret));
    assert_eq!(stack.stranger().post(DOOR, &with_old).await?.status, 401);
    let with_new = shown(&after, PASSWORD, &stack.app_shows(&after.secret));
    assert_eq!(stack.stranger().post(DOOR, &with_new).await?.status, 200);
    stack.stop().await;
    Ok(())
}
