//! A client of the HTTP API, as any program could write it: the demonstration and the tests use it.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON value gives null for what is missing; it does not panic"
)]

mod mails;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_encoding::BASE64;
use platform::crypto::digest::sha256;
use reqwest::Method;
use reqwest::header::{HeaderMap, SET_COOKIE};
use serde_json::{Value, json};

use crate::demonstration::camera::CameraFile;

/// Somebody who calls the API, signed out at first. Clones share their cookies, as a browser's tabs do.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    csrf: Option<String>,
    /// A header with which it says who it is, instead of a cookie.
    credential: Option<(&'static str, String)>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; `null` when it is none.
    pub body: Value,
    /// The body's bytes.
    pub bytes: Vec<u8>,
}

/// Why a call gave no answer, or not the one that was needed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No answer came.
    #[error("no answer")]
    Http(#[from] reqwest::Error),
    /// Another answer came.
    #[error("{path} answered {status}: {code}")]
    Unexpected {
        /// What was asked.
        path: String,
        /// What the status was.
        status: u16,
        /// The problem's code.
        code: String,
    },
    /// Something that was waited for did not happen in time.
    #[error("{0} did not happen in time")]
    TooLate(&'static str),
    /// The demonstration's own photos could not be drawn.
    #[error("a photo could not be drawn")]
    Camera,
}

impl Answer {
    /// A text in the body: `answer.text("/id")`. Empty when it is not there.
    pub fn text(&self, pointer: &str) -> String {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The rows of a list.
    pub fn items(&self) -> &[Value] {
        self.body.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// How long a connection is kept for the next request: half of what a port waits for one (20 s, `cloud/serve/limits.rs`),
/// so that no request is sent while the port closes it.
const IDLE: Duration = Duration::from_secs(10);

impl Client {
    /// A signed-out client of a stack.
    pub fn new(base: &str) -> Self {
        Self {
            // Where an answer sends a browser is for the caller to see.
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .pool_idle_timeout(IDLE)
                .build()
                .unwrap_or_default(),
            base: base.to_owned(),
            cookies: Arc::default(),
            csrf: None,
            credential: None,
        }
    }

    /// A program of a stack, with its access token.
    pub fn program(base: &str, access_token: &str) -> Self {
        let credential = Some(("authorization", format!("Bearer {access_token}")));
        Self { credential, ..Self::new(base) }
    }

    /// A guest of one gallery, with the token they were given.
    pub fn guest(base: &str, token: &str) -> Self {
        Self { credential: Some(("x-guest-token", token.to_owned())), ..Self::new(base) }
    }

    /// The cookies as a request carries them: `name=value; name=value`.
    pub fn cookie(&self) -> Option<String> {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Somebody with the same cookies who keeps their own from here on: a thief, or another browser.
    #[must_use]
    pub fn copied(&self) -> Self {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self { cookies: Arc::new(Mutex::new(cookies)), ..self.clone() }
    }

    /// Sets a cookie, or forgets it when its value is empty.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        if value.is_empty() {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Keeps what an answer sets, as a browser does.
    fn keep_cookies(&self, answer: &Answer) {
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.set_cookie(name, value);
            }
        }
    }

    /// The stack's address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Calls a route. Writes carry our origin, the CSRF token and what else a page sends.
    ///
    /// # Errors
    ///
    /// When no answer comes.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, ClientError> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(cookie) = self.cookie() {
            request = request.header("cookie", cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        request = self.introduced(request);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = answer(request).await?;
        self.keep_cookies(&answer);
        Ok(answer)
    }

    /// With the credential, or as a page of our origin.
    fn introduced(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.credential {
            Some((name, value)) => request.header(*name, value),
            None => request.header("origin", &self.base),
        }
    }

    /// `GET`.
    ///
    /// # Errors
    ///
    /// When no answer comes.
    pub async fn get(&self, path: &str) -> Result<Answer, ClientError> {
        self.call(Method::GET, path, None, &[]).await
    }

    /// `POST` of JSON.
    ///
    /// # Errors
    ///
    /// When no answer comes.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, ClientError> {
        self.call(Method::POST, path, Some(body), &[]).await
    }

    /// `POST` of JSON that must be answered with a 2xx; the same `key` makes the same thing once.
    ///
    /// # Errors
    ///
    /// When another answer comes.
    pub async fn create(&self, path: &str, body: &Value, key: &str) -> Result<Answer, ClientError> {
        let headers = [("idempotency-key", key)];
        expect(path, self.call(Method::POST, path, Some(body), &headers).await?)
    }

    /// Agrees to what parents agree to, in the current wording; answers which that is.
    ///
    /// # Errors
    ///
    /// When another answer comes.
    pub async fn consent(&self) -> Result<String, ClientError> {
        let current = self.read("/v1/consents/current").await?;
        let (document, version) = (current.text("/document"), current.text("/version"));
        let yes = json!({ "document": document, "version": version });
        self.create("/v1/consents", &yes, "consent").await?;
        Ok(version)
    }

    /// `GET` that must be answered with a 2xx.
    ///
    /// # Errors
    ///
    /// When another answer comes.
    pub async fn read(&self, path: &str) -> Result<Answer, ClientError> {
        expect(path, self.get(path).await?)
    }

    /// All rows of a list, page by page.
    ///
    /// # Errors
    ///
    /// When another answer comes.
    pub async fn all(&self, path: &str) -> Result<Vec<Value>, ClientError> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = self.read(&format!("{path}{mark}limit=200{cursor}")).await?;
            items.extend_from_slice(page.items());
            match page.text("/next_cursor") {
                next if next.is_empty() => return Ok(items),
                next => cursor = format!("&cursor={next}"),
            }
        }
    }

    /// Sends a file as a body.
    ///
    /// # Errors
    ///
    /// When no answer comes.
    pub async fn post_file(
        &self,
        path: &str,
        content_type: &str,
        bytes: Vec<u8>,
        key: &str,
    ) -> Result<Answer, ClientError> {
        let mut request = self.http.post(format!("{}{path}", self.base)).body(bytes);
        request = self.introduced(request.header("content-type", content_type));
        request = request.header("idempotency-key", key);
        if let (Some(cookie), Some(csrf)) = (self.cookie(), &self.csrf) {
            request = request.header("cookie", cookie).header("x-csrf-token", csrf);
        }
        let answer = answer(request).await?;
        self.keep_cookies(&answer);
        Ok(answer)
    }

    /// Signs in with a password or by a link, whichever the body says, and keeps the session.
    ///
    /// # Errors
    ///
    /// When the sign-in is refused.
    pub async fn sign_in(&mut self, path: &str, body: &Value) -> Result<(), ClientError> {
        self.enter(path, body).await.map(|_| ())
    }

    /// As [`Self::sign_in`], with what the answer says besides.
    ///
    /// # Errors
    ///
    /// When the sign-in is refused.
    pub async fn enter(&mut self, path: &str, body: &Value) -> Result<Answer, ClientError> {
        let answer = expect(path, self.post(path, body).await?)?;
        self.csrf = Some(answer.text("/csrf_token"));
        Ok(answer)
    }

    /// Reads the session again, as a page does whose token has become an old one.
    ///
    /// # Errors
    ///
    /// When nobody is signed in.
    pub async fn reload(&mut self) -> Result<(), ClientError> {
        self.csrf = Some(self.read("/v1/session").await?.text("/csrf_token"));
        Ok(())
    }

    /// Registers files of one camera, and says what to do with each.
    ///
    /// # Errors
    ///
    /// When another answer comes.
    pub async fn register(
        &self,
        day: &str,
        camera: &str,
        files: &[CameraFile],
    ) -> Result<Vec<Value>, ClientError> {
        let mut uploads = Vec::with_capacity(files.len());
        let path = format!("/v1/picture-days/{day}/uploads");
        for chunk in files.chunks(100) {
            let files: Vec<_> = chunk.iter().map(description).collect();
            let answer = self.post(&path, &json!({ "camera": camera, "files": files })).await?;
            let answer = expect(&path, answer)?;
            uploads.extend(answer.body["uploads"].as_array().cloned().unwrap_or_default());
        }
        Ok(uploads)
    }

    /// Sends a registered file straight to storage.
    ///
    /// # Errors
    ///
    /// When no answer comes.
    pub async fn put(&self, upload: &Value, bytes: Vec<u8>) -> Result<Answer, ClientError> {
        let mut request = self.http.put(upload["url"].as_str().unwrap_or_default()).body(bytes);
        for (name, value) in upload["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
        answer(request).await
    }

    /// Registers and sends files of one camera.
    ///
    /// # Errors
    ///
    /// When storage refuses one.
    pub async fn upload(
        &self,
        day: &str,
        camera: &str,
        files: Vec<CameraFile>,
    ) -> Result<Vec<Value>, ClientError> {
        let uploads = self.register(day, camera, &files).await?;
        for (upload, file) in uploads.iter().zip(files) {
            if upload["status"] != "upload" {
                continue;
            }
            let answer = self.put(upload, file.bytes).await?;
            // 412: it is there already.
            if answer.status != 412 {
                expect("storage", answer)?;
            }
        }
        Ok(uploads)
    }
}

/// What a registration says of a file.
pub fn description(file: &CameraFile) -> Value {
    json!({
        "name": file.name,
        "bytes": file.bytes.len(),
        "sha256": BASE64.encode(&sha256(&file.bytes)),
        "content_type": "image/jpeg",
    })
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Answer, ClientError> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await?.to_vec();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Ok(Answer { status, headers, body, bytes })
}

fn expect(path: &str, answer: Answer) -> Result<Answer, ClientError> {
    if (200..300).contains(&answer.status) {
        return Ok(answer);
    }
    let code = answer.text("/code");
    Err(ClientError::Unexpected { path: path.to_owned(), status: answer.status, code })
}
