//! The folder of the data: for whoever runs it, and for nobody else on the machine.

use std::fs::File;
use std::io;
use std::path::Path;

/// Makes the folder, closes it and what is in it to other users, and lets this process make no file that they can read.
///
/// # Errors
///
/// The folder cannot be made, or is somebody else's.
pub(crate) fn open(dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(dir)?;
    #[cfg(unix)]
    {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        close(dir)?;
    }
    Ok(())
}

/// Takes the rights of others from a folder and all below it: one of an earlier version was open.
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
    // Last, so that a folder that is closed has been gone through.
    std::fs::set_permissions(dir, Permissions::from_mode(0o700))
}

/// Writes a file of the folder whole: a crash leaves the former one, or none.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = file.with_extension("tmp");
    std::fs::write(&unfinished, bytes)?;
    std::fs::rename(&unfinished, file)
}

/// Takes the folder for this process. The lock goes with the process, however it ends.
pub(super) fn lock(dir: &Path) -> Result<File, Box<dyn std::error::Error + Send + Sync>> {
    let file = File::create(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err("another runner uses this folder".into()),
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}
