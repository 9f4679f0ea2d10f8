//! Every key of every table, one function per kind of item.
//!
//! Ids are `[a-z0-9_]` by type and labels are plain by type, so nothing a caller sends can forge a `#`.
//! `{school}`, `{day}` in a partition are the first 60 bits of the id ([`Id::parent_part`]), so that a
//! student's or a photo's id leads to its partition without an index.
//!
//! | table | partition `PK` | sort `SK` | what | read as |
//! |---|---|---|---|---|
//! | records | `STUDIO#{studio}` | `STUDIO` | the studio | one get |
//! | | | `STAFF#{person}` | who works in the studio | query |
//! | | | `TRUSTED#{id}` | an identity provider's program that is let in, sealed | get, query |
//! | | | `REVIEW` | when who can see what was reviewed last, and by whom | get |
//! | | | `DISTRICT#{id}`, `SCHOOL#{id}`, `DAY#{id}` | districts, schools, picture days | get, or one query a list |
//! | | `STUDIO#{studio}#SCHOOL#{school}` | `STUDENT#{id}` | a student, sealed | get, batch get |
//! | | | `ENROLMENT#{year}#{student}` | the student in a class list of that year, sealed | one query a class list |
//! | | | `SHARECODE#{id}` | a share code's public side; it stays when the code is over | get |
//! | | | `CODEOF#{student}` | the one code of a student that is good | get |
//! | | | `REQUEST#{id}` | a parent's request | get, query |
//! | | | `PUBLISHED#{student}#{gallery}` | published galleries of a student | query |
//! | | | `STAFF#{person}` | who works at the school | get, query |
//! | | | `ROSTER` | which import wrote to the school last | get |
//! | | | `ROSTEROPTIONS` | which columns the last import was read by, sealed | get |
//! | | | `IMPORTED#{time}#{import}` | that there is an import, newest first | query |
//! | | `STUDIO#{studio}#IMPORT#{id}` | `IMPORT` | a roster import | get |
//! | | | `ROW#{reading}#{kind}#{n}` | the rows of its preview, sealed | one query a kind |
//! | | | `KEPT#{reading}#{kind}#{n}` | the rows that were left as they are | query |
//! | | | `SAMPLE#{reading}` | columns and names of the file as read, sealed | get |
//! | | | `CLAIM#{reading}#{id}` | which of the rows with one school-issued id speaks for its student | conditional update |
//! | | `STUDIO#{studio}#DAY#{day}` | `PHOTO#{id}` | a photo; one that never arrives ends by itself, or is a place in the order | get, query |
//! | | | `CAMERA#{label}` | a camera: clean or dirty | get |
//! | | | `GALLERY#{id}` | a gallery | get, query |
//! | | `STUDIO#{studio}#CONTENT#{hash}` | `CONTENT` | what is known of a file's bytes | get |
//! | | `DIRECTORY#STUDIOS` | `{studio}` | that there is this studio, for site administrators | query |
//! | | `EMAIL#{hmac}` | `PERSON` | who has an address | get |
//! | | `PERSON#{person}` | `PERSON`, `MEMBERSHIP#{studio}`, `STAFF#{school}`, `GRANT#{student}`, `CONSENT#{document}` | a person and all hats | one query |
//! | | | `APIKEY#{id}` | a key of a program of theirs | with the person |
//! | | `APIKEY#{hmac}` | `APIKEY` | whose key it is | get |
//! | | `TRUSTED#{hmac}` | `TRUSTED` | whose program an identity provider's is, and what it may do | get |
//! | | `DISTRICT#{district}` | `IDENTITYPROVIDER` | where the district's people sign in | get |
//! | | | `SCIMTOKEN#1`, `SCIMTOKEN#2` | the tokens of its directory, hashed | one query |
//! | | | `USER#{person}` | somebody its directory told us of | get, query |
//! | | | `USERNAME#{hmac}` | who has a name there | get |
//! | | `IDENTITY#{hmac}` | `PERSON` | who somebody of a tenant is here | get |
//! | | | `FACTOR#TOTP`, `FACTOR#RECOVERY`, `PASSKEY#{id}` | second factors: sealed secrets, hashed codes | with the person |
//! | | `SHARECODE#{hmac}` | `SHARECODE` | which student a code opens | get |
//! | access | `PERSON#{person}` | `SESSION#{id}` | a session | get, query |
//! | | | `ACTING#{id}` | a session of somebody who acts at the account | get |
//! | | | `SESSIONS` | the version of the person's set of sessions | with them |
//! | | `LIMIT#{name}#{hmac}` | `LIMIT` | how often something was done in a while | conditional update |
//! | | `FLOW#{hmac}` | `FLOW` | a sign-in by a mailed code | get and count, conditional delete |
//! | | `TOKEN#{hmac}` | `TOKEN` | a mailed link | get, conditional delete |
//! | | `SIGNUP#{hmac}` | `SIGNUP` | a sign-up that waits for its mailed link, sealed | get, conditional delete |
//! | | `ASKED#{hmac}` | `ASKED` | what was asked for with a share code, until its mailed link is opened, sealed | get, conditional delete |
//! | | `INVITATION#{hmac}` | `INVITATION` | what a mailed invitation leads to | get, conditional delete |
//! | | `STUDIO#{studio}`, `STUDIO#{studio}#SCHOOL#{school}` | `INVITATION#{id}` | an open invitation, sealed | get, query |
//! | | `FAMILY#{id}` | `FAMILY` | the tokens that follow from one use of a program's key | get |
//! | | `GUEST#{hmac}` | `GUEST` | a guest token | get |
//! | | `STUDIO#{studio}` | `GUEST#{id}` | that there is one | query |
//! | | `OIDC#{hmac}` | `OIDC` | somebody who is away at an identity provider | get, conditional delete |
//! | | `ENROLMENT#{person}` | `TOTP` | an app's secret that no code was typed of yet, sealed | get |
//! | | `SECOND#{hmac}` | `SECOND` | a sign-in between its two stages | get, conditional delete |
//! | | `CEREMONY#{hmac}` | `CEREMONY` | what a passkey was asked to sign | get, conditional delete |
//! | audit | `STUDIO#{studio}#{hour}`, `PLATFORM#{hour}` | `{id}` | audit events | query |
//! | operators, access | see [`operators`] | | site administrators, and that they act | |
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

/// The studio itself.
pub(crate) fn studio(studio: &StudioId) -> Key {
    key(studio_partition(studio), "STUDIO")
}

/// The partition that lists all studios.
pub(crate) const STUDIOS: &str = "DIRECTORY#STUDIOS";

/// A studio among all of them.
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

/// A student's place in a school year.
pub(crate) fn enrolment(studio: &StudioId, year: SchoolYear, student: &StudentId) -> Key {
    key(school_partition(studio, student), format!("{}{student}", enrolments(year)))
}

/// The sort-key prefix of a school year's enrolments.
pub(crate) fn enrolments(year: SchoolYear) -> String {
    format!("ENROLMENT#{}#", year.begins_in())
}

/// A share code's public side.
pub(crate) fn share_code(studio: &StudioId, code: &ShareCodeId) -> Key {
    key(school_partition(studio, code), format!("SHARECODE#{code}"))
}

/// The one code of a student that is good now.
pub(crate) fn current_share_code(studio: &StudioId, student: &StudentId) -> Key {
    key(school_partition(studio, student), format!("CODEOF#{student}"))
}

/// Which student a share code opens.
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

/// What is known of a file's bytes within a studio.
pub(crate) fn content(studio: &StudioId, hash: &str) -> Key {
    key(format!("STUDIO#{studio}#CONTENT#{hash}"), "CONTENT")
}

/// Who has an address.
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

/// Somebody who works at a school, as the school lists them.
pub(crate) fn school_staff(studio: &StudioId, school: &SchoolId, person: &PersonId) -> Key {
    key(school_partition(studio, school), format!("{STAFF}{person}"))
}

/// Somebody who works in a studio, as the studio lists them.
pub(crate) fn studio_staff(studio: &StudioId, person: &PersonId) -> Key {
    key(studio_partition(studio), format!("{STAFF}{person}"))
}

/// The sort-key prefix of who works at a school or in a studio.
pub(crate) const STAFF: &str = "STAFF#";

/// An open invitation to a partition: a school's, or a studio's (table `access`).
pub(crate) fn invitation(partition: String, invitation: &InvitationId) -> Key {
    key(partition, format!("{INVITATIONS}{invitation}"))
}

/// The sort-key prefix of open invitations.
pub(crate) const INVITATIONS: &str = "INVITATION#";

/// What a mailed invitation leads to (table `access`).
pub(crate) fn invitation_lookup(hmac: &str) -> Key {
    key(format!("INVITATION#{hmac}"), "INVITATION")
}

/// A parent's grant to a student.
pub(crate) fn grant(person: &PersonId, student: &StudentId) -> Key {
    key(person_partition(person), format!("GRANT#{student}"))
}

/// A person's consent to a document.
pub(crate) fn consent(person: &PersonId, document: &str) -> Key {
    key(person_partition(person), format!("CONSENT#{document}"))
}

/// Somebody who is away at an identity provider (table `access`).
pub(crate) fn oidc_journey(hmac: &str) -> Key {
    key(format!("OIDC#{hmac}"), "OIDC")
}

/// The secret a person's authenticator app shares with us.
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

/// A secret that waits for its first code (table `access`).
pub(crate) fn totp_enrolment(person: &PersonId) -> Key {
    key(format!("ENROLMENT#{person}"), "TOTP")
}

/// A sign-in between its two stages (table `access`).
pub(crate) fn second_stage(hmac: &str) -> Key {
    key(format!("SECOND#{hmac}"), "SECOND")
}

/// What a passkey was asked to sign (table `access`).
pub(crate) fn ceremony(hmac: &str) -> Key {
    key(format!("CEREMONY#{hmac}"), "CEREMONY")
}

/// A session (table `access`).
pub(crate) fn session(person: &PersonId, session: &SessionId) -> Key {
    key(person_partition(person), format!("SESSION#{session}"))
}

/// A session of somebody who acts at a person's account (table `access`).
pub(crate) fn acting_session(person: &PersonId, session: &SessionId) -> Key {
    key(person_partition(person), format!("ACTING#{session}"))
}

/// The sort-key prefix of a person's sessions and of their set.
pub(crate) const SESSIONS: &str = "SESSION";

/// The version of a person's set of sessions (table `access`).
pub(crate) fn session_set(person: &PersonId) -> Key {
    key(person_partition(person), "SESSIONS")
}

/// A counter (table `access`).
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

/// What was asked for with a share code and waits for its mailed link (table `access`).
pub(crate) fn asked(hmac: &str) -> Key {
    key(format!("ASKED#{hmac}"), "ASKED")
}

/// A sign-in by a mailed code that is under way (table `access`).
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
