//! Assigns each frame of one camera to a student: by the card before it, by file name, or by hand.
//!
//! Never by face. The worst failure of this product is to show a child's photo to another family. So a frame gets a
//! student only where that is certain. Everywhere else it stays unmatched, with a [`Note`]:
//!
//! * A frame belongs to the nearest card before it on its camera, in capture order: see [`order`].
//! * A camera is a label and a body. Frames of two bodies under one label are matched separately: see [`body`].
//! * An unreadable card, a card of another picture day and a lost file (it may have been a card) end the run of the
//!   card before them. That student gets no more frames. A lost movie is not a card.
//! * A spare card names no student: its frames wait for a person.
//! * Of two cards in a row, the first has no photos. Siblings on one photo are assigned by hand.
//! * File names count only on a camera without any card, readable or not: `0042.jpg`, `0042_2.jpg` and `0042-2.jpg`
//!   belong to the student whose school-issued id is exactly `0042`.
//! * A person's decision is never overwritten.
//!
//! A card that was not photographed leaves its frames in the run of the card before it: see [`doubt`]. Such a run keeps
//! its student, but families do not see it until a person has confirmed it.

mod body;
mod clock;
mod counter;
pub mod doubt;
mod file_kind;
mod file_name;
pub mod order;
mod reconcile;
mod shown;
mod usual;

use std::collections::{BTreeMap, BTreeSet};

pub use self::clock::CaptureTime;
pub use self::doubt::Doubt;
use self::doubt::{Evidence, Runs};
use self::order::Order;
pub use self::reconcile::{CardWithoutPhotos, Reconciliation, reconcile};
use self::shown::Shown;
use crate::camera_card::{CardCode, Holder};
use crate::ids::{PhotoId, StudentId};
use crate::photo::{CameraBody, CardSeen, MatchedBy, Photo, PhotoState};

/// One frame of one camera, with the facts that matching needs.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// The photo.
    pub photo: PhotoId,
    /// The camera's civil time.
    pub captured_at: Option<CaptureTime>,
    /// Whether `captured_at` is the time of the last edit.
    pub is_edit_time: bool,
    /// The body that took it, where the file names one.
    pub body: Option<CameraBody>,
    /// The name of the photographer's file.
    pub file_name: String,
    /// The camera card that it shows: the QR code's text or the code itself.
    pub card: CardSeen,
    /// Whether it may show a part of a card, although no card was found.
    pub looks_like_card: bool,
    /// Whether the file was refused, or was announced and has not arrived. It may have been a card.
    ///
    /// A lost file gets no match; only its place in the order counts.
    pub is_lost: bool,
    /// A person's decision: these students, or no student for an empty set.
    pub by_hand: Option<BTreeSet<StudentId>>,
}

/// Never prints the file name, because it may be a child's name.
impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({})", self.photo)
    }
}

impl From<&Photo> for Frame {
    /// An unchecked photo counts as lost until it arrives or is sent again.
    fn from(photo: &Photo) -> Self {
        Self {
            photo: photo.id.clone(),
            captured_at: photo.captured_at.as_deref().and_then(CaptureTime::parse),
            is_edit_time: photo.is_edit_time,
            body: photo.body.clone(),
            file_name: photo.file_name.clone(),
            card: photo.card.clone(),
            looks_like_card: photo.looks_like_card,
            is_lost: photo.state != PhotoState::Checked,
            by_hand: (photo.matched_by == Some(MatchedBy::Hand)).then(|| photo.students.clone()),
        }
    }
}

/// Facts of the picture day beyond the frames of one camera.
#[derive(Clone, Copy)]
pub struct DayFacts<'a> {
    /// The picture day's cards. Every other card is foreign.
    pub cards: &'a BTreeMap<CardCode, Holder>,
    /// Students by school-issued id; only ids that exactly one student has.
    pub students_by_issued_id: &'a BTreeMap<String, StudentId>,
    /// The students in the print order of their cards.
    pub print_order: &'a [StudentId],
    /// Students whose card is on another camera of the day, or whom a person assigned to a photo there.
    pub seen_elsewhere: &'a BTreeSet<StudentId>,
}

/// The students that one frame shows, and how they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The photo.
    pub photo: PhotoId,
    /// The students it shows; empty when none is known.
    pub students: BTreeSet<StudentId>,
    /// How they were found. `Hand` also when a person decided that it shows no student.
    pub by: Option<MatchedBy>,
    /// Whether it shows a camera card. Families never see such a photo.
    pub is_camera_card: bool,
    /// Why it has no student.
    pub note: Option<Note>,
    /// The photo of the card that gave it its student.
    pub run: Option<PhotoId>,
    /// Why a person must check its run first. Empty where no card gave it its student.
    pub doubts: BTreeSet<Doubt>,
}

/// Why a frame has no student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// No card was photographed before it.
    BeforeFirstCard,
    /// The card before it could not be read.
    AfterUnreadableCard,
    /// The spare card with this number is before it, or it is that card. A person must name the student.
    SpareCard(u16),
    /// A card of another picture day is before it, or it is that card.
    ForeignCard,
    /// A frame before it was refused or never arrived and may have been a card.
    AfterLostFrame,
    /// Neither time nor number gives it a place.
    ///
    /// Or a card on its camera has no place; then no frame of the camera is known to follow another card.
    NoPlaceInOrder,
    /// Clock and number disagree about the card before it.
    ClockDisagrees,
    /// The camera's counter restarted, and no card was photographed since.
    CounterStartedAgain,
    /// Two bodies took turns under one label, and it is unknown which one took it.
    TwoBodies,
    /// No card on this camera, and no student whose id equals the file name.
    NoCardAndNoNameMatch,
}

impl Note {
    /// Returns the stable code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::BeforeFirstCard => "before_first_card",
            Self::AfterUnreadableCard => "after_unreadable_card",
            Self::SpareCard(_) => "spare_card",
            Self::ForeignCard => "foreign_card",
            Self::AfterLostFrame => "after_lost_frame",
            Self::NoPlaceInOrder => "no_place_in_order",
            Self::ClockDisagrees => "clock_disagrees",
            Self::CounterStartedAgain => "counter_started_again",
            Self::TwoBodies => "two_bodies",
            Self::NoCardAndNoNameMatch => "no_card_and_no_name_match",
        }
    }
}

/// Matches all frames of one camera label. The order of the input does not matter.
///
/// Returns one match for each frame that is not lost. Matches are sorted by body and capture order; frames without a
/// place come last.
pub fn match_camera(frames: &[Frame], day: &DayFacts<'_>) -> Vec<Match> {
    if !frames.iter().any(shows_card) {
        let mut live: Vec<_> = frames.iter().filter(|frame| !frame.is_lost).collect();
        live.sort_by(|a, b| (&a.file_name, &a.photo).cmp(&(&b.file_name, &b.photo)));
        let by_name = |frame| by_file_name(frame, day.students_by_issued_id);
        return live.into_iter().map(by_name).collect();
    }
    let split = body::split(frames);
    let present = body::present(frames, split.bodies.len());
    let seen = seen(frames, day);
    let evidence = Evidence { present: &present, seen: &seen, day };
    let mut matches = Vec::with_capacity(frames.len());
    for body in &split.bodies {
        let order = Order::of(&body.frames, body.is_known, day);
        let mut runs = Runs::default();
        let mut of_body = Vec::with_capacity(order.placed.len());
        for (at, one) in order.placed.iter().enumerate() {
            if one.frame.is_lost || !body.is_own(one.frame) {
                continue;
            }
            if one.shown.is_break() {
                of_body.push(of_card(one.frame, &one.shown));
                continue;
            }
            let card = order.break_before(at);
            if let Ok(card) = card {
                runs.add(card, at);
            }
            let shown =
                card.map(|card| order.placed.get(card).map_or(&Shown::Lost, |card| &card.shown));
            of_body.push(by_card(one.frame, shown));
        }
        runs.judge(&order, &evidence, &mut of_body);
        matches.extend(of_body);
    }
    matches.extend(split.of_unknown_body.into_iter().map(|frame| {
        match Shown::by(frame, day.cards) {
            Shown::NoCard => by_card(frame, Err(Note::TwoBodies)),
            shown @ (Shown::Card(_) | Shown::Foreign | Shown::Unreadable | Shown::Lost) => {
                of_card(frame, &shown)
            }
        }
    }));
    matches
}

/// Returns the student of a card, if it is a student's card of this picture day.
pub fn card_holder(seen: &CardSeen, cards: &BTreeMap<CardCode, Holder>) -> Option<StudentId> {
    Shown::of_card(seen, cards).student().cloned()
}

fn shows_card(frame: &Frame) -> bool {
    !frame.is_lost && frame.card != CardSeen::None
}

/// Returns the students whose card is on a camera, or whom a person assigned to a photo.
fn seen(frames: &[Frame], day: &DayFacts<'_>) -> BTreeSet<StudentId> {
    let mut seen = day.seen_elsewhere.clone();
    for frame in frames {
        seen.extend(frame.by_hand.iter().flatten().cloned());
        seen.extend(Shown::by(frame, day.cards).student().cloned());
    }
    seen
}

fn unmatched(frame: &Frame, is_camera_card: bool, note: Option<Note>) -> Match {
    Match {
        photo: frame.photo.clone(),
        students: BTreeSet::new(),
        by: None,
        is_camera_card,
        note,
        run: None,
        doubts: BTreeSet::new(),
    }
}

/// Matches a frame that shows a card, readable or not.
fn of_card(frame: &Frame, shown: &Shown) -> Match {
    if let Some(students) = &frame.by_hand {
        // A person who assigns an "unreadable card" to a student has seen that it is no card.
        let is_camera_card = *shown != Shown::Unreadable || students.is_empty();
        return by_hand(frame, students, is_camera_card);
    }
    let note = match shown {
        Shown::Card(Holder::Spare(number)) => Some(Note::SpareCard(*number)),
        Shown::Foreign => Some(Note::ForeignCard),
        Shown::Card(Holder::Student(_)) | Shown::Unreadable | Shown::NoCard | Shown::Lost => None,
    };
    unmatched(frame, true, note)
}

/// Matches a frame without a card, by what the break before it shows.
fn by_card(frame: &Frame, before: Result<&Shown, Note>) -> Match {
    if let Some(students) = &frame.by_hand {
        return by_hand(frame, students, false);
    }
    let note = match before {
        Ok(Shown::Card(Holder::Student(student))) => {
            return Match {
                students: BTreeSet::from([student.clone()]),
                by: Some(MatchedBy::Card),
                ..unmatched(frame, false, None)
            };
        }
        Ok(Shown::Card(Holder::Spare(number))) => Note::SpareCard(*number),
        Ok(Shown::Foreign) => Note::ForeignCard,
        Ok(Shown::Unreadable) => Note::AfterUnreadableCard,
        Ok(Shown::Lost | Shown::NoCard) => Note::AfterLostFrame,
        Err(note) => note,
    };
    unmatched(frame, false, Some(note))
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
        run: None,
        doubts: BTreeSet::new(),
    }
}

fn by_hand(frame: &Frame, students: &BTreeSet<StudentId>, is_camera_card: bool) -> Match {
    Match {
        photo: frame.photo.clone(),
        students: students.clone(),
        by: Some(MatchedBy::Hand),
        is_camera_card,
        note: None,
        run: None,
        doubts: BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests;
