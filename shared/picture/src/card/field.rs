//! Small pictures of one quantity, and the window sums for the border search.

/// One quantity at every place of a small picture.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) samples: Vec<f32>,
}

impl Field {
    /// Averages every `step` × `step` samples of a plane.
    pub(super) fn reduced(plane: &[u8], width: usize, step: usize) -> Self {
        let step = step.max(1);
        let mut samples = Vec::new();
        let columns = width / step;
        let mut sums = vec![0_u32; columns];
        for rows in plane.chunks_exact((width * step).max(1)) {
            sums.fill(0);
            for row in rows.chunks_exact(width) {
                for (sum, part) in sums.iter_mut().zip(row.chunks_exact(step)) {
                    *sum += part.iter().map(|sample| u32::from(*sample)).sum::<u32>();
                }
            }
            let area = real(step * step);
            samples.extend(sums.iter().map(|sum| real(usize::try_from(*sum).unwrap_or(0)) / area));
        }
        let height = samples.len().checked_div(columns).unwrap_or(0);
        Self { width: columns, height, samples }
    }

    /// Returns the field at half the size.
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut samples = Vec::with_capacity(width * height);
        for rows in self.samples.chunks_exact((self.width * 2).max(1)) {
            let (upper, lower) = rows.split_at(self.width);
            let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            samples
                .extend(pairs.map(|(a, b)| (a.iter().sum::<f32>() + b.iter().sum::<f32>()) / 4.0));
        }
        Self { width, height, samples }
    }

    /// Returns the upper left part of this size.
    pub(super) fn cut(self, width: usize, height: usize) -> Self {
        if (self.width, self.height) == (width, height) {
            return self;
        }
        let rows = self.samples.chunks_exact(self.width.max(1)).take(height);
        let samples: Vec<f32> = rows.flat_map(|row| row.iter().take(width).copied()).collect();
        let width = width.min(self.width);
        Self { width, height: height.min(self.height), samples }
    }

    /// Returns the sample at a place; `None` outside.
    pub(super) fn at(&self, x: usize, y: usize) -> Option<f32> {
        if x < self.width { self.samples.get(y * self.width + x).copied() } else { None }
    }

    /// Returns the sample nearest to a place; `None` outside.
    pub(super) fn near(&self, x: f32, y: f32) -> Option<f32> {
        self.at(nearest(x)?, nearest(y)?)
    }

    /// Combines this field with another of the same size.
    pub(super) fn with(&self, other: &Self, each: impl Fn(f32, f32) -> f32) -> Self {
        let samples = self.samples.iter().zip(&other.samples).map(|(a, b)| each(*a, *b)).collect();
        Self { samples, width: self.width, height: self.height }
    }

    /// Returns the mean over a window with this reach to each side; smaller at the edges.
    pub(super) fn mean(&self, reach: usize) -> Self {
        let mut across = Vec::with_capacity(self.samples.len());
        for row in self.samples.chunks_exact(self.width.max(1)) {
            let mut sum: f32 = row.iter().take(reach).sum();
            let mut count = reach.min(row.len());
            let (mut ahead, mut behind) = (row.iter().skip(reach), row.iter());
            for x in 0..row.len() {
                if let Some(sample) = ahead.next() {
                    sum += sample;
                    count += 1;
                }
                if x > reach
                    && let Some(sample) = behind.next()
                {
                    sum -= sample;
                    count -= 1;
                }
                across.push(sum / real(count));
            }
        }
        let rows: Vec<&[f32]> = across.chunks_exact(self.width.max(1)).collect();
        let mut sums = vec![0.0_f32; self.width];
        let mut samples = Vec::with_capacity(self.samples.len());
        let mut count = 0;
        let add = |sums: &mut [f32], row: &[f32], sign: f32| {
            sums.iter_mut().zip(row).for_each(|(sum, sample)| *sum += sign * sample);
        };
        for row in rows.iter().take(reach) {
            add(&mut sums, row, 1.0);
            count += 1;
        }
        let (mut ahead, mut behind) = (rows.iter().skip(reach), rows.iter());
        for y in 0..rows.len() {
            if let Some(row) = ahead.next() {
                add(&mut sums, row, 1.0);
                count += 1;
            }
            if y > reach
                && let Some(row) = behind.next()
            {
                add(&mut sums, row, -1.0);
                count -= 1;
            }
            let rows = real(count);
            samples.extend(sums.iter().map(|sum| sum / rows));
        }
        Self { samples, width: self.width, height: self.height }
    }
}

/// Converts a count to a number for calculations; exact below 2^24.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "the counts come from small pictures"
)]
pub(super) const fn real(count: usize) -> f32 {
    count as f32
}

/// Returns the nearest place; `None` below 0.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a small picture, not negative; what is too large is outside"
)]
fn nearest(position: f32) -> Option<usize> {
    let rounded = position.round();
    if rounded >= 0.0 { Some(rounded as usize) } else { None }
}
