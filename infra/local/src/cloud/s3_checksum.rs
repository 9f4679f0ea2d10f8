//! Compares a body with its declared checksum while it streams in.
//!
//! `s3s-fs` compares only after it has moved the file into place, so a refused upload would remain.

use futures_util::StreamExt;
use s3s::checksum::ChecksumHasher;
use s3s::dto::{PutObjectInput, StreamingBlob};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

/// The suffixes of the header names, in the order of [`Promised`].
const ALGORITHMS: [&str; 5] = ["crc32", "crc32c", "sha1", "sha256", "crc64nvme"];

/// The declared checksums of a request, in the order of [`ALGORITHMS`].
type Promised = [Option<String>; 5];

/// Whether the body differs from its declared checksum.
#[derive(Clone, Default)]
pub(super) struct Mismatch(Arc<AtomicBool>);

impl Mismatch {
    /// Returns true once the whole body has arrived and did not match.
    pub(super) fn found(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Makes the body end with an error if it does not match, before the object appears.
pub(super) fn verify(
    input: &mut PutObjectInput,
    trailers: Option<s3s::TrailingHeaders>,
) -> Mismatch {
    let mismatch = Mismatch::default();
    let Some(mut body) = input.body.take() else { return mismatch };
    let mut promised: Promised = [
        input.checksum_crc32.clone(),
        input.checksum_crc32c.clone(),
        input.checksum_sha1.clone(),
        input.checksum_sha256.clone(),
        input.checksum_crc64nvme.clone(),
    ];
    let mut hasher = Some(hasher(input, &promised));
    let found = mismatch.clone();
    let stream = futures_util::stream::poll_fn(move |context| {
        let next = body.poll_next_unpin(context);
        match &next {
            Poll::Ready(Some(Ok(bytes))) => {
                if let Some(hasher) = &mut hasher {
                    hasher.update(bytes);
                }
            }
            Poll::Ready(None) => {
                if let Some(hasher) = hasher.take() {
                    read_trailers(trailers.as_ref(), &mut promised);
                    if differs(&promised, hasher) {
                        found.0.store(true, Ordering::Relaxed);
                        let error: s3s::StdError = "the body does not match its checksum".into();
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        next
    });
    let stream = stream.map(|chunk| chunk.map_err(std::io::Error::other));
    input.body = Some(StreamingBlob::wrap(stream));
    mismatch
}

fn hasher(input: &PutObjectInput, promised: &Promised) -> ChecksumHasher {
    let named = input.checksum_algorithm.as_ref().map(|name| name.as_str().to_ascii_lowercase());
    let [crc32, crc32c, sha1, sha256, crc64nvme] = promised;
    let on =
        |promise: &Option<String>, name: &str| promise.is_some() || named.as_deref() == Some(name);
    ChecksumHasher {
        crc32: on(crc32, "crc32").then(Default::default),
        crc32c: on(crc32c, "crc32c").then(Default::default),
        sha1: on(sha1, "sha1").then(Default::default),
        sha256: on(sha256, "sha256").then(Default::default),
        crc64nvme: on(crc64nvme, "crc64nvme").then(Default::default),
    }
}

/// Reads the trailers: the SDK sends its own checksum after the body.
fn read_trailers(trailers: Option<&s3s::TrailingHeaders>, promised: &mut Promised) {
    let Some(trailers) = trailers else { return };
    trailers.read(|headers| {
        for (promise, algorithm) in promised.iter_mut().zip(ALGORITHMS) {
            let header = headers.get(format!("x-amz-checksum-{algorithm}"));
            if let Some(value) = header.and_then(|value| value.to_str().ok()) {
                *promise = Some(value.to_owned());
            }
        }
    });
}

fn differs(promised: &Promised, hasher: ChecksumHasher) -> bool {
    let sums = hasher.finalize();
    let got = [
        sums.checksum_crc32,
        sums.checksum_crc32c,
        sums.checksum_sha1,
        sums.checksum_sha256,
        sums.checksum_crc64nvme,
    ];
    promised.iter().zip(&got).any(|(promised, got)| promised.is_some() && promised != got)
}
