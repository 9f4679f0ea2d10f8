//! The shell of every page: head, top bar, footer. A page's file holds what differs, and the shell is put around it when
//! the site is put together.
//!
//! A page is `<page title="…" script="…" …>`, the content of its `main` element, `</page>`. Its attributes:
//!
//! * `title`: the text of the title; `script`: its module, without `.js`; `footer`: the text of the footer;
//! * `styles`: style sheets beside those of every page, without `.css`, in order;
//! * `header`: `menu` (filled by the portal's script), `plain` (the name, and back to the start) or `admin`;
//! * `main`: a class of the `main` element; `links="security"`: links to the security pages in the footer;
//! * `robots="index"`: search engines may list it; `noscript="headings"`: most of it can be read without scripts.

use std::fmt::Write as _;

/// Style sheets of every page, in order.
const STYLES: [&str; 4] = ["shared/tokens", "shared/base", "shared/parts", "shared/states"];
const MENU: &str = "<header class=\"top\" id=\"top\"></header>";
const SECURITY_LINKS: &str = "<nav class=\"foot-links\" data-t-label=\"footer.more\">\
    <a href=\"/security\" data-t=\"title.security\"></a>\
    <a href=\"/security/tips\" data-t=\"title.security-tips\"></a></nav>";
const NO_SCRIPT: &str = "This page needs JavaScript. · Esta página necesita JavaScript.";
const NO_SCRIPT_HEADINGS: &str = "The headings and the choice of a language need JavaScript. · \
    Los títulos y la elección de idioma necesitan JavaScript.";

/// A page's own part, as its file has it.
struct Part<'a> {
    attributes: &'a str,
    content: &'a str,
}

/// Returns the whole page; `None` for a file that is not written as a page.
pub(crate) fn page(source: &str) -> Option<String> {
    let (attributes, rest) = source.strip_prefix("<page ")?.split_once('>')?;
    let part = Part { attributes, content: rest.trim_end().strip_suffix("</page>")? };
    Some(part.in_shell())
}

impl<'a> Part<'a> {
    /// An attribute's value; empty when it is absent.
    fn value(&self, name: &str) -> &'a str {
        let after = self.attributes.split_once(&format!("{name}=\""));
        after.and_then(|(_, value)| value.split('"').next()).unwrap_or_default()
    }

    fn in_shell(&self) -> String {
        let robots = match self.value("robots") {
            "index" => "",
            _ => "  <meta name=\"robots\" content=\"noindex\">\n",
        };
        let mut styles = String::new();
        for style in STYLES.into_iter().chain(self.value("styles").split_whitespace()) {
            // Writing to a text does not fail.
            let _written =
                writeln!(styles, "  <link rel=\"stylesheet\" href=\"/assets/{style}.css\">");
        }
        let header = match self.value("header") {
            "menu" => MENU.to_owned(),
            "admin" => brand("/admin", "admin.brand"),
            _ => brand("/", "brand"),
        };
        let class = match self.value("main") {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        let links = if self.value("links") == "security" { SECURITY_LINKS } else { "" };
        let no_script =
            if self.value("noscript") == "headings" { NO_SCRIPT_HEADINGS } else { NO_SCRIPT };
        let [title, script, footer] = ["title", "script", "footer"].map(|name| self.value(name));
        let content = self.content;
        format!(
            "<!doctype html>
<html lang=\"en\">
<head>
  <meta charset=\"utf-8\">
  <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
{robots}  <title>Picture Day</title>
  <link rel=\"icon\" href=\"/assets/shared/icon.svg\" type=\"image/svg+xml\">
{styles}  <script type=\"module\" src=\"/assets/{script}.js\"></script>
</head>
<body data-title=\"{title}\">
  <a class=\"skip\" href=\"#main\" data-t=\"skip\"></a>
  {header}
  <main id=\"main\"{class} tabindex=\"-1\">{content}</main>
  <footer class=\"bottom\"><p data-t=\"{footer}\"></p>{links}<div id=\"language\"></div></footer>
  <noscript><p class=\"no-script\">{no_script}</p></noscript>
</body>
</html>
"
        )
    }
}

/// A top bar with the product's name alone, which leads to `start`.
fn brand(start: &str, name: &str) -> String {
    format!(
        "<header class=\"top plain\"><a class=\"brand\" href=\"{start}\">\
         <img src=\"/assets/shared/icon.svg\" alt=\"\" width=\"32\" height=\"32\">\
         <span data-t=\"{name}\"></span></a></header>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The attributes that a page may have.
    const KNOWN: [&str; 9] =
        ["title", "styles", "script", "header", "main", "footer", "links", "robots", "noscript"];

    #[test]
    fn every_page_is_written_as_a_page_with_known_attributes() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("portals/pages");
        let mut folders = vec![folder];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                if path.extension().is_none_or(|extension| extension != "html") {
                    continue;
                }
                let source = std::fs::read_to_string(&path).unwrap();
                let (head, _) = source.split_once('>').unwrap();
                let names = head.split("=\"").map(|part| part.rsplit([' ', '"']).next().unwrap());
                let mut names: Vec<_> = names.collect();
                names.pop();
                for name in names {
                    assert!(KNOWN.contains(&name), "{}: {name}", path.display());
                }
                for needed in ["title=\"", "script=\"", "header=\"", "footer=\""] {
                    assert!(head.contains(needed), "{}: {needed}", path.display());
                }
                assert!(page(&source).is_some(), "{}", path.display());
                seen += 1;
            }
        }
        assert!(seen > 50, "only {seen} pages");
    }

    #[test]
    fn a_part_is_put_into_the_shell() {
        let whole = page(
            "<page title=\"title.a\" styles=\"x/a x/b\" script=\"x/a\" header=\"menu\" footer=\"f\">\n    <p></p>\n  </page>\n",
        );
        let whole = whole.unwrap();
        for part in [
            "<body data-title=\"title.a\">",
            "states.css\">\n  <link rel=\"stylesheet\" href=\"/assets/x/a.css\">\n  <link rel=\"stylesheet\" href=\"/assets/x/b.css\">",
            "src=\"/assets/x/a.js\"",
            "<main id=\"main\" tabindex=\"-1\">\n    <p></p>\n  </main>",
            "content=\"noindex\"",
        ] {
            assert!(whole.contains(part), "{part}: {whole}");
        }
        assert_eq!(page("<p>not a page</p>"), None);
    }
}
