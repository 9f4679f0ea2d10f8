//! A photographer's business: the tenant.

use serde::{Deserialize, Serialize};

use crate::ids::StudioId;
use crate::text::Line;

/// A studio. Business data belongs to exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Studio {
    /// Its id.
    pub id: StudioId,
    /// What it is called in letters and galleries. A business name, not personal data.
    pub name: Line,
    /// IANA zone its schools take when they name none.
    pub time_zone: String,
}
