//! Who may do what, written a second time: from the promises of the security page, sharing nothing with the
//! system. Where the two disagree, one of them is wrong.

/// A school: the how many-eth of which studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct School {
    pub(super) studio: usize,
    pub(super) number: usize,
}

/// A child: in which class of which school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Child {
    pub(super) school: School,
    pub(super) class: usize,
}

/// Something a person is. One person may be several things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hat {
    Owner(usize),
    Colleague(usize),
    Administrator(School),
    Teacher(Child),
    Parent(Child),
}

/// Where somebody came in, if they did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Nowhere,
    Photographers,
    Schools,
    Parents,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// Who one is.
    Myself,
    /// What a studio has: the lists of its own districts, picture days and keys of programs.
    MyStudio(&'static str),
    /// What is the owner's alone to see: who works in the studio, who and what comes in, and who can see what.
    OfOwner(&'static str),
    /// The list of schools.
    MySchools,
    /// A school, and what everybody who works there reads.
    OfSchool(School, &'static str),
    /// What only those who run the school may see or set.
    RunSchool(School, &'static str),
    /// To see a school as one of its teachers does.
    SeeAsTeacher(School),
    /// A picture day of a school, with its photos and cards.
    OfDay(School, &'static str),
    /// A new share code for a child.
    Code(Child),
    /// A child's gallery.
    Gallery(Child),
    /// What a parent is asked to agree to.
    Consent,
    /// What cannot be undone, of one's own account.
    Final,
}

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is done.
    Done,
    /// Nobody is signed in for such a thing.
    SignedOut,
    /// It is theirs to know of, and not theirs to do.
    Refused,
    /// As if it were not there.
    Unknown,
}

use Verdict::{Done, Refused, SignedOut, Unknown};

/// Somebody at a door.
pub(super) struct Visit<'a> {
    pub(super) door: Door,
    pub(super) hats: &'a [Hat],
    /// Whether they have shown a second factor just now.
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

    /// For things of a studio: whose door it is not is as good as nobody.
    fn of_studio(&self, studio: usize) -> Verdict {
        match self.studio() {
            None => SignedOut,
            Some(theirs) if theirs == studio => Done,
            Some(_) => Unknown,
        }
    }

    /// What comes of asking.
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

    /// Whether a list of schools shows one.
    pub(super) fn sees_school(&self, school: School) -> bool {
        self.studio() == Some(school.studio) || self.runs(school) || self.teaches_at(school)
    }

    /// Whether a class list shows a child.
    pub(super) fn sees_child(&self, child: Child) -> bool {
        self.studio() == Some(child.school.studio) || self.runs(child.school) || self.teaches(child)
    }

    /// Whether the list of a parent's galleries shows a child's.
    pub(super) fn sees_gallery(&self, child: Child) -> bool {
        self.has(Door::Parents, Hat::Parent(child))
    }
}
