//! Camera cards as a printable PDF: four cards per page, to cut apart along the dashed lines.
//!
//! A child holds the card before the camera, or the photographer holds it at arm's length. The border of violet and
//! lime patches can be found even where nothing can be read ([`domain::camera_card::pattern`]). The QR code fills the
//! rest of the width. The name is for the photographer; the printed code is for the case that the QR code fails. The
//! output is deterministic: the same cards give the same bytes.

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

/// Points per millimetre: a PDF's unit is 1/72 inch.
const MM: f32 = 72.0 / 25.4;
/// White space between the border and the text, in millimetres.
const MARGIN: f32 = 2.0;
const COLUMNS: u8 = 2;
const ROWS: u8 = 2;
const CARDS_PER_PAGE: usize = 4;

/// The words on a card that do not come from a roster.
const SPARE: &str = "Spare";
const NAME: &str = "Name";
const CLASS: &str = "Class";

/// The paper size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

impl Paper {
    /// Returns width and height in millimetres.
    fn size(self) -> (f32, f32) {
        match self {
            Self::A4 => (210.0, 297.0),
            Self::Letter => (215.9, 279.4),
        }
    }
}

/// The cards of one picture day, ready to print.
pub struct Sheet<'a> {
    /// The paper size.
    pub paper: Paper,
    /// School and date, in small print on every card, to tell today's cards from old ones.
    pub title: &'a str,
    /// The cards in print order.
    pub cards: &'a [CardToPrint],
}

/// One card to print.
pub struct CardToPrint {
    /// Its code, printed as a QR code and in groups.
    pub code: CardCode,
    /// The student, or the spare's number.
    pub holder: PrintedHolder,
}

/// The holder of a card, as printed.
pub enum PrintedHolder {
    /// A student of the roster.
    Student {
        /// The given name the child uses.
        given_name: String,
        /// The family name.
        family_name: String,
        /// The class, if the roster has one.
        class: Option<String>,
    },
    /// A spare with this number, with lines for handwriting.
    Spare(u16),
}

/// Why no PDF was made.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The list of cards is empty; a PDF needs at least one page.
    #[error("cannot print camera cards: no cards")]
    NoCards,
    /// A font that is embedded in this program cannot be read.
    #[error("cannot read an embedded font")]
    Font,
    /// The text does not fit into a QR code.
    #[error("cannot encode the QR code")]
    Qr(#[from] qrcode::types::QrError),
    /// The PDF writer failed; its text is for the log.
    #[error("cannot write the PDF: {0}")]
    Write(String),
}

/// Renders the PDF.
///
/// # Errors
///
/// [`PdfError::NoCards`] without a card; every other error is a fault of the program.
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

/// The position of a card on its page, in millimetres.
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

    /// Returns the white part inside the border, in page coordinates.
    fn inside(&self) -> Self {
        self.part(&self.border().inside())
    }

    /// Converts a part of the card to page coordinates.
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

/// Draws the patches, then the white middle over them.
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
    // Baselines are in millimetres from the top of the page.
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

/// Returns the room for one line: the text shrinks to 7 points before it is truncated.
fn one_line(width: f32, most: f32) -> text::Room {
    text::Room { width: width * MM, height: most * text::LINE_HEIGHT, most, least: 7.0 }
}

/// Draws a word and a line beside it for handwriting.
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

/// Returns a grey: 0 is black, 255 is white.
fn grey(light: u8) -> Fill {
    Fill { paint: luma::Color::new(light).into(), ..Fill::default() }
}

/// Converts a position in points from the page's upper left corner.
fn point((x, y): (f32, f32)) -> Point {
    Point::from_xy(x, y)
}

#[cfg(test)]
mod tests;
