//! The key of a row, and the partitions that several kinds of rows share.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::{Id, Kind, PersonId, StudioId};

/// The key of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    pub(crate) fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            ("PK".to_owned(), AttributeValue::S(self.pk.clone())),
            ("SK".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

pub(super) fn key(pk: String, sk: impl Into<String>) -> Key {
    Key { pk, sk: sk.into() }
}

/// The partition of a studio: the studio, its districts, schools and picture days.
pub(crate) fn studio_partition(studio: &StudioId) -> String {
    format!("STUDIO#{studio}")
}

/// The partition of a school: its students and their rows. Takes the id of the school or of any of its children.
pub(crate) fn school_partition<K: Kind>(studio: &StudioId, school_or_child: &Id<K>) -> String {
    format!("STUDIO#{studio}#SCHOOL#{}", school_or_child.parent_part())
}

/// The partition of a picture day: photos, cameras, galleries. Takes the id of the day or of any of its children.
pub(crate) fn day_partition<K: Kind>(studio: &StudioId, day_or_child: &Id<K>) -> String {
    format!("STUDIO#{studio}#DAY#{}", day_or_child.parent_part())
}

/// The partition of a person.
pub(crate) fn person_partition(person: &PersonId) -> String {
    format!("PERSON#{person}")
}
