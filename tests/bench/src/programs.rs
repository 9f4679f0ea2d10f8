//! Builds the compared programs: ours as they are deployed, the peers as their registries provide them.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Failure = Box<dyn Error + Send + Sync>;

/// Arguments of the one release build of all our programs.
///
/// One build, because each selection of packages has its own features and would compile the AWS crates again.
const RELEASE: [&str; 11] = [
    "--package=functions",
    "--package=picture",
    "--package=platform",
    "--package=measured",
    "--bin=api",
    "--bin=measured",
    "--example=prepare",
    "--example=bare",
    "--release",
    "--locked",
    "--quiet",
];

/// Paths of our programs.
#[derive(Debug)]
pub struct Ours {
    /// Runs another program and prints its resource usage.
    pub measured: PathBuf,
    /// All small functions: `_HANDLER` selects one.
    pub api: PathBuf,
    /// Prepares a photo as the intake does.
    pub prepare: PathBuf,
    /// An endpoint that answers a fixed text.
    pub bare: PathBuf,
}

impl Ours {
    /// Builds our programs.
    ///
    /// # Errors
    ///
    /// Fails if cargo fails.
    pub fn build() -> Result<Self, Failure> {
        run(Command::new(env!("CARGO")).arg("build").args(RELEASE).current_dir(root()))?;
        let target = target();
        Ok(Self {
            measured: target.join("release/measured"),
            api: target.join("release/api"),
            prepare: target.join("release/examples/prepare"),
            bare: target.join("release/examples/bare"),
        })
    }
}

/// Paths of the programs for the sign-in benchmark.
///
/// It is a separate build, because `platform` exposes its hashing to tests only.
#[derive(Debug)]
pub struct Hashes {
    /// Runs another program and prints its resource usage.
    pub measured: PathBuf,
    /// Computes hashes; arguments: `kept` or `fresh`, and the number.
    pub password_hash: PathBuf,
    /// Computes the number of hashes in fresh memory, built with cargo's default settings.
    pub plain: PathBuf,
}

impl Hashes {
    /// Builds the programs in the release profile.
    ///
    /// # Errors
    ///
    /// Fails if cargo fails.
    pub fn build() -> Result<Self, Failure> {
        let packages =
            ["--package=platform", "--package=measured", "--features=platform/provision"];
        let programs = ["--example=password_hash", "--bin=measured"];
        let how = ["--release", "--locked", "--quiet"];
        let words = packages.into_iter().chain(programs).chain(how);
        run(Command::new(env!("CARGO")).arg("build").args(words).current_dir(root()))?;
        let (target, peer) = (target(), root().join("tests/bench/peers/argon2"));
        let apart = target.join("peers");
        let mut build = Command::new(env!("CARGO"));
        build.arg("build").args(how).arg("--target-dir").arg(&apart);
        run(build.current_dir(peer))?;
        Ok(Self {
            measured: target.join("release/measured"),
            password_hash: target.join("release/examples/password_hash"),
            plain: apart.join("release/argon2-plain"),
        })
    }
}

/// Programs in one peer language: the interpreter, and the folder of the programs.
#[derive(Debug)]
pub struct Peers {
    /// The interpreter.
    pub interpreter: PathBuf,
    /// The folder with the peers' programs.
    pub folder: PathBuf,
}

impl Peers {
    /// Prepares Node, with the packages of `peers/package-lock.json` in a folder under `target/`.
    ///
    /// # Errors
    ///
    /// Fails if there is no Node, or if npm cannot install the packages.
    pub fn node() -> Result<Self, Failure> {
        let folder = target().join("bench/node");
        fs::create_dir_all(&folder)?;
        for program in ["intake.js", "compare.js", "start.js"] {
            fs::copy(peers().join(program), folder.join(program))?;
        }
        fs::copy(peers().join("package.json"), folder.join("package.json"))?;
        install(&folder, "package-lock.json", || {
            let words = ["ci", "--silent", "--no-audit", "--no-fund"];
            run(Command::new("npm").args(words).current_dir(&folder))
        })?;
        let found = Command::new("node").args(["-p", "process.execPath"]).output()?;
        let interpreter = PathBuf::from(String::from_utf8(found.stdout)?.trim());
        Ok(Self { interpreter, folder })
    }

    /// Prepares Python, with the packages of `peers/requirements.txt` in an environment under `target/`.
    ///
    /// # Errors
    ///
    /// Fails if there is no Python, or if pip cannot install the packages.
    pub fn python() -> Result<Self, Failure> {
        let folder = target().join("bench/python");
        let interpreter = folder.join("bin/python");
        install(&folder, "requirements.txt", || {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            let quietly = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
            let list = folder.join("requirements.txt");
            run(Command::new(&interpreter).args(quietly).arg("--requirement").arg(list))
        })?;
        Ok(Self { interpreter, folder: peers() })
    }
}

/// Copies a list of packages to a folder and installs it, unless it is already installed there.
fn install(
    folder: &Path,
    list: &str,
    installed: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (wanted, done) = (fs::read(peers().join(list))?, folder.join("installed"));
    if fs::read(&done).is_ok_and(|done| done == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join(list), &wanted)?;
    installed()?;
    Ok(fs::write(done, wanted)?)
}

/// Runs a command that must succeed.
fn run(command: &mut Command) -> Result<(), Failure> {
    let name = command.get_program().to_owned();
    let status = command.status().map_err(|error| format!("{}: {error}", name.display()))?;
    if status.success() {
        return Ok(());
    }
    let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    Err(format!("{} {}: {status}", name.display(), words.join(" ")).into())
}

/// Returns the folder of build output.
pub fn target() -> PathBuf {
    root().join("target")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}
