//! An identity provider for tests that does what the test needs: honest or hostile.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use local::client::Client;
use platform::provision::sdk::crypto::hmac;
use platform::provision::sdk::crypto::rand::SystemRandom;
use platform::provision::sdk::crypto::rsa::{KeyPair, KeySize, PublicKeyComponents};
use platform::provision::sdk::crypto::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use serde_json::{Value, json};
use testkit::SetupError;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The requests that the provider received, and its answers.
#[derive(Default)]
struct State {
    /// The token for which each code is exchanged.
    tokens: BTreeMap<String, String>,
    /// The forms of the token requests.
    forms: Vec<BTreeMap<String, String>>,
    /// Number of key fetches.
    key_fetches: usize,
    /// The TXT records of the DNS by name; the client queries them at the same address.
    records: BTreeMap<String, Vec<String>>,
    /// Number of DNS queries.
    lookups: usize,
}

/// A provider on its own port.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) url: String,
    pair: Arc<KeyPair>,
    state: Arc<Mutex<State>>,
}

impl Provider {
    pub(crate) async fn start() -> Result<Self, SetupError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| "no key")?;
        let provider = Self { url, pair: Arc::new(pair), state: Arc::default() };
        let answering = provider.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let provider = answering.clone();
                tokio::spawn(async move { provider.answer(stream).await });
            }
        });
        Ok(provider)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the token for which a code will be exchanged.
    pub(crate) fn give(&self, code: &str, token: String) {
        self.state().tokens.insert(code.to_owned(), token);
    }

    pub(crate) fn lookups(&self) -> usize {
        self.state().lookups
    }

    /// Adds a TXT record to the DNS.
    pub(crate) fn publish(&self, name: String, value: String) {
        self.state().records.entry(name).or_default().push(value);
    }

    pub(crate) fn last_form(&self) -> BTreeMap<String, String> {
        self.state().forms.last().cloned().unwrap_or_default()
    }

    pub(crate) fn key_fetches(&self) -> usize {
        self.state().key_fetches
    }

    /// Returns a token that is signed RS256 with the provider's key.
    pub(crate) fn signed(&self, header: &Value, claims: &Value) -> Result<String, SetupError> {
        let message = message(header, claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .map_err(|_| "not signed")?;
        Ok(format!("{message}.{}", BASE64URL_NOPAD.encode(&signature)))
    }

    /// Returns a token that is signed HS256 with a public value: the modulus of the provider's key.
    pub(crate) fn confused(&self, claims: &Value) -> String {
        let message = message(&json!({ "alg": "HS256", "kid": "k1", "typ": "JWT" }), claims);
        let parts = PublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        let key = hmac::Key::new(hmac::HMAC_SHA256, &parts.n);
        let tag = hmac::sign(&key, message.as_bytes());
        format!("{message}.{}", BASE64URL_NOPAD.encode(tag.as_ref()))
    }

    /// Returns a token without a signature.
    pub(crate) fn unsigned(claims: &Value) -> String {
        format!("{}.", message(&json!({ "alg": "none", "kid": "k1" }), claims))
    }

    /// Publishes the district's record at its domains, as a district's IT department does.
    pub(crate) async fn prove(
        &self,
        owner: &Client,
        district: &str,
        domains: &[&str],
    ) -> Result<(), SetupError> {
        let shown = owner.read(&format!("/v1/districts/{district}/identity-provider")).await?;
        let (name, value) = (shown.text("/domain_record/name"), shown.text("/domain_record/value"));
        for domain in domains {
            self.publish(format!("{name}.{domain}"), value.clone());
        }
        Ok(())
    }

    async fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut bytes = Vec::new();
        let (head, body) = loop {
            let mut chunk = [0; 4096];
            let read = stream.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
            bytes.extend_from_slice(chunk.get(..read)?);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                break (head.to_owned(), body.to_owned());
            }
        };
        let (status, answer) = self.answer_to(head.lines().next().unwrap_or_default(), &body);
        let length = answer.len();
        let text = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}"
        );
        stream.write_all(text.as_bytes()).await.ok()
    }

    fn answer_to(&self, request: &str, body: &str) -> (&'static str, String) {
        if request.starts_with("POST ") && request.contains("/oauth2/v2.0/token ") {
            let url = reqwest::Url::parse(&format!("http://form/?{body}"));
            let form: BTreeMap<String, String> =
                url.map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default();
            let mut state = self.state();
            let token = form.get("code").and_then(|code| state.tokens.get(code).cloned());
            state.forms.push(form);
            let unknown = json!({ "error": "invalid_grant" }).to_string();
            return token.map_or(("400 Bad Request", unknown), |token| {
                ("200 OK", json!({ "id_token": token, "access_token": "x" }).to_string())
            });
        }
        if request.starts_with("GET ") && request.contains("/discovery/v2.0/keys ") {
            self.state().key_fetches += 1;
            let parts = PublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
            let encode = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
            let key = json!({ "kty": "RSA", "use": "sig", "kid": "k1", "n": encode(&parts.n), "e": encode(&parts.e) });
            return ("200 OK", json!({ "keys": [key] }).to_string());
        }
        if let Some(query) = request.strip_prefix("GET /dns.google/resolve?") {
            let name = query.strip_prefix("name=").and_then(|it| it.split_once("&type=TXT "));
            let mut state = self.state();
            state.lookups += 1;
            let found = name.and_then(|(name, _)| state.records.get_key_value(name));
            let answer = found.map_or_else(
                || json!({ "Status": 3 }),
                |(name, texts)| {
                    let record = |text| json!({ "name": name, "type": 16, "data": text });
                    json!({ "Status": 0, "Answer": texts.iter().map(record).collect::<Vec<_>>() })
                },
            );
            return ("200 OK", answer.to_string());
        }
        ("404 Not Found", "{}".to_owned())
    }
}

fn message(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}", encode(header), encode(claims))
}
