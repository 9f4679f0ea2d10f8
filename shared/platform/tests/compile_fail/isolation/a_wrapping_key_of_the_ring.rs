//! Attempt: take a wrapping key from the key ring.

use platform::base::crypto::ring::KeyRing;

fn attack(ring: &KeyRing, studio: &str) {
    let _key = ring.wrapping_key("1", studio);
}

fn main() {}
