//! A person's second factors: listing, adding, verifying and removing them.

pub(crate) mod ceremony;
pub(crate) mod factor;
mod passkey;
pub(crate) mod proved;
mod recovery;
mod totp;

pub use ceremony::{MadePasskey, PasskeyOptions};
pub(in crate::sign_in) use factor::check;
pub use factor::{SecondFactors, ShownFactor};
pub(in crate::sign_in) use passkey::options_of;
pub use passkey::{begin_passkey, finish_passkey, remove_passkey};
pub use proved::FactorAdded;
pub(in crate::sign_in) use proved::{Proved, factor_event};
pub(crate) use proved::{wrong_code, wrong_passkey};
pub use recovery::{RecoveryCodes, new_recovery_codes};
pub(crate) use totp::modules;
pub use totp::{TotpSecret, begin_totp, confirm_totp, remove_totp};
pub(in crate::sign_in) use totp::{begin_for, changes_of_first};
