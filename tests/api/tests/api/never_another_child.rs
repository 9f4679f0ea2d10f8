//! Tests through the whole system that a family never sees another child's photo.
//!
//! Random picture days go through upload, intake, matching and gallery building. Then each gallery is
//! compared with the known owners of the photos.
//!
//! `PICTURE_DAY_DAYS=20` runs twenty days; the default is two. 10,000 days of the same kind run as tests of
//! `domain`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::{DateTime, date};
use serde_json::json;
use testkit::camera::{Camera, CameraFile, Subject};
use testkit::client::Client;
use testkit::{PictureDay, SetupError, TestStack, picture_day, publish, settle, text};

/// Random numbers, the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// A file and the id of the student whose photo it is.
struct Shot {
    file: CameraFile,
    owner: String,
}

/// Readability of a day's camera cards.
#[derive(Clone, Copy, PartialEq)]
enum Cards {
    /// Every card is readable, and the clock is right.
    Sound,
    /// One card is not photographed, and one file is never sent.
    Hidden,
    /// One card is unreadable, and the clock is set back in the middle of the day.
    Damaged,
}

/// Photographs some students of the day with one camera body.
fn shoot(
    day: &PictureDay,
    students: std::ops::Range<usize>,
    serial: u32,
    cards: Cards,
    chance: &mut Chance,
) -> Result<Vec<Shot>, SetupError> {
    let camera = Camera::new(serial).with_sensor(600, 400);
    let mut at: DateTime = date(2026, 9, 14).at(9, 0, i8::try_from(serial % 60)?, 0);
    let mut shots = Vec::new();
    let mut number = 1;
    let middle = students.start + students.len() / 2;
    for place in students {
        let pupil = &day.pupils[place];
        at = at.saturating_add(i64::try_from(25 + chance.below(10))?.seconds());
        if cards == Cards::Damaged && place == middle {
            at = at.saturating_sub(65.seconds());
        }
        let (is_unphotographed, is_unsent) = (
            cards == Cards::Hidden && place == middle,
            cards == Cards::Hidden && place == middle + 2,
        );
        for shot in 0..=3 {
            if shot == 0 && is_unphotographed {
                continue;
            }
            at = at.saturating_add(i64::try_from(3 + chance.below(3))?.seconds());
            let readable = cards != Cards::Damaged || place != middle + 1;
            let subject = if shot == 0 {
                Subject::Card { qr_text: &pupil.qr_text, readable }
            } else {
                Subject::Portrait { seed: pupil.number.parse()? }
            };
            let file = camera.shoot(subject, at, number)?;
            number += 1;
            if shot > 0 || !is_unsent {
                shots.push(Shot { file, owner: pupil.id.clone() });
            }
        }
    }
    Ok(shots)
}

/// Uploads in random order; returns the owner of each photo by photo id.
async fn upload(
    photographer: &Client,
    day: &PictureDay,
    mut shots: Vec<Shot>,
    chance: &mut Chance,
) -> Result<BTreeMap<String, String>, SetupError> {
    for at in (1..shots.len()).rev() {
        shots.swap(at, usize::try_from(chance.below(u64::try_from(at + 1)?))?);
    }
    let (files, owners): (Vec<_>, Vec<_>) =
        shots.into_iter().map(|shot| (shot.file, shot.owner)).unzip();
    let uploads = photographer.upload(&day.day, "A", files).await?;
    Ok(uploads.iter().map(|upload| text(upload, "photo_id")).zip(owners).collect())
}

/// Returns the ids of photos that a gallery shows although they belong to another student.
async fn wrongly_shown(
    client: &Client,
    galleries: &[serde_json::Value],
    owners: &BTreeMap<String, String>,
) -> Result<Vec<String>, SetupError> {
    let mut wrong = Vec::new();
    for gallery in galleries {
        let open = client.read(&format!("/v1/galleries/{}", text(gallery, "id"))).await?;
        let shown = open.body["photos"].as_array().cloned().unwrap_or_default();
        let student = text(gallery, "student_id");
        let ids = shown.iter().map(|photo| text(photo, "id"));
        wrong.extend(ids.filter(|id| owners.get(id) != Some(&student)));
    }
    Ok(wrong)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_family_is_shown_another_child() -> Result<(), SetupError> {
    let days = std::env::var_os("PICTURE_DAY_DAYS").and_then(|days| days.to_str()?.parse().ok());
    let stack = TestStack::start().await?;
    for seed in 0..days.unwrap_or(2_u64) {
        let chance = &mut Chance(seed);
        let photographer = stack.photographer(&format!("studio{seed}")).await?;
        let day = picture_day(&photographer, 12).await?;
        let cards = if seed % 2 == 0 { Cards::Hidden } else { Cards::Damaged };
        // Two bodies of one model under one label use the same file numbers.
        let mut shots = shoot(&day, 0..8, 1, cards, chance)?;
        shots.extend(shoot(&day, 8..12, 4, Cards::Damaged, chance)?);
        let owners = upload(&photographer, &day, shots, chance).await?;
        settle(&photographer, &day.day).await?;
        let galleries = publish(&photographer, &day.day).await?;
        let wrong = wrongly_shown(&photographer, &galleries, &owners).await?;
        assert!(wrong.is_empty(), "day {seed}: {wrong:?}");
        assert!(galleries.len() >= 4, "day {seed}: {} galleries", galleries.len());

        let student = text(&galleries[0], "student_id");
        let path = format!("/v1/students/{student}/share-codes");
        let code = photographer.create(&path, &json!({}), "code").await?.text("/code");
        let parent = stack.parent(&format!("parent{seed}"), &code).await?;
        parent.consent().await?;
        let own = parent.read("/v1/galleries").await?;
        assert_eq!(wrongly_shown(&parent, own.items(), &owners).await?, Vec::<String>::new());
        assert!(own.items().iter().all(|gallery| text(gallery, "student_id") == student));
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubtful_run_waits_for_a_person() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("owner").await?;
    let other = stack.photographer("other").await?;
    let day = picture_day(&photographer, 8).await?;
    let chance = &mut Chance(7);
    let shots = shoot(&day, 0..8, 1, Cards::Hidden, chance)?;
    upload(&photographer, &day, shots, chance).await?;
    settle(&photographer, &day.day).await?;

    let path = format!("/v1/picture-days/{}/runs", day.day);
    let all = photographer.read(&path).await?;
    let doubtful = photographer.read(&format!("{path}?state=doubtful")).await?;
    // The runs before the card that was not photographed and before the card that never arrived.
    assert_eq!(doubtful.items().len(), 2, "{:#?}", all.body);
    // Compares ids, because the presigned URLs of the pictures were signed at different times.
    let ids =
        |runs: &[serde_json::Value]| runs.iter().map(|run| text(run, "id")).collect::<Vec<_>>();
    assert_eq!(ids(&all.items()[..2]), ids(doubtful.items()), "doubtful runs come first");
    assert_eq!(other.get(&path).await?.status, 404);
    assert_eq!(photographer.get(&format!("{path}?state=sure")).await?.status, 422);
    let counts = photographer.read(&format!("/v1/picture-days/{}", day.day)).await?;
    assert_eq!(counts.body["counts"]["doubtful"], 2);
    assert_eq!(counts.body["counts"]["held_back"], 12);

    let run = &doubtful.items()[0];
    assert_eq!(run["photos"].as_array().map(Vec::len), Some(6));
    let reasons: BTreeSet<_> = run["reasons"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|reason| text(reason, "code"))
        .collect();
    assert!(reasons.contains("pause_inside"), "{reasons:?}");
    let path = format!("/v1/runs/{}/confirmation", text(run, "id"));
    let seen = json!({ "version": run["version"] });
    assert_eq!(other.post(&path, &seen).await?.status, 404);
    assert_eq!(photographer.post(&path, &json!({ "version": "" })).await?.status, 409);
    // Removing a photo from the run by hand changes the version that the person saw.
    let last = text(&run["photos"][5], "id");
    let photo = format!("/v1/photos/{last}/student");
    photographer.call(reqwest::Method::DELETE, &photo, None, &[]).await?;
    let changed = photographer.post(&path, &seen).await?;
    assert_eq!((changed.status, changed.text("/code")), (409, "run_changed".to_owned()));
    // The camera's photos are matched again after that.
    settle(&photographer, &day.day).await?;

    let now =
        photographer.read(&format!("/v1/picture-days/{}/runs?state=doubtful", day.day)).await?;
    let run = now.items().iter().find(|one| one["id"] == run["id"]).ok_or("no run")?;
    let seen = json!({ "version": run["version"] });
    for _ in 0..2 {
        assert_eq!(photographer.post(&path, &seen).await?.status, 200);
    }
    let left =
        photographer.read(&format!("/v1/picture-days/{}/runs?state=doubtful", day.day)).await?;
    assert_eq!(left.items().len(), 1);
    let confirmed =
        photographer.read(&format!("/v1/picture-days/{}/runs?state=confirmed", day.day)).await?;
    assert_eq!(confirmed.items().len(), 1);
    assert!(
        confirmed.items()[0]["photos"]
            .as_array()
            .into_iter()
            .flatten()
            .all(|photo| { photo["matched_by"] == "hand" && photo["is_held_back"] == false })
    );
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_by_hand_speaks_against_the_photos_that_follow() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("owner").await?;
    let day = picture_day(&photographer, 4).await?;
    let chance = &mut Chance(3);
    let shots = shoot(&day, 0..4, 1, Cards::Sound, chance)?;
    upload(&photographer, &day, shots, chance).await?;
    settle(&photographer, &day.day).await?;
    let galleries = publish(&photographer, &day.day).await?;
    let runs = format!("/v1/picture-days/{}/runs", day.day);
    let all = photographer.read(&runs).await?;
    let (run, other) = (&all.items()[1], &all.items()[2]);
    assert_eq!(run["photos"].as_array().map(Vec::len), Some(3));

    // The card before the run carries another child's name and cannot be assigned.
    let card = format!("/v1/photos/{}/student", text(run, "id"));
    let whose = json!({ "student_id": other["student_id"] });
    let put = photographer.call(reqwest::Method::PUT, &card, Some(&whose), &[]).await?;
    assert_eq!((put.status, put.text("/code")), (409, "photo_is_card".to_owned()));
    let delete = photographer.call(reqwest::Method::DELETE, &card, None, &[]).await?;
    assert_eq!((delete.status, delete.text("/code")), (409, "photo_is_card".to_owned()));

    // The middle photo is assigned to another child by hand; the last one is not yet decided.
    let photo = format!("/v1/photos/{}/student", text(&run["photos"][1], "id"));
    for _ in 0..2 {
        let given = photographer.call(reqwest::Method::PUT, &photo, Some(&whose), &[]).await?;
        assert_eq!(given.status, 200, "{:#?}", given.body);
    }
    settle(&photographer, &day.day).await?;
    let doubtful = photographer.read(&format!("{runs}?state=doubtful")).await?;
    assert_eq!(doubtful.items().len(), 1, "{:#?}", doubtful.body);
    assert_eq!(doubtful.items()[0]["id"], run["id"]);
    assert_eq!(doubtful.items()[0]["reasons"][0]["code"], "hand_differs");
    let of_run = galleries.iter().find(|one| one["student_id"] == run["student_id"]);
    let path = format!("/v1/galleries/{}", text(of_run.ok_or("no gallery")?, "id"));
    let shown = photographer.read(&path).await?;
    assert_eq!(
        shown.body["photos"].as_array().map(Vec::len),
        Some(0),
        "the photos are held back at once"
    );

    // Once the last photo is assigned too, no doubt is left.
    let last = format!("/v1/photos/{}/student", text(&run["photos"][2], "id"));
    photographer.call(reqwest::Method::PUT, &last, Some(&whose), &[]).await?;
    settle(&photographer, &day.day).await?;
    let doubtful = photographer.read(&format!("{runs}?state=doubtful")).await?;
    assert_eq!(doubtful.items().len(), 0, "{:#?}", doubtful.body);
    let shown = photographer.read(&path).await?;
    assert_eq!(shown.body["photos"].as_array().map(Vec::len), Some(1));
    stack.stop().await;
    Ok(())
}
