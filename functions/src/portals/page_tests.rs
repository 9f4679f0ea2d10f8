//! Rules for every page, checked on the files themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::portals::files::sources;
use crate::portals::site::{Found, Site, named, references, site};

fn texts() -> Vec<(&'static str, &'static str)> {
    let text = |(name, bytes)| Some((name, std::str::from_utf8(bytes).ok()?));
    sources().into_iter().filter_map(text).collect()
}

fn ending(extension: &str) -> Vec<(&'static str, &'static str)> {
    texts().into_iter().filter(|(name, _)| name.ends_with(extension)).collect()
}

/// Returns the values of an attribute in markup.
fn values<'a>(markup: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!("{attribute}=\"");
    let rest = markup.split(opening.as_str()).skip(1).collect::<Vec<_>>();
    rest.iter().filter_map(|rest| rest.split('"').next()).collect()
}

/// Returns the entries of a table of texts, with their `{placeholders}`.
fn entries(table: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let entry = |line: &'static str| {
        let (name, sentence) = line.trim().strip_prefix('\'')?.split_once("':")?;
        let places = sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        let is_place = |name: &&str| name.chars().all(|c| c.is_ascii_lowercase());
        Some((name, places.map(|(place, _)| place).filter(is_place).collect()))
    };
    let (_, text) = *texts().iter().find(|(name, _)| *name == table).unwrap();
    text.lines().filter_map(entry).collect()
}

const TABLES: [[&str; 2]; 9] = [
    ["shared/texts.en.js", "shared/texts.es.js"],
    ["school/texts.en.js", "school/texts.es.js"],
    ["photographer/texts.en.js", "photographer/texts.es.js"],
    ["admin/texts.en.js", "admin/texts.es.js"],
    ["photographer/texts-access.en.js", "photographer/texts-access.es.js"],
    ["photographer/texts-galleries.en.js", "photographer/texts-galleries.es.js"],
    ["photographer/texts-roster.en.js", "photographer/texts-roster.es.js"],
    ["photographer/texts-runs.en.js", "photographer/texts-runs.es.js"],
    ["parent/texts.en.js", "parent/texts.es.js"],
];

#[test]
fn d11_no_page_has_script_or_style_of_its_own() {
    for (name, page) in ending(".html") {
        assert!(!page.contains("<style"), "{name}");
        assert!(!page.contains(" style="), "{name}");
        assert!(!page.contains("javascript:"), "{name}");
        for tag in page.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            let handler = tag.split_whitespace().skip(1).find(|word| word.starts_with("on"));
            assert_eq!(handler, None, "{name}: <{tag}>");
            if tag.starts_with("script") {
                assert!(tag.contains("type=\"module\" src=\"/assets/"), "{name}: <{tag}>");
            }
        }
    }
}

#[test]
fn b15_nothing_is_kept_in_the_browser_and_data_never_becomes_markup() {
    let never = [
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "setAttribute('style'",
    ];
    for (name, script) in ending(".js") {
        for word in never {
            assert!(!script.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn only_the_api_module_and_the_uploader_talk_to_a_server() {
    for (name, script) in ending(".js") {
        let talks = script.contains("fetch(") || script.contains("XMLHttpRequest");
        let may = matches!(name, "shared/api.js" | "shared/uploader.js");
        assert!(!talks || may, "{name}");
    }
}

#[test]
fn d11_nothing_is_loaded_from_elsewhere() {
    for (name, text) in texts() {
        let foreign = text
            .split("http")
            .skip(1)
            .filter(|rest| rest.starts_with("://") || rest.starts_with("s://"));
        for rest in foreign {
            assert!(rest.starts_with("://www.w3.org/"), "{name}: http{rest:.40}");
        }
    }
}

#[test]
fn every_reference_is_a_file_and_every_file_gets_its_name() {
    let files: BTreeSet<&str> = sources().into_iter().map(|(name, _)| name).collect();
    for (name, text) in texts() {
        for reference in references(text) {
            assert!(files.contains(reference), "{name} refers to {reference}");
        }
    }
    assert_eq!(named(sources()).1, Vec::<&str>::new());
}

#[test]
fn every_file_on_disk_is_compiled_in() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("portals/pages");
    let mut folders = vec![root.clone()];
    let mut on_disk = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                on_disk.push(path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    on_disk.sort_unstable();
    let compiled: Vec<&str> = sources().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        compiled, on_disk,
        "touch src/portals/files.rs: the build does not notice a new file"
    );
}

#[test]
fn hashed_names_are_the_same_each_time_and_change_with_what_is_referred_to() {
    let name_in = |page: &'static [u8], inner: &'static [u8]| {
        let site = Site::new(vec![
            ("a.html", page),
            ("outer.js", b"import '/assets/inner.js'"),
            ("inner.js", inner),
        ]);
        match site.find("/a") {
            Found::Page(file) => String::from_utf8(file.bytes.clone()).unwrap(),
            Found::Asset(_) | Found::Nothing(_) => panic!("no page"),
        }
    };
    let page = b"<script src=\"/assets/outer.js\">";
    assert_eq!(name_in(page, b"1"), name_in(page, b"1"));
    assert_ne!(
        name_in(page, b"1"),
        name_in(page, b"2"),
        "a change in a deep dependency must change the page"
    );
}

#[test]
fn a_circle_of_imports_is_noticed() {
    let (_, unresolved) = named(vec![("a.js", b"/assets/b.js"), ("b.js", b"/assets/a.js")]);
    assert_eq!(unresolved, ["a.js", "b.js"]);
}

#[test]
fn every_address_of_the_portals_shows_its_page() {
    let page = |path: &str| match site().find(path) {
        Found::Page(file) | Found::Asset(file) => Some(file.name),
        Found::Nothing(_) => None,
    };
    assert_eq!(page("/"), Some("index.html"));
    assert_eq!(page("/photographer"), Some("photographer/home.html"));
    assert_eq!(page("/photographer/verify"), Some("photographer/verify.html"));
    assert_eq!(page("/parent"), Some("parent/code.html"));
    assert_eq!(page("/parent/open"), Some("parent/open.html"));
    assert_eq!(page("/school"), Some("school/home.html"));
    assert_eq!(page("/admin"), Some("admin/home.html"));
    assert_eq!(page("/admin/enrol"), Some("admin/enrol.html"));
    assert_eq!(page("/favicon.ico"), Some("favicon.ico"));
    for nothing in
        ["/nope", "/photographer/", "/photographer/../index", "/assets/shared/api.js", "/assets/"]
    {
        assert_eq!(page(nothing), None, "{nothing}");
    }
}

#[test]
fn no_word_is_in_a_table_twice() {
    for table in TABLES.as_flattened() {
        let (_, text) = *texts().iter().find(|(name, _)| name == table).unwrap();
        let mut seen = BTreeSet::new();
        for line in text.lines().filter_map(|line| line.strip_prefix("  '")) {
            let name = line.split_once("':").map(|(name, _)| name);
            // A duplicate key would silently replace the first entry.
            assert!(name.is_none_or(|name| seen.insert(name)), "{table}: {line:.40}");
        }
    }
}

#[test]
fn every_language_says_everything() {
    for [english, spanish] in TABLES {
        assert_eq!(
            entries(english),
            entries(spanish),
            "keys and placeholders of {english} and {spanish}"
        );
    }
}

#[test]
fn every_word_a_page_asks_for_is_in_the_table() {
    let everyones = entries(TABLES[0][0]);
    let schools = entries(TABLES[1][0]);
    // One table for each area of the photographer's work.
    let photographers: Vec<_> = TABLES
        .iter()
        .filter(|[english, _]| english.starts_with("photographer/"))
        .map(|[english, _]| entries(english))
        .collect();
    let administrators = entries(TABLES[3][0]);
    let parents = entries(TABLES[8][0]);
    let mut missing = Vec::new();
    let mut check = |file: &str, name: &str| {
        let is_photographers = file.starts_with("photographer/");
        // Photographers' pages use the schools' texts too.
        let is_schools = is_photographers || file.starts_with("school/");
        let is_there = everyones.contains_key(name)
            || (is_schools && schools.contains_key(name))
            || (is_photographers && photographers.iter().any(|table| table.contains_key(name)))
            || (file.starts_with("parent/") && parents.contains_key(name))
            || (file.starts_with("admin/") && administrators.contains_key(name));
        if !is_there {
            missing.push(format!("{file}: {name}"));
        }
    };
    for (file, page) in ending(".html") {
        for attribute in ["data-t", "data-t-label", "data-t-placeholder", "data-title"] {
            for name in values(page, attribute) {
                check(file, name);
            }
        }
    }
    for (file, script) in ending(".js") {
        // Matches `t('name'` as a whole word; the browser tests cover names that are composed at run time.
        for (before, rest) in script.split("t('").zip(script.split("t('").skip(1)) {
            let is_call =
                !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_');
            let name = rest.split('\'').next().unwrap_or_default();
            if is_call && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) {
                check(file, name);
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// Every script that calls the API with a session runs behind the portal's frame.
///
/// The frame shows the impersonation banner before anything else of the account.
#[test]
fn c11_no_page_of_an_account_is_shown_without_the_banner_of_support() {
    let scripts: BTreeMap<&str, &str> = ending(".js").into_iter().collect();
    let asks = ["get", "all", "post", "put", "remove", "postFile"];
    let mut with_frame = 0;
    for (name, page) in ending(".html") {
        if !["photographer/", "parent/", "school/"].iter().any(|portal| name.starts_with(portal)) {
            continue;
        }
        let sources = values(page, "src");
        let script = sources
            .iter()
            .find_map(|source| scripts.get(source.trim_start_matches("/assets/")))
            .unwrap();
        let frames = ["startPhotographer(", "startParent(", "startSchool("];
        if frames.iter().any(|frame| script.contains(frame)) {
            with_frame += 1;
            continue;
        }
        let from_api = script.lines().find(|line| line.contains("from '/assets/shared/api.js'"));
        let words = from_api.unwrap_or_default().split(|c: char| !c.is_alphanumeric());
        let asking: Vec<&str> = words.filter(|word| asks.contains(word)).collect();
        assert_eq!(asking, Vec::<&str>::new(), "{name} calls the API without the frame");
    }
    assert!(with_frame >= 20, "only {with_frame} pages have the frame");
    for frame in ["photographer/shell.js", "parent/shell.js", "school/shell.js"] {
        let shows = scripts[frame].split("const who = await session();\n").nth(1).unwrap();
        assert!(shows.trim_start().starts_with("showActing(who);"), "{frame}");
    }
}

#[test]
fn every_page_is_complete() {
    for (name, page) in ending(".html") {
        for part in [
            "<!doctype html>",
            "<html lang=\"en\">",
            "<title>",
            "name=\"viewport\"",
            "<main id=\"main\"",
            "class=\"skip\" href=\"#main\"",
            "<noscript>",
            "data-title=\"",
        ] {
            assert!(page.contains(part), "{name} lacks {part}");
        }
        for input in page.split("<input ").skip(1).filter_map(|rest| rest.split('>').next()) {
            let id = values(input, "id").first().copied().unwrap_or_default();
            let is_labelled = page.contains(&format!("for=\"{id}\"")) || input.contains("checkbox");
            assert!(is_labelled, "{name}: {input}");
        }
    }
}
