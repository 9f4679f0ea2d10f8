//! The permission of a site administrator to impersonate people.
//!
//! It is a row in the table `access`, because the functions that answer for an account cannot read the table of site
//! administrators.

use domain::ids::OperatorId;

use crate::base::app::App;
use crate::store::change::{Change, Edit};
use crate::store::error::StoreError;
use crate::store::item::number;
use crate::store::keys;

/// Returns the change that permits impersonation by the operator session of this epoch.
///
/// `ends` (Unix seconds) only sets when DynamoDB deletes the row; the sessions check their own expiry.
pub(crate) fn allow(
    app: &App,
    operator: &OperatorId,
    epoch: u32,
    ends: i64,
) -> Result<Change, StoreError> {
    let edit = Edit::default().set("epoch", number(epoch)).set("ttl", number(ends));
    Change::edit(app.access()?, &keys::operators::acting(operator), edit)
}

/// Returns the change that stops every impersonation by this administrator, at its next request.
pub(crate) fn end(app: &App, operator: &OperatorId) -> Result<Change, StoreError> {
    // The row is deleted soon; without a row no impersonation is allowed either.
    let now = app.now().as_second();
    let edit = Edit::default().set("epoch", number(-1)).set("ttl", number(now));
    Change::edit(app.access()?, &keys::operators::acting(operator), edit)
}

/// May the operator session of this epoch impersonate people?
pub(crate) async fn is_allowed(
    app: &App,
    operator: &OperatorId,
    epoch: u32,
) -> Result<bool, StoreError> {
    let row = app.access()?.get(&keys::operators::acting(operator)).await?;
    Ok(row.is_some_and(|row| row.number::<i64>("epoch") == Some(i64::from(epoch))))
}
