//! Prints the read and write units of each route: `cargo run -p bench-tests --bin units`.
//!
//! The routes are those of the who-may-call-what table. Each is called by a caller it admits, in a studio
//! with one school of fifty students, all photographed. The store itself counts.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use api_tests::who_may_call_what::{ROWS, Row};
use data_encoding::BASE64;
use platform::inspect::units::{Consumed, Units};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::client::{Answer, Client};
use testkit::{PASSWORD, Shooting, TestStack, picture_day, publish, settle, text};

type Failure = Box<dyn Error + Send + Sync>;

/// Students of the school.
const STUDENTS: usize = 50;
/// Read and write units that the design allows for a list of fifty students.
///
/// Two read and two write units identify the caller; four read units are for the list.
const ALLOWED: (f64, f64) = (6.0, 2.0);
/// A roster that is imported once more.
const ROSTER: &str = "Student ID,First Name,Last Name,Class\n900001,Given1,Family1,3A\n";

/// The studio, and its callers.
struct Bench {
    stack: TestStack,
    units: Units,
    owner: Client,
    parent: Client,
    ids: BTreeMap<&'static str, String>,
    printed: BTreeSet<String>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut bench = Box::pin(Bench::set_up()).await?;
    Box::pin(bench.doors()).await?;
    for row in ROWS {
        if !bench.printed.contains(&format!("{} {}", row.method, row.route)) {
            Box::pin(bench.call(row)).await?;
        }
    }
    bench.stack.stop().await;
    Ok(())
}

impl Bench {
    async fn set_up() -> Result<Self, Failure> {
        let units = Units::default();
        let stack = TestStack::start_counting(&units).await?;
        let owner = stack.photographer("owner").await?;
        let day = picture_day(&owner, STUDENTS).await?;
        let mut camera = Shooting::small(1);
        for pupil in &day.pupils {
            camera.pupil(pupil, 1)?;
        }
        owner.upload(&day.day, "A", camera.files).await?;
        let photos = settle(&owner, &day.day).await?;
        let galleries = publish(&owner, &day.day).await?;
        let student = day.pupils.first().map(|pupil| pupil.id.clone()).ok_or("no student")?;

        let codes = format!("/v1/students/{student}/share-codes");
        let code = owner.create(&codes, &json!({}), "code").await?;
        let parent = stack.parent("parent", &code.text("/code")).await?;
        let version = parent.consent().await?;

        let requests = owner.read(&format!("/v1/schools/{}/access-requests", day.school)).await?;
        let imports = format!("/v1/schools/{}/roster-imports", day.school);
        let import = owner.post_file(&imports, "text/csv", ROSTER.into(), "again").await?;
        let districts = owner.read("/v1/districts").await?;
        let id_where = |rows: &[Value], is_it: &dyn Fn(&Value) -> bool| {
            rows.iter().find(|row| is_it(row)).map(|row| text(row, "id")).unwrap_or_default()
        };
        let of_student = |row: &Value| text(row, "student_id") == student;
        let shows_student =
            |row: &Value| row.get("student_ids").is_some_and(|ids| *ids == json!([student]));
        let ids = BTreeMap::from([
            ("district", id_where(districts.items(), &|_| true)),
            ("import", import.text("/id")),
            ("photo", id_where(&photos, &shows_student)),
            ("gallery", id_where(&galleries, &of_student)),
            ("request", id_where(requests.items(), &of_student)),
            ("code", code.text("/id")),
            ("school", day.school),
            ("day", day.day),
            ("student", student.clone()),
            ("version", version),
        ]);
        let names = format!("{:58}{:>7}{:>8}{:>8}{:>7}", "", "status", "RRU", "WRU", "calls");
        say(&format!(
            "One school of {STUDENTS} students, a warm process, the embedded store.\n{names}"
        ));
        Ok(Self { stack, units, owner, parent, ids, printed: BTreeSet::new() })
    }

    /// Calls the sign-in routes with valid credentials; the who-may-call-what table uses invalid ones only.
    async fn doors(&mut self) -> Result<(), Failure> {
        let mut new = self.stack.stranger();
        let email = "new@studio.example";
        let studio = json!({ "email": email });
        self.open(&new, "/v1/studios", &studio).await?;
        let token = new.mailed_token(email).await?;
        let token = json!({ "token": token, "studio_name": "New", "password": PASSWORD });
        self.open(&new, "/v1/email-verifications", &token).await?;
        let door = json!({ "portal": "photographer", "email": email, "password": PASSWORD });
        self.open(&new, "/v1/sign-in/password", &door).await?;

        new = self.stack.stranger();
        let email = "new@family.example";
        let codes = format!("/v1/students/{}/share-codes", self.id("student"));
        let code = self.owner.create(&codes, &json!({}), "another").await?.text("/code");
        let asked = json!({ "code": code, "email": email });
        self.open(&new, "/v1/access-requests", &asked).await?;
        let token = json!({ "token": new.mailed_token(email).await? });
        self.open(&new, "/v1/sign-in/link", &token).await
    }

    async fn open(&mut self, caller: &Client, path: &str, body: &Value) -> Result<(), Failure> {
        self.units.take();
        let answer = caller.post(path, body).await?;
        self.print(&format!("POST {path}"), answer.status);
        if answer.status < 300 { Ok(()) } else { Err(answer.body.to_string().into()) }
    }

    /// Calls a route as a caller it admits.
    async fn call(&mut self, row: &Row) -> Result<(), Failure> {
        let [stranger, owner, _, parent, ..] = row.answers;
        let is_for = |status: u16| (200..300).contains(&status);
        let nobody = self.stack.stranger();
        let (caller, expected) = if is_for(owner) {
            (&self.owner, owner)
        } else if is_for(parent) {
            (&self.parent, parent)
        } else if is_for(stranger) {
            (&nobody, stranger)
        } else {
            (&self.owner, owner)
        };
        self.units.take();
        let answer = self.answer(row, caller).await?;
        let name = format!("{} {}", row.method, row.route);
        if answer.status != expected {
            return Err(format!("{name} answered {}: {}", answer.status, answer.body).into());
        }
        self.print(&name, answer.status);
        Ok(())
    }

    async fn answer(&self, row: &Row, caller: &Client) -> Result<Answer, Failure> {
        let mut path = match row.route {
            "$default" => "/v1/nothing".to_owned(),
            "/v1/galleries" => self.filled("/v1/galleries?picture_day={day}"),
            "/parent/{page+}" => "/parent/consent".to_owned(),
            route => self.filled(route),
        };
        path = path.replace("{page+}", "sign-in").replace("{file+}", "nothing.js");
        let method = if row.method == "ANY" { Method::GET } else { row.method.parse()? };
        Ok(match row.body {
            "" => caller.call(method, &path, None, &[]).await?,
            "csv" => caller.post_file(&path, "text/csv", ROSTER.into(), "once-more").await?,
            "upload" => {
                let file = json!({ "name": "new.jpg", "bytes": 10,
                    "sha256": BASE64.encode(&[7; 32]), "content_type": "image/jpeg" });
                caller.post(&path, &json!({ "camera": "A", "files": [file] })).await?
            }
            body => {
                let body: Value = serde_json::from_str(&self.filled(body))?;
                caller.call(method, &path, Some(&body), &[]).await?
            }
        })
    }

    /// Replaces names in braces by ids.
    fn filled(&self, text: &str) -> String {
        let fill =
            |text: String, (name, id): (&&str, &String)| text.replace(&format!("{{{name}}}"), id);
        self.ids.iter().fold(text.to_owned(), fill)
    }

    fn id(&self, name: &str) -> String {
        self.ids.get(name).cloned().unwrap_or_default()
    }

    fn print(&mut self, name: &str, status: u16) {
        let Consumed { reads, writes, calls, uncounted } = self.units.take();
        let mut row = vec![format!("{name:58}{status:>7}{reads:>8.1}{writes:>8.1}{calls:>7}")];
        if uncounted > 0 {
            row.push(format!("  {uncounted} of them refused, not counted"));
        }
        if name.starts_with("GET") && (reads > ALLOWED.0 || writes > ALLOWED.1) {
            row.push("  over the allowance of 6 RRU and 2 WRU".to_owned());
        }
        say(&row.concat());
        self.printed.insert(name.to_owned());
    }
}

#[expect(clippy::print_stdout, reason = "a command's answer")]
fn say(line: &str) {
    println!("{line}");
}
