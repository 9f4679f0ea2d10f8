//! Limits of a port before authentication: time, connections and memory.
//!
//! Without them half a header stays open forever, and 300 unfinished bodies of 4 MB hold 1.8 GB.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The time limit for a request's headers, from the connection or the end of the previous response.
///
/// Every client here is on the same machine. The limit also closes idle connections, and clients open new ones.
const HEADERS_WITHIN: Duration = Duration::from_secs(20);
/// The maximum size of the headers in bytes. API Gateway accepts 10,240 and `CloudFront` 32,768.
const LARGEST_HEADERS: usize = 32 * 1024;
/// How long a body, or the reader of a response, may be silent.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);
/// The same for streamed bodies: a worker decodes a photo or parses a roster between two pieces.
const LONGEST_STREAM_SILENCE: Duration = Duration::from_mins(1);
/// The time limit for a whole body. The gateway's largest, 4 MB, then needs 140 kB/s.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// The time limit until the response starts. API Gateway waits for 30 s; a debug build is slower.
const ANSWER_WITHIN: Duration = Duration::from_mins(2);
/// The maximum number of connections of a port.
///
/// Many machines limit a process to 1,024 open files, and a browser opens six connections.
const MOST_CONNECTIONS: usize = 256;
/// The maximum number of bytes held by all bodies in progress of a port: 16 of the gateway's largest.
const MOST_HELD_BYTES: usize = 64 * 1024 * 1024;
/// The bytes of each body that are not counted, so that a flood of large bodies cannot block a sign-in.
///
/// The number of connections limits them to 16 MB.
const FREE_BYTES: usize = 64 * 1024;

/// The limits of one port. Tests set small ones.
#[derive(Clone, Debug)]
pub struct PortLimits {
    /// From the connection, or the end of the previous response, to the end of the headers.
    pub headers_within: Duration,
    /// Bytes of the request line and the headers.
    pub largest_headers: usize,
    /// Between two pieces of a body, and between two pieces of a response that its reader accepts.
    pub longest_silence: Duration,
    /// The same where bodies are streamed.
    pub longest_stream_silence: Duration,
    /// From the headers to the end of the body. `None` where bodies are streamed.
    pub body_within: Option<Duration>,
    /// From the headers to the start of the response. `None` where bodies are streamed.
    pub answer_within: Option<Duration>,
    /// The maximum number of parallel connections.
    ///
    /// More connections wait in the queue of the operating system. When more than half are in use, every response
    /// closes its connection, so that idle connections do not block new ones.
    pub most_connections: usize,
    /// The bytes of all bodies in progress beyond their free bytes. `None` where bodies are streamed and not held.
    pub most_held_bytes: Option<usize>,
    /// The bytes of each body that are not counted.
    pub free_bytes: usize,
}

impl Default for PortLimits {
    fn default() -> Self {
        Self {
            headers_within: HEADERS_WITHIN,
            largest_headers: LARGEST_HEADERS,
            longest_silence: LONGEST_SILENCE,
            longest_stream_silence: LONGEST_STREAM_SILENCE,
            body_within: Some(BODY_WITHIN),
            answer_within: Some(ANSWER_WITHIN),
            most_connections: MOST_CONNECTIONS,
            most_held_bytes: Some(MOST_HELD_BYTES),
            free_bytes: FREE_BYTES,
        }
    }
}

impl PortLimits {
    /// Returns the same limits for bodies of any length that are streamed.
    #[must_use]
    pub fn streaming(self) -> Self {
        let longest_silence = self.longest_stream_silence;
        let (body_within, answer_within, most_held_bytes) = (None, None, None);
        Self { longest_silence, body_within, answer_within, most_held_bytes, ..self }
    }
}

/// The memory for the bodies in progress of one port.
#[derive(Clone)]
pub(super) struct BodyMemory {
    left: Option<Arc<Semaphore>>,
    free_bytes: usize,
}

impl BodyMemory {
    pub(super) fn new(limits: &PortLimits) -> Self {
        let left = limits.most_held_bytes.map(|most| Arc::new(Semaphore::new(most)));
        Self { left, free_bytes: limits.free_bytes }
    }

    /// Reserves memory for a piece of `bytes` after `before` bytes of the same body.
    ///
    /// `Err` when there is not enough.
    pub(super) fn take(
        &self,
        before: usize,
        bytes: usize,
    ) -> Result<Option<OwnedSemaphorePermit>, NoMemory> {
        let Some(left) = &self.left else { return Ok(None) };
        let counted = |bytes: usize| bytes.saturating_sub(self.free_bytes);
        let more = counted(before.saturating_add(bytes)).saturating_sub(counted(before));
        if more == 0 {
            return Ok(None);
        }
        let more = u32::try_from(more).map_err(|_| NoMemory)?;
        Arc::clone(left).try_acquire_many_owned(more).map(Some).map_err(|_| NoMemory)
    }
}

/// The bodies in progress use all their memory.
#[derive(Debug)]
pub(super) struct NoMemory;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_hold_no_more_than_the_bound() {
        let limits =
            PortLimits { most_held_bytes: Some(100), free_bytes: 10, ..PortLimits::default() };
        let memory = BodyMemory::new(&limits);
        assert!(memory.take(0, 10).unwrap().is_none(), "the free bytes of a body");
        let first = memory.take(5, 65).unwrap();
        assert!(first.as_ref().is_some_and(|permit| permit.num_permits() == 60));
        assert!(memory.take(10, 41).is_err());
        let second = memory.take(10, 40).unwrap();
        assert!(second.is_some() && memory.take(0, 10).is_ok() && memory.take(0, 11).is_err());
        drop(first);
        assert!(memory.take(0, 70).is_ok());
    }
}
