//! The values of our cookies: `v1.` and parts joined by dots.
//!
//! A value parses to exactly what was written, or to nothing. This module only parses: the callers with the keys and
//! the rows decide whether a cookie is valid.

use data_encoding::BASE64URL_NOPAD;

use crate::ids::{DistrictId, Id, Kind, PersonKind, SessionId};

/// Returns the first cookie with this name in a `Cookie` header.
pub fn find<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Returns the parts after the version; `None` when their number is not `N`.
fn parts<const N: usize>(value: &str) -> Option<[&str; N]> {
    let parts: Vec<&str> = value.strip_prefix("v1.")?.split('.').collect();
    parts.try_into().ok()
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// Parses a number in its only written form: `0`, but neither `00` nor `+0`.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number: &u32| number.to_string() == text)
}

/// The session cookie of a person or a site administrator, as presented.
///
/// It names the owner and contains the session's secret.
pub struct Presented<Who = PersonKind> {
    /// The signed-in person.
    pub person: Id<Who>,
    /// The session.
    pub session: SessionId,
    /// The number of renewals.
    pub generation: u32,
    /// The secret that only this browser knows.
    pub secret: [u8; 32],
}

impl<Who: Kind> Presented<Who> {
    /// Parses `v1.<person>.<session>.<generation>.<secret>`.
    pub fn parse(value: &str) -> Option<Self> {
        let [person, session, generation, secret] = parts(value)?;
        Some(Self {
            person: Id::parse(person).ok()?,
            session: SessionId::parse(session).ok()?,
            generation: number(generation)?,
            secret: bytes(secret)?,
        })
    }
}

impl<Who> Presented<Who> {
    /// Formats the value that [`Presented::parse`] reads.
    pub fn value(&self) -> String {
        let Self { person, session, generation, secret } = self;
        format!("v1.{person}.{session}.{generation}.{}", BASE64URL_NOPAD.encode(secret))
    }
}

/// The device cookie: marks a browser in which a person has signed in before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The key under which this browser's attempts are counted.
    pub nonce: [u8; 16],
    /// Authenticates the nonce and its owner, for a caller with the key.
    pub mac: [u8; 32],
}

impl Device {
    /// Parses `v1.<nonce>.<mac>`.
    pub fn parse(value: &str) -> Option<Self> {
        let [nonce, mac] = parts(value)?;
        Some(Self { nonce: bytes(nonce)?, mac: bytes(mac)? })
    }

    /// Formats the value that [`Device::parse`] reads.
    pub fn value(&self) -> String {
        let [nonce, mac] = [&self.nonce[..], &self.mac].map(|part| BASE64URL_NOPAD.encode(part));
        format!("v1.{nonce}.{mac}")
    }
}

/// The flow cookie: marks the browser that requested a mailed code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The secret that only this browser knows.
    pub secret: [u8; 32],
}

impl Flow {
    /// Parses `v1.<secret>`.
    pub fn parse(value: &str) -> Option<Self> {
        let [secret] = parts(value)?;
        Some(Self { secret: bytes(secret)? })
    }

    /// Formats the value that [`Flow::parse`] reads.
    pub fn value(&self) -> String {
        format!("v1.{}", BASE64URL_NOPAD.encode(&self.secret))
    }
}

/// The cookie of a browser during a sign-in at a district's identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// The district of the identity provider.
    pub district: DistrictId,
    /// The secret that only this browser knows.
    pub secret: [u8; 32],
}

impl Journey {
    /// Parses `v1.<district>.<secret>`.
    pub fn parse(value: &str) -> Option<Self> {
        let [district, secret] = parts(value)?;
        Some(Self { district: DistrictId::parse(district).ok()?, secret: bytes(secret)? })
    }

    /// Formats the value that [`Journey::parse`] reads.
    pub fn value(&self) -> String {
        format!("v1.{}.{}", self.district, BASE64URL_NOPAD.encode(&self.secret))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::PersonId;

    #[test]
    fn what_is_written_is_read_back_and_nothing_else_is() {
        let presented: Presented = Presented {
            person: PersonId::from_random([1; 16]),
            session: SessionId::from_random([2; 16]),
            generation: 3,
            secret: [4; 32],
        };
        let value = presented.value();
        assert_eq!(Presented::<PersonKind>::parse(&value).unwrap().value(), value);
        for bad in ["", "v1", "v2.a.b.0.c", &format!("{value}.x"), &value.replace("v1", "v0")] {
            assert!(Presented::<PersonKind>::parse(bad).is_none(), "{bad}");
        }
        for other in ["03", "+3", "-3", "3.0", "", "４", "4294967296"] {
            let twice = value.replace(".3.", &format!(".{other}."));
            assert!(Presented::<PersonKind>::parse(&twice).is_none(), "{twice}");
        }
        let device = Device { nonce: [1; 16], mac: [2; 32] };
        assert_eq!(Device::parse(&device.value()), Some(device.clone()));
        let good = device.value();
        for bad in
            ["", "v1..", &good.replace("v1", "v2"), &format!("{good}.x"), &good.replace("v1.", "")]
        {
            assert_eq!(Device::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a08_only_the_form_of_ours_is_a_flow() {
        let flow = Flow { secret: [7; 32] };
        let value = flow.value();
        assert_eq!(Flow::parse(&value), Some(flow));
        for bad in ["", "v1.", "v1.AAAA", &value.replace("v1", "v2"), &format!("{value}A")] {
            assert_eq!(Flow::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_journey_is_to_one_district() {
        let journey = Journey { district: DistrictId::from_random([3; 16]), secret: [5; 32] };
        let value = journey.value();
        assert_eq!(Journey::parse(&value), Some(journey));
        for bad in [
            "",
            "v1.",
            &value.replace("dis_", "per_"),
            &format!("{value}.x"),
            &value.replace("v1.", ""),
        ] {
            assert_eq!(Journey::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_cookie_says_what_is_read_is_what_stands_there(
            value in "v1\\.[A-Za-z0-9_-]{21,22}\\.[A-Za-z0-9_-]{42,43}(\\.x)?|v1\\.[A-Za-z0-9_=-]{42,44}|\\PC{0,90}",
        ) {
            if let Some(device) = Device::parse(&value) {
                prop_assert_eq!(device.value(), value.as_str());
            }
            if let Some(flow) = Flow::parse(&value) {
                prop_assert_eq!(flow.value(), value.as_str());
            }
        }

        #[test]
        fn whatever_a_journey_says_what_is_read_is_what_stands_there(
            value in "v1\\.(dis_)?[a-z2-7]{26}\\.[A-Za-z0-9_-]{42,43}(\\.x)?|\\PC{0,90}",
        ) {
            if let Some(journey) = Journey::parse(&value) {
                prop_assert_eq!(journey.value(), value.as_str());
            }
        }

        #[test]
        fn whatever_a_session_says_what_is_read_is_what_stands_there(
            value in "v1\\.(per_)?[a-z2-7]{25,26}\\.(ses_)?[a-z2-7]{26}\\.[+0-9]{1,11}\\.[A-Za-z0-9_-]{42,43}(\\.x)?|\\PC{0,160}",
        ) {
            if let Some(session) = Presented::<PersonKind>::parse(&value) {
                prop_assert_eq!(session.value(), value.as_str());
            }
        }

        #[test]
        fn of_all_cookies_of_a_request_the_one_of_that_name_is_read(
            others in prop::collection::vec("[a-zA-Z_-]{0,12}=?[ -~]{0,20}", 0..5), value in "[ -:<-~]{0,40}",
        ) {
            let mine = format!("__Host-pd_parent={}", value.trim());
            let line = others.iter().map(String::as_str).chain([mine.as_str()]).collect::<Vec<_>>().join("; ");
            prop_assert_eq!(find(&line, "__Host-pd_parent"), Some(value.trim()));
        }
    }
}
