//! A request's body, with its limits checked while it arrives.

use super::limits::{BodyMemory, PortLimits};
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep};

/// Why a port itself refuses a request whose headers were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortRefusal {
    /// The body arrives too slowly: 408.
    #[error("the request body arrived too slowly")]
    SlowBody,
    /// The bodies in progress use all the memory they may use: 503.
    #[error("the bodies in progress use all the memory of the port")]
    Busy,
    /// The response did not start in time: 503.
    #[error("the response did not start in time")]
    SlowAnswer,
}

/// Why a body cannot be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The port refuses it.
    #[error(transparent)]
    Refused(#[from] PortRefusal),
    /// The connection broke, or the data is not a valid body.
    #[error(transparent)]
    Broken(#[from] hyper::Error),
}

/// A port's state of one request: why it was refused, and the memory that its body holds until the response.
#[derive(Default)]
pub(super) struct Exchange {
    refused: OnceLock<PortRefusal>,
    held: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Exchange {
    pub(super) fn refused(&self) -> Option<PortRefusal> {
        self.refused.get().copied()
    }

    fn refuse(&self, why: PortRefusal) -> BodyError {
        BodyError::Refused(*self.refused.get_or_init(|| why))
    }

    fn hold(&self, more: OwnedSemaphorePermit) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *held {
            Some(held) => held.merge(more),
            none => *none = Some(more),
        }
    }
}

/// The body of a request to a port.
pub struct RequestBody {
    body: Incoming,
    exchange: Arc<Exchange>,
    /// `None` once arriving data is discarded.
    memory: Option<BodyMemory>,
    read_bytes: usize,
    longest_silence: Duration,
    ends_at: Option<Instant>,
    /// The timer that runs while no data arrives.
    silence: Option<Pin<Box<Sleep>>>,
}

impl RequestBody {
    pub(super) fn new(
        body: Incoming,
        exchange: Arc<Exchange>,
        limits: &PortLimits,
        memory: BodyMemory,
    ) -> Self {
        Self {
            body,
            exchange,
            memory: Some(memory),
            read_bytes: 0,
            longest_silence: limits.longest_silence,
            ends_at: limits.body_within.and_then(|within| Instant::now().checked_add(within)),
            silence: None,
        }
    }

    /// Releases the memory of the body: its reader discards the data from now on.
    pub fn throw_away(&mut self) {
        self.memory = None;
        let held = self.exchange.held.lock();
        drop(held.unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Was the body silent for too long, or does it take too long altogether?
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let (longest, ends_at) = (self.longest_silence, self.ends_at);
        let silence = self.silence.get_or_insert_with(|| {
            let silent_until = Instant::now() + longest;
            let until = ends_at.map_or(silent_until, |ends_at| ends_at.min(silent_until));
            Box::pin(tokio::time::sleep_until(until))
        });
        silence.as_mut().poll(cx).is_ready()
    }

    /// Reserves memory for an arrived piece.
    fn account(&mut self, bytes: usize) -> Result<(), BodyError> {
        self.silence = None;
        // A body of many small pieces is never silent, so the total time is checked too.
        if self.ends_at.is_some_and(|ends_at| Instant::now() >= ends_at) {
            return Err(self.exchange.refuse(PortRefusal::SlowBody));
        }
        if let Some(memory) = &self.memory {
            let taken = memory.take(self.read_bytes, bytes);
            let taken = taken.map_err(|_| self.exchange.refuse(PortRefusal::Busy))?;
            if let Some(more) = taken {
                self.exchange.hold(more);
            }
        }
        self.read_bytes = self.read_bytes.saturating_add(bytes);
        Ok(())
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Some(why) = self.exchange.refused() {
            return Poll::Ready(Some(Err(why.into())));
        }
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let accounted = self.account(frame.data_ref().map_or(0, Bytes::len));
                Poll::Ready(Some(accounted.map(|()| frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if self.is_late(cx) => {
                Poll::Ready(Some(Err(self.exchange.refuse(PortRefusal::SlowBody))))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
