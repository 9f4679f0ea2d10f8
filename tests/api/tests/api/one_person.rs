//! Tests one person with two roles: one session at each portal, independent of each other.

use local::client::{Answer, Client};
use reqwest::Method;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack, picture_day};

const DOOR: &str = "/v1/sign-in/password";
const SESSION: &str = "/v1/session";
const SUBJECT: &str = "You are invited to Picture Day";

/// A photographer who also administers another studio's school.
struct TwoHats {
    stack: TestStack,
    /// The owner of the studio whose school it is.
    owner: Client,
    school: String,
}

const EMAIL: &str = "two@studio.example";

impl TwoHats {
    async fn start() -> Result<Self, SetupError> {
        let stack = TestStack::start().await?;
        let owner = stack.photographer("owner").await?;
        let school = picture_day(&owner, 1).await?.school;
        stack.photographer("two").await?;
        let path = format!("/v1/schools/{school}/staff-invitations");
        owner.create(&path, &json!({ "email": EMAIL, "role": "administrator" }), "two").await?;
        let mail = stack.mail(EMAIL, SUBJECT, 1).await?;
        let (_, token) = mail.split_once("token=").ok_or("a link")?;
        let token = token.split_whitespace().next().unwrap_or_default();
        let accept = json!({ "token": token });
        stack.stranger().create("/v1/invitations/acceptance", &accept, "accept").await?;
        Ok(Self { stack, owner, school })
    }

    async fn at(&self, portal: &str) -> Result<Client, SetupError> {
        let mut client = self.stack.stranger();
        let door = json!({ "portal": portal, "email": EMAIL, "password": PASSWORD });
        client.sign_in(DOOR, &door).await?;
        Ok(client)
    }
}

async fn by(client: &Client, path: &str, portal: &str) -> Result<Answer, SetupError> {
    Ok(client.call(Method::GET, path, None, &[("x-portal", portal)]).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_with_two_sessions_says_which_it_means() -> Result<(), SetupError> {
    let two = TwoHats::start().await?;
    let mut browser = two.at("school").await?;
    let school = browser.read("/v1/schools").await?;
    assert_eq!(school.items()[0]["role"], "administrator");
    let door = json!({ "portal": "photographer", "email": EMAIL, "password": PASSWORD });
    browser.sign_in(DOOR, &door).await?;
    for portal in ["school", "photographer"] {
        assert_eq!(by(&browser, SESSION, portal).await?.text("/portal"), portal);
    }
    assert_eq!(by(&browser, SESSION, "parent").await?.status, 401, "no session at that portal");
    assert_eq!(by(&browser, "/v1/schools", "school").await?.items().len(), 1);
    assert_eq!(by(&browser, "/v1/schools", "photographer").await?.items().len(), 0);
    // Without the portal header, the photographer's session is used.
    assert_eq!(browser.read("/v1/schools").await?.items().len(), 0);
    two.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b10_a_session_of_one_portal_is_none_of_anothers() -> Result<(), SetupError> {
    let two = TwoHats::start().await?;
    for (portal, other) in [("photographer", "school"), ("school", "photographer")] {
        let there = two.at(portal).await?;
        let cookies = there.cookie().unwrap_or_default();
        let name = format!("__Host-pd_{portal}=");
        let value = cookies.split("; ").find_map(|pair| pair.strip_prefix(&name));
        let moved = two.stack.stranger();
        moved.set_cookie(&format!("__Host-pd_{other}"), value.ok_or("a cookie")?);
        for path in [SESSION, "/v1/schools"] {
            assert_eq!(by(&moved, path, other).await?.status, 401, "{portal}: {path}");
        }
        assert_eq!(
            by(&there, SESSION, portal).await?.status,
            200,
            "it still works at its own portal"
        );
    }
    two.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b13_a_sixth_session_ends_the_oldest_of_its_portal_and_no_other() -> Result<(), SetupError>
{
    let two = TwoHats::start().await?;
    let school = two.at("school").await?;
    let mut sessions = Vec::new();
    for _ in 0..6 {
        two.stack.advance_seconds(2);
        sessions.push(two.at("photographer").await?);
    }
    let mut statuses = Vec::new();
    for client in &sessions {
        statuses.push(client.get(SESSION).await?.status);
    }
    assert_eq!(statuses, [401, 200, 200, 200, 200, 200]);
    assert_eq!(school.get(SESSION).await?.status, 200, "another portal's");
    let listed = school.read("/v1/sessions").await?;
    let times = ["last_seen_at", "opened_at"];
    let listed: Vec<_> =
        listed.items().iter().map(|one| times.map(|name| testkit::text(one, name))).collect();
    assert!(listed.len() == 6 && listed.is_sorted_by(|a, b| a >= b), "newest first: {listed:?}");
    two.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c07_an_invitation_is_for_its_address_whoever_is_signed_in() -> Result<(), SetupError> {
    let two = TwoHats::start().await?;
    let browser = two.at("school").await?;
    let email = "eve@school.example";
    let path = format!("/v1/schools/{}/staff-invitations", two.school);
    two.owner.create(&path, &json!({ "email": email, "role": "administrator" }), "eve").await?;
    let token = two.stack.stranger().mailed_token(email).await?;
    let path = "/v1/invitations/acceptance";
    let answer = browser.post(path, &json!({ "token": token })).await?;
    let refused = (answer.status, answer.text("/code"));
    assert_eq!(refused, (422, "password_missing".to_owned()), "the invited person is new");
    let breached = json!({ "token": token, "password": "Password1234!" });
    let answer = browser.post(path, &breached).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (422, "password_breached"));
    let chosen = json!({ "token": token, "password": PASSWORD });
    browser.create(path, &chosen, "accept").await?;
    let mut eve = two.stack.stranger();
    let door = json!({ "portal": "school", "email": email, "password": PASSWORD });
    eve.sign_in(DOOR, &door).await?;
    assert_eq!(eve.read("/v1/schools").await?.items().len(), 1);
    two.stack.stop().await;
    Ok(())
}

/// An attacker signs up with another person's e-mail address and waits until that person is invited.
#[tokio::test(flavor = "multi_thread")]
async fn c07_whoever_never_confirmed_an_address_chose_nothing_for_its_owner()
-> Result<(), SetupError> {
    let two = TwoHats::start().await?;
    let (email, attackers) = ("eve@school.example", "Attackers-Pass-1");
    let attacker = two.stack.stranger();
    let chosen = json!({ "studio_name": "S", "email": email, "password": attackers });
    assert_eq!(
        attacker.post("/v1/studios", &chosen).await?.status,
        400,
        "a sign-up takes an e-mail address only"
    );
    attacker.create("/v1/studios", &json!({ "email": email }), "sign-up").await?;
    let path = format!("/v1/schools/{}/staff-invitations", two.school);
    two.owner.create(&path, &json!({ "email": email, "role": "administrator" }), "eve").await?;
    let mail = two.stack.mail(email, SUBJECT, 1).await?;
    let (_, token) = mail.split_once("token=").ok_or("a link")?;
    let token = token.split_whitespace().next().unwrap_or_default();
    let (path, stranger) = ("/v1/invitations/acceptance", two.stack.stranger());
    let answer = stranger.post(path, &json!({ "token": token })).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (422, "password_missing"));
    stranger.create(path, &json!({ "token": token, "password": PASSWORD }), "accept").await?;
    for (password, status) in [(attackers, 401), (PASSWORD, 200)] {
        let door = json!({ "portal": "school", "email": email, "password": password });
        assert_eq!(two.stack.stranger().post(DOOR, &door).await?.status, status);
    }
    two.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_way_in_is_over_for_whoever_was_taken_off_meanwhile() -> Result<(), SetupError> {
    let two = TwoHats::start().await?;
    let mut browser = two.stack.stranger();
    let ask = json!({ "portal": "school", "email": EMAIL });
    for path in ["/v1/sign-in/link-requests", "/v1/sign-in/code-requests"] {
        assert_eq!(browser.post(path, &ask).await?.status, 202);
    }
    let link = two.stack.mail(EMAIL, "Your link to sign in", 1).await?;
    let (_, token) = link.split_once("token=").ok_or("a link")?;
    let token = token.split_whitespace().next().unwrap_or_default();
    let mail = two.stack.mail(EMAIL, "Your code to sign in", 1).await?;
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = mail.split_whitespace().find(is_code).ok_or("a code")?;
    // A second administrator stays, because the last one cannot be removed.
    two.stack.administrator(&two.owner, &two.school, "adam").await?;
    let staff = two.owner.read(&format!("/v1/schools/{}/staff", two.school)).await?;
    let theirs = staff.items().iter().find(|row| row["email"] == EMAIL).ok_or("on the list")?;
    let path = format!("/v1/schools/{}/staff/{}", two.school, testkit::text(theirs, "person_id"));
    assert_eq!(two.owner.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    let answer = browser.post("/v1/sign-in/link", &json!({ "token": token })).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (409, "link_used_or_expired"));
    let typed = json!({ "portal": "school", "code": code });
    let answer = browser.post("/v1/sign-in/code", &typed).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (409, "code_refused"));
    // Their studio account is not affected.
    browser = two.at("photographer").await?;
    assert_eq!(browser.get("/v1/schools").await?.status, 200);
    two.stack.stop().await;
    Ok(())
}
