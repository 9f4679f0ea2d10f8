//! A running stack per test, and people who are already signed in.
//!
//! The stack is the runner's own: it uses the embedded cloud, or the endpoint that `AWS_ENDPOINT_URL` names.
//! So the same tests check both. The data are in the test's own folder, which is deleted with it.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON value gives null for what is missing; it does not panic"
)]

pub mod authenticator;
pub mod sources;
mod staff;

use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::{DateTime, date};
use local::client::{Client, ClientError};
use local::demonstration::camera::{Camera, CameraFile, Subject};
use local::stack::Stack;
use serde_json::{Value, json};
use tempfile::TempDir;

mod edge;
mod mails;
mod operators;
mod starts;

pub use operators::OperatorAccount;

pub use local::client;
pub use local::demonstration::camera;

/// A password that meets the password policy.
pub const PASSWORD: &str = "Sunny-Meadow-42";

/// The error of a failed test setup.
pub type SetupError = Box<dyn std::error::Error + Send + Sync>;

/// A running stack with its data folder.
pub struct TestStack {
    stack: Stack,
    folder: TempDir,
}

impl TestStack {
    /// Returns the code that an authenticator app shows now, by the stack's clock.
    pub fn app_shows(&self, secret: &str) -> String {
        authenticator::code(secret, self.stack.app().now().as_second())
    }

    /// Returns the stack.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// Returns the folder of the stack's data.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Returns a client that is not signed in.
    pub fn stranger(&self) -> Client {
        Client::new(self.stack.url())
    }

    /// Moves the stack's clock forward.
    pub fn advance_seconds(&self, seconds: i64) {
        self.stack.app().clock().advance_seconds(seconds);
    }

    /// Creates a photographer with their own studio, and signs them in.
    ///
    /// # Errors
    ///
    /// Fails if a step of the sign-up is refused.
    pub async fn photographer(&self, name: &str) -> Result<Client, SetupError> {
        let mut client = self.stranger();
        let email = format!("{name}@studio.example");
        let studio = json!({ "email": email });
        client.create("/v1/studios", &studio, "sign-up").await?;
        let token = client.mailed_token(&email).await?;
        let proof = json!({ "token": token, "studio_name": name, "password": PASSWORD });
        client.create("/v1/email-verifications", &proof, "verify").await?;
        let door = json!({ "portal": "photographer", "email": email, "password": PASSWORD });
        client.sign_in("/v1/sign-in/password", &door).await?;
        Ok(client)
    }

    /// Signs in a parent with a share code; the consent is not given yet.
    ///
    /// # Errors
    ///
    /// Fails if a step is refused.
    pub async fn parent(&self, name: &str, code: &str) -> Result<Client, SetupError> {
        self.parent_of(&format!("{name}@family.example"), code).await
    }

    /// Signs in a parent with a share code, with any e-mail address.
    ///
    /// # Errors
    ///
    /// Fails if a step is refused.
    pub async fn parent_of(&self, email: &str, code: &str) -> Result<Client, SetupError> {
        let mut client = self.stranger();
        client
            .create("/v1/access-requests", &json!({ "code": code, "email": email }), "ask")
            .await?;
        let token = client.mailed(email, "/parent/open?token=").await?;
        client.sign_in("/v1/sign-in/link", &json!({ "token": token })).await?;
        Ok(client)
    }

    /// Stops the stack cleanly.
    pub async fn stop(self) {
        self.stack.stop().await;
    }
}

/// A student of a test's school, with the text of the camera card's QR code.
#[derive(Debug, Clone)]
pub struct Pupil {
    /// The student's id.
    pub id: String,
    /// The school-issued number.
    pub number: String,
    /// The text of the card's QR code.
    pub qr_text: String,
}

/// A school with a roster and a picture day.
#[derive(Debug, Clone)]
pub struct PictureDay {
    /// The school's id.
    pub school: String,
    /// The picture day's id.
    pub day: String,
    /// The students, sorted by number.
    pub pupils: Vec<Pupil>,
}

/// Creates a school with students numbered from `900001`, and a picture day.
///
/// # Errors
///
/// Fails if a step is refused.
pub async fn picture_day(client: &Client, students: usize) -> Result<PictureDay, SetupError> {
    let district =
        client.create("/v1/districts", &json!({ "name": "District" }), "district").await?;
    let body = json!({ "district_id": district.text("/id"), "name": "Oak", "time_zone": "America/Denver" });
    let school = client.create("/v1/schools", &body, "school").await?.text("/id");
    let mut csv = String::from("Student ID,First Name,Last Name,Class\n");
    for number in 1..=students {
        let row = format!("9{number:05},Given{number},Family{number},3A\n");
        csv.push_str(&row);
    }
    import(client, &school, csv.into_bytes()).await?;
    let path = format!("/v1/schools/{school}/picture-days");
    let today = client.read("/v1/session").await?;
    let date = today.text("/expires_at").chars().take(10).collect::<String>();
    let body = json!({ "date": date, "kind": "fall" });
    let day = client.create(&path, &body, "day").await?.text("/id");
    let pupils = pupils(client, &school, &day).await?;
    Ok(PictureDay { school, day, pupils })
}

/// Imports a roster and applies it; waits for imports that continue in the background.
///
/// # Errors
///
/// Fails if a step is refused, or if reading or applying takes more than two minutes.
pub async fn import(client: &Client, school: &str, csv: Vec<u8>) -> Result<Value, SetupError> {
    let path = format!("/v1/schools/{school}/roster-imports");
    let preview = client.post_file(&path, "text/csv", csv, "roster").await?;
    let import = preview.text("/id");
    wait_for_import(client, &import, "previewed").await?;
    client.create(&format!("/v1/roster-imports/{import}/apply"), &json!({}), "apply").await?;
    wait_for_import(client, &import, "applied").await
}

/// Waits until an import is in a state.
///
/// # Errors
///
/// Fails after two minutes, or at once if the import failed.
pub async fn wait_for_import(
    client: &Client,
    import: &str,
    state: &str,
) -> Result<Value, SetupError> {
    for _ in 0..2_400 {
        let answer = client.read(&format!("/v1/roster-imports/{import}")).await?;
        if answer.text("/state") == state {
            return Ok(answer.body);
        }
        if answer.text("/state") == "failed" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(ClientError::TooLate("the import").into())
}

async fn pupils(client: &Client, school: &str, day: &str) -> Result<Vec<Pupil>, SetupError> {
    let students = client.all(&format!("/v1/schools/{school}/students")).await?;
    let cards = client.all(&format!("/v1/picture-days/{day}/camera-cards")).await?;
    let mut pupils = Vec::with_capacity(students.len());
    for student in &students {
        let card = cards.iter().find(|card| card["student"]["id"] == student["id"]);
        let code = card.and_then(|card| card["code"].as_str()).unwrap_or_default();
        pupils.push(Pupil {
            id: text(student, "id"),
            number: text(student, "school_issued_id"),
            qr_text: format!("PD-{code}"),
        });
    }
    pupils.sort_by(|a, b| a.number.cmp(&b.number));
    Ok(pupils)
}

/// Returns a member of an object as text; empty if it is missing.
pub fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_default().to_owned()
}

/// A camera on a picture day; its clock and its file numbers advance with each frame.
pub struct Shooting {
    camera: Camera,
    at: DateTime,
    number: u32,
    /// The files taken so far.
    pub files: Vec<CameraFile>,
}

impl Shooting {
    /// Creates a camera with small pictures of 1200 × 800, which are quick to make.
    pub fn small(serial: u32) -> Self {
        Self {
            camera: Camera::new(serial).with_sensor(1200, 800),
            at: date(2026, 9, 14).at(9, 0, 0, 0),
            number: 1,
            files: Vec::new(),
        }
    }

    /// Takes a frame.
    ///
    /// # Errors
    ///
    /// Fails if the frame cannot be drawn.
    pub fn frame(&mut self, subject: Subject<'_>) -> Result<(), SetupError> {
        self.files.push(self.camera.shoot(subject, self.at, self.number)?);
        self.at = self.at.saturating_add(5.seconds());
        self.number += 1;
        Ok(())
    }

    /// Takes a camera card, then frames of its student.
    ///
    /// # Errors
    ///
    /// Fails if a frame cannot be drawn.
    pub fn pupil(&mut self, pupil: &Pupil, frames: u32) -> Result<(), SetupError> {
        self.frame(Subject::Card { qr_text: &pupil.qr_text, readable: true })?;
        let seed = pupil.number.parse().unwrap_or(0);
        (0..frames).try_for_each(|_| self.frame(Subject::Portrait { seed }))
    }
}

/// Waits until all photos of a day passed intake and every camera is matched.
///
/// That is the case when four polls in a row, 200 ms apart, show the same photos.
///
/// # Errors
///
/// Fails after three minutes.
pub async fn settle(client: &Client, day: &str) -> Result<Vec<Value>, SetupError> {
    let path = format!("/v1/picture-days/{day}/photos");
    let (mut last, mut quiet) = (Vec::new(), 0);
    for _ in 0..900 {
        let mut photos = client.all(&path).await?;
        for photo in &mut photos {
            // Presigned URLs differ from answer to answer.
            photo["thumbnail_url"] = Value::Null;
        }
        let counts = client.read(&format!("/v1/picture-days/{day}")).await?;
        let waits = |photo: &Value| photo["state"] == "registered" || photo["state"] == "arrived";
        let is_done = !photos.iter().any(waits) && counts.body["counts"]["cameras_to_match"] == 0;
        quiet = if is_done && photos == last { quiet + 1 } else { 0 };
        if quiet >= 3 {
            return Ok(photos);
        }
        last = photos;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err(ClientError::TooLate("the check of all photos").into())
}

/// Builds a day's galleries and waits until all are published.
///
/// # Errors
///
/// Fails after three minutes.
pub async fn publish(client: &Client, day: &str) -> Result<Vec<Value>, SetupError> {
    let path = format!("/v1/picture-days/{day}/galleries");
    client.create(&path, &json!({ "target": "hosted" }), "build").await?;
    published(client, day).await
}

/// Waits until all galleries of a day are published.
///
/// # Errors
///
/// Fails after three minutes.
pub async fn published(client: &Client, day: &str) -> Result<Vec<Value>, SetupError> {
    for _ in 0..900 {
        let items = client.all(&format!("/v1/galleries?picture_day={day}")).await?;
        if !items.is_empty() && items.iter().all(|gallery| gallery["state"] == "published") {
            return Ok(items);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err(ClientError::TooLate("the building of all galleries").into())
}
