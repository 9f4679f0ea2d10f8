//! What the row of a grant and the row of its request both say, written and changed in one way.

use domain::access::{Held, Relation};

use crate::store::change::Edit;
use crate::store::item::{Item, json, number};

/// Reads it; rows from before students were let in say nothing of who somebody is.
pub(crate) fn read(row: &Item) -> Option<Held> {
    Some(Held {
        relation: row.json_or_default("relation")?,
        state: row.json("state")?,
        must_agree: row.number::<i64>("must_agree").is_some(),
    })
}

/// Writes it into a new row.
pub(crate) fn write(row: Item, held: Held) -> Item {
    let row = row.with_json("relation", &held.relation).with_json("state", &held.state);
    if held.must_agree { row.with_number("must_agree", 1) } else { row }
}

/// Conditions: the row is still as it was read. `must_agree` is one of them, because ending an access that was given up
/// sets it and leaves the state as it is.
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

/// Changes it where it is still as it was read.
pub(crate) fn edit(before: Held, after: Held) -> Edit {
    let edit = unchanged(before).set("state", json(&after.state));
    if after.must_agree { edit.set("must_agree", number(1)) } else { edit }
}
