//! Constructors of a stack: with the default options, or with what one test needs.

use std::time::Duration;

use domain::second_factor::StaffRule;
use local::queues::Disturbance;
use local::stack::{Stack, StackOptions};
use platform::base::config::Limits;
use platform::inspect::units::Units;
use tempfile::TempDir;

use crate::{SetupError, TestStack};

impl TestStack {
    /// Starts a stack with the default options.
    ///
    /// # Errors
    ///
    /// Fails if a port or the folder cannot be used.
    pub async fn start() -> Result<Self, SetupError> {
        Self::start_as(|_| ()).await
    }

    /// Starts a stack in a temporary folder, with changed options.
    pub(crate) async fn start_as(set: impl FnOnce(&mut StackOptions)) -> Result<Self, SetupError> {
        let folder = TempDir::new()?;
        let mut options = StackOptions::for_test(folder.path().to_owned());
        set(&mut options);
        Ok(Self { stack: Box::pin(Stack::start(options)).await?, folder })
    }

    /// Starts a stack with other rate limits.
    ///
    /// # Errors
    ///
    /// Fails if a port or the folder cannot be used.
    pub async fn start_with(set: impl FnOnce(&mut Limits)) -> Result<Self, SetupError> {
        Self::start_as(|options| set(&mut options.limits)).await
    }

    /// Starts a stack whose photographers must have a second factor.
    ///
    /// # Errors
    ///
    /// Fails if a port or the folder cannot be used.
    pub async fn start_with_required_second_factor() -> Result<Self, SetupError> {
        Self::start_as(|options| options.staff_second_factor = StaffRule::Required).await
    }

    /// Starts a stack that queries a service about breached passwords.
    ///
    /// # Errors
    ///
    /// Fails if a port or the folder cannot be used.
    pub async fn start_asking(breach_range_url: String) -> Result<Self, SetupError> {
        Self::start_as(|options| options.breach_range_url = Some(breach_range_url)).await
    }

    /// Starts a stack that reaches all identity providers at one URL.
    ///
    /// # Errors
    ///
    /// Fails if a port or the folder cannot be used.
    pub async fn start_with_identity_providers(url: &str) -> Result<Self, SetupError> {
        Self::start_with_identity_providers_and(url, |_| ()).await
    }

    /// Starts a stack that reaches all identity providers at one URL, with other rate limits.
    ///
    /// # Errors
    ///
    /// Fails if a port or the folder cannot be used.
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
    /// Fails if a port or the folder cannot be used.
    pub async fn start_disturbed() -> Result<Self, SetupError> {
        let killed_within = Duration::from_millis(150);
        let disturbance = Disturbance { deliveries: 5, killed_within };
        Self::start_as(|options| options.disturbance = Some(disturbance)).await
    }

    /// Starts a stack whose endpoints count the read and write units of the tables.
    ///
    /// # Errors
    ///
    /// Fails if a port or the folder cannot be used.
    pub async fn start_counting(units: &Units) -> Result<Self, SetupError> {
        Self::start_as(|options| options.units = Some(units.clone())).await
    }
}
