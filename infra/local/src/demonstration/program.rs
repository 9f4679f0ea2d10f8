//! When the demonstration is played: into an empty store, and on where an interrupted one stopped.

use std::io;
use std::path::{Path, PathBuf};

use platform::App;
use serde::{Deserialize, Serialize};

use crate::demonstration::play::{Accounts, PlayError, play};

/// What a data folder says of the demonstration. Read before the store makes the folder its own.
#[derive(Debug)]
pub struct Program {
    file: PathBuf,
    state: State,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// Begun, and not ended.
    Playing,
    /// Ended; these are the accounts to look around with.
    Played(Accounts),
    /// Somebody's own data: nothing is played into them.
    #[serde(skip)]
    NotOurs,
}

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The folder cannot be read or written.
    #[error("the data folder cannot be used")]
    Folder(#[from] io::Error),
    /// The system did not answer as it should.
    #[error("the demonstration stopped")]
    Play(#[from] PlayError),
}

impl Program {
    /// Looks at a data folder.
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

    /// Plays what is still to be played. `None` for somebody's own data.
    ///
    /// # Errors
    ///
    /// When the system does not answer as it should.
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

    /// Written beside and moved into place: a kill leaves the old or the new one.
    fn remember(&self, state: &State) -> io::Result<()> {
        let beside = self.file.with_extension("tmp");
        std::fs::write(&beside, serde_json::to_vec_pretty(state)?)?;
        std::fs::rename(&beside, &self.file)
    }
}
