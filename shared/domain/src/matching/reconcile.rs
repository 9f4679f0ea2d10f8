//! The reconciliation of a picture day: students without a photo, frames without a student, cards to check.

use std::collections::{BTreeMap, BTreeSet};

use crate::camera_card::{CardCode, Holder};
use crate::ids::{PhotoId, StudentId};
use crate::photo::{CardSeen, Photo, PhotoState};

/// The reconciliation of a picture day, over all its cameras.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Students of the roster without a photo.
    pub students_without_photo: BTreeSet<StudentId>,
    /// Students of the roster with at least one photo.
    pub photographed: BTreeSet<StudentId>,
    /// Cards of this picture day that were photographed, each counted once.
    pub cards_seen: BTreeSet<CardCode>,
    /// Photographed cards whose student has no photo.
    pub cards_without_photos: Vec<CardWithoutPhotos>,
    /// Photos that show no card and have no student.
    pub unmatched: Vec<PhotoId>,
    /// Frames with an unreadable card.
    pub unreadable_cards: Vec<PhotoId>,
    /// Frames with a card of another picture day.
    pub foreign_cards: Vec<PhotoId>,
    /// Photos that were refused.
    pub refused: Vec<PhotoId>,
    /// Photos that were announced and have not arrived.
    pub not_arrived: Vec<PhotoId>,
}

/// A photographed card whose student has no photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardWithoutPhotos {
    /// The card.
    pub code: CardCode,
    /// Its student.
    pub student: StudentId,
}

/// Reconciles a picture day from its matched photos. The lists keep the order of `photos`.
///
/// `students` are those to be photographed. A photo of another student still counts as matched.
pub fn reconcile(
    photos: &[Photo],
    cards: &BTreeMap<CardCode, Holder>,
    students: &BTreeSet<StudentId>,
) -> Reconciliation {
    let mut day = Reconciliation::default();
    let mut shown = BTreeSet::new();
    for photo in photos {
        match photo.state {
            PhotoState::Checked => {}
            PhotoState::Refused => {
                day.refused.push(photo.id.clone());
                continue;
            }
            PhotoState::Registered => {
                day.not_arrived.push(photo.id.clone());
                continue;
            }
        }
        match &photo.card {
            CardSeen::Code(text) => {
                match CardCode::from_qr_text(text).or_else(|_| CardCode::parse(text)) {
                    Ok(code) if cards.contains_key(&code) => {
                        day.cards_seen.insert(code);
                    }
                    Ok(_) => day.foreign_cards.push(photo.id.clone()),
                    Err(_) => day.unreadable_cards.push(photo.id.clone()),
                }
            }
            CardSeen::Unreadable if photo.is_camera_card => {
                day.unreadable_cards.push(photo.id.clone());
            }
            // An "unreadable card" that a person assigned to a student is a photo.
            CardSeen::Unreadable | CardSeen::None => {}
        }
        if photo.is_camera_card {
            continue;
        }
        if photo.students.is_empty() {
            day.unmatched.push(photo.id.clone());
        }
        shown.extend(photo.students.iter().cloned());
    }
    day.students_without_photo = students.difference(&shown).cloned().collect();
    day.photographed = students.intersection(&shown).cloned().collect();
    day.cards_without_photos = day
        .cards_seen
        .iter()
        .filter_map(|code| match cards.get(code)? {
            Holder::Student(student) if !shown.contains(student) => {
                Some(CardWithoutPhotos { code: *code, student: student.clone() })
            }
            Holder::Student(_) | Holder::Spare(_) => None,
        })
        .collect();
    day
}
