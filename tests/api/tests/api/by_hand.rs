//! Requests built by hand, for input that none of our pages would send.

use api_tests::operators::OPERATORS;
use api_tests::who_may_call_what::Row;
use data_encoding::BASE64;
use local::client::{Answer, Client, ClientError};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Ids, ROSTER, World};

/// Returns the client for which a row of the table succeeds.
pub(crate) fn welcome<'w>(world: &'w World, row: &Row) -> &'w Client {
    if is_operators(row) {
        return &world.operator;
    }
    let [_, owner, ..] = row.answers;
    if owner == 401 { &world.parent } else { &world.owner }
}

/// Does the route need a site administrator's session?
pub(crate) fn is_operators(row: &Row) -> bool {
    let name = format!("{} {}", row.method, row.route);
    OPERATORS.iter().any(|(route, _)| *route == name)
}

/// Returns the route where that client reads its CSRF token.
pub(crate) fn session_of(row: &Row) -> &'static str {
    if is_operators(row) { "/v1/admin/session" } else { "/v1/session" }
}

/// Is the route open, so that every caller gets the same status?
pub(crate) fn is_open(row: &Row) -> bool {
    !is_operators(row) && row.answers.iter().all(|answer| *answer == row.answers[0])
}

/// Returns the row's method; GET for `ANY`.
pub(crate) fn method(row: &Row) -> Method {
    if row.method == "ANY" { Method::GET } else { row.method.parse().unwrap_or_default() }
}

/// Returns the row's path with the ids of the owner's world.
pub(crate) fn path(world: &World, row: &Row) -> String {
    path_with(&world.ids, row)
}

/// Returns the row's path with the given ids.
pub(crate) fn path_with(ids: &Ids, row: &Row) -> String {
    let known = match row.route {
        "$default" => "/v1/nothing",
        "/parent/{page+}" => "/parent/consent",
        route => route,
    };
    let mut text = known.replace("{page+}", "sign-in").replace("{file+}", "nothing.js");
    for (name, id) in ids {
        text = text.replace(&format!("{{{name}}}"), id);
    }
    text
}

/// A row's body: none, JSON, or the roster file.
pub(crate) enum Sent {
    Nothing,
    Json(Value),
    File(&'static str),
}

/// Builds the row's body.
pub(crate) fn body(world: &World, row: &Row) -> Sent {
    let mut text = row.body.to_owned();
    for (name, id) in &world.ids {
        text = text.replace(&format!("{{{name}}}"), id);
    }
    match row.body {
        "" => Sent::Nothing,
        "csv" => Sent::File(ROSTER),
        "upload" => Sent::Json(json!({ "camera": "A", "files": [{
            "name": "new.jpg", "bytes": 10, "sha256": BASE64.encode(&[7; 32]), "content_type": "image/jpeg",
        }] })),
        _ => Sent::Json(serde_json::from_str(&text).unwrap_or_default()),
    }
}

/// Sends a request with this cookie and exactly these headers.
pub(crate) async fn send(
    base: &str,
    (method, path): (Method, &str),
    body: Sent,
    cookie: Option<&str>,
    headers: &[(&str, &str)],
) -> Result<Answer, ClientError> {
    let no_redirects = reqwest::redirect::Policy::none();
    let http = reqwest::Client::builder().redirect(no_redirects).build()?;
    let mut request = http.request(method, format!("{base}{path}"));
    request = match body {
        Sent::Nothing => request,
        Sent::Json(body) => request.json(&body),
        Sent::File(text) => request.header("content-type", "text/csv").body(text),
    };
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await?.to_vec();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Ok(Answer { status, headers, body, bytes })
}
