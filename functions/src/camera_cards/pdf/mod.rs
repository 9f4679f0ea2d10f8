//! Camera cards as a PDF to print: four cards a page, to be cut apart along the dashed lines.
//!
//! A card is held before a camera by a child or at arm's length. Its border of violet and lime patches is found where
//! nothing can be read ([`domain::camera_card::pattern`]); the QR code fills the rest of the width. The name is for the
//! photographer, the code for whom the QR code fails. The same cards always give the same bytes.

mod qr;
mod text;

use domain::camera_card::CardCode;
use domain::camera_card::pattern::{self, Border};
use krilla::Document;
use krilla::color::{luma, rgb};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;

use self::text::{Fonts, Weight};

/// Points in a millimetre: a PDF counts in 1/72 inch.
const MM: f32 = 72.0 / 25.4;
/// White between the border and the text, in millimetres.
const MARGIN: f32 = 2.0;
const COLUMNS: u8 = 2;
const ROWS: u8 = 2;
const CARDS_PER_PAGE: usize = 4;

/// The words on a card that come from no roster.
const SPARE: &str = "Spare";
const NAME: &str = "Name";
const CLASS: &str = "Class";

/// What the cards are printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

impl Paper {
    /// Width and height in millimetres.
    fn size(self) -> (f32, f32) {
        match self {
            Self::A4 => (210.0, 297.0),
            Self::Letter => (215.9, 279.4),
        }
    }
}

/// The cards of one picture day, as they are to be printed.
pub struct Sheet<'a> {
    /// The paper.
    pub paper: Paper,
    /// School and date in small print on every card: a pile of old cards must be told from today's.
    pub title: &'a str,
    /// The cards in the order they are printed.
    pub cards: &'a [CardToPrint],
}

/// One card.
pub struct CardToPrint {
    /// Its code, printed as a QR code and in groups.
    pub code: CardCode,
    /// Whose it is.
    pub holder: PrintedHolder,
}

/// Whose card it is, in the words that are printed.
pub enum PrintedHolder {
    /// A student of the roster.
    Student {
        /// The name the child is called by.
        given_name: String,
        /// The family's name.
        family_name: String,
        /// The class, if the roster has one.
        class: Option<String>,
    },
    /// A spare with this number, with lines to write on.
    Spare(u16),
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// A PDF without a page is none.
    #[error("there are no cards to print")]
    NoCards,
    /// A font that comes with this program cannot be read.
    #[error("an embedded font cannot be read")]
    Font,
    /// The code does not fit a QR code.
    #[error("the QR code cannot be made")]
    Qr(#[from] qrcode::types::QrError),
    /// The PDF writer refused: its text is for the log.
    #[error("the PDF cannot be written: {0}")]
    Write(String),
}

/// The PDF.
///
/// # Errors
///
/// Without a card there is no PDF; everything else is a fault of the program.
pub fn cards(sheet: &Sheet<'_>) -> Result<Vec<u8>, PdfError> {
    if sheet.cards.is_empty() {
        return Err(PdfError::NoCards);
    }
    let fonts = Fonts::load()?;
    let (page_width, page_height) = sheet.paper.size();
    let mut document = Document::new();
    for page_cards in sheet.cards.chunks(CARDS_PER_PAGE) {
        let settings = PageSettings::from_wh(page_width * MM, page_height * MM)
            .ok_or_else(|| PdfError::Write("the paper has no size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        cut_lines(&mut surface, page_width, page_height);
        let places = (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (row, column)));
        for (card, (row, column)) in page_cards.iter().zip(places) {
            let area = Area {
                left: page_width / f32::from(COLUMNS) * f32::from(column),
                top: page_height / f32::from(ROWS) * f32::from(row),
                width: page_width / f32::from(COLUMNS),
                height: page_height / f32::from(ROWS),
            };
            draw_card(&mut surface, &fonts, &area, sheet.title, card)?;
        }
        surface.finish();
        page.finish();
    }
    document.set_metadata(Metadata::new().title(sheet.title.to_owned()));
    document.finish().map_err(|cause| PdfError::Write(format!("{cause:?}")))
}

/// Where a card is on its page, in millimetres.
struct Area {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
}

impl Area {
    fn border(&self) -> Border {
        Border::new(self.width, self.height)
    }

    /// The white part inside the border, on the page.
    fn inside(&self) -> Self {
        self.part(&self.border().inside())
    }

    /// A part of the card, on the page.
    fn part(&self, part: &pattern::Area) -> Self {
        let (left, top) = (self.left + part.left, self.top + part.top);
        Self { left, top, width: part.width, height: part.height }
    }

    fn middle(&self) -> f32 {
        self.left + self.width / 2.0
    }

    fn bottom(&self) -> f32 {
        self.top + self.height
    }

    fn text_width(&self) -> f32 {
        self.width - 2.0 * MARGIN
    }

    fn fill(&self, surface: &mut Surface<'_>, fill: Fill) {
        let rect =
            Rect::from_xywh(self.left * MM, self.top * MM, self.width * MM, self.height * MM);
        let Some(rect) = rect else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        let Some(path) = path.finish() else { return };
        surface.set_fill(Some(fill));
        surface.draw_path(&path);
    }
}

/// The patches, with the white middle over them.
fn draw_border(surface: &mut Surface<'_>, area: &Area) {
    for (patch, ink) in area.border().patches() {
        let [red, green, blue] = ink.rgb();
        let paint = rgb::Color::new(red, green, blue).into();
        area.part(&patch).fill(surface, Fill { paint, ..Fill::default() });
    }
    area.inside().fill(surface, grey(255));
}

fn draw_card(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    area: &Area,
    title: &str,
    card: &CardToPrint,
) -> Result<(), PdfError> {
    draw_border(surface, area);
    let inside = area.inside();
    // Baselines in millimetres from the top of the page.
    let line = |surface: &mut Surface<'_>, text: &str, weight, most, baseline: f32| {
        let fitted = fonts.fit(text, weight, &one_line(inside.text_width(), most));
        fitted.draw_centred(surface, fonts, (inside.middle() * MM, baseline * MM));
    };
    surface.set_fill(Some(grey(90)));
    line(surface, title, Weight::Regular, 8.0, inside.top + 3.6);

    surface.set_fill(Some(grey(0)));
    let code = area.part(&area.border().code());
    qr::draw(surface, &card.code.qr_text(), (code.left * MM, code.top * MM), code.width * MM)?;
    line(surface, &card.code.grouped(), Weight::Bold, 17.0, code.bottom());

    let name_top = code.bottom() + 2.0;
    match &card.holder {
        PrintedHolder::Student { given_name, family_name, class } => {
            let class_height = if class.is_some() { 6.5 } else { 0.0 };
            let name_height = inside.bottom() - name_top - class_height - 1.0;
            let name = fonts.fit(
                format!("{given_name} {family_name}").trim(),
                Weight::Bold,
                &text::Room {
                    width: inside.text_width() * MM,
                    height: name_height * MM,
                    most: 30.0,
                    least: 9.0,
                },
            );
            let space = (name_height * MM - name.height()) / 2.0;
            let top = name_top * MM + space;
            name.draw_centred(surface, fonts, (inside.middle() * MM, top + name.first_baseline()));
            if let Some(class) = class {
                line(surface, class, Weight::Regular, 14.0, inside.bottom() - 2.5);
            }
        }
        PrintedHolder::Spare(number) => {
            let text = format!("{SPARE} {number}");
            line(surface, &text, Weight::Bold, 18.0, name_top + 6.0);
            write_on_line(surface, fonts, &inside, NAME, inside.bottom() - 10.0);
            write_on_line(surface, fonts, &inside, CLASS, inside.bottom() - 2.5);
        }
    }
    Ok(())
}

/// Room for one line: shrinks to 7 points before it is cut short.
fn one_line(width: f32, most: f32) -> text::Room {
    text::Room { width: width * MM, height: most * text::LINE_HEIGHT, most, least: 7.0 }
}

/// A word and a line beside it, for a pen.
fn write_on_line(surface: &mut Surface<'_>, fonts: &Fonts, area: &Area, word: &str, baseline: f32) {
    let y = baseline * MM;
    let left = (area.left + MARGIN) * MM;
    let fitted = fonts.fit(word, Weight::Regular, &one_line(area.text_width(), 11.0));
    fitted.draw_from_left(surface, fonts, (left, y));
    let right = (area.left + area.width - MARGIN) * MM;
    stroke(surface, (left + 14.0 * MM, y), (right, y), None);
}

fn cut_lines(surface: &mut Surface<'_>, width: f32, height: f32) {
    let dash = || Some(StrokeDash { array: vec![4.0, 4.0], offset: 0.0 });
    let (middle, half_way) = (width / 2.0 * MM, height / 2.0 * MM);
    stroke(surface, (middle, 0.0), (middle, height * MM), dash());
    stroke(surface, (0.0, half_way), (width * MM, half_way), dash());
}

fn stroke(surface: &mut Surface<'_>, from: (f32, f32), to: (f32, f32), dash: Option<StrokeDash>) {
    let mut path = PathBuilder::new();
    path.move_to(from.0, from.1);
    path.line_to(to.0, to.1);
    let Some(path) = path.finish() else { return };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: luma::Color::new(140).into(),
        width: 0.6,
        dash,
        ..Stroke::default()
    }));
    surface.draw_path(&path);
    surface.set_stroke(None);
    surface.set_fill(Some(grey(0)));
}

/// 0 is black, 255 white.
fn grey(light: u8) -> Fill {
    Fill { paint: luma::Color::new(light).into(), ..Fill::default() }
}

/// A point on the page, in points from its upper left corner.
fn point((x, y): (f32, f32)) -> Point {
    Point::from_xy(x, y)
}

#[cfg(test)]
mod tests;
