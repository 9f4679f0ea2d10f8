//! The programs that are compared: ours as they are deployed, the peers as their registries hand them out.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Failure = Box<dyn Error + Send + Sync>;

/// What the benches need of ours, in the release profile, in one build: each selection of packages has its
/// own choice of features and would compile the AWS crates once more.
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

/// Our programs.
#[derive(Debug)]
pub struct Ours {
    /// Runs another and says what it took.
    pub measured: PathBuf,
    /// All small functions: `_HANDLER` picks one.
    pub api: PathBuf,
    /// Prepares a photo as the intake does.
    pub prepare: PathBuf,
    /// An endpoint that answers fixed text.
    pub bare: PathBuf,
}

impl Ours {
    /// Builds them.
    ///
    /// # Errors
    ///
    /// When cargo does not.
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

/// What the bench of signing in runs. `platform` gives away how it hashes to tests alone, so that this is a build of
/// its own.
#[derive(Debug)]
pub struct Hashes {
    /// Runs another and says what it took.
    pub measured: PathBuf,
    /// Computes hashes: `kept` or `fresh`, and how many.
    pub password_hash: PathBuf,
    /// Computes as many in fresh memory, built as cargo builds by itself.
    pub plain: PathBuf,
}

impl Hashes {
    /// Builds them, in the release profile.
    ///
    /// # Errors
    ///
    /// When cargo does not.
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

/// Programs of one peer's language: what runs them, and where its packages are.
#[derive(Debug)]
pub struct Peers {
    /// The interpreter.
    pub interpreter: PathBuf,
    /// The folder with the peers' programs.
    pub folder: PathBuf,
}

impl Peers {
    /// Node, with the packages of `peers/package-lock.json` in a folder under `target/`.
    ///
    /// # Errors
    ///
    /// When there is no Node, or npm cannot install them.
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

    /// Python, with the packages of `peers/requirements.txt` in an environment under `target/`.
    ///
    /// # Errors
    ///
    /// When there is no Python, or pip cannot install them.
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

/// Copies a list of packages to a folder and installs it, unless it is installed there already.
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

/// Where builds go.
pub fn target() -> PathBuf {
    root().join("target")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}
