//! The page `/security`: shipped promises, apart from planned ones.

use std::fmt::Write as _;

use crate::portals::files::File;
use crate::portals::security::Disclosure;
use crate::portals::security::controls::{Control, Controls, Said, Status, controls};

/// The page's path below `pages/`.
pub(crate) const PAGE: &str = "security/security.html";

/// Fills the page with the list and the contact for reports; `None` when the list cannot be parsed.
pub(crate) fn filled(page: &File, disclosure: Option<&Disclosure<'_>>) -> Option<File> {
    let controls = controls()?;
    let text = std::str::from_utf8(&page.bytes).ok()?;
    let updated = escaped(&controls.updated);
    let filled = text
        .replace("<!-- updated -->", &format!("<time datetime=\"{updated}\">{updated}</time>"))
        .replace("<!-- shipped -->", &promises(controls, Status::Shipped))
        .replace("<!-- roadmap -->", &promises(controls, Status::Roadmap))
        .replace("<!-- not_here -->", &promises(controls, Status::NotHere))
        .replace("<!-- contact -->", &contact(disclosure));
    Some(File::new(page.name, filled.into_bytes()))
}

/// Renders the promises of one status, grouped by area.
fn promises(controls: &Controls, status: Status) -> String {
    let mut html = String::new();
    for area in &controls.area {
        let is_of_area = |control: &&Control| control.id.starts_with(area.letter);
        let mut of_area =
            controls.control.iter().filter(is_of_area).filter(|it| it.status == status).peekable();
        if of_area.peek().is_none() {
            continue;
        }
        // Writing to a String cannot fail, here and below.
        let _infallible =
            writeln!(html, "<h3>{}</h3>\n<ul class=\"promises\">", said(&area.title, ""));
        for control in of_area {
            let id = escaped(&control.id);
            let promise = said(&control.promise, "");
            let why = control.reason.as_ref().map(|reason| said(reason, " why"));
            let why = why.unwrap_or_default();
            let _infallible = writeln!(
                html,
                "<li id=\"{id}\"><span class=\"mark\">{id}</span><span>{promise}</span>{why}</li>"
            );
        }
        html.push_str("</ul>\n");
    }
    html
}

/// Renders both languages; the page shows its own.
fn said(words: &Said, class: &str) -> String {
    let (en, es) = (escaped(&words.en), escaped(&words.es));
    format!(
        "<span class=\"in-language{class}\" lang=\"en\">{en}</span><span class=\"in-language{class}\" lang=\"es\">{es}</span>"
    )
}

fn contact(disclosure: Option<&Disclosure<'_>>) -> String {
    let Some(disclosure) = disclosure else {
        return "<p data-t=\"security.no_contact\"></p>".to_owned();
    };
    let address = escaped(disclosure.contact);
    let shown = escaped(disclosure.contact.trim_start_matches("mailto:"));
    format!(
        "<p data-t=\"security.contact_line\"></p>\n<p><a href=\"{address}\">{shown}</a></p>\n\
         <p><a href=\"{}\">security.txt</a></p>",
        crate::portals::security::PATH
    )
}

/// Escapes text for markup, in element and attribute context.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
