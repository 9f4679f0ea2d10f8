//! Decides when the demonstration is played: in an empty store, or to continue an interrupted one.

use std::io;
use std::path::{Path, PathBuf};

use platform::App;
use serde::{Deserialize, Serialize};

use crate::demonstration::play::{Accounts, PlayError, play};

/// The state of the demonstration in a data folder. Read before the store writes to the folder.
#[derive(Debug)]
pub struct Program {
    file: PathBuf,
    state: State,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// Started, and not finished.
    Playing,
    /// Finished; these are its accounts.
    Played(Accounts),
    /// The folder contains a user's own data; the demonstration is not played.
    #[serde(skip)]
    NotOurs,
}

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The folder cannot be read or written.
    #[error("cannot use the data folder")]
    Folder(#[from] io::Error),
    /// The system did not respond as expected.
    #[error("the demonstration stopped")]
    Play(#[from] PlayError),
}

impl Program {
    /// Reads the state of a data folder.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn of(data: &Path) -> io::Result<Self> {
        let file = data.join("demonstration.json");
        let is_empty = match std::fs::read_dir(data) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(error),
        };
        let state = match std::fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or(State::Playing),
            Err(_) if is_empty => State::Playing,
            Err(_) => State::NotOurs,
        };
        Ok(Self { file, state })
    }

    /// Plays the rest of the demonstration. Returns `None` if the folder contains a user's own data.
    ///
    /// # Errors
    ///
    /// When the system does not respond as expected.
    pub async fn perform(
        self,
        app: &'static App,
        base: &str,
        say: &(dyn Fn(&str) + Sync),
    ) -> Result<Option<Accounts>, ProgramError> {
        match self.state {
            State::NotOurs => Ok(None),
            State::Played(accounts) => Ok(Some(accounts)),
            State::Playing => {
                self.remember(&State::Playing)?;
                let accounts = play(app, base, say).await?;
                self.remember(&State::Played(accounts.clone()))?;
                Ok(Some(accounts))
            }
        }
    }

    /// Writes the state to a temporary file and renames it: a kill leaves the old or the new state.
    fn remember(&self, state: &State) -> io::Result<()> {
        let beside = self.file.with_extension("tmp");
        std::fs::write(&beside, serde_json::to_vec_pretty(state)?)?;
        std::fs::rename(&beside, &self.file)
    }
}
