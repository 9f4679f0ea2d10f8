//! Runs a program and prints its resource usage: `measured PROGRAM [ARGUMENT…]`.
//!
//! Prints CPU milliseconds and peak megabytes, as `wait4` reports them for that process after its end. The
//! program is killed when this program's standard input is closed.
//!
//! It is a separate program because the kernel counts the memory of the starting process as the started
//! one's; this one uses very little.

use std::error::Error;
use std::io::{Read as _, stdin};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use wait4::Wait4 as _;

/// Interval of checks whether the program has ended.
const LOOKED_EVERY: Duration = Duration::from_millis(2);

#[expect(clippy::print_stdout, reason = "a command's answer")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args_os().skip(1);
    let program = words.next().ok_or("which program?")?;
    let mut child =
        Command::new(program).args(words).stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let (let_go, was_let_go) = channel();
    // End of input or an error: the caller has closed its end of the pipe.
    thread::spawn(move || drop(let_go.send(stdin().read_to_end(&mut Vec::new()))));
    let ended = loop {
        if let Some(ended) = child.try_wait4()? {
            if !ended.status.success() {
                return Err(ended.status.to_string().into());
            }
            break ended;
        }
        if was_let_go.recv_timeout(LOOKED_EVERY).is_ok() {
            child.kill()?;
            break child.wait4()?;
        }
    };
    let cpu = (ended.rusage.utime + ended.rusage.stime).as_secs_f64() * 1e3;
    let peak = f64::from(u32::try_from(ended.rusage.maxrss / 1024)?) / 1024.0;
    println!("{cpu:.3} {peak:.3}");
    Ok(())
}
