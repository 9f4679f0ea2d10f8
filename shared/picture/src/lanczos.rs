//! The Lanczos filter with three lobes, read from a table.
//!
//! The resizer computes its weights again for each band of rows, and cannot be given them. Two sines for each weight
//! cost 7 % of a photo's intake; a look-up costs a tenth of that.

use std::f64::consts::PI;
use std::sync::LazyLock;

use fast_image_resize::Filter;

use super::shrink::{index, nearest};

/// The reach in samples of the smaller picture: three lobes.
pub(super) const REACH: f64 = 3.0;
/// Table entries for one sample.
///
/// Between two entries the table is linear: wrong by less than 3 × 10⁻⁸, far below a weight's 16 bits.
const STEPS: u32 = 4096;
/// Entries: up to and including the reach, and one to interpolate to.
const ENTRIES: u32 = 3 * STEPS + 2;

static TABLE: LazyLock<Vec<f64>> =
    LazyLock::new(|| (0..ENTRIES).map(|step| exact(f64::from(step) / f64::from(STEPS))).collect());

/// Returns the filter as the resizer takes it; never `None` for this reach.
pub(super) fn filter() -> Option<Filter> {
    Filter::new("Lanczos3", weight, REACH).ok()
}

fn weight(distance: f64) -> f64 {
    let distance = distance.abs();
    if distance >= REACH {
        return 0.0;
    }
    let place = distance * f64::from(STEPS);
    let step = place.floor();
    let at = index(nearest(step));
    match TABLE.get(at..=at + 1) {
        Some(&[low, high]) => low + (high - low) * (place - step),
        Some(_) | None => 0.0,
    }
}

/// The definition: sinc(x) × sinc(x / 3) within the reach.
fn exact(distance: f64) -> f64 {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    if distance >= REACH { 0.0 } else { sinc(distance) * sinc(distance / REACH) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_filter_to_seven_digits() {
        for step in -32_000..=32_000 {
            let distance = f64::from(step) / 10_000.0;
            let error = (weight(distance) - exact(distance.abs())).abs();
            assert!(error < 1e-7, "{distance}: {error}");
        }
        assert!((weight(0.0) - 1.0).abs() < 1e-12);
        assert!(weight(3.0).abs() < 1e-12 && weight(f64::MAX).abs() < 1e-12);
    }
}
