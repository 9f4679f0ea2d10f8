//! A mail in words, as text and as HTML.

/// A mail in words.
pub(super) struct Letter {
    pub(super) subject: &'static str,
    pub(super) before: &'static str,
    pub(super) link: Option<String>,
    pub(super) after: &'static str,
}

impl Letter {
    pub(super) fn text(&self) -> String {
        let link = self.link.as_deref().unwrap_or_default();
        format!("{}\n\n{link}\n\n{}\n", self.before, self.after)
    }

    /// The link is made of our own address and a base64url token, and a code of digits: nothing in them needs
    /// escaping.
    pub(super) fn html(&self) -> String {
        let link = self.link.as_deref().unwrap_or_default();
        let middle = if link.starts_with("http") {
            format!("<a href=\"{link}\">{link}</a>")
        } else {
            format!("<strong>{link}</strong>")
        };
        format!(
            "<!doctype html><html lang=\"en\"><body><p>{}</p><p>{middle}</p><p>{}</p></body></html>",
            self.before, self.after
        )
    }
}
