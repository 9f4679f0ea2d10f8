//! Tests SCIM: a district's directory adds and removes its own people, and reaches no other person.

use futures_util::future::join_all;
use local::client::{Answer, Client};
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, picture_day};

use crate::oidc::{District, TENANT};
use crate::programs::events;
use crate::second_factors::FACTORS;

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub(crate) const ANN: &str = "0a0a0a0a-0000-4000-8000-00000000000a";
pub(crate) const BEN: &str = "0b0b0b0b-0000-4000-8000-00000000000b";

/// A district's directory with its token.
pub(crate) struct Directory {
    pub(crate) client: Client,
    pub(crate) base: String,
    token: String,
}

impl Directory {
    /// Creates a token as the district's owner, who first sets up an authenticator app.
    pub(crate) async fn of(district: &mut District) -> Result<Self, SetupError> {
        let owner = &mut district.owner;
        let secret = owner.post(&format!("{FACTORS}/totp"), &json!({})).await?.text("/secret");
        let first = json!({ "code": district.stack.app_shows(&secret) });
        owner.create(&format!("{FACTORS}/totp/confirmation"), &first, "app").await?;
        owner.reload().await?;
        Self::made(district, "first").await
    }

    async fn made(district: &District, key: &str) -> Result<Self, SetupError> {
        let path = format!("/v1/districts/{}/scim-tokens", district.id);
        let token = district.owner.create(&path, &json!({}), key).await?.text("/token");
        let client = Client::program(district.stack.stack().url(), &token);
        Ok(Self { client, base: format!("/scim/v2/{}", district.id), token })
    }

    pub(crate) async fn add(&self, object: &str, address: &str) -> Result<Answer, SetupError> {
        let user = user(object, address);
        Ok(self.client.call(Method::POST, &self.users(), Some(&user), &[SCIM]).await?)
    }

    pub(crate) async fn patch(&self, id: &str, operation: Value) -> Result<Answer, SetupError> {
        let body = json!({ "schemas": [PATCH], "Operations": [operation] });
        let path = format!("{}/{id}", self.users());
        Ok(self.client.call(Method::PATCH, &path, Some(&body), &[SCIM]).await?)
    }

    pub(crate) fn users(&self) -> String {
        format!("{}/Users", self.base)
    }
}

pub(crate) const SCIM: (&str, &str) = ("content-type", "application/scim+json");

pub(crate) fn user(object: &str, address: &str) -> Value {
    json!({
        "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "externalId": object, "userName": address, "active": true,
        "name": { "givenName": "Secretname", "familyName": "Familyname" },
        "emails": [{ "primary": true, "type": "work", "value": address }],
    })
}

async fn session(district: &District, cookie: &str) -> Result<Answer, SetupError> {
    let headers = [("cookie", cookie)];
    Ok(district.stack.stranger().call(Method::GET, "/v1/session", None, &headers).await?)
}

/// Checks the form of a SCIM error; returns its status and `scimType`.
pub(crate) fn refused(answer: &Answer) -> (u16, Value) {
    assert_eq!(answer.headers["content-type"], "application/scim+json");
    let schemas = json!(["urn:ietf:params:scim:api:messages:2.0:Error"]);
    assert_eq!(answer.body["schemas"], schemas, "{}", answer.body);
    assert_eq!(answer.body["status"], answer.status.to_string());
    assert!(answer.text("/detail").len() > 10);
    (answer.status, answer.body["scimType"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_whom_the_directory_takes_out_is_refused_at_the_very_next_request()
-> Result<(), SetupError> {
    let mut district = District::start().await?;
    let directory = Directory::of(&mut district).await?;
    let added = directory.add(ANN, "ann@district.example").await?;
    assert_eq!(added.status, 201, "{}", added.body);
    let id = added.text("/id");
    let place = format!("{}{}/{id}", district.stack.stack().url(), directory.users());
    assert_eq!(added.headers["location"].to_str()?, place);
    assert_eq!(added.body["active"], true);
    // Provisioning makes a person known without giving a role.
    let ann = || district.sign_in(ANN, "ann@district.example");
    let (one, other) = (ann().await?.1.ok_or("a session")?, ann().await?.1.ok_or("a session")?);
    assert_eq!(session(&district, &one).await?.text("/person/id"), id);
    let headers = [("cookie", one.as_str())];
    let schools =
        district.stack.stranger().call(Method::GET, "/v1/schools", None, &headers).await?;
    let seen = (schools.status, &schools.body["items"]);
    assert_eq!(seen, (200, &json!([])), "no role came with it");

    // Entra's form. Both sessions end, and the provider's sign-in is refused.
    let left = json!({ "op": "Replace", "path": "active", "value": "False" });
    let answer = directory.patch(&id, left.clone()).await?;
    assert_eq!((answer.status, &answer.body["active"]), (200, &json!(false)));
    for cookie in [&one, &other] {
        assert_eq!(session(&district, cookie).await?.status, 401);
    }
    assert_eq!(ann().await?, (401, None));
    assert_eq!(directory.patch(&id, left).await?.body["active"], false);
    assert_eq!(
        events(&district.stack, "identity_ended").await?,
        1,
        "a repeated removal is one event"
    );

    // Okta's form enables her again; ended sessions stay ended.
    let back = json!({ "op": "replace", "value": { "active": true } });
    assert_eq!(directory.patch(&id, back).await?.body["active"], true);
    assert_eq!(session(&district, &one).await?.status, 401);
    let again = ann().await?.1.ok_or("a session")?;
    assert_eq!(session(&district, &again).await?.text("/person/id"), id);
    let left = json!({ "op": "replace", "value": { "active": false } });
    assert_eq!(directory.patch(&id, left).await?.status, 200);
    assert_eq!(session(&district, &again).await?.status, 401);

    // DELETE is as final, until the directory adds the same person again.
    let path = format!("{}/{id}", directory.users());
    assert_eq!(directory.add(BEN, "ben@district.example").await?.status, 201);
    let ben = district.sign_in(BEN, "ben@district.example").await?.1.ok_or("a session")?;
    let ben_id = session(&district, &ben).await?.text("/person/id");
    for id in [&id, &ben_id] {
        let path = format!("{}/{id}", directory.users());
        let gone = directory.client.call(Method::DELETE, &path, None, &[]).await?;
        assert_eq!(gone.status, 204, "{}", gone.body);
        let again = directory.client.call(Method::DELETE, &path, None, &[]).await?;
        assert_eq!(refused(&again), (404, Value::Null));
    }
    assert_eq!(refused(&directory.client.get(&path).await?), (404, Value::Null));
    assert_eq!(session(&district, &ben).await?.status, 401);
    assert_eq!(district.sign_in(BEN, "ben@district.example").await?, (401, None));
    let again = directory.add(BEN, "ben@district.example").await?;
    assert_eq!((again.status, again.text("/id")), (201, ben_id));
    assert_eq!(district.sign_in(BEN, "ben@district.example").await?.0, 200);
    district.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_somebody_who_came_before_is_the_same_and_nobody_leaves_by_a_race()
-> Result<(), SetupError> {
    let mut district = District::start().await?;
    let directory = Directory::of(&mut district).await?;
    let (_, first) = district.sign_in(ANN, "ann@district.example").await?;
    let first = first.ok_or("a session")?;
    let id = session(&district, &first).await?.text("/person/id");
    // The directory may send the GUID in upper case. Created with active = false, she is signed out at once.
    let mut told = user(&ANN.to_uppercase(), "ann@district.example");
    told["active"] = json!("False");
    let users = directory.users();
    let added = directory.client.call(Method::POST, &users, Some(&told), &[SCIM]).await?;
    assert_eq!((added.status, added.text("/id")), (201, id.clone()));
    assert_eq!(session(&district, &first).await?.status, 401);
    assert_eq!(district.sign_in(ANN, "ann@district.example").await?, (401, None));
    // An unknown person who is created with active = false cannot sign in.
    let mut told = user(BEN, "ben@district.example");
    told["active"] = json!(false);
    let added = directory.client.call(Method::POST, &users, Some(&told), &[SCIM]).await?;
    assert_eq!((added.status, &added.body["active"]), (201, &json!(false)));
    assert_eq!(district.sign_in(BEN, "ben@district.example").await?, (401, None));

    // Of many parallel requests one creates the user, who is then found by name and by id.
    let carol = "0c0c0c0c-0000-4000-8000-00000000000c";
    let many = (0..8).map(|_| directory.add(carol, "carol@district.example"));
    let mut statuses = Vec::new();
    for answer in join_all(many).await {
        let answer = answer?;
        statuses.push(answer.status);
        if answer.status != 201 {
            assert_eq!(refused(&answer), (409, json!("uniqueness")));
        }
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    for filter in [
        "userName%20eq%20%22CAROL@district.example%22",
        &format!("externalId%20eq%20%22{carol}%22"),
    ] {
        let found = directory.client.get(&format!("{users}?filter={filter}")).await?;
        assert_eq!(found.body["totalResults"], 1, "{}", found.body);
        assert_eq!(found.body["Resources"][0]["userName"], "carol@district.example");
    }
    // Parallel changes of `active`: the state that the directory reads last is the one that applies.
    let found =
        directory.client.get(&format!("{users}?filter=externalId%20eq%20%22{carol}%22")).await?;
    let carol_id = found.text("/Resources/0/id");
    let flips = (0..6).map(|round| {
        let value = json!({ "active": round % 2 == 0 });
        directory.patch(&carol_id, json!({ "op": "replace", "value": value }))
    });
    for answer in join_all(flips).await {
        assert!([200, 409].contains(&answer?.status));
    }
    let left = json!({ "op": "replace", "path": "active", "value": false });
    assert_eq!(directory.patch(&carol_id, left).await?.status, 200);
    assert_eq!(district.sign_in(carol, "carol@district.example").await?, (401, None));
    district.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_a_directory_reaches_its_own_people_and_no_family() -> Result<(), SetupError> {
    let mut district = District::start().await?;
    let directory = Directory::of(&mut district).await?;
    // Ann is also a parent with the same e-mail address: the settings accept her domain as the district's.
    let settings = json!({
        "kind": "entra", "tenant": TENANT, "client_id": "our-client", "client_secret": "s3cret-of-ours",
        "domains": ["district.example", "family.example"],
    });
    district.provider.prove(&district.owner, &district.id, &["family.example"]).await?;
    let path = format!("/v1/districts/{}/identity-provider", district.id);
    assert_eq!(district.owner.call(Method::PUT, &path, Some(&settings), &[]).await?.status, 200);
    let photographer = district.stack.photographer("elsewhere").await?;
    let day = picture_day(&photographer, 1).await?;
    let codes = format!("/v1/students/{}/share-codes", day.pupils[0].id);
    let code = photographer.create(&codes, &json!({}), "ann").await?.text("/code");
    let parent = district.stack.parent("ann", &code).await?;
    let added = directory.add(ANN, "ann@family.example").await?;
    assert_eq!(added.status, 201, "{}", added.body);
    let staff = district.sign_in(ANN, "ann@family.example").await?.1.ok_or("a session")?;
    let left = json!({ "op": "replace", "path": "active", "value": false });
    assert_eq!(directory.patch(&added.text("/id"), left.clone()).await?.status, 200);
    assert_eq!(session(&district, &staff).await?.status, 401, "the district's sign-in is refused");
    assert_eq!(parent.get("/v1/session").await?.status, 200, "her parent account still works");
    // The parent's own id does not exist for the directory.
    let family = parent.read("/v1/session").await?.text("/person/id");
    let people = [family, format!("per_{}", "a".repeat(26)), "nonsense".to_owned()];

    // Another studio's district with the same tenant, and its own user.
    let mut theirs = District {
        owner: district.stack.photographer("other").await?,
        id: String::new(),
        provider: district.provider.clone(),
        stack: district.stack,
    };
    let made = theirs.owner.create("/v1/districts", &json!({ "name": "D" }), "district").await?;
    theirs.id = made.text("/id");
    let domains = ["district.example", "family.example"];
    theirs.provider.prove(&theirs.owner, &theirs.id, &domains).await?;
    let path = format!("/v1/districts/{}/identity-provider", theirs.id);
    assert_eq!(theirs.owner.call(Method::PUT, &path, Some(&settings), &[]).await?.status, 200);
    let other = Directory::of(&mut theirs).await?;
    let ben = other.add(BEN, "ben@district.example").await?.text("/id");
    let in_there = theirs.sign_in(BEN, "ben@district.example").await?.1.ok_or("a session")?;
    // Our directory cannot find the other one's user: not by id, by name, or by its path.
    let mut bodies = std::collections::BTreeSet::new();
    for id in people.iter().chain([&ben]) {
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            let body = match method {
                Method::PUT => Some(user(BEN, "ben@district.example")),
                Method::PATCH => Some(json!({ "schemas": [PATCH], "Operations": [left] })),
                _ => None,
            };
            let path = format!("{}/{id}", directory.users());
            let answer = directory.client.call(method, &path, body.as_ref(), &[SCIM]).await?;
            assert_eq!(refused(&answer), (404, Value::Null));
            bodies.insert(answer.body.to_string());
        }
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let filter = format!("{}?filter=externalId%20eq%20%22{BEN}%22", directory.users());
    assert_eq!(directory.client.get(&filter).await?.body["totalResults"], 0);
    let listed = directory.client.get(&directory.users()).await?;
    assert_eq!(listed.body["totalResults"], 1, "{}", listed.body);
    for path in [other.users(), format!("{}/{ben}", other.users()), "/scim/v2/x/Users".to_owned()] {
        let answer = directory.client.get(&path).await?;
        assert_eq!(refused(&answer), (401, Value::Null), "{path}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    assert_eq!(session(&theirs, &in_there).await?.status, 200, "his session is not affected");
    theirs.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_a_directorys_token_is_its_owners_shown_once_and_two_at_a_time()
-> Result<(), SetupError> {
    let mut district = District::start().await?;
    let path = format!("/v1/districts/{}/scim-tokens", district.id);
    let refusal = district.owner.post(&path, &json!({})).await?;
    assert_eq!((refusal.status, refusal.text("/code").as_str()), (403, "second_factor_needed"));
    let first = Directory::of(&mut district).await?;
    // The repeated request returns the same token's data without the token itself.
    let again = district.owner.create(&path, &json!({}), "first").await?;
    assert_eq!(again.body.get("token"), None);
    let second = Directory::made(&district, "second").await?;
    let third = district.owner.post(&path, &json!({})).await?;
    assert_eq!((third.status, third.text("/code").as_str()), (409, "too_many_scim_tokens"));
    let list = district.owner.read(&path).await?;
    assert_eq!(list.items().len(), 2);
    let address = format!("{}{}", district.stack.stack().url(), first.base);
    assert_eq!(list.text("/address"), address, "the URL for the directory's settings");
    for directory in [&first, &second] {
        assert_eq!(directory.client.get(&directory.users()).await?.status, 200);
    }
    assert!(first.token.starts_with("pds_") && first.token.len() == 47);
    assert_eq!(first.add(ANN, "ann@district.example").await?.status, 201);
    let app = district.stack.stack().app();
    let config = app.config();
    let tables = [&config.records_table, &config.access_table, &config.audit_table];
    let mut seen = 0;
    for table in tables {
        for row in scan(app, table.as_deref().unwrap_or_default()).await? {
            seen += 1;
            // No table holds a token, a person's identity, or attributes that we do not use.
            for secret in
                [first.token.trim_start_matches("pds_"), ANN, "ann@district", "Secretname"]
            {
                assert!(!row.contains(secret), "{row}");
            }
        }
    }
    assert!(seen > 10);

    // A stranger, a cookie, both together, and a program's token are refused.
    let stranger = district.stack.stranger();
    let users = first.users();
    assert_eq!(refused(&stranger.get(&users).await?).0, 401);
    assert_eq!(refused(&district.owner.get(&users).await?).0, 401);
    let bearer = format!("Bearer {}", first.token);
    let both = [("authorization", bearer.as_str())];
    assert_eq!(refused(&district.owner.call(Method::GET, &users, None, &both).await?).0, 400);
    for token in ["", "pds_", &format!("pds_{}", "A".repeat(43)), &first.token.replace("pds_", "")]
    {
        let client = Client::program(district.stack.stack().url(), token);
        assert_eq!(refused(&client.get(&users).await?).0, 401, "{token}");
    }

    let id = list.text("/items/0/id");
    let other = district.stack.photographer("other").await?;
    let foreign = other.call(Method::DELETE, &format!("{path}/{id}"), None, &[]).await?;
    assert_eq!(foreign.status, 404);
    assert_eq!(first.client.get(&users).await?.status, 200);
    let revoked = district.owner.call(Method::DELETE, &format!("{path}/{id}"), None, &[]).await?;
    assert_eq!(revoked.status, 204);
    assert_eq!(refused(&first.client.get(&users).await?).0, 401, "refused at the next request");
    assert_eq!(second.client.get(&users).await?.status, 200);
    let again = district.owner.call(Method::DELETE, &format!("{path}/{id}"), None, &[]).await?;
    assert_eq!(again.status, 404);
    // Parallel requests create no third token; after a year no token works.
    let nothing = json!({});
    let many = (0..6).map(|_| district.owner.post(&path, &nothing));
    let answers = join_all(many).await;
    let made = answers.iter().flatten().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    district.stack.advance_seconds(365 * 86_400 + 1);
    assert_eq!(refused(&second.client.get(&users).await?).0, 401);
    for (event, times) in [("scim_token_issued", 3), ("scim_token_revoked", 1)] {
        assert_eq!(events(&district.stack, event).await?, times, "{event}");
    }
    district.stack.stop().await;
    Ok(())
}
