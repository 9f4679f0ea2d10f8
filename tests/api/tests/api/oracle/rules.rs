//! The authorization rules, implemented a second time from the promises of the security page.
//!
//! It shares no code with the system. Where the two disagree, one of them is wrong.

/// A school, as a number within a numbered studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct School {
    pub(super) studio: usize,
    pub(super) number: usize,
}

/// A child, as a class of a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Child {
    pub(super) school: School,
    pub(super) class: usize,
}

/// A role of a person. One person may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hat {
    Owner(usize),
    Colleague(usize),
    Administrator(School),
    Teacher(Child),
    Parent(Child),
}

/// The portal at which a visitor signed in, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Nowhere,
    Photographers,
    Schools,
    Parents,
}

/// A request to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// The visitor's own session.
    Myself,
    /// A studio's data: the lists of its own districts, picture days and API keys.
    MyStudio(&'static str),
    /// Data that only the owner may see: staff, trusted issuers, and the access review.
    OfOwner(&'static str),
    /// The list of schools.
    MySchools,
    /// A school, and what all its staff may read.
    OfSchool(School, &'static str),
    /// Data and settings that only a school's administrators and its studio may see or set.
    RunSchool(School, &'static str),
    /// Impersonating one of the school's teachers.
    SeeAsTeacher(School),
    /// A picture day of a school, with its photos and cards.
    OfDay(School, &'static str),
    /// A new share code for a child.
    Code(Child),
    /// A child's gallery.
    Gallery(Child),
    /// The consent document that a parent must accept.
    Consent,
    /// An operation on one's own account that cannot be undone.
    Final,
}

/// The result of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The request succeeds.
    Done,
    /// The visitor is not signed in at the portal that this needs.
    SignedOut,
    /// The visitor may know that it exists but may not do it.
    Refused,
    /// The answer is the same as for a missing thing.
    Unknown,
}

use Verdict::{Done, Refused, SignedOut, Unknown};

/// A visitor at a portal.
pub(super) struct Visit<'a> {
    pub(super) door: Door,
    pub(super) hats: &'a [Hat],
    /// Did they use a second factor just now?
    pub(super) is_sure: bool,
}

impl Visit<'_> {
    fn studio(&self) -> Option<usize> {
        let studio = |hat: &Hat| match hat {
            Hat::Owner(studio) | Hat::Colleague(studio) => Some(*studio),
            Hat::Administrator(_) | Hat::Teacher(_) | Hat::Parent(_) => None,
        };
        (self.door == Door::Photographers).then(|| self.hats.iter().find_map(studio)).flatten()
    }

    fn has(&self, door: Door, hat: Hat) -> bool {
        self.door == door && self.hats.contains(&hat)
    }

    fn runs(&self, school: School) -> bool {
        self.has(Door::Schools, Hat::Administrator(school))
    }

    fn teaches(&self, child: Child) -> bool {
        self.has(Door::Schools, Hat::Teacher(child))
    }

    fn teaches_at(&self, school: School) -> bool {
        self.door == Door::Schools
            && self
                .hats
                .iter()
                .any(|hat| matches!(hat, Hat::Teacher(child) if child.school == school))
    }

    /// Decides about a studio's data: at every other portal the visitor counts as signed out.
    fn of_studio(&self, studio: usize) -> Verdict {
        match self.studio() {
            None => SignedOut,
            Some(theirs) if theirs == studio => Done,
            Some(_) => Unknown,
        }
    }

    /// Returns the expected result of a request.
    pub(super) fn verdict(&self, ask: Ask) -> Verdict {
        match ask {
            Ask::Myself if self.door == Door::Nowhere => SignedOut,
            Ask::Myself => Done,
            Ask::MyStudio(_) => {
                if self.studio().is_some() {
                    Done
                } else {
                    SignedOut
                }
            }
            Ask::OfOwner(_) => match self.studio() {
                None => SignedOut,
                Some(studio) if self.hats.contains(&Hat::Owner(studio)) => Done,
                Some(_) => Refused,
            },
            Ask::MySchools => match self.door {
                Door::Photographers | Door::Schools => Done,
                Door::Nowhere | Door::Parents => SignedOut,
            },
            Ask::OfSchool(school, _) => match self.door {
                Door::Schools if self.runs(school) || self.teaches_at(school) => Done,
                Door::Schools => Unknown,
                Door::Nowhere | Door::Photographers | Door::Parents => {
                    self.of_studio(school.studio)
                }
            },
            Ask::RunSchool(school, _) => match self.door {
                Door::Schools if self.runs(school) => Done,
                Door::Schools if self.teaches_at(school) => Refused,
                Door::Schools => Unknown,
                Door::Nowhere | Door::Photographers | Door::Parents => {
                    self.of_studio(school.studio)
                }
            },
            Ask::SeeAsTeacher(school) => match self.door {
                Door::Nowhere | Door::Parents => SignedOut,
                Door::Photographers | Door::Schools if !self.is_sure => Refused,
                Door::Schools if self.runs(school) => Done,
                Door::Schools if self.teaches_at(school) => Refused,
                Door::Photographers if self.studio() == Some(school.studio) => Refused,
                Door::Photographers | Door::Schools => Unknown,
            },
            Ask::OfDay(school, _) => self.of_studio(school.studio),
            Ask::Code(child) => match self.door {
                Door::Schools if self.runs(child.school) || self.teaches(child) => Done,
                Door::Schools => Unknown,
                Door::Nowhere | Door::Photographers | Door::Parents => {
                    self.of_studio(child.school.studio)
                }
            },
            Ask::Gallery(child) => match self.door {
                Door::Nowhere => SignedOut,
                Door::Photographers => self.of_studio(child.school.studio),
                Door::Parents if self.hats.contains(&Hat::Parent(child)) => Done,
                Door::Schools | Door::Parents => Unknown,
            },
            Ask::Consent => {
                if self.door == Door::Parents {
                    Done
                } else {
                    SignedOut
                }
            }
            Ask::Final => match self.door {
                Door::Nowhere => SignedOut,
                Door::Photographers | Door::Schools if self.is_sure => Done,
                Door::Photographers | Door::Schools | Door::Parents => Refused,
            },
        }
    }

    /// Does the visitor's list of schools show this school?
    pub(super) fn sees_school(&self, school: School) -> bool {
        self.studio() == Some(school.studio) || self.runs(school) || self.teaches_at(school)
    }

    /// Does a class list show this child to the visitor?
    pub(super) fn sees_child(&self, child: Child) -> bool {
        self.studio() == Some(child.school.studio) || self.runs(child.school) || self.teaches(child)
    }

    /// Does a parent's list of galleries show this child's gallery?
    pub(super) fn sees_gallery(&self, child: Child) -> bool {
        self.has(Door::Parents, Hat::Parent(child))
    }
}
