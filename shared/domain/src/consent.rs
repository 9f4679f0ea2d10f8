//! The consent that a parent gives before any photo is shown.

/// A consent document in its current wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentDocument {
    /// The stable name.
    pub name: &'static str,
    /// The version of the wording: the date it came into force.
    pub version: &'static str,
    /// The heading.
    pub title: &'static str,
    /// The paragraphs, in plain language.
    pub text: &'static [&'static str],
}

/// The consent to see one's child's school photos, or one's own.
///
/// The text says what this system does, not what a law requires: legal texts are the operator's task. A change of the
/// wording is a new version, and every person must consent again.
///
pub const PARENT_ACCESS: ConsentDocument = ConsentDocument {
    name: "parent_access",
    version: "2026-11-26",
    title: "Seeing school photos here",
    text: &[
        "You are the parent or legal guardian of the child whose code you entered, or that student yourself and 18 or older, and the e-mail address you confirmed is yours.",
        "The school and its photographer share the student's name, class and school photos with you here, for school photography only. Nothing is used for advertising, and nothing is sold.",
        "We keep your e-mail address to sign you in and to tell you about these photos, and a record of each time they are opened.",
        "You can stop at any time: the school or the photographer ends your access, and can correct or delete what is kept about the student when you ask them.",
    ],
};
