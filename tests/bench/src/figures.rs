//! Resource usage of a process, and the median of several.

use std::error::Error;
use std::process::Output;

/// Resource usage of a process from start to end, all threads together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken {
    /// CPU time in milliseconds, user and system.
    pub cpu_ms: f64,
    /// Peak of resident memory, in megabytes of 1,048,576 bytes.
    pub peak_mb: f64,
}

impl Taken {
    /// Reads the last line that `measured` printed.
    ///
    /// # Errors
    ///
    /// Fails if it did not measure, with the measured program's error output.
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

/// Returns the median; of an even number of values the higher middle one, of none zero.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Formats a value with its ratio to the first one: `12.3 (0.45)`.
pub fn beside(value: f64, first: f64) -> String {
    format!("{value:.1} ({:.2})", value / first)
}
