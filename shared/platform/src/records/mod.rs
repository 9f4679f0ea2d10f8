//! Rows of the business data, one file per noun. Every function takes a store or a proof of [`crate::access`].

pub mod access_requests;
pub mod access_reviews;
pub mod api_keys;
pub mod camera_cards;
pub mod directory_people;
pub mod domain_proof;
pub mod galleries;
pub(crate) mod guest_tokens;
pub(crate) mod identities;
pub mod identity_providers;
pub mod invitations;
pub mod photos;
pub mod picture_days;
pub mod roster_imports;
pub mod school_staff;
pub mod schools;
pub mod scim_tokens;
pub mod share_codes;
pub mod students;
pub mod studio_staff;
pub mod studios;
pub mod trusted_issuers;
