//! Routes that site administrators may call. Their cookie is of another kind, so they have their own table.

/// The routes that a site administrator may call, with the expected status.
///
/// On every other route their cookie has no effect: they get a stranger's answer.
pub const OPERATORS: &[(&str, u16)] = &[
    ("GET /v1/admin/session", 200),
    ("POST /v1/admin/session/step-up", 422),
    ("GET /v1/admin/passkeys", 200),
    ("POST /v1/admin/passkeys", 200),
    ("POST /v1/admin/passkeys/confirmation", 400),
    ("DELETE /v1/admin/passkeys/{passkey}", 404),
    ("POST /v1/admin/invitations", 201),
    ("GET /v1/admin/studios", 200),
    ("GET /v1/admin/studios/{studio}", 200),
    ("POST /v1/admin/people/searches", 404),
    ("GET /v1/admin/people/{person}", 200),
    // A photographer without children has no data at the parents' portal.
    ("POST /v1/admin/people/{person}/impersonation", 409),
    ("POST /v1/admin/people/{person}/disabling", 204),
    ("POST /v1/admin/people/{person}/enabling", 204),
    ("DELETE /v1/admin/session", 204),
];
