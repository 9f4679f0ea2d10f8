//! The bytes of a key came from a backup.

use platform::base::crypto::data_key::DataKey;

fn attack(bytes: [u8; 32]) -> DataKey {
    DataKey::from_bytes(bytes)
}

fn main() {}
