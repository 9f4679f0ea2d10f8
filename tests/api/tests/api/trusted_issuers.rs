//! Tests programs of a studio that present a token of an identity provider trusted by the owner.

use std::collections::BTreeSet;

use local::client::{Answer, Client};
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, TestStack};

use crate::oidc::TENANT;
use crate::programs::{events, program};
use crate::provider::Provider;
use crate::second_factors::with_app;

const ISSUERS: &str = "/v1/trusted-issuers";
const AUDIENCE: &str = "api://picture-day-of-oak";
const SUBJECT: &str = "account-of-the-uploader";

/// A stack, a studio's owner with a second factor, and the provider of the studio's programs.
struct Trusting {
    stack: TestStack,
    owner: Client,
    provider: Provider,
}

fn issuer() -> String {
    format!("https://login.microsoftonline.com/{TENANT}/v2.0")
}

fn program_of(subject: &str, scopes: &[&str]) -> Value {
    json!({
        "name": "Nightly uploader", "issuer": issuer(), "audience": AUDIENCE, "subject": subject,
        "scopes": scopes,
    })
}

fn header() -> Value {
    json!({ "alg": "RS256", "kid": "k1", "typ": "JWT" })
}

impl Trusting {
    async fn start() -> Result<Self, SetupError> {
        let provider = Provider::start().await?;
        let stack = TestStack::start_with_identity_providers(&provider.url).await?;
        let owner = with_app(&stack, "owner").await?.client;
        Ok(Self { stack, owner, provider })
    }

    /// Trusts the program; returns the id of the trusted issuer.
    async fn trust(&self, scopes: &[&str]) -> Result<String, SetupError> {
        let made = self.owner.create(ISSUERS, &program_of(SUBJECT, scopes), "trust").await?;
        Ok(made.text("/id"))
    }

    /// Returns an honest provider's claims for the program; the token was requested by another client than
    /// us.
    fn claims(&self) -> Value {
        let now = self.stack.stack().app().now().as_second();
        json!({
            "iss": issuer(), "aud": AUDIENCE, "sub": SUBJECT, "azp": "client-of-the-uploader",
            "iat": now, "exp": now + 3600,
        })
    }

    fn with(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        claims[name] = value;
        claims
    }

    fn token(&self, claims: &Value) -> Result<String, SetupError> {
        self.provider.signed(&header(), claims)
    }

    fn showing(&self, token: &str) -> Client {
        Client::program(self.stack.stack().url(), token)
    }
}

/// Returns the status and body of an answer without the request id.
fn said(mut answer: Answer) -> String {
    answer.body["request_id"] = Value::Null;
    format!("{} {}", answer.status, answer.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_a_trusted_program_comes_in_with_its_scopes_and_no_more() -> Result<(), SetupError> {
    let world = Trusting::start().await?;
    let stranger = world.showing(&world.token(&world.claims())?);
    assert_eq!(stranger.get("/v1/schools").await?.status, 401, "no studio trusts it yet");
    assert_eq!(world.provider.key_fetches(), 0, "no key is fetched for it");

    let id = world.trust(&["read", "schools:write"]).await?;
    let uploader = world.showing(&world.token(&world.claims())?);
    assert_eq!(uploader.get("/v1/schools").await?.status, 200);
    let district = uploader.post("/v1/districts", &json!({ "name": "D" })).await?;
    assert_eq!(district.status, 201, "{}", district.body);
    let school = json!({ "district_id": district.text("/id"), "name": "Oak", "time_zone": "America/Denver" });
    let school = uploader.create("/v1/schools", &school, "oak").await?.text("/id");
    let day = json!({ "date": "2026-09-14", "kind": "fall" });
    let day = uploader.create(&format!("/v1/schools/{school}/picture-days"), &day, "day").await?;
    let galleries = format!("/v1/picture-days/{}/galleries", day.text("/id"));
    let refused = uploader.post(&galleries, &json!({ "target": "hosted" })).await?;
    assert_eq!((refused.status, refused.text("/code").as_str()), (403, "scope_missing"));
    for path in ["/v1/sessions", "/v1/api-keys", ISSUERS, "/v1/studio/access-review"] {
        let refused = uploader.get(path).await?;
        let code = refused.text("/code");
        assert_eq!((refused.status, code.as_str()), (403, "not_for_programs"), "{path}");
    }
    // It is not our own token: it cannot be exchanged or revoked like one.
    let ended = uploader.call(Method::DELETE, "/v1/tokens/current", None, &[]).await?;
    assert_eq!(ended.status, 401);
    // The studio's log records its actions under its own name.
    let app = world.stack.stack().app();
    let audit = app.config().audit_table.clone().unwrap_or_default();
    let rows = scan(app, &audit).await?;
    let made = rows.iter().find(|row| row.contains("district_created")).ok_or("no event")?;
    assert!(made.contains("trusted_program") && made.contains(&id), "{made}");
    // Another studio's school is not found, like a missing one.
    let other = world.stack.photographer("other").await?;
    let theirs = testkit::picture_day(&other, 1).await?.school;
    assert_eq!(uploader.get(&format!("/v1/schools/{theirs}")).await?.status, 404);
    world.stack.stop().await;
    Ok(())
}

/// Returns tokens of a trusted program, each with one thing wrong.
fn wrong(world: &Trusting) -> Result<Vec<(&'static str, String)>, SetupError> {
    let now = world.stack.stack().app().now().as_second();
    let good = world.token(&world.claims())?;
    let (body, signature) = good.rsplit_once('.').ok_or("a token of three parts")?;
    let other_key = format!("{body}.{}", signature.chars().rev().collect::<String>());
    let another_tenant = issuer().replace('1', "9");
    let of = |name, value| world.token(&world.with(name, value));
    let headed = |header: Value| world.provider.signed(&header, &world.claims());
    Ok(vec![
        ("expired", of("exp", json!(now - 61))?),
        ("not begun", of("iat", json!(now + 120))?),
        ("good for two days", of("exp", json!(now + 2 * 86_400))?),
        ("another audience", of("aud", json!("api://somebody-else"))?),
        ("for two", of("aud", json!([AUDIENCE, "api://somebody-else"]))?),
        ("another tenant of the house", of("iss", json!(another_tenant))?),
        ("a house that is not on the list", of("iss", json!("https://issuer.example"))?),
        ("another subject", of("sub", json!("account-of-somebody-else"))?),
        ("no subject", of("sub", Value::Null)?),
        ("an unknown key", headed(json!({ "alg": "RS256", "kid": "k2" }))?),
        ("no key's name", headed(json!({ "alg": "RS256" }))?),
        ("another algorithm", headed(json!({ "alg": "RS512", "kid": "k1" }))?),
        ("no signature", Provider::unsigned(&world.claims())),
        ("HS256 with the public key", world.provider.confused(&world.claims())),
        ("another signature", other_key),
        ("too long", of("padding", json!("x".repeat(4096)))?),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_whatever_is_wrong_with_a_token_is_the_same_401() -> Result<(), SetupError> {
    let world = Trusting::start().await?;
    let id = world.trust(&["read"]).await?;
    let good = world.showing(&world.token(&world.claims())?);
    assert_eq!(good.get("/v1/schools").await?.status, 200);
    let mut answers = BTreeSet::from([said(world.showing("nonsense").get("/v1/schools").await?)]);
    for (what, token) in wrong(&world)? {
        let answer = world.showing(&token).get("/v1/schools").await?;
        assert_eq!(answer.status, 401, "{what}: {}", answer.body);
        answers.insert(said(answer));
    }
    assert_eq!(good.get("/v1/schools").await?.status, 200, "the good token still works");

    let path = format!("{ISSUERS}/{id}");
    assert_eq!(world.owner.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    answers.insert(said(good.get("/v1/schools").await?));
    assert_eq!(world.owner.call(Method::DELETE, &path, None, &[]).await?.status, 404);
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(events(&world.stack, "issuer_trusted").await?, 1);
    assert_eq!(events(&world.stack, "issuer_distrusted").await?, 1);
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_made_up_key_names_have_the_provider_asked_once_in_five_minutes()
-> Result<(), SetupError> {
    let world = Trusting::start().await?;
    world.trust(&["read"]).await?;
    let unknown = |n: i32| {
        let header = json!({ "alg": "RS256", "kid": format!("made-up-{n}") });
        world.provider.signed(&header, &world.claims())
    };
    for n in 0..20 {
        assert_eq!(world.showing(&unknown(n)?).get("/v1/schools").await?.status, 401);
    }
    assert_eq!(world.provider.key_fetches(), 1);
    // The keys fetched before verify the good token without another fetch, for parallel requests too.
    let good = world.showing(&world.token(&world.claims())?);
    let (one, two) = tokio::try_join!(good.get("/v1/schools"), good.get("/v1/districts"))?;
    assert_eq!((one.status, two.status), (200, 200));
    assert_eq!(world.provider.key_fetches(), 1);
    world.stack.advance_seconds(301);
    for n in 0..20 {
        assert_eq!(world.showing(&unknown(n)?).get("/v1/schools").await?.status, 401);
    }
    assert_eq!(world.provider.key_fetches(), 2);
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_a_provider_that_does_not_answer_lets_nobody_in_and_calls_no_good_token_bad()
-> Result<(), SetupError> {
    let provider = Provider::start().await?;
    // No server listens there: only the system may open this port.
    let stack = TestStack::start_with_identity_providers("http://127.0.0.1:1").await?;
    let owner = with_app(&stack, "owner").await?.client;
    let world = Trusting { stack, owner, provider };
    world.trust(&["read"]).await?;
    let uploader = world.showing(&world.token(&world.claims())?);
    for round in ["asked", "not asked again"] {
        let answer = uploader.get("/v1/schools").await?;
        let told = (answer.status, answer.text("/code"));
        assert_eq!(told, (502, "identity_provider_unreachable".to_owned()), "{round}");
    }
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_an_owner_alone_trusts_a_program_and_one_studio_lets_it_in() -> Result<(), SetupError> {
    let world = Trusting::start().await?;
    let new = program_of(SUBJECT, &["read"]);
    let colleague = world.stack.colleague(&world.owner, "stan").await?;
    for answer in [colleague.post(ISSUERS, &new).await?, colleague.get(ISSUERS).await?] {
        assert_eq!((answer.status, answer.text("/code").as_str()), (403, "owner_only"));
    }
    let one_factor = world.stack.photographer("one").await?;
    let refused = one_factor.post(ISSUERS, &new).await?;
    assert_eq!((refused.status, refused.text("/code").as_str()), (403, "second_factor_needed"));

    let id = world.trust(&["read"]).await?;
    assert_eq!(world.trust(&["read"]).await?, id, "the same request again");
    let headers = [("idempotency-key", "trust")];
    for (name, value) in
        [("scopes", json!(["photos:write"])), ("name", json!("Nightly")), ("subject", json!("b"))]
    {
        let mut differs = new.clone();
        differs[name] = value;
        let answer = world.owner.call(Method::POST, ISSUERS, Some(&differs), &headers).await?;
        let told = (answer.status, answer.text("/code"));
        assert_eq!(told, (409, "idempotency_key_reused".to_owned()), "{name}");
    }
    let other = with_app(&world.stack, "other").await?.client;
    for owner in [&world.owner, &other] {
        let taken = owner.post(ISSUERS, &new).await?;
        let code = taken.text("/code");
        assert_eq!((taken.status, code.as_str()), (409, "issuer_trusted_already"));
    }
    let theirs = other.call(Method::DELETE, &format!("{ISSUERS}/{id}"), None, &[]).await?;
    assert_eq!(theirs.status, 404, "another studio's issuer is not found");
    assert_eq!(other.read(ISSUERS).await?.items().len(), 0);
    for (name, value, code) in [
        ("issuer", json!("https://169.254.169.254"), "unknown_issuer"),
        ("issuer", json!("https://login.microsoftonline.com/common/v2.0"), "unknown_issuer"),
        ("audience", json!(""), "bad_claim"),
        ("subject", json!("a b"), "bad_claim"),
        ("scopes", json!([]), "no_scopes"),
        ("scopes", json!(["admin"]), "unknown_scope"),
        ("name", json!(" "), "empty"),
    ] {
        let mut bad = new.clone();
        bad[name] = value;
        let answer = world.owner.post(ISSUERS, &bad).await?;
        let told = (answer.status, answer.text("/code"), answer.text("/field"));
        assert_eq!(told, (422, code.to_owned(), name.to_owned()), "{}", answer.body);
    }
    let listed = world.owner.read(ISSUERS).await?;
    let shown = &listed.items()[0];
    assert_eq!(listed.items().len(), 1);
    assert_eq!(
        (&shown["name"], &shown["issuer"], &shown["audience"], &shown["subject"]),
        (&json!("Nightly uploader"), &json!(issuer()), &json!(AUDIENCE), &json!(SUBJECT))
    );
    // A copy of the tables does not reveal which of the studio's systems it is.
    let app = world.stack.stack().app();
    let config = app.config();
    for table in [&config.records_table, &config.access_table, &config.audit_table] {
        for row in scan(app, table.as_deref().unwrap_or_default()).await? {
            for name in ["Nightly uploader", TENANT, AUDIENCE, SUBJECT] {
                assert!(!row.contains(name), "{row}");
            }
        }
    }
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_twenty_programs_are_trusted_at_the_most_and_listed_as_they_came()
-> Result<(), SetupError> {
    let world = Trusting::start().await?;
    for number in 0..20 {
        let new = program_of(&format!("program-{number}"), &["read"]);
        world.owner.create(ISSUERS, &new, &format!("trust-{number}")).await?;
        world.stack.advance_seconds(1);
    }
    let refused = world.owner.post(ISSUERS, &program_of("program-20", &["read"])).await?;
    let told = (refused.status, refused.text("/code"));
    assert_eq!(told, (409, "too_many_trusted_issuers".to_owned()));
    let listed = world.owner.read(ISSUERS).await?;
    let subjects: Vec<_> = listed.items().iter().map(|it| it["subject"].clone()).collect();
    let expected: Vec<_> = (0..20).map(|number| json!(format!("program-{number}"))).collect();
    assert_eq!(subjects, expected);
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_a_program_is_shut_out_with_the_owner_who_trusts_it() -> Result<(), SetupError> {
    let world = Trusting::start().await?;
    world.trust(&["read"]).await?;
    let uploader = world.showing(&world.token(&world.claims())?);
    assert_eq!(uploader.get("/v1/schools").await?.status, 200);
    let operator = world.stack.operator("operator").await?.client;
    let person = world.owner.read("/v1/session").await?.text("/person/id");
    let path = format!("/v1/admin/people/{person}/disabling");
    let why = json!({ "reason": "suspected_theft", "case": "HELP-7" });
    assert_eq!(operator.post(&path, &why).await?.status, 204);
    assert_eq!(uploader.get("/v1/schools").await?.status, 401, "refused at the next request");
    // Our own access tokens still work, independent of the provider.
    let other = world.stack.photographer("other").await?;
    let body = json!({ "name": "P", "scopes": ["read"] });
    let key = other.create("/v1/api-keys", &body, "key").await?.text("/key");
    let tokens = crate::programs::by_key(&world.stack, &key).await?;
    assert_eq!(program(&world.stack, &tokens).get("/v1/schools").await?.status, 200);
    world.stack.stop().await;
    Ok(())
}
