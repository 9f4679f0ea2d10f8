//! Prepares one file several times, for `tests/bench`: `prepare FILE [TIMES [FOLDER]]`.
//!
//! Writes the last results to the folder. Prints only two numbers, both as Linux counts them: the CPU time of one
//! preparation (milliseconds, the mean of all but the first when there are several) and the process's peak memory
//! (`VmHWM`, megabytes).

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use picture::{check, prepare};

#[expect(clippy::print_stdout, reason = "a command's answer")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let path = PathBuf::from(arguments.next().ok_or("which file?")?);
    let times: u32 = arguments.next().as_deref().unwrap_or("1").parse()?;
    let folder = arguments.next().map(PathBuf::from);
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_owned();

    let mut total = 0.0;
    let mut counted = 0_u32;
    for time in 0..times {
        let bytes = fs::read(&path)?;
        let before = cpu_milliseconds()?;
        let header = check(&bytes, &extension)?;
        let prepared = prepare(bytes, header)?;
        let spent = cpu_milliseconds()? - before;
        if let Some(folder) = &folder {
            fs::write(folder.join("web.jpg"), &prepared.web.bytes)?;
            fs::write(folder.join("proof.jpg"), &prepared.proof.bytes)?;
            fs::write(folder.join("thumbnail.jpg"), &prepared.thumbnail.bytes)?;
        }
        drop(prepared);
        if time > 0 || times == 1 {
            total += spent;
            counted += 1;
        }
    }
    println!("{:.1} {:.1}", total / f64::from(counted.max(1)), peak_megabytes()?);
    Ok(())
}

/// Returns the CPU time of this thread. Source: Linux, `Documentation/scheduler/sched-stats.rst`.
fn cpu_milliseconds() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split_whitespace().next().ok_or("no schedstat")?.parse()?;
    Ok(nanoseconds / 1e6)
}

/// Returns the peak resident memory of this process. Source: Linux, `proc_pid_status(5)`.
fn peak_megabytes() -> Result<f64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    let kibibytes: f64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
    Ok(kibibytes / 1024.0)
}
