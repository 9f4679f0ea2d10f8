//! The audit log: who did what to what, when, and whether it was allowed. An event is written once and never changed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{
    ApiKeyId, AuditEventId, GuestTokenId, OperatorId, PersonId, RequestId, ScimTokenId, StudioId,
    TrustedIssuerId,
};

/// One event of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Sorted by time, then random.
    pub id: AuditEventId,
    /// The time of the event.
    pub at: Timestamp,
    /// Who acted.
    pub who: Actor,
    /// The log that contains the event.
    pub scope: Scope,
    /// The action.
    pub did: Action,
    /// The id of the object of the action; never a name.
    pub to: String,
    /// Whether the action was done or refused.
    pub outcome: Outcome,
    /// The request id, the same as in the logs and in the caller's response.
    pub request: RequestId,
    /// Counts and codes that explain the event; never personal data.
    pub details: Option<String>,
    /// The origin of the request, encrypted before it is stored.
    pub from: Option<Origin>,
}

/// The origin of a request. It is personal data, encrypted before it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The client's IP address.
    pub address: String,
    /// The `User-Agent` header, at most 200 characters.
    pub user_agent: String,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Origin(..)")
    }
}

/// The person or program that acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Actor {
    /// A signed-in photographer.
    Photographer(PersonId),
    /// A signed-in member of a school's staff.
    SchoolStaff(PersonId),
    /// A signed-in parent.
    Parent(PersonId),
    /// A signed-in site administrator.
    Operator(OperatorId),
    /// Impersonation: a person acts in another person's account. Both are recorded.
    Acting {
        /// The person who really acts.
        by: Box<Self>,
        /// The owner of the account.
        seen_as: Box<Self>,
    },
    /// A studio's program, by its API key.
    Program(ApiKeyId),
    /// A studio's program, by the trusted identity provider that authenticated it.
    TrustedProgram(TrustedIssuerId),
    /// A guest of one gallery, by the guest token.
    Guest(GuestTokenId),
    /// A district's directory, by its SCIM token.
    Directory(ScimTokenId),
    /// A worker of this system, by its name.
    Worker(String),
    /// No one is signed in.
    Nobody,
}

/// The log that contains an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The log of one studio.
    Studio(StudioId),
    /// The platform's log: for events before the studio is known.
    Platform,
}

/// Whether the action was allowed. Refusals are recorded as well as successes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It happened.
    Done,
    /// It was refused.
    Refused,
}

/// The action, in the past tense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A studio requested a sign-up and a link was mailed to its e-mail address. Refused for a known address.
    SignUpRequested,
    /// A studio signed up.
    StudioCreated,
    /// An e-mail address was confirmed.
    EmailVerified,
    /// A new person opened the mailed link and now has an account.
    PersonCreated,
    /// A person signed in, or was refused.
    SignedIn,
    /// A person signed out.
    SignedOut,
    /// A person ended their own sessions.
    SessionsEnded,
    /// Two parties used one session, so it was ended.
    SessionStolen,
    /// Sign-in was locked after too many attempts.
    SignInLocked,
    /// A password hash was upgraded: another cost, another pepper, or no longer bcrypt.
    PasswordHashUpgraded,
    /// A sign-in code was requested.
    SignInCodeRequested,
    /// A sign-in link was requested.
    SignInLinkRequested,
    /// A link to reset a password was requested.
    PasswordResetRequested,
    /// A password was changed, by its owner or through a mailed link.
    PasswordChanged,
    /// A password was checked for breaches locally, because the breach service did not answer.
    PasswordJudgedHere,
    /// A new e-mail address was requested; it is not confirmed yet.
    EmailChangeRequested,
    /// The new e-mail address replaced the old one.
    EmailChanged,
    /// A person proved a second factor during a session, or was refused.
    SteppedUp,
    /// A second factor was set up; the details name it.
    SecondFactorAdded,
    /// A second factor was removed; the details name it.
    SecondFactorRemoved,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// New recovery codes were created, and the old ones were revoked.
    RecoveryCodesMade,
    /// A queue contained a message that this system did not seal; the message was not processed.
    MessageRefused,
    /// A district was created.
    DistrictCreated,
    /// A school was created.
    SchoolCreated,
    /// The rule who must approve before parents see a gallery was set; the details contain it.
    ParentAccessSet,
    /// A class list was read.
    StudentsListed,
    /// A roster was uploaded and previewed.
    RosterPreviewed,
    /// A person decided a row in conflict; the details contain the row's number and the decision.
    RosterConflictDecided,
    /// Writing a roster's rows began.
    RosterApplyStarted,
    /// A roster's rows were written.
    RosterApplied,
    /// Undoing a roster's rows began.
    RosterUndoStarted,
    /// A roster's rows were undone.
    RosterUndone,
    /// A picture day was created.
    PictureDayCreated,
    /// Camera cards were printed.
    CameraCardsPrinted,
    /// Photos were registered and presigned upload URLs were issued.
    UploadLinksIssued,
    /// A photo was checked.
    PhotoChecked,
    /// A photo was refused.
    PhotoRefused,
    /// One camera's photos were matched.
    PhotosMatched,
    /// A person assigned a photo to students.
    PhotoAssigned,
    /// A person decided that a photo shows no student.
    PhotoUnassigned,
    /// A person confirmed that all photos of a run show its student.
    RunConfirmed,
    /// The runs of a picture day were listed.
    RunsListed,
    /// The photos of a picture day were listed.
    PhotosListed,
    /// A reconciliation was read.
    ReconciliationRead,
    /// Building galleries began.
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
    /// A person requested access with a share code; so far only a link was mailed.
    AccessRequested,
    /// The mailed link was opened and the access request was created; the details name the share code.
    AccessRequestMade,
    /// Access requests were listed.
    AccessRequestsListed,
    /// An access request was approved.
    AccessApproved,
    /// An access request was refused.
    AccessRefused,
    /// The school or its photographer ended an access; the details contain its previous state.
    AccessEnded,
    /// A person gave up their own access; the details contain its previous state.
    AccessGivenUp,
    /// A person listed their own accesses, ended ones included.
    OwnAccessListed,
    /// A parent consented.
    ConsentGiven,
    /// A person was invited to work at a school or a studio; the details contain the role.
    StaffInvited,
    /// An open invitation was withdrawn.
    InvitationWithdrawn,
    /// A person accepted an invitation; the details contain the role.
    InvitationAccepted,
    /// The staff of a school or a studio was listed.
    StaffListed,
    /// A member of a school's staff got another role or other classes.
    StaffChanged,
    /// A person was removed from the staff of a school or a studio.
    StaffRemoved,
    /// A district's identity provider was set.
    IdentityProviderSet,
    /// A district's identity provider was removed.
    IdentityProviderRemoved,
    /// A person signed in through a district's identity provider for the first time.
    IdentityLinked,
    /// A district's identity provider authenticated a person; the details contain how.
    IdentityProved,
    /// A SCIM token for a district's directory was created.
    ScimTokenIssued,
    /// A SCIM token of a district's directory was revoked.
    ScimTokenRevoked,
    /// A district's directory provisioned a person.
    IdentityProvisioned,
    /// A district's directory changed a person's attributes.
    IdentityChanged,
    /// A district's directory deactivated a person: all their sessions and rights ended.
    IdentityEnded,
    /// A district's directory activated a person again.
    IdentityRestored,
    /// An API key for a program was created.
    ApiKeyCreated,
    /// An API key was revoked.
    ApiKeyRevoked,
    /// The programs of an identity provider are trusted; the details contain the scopes.
    IssuerTrusted,
    /// The programs of an identity provider are no longer trusted.
    IssuerDistrusted,
    /// An API key was exchanged for tokens, or refused.
    TokensIssued,
    /// A refresh token was exchanged for its successor.
    TokensRefreshed,
    /// A refresh token was used a second time, so its whole token family was revoked.
    TokenReplayed,
    /// A program signed out.
    TokensEnded,
    /// The access review report of a studio was read.
    AccessReviewRead,
    /// The owner signed off an access review; the details are the digest of that report.
    AccessReviewed,
    /// A guest token was issued: one gallery for one hour.
    GuestTokenIssued,
    /// A person was invited to become a site administrator.
    OperatorInvited,
    /// A site administrator chose a password and set up a second factor.
    OperatorEnrolled,
    /// A site administrator listed the studios.
    StudiosListed,
    /// A site administrator opened a studio.
    StudioOpened,
    /// A site administrator looked up the person with an e-mail address.
    PersonLookedUp,
    /// A site administrator opened a person.
    PersonOpened,
    /// A person was disabled; the details say why.
    PersonDisabled,
    /// A person was enabled again; the details say why.
    PersonEnabled,
    /// An impersonation started, read-only; the details say why.
    ActingStarted,
    /// The impersonation may write from now on.
    ActingWritesAllowed,
    /// The impersonation ended.
    ActingEnded,
}
