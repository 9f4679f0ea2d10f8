//! How a file is to be read and compared.

use domain::roster::{CompareOptions, ReadOptions};
use serde::{Deserialize, Serialize};

/// How a roster file is to be read and compared.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct RosterWishes {
    /// How its bytes become rows.
    pub options: ReadOptions,
    /// How its rows are compared with the school.
    pub compare: CompareOptions,
}
