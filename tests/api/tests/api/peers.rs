//! Tests against other implementations: an identity provider and an authenticator app.
//!
//! They are Python programs, so that a plain `cargo test` does not need them: `.ci/run peers` installs and
//! runs them.

use std::collections::BTreeMap;
use std::process::Stdio;

use local::client::Client;
use platform::inspect::scan;
use reqwest::Method;
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use testkit::{SetupError, TestStack};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::second_factors::{FACTORS, STAGE, first_stage, totp};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/ci/peers/bin/python");
const CLIENT: &str = "client-of-the-peers";
const SECRET: &str = "s3cret-of-the-peers";

fn python(script: &str) -> Command {
    let mut command = Command::new(PYTHON);
    command.arg(format!("{FOLDER}/{script}")).kill_on_drop(true);
    command
}

/// The provider, a stack that uses it for all providers, and the browser.
struct Peers {
    stack: TestStack,
    owner: Client,
    browser: reqwest::Client,
    _provider: Child,
}

impl Peers {
    async fn start() -> Result<Self, SetupError> {
        let mut command = python("identity_provider.py");
        command.args([CLIENT, SECRET]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut provider = command.spawn()?;
        let said = provider.stdout.take().ok_or("no output")?;
        let address = BufReader::new(said).lines().next_line().await?.ok_or("no address")?;
        let stack = TestStack::start_with_identity_providers(&address).await?;
        let registered = format!("{}/school/back\n", stack.stack().url());
        let mut asked = provider.stdin.take().ok_or("no input")?;
        asked.write_all(registered.as_bytes()).await?;
        let owner = stack.photographer("owner").await?;
        let browser =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { stack, owner, browser, _provider: provider })
    }

    async fn district(&self, kind: &str, tenant: &str) -> Result<String, SetupError> {
        let made = self.owner.create("/v1/districts", &json!({ "name": kind }), kind).await?;
        let id = made.text("/id");
        let settings = json!({
            "kind": kind, "tenant": tenant, "client_id": CLIENT, "client_secret": SECRET,
            "domains": ["district.example"],
        });
        let path = format!("/v1/districts/{id}/identity-provider");
        let record = self.owner.read(&path).await?;
        let (name, value) =
            (record.text("/domain_record/name"), record.text("/domain_record/value"));
        let at = self.stack.stack().app().config().endpoints.identity.clone();
        let at = format!("{}/records/{name}.district.example", at.ok_or("no provider")?);
        let published = self.browser.put(at).body(value).send().await?;
        assert_eq!(published.status().as_u16(), 204);
        let set = self.owner.call(Method::PUT, &path, Some(&settings), &[]).await?;
        assert_eq!(set.status, 200, "{}", set.body);
        Ok(id)
    }

    /// Signs a person in as a browser does: redirect to the provider, its page, redirect back.
    async fn sign_in(&self, district: &str, user: &str) -> Result<SignedIn, SetupError> {
        let url = format!("{}/v1/sign-in/oidc/{district}", self.stack.stack().url());
        let away = self.browser.get(url).send().await?;
        let head = |answer: &reqwest::Response, name| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let cookie = head(&away, SET_COOKIE).unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let page = head(&away, LOCATION).ok_or("no redirect to the provider")?;
        let shown = self.browser.get(&page).send().await?;
        let (status, text) = (shown.status().as_u16(), shown.text().await?);
        assert_eq!(status, 200, "the provider accepts our request: {text}");
        let sent = self.browser.post(&page).form(&[("user", user)]).send().await?;
        let back = head(&sent, LOCATION).ok_or("the provider does not redirect back")?;
        let answer = self.come_back(&back, &cookie).await?;
        let session = answer.headers().get_all(SET_COOKIE).iter();
        let mut session = session.filter_map(|value| value.to_str().ok()?.split(';').next());
        let session = session.find(|pair| pair.starts_with("__Host-pd_school="));
        Ok(SignedIn { status: answer.status().as_u16(), session: session.map(str::to_owned), back })
    }

    /// Does what our page does with the URL to which the provider redirected.
    async fn come_back(&self, back: &str, cookie: &str) -> Result<reqwest::Response, SetupError> {
        let back = reqwest::Url::parse(back)?;
        let page = self.browser.get(back.clone()).send().await?;
        assert_eq!(page.status().as_u16(), 200, "our own page");
        let words: BTreeMap<_, _> = back.query_pairs().into_owned().collect();
        let body = json!({ "code": words["code"], "state": words["state"] });
        let url = self.stack.stack().url();
        let sent = self.browser.post(format!("{url}/v1/sign-in/oidc")).header("cookie", cookie);
        Ok(sent.header("origin", url).json(&body).send().await?)
    }

    async fn session(&self, signed_in: &SignedIn) -> Result<Value, SetupError> {
        let cookie = signed_in.session.as_deref().ok_or("no session")?;
        let stranger = self.stack.stranger();
        let headers = [("cookie", cookie)];
        Ok(stranger.call(Method::GET, "/v1/session", None, &headers).await?.body)
    }
}

struct SignedIn {
    status: u16,
    session: Option<String>,
    back: String,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs other people's implementations: .ci/run peers"]
async fn peers_a_real_identity_provider_signs_in_the_people_of_one_tenant() -> Result<(), SetupError>
{
    let peers = Peers::start().await?;
    let entra = peers.district("entra", "11111111-2222-3333-4444-555555555555").await?;
    let ann = peers.sign_in(&entra, "ann").await?;
    assert_eq!(ann.status, 200);
    let session = peers.session(&ann).await?;
    assert_eq!((&session["portal"], &session["assurance"]), (&json!("school"), &json!("aal2")));
    let again = peers.sign_in(&entra, "ann").await?;
    assert_eq!(peers.session(&again).await?["person"]["id"], session["person"]["id"]);
    // The code that came back is used up, at the provider and here.
    assert_eq!(peers.come_back(&ann.back, "").await?.status().as_u16(), 401);
    // Valid tokens of people who are not in the tenant.
    for user in ["guest", "stranger", "gail"] {
        let refused = peers.sign_in(&entra, user).await?;
        assert_eq!((refused.status, refused.session), (401, None), "{user}");
    }
    // The same for Google's claims: members of the organisation are accepted, private accounts are not.
    let google = peers.district("google", "district.example").await?;
    let gail = peers.sign_in(&google, "gail").await?;
    assert_eq!(gail.status, 200);
    let session = peers.session(&gail).await?;
    assert_eq!(session["assurance"], "aal1", "the provider used no second factor");
    for user in ["private", "ann"] {
        let refused = peers.sign_in(&google, user).await?;
        assert_eq!((refused.status, refused.session), (401, None), "{user}");
    }
    let app = peers.stack.stack().app();
    let table = app.config().audit_table.clone().unwrap_or_default();
    let refusals = scan(app, &table).await?;
    for why in ["a guest of the tenant", "another tenant"] {
        assert!(refusals.iter().any(|row| row.contains(why)), "{why}");
    }
    peers.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs other people's implementations: .ci/run peers"]
async fn peers_another_authenticator_app_reads_our_address_and_signs_in() -> Result<(), SetupError>
{
    let stack = TestStack::start().await?;
    let mut ann = stack.photographer("ann").await?;
    let start = ann.post(&format!("{FACTORS}/totp"), &json!({})).await?;
    let address = start.text("/address");
    let app_shows = async |address: &str| -> Result<Vec<String>, SetupError> {
        let now = stack.stack().app().now().as_second().to_string();
        let shown = python("authenticator_app.py").args([address, &now]).output().await?;
        let text = String::from_utf8(shown.stdout)?;
        Ok(text.lines().map(str::to_owned).collect())
    };
    let shown = app_shows(&address).await?;
    assert_eq!(shown[1], "Picture Day ann@studio.example");
    assert_eq!(shown[0], stack.app_shows(&start.text("/secret")), "our own code agrees");
    let first = json!({ "code": shown[0] });
    ann.create(&format!("{FACTORS}/totp/confirmation"), &first, "first").await?;
    ann.reload().await?;
    for _ in 0..3 {
        stack.advance_seconds(30);
        let (mut browser, answer) = first_stage(&stack, "ann").await?;
        assert_eq!(answer.text("/status"), "second_factor", "the password alone opens nothing");
        browser.sign_in(STAGE, &totp(&app_shows(&address).await?[0])).await?;
        assert_eq!(browser.read("/v1/session").await?.text("/assurance"), "aal2");
    }
    stack.stop().await;
    Ok(())
}
