//! Keys, sealing and hashing: AWS-LC and Argon2, nothing of our own making.

pub mod access_token;
pub(crate) mod argon2id;
pub mod data_key;
pub mod digest;
pub mod password_hash;
pub mod password_rules;
pub mod ring;
pub mod totp;

pub use argon2id::BadCost;
