//! The picture day, scene by scene. Every scene is idempotent.
//!
//! The same idempotency keys create the same things, and the same photos have the same bytes. So an interrupted
//! demonstration continues where it stopped.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON value gives null for what is missing; it does not panic"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::{DateTime, date};
use platform::App;
use serde_json::{Value, json};

use crate::client::{Client, ClientError};
use crate::demonstration::camera::{Camera, CameraFile, Subject};
use crate::demonstration::cast::{ABSENT, FAMILY, RETAKE, STUDENTS, roster};
use crate::demonstration::operator::{self, OperatorAccount};

/// The demonstration's photographer.
const PHOTOGRAPHER: &str = "photographer@picture-day.example";
/// The demonstration's parent.
const PARENT: &str = "parent@picture-day.example";
/// A public password: it protects only a demonstration on one machine.
const PASSWORD: &str = "Sunny-Meadow-42";
/// Frames per student.
const FRAMES: u32 = 2;

/// The accounts for a look around after the demonstration.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Accounts {
    /// The photographer's e-mail address.
    pub photographer: String,
    /// The photographer's password.
    pub password: String,
    /// The parent's e-mail address.
    pub parent: String,
    /// The share code of the parent's child.
    pub share_code: String,
    /// The picture day's id.
    pub picture_day: String,
    /// The site administrator.
    #[serde(default)]
    pub operator: Option<Box<OperatorAccount>>,
}

/// Why the demonstration stopped early.
pub type PlayError = ClientError;

/// Plays the demonstration; calls `say` with each scene and its progress.
///
/// # Errors
///
/// When the system does not respond as expected.
pub async fn play(
    app: &'static App,
    base: &str,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Accounts, PlayError> {
    let mut photographer = Client::new(base);
    say("A photographer signs up and confirms the address");
    sign_up(&mut photographer).await?;
    say("A district, a school, and the school's roster of 24 students");
    let school = school(&photographer).await?;
    let students = import(&photographer, &school).await?;
    say("A picture day, and a camera card for every student");
    let body = json!({ "date": "2026-09-14", "kind": "fall" });
    let path = format!("/v1/schools/{school}/picture-days");
    let day = photographer.create(&path, &body, "demo-fall").await?.text("/id");
    let body = json!({ "date": "2026-10-05", "kind": "retake", "repeats": day });
    let retake = photographer.create(&path, &body, "demo-retake").await?.text("/id");
    shoot_day(&photographer, &day, say).await?;
    shoot_retake(&photographer, &retake, say).await?;
    for day in [&day, &retake] {
        settle(&photographer, day, say).await?;
    }
    say("Every student's gallery is built");
    for day in [&day, &retake] {
        build(&photographer, day, say).await?;
    }
    say("A parent opens their child's gallery with the code from the letter");
    let child = students.get(FAMILY).cloned().unwrap_or_default();
    let share_code = open_as_parent(base, &photographer, &child).await?;
    say("A site administrator is invited and sets up a second factor");
    let operator = operator::enrol(app, base, PASSWORD).await?;
    Ok(Accounts {
        photographer: PHOTOGRAPHER.to_owned(),
        password: PASSWORD.to_owned(),
        parent: PARENT.to_owned(),
        share_code,
        picture_day: day,
        operator: Some(Box::new(operator)),
    })
}

async fn sign_up(client: &mut Client) -> Result<(), PlayError> {
    let door = json!({ "portal": "photographer", "email": PHOTOGRAPHER, "password": PASSWORD });
    // An interrupted demonstration created the account already: continue.
    if client.sign_in("/v1/sign-in/password", &door).await.is_ok() {
        return Ok(());
    }
    let studio = json!({ "email": PHOTOGRAPHER });
    client.create("/v1/studios", &studio, "demo").await?;
    let token = client.mailed_token(PHOTOGRAPHER).await?;
    let proof =
        json!({ "token": token, "studio_name": "Meadow Lane Photography", "password": PASSWORD });
    client.create("/v1/email-verifications", &proof, "demo").await?;
    client.sign_in("/v1/sign-in/password", &door).await
}

async fn school(client: &Client) -> Result<String, PlayError> {
    let body = json!({ "name": "Cedar Valley Unified School District" });
    let district = client.create("/v1/districts", &body, "demo-district").await?.text("/id");
    let body = json!({ "district_id": district, "name": "Oak Street Elementary", "time_zone": "America/Denver" });
    Ok(client.create("/v1/schools", &body, "demo-school").await?.text("/id"))
}

/// Imports the roster and returns the student ids by school-issued number.
async fn import(client: &Client, school: &str) -> Result<BTreeMap<String, String>, PlayError> {
    let students = format!("/v1/schools/{school}/students?on=2026-09-14");
    if client.all(&students).await?.len() < STUDENTS.len() {
        let path = format!("/v1/schools/{school}/roster-imports");
        let preview =
            client.post_file(&path, "text/csv", roster().into_bytes(), "demo-roster").await?;
        let import = preview.text("/id");
        client.create(&format!("/v1/roster-imports/{import}/apply"), &json!({}), "demo").await?;
    }
    let rows = client.all(&students).await?;
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    Ok(rows.iter().map(|row| (text(row, "school_issued_id"), text(row, "id"))).collect())
}

/// Returns the card codes by student name; the QR code's text is `PD-` and the code.
async fn cards(
    client: &Client,
    day: &str,
) -> Result<BTreeMap<(String, String), String>, PlayError> {
    let cards = client.all(&format!("/v1/picture-days/{day}/camera-cards")).await?;
    let card = |card: &Value| {
        let text = |pointer| card.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let name = (text("/student/given_name")?, text("/student/family_name")?);
        Some((name, format!("PD-{}", text("/code")?)))
    };
    Ok(cards.iter().filter_map(card).collect())
}

/// A photographer at work: each frame advances the clock and the file number.
struct Shooting {
    camera: Camera,
    label: &'static str,
    at: DateTime,
    number: u32,
    files: Vec<CameraFile>,
}

impl Shooting {
    fn new(serial: u32, label: &'static str, at: DateTime, number: u32) -> Self {
        Self { camera: Camera::new(serial), label, at, number, files: Vec::new() }
    }

    fn frame(&mut self, subject: Subject<'_>) -> Result<(), PlayError> {
        let file = self.camera.shoot(subject, self.at, self.number);
        self.files.push(file.map_err(|_| ClientError::Camera)?);
        self.at = self.at.saturating_add(7.seconds());
        self.number += 1;
        Ok(())
    }

    fn student(&mut self, qr_text: &str, seed: u64, frames: u32) -> Result<(), PlayError> {
        self.frame(Subject::Card { qr_text, readable: true })?;
        (0..frames).try_for_each(|_| self.frame(Subject::Portrait { seed }))
    }

    async fn send(&mut self, client: &Client, day: &str) -> Result<(), PlayError> {
        client.upload(day, self.label, std::mem::take(&mut self.files)).await.map(|_| ())
    }
}

/// Shoots with two cameras, one class each. Two students are absent, one frame precedes any card, one file is broken.
async fn shoot_day(
    client: &Client,
    day: &str,
    say: &(dyn Fn(&str) + Sync),
) -> Result<(), PlayError> {
    let cards = cards(client, day).await?;
    let morning = date(2026, 9, 14).at(9, 0, 0, 0);
    let mut cameras =
        [Shooting::new(1, "Camera A", morning, 101), Shooting::new(2, "Camera B", morning, 4801)];
    if let Some(second) = cameras.last_mut() {
        second.frame(Subject::Portrait { seed: 900 })?;
    }
    let present = STUDENTS.iter().filter(|student| !ABSENT.contains(&student.0));
    for (done, (number, given, family, class, ..)) in (0_u32..).zip(present) {
        let Some(camera) = cameras.get_mut(usize::from(*class != "3A")) else { continue };
        let name = ((*given).to_owned(), (*family).to_owned());
        let qr_text = cards.get(&name).cloned().unwrap_or_default();
        camera.student(&qr_text, number.parse().unwrap_or(0), FRAMES)?;
        camera.send(client, day).await?;
        say(&format!("  photographed and uploaded: student {} of 22", done + 1));
    }
    if let Some(second) = cameras.last_mut() {
        second.frame(Subject::Portrait { seed: 72 })?;
        // A truncated file, as after a memory card was removed too early.
        if let Some(file) = second.files.last_mut() {
            file.bytes.truncate(file.bytes.len() / 2);
        }
        second.send(client, day).await?;
    }
    Ok(())
}

async fn shoot_retake(
    client: &Client,
    day: &str,
    say: &(dyn Fn(&str) + Sync),
) -> Result<(), PlayError> {
    let cards = cards(client, day).await?;
    let Some((number, given, family, ..)) = STUDENTS.iter().find(|student| student.0 == RETAKE)
    else {
        return Ok(());
    };
    say("The retake day: one student comes again");
    let mut camera = Shooting::new(1, "Camera A", date(2026, 10, 5).at(10, 30, 0, 0), 700);
    let qr_text = cards.get(&((*given).to_owned(), (*family).to_owned())).cloned();
    camera.student(&qr_text.unwrap_or_default(), number.parse().unwrap_or(0), FRAMES)?;
    camera.send(client, day).await
}

/// Waits until every photo is checked and every camera is matched.
async fn settle(client: &Client, day: &str, say: &(dyn Fn(&str) + Sync)) -> Result<(), PlayError> {
    let path = format!("/v1/picture-days/{day}/photos");
    let mut last = String::new();
    let mut quiet = 0;
    for _ in 0..1_200 {
        let photos = client.all(&path).await?;
        let waiting = photos
            .iter()
            .filter(|photo| photo["state"] == "registered" || photo["state"] == "arrived")
            .count();
        let matched = photos.iter().filter(|photo| photo["state"] == "matched").count();
        let now =
            format!("  checked {} of {}, matched {matched}", photos.len() - waiting, photos.len());
        let counts = client.read(&format!("/v1/picture-days/{day}")).await?;
        let is_matched = counts.body["counts"]["cameras_to_match"] == 0;
        // A camera is queued for matching shortly after its photo was checked, so this requires two equal results.
        quiet = if now == last && is_matched { quiet + 1 } else { 0 };
        if now != last {
            say(&now);
        }
        if waiting == 0 && quiet >= 2 {
            return Ok(());
        }
        last = now;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Err(ClientError::TooLate("the check of all photos"))
}

async fn build(client: &Client, day: &str, say: &(dyn Fn(&str) + Sync)) -> Result<(), PlayError> {
    let path = format!("/v1/picture-days/{day}/galleries");
    client.create(&path, &json!({ "target": "hosted" }), "demo").await?;
    let of_day = format!("/v1/galleries?picture_day={day}");
    let mut last = String::new();
    for _ in 0..1_200 {
        let galleries = client.all(&of_day).await?;
        let done = galleries.iter().filter(|gallery| gallery["state"] == "published").count();
        let now = format!("  galleries published: {done} of {}", galleries.len());
        if now != last {
            say(&now);
        }
        if done == galleries.len() && done > 0 {
            return Ok(());
        }
        last = now;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Err(ClientError::TooLate("the building of all galleries"))
}

/// Opens the gallery as the parent: code, mail, link, consent, gallery. Returns the share code for later use.
async fn open_as_parent(
    base: &str,
    photographer: &Client,
    child: &str,
) -> Result<String, PlayError> {
    let path = format!("/v1/students/{child}/share-codes");
    let code = photographer.create(&path, &json!({}), "demo-code").await?.text("/code");
    let mut parent = Client::new(base);
    let ask = json!({ "code": code, "email": PARENT });
    parent.create("/v1/access-requests", &ask, "demo").await?;
    let token = parent.mailed_token(PARENT).await?;
    parent.sign_in("/v1/sign-in/link", &json!({ "token": token })).await?;
    parent.consent().await?;
    let galleries = parent.read("/v1/galleries").await?;
    let gallery = galleries.body.pointer("/items/0/id").and_then(Value::as_str).unwrap_or_default();
    parent.read(&format!("/v1/galleries/{gallery}")).await?;
    Ok(code)
}
