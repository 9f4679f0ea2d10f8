//! The reason why a site administrator acts on a person's account: a code and an optional case number.
//!
//! Neither can contain personal data, so a reason can be logged unchanged.

use serde::Deserialize;

/// The code of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The person requested it.
    OwnRequest,
    /// A person needs support with what they see.
    SupportCase,
    /// The person no longer works there.
    Left,
    /// Another person may control the account.
    SuspectedTheft,
    /// The account was used against the rules.
    Abuse,
    /// An earlier action was a mistake.
    Mistake,
}

impl Why {
    /// Returns the name in the API.
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

/// A reason: a code, and the number of a support case if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    why: Why,
    case: Option<String>,
}

/// The text is not a case number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case number has 1 to 40 letters, digits and hyphens, at least one of them a digit")]
pub struct BadCase;

impl Reason {
    /// Maximum length of a case number, in characters.
    pub const MOST_CASE: usize = 40;

    /// Creates a reason, with a case number if there is one.
    ///
    /// # Errors
    ///
    /// When the case number is not 1 to 40 letters, digits and hyphens with at least one digit. A person's name has no
    /// digit.
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

    /// Formats the reason for the log: `support_case HELP-123`.
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
