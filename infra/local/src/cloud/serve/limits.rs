//! Limits of a port before authentication: time, connections and memory.
//!
//! Without them half a header stays open for ever, and 300 unfinished bodies of 4 MB hold 1.8 GB.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long the headers of a request may take, from the connection or the end of the answer before.
///
/// Every client here is on the same machine. An idle connection is closed by it too, and clients open another.
const HEADERS_WITHIN: Duration = Duration::from_secs(20);
/// How many bytes the headers of a request may have. API Gateway takes 10,240 and `CloudFront` 32,768.
const LARGEST_HEADERS: usize = 32 * 1024;
/// How long a body, or the reader of an answer, may be silent.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);
/// The same where bodies are streamed: a worker decodes a photo or reads a roster between two pieces of it.
const LONGEST_STREAM_SILENCE: Duration = Duration::from_mins(1);
/// How long a body may take as a whole. The largest of the gateway, 4 MB, needs 140 kB a second.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// How long a request may take until its answer begins. API Gateway waits for 30 s; a debug build is slower.
const ANSWER_WITHIN: Duration = Duration::from_mins(2);
/// How many connections a port has. A process has 1,024 open files on many machines, and a browser opens six.
const MOST_CONNECTIONS: usize = 256;
/// How many bytes the bodies under way of a port may hold together: 16 of the gateway's largest.
const MOST_HELD_BYTES: usize = 64 * 1024 * 1024;
/// How many bytes of each body are not counted, so that a flood of large bodies stops no sign-in.
///
/// The number of connections bounds them: 16 MB.
const FREE_BYTES: usize = 64 * 1024;

/// The limits of one port. A test sets small ones.
#[derive(Clone, Debug)]
pub struct PortLimits {
    /// From the connection, or the end of the answer before, to the end of the headers.
    pub headers_within: Duration,
    /// Bytes of the request line and the headers.
    pub largest_headers: usize,
    /// Between two pieces of a body, and between two pieces of an answer that its reader takes.
    pub longest_silence: Duration,
    /// The same where bodies are streamed.
    pub longest_stream_silence: Duration,
    /// From the headers to the end of the body. `None` where bodies are streamed.
    pub body_within: Option<Duration>,
    /// From the headers to the beginning of the answer. `None` where bodies are streamed.
    pub answer_within: Option<Duration>,
    /// Connections at one time. More wait in the queue of the operating system; above half of them no answer leaves its
    /// connection open, so that idle ones keep out no newcomer.
    pub most_connections: usize,
    /// Bytes of all bodies under way beyond their free ones. `None` where bodies are streamed and not held.
    pub most_held_bytes: Option<usize>,
    /// Bytes of each body that are not counted.
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
    /// The same limits for bodies of any length that are written away as they come.
    #[must_use]
    pub fn streaming(self) -> Self {
        let longest_silence = self.longest_stream_silence;
        let (body_within, answer_within, most_held_bytes) = (None, None, None);
        Self { longest_silence, body_within, answer_within, most_held_bytes, ..self }
    }
}

/// Memory for the bodies under way of one port.
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

    /// Takes memory for a piece of `bytes` after `before` bytes of the same body. `Err` when there is not enough.
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

/// The bodies under way hold all they may.
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
