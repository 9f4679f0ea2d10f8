//! The credential of a request: a cookie, a bearer token or a guest token, and never two of them.

use domain::person::Portal;

use crate::http::error::ApiError;
use crate::http::request::{self, Request};
use crate::sign_in::acting;

/// Maximum bytes of a bearer token.
///
/// Ours have 600; those of identity providers for programs have up to 2,500. API Gateway accepts 10,240 for all headers
/// together.
const MOST_OF_BEARER: usize = 4096;
/// Maximum bytes of a guest token; ours have 43.
const MOST_OF_GUEST: usize = 2048;

/// The credential that a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential<'a> {
    /// A session cookie, or nothing; the cookie parser decides.
    Cookie,
    /// A program's access token.
    Bearer(&'a str),
    /// A guest's token.
    Guest(&'a str),
}

/// Reads the credential and refuses a request that carries two kinds.
///
/// Otherwise a browser that was made to add a header to its cookie would bypass the CSRF checks.
pub(super) fn of(request: &Request) -> Result<Credential<'_>, ApiError> {
    let is_sent = |portal: Portal| {
        request::cookie(request, &format!("__Host-pd_{}", portal.name())).is_some()
    };
    let has_cookie = Portal::ALL.into_iter().any(is_sent) || acting::is_presented(request);
    let authorization = request.headers().get("authorization");
    let guest = request.headers().get("x-guest-token");
    let kinds = [has_cookie, authorization.is_some(), guest.is_some()];
    if kinds.into_iter().filter(|is_there| *is_there).count() > 1 {
        return Err(ApiError::Malformed("two_credentials"));
    }
    if let Some(value) = authorization {
        let token = value.to_str().ok().and_then(bearer);
        return token.map(Credential::Bearer).ok_or(ApiError::SignedOut);
    }
    if let Some(value) = guest {
        let token = value.to_str().ok().filter(|text| is_token(text, MOST_OF_GUEST));
        return token.map(Credential::Guest).ok_or(ApiError::NotFound);
    }
    Ok(Credential::Cookie)
}

/// Accepts only cookies, for a route that only browsers may call.
pub(crate) fn cookie_only(request: &Request) -> Result<(), ApiError> {
    match of(request)? {
        Credential::Cookie => Ok(()),
        Credential::Bearer(_) => Err(ApiError::Forbidden("not_for_programs")),
        // A guest token reaches one gallery and nothing else.
        Credential::Guest(_) => Err(ApiError::NotFound),
    }
}

/// Extracts the token of `Bearer <token>`.
///
/// Source: RFC 6750, section 2.1; the scheme is case-insensitive (RFC 9110, section 11.1).
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && is_token(token, MOST_OF_BEARER)).then_some(token)
}

/// Matches `b64token` of RFC 6750 with at most `most` bytes.
fn is_token(text: &str, most: usize) -> bool {
    let stem = text.trim_end_matches('=');
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !stem.is_empty() && text.len() <= most && stem.bytes().all(is_known)
}

#[cfg(test)]
mod tests {
    use lambda_http::Body;
    use proptest::prelude::*;

    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        let request = headers
            .iter()
            .fold(http::Request::get("/"), |request, (name, value)| request.header(*name, *value));
        request.body(Body::Empty).unwrap()
    }

    #[test]
    fn two_kinds_at_once_are_refused() {
        let cookie = ("cookie", "other=1; __Host-pd_parent=anything");
        let (bearer, guest) = (("authorization", "Bearer a"), ("x-guest-token", "a"));
        for two in [vec![cookie, bearer], vec![cookie, guest], vec![bearer, guest]] {
            let request = request(&two);
            let refused = of(&request);
            assert!(matches!(refused, Err(ApiError::Malformed("two_credentials"))), "{two:?}");
        }
        for acting in ["__Host-pd_acting=anything", "__Host-pd_acting=v1.a.b.0.c"] {
            let request = request(&[("cookie", acting), bearer]);
            assert!(matches!(of(&request), Err(ApiError::Malformed("two_credentials"))));
        }
        for (one, credential) in [
            (vec![cookie], Credential::Cookie),
            (vec![bearer], Credential::Bearer("a")),
            (vec![guest], Credential::Guest("a")),
            (vec![], Credential::Cookie),
        ] {
            assert_eq!(of(&request(&one)).unwrap(), credential);
        }
    }

    #[test]
    fn what_browsers_alone_may_call_takes_a_cookie_or_nothing() {
        let alone = |headers: &[(&str, &str)]| cookie_only(&request(headers));
        assert!(alone(&[]).is_ok() && alone(&[("cookie", "__Host-pd_parent=x")]).is_ok());
        let program = alone(&[("authorization", "Bearer a")]);
        assert!(matches!(program, Err(ApiError::Forbidden("not_for_programs"))));
        assert!(matches!(alone(&[("x-guest-token", "a")]), Err(ApiError::NotFound)));
        let basic = alone(&[("authorization", "Basic YTpi")]);
        assert!(matches!(basic, Err(ApiError::SignedOut)));
    }

    #[test]
    fn a_token_longer_than_any_of_ours_is_none() {
        let long = |length| "a".repeat(length);
        assert!(is_token(&long(MOST_OF_GUEST), MOST_OF_GUEST));
        assert!(!is_token(&long(MOST_OF_GUEST + 1), MOST_OF_GUEST));
    }

    #[test]
    fn another_scheme_or_a_list_is_no_bearer_token() {
        for good in ["Bearer a", "bearer a.b-c_d", "BEARER a=="] {
            assert!(bearer(good).is_some(), "{good}");
        }
        let longest = format!("Bearer {}", "a".repeat(MOST_OF_BEARER));
        assert!(bearer(&longest).is_some() && bearer(&format!("{longest}a")).is_none());
        for bad in ["", "Bearer", "Bearer ", "Bearer  a", "Basic YTpi", "Bearer a, Bearer b", "a"] {
            assert!(bearer(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_the_token_and_nothing_around_it(
            scheme in "[Bb]earer|[A-Za-z]{0,8}", blank in " {0,2}", token in "[ -~]{0,40}",
        ) {
            let value = format!("{scheme}{blank}{token}");
            if let Some(read) = bearer(&value) {
                prop_assert!(value.len() == 7 + read.len() && value.ends_with(read));
                prop_assert!(!read.contains([' ', ',', ';', '"']));
            }
        }
    }
}
