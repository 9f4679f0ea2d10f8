//! That a site administrator may act at people's accounts: a row beside the sessions, because whoever answers at an
//! account cannot read the table of site administrators.

use domain::ids::OperatorId;

use crate::base::app::App;
use crate::store::change::{Change, Edit};
use crate::store::error::StoreError;
use crate::store::item::number;
use crate::store::keys;

/// The change that lets acting of one sign-in of theirs go on, until `ends`.
pub(crate) fn allow(
    app: &App,
    operator: &OperatorId,
    epoch: u32,
    ends: i64,
) -> Result<Change, StoreError> {
    let edit = Edit::default().set("epoch", number(epoch)).set("ttl", number(ends));
    Change::edit(app.access()?, &keys::operators::acting(operator), edit)
}

/// The change that ends all acting of theirs, whatever sign-in it is of: at its very next request.
pub(crate) fn end(app: &App, operator: &OperatorId) -> Result<Change, StoreError> {
    // The row goes soon, and without it nothing is allowed either.
    let now = app.now().as_second();
    let edit = Edit::default().set("epoch", number(-1)).set("ttl", number(now));
    Change::edit(app.access()?, &keys::operators::acting(operator), edit)
}

/// Whether acting of a sign-in goes on.
pub(crate) async fn is_allowed(
    app: &App,
    operator: &OperatorId,
    epoch: u32,
) -> Result<bool, StoreError> {
    let row = app.access()?.get(&keys::operators::acting(operator)).await?;
    Ok(row.is_some_and(|row| row.number::<i64>("epoch") == Some(i64::from(epoch))))
}
