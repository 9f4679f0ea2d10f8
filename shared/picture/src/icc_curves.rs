//! Reads the tone curves of a colour profile with a matrix and curves, the form of nearly all RGB profiles.
//!
//! Source: ICC.1:2010, 7.3 (tag table), 10.5 (`curv`), 10.15 (`para`), 10.30 (`XYZ`).

/// The curves and colorants of red, green and blue.
pub(super) struct MatrixProfile {
    curves: [IccCurve; 3],
    /// XYZ of red, green and blue, adapted to D50.
    pub(super) colorants: [[f64; 3]; 3],
}

/// A curve from a stored number between 0 and 1 to light between 0 and 1.
enum IccCurve {
    Gamma(f64),
    Table(Vec<u16>),
    /// The formula with its parameters g, a, b, c, d, e, f: `(aX + b)^g + e` from d on, `cX + f` below.
    Formula([f64; 7]),
}

impl MatrixProfile {
    /// Reads an RGB profile; `None` if it has another form.
    pub(super) fn read(profile: &[u8]) -> Option<Self> {
        let is_plain = profile.get(16..24)? == b"RGB XYZ " && tag(profile, *b"A2B0").is_none();
        if !is_plain {
            return None;
        }
        let curve = |name| IccCurve::read(tag(profile, name)?);
        let colorant = |name| {
            let data = tag(profile, name)?.strip_prefix(b"XYZ \0\0\0\0")?;
            let [x, y, z] = fixed::<3>(data)?;
            Some([x, y, z])
        };
        Some(Self {
            curves: [curve(*b"rTRC")?, curve(*b"gTRC")?, curve(*b"bTRC")?],
            colorants: [colorant(*b"rXYZ")?, colorant(*b"gXYZ")?, colorant(*b"bXYZ")?],
        })
    }

    /// Are eight bits too few for its curves? Half the number is more than 30 % of the light (sRGB: 21 %).
    pub(super) fn is_nearly_linear(&self) -> bool {
        self.curves.iter().all(|curve| curve.light(0.5) > 0.3)
    }

    /// Returns the light of a stored number of a channel: 0 red, 1 green, 2 blue.
    pub(super) fn light(&self, channel: usize, stored: f64) -> f64 {
        self.curves.get(channel).map_or(stored, |curve| curve.light(stored))
    }
}

impl IccCurve {
    fn read(data: &[u8]) -> Option<Self> {
        if let Some(data) = data.strip_prefix(b"curv\0\0\0\0") {
            let (count, values) = data.split_first_chunk()?;
            let count = usize::try_from(u32::from_be_bytes(*count)).ok()?;
            let values = values.as_chunks::<2>().0.get(..count)?;
            let mut values = values.iter().map(|value| u16::from_be_bytes(*value));
            return match count {
                0 => Some(Self::Gamma(1.0)),
                1 => values.next().map(|gamma| Self::Gamma(f64::from(gamma) / 256.0)),
                _ => Some(Self::Table(values.collect())),
            };
        }
        let data = data.strip_prefix(b"para\0\0\0\0")?;
        let (kind, data) = data.split_first_chunk::<4>()?;
        let formula = match u16::from_be_bytes([kind[0], kind[1]]) {
            0 => fixed::<1>(data).map(|[g]| [g, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            1 => fixed::<3>(data).map(|[g, a, b]| [g, a, b, 0.0, -b / a, 0.0, 0.0]),
            2 => fixed::<4>(data).map(|[g, a, b, c]| [g, a, b, 0.0, -b / a, c, c]),
            3 => fixed::<5>(data).map(|[g, a, b, c, d]| [g, a, b, c, d, 0.0, 0.0]),
            4 => fixed::<7>(data),
            _ => None,
        };
        formula.filter(|parts| parts.iter().all(|part| part.is_finite())).map(Self::Formula)
    }

    #[expect(clippy::many_single_char_names, reason = "the letters of the formula in the standard")]
    fn light(&self, stored: f64) -> f64 {
        match self {
            Self::Gamma(gamma) => stored.powf(*gamma),
            Self::Table(values) => {
                let last = u32::try_from(values.len().saturating_sub(1)).unwrap_or(0);
                let place = stored.clamp(0.0, 1.0) * f64::from(last);
                let below = place.floor();
                let at = |place: f64| {
                    let place = usize::try_from(super::profile::rounded(place)).unwrap_or(0);
                    values.get(place).or(values.last()).map_or(0.0, |value| f64::from(*value))
                };
                (at(below) + (at(below + 1.0) - at(below)) * (place - below)) / 65_535.0
            }
            Self::Formula([g, a, b, c, d, e, f]) => {
                if stored >= *d {
                    (a * stored + b).max(0.0).powf(*g) + e
                } else {
                    c * stored + f
                }
            }
        }
    }
}

/// Returns the data of a tag.
fn tag(profile: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    let (count, entries) = profile.get(128..)?.split_first_chunk()?;
    let count = usize::try_from(u32::from_be_bytes(*count)).ok()?;
    let mut entries = entries.as_chunks::<12>().0.iter().take(count);
    let &[_, _, _, _, o3, o2, o1, o0, l3, l2, l1, l0] =
        entries.find(|entry| entry.starts_with(&name))?;
    let start = usize::try_from(u32::from_be_bytes([o3, o2, o1, o0])).ok()?;
    let length = usize::try_from(u32::from_be_bytes([l3, l2, l1, l0])).ok()?;
    profile.get(start..start.checked_add(length)?)
}

/// Parses signed fixed-point numbers with 16 bits before and 16 after the point.
fn fixed<const COUNT: usize>(data: &[u8]) -> Option<[f64; COUNT]> {
    let words = data.as_chunks::<4>().0.get(..COUNT)?;
    let words: [[u8; 4]; COUNT] = words.try_into().ok()?;
    Some(words.map(|word| f64::from(i32::from_be_bytes(word)) / 65_536.0))
}
