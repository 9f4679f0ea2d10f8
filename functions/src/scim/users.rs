//! SCIM users: list, create, change, delete.

use domain::ids::PersonId;
use domain::scim::{Changes, Filter, NewUser, ScimError, USER};
use platform::http::request::{path_id, query};
use platform::http::response::no_content;
use platform::lambda_http::http::StatusCode;
use platform::lambda_http::http::header::{HeaderValue, LOCATION};
use platform::records::directory_people::DirectoryPerson;
use platform::sign_in::Directory;
use platform::store::untrusted::Untrusted;
use platform::wire::time::rfc3339;
use platform::{ApiError, Request, Response};
use serde_json::{Value, json};

use crate::scim::{body, scim};

/// The maximum number of users in one answer.
pub(crate) const MOST_USERS: usize = 100;

fn malformed(error: ScimError) -> ApiError {
    ApiError::Malformed(error.code())
}

/// GET: returns the users that match a filter, or a page of all users.
pub(crate) async fn list(directory: &Directory, request: &Request) -> Result<Response, ApiError> {
    if let Some(filter) = query(request, "filter") {
        let filter = Filter::parse(&filter).map_err(malformed)?;
        let found: Vec<_> = directory.find(&filter).await?.into_iter().collect();
        return Ok(found_of(directory, &found, found.len(), 1));
    }
    let start = number(request, "startIndex")?.unwrap_or(1).max(1);
    let count = number(request, "count")?.unwrap_or(MOST_USERS).min(MOST_USERS);
    let (found, total) = directory.page(start - 1, count).await?;
    Ok(found_of(directory, &found, total, start))
}

/// Parses a number of the query; a negative number becomes zero (RFC 7644, section 3.4.2.4).
fn number(request: &Request, name: &str) -> Result<Option<usize>, ApiError> {
    let Some(text) = query(request, name) else {
        return Ok(None);
    };
    let number: i32 = text.parse().map_err(|_| malformed(ScimError::Value))?;
    Ok(Some(usize::try_from(number).unwrap_or(0)))
}

fn found_of(
    directory: &Directory,
    found: &[DirectoryPerson],
    total: usize,
    start: usize,
) -> Response {
    let users: Vec<_> = found.iter().map(|person| user(directory, person)).collect();
    let list = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": users.len(),
        "Resources": users,
    });
    scim(StatusCode::OK, &list)
}

/// POST: adds a user that the directory reports.
pub(crate) async fn add(directory: &Directory, request: &Request) -> Result<Response, ApiError> {
    let new = NewUser::parse(body(request)?).map_err(malformed)?;
    let person = directory.add(&new).await?;
    let mut response = scim(StatusCode::CREATED, &user(directory, &person));
    let place = HeaderValue::from_str(&place(directory, &person)).map_err(ApiError::internal)?;
    response.headers_mut().insert(LOCATION, place);
    Ok(response)
}

/// GET: returns one user.
pub(crate) async fn show(directory: &Directory, request: &Request) -> Result<Response, ApiError> {
    let person = directory.person(&id(request)?).await?;
    Ok(scim(StatusCode::OK, &user(directory, &person)))
}

/// PUT: replaces a user.
pub(crate) async fn replace(
    directory: &Directory,
    request: &Request,
) -> Result<Response, ApiError> {
    let changes = Changes::replacing(body(request)?).map_err(malformed)?;
    changed(directory, request, &changes).await
}

/// PATCH: changes some attributes of a user.
pub(crate) async fn change(directory: &Directory, request: &Request) -> Result<Response, ApiError> {
    let changes = Changes::patch(body(request)?).map_err(malformed)?;
    changed(directory, request, &changes).await
}

/// DELETE: ends the person's access and deletes the directory's record of them.
pub(crate) async fn remove(directory: &Directory, request: &Request) -> Result<Response, ApiError> {
    directory.remove(&id(request)?).await?;
    Ok(no_content())
}

async fn changed(
    directory: &Directory,
    request: &Request,
    changes: &Changes,
) -> Result<Response, ApiError> {
    let person = directory.change(&id(request)?, changes).await?;
    Ok(scim(StatusCode::OK, &user(directory, &person)))
}

fn id(request: &Request) -> Result<Untrusted<PersonId>, ApiError> {
    path_id(request, "user")
}

fn place(directory: &Directory, person: &DirectoryPerson) -> String {
    let origin = &directory.app().config().public_url;
    format!("{origin}/scim/v2/{}/Users/{}", directory.district_id(), person.id)
}

/// Builds a user resource of the protocol.
fn user(directory: &Directory, person: &DirectoryPerson) -> Value {
    json!({
        "schemas": [USER],
        "id": person.id.as_str(),
        "externalId": person.external_id,
        "userName": person.user_name,
        "active": person.is_active,
        "meta": {
            "resourceType": "User",
            "created": rfc3339(person.created_at),
            "lastModified": rfc3339(person.changed_at),
            "location": place(directory, person),
        },
    })
}
