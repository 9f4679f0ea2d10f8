//! Compares the access review report of a studio with the stored rows that authorize access.

use std::collections::BTreeSet;

use local::client::{Answer, Client};
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, Shooting, TestStack, picture_day, publish, settle, text};

use crate::programs::events;
use crate::second_factors::with_app;

const REPORT: &str = "/v1/studio/access-review";
const REVIEWS: &str = "/v1/studio/access-reviews";

/// Grants as kind and id, as both the report and the stored rows name them.
type Grants = BTreeSet<(String, String)>;

/// A studio with a school, two students, and one published gallery per student.
struct Studio {
    stack: TestStack,
    owner: Client,
    school: String,
    district: String,
    students: Vec<String>,
    gallery: String,
}

impl Studio {
    async fn start() -> Result<Self, SetupError> {
        let stack = TestStack::start().await?;
        let owner = with_app(&stack, "owner").await?.client;
        let day = picture_day(&owner, 2).await?;
        let mut camera = Shooting::small(1);
        for pupil in &day.pupils {
            camera.pupil(pupil, 1)?;
        }
        owner.upload(&day.day, "A", camera.files).await?;
        settle(&owner, &day.day).await?;
        let galleries = publish(&owner, &day.day).await?;
        let district = text(&owner.read("/v1/districts").await?.items()[0], "id");
        let students = day.pupils.iter().map(|pupil| pupil.id.clone()).collect();
        let gallery = text(&galleries[0], "id");
        Ok(Self { stack, owner, school: day.school, district, students, gallery })
    }

    /// Returns all grants of the report: those it lists itself and the families its schools list.
    async fn reported(&self) -> Result<(Answer, Grants), SetupError> {
        let report = self.owner.read(REPORT).await?;
        let rows = report.body["grants"].as_array().cloned().unwrap_or_default();
        let mut all: Grants = rows.iter().map(|row| (text(row, "kind"), text(row, "id"))).collect();
        let (mut active, mut waiting) = (0, 0);
        for row in self.owner.all(&format!("/v1/schools/{}/access-requests", self.school)).await? {
            match text(&row, "state").as_str() {
                "ended" => continue,
                "active" => active += 1,
                _ => waiting += 1,
            }
            all.insert(("family".to_owned(), text(&row, "student_id")));
        }
        let families = &report.body["families"][0];
        assert_eq!((&families["active"], &families["waiting"]), (&json!(active), &json!(waiting)));
        assert_eq!(report.body["count"], json!(rows.len() + active + waiting));
        Ok((report, all))
    }

    /// Returns all grants of this studio, read from the stored rows that authorize.
    async fn kept(&self) -> Result<Grants, SetupError> {
        let app = self.stack.stack().app();
        let config = app.config();
        let studio = self.owner.read("/v1/session").await?.text("/studio/id");
        let now = app.now().as_second();
        let mut all = Grants::new();
        for table in [&config.records_table, &config.access_table] {
            for row in scan(app, table.as_deref().unwrap_or_default()).await? {
                let of = |name: &str| attribute(&row, name);
                let (pk, sk) = (of("PK").unwrap_or_default(), of("SK").unwrap_or_default());
                let is_over = of("ends")
                    .and_then(|ends| ends.parse().ok())
                    .is_some_and(|ends: i64| ends <= now);
                let is_ours = row.contains(&studio);
                let (kind, id) = match sk.split_once('#') {
                    Some(("MEMBERSHIP", of_studio)) if of_studio == studio => {
                        let is_owner = of("role").as_deref() == Some("owner");
                        let kind = if is_owner { "owner" } else { "colleague" };
                        (kind, pk.replace("PERSON#", ""))
                    }
                    Some(("STAFF", _)) if pk.starts_with("PERSON#") && is_ours => {
                        ("school_staff", pk.replace("PERSON#", ""))
                    }
                    Some(("GRANT", student))
                        if is_ours && of("state").as_deref() != Some("ended") =>
                    {
                        ("family", student.to_owned())
                    }
                    Some(("APIKEY", id)) if is_ours => ("api_key", id.to_owned()),
                    Some(("TRUSTED", id)) if is_ours => ("trusted_issuer", id.to_owned()),
                    Some(("SCIMTOKEN", _)) if is_ours && !is_over => {
                        ("directory", of("id").unwrap_or_default())
                    }
                    Some(("INVITATION", id)) if is_ours && !is_over => {
                        ("invitation", id.to_owned())
                    }
                    // A guest token has two rows: count the one that authorizes, not the one that lists it.
                    None if sk == "GUEST" && is_ours && !is_over => {
                        ("guest", of("id").unwrap_or_default())
                    }
                    _ => continue,
                };
                all.insert((kind.to_owned(), id));
            }
        }
        Ok(all)
    }

    /// Returns the report and its grants, after checking that they equal the stored rows.
    async fn both(&self, after: &str) -> Result<(Answer, Grants), SetupError> {
        let (report, reported) = self.reported().await?;
        assert_eq!(reported, self.kept().await?, "after {after}");
        Ok((report, reported))
    }

    async fn end(&self, path: &str) -> Result<(), SetupError> {
        let answer = self.owner.call(Method::DELETE, path, None, &[]).await?;
        assert_eq!(answer.status, 204, "{path}: {}", answer.body);
        Ok(())
    }

    async fn sign(&self, digest: &str) -> Result<Answer, SetupError> {
        Ok(self.owner.post(REVIEWS, &json!({ "digest": digest })).await?)
    }

    /// Signs in a parent of the student and gives consent.
    async fn family(&self, name: &str, student: &str) -> Result<Client, SetupError> {
        let path = format!("/v1/students/{student}/share-codes");
        let code = self.owner.create(&path, &json!({}), name).await?.text("/code");
        let parent = self.stack.parent(name, &code).await?;
        parent.consent().await?;
        Ok(parent)
    }
}

/// Returns an attribute's value in a row as [`scan`] prints it: `name=S("value")`, values of one word only.
fn attribute(row: &str, name: &str) -> Option<String> {
    let mut parts = row.split(' ');
    let value = parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))?;
    let value = value.strip_prefix("S(").or_else(|| value.strip_prefix("N("))?;
    Some(value.chars().filter(|c| !"\"\\()".contains(*c)).collect())
}

/// Creates one grant of each kind in turn, and returns each kind with the path that ends it.
async fn grant_each(studio: &Studio) -> Result<Vec<(&'static str, String)>, SetupError> {
    let (owner, school) = (&studio.owner, &studio.school);
    let mut ends = Vec::new();
    let mut digests = BTreeSet::new();
    let mut before = studio.both("nothing").await?.1.len();
    for kind in [
        "colleague",
        "teacher",
        "family",
        "waiting family",
        "api_key",
        "trusted_issuer",
        "directory",
        "guest",
        "invitation to the studio",
        "invitation to the school",
    ] {
        let end = match kind {
            "colleague" => {
                let colleague = studio.stack.colleague(owner, "stan").await?;
                format!(
                    "/v1/studio/staff/{}",
                    colleague.read("/v1/session").await?.text("/person/id")
                )
            }
            "teacher" => {
                let teacher = studio.stack.teacher(owner, school, "tess", &["3A", "3B"]).await?;
                let person = teacher.read("/v1/session").await?.text("/person/id");
                format!("/v1/schools/{school}/staff/{person}")
            }
            "family" => {
                studio.family("ann", &studio.students[0]).await?;
                String::new()
            }
            "waiting family" => {
                let access = format!("/v1/schools/{school}/parent-access");
                let approval = json!({ "parent_access": "approval" });
                owner.call(Method::PUT, &access, Some(&approval), &[]).await?;
                studio.family("ben", &studio.students[1]).await?;
                String::new()
            }
            "api_key" => {
                let new = json!({ "name": "Uploader", "scopes": ["read"] });
                format!(
                    "/v1/api-keys/{}",
                    owner.create("/v1/api-keys", &new, "key").await?.text("/id")
                )
            }
            "trusted_issuer" => {
                let new = json!({ "name": "Nightly", "issuer": "https://accounts.google.com", "audience": "a", "subject": "s", "scopes": ["read"] });
                let made = owner.create("/v1/trusted-issuers", &new, "trust").await?;
                format!("/v1/trusted-issuers/{}", made.text("/id"))
            }
            "directory" => {
                let path = format!("/v1/districts/{}/scim-tokens", studio.district);
                format!("{path}/{}", owner.create(&path, &json!({}), "scim").await?.text("/id"))
            }
            "guest" => {
                let path = format!("/v1/galleries/{}/guest-tokens", studio.gallery);
                owner.create(&path, &json!({}), "guest").await?;
                String::new()
            }
            "invitation to the studio" => invite(owner, "/v1/studio").await?,
            _ => invite(owner, &format!("/v1/schools/{school}")).await?,
        };
        let (report, reported) = studio.both(kind).await?;
        assert_eq!(reported.len(), before + 1, "one more after {kind}: {}", report.body);
        assert!(digests.insert(report.text("/digest")), "the digest changes with {kind}");
        before = reported.len();
        ends.push((kind, end));
    }
    Ok(ends)
}

/// Sends an invitation and returns the path that withdraws it.
async fn invite(owner: &Client, place: &str) -> Result<String, SetupError> {
    let path = format!("{place}/staff-invitations");
    let mut invitation = json!({ "email": "open@z.example" });
    if place.contains("schools") {
        invitation["role"] = json!("administrator");
    }
    assert_eq!(owner.post(&path, &invitation).await?.status, 202);
    let id = text(&owner.read(&path).await?.items()[0], "id");
    Ok(format!("{path}/{id}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn c14_the_report_is_what_the_rows_let_in_after_every_grant_and_every_end()
-> Result<(), SetupError> {
    let studio = Studio::start().await?;
    // Another studio with the same kinds of grants must not appear in the report.
    let other = studio.stack.photographer("other").await?;
    let theirs = picture_day(&other, 1).await?;
    studio.stack.administrator(&other, &theirs.school, "olga").await?;
    other.create("/v1/api-keys", &json!({ "name": "P", "scopes": ["read"] }), "key").await?;

    let mut left = grant_each(&studio).await?;
    let (report, all) = studio.both("all of them").await?;
    let grants = report.body["grants"].as_array().cloned().unwrap_or_default();
    let of =
        |kind: &str| grants.iter().find(|row| row["kind"] == kind).cloned().unwrap_or_default();
    assert_eq!(of("owner")["name"], "owner@studio.example");
    assert!(of("owner")["last_seen_at"].is_string());
    let teacher = of("school_staff");
    assert_eq!(
        (&teacher["name"], &teacher["role"]),
        (&json!("tess@school.example"), &json!("teacher"))
    );
    assert_eq!(teacher["reaches"], json!(["3A", "3B"]));
    assert_eq!(of("api_key")["name"], "Uploader (owner@studio.example)");
    assert_eq!(of("trusted_issuer")["reaches"], json!(["read"]));
    assert_eq!(of("directory")["name"], "District");
    assert_eq!(of("guest")["reaches"], json!([studio.gallery]));
    assert_eq!(of("invitation")["name"], "open@z.example");

    let mut there = all.len();
    left.retain(|(_, path)| !path.is_empty());
    assert_eq!(left.len(), 7);
    for (kind, path) in left {
        studio.end(&path).await?;
        let (_, reported) = studio.both(kind).await?;
        there -= 1;
        assert_eq!(reported.len(), there, "one less after the end of {kind}");
    }
    // The waiting family is refused, and the guest's hour passes.
    let requests = format!("/v1/schools/{}/access-requests", studio.school);
    let waiting = studio.owner.all(&requests).await?;
    let waiting =
        waiting.iter().find(|row| row["state"] == "consented").ok_or("no family waits")?;
    let refusal = format!("/v1/access-requests/{}/refusal", text(waiting, "id"));
    assert_eq!(studio.owner.post(&refusal, &json!({})).await?.status, 200);
    assert_eq!(studio.both("the refusal").await?.1.len(), there - 1);
    // The owner stays active meanwhile; otherwise the session would expire.
    for _ in 0..4 {
        studio.stack.advance_seconds(901);
        studio.owner.read("/v1/session").await?;
    }
    let (_, reported) = studio.both("the guest's hour").await?;
    let kinds: Vec<_> = reported.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["family", "owner"], "{reported:?}");
    studio.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c14_a_guest_whose_host_sees_the_gallery_no_more_is_in_no_report() -> Result<(), SetupError>
{
    let studio = Studio::start().await?;
    let colleague = studio.stack.colleague(&studio.owner, "stan").await?;
    let give = format!("/v1/galleries/{}/guest-tokens", studio.gallery);
    colleague.create(&give, &json!({}), "guest").await?;
    let kinds = |report: &Answer| -> Vec<String> {
        let rows = report.body["grants"].as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| text(row, "kind")).collect()
    };
    let before = kinds(&studio.owner.read(REPORT).await?);
    assert!(before.contains(&"guest".to_owned()), "{before:?}");
    let person = colleague.read("/v1/session").await?.text("/person/id");
    studio.end(&format!("/v1/studio/staff/{person}")).await?;
    assert_eq!(kinds(&studio.owner.read(REPORT).await?), ["owner"]);
    studio.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c14_an_owner_signs_exactly_the_report_that_was_shown_and_it_is_in_the_log()
-> Result<(), SetupError> {
    let studio = Studio::start().await?;
    let colleague = studio.stack.colleague(&studio.owner, "stan").await?;
    for answer in
        [colleague.get(REPORT).await?, colleague.post(REVIEWS, &json!({ "digest": "none" })).await?]
    {
        assert_eq!((answer.status, answer.text("/code").as_str()), (403, "owner_only"));
    }
    let first = studio.owner.read(REPORT).await?;
    assert_eq!((&first.body["last_review"], &first.body["is_due"]), (&Value::Null, &json!(true)));
    let stale = first.text("/digest");

    // A teacher's classes change, although no person is added or removed: the digest changes.
    let teacher = studio.stack.teacher(&studio.owner, &studio.school, "tess", &["3A"]).await?;
    let refused = studio.sign(&stale).await?;
    assert_eq!((refused.status, refused.text("/code").as_str()), (409, "access_changed"));
    let with_teacher = studio.owner.read(REPORT).await?.text("/digest");
    let person = teacher.read("/v1/session").await?.text("/person/id");
    let path = format!("/v1/schools/{}/staff/{person}", studio.school);
    let classes = json!({ "role": "teacher", "classes": ["3A", "3B"] });
    assert_eq!(studio.owner.call(Method::PUT, &path, Some(&classes), &[]).await?.status, 204);
    let refused = studio.sign(&with_teacher).await?;
    assert_eq!((refused.status, refused.text("/code").as_str()), (409, "access_changed"));
    assert_eq!(events(&studio.stack, "access_reviewed").await?, 0);

    let shown = studio.owner.read(REPORT).await?;
    let digest = shown.text("/digest");
    assert_eq!(events(&studio.stack, "access_review_read").await?, 3, "every read is recorded");
    assert_eq!(shown.body["is_due"], true, "a refused signature is no review");
    let signed = studio.sign(&digest).await?;
    assert_eq!(signed.status, 201, "{}", signed.body);
    assert_eq!(signed.text("/by"), "owner@studio.example");
    let app = studio.stack.stack().app();
    let audit = app.config().audit_table.clone().unwrap_or_default();
    let rows = scan(app, &audit).await?;
    let event: Vec<_> = rows.iter().filter(|row| row.contains("access_reviewed")).collect();
    assert_eq!(event.len(), 1);
    let owner = studio.owner.read("/v1/session").await?.text("/person/id");
    assert!(event[0].contains(&digest) && event[0].contains(&owner), "{}", event[0]);

    let after = studio.owner.read(REPORT).await?;
    assert_eq!((after.text("/digest"), &after.body["is_due"]), (digest.clone(), &json!(false)));
    assert_eq!(after.text("/last_review/digest"), digest);
    studio.stack.advance_seconds(60);
    studio.owner.create("/v1/api-keys", &json!({ "name": "P", "scopes": ["read"] }), "k").await?;
    let changed = studio.owner.read(REPORT).await?;
    let rows = changed.body["grants"].as_array().cloned().unwrap_or_default();
    let new: Vec<_> = rows.iter().filter(|row| row["is_new"] == true).collect();
    assert_eq!((new.len(), &new[0]["kind"]), (1, &json!("api_key")), "the new grant is marked");
    // Ten minutes after the second factor, signing is refused.
    studio.stack.advance_seconds(600);
    let late = studio.sign(&changed.text("/digest")).await?;
    assert_eq!((late.status, late.text("/code").as_str()), (403, "second_factor_needed"));
    studio.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c14_a_teacher_was_seen_last_when_they_were_there_as_a_teacher() -> Result<(), SetupError> {
    let studio = Studio::start().await?;
    let teacher = studio.stack.teacher(&studio.owner, &studio.school, "tess", &["3A"]).await?;
    let id = teacher.read("/v1/session").await?.text("/person/id");
    let last_seen = async || -> Result<Value, SetupError> {
        let report = studio.owner.read(REPORT).await?;
        let rows = report.body["grants"].as_array().cloned().unwrap_or_default();
        let row = rows.into_iter().find(|it| it["id"] == *id && it["kind"] == "school_staff");
        Ok(row.ok_or("a teacher")?["last_seen_at"].clone())
    };
    let before = last_seen().await?;
    assert!(before.is_string(), "{before}");
    studio.stack.advance_seconds(60);
    let path = format!("/v1/students/{}/share-codes", studio.students[0]);
    let code = studio.owner.create(&path, &json!({}), "code").await?.text("/code");
    studio.stack.parent_of("tess@school.example", &code).await?;
    assert_eq!(last_seen().await?, before, "viewing their own child's photos does not count");
    studio.stack.stop().await;
    Ok(())
}
