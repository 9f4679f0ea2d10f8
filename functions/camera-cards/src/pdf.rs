//! Camera cards as a PDF to print: four cards a page, to be cut apart along the dashed lines.
//!
//! A card is held before a camera by a child or at arm's length, so the QR code is as big as the card allows and has
//! the highest error correction (30 % may be covered by a thumb). The name is for the photographer, the code for whom
//! the QR code fails. The same cards always give the same bytes.

mod qr;
mod text;

use domain::camera_card::CardCode;
use krilla::Document;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;

use self::text::{Fonts, Weight};

/// Points in a millimetre: a PDF counts in 1/72 inch.
const MM: f32 = 72.0 / 25.4;
/// White around what is on a card, in millimetres. Printers leave up to 6 mm at the paper's edge blank.
const MARGIN: f32 = 7.0;
/// The side of the QR code with its quiet zone, in millimetres: 62 mm of code and 10 mm of white on each side.
const QR_SIDE: f32 = 82.0;
const QR_TOP: f32 = 11.0;
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
    fn middle(&self) -> f32 {
        self.left + self.width / 2.0
    }

    fn text_width(&self) -> f32 {
        self.width - 2.0 * MARGIN
    }
}

fn draw_card(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    area: &Area,
    title: &str,
    card: &CardToPrint,
) -> Result<(), PdfError> {
    let line = |surface: &mut Surface<'_>, text: &str, weight, most, baseline: f32| {
        let fitted = fonts.fit(text, weight, &one_line(area.text_width(), most));
        fitted.draw_centred(surface, fonts, (area.middle() * MM, (area.top + baseline) * MM));
    };
    surface.set_fill(Some(grey(90)));
    line(surface, title, Weight::Regular, 8.0, 9.0);

    surface.set_fill(Some(grey(0)));
    let left = area.left + (area.width - QR_SIDE) / 2.0;
    let side = QR_SIDE * MM;
    qr::draw(surface, &card.code.qr_text(), (left * MM, (area.top + QR_TOP) * MM), side)?;
    let below_qr = QR_TOP + QR_SIDE;
    line(surface, &card.code.grouped(), Weight::Bold, 17.0, below_qr + 3.0);

    let name_top = below_qr + 7.0;
    let name_height = area.height - name_top - 16.0;
    match &card.holder {
        PrintedHolder::Student { given_name, family_name, class } => {
            let name = fonts.fit(
                format!("{given_name} {family_name}").trim(),
                Weight::Bold,
                &text::Room {
                    width: area.text_width() * MM,
                    height: name_height * MM,
                    most: 30.0,
                    least: 9.0,
                },
            );
            let space = (name_height * MM - name.height()) / 2.0;
            let top = (area.top + name_top) * MM + space;
            name.draw_centred(surface, fonts, (area.middle() * MM, top + name.first_baseline()));
            if let Some(class) = class {
                line(surface, class, Weight::Regular, 15.0, area.height - 9.0);
            }
        }
        PrintedHolder::Spare(number) => {
            let text = format!("{SPARE} {number}");
            line(surface, &text, Weight::Bold, 22.0, name_top + 8.0);
            write_on_line(surface, fonts, area, NAME, area.height - 19.0);
            write_on_line(surface, fonts, area, CLASS, area.height - 9.0);
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
    let y = (area.top + baseline) * MM;
    let left = (area.left + MARGIN + 3.0) * MM;
    let fitted = fonts.fit(word, Weight::Regular, &one_line(area.text_width(), 11.0));
    fitted.draw_from_left(surface, fonts, (left, y));
    let right = (area.left + area.width - MARGIN - 3.0) * MM;
    stroke(surface, (left + 17.0 * MM, y), (right, y), None);
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
