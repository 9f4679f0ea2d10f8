//! How a parent comes to see a gallery: requested → approved → consented (active) → ended.
//!
//! Photos are shown in one state only, [`AccessState::Active`]; approval and consent may come in
//! either order.

use serde::{Deserialize, Serialize};

/// What somebody who asks for a student's photos is to the student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A parent or legal guardian.
    #[default]
    Parent,
    /// The student, of 18 or over: only where the school has opened that, and only with its approval.
    Student,
}

/// What comes of asking, by what whoever asks holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// It stands as it is: asking again finds the same.
    Keep,
    /// A request begins, in the place of what was held.
    Begin {
        /// Whether the school must agree even where the code is enough.
        school_must_agree: bool,
    },
}

impl Relation {
    /// What comes of asking as this, once more or for the first time.
    ///
    /// Who is 18 the school alone knows: a student always waits for it. Whoever said to be the student and came no
    /// further than that may be a parent whose address a stranger typed, and asks as if for the first time; whoever
    /// went on as the student, or was refused as one, waits for the school as a parent, too.
    pub fn asks(self, held: Option<(Self, AccessState)>) -> Ask {
        use AccessState::{Active, Approved, Consented, Ended, Requested};
        let school_must_agree = match (self, held) {
            (Self::Student, None | Some((_, Ended)))
            | (Self::Parent, Some((Self::Student, Consented | Ended))) => true,
            (Self::Parent, None | Some((Self::Parent, Ended) | (Self::Student, Requested))) => {
                false
            }
            (_, Some((_, Active | Approved) | (Self::Parent, Requested | Consented)))
            | (Self::Student, Some((Self::Student, Requested | Consented))) => return Ask::Keep,
        };
        Ask::Begin { school_must_agree }
    }
}

/// How far a parent has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessState {
    /// The code was right; the school has to agree and the parent has to consent.
    Requested,
    /// The school has agreed (or asks for no more than the code); the parent has to consent.
    Approved,
    /// The parent has consented; the school has to agree.
    Consented,
    /// Everything is there: the photos are shown.
    Active,
    /// Refused, withdrawn or over.
    Ended,
}

/// What happens on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessEvent {
    /// The school agrees.
    Approve,
    /// The school refuses.
    Refuse,
    /// The parent consents.
    Consent,
    /// Somebody ends it.
    End,
}

impl AccessState {
    /// The state after an event; `None` when the event cannot happen here.
    pub fn after(self, event: AccessEvent) -> Option<Self> {
        match (self, event) {
            (Self::Requested, AccessEvent::Approve) => Some(Self::Approved),
            (Self::Consented, AccessEvent::Approve) | (Self::Approved, AccessEvent::Consent) => {
                Some(Self::Active)
            }
            (Self::Requested, AccessEvent::Consent) => Some(Self::Consented),
            (Self::Requested | Self::Consented, AccessEvent::Refuse)
            | (
                Self::Requested | Self::Approved | Self::Consented | Self::Active,
                AccessEvent::End,
            ) => Some(Self::Ended),
            (Self::Approved | Self::Active, AccessEvent::Approve | AccessEvent::Refuse)
            | (Self::Consented | Self::Active, AccessEvent::Consent)
            | (Self::Ended, _) => None,
        }
    }

    /// Whether the student's photos are shown.
    pub fn shows_photos(self) -> bool {
        self == Self::Active
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every order of up to five events: photos are shown exactly when approval and consent were
    /// both given and nothing ended it.
    #[test]
    fn c10_photos_are_shown_only_after_approval_and_consent_in_either_order() {
        let events =
            [AccessEvent::Approve, AccessEvent::Refuse, AccessEvent::Consent, AccessEvent::End];
        let mut paths = vec![(AccessState::Requested, false, false, false)];
        for _ in 0..5 {
            let mut next = Vec::new();
            for (state, approved, consented, ended) in paths {
                assert_eq!(state.shows_photos(), approved && consented && !ended);
                for event in events {
                    let Some(after) = state.after(event) else { continue };
                    next.push((
                        after,
                        approved || event == AccessEvent::Approve,
                        consented || event == AccessEvent::Consent,
                        ended || matches!(event, AccessEvent::Refuse | AccessEvent::End),
                    ));
                }
            }
            paths = next;
        }
    }

    /// Who asks once more, by what they hold: every case.
    #[test]
    fn c05_c10_asking_again_never_gets_around_the_schools_answer() {
        use AccessState::{Active, Approved, Consented, Ended, Requested};
        let (begins, waits) =
            (Ask::Begin { school_must_agree: false }, Ask::Begin { school_must_agree: true });
        assert_eq!(Relation::Parent.asks(None), begins);
        assert_eq!(Relation::Student.asks(None), waits);
        let table = [
            (Requested, Ask::Keep, begins, Ask::Keep, Ask::Keep),
            (Approved, Ask::Keep, Ask::Keep, Ask::Keep, Ask::Keep),
            (Consented, Ask::Keep, waits, Ask::Keep, Ask::Keep),
            (Active, Ask::Keep, Ask::Keep, Ask::Keep, Ask::Keep),
            (Ended, begins, waits, waits, waits),
        ];
        for (state, parent_parent, parent_student, student_parent, student_student) in table {
            let held = |relation| Some((relation, state));
            assert_eq!(Relation::Parent.asks(held(Relation::Parent)), parent_parent, "{state:?}");
            assert_eq!(Relation::Parent.asks(held(Relation::Student)), parent_student, "{state:?}");
            assert_eq!(Relation::Student.asks(held(Relation::Parent)), student_parent, "{state:?}");
            assert_eq!(
                Relation::Student.asks(held(Relation::Student)),
                student_student,
                "{state:?}"
            );
        }
    }

    /// What may follow what, in one table; whatever is not in it cannot happen.
    #[test]
    fn every_state_has_its_events_and_no_other() {
        use AccessEvent::{Approve, Consent, End, Refuse};
        use AccessState::{Active, Approved, Consented, Ended, Requested};
        let table = [
            (Requested, [Some(Approved), Some(Ended), Some(Consented), Some(Ended)]),
            (Approved, [None, None, Some(Active), Some(Ended)]),
            (Consented, [Some(Active), Some(Ended), None, Some(Ended)]),
            (Active, [None, None, None, Some(Ended)]),
            (Ended, [None; 4]),
        ];
        for (state, after) in table {
            assert_eq!([Approve, Refuse, Consent, End].map(|event| state.after(event)), after);
        }
    }
}
