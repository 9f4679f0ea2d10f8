//! The password policy and the cost of a hash, from the operator's settings.

use domain::password::PasswordPolicy;

use crate::base::config::Config;
use crate::base::crypto::argon2id::{BadCost, Cost};

/// The highest bcrypt cost accepted for an imported hash: each step doubles the time, and 14 takes 3 s.
pub(crate) const MOST_BCRYPT_COST: u32 = 14;

/// A password setting that breaks a promise or has an unknown value.
#[derive(Debug, thiserror::Error)]
pub enum BadPasswordSetting {
    /// A setting makes password hashes cheaper than promised.
    #[error(transparent)]
    Cost(#[from] BadCost),
    /// A setting has an unknown value.
    #[error("the setting {0} has an unknown value")]
    Unknown(&'static str),
}

/// The password settings.
///
/// A process does not start with a setting that breaks a promise or has an unknown value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PasswordRules {
    /// The policy for new passwords.
    pub(crate) policy: PasswordPolicy,
    /// The cost of a new hash.
    pub(crate) cost: Cost,
    /// The bcrypt cost of imported accounts, if there are any.
    pub(crate) imported_cost: Option<u32>,
}

impl PasswordRules {
    pub(crate) fn read(config: &Config) -> Result<Self, BadPasswordSetting> {
        let policy = match config.password_policy.as_deref() {
            Some(name) => PasswordPolicy::named(name),
            None => Some(PasswordPolicy::default()),
        };
        let cost = match config.password_hash_memory_kib.as_deref() {
            Some(kib) => Cost::configured(kib.parse().map_err(|_| BadCost)?)?,
            None => Cost::LEAST,
        };
        let imported = config.imported_bcrypt_cost.as_deref().map(str::parse::<u32>).transpose();
        let imported_cost = imported
            .ok()
            .filter(|cost| cost.is_none_or(|cost| (4..=MOST_BCRYPT_COST).contains(&cost)));
        Ok(Self {
            policy: policy.ok_or(BadPasswordSetting::Unknown("PASSWORD_POLICY"))?,
            cost,
            imported_cost: imported_cost
                .ok_or(BadPasswordSetting::Unknown("IMPORTED_BCRYPT_COST"))?,
        })
    }
}
