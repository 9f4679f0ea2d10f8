//! A change: several rows in one transaction, all or none.

use futures_util::FutureExt as _;
use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};

use crate::base::app::App;
use crate::store::error::{StoreError, service};
use crate::store::item::Item;
use crate::store::keys::Key;
use crate::store::table::Table;

/// One row's part of a transaction.
#[derive(Clone)]
pub(crate) struct Change(TransactWriteItem);

/// The outcome of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Committed {
    /// Every row was written.
    Yes,
    /// Nothing was written: a condition failed. Holds the index of the first such change.
    Refused(usize),
}

/// An update of a row: attributes to set, remove or add to, and the conditions.
///
/// Names and values become placeholders; only fixed text of this file reaches an expression.
#[derive(Default)]
pub(crate) struct Edit {
    set: Vec<String>,
    remove: Vec<String>,
    conditions: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Edit {
    fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#n{}", self.names.len());
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    pub(crate) fn set(mut self, name: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(name), self.value(value));
        self.set.push(format!("{name} = {value}"));
        self
    }

    /// Adds `value` to a number; an absent one counts as zero.
    pub(crate) fn add(mut self, name: &str, value: i64) -> Self {
        let name = self.name(name);
        let zero = self.value(AttributeValue::N("0".to_owned()));
        let value = self.value(AttributeValue::N(value.to_string()));
        self.set.push(format!("{name} = if_not_exists({name}, {zero}) + {value}"));
        self
    }

    pub(crate) fn remove(mut self, name: &str) -> Self {
        let name = self.name(name);
        self.remove.push(name);
        self
    }

    /// Requires that the row exists.
    pub(crate) fn exists(mut self) -> Self {
        let name = self.name("PK");
        self.conditions.push(format!("attribute_exists({name})"));
        self
    }

    /// Requires that an attribute has this value.
    pub(crate) fn expect(mut self, name: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(name), self.value(value));
        self.conditions.push(format!("{name} = {value}"));
        self
    }

    /// Requires that an attribute does not have this value; it may be absent.
    pub(crate) fn expect_not(mut self, name: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(name), self.value(value));
        self.conditions.push(format!("(attribute_not_exists({name}) OR {name} <> {value})"));
        self
    }

    /// Requires that a number is above this one.
    pub(crate) fn expect_above(mut self, name: &str, value: i64) -> Self {
        let (name, value) = (self.name(name), self.value(AttributeValue::N(value.to_string())));
        self.conditions.push(format!("{name} > {value}"));
        self
    }

    /// Requires that a number is below this one.
    pub(crate) fn expect_below(mut self, name: &str, value: i64) -> Self {
        let (name, value) = (self.name(name), self.value(AttributeValue::N(value.to_string())));
        self.conditions.push(format!("{name} < {value}"));
        self
    }

    /// Requires that a number is absent or at most this one.
    pub(crate) fn expect_over(mut self, name: &str, value: i64) -> Self {
        let (name, value) = (self.name(name), self.value(AttributeValue::N(value.to_string())));
        self.conditions.push(format!("(attribute_not_exists({name}) OR {name} <= {value})"));
        self
    }

    /// Requires that an attribute is absent.
    pub(crate) fn expect_absent(mut self, name: &str) -> Self {
        let name = self.name(name);
        self.conditions.push(format!("attribute_not_exists({name})"));
        self
    }

    fn expression(&self) -> String {
        let mut expression = String::new();
        if !self.set.is_empty() {
            expression.push_str("SET ");
            expression.push_str(&self.set.join(", "));
        }
        if !self.remove.is_empty() {
            expression.push_str(" REMOVE ");
            expression.push_str(&self.remove.join(", "));
        }
        expression
    }

    fn condition(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }
}

impl Change {
    /// Writes a row that must not exist yet.
    pub(crate) fn create(table: Table<'_>, item: Item) -> Result<Self, StoreError> {
        let put = Put::builder()
            .table_name(table.name)
            .set_item(Some(item.into_attributes()))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(service("put"))?;
        Ok(Self(TransactWriteItem::builder().put(put).build()))
    }

    /// Writes a row, whether it exists or not.
    pub(crate) fn put(table: Table<'_>, item: Item) -> Result<Self, StoreError> {
        let put = Put::builder()
            .table_name(table.name)
            .set_item(Some(item.into_attributes()))
            .build()
            .map_err(service("put"))?;
        Ok(Self(TransactWriteItem::builder().put(put).build()))
    }

    /// Replaces a row whose attribute must have this value.
    pub(crate) fn replace(
        table: Table<'_>,
        item: Item,
        name: &str,
        value: AttributeValue,
    ) -> Result<Self, StoreError> {
        Self::replace_expecting(table, item, Edit::default().expect(name, value))
    }

    /// Replaces a row that meets the conditions of `edit`; anything `edit` sets or removes is ignored.
    pub(crate) fn replace_expecting(
        table: Table<'_>,
        item: Item,
        edit: Edit,
    ) -> Result<Self, StoreError> {
        let put = Put::builder()
            .table_name(table.name)
            .set_item(Some(item.into_attributes()))
            .set_condition_expression(edit.condition())
            .set_expression_attribute_names(Some(edit.names))
            .set_expression_attribute_values((!edit.values.is_empty()).then_some(edit.values))
            .build()
            .map_err(service("put"))?;
        Ok(Self(TransactWriteItem::builder().put(put).build()))
    }

    /// Updates a row as `edit` says.
    pub(crate) fn edit(table: Table<'_>, key: &Key, edit: Edit) -> Result<Self, StoreError> {
        let update = Update::builder()
            .table_name(table.name)
            .set_key(Some(key.attributes()))
            .update_expression(edit.expression())
            .set_condition_expression(edit.condition())
            .set_expression_attribute_names(Some(edit.names))
            .set_expression_attribute_values((!edit.values.is_empty()).then_some(edit.values))
            .build()
            .map_err(service("update"))?;
        Ok(Self(TransactWriteItem::builder().update(update).build()))
    }

    /// Deletes a row that must exist.
    pub(crate) fn delete(table: Table<'_>, key: &Key) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .table_name(table.name)
            .set_key(Some(key.attributes()))
            .condition_expression("attribute_exists(PK)")
            .build()
            .map_err(service("delete"))?;
        Ok(Self(TransactWriteItem::builder().delete(delete).build()))
    }

    /// Deletes a row of which one attribute must have this value.
    pub(crate) fn delete_expecting(
        table: Table<'_>,
        key: &Key,
        name: &str,
        value: AttributeValue,
    ) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .table_name(table.name)
            .set_key(Some(key.attributes()))
            .condition_expression("#name = :value")
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":value", value)
            .build()
            .map_err(service("delete"))?;
        Ok(Self(TransactWriteItem::builder().delete(delete).build()))
    }

    /// Deletes a row if it exists.
    pub(crate) fn delete_if_there(table: Table<'_>, key: &Key) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .table_name(table.name)
            .set_key(Some(key.attributes()))
            .build()
            .map_err(service("delete"))?;
        Ok(Self(TransactWriteItem::builder().delete(delete).build()))
    }
}

/// Maximum number of rows in one transaction.
pub(crate) const MOST_CHANGES: usize = 100;

/// Writes all changes or none.
///
/// After a conflict with another transaction the SDK retries, and then this function does, up to 8 times: a
/// conflict says nothing about the conditions.
pub(crate) async fn commit(app: &App, changes: Vec<Change>) -> Result<Committed, StoreError> {
    let changes: Vec<_> = changes.into_iter().map(|change| change.0).collect();
    let mut tries_left = 8_u32;
    loop {
        let answer = app
            .dynamodb()
            .transact_write_items()
            .set_transact_items(Some(changes.clone()))
            .send()
            .boxed()
            .await;
        let Err(error) = answer else {
            return Ok(Committed::Yes);
        };
        match refusal(&error) {
            Refusal::Condition(row) => return Ok(Committed::Refused(row)),
            Refusal::Collision if tries_left > 0 => {
                tries_left -= 1;
                let wait = 10 * u64::from(9 - tries_left) + u64::from(app.random::<1>()[0] % 16);
                tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
            }
            Refusal::Collision | Refusal::Other => {
                return Err(StoreError::Service("transaction", Box::new(error)));
            }
        }
    }
}

enum Refusal {
    Condition(usize),
    Collision,
    Other,
}

fn refusal(error: &SdkError<TransactWriteItemsError>) -> Refusal {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    else {
        return Refusal::Other;
    };
    let reasons = cancelled.cancellation_reasons();
    let at = |code: &str| reasons.iter().position(|reason| reason.code() == Some(code));
    if let Some(row) = at("ConditionalCheckFailed") {
        return Refusal::Condition(row);
    }
    if at("TransactionConflict").is_some() {
        return Refusal::Collision;
    }
    Refusal::Other
}

/// The outcome of one row's update outside a transaction.
pub(crate) enum Edited {
    /// The row was written; this is its new content.
    Yes(Item),
    /// A condition failed; this is the existing row, if there is one.
    No(Option<Item>),
}

/// Updates one row outside a transaction and returns the row as it is afterwards.
pub(crate) async fn edit_and_see(
    app: &App,
    table: Table<'_>,
    key: &Key,
    edit: Edit,
) -> Result<Edited, StoreError> {
    let answer = app
        .dynamodb()
        .update_item()
        .table_name(table.name)
        .set_key(Some(key.attributes()))
        .update_expression(edit.expression())
        .set_condition_expression(edit.condition())
        .set_expression_attribute_names(Some(edit.names))
        .set_expression_attribute_values((!edit.values.is_empty()).then_some(edit.values))
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .boxed()
        .await;
    let error = match answer {
        Ok(written) => return Ok(Edited::Yes(Item::from(written.attributes.unwrap_or_default()))),
        Err(error) => error,
    };
    if let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error()
    {
        return Ok(Edited::No(failed.item().cloned().map(Item::from)));
    }
    Err(StoreError::Service("update", Box::new(error)))
}

/// Updates one row outside a transaction; `false` when a condition failed.
pub(crate) async fn edit_one(
    app: &App,
    table: Table<'_>,
    key: &Key,
    edit: Edit,
) -> Result<bool, StoreError> {
    Ok(matches!(edit_and_see(app, table, key, edit).await?, Edited::Yes(_)))
}
