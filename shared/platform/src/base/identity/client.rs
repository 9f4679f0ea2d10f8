//! HTTP calls to identity providers: few, short, and without redirects.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::id_token::Refused;
use crate::base::app::App;

/// Timeout of one call; a person waits meanwhile.
const WITHIN: Duration = Duration::from_secs(8);
/// Maximum bytes of a response: Google's and Entra's key sets have about 15,000.
const MOST_BYTES: usize = 256 * 1024;

/// Why a provider's answer is missing or not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    /// The provider did not answer, or not in the expected form.
    #[error("the identity provider did not answer as it should: {0}")]
    Unreachable(&'static str),
    /// The provider's answer proves nothing.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// The error response of a token endpoint (RFC 6749, section 5.2).
#[derive(Deserialize)]
struct Objection {
    error: String,
}

/// An HTTP client for one exchange with a provider.
pub(crate) struct Fetch<'a> {
    http: reqwest::Client,
    elsewhere: Option<&'a str>,
}

impl<'a> Fetch<'a> {
    pub(crate) fn new(app: &'a App) -> Result<Self, ProviderError> {
        Self::at(app, true)
    }

    /// Creates the client for the DNS resolver that the operator chose.
    ///
    /// That may be a process of the same machine, so `http://127.0.0.1:` is accepted.
    pub(crate) fn of_resolver(app: &'a App, resolver: &str) -> Result<Self, ProviderError> {
        Self::at(app, !resolver.starts_with("http://127.0.0.1:"))
    }

    fn at(app: &'a App, is_https_only: bool) -> Result<Self, ProviderError> {
        let elsewhere = app.config().endpoints.identity.as_deref();
        let http = reqwest::Client::builder()
            .timeout(WITHIN)
            .redirect(reqwest::redirect::Policy::none())
            .https_only(is_https_only && elsewhere.is_none())
            .build()
            .map_err(|_| ProviderError::Unreachable("no client"))?;
        Ok(Self { http, elsewhere })
    }

    /// Returns the bytes at a URL.
    pub(crate) async fn get(&self, address: &str) -> Result<Vec<u8>, ProviderError> {
        match self.send(self.http.get(place(self.elsewhere, address))).await? {
            (status, bytes) if status.is_success() => Ok(bytes),
            _ => Err(ProviderError::Unreachable("refused")),
        }
    }

    /// Posts a form that contains an authorization code, and returns the answer.
    ///
    /// A code that the provider does not know is the caller's fault; every other refusal is not.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        address: &str,
        form: &[(&str, &str)],
    ) -> Result<T, ProviderError> {
        let sent = self.http.post(place(self.elsewhere, address)).form(form);
        let (status, answer) = self.send(sent).await?;
        if status.is_success() {
            let given = serde_json::from_slice(&answer);
            return given.map_err(|_| ProviderError::Unreachable("another form"));
        }
        let objection = serde_json::from_slice::<Objection>(&answer);
        let is_unknown_code = status == StatusCode::BAD_REQUEST
            && objection.is_ok_and(|it| it.error == "invalid_grant");
        Err(if is_unknown_code {
            Refused::Code.into()
        } else {
            ProviderError::Unreachable("refused")
        })
    }

    async fn send(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<(StatusCode, Vec<u8>), ProviderError> {
        let unreachable = |_| ProviderError::Unreachable("no answer");
        let mut response = request.send().await.map_err(unreachable)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MOST_BYTES {
                return Err(ProviderError::Unreachable("too long"));
            }
        }
        Ok((response.status(), bytes))
    }
}

/// Returns the URL to call: the provider's own, or the deployment's stand-in for all providers.
pub(super) fn place(elsewhere: Option<&str>, address: &str) -> String {
    match elsewhere {
        None => address.to_owned(),
        Some(base) => address.replacen("https:/", base.trim_end_matches('/'), 1),
    }
}
