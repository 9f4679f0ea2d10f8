//! Converts a Lambda answer (payload format 2.0) to an HTTP response.

use bytes::Bytes;
use data_encoding::BASE64;
use http::header::SET_COOKIE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The answer of a function to the gateway.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, Value>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// An invalid answer of a function. API Gateway responds with 500 to it.
#[derive(Debug, thiserror::Error)]
#[error("cannot decode the function's answer: {0}")]
pub(super) struct Nonsense(String);

/// Converts a function's JSON answer to the client's response.
pub(super) fn to_response(json: &str) -> Result<Response<Full<Bytes>>, Nonsense> {
    let nonsense = |error: &dyn std::fmt::Display| Nonsense(error.to_string());
    let answer: Answer = serde_json::from_str(json).map_err(|error| nonsense(&error))?;
    let status = StatusCode::from_u16(answer.status_code).map_err(|error| nonsense(&error))?;
    let body = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded {
        BASE64.decode(body.as_bytes()).map_err(|error| nonsense(&error))?
    } else {
        body.into_bytes()
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    for (name, value) in &answer.headers {
        let name: HeaderName = name.parse().map_err(|error| nonsense(&error))?;
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let value = HeaderValue::from_str(&value).map_err(|error| nonsense(&error))?;
        response.headers_mut().insert(name, value);
    }
    for cookie in &answer.cookies {
        let cookie = HeaderValue::from_str(cookie).map_err(|error| nonsense(&error))?;
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn cookies_are_headers_of_their_own_and_base64_is_bytes_again() {
        let response = to_response(
            r#"{"statusCode": 201, "headers": {"content-type": "image/png"}, "multiValueHeaders": {},
                "cookies": ["a=1; Path=/", "b=2"], "body": "iVA=", "isBase64Encoded": true}"#,
        )
        .unwrap();
        assert_eq!(response.status(), 201);
        let cookies: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
        assert_eq!(cookies, ["a=1; Path=/", "b=2"]);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&body[..], [0x89, b'P']);
    }

    #[test]
    fn an_answer_without_a_status_is_nonsense() {
        assert!(to_response("{}").is_err());
        assert!(
            to_response(r#"{"statusCode": 200, "body": "?", "isBase64Encoded": true}"#).is_err()
        );
    }
}
