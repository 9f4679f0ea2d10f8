//! The text of an e-mail, as plain text and as HTML.

/// The text of an e-mail.
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

    /// Returns the HTML body.
    ///
    /// The link consists of our own URL and a base64url token, or it is a code of digits: nothing needs escaping.
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
