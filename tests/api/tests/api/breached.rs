//! Tests breached passwords: the range service receives five digits of a hash.
//!
//! A password that it knows is refused wherever a password is chosen.

use std::sync::{Arc, Mutex, PoisonError};

use platform::inspect::scan;
use reqwest::Method;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// A password that the service knows, and its SHA-1.
const BREACHED: &str = "Blue-Horse-Battery-9";
const BREACHED_SHA1: &str = "3E5EFE5B290AB0E892781EA7DE4631F98313BB11";
/// A password in the service's padding: seen zero times, so not breached.
const PADDED: &str = "Blue-Horse-Battery-8";
const PADDED_SHA1: &str = "296B09E4825053749551E15F381608FE566C0B3D";
/// A very common password with added characters: refused without the service.
const COMMON: &str = "Password1234!";

/// Stands in for the external range service, and is as strict as the real one.
///
/// It accepts `GET /range/` with five hexadecimal digits and the padding header, and records the requests.
struct RangeService {
    url: String,
    told: Arc<Mutex<Vec<String>>>,
}

impl RangeService {
    async fn start() -> Result<Self, SetupError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/range/", listener.local_addr()?);
        let told = Arc::new(Mutex::new(Vec::new()));
        let remembered = Arc::clone(&told);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let told = Arc::clone(&remembered);
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    let mut head = String::new();
                    while !head.ends_with("\r\n\r\n") {
                        match stream.read_line(&mut head).await {
                            Ok(0) | Err(_) => return,
                            Ok(_) => {}
                        }
                    }
                    let answer = answer(&head);
                    told.lock().unwrap_or_else(PoisonError::into_inner).push(head);
                    // The client may have closed the connection; a failed write does not matter.
                    let _sent = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Ok(Self { url, told })
    }
}

fn answer(head: &str) -> String {
    let path = head.strip_prefix("GET /range/").and_then(|rest| rest.split(' ').next());
    let is_range =
        |digits: &&str| digits.len() == 5 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let pads = head.to_ascii_lowercase().contains("\r\nadd-padding: true\r\n");
    let (status, body) = match path.filter(is_range) {
        Some(digits) if pads => ("200 OK", range(digits)),
        Some(_) | None => {
            ("400 Bad Request", "The hash prefix was not in a valid format".to_owned())
        }
    };
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

fn range(digits: &str) -> String {
    let mut lines = vec!["0018A45C4D1DEF81644B54AB7F969B88D65:1".to_owned()];
    for (sha1, times) in [(BREACHED_SHA1, 37), (PADDED_SHA1, 0)] {
        if let Some(rest) = sha1.strip_prefix(digits) {
            lines.push(format!("{rest}:{times}"));
        }
    }
    lines.join("\r\n")
}

async fn sign_up(stack: &TestStack, email: &str, password: &str) -> Result<String, SetupError> {
    let stranger = stack.stranger();
    stranger.post("/v1/studios", &json!({ "email": email })).await?;
    let token = stranger.mailed_token(email).await?;
    let chosen = json!({ "token": token, "studio_name": "S", "password": password });
    let answer = stranger.post("/v1/email-verifications", &chosen).await?;
    Ok(format!("{} {}", answer.status, answer.text("/code")))
}

async fn judged_here(stack: &TestStack) -> Result<usize, SetupError> {
    let app = stack.stack().app();
    let audit = app.config().audit_table.clone().unwrap_or_default();
    let rows = scan(app, &audit).await?;
    Ok(rows.iter().filter(|row| row.contains("password_judged_here")).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn a05_a_breached_password_is_refused_wherever_one_is_chosen() -> Result<(), SetupError> {
    let service = RangeService::start().await?;
    let stack = TestStack::start_asking(service.url.clone()).await?;
    assert_eq!(sign_up(&stack, "a@b.example", BREACHED).await?, "422 password_breached");
    assert_eq!(sign_up(&stack, "a@b.example", PADDED).await?, "200 ");
    let owner = stack.photographer("owner").await?;
    let change = json!({ "current": PASSWORD, "new": BREACHED });
    let change = owner.call(Method::PUT, "/v1/person/password", Some(&change), &[]).await?;
    assert_eq!((change.status, change.text("/code")), (422, "password_breached".to_owned()));
    let email = "owner@studio.example";
    owner.post("/v1/password-resets", &json!({ "email": email })).await?;
    let mail = stack.mail(email, "Choose a new password", 1).await?;
    let (_, token) = mail.split_once("token=").unwrap_or_default();
    let token = token.split_whitespace().next().unwrap_or_default();
    let reset = json!({ "token": token, "password": BREACHED });
    let reset = owner.post("/v1/password-resets/confirmation", &reset).await?;
    assert_eq!((reset.status, reset.text("/code")), (422, "password_breached".to_owned()));

    let told = service.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(told.len() >= 5, "{told:?}");
    for head in &told {
        for (password, sha1) in [(BREACHED, BREACHED_SHA1), (PADDED, PADDED_SHA1)] {
            assert!(!head.contains(password) && !head.contains(sha1.split_at(5).1), "{head}");
        }
        let path = head.split(' ').nth(1).unwrap_or_default();
        assert_eq!(path.len(), "/range/".len() + 5, "{head}");
    }
    assert_eq!(judged_here(&stack).await?, 0);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a05_when_the_service_is_silent_the_list_decides_and_the_log_says_so()
-> Result<(), SetupError> {
    // The first port has no listener; the second accepts connections and never answers.
    let refused = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let mute = TcpListener::bind("127.0.0.1:0").await?;
    for address in [refused, mute.local_addr()?] {
        let stack = TestStack::start_asking(format!("http://{address}/range/")).await?;
        assert_eq!(sign_up(&stack, "a@b.example", COMMON).await?, "422 password_breached");
        let since = std::time::Instant::now();
        assert_eq!(sign_up(&stack, "a@b.example", BREACHED).await?, "200 ");
        assert!(since.elapsed().as_secs() < 20, "it waits 1.5 s, and hashes");
        assert_eq!(judged_here(&stack).await?, 2);
        stack.stop().await;
    }
    // Without a service, no request is sent and the built-in list decides alone.
    let stack = TestStack::start().await?;
    assert_eq!(sign_up(&stack, "a@b.example", COMMON).await?, "422 password_breached");
    assert_eq!(judged_here(&stack).await?, 0);
    stack.stop().await;
    Ok(())
}
