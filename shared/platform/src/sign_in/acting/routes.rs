//! What somebody who acts at a person's account may reach: the one list. A route that is not here is out of reach.

/// How far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Looking: always.
    Look,
    /// Changing what can be changed back: once writing was switched on.
    Change,
    /// Passwords, factors, addresses, sessions, keys, who works there, what opens a child's photos to somebody, what decides or
    /// agrees in the owner's name, what takes away: never.
    Never,
    /// The acting session itself: its end, and its switch.
    Itself,
}

/// Every route that asks for a person, as the template writes it.
pub const ROUTES: &[(&str, Reach)] = &[
    ("GET /v1/session", Reach::Look),
    ("DELETE /v1/session", Reach::Itself),
    ("POST /v1/session/acting/writes", Reach::Itself),
    ("POST /v1/session/step-up", Reach::Never),
    ("POST /v1/session/step-up/passkey-options", Reach::Never),
    ("GET /v1/sessions", Reach::Never),
    ("DELETE /v1/sessions", Reach::Never),
    ("DELETE /v1/sessions/{session}", Reach::Never),
    ("PUT /v1/person/password", Reach::Never),
    ("POST /v1/person/email-changes", Reach::Never),
    ("POST /v1/person/email-changes/confirmation", Reach::Never),
    ("GET /v1/person/second-factors", Reach::Never),
    ("POST /v1/person/second-factors/totp", Reach::Never),
    ("POST /v1/person/second-factors/totp/confirmation", Reach::Never),
    ("DELETE /v1/person/second-factors/totp", Reach::Never),
    ("POST /v1/person/second-factors/recovery-codes", Reach::Never),
    ("POST /v1/person/second-factors/passkeys", Reach::Never),
    ("POST /v1/person/second-factors/passkeys/confirmation", Reach::Never),
    ("DELETE /v1/person/second-factors/passkeys/{passkey}", Reach::Never),
    ("GET /v1/districts", Reach::Look),
    ("POST /v1/districts", Reach::Change),
    ("GET /v1/districts/{district}/identity-provider", Reach::Look),
    ("PUT /v1/districts/{district}/identity-provider", Reach::Never),
    ("DELETE /v1/districts/{district}/identity-provider", Reach::Never),
    ("GET /v1/schools", Reach::Look),
    ("POST /v1/schools", Reach::Change),
    ("GET /v1/schools/{school}", Reach::Look),
    ("GET /v1/schools/{school}/students", Reach::Look),
    ("POST /v1/schools/{school}/roster-imports", Reach::Change),
    ("GET /v1/schools/{school}/roster-imports", Reach::Look),
    ("GET /v1/roster-imports/{import}", Reach::Look),
    ("POST /v1/roster-imports/{import}/arrival", Reach::Change),
    ("GET /v1/roster-imports/{import}/sample", Reach::Look),
    ("PUT /v1/roster-imports/{import}/rows/{row}/decision", Reach::Change),
    ("GET /v1/roster-imports/{import}/rows", Reach::Look),
    ("POST /v1/roster-imports/{import}/apply", Reach::Change),
    ("POST /v1/roster-imports/{import}/undo", Reach::Never),
    ("GET /v1/picture-days", Reach::Look),
    ("GET /v1/schools/{school}/picture-days", Reach::Look),
    ("POST /v1/schools/{school}/picture-days", Reach::Change),
    ("GET /v1/picture-days/{day}", Reach::Look),
    ("GET /v1/picture-days/{day}/camera-cards", Reach::Look),
    ("POST /v1/picture-days/{day}/uploads", Reach::Change),
    ("GET /v1/picture-days/{day}/photos", Reach::Look),
    ("GET /v1/picture-days/{day}/reconciliation", Reach::Look),
    ("GET /v1/picture-days/{day}/runs", Reach::Look),
    ("POST /v1/runs/{run}/confirmation", Reach::Change),
    ("PUT /v1/photos/{photo}/student", Reach::Change),
    ("DELETE /v1/photos/{photo}/student", Reach::Never),
    ("POST /v1/picture-days/{day}/galleries", Reach::Change),
    ("GET /v1/galleries", Reach::Look),
    ("GET /v1/galleries/{gallery}", Reach::Look),
    ("POST /v1/galleries/{gallery}/guest-tokens", Reach::Never),
    ("POST /v1/students/{student}/share-codes", Reach::Never),
    ("DELETE /v1/share-codes/{code}", Reach::Never),
    ("GET /v1/schools/{school}/access-requests", Reach::Look),
    ("POST /v1/access-requests/{request}/approval", Reach::Never),
    ("POST /v1/access-requests/{request}/refusal", Reach::Never),
    ("GET /v1/schools/{school}/staff", Reach::Look),
    ("PUT /v1/schools/{school}/staff/{person}", Reach::Never),
    ("DELETE /v1/schools/{school}/staff/{person}", Reach::Never),
    ("POST /v1/schools/{school}/staff/{person}/impersonation", Reach::Never),
    ("GET /v1/schools/{school}/staff-invitations", Reach::Look),
    ("POST /v1/schools/{school}/staff-invitations", Reach::Never),
    ("DELETE /v1/schools/{school}/staff-invitations/{invitation}", Reach::Never),
    ("PUT /v1/schools/{school}/parent-access", Reach::Never),
    ("GET /v1/studio/staff", Reach::Look),
    ("DELETE /v1/studio/staff/{colleague}", Reach::Never),
    ("GET /v1/studio/staff-invitations", Reach::Look),
    ("POST /v1/studio/staff-invitations", Reach::Never),
    ("DELETE /v1/studio/staff-invitations/{offer}", Reach::Never),
    ("GET /v1/districts/{district}/scim-tokens", Reach::Never),
    ("POST /v1/districts/{district}/scim-tokens", Reach::Never),
    ("DELETE /v1/districts/{district}/scim-tokens/{token}", Reach::Never),
    ("GET /v1/api-keys", Reach::Never),
    ("POST /v1/api-keys", Reach::Never),
    ("DELETE /v1/api-keys/{key}", Reach::Never),
    ("GET /v1/trusted-issuers", Reach::Never),
    ("POST /v1/trusted-issuers", Reach::Never),
    ("DELETE /v1/trusted-issuers/{issuer}", Reach::Never),
    ("GET /v1/studio/access-review", Reach::Never),
    ("POST /v1/studio/access-reviews", Reach::Never),
    ("GET /v1/consents/current", Reach::Look),
    ("POST /v1/consents", Reach::Never),
];

/// How far a route is reached.
pub(super) fn reach_of(route: &str) -> Reach {
    let found = ROUTES.iter().find(|(known, _)| *known == route);
    found.map_or(Reach::Never, |(_, reach)| *reach)
}
