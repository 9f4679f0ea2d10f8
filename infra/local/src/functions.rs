//! Every function of the project, by the name of its folder.
//!
//! A new function is one line here, besides its folder and its resource in `template.yaml`.

use platform::queue::{Answer, Batch};
use platform::start::call;
use platform::{ApiError, App, Request, Response};
use serde_json::Value;
use std::pin::Pin;

/// What a handler gives back, boxed so that all of them have one type.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// An endpoint's handler.
pub type HttpHandler = fn(&'static App, Request) -> Boxed<Result<Response, ApiError>>;
/// The handler of what is invoked directly: from JSON to JSON.
pub type DirectHandler = fn(&'static App, Value) -> Boxed<Result<Value, ApiError>>;
/// A worker's handler.
pub type QueueHandler = fn(&'static App, Batch) -> Boxed<Answer>;

/// A function's handler.
#[derive(Clone, Copy, Debug)]
pub enum Handler {
    /// It answers requests.
    Http(HttpHandler),
    /// It is invoked directly, by whoever has the right to.
    Direct(DirectHandler),
    /// It works a queue.
    Queue(QueueHandler),
}

use Handler::{Direct, Http, Queue};

/// The list.
const FUNCTIONS: &[(&str, Handler)] = &[
    // endpoints
    ("access-requests", Http(|app, request| Box::pin(access_requests::handle(app, request)))),
    ("camera-cards", Http(|app, request| Box::pin(camera_cards::handle(app, request)))),
    ("consents", Http(|app, request| Box::pin(consents::handle(app, request)))),
    ("districts", Http(|app, request| Box::pin(districts::handle(app, request)))),
    (
        "email-verifications",
        Http(|app, request| Box::pin(email_verifications::handle(app, request))),
    ),
    ("galleries", Http(|app, request| Box::pin(galleries::handle(app, request)))),
    ("health", Http(|app, request| Box::pin(health::handle(app, request)))),
    ("password-resets", Http(|app, request| Box::pin(password_resets::handle(app, request)))),
    ("person", Http(|app, request| Box::pin(person::handle(app, request)))),
    ("photos", Http(|app, request| Box::pin(photos::handle(app, request)))),
    ("picture-days", Http(|app, request| Box::pin(picture_days::handle(app, request)))),
    ("reconciliation", Http(|app, request| Box::pin(reconciliation::handle(app, request)))),
    ("runs", Http(|app, request| Box::pin(runs::handle(app, request)))),
    ("schools", Http(|app, request| Box::pin(schools::handle(app, request)))),
    ("api-keys", Http(|app, request| Box::pin(api_keys::handle(app, request)))),
    ("trusted-issuers", Http(|app, request| Box::pin(trusted_issuers::handle(app, request)))),
    ("access-reviews", Http(|app, request| Box::pin(access_reviews::handle(app, request)))),
    ("tokens", Http(|app, request| Box::pin(tokens::handle(app, request)))),
    ("guest-tokens", Http(|app, request| Box::pin(guest_tokens::handle(app, request)))),
    ("identity-provider", Http(|app, request| Box::pin(identity_provider::handle(app, request)))),
    ("scim", Http(|app, request| Box::pin(scim::handle(app, request)))),
    ("scim-tokens", Http(|app, request| Box::pin(scim_tokens::handle(app, request)))),
    ("sign-in-oidc", Http(|app, request| Box::pin(sign_in_oidc::handle(app, request)))),
    ("session", Http(|app, request| Box::pin(session::handle(app, request)))),
    ("sessions", Http(|app, request| Box::pin(sessions::handle(app, request)))),
    ("share-codes", Http(|app, request| Box::pin(share_codes::handle(app, request)))),
    ("sign-in-code", Http(|app, request| Box::pin(sign_in_code::handle(app, request)))),
    ("sign-in-link", Http(|app, request| Box::pin(sign_in_link::handle(app, request)))),
    ("second-factors", Http(|app, request| Box::pin(second_factors::handle(app, request)))),
    ("sign-in-passkey", Http(|app, request| Box::pin(sign_in_passkey::handle(app, request)))),
    (
        "sign-in-second-factor",
        Http(|app, request| Box::pin(sign_in_second_factor::handle(app, request))),
    ),
    ("step-up", Http(|app, request| Box::pin(step_up::handle(app, request)))),
    ("sign-in-password", Http(|app, request| Box::pin(sign_in_password::handle(app, request)))),
    ("students", Http(|app, request| Box::pin(students::handle(app, request)))),
    ("studios", Http(|app, request| Box::pin(studios::handle(app, request)))),
    ("unknown-route", Http(|app, request| Box::pin(unknown_route::handle(app, request)))),
    ("uploads", Http(|app, request| Box::pin(uploads::handle(app, request)))),
    ("openapi", Http(|app, request| Box::pin(openapi::handle(app, request)))),
    ("portals", Http(|app, request| Box::pin(portals::handle(app, request)))),
    ("roster-imports", Http(|app, request| Box::pin(roster_imports::handle(app, request)))),
    ("invitations", Http(|app, request| Box::pin(invitations::handle(app, request)))),
    ("school-staff", Http(|app, request| Box::pin(school_staff::handle(app, request)))),
    ("studio-staff", Http(|app, request| Box::pin(studio_staff::handle(app, request)))),
    (
        "staff-impersonations",
        Http(|app, request| Box::pin(staff_impersonations::handle(app, request))),
    ),
    // site administrators
    ("operator-sign-in", Http(|app, request| Box::pin(operator_sign_in::handle(app, request)))),
    ("operator-session", Http(|app, request| Box::pin(operator_session::handle(app, request)))),
    ("admin-people", Http(|app, request| Box::pin(admin_people::handle(app, request)))),
    (
        "admin-impersonations",
        Http(|app, request| Box::pin(admin_impersonations::handle(app, request))),
    ),
    ("acting-writes", Http(|app, request| Box::pin(acting_writes::handle(app, request)))),
    ("admin-studios", Http(|app, request| Box::pin(admin_studios::handle(app, request)))),
    (
        "operator-invitations",
        Direct(|app, asked| Box::pin(call(app, operator_invitations::handle, asked))),
    ),
    // workers
    ("roster-importer", Queue(|app, batch| Box::pin(roster_importer::handle(app, batch)))),
    ("gallery-builder", Queue(|app, batch| Box::pin(gallery_builder::handle(app, batch)))),
    ("mailer", Queue(|app, batch| Box::pin(mailer::handle(app, batch)))),
    ("photo-intake", Queue(|app, batch| Box::pin(photo_intake::handle(app, batch)))),
    ("photo-matcher", Queue(|app, batch| Box::pin(photo_matcher::handle(app, batch)))),
];

/// The handler of a folder.
pub fn find(name: &str) -> Option<Handler> {
    FUNCTIONS.iter().find(|(folder, _)| *folder == name).map(|(_, handler)| *handler)
}

/// The handler of an endpoint.
pub fn http(name: &str) -> Option<HttpHandler> {
    if let Some(Http(handler)) = find(name) { Some(handler) } else { None }
}

/// The handler of what is invoked directly.
pub fn direct(name: &str) -> Option<DirectHandler> {
    if let Some(Direct(handler)) = find(name) { Some(handler) } else { None }
}

/// The handler of a worker.
pub fn queue(name: &str) -> Option<QueueHandler> {
    if let Some(Queue(handler)) = find(name) { Some(handler) } else { None }
}

/// The names of all functions.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|(name, _)| *name)
}
