//! Stored passwords: Argon2id with a pepper from the key ring, also around imported bcrypt hashes.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use bcrypt::{HashParts, Version};
use data_encoding::BASE64_NOPAD;
use domain::password::Password;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::base::app::App;
use crate::base::crypto::argon2id::{self, Cost, HASH_BYTES, Work};
use crate::base::crypto::password_rules::{MOST_BCRYPT_COST, PasswordRules};
use crate::base::crypto::ring::{KeyRing, RingError};

/// Bytes of a salt.
const SALT_BYTES: usize = 16;

/// A password hash as a person's row stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPassword {
    /// `$argon2id$v=19$m=65536,t=3,p=1$<salt>$<hash>`.
    pub(crate) phc: String,
    /// The key ring root that the pepper was derived from; `None` for a hash without pepper.
    pub(crate) pepper: Option<String>,
    /// The version, cost and salt of an imported account's bcrypt hash (`$2b$12$<salt>`).
    ///
    /// Then `phc` hashes the bcrypt hash of the password. Imports wrap it at once, so no bcrypt hash is stored.
    pub(crate) bcrypt: Option<String>,
}

/// The result of a password check.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The password is wrong, or no account has this e-mail address.
    Wrong,
    /// The password is right.
    Right,
    /// The password is right; store this hash in place of the old one.
    Outdated(StoredPassword),
}

/// The text is not a bcrypt hash of an accepted cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a bcrypt hash of cost 4 to 14")]
pub struct NotBcrypt;

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// The hashing thread stopped.
    #[error("cannot hash a password: its thread stopped")]
    Stopped(#[from] tokio::task::JoinError),
    /// The key ring cannot be read.
    #[error(transparent)]
    Ring(#[from] RingError),
}

/// Hashes a password for storage.
pub(crate) async fn keep(
    app: &'static App,
    password: Password,
) -> Result<StoredPassword, HashError> {
    keep_under(app, app.ring().await?, password).await
}

/// Hashes as [`keep`] does, with the pepper of another ring.
pub(crate) async fn keep_under(
    app: &'static App,
    ring: &'static KeyRing,
    password: Password,
) -> Result<StoredPassword, HashError> {
    let keeper = Keeper::new(app, ring);
    let kept = tokio::task::spawn_blocking(move || keeper.keep(password.as_bytes()));
    kept.await.map_err(HashError::from)
}

/// Compares a password with the stored hash.
///
/// For an unknown e-mail address `stored` is `None`. That costs exactly what a wrong password costs, so the
/// response time reveals nothing.
pub(crate) async fn verify(
    app: &'static App,
    password: Password,
    stored: Option<StoredPassword>,
) -> Result<Verdict, HashError> {
    verify_under(app, app.ring().await?, password, stored).await
}

/// Verifies as [`verify`] does, with the pepper of another ring.
pub(crate) async fn verify_under(
    app: &'static App,
    ring: &'static KeyRing,
    password: Password,
    stored: Option<StoredPassword>,
) -> Result<Verdict, HashError> {
    let keeper = Keeper::new(app, ring);
    let judged = tokio::task::spawn_blocking(move || keeper.verify(&password, stored.as_ref()));
    judged.await.map_err(HashError::from)
}

/// Wraps an imported bcrypt hash in Argon2id.
///
/// The next sign-in with it replaces it by the Argon2id hash of the password itself.
///
/// # Errors
///
/// The inner [`NotBcrypt`] for another text; the outer error when the key ring cannot be read.
/// [`NotBcrypt`] inside, or when the key ring cannot be read.
pub async fn wrap_bcrypt(
    app: &'static App,
    imported: &str,
) -> Result<Result<StoredPassword, NotBcrypt>, HashError> {
    let parts: HashParts = match imported.parse() {
        Ok(parts) if !imported.starts_with("$2x$") => parts,
        Ok(_) | Err(_) => return Ok(Err(NotBcrypt)),
    };
    if parts.get_cost() > MOST_BCRYPT_COST {
        return Ok(Err(NotBcrypt));
    }
    let keeper = Keeper::new(app, app.ring().await?);
    let wrapped = tokio::task::spawn_blocking(move || keeper.wrap(&parts));
    wrapped.await.map(Ok).map_err(HashError::from)
}

/// Everything that hashing needs, so that it can move to a blocking thread.
struct Keeper {
    ring: &'static KeyRing,
    work: &'static Work,
    rules: PasswordRules,
    salt: [u8; SALT_BYTES],
}

/// A parsed stored hash.
struct Parsed {
    cost: Cost,
    salt: [u8; SALT_BYTES],
    hash: [u8; HASH_BYTES],
    pepper: Option<Zeroizing<[u8; 32]>>,
    bcrypt: Option<HashParts>,
}

impl Keeper {
    fn new(app: &'static App, ring: &'static KeyRing) -> Self {
        Self { ring, work: app.hash_work(), rules: *app.passwords(), salt: app.random() }
    }

    fn keep(&self, text: &[u8]) -> StoredPassword {
        let root = self.ring.current();
        let pepper = self.ring.pepper(root);
        let hash = argon2id::hash(self.work, self.rules.cost, pepper.as_deref(), text, &self.salt);
        let (salt, hash) = (BASE64_NOPAD.encode(&self.salt), BASE64_NOPAD.encode(&*hash));
        let phc = format!("$argon2id$v=19${}${salt}${hash}", self.rules.cost.text());
        StoredPassword { phc, pepper: pepper.map(|_| root.to_owned()), bcrypt: None }
    }

    fn wrap(&self, imported: &HashParts) -> StoredPassword {
        let hash = Zeroizing::new(imported.format_for_version(Version::TwoB));
        let bcrypt = Some(format!("$2b${:02}${}", imported.get_cost(), imported.get_salt()));
        StoredPassword { bcrypt, ..self.keep(hash.as_bytes()) }
    }

    fn verify(&self, password: &Password, stored: Option<&StoredPassword>) -> Verdict {
        let parsed = stored.and_then(|stored| self.parse(stored));
        let decoy = || Parsed {
            cost: self.rules.cost,
            salt: self.salt,
            hash: [0; HASH_BYTES],
            pepper: self.ring.pepper(self.ring.current()),
            bcrypt: None,
        };
        let is_there = parsed.is_some();
        let parsed = parsed.unwrap_or_else(decoy);
        let text = self.preimage(password, parsed.bcrypt.as_ref());
        let computed = argon2id::hash(
            self.work,
            parsed.cost,
            parsed.pepper.as_deref(),
            text.as_deref().map_or(password.as_bytes(), String::as_bytes),
            &parsed.salt,
        );
        let is_equal = verify_slices_are_equal(&*computed, &parsed.hash).is_ok();
        if !(is_there && is_equal) {
            return Verdict::Wrong;
        }
        let is_current = stored.is_some_and(|stored| {
            stored.bcrypt.is_none() && stored.pepper.as_deref() == Some(self.ring.current())
        });
        if is_current && parsed.cost == self.rules.cost {
            return Verdict::Right;
        }
        Verdict::Outdated(self.keep(password.as_bytes()))
    }

    /// Computes the bcrypt hash that an imported account's Argon2id hash contains.
    ///
    /// When imported accounts exist, every other sign-in also computes one and discards it. Otherwise the
    /// response time would reveal who was imported.
    fn preimage(
        &self,
        password: &Password,
        bcrypt: Option<&HashParts>,
    ) -> Option<Zeroizing<String>> {
        let (cost, salt) = match (bcrypt, self.rules.imported_cost) {
            (Some(parts), _) => (parts.get_cost(), parts.get_salt_raw()),
            (None, Some(cost)) => (cost, self.salt),
            (None, None) => return None,
        };
        self.work.note_bcrypt();
        // Uses the first 72 bytes, as the system did that made the imported hash.
        let parts = bcrypt::hash_with_salt(password.as_bytes(), cost, salt).ok();
        let text = parts.map(|parts| Zeroizing::new(parts.format_for_version(Version::TwoB)));
        text.filter(|_| bcrypt.is_some())
    }

    /// Parses a stored hash.
    ///
    /// `None` for a row that is malformed, asks for too much, or needs a pepper that is gone: no password matches it.
    fn parse(&self, stored: &StoredPassword) -> Option<Parsed> {
        let rest = stored.phc.strip_prefix("$argon2id$v=19$")?;
        let mut parts = rest.split('$');
        let (cost, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let decode = |text: &str| BASE64_NOPAD.decode(text.as_bytes()).ok();
        let pepper = match &stored.pepper {
            Some(root) => Some(self.ring.pepper(root)?),
            None => None,
        };
        let bcrypt = match &stored.bcrypt {
            Some(setting) => Some(read_setting(setting)?),
            None => None,
        };
        parts.next().is_none().then_some(Parsed {
            cost: Cost::parse(cost)?,
            salt: decode(salt)?.try_into().ok()?,
            hash: decode(hash)?.try_into().ok()?,
            pepper,
            bcrypt,
        })
    }
}

/// Parses `$2b$12$<salt>`, completed with a hash of zeros, because the library reads whole hashes only.
fn read_setting(setting: &str) -> Option<HashParts> {
    let parts: HashParts = format!("{setting}{}", ".".repeat(31)).parse().ok()?;
    (parts.get_cost() <= MOST_BCRYPT_COST).then_some(parts)
}

#[cfg(test)]
mod tests;
