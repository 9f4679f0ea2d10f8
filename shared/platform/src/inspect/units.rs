//! Capacity units that an [`App`] consumes in its tables, as `DynamoDB` counts them.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsInput, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

use crate::base::app::App;

/// The capacity that the calls of a store consumed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Consumed {
    /// Read units: one is a strongly consistent read of up to 4 KB.
    pub reads: f64,
    /// Write units: one is a write of up to 1 KB, two in a transaction.
    pub writes: f64,
    /// Calls.
    pub calls: u32,
    /// Calls whose response had no count, such as a failed condition. The sums do not include them.
    pub uncounted: u32,
}

/// A running count, shared by its clones.
///
/// Requests the consumed capacity with every call, which production never does.
#[derive(Debug, Clone, Default)]
pub struct Units(Arc<Mutex<Consumed>>);

impl Units {
    /// Returns the consumption since the last call, and resets the count.
    pub fn take(&self) -> Consumed {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl App {
    /// Returns the same app, which adds the capacity it consumes to `units`.
    #[must_use]
    pub fn counting(mut self, units: &Units) -> Self {
        let config = self.dynamodb.config().to_builder().interceptor(units.clone());
        self.dynamodb = Client::from_conf(config.build());
        self
    }
}

impl Intercept for Units {
    fn name(&self) -> &'static str {
        "units"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input_mut();
        let total = Some(ReturnConsumedCapacity::Total);
        if let Some(get) = input.downcast_mut::<GetItemInput>() {
            get.return_consumed_capacity = total;
        } else if let Some(get) = input.downcast_mut::<BatchGetItemInput>() {
            get.return_consumed_capacity = total;
        } else if let Some(query) = input.downcast_mut::<QueryInput>() {
            query.return_consumed_capacity = total;
        } else if let Some(put) = input.downcast_mut::<PutItemInput>() {
            put.return_consumed_capacity = total;
        } else if let Some(update) = input.downcast_mut::<UpdateItemInput>() {
            update.return_consumed_capacity = total;
        } else if let Some(change) = input.downcast_mut::<TransactWriteItemsInput>() {
            change.return_consumed_capacity = total;
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (mut reads, mut writes) = (None, None);
        if let Ok(output) = context.output_or_error() {
            if let Some(get) = output.downcast_ref::<GetItemOutput>() {
                reads = get.consumed_capacity().and_then(ConsumedCapacity::capacity_units);
            } else if let Some(get) = output.downcast_ref::<BatchGetItemOutput>() {
                reads = sum(get.consumed_capacity());
            } else if let Some(query) = output.downcast_ref::<QueryOutput>() {
                reads = query.consumed_capacity().and_then(ConsumedCapacity::capacity_units);
            } else if let Some(put) = output.downcast_ref::<PutItemOutput>() {
                writes = put.consumed_capacity().and_then(ConsumedCapacity::capacity_units);
            } else if let Some(update) = output.downcast_ref::<UpdateItemOutput>() {
                writes = update.consumed_capacity().and_then(ConsumedCapacity::capacity_units);
            } else if let Some(change) = output.downcast_ref::<TransactWriteItemsOutput>() {
                writes = sum(change.consumed_capacity());
            }
        }
        let mut consumed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        consumed.calls += 1;
        consumed.uncounted += u32::from(reads.is_none() && writes.is_none());
        consumed.reads += reads.unwrap_or_default();
        consumed.writes += writes.unwrap_or_default();
        Ok(())
    }
}

/// Sums the units of all tables of a response; `None` when a table has no count, or there are no tables.
fn sum(tables: &[ConsumedCapacity]) -> Option<f64> {
    tables.iter().map(ConsumedCapacity::capacity_units).reduce(|a, b| Some(a? + b?)).flatten()
}
