//! Every key of every table, one function per kind of item.
//!
//! Ids are `[a-z0-9_]` by type and labels are plain by type, so no value from a caller can forge a `#`.
//! `{school}`, `{day}` in a partition are the first 60 bits of the id ([`Id::parent_part`]), so that a
//! student's or a photo's id leads to its partition without an index.
//!
//! | table | partition `PK` | sort `SK` | content | read as |
//! |---|---|---|---|---|
//! | records | `STUDIO#{studio}` | `STUDIO` | the studio | one get |
//! | | | `STAFF#{person}` | a person who works in the studio | query |
//! | | | `TRUSTED#{id}` | an identity provider's program that the studio trusts, encrypted | get, query |
//! | | | `REVIEW` | the last access review: when, and by which person | get |
//! | | | `DISTRICT#{id}`, `SCHOOL#{id}`, `DAY#{id}` | districts, schools, picture days | get, or one query a list |
//! | | `STUDIO#{studio}#SCHOOL#{school}` | `STUDENT#{id}` | a student, encrypted | get, batch get |
//! | | | `ENROLMENT#{year}#{student}` | the student in a class list of that year, encrypted | one query a class list |
//! | | | `SHARECODE#{id}` | a share code's public part; it stays when the code is no longer valid | get |
//! | | | `CODEOF#{student}` | the student's one valid share code | get |
//! | | | `REQUEST#{id}` | a parent's request | get, query |
//! | | | `PUBLISHED#{student}#{gallery}` | published galleries of a student | query |
//! | | | `STAFF#{person}` | a person who works at the school | get, query |
//! | | | `ROSTER` | the import that last wrote to the school | get |
//! | | | `ROSTEROPTIONS` | the column mapping of the last import, encrypted | get |
//! | | | `IMPORTED#{time}#{import}` | an entry per import, newest first | query |
//! | | `STUDIO#{studio}#IMPORT#{id}` | `IMPORT` | a roster import | get |
//! | | | `ROW#{reading}#{kind}#{n}` | the rows of its preview, encrypted | one query a kind |
//! | | | `KEPT#{reading}#{kind}#{n}` | the rows that were left unchanged | query |
//! | | | `SAMPLE#{reading}` | columns and names of the parsed file, encrypted | get |
//! | | | `CLAIM#{reading}#{id}` | which of the rows with one school-issued id counts for its student | conditional update |
//! | | `STUDIO#{studio}#DAY#{day}` | `PHOTO#{id}` | a photo; one that never arrives expires, or is only a place in the order | get, query |
//! | | | `CAMERA#{label}` | a camera: clean or dirty | get |
//! | | | `GALLERY#{id}` | a gallery | get, query |
//! | | `STUDIO#{studio}#CONTENT#{hash}` | `CONTENT` | facts about a file's bytes | get |
//! | | `DIRECTORY#STUDIOS` | `{studio}` | an entry per studio, for site administrators | query |
//! | | `EMAIL#{hmac}` | `PERSON` | the person who has an e-mail address | get |
//! | | `PERSON#{person}` | `PERSON`, `MEMBERSHIP#{studio}`, `STAFF#{school}`, `GRANT#{student}`, `CONSENT#{document}` | a person and all their roles | one query |
//! | | | `APIKEY#{id}` | an API key of one of the person's programs | with the person |
//! | | | `FACTOR#TOTP`, `FACTOR#RECOVERY`, `PASSKEY#{id}` | second factors: encrypted secrets, hashed codes | with the person |
//! | | `APIKEY#{hmac}` | `APIKEY` | the owner of an API key | get |
//! | | `TRUSTED#{hmac}` | `TRUSTED` | the studio that trusts an identity provider's program, and the program's permissions | get |
//! | | `DISTRICT#{district}` | `IDENTITYPROVIDER` | the identity provider of the district | get |
//! | | | `SCIMTOKEN#1`, `SCIMTOKEN#2` | the tokens of its directory, hashed | one query |
//! | | | `USER#{person}` | a person whom its directory reported | get, query |
//! | | | `USERNAME#{hmac}` | the person who has a user name there | get |
//! | | `IDENTITY#{hmac}` | `PERSON` | the person whom an identity of a tenant belongs to | get |
//! | | `SHARECODE#{hmac}` | `SHARECODE` | the student whom a share code belongs to | get |
//! | access | `PERSON#{person}` | `SESSION#{id}` | a session | get, query |
//! | | | `ACTING#{id}` | an impersonation session: a site administrator at the person's account | get |
//! | | | `SESSIONS` | the version of the person's set of sessions | with them |
//! | | `LIMIT#{name}#{hmac}` | `LIMIT` | a rate limit's counter in its current window | conditional update |
//! | | `FLOW#{hmac}` | `FLOW` | a sign-in by a mailed code | get and count, conditional delete |
//! | | `TOKEN#{hmac}` | `TOKEN` | a mailed link | get, conditional delete |
//! | | `SIGNUP#{hmac}` | `SIGNUP` | a sign-up that waits for its mailed link, encrypted | get, conditional delete |
//! | | `ASKED#{hmac}` | `ASKED` | a request made with a share code, until its mailed link is opened, encrypted | get, conditional delete |
//! | | `INVITATION#{hmac}` | `INVITATION` | the target of a mailed invitation | get, conditional delete |
//! | | `STUDIO#{studio}`, `STUDIO#{studio}#SCHOOL#{school}` | `INVITATION#{id}` | an open invitation, encrypted | get, query |
//! | | `FAMILY#{id}` | `FAMILY` | the tokens issued for one use of a program's API key | get |
//! | | `GUEST#{hmac}` | `GUEST` | a guest token | get |
//! | | `STUDIO#{studio}` | `GUEST#{id}` | an entry per guest token | query |
//! | | `OIDC#{hmac}` | `OIDC` | a sign-in that is at an identity provider | get, conditional delete |
//! | | `ENROLMENT#{person}` | `TOTP` | an authenticator app's secret before its first code, encrypted | get |
//! | | `SECOND#{hmac}` | `SECOND` | a sign-in between its two stages | get, conditional delete |
//! | | `CEREMONY#{hmac}` | `CEREMONY` | the challenge that a passkey must sign | get, conditional delete |
//! | audit | `STUDIO#{studio}#{hour}`, `PLATFORM#{hour}` | `{id}` | audit events | query |
//! | operators, access | see [`operators`] | | site administrators, and their impersonation | |
//! | keys | `STUDIO#{studio}`, `PERSON#{person}` | `KEY` | a wrapped data key | get |
//! | | `STUDIO#{studio}#SCHOOL#{school}` | `PAGE#{n}` | the wrapped keys of up to 64 students | get, batch get |

mod districts;
mod key;
pub(crate) mod operators;
mod programs;
mod rosters;

use domain::ids::{
    AccessRequestId, AuditEventId, DistrictId, GalleryId, Id, InvitationId, Kind, PasskeyId,
    PersonId, PhotoId, PictureDayId, SchoolId, SessionId, ShareCodeId, StudentId, StudioId,
};
use domain::photo::CameraLabel;
use domain::picture_day::SchoolYear;

pub(crate) use districts::{
    DIRECTORY_PEOPLE, SCIM_TOKENS, directory_name, directory_person, district_partition, identity,
    identity_provider, scim_token,
};
pub use key::Key;
use key::key;
pub(crate) use key::{day_partition, person_partition, school_partition, studio_partition};
pub(crate) use programs::{
    GUESTS, TRUSTED_ISSUERS, access_review, api_key, api_key_lookup, guest, guest_token,
    token_family, trusted_issuer, trusted_program,
};
pub(crate) use rosters::{
    ROSTER_ENTRIES, import_partition, roster_claim, roster_entry, roster_import, roster_marker,
    roster_options, roster_row, roster_sample,
};

/// The studio.
pub(crate) fn studio(studio: &StudioId) -> Key {
    key(studio_partition(studio), "STUDIO")
}

/// The partition that lists all studios.
pub(crate) const STUDIOS: &str = "DIRECTORY#STUDIOS";

/// A studio's entry in the list of all studios.
pub(crate) fn studio_entry(studio: &StudioId) -> Key {
    key(STUDIOS.to_owned(), studio.as_str())
}

/// A district.
pub(crate) fn district(studio: &StudioId, district: &DistrictId) -> Key {
    key(studio_partition(studio), format!("DISTRICT#{district}"))
}

/// A school.
pub(crate) fn school(studio: &StudioId, school: &SchoolId) -> Key {
    key(studio_partition(studio), format!("SCHOOL#{school}"))
}

/// A picture day.
pub(crate) fn picture_day(studio: &StudioId, day: &PictureDayId) -> Key {
    key(studio_partition(studio), format!("DAY#{day}"))
}

/// A student.
pub(crate) fn student(studio: &StudioId, student: &StudentId) -> Key {
    key(school_partition(studio, student), format!("STUDENT#{student}"))
}

/// A student's enrolment in a school year.
pub(crate) fn enrolment(studio: &StudioId, year: SchoolYear, student: &StudentId) -> Key {
    key(school_partition(studio, student), format!("{}{student}", enrolments(year)))
}

/// The sort-key prefix of a school year's enrolments.
pub(crate) fn enrolments(year: SchoolYear) -> String {
    format!("ENROLMENT#{}#", year.begins_in())
}

/// A share code's public part.
pub(crate) fn share_code(studio: &StudioId, code: &ShareCodeId) -> Key {
    key(school_partition(studio, code), format!("SHARECODE#{code}"))
}

/// The student's one valid share code.
pub(crate) fn current_share_code(studio: &StudioId, student: &StudentId) -> Key {
    key(school_partition(studio, student), format!("CODEOF#{student}"))
}

/// The student whom a share code belongs to.
pub(crate) fn share_code_lookup(hmac: &str) -> Key {
    key(format!("SHARECODE#{hmac}"), "SHARECODE")
}

/// A parent's request for access.
pub(crate) fn access_request(studio: &StudioId, request: &AccessRequestId) -> Key {
    key(school_partition(studio, request), format!("REQUEST#{request}"))
}

/// A published gallery of a student.
pub(crate) fn published(studio: &StudioId, student: &StudentId, gallery: &GalleryId) -> Key {
    key(school_partition(studio, student), format!("{}{gallery}", published_of(student)))
}

/// The sort-key prefix of a student's published galleries.
pub(crate) fn published_of(student: &StudentId) -> String {
    format!("{PUBLISHED}{student}#")
}

/// The sort-key prefix of published galleries.
pub(crate) const PUBLISHED: &str = "PUBLISHED#";

/// A photo.
pub(crate) fn photo(studio: &StudioId, photo: &PhotoId) -> Key {
    key(day_partition(studio, photo), format!("PHOTO#{photo}"))
}

/// A camera of a picture day.
pub(crate) fn camera(studio: &StudioId, day: &PictureDayId, camera: &CameraLabel) -> Key {
    key(day_partition(studio, day), format!("CAMERA#{}", camera.as_str()))
}

/// A gallery.
pub(crate) fn gallery(studio: &StudioId, gallery: &GalleryId) -> Key {
    key(day_partition(studio, gallery), format!("GALLERY#{gallery}"))
}

/// Facts about a file's bytes within a studio.
pub(crate) fn content(studio: &StudioId, hash: &str) -> Key {
    key(format!("STUDIO#{studio}#CONTENT#{hash}"), "CONTENT")
}

/// The person who has an e-mail address.
pub(crate) fn email(hmac: &str) -> Key {
    key(format!("EMAIL#{hmac}"), "PERSON")
}

/// A person.
pub(crate) fn person(person: &PersonId) -> Key {
    key(person_partition(person), "PERSON")
}

/// A person's membership in a studio.
pub(crate) fn membership(person: &PersonId, studio: &StudioId) -> Key {
    key(person_partition(person), format!("MEMBERSHIP#{studio}"))
}

/// A person's membership in a school.
pub(crate) fn school_membership(person: &PersonId, school: &SchoolId) -> Key {
    key(person_partition(person), format!("STAFF#{school}"))
}

/// A person who works at a school, in the school's list.
pub(crate) fn school_staff(studio: &StudioId, school: &SchoolId, person: &PersonId) -> Key {
    key(school_partition(studio, school), format!("{STAFF}{person}"))
}

/// A person who works in a studio, in the studio's list.
pub(crate) fn studio_staff(studio: &StudioId, person: &PersonId) -> Key {
    key(studio_partition(studio), format!("{STAFF}{person}"))
}

/// The sort-key prefix of the people who work at a school or in a studio.
pub(crate) const STAFF: &str = "STAFF#";

/// An open invitation, in the partition of a school or a studio (table `access`).
pub(crate) fn invitation(partition: String, invitation: &InvitationId) -> Key {
    key(partition, format!("{INVITATIONS}{invitation}"))
}

/// The sort-key prefix of open invitations.
pub(crate) const INVITATIONS: &str = "INVITATION#";

/// The target of a mailed invitation (table `access`).
pub(crate) fn invitation_lookup(hmac: &str) -> Key {
    key(format!("INVITATION#{hmac}"), "INVITATION")
}

/// A parent's grant for a student.
pub(crate) fn grant(person: &PersonId, student: &StudentId) -> Key {
    key(person_partition(person), format!("GRANT#{student}"))
}

/// A person's consent to a document.
pub(crate) fn consent(person: &PersonId, document: &str) -> Key {
    key(person_partition(person), format!("CONSENT#{document}"))
}

/// A sign-in that is at an identity provider (table `access`).
pub(crate) fn oidc_journey(hmac: &str) -> Key {
    key(format!("OIDC#{hmac}"), "OIDC")
}

/// The secret shared with a person's authenticator app.
pub(crate) fn totp(person: &PersonId) -> Key {
    key(person_partition(person), "FACTOR#TOTP")
}

/// The hashes of a person's recovery codes.
pub(crate) fn recovery_codes(person: &PersonId) -> Key {
    key(person_partition(person), "FACTOR#RECOVERY")
}

/// A person's passkey.
pub(crate) fn passkey(person: &PersonId, passkey: &PasskeyId) -> Key {
    key(person_partition(person), format!("PASSKEY#{passkey}"))
}

/// An authenticator app's secret before its first code (table `access`).
pub(crate) fn totp_enrolment(person: &PersonId) -> Key {
    key(format!("ENROLMENT#{person}"), "TOTP")
}

/// A sign-in between its two stages (table `access`).
pub(crate) fn second_stage(hmac: &str) -> Key {
    key(format!("SECOND#{hmac}"), "SECOND")
}

/// The challenge that a passkey must sign (table `access`).
pub(crate) fn ceremony(hmac: &str) -> Key {
    key(format!("CEREMONY#{hmac}"), "CEREMONY")
}

/// A session (table `access`).
pub(crate) fn session(person: &PersonId, session: &SessionId) -> Key {
    key(person_partition(person), format!("SESSION#{session}"))
}

/// An impersonation session: a site administrator at a person's account (table `access`).
pub(crate) fn acting_session(person: &PersonId, session: &SessionId) -> Key {
    key(person_partition(person), format!("ACTING#{session}"))
}

/// The sort-key prefix of a person's sessions and of the set's version.
pub(crate) const SESSIONS: &str = "SESSION";

/// The version of a person's set of sessions (table `access`).
pub(crate) fn session_set(person: &PersonId) -> Key {
    key(person_partition(person), "SESSIONS")
}

/// A rate limit's counter (table `access`).
pub(crate) fn limit(name: &str, hmac: &str) -> Key {
    key(format!("LIMIT#{name}#{hmac}"), "LIMIT")
}

/// A mailed link (table `access`).
pub(crate) fn token(hmac: &str) -> Key {
    key(format!("TOKEN#{hmac}"), "TOKEN")
}

/// A sign-up that waits for its mailed link (table `access`).
pub(crate) fn sign_up(hmac: &str) -> Key {
    key(format!("SIGNUP#{hmac}"), "SIGNUP")
}

/// A request made with a share code that waits for its mailed link (table `access`).
pub(crate) fn asked(hmac: &str) -> Key {
    key(format!("ASKED#{hmac}"), "ASKED")
}

/// A sign-in by a mailed code that is in progress (table `access`).
pub(crate) fn sign_in_flow(hmac: &str) -> Key {
    key(format!("FLOW#{hmac}"), "FLOW")
}

/// An audit event of a studio, or of the platform (table `audit`). `hour` is `2026-11-21T22`.
pub(crate) fn audit_event(studio: Option<&StudioId>, hour: &str, event: &AuditEventId) -> Key {
    let pk = studio.map_or_else(|| format!("PLATFORM#{hour}"), |id| format!("STUDIO#{id}#{hour}"));
    key(pk, event.as_str())
}

/// A studio's wrapped data key (table `keys`).
pub(crate) fn studio_key(studio: &StudioId) -> Key {
    key(studio_partition(studio), "KEY")
}

/// A person's wrapped data key (table `keys`).
pub(crate) fn person_key(person: &PersonId) -> Key {
    key(person_partition(person), "KEY")
}

/// A page of the wrapped keys of a school's students (table `keys`).
pub(crate) fn key_page<K: Kind>(studio: &StudioId, school_or_child: &Id<K>, page: &str) -> Key {
    key(school_partition(studio, school_or_child), format!("PAGE#{page}"))
}
