//! The access key that every request to a stand-in is signed with: made for one folder, and known to nobody else.

use std::io;
use std::path::Path;

use super::folder;
use platform::provision::sdk::crypto::rand;
use serde::{Deserialize, Serialize};

const FILE: &str = "access-key.json";
/// Bytes of the secret. 32 are as many as the hash behind a signature has.
const SECRET_BYTES: usize = 32;

/// A key as the SDKs take it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// What names the key in a request.
    pub id: String,
    /// What requests are signed with.
    pub secret: String,
}

/// Never prints the secret.
impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessKey({})", self.id)
    }
}

impl AccessKey {
    /// The key of a folder; made when there is none.
    ///
    /// # Errors
    ///
    /// The folder cannot be used, or its key is damaged.
    pub fn of(dir: &Path) -> io::Result<Self> {
        let file = dir.join(FILE);
        match std::fs::read(&file) {
            Ok(kept) => Ok(serde_json::from_slice(&kept)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut secret = [0; SECRET_BYTES];
                rand::fill(&mut secret).map_err(|_| io::Error::other("no random numbers"))?;
                let secret = data_encoding::HEXLOWER.encode(&secret);
                let made = Self { id: "AKIDLOCAL".to_owned(), secret };
                // A crash leaves none, and then there are no links yet that it signed.
                folder::replace(&file, &serde_json::to_vec(&made)?)?;
                Ok(made)
            }
            Err(error) => Err(error),
        }
    }

    /// The pair that the SDKs' configuration takes.
    pub fn pair(&self) -> (String, String) {
        (self.id.clone(), self.secret.clone())
    }
}
