//! The access key that signs every request to a stand-in: created for one data folder, known only there.

use std::io;
use std::path::Path;

use super::folder;
use platform::provision::sdk::crypto::rand;
use serde::{Deserialize, Serialize};

const FILE: &str = "access-key.json";
/// Length of the secret in bytes: 32, the same as the hash of the signature (SHA-256).
const SECRET_BYTES: usize = 32;

/// An access key in the form that the SDKs use.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// The key id in a request.
    pub id: String,
    /// The secret that signs requests.
    pub secret: String,
}

/// Never prints the secret.
impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessKey({})", self.id)
    }
}

impl AccessKey {
    /// Reads the key of a folder, or creates one when there is none.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used, or its key file is damaged.
    pub fn of(dir: &Path) -> io::Result<Self> {
        let file = dir.join(FILE);
        match std::fs::read(&file) {
            Ok(kept) => Ok(serde_json::from_slice(&kept)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut secret = [0; SECRET_BYTES];
                rand::fill(&mut secret).map_err(|_| io::Error::other("no random numbers"))?;
                let secret = data_encoding::HEXLOWER.encode(&secret);
                let made = Self { id: "AKIDLOCAL".to_owned(), secret };
                // A crash here leaves no key, but then no links exist yet that it signed.
                folder::replace(&file, &serde_json::to_vec(&made)?)?;
                Ok(made)
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the id and the secret for the SDKs' configuration.
    pub fn pair(&self) -> (String, String) {
        (self.id.clone(), self.secret.clone())
    }
}
