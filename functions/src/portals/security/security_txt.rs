//! `/.well-known/security.txt`: the contact for security reports and its expiry date (RFC 9116).

use platform::base::config::Config;
use platform::jiff::Timestamp;

/// The path of the file.
pub(crate) const PATH: &str = "/.well-known/security.txt";

/// The contact that the operator configured.
///
/// There is no default: an unread mailbox is worse than none.
pub(crate) struct Disclosure<'a> {
    /// A `mailto:`, `https:` or `tel:` URI (RFC 9116, section 2.5.3).
    pub(crate) contact: &'a str,
    expires: Timestamp,
}

impl<'a> Disclosure<'a> {
    /// Reads the configuration; `None` if it is incomplete, invalid or expired.
    ///
    /// Readers must not rely on an expired file (section 2.5.5).
    pub(crate) fn of(config: &'a Config, now: Timestamp) -> Option<Self> {
        let contact = config.security_contact.as_deref()?;
        let is_address = ["mailto:", "https://", "tel:"]
            .iter()
            .any(|scheme| contact.len() > scheme.len() && contact.starts_with(scheme));
        let is_one_line = contact.bytes().all(|byte| byte.is_ascii_graphic());
        let expires: Timestamp = config.security_expires.as_deref()?.parse().ok()?;
        (is_address && is_one_line && expires > now).then_some(Self { contact, expires })
    }

    /// Renders the file.
    pub(crate) fn text(&self, public_url: &str) -> String {
        let Self { contact, expires } = self;
        let mut text =
            format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en, es\n");
        // Web URLs must use https (section 2.5.2); a local installation has no such URL.
        if public_url.starts_with("https://") {
            let on_the_web =
                format!("Canonical: {public_url}{PATH}\nPolicy: {public_url}/security\n");
            text.push_str(&on_the_web);
        }
        text
    }
}
