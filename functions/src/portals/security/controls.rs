//! The list of promises, as the page shows it. The list itself documents its format.

use std::sync::OnceLock;

use serde::Deserialize;

/// The source text of the list, embedded in the binary.
pub(super) const LIST: &str = include_str!("../../../../shared/controls.toml");

/// The parsed list: only the shown members.
#[derive(Debug, Deserialize)]
pub(super) struct Controls {
    /// The day of the last change: `2026-11-22`.
    pub(super) updated: String,
    pub(super) area: Vec<Area>,
    pub(super) control: Vec<Control>,
}

/// An area of promises. Its letter is the first letter of their ids.
#[derive(Debug, Deserialize)]
pub(super) struct Area {
    pub(super) letter: char,
    pub(super) title: Said,
}

/// One promise.
#[derive(Debug, Deserialize)]
pub(super) struct Control {
    pub(super) id: String,
    pub(super) status: Status,
    pub(super) promise: Said,
    pub(super) reason: Option<Said>,
}

/// The status of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// Built and verified.
    Shipped,
    /// Planned, not promised yet.
    Roadmap,
    /// Not part of this product.
    NotHere,
}

/// The same text in every language.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    pub(super) en: String,
    pub(super) es: String,
}

/// Parses the list once; `None` when it cannot be parsed, which a test excludes.
pub(super) fn controls() -> Option<&'static Controls> {
    static CONTROLS: OnceLock<Option<Controls>> = OnceLock::new();
    CONTROLS.get_or_init(|| toml::from_str(LIST).ok()).as_ref()
}
