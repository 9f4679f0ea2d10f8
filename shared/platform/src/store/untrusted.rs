//! Ids that came from outside and were not looked up yet.

/// What a request carries: an id that has not been looked up in the caller's studio yet. It is good for
/// nothing but to be resolved there.
#[derive(Debug, Clone)]
pub struct Untrusted<T>(T);

impl<T> Untrusted<T> {
    /// Marks a value that came with a request or a message.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the store handle that looks it up.
    pub(crate) fn inner(&self) -> &T {
        &self.0
    }
}
