//! A small world that has a thing for every id that a route can name.

use std::collections::BTreeMap;

use local::client::Client;
use platform::base::config::Limits;
use reqwest::Method;
use serde_json::json;
use testkit::{SetupError, Shooting, TestStack, picture_day, publish, settle, text};

use crate::provider::Provider;

/// The owner's data, and all callers who try to reach it.
pub(crate) struct World {
    pub(crate) stack: TestStack,
    pub(crate) owner: Client,
    pub(crate) other: Client,
    pub(crate) parent: Client,
    pub(crate) other_parent: Client,
    /// Administers the owner's school.
    pub(crate) administrator: Client,
    /// Teaches the students' class.
    pub(crate) teacher: Client,
    /// Administers another school of the owner's studio.
    pub(crate) other_school: Client,
    /// A site administrator.
    pub(crate) operator: Client,
    /// Ids by the names that routes use.
    pub(crate) ids: Ids,
    /// Ids for the administrator, with separate things where a route ends one.
    pub(crate) of_administrator: Ids,
    /// Ids for the teacher, with separate things where a route ends one.
    pub(crate) of_teacher: Ids,
}

/// Ids by the names that routes use.
pub(crate) type Ids = BTreeMap<&'static str, String>;

/// A roster of the children of [`world`], as the owner uploads it.
pub(crate) const ROSTER: &str = "Student ID,First Name,Last Name,Class\n900001,Given1,Family1,3A\n\
    900002,Given2,Family2,3A\n900003,Given3,Family3,3A\n900004,Given4,Family4,3A\n";

/// Personal data of a [`world`]: names, e-mail addresses, a school's numbers, file names.
pub(crate) const PERSONAL: [&str; 7] = [
    "Given1",
    "Family1",
    "@family.example",
    "@studio.example",
    "@operators.example",
    "DSC_",
    "900001",
];

pub(crate) async fn world() -> Result<World, SetupError> {
    world_with(|_| ()).await
}

/// Creates a world with other rate limits.
pub(crate) async fn world_with(set: impl FnOnce(&mut Limits)) -> Result<World, SetupError> {
    let provider = Provider::start().await?;
    let stack = TestStack::start_with_identity_providers_and(&provider.url, set).await?;
    Box::pin(made(stack, 4, Some(&provider))).await
}

/// Creates a world in a given stack, without an identity provider.
///
/// Of four students two are photographed, of more all of them.
pub(crate) async fn world_in(stack: TestStack, students: usize) -> Result<World, SetupError> {
    Box::pin(made(stack, students, None)).await
}

#[expect(clippy::too_many_lines, reason = "one school, set up from its roster to its guests")]
async fn made(
    stack: TestStack,
    students: usize,
    provider: Option<&Provider>,
) -> Result<World, SetupError> {
    let owner = stack.photographer("owner").await?;
    let other = stack.photographer("other").await?;
    let day = picture_day(&owner, students).await?;
    let mut camera = Shooting::small(1);
    let photographed = if students > 4 { students } else { 2 };
    for pupil in day.pupils.iter().take(photographed) {
        camera.pupil(pupil, 1)?;
    }
    owner.upload(&day.day, "A", camera.files).await?;
    let photos = settle(&owner, &day.day).await?;
    let galleries = publish(&owner, &day.day).await?;

    let mut ids = BTreeMap::from([("school", day.school.clone()), ("day", day.day.clone())]);
    let mut parents = Vec::new();
    for (name, pupil) in ["ann", "ben"].into_iter().zip(&day.pupils) {
        let path = format!("/v1/students/{}/share-codes", pupil.id);
        let code = owner.create(&path, &json!({}), name).await?;
        let parent = stack.parent(name, &code.text("/code")).await?;
        let version = parent.consent().await?;
        parents.push(parent);
        if name == "ann" {
            ids.extend([
                ("code", code.text("/id")),
                ("version", version),
                ("student", pupil.id.clone()),
            ]);
        }
    }
    let student = &ids["student"].clone();
    let of_student = |rows: &[serde_json::Value], member: &str| {
        rows.iter().find(|row| row[member] == *student).map(|row| text(row, "id"))
    };
    let photo = photos.iter().find(|photo| photo["student_ids"] == json!([student]));
    let path = format!("/v1/schools/{}/access-requests", day.school);
    let requests = owner.read(&path).await?;
    let path = format!("/v1/schools/{}/roster-imports", day.school);
    let import = owner.post_file(&path, "text/csv", ROSTER.into(), "again").await?;
    let districts = owner.read("/v1/districts").await?;
    let district = text(&districts.items()[0], "id");
    if let Some(provider) = provider {
        provider.prove(&owner, &district, &["district.example"]).await?;
        let path = format!("/v1/districts/{district}/identity-provider");
        let settings = json!({ "kind": "google", "tenant": "district.example", "client_id": "c", "client_secret": "s", "domains": ["district.example"] });
        let set = owner.call(Method::PUT, &path, Some(&settings), &[]).await?;
        assert_eq!(set.status, 200, "{}", set.body);
    }
    let body = json!({ "name": "Uploader", "scopes": ["read"] });
    let key = owner.create("/v1/api-keys", &body, "key").await?;
    ids.extend([
        ("district", district),
        ("import", import.text("/id")),
        ("row", "2".to_owned()),
        ("key", key.text("/id")),
        ("photo", photo.map(|photo| text(photo, "id")).unwrap_or_default()),
        ("gallery", of_student(&galleries, "student_id").unwrap_or_default()),
        ("request", of_student(requests.items(), "student_id").unwrap_or_default()),
    ]);
    let runs = owner.read(&format!("/v1/picture-days/{}/runs", day.day)).await?;
    let run = runs.items().iter().find(|run| run["student_id"] == *student);
    let run = |member: &str| run.map(|run| text(run, member)).unwrap_or_default();
    ids.extend([("run", run("id")), ("run_version", run("version"))]);
    let staff = Staff::of(&stack, &owner, &day).await?;
    let (mut of_administrator, mut of_teacher) = (ids.clone(), ids.clone());
    for (ids, own) in [
        (&mut ids, staff.of_owner),
        (&mut of_administrator, staff.of_administrator),
        (&mut of_teacher, staff.of_teacher),
    ] {
        ids.extend(own);
    }
    let Staff { administrator, teacher, other_school, .. } = staff;
    let other_parent = parents.pop().ok_or("no parent")?;
    let parent = parents.pop().ok_or("no parent")?;
    Ok(World {
        operator: stack.operator("operator").await?.client,
        stack,
        owner,
        other,
        parent,
        other_parent,
        administrator,
        teacher,
        other_school,
        ids,
        of_administrator,
        of_teacher,
    })
}

/// The staff of the owner's schools and studio, and the ids that each caller may end.
struct Staff {
    administrator: Client,
    teacher: Client,
    other_school: Client,
    of_owner: Ids,
    of_administrator: Ids,
    of_teacher: Ids,
}

impl Staff {
    async fn of(
        stack: &TestStack,
        owner: &Client,
        day: &testkit::PictureDay,
    ) -> Result<Self, SetupError> {
        let school = &day.school;
        let administrator = stack.administrator(owner, school, "adam").await?;
        let teacher = stack.teacher(owner, school, "tess", &["3A"]).await?;
        let district = owner.read("/v1/districts").await?;
        let body = json!({ "district_id": text(&district.items()[0], "id"), "name": "Elm" });
        let elm = owner.create("/v1/schools", &body, "elm").await?.text("/id");
        let other_school = stack.administrator(owner, &elm, "olga").await?;
        let colleague = stack.colleague(owner, "stan").await?;
        owner.post("/v1/studio/staff-invitations", &json!({ "email": "open@z.example" })).await?;
        let offers = owner.read("/v1/studio/staff-invitations").await?;
        let mut of_owner = Ids::from([
            ("colleague", person_of(&colleague).await?),
            ("offer", text(&offers.items()[0], "id")),
            ("studio", owner.read("/v1/session").await?.text("/studio/id")),
        ]);
        let (mut of_administrator, mut of_teacher) = (Ids::new(), Ids::new());
        for (ids, name) in [(&mut of_owner, "one"), (&mut of_administrator, "two")] {
            let member = stack.teacher(owner, school, name, &["3A"]).await?;
            let invitations = format!("/v1/schools/{school}/staff-invitations");
            let email = format!("open-{name}@y.example");
            let body = json!({ "email": email, "role": "administrator" });
            owner.post(&invitations, &body).await?;
            let open = owner.read(&invitations).await?;
            let open = open.items().iter().find(|it| it["email"] == *email).cloned();
            ids.insert("person", person_of(&member).await?);
            ids.insert("invitation", open.map(|it| text(&it, "id")).unwrap_or_default());
        }
        // These codes are of later students: the table issues a code for the first, which would end the
        // first's previous code.
        let pupils = day.pupils.iter().skip(1);
        for (ids, pupil) in
            [&mut of_owner, &mut of_administrator, &mut of_teacher].into_iter().zip(pupils)
        {
            let path = format!("/v1/students/{}/share-codes", pupil.id);
            ids.insert("code", owner.create(&path, &json!({}), "spare").await?.text("/id"));
        }
        Ok(Self { administrator, teacher, other_school, of_owner, of_administrator, of_teacher })
    }
}

/// Returns the id of the signed-in person.
async fn person_of(client: &Client) -> Result<String, SetupError> {
    Ok(client.read("/v1/session").await?.text("/person/id"))
}
