//! `/.well-known/security.txt`: whom to tell about a weakness, and until when that holds. RFC 9116.

use platform::config::Config;
use platform::jiff::Timestamp;

/// Where it is.
pub(crate) const PATH: &str = "/.well-known/security.txt";

/// Whom the operator names. There is no default: an address nobody reads is worse than none.
pub(crate) struct Disclosure<'a> {
    /// A `mailto:`, `https:` or `tel:` address (RFC 9116, section 2.5.3).
    pub(crate) contact: &'a str,
    expires: Timestamp,
}

impl<'a> Disclosure<'a> {
    /// What is configured, while it holds: a file past its date must not be relied on (section 2.5.5).
    pub(crate) fn of(config: &'a Config, now: Timestamp) -> Option<Self> {
        let contact = config.security_contact.as_deref()?;
        let is_address = ["mailto:", "https://", "tel:"]
            .iter()
            .any(|scheme| contact.len() > scheme.len() && contact.starts_with(scheme));
        let is_one_line = contact.bytes().all(|byte| byte.is_ascii_graphic());
        let expires: Timestamp = config.security_expires.as_deref()?.parse().ok()?;
        (is_address && is_one_line && expires > now).then_some(Self { contact, expires })
    }

    /// The file.
    pub(crate) fn text(&self, public_url: &str) -> String {
        let Self { contact, expires } = self;
        let mut text =
            format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en, es\n");
        // Addresses on the web must be https here (section 2.5.2): a machine's own has none.
        if public_url.starts_with("https://") {
            let on_the_web =
                format!("Canonical: {public_url}{PATH}\nPolicy: {public_url}/security\n");
            text.push_str(&on_the_web);
        }
        text
    }
}
