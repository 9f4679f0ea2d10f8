//! Argon2id with the memory kept between hashes.

use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64_NOPAD;
use domain::password::Password;
use zeroize::Zeroize;

/// Memory for one password hash, in KiB: 64 MiB.
///
/// Source: our security page ("64 MB of memory and multiple iterations"); RFC 9106 section 4, second
/// recommended option, with one lane because a 1,769 MB function has one processor.
const MEMORY_KIB: u32 = 64 * 1024;
/// Passes over the memory. Source: RFC 9106 section 4.
const PASSES: u32 = 3;
/// Lanes: the crate computes them one after the other, so more would buy nothing.
const LANES: u32 = 1;
/// Bytes of the salt and of the hash.
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// One hash at a time, in memory that is reused: fresh memory costs a quarter of the time in page
/// faults (measured: 115 ms of CPU with kept memory, 159 ms without).
static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// A stored hash in PHC form: `$argon2id$v=19$m=65536,t=3,p=1$<salt>$<hash>`.
///
/// Takes about 100-400 ms of one processor and blocks the thread: call it from a blocking task.
pub fn hash(password: &Password, salt: [u8; SALT_BYTES]) -> String {
    let hash = compute(password, &salt);
    let (salt, hash) = (BASE64_NOPAD.encode(&salt), BASE64_NOPAD.encode(&hash));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

/// Whether the password is the one that was hashed. `stored` of `None` computes just as long and says no,
/// so that an address nobody has cannot be told by the time the answer takes.
pub fn verify(password: &Password, stored: Option<&str>) -> bool {
    let parsed = stored.and_then(parse);
    let (salt, expected) = parsed.unwrap_or(([0; SALT_BYTES], [0; HASH_BYTES]));
    let computed = compute(password, &salt);
    verify_slices_are_equal(&computed, &expected).is_ok() && parsed.is_some()
}

/// Salt and hash of a PHC string with just our parameters; anything else is no hash of ours.
fn parse(stored: &str) -> Option<([u8; SALT_BYTES], [u8; HASH_BYTES])> {
    let prefix = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$");
    let (salt, hash) = stored.strip_prefix(&prefix)?.split_once('$')?;
    let decode = |text: &str| BASE64_NOPAD.decode(text.as_bytes()).ok();
    Some((decode(salt)?.try_into().ok()?, decode(hash)?.try_into().ok()?))
}

fn compute(password: &Password, salt: &[u8]) -> [u8; HASH_BYTES] {
    let mut out = [0; HASH_BYTES];
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    let done = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES)).and_then(|params| {
        memory.resize(params.block_count(), Block::default());
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
            password.as_bytes(),
            salt,
            &mut out,
            memory.as_mut_slice(),
        )
    });
    // The last blocks would give the hash away to whoever reads the process's memory.
    if let Some(last) = memory.last_mut() {
        last.zeroize();
    }
    // Parameters and salt length are constants of this file and valid.
    assert!(done.is_ok(), "constant parameters are valid");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_hash_names_its_parameters_and_verifies() {
        let password = Password::choose("Sunny-Meadow-42").unwrap();
        let stored = hash(&password, [3; 16]);
        assert!(stored.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{stored}");
        assert!(verify(&password, Some(&stored)));
        assert!(!verify(&Password::typed("Sunny-Meadow-43").unwrap(), Some(&stored)));
        assert!(!verify(&password, None));
        assert!(!verify(&password, Some("$argon2id$v=19$m=4294967295,t=99,p=1$AA$AA")));
    }
}
