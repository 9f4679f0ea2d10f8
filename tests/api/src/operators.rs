//! What site administrators may call. Their cookie is of another kind, so they are a table of their own.

/// What a site administrator may call, and the answer. Everywhere else their cookie opens nothing: they are
/// answered as a stranger is.
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
    // A photographer without children has nothing at the parents' portal.
    ("POST /v1/admin/people/{person}/impersonation", 409),
    ("POST /v1/admin/people/{person}/disabling", 204),
    ("POST /v1/admin/people/{person}/enabling", 204),
    ("DELETE /v1/admin/session", 204),
];
