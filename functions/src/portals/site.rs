//! All files with references rewritten to hashed names, and the routing from paths to files.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::portals::files::{File, ending, sources};

/// The prefix with which a file refers to another, before its path below `pages/`.
pub(crate) const ASSETS: &str = "/assets/";

/// The pages and their assets, built once per process.
pub(crate) struct Site {
    /// By their path below `pages/`.
    pages: BTreeMap<&'static str, File>,
    /// By the hashed name.
    assets: BTreeMap<String, File>,
    icon: Option<File>,
    missing: File,
}

/// The result of a path lookup.
pub(crate) enum Found<'a> {
    Asset(&'a File),
    Page(&'a File),
    /// The not-found page.
    Nothing(&'a File),
}

/// Returns the site, built at the first request.
pub(crate) fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| Site::new(sources()))
}

impl Site {
    /// Rewrites and sorts all files.
    pub(crate) fn new(sources: Vec<(&'static str, &'static [u8])>) -> Self {
        // A test asserts that the second list is empty.
        let (files, _unresolved) = named(sources);
        Self::sorted(files)
    }

    fn sorted(files: Vec<File>) -> Self {
        let mut pages = BTreeMap::new();
        let mut assets = BTreeMap::new();
        let mut icon = None;
        for file in files {
            if file.is_named_by_content {
                assets.insert(file.hashed_name(), file);
            } else if ending(file.name) == "html" {
                pages.insert(file.name, file);
            } else {
                icon = Some(file);
            }
        }
        let missing = pages
            .remove("not-found.html")
            .unwrap_or_else(|| File::new("not-found.html", b"Not found".to_vec()));
        Self { pages, assets, icon, missing }
    }

    /// Finds the file for a path.
    pub(crate) fn find(&self, path: &str) -> Found<'_> {
        let nothing = Found::Nothing(&self.missing);
        if let Some(name) = path.strip_prefix(ASSETS) {
            return self.assets.get(name).map_or(nothing, Found::Asset);
        }
        let page = match path {
            "/favicon.ico" => return self.icon.as_ref().map_or(nothing, Found::Asset),
            "/" => self.pages.get("index.html"),
            "/photographer" => self.pages.get("photographer/home.html"),
            "/admin" => self.pages.get("admin/home.html"),
            "/school" => self.pages.get("school/home.html"),
            "/parent" => self.pages.get("parent/code.html"),
            "/security" => self.pages.get("security/security.html"),
            inner => {
                let name = format!("{}.html", inner.trim_start_matches('/'));
                self.pages.get(name.as_str())
            }
        };
        page.map_or(nothing, Found::Page)
    }
}

/// Names the files in dependency order: a hashed name depends on the bytes, and the bytes on the names in them.
///
/// Also returns the files with unresolved references: to an unknown name, or in a cycle.
pub(crate) fn named(sources: Vec<(&'static str, &'static [u8])>) -> (Vec<File>, Vec<&'static str>) {
    let mut waiting = sources;
    let mut names: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut files = Vec::new();
    loop {
        let before = waiting.len();
        waiting.retain(|(name, bytes)| {
            let Some(rewritten) = rewritten(bytes, &names) else {
                return true;
            };
            let file = File::new(name, rewritten);
            names.insert(name, file.hashed_name());
            files.push(file);
            false
        });
        if waiting.len() == before {
            return (files, waiting.iter().map(|(name, _)| *name).collect());
        }
    }
}

/// Replaces every reference with its hashed name; `None` while a name is not known yet.
fn rewritten(bytes: &[u8], names: &BTreeMap<&'static str, String>) -> Option<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Some(bytes.to_vec());
    };
    let mut parts = text.split(ASSETS);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for rest in parts {
        let name = leading_name(rest);
        out.push_str(ASSETS);
        out.push_str(names.get(name)?);
        out.push_str(rest.strip_prefix(name).unwrap_or(rest));
    }
    Some(out.into_bytes())
}

/// Returns the file name at the start of a text.
fn leading_name(text: &str) -> &str {
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-');
    text.split(|c| !is_of_a_name(c)).next().unwrap_or_default()
}

/// Returns the names that a file refers to.
#[cfg(test)]
pub(crate) fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split(ASSETS).skip(1).map(leading_name)
}
