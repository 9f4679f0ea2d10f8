//! Reads a request's body to its end, even when the answer is known earlier, as S3 does.
//!
//! hyper closes a connection when the rest of a body is not read. A client that is still sending then sees a broken
//! connection instead of the refusal. A client that reuses the connection gets no answer to its next request.

use super::serve::{BodyError, RequestBody};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// The time limit for the rest of a body. A presigned upload is at most 50 MiB and comes over the loopback.
const LONGEST_REST: Duration = Duration::from_mins(1);

/// A body whose rest is read and discarded when it is dropped.
pub(super) struct ReadToItsEnd(Option<RequestBody>);

impl From<RequestBody> for ReadToItsEnd {
    fn from(body: RequestBody) -> Self {
        Self(Some(body))
    }
}

impl Body for ReadToItsEnd {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.0 {
            Some(body) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for ReadToItsEnd {
    fn drop(&mut self) {
        let Some(mut body) = self.0.take().filter(|body| !body.is_end_stream()) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(tokio::time::timeout(LONGEST_REST, async move {
            while let Some(Ok(_)) = body.frame().await {}
        }));
    }
}
