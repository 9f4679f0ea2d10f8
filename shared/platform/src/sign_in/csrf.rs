//! CSRF protection: refuses writes from other sites by Fetch Metadata, `Origin` and the session's token.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64URL_NOPAD;
use http::Method;

use crate::base::app::App;
use crate::http::cors;
use crate::http::error::ApiError;
use crate::http::request::{Request, header};
use crate::people::sessions::Session;

/// Creates a CSRF token for a page: the session's secret masked with a fresh pad.
///
/// No two responses carry the same bytes, so compression reveals nothing about the secret.
pub(crate) fn token(app: &App, secret: &[u8; 32]) -> String {
    let pad = app.random::<32>();
    let masked = pad.iter().zip(secret).map(|(pad, byte)| pad ^ byte);
    let bytes: Vec<u8> = pad.iter().copied().chain(masked).collect();
    BASE64URL_NOPAD.encode(&bytes)
}

fn fits(token: &str, secret: &[u8; 32]) -> bool {
    let Ok(bytes) = BASE64URL_NOPAD.decode(token.as_bytes()) else {
        return false;
    };
    let Some((pad, masked)) = bytes.split_at_checked(32).filter(|(_, masked)| masked.len() == 32)
    else {
        return false;
    };
    let unmasked: Vec<u8> = pad.iter().zip(masked).map(|(pad, byte)| pad ^ byte).collect();
    verify_slices_are_equal(&unmasked, secret).is_ok()
}

/// Checks a request with a session: a write must carry an accepted `Origin` and the session's token.
pub(crate) fn check(app: &App, request: &Request, session: &Session) -> Result<(), ApiError> {
    check_token(app, request, &session.csrf)
}

/// Performs the same check with the session's secret.
pub(crate) fn check_token(app: &App, request: &Request, secret: &[u8; 32]) -> Result<(), ApiError> {
    if is_read(request) {
        return Ok(());
    }
    check_source(app, request)?;
    if header(request, "origin").is_none() {
        return Err(ApiError::Forbidden("cross_site"));
    }
    let token = header(request, "x-csrf-token").unwrap_or_default();
    if !fits(token, secret) {
        return Err(ApiError::Forbidden("csrf"));
    }
    Ok(())
}

/// Checks the source of any write: it must be this site, or an origin that the configuration allows.
///
/// A browser calls an allowed origin foreign, so its Fetch Metadata is not checked then. The session's token is still
/// required.
pub(crate) fn check_source(app: &App, request: &Request) -> Result<(), ApiError> {
    if is_read(request) {
        return Ok(());
    }
    if cors::allowed_origin(app.config(), request).is_some() {
        return Ok(());
    }
    let is_foreign_fetch = header(request, "sec-fetch-site")
        .is_some_and(|site| !matches!(site, "same-origin" | "none"));
    let is_foreign_origin =
        header(request, "origin").is_some_and(|origin| origin != app.config().public_url);
    if is_foreign_fetch || is_foreign_origin {
        return Err(ApiError::Forbidden("cross_site"));
    }
    Ok(())
}

fn is_read(request: &Request) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::config::Config;

    async fn app() -> App {
        let region = "us-east-1".to_owned();
        App::new(Config { region, ..Config::default() }).await.unwrap()
    }

    #[tokio::test]
    async fn d01_a_token_fits_its_own_session_and_looks_another_each_time() {
        let (app, secret) = (app().await, [7; 32]);
        let (one, other) = (token(&app, &secret), token(&app, &secret));
        assert!(fits(&one, &secret) && fits(&other, &secret));
        assert_ne!(one, other, "equal tokens would leak through compression");
        assert!(!fits(&one, &[8; 32]));
        let longer = format!("{one}AA");
        for bad in ["", "x", one.strip_suffix(one.chars().last().unwrap()).unwrap(), &longer] {
            assert!(!fits(bad, &secret), "{bad}");
        }
    }
}
