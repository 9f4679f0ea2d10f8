//! Converts a request to a Lambda event: payload format 2.0 of API Gateway's HTTP API.
//!
//! Source: API Gateway Developer Guide, "AWS Lambda proxy integrations for HTTP APIs".

use super::decode::form_decoded;
use super::routes::Match;
use crate::cloud::clock;
use data_encoding::BASE64;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, COOKIE, HOST, USER_AGENT};
use http::request::Parts;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Builds the event of a request whose body has been read.
pub(super) fn of_request(
    head: &Parts,
    body: &[u8],
    found: &Match<'_>,
    source: IpAddr,
    request_id: &str,
) -> Value {
    let raw_path = head.uri.path();
    let query = head.uri.query().unwrap_or_default();
    let now = clock::now();
    let domain = text(&head.headers, &HOST).unwrap_or_else(|| "localhost".to_owned());
    let mut event = json!({
        "version": "2.0",
        "routeKey": found.route_key,
        "rawPath": raw_path,
        "rawQueryString": query,
        "headers": headers(&head.headers, source),
        "requestContext": {
            "accountId": crate::cloud::ACCOUNT,
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.split('.').next(),
            "http": {
                "method": head.method.as_str(),
                "path": raw_path,
                "protocol": format!("{:?}", head.version),
                "sourceIp": source.to_string(),
                "userAgent": text(&head.headers, &USER_AGENT).unwrap_or_default(),
            },
            "requestId": request_id,
            "routeKey": found.route_key,
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    // Empty members are omitted, as in API Gateway.
    let Some(members) = event.as_object_mut() else { return event };
    let cookies = cookies(&head.headers);
    if !cookies.is_empty() {
        members.insert("cookies".to_owned(), cookies.into());
    }
    if !query.is_empty() {
        members.insert("queryStringParameters".to_owned(), json!(parameters(query)));
    }
    if !found.parameters.is_empty() {
        members.insert("pathParameters".to_owned(), json!(found.parameters));
    }
    if !body.is_empty() {
        let (body, is_base64) = encoded(body, text(&head.headers, &CONTENT_TYPE).as_deref());
        members.insert("body".to_owned(), body.into());
        members.insert("isBase64Encoded".to_owned(), is_base64.into());
    }
    event
}

fn text(headers: &HeaderMap, name: &http::HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Returns the headers: lower-case names, repeated ones joined by a comma, without cookies; plus the gateway's own.
fn headers(headers: &HeaderMap, source: IpAddr) -> Map<String, Value> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    let mut add = |name: &str, value: &str| {
        let values = joined.entry(name.to_owned()).or_default();
        if !values.is_empty() {
            values.push_str(", ");
        }
        values.push_str(value);
    };
    for (name, value) in headers {
        if name != COOKIE {
            add(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
        }
    }
    add("x-forwarded-for", &source.to_string());
    joined.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    joined.into_iter().map(|(name, value)| (name, value.into())).collect()
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let all = headers.get_all(COOKIE).iter();
    let texts = all.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    texts
        .flat_map(|text| text.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>())
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

/// Decodes the query; repeated parameters are joined by a comma.
fn parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = form_decoded(value);
        parameters
            .entry(form_decoded(name))
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert(value);
    }
    parameters
}

/// Returns text unchanged, and everything else in base64.
fn encoded(body: &[u8], content_type: Option<&str>) -> (String, bool) {
    let is_text = content_type.is_some_and(|kind| {
        let kind = kind.to_ascii_lowercase();
        kind.starts_with("text/")
            || ["application/json", "application/xml", "application/javascript"]
                .iter()
                .any(|text| kind.starts_with(text))
    });
    match std::str::from_utf8(body) {
        Ok(text) if is_text => (text.to_owned(), false),
        _ => (BASE64.encode(body), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(request: http::Request<()>, body: &[u8]) -> Value {
        let found = Match {
            function: "students",
            route_key: "GET /v1/schools/{school}".to_owned(),
            parameters: BTreeMap::from([("school".to_owned(), "a b".to_owned())]),
        };
        let source = IpAddr::from([127, 0, 0, 1]);
        of_request(&request.into_parts().0, body, &found, source, "id-1")
    }

    #[test]
    fn a_request_becomes_an_event_of_format_two() {
        let request = http::Request::get("/v1/schools/a%20b?q=x+y&q=%26&flag&limit=2")
            .header("host", "localhost:8080")
            .header("accept", "a")
            .header("accept", "b")
            .header("cookie", "one=1; two=2")
            .header("cookie", "three=3")
            .header("user-agent", "test")
            .body(())
            .unwrap();
        let event = event(request, b"");
        assert_eq!(event["rawPath"], "/v1/schools/a%20b");
        assert_eq!(event["rawQueryString"], "q=x+y&q=%26&flag&limit=2");
        assert_eq!(event["queryStringParameters"], json!({"q": "x y,&", "flag": "", "limit": "2"}));
        assert_eq!(event["pathParameters"], json!({"school": "a b"}));
        assert_eq!(event["cookies"], json!(["one=1", "two=2", "three=3"]));
        assert_eq!(event["headers"]["accept"], "a, b");
        assert!(event["headers"].get("cookie").is_none());
        assert_eq!(event["requestContext"]["http"]["sourceIp"], "127.0.0.1");
        assert_eq!(event["requestContext"]["http"]["protocol"], "HTTP/1.1");
        assert_eq!(event["requestContext"]["http"]["userAgent"], "test");
        assert_eq!((event.get("body"), &event["isBase64Encoded"]), (None, &json!(false)));
    }

    #[test]
    fn a_text_body_stays_text_and_a_binary_one_is_base64() {
        let with = |kind: &str, body: &[u8]| {
            event(http::Request::post("/").header("content-type", kind).body(()).unwrap(), body)
        };
        let json = with("application/json; charset=utf-8", b"{}");
        assert_eq!(
            (json["body"].as_str(), json["isBase64Encoded"].as_bool()),
            (Some("{}"), Some(false))
        );
        let sheet = with("application/zip", b"PK");
        assert_eq!(
            (sheet["body"].as_str(), sheet["isBase64Encoded"].as_bool()),
            (Some("UEs="), Some(true))
        );
        let broken = with("text/csv", b"\xff\xfe");
        assert_eq!(broken["isBase64Encoded"], true);
    }
}
