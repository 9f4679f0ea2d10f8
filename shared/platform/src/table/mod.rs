//! How rows are kept: one way to read, one way to change, and a file per noun.
//!
//! [`keys`] opens with the map of all items and access patterns. Expressions are made of fixed text
//! and placeholders only; values and attribute names never stand in them.

pub mod access_requests;
pub mod access_reviews;
pub mod api_keys;
pub mod audit;
pub(crate) mod awaited;
pub mod camera_cards;
pub(crate) mod ceremonies;
pub(crate) mod change;
pub mod directory_people;
pub mod galleries;
pub(crate) mod guest_tokens;
pub(crate) mod identities;
pub mod identity_providers;
pub mod invitations;
pub(crate) mod item;
pub mod keys;
pub(crate) mod operators;
pub mod people;
pub mod photos;
pub mod picture_days;
pub mod roster_imports;
pub mod school_staff;
pub mod schools;
pub mod scim_tokens;
pub(crate) mod second_factors;
pub(crate) mod sessions;
pub mod share_codes;
pub(crate) mod sign_in_flows;
pub mod sign_ups;
pub mod student_keys;
pub mod students;
pub mod studio_staff;
pub mod studios;
pub(crate) mod token_families;
pub mod tokens;
pub mod trusted_issuers;

use futures_util::FutureExt as _;
use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, Select};

pub(crate) use change::{Change, Committed, commit};
pub(crate) use item::Item;
pub use keys::Key;

use crate::config::Missing;
use crate::crypto::data_key::OpenError;
use crate::crypto::ring::RingError;

/// Why something could not be found out or written. Storage never decides about HTTP.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The service did not do it.
    #[error("the store did not answer: {0}")]
    Service(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored row makes no sense.
    #[error("a stored {0} makes no sense")]
    Corrupt(&'static str),
    /// A page was asked for after a place that is not in the list.
    #[error("the cursor is of another list")]
    ForeignCursor,
    /// A name was not configured.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// The key ring is not to be had.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// Sealed bytes do not open.
    #[error(transparent)]
    Sealed(#[from] OpenError),
}

/// Turns a service's error into ours; `what` says what was being done.
pub(crate) fn service<E>(what: &'static str) -> impl FnOnce(E) -> StoreError
where
    E: std::error::Error + Send + Sync + 'static,
{
    move |error| StoreError::Service(what, Box::new(error))
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
    /// One row, read strongly consistent.
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

    /// Rows by their keys, in no order; what is missing is left out. Up to 100 keys a call, repeated
    /// until the store has answered all.
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

    /// Up to `limit` rows of a partition whose sort key begins with `prefix`, after `after`, which may come
    /// from a client: a place outside the list, which `DynamoDB` refuses, is [`StoreError::ForeignCursor`].
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
        // An empty text may not stand in a key condition: the whole partition is asked for without one.
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

    /// All rows of a partition whose sort key begins with `prefix`, page by page.
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

    /// How many rows of a partition have a sort key that begins with `prefix`.
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
