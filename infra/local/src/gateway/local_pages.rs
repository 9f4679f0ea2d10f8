//! The runner's own pages, which show the sent mails. They exist only on one machine.

use crate::cloud::ses::Mail;
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body_util::Full;
use std::fmt::Write as _;

/// Answers paths below `/_local/`; `None` for all others.
pub(super) fn respond(
    method: &Method,
    path: &str,
    mails: impl FnOnce() -> Vec<Mail>,
) -> Option<Response<Full<Bytes>>> {
    if path != "/_local" && !path.starts_with("/_local/") {
        return None;
    }
    Some(match (method, path) {
        (&Method::GET, "/_local/mail") => {
            let list = serde_json::to_vec(&mails()).unwrap_or_default();
            answer(StatusCode::OK, "application/json", list)
        }
        (&Method::GET, "/_local" | "/_local/") => {
            answer(StatusCode::OK, "text/html; charset=utf-8", page(&mails()).into_bytes())
        }
        _ => answer(StatusCode::NOT_FOUND, "text/plain", b"not here\n".to_vec()),
    })
}

fn answer(status: StatusCode, kind: &str, body: Vec<u8>) -> Response<Full<Bytes>> {
    let response = Response::builder()
        .status(status)
        .header("content-type", kind)
        .header("cache-control", "no-store")
        .header("x-content-type-options", "nosniff")
        .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
        .body(Full::new(Bytes::from(body)));
    response.unwrap_or_default()
}

/// Renders the mails, newest first, because a user usually waits for the newest.
fn page(mails: &[Mail]) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Mails of this machine</title>\
         <style>body{font:16px/1.5 system-ui;max-width:48rem;margin:2rem auto;padding:0 1rem}\
         article{border-top:1px solid #8888;padding:1rem 0}pre{white-space:pre-wrap;font:inherit}\
         h2{font-size:1.1rem;margin:0}p{margin:0;color:#666}</style>\
         <h1>Mails of this machine</h1><p>Nothing leaves it: every mail ends here. \
         Programs read <a href=\"/_local/mail\">/_local/mail</a>.</p>",
    );
    if mails.is_empty() {
        page.push_str("<article>No mail yet.</article>");
    }
    for mail in mails.iter().rev() {
        let (subject, to) = (escaped(&mail.subject), escaped(&mail.to));
        let (sent_at, text) = (escaped(&mail.sent_at), with_links(&mail.text));
        // Writing to a String cannot fail.
        let _infallible = write!(
            page,
            "<article><h2>{subject}</h2><p>to {to}, {sent_at}</p><pre>{text}</pre></article>"
        );
    }
    page
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Escapes text and turns web addresses into links.
fn with_links(text: &str) -> String {
    let is_end = |letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"' | '\'');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let next = [rest.find("http://"), rest.find("https://")].into_iter().flatten().min();
        let Some((before, link)) = next.and_then(|start| rest.split_at_checked(start)) else {
            out.push_str(&escaped(rest));
            return out;
        };
        let end = link.find(is_end).unwrap_or(link.len());
        let (link, after) = link.split_at_checked(end).unwrap_or((link, ""));
        let address = escaped(link);
        out.push_str(&escaped(before));
        let _infallible = write!(out, "<a href=\"{address}\">{address}</a>");
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_mails_is_escaped_and_its_links_can_be_clicked() {
        let mail = Mail {
            to: "a@example.org".into(),
            subject: "<script>".into(),
            text: "Open http://localhost:8080/parent?token=a&b=1 <now>\nor https://x.example/\"y"
                .into(),
            html: String::new(),
            sent_at: "2026-09-14T09:12:33Z".into(),
        };
        let page = page(&[mail]);
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
        let link = "http://localhost:8080/parent?token=a&amp;b=1";
        assert!(page.contains(&format!("<a href=\"{link}\">{link}</a> &lt;now&gt;")), "{page}");
        assert!(page.contains("<a href=\"https://x.example/\">https://x.example/</a>&quot;y"));
    }

    #[test]
    fn only_local_paths_are_the_runners_own() {
        let status =
            |path| respond(&Method::GET, path, Vec::new).map(|answer| answer.status().as_u16());
        assert_eq!(status("/_local/mail"), Some(200));
        assert_eq!(status("/_local/"), Some(200));
        assert_eq!(status("/_local/other"), Some(404));
        assert_eq!(status("/_localx"), None);
        assert_eq!(status("/"), None);
    }
}
