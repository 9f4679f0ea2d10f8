//! Content security policy: a page loads from our origin, exchanges pictures with S3, and nothing else.

/// Pages opened from a mailed link or by an identity provider: their URL holds a one-time token.
///
/// The page removes the token from the URL after it has read it.
const PAGES_WITH_A_TOKEN: [&str; 13] = [
    "admin/enrol.html",
    "photographer/verify.html",
    "photographer/new-password.html",
    "photographer/new-address.html",
    "photographer/invitation.html",
    "school/open.html",
    "school/back.html",
    "school/invitation.html",
    "school/new-password.html",
    "school/new-address.html",
    "parent/open.html",
    "parent/new-password.html",
    "parent/new-address.html",
];

/// Builds the content security policy of every page.
///
/// It forbids inline scripts and styles, plug-ins, framing, forms to other origins and `<base>`. Text cannot become
/// markup or script: trusted types are required, and no policy can create them. `storage` holds the origins of photos
/// and uploads.
pub(crate) fn content_security_policy(storage: &[String]) -> String {
    let storage = storage.join(" ");
    format!(
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self'; img-src 'self' blob: {storage}; connect-src 'self' {storage}; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

/// May this page's URL hold a token? Then the page sends no `Referer`.
pub(crate) fn may_hold_a_token(name: &str) -> bool {
    PAGES_WITH_A_TOKEN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d11_only_our_origin_and_storage_are_named() {
        let policy = content_security_policy(&["http://127.0.0.1:9000".to_owned()]);
        assert!(policy.contains("img-src 'self' blob: http://127.0.0.1:9000;"));
        assert!(policy.contains("connect-src 'self' http://127.0.0.1:9000;"));
        assert!(!policy.contains("unsafe-"));
        assert!(!policy.contains('*'));
    }
}
