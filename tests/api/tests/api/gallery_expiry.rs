//! Tests a gallery's expiry: a rebuild keeps it, the family sees it, and it is never removed by accident.

use local::client::{Answer, Client};
use platform::jiff::Timestamp;
use platform::jiff::tz::TimeZone;
use serde_json::{Value, json};
use testkit::{
    PictureDay, SetupError, Shooting, TestStack, picture_day, publish, published, settle, text,
};

/// A picture day in Denver with three students, two of them photographed, and the family of the first.
struct Scene {
    stack: TestStack,
    owner: Client,
    day: PictureDay,
    parent: Client,
    /// The galleries of the two students.
    galleries: [String; 2],
}

const DAY_SECONDS: i64 = 24 * 60 * 60;

async fn scene() -> Result<Scene, SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 3).await?;
    let mut camera = Shooting::small(1);
    for pupil in &day.pupils[..2] {
        camera.pupil(pupil, 1)?;
    }
    owner.upload(&day.day, "A", camera.files).await?;
    settle(&owner, &day.day).await?;
    let rows = publish(&owner, &day.day).await?;
    let gallery = |at: usize| {
        let own = rows.iter().find(|row| row["student_id"] == json!(day.pupils[at].id));
        own.map(|row| text(row, "id")).unwrap_or_default()
    };
    let galleries = [gallery(0), gallery(1)];
    let path = format!("/v1/students/{}/share-codes", day.pupils[0].id);
    let code = owner.create(&path, &json!({}), "code").await?.text("/code");
    let parent = stack.parent("ann", &code).await?;
    parent.consent().await?;
    Ok(Scene { stack, owner, day, parent, galleries })
}

impl Scene {
    async fn build(&self, more: &Value) -> Result<Answer, SetupError> {
        let mut body = json!({ "target": "hosted" });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let path = format!("/v1/picture-days/{}/galleries", self.day.day);
        Ok(self.owner.post(&path, &body).await?)
    }

    /// Builds, waits, and returns the studio's rows of both galleries.
    async fn built(&self, more: &Value) -> Result<[Value; 2], SetupError> {
        let answer = self.build(more).await?;
        assert_eq!(answer.status, 202, "{}", answer.body);
        published(&self.owner, &self.day.day).await?;
        self.listed().await
    }

    async fn listed(&self) -> Result<[Value; 2], SetupError> {
        let path = format!("/v1/galleries?picture_day={}", self.day.day);
        let list = self.owner.read(&path).await?;
        let row = |id: &String| list.items().iter().find(|row| row["id"] == **id).cloned();
        Ok([row(&self.galleries[0]).ok_or("first")?, row(&self.galleries[1]).ok_or("second")?])
    }

    /// Returns a date some days ahead of the stack's clock, and the last second of that date in Denver.
    fn date_in(&self, days: i64) -> (String, String) {
        let now = self.stack.stack().app().now().as_second();
        let zone = TimeZone::get("America/Denver").unwrap_or(TimeZone::UTC);
        let at = |seconds| Timestamp::from_second(seconds).unwrap_or_default();
        let date = at(now + days * DAY_SECONDS).to_zoned(zone.clone()).date();
        let next = date.tomorrow().ok().and_then(|next| next.to_zoned(zone).ok());
        let end = next.map(|next| next.timestamp().as_second() - 1).unwrap_or_default();
        (date.to_string(), at(end).to_string())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_keeps_the_end_unless_it_says_otherwise() -> Result<(), SetupError> {
    let scene = scene().await?;
    let (date, end) = scene.date_in(30);
    for row in scene.built(&json!({ "expires_at": date })).await? {
        assert_eq!(
            text(&row, "expires_at"),
            end,
            "a date expires at its end in the school's time zone"
        );
    }
    for row in scene.built(&json!({})).await? {
        assert_eq!(text(&row, "expires_at"), end, "an absent date changes nothing");
    }
    let only = json!({ "galleries": [scene.galleries[1]], "expires_at": null });
    let [first, second] = scene.built(&only).await?;
    assert_eq!((text(&first, "expires_at"), &second["expires_at"]), (end, &Value::Null));
    // A date that is set during a build also counts.
    let (date, end) = scene.date_in(40);
    assert_eq!(scene.build(&json!({})).await?.status, 202);
    for row in scene.built(&json!({ "expires_at": date })).await? {
        assert_eq!(text(&row, "expires_at"), end);
    }
    scene.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_that_comes_later_ends_with_the_others() -> Result<(), SetupError> {
    let scene = scene().await?;
    let (date, end) = scene.date_in(30);
    scene.built(&json!({ "expires_at": date })).await?;
    let mut camera = Shooting::small(2);
    camera.pupil(&scene.day.pupils[2], 1)?;
    scene.owner.upload(&scene.day.day, "B", camera.files).await?;
    settle(&scene.owner, &scene.day.day).await?;
    let day = format!("/v1/picture-days/{}", scene.day.day);
    assert_eq!(scene.owner.read(&day).await?.body["counts"]["without_gallery"], 1);

    scene.built(&json!({})).await?;
    assert_eq!(scene.owner.read(&day).await?.body["counts"]["without_gallery"], 0);
    let list = scene.owner.read(&format!("/v1/galleries?picture_day={}", scene.day.day)).await?;
    let ends: Vec<_> = list.items().iter().map(|row| text(row, "expires_at")).collect();
    assert_eq!(ends, vec![end; 3]);
    scene.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_gallery_says_when_and_opens_only_with_a_date() -> Result<(), SetupError> {
    let scene = scene().await?;
    let ends = scene.stack.stack().app().now().as_second() + 20 * 60;
    let end = Timestamp::from_second(ends)?.to_string();
    scene.built(&json!({ "expires_at": end })).await?;
    let base = scene.stack.stack().url().to_owned();
    let path = format!("/v1/galleries/{}", scene.galleries[0]);
    let token = format!("{path}/guest-tokens");
    let token = scene.parent.create(&token, &json!({}), "guest").await?.text("/token");
    let guest = Client::guest(&base, &token);
    let (owner, parent) = (&scene.owner, &scene.parent);
    assert_eq!(guest.read(&path).await?.body["photos_total"], 1);
    scene.stack.advance_seconds(21 * 60);

    let of_guest = guest.read(&path).await?;
    assert_eq!((of_guest.text("/state"), &of_guest.body["photos"]), ("expired".into(), &json!([])));
    let seen = parent.read(&path).await?;
    assert_eq!((seen.text("/state"), seen.text("/expires_at")), ("expired".into(), end.clone()));
    assert_eq!(seen.body["photos"], json!([]), "no photo and no URL of one");
    assert_eq!(seen.body["photos_total"], 0);
    let list = parent.read("/v1/galleries").await?;
    assert_eq!(list.items().len(), 1);
    assert_eq!(text(&list.items()[0], "state"), "expired");
    let other_studio = scene.stack.photographer("stranger").await?;
    assert_eq!(other_studio.get(&path).await?.status, 404);
    assert_eq!(Client::guest(&base, "x").get(&path).await?.status, 404);
    assert_eq!(scene.stack.stranger().get(&path).await?.status, 401);
    let other = format!("/v1/galleries/{}", scene.galleries[1]);
    assert_eq!(
        parent.get(&other).await?.status,
        404,
        "another child's gallery is not found, not expired"
    );

    let build = format!("/v1/picture-days/{}/galleries", scene.day.day);
    let answer = owner.post(&build, &json!({ "target": "hosted" })).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (409, "galleries_ended"));
    assert!(answer.text("/detail").contains("until when"), "{}", answer.body);
    assert_eq!(parent.read(&path).await?.text("/state"), "expired", "no gallery was opened");

    let (date, end) = scene.date_in(7);
    let again =
        json!({ "target": "hosted", "expires_at": date, "galleries": [scene.galleries[0]] });
    assert_eq!(owner.post(&build, &again).await?.status, 202);
    for _ in 0..300 {
        let seen = parent.read(&path).await?;
        if seen.text("/state") == "published" {
            assert_eq!(seen.text("/expires_at"), end);
            assert_eq!(seen.body["photos"].as_array().map(Vec::len), Some(1));
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(parent.read(&path).await?.text("/state"), "published");

    // A build of all galleries of the day skips the expired one and counts it.
    let answer = owner.post(&build, &json!({ "target": "hosted" })).await?;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert_eq!(answer.body["ended"], 1);
    assert_eq!(answer.body["galleries"].as_array().map(Vec::len), Some(1));
    assert_eq!(answer.body["galleries"][0]["id"], scene.galleries[0]);
    // "No expiry" must be sent explicitly; it is never the default.
    let answer = owner.post(&build, &json!({ "target": "hosted", "expires_at": null })).await?;
    assert_eq!((answer.status, &answer.body["ended"]), (202, &json!(0)), "{}", answer.body);
    scene.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_a_date_or_a_time_and_else_said_how() -> Result<(), SetupError> {
    let scene = scene().await?;
    for bad in [
        "",
        "soon",
        "24.12.2040",
        "2040-12-24T18:00",
        "2040-02-30",
        "2040-12-24 18:00",
        "12/24/2040",
    ] {
        let answer = scene.build(&json!({ "expires_at": bad })).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (422, "bad_expiry"), "{bad}");
        assert!(answer.text("/detail").contains("2026-12-24"), "the answer shows the date format");
    }
    let (yesterday, _) = scene.date_in(-1);
    for past in [yesterday.as_str(), "1999-12-31", "2020-01-01T00:00:00Z"] {
        let answer = scene.build(&json!({ "expires_at": past })).await?;
        assert_eq!(
            (answer.status, answer.text("/code").as_str()),
            (422, "expiry_is_past"),
            "{past}"
        );
    }
    for malformed in [json!(1_798_156_800), json!({}), json!(["2040-12-24"]), json!(true)] {
        let answer = scene.build(&json!({ "expires_at": malformed })).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (400, "malformed_json"));
    }
    for row in scene.listed().await? {
        assert_eq!((&row["state"], &row["expires_at"]), (&json!("published"), &Value::Null));
    }
    let [first, _] = scene.built(&json!({ "expires_at": "2040-12-24T18:00:00-07:00" })).await?;
    assert_eq!(text(&first, "expires_at"), "2040-12-25T01:00:00Z");
    scene.stack.stop().await;
    Ok(())
}
