//! Keys, sealing and hashing: AWS-LC and Argon2, nothing of our own making.

pub mod data_key;
pub mod digest;
pub mod password_hash;
pub mod ring;
