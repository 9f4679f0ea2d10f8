//! Identifiers: a prefix that names the kind, then 26 lower-case base32 letters.
//!
//! An id is opaque and the same in tables, in object keys and in the API. It never contains a character with a meaning
//! in a table key.
//!
//! Some ids *lead to their parent*: their first twelve letters (60 bits) are the parent's, so one read finds the row
//! without an index. The remaining 70 bits are random or derived from content.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Letters after the prefix: 128 bits in base32.
const LETTERS: usize = 26;
/// Letters that a child id shares with its parent: 60 bits, unique within one studio.
const PARENT_LETTERS: usize = 12;

/// The kind of thing that an id names. This file contains all prefixes of the system.
pub trait Kind {
    /// The letters before the underscore.
    const PREFIX: &'static str;
}

/// Declares the marker type, the prefix and the alias of each kind of id.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $kind:ident, $prefix:literal;)*) => { $(
        #[doc = concat!("Marks ids that begin with `", $prefix, "_`.")]
        #[derive(Debug)]
        pub enum $kind {}
        impl Kind for $kind { const PREFIX: &'static str = $prefix; }
        $(#[$doc])*
        pub type $name = Id<$kind>;
    )* };
}

kinds! {
    /// A photographer's business: the tenant.
    StudioId = StudioKind, "sto";
    /// A person who signs in.
    PersonId = PersonKind, "per";
    /// A site administrator: not a person, and without an account in any other portal.
    OperatorId = OperatorKind, "opr";
    /// A school district.
    DistrictId = DistrictKind, "dis";
    /// A school.
    SchoolId = SchoolKind, "sch";
    /// A student; leads to the school.
    StudentId = StudentKind, "stu";
    /// A roster import.
    ImportId = ImportKind, "imp";
    /// A picture day.
    PictureDayId = PictureDayKind, "day";
    /// A photo; leads to the picture day.
    PhotoId = PhotoKind, "pho";
    /// A gallery; leads to the picture day.
    GalleryId = GalleryKind, "gal";
    /// The public id of a share code (never the code itself); leads to the school.
    ShareCodeId = ShareCodeKind, "shc";
    /// A parent's request for access; leads to the school.
    AccessRequestId = AccessRequestKind, "req";
    /// The public id of an invitation (never the mailed link's token).
    InvitationId = InvitationKind, "inv";
    /// The public id of a session.
    SessionId = SessionKind, "ses";
    /// An API key of a program (never the key itself).
    ApiKeyId = ApiKeyKind, "key";
    /// The family of tokens that come from one exchange of an API key.
    TokenFamilyId = TokenFamilyKind, "fam";
    /// One access token: its `jti`.
    AccessTokenId = AccessTokenKind, "tok";
    /// A program of an identity provider that a studio trusts.
    TrustedIssuerId = TrustedIssuerKind, "tri";
    /// The public id of a guest token (never the token itself).
    GuestTokenId = GuestTokenKind, "gst";
    /// A SCIM token of a directory (never the token itself).
    ScimTokenId = ScimTokenKind, "sct";
    /// A person's passkey; derived from the credential's own id.
    PasskeyId = PasskeyKind, "psk";
    /// An audit event.
    AuditEventId = AuditEventKind, "aud";
    /// One request or one queue message; the same in logs and in error responses.
    RequestId = RequestKind, "rid";
}

/// An id of one kind: `stu_…`. See the module documentation.
pub struct Id<K>(String, PhantomData<fn() -> K>);

/// Why a text is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The prefix of another kind, or no id at all.
    #[error("id has the prefix of another kind")]
    WrongPrefix,
    /// Not 26 letters of `a-z2-7`.
    #[error("id does not have 26 letters of a-z2-7")]
    WrongLetters,
}

impl<K: Kind> Id<K> {
    /// Creates an id from 128 random bits.
    pub fn from_random(bits: [u8; 16]) -> Self {
        Self::of(letters(&bits).get(..LETTERS).unwrap_or_default())
    }

    /// Creates an id that leads to `parent`: 60 bits of the parent, then 70 bits taken from `bits`.
    pub fn child_of<P: Kind>(parent: &Id<P>, bits: [u8; 16]) -> Self {
        let own = letters(&bits);
        let rest = own.get(..LETTERS - PARENT_LETTERS).unwrap_or_default();
        Self::of(&format!("{}{rest}", parent.parent_part()))
    }

    fn of(letters: &str) -> Self {
        Self(format!("{}_{letters}", K::PREFIX), PhantomData)
    }

    /// Parses an id.
    ///
    /// # Errors
    ///
    /// Says whether the prefix or the letters are wrong.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let letters = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(IdError::WrongPrefix)?;
        let all_known = letters.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        if letters.len() != LETTERS || !all_known {
            return Err(IdError::WrongLetters);
        }
        Ok(Self(text.to_owned(), PhantomData))
    }

    /// Returns the 128 bits of the id; `None` for an id that was not made of 128 bits.
    ///
    /// A passkey stores these bits as the user handle, instead of a name.
    pub fn bits(&self) -> Option<[u8; 16]> {
        let letters = self.0.get(K::PREFIX.len() + 1..)?.to_ascii_uppercase();
        BASE32_NOPAD.decode(letters.as_bytes()).ok()?.try_into().ok()
    }

    /// Returns the whole id with its prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the letters that a child shares with its parent.
    ///
    /// For a parent these are its own first twelve letters, for a child the parent's. Both are equal, and table keys
    /// use them.
    pub fn parent_part(&self) -> &str {
        let start = K::PREFIX.len() + 1;
        self.0.get(start..start + PARENT_LETTERS).unwrap_or_default()
    }
}

fn letters(bits: &[u8]) -> String {
    BASE32_NOPAD.encode(bits).to_ascii_lowercase()
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_is_refused_as_another_kind() {
        let id = StudentId::from_random([7; 16]);
        assert_eq!(StudentId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(SchoolId::parse(id.as_str()), Err(IdError::WrongPrefix));
        assert_eq!(id.as_str().len(), 4 + LETTERS);
    }

    #[test]
    fn an_id_gives_back_the_bits_it_was_made_of() {
        let bits = [0xf1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xfe];
        assert_eq!(PersonId::from_random(bits).bits(), Some(bits));
        // 128 bits leave two bits of the last letter clear.
        let never_made = PersonId::parse("per_aaaaaaaaaaaaaaaaaaaaaaaaab").unwrap();
        assert_eq!(never_made.bits(), None);
    }

    #[test]
    fn a_child_leads_to_its_parent() {
        let day = PictureDayId::from_random([9; 16]);
        let photo = PhotoId::child_of(&day, [3; 16]);
        assert_eq!(photo.parent_part(), day.parent_part());
        assert!(PhotoId::parse(photo.as_str()).is_ok());
    }

    #[test]
    fn what_could_forge_a_table_key_is_no_id() {
        for text in
            ["stu_", "stu_ABC", "stu_aaaaaaaaaaaaaaaaaaaaaaaaa#", "", "stu", "día_x", "stu_é"]
        {
            assert!(StudentId::parse(text).is_err(), "{text}");
        }
    }
}
