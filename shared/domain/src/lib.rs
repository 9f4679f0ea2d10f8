//! The rules of a school's picture day, without storage: no AWS, no async, no clock, no randomness.
//!
//! This crate parses text into types. Every value of such a type is valid.

pub mod access;
pub mod access_review;
pub mod api_key;
pub mod audit;
pub mod camera_card;
pub mod consent;
pub mod cookie;
pub mod email;
pub mod gallery;
pub mod identity_provider;
pub mod ids;
pub mod mailbox;
pub mod mailed_code;
pub mod mailed_token;
pub mod matching;
pub mod password;
pub mod person;
pub mod photo;
pub mod picture_day;
pub mod reason;
pub mod roster;
pub mod school;
pub mod school_staff;
pub mod scim;
pub mod second_factor;
pub mod session;
pub mod share_code;
pub mod student;
pub mod studio;
pub mod text;
pub mod trusted_issuer;
