//! A row's attributes, with typed reading and writing.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::keys::Key;

/// One row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Item(HashMap<String, AttributeValue>);

impl From<HashMap<String, AttributeValue>> for Item {
    fn from(attributes: HashMap<String, AttributeValue>) -> Self {
        Self(attributes)
    }
}

impl Item {
    /// Creates a row that has only its key.
    pub(crate) fn at(key: &Key) -> Self {
        Self(key.attributes())
    }

    pub(crate) fn into_attributes(self) -> HashMap<String, AttributeValue> {
        self.0
    }

    pub(crate) fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn with_text(self, name: &str, value: impl Into<String>) -> Self {
        self.with(name, AttributeValue::S(value.into()))
    }

    pub(crate) fn with_number<N: ToString + Copy>(self, name: &str, value: N) -> Self {
        self.with(name, number(value))
    }

    /// Sets the expiry time, in Unix seconds: code checks `ends`, DynamoDB cleans up by `ttl`.
    pub(crate) fn ending(self, seconds: i64) -> Self {
        self.with_number("ends", seconds).with_number("ttl", seconds)
    }

    pub(crate) fn with_bytes(self, name: &str, value: Vec<u8>) -> Self {
        self.with(name, AttributeValue::B(Blob::new(value)))
    }

    /// Sets an attribute to the JSON text of one of our enums or structs.
    pub(crate) fn with_json(self, name: &str, value: &impl Serialize) -> Self {
        self.with(name, json(value))
    }

    pub(crate) fn with_set(self, name: &str, values: &BTreeSet<String>) -> Self {
        // DynamoDB refuses an empty set: an absent attribute is the empty set.
        if values.is_empty() {
            return self;
        }
        self.with(name, AttributeValue::Ss(values.iter().cloned().collect()))
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_s().ok().cloned()
    }

    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.0.get(name)?.as_n().ok()?.parse().ok()
    }

    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name)?.as_b().ok().map(AsRef::as_ref)
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.0.get(name)?.as_s().ok()?).ok()
    }

    /// Reads as [`Self::json`] an attribute that older rows do not have; `None` for one that cannot be read.
    pub(crate) fn json_or_default<T: DeserializeOwned + Default>(&self, name: &str) -> Option<T> {
        if self.0.contains_key(name) { self.json(name) } else { Some(T::default()) }
    }

    pub(crate) fn set(&self, name: &str) -> BTreeSet<String> {
        let values = self.0.get(name).and_then(|value| value.as_ss().ok());
        values.into_iter().flatten().cloned().collect()
    }
}

/// Converts a number to DynamoDB's form.
pub(crate) fn number<N: ToString + Copy>(value: N) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Converts bytes to DynamoDB's form.
pub(crate) fn bytes(value: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(value))
}

/// Converts one of our values to JSON text.
pub(crate) fn json(value: &impl Serialize) -> AttributeValue {
    // Our own types serialise. Only a map whose keys are not text would fail, and none of our types has one.
    AttributeValue::S(serde_json::to_string(value).unwrap_or_default())
}
