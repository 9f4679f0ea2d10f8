//! Who did what to what, when, and whether it was allowed. Written once, never changed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{
    ApiKeyId, AuditEventId, GuestTokenId, OperatorId, PersonId, RequestId, ScimTokenId, StudioId,
    TrustedIssuerId,
};

/// One sentence of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Ordered by time, then random.
    pub id: AuditEventId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: Actor,
    /// Whose log it stands in.
    pub scope: Scope,
    /// What happened.
    pub did: Action,
    /// To what: an id, never a name.
    pub to: String,
    /// Whether it was done or refused.
    pub outcome: Outcome,
    /// The same id as in the logs and in the caller's answer.
    pub request: RequestId,
    /// Counts and codes that explain it; never personal.
    pub details: Option<String>,
    /// Where the request came from, sealed before it is stored.
    pub from: Option<Origin>,
}

/// Where a request came from: personal, sealed before it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The client's address.
    pub address: String,
    /// What its browser calls itself, at most 200 characters.
    pub user_agent: String,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Origin(..)")
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Actor {
    /// A signed-in photographer.
    Photographer(PersonId),
    /// Somebody of a school who is signed in.
    SchoolStaff(PersonId),
    /// A signed-in parent.
    Parent(PersonId),
    /// A signed-in site administrator.
    Operator(OperatorId),
    /// Somebody who acts at a person's account as its owner would: both are named.
    Acting {
        /// Who it really is.
        by: Box<Self>,
        /// Whose account it is.
        seen_as: Box<Self>,
    },
    /// A studio's program, by the key it was let in with.
    Program(ApiKeyId),
    /// A studio's program, by the identity provider that proved it.
    TrustedProgram(TrustedIssuerId),
    /// A guest of one gallery, by the token somebody gave them.
    Guest(GuestTokenId),
    /// A district's directory, by the token it was let in with.
    Directory(ScimTokenId),
    /// A worker of this system.
    Worker(String),
    /// Nobody signed in.
    Nobody,
}

/// Whose log an event stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One studio's.
    Studio(StudioId),
    /// The platform's: before anybody is known to belong to a studio.
    Platform,
}

/// Whether it was allowed. A refusal is as interesting as a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It happened.
    Done,
    /// It was refused.
    Refused,
}

/// What happened, in the past tense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A studio wants to sign up, and a link went to its address; refused for an address that is known.
    SignUpRequested,
    /// A studio signed up.
    StudioCreated,
    /// An address was confirmed.
    EmailVerified,
    /// Somebody new opened the link that was mailed to their address: they have an account.
    PersonCreated,
    /// Somebody signed in, or was refused.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
    /// A person ended sessions of their own.
    SessionsEnded,
    /// Two parties used one session, and it was ended.
    SessionStolen,
    /// A door was locked after too many attempts.
    SignInLocked,
    /// A password was kept in another form: another cost, another pepper, no bcrypt any more.
    PasswordHashUpgraded,
    /// A code to sign in with was asked for.
    SignInCodeRequested,
    /// A link to sign in with was asked for.
    SignInLinkRequested,
    /// A link to choose another password was asked for.
    PasswordResetRequested,
    /// A password was changed, by its owner or by a mailed link.
    PasswordChanged,
    /// Whether a password is known to be breached was judged here: the service that knows did not answer.
    PasswordJudgedHere,
    /// Another address was named; it is not confirmed yet.
    EmailChangeRequested,
    /// Another address took the place of the old one.
    EmailChanged,
    /// Somebody proved a second factor in the middle of a session, or was refused.
    SteppedUp,
    /// A second factor was set up; the details say which.
    SecondFactorAdded,
    /// A second factor was taken away; the details say which.
    SecondFactorRemoved,
    /// A recovery code was used up.
    RecoveryCodeUsed,
    /// New recovery codes were made, and the old ones ended.
    RecoveryCodesMade,
    /// A message that this system did not seal was in a queue, and was not worked.
    MessageRefused,
    /// A district was made.
    DistrictCreated,
    /// A school was made.
    SchoolCreated,
    /// Who must agree before parents see a gallery was set; the details say who.
    ParentAccessSet,
    /// A class list was read.
    StudentsListed,
    /// A roster was uploaded and previewed.
    RosterPreviewed,
    /// A person decided about a row in conflict; the details say the row's number and how.
    RosterConflictDecided,
    /// A roster's rows begin to be written.
    RosterApplyStarted,
    /// A roster's rows are written.
    RosterApplied,
    /// A roster's rows begin to be taken back.
    RosterUndoStarted,
    /// A roster's rows are taken back.
    RosterUndone,
    /// A picture day was made.
    PictureDayCreated,
    /// Camera cards were printed.
    CameraCardsPrinted,
    /// Photos were registered and upload links issued.
    UploadLinksIssued,
    /// A photo was checked.
    PhotoChecked,
    /// A photo was refused.
    PhotoRefused,
    /// One camera's photos were matched.
    PhotosMatched,
    /// A person said whose photo it is.
    PhotoAssigned,
    /// A person said it is nobody's.
    PhotoUnassigned,
    /// A person said that all photos of a run are its student's.
    RunConfirmed,
    /// The runs of a picture day were listed.
    RunsListed,
    /// The photos of a picture day were listed.
    PhotosListed,
    /// A reconciliation was read.
    ReconciliationRead,
    /// Galleries begin to be built.
    GalleriesStarted,
    /// A gallery was published.
    GalleryPublished,
    /// A gallery was opened.
    GalleryOpened,
    /// Galleries were listed.
    GalleriesListed,
    /// A share code was issued.
    ShareCodeIssued,
    /// A share code was revoked.
    ShareCodeRevoked,
    /// Somebody asked for access with a code: a link is in the mail, and no more than that.
    AccessRequested,
    /// The mailed link was opened: the request stands, and the details say by which code.
    AccessRequestMade,
    /// Requests for access were listed.
    AccessRequestsListed,
    /// A request was approved.
    AccessApproved,
    /// A request was refused.
    AccessRefused,
    /// The school or its photographer ended an access; the details say how far it had come.
    AccessEnded,
    /// Somebody gave their own access up; the details say how far it had come.
    AccessGivenUp,
    /// A person looked at what they may see, and at what has ended.
    OwnAccessListed,
    /// A parent consented.
    ConsentGiven,
    /// Somebody was invited to work at a school or a studio; the details say as what.
    StaffInvited,
    /// An open invitation was withdrawn.
    InvitationWithdrawn,
    /// Somebody accepted an invitation; the details say as what.
    InvitationAccepted,
    /// The staff of a school or a studio was listed.
    StaffListed,
    /// Somebody of a school was given another role or other classes.
    StaffChanged,
    /// Somebody works at a school or a studio no more.
    StaffRemoved,
    /// A district's identity provider was set.
    IdentityProviderSet,
    /// A district's identity provider was taken away.
    IdentityProviderRemoved,
    /// Somebody came from a district's identity provider for the first time.
    IdentityLinked,
    /// A district's identity provider proved somebody; the details say how.
    IdentityProved,
    /// A token for a district's directory was made.
    ScimTokenIssued,
    /// A token of a district's directory was revoked.
    ScimTokenRevoked,
    /// A district's directory told us of somebody.
    IdentityProvisioned,
    /// A district's directory changed what it says of somebody.
    IdentityChanged,
    /// A district's directory took somebody out: everything of theirs is over.
    IdentityEnded,
    /// A district's directory let somebody in again.
    IdentityRestored,
    /// A key for a program was made.
    ApiKeyCreated,
    /// A program's key was revoked.
    ApiKeyRevoked,
    /// The programs of an identity provider are trusted; the details say with which scopes.
    IssuerTrusted,
    /// They are trusted no more.
    IssuerDistrusted,
    /// A program's key was exchanged for tokens, or refused.
    TokensIssued,
    /// A refresh token was exchanged for the next.
    TokensRefreshed,
    /// A refresh token came a second time: all that followed from it is over.
    TokenReplayed,
    /// A program signed out.
    TokensEnded,
    /// The report of who can see what of a studio was read.
    AccessReviewRead,
    /// Its owner reviewed who can see what; the details are the digest of the report that was signed off.
    AccessReviewed,
    /// Somebody was given one gallery to look at for an hour.
    GuestTokenIssued,
    /// Somebody was invited to become a site administrator.
    OperatorInvited,
    /// A site administrator chose a password and set up a second factor.
    OperatorEnrolled,
    /// A site administrator listed the studios.
    StudiosListed,
    /// A site administrator looked at a studio.
    StudioOpened,
    /// A site administrator looked for the person of an address.
    PersonLookedUp,
    /// A site administrator looked at a person.
    PersonOpened,
    /// A person was shut out; the details say why.
    PersonDisabled,
    /// A person was let in again; the details say why.
    PersonEnabled,
    /// Somebody began to look at an account as its owner sees it; the details say why.
    ActingStarted,
    /// They may change things there from now on.
    ActingWritesAllowed,
    /// They stopped.
    ActingEnded,
}
