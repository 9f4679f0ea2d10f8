//! Which student each frame of one camera shows: by the camera card photographed before it, by its file's name, or by
//! hand. Never by face.
//!
//! The worst this product can do is to show a child's photo to another family. So a frame is given to a student only
//! where that is certain, and is left unmatched, with a [`Note`], everywhere else:
//!
//! * A frame belongs to the nearest card before it on its camera, in capture order.
//! * A card that cannot be read, a card of another picture day and a frame nobody could look at (it may have been a
//!   card) end the run of the card before them: nothing is given to that child any more.
//! * A spare card names nobody: its frames wait for a person.
//! * Two cards one after the other: the first has no photos. Siblings on one photo are given by hand.
//! * Only on a camera without any card, read or unreadable, do file names count: `0042.jpg`, `0042_2.jpg` and
//!   `0042-2.jpg` are the student whose school-issued id is exactly `0042`.
//! * What a person decided is never overwritten.
//!
//! Capture order is explained at [`order`].

mod file_name;
pub mod order;
mod reconcile;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;

pub use self::reconcile::{CardWithoutPhotos, Reconciliation, reconcile};
use crate::camera_card::{CardCode, Holder};
use crate::ids::{PhotoId, StudentId};
use crate::photo::{CardSeen, MatchedBy, Photo, PhotoState};

/// One frame of one camera, as far as matching is concerned.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// The photo.
    pub photo: PhotoId,
    /// The camera's civil time with its fraction of a second, from EXIF.
    pub captured_at: Option<DateTime>,
    /// What the photographer's file is called.
    pub file_name: String,
    /// What it shows of a camera card: the QR code's text or the code itself.
    pub card: CardSeen,
    /// Nobody could look at it: the file was refused, or was announced and has not arrived. It may have been a card.
    /// It has no match of its own; only its place in the order counts.
    pub is_lost: bool,
    /// What a person decided: these students, or with an empty set nobody.
    pub by_hand: Option<BTreeSet<StudentId>>,
}

/// Never prints a file's name: it may be a child's.
impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({})", self.photo)
    }
}

impl From<&Photo> for Frame {
    /// A photo that was not checked is lost as far as matching is concerned, until it arrives or is sent again.
    fn from(photo: &Photo) -> Self {
        Self {
            photo: photo.id.clone(),
            captured_at: photo.captured_at.as_deref().and_then(|time| time.parse().ok()),
            file_name: photo.file_name.clone(),
            card: photo.card.clone(),
            is_lost: photo.state != PhotoState::Checked,
            by_hand: (photo.matched_by == Some(MatchedBy::Hand)).then(|| photo.students.clone()),
        }
    }
}

/// Whom one frame shows, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The photo.
    pub photo: PhotoId,
    /// The students it shows; empty when nobody is known.
    pub students: BTreeSet<StudentId>,
    /// How they were found. By hand also where a person decided that it shows nobody.
    pub by: Option<MatchedBy>,
    /// Whether it shows a camera card and no family may see it.
    pub is_camera_card: bool,
    /// Why it has no student.
    pub note: Option<Note>,
}

/// Why a frame has no student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// No card was photographed before it.
    BeforeFirstCard,
    /// The card before it could not be read.
    AfterUnreadableCard,
    /// The spare card with this number is before it (or it is that card): say whose it is.
    SpareCard(u16),
    /// A card of another picture day is before it (or it is that card).
    ForeignCard,
    /// A frame before it was refused or never arrived and may have been a card.
    AfterLostFrame,
    /// It has no capture time and its number does not say where it belongs; or this is so of a card on its camera, and
    /// then of no frame of the camera is it known which card was before it.
    NoPlaceInOrder,
    /// No card on this camera, and no student whose id is the file's name.
    NoCardAndNoNameMatch,
}

impl Note {
    /// The stable code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::BeforeFirstCard => "before_first_card",
            Self::AfterUnreadableCard => "after_unreadable_card",
            Self::SpareCard(_) => "spare_card",
            Self::ForeignCard => "foreign_card",
            Self::AfterLostFrame => "after_lost_frame",
            Self::NoPlaceInOrder => "no_place_in_order",
            Self::NoCardAndNoNameMatch => "no_card_and_no_name_match",
        }
    }
}

/// Matches all frames of one camera. The order in which they are given does not matter.
///
/// `cards` are the picture day's cards; every other card is foreign. `students_by_issued_id` holds only ids that one
/// student alone has. The answer has one match for each frame that is not lost, in capture order, those without a
/// place at the end.
pub fn match_camera(
    frames: &[Frame],
    cards: &BTreeMap<CardCode, Holder>,
    students_by_issued_id: &BTreeMap<String, StudentId>,
) -> Vec<Match> {
    let order = order::capture_order(frames);
    let shows_card = |frame: &Frame| !frame.is_lost && frame.card != CardSeen::None;
    let has_cards = frames.iter().any(shows_card);
    // A card that was photographed nobody knows when: any frame may come after it.
    let order_is_known = !order.without_place.iter().any(|frame| shows_card(frame));

    let mut run = if order_is_known { Run::NotBegun } else { Run::Unknown };
    let mut matches = Vec::with_capacity(frames.len());
    for frame in &order.placed {
        let shown = Shown::by(frame, cards);
        if order_is_known && let Some(begins) = shown.begins() {
            run = begins;
        }
        if !frame.is_lost {
            matches.push(if has_cards {
                by_card(frame, &shown, &run)
            } else {
                by_file_name(frame, students_by_issued_id)
            });
        }
    }
    for frame in order.without_place.iter().filter(|frame| !frame.is_lost) {
        matches.push(if has_cards {
            by_card(frame, &Shown::by(frame, cards), &Run::Unknown)
        } else {
            by_file_name(frame, students_by_issued_id)
        });
    }
    matches
}

/// What a frame shows, for those who know the picture day's cards.
enum Shown {
    NoCard,
    Card(Holder),
    Foreign,
    Unreadable,
    /// Nobody could look.
    Lost,
}

impl Shown {
    fn by(frame: &Frame, cards: &BTreeMap<CardCode, Holder>) -> Self {
        if frame.is_lost {
            return Self::Lost;
        }
        match &frame.card {
            CardSeen::None => Self::NoCard,
            CardSeen::Unreadable => Self::Unreadable,
            CardSeen::Code(text) => {
                match CardCode::from_qr_text(text).or_else(|_| CardCode::parse(text)) {
                    Ok(code) => cards.get(&code).cloned().map_or(Self::Foreign, Self::Card),
                    Err(_) => Self::Unreadable,
                }
            }
        }
    }

    /// The run that begins with this frame, if one does.
    fn begins(&self) -> Option<Run> {
        match self {
            Self::NoCard => None,
            Self::Card(Holder::Student(student)) => Some(Run::Student(student.clone())),
            Self::Card(Holder::Spare(number)) => Some(Run::Spare(*number)),
            Self::Foreign => Some(Run::Foreign),
            Self::Unreadable => Some(Run::Unreadable),
            Self::Lost => Some(Run::Lost),
        }
    }
}

/// What the frames that follow belong to.
enum Run {
    NotBegun,
    Student(StudentId),
    Spare(u16),
    Foreign,
    Unreadable,
    Lost,
    /// It is not known which card was before.
    Unknown,
}

fn by_card(frame: &Frame, shown: &Shown, run: &Run) -> Match {
    let unmatched = |is_camera_card, note| Match {
        photo: frame.photo.clone(),
        students: BTreeSet::new(),
        by: None,
        is_camera_card,
        note,
    };
    if let Some(students) = &frame.by_hand {
        // A person who gives an "unreadable card" to a child has seen that it is none.
        let is_camera_card = match shown {
            Shown::Card(_) | Shown::Foreign => true,
            Shown::Unreadable => students.is_empty(),
            Shown::NoCard | Shown::Lost => false,
        };
        return by_hand(frame, students, is_camera_card);
    }
    match shown {
        Shown::Card(Holder::Student(_)) | Shown::Unreadable => return unmatched(true, None),
        Shown::Card(Holder::Spare(number)) => {
            return unmatched(true, Some(Note::SpareCard(*number)));
        }
        Shown::Foreign => return unmatched(true, Some(Note::ForeignCard)),
        Shown::NoCard | Shown::Lost => {}
    }
    let note = match run {
        Run::Student(student) => {
            return Match {
                photo: frame.photo.clone(),
                students: BTreeSet::from([student.clone()]),
                by: Some(MatchedBy::Card),
                is_camera_card: false,
                note: None,
            };
        }
        Run::NotBegun => Note::BeforeFirstCard,
        Run::Spare(number) => Note::SpareCard(*number),
        Run::Foreign => Note::ForeignCard,
        Run::Unreadable => Note::AfterUnreadableCard,
        Run::Lost => Note::AfterLostFrame,
        Run::Unknown => Note::NoPlaceInOrder,
    };
    unmatched(false, Some(note))
}

fn by_file_name(frame: &Frame, students_by_issued_id: &BTreeMap<String, StudentId>) -> Match {
    if let Some(students) = &frame.by_hand {
        return by_hand(frame, students, false);
    }
    let student = file_name::student(&frame.file_name, students_by_issued_id);
    Match {
        photo: frame.photo.clone(),
        by: student.map(|_| MatchedBy::FileName),
        note: if student.is_none() { Some(Note::NoCardAndNoNameMatch) } else { None },
        students: student.into_iter().cloned().collect(),
        is_camera_card: false,
    }
}

fn by_hand(frame: &Frame, students: &BTreeSet<StudentId>, is_camera_card: bool) -> Match {
    Match {
        photo: frame.photo.clone(),
        students: students.clone(),
        by: Some(MatchedBy::Hand),
        is_camera_card,
        note: None,
    }
}

#[cfg(test)]
mod tests;
