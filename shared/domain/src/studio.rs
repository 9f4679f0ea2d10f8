//! A photographer's business: the tenant.

use serde::{Deserialize, Serialize};

use crate::ids::StudioId;
use crate::text::Line;

/// A studio. Every business record belongs to exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Studio {
    /// The id.
    pub id: StudioId,
    /// The name in letters and galleries. A business name, not personal data.
    pub name: Line,
    /// Default IANA time zone of its schools.
    pub time_zone: String,
}
