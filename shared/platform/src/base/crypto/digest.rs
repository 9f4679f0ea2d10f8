//! SHA-256 digests.

use aws_lc_rs::digest::{Context, Digest, SHA256, digest};

/// Returns the SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    as_array(&digest(&SHA256, bytes))
}

/// The SHA-256 of bytes that arrive in pieces.
pub(crate) struct RunningSha256(Context);

impl RunningSha256 {
    pub(crate) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        as_array(&self.0.finish())
    }
}

fn as_array(digest: &Digest) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    hash
}

/// Returns the SHA-256 in lower-case hex.
///
/// It identifies public bytes; for secret values use the keyed hash in `ring`.
pub fn sha256_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&sha256(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: FIPS 180-4, the example of one block ("abc").
    #[test]
    fn the_published_example() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), expected);
        let mut running = RunningSha256::new();
        running.add(b"a");
        running.add(b"bc");
        assert_eq!(running.finish(), sha256(b"abc"));
    }
}
