//! The usual values of one camera's day: frames per run and pauses.
//!
//! Estimates use the median and the median distance from it, which a few wrong runs do not move. Pauses are compared by
//! their logarithm, because their distribution is multiplicative.

/// Minimum number of runs for an estimate. With fewer, the bounds of a slow photographer apply.
const FEWEST_RUNS: usize = 8;
/// Minimum number of pauses for an estimate.
const FEWEST_PAUSES: usize = 12;
/// Bounds for a camera with few runs: frames, and seconds.
///
/// A portrait takes 3 to 8 frames, some seconds apart.
const LONG_OF_FEW: f64 = 15.0;
const PAUSE_OF_FEW_SECONDS: f64 = 90.0;
/// Ratio of the standard deviation to the median distance in a normal distribution.
const DEVIATION: f64 = 1.4826;

/// The bounds above which a run is unusual. The weak ones count only together with other evidence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usual {
    /// Frames of a long run.
    pub(super) long: f64,
    pub(super) weakly_long: f64,
    /// Seconds of a long pause within a run.
    pub(super) pause: f64,
    pub(super) weak_pause: f64,
}

impl Usual {
    /// Computes the bounds from frames per run, pauses within runs and pauses before the next card, in seconds.
    pub(super) fn of(frames: Vec<f64>, within: Vec<f64>, between: Vec<f64>) -> Self {
        let mut usual = Self {
            long: LONG_OF_FEW,
            weakly_long: LONG_OF_FEW * 0.8,
            pause: PAUSE_OF_FEW_SECONDS,
            weak_pause: PAUSE_OF_FEW_SECONDS / 2.0,
        };
        if frames.len() >= FEWEST_RUNS {
            let frames = Spread::of(frames);
            let deviation = frames.deviation.max(0.5);
            usual.long = (frames.median + 3.0 * deviation + 0.5).max(frames.quantile(95) * 1.25);
            usual.weakly_long = (frames.median + 1.8 * deviation).max(frames.median * 1.5);
        }
        if within.len() < FEWEST_PAUSES {
            return usual;
        }
        let within = Spread::of(within.into_iter().map(|pause| pause.max(0.5).ln()).collect());
        let deviation = within.deviation.max(0.25);
        let between = Spread::of(between);
        let bound = |deviations: f64| (within.median + deviations * deviation).exp();
        // A pause shorter than nearly all pauses between students is not long.
        usual.pause = bound(3.0).max(between.quantile(10) * 0.75).max(3.0);
        usual.weak_pause = bound(2.0).max(between.quantile(5) * 0.6).max(2.0);
        usual
    }
}

/// Sorted values with their median and their deviation from it.
struct Spread {
    sorted: Vec<f64>,
    median: f64,
    deviation: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let median = quantile(&values, 50);
        let mut distances: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
        distances.sort_by(f64::total_cmp);
        let deviation = quantile(&distances, 50) * DEVIATION;
        Self { sorted: values, median, deviation }
    }

    fn quantile(&self, percent: usize) -> f64 {
        quantile(&self.sorted, percent)
    }
}

fn quantile(sorted: &[f64], percent: usize) -> f64 {
    let at = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(at).copied().unwrap_or(0.0)
}
