//! What programs, guests and directories may call.

/// What a program of the owner's may call, and the scope it needs: with it, it is answered as the owner is;
/// without it, 403. On every other route that asks who is calling it is refused with 403, and on the open
/// ones it is a stranger.
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

/// What a guest may call: this, for the one gallery. Everything else that asks who is calling is 404.
pub const GUESTS: &[&str] = &["GET /v1/galleries/{gallery}"];

/// What is for programs alone, whatever their scopes: their signing out.
pub const PROGRAMS_ALONE: &str = "DELETE /v1/tokens/current";

/// Under this everything is for a district's directory alone.
pub const DIRECTORIES_ALONE: &str = "/scim/v2/";
