//! The HTTP API against a running stack: one module per promise, one binary to link.
#![expect(clippy::tests_outside_test_module, reason = "an integration test is a test module")]
#![expect(clippy::indexing_slicing, reason = "a missing member of an answer fails the test")]

mod access;
mod acting;
mod beside;
mod breached;
mod by_hand;
mod canaries;
mod costs;
mod cross_site;
mod description;
mod disabling;
mod disturbed;
mod doors;
mod edge;
mod faults;
mod federated;
mod forged;
mod guests;
mod headers;
mod invitations;
mod limits;
mod log;
mod main_job;
mod named_sites;
mod notices;
mod oidc;
mod operators;
mod oracle;
mod passwords;
mod peers;
mod programs;
mod provider;
mod schools;
mod scim;
mod scim_forms;
mod sealed;
mod second_factors;
mod sessions;
mod share_codes;
mod step_up;
mod trusted_issuers;
mod typed_text;
mod uploads;
mod web;
mod world;
