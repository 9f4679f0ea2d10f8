//! Plain English: words that make a sentence a riddle stand in no comment and no document.

use crate::repository::{assert_none, files_ending, read};

/// Words for a person without a role, and turns of phrase that have to be read twice.
const RIDDLES: [&str; 10] = [
    "whoever",
    "whomever",
    "somebody",
    "nobody",
    "of whom",
    "what of",
    "the one who",
    "is asked",
    "are asked",
    "lets in",
];

/// This list itself.
const EXCEPT: [&str; 1] = ["tests/tidy/src/language.rs"];

/// How comments begin, by the ending of a file's name; a document is read whole.
const COMMENTS: [(&str, &[&str]); 10] = [
    (".rs", &["//"]),
    (".js", &["//"]),
    (".css", &["/*", "* "]),
    (".py", &["# "]),
    (".sh", &["# "]),
    (".ci/run", &["# "]),
    (".toml", &["# "]),
    (".yaml", &["# "]),
    (".yml", &["# "]),
    (".md", &[""]),
];

/// The comments of a line; empty for code alone. An address such as `https://…` begins none.
fn comment<'a>(line: &'a str, marks: &[&str]) -> &'a str {
    let begin = marks.iter().filter_map(|mark| {
        let mut places = line.match_indices(mark).map(|(at, _)| at);
        places.find(|at| line.get(..*at).is_some_and(|it| it.is_empty() || it.ends_with(' ')))
    });
    begin.min().and_then(|at| line.get(at..)).unwrap_or_default()
}

/// The riddles in a text.
fn riddles(text: &str) -> Vec<&'static str> {
    let plain: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { ' ' })
        .collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = format!(" {words} ");
    RIDDLES.into_iter().filter(|riddle| words.contains(&format!(" {riddle} "))).collect()
}

#[test]
fn no_comment_or_document_has_a_riddle() {
    let mut offences = Vec::new();
    let mut seen = 0;
    for (ending, marks) in COMMENTS {
        for path in files_ending(".", &[ending]) {
            if EXCEPT.contains(&path.as_str()) {
                continue;
            }
            for (number, line) in (1..).zip(read(&path).lines()) {
                let comment = comment(line, marks);
                seen += usize::from(!comment.is_empty());
                let found = riddles(comment).into_iter();
                offences.extend(found.map(|riddle| format!("{path}:{number}: {riddle}")));
            }
        }
    }
    assert!(seen > 10_000, "only {seen} comments");
    assert_none("say who, and say it plainly", &offences);
}

#[test]
fn a_riddle_is_found_in_a_comment_and_not_in_code() {
    let found = |line: &str| riddles(comment(line, &["//"]));
    assert_eq!(found("    /// Whoever it is."), ["whoever"]);
    assert_eq!(found("let a = 1; // somebody is asked"), ["somebody", "is asked"]);
    assert!(found("let nobody = \"https://nobody\";").is_empty());
    assert!(found("/// `nobody_reads` is a name.").is_empty());
}
