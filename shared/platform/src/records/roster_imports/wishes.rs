//! Options for reading and comparing a file.

use domain::roster::{CompareOptions, ReadOptions};
use serde::{Deserialize, Serialize};

/// Options for reading and comparing a roster file.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct RosterWishes {
    /// How bytes become rows.
    pub options: ReadOptions,
    /// How rows are compared with the school.
    pub compare: CompareOptions,
}
