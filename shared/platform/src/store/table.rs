//! One table of the store: reading rows, pages and counts.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, Select};
use futures_util::FutureExt as _;

use crate::base::app::App;
use crate::base::config::{Missing, required};
use crate::store::error::{StoreError, service};
use crate::store::item::Item;
use crate::store::keys::Key;

impl App {
    pub(crate) fn records(&self) -> Result<Table<'_>, Missing> {
        self.table(self.config().records_table.as_ref(), "RECORDS_TABLE")
    }

    pub(crate) fn access(&self) -> Result<Table<'_>, Missing> {
        self.table(self.config().access_table.as_ref(), "ACCESS_TABLE")
    }

    pub(crate) fn audit(&self) -> Result<Table<'_>, Missing> {
        self.table(self.config().audit_table.as_ref(), "AUDIT_TABLE")
    }

    pub(crate) fn keys(&self) -> Result<Table<'_>, Missing> {
        self.table(self.config().keys_table.as_ref(), "KEYS_TABLE")
    }

    pub(crate) fn operators(&self) -> Result<Table<'_>, Missing> {
        self.table(self.config().operators_table.as_ref(), "OPERATORS_TABLE")
    }

    fn table<'a>(
        &'a self,
        name: Option<&'a String>,
        variable: &'static str,
    ) -> Result<Table<'a>, Missing> {
        Ok(Table { client: self.dynamodb(), name: required(name, variable)? })
    }
}

/// One table.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    pub(crate) client: &'a aws_sdk_dynamodb::Client,
    pub(crate) name: &'a str,
}

/// A page of a partition: its rows, and where the next page begins.
pub(crate) struct Page {
    pub(crate) items: Vec<Item>,
    pub(crate) next: Option<String>,
}

impl Table<'_> {
    /// Reads one row, strongly consistent.
    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let found = self
            .client
            .get_item()
            .table_name(self.name)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .boxed()
            .await
            .map_err(service("get"))?;
        Ok(found.item.map(Item::from))
    }

    /// Reads rows by their keys, in no order; missing rows are left out.
    ///
    /// Each call asks for up to 100 keys, and repeats until the store has answered all.
    pub(crate) async fn get_many(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(100) {
            let mut wanted: Vec<_> = chunk.iter().map(Key::attributes).collect();
            while !wanted.is_empty() {
                let request = KeysAndAttributes::builder()
                    .set_keys(Some(std::mem::take(&mut wanted)))
                    .consistent_read(true)
                    .build()
                    .map_err(service("batch get"))?;
                let answer = self
                    .client
                    .batch_get_item()
                    .request_items(self.name, request)
                    .send()
                    .boxed()
                    .await
                    .map_err(service("batch get"))?;
                let rows = answer.responses.into_iter().flatten().flat_map(|(_, rows)| rows);
                found.extend(rows.map(Item::from));
                let left = answer.unprocessed_keys.into_iter().flatten();
                wanted = left.flat_map(|(_, keys)| keys.keys).collect();
            }
        }
        Ok(found)
    }

    /// Reads up to `limit` rows of a partition whose sort key begins with `prefix`, after `after`.
    ///
    /// `after` may come from a client. A position outside the list, which `DynamoDB` would refuse, is
    /// [`StoreError::ForeignCursor`].
    pub(crate) async fn page(
        &self,
        partition: &str,
        prefix: &str,
        after: Option<String>,
        limit: i32,
    ) -> Result<Page, StoreError> {
        if after.as_ref().is_some_and(|after| !after.starts_with(prefix)) {
            return Err(StoreError::ForeignCursor);
        }
        let start = after.map(|sk| Key { pk: partition.to_owned(), sk }.attributes());
        let query = self
            .client
            .query()
            .table_name(self.name)
            .expression_attribute_names("#pk", "PK")
            .expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()));
        // DynamoDB refuses an empty text in a key condition, so the query for a whole partition has none.
        let query = if prefix.is_empty() {
            query.key_condition_expression("#pk = :pk")
        } else {
            query
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
                .expression_attribute_names("#sk", "SK")
                .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()))
        };
        let answer = query
            .set_exclusive_start_key(start)
            .consistent_read(true)
            .limit(limit)
            .send()
            .boxed()
            .await
            .map_err(service("query"))?;
        let next = answer.last_evaluated_key.map(Item::from).and_then(|key| key.text("SK"));
        let items = answer.items.into_iter().flatten().map(Item::from).collect();
        Ok(Page { items, next })
    }

    /// Reads all rows of a partition whose sort key begins with `prefix`, page by page.
    pub(crate) async fn all(&self, partition: &str, prefix: &str) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let page = self.page(partition, prefix, after, 1_000).await?;
            items.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(items);
            }
        }
    }

    /// Counts the rows of a partition whose sort key begins with `prefix`.
    pub(crate) async fn count(&self, partition: &str, prefix: &str) -> Result<u32, StoreError> {
        let mut count = 0_u32;
        let mut start: Option<HashMap<String, AttributeValue>> = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(self.name)
                .select(Select::Count)
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
                .expression_attribute_names("#pk", "PK")
                .expression_attribute_names("#sk", "SK")
                .expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()))
                .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()))
                .set_exclusive_start_key(start)
                .consistent_read(true)
                .send()
                .boxed()
                .await
                .map_err(service("count"))?;
            count = count.saturating_add(u32::try_from(answer.count).unwrap_or(0));
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(count);
            }
        }
    }
}
