//! Tests OIDC: a district's staff sign in at its identity provider, and no other person can.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use local::client::Client;
use platform::base::crypto::digest::sha256;
use platform::inspect::scan;
use reqwest::Method;
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack};

use crate::beside::Beside;
use crate::provider::Provider;

pub(crate) const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const CLIENT: &str = "our-client";

/// A stack with one district that signs in at our test provider.
pub(crate) struct District {
    pub(crate) stack: TestStack,
    pub(crate) owner: Client,
    pub(crate) provider: Provider,
    pub(crate) id: String,
}

impl District {
    pub(crate) async fn start() -> Result<Self, SetupError> {
        let provider = Provider::start().await?;
        let stack = TestStack::start_with_identity_providers(&provider.url).await?;
        let owner = stack.photographer("owner").await?;
        let district = owner.create("/v1/districts", &json!({ "name": "D" }), "district").await?;
        let id = district.text("/id");
        let settings = json!({
            "kind": "entra", "tenant": TENANT, "client_id": CLIENT, "client_secret": "s3cret-of-ours",
            "domains": ["district.example"],
        });
        provider.prove(&owner, &id, &["district.example"]).await?;
        let path = format!("/v1/districts/{id}/identity-provider");
        let set = owner.call(Method::PUT, &path, Some(&settings), &[]).await?;
        assert_eq!(set.status, 200, "{}", set.body);
        assert!(!set.body.to_string().contains("s3cret"), "the secret is never shown");
        Ok(Self { stack, owner, provider, id })
    }

    fn now(&self) -> i64 {
        self.stack.stack().app().now().as_second()
    }

    /// Signs a person in at the provider; returns the status and the session's cookie.
    pub(crate) async fn sign_in(
        &self,
        object: &str,
        address: &str,
    ) -> Result<(u16, Option<String>), SetupError> {
        self.sign_in_as(&json!({ "oid": object, "preferred_username": address })).await
    }

    /// Like [`Self::sign_in`], with the given claims of the provider.
    pub(crate) async fn sign_in_as(
        &self,
        said: &Value,
    ) -> Result<(u16, Option<String>), SetupError> {
        let away = leave(self).await?;
        let mut claims = self.ann(&away.parameters["nonce"]);
        for (name, value) in said.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let code = BASE64URL_NOPAD.encode(away.parameters["state"].as_bytes());
        self.provider.give(&code, self.provider.signed(&header(), &claims)?);
        come_back(self, &away.cookie, (&code, &away.parameters["state"])).await
    }

    /// Returns the claims of an honest provider of the district for Ann.
    fn ann(&self, nonce: &str) -> Value {
        json!({
            "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "aud": CLIENT,
            "sub": "pairwise", "tid": TENANT, "oid": "object-of-ann", "nonce": nonce,
            "preferred_username": "ann@district.example",
            "iat": self.now(), "exp": self.now() + 3600,
        })
    }
}

/// The redirect to the provider: its parameters, its endpoint, and the cookie that was set.
struct Away {
    parameters: BTreeMap<String, String>,
    endpoint: String,
    cookie: String,
}

pub(crate) fn browser() -> Result<reqwest::Client, SetupError> {
    Ok(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?)
}

async fn leave(district: &District) -> Result<Away, SetupError> {
    let url = format!("{}/v1/sign-in/oidc/{}", district.stack.stack().url(), district.id);
    let answer = browser()?.get(url).send().await?;
    assert_eq!(answer.status().as_u16(), 303);
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let cookie = header(SET_COOKIE).unwrap_or_default().to_owned();
    assert!(cookie.starts_with("__Host-pd_oidc=v1."), "{cookie}");
    for flag in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    let there = reqwest::Url::parse(header(LOCATION).unwrap_or_default())?;
    let parameters = there.query_pairs().into_owned().collect();
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let endpoint = there.as_str().split('?').next().unwrap_or_default().to_owned();
    Ok(Away { parameters, endpoint, cookie })
}

/// Returns to our page from the provider; returns the status and the session's cookie, if any.
async fn come_back(
    district: &District,
    cookie: &str,
    (code, state): (&str, &str),
) -> Result<(u16, Option<String>), SetupError> {
    let url = district.stack.stack().url();
    let sent = browser()?.post(format!("{url}/v1/sign-in/oidc")).header("cookie", cookie);
    let body = json!({ "code": code, "state": state });
    let answer = sent.header("origin", url).json(&body).send().await?;
    let status = answer.status().as_u16();
    let cookies = answer.headers().get_all(SET_COOKIE).iter();
    let cookies: Vec<_> = cookies.filter_map(|value| value.to_str().ok()).collect();
    let session = cookies.iter().find(|value| value.starts_with("__Host-pd_school="));
    let session = session.and_then(|value| value.split(';').next()).map(str::to_owned);
    // A sign-in deletes the flow's cookie; after a refusal the same answer may be tried once more.
    let is_over = cookies.iter().any(|value| value.starts_with("__Host-pd_oidc=;"));
    assert_eq!(is_over, status == 200, "{cookies:?}");
    Ok((status, session))
}

fn header() -> Value {
    json!({ "alg": "RS256", "kid": "k1", "typ": "JWT" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a15_a_districts_people_come_in_by_its_provider() -> Result<(), SetupError> {
    let district = District::start().await?;
    let away = leave(&district).await?;
    let endpoint = format!("login.microsoftonline.com/{TENANT}/oauth2/v2.0/authorize");
    assert!(away.endpoint.ends_with(&endpoint), "the tenant's own page: {}", away.endpoint);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
        ("max_age", "43200"),
    ] {
        assert_eq!(away.parameters[name], value);
    }
    let ann = district.ann(&away.parameters["nonce"]);
    district.provider.give("code-1", district.provider.signed(&header(), &ann)?);
    let state = &away.parameters["state"];
    let (status, session) = come_back(&district, &away.cookie, ("code-1", state)).await?;
    assert_eq!(status, 200);
    // PKCE: the hash of the verifier equals the challenge that was sent before.
    let form = district.provider.last_form();
    let challenge = BASE64URL_NOPAD.encode(&sha256(form["code_verifier"].as_bytes()));
    assert_eq!(challenge, away.parameters["code_challenge"]);
    assert_eq!(form["client_secret"], "s3cret-of-ours");

    let session = session.ok_or("a session")?;
    let seen = district
        .stack
        .stranger()
        .call(Method::GET, "/v1/session", None, &[("cookie", &session)])
        .await?;
    assert_eq!((seen.status, seen.text("/portal").as_str()), (200, "school"));
    let ann_id = seen.text("/person/id");

    // The provider's answer works only once.
    assert_eq!(come_back(&district, &away.cookie, ("code-1", state)).await?.0, 409);

    // Another e-mail address does not make her another person; the keys were fetched once.
    let away = leave(&district).await?;
    let mut renamed = district.ann(&away.parameters["nonce"]);
    renamed["preferred_username"] = json!("ann.married@district.example");
    renamed["amr"] = json!(["pwd", "mfa"]);
    district.provider.give("code-2", district.provider.signed(&header(), &renamed)?);
    let state = &away.parameters["state"];
    let (_, session) = come_back(&district, &away.cookie, ("code-2", state)).await?;
    let session = session.ok_or("a session")?;
    let seen = district
        .stack
        .stranger()
        .call(Method::GET, "/v1/session", None, &[("cookie", &session)])
        .await?;
    assert_eq!(seen.text("/person/id"), ann_id);
    assert_eq!(seen.text("/assurance"), "aal2", "the provider used a second factor");
    assert_eq!(district.provider.key_fetches(), 1);
    // Another studio that uses the same tenant for its own district reaches no person of this one.
    let other = district.stack.photographer("other").await?;
    let its = other.create("/v1/districts", &json!({ "name": "D" }), "district").await?.text("/id");
    let settings = json!({
        "kind": "entra", "tenant": TENANT, "client_id": CLIENT, "client_secret": "x",
        "domains": ["district.example"],
    });
    district.provider.prove(&other, &its, &["district.example"]).await?;
    let path = format!("/v1/districts/{its}/identity-provider");
    assert_eq!(other.call(Method::PUT, &path, Some(&settings), &[]).await?.status, 200);
    let mut district = district;
    let ours = std::mem::replace(&mut district.id, its);
    let foreign = format!("/v1/districts/{ours}/identity-provider");
    assert_eq!(other.call(Method::PUT, &foreign, Some(&settings), &[]).await?.status, 404);
    let away = leave(&district).await?;
    let ann = district.ann(&away.parameters["nonce"]);
    district.provider.give("code-3", district.provider.signed(&header(), &ann)?);
    let state = &away.parameters["state"];
    let (_, session) = come_back(&district, &away.cookie, ("code-3", state)).await?;
    let session = session.ok_or("a session")?;
    let stranger = district.stack.stranger();
    let seen = stranger.call(Method::GET, "/v1/session", None, &[("cookie", &session)]).await?;
    assert_ne!(seen.text("/person/id"), ann_id);
    district.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a15_whatever_a_hostile_provider_says_nobody_comes_in() -> Result<(), SetupError> {
    let district = District::start().await?;
    let now = district.now();
    let other = "99999999-2222-3333-4444-555555555555";
    let first = leave(&district).await?;
    let changes: Vec<(&str, Value)> = vec![
        ("tid", json!(other)),
        ("tid", Value::Null),
        ("iss", json!(format!("https://login.microsoftonline.com/{other}/v2.0"))),
        ("iss", json!("https://accounts.google.com")),
        ("aud", json!("another-client")),
        ("aud", json!([CLIENT, "another-client"])),
        ("oid", Value::Null),
        ("acct", json!(1)),
        ("exp", json!(now - 61)),
        ("exp", json!((now + 3600).to_string())),
        ("auth_time", json!(now - 50_000)),
        ("preferred_username", json!("ann@elsewhere.example")),
        // The nonce of another attempt: a token stolen there and replayed here.
        ("nonce", json!(first.parameters["nonce"])),
        ("nonce", Value::Null),
    ];
    for (number, (name, odd)) in changes.into_iter().enumerate() {
        let away = leave(&district).await?;
        let mut claims = district.ann(&away.parameters["nonce"]);
        claims[name] = odd.clone();
        let code = format!("claim-{number}");
        district.provider.give(&code, district.provider.signed(&header(), &claims)?);
        let state = &away.parameters["state"];
        let (status, session) = come_back(&district, &away.cookie, (&code, state)).await?;
        assert_eq!((status, session), (401, None), "{name} {odd}");
    }
    let stranger = Provider::start().await?;
    for kind in ["none", "HS256", "another key"] {
        let away = leave(&district).await?;
        let claims = district.ann(&away.parameters["nonce"]);
        let token = match kind {
            "none" => Provider::unsigned(&claims),
            "HS256" => district.provider.confused(&claims),
            _ => stranger.signed(&header(), &claims)?,
        };
        district.provider.give(kind, token);
        let state = &away.parameters["state"];
        let (status, session) = come_back(&district, &away.cookie, (kind, state)).await?;
        assert_eq!((status, session), (401, None), "{kind}");
    }
    // Another browser's state, another browser's cookie, no cookie, and a state that is too old.
    let (one, two) = (leave(&district).await?, leave(&district).await?);
    let ann = district.ann(&one.parameters["nonce"]);
    district.provider.give("code", district.provider.signed(&header(), &ann)?);
    let (of_one, of_two) = (&one.parameters["state"], &two.parameters["state"]);
    for (cookie, state) in [(&one.cookie, of_two), (&two.cookie, of_one), (&String::new(), of_one)]
    {
        assert_eq!(come_back(&district, cookie, ("code", state)).await?, (401, None));
    }
    let long = "c".repeat(4097);
    assert_eq!(come_back(&district, &one.cookie, (&long, of_one)).await?, (401, None));
    district.stack.advance_seconds(601);
    assert_eq!(come_back(&district, &one.cookie, ("code", of_one)).await?, (409, None));
    let told = crate::programs::events(&district.stack, "another nonce").await?;
    assert_eq!(told, 2, "the log has each refusal with its reason");
    district.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a15_an_address_links_nobody_and_there_is_no_password_door() -> Result<(), SetupError> {
    let district = District::start().await?;
    // The owner's own e-mail address, as another tenant's administrator could enter it.
    let settings = json!({
        "kind": "entra", "tenant": TENANT, "client_id": CLIENT, "client_secret": "s3cret-of-ours",
        "domains": ["district.example", "studio.example"],
    });
    district.provider.prove(&district.owner, &district.id, &["studio.example"]).await?;
    let path = format!("/v1/districts/{}/identity-provider", district.id);
    assert_eq!(district.owner.call(Method::PUT, &path, Some(&settings), &[]).await?.status, 200);
    let away = leave(&district).await?;
    let mut claims = district.ann(&away.parameters["nonce"]);
    claims["preferred_username"] = json!("owner@studio.example");
    claims["email"] = json!("owner@studio.example");
    district.provider.give("code", district.provider.signed(&header(), &claims)?);
    let state = &away.parameters["state"];
    let (status, session) = come_back(&district, &away.cookie, ("code", state)).await?;
    assert_eq!(status, 200);
    let session = session.ok_or("a session")?;
    let stranger = district.stack.stranger();
    let seen = stranger.call(Method::GET, "/v1/session", None, &[("cookie", &session)]).await?;
    let owner = district.owner.read("/v1/session").await?;
    assert_ne!(
        seen.text("/person/id"),
        owner.text("/person/id"),
        "the e-mail address does not link to an account"
    );
    let schools = stranger.call(Method::GET, "/v1/schools", None, &[("cookie", &session)]).await?;
    assert_eq!(
        (schools.status, &schools.body["items"]),
        (200, &json!([])),
        "and it gives no school"
    );

    // Ann's e-mail address is for display only: she cannot sign in with it, and no hash of it is stored.
    let away = leave(&district).await?;
    let ann = district.ann(&away.parameters["nonce"]);
    let mut ann = ann;
    ann["oid"] = json!("another-object");
    district.provider.give("ann", district.provider.signed(&header(), &ann)?);
    let state = &away.parameters["state"];
    assert_eq!(come_back(&district, &away.cookie, ("ann", state)).await?.0, 200);
    let door =
        json!({ "portal": "photographer", "email": "ann@district.example", "password": PASSWORD });
    assert_eq!(stranger.post("/v1/sign-in/password", &door).await?.status, 401);
    let app = district.stack.stack().app();
    let table = app.config().records_table.clone().unwrap_or_default();
    let rows = scan(app, &table).await?;
    let hashes = rows.iter().filter(|row| row.contains("argon2id")).count();
    assert_eq!(hashes, 1, "only the owner has a password hash");
    for secret in ["s3cret", "ann@district", "object-of-ann"] {
        assert!(rows.iter().all(|row| !row.contains(secret)), "{secret}");
    }

    let gone = district.owner.call(Method::DELETE, &path, None, &[]).await?;
    assert_eq!(gone.status, 204);
    let url = format!("/v1/sign-in/oidc/{}", district.id);
    assert_eq!(stranger.get(&url).await?.status, 404, "the removed provider has no sign-in");
    district.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_provider_is_not_our_fault() -> Result<(), SetupError> {
    let district = District::start().await?;
    let away = leave(&district).await?;
    let state = &away.parameters["state"];
    let (status, _) = come_back(&district, &away.cookie, ("an unknown code", state)).await?;
    assert_eq!(status, 401, "the provider answers, and rejects the code");

    // No server listens there: only the system may open this port.
    let beside = Beside::start(district.stack.stack(), |config| {
        config.endpoints.identity = Some("http://127.0.0.1:1".to_owned());
    })
    .await?;
    let sent = browser()?.post(format!("{}/v1/sign-in/oidc", beside.base));
    let sent =
        sent.header("cookie", &away.cookie).header("origin", &beside.app.config().public_url);
    let answer = sent.json(&json!({ "code": "code", "state": state })).send().await?;
    let (status, problem) = (answer.status().as_u16(), answer.json::<Value>().await?);
    assert_eq!((status, &problem["code"]), (502, &json!("identity_provider_unreachable")));
    let sentence = problem["detail"].as_str().unwrap_or_default();
    assert!(sentence.contains("identity provider"), "{problem}");
    beside.stop().await;
    district.stack.stop().await;
    Ok(())
}
