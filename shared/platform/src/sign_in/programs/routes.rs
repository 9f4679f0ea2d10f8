//! The routes that programs may call, with the scope of each: the only list. Other routes are for people only.

use domain::api_key::Scope;

/// Every route a program may call, as `template.yaml` writes it, with the scope it needs.
pub const ROUTES: &[(&str, Scope)] = &[
    ("GET /v1/districts", Scope::Read),
    ("POST /v1/districts", Scope::SchoolsWrite),
    ("GET /v1/schools", Scope::Read),
    ("POST /v1/schools", Scope::SchoolsWrite),
    ("GET /v1/schools/{school}", Scope::Read),
    ("GET /v1/schools/{school}/students", Scope::Read),
    ("POST /v1/schools/{school}/roster-imports", Scope::RostersWrite),
    ("GET /v1/schools/{school}/roster-imports", Scope::Read),
    ("GET /v1/roster-imports/{import}", Scope::Read),
    ("POST /v1/roster-imports/{import}/arrival", Scope::RostersWrite),
    ("GET /v1/roster-imports/{import}/sample", Scope::Read),
    ("PUT /v1/roster-imports/{import}/rows/{row}/decision", Scope::RostersWrite),
    ("GET /v1/roster-imports/{import}/rows", Scope::Read),
    ("POST /v1/roster-imports/{import}/apply", Scope::RostersWrite),
    ("POST /v1/roster-imports/{import}/undo", Scope::RostersWrite),
    ("GET /v1/picture-days", Scope::Read),
    ("GET /v1/schools/{school}/picture-days", Scope::Read),
    ("POST /v1/schools/{school}/picture-days", Scope::SchoolsWrite),
    ("GET /v1/picture-days/{day}", Scope::Read),
    ("GET /v1/picture-days/{day}/camera-cards", Scope::Read),
    ("POST /v1/picture-days/{day}/uploads", Scope::PhotosWrite),
    ("GET /v1/picture-days/{day}/photos", Scope::Read),
    ("GET /v1/picture-days/{day}/reconciliation", Scope::Read),
    ("GET /v1/picture-days/{day}/runs", Scope::Read),
    ("POST /v1/runs/{run}/confirmation", Scope::PhotosWrite),
    ("PUT /v1/photos/{photo}/student", Scope::PhotosWrite),
    ("DELETE /v1/photos/{photo}/student", Scope::PhotosWrite),
    ("POST /v1/picture-days/{day}/galleries", Scope::GalleriesWrite),
    ("GET /v1/galleries", Scope::Read),
    ("GET /v1/galleries/{gallery}", Scope::Read),
];

/// Returns the scope a route needs; `None` when it is not for programs.
pub(super) fn scope_of(route: &str) -> Option<Scope> {
    ROUTES.iter().find(|(known, _)| *known == route).map(|(_, scope)| *scope)
}
