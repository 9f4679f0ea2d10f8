//! Ids that came with a request or a message and were not looked up yet.

/// An id from a request that was not yet looked up in the caller's studio.
///
/// Its only use is to be looked up there.
#[derive(Debug, Clone)]
pub struct Untrusted<T>(T);

impl<T> Untrusted<T> {
    /// Marks a value that came with a request or a message.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the store function that looks it up.
    pub(crate) fn inner(&self) -> &T {
        &self.0
    }
}
