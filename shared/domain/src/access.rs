//! The states of a parent's access to a gallery: requested → approved → consented (active) → ended.
//!
//! Photos are shown in one state only, [`AccessState::Active`]. Approval and consent may come in either order.

use serde::{Deserialize, Serialize};

use crate::school::ParentAccess;

/// The relation to the student that a person claims when they request the student's photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A parent or legal guardian.
    #[default]
    Parent,
    /// The student, aged 18 or over.
    ///
    /// Possible only where the school allows it, and only with the school's approval.
    Student,
}

/// A person's access to one student: their relation and the current state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The person's relation to the student.
    pub relation: Relation,
    /// The current state of the access.
    pub state: AccessState,
    /// Whether the school must approve even where the share code is enough.
    ///
    /// Set after a refusal, after the school ended the access, after a consent given as the student, and when a request
    /// as a parent replaces an approved access as the student.
    pub must_agree: bool,
}

/// Conditions at the school and of the person that decide a new request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Who must approve at this school.
    pub parent_access: ParentAccess,
    /// Whether the school admits students of 18 and over.
    pub adult_students: bool,
    /// Whether the person has consented before.
    pub has_consented: bool,
}

impl Held {
    /// Returns the access that a new request creates; `None` when the existing access stays unchanged.
    ///
    /// Only the school knows who is 18, so a request as the student always waits for the school.
    ///
    /// Two cases replace an access as the student by a request as a parent:
    ///
    /// * The access is only requested or consented: a stranger may have typed a parent's e-mail address. The request
    ///   counts as a first one, unless the school must approve.
    /// * The access is approved or active, and the school no longer admits adult students: the request waits for the
    ///   school.
    pub fn asked(relation: Relation, held: Option<Self>, terms: Terms) -> Option<Self> {
        use AccessState::{Active, Approved, Consented, Ended, Requested};
        let marked = held.is_some_and(|held| held.must_agree);
        let (school_must_agree, must_agree) =
            match (relation, held.map(|it| (it.relation, it.state))) {
                (Relation::Student, None | Some((_, Ended))) => (true, marked),
                (Relation::Parent, Some((Relation::Student, Approved | Active)))
                    if !terms.adult_students =>
                {
                    (true, true)
                }
                (
                    Relation::Parent,
                    None | Some((_, Ended) | (Relation::Student, Requested | Consented)),
                ) => (marked, marked),
                (_, Some((_, Active | Approved) | (Relation::Parent, Requested | Consented)))
                | (Relation::Student, Some((Relation::Student, Requested | Consented))) => {
                    return None;
                }
            };
        let code_is_enough = terms.parent_access == ParentAccess::Code && !school_must_agree;
        let state = if code_is_enough { Approved } else { Requested };
        let consented = terms.has_consented.then(|| state.after(AccessEvent::Consent)).flatten();
        Some(Self { relation, state: consented.unwrap_or(state), must_agree })
    }

    /// Returns the access after an event; `None` when the event is not possible in this state or changes nothing.
    ///
    /// After a refusal or an end by the school, only the school's approval restores access, whatever share code the
    /// person has. In a custody case a printed letter must not be enough. The same holds for a person who gave up
    /// before the school ended the access.
    pub fn after(self, event: AccessEvent) -> Option<Self> {
        let is_mark = match event {
            AccessEvent::Refuse | AccessEvent::End => true,
            AccessEvent::Consent => self.relation == Relation::Student,
            AccessEvent::Approve | AccessEvent::GiveUp => false,
        };
        let is_shut_out_later =
            event == AccessEvent::End && self.state == AccessState::Ended && !self.must_agree;
        let state = if is_shut_out_later { self.state } else { self.state.after(event)? };
        Some(Self { state, must_agree: self.must_agree || is_mark, ..self })
    }
}

/// The progress of a person's access to one student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessState {
    /// The code was right. The school must approve and the parent must consent.
    Requested,
    /// The school has approved, or requires only the code. The parent must consent.
    Approved,
    /// The parent has consented. The school must approve.
    Consented,
    /// All conditions are met: the photos are shown.
    Active,
    /// Refused, given up, or ended by the school.
    Ended,
}

/// An event that changes an access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessEvent {
    /// The school approves.
    Approve,
    /// The school refuses.
    Refuse,
    /// The parent consents.
    Consent,
    /// The school or its photographer ends the access.
    End,
    /// The parent ends their own access.
    GiveUp,
}

impl AccessState {
    /// Returns the state after an event; `None` when the event is not possible in this state.
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
                AccessEvent::End | AccessEvent::GiveUp,
            ) => Some(Self::Ended),
            (Self::Approved | Self::Active, AccessEvent::Approve | AccessEvent::Refuse)
            | (Self::Consented | Self::Active, AccessEvent::Consent)
            | (Self::Ended, _) => None,
        }
    }

    /// Returns whether the student's photos are shown.
    pub fn shows_photos(self) -> bool {
        self == Self::Active
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries every order of up to five events.
    ///
    /// Photos are shown exactly when approval and consent were both given and no event ended the access.
    #[test]
    fn c10_photos_are_shown_only_after_approval_and_consent_in_either_order() {
        use AccessEvent::{Approve, Consent, End, GiveUp, Refuse};
        let events = [Approve, Refuse, Consent, End, GiveUp];
        let mut paths = vec![(AccessState::Requested, false, false, false)];
        for _ in 0..5 {
            let mut next = Vec::new();
            for (state, approved, consented, ended) in paths {
                assert_eq!(state.shows_photos(), approved && consented && !ended);
                for event in events {
                    let Some(after) = state.after(event) else { continue };
                    next.push((
                        after,
                        approved || event == Approve,
                        consented || event == Consent,
                        ended || matches!(event, Refuse | End | GiveUp),
                    ));
                }
            }
            paths = next;
        }
    }

    /// Everything that can happen to one person and one student at a school where the code is enough.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Step {
        Ask(Relation),
        Approve,
        Refuse,
        End,
        GiveUp,
        /// The person consents. They have proved that the mailbox is theirs.
        Consent,
        /// The school starts or stops admitting adult students.
        Turn,
    }

    #[derive(Debug, Clone, Copy)]
    struct World {
        held: Option<Held>,
        is_open: bool,
        has_consented: bool,
    }

    impl World {
        fn after(mut self, step: Step) -> Self {
            let event = match step {
                Step::Turn => return Self { is_open: !self.is_open, ..self },
                Step::Ask(Relation::Student) if !self.is_open => return self,
                Step::Ask(relation) => {
                    let terms = Terms {
                        parent_access: ParentAccess::Code,
                        adult_students: self.is_open,
                        has_consented: self.has_consented,
                    };
                    let begun = Held::asked(relation, self.held, terms);
                    return Self { held: begun.or(self.held), ..self };
                }
                Step::Approve => AccessEvent::Approve,
                Step::Refuse => AccessEvent::Refuse,
                Step::End => AccessEvent::End,
                Step::GiveUp => AccessEvent::GiveUp,
                Step::Consent => {
                    self.has_consented = true;
                    AccessEvent::Consent
                }
            };
            let after = self.held.and_then(|held| held.after(event));
            Self { held: after.or(self.held), ..self }
        }

        fn shows_photos(self) -> bool {
            self.held.is_some_and(|held| held.state.shows_photos())
        }
    }

    const STEPS: [Step; 8] = [
        Step::Ask(Relation::Parent),
        Step::Ask(Relation::Student),
        Step::Approve,
        Step::Refuse,
        Step::End,
        Step::GiveUp,
        Step::Consent,
        Step::Turn,
    ];

    /// Tries every sequence of up to six steps.
    ///
    /// After the school has refused or ended an access, photos are shown only after a new approval. An adult student's
    /// own photos are never shown before the school's approval.
    #[test]
    fn c05_c10_asking_again_never_gets_around_the_schools_answer() {
        let start = World { held: None, is_open: true, has_consented: false };
        let mut ways = vec![(start, false, false)];
        let mut shown = 0;
        for _ in 0..6 {
            let mut next = Vec::new();
            for (world, is_refused, is_approved) in ways {
                for step in STEPS {
                    let after = world.after(step);
                    let is_moved = after.held != world.held;
                    let is_refused = match step {
                        Step::Refuse | Step::End => is_refused || is_moved,
                        Step::Approve => is_refused && !is_moved,
                        Step::Ask(_) | Step::GiveUp | Step::Consent | Step::Turn => is_refused,
                    };
                    let is_approved = is_approved || (step == Step::Approve && is_moved);
                    assert!(!(is_refused && after.shows_photos()), "{step:?}: {after:?}");
                    let is_student = after.held.is_some_and(|it| it.relation == Relation::Student);
                    assert!(!is_student || !after.shows_photos() || is_approved, "{after:?}");
                    shown += u32::from(after.shows_photos());
                    next.push((after, is_refused, is_approved));
                }
            }
            ways = next;
        }
        assert!(shown > 1_000, "{shown}");
    }

    /// Requests that strangers make with a parent's address do not lock the parent out: requesting and consenting is
    /// enough.
    #[test]
    fn c05_what_strangers_ask_keeps_no_parent_out() {
        for has_consented in [false, true] {
            let mut ways = vec![World { held: None, is_open: true, has_consented }];
            for _ in 0..5 {
                for way in &ways {
                    let parent = way.after(Step::Ask(Relation::Parent)).after(Step::Consent);
                    assert!(parent.shows_photos(), "{way:?}");
                }
                let asks = [Step::Ask(Relation::Parent), Step::Ask(Relation::Student), Step::Turn];
                ways = ways.iter().flat_map(|way| asks.map(|step| way.after(step))).collect();
            }
        }
    }

    /// A person admitted as the student can still request as a parent after the school stops admitting students.
    ///
    /// The school must approve that request.
    #[test]
    fn c05_whoever_was_let_in_as_the_student_may_ask_as_a_parent_once_that_is_closed() {
        let steps = [
            Step::Ask(Relation::Student),
            Step::Consent,
            Step::Approve,
            Step::Ask(Relation::Parent),
        ];
        let start = World { held: None, is_open: true, has_consented: false };
        let student = steps.into_iter().fold(start, World::after);
        assert_eq!(
            student.held.map(|it| it.relation),
            Some(Relation::Student),
            "the access as the student stays"
        );
        let waits = student.after(Step::Turn).after(Step::Ask(Relation::Parent));
        assert!(!waits.shows_photos());
        assert_eq!(waits.held.map(|it| it.relation), Some(Relation::Parent));
        assert!(waits.after(Step::Approve).shows_photos());
    }

    /// All allowed transitions in one table. Every other transition is impossible.
    #[test]
    fn every_state_has_its_events_and_no_other() {
        use AccessEvent::{Approve, Consent, End, GiveUp, Refuse};
        use AccessState::{Active, Approved, Consented, Ended, Requested};
        let over = Some(Ended);
        let table = [
            (Requested, [Some(Approved), over, Some(Consented), over, over]),
            (Approved, [None, None, Some(Active), over, over]),
            (Consented, [Some(Active), over, None, over, over]),
            (Active, [None, None, None, over, over]),
            (Ended, [None; 5]),
        ];
        for (state, after) in table {
            let events = [Approve, Refuse, Consent, End, GiveUp];
            assert_eq!(events.map(|event| state.after(event)), after);
        }
    }

    /// A custody case: the old letter gives no access again, whichever side ended the access first.
    #[test]
    fn whoever_was_shut_out_waits_for_the_school_and_whoever_gave_up_does_not() {
        let start = World { held: None, is_open: false, has_consented: true };
        let ask = Step::Ask(Relation::Parent);
        let active = start.after(ask);
        assert!(active.shows_photos());
        assert!(
            active.after(Step::GiveUp).after(ask).shows_photos(),
            "the code is enough again after giving up"
        );
        for ended in [[Step::End, Step::GiveUp], [Step::GiveUp, Step::End]] {
            let ended = ended.into_iter().fold(active, World::after);
            assert_eq!(ended.after(Step::End).held, ended.held, "a second end changes nothing");
            let waits = ended.after(ask);
            assert!(!waits.shows_photos());
            assert!(waits.after(Step::Approve).shows_photos());
            // The mark survives the approval: after giving up again, the code alone is still not enough.
            let again = waits.after(Step::Approve).after(Step::GiveUp).after(ask);
            assert!(!again.shows_photos());
        }
    }
}
