//! Why the store could not find something out or write it.

use crate::base::config::Missing;
use crate::base::crypto::data_key::OpenError;
use crate::base::crypto::ring::RingError;

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
