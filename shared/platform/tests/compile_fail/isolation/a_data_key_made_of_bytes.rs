//! Attempt: make a data key from bytes, for example from a backup.

use platform::base::crypto::data_key::DataKey;

fn attack(bytes: [u8; 32]) -> DataKey {
    DataKey::from_bytes(bytes)
}

fn main() {}
