//! Computes password hashes in reused memory, as sign-in does, or in fresh memory, as the `argon2` crate does by
//! default.
//!
//! `password_hash kept|fresh TIMES`; `cargo run -p bench-tests --bin sign_in` compares the two.

use std::{env, io::Write as _};

use argon2::{Algorithm, Argon2, Params, Version};
use platform::inspect::hash_in_kept_memory;

const PASSWORD: &[u8] = b"Sunny-Meadow-42";

type Hash = [u8; 32];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = env::args().skip(1);
    let hash: fn(&[u8; 16]) -> Result<Hash, argon2::Error> = match words.next().as_deref() {
        Some("kept") => |salt| Ok(hash_in_kept_memory(PASSWORD, salt)),
        Some("fresh") => in_fresh_memory,
        _ => return Err("the first argument must be `kept` or `fresh`".into()),
    };
    let times: u8 =
        words.next().ok_or("the second argument must be the number of hashes")?.parse()?;
    let mut last = Hash::default();
    for round in 0..times {
        last = hash(&[round; 16])?;
    }
    // Both kinds of memory must give the same hash.
    Ok(writeln!(std::io::stdout(), "{last:02x?}")?)
}

/// Allocates memory for this one hash and frees it without clearing.
fn in_fresh_memory(salt: &[u8; 16]) -> Result<Hash, argon2::Error> {
    let mut hash = Hash::default();
    let params = Params::new(64 * 1024, 3, 1, Some(hash.len()))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(PASSWORD, salt, &mut hash)?;
    Ok(hash)
}
