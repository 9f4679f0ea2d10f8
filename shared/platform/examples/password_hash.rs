//! What a password hash costs in kept memory, beside the same hash in fresh memory: CPU time of this thread.
//!
//! `cargo run --release -p platform --features provision --example password_hash`

use std::io::Write as _;

use argon2::{Algorithm, Argon2, Params, Version};
use platform::inspect::hash_in_kept_memory;

/// Hashes of each kind, in turn.
const ROUNDS: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut kept, mut fresh) = (Vec::new(), Vec::new());
    hash_in_kept_memory(b"warm", &[0; 16]);
    for round in 0..u8::try_from(ROUNDS)? {
        let salt = [round; 16];
        let before = cpu_nanoseconds()?;
        let ours = hash_in_kept_memory(b"Sunny-Meadow-42", &salt);
        let between = cpu_nanoseconds()?;
        let mut theirs = [0; 32];
        let params = Params::new(64 * 1024, 3, 1, Some(32))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(b"Sunny-Meadow-42", &salt, &mut theirs)?;
        let after = cpu_nanoseconds()?;
        assert_eq!(ours, theirs, "the same hash");
        kept.push(between - before);
        fresh.push(after - between);
    }
    let (kept, fresh) = (median(kept), median(fresh));
    let percent = kept * 100 / fresh;
    writeln!(
        std::io::stdout(),
        "kept and wiped: {} ms; fresh: {} ms; {percent} %",
        kept / 1_000_000,
        fresh / 1_000_000
    )?;
    Ok(())
}

fn median(mut times: Vec<u64>) -> u64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Time this thread has run, as the kernel counts it.
fn cpu_nanoseconds() -> Result<u64, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}
