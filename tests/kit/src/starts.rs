//! The ways a stack is started: as it is, and with what one test needs otherwise.

use std::time::Duration;

use domain::second_factor::StaffRule;
use local::queues::Disturbance;
use local::stack::{Stack, StackOptions};
use platform::config::Limits;
use platform::inspect::units::Units;
use tempfile::TempDir;

use crate::{SetupError, TestStack};

impl TestStack {
    /// Starts a stack of its own.
    ///
    /// # Errors
    ///
    /// When a port or the folder cannot be used.
    pub async fn start() -> Result<Self, SetupError> {
        Self::start_as(|_| ()).await
    }

    /// A stack of a test's own, with what the test sets differently.
    pub(crate) async fn start_as(set: impl FnOnce(&mut StackOptions)) -> Result<Self, SetupError> {
        let folder = TempDir::new()?;
        let mut options = StackOptions::for_test(folder.path().to_owned());
        set(&mut options);
        Ok(Self { stack: Box::pin(Stack::start(options)).await?, folder })
    }

    /// Starts a stack of its own with other limits.
    ///
    /// # Errors
    ///
    /// When a port or the folder cannot be used.
    pub async fn start_with(set: impl FnOnce(&mut Limits)) -> Result<Self, SetupError> {
        Self::start_as(|options| set(&mut options.limits)).await
    }

    /// Starts a stack whose photographers must have a second factor.
    ///
    /// # Errors
    ///
    /// When a port or the folder cannot be used.
    pub async fn start_with_required_second_factor() -> Result<Self, SetupError> {
        Self::start_as(|options| options.staff_second_factor = StaffRule::Required).await
    }

    /// Starts a stack of its own that asks a service about breached passwords.
    ///
    /// # Errors
    ///
    /// When a port or the folder cannot be used.
    pub async fn start_asking(breach_range_url: String) -> Result<Self, SetupError> {
        Self::start_as(|options| options.breach_range_url = Some(breach_range_url)).await
    }

    /// Starts a stack that finds all identity providers at one address.
    ///
    /// # Errors
    ///
    /// When a port or the folder cannot be used.
    pub async fn start_with_identity_providers(url: &str) -> Result<Self, SetupError> {
        Self::start_with_identity_providers_and(url, |_| ()).await
    }

    /// The same with other limits.
    ///
    /// # Errors
    ///
    /// When a port or the folder cannot be used.
    pub async fn start_with_identity_providers_and(
        url: &str,
        set: impl FnOnce(&mut Limits),
    ) -> Result<Self, SetupError> {
        Self::start_as(|options| {
            options.identity_providers = Some(url.to_owned());
            set(&mut options.limits);
        })
        .await
    }

    /// Starts a stack whose workers are killed and whose messages are delivered five times.
    ///
    /// # Errors
    ///
    /// When a port or the folder cannot be used.
    pub async fn start_disturbed() -> Result<Self, SetupError> {
        let killed_within = Duration::from_millis(150);
        let disturbance = Disturbance { deliveries: 5, killed_within };
        Self::start_as(|options| options.disturbance = Some(disturbance)).await
    }

    /// Starts a stack whose endpoints count what they read and write of the tables.
    ///
    /// # Errors
    ///
    /// When a port or the folder cannot be used.
    pub async fn start_counting(units: &Units) -> Result<Self, SetupError> {
        Self::start_as(|options| options.units = Some(units.clone())).await
    }
}
