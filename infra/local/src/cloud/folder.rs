//! The data folder: accessible only to the user who runs it.

use std::fs::File;
use std::io;
use std::path::Path;

/// Creates the folder and makes it and its files inaccessible to other users.
///
/// Also sets the process umask, so that files created later are private too.
///
/// # Errors
///
/// When the folder cannot be created, or belongs to another user.
pub(crate) fn open(dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(dir)?;
    #[cfg(unix)]
    {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        close(dir)?;
    }
    Ok(())
}

/// Removes other users' permissions from a folder and its contents. Folders of an earlier version were open.
#[cfg(unix)]
fn close(dir: &Path) -> io::Result<()> {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    if std::fs::metadata(dir)?.mode() & 0o777 == 0o700 {
        return Ok(());
    }
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            close(&entry.path())?;
        } else if kind.is_file() {
            std::fs::set_permissions(entry.path(), Permissions::from_mode(0o600))?;
        }
    }
    // The folder last: a closed folder means that all its contents were processed.
    std::fs::set_permissions(dir, Permissions::from_mode(0o700))
}

/// Replaces a file of the folder atomically: a crash leaves the old file, or none.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = file.with_extension("tmp");
    std::fs::write(&unfinished, bytes)?;
    std::fs::rename(&unfinished, file)
}

/// Locks the folder for this process. The lock ends with the process, also in a crash.
pub(super) fn lock(dir: &Path) -> Result<File, Box<dyn std::error::Error + Send + Sync>> {
    let file = File::create(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err("another runner uses this folder".into()),
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}
