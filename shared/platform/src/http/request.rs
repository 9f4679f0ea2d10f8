//! Reading a request: path, query, body, cookies. Text becomes a type here.

use domain::audit::Origin;
use domain::cookie::find;
use domain::ids::{Id, Kind};
use lambda_http::RequestExt as _;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::http::edge;
use crate::http::error::ApiError;
use crate::http::response::List;
use crate::start::Request;
use crate::table::StoreError;

/// Bytes of a body at the most. Lambda takes 6 MB of base64.
pub const MOST_BODY_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a JSON body at the most: 100 registrations of long names fit.
const MOST_JSON_BYTES: usize = 256 * 1024;

/// What a request carries: an id that has not been looked up in the caller's studio yet. It is good for
/// nothing but to be resolved there.
#[derive(Debug, Clone)]
pub struct Untrusted<T>(T);

impl<T> Untrusted<T> {
    /// Marks a value that came with a request or a message.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the store handle that looks it up.
    pub(crate) fn inner(&self) -> &T {
        &self.0
    }
}

/// The id in a path. A text that is no such id is as absent as an id nobody has.
///
/// # Errors
///
/// [`ApiError::NotFound`].
pub fn path_id<K: Kind>(request: &Request, name: &str) -> Result<Untrusted<Id<K>>, ApiError> {
    let parameters = request.path_parameters();
    let text = parameters.first(name).ok_or(ApiError::NotFound)?;
    Id::parse(text).map(Untrusted).map_err(|_| ApiError::NotFound)
}

/// The first value of a query parameter.
pub fn query(request: &Request, name: &str) -> Option<String> {
    request.query_string_parameters().first(name).map(str::to_owned)
}

/// The JSON body. Unknown fields are refused by the types themselves.
///
/// # Errors
///
/// 415 for another content type, 413 for too much, 400 for what cannot be read.
pub fn json<T: DeserializeOwned>(request: &Request) -> Result<T, ApiError> {
    let body = body_of_type(request, &["application/json"])?;
    serde_json::from_slice(body).map_err(|_| ApiError::Malformed("malformed_json"))
}

/// The bytes of a JSON body that goes by one of these names.
///
/// # Errors
///
/// 415 for another content type, 413 for too much.
pub fn body_of_type<'a>(request: &'a Request, types: &[&str]) -> Result<&'a [u8], ApiError> {
    let content_type = header(request, "content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !types.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        return Err(ApiError::UnsupportedType);
    }
    let body = body(request);
    if body.len() > MOST_JSON_BYTES { Err(ApiError::TooLarge) } else { Ok(body) }
}

/// The body's bytes.
pub fn body(request: &Request) -> &[u8] {
    request.body()
}

/// A header's value, if it is text.
pub fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// A cookie's value. The gateway joins all cookies into one header.
pub fn cookie<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all("cookie");
    headers.iter().filter_map(|value| value.to_str().ok()).find_map(|line| find(line, name))
}

/// A page of a list: how many, and after what.
#[derive(Debug, Clone)]
pub struct Paging {
    /// Rows at the most, 1 to 200.
    pub limit: i32,
    /// Where the page before ended.
    pub(crate) after: Option<String>,
}

impl Paging {
    /// The first rows of a list, up to `limit`.
    pub const fn first(limit: i32) -> Self {
        Self { limit, after: None }
    }

    /// The page of a list that was added up from all its rows. `items` are in the order of their places, which name
    /// nobody: they become cursors. What joins or leaves the list meanwhile is met or missed; the rest comes once.
    ///
    /// # Errors
    ///
    /// When the cursor is of another list.
    pub fn page<T>(
        &self,
        list: &str,
        items: Vec<T>,
        place: impl Fn(&T) -> String,
    ) -> Result<List<T>, StoreError> {
        let prefix = format!("{list}#");
        let after = match &self.after {
            None => None,
            Some(after) => {
                Some(after.strip_prefix(&prefix).ok_or(StoreError::ForeignCursor)?.to_owned())
            }
        };
        let begin = after.map_or(0, |after| items.partition_point(|item| place(item) <= after));
        let limit = usize::try_from(self.limit).unwrap_or(1);
        let has_more = items.len() > begin.saturating_add(limit);
        let items: Vec<_> = items.into_iter().skip(begin).take(limit).collect();
        let end = items.last().filter(|_| has_more);
        let next_cursor = end.map(|item| cursor(&[prefix.as_str(), &place(item)].concat()));
        Ok(List { items, next_cursor })
    }

    /// The page of a list that has an order of its own: an item's place is its number in it.
    ///
    /// # Errors
    ///
    /// When the cursor is of another list.
    pub fn page_by_number<T>(&self, list: &str, items: Vec<T>) -> Result<List<T>, StoreError> {
        let numbered = items.into_iter().enumerate().collect();
        let page = self.page(list, numbered, |(number, _)| format!("{number:08}"))?;
        Ok(page.map(|(_, item)| item))
    }
}

/// Rows of a list when nobody says how many.
const USUAL_LIMIT: i32 = 50;
/// Rows of a list at the most.
const MOST_LIMIT: i32 = 200;

/// Reads `limit` and `cursor`.
///
/// # Errors
///
/// 422 when the limit is no number from 1 to 200 or the cursor is not ours.
pub fn paging(request: &Request) -> Result<Paging, ApiError> {
    let bad_limit = ApiError::Invalid { code: "bad_limit", field: "limit" };
    let limit = match query(request, "limit") {
        None => USUAL_LIMIT,
        Some(text) => match text.parse() {
            Ok(limit @ 1..=MOST_LIMIT) => limit,
            Ok(_) | Err(_) => return Err(bad_limit),
        },
    };
    let after = match query(request, "cursor") {
        None => None,
        Some(text) => Some(
            data_encoding::BASE64URL_NOPAD
                .decode(text.as_bytes())
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                // A cursor is the end of a sort key; nothing longer or stranger was ever issued.
                .filter(|sk| {
                    sk.len() <= 200 && sk.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
                })
                .ok_or(ApiError::Invalid { code: "bad_cursor", field: "cursor" })?,
        ),
    };
    Ok(Paging { limit, after })
}

/// The text a client gets for the place where a page ended.
pub(crate) fn cursor(place: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(place.as_bytes())
}

/// The method and the route's pattern, as the template writes it: `GET /v1/schools/{school}`.
pub fn route(request: &Request) -> String {
    use lambda_http::request::RequestContext;
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => {
            context.route_key.clone().unwrap_or_default()
        }
        Some(_) | None => String::new(),
    }
}

/// Where a request came from: as the edge saw it when the request proves that it came through the edge, and as
/// the gateway saw it otherwise. Never what a caller's header claims.
pub fn origin(request: &Request) -> Origin {
    use lambda_http::request::RequestContext;
    let of_gateway = || match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        Some(_) | None => None,
    };
    let address = edge::viewer(request).map(|address| address.to_string()).or_else(of_gateway);
    let user_agent = header(request, "user-agent").unwrap_or_default();
    Origin {
        address: address.unwrap_or_default(),
        user_agent: user_agent.chars().take(200).collect(),
    }
}

/// 128 bits for a new thing's id: random, or, when the request has an `Idempotency-Key`, the same for the
/// same key of the same caller on the same route. A repeated request then finds what the first one made,
/// without anything being remembered.
///
/// # Errors
///
/// 400 for a key that is not 1 to 100 printable characters.
pub async fn fresh_bits(app: &App, request: &Request, caller: &str) -> Result<[u8; 16], ApiError> {
    let Some(key) = request.headers().get("idempotency-key") else {
        return Ok(app.random());
    };
    let key = key.as_bytes();
    if key.is_empty() || key.len() > 100 || !key.iter().all(u8::is_ascii_graphic) {
        return Err(ApiError::Malformed("bad_idempotency_key"));
    }
    let path = request.uri().path();
    let parts = [caller.as_bytes(), request.method().as_str().as_bytes(), path.as_bytes(), key];
    Ok(app.ring().await?.id_bits("idempotency", &parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All pages of a list, by the cursors that a client is given.
    fn pages(items: &[&str], limit: i32) -> Vec<Vec<String>> {
        let mut paging = Paging::first(limit);
        let mut pages = Vec::new();
        loop {
            let items = items.iter().map(|&item| item.to_owned()).collect();
            let page = paging.page("letters", items, Clone::clone).unwrap();
            pages.push(page.items);
            let Some(next) = page.next_cursor else { return pages };
            let place = data_encoding::BASE64URL_NOPAD.decode(next.as_bytes()).unwrap();
            paging.after = Some(String::from_utf8(place).unwrap());
        }
    }

    #[test]
    fn every_item_is_on_one_page() {
        assert_eq!(pages(&["a", "b", "c", "d"], 2), [["a", "b"], ["c", "d"]]);
        assert_eq!(pages(&["a", "b", "c"], 2), [vec!["a", "b"], vec!["c"]]);
        assert_eq!(pages(&["a"], 200), [["a"]]);
        assert_eq!(pages(&[], 50), [Vec::<String>::new()]);
    }

    #[test]
    fn a_page_goes_on_where_an_item_has_left() {
        let paging = Paging { limit: 2, after: Some("letters#b".to_owned()) };
        let page = paging.page("letters", vec!["a", "c", "d"], |item| (*item).to_owned());
        assert_eq!(page.unwrap().items, ["c", "d"]);
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let paging = Paging { limit: 2, after: Some("numbers#1".to_owned()) };
        let page = paging.page_by_number("letters", vec!["a"]);
        assert!(matches!(page, Err(StoreError::ForeignCursor)));
    }

    #[test]
    fn a_list_with_an_order_of_its_own_keeps_it() {
        let paging = Paging { limit: 1, after: Some("letters#00000000".to_owned()) };
        let page = paging.page_by_number("letters", vec!["z", "a", "m"]).unwrap();
        assert_eq!(page.items, ["a"]);
        assert!(page.next_cursor.is_some());
    }
}
