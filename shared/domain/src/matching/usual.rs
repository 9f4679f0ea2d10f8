//! What is usual on one camera's day: how many frames a run has, how long the pauses are.
//!
//! Estimates are medians and the median distance from them, which a few wrong runs do not move. Pauses are compared by
//! their logarithm: they are spread as products are.

/// The fewest runs that say what is usual. With fewer, the bounds are those of a slow photographer.
const FEWEST_RUNS: usize = 8;
/// The fewest pauses that say what is usual.
const FEWEST_PAUSES: usize = 12;
/// Bounds for a camera of few runs: frames, and seconds. Portraits take 3 to 8 frames, some seconds apart.
const LONG_OF_FEW: f64 = 15.0;
const PAUSE_OF_FEW_SECONDS: f64 = 90.0;
/// How many times the median distance a standard deviation is, for values spread normally.
const DEVIATION: f64 = 1.4826;

/// The bounds beyond which a run is not usual. The weak ones count only together with other evidence.
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
    /// Finds the bounds from frames per run, pauses within runs and pauses before the next card, in seconds.
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
        // A pause that is shorter than nearly every change of children is none.
        usual.pause = bound(3.0).max(between.quantile(10) * 0.75).max(3.0);
        usual.weak_pause = bound(2.0).max(between.quantile(5) * 0.6).max(2.0);
        usual
    }
}

/// Sorted values, their median and their deviation from it.
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
