//! Schedules: calls the functions that the template runs on a schedule.

use std::future::Future;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// The rate of a schedule, such as `rate(5 minutes)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(Duration);

/// A schedule expression that this runner does not support.
#[derive(Debug, thiserror::Error)]
#[error("cannot parse schedule {0:?}: only rate(n minutes|hours|days) is supported")]
pub struct RateError(String);

impl Rate {
    /// Parses `rate(1 minute)`, `rate(2 hours)`, `rate(7 days)`.
    ///
    /// Source: Amazon EventBridge User Guide, "Rate expressions".
    ///
    /// # Errors
    ///
    /// For every other expression.
    pub fn parse(expression: &str) -> Result<Self, RateError> {
        let wrong = || RateError(expression.to_owned());
        let inside =
            expression.trim().strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')'));
        let (count, unit) =
            inside.and_then(|rate| rate.trim().split_once(' ')).ok_or_else(wrong)?;
        let count: u64 = count.parse().ok().filter(|count| *count > 0).ok_or_else(wrong)?;
        let seconds = match unit.trim() {
            "minute" | "minutes" => 60,
            "hour" | "hours" => 3_600,
            "day" | "days" => 86_400,
            _ => return Err(wrong()),
        };
        count.checked_mul(seconds).map(Duration::from_secs).map(Self).ok_or_else(wrong)
    }

    /// Returns the time between two calls.
    pub fn as_duration(self) -> Duration {
        self.0
    }
}

/// Calls `job` at every interval until `stop` is true; the first call is one interval after the start.
///
/// A job that takes longer than the interval is not started twice: the missed calls are skipped.
pub async fn every<F>(every: Duration, mut stop: watch::Receiver<bool>, mut job: impl FnMut() -> F)
where
    F: Future<Output = ()>,
{
    let first = tokio::time::Instant::now() + every;
    let mut clock = tokio::time::interval_at(first, every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        let is_due = tokio::select! {
            _ = clock.tick() => true,
            _ = stop.wait_for(|stop| *stop) => false,
        };
        if !is_due {
            return;
        }
        job().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn a_rate_is_a_count_and_a_unit() {
        let seconds = |text| Rate::parse(text).ok().map(|rate| rate.as_duration().as_secs());
        assert_eq!(seconds("rate(1 minute)"), Some(60));
        assert_eq!(seconds("rate(5 minutes)"), Some(300));
        assert_eq!(seconds("rate(2 hours)"), Some(7_200));
        assert_eq!(seconds("rate(1 day)"), Some(86_400));
        for wrong in ["rate(0 minutes)", "rate(5)", "rate(5 weeks)", "cron(0 3 * * ? *)", ""] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_job_is_called_every_period_until_the_stop() {
        let calls = AtomicU32::new(0);
        let (stop, stopped) = watch::channel(false);
        let clock = every(Duration::from_millis(5), stopped, || async {
            calls.fetch_add(1, Ordering::Relaxed);
        });
        let later = async {
            tokio::time::sleep(Duration::from_millis(60)).await;
            stop.send(true).unwrap();
        };
        tokio::join!(clock, later);
        let calls = calls.load(Ordering::Relaxed);
        assert!((2..=13).contains(&calls), "{calls}");
    }
}
