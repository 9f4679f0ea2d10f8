//! Errors of the store.

use crate::base::config::Missing;
use crate::base::crypto::data_key::OpenError;
use crate::base::crypto::ring::RingError;

/// Why a read or a write failed. The store never decides about HTTP.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The AWS service call failed.
    #[error("the storage operation \"{0}\" failed")]
    Service(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored value is invalid.
    #[error("the stored {0} is invalid")]
    Corrupt(&'static str),
    /// The cursor does not belong to this list.
    #[error("the cursor belongs to another list")]
    ForeignCursor,
    /// The environment does not name the table, bucket or queue.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// The key ring is not available.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// Decryption failed.
    #[error(transparent)]
    Sealed(#[from] OpenError),
}

/// Wraps an AWS error; `what` names the operation.
pub(crate) fn service<E>(what: &'static str) -> impl FnOnce(E) -> StoreError
where
    E: std::error::Error + Send + Sync + 'static,
{
    move |error| StoreError::Service(what, Box::new(error))
}
