//! Keys, encryption and hashing with AWS-LC and Argon2; no cryptography of our own.

pub mod access_token;
pub(crate) mod argon2id;
pub mod data_key;
pub mod digest;
pub mod password_hash;
pub mod password_rules;
pub mod ring;
pub mod totp;

pub use argon2id::BadCost;
