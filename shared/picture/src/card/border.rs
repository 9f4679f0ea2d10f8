//! Finds the printed border of a camera card when the card itself cannot be read.
//!
//! The border consists of large patches of violet and lime that alternate. At 300 pixels of width they survive damage
//! that makes a code unreadable: blur, motion, a hand, the frame's edge. The search looks along the axis from lime to
//! violet for peaks in a row at equal distances, with white paper along one side of the row. The paper gives the
//! white balance: in the light that makes it white, the patches must have the colours of the [`inks`].

use domain::camera_card::pattern::Ink;

use super::super::planes::Planes;
use super::super::shrink::index;
use super::field::{Field, real};
use super::inks::{self, Paper};

/// The long side of the picture that is searched first, in pixels: a card of 10 % of the width has 30 pixels.
const LONG_SIDE: usize = 300;
/// The number of picture sizes, each half of the one before: patches of 4 to 11 pixels are found at each size.
const SIZES: usize = 4;
/// The range of distances between two neighbouring patches, in pixels.
const STEP: std::ops::Range<f32> = 2.8..11.0;
/// The minimum height of a peak over its surroundings, of 255.
const LEAST_PEAK: f32 = 8.0;
/// The minimum difference between two neighbouring patches, of 255.
const LEAST_STEP: f32 = 16.0;
/// The positions of the paper beside a row of patches, in distances between patches.
const PAPER: [f32; 3] = [0.65, 0.8, 0.95];
/// The minimum number of patches in rows that make a border on white paper.
const LEAST_PATCHES: usize = 4;
/// The same on paper that looks coloured: many backdrops are coloured, and coloured light shows the whole border.
const LEAST_ON_TINT: usize = 8;
/// The maximum number of peaks; more are texture, and only the highest are searched.
const MOST_PEAKS: usize = 300;

/// How much of a card's border is in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seen {
    /// No part of it.
    None,
    /// One row of three patches: too little for a card, and rare in other pictures.
    Part,
    /// Enough for a card.
    Border,
}

/// Searches for a card's border in the picture.
pub(super) fn seen(view: &View) -> Seen {
    let mut most = view.seen();
    for smaller in std::iter::successors(view.halved(), View::halved).take(SIZES - 1) {
        if most == Seen::Border {
            break;
        }
        most = most.max(smaller.seen());
    }
    most
}

/// The picture at one small size.
pub(super) struct View {
    pub(super) luma: Field,
    /// Blue and red difference, 0 where grey.
    pub(super) colour: [Field; 2],
}

impl View {
    /// Builds the view; `None` for a grey picture and for one too small to show a card.
    pub(super) fn of(picture: &Planes) -> Option<Self> {
        let [blue, red] = picture.colour.as_ref()?;
        let width = index(picture.size.width);
        let half = width.div_ceil(2);
        let long = half.max(index(picture.size.height).div_ceil(2));
        // Rounded, so the searched picture is 200 to 450 pixels long.
        let step = ((long + LONG_SIDE / 2) / LONG_SIDE).max(1);
        let luma = Field::reduced(&picture.luma, width, step * 2);
        let colour = [blue, red].map(|plane| {
            let mut field = Field::reduced(plane, half, step).cut(luma.width, luma.height);
            field.samples.iter_mut().for_each(|sample| *sample -= 128.0);
            field
        });
        Some(Self { luma, colour })
    }

    fn halved(&self) -> Option<Self> {
        let [blue, red] = &self.colour;
        let luma = self.luma.halved();
        let is_large_enough = luma.width >= 12 && luma.height >= 12;
        is_large_enough.then(|| Self { luma, colour: [blue.halved(), red.halved()] })
    }

    fn seen(&self) -> Seen {
        let [on_white, on_any] = self.patches_in_rows();
        if on_white >= LEAST_PATCHES || on_any >= LEAST_ON_TINT {
            Seen::Border
        } else if on_white > 0 {
            Seen::Part
        } else {
            Seen::None
        }
    }

    /// Counts the patches in the largest group of rows that share patches: on white paper, and on any paper.
    fn patches_in_rows(&self) -> [usize; 2] {
        let [blue, red] = &self.colour;
        let axis = *inks::AXIS;
        // Brightness around a place, so that a card in the dark has the same colours as one in the light.
        let light = self.luma.mean(4);
        let along = blue.with(red, |blue, red| blue * axis[0] + red * axis[1]);
        let along = along.with(&light, |along, light| along * 150.0 / (light + 12.0)).mean(1);
        let around = along.mean(6);
        let height = along.with(&around, |along, around| along - around);
        let peaks = peaks(&height, &along);
        if peaks.len() < 3 {
            return [0; 2];
        }
        let smooth = Self { luma: self.luma.mean(1), colour: [blue.mean(1), red.mean(1)] };
        let (mut on_white, mut on_any) = (Groups::new(peaks.len()), Groups::new(peaks.len()));
        for (middle, peak) in peaks.iter().enumerate() {
            let beside: Vec<(usize, &Peak)> =
                peaks.iter().enumerate().filter(|(_, other)| peak.is_beside(other)).collect();
            for (place, (first, one)) in beside.iter().enumerate() {
                for (last, other) in beside.iter().take(place) {
                    let row = Row { patches: [one, peak, other] };
                    if !row.is_straight() {
                        continue;
                    }
                    if let Some(paper) = row.paper(&smooth, &peaks) {
                        on_any.join_row([*first, middle, *last]);
                        if paper == Paper::White {
                            on_white.join_row([*first, middle, *last]);
                        }
                    }
                }
            }
        }
        [on_white.largest(), on_any.largest()]
    }

    /// Returns brightness, blue and red difference near a place.
    fn near(&self, x: f32, y: f32) -> Option<[f32; 3]> {
        let [blue, red] = &self.colour;
        Some([self.luma.near(x, y)?, blue.near(x, y)?, red.near(x, y)?])
    }
}

/// A place that is more violet, or more lime, than everything around it.
struct Peak {
    x: f32,
    y: f32,
    ink: Ink,
    height: f32,
    /// Its position on the axis from lime to violet.
    along: f32,
}

impl Peak {
    fn is_beside(&self, other: &Self) -> bool {
        self.ink != other.ink
            && STEP.contains(&(self.x - other.x).hypot(self.y - other.y))
            && (self.along - other.along).abs() > LEAST_STEP
    }
}

fn peaks(height: &Field, along: &Field) -> Vec<Peak> {
    let mut peaks = Vec::new();
    let width = height.width;
    for y in 0..height.height {
        for x in 0..width {
            let Some(here) = height.at(x, y) else { continue };
            if here.abs() <= LEAST_PEAK {
                continue;
            }
            let sign = here.signum();
            let around = (y.saturating_sub(1)..=y + 1)
                .flat_map(|v| (x.saturating_sub(1)..=x + 1).map(move |u| (u, v)))
                .filter_map(|(u, v)| height.at(u, v));
            if around.into_iter().all(|other| other * sign <= here * sign) {
                let ink = if sign > 0.0 { Ink::Violet } else { Ink::Lime };
                let along = along.at(x, y).unwrap_or(0.0);
                peaks.push(Peak { x: real(x), y: real(y), ink, height: here.abs(), along });
            }
        }
    }
    peaks.sort_by(|one, other| other.height.total_cmp(&one.height));
    peaks.truncate(MOST_PEAKS);
    peaks
}

/// Three neighbouring patches.
struct Row<'a> {
    patches: [&'a Peak; 3],
}

impl Row<'_> {
    /// Are they in a line at similar distances?
    fn is_straight(&self) -> bool {
        let [one, middle, other] = self.patches;
        let (ax, ay) = (one.x - middle.x, one.y - middle.y);
        let (bx, by) = (other.x - middle.x, other.y - middle.y);
        let (a, b) = (ax.hypot(ay), bx.hypot(by));
        (0.6..1.67).contains(&(a / b)) && (ax * bx + ay * by) / (a * b) < -0.87
    }

    /// Returns the paper along one side, if the patches have the inks' hues in its light.
    ///
    /// `None` without such paper, or with a cloth pattern along the other side.
    fn paper(&self, view: &View, peaks: &[Peak]) -> Option<Paper> {
        let [one, _, other] = self.patches;
        let (x, y) = ((other.x - one.x) / 2.0, (other.y - one.y) / 2.0);
        let inks =
            self.patches.map(|patch| (patch.ink, view.near(patch.x, patch.y).unwrap_or_default()));
        let sides = [(-y, x), (y, -x)].into_iter().filter_map(|(across, down)| {
            let paper = |distance| {
                let beside = |patch: &Peak| {
                    view.near(patch.x + across * distance, patch.y + down * distance)
                };
                let [first, second, third] = self.patches.map(beside);
                inks::paper_of_the_border(inks, [first?, second?, third?])
            };
            let paper = PAPER.into_iter().filter_map(paper).max()?;
            (!self.goes_on(peaks, (-across, -down))).then_some(paper)
        });
        sides.max()
    }

    /// Do the patches alternate across the row, too? Checked cloth does that; a border is one patch wide.
    fn goes_on(&self, peaks: &[Peak], (across, down): (f32, f32)) -> bool {
        let near = 0.4 * across.hypot(down);
        let has_next = |patch: &&&Peak| {
            let (x, y) = (patch.x + across, patch.y + down);
            peaks.iter().any(|peak| peak.ink != patch.ink && (peak.x - x).hypot(peak.y - y) < near)
        };
        // One match may be noise on the area beside the card.
        self.patches.iter().filter(has_next).count() >= 2
    }
}

/// Peaks that are joined by rows.
struct Groups {
    /// For each peak the next of its group; the last one points to itself.
    next: Vec<usize>,
    is_in_a_row: Vec<bool>,
}

impl Groups {
    fn new(count: usize) -> Self {
        Self { next: (0..count).collect(), is_in_a_row: vec![false; count] }
    }

    fn end(&self, mut at: usize) -> usize {
        while let Some(next) = self.next.get(at)
            && *next != at
        {
            at = *next;
        }
        at
    }

    fn join_row(&mut self, [first, middle, last]: [usize; 3]) {
        self.join(first, middle);
        self.join(last, middle);
    }

    fn join(&mut self, one: usize, other: usize) {
        let (end, new_end) = (self.end(one), self.end(other));
        if let Some(next) = self.next.get_mut(end) {
            *next = new_end;
        }
        for place in [one, other] {
            if let Some(is_in_a_row) = self.is_in_a_row.get_mut(place) {
                *is_in_a_row = true;
            }
        }
    }

    fn largest(&self) -> usize {
        let mut sizes = vec![0_usize; self.next.len()];
        for (place, _) in self.is_in_a_row.iter().enumerate().filter(|(_, is)| **is) {
            if let Some(size) = sizes.get_mut(self.end(place)) {
                *size += 1;
            }
        }
        sizes.into_iter().max().unwrap_or(0)
    }
}
