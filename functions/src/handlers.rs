//! The functions of each binary, and how each function is invoked.
//!
//! A new function needs a module, a line here, a resource in `template.yaml` and a sample event. A binary contains
//! only the functions of its list: the linker drops code that no list reaches.

use platform::start::Handler::{self, Direct, Http, Queue};
use platform::start::{DirectHandler, Functions, HttpHandler, QueueHandler, call};

use crate::{
    access_requests, access_reviews, acting_writes, admin_impersonations, admin_people,
    admin_studios, api_keys, camera_cards, consents, districts, email_verifications, galleries,
    gallery_builder, guest_tokens, health, identity_provider, invitations, mailer, openapi,
    operator_invitations, operator_session, operator_sign_in, password_resets, person,
    photo_intake, photo_matcher, photos, picture_days, portals, reconciliation, roster_importer,
    roster_imports, runs, school_staff, schools, scim, scim_tokens, second_factors, session,
    sessions, share_codes, sign_in_code, sign_in_link, sign_in_oidc, sign_in_passkey,
    sign_in_password, sign_in_second_factor, staff_impersonations, step_up, students, studio_staff,
    studios, tokens, trusted_issuers, unknown_route, uploads,
};

/// All functions that have no binary of their own.
pub const API: Functions = &[
    // endpoints
    ("access-requests", Http(|app, request| Box::pin(access_requests::handle(app, request)))),
    ("access-reviews", Http(|app, request| Box::pin(access_reviews::handle(app, request)))),
    ("api-keys", Http(|app, request| Box::pin(api_keys::handle(app, request)))),
    ("consents", Http(|app, request| Box::pin(consents::handle(app, request)))),
    ("districts", Http(|app, request| Box::pin(districts::handle(app, request)))),
    (
        "email-verifications",
        Http(|app, request| Box::pin(email_verifications::handle(app, request))),
    ),
    ("galleries", Http(|app, request| Box::pin(galleries::handle(app, request)))),
    ("guest-tokens", Http(|app, request| Box::pin(guest_tokens::handle(app, request)))),
    ("health", Http(|app, request| Box::pin(health::handle(app, request)))),
    ("identity-provider", Http(|app, request| Box::pin(identity_provider::handle(app, request)))),
    ("invitations", Http(|app, request| Box::pin(invitations::handle(app, request)))),
    ("openapi", Http(|app, request| Box::pin(openapi::handle(app, request)))),
    ("password-resets", Http(|app, request| Box::pin(password_resets::handle(app, request)))),
    ("person", Http(|app, request| Box::pin(person::handle(app, request)))),
    ("photos", Http(|app, request| Box::pin(photos::handle(app, request)))),
    ("picture-days", Http(|app, request| Box::pin(picture_days::handle(app, request)))),
    ("reconciliation", Http(|app, request| Box::pin(reconciliation::handle(app, request)))),
    ("roster-imports", Http(|app, request| Box::pin(roster_imports::handle(app, request)))),
    ("runs", Http(|app, request| Box::pin(runs::handle(app, request)))),
    ("school-staff", Http(|app, request| Box::pin(school_staff::handle(app, request)))),
    ("schools", Http(|app, request| Box::pin(schools::handle(app, request)))),
    ("scim", Http(|app, request| Box::pin(scim::handle(app, request)))),
    ("scim-tokens", Http(|app, request| Box::pin(scim_tokens::handle(app, request)))),
    ("second-factors", Http(|app, request| Box::pin(second_factors::handle(app, request)))),
    ("session", Http(|app, request| Box::pin(session::handle(app, request)))),
    ("sessions", Http(|app, request| Box::pin(sessions::handle(app, request)))),
    ("share-codes", Http(|app, request| Box::pin(share_codes::handle(app, request)))),
    ("sign-in-code", Http(|app, request| Box::pin(sign_in_code::handle(app, request)))),
    ("sign-in-link", Http(|app, request| Box::pin(sign_in_link::handle(app, request)))),
    ("sign-in-oidc", Http(|app, request| Box::pin(sign_in_oidc::handle(app, request)))),
    ("sign-in-passkey", Http(|app, request| Box::pin(sign_in_passkey::handle(app, request)))),
    ("sign-in-password", Http(|app, request| Box::pin(sign_in_password::handle(app, request)))),
    (
        "sign-in-second-factor",
        Http(|app, request| Box::pin(sign_in_second_factor::handle(app, request))),
    ),
    (
        "staff-impersonations",
        Http(|app, request| Box::pin(staff_impersonations::handle(app, request))),
    ),
    ("step-up", Http(|app, request| Box::pin(step_up::handle(app, request)))),
    ("students", Http(|app, request| Box::pin(students::handle(app, request)))),
    ("studio-staff", Http(|app, request| Box::pin(studio_staff::handle(app, request)))),
    ("studios", Http(|app, request| Box::pin(studios::handle(app, request)))),
    ("tokens", Http(|app, request| Box::pin(tokens::handle(app, request)))),
    ("trusted-issuers", Http(|app, request| Box::pin(trusted_issuers::handle(app, request)))),
    ("unknown-route", Http(|app, request| Box::pin(unknown_route::handle(app, request)))),
    ("uploads", Http(|app, request| Box::pin(uploads::handle(app, request)))),
    // site administrators
    ("acting-writes", Http(|app, request| Box::pin(acting_writes::handle(app, request)))),
    (
        "admin-impersonations",
        Http(|app, request| Box::pin(admin_impersonations::handle(app, request))),
    ),
    ("admin-people", Http(|app, request| Box::pin(admin_people::handle(app, request)))),
    ("admin-studios", Http(|app, request| Box::pin(admin_studios::handle(app, request)))),
    (
        "operator-invitations",
        Direct(|app, input| Box::pin(call(app, operator_invitations::handle, input))),
    ),
    ("operator-session", Http(|app, request| Box::pin(operator_session::handle(app, request)))),
    ("operator-sign-in", Http(|app, request| Box::pin(operator_sign_in::handle(app, request)))),
    // workers
    ("gallery-builder", Queue(|app, batch| Box::pin(gallery_builder::handle(app, batch)))),
    ("mailer", Queue(|app, batch| Box::pin(mailer::handle(app, batch)))),
    ("photo-matcher", Queue(|app, batch| Box::pin(photo_matcher::handle(app, batch)))),
    ("roster-importer", Queue(|app, batch| Box::pin(roster_importer::handle(app, batch)))),
];

/// Prints camera cards. A binary of its own because of 5.9 MB of fonts.
pub const CAMERA_CARDS: Functions =
    &[("camera-cards", Http(|app, request| Box::pin(camera_cards::handle(app, request))))];

/// Decodes and encodes pictures.
pub const PHOTO_INTAKE: Functions =
    &[("photo-intake", Queue(|app, batch| Box::pin(photo_intake::handle(app, batch))))];

/// Serves the pages, which are embedded in the binary.
pub const PORTALS: Functions =
    &[("portals", Http(|app, request| Box::pin(portals::handle(app, request))))];

/// All functions of all binaries.
pub const ALL: &[Functions] = &[API, CAMERA_CARDS, PHOTO_INTAKE, PORTALS];

/// Finds a function's handler by name.
pub fn find(name: &str) -> Option<Handler> {
    all().find(|(known, _)| *known == name).map(|(_, handler)| *handler)
}

/// Finds the handler of an endpoint.
pub fn http(name: &str) -> Option<HttpHandler> {
    if let Some(Http(handler)) = find(name) { Some(handler) } else { None }
}

/// Finds the handler of a function that is invoked directly.
pub fn direct(name: &str) -> Option<DirectHandler> {
    if let Some(Direct(handler)) = find(name) { Some(handler) } else { None }
}

/// Finds the handler of a queue worker.
pub fn queue(name: &str) -> Option<QueueHandler> {
    if let Some(Queue(handler)) = find(name) { Some(handler) } else { None }
}

/// Lists the names of all functions.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().map(|(name, _)| *name)
}

fn all() -> impl Iterator<Item = &'static (&'static str, Handler)> {
    ALL.iter().copied().flatten()
}
