//! What a process took, and the middle of several.

use std::error::Error;
use std::process::Output;

/// What a process took, from its start to its end, all threads together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken {
    /// CPU time in milliseconds, user and system.
    pub cpu_ms: f64,
    /// The most memory that was resident, in megabytes of 1,048,576 bytes.
    pub peak_mb: f64,
}

impl Taken {
    /// Reads the last line of `measured`.
    ///
    /// # Errors
    ///
    /// When it did not measure, with what the measured program complained about.
    pub fn read(output: &Output) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let said = String::from_utf8_lossy(&output.stdout);
        let line = said.lines().next_back().unwrap_or_default();
        let mut numbers = line.split_whitespace().filter_map(|number| number.parse().ok());
        match (output.status.success(), numbers.next(), numbers.next()) {
            (true, Some(cpu_ms), Some(peak_mb)) => Ok(Self { cpu_ms, peak_mb }),
            _ => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
        }
    }
}

/// The middle value; of an even number of values the higher of the two in the middle. Zero of none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// A value and how many times the first one it is: `12.3 (0.45)`.
pub fn beside(value: f64, first: f64) -> String {
    format!("{value:.1} ({:.2})", value / first)
}
