//! What a frame shows, seen with the picture day's cards.

use std::collections::BTreeMap;

use super::Frame;
use crate::camera_card::{CardCode, Holder};
use crate::ids::StudentId;
use crate::photo::CardSeen;

/// What a frame shows, for readers who know the picture day's cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    NoCard,
    Card(Holder),
    Foreign,
    Unreadable,
    /// The file cannot be looked at.
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

    /// Claims that the frames before it and after it may be of two children.
    pub(super) fn is_break(&self) -> bool {
        *self != Self::NoCard
    }

    /// The student whose card it is.
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
