//! Text layout: fits names in any script into the space on a card.
//!
//! A text is split into runs of one direction (Arabic and Hebrew go from right to left) and one font. Each run is
//! shaped (Arabic letters join, marks stand over their letters), and the runs are drawn from left to right. Two fonts
//! are embedded: `DejaVu` Sans Bold (Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic) and `WenQuanYi`
//! Micro Hei (Latin, Chinese, Japanese, Korean). A character that neither font has is drawn as an empty box.

use harfrust::{Direction, GlyphInfo, GlyphPosition, ShapeOptions, ShaperData, UnicodeBuffer};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{FontRef, MetadataProvider as _};
use unicode_bidi::BidiInfo;

use super::{PdfError, point};

static BOLD: &[u8] = include_bytes!("../../../../fonts/DejaVuSans-Bold.ttf");
static REGULAR: &[u8] = include_bytes!("../../../../fonts/wqy-microhei.ttc");

/// Distance between two baselines, in font sizes.
pub(super) const LINE_HEIGHT: f32 = 1.2;
/// Distance from the top of a line to its baseline, in font sizes.
const ASCENT: f32 = 0.93;
const ELLIPSIS: char = '…';

/// The preferred weight, for letters that both fonts have.
#[derive(Clone, Copy)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// The parsed fonts.
pub(super) struct Fonts {
    regular: Face,
    bold: Face,
}

struct Face {
    font: Font,
    outlines: FontRef<'static>,
    shaper: ShaperData,
}

impl Face {
    fn load(bytes: &'static [u8]) -> Result<Self, PdfError> {
        let font = Font::new(bytes.into(), 0).ok_or(PdfError::Font)?;
        let outlines = FontRef::from_index(bytes, 0).map_err(|_| PdfError::Font)?;
        let shaper = ShaperData::new(&outlines);
        Ok(Self { font, outlines, shaper })
    }

    fn has(&self, c: char) -> bool {
        self.outlines.charmap().map(c).is_some()
    }

    /// Shapes a text: the glyphs in drawing order, with all lengths in font sizes.
    fn shape(&self, text: &str, direction: Direction) -> Vec<KrillaGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(direction);
        let shaper = self.shaper.shaper(&self.outlines).build();
        let glyphs = shaper.shape(buffer, ShapeOptions::new());

        let byte = |cluster: u32| usize::try_from(cluster).unwrap_or(usize::MAX);
        let mut starts: Vec<usize> =
            glyphs.glyph_infos().iter().map(|info| byte(info.cluster)).collect();
        starts.sort_unstable();
        let em = |units: i32| {
            // A font has at most 16,384 units per font size; no glyph is wider than twice that.
            let units = i16::try_from(units).unwrap_or(i16::MAX);
            f32::from(units) / self.font.units_per_em()
        };
        let glyph = |(info, position): (&GlyphInfo, &GlyphPosition)| {
            let start = byte(info.cluster);
            let end = starts.iter().copied().find(|next| *next > start).unwrap_or(text.len());
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                em(position.x_advance),
                em(position.x_offset),
                em(position.y_offset),
                em(position.y_advance),
                start..end,
                None,
            )
        };
        glyphs.glyph_infos().iter().zip(glyphs.glyph_positions()).map(glyph).collect()
    }
}

/// A run of letters of one font and one direction.
struct Run {
    is_bold: bool,
    text: String,
    glyphs: Vec<KrillaGlyph>,
    /// In font sizes.
    width: f32,
}

/// One line, ready to draw at any size.
struct Line {
    runs: Vec<Run>,
    /// In font sizes.
    width: f32,
}

/// The space for a text; all values are in points.
pub(super) struct Room {
    pub(super) width: f32,
    pub(super) height: f32,
    /// The largest font size.
    pub(super) most: f32,
    /// The smallest font size; a text that does not fit at it is truncated.
    pub(super) least: f32,
}

/// A text broken into lines, at the size at which it fits.
pub(super) struct Fitted {
    lines: Vec<Line>,
    size: f32,
}

impl Fonts {
    pub(super) fn load() -> Result<Self, PdfError> {
        Ok(Self { regular: Face::load(REGULAR)?, bold: Face::load(BOLD)? })
    }

    fn face(&self, is_bold: bool) -> &Face {
        if is_bold { &self.bold } else { &self.regular }
    }

    /// Fits a text at the largest possible size, broken between words.
    ///
    /// Only at the smallest size is a word broken inside, and the rest is replaced by `…`. Invisible characters and
    /// characters that change the writing direction are removed: on paper they make one name look like another.
    pub(super) fn fit(&self, text: &str, weight: Weight, room: &Room) -> Fitted {
        let text: String = text.chars().filter(|c| !is_deceptive(*c)).collect();
        let words: Vec<&str> = text.split_whitespace().collect();
        let widths: Vec<f32> = words.iter().map(|word| self.line(word, weight).width).collect();
        let space = self.line(" ", weight).width;

        let mut size = room.most;
        while size > room.least {
            let lines = broken(&words, &widths, space, room.width / size);
            let is_wide = widths.iter().any(|width| width * size > room.width);
            let is_high = count(lines.len()) * size * LINE_HEIGHT > room.height + 0.1;
            if !is_wide && !is_high {
                let lines = lines.iter().map(|line| self.line(line, weight)).collect();
                return Fitted { lines, size };
            }
            size -= 0.5;
        }
        let size = room.least;
        let lines = self.broken_anywhere(&words, weight, room);
        Fitted { lines, size }
    }

    /// Breaks the text at the smallest size: inside words where necessary, and truncated.
    fn broken_anywhere(&self, words: &[&str], weight: Weight, room: &Room) -> Vec<Line> {
        let width = room.width / room.least;
        let pieces: Vec<String> =
            words.iter().flat_map(|word| self.pieces(word, weight, width)).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let widths: Vec<f32> = pieces.iter().map(|piece| self.line(piece, weight).width).collect();
        let mut texts = broken(&pieces, &widths, self.line(" ", weight).width, width);

        let has_room = |lines: usize| count(lines) * room.least * LINE_HEIGHT <= room.height + 0.1;
        let is_cut = !has_room(texts.len());
        while texts.len() > 1 && !has_room(texts.len()) {
            texts.pop();
        }
        if let (true, Some(last)) = (is_cut, texts.last_mut()) {
            while self.line(&format!("{last}{ELLIPSIS}"), weight).width > width
                && last.pop().is_some()
            {}
            last.push(ELLIPSIS);
        }
        texts.iter().map(|text| self.line(text, weight)).collect()
    }

    /// Splits a word into pieces that each fit the width.
    fn pieces(&self, word: &str, weight: Weight, width: f32) -> Vec<String> {
        let mut pieces = Vec::new();
        let mut piece = String::new();
        for c in word.chars() {
            piece.push(c);
            if self.line(&piece, weight).width > width && piece.pop().is_some() && !piece.is_empty()
            {
                pieces.push(std::mem::take(&mut piece));
                piece.push(c);
            }
        }
        pieces.push(piece);
        pieces
    }

    /// Shapes one line.
    fn line(&self, text: &str, weight: Weight) -> Line {
        let bidi = BidiInfo::new(text, None);
        let mut line = Line { runs: Vec::new(), width: 0.0 };
        for paragraph in &bidi.paragraphs {
            let (levels, ranges) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for range in ranges {
                let is_rtl = levels.get(range.start).is_some_and(unicode_bidi::Level::is_rtl);
                let direction =
                    if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight };
                let mut parts = self.by_font(text.get(range).unwrap_or_default(), weight);
                if is_rtl {
                    parts.reverse();
                }
                for (is_bold, text) in parts {
                    let glyphs = self.face(is_bold).shape(&text, direction);
                    let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
                    line.width += width;
                    line.runs.push(Run { is_bold, text, glyphs, width });
                }
            }
        }
        line
    }

    /// Splits a text where the font must change.
    ///
    /// Letters choose their font. Other characters use the font of the letter before them if that font has them.
    fn by_font(&self, text: &str, weight: Weight) -> Vec<(bool, String)> {
        let prefers_bold = matches!(weight, Weight::Bold);
        let mut parts: Vec<(bool, String)> = Vec::new();
        for c in text.chars() {
            let before = parts.last().map(|(is_bold, _)| *is_bold);
            let follows =
                before.filter(|is_bold| !c.is_alphanumeric() && self.face(*is_bold).has(c));
            let is_bold = follows.unwrap_or_else(|| {
                if self.face(prefers_bold).has(c) {
                    prefers_bold
                } else if self.face(!prefers_bold).has(c) {
                    !prefers_bold
                } else {
                    before.unwrap_or(prefers_bold)
                }
            });
            match parts.last_mut() {
                Some((font, part)) if *font == is_bold => part.push(c),
                Some(_) | None => parts.push((is_bold, c.into())),
            }
        }
        parts
    }
}

/// Is this an invisible character that changes how a text looks? Joiners are not: names need them.
const fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Fills lines with words. A word wider than the line gets a line of its own.
fn broken(words: &[&str], widths: &[f32], space: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<(String, f32)> = Vec::new();
    for (word, width) in words.iter().zip(widths) {
        match lines.last_mut() {
            Some((line, used)) if *used + space + width <= room => {
                line.push(' ');
                line.push_str(word);
                *used += space + width;
            }
            Some(_) | None => lines.push(((*word).to_owned(), *width)),
        }
    }
    lines.into_iter().map(|(line, _)| line).collect()
}

fn count(lines: usize) -> f32 {
    f32::from(u16::try_from(lines).unwrap_or(u16::MAX))
}

impl Fitted {
    /// The height of all lines in points.
    pub(super) fn height(&self) -> f32 {
        count(self.lines.len()) * self.size * LINE_HEIGHT
    }

    /// Distance from the top of the text to its first baseline, in points.
    pub(super) fn first_baseline(&self) -> f32 {
        self.size * ASCENT
    }

    /// Draws each line centred at `x`, with the first baseline at `y`, in points.
    pub(super) fn draw_centred(
        &self,
        surface: &mut Surface<'_>,
        fonts: &Fonts,
        (x, y): (f32, f32),
    ) {
        let mut baseline = y;
        for line in &self.lines {
            line.draw(surface, fonts, self.size, (x - line.width * self.size / 2.0, baseline));
            baseline += self.size * LINE_HEIGHT;
        }
    }

    /// Draws each line from `x` to the right, with the first baseline at `y`, in points.
    pub(super) fn draw_from_left(
        &self,
        surface: &mut Surface<'_>,
        fonts: &Fonts,
        (x, y): (f32, f32),
    ) {
        let mut baseline = y;
        for line in &self.lines {
            line.draw(surface, fonts, self.size, (x, baseline));
            baseline += self.size * LINE_HEIGHT;
        }
    }
}

impl Line {
    fn draw(&self, surface: &mut Surface<'_>, fonts: &Fonts, size: f32, (x, y): (f32, f32)) {
        let mut x = x;
        for run in &self.runs {
            let font = fonts.face(run.is_bold).font.clone();
            surface.draw_glyphs(point((x, y)), &run.glyphs, font, &run.text, size, false);
            x += run.width * size;
        }
    }
}

#[cfg(test)]
mod tests;
