//! Why an administrator does something to somebody's account: a code, and the number of a case.
//!
//! Nothing personal fits in either, so that a reason can stand in the log as it is.

use serde::Deserialize;

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The person asked for it.
    OwnRequest,
    /// Somebody needs help with what they see.
    SupportCase,
    /// The person does not work there any more.
    Left,
    /// The account may be in somebody else's hands.
    SuspectedTheft,
    /// The account was used against the rules.
    Abuse,
    /// What was done before was a mistake.
    Mistake,
}

impl Why {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OwnRequest => "own_request",
            Self::SupportCase => "support_case",
            Self::Left => "left",
            Self::SuspectedTheft => "suspected_theft",
            Self::Abuse => "abuse",
            Self::Mistake => "mistake",
        }
    }
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    why: Why,
    case: Option<String>,
}

/// The text is no number of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case is 1 to 40 letters, digits and hyphens, with a digit in it")]
pub struct BadCase;

impl Reason {
    /// Characters of a case's number at the most.
    pub const MOST_CASE: usize = 40;

    /// A reason, with the number of the case it belongs to if there is one.
    ///
    /// # Errors
    ///
    /// For a case that is more than a number: a name has no digit in it.
    pub fn new(why: Why, case: Option<&str>) -> Result<Self, BadCase> {
        let is_number = |case: &str| {
            let is_known = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            (1..=Self::MOST_CASE).contains(&case.len())
                && case.bytes().all(is_known)
                && case.bytes().any(|b| b.is_ascii_digit())
        };
        if case.is_some_and(|case| !is_number(case)) {
            return Err(BadCase);
        }
        Ok(Self { why, case: case.map(str::to_owned) })
    }

    /// As the log writes it: `support_case HELP-123`.
    pub fn text(&self) -> String {
        match &self.case {
            Some(case) => format!("{} {case}", self.why.name()),
            None => self.why.name().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_code_and_a_number_and_nothing_personal() {
        let reason = Reason::new(Why::SupportCase, Some("HELP-123")).unwrap();
        assert_eq!(reason.text(), "support_case HELP-123");
        assert_eq!(Reason::new(Why::Left, None).unwrap().text(), "left");
        for bad in ["", "Ann", "Ann Smith 1", "a@b.example1", &"1".repeat(41), "12\n"] {
            assert_eq!(Reason::new(Why::Abuse, Some(bad)), Err(BadCase), "{bad}");
        }
    }
}
