//! Picture Day on one machine: the same handlers and AWS SDK calls as in the cloud, against an embedded cloud.
//!
//! The embedded cloud stores its data in a folder.

pub mod client;
pub mod cloud;
pub mod demonstration;
pub mod gateway;
pub mod process;
pub mod queues;
pub mod runtime_api;
pub mod schedules;
pub mod stack;
pub mod template;
