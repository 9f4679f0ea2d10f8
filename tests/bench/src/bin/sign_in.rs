//! Measures the CPU time of a sign-in, which is one password hash: `cargo run -p bench-tests --bin sign_in`.
//!
//! Compares our hash, in memory that is kept and wiped, with the `argon2` crate's plain call in fresh memory.
//! The plain call is built twice: with cargo's defaults and with our settings.

use std::collections::BTreeSet;
use std::error::Error;
use std::ffi::OsStr;
use std::process::{Command, Stdio};

use bench_tests::figures::{Taken, beside, median};
use bench_tests::programs::Hashes;

/// Number of runs of each way, with one hash and with several.
const ROUNDS: usize = 9;
/// Hashes in one process: the hashes after the first show the cost once the memory is allocated.
const SEVERAL: u8 = 21;
/// The largest allowed share of the plain call's CPU time.
const ALLOWED: f64 = 0.75;

/// One way to compute the hash.
struct Contender<'a> {
    name: &'static str,
    program: &'a OsStr,
    way: Option<&'static str>,
    one: Vec<Taken>,
    several: Vec<Taken>,
}

#[expect(clippy::print_stdout, reason = "a command's answer")]
fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let hashes = Hashes::build()?;
    let (plain, own) = (hashes.plain.as_os_str(), hashes.password_hash.as_os_str());
    let contender =
        |name, program, way| Contender { name, program, way, one: vec![], several: vec![] };
    let mut contenders = [
        contender("argon2, fresh memory", plain, None),
        contender("the same, built as ours", own, Some("fresh")),
        contender("sign-in, kept memory", own, Some("kept")),
    ];
    let mut said = BTreeSet::new();
    for Contender { program, way, .. } in &contenders {
        said.insert(Command::new(program).args(way).arg("1").output()?.stdout);
    }
    if said.len() != 1 || said.contains(&Vec::new()) {
        return Err("the ways compute different hashes".into());
    }
    for _ in 0..ROUNDS {
        for contender in &mut contenders {
            contender.one.push(contender.measure(&hashes, 1)?);
            contender.several.push(contender.measure(&hashes, SEVERAL)?);
        }
    }
    println!(
        "One Argon2id hash of 64 MiB, three passes, one lane; release profile. Medians of {ROUNDS} rounds, in turn;\n\
         in brackets, the plain call = 1. A hash in kept memory is wiped after it."
    );
    println!("{:25}{:>20}{:>20}{:>20}", "", "CPU ms a hash", "CPU ms start + one", "peak MB");
    let mut first = None;
    let mut hash_beside = 1.0;
    for Contender { name, one, several, .. } in &contenders {
        let more = f64::from(SEVERAL - 1);
        let hash = median(one.iter().zip(several).map(|(a, b)| (b.cpu_ms - a.cpu_ms) / more));
        let row = [
            hash,
            median(one.iter().map(|taken| taken.cpu_ms)),
            median(several.iter().map(|taken| taken.peak_mb)),
        ];
        let theirs = *first.get_or_insert(row);
        hash_beside = hash / theirs[0];
        let columns: Vec<_> =
            row.iter().zip(theirs).map(|(own, peer)| beside(*own, peer)).collect();
        let padded: Vec<_> = columns.iter().map(|column| format!("{column:>20}")).collect();
        println!("{name:25}{}", padded.concat());
    }
    let verdict = if hash_beside <= ALLOWED { "within" } else { "over" };
    println!("{hash_beside:.3} of the plain call's CPU: {verdict} the allowance of {ALLOWED}.");
    Ok(())
}

impl Contender<'_> {
    fn measure(&self, hashes: &Hashes, times: u8) -> Result<Taken, Box<dyn Error + Send + Sync>> {
        let mut command = Command::new(&hashes.measured);
        command.arg(self.program).args(self.way).arg(times.to_string());
        // The pipe stays open until the program has ended by itself.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let held = child.stdin.take();
        let output = child.wait_with_output()?;
        drop(held);
        Taken::read(&output)
    }
}
