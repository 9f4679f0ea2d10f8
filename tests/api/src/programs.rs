//! Routes that programs, guests and directories may call.

/// Routes that a program of the owner may call, with the scope each route needs.
///
/// With the scope, the program gets the owner's answer; without it, 403. Every other route that authenticates
/// the caller answers 403. An open route treats the program as a stranger.
pub const PROGRAMS: &[(&str, &str)] = &[
    ("GET /v1/districts", "read"),
    ("POST /v1/districts", "schools:write"),
    ("GET /v1/schools", "read"),
    ("POST /v1/schools", "schools:write"),
    ("GET /v1/schools/{school}", "read"),
    ("GET /v1/schools/{school}/students", "read"),
    ("POST /v1/schools/{school}/roster-imports", "rosters:write"),
    ("GET /v1/schools/{school}/roster-imports", "read"),
    ("GET /v1/roster-imports/{import}", "read"),
    ("POST /v1/roster-imports/{import}/arrival", "rosters:write"),
    ("GET /v1/roster-imports/{import}/sample", "read"),
    ("PUT /v1/roster-imports/{import}/rows/{row}/decision", "rosters:write"),
    ("GET /v1/roster-imports/{import}/rows", "read"),
    ("POST /v1/roster-imports/{import}/apply", "rosters:write"),
    ("POST /v1/roster-imports/{import}/undo", "rosters:write"),
    ("GET /v1/picture-days", "read"),
    ("GET /v1/schools/{school}/picture-days", "read"),
    ("POST /v1/schools/{school}/picture-days", "schools:write"),
    ("GET /v1/picture-days/{day}", "read"),
    ("GET /v1/picture-days/{day}/camera-cards", "read"),
    ("POST /v1/picture-days/{day}/uploads", "photos:write"),
    ("GET /v1/picture-days/{day}/photos", "read"),
    ("GET /v1/picture-days/{day}/reconciliation", "read"),
    ("GET /v1/picture-days/{day}/runs", "read"),
    ("POST /v1/runs/{run}/confirmation", "photos:write"),
    ("PUT /v1/photos/{photo}/student", "photos:write"),
    ("DELETE /v1/photos/{photo}/student", "photos:write"),
    ("POST /v1/picture-days/{day}/galleries", "galleries:write"),
    ("GET /v1/galleries", "read"),
    ("GET /v1/galleries/{gallery}", "read"),
];

/// Routes that a guest may call, for their one gallery. Every other route that authenticates the caller
/// answers 404.
pub const GUESTS: &[&str] = &["GET /v1/galleries/{gallery}"];

/// The sign-out route of programs: only programs may call it, with any scopes.
pub const PROGRAMS_ALONE: &str = "DELETE /v1/tokens/current";

/// Path prefix of the routes that only a district's directory may call.
pub const DIRECTORIES_ALONE: &str = "/scim/v2/";
