//! Access matrix: every route and method, with the status that each kind of caller gets.
//!
//! A route of `template.yaml` without a row here fails the build, and so does a row without a route. Callers:
//!
//! * `stranger`: not signed in;
//! * `owner`: the photographer who owns the studio;
//! * `other`: another studio's photographer, with the owner's ids in the path;
//! * `parent`: the parent of the student, after consent;
//! * `other_parent`: the parent of another student of the same school, after consent;
//! * `administrator`: one of the owner's school;
//! * `teacher`: one of the student's class;
//! * `other_school`: an administrator of another school of the same studio.

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The HTTP method.
    pub method: &'static str,
    /// The route, written as in the template.
    pub route: &'static str,
    /// The JSON body; names in braces stand for ids of the owner's world.
    pub body: &'static str,
    /// Status for each caller: stranger, owner, other, parent, other parent, administrator, teacher, other school.
    pub answers: [u16; 8],
}

const fn row(
    (method, route): (&'static str, &'static str),
    body: &'static str,
    answers: [u16; 8],
) -> Row {
    Row { method, route, body, answers }
}

/// Answers of the routes that only the studio's photographer may read or change.
const PHOTOGRAPHERS: [u16; 8] = [401, 200, 404, 401, 401, 401, 401, 401];

/// The table, in an order in which each row finds what it needs; the caller that changes data comes last.
pub const ROWS: &[Row] = &[
    // open to every caller
    row(("GET", "/v1/health"), "", [200; 8]),
    row(("GET", "/v1/openapi.json"), "", [200; 8]),
    row(("POST", "/v1/studios"), r#"{"email":"x@y.example"}"#, [202; 8]),
    row(
        ("POST", "/v1/email-verifications"),
        r#"{"token":"none","studio_name":"S","password":"Sunny-Meadow-42"}"#,
        [409; 8],
    ),
    row(
        ("POST", "/v1/sign-in/password"),
        r#"{"portal":"photographer","email":"no@y.example","password":"Sunny-Meadow-42"}"#,
        [401; 8],
    ),
    row(("POST", "/v1/sign-in/link"), r#"{"token":"none"}"#, [409; 8]),
    row(("POST", "/v1/sign-in/link-requests"), r#"{"email":"no@y.example"}"#, [202; 8]),
    row(
        ("POST", "/v1/sign-in/code-requests"),
        r#"{"portal":"parent","email":"no@y.example"}"#,
        [202; 8],
    ),
    row(("POST", "/v1/sign-in/code"), r#"{"portal":"parent","code":"123456"}"#, [409; 8]),
    row(("POST", "/v1/password-resets"), r#"{"email":"no@y.example"}"#, [202; 8]),
    row(
        ("POST", "/v1/password-resets/confirmation"),
        r#"{"token":"none","password":"Sunny-Meadow-42"}"#,
        [409; 8],
    ),
    row(
        ("POST", "/v1/person/email-changes/confirmation"),
        r#"{"token":"none"}"#,
        [401, 409, 409, 409, 409, 409, 409, 409],
    ),
    row(("POST", "/v1/sign-in/passkey/options"), "{}", [200; 8]),
    row(
        ("POST", "/v1/sign-in/passkey"),
        r#"{"portal":"photographer","ceremony":"none","credential":{}}"#,
        [400; 8],
    ),
    row(("POST", "/v1/sign-in/second-factor"), r#"{"method":"totp","code":"123456"}"#, [401; 8]),
    row(("POST", "/v1/sign-in/second-factor/passkey-options"), "{}", [401; 8]),
    row(("POST", "/v1/sign-in/second-factor/enrolment"), "{}", [401; 8]),
    row(
        ("POST", "/v1/sign-in/second-factor/enrolment/confirmation"),
        r#"{"code":"123456"}"#,
        [401; 8],
    ),
    row(("POST", "/v1/access-requests"), r#"{"code":"wrong","email":"x@y.example"}"#, [202; 8]),
    row(("POST", "/v1/invitations/acceptance"), r#"{"token":"none"}"#, [409; 8]),
    row(("POST", "/v1/tokens"), r#"{"grant_type":"api_key","api_key":"none"}"#, [401; 8]),
    row(("DELETE", "/v1/tokens/current"), "", [401; 8]),
    // sign-in of the site administrators
    row(
        ("POST", "/v1/admin/sign-in"),
        r#"{"email":"no@y.example","password":"Sunny-Meadow-42","second_factor":{"method":"totp","code":"123456"}}"#,
        [401; 8],
    ),
    row(("POST", "/v1/admin/sign-in/passkey/options"), "{}", [200; 8]),
    row(("POST", "/v1/admin/sign-in/passkey"), r#"{"ceremony":"none","credential":{}}"#, [400; 8]),
    row(("POST", "/v1/admin/enrolments/secret"), r#"{"token":"none"}"#, [409; 8]),
    row(
        ("POST", "/v1/admin/enrolments"),
        r#"{"token":"none","password":"Sunny-Meadow-42","code":"123456"}"#,
        [409; 8],
    ),
    // routes that need their session, see `operators.rs`
    row(("GET", "/v1/admin/session"), "", [401; 8]),
    row(("POST", "/v1/admin/session/step-up"), r#"{"method":"totp","code":"none"}"#, [401; 8]),
    row(("GET", "/v1/admin/passkeys"), "", [401; 8]),
    row(("POST", "/v1/admin/passkeys"), "{}", [401; 8]),
    row(
        ("POST", "/v1/admin/passkeys/confirmation"),
        r#"{"ceremony":"none","name":"Laptop","credential":{}}"#,
        [401; 8],
    ),
    row(("DELETE", "/v1/admin/passkeys/{passkey}"), "", [401; 8]),
    row(("POST", "/v1/admin/invitations"), r#"{"email":"new@operators.example"}"#, [401; 8]),
    row(("GET", "/v1/admin/studios"), "", [401; 8]),
    row(("GET", "/v1/admin/studios/{studio}"), "", [401; 8]),
    row(("POST", "/v1/admin/people/searches"), r#"{"email":"no@y.example"}"#, [401; 8]),
    row(("GET", "/v1/admin/people/{person}"), "", [401; 8]),
    row(
        ("POST", "/v1/admin/people/{person}/impersonation"),
        r#"{"portal":"parent","reason":"support_case","case":"HELP-1"}"#,
        [401; 8],
    ),
    row(("POST", "/v1/admin/people/{person}/disabling"), r#"{"reason":"left"}"#, [401; 8]),
    row(("POST", "/v1/admin/people/{person}/enabling"), r#"{"reason":"mistake"}"#, [401; 8]),
    row(("DELETE", "/v1/admin/session"), "", [401; 8]),
    row(("GET", "/"), "", [200; 8]),
    row(("GET", "/photographer"), "", [200; 8]),
    row(("GET", "/photographer/{page+}"), "", [200; 8]),
    row(("GET", "/parent"), "", [200; 8]),
    row(("GET", "/parent/{page+}"), "", [200; 8]),
    row(("GET", "/school"), "", [200; 8]),
    row(("GET", "/school/{page+}"), "", [200; 8]),
    row(("GET", "/admin"), "", [200; 8]),
    row(("GET", "/admin/{page+}"), "", [200; 8]),
    row(("GET", "/assets/{file+}"), "", [404; 8]),
    row(("GET", "/favicon.ico"), "", [200; 8]),
    row(("GET", "/robots.txt"), "", [200; 8]),
    row(("GET", "/security"), "", [200; 8]),
    row(("GET", "/security/tips"), "", [200; 8]),
    // The test stack has no operator who publishes a security address.
    row(("GET", "/.well-known/security.txt"), "", [404; 8]),
    // the same routes with HEAD
    row(("HEAD", "/"), "", [200; 8]),
    row(("HEAD", "/photographer"), "", [200; 8]),
    row(("HEAD", "/photographer/{page+}"), "", [200; 8]),
    row(("HEAD", "/parent"), "", [200; 8]),
    row(("HEAD", "/parent/{page+}"), "", [200; 8]),
    row(("HEAD", "/school"), "", [200; 8]),
    row(("HEAD", "/school/{page+}"), "", [200; 8]),
    row(("HEAD", "/admin"), "", [200; 8]),
    row(("HEAD", "/admin/{page+}"), "", [200; 8]),
    row(("HEAD", "/assets/{file+}"), "", [404; 8]),
    row(("HEAD", "/favicon.ico"), "", [200; 8]),
    row(("HEAD", "/robots.txt"), "", [200; 8]),
    row(("HEAD", "/security"), "", [200; 8]),
    row(("HEAD", "/security/tips"), "", [200; 8]),
    row(("HEAD", "/.well-known/security.txt"), "", [404; 8]),
    row(("ANY", "$default"), "", [404; 8]),
    // every signed-in person
    row(("GET", "/v1/session"), "", [401, 200, 200, 200, 200, 200, 200, 200]),
    row(("GET", "/v1/sessions"), "", [401, 200, 200, 200, 200, 200, 200, 200]),
    row(("DELETE", "/v1/sessions/{session}"), "", [401, 404, 404, 404, 404, 404, 404, 404]),
    // the caller's own password and e-mail address: parents have no password until they choose one
    row(
        ("PUT", "/v1/person/password"),
        r#"{"current":"Wrong-Password-1","new":"Sunny-Meadow-43"}"#,
        [401, 422, 422, 403, 403, 422, 422, 422],
    ),
    row(
        ("POST", "/v1/person/email-changes"),
        r#"{"email":"new@y.example","password":"Wrong-Password-1"}"#,
        [401, 422, 422, 403, 403, 422, 422, 422],
    ),
    row(("GET", "/v1/person/second-factors"), "", [401, 200, 200, 200, 200, 200, 200, 200]),
    row(("POST", "/v1/person/second-factors/totp"), "{}", [401, 200, 200, 403, 403, 200, 200, 200]),
    row(
        ("POST", "/v1/person/second-factors/totp/confirmation"),
        r#"{"code":"none"}"#,
        [401, 422, 422, 403, 403, 422, 422, 422],
    ),
    row(("DELETE", "/v1/person/second-factors/totp"), "", [401, 403, 403, 403, 403, 403, 403, 403]),
    row(
        ("POST", "/v1/person/second-factors/recovery-codes"),
        "{}",
        [401, 403, 403, 403, 403, 403, 403, 403],
    ),
    row(
        ("POST", "/v1/person/second-factors/passkeys"),
        "{}",
        [401, 200, 200, 403, 403, 200, 200, 200],
    ),
    row(
        ("POST", "/v1/person/second-factors/passkeys/confirmation"),
        r#"{"ceremony":"none","name":"Laptop","credential":{}}"#,
        [401, 400, 400, 403, 403, 400, 400, 400],
    ),
    row(
        ("DELETE", "/v1/person/second-factors/passkeys/{passkey}"),
        "",
        [401, 404, 404, 404, 404, 404, 404, 404],
    ),
    row(
        ("POST", "/v1/session/step-up"),
        r#"{"method":"totp","code":"123456"}"#,
        [401, 422, 422, 422, 422, 422, 422, 422],
    ),
    row(
        ("POST", "/v1/session/step-up/passkey-options"),
        "{}",
        [401, 409, 409, 409, 409, 409, 409, 409],
    ),
    // no caller of this table impersonates another person
    row(("POST", "/v1/session/acting/writes"), "{}", [401, 404, 404, 404, 404, 404, 404, 404]),
    // the studio's own routes
    row(("GET", "/v1/districts"), "", [401, 200, 200, 401, 401, 401, 401, 401]),
    row(("POST", "/v1/districts"), r#"{"name":"D"}"#, [401, 201, 201, 401, 401, 401, 401, 401]),
    row(("GET", "/v1/schools"), "", [401, 200, 200, 401, 401, 200, 200, 200]),
    row(
        ("POST", "/v1/schools"),
        r#"{"district_id":"{district}","name":"S"}"#,
        [401, 201, 422, 401, 401, 401, 401, 401],
    ),
    row(("GET", "/v1/schools/{school}"), "", [401, 200, 404, 401, 401, 200, 200, 404]),
    row(("GET", "/v1/schools/{school}/students"), "", [401, 200, 404, 401, 401, 200, 200, 404]),
    row(
        ("POST", "/v1/schools/{school}/roster-imports"),
        "csv",
        [401, 201, 404, 401, 401, 201, 403, 404],
    ),
    row(
        ("GET", "/v1/schools/{school}/roster-imports"),
        "",
        [401, 200, 404, 401, 401, 200, 403, 404],
    ),
    row(("GET", "/v1/roster-imports/{import}"), "", [401, 200, 404, 401, 401, 200, 404, 404]),
    row(("GET", "/v1/roster-imports/{import}/rows"), "", [401, 200, 404, 401, 401, 200, 404, 404]),
    // The roster came with its request: the import waits for no file.
    row(
        ("POST", "/v1/roster-imports/{import}/arrival"),
        "{}",
        [401, 409, 404, 401, 401, 409, 404, 404],
    ),
    row(
        ("GET", "/v1/roster-imports/{import}/sample"),
        "",
        [401, 200, 404, 401, 401, 200, 404, 404],
    ),
    // The import has no conflicting rows.
    row(
        ("PUT", "/v1/roster-imports/{import}/rows/{row}/decision"),
        r#"{"decision":"leave_out"}"#,
        [401, 404, 404, 401, 401, 404, 404, 404],
    ),
    row(
        ("POST", "/v1/roster-imports/{import}/apply"),
        "{}",
        [401, 200, 404, 401, 401, 200, 404, 404],
    ),
    row(("GET", "/v1/picture-days"), "", [401, 200, 200, 401, 401, 401, 401, 401]),
    row(("GET", "/v1/schools/{school}/picture-days"), "", [401, 200, 404, 401, 401, 200, 200, 404]),
    row(
        ("POST", "/v1/schools/{school}/picture-days"),
        r#"{"date":"2026-09-14","kind":"fall"}"#,
        [401, 201, 404, 401, 401, 401, 401, 401],
    ),
    row(("GET", "/v1/picture-days/{day}"), "", [401, 200, 404, 401, 401, 401, 401, 401]),
    row(("GET", "/v1/picture-days/{day}/camera-cards"), "", PHOTOGRAPHERS),
    row(
        ("POST", "/v1/picture-days/{day}/uploads"),
        "upload",
        [401, 201, 404, 401, 401, 401, 401, 401],
    ),
    row(("GET", "/v1/picture-days/{day}/photos"), "", [401, 200, 404, 401, 401, 401, 401, 401]),
    row(("GET", "/v1/picture-days/{day}/reconciliation"), "", PHOTOGRAPHERS),
    row(("GET", "/v1/picture-days/{day}/runs"), "", PHOTOGRAPHERS),
    row(("POST", "/v1/runs/{run}/confirmation"), r#"{"version":"{run_version}"}"#, PHOTOGRAPHERS),
    row(("PUT", "/v1/photos/{photo}/student"), r#"{"student_id":"{student}"}"#, PHOTOGRAPHERS),
    row(
        ("POST", "/v1/picture-days/{day}/galleries"),
        r#"{"target":"hosted"}"#,
        [401, 202, 404, 401, 401, 401, 401, 401],
    ),
    row(
        ("POST", "/v1/students/{student}/share-codes"),
        "{}",
        [401, 201, 404, 401, 401, 201, 201, 404],
    ),
    row(
        ("GET", "/v1/schools/{school}/access-requests"),
        "",
        [401, 200, 404, 401, 401, 200, 200, 404],
    ),
    row(
        ("POST", "/v1/access-requests/{request}/approval"),
        "{}",
        [401, 409, 404, 401, 401, 409, 409, 404],
    ),
    row(
        ("POST", "/v1/access-requests/{request}/refusal"),
        "{}",
        [401, 409, 404, 401, 401, 409, 409, 404],
    ),
    // staff of the school and of the studio
    row(("GET", "/v1/schools/{school}/staff"), "", [401, 200, 404, 401, 401, 200, 403, 404]),
    row(
        ("PUT", "/v1/schools/{school}/staff/{person}"),
        r#"{"role":"teacher","classes":["3A"]}"#,
        [401, 204, 404, 401, 401, 204, 403, 404],
    ),
    // without a second factor every caller gets 403 before the role is checked; see `assurance.rs`
    row(
        ("POST", "/v1/schools/{school}/staff/{person}/impersonation"),
        r#"{"reason":"support_case","case":"HELP-1"}"#,
        [401, 403, 403, 401, 401, 403, 403, 403],
    ),
    row(
        ("GET", "/v1/schools/{school}/staff-invitations"),
        "",
        [401, 200, 404, 401, 401, 200, 403, 404],
    ),
    row(
        ("POST", "/v1/schools/{school}/staff-invitations"),
        r#"{"email":"new@y.example","role":"teacher","classes":["3A"]}"#,
        [401, 202, 404, 401, 401, 202, 403, 404],
    ),
    row(
        ("PUT", "/v1/schools/{school}/parent-access"),
        r#"{"parent_access":"code"}"#,
        [401, 200, 404, 401, 401, 200, 403, 404],
    ),
    row(("GET", "/v1/studio/staff"), "", [401, 200, 200, 401, 401, 401, 401, 401]),
    row(("GET", "/v1/studio/staff-invitations"), "", [401, 200, 200, 401, 401, 401, 401, 401]),
    row(
        ("POST", "/v1/studio/staff-invitations"),
        r#"{"email":"new@z.example"}"#,
        [401, 202, 202, 401, 401, 401, 401, 401],
    ),
    row(("GET", "/v1/api-keys"), "", [401, 200, 200, 401, 401, 401, 401, 401]),
    row(
        ("POST", "/v1/api-keys"),
        r#"{"name":"P","scopes":["read"]}"#,
        [401, 201, 201, 401, 401, 401, 401, 401],
    ),
    row(("GET", "/v1/trusted-issuers"), "", [401, 200, 200, 401, 401, 401, 401, 401]),
    // No caller of this world has a second factor.
    row(
        ("POST", "/v1/trusted-issuers"),
        r#"{"name":"P","issuer":"https://accounts.google.com","audience":"a","subject":"s","scopes":["read"]}"#,
        [401, 403, 403, 401, 401, 401, 401, 401],
    ),
    row(("DELETE", "/v1/trusted-issuers/{issuer}"), "", [401, 404, 404, 401, 401, 401, 401, 401]),
    row(("GET", "/v1/studio/access-review"), "", [401, 200, 200, 401, 401, 401, 401, 401]),
    row(
        ("POST", "/v1/studio/access-reviews"),
        r#"{"digest":"none"}"#,
        [401, 403, 403, 401, 401, 401, 401, 401],
    ),
    row(
        ("PUT", "/v1/districts/{district}/identity-provider"),
        r#"{"kind":"google","tenant":"district.example","client_id":"c","client_secret":"s","domains":["district.example"]}"#,
        [401, 200, 404, 401, 401, 401, 401, 401],
    ),
    row(
        ("GET", "/v1/districts/{district}/identity-provider"),
        "",
        [401, 200, 404, 401, 401, 401, 401, 401],
    ),
    row(("GET", "/v1/sign-in/oidc/{district}"), "", [303; 8]),
    row(("POST", "/v1/sign-in/oidc"), r#"{"code":"c","state":"s"}"#, [401; 8]),
    row(
        ("DELETE", "/v1/districts/{district}/identity-provider"),
        "",
        [401, 204, 404, 401, 401, 401, 401, 401],
    ),
    row(
        ("GET", "/v1/districts/{district}/scim-tokens"),
        "",
        [401, 200, 404, 401, 401, 401, 401, 401],
    ),
    // No caller of this world has a second factor.
    row(
        ("POST", "/v1/districts/{district}/scim-tokens"),
        "{}",
        [401, 403, 403, 401, 401, 401, 401, 401],
    ),
    row(
        ("DELETE", "/v1/districts/{district}/scim-tokens/{token}"),
        "",
        [401, 404, 404, 401, 401, 401, 401, 401],
    ),
    // a directory's routes: they need their own token, and no cookie authorizes them
    row(("GET", "/scim/v2/{district}/Users"), "", [401; 8]),
    row(("POST", "/scim/v2/{district}/Users"), "{}", [401; 8]),
    row(("GET", "/scim/v2/{district}/Users/{user}"), "", [401; 8]),
    row(("PUT", "/scim/v2/{district}/Users/{user}"), "{}", [401; 8]),
    row(("PATCH", "/scim/v2/{district}/Users/{user}"), "{}", [401; 8]),
    row(("DELETE", "/scim/v2/{district}/Users/{user}"), "", [401; 8]),
    row(("GET", "/scim/v2/{district}/ServiceProviderConfig"), "", [401; 8]),
    row(("GET", "/scim/v2/{district}/ResourceTypes"), "", [401; 8]),
    row(("GET", "/scim/v2/{district}/Schemas"), "", [401; 8]),
    // families and photographers, each for their own galleries
    row(
        ("POST", "/v1/galleries/{gallery}/guest-tokens"),
        "",
        [401, 201, 404, 201, 404, 404, 404, 404],
    ),
    row(("GET", "/v1/galleries"), "", [401, 200, 404, 200, 200, 404, 404, 404]),
    row(("GET", "/v1/galleries/{gallery}"), "", [401, 200, 404, 200, 404, 404, 404, 404]),
    row(("GET", "/v1/consents/current"), "", [401, 401, 401, 200, 200, 401, 401, 401]),
    row(
        ("POST", "/v1/consents"),
        r#"{"document":"parent_access","version":"{version}"}"#,
        [401, 401, 401, 204, 204, 401, 401, 401],
    ),
    row(("GET", "/v1/access-requests"), "", [401, 401, 401, 200, 200, 401, 401, 401]),
    // routes that end something: the parent withdraws; the school and its photographer end an access for good
    row(("DELETE", "/v1/access-requests/{request}"), "", [401, 204, 404, 204, 404, 204, 204, 404]),
    row(("DELETE", "/v1/photos/{photo}/student"), "", [401, 200, 404, 401, 401, 401, 401, 401]),
    row(("DELETE", "/v1/share-codes/{code}"), "", [401, 204, 404, 401, 401, 204, 204, 404]),
    row(
        ("DELETE", "/v1/schools/{school}/staff/{person}"),
        "",
        [401, 204, 404, 401, 401, 204, 403, 404],
    ),
    row(
        ("DELETE", "/v1/schools/{school}/staff-invitations/{invitation}"),
        "",
        [401, 204, 404, 401, 401, 204, 403, 404],
    ),
    row(("DELETE", "/v1/studio/staff/{colleague}"), "", [401, 204, 404, 401, 401, 401, 401, 401]),
    row(
        ("DELETE", "/v1/studio/staff-invitations/{offer}"),
        "",
        [401, 204, 404, 401, 401, 401, 401, 401],
    ),
    row(("DELETE", "/v1/api-keys/{key}"), "", [401, 204, 404, 401, 401, 401, 401, 401]),
    row(
        ("POST", "/v1/roster-imports/{import}/undo"),
        "{}",
        [401, 200, 404, 401, 401, 200, 404, 404],
    ),
    row(("DELETE", "/v1/sessions"), "", [401, 204, 204, 204, 204, 204, 204, 204]),
    row(("DELETE", "/v1/session"), "", [401, 204, 204, 204, 204, 204, 204, 204]),
];
