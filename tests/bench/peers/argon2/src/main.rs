//! Computes the given number of password hashes, each in fresh memory, and prints the last.

use argon2::{Algorithm, Argon2, Params, Version};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let times: u8 = std::env::args().nth(1).ok_or("how many times?")?.parse()?;
    let mut hash = [0; 32];
    for round in 0..times {
        let params = Params::new(64 * 1024, 3, 1, Some(hash.len()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(b"Sunny-Meadow-42", &[round; 16], &mut hash)?;
    }
    println!("{hash:02x?}");
    Ok(())
}
