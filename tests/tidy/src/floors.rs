//! The floors of `platform`: a file imports siblings of its own floor, without circles, and floors below.

use std::collections::{BTreeMap, BTreeSet};

use crate::repository::{assert_none, files_ending, read};

/// The floors, from the ground up: the folders and files of each.
///
/// `mail` stands below the proofs, because records send mails (an invitation, a link for a parent).
const FLOORS: [&[&str]; 9] = [
    &["base"],
    &["store"],
    &["http"],
    &["people"],
    &["mail"],
    &["access"],
    &["records", "wire"],
    &["sign_in", "operators"],
    &["clients", "inspect", "provision", "queue_poll", "start", "worker"],
];

const SOURCES: &str = "shared/platform/src/";

/// Modules and the modules each imports: `store/change` for `store/change.rs` and for `store/change/mod.rs`.
struct Imports(BTreeMap<String, BTreeSet<String>>);

#[test]
fn platform_imports_downwards_and_in_no_circle() {
    let mut sources = Vec::new();
    for path in files_ending(SOURCES, &[".rs"]) {
        let place = path.strip_prefix(SOURCES).expect("below the sources").to_owned();
        if place != "lib.rs" && !place.ends_with("tests.rs") {
            sources.push((place, read(&path)));
        }
    }
    let imports = Imports::of(&sources);
    let arrows: usize = imports.0.values().map(BTreeSet::len).sum();
    assert!(arrows > 500, "only {arrows} imports were found");
    assert_none("imports against the floors", &imports.offences());
}

impl Imports {
    /// Reads the imports of sources: the place of each file below `src/`, and its text.
    fn of(sources: &[(String, String)]) -> Self {
        let modules: BTreeSet<_> = sources.iter().map(|(place, _)| module_of(place)).collect();
        let mut imports = BTreeMap::new();
        for (place, source) in sources {
            let module = module_of(place);
            let source = without_tests_and_comments(source);
            let paths = paths_of(&source).into_iter();
            let reached = paths.filter_map(|path| resolve(&modules, &module, &path));
            let reached = reached.filter(|other| *other != module).collect();
            imports.insert(module, reached);
        }
        Self(imports)
    }

    fn offences(&self) -> Vec<String> {
        let mut offences = Vec::new();
        for (module, reached) in &self.0 {
            let Some(floor) = floor_of(module) else {
                offences.push(format!("{module} is on no floor"));
                continue;
            };
            let above = reached.iter().filter(|other| floor_of(other).is_some_and(|it| it > floor));
            offences
                .extend(above.map(|other| format!("{module} imports {other}, which is above it")));
        }
        offences.extend(self.circles().into_iter().map(|circle| format!("a circle: {circle}")));
        offences
    }

    /// Modules that reach each other, as sets.
    fn circles(&self) -> BTreeSet<String> {
        let modules = self.0.keys().map(String::as_str);
        let reach: BTreeMap<_, _> =
            modules.map(|module| (module, self.reachable(module))).collect();
        let mut circles = BTreeSet::new();
        for (module, reached) in &reach {
            let returns = |other: &&&str| reach.get(**other).is_some_and(|it| it.contains(module));
            let circle: Vec<_> = reached.iter().filter(returns).copied().collect();
            if !circle.is_empty() {
                circles.insert(circle.join(", "));
            }
        }
        circles
    }

    /// Every module that a module imports, directly or through others.
    fn reachable(&self, module: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<_> = self.0.get(module).into_iter().flatten().collect();
        while let Some(other) = next.pop() {
            if reached.insert(other.as_str()) {
                next.extend(self.0.get(other).into_iter().flatten());
            }
        }
        reached
    }
}

/// The number of a module's floor, from the ground up.
fn floor_of(module: &str) -> Option<usize> {
    let top = module.split('/').next().unwrap_or_default();
    FLOORS.iter().position(|floor| floor.contains(&top))
}

fn module_of(place: &str) -> String {
    let name = place.trim_end_matches(".rs");
    name.strip_suffix("/mod").unwrap_or(name).to_owned()
}

/// A test may look at anything. Visibility such as `pub(in crate::sign_in)` imports nothing.
fn without_tests_and_comments(source: &str) -> String {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code = code.split("#[cfg(test)]\npub(crate) mod tests {").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n").replace("pub(in crate::", "pub(")
}

/// Every path that a source names: of its `use` declarations, and of its code.
fn paths_of(source: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut code = String::new();
    for statement in source.split_inclusive(';') {
        let lines = statement.lines().map(str::trim_start);
        let begins = |line: &str| {
            let rest = line.split_once("use ").map(|(before, _)| before.trim());
            rest.is_some_and(|before| before.is_empty() || before.starts_with("pub"))
        };
        let Some(first) = lines.clone().position(begins) else {
            code.push_str(statement);
            continue;
        };
        code.extend(lines.clone().take(first).flat_map(|line| [line, "\n"]));
        let tree: String =
            lines.skip(first).flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        let tree = tree.split_once("use ").map_or("", |(_, tree)| tree).trim_end_matches(';');
        leaves("", tree, &mut paths);
    }
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
            let before = code.get(..at).unwrap_or_default();
            if !before.ends_with(is_path) {
                let rest = code.get(at..).unwrap_or_default();
                paths.push(rest.chars().take_while(|c| is_path(*c)).collect());
            }
        }
    }
    paths
}

/// The paths of a tree such as `crate::store::{change::{Change, commit}, keys}`.
fn leaves(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let Some((head, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        found.push(format!("{prefix}{}", path.trim()));
        return;
    };
    let prefix = format!("{prefix}{}", head.trim());
    let body = rest.trim_end().strip_suffix('}').unwrap_or(rest);
    let (mut depth, mut part) = (0_usize, String::new());
    for letter in body.chars() {
        depth = match letter {
            '{' => depth + 1,
            '}' => depth.saturating_sub(1),
            _ => depth,
        };
        if letter == ',' && depth == 0 {
            leaves(&prefix, part.trim(), found);
            part.clear();
        } else {
            part.push(letter);
        }
    }
    if !part.trim().is_empty() {
        leaves(&prefix, part.trim(), found);
    }
}

/// The module that a path leads to, seen from another; `None` for what is not of this crate.
fn resolve(modules: &BTreeSet<String>, from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<_> = path.split("::").filter(|part| !part.is_empty()).collect();
    let mut at: Vec<_> = from.split('/').collect();
    match *parts.first()? {
        "crate" => at.clear(),
        "self" => {}
        "super" => {
            while parts.first() == Some(&"super") {
                parts.remove(0);
                at.pop();
            }
            parts.insert(0, "super");
        }
        // A child of the module itself.
        child if modules.contains(&format!("{from}/{child}")) => parts.insert(0, "self"),
        _ => return None,
    }
    for part in parts.into_iter().skip(1) {
        let deeper = [at.as_slice(), &[part]].concat().join("/");
        if !modules.contains(&deeper)
            && !modules.iter().any(|it| it.starts_with(&format!("{deeper}/")))
        {
            break;
        }
        at.push(part);
    }
    let module = at.join("/");
    modules.contains(&module).then_some(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offences(sources: &[(&str, &str)]) -> Vec<String> {
        let own = |(place, text): &(&str, &str)| ((*place).to_owned(), (*text).to_owned());
        Imports::of(&sources.iter().map(own).collect::<Vec<_>>()).offences()
    }

    #[test]
    fn an_arrow_that_is_turned_round_is_found() {
        let below = ("store/change.rs", "pub struct Change;");
        let above = ("records/schools/mod.rs", "use crate::store::change::{self, Change};");
        assert!(offences(&[below, above]).is_empty());
        let turned = [
            "use crate::records::schools;",
            "pub(crate) use crate::{\n    records::{schools::School},\n};",
            "fn find() -> crate::records::schools::School {}",
            "use super::super::records::schools;",
        ];
        for text in turned {
            let found = offences(&[("store/change.rs", text), ("records/schools/mod.rs", "")]);
            assert_eq!(
                found,
                ["store/change imports records/schools, which is above it"],
                "{text}"
            );
        }
    }

    #[test]
    fn a_circle_of_siblings_is_found() {
        let parent = ("mail/mod.rs", "mod asked;\npub use asked::Asked;");
        assert!(offences(&[parent, ("mail/asked.rs", "pub struct Asked;")]).is_empty());
        let child = ("mail/asked.rs", "use super::Mail;\npub struct Asked;");
        assert_eq!(offences(&[parent, child]), ["a circle: mail, mail/asked"]);
        let three = [
            ("http/a.rs", "use crate::http::b::B;"),
            ("http/b.rs", "use super::c;"),
            ("http/c.rs", "fn c() { crate::http::a::a(); }"),
        ];
        assert_eq!(offences(&three), ["a circle: http/a, http/b, http/c"]);
    }

    #[test]
    fn tests_comments_and_visibility_import_nothing() {
        let text = "// use crate::records::schools;\npub(in crate::sign_in) fn a() {}\n\
                    #[cfg(test)]\nmod tests {\n    use crate::records::schools;\n}\n";
        let found =
            offences(&[("store/a.rs", text), ("records/schools.rs", ""), ("sign_in/mod.rs", "")]);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_file_outside_the_floors_is_found() {
        assert_eq!(offences(&[("utils.rs", "")]), ["utils is on no floor"]);
    }
}
