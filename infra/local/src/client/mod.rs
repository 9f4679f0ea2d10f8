//! A client of the HTTP API, as any program could write it. The demonstration and the tests use it.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON value gives null for what is missing; it does not panic"
)]

mod mails;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_encoding::BASE64;
use platform::base::crypto::digest::sha256;
use reqwest::Method;
use reqwest::header::{HeaderMap, SET_COOKIE};
use serde_json::{Value, json};

use crate::demonstration::camera::CameraFile;

/// A caller of the API, signed out at first. Clones share their cookies, like the tabs of one browser.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    csrf: Option<String>,
    /// A header that identifies the caller instead of a cookie.
    credential: Option<(&'static str, String)>,
}

/// An HTTP response.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; `null` when it is not JSON.
    pub body: Value,
    /// The body's bytes.
    pub bytes: Vec<u8>,
}

/// Why a call got no response, or not the expected one.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No response arrived.
    #[error("no HTTP response")]
    Http(#[from] reqwest::Error),
    /// The response has an unexpected status.
    #[error("{path} answered {status}: {code}")]
    Unexpected {
        /// The requested path.
        path: String,
        /// The status.
        status: u16,
        /// The problem's code.
        code: String,
    },
    /// An expected event did not happen in time.
    #[error("{0} did not happen in time")]
    TooLate(&'static str),
    /// A photo of the demonstration could not be drawn.
    #[error("cannot draw a demonstration photo")]
    Camera,
}

impl Answer {
    /// Returns a string in the body: `answer.text("/id")`. Empty when it is absent.
    pub fn text(&self, pointer: &str) -> String {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Returns the items of a list.
    pub fn items(&self) -> &[Value] {
        self.body.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// How long an idle connection is kept: half of the time a port waits for a request (20 s, `cloud/serve/limits.rs`).
///
/// So a request is never sent while the port closes the connection.
const IDLE: Duration = Duration::from_secs(10);

impl Client {
    /// Creates a signed-out client of a stack.
    pub fn new(base: &str) -> Self {
        Self {
            // Redirects are not followed: the caller checks them.
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

    /// Creates a client for a program of a stack, with its access token.
    pub fn program(base: &str, access_token: &str) -> Self {
        let credential = Some(("authorization", format!("Bearer {access_token}")));
        Self { credential, ..Self::new(base) }
    }

    /// Creates a client for a guest of one gallery, with their guest token.
    pub fn guest(base: &str, token: &str) -> Self {
        Self { credential: Some(("x-guest-token", token.to_owned())), ..Self::new(base) }
    }

    /// Returns the cookies in the form of a request header: `name=value; name=value`.
    pub fn cookie(&self) -> Option<String> {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Returns a client with the same cookies, which then change separately: a thief, or another browser.
    #[must_use]
    pub fn copied(&self) -> Self {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self { cookies: Arc::new(Mutex::new(cookies)), ..self.clone() }
    }

    /// Sets a cookie, or deletes it when its value is empty.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        if value.is_empty() {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Stores the cookies that a response sets, as a browser does.
    fn keep_cookies(&self, answer: &Answer) {
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.set_cookie(name, value);
            }
        }
    }

    /// Returns the stack's base URL.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Calls a route. Writes carry our origin, the CSRF token and the other headers that a page sends.
    ///
    /// # Errors
    ///
    /// When no response arrives.
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

    /// Adds the credential, or the origin header of our pages.
    fn introduced(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.credential {
            Some((name, value)) => request.header(*name, value),
            None => request.header("origin", &self.base),
        }
    }

    /// Sends a `GET`.
    ///
    /// # Errors
    ///
    /// When no response arrives.
    pub async fn get(&self, path: &str) -> Result<Answer, ClientError> {
        self.call(Method::GET, path, None, &[]).await
    }

    /// Sends a `POST` with JSON.
    ///
    /// # Errors
    ///
    /// When no response arrives.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, ClientError> {
        self.call(Method::POST, path, Some(body), &[]).await
    }

    /// Sends a `POST` with JSON and requires a 2xx response. It is idempotent by `key`.
    ///
    /// # Errors
    ///
    /// When the response is not 2xx.
    pub async fn create(&self, path: &str, body: &Value, key: &str) -> Result<Answer, ClientError> {
        let headers = [("idempotency-key", key)];
        expect(path, self.call(Method::POST, path, Some(body), &headers).await?)
    }

    /// Consents to the current parent document and returns its version.
    ///
    /// # Errors
    ///
    /// When a response is not 2xx.
    pub async fn consent(&self) -> Result<String, ClientError> {
        let current = self.read("/v1/consents/current").await?;
        let (document, version) = (current.text("/document"), current.text("/version"));
        let yes = json!({ "document": document, "version": version });
        self.create("/v1/consents", &yes, "consent").await?;
        Ok(version)
    }

    /// Sends a `GET` and requires a 2xx response.
    ///
    /// # Errors
    ///
    /// When the response is not 2xx.
    pub async fn read(&self, path: &str) -> Result<Answer, ClientError> {
        expect(path, self.get(path).await?)
    }

    /// Reads all items of a list, page by page.
    ///
    /// # Errors
    ///
    /// When a response is not 2xx.
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

    /// Sends a file as the request body.
    ///
    /// # Errors
    ///
    /// When no response arrives.
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

    /// Signs in with a password or a link token, depending on the body, and keeps the session.
    ///
    /// # Errors
    ///
    /// When the sign-in is refused.
    pub async fn sign_in(&mut self, path: &str, body: &Value) -> Result<(), ClientError> {
        self.enter(path, body).await.map(|_| ())
    }

    /// Signs in as [`Self::sign_in`] does, and returns the response.
    ///
    /// # Errors
    ///
    /// When the sign-in is refused.
    pub async fn enter(&mut self, path: &str, body: &Value) -> Result<Answer, ClientError> {
        let answer = expect(path, self.post(path, body).await?)?;
        self.csrf = Some(answer.text("/csrf_token"));
        Ok(answer)
    }

    /// Reads the session again, as a page does when its CSRF token is outdated.
    ///
    /// # Errors
    ///
    /// When no session is open.
    pub async fn reload(&mut self) -> Result<(), ClientError> {
        self.csrf = Some(self.read("/v1/session").await?.text("/csrf_token"));
        Ok(())
    }

    /// Registers the files of one camera and returns what to do with each.
    ///
    /// # Errors
    ///
    /// When the response is not 2xx.
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

    /// Uploads a registered file directly to S3.
    ///
    /// # Errors
    ///
    /// When no response arrives.
    pub async fn put(&self, upload: &Value, bytes: Vec<u8>) -> Result<Answer, ClientError> {
        let mut request = self.http.put(upload["url"].as_str().unwrap_or_default()).body(bytes);
        for (name, value) in upload["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
        answer(request).await
    }

    /// Registers and uploads the files of one camera.
    ///
    /// # Errors
    ///
    /// When S3 refuses a file.
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
            // 412: the object exists already.
            if answer.status != 412 {
                expect("storage", answer)?;
            }
        }
        Ok(uploads)
    }
}

/// Returns the registration entry of a file.
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
