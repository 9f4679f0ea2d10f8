//! A person's decisions about a comparison.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Whether a file has all students of a school.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterScope {
    /// Some students: those not in the file stay as they are.
    #[default]
    Partial,
    /// All students: those not in the file have left.
    Whole,
}

/// A person's decisions about a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompareOptions {
    /// Whether the file has all students.
    pub scope: RosterScope,
    /// Whether to keep the school's ids where the file has lost their leading zeros. The default is `true`.
    pub keep_known_ids: bool,
    /// Decisions about rows in conflict, by row number.
    pub decisions: BTreeMap<u32, RowDecision>,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self { scope: RosterScope::Partial, keep_known_ids: true, decisions: BTreeMap::new() }
    }
}

/// A person's decision about a row in conflict.
///
/// A conflict is settled when the rows that keep the id all have the same name.
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
