//! The rules of intake for pictures, one rule per test. Every picture is generated here; none is a file.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "fixtures: a value that does not fit is a broken test"
)]

#[path = "../../../../infra/local/src/demonstration/camera/mod.rs"]
#[expect(dead_code, unreachable_pub, reason = "the demonstration's camera, shared by path")]
mod camera;
mod card_ladder;
mod cards;
mod chromium;
mod colours;
mod copies;
mod fixtures;
mod header_bombs;
mod hostile;
mod ladder;
mod orientation;
mod refusals;
mod stripping;
