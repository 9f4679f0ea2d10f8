//! What a camera wrote about how and when a picture was taken: the three facts that outlive the EXIF block.

use exif::{Exif, In, Tag, Value};

use super::xmp;

/// What is read before the EXIF block is thrown away.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// The camera's civil time, `2026-09-14T09:12:33.120`: always three digits after the point, so that the
    /// texts sort as the times do. Cameras do not know their zone reliably.
    pub(super) at: Option<String>,
    /// Orientation, 1 to 8; `None` if there is none that makes sense.
    pub(super) orientation: Option<u8>,
    /// Whether the colours are Adobe RGB though no profile says so.
    ///
    /// Cameras set to Adobe RGB leave out the profile and write the interoperability index `R03` (DCF 2.0,
    /// "optional file"), and some a colour space of 2, which EXIF does not list. Without the EXIF block the
    /// picture would look dull everywhere.
    pub(super) is_adobe_rgb: bool,
}

impl Taken {
    /// Adds what an XMP packet says. EXIF wins: viewers read only EXIF, so that its orientation is the one the
    /// photographer saw, and programs that turn the pixels correct EXIF and often leave XMP stale.
    pub(super) fn or_xmp(mut self, packet: Option<&[u8]>) -> Self {
        if self.orientation.is_none() {
            self.orientation = packet.and_then(xmp::orientation);
        }
        self
    }

    /// Reads an EXIF block from its TIFF header on. Broken EXIF is no reason to refuse a photo.
    pub(super) fn read(block: &[u8]) -> Self {
        let mut reader = exif::Reader::new();
        reader.continue_on_error(true);
        let exif = match reader.read_raw(block.to_vec()) {
            Ok(exif) => exif,
            Err(error) => match error.distill_partial_result(|_| ()) {
                Ok(exif) => exif,
                Err(_) => return Self::default(),
            },
        };
        let orientation = exif
            .get_field(Tag::Orientation, In::PRIMARY)
            .and_then(|field| field.value.get_uint(0))
            .and_then(|value| u8::try_from(value).ok())
            .filter(|value| (1..=8).contains(value));
        Self { at: time(&exif), orientation, is_adobe_rgb: is_adobe_rgb(&exif) }
    }
}

fn is_adobe_rgb(exif: &Exif) -> bool {
    const ADOBE_RGB: u32 = 2;
    let space = exif.get_field(Tag::ColorSpace, In::PRIMARY);
    let index = ascii(exif, Tag::InteroperabilityIndex);
    space.and_then(|field| field.value.get_uint(0)) == Some(ADOBE_RGB)
        || index.is_some_and(|index| index.starts_with(b"R03"))
}

fn time(exif: &Exif) -> Option<String> {
    let mut time = exif::DateTime::from_ascii(ascii(exif, Tag::DateTimeOriginal)?).ok()?;
    let plausible = (1990..=2200).contains(&time.year)
        && (1..=12).contains(&time.month)
        && (1..=31).contains(&time.day)
        && time.hour < 24
        && time.minute < 60
        && time.second < 60;
    if !plausible {
        return None;
    }
    if let Some(fraction) = ascii(exif, Tag::SubSecTimeOriginal) {
        // Some cameras write blanks; the second alone is still worth keeping.
        if time.parse_subsec(fraction.trim_ascii()).is_err() {
            time.nanosecond = None;
        }
    }
    let exif::DateTime { year, month, day, hour, minute, second, nanosecond, .. } = time;
    let thousandths = nanosecond.unwrap_or(0) / 1_000_000;
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{thousandths:03}"
    ))
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    let Value::Ascii(lines) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    lines.first().map(Vec::as_slice)
}
