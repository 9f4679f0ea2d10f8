//! Tests invitations: mailed, accepted once, valid for one e-mail address, and ended in several ways.

use local::client::{Answer, Client};
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack, picture_day, text};

use crate::programs::{by_key, program};
use crate::schools::refused;

const SUBJECT: &str = "You are invited to Picture Day";

/// A studio with one school.
struct Place {
    stack: TestStack,
    owner: Client,
    school: String,
}

impl Place {
    async fn start() -> Result<Self, SetupError> {
        let stack = TestStack::start().await?;
        let owner = stack.photographer("owner").await?;
        let school = picture_day(&owner, 1).await?.school;
        Ok(Self { stack, owner, school })
    }

    fn invitations(&self) -> String {
        format!("/v1/schools/{}/staff-invitations", self.school)
    }

    async fn invite(&self, by: &Client, email: &str) -> Result<Answer, SetupError> {
        let body = json!({ "email": email, "role": "teacher", "classes": ["Room Zebra"] });
        Ok(by.post(&self.invitations(), &body).await?)
    }

    /// Returns the token of the `number`-th invitation mailed to an e-mail address.
    async fn token(&self, email: &str, number: usize) -> Result<String, SetupError> {
        let mail = self.stack.mail(email, SUBJECT, number).await?;
        let (_, rest) = mail.split_once("/school/invitation?token=").ok_or("a link")?;
        Ok(rest.split_whitespace().next().unwrap_or_default().to_owned())
    }

    async fn accept(&self, token: &str, password: Option<&str>) -> Result<Answer, SetupError> {
        let mut body = json!({ "token": token });
        if let Some(password) = password {
            body["password"] = json!(password);
        }
        Ok(self.stack.stranger().post("/v1/invitations/acceptance", &body).await?)
    }

    async fn person(&self, client: &Client) -> Result<String, SetupError> {
        Ok(client.read("/v1/session").await?.text("/person/id"))
    }

    fn staff(&self, person: &str) -> String {
        format!("/v1/schools/{}/staff/{person}", self.school)
    }
}

/// Returns the stored audit events of one action.
async fn events(stack: &TestStack, action: &str) -> Result<Vec<String>, SetupError> {
    let app = stack.stack().app();
    let table = app.config().audit_table.clone().unwrap_or_default();
    let rows = scan(app, &table).await?;
    let wanted = format!("\"\\\"{action}\\\"\"");
    Ok(rows.into_iter().filter(|row| row.contains(&wanted)).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn c07_an_invitation_works_once_for_its_address_and_for_seven_days() -> Result<(), SetupError>
{
    let place = Place::start().await?;
    let email = "tess@school.example";
    let invited = place.invite(&place.owner, email).await?;
    assert_eq!((invited.status, invited.text("/status").as_str()), (202, "invited"));
    let first = place.token(email, 1).await?;
    // The invitation is sent again: the new link works, the old one does not.
    assert_eq!(place.invite(&place.owner, email).await?.status, 202);
    let token = place.token(email, 2).await?;
    let spent = (409, "link_used_or_expired".to_owned());
    assert_eq!(refused(&place.accept(&first, Some(PASSWORD)).await?), spent);
    let open = place.owner.read(&place.invitations()).await?;
    assert_eq!(open.items().len(), 1, "one invitation per e-mail address");

    // A new person must choose a password that meets the policy; until then the link stays valid.
    let missing = (422, "password_missing".to_owned());
    assert_eq!(refused(&place.accept(&token, None).await?), missing);
    assert_eq!(place.accept(&token, Some("short")).await?.status, 422);
    assert_eq!(place.accept(&token, Some(PASSWORD)).await?.text("/portal"), "school");
    assert_eq!(refused(&place.accept(&token, Some(PASSWORD)).await?), spent, "once");
    assert_eq!(place.owner.read(&place.invitations()).await?.items().len(), 0);

    let mut client = place.stack.stranger();
    let door = json!({ "portal": "school", "email": email, "password": PASSWORD });
    client.sign_in("/v1/sign-in/password", &door).await?;
    let schools = client.read("/v1/schools").await?;
    assert_eq!(schools.items().len(), 1);
    assert_eq!(schools.body["items"][0]["role"], "teacher");
    assert_eq!(schools.body["items"][0]["classes"], json!(["Room Zebra"]));

    // A link works until a minute before the week ends; after that it fails and is not listed.
    for email in ["in-time@school.example", "late@school.example"] {
        assert_eq!(place.invite(&place.owner, email).await?.status, 202);
    }
    let in_time = place.token("in-time@school.example", 1).await?;
    let late = place.token("late@school.example", 1).await?;
    place.stack.advance_seconds(7 * 86_400 - 60);
    assert_eq!(place.accept(&in_time, Some(PASSWORD)).await?.status, 200);
    place.stack.advance_seconds(60);
    assert_eq!(refused(&place.accept(&late, Some(PASSWORD)).await?), spent);
    let mut owner = place.stack.stranger();
    let door =
        json!({ "portal": "photographer", "email": "owner@studio.example", "password": PASSWORD });
    owner.sign_in("/v1/sign-in/password", &door).await?;
    assert_eq!(owner.read(&place.invitations()).await?.items().len(), 0);
    place.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c07_an_invitation_does_not_tell_whether_an_address_has_an_account()
-> Result<(), SetupError> {
    let place = Place::start().await?;
    place.stack.photographer("known").await?;
    let mut answers = Vec::new();
    for email in ["known@studio.example", "nobody@school.example"] {
        let mut answer = place.invite(&place.owner, email).await?;
        answer.body["request_id"] = Value::Null;
        answers.push((answer.status, answer.body.to_string(), answer.headers.len()));
    }
    assert_eq!(answers[0], answers[1]);
    // A person with an account keeps their password and uses it at the new portal.
    let token = place.token("known@studio.example", 1).await?;
    let not_asked = (422, "password_not_asked".to_owned());
    assert_eq!(refused(&place.accept(&token, Some("Another-Password-42")).await?), not_asked);
    assert_eq!(place.accept(&token, None).await?.status, 200);
    let mut client = place.stack.stranger();
    let door = json!({ "portal": "school", "email": "known@studio.example", "password": PASSWORD });
    client.sign_in("/v1/sign-in/password", &door).await?;
    assert_eq!(client.read("/v1/schools").await?.items().len(), 1);
    place.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c02_c03_who_may_invite_invites_into_their_own_school_alone() -> Result<(), SetupError> {
    let place = Place::start().await?;
    let administrator = place.stack.administrator(&place.owner, &place.school, "adam").await?;
    let teacher = place.stack.teacher(&place.owner, &place.school, "tess", &["3A"]).await?;
    let district = place.owner.read("/v1/districts").await?;
    let body = json!({ "district_id": text(&district.items()[0], "id"), "name": "Elm" });
    let elm = place.owner.create("/v1/schools", &body, "elm").await?.text("/id");

    assert_eq!(place.invite(&administrator, "one@school.example").await?.status, 202);
    let refusal = (403, "administrators_only".to_owned());
    assert_eq!(refused(&place.invite(&teacher, "two@school.example").await?), refusal);
    let into_elm = format!("/v1/schools/{elm}/staff-invitations");
    let body = json!({ "email": "three@school.example", "role": "administrator" });
    for caller in [&administrator, &teacher] {
        assert_eq!(caller.post(&into_elm, &body).await?.status, 404);
    }
    // The link of a withdrawn invitation does not work.
    let open = administrator.read(&place.invitations()).await?;
    let path = format!("{}/{}", place.invitations(), text(&open.items()[0], "id"));
    let token = place.token("one@school.example", 1).await?;
    assert_eq!(administrator.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    assert_eq!(administrator.call(Method::DELETE, &path, None, &[]).await?.status, 404);
    assert_eq!(place.accept(&token, Some(PASSWORD)).await?.status, 409);
    // A person who is already on the staff list is not invited again.
    let again = place.invite(&administrator, "tess@school.example").await?;
    assert_eq!(refused(&again), (409, "already_staff".to_owned()));
    // A role and classes that do not fit together.
    for (body, code) in [
        (json!({ "email": "x@y.example", "role": "teacher" }), "no_classes"),
        (
            json!({ "email": "x@y.example", "role": "administrator", "classes": ["3A"] }),
            "classes_of_administrator",
        ),
        (json!({ "email": "nobody", "role": "administrator" }), "bad_email"),
    ] {
        let answer = administrator.post(&place.invitations(), &body).await?;
        assert_eq!(refused(&answer), (422, code.to_owned()));
    }
    place.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c17_an_administrator_takes_people_off_and_they_are_out_at_the_next_request()
-> Result<(), SetupError> {
    let place = Place::start().await?;
    let adam = place.stack.administrator(&place.owner, &place.school, "adam").await?;
    let tess = place.stack.teacher(&place.owner, &place.school, "tess", &["3A"]).await?;
    let students = format!("/v1/schools/{}/students", place.school);
    assert_eq!(tess.read(&students).await?.items().len(), 1);
    let tess_id = place.person(&tess).await?;
    // The changed class applies from the next request.
    let body = json!({ "role": "teacher", "classes": ["9Z"] });
    let changed = adam.call(Method::PUT, &place.staff(&tess_id), Some(&body), &[]).await?;
    assert_eq!(changed.status, 204);
    assert_eq!(tess.read(&students).await?.items().len(), 0);
    let staff = adam.read(&format!("/v1/schools/{}/staff", place.school)).await?;
    let listed = staff.items().iter().find(|it| it["person_id"] == *tess_id);
    assert_eq!(listed.ok_or("tess")?["classes"], json!(["9Z"]));
    assert_eq!(listed.ok_or("tess")?["email"], "tess@school.example");

    assert_eq!(tess.call(Method::DELETE, &place.staff(&tess_id), None, &[]).await?.status, 403);
    assert_eq!(adam.call(Method::DELETE, &place.staff(&tess_id), None, &[]).await?.status, 204);
    assert_eq!(tess.get(&students).await?.status, 404);
    assert_eq!(tess.read("/v1/schools").await?.items().len(), 0);
    assert_eq!(adam.call(Method::DELETE, &place.staff(&tess_id), None, &[]).await?.status, 404);

    // Both changes are in the log with ids only, no names.
    for (action, count) in [
        ("staff_invited", 2),
        ("invitation_accepted", 2),
        ("staff_changed", 1),
        ("staff_removed", 1),
    ] {
        let rows = events(&place.stack, action).await?;
        assert_eq!(rows.len(), count, "{action}");
        for row in rows {
            assert!(row.contains(&place.school), "{action} names the school: {row}");
            assert!(!row.contains("@school.example"), "{row}");
        }
    }
    place.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c02_the_last_administrator_stays_even_when_two_send_each_other_away()
-> Result<(), SetupError> {
    let place = Place::start().await?;
    let adam = place.stack.administrator(&place.owner, &place.school, "adam").await?;
    let adam_id = place.person(&adam).await?;
    let last = (409, "last_administrator".to_owned());
    let leaves = adam.call(Method::DELETE, &place.staff(&adam_id), None, &[]).await?;
    assert_eq!(refused(&leaves), last);
    let teach = json!({ "role": "teacher", "classes": ["3A"] });
    let teaches = adam.call(Method::PUT, &place.staff(&adam_id), Some(&teach), &[]).await?;
    assert_eq!(refused(&teaches), last);

    for round in 0..4 {
        let name = format!("eve{round}");
        let eve = place.stack.administrator(&place.owner, &place.school, &name).await?;
        let eve_id = place.person(&eve).await?;
        let (eve_path, adam_path) = (place.staff(&eve_id), place.staff(&adam_id));
        let (one, other) = tokio::join!(
            adam.call(Method::DELETE, &eve_path, None, &[]),
            eve.call(Method::DELETE, &adam_path, None, &[]),
        );
        let done = [one?.status, other?.status].iter().filter(|status| **status == 204).count();
        assert!(done <= 1, "both went");
        let staff = place.owner.read(&format!("/v1/schools/{}/staff", place.school)).await?;
        let left = staff.items().iter().filter(|it| it["role"] == "administrator").count();
        assert!(left >= 1, "round {round}: no administrator is left");
        if adam.get(&format!("/v1/schools/{}", place.school)).await?.status == 404 {
            break;
        }
        // The studio may remove any administrator.
        place.owner.call(Method::DELETE, &eve_path, None, &[]).await?;
    }
    place.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c06_a_studios_owner_alone_decides_who_works_there() -> Result<(), SetupError> {
    let place = Place::start().await?;
    let stan = place.stack.colleague(&place.owner, "stan").await?;
    assert_eq!(stan.read("/v1/schools").await?.items().len(), 1, "the studio's schools");
    let body = json!({ "email": "friend@studio.example" });
    let refusal = (403, "owner_only".to_owned());
    assert_eq!(refused(&stan.get("/v1/studio/staff").await?), refusal);
    assert_eq!(refused(&stan.post("/v1/studio/staff-invitations", &body).await?), refusal);
    // A person cannot belong to two studios.
    place.stack.photographer("rival").await?;
    let body = json!({ "email": "rival@studio.example" });
    place.owner.create("/v1/studio/staff-invitations", &body, "rival").await?;
    let mail = place.stack.mail("rival@studio.example", SUBJECT, 1).await?;
    let (_, rest) = mail.split_once("/photographer/invitation?token=").ok_or("a link")?;
    let token = rest.split_whitespace().next().unwrap_or_default();
    let accepted = place.accept(token, None).await?;
    assert_eq!(refused(&accepted), (409, "another_studio".to_owned()));

    let listed = place.owner.read("/v1/studio/staff").await?;
    assert_eq!(listed.items().len(), 1);
    let stan_id = text(&listed.items()[0], "person_id");
    let owner_id = place.person(&place.owner).await?;
    let path = format!("/v1/studio/staff/{owner_id}");
    let gone = place.owner.call(Method::DELETE, &path, None, &[]).await?;
    assert_eq!(gone.status, 404, "an owner cannot be removed this way");
    let key = json!({ "name": "Uploader", "scopes": ["read"] });
    let key = stan.create("/v1/api-keys", &key, "key").await?.text("/key");
    let tokens = by_key(&place.stack, &key).await?;
    let program = program(&place.stack, &tokens);
    assert_eq!(program.get("/v1/schools").await?.status, 200);
    let path = format!("/v1/studio/staff/{stan_id}");
    assert_eq!(place.owner.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    assert_eq!(stan.get("/v1/schools").await?.status, 401, "refused at the next request");
    // The colleague's own API key stops working too.
    assert_eq!(program.get("/v1/schools").await?.status, 401);
    assert_eq!(by_key(&place.stack, &key).await?.status, 401);
    place.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c07_the_school_portal_is_entered_by_a_code_and_by_a_link_too() -> Result<(), SetupError> {
    let place = Place::start().await?;
    place.stack.teacher(&place.owner, &place.school, "tess", &["3A"]).await?;
    let email = "tess@school.example";
    let students = format!("/v1/schools/{}/students", place.school);

    let mut client = place.stack.stranger();
    let ask = json!({ "portal": "school", "email": email });
    assert_eq!(client.post("/v1/sign-in/link-requests", &ask).await?.status, 202);
    let mail = place.stack.mail(email, "Your link to sign in", 1).await?;
    let (_, rest) = mail.split_once("/school/open?token=").ok_or("a link")?;
    let token = rest.split_whitespace().next().unwrap_or_default();
    client.sign_in("/v1/sign-in/link", &json!({ "token": token })).await?;
    assert_eq!(client.read(&students).await?.items().len(), 1);

    let mut client = place.stack.stranger();
    assert_eq!(client.post("/v1/sign-in/code-requests", &ask).await?.status, 202);
    let mail = place.stack.mail(email, "Your code to sign in", 1).await?;
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = mail.split_whitespace().find(is_code).ok_or("a code")?;
    client.sign_in("/v1/sign-in/code", &json!({ "portal": "school", "code": code })).await?;
    assert_eq!(client.read(&students).await?.items().len(), 1);

    // The account opens no other portal, and a person who works at no school cannot sign in here.
    for (portal, email) in
        [("photographer", email), ("parent", email), ("school", "owner@studio.example")]
    {
        let door = json!({ "portal": portal, "email": email, "password": PASSWORD });
        let answer = place.stack.stranger().post("/v1/sign-in/password", &door).await?;
        assert_eq!(answer.status, 401, "{portal} {email}");
    }
    place.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_and_classes_of_staff_lie_sealed() -> Result<(), SetupError> {
    let place = Place::start().await?;
    place.stack.teacher(&place.owner, &place.school, "tess", &["Room Zebra"]).await?;
    place.invite(&place.owner, "open@school.example").await?;
    let app = place.stack.stack().app();
    let config = app.config();
    let tables =
        [&config.records_table, &config.access_table, &config.audit_table, &config.keys_table];
    for table in tables.into_iter().flatten() {
        for row in scan(app, table).await? {
            for secret in ["Zebra", "@school.example"] {
                assert!(!row.contains(secret), "{secret} in {table}: {row}");
            }
        }
    }
    place.stack.stop().await;
    Ok(())
}
