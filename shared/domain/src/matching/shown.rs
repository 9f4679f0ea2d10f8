//! The content of a frame, interpreted with the picture day's cards.

use std::collections::BTreeMap;

use super::Frame;
use crate::camera_card::{CardCode, Holder};
use crate::ids::StudentId;
use crate::photo::CardSeen;

/// What a frame shows, after its code was looked up in the picture day's cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    NoCard,
    Card(Holder),
    Foreign,
    Unreadable,
    /// The file is lost, so its content is unknown.
    Lost,
}

impl Shown {
    pub(super) fn by(frame: &Frame, cards: &BTreeMap<CardCode, Holder>) -> Self {
        if frame.is_lost {
            return Self::Lost;
        }
        Self::of_card(&frame.card, cards)
    }

    pub(super) fn of_card(card: &CardSeen, cards: &BTreeMap<CardCode, Holder>) -> Self {
        match card {
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

    /// Returns whether the frames before and after it may show two different students.
    pub(super) fn is_break(&self) -> bool {
        *self != Self::NoCard
    }

    /// Returns the student whose card it is.
    pub(super) fn student(&self) -> Option<&StudentId> {
        match self {
            Self::Card(Holder::Student(student)) => Some(student),
            Self::Card(Holder::Spare(_))
            | Self::NoCard
            | Self::Foreign
            | Self::Unreadable
            | Self::Lost => None,
        }
    }
}
