//! What a page may do: load from us, exchange pictures with storage, and nothing else.

/// Pages that a mailed link opens, or an identity provider: their address holds what works once, until the page has
/// taken it out.
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

/// The policy of every page. No inline script or style, no plug-in, no frame around us, no form to elsewhere, no
/// `<base>`; text cannot become markup or script (trusted types without any policy that would make them).
///
/// `storage` are the origins that photos come from and uploads go to.
pub(crate) fn content_security_policy(storage: &[String]) -> String {
    let storage = storage.join(" ");
    format!(
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self'; img-src 'self' blob: {storage}; connect-src 'self' {storage}; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

/// Whether this page's address may hold a token, so that nothing it loads may learn the address.
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
