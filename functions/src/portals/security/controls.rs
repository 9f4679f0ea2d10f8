//! The list of promises, as the page shows it. The list says what each line means.

use std::sync::OnceLock;

use serde::Deserialize;

/// The list itself, compiled in.
pub(super) const LIST: &str = include_str!("../../../../shared/controls.toml");

/// The list, as far as it is shown.
#[derive(Debug, Deserialize)]
pub(super) struct Controls {
    /// The day of the last change: `2026-11-22`.
    pub(super) updated: String,
    pub(super) area: Vec<Area>,
    pub(super) control: Vec<Control>,
}

/// Promises about one thing. Their ids begin with its letter.
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

/// How far a promise is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// Built and proven.
    Shipped,
    /// Not promised yet.
    Roadmap,
    /// No part of this product.
    NotHere,
}

/// The same in every language.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    pub(super) en: String,
    pub(super) es: String,
}

/// The list; `None` when it cannot be read, which a test excludes.
pub(super) fn controls() -> Option<&'static Controls> {
    static CONTROLS: OnceLock<Option<Controls>> = OnceLock::new();
    CONTROLS.get_or_init(|| toml::from_str(LIST).ok()).as_ref()
}
