//! The attributes that the row of a grant and the row of its access request share.

use domain::access::{Held, Relation};

use crate::store::change::Edit;
use crate::store::item::{Item, json, number};

/// Reads them. Rows written before students had accounts have no `relation`, which then takes its default.
pub(crate) fn read(row: &Item) -> Option<Held> {
    Some(Held {
        relation: row.json_or_default("relation")?,
        state: row.json("state")?,
        must_agree: row.number::<i64>("must_agree").is_some(),
    })
}

/// Writes them into a new row.
pub(crate) fn write(row: Item, held: Held) -> Item {
    let row = row.with_json("relation", &held.relation).with_json("state", &held.state);
    if held.must_agree { row.with_number("must_agree", 1) } else { row }
}

/// Returns the condition that the row is still as it was read.
///
/// `must_agree` is part of it, because ending an access that was given up sets it and leaves the state unchanged.
pub(crate) fn unchanged(before: Held) -> Edit {
    let other = match before.relation {
        Relation::Parent => Relation::Student,
        Relation::Student => Relation::Parent,
    };
    let edit =
        Edit::default().expect("state", json(&before.state)).expect_not("relation", json(&other));
    if before.must_agree {
        edit.expect("must_agree", number(1))
    } else {
        edit.expect_absent("must_agree")
    }
}

/// Returns the edit from `before` to `after`, if the row is still as it was read.
pub(crate) fn edit(before: Held, after: Held) -> Edit {
    let edit = unchanged(before).set("state", json(&after.state));
    if after.must_agree { edit.set("must_agree", number(1)) } else { edit }
}
