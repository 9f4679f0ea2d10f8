//! Kills the runner several times during a picture day.
//!
//! After the last start all registered, uploaded and queued work is finished, and nothing exists twice.
#![cfg(unix)]
#![expect(clippy::tests_outside_test_module, reason = "an integration test is a test module")]

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use local::client::Client;
use serde_json::{Value, json};

/// The runner as a process, with its printed lines.
struct Runner {
    process: Child,
    lines: Receiver<String>,
}

impl Runner {
    fn start(data: &Path, port: u16) -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_picture-day"))
            .args(["--port", &port.to_string(), "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()?;
        let (send, lines) = channel();
        let printed = BufReader::new(process.stdout.take().ok_or("no output")?);
        std::thread::spawn(move || {
            for line in printed.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { process, lines })
    }

    /// Waits for a line that contains `text`.
    fn until(&self, text: &str, at_most: Duration) -> Result<(), Box<dyn Error>> {
        let began = Instant::now();
        while began.elapsed() < at_most {
            let line = self.lines.recv_timeout(at_most.saturating_sub(began.elapsed()))?;
            if line.contains(text) {
                return Ok(());
            }
        }
        Err(format!("no line with {text}").into())
    }

    /// Sends SIGKILL: no handler runs, nothing is flushed.
    fn kill(mut self) -> Result<(), Box<dyn Error>> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_day_comes_through_kills_of_the_whole_runner() -> Result<(), Box<dyn Error>> {
    let data = tempfile::tempdir()?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let long = Duration::from_mins(5);
    for scene in ["student 4 of 22", "student 15 of 22", "galleries published: "] {
        let runner = Runner::start(data.path(), port)?;
        runner.until(scene, long)?;
        runner.kill()?;
    }
    let runner = Runner::start(data.path(), port)?;
    runner.until("ready http://localhost", long)?;

    let mut photographer = Client::new(&format!("http://localhost:{port}"));
    let door = json!({ "portal": "photographer", "email": "photographer@picture-day.example", "password": "Sunny-Meadow-42" });
    photographer.sign_in("/v1/sign-in/password", &door).await?;
    let days = photographer.all("/v1/picture-days").await?;
    assert_eq!(days.len(), 2, "a picture day and its retake, each once");
    let fall = days.iter().find(|day| day.get("kind") == Some(&json!("fall"))).ok_or("no day")?;
    let id = fall.get("id").and_then(Value::as_str).unwrap_or_default();
    let photos = photographer.all(&format!("/v1/picture-days/{id}/photos")).await?;
    let with = |state: &str| {
        let state = json!(state);
        photos.iter().filter(|photo| photo.get("state") == Some(&state)).count()
    };
    assert_eq!(photos.len(), 68);
    assert_eq!(with("refused"), 1);
    assert_eq!(with("matched"), 44);
    assert_eq!((with("registered"), with("arrived")), (0, 0));
    let galleries = photographer.read(&format!("/v1/galleries?picture_day={id}")).await?;
    assert_eq!(galleries.items().len(), 22);
    let mut shown = BTreeSet::new();
    for gallery in galleries.items() {
        assert_eq!(gallery.get("state"), Some(&json!("published")));
        let id = gallery.get("id").and_then(Value::as_str).unwrap_or_default();
        let open = photographer.read(&format!("/v1/galleries/{id}")).await?;
        let of =
            open.body.pointer("/photos").and_then(Value::as_array).cloned().unwrap_or_default();
        assert_eq!(of.len(), 2);
        shown.extend(of.iter().map(|photo| photo.get("id").map(ToString::to_string)));
    }
    assert_eq!(shown.len(), 44, "no photo in two galleries");
    runner.kill()
}
