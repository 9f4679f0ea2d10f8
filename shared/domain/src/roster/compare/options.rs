//! What a person decides about a comparison.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Whether a file holds all students of a school.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterScope {
    /// Some of them: students who are not in the file stay as they are.
    #[default]
    Partial,
    /// All of them: students who are not in the file have left.
    Whole,
}

/// Decisions of a person about a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompareOptions {
    /// Whether the file holds all students.
    pub scope: RosterScope,
    /// Keep the ids the school has where the file has them without their leading zeros. The default.
    pub keep_known_ids: bool,
    /// What to do with rows in conflict, by the number of the row.
    pub decisions: BTreeMap<u32, RowDecision>,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self { scope: RosterScope::Partial, keep_known_ids: true, decisions: BTreeMap::new() }
    }
}

/// What a person decides about a row in conflict. A conflict is settled when at most one of its rows keeps the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowDecision {
    /// The id belongs to this row.
    Use,
    /// The student is read without an id.
    UseWithoutId,
    /// The row is left out.
    LeaveOut,
}
