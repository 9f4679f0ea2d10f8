//! Tests which credentials of an account survive a proof of its mailbox: every kind of proof with every
//! credential.
//!
//! The kinds and the credentials are the domain's own lists. A new one has no place in this table, so the
//! test does not compile or it fails.

use domain::ids::PersonId;
use domain::mailbox::{AccountCredential, CredentialFate, MailboxDoor};
use local::client::Client;
use platform::inspect::{forget_mailbox_proof, scan};
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack};

use crate::authenticator::Device;
use crate::notices::token;
use crate::passkeys;
use crate::programs::by_key;
use crate::second_factors::{WithApp, with_app};

const NEW: &str = "Another-Meadow-43";
const KEPT: CredentialFate = CredentialFate::Kept;
const ENDED: CredentialFate = CredentialFate::Ended;
const REPLACED: CredentialFate = CredentialFate::Replaced;

/// The fate of each credential, in the order of [`AccountCredential::ALL`].
type Fates = [CredentialFate; AccountCredential::ALL.len()];

const ALL_KEPT: Fates = [KEPT; AccountCredential::ALL.len()];
const ALL_ENDED: Fates = [ENDED; AccountCredential::ALL.len()];
/// The mail's flow sets a new password.
const BUT_FOR_PASSWORD: Fates = [REPLACED, ENDED, ENDED, ENDED, ENDED, ENDED, ENDED];

/// The table: the kind of proof, the fates in an account that was never proven, and in one that was.
const TABLE: [(MailboxDoor, Fates, Fates); MailboxDoor::ALL.len()] = [
    // Password, Totp, Passkeys, RecoveryCodes, ApiKeys, Sessions, OwnedStudio
    (MailboxDoor::SignUp, [REPLACED, ENDED, ENDED, ENDED, ENDED, ENDED, REPLACED], ALL_KEPT),
    (
        MailboxDoor::PasswordReset,
        BUT_FOR_PASSWORD,
        [REPLACED, KEPT, KEPT, KEPT, ENDED, ENDED, KEPT],
    ),
    (MailboxDoor::SignInLink, ALL_ENDED, ALL_KEPT),
    (MailboxDoor::SignInCode, ALL_ENDED, ALL_KEPT),
    (MailboxDoor::Invitation, BUT_FOR_PASSWORD, ALL_KEPT),
    (MailboxDoor::EmailChange, ALL_ENDED, [KEPT, KEPT, KEPT, KEPT, KEPT, ENDED, KEPT]),
];

/// A studio with two schools that invites people.
struct Host {
    stack: TestStack,
    client: Client,
    schools: [String; 2],
}

/// An account with every credential, which also works at the host's first school.
struct Prepared {
    email: String,
    person: PersonId,
    studio: String,
    api_key: String,
    client: Client,
}

impl Host {
    async fn start() -> Result<Self, SetupError> {
        let stack = TestStack::start().await?;
        let client = stack.photographer("host").await?;
        let district = client.create("/v1/districts", &json!({ "name": "D" }), "d").await?;
        let mut schools = Vec::new();
        for name in ["Oak", "Elm"] {
            let school = json!({ "district_id": district.text("/id"), "name": name });
            schools.push(client.create("/v1/schools", &school, name).await?.text("/id"));
        }
        let schools = schools.try_into().map_err(|_| "two schools")?;
        Ok(Self { stack, client, schools })
    }

    /// Invites an e-mail address to a school, and accepts with the mailed token.
    async fn joined(
        &self,
        school: usize,
        email: &str,
        password: Option<&str>,
    ) -> Result<(), SetupError> {
        let path = format!("/v1/schools/{}/staff-invitations", self.schools[school]);
        let body = json!({ "email": email, "role": "administrator" });
        self.client.create(&path, &body, &format!("{school} {email}")).await?;
        let mail = self.stack.mail(email, "You are invited to Picture Day", school + 1).await?;
        let mut body = json!({ "token": token(&mail) });
        if let Some(password) = password {
            body["password"] = json!(password);
        }
        let stranger = self.stack.stranger();
        stranger.create("/v1/invitations/acceptance", &body, email).await?;
        Ok(())
    }

    async fn prepared(&self, name: &str) -> Result<Prepared, SetupError> {
        let email = format!("{name}@studio.example");
        let WithApp { mut client, .. } = with_app(&self.stack, name).await?;
        passkeys::add(&mut client, &mut Device::at(self.stack.stack().url())).await?;
        let body = json!({ "name": "Uploader", "scopes": ["read"] });
        let api_key = client.create("/v1/api-keys", &body, "key").await?.text("/key");
        self.joined(0, &email, None).await?;
        let session = client.read("/v1/session").await?;
        let person = PersonId::parse(&session.text("/person/id")).map_err(|_| "a person's id")?;
        Ok(Prepared { email, person, studio: session.text("/studio/id"), api_key, client })
    }

    /// Proves the mailbox in one way; returns the account's e-mail address afterwards.
    async fn pass(
        &self,
        door: MailboxDoor,
        account: &Prepared,
        was_proven: bool,
    ) -> Result<String, SetupError> {
        let (stack, email) = (&self.stack, account.email.as_str());
        let browser = stack.stranger();
        match door {
            MailboxDoor::SignUp => {
                let studio = json!({ "email": email });
                browser.create("/v1/studios", &studio, email).await?;
                if was_proven {
                    stack.mail(email, "You already have an account", 1).await?;
                } else {
                    let mail = stack.mail(email, "Confirm your e-mail address", 2).await?;
                    let body =
                        json!({ "token": token(&mail), "studio_name": "Mine", "password": NEW });
                    browser.create("/v1/email-verifications", &body, email).await?;
                }
            }
            MailboxDoor::PasswordReset => {
                browser.create("/v1/password-resets", &json!({ "email": email }), email).await?;
                let mail = stack.mail(email, "Choose a new password", 1).await?;
                let body = json!({ "token": token(&mail), "password": NEW });
                browser.create("/v1/password-resets/confirmation", &body, email).await?;
            }
            MailboxDoor::SignInLink => {
                let ask = json!({ "email": email, "portal": "school" });
                browser.create("/v1/sign-in/link-requests", &ask, email).await?;
                let mail = stack.mail(email, "Your link to sign in", 1).await?;
                let body = json!({ "token": token(&mail) });
                browser.create("/v1/sign-in/link", &body, email).await?;
            }
            MailboxDoor::SignInCode => {
                let ask = json!({ "email": email, "portal": "school" });
                browser.create("/v1/sign-in/code-requests", &ask, email).await?;
                let mail = stack.mail(email, "Your code to sign in", 1).await?;
                let is_code = |it: &&str| it.len() == 6 && it.bytes().all(|b| b.is_ascii_digit());
                let code = mail.split_whitespace().find(is_code).ok_or("a code")?;
                let body = json!({ "portal": "school", "code": code });
                browser.create("/v1/sign-in/code", &body, email).await?;
            }
            MailboxDoor::Invitation => {
                self.joined(1, email, (!was_proven).then_some(NEW)).await?;
            }
            MailboxDoor::EmailChange => {
                let moved = format!("moved-{email}");
                let body = json!({ "email": moved, "password": PASSWORD });
                account.client.create("/v1/person/email-changes", &body, "move").await?;
                let mail = stack.mail(&moved, "Confirm your new e-mail address", 1).await?;
                let body = json!({ "token": token(&mail) });
                let path = "/v1/person/email-changes/confirmation";
                account.client.create(path, &body, "moved").await?;
                return Ok(moved);
            }
        }
        Ok(email.to_owned())
    }

    /// Is the password right?
    ///
    /// It is tried at the schools' portal, where the account works whatever becomes of its studio.
    async fn is_right(&self, email: &str, password: &str) -> Result<bool, SetupError> {
        let door = json!({ "portal": "school", "email": email, "password": password });
        let answer = self.stack.stranger().post("/v1/sign-in/password", &door).await?;
        assert!([200, 401].contains(&answer.status), "{}", answer.body);
        Ok(answer.status == 200)
    }

    /// Returns the person's rows whose sort key has this prefix.
    async fn rows(&self, account: &Prepared, begins: &str) -> Result<Vec<String>, SetupError> {
        let app = self.stack.stack().app();
        let table = app.config().records_table.clone().unwrap_or_default();
        let (pk, sk) = (format!("PK=S(\"PERSON#{}\")", account.person), format!("SK=S(\"{begins}"));
        let rows = scan(app, &table).await?;
        Ok(rows.into_iter().filter(|row| row.contains(&pk) && row.contains(&sk)).collect())
    }

    /// Returns what became of a credential.
    async fn seen(
        &self,
        credential: AccountCredential,
        account: &Prepared,
        email: &str,
    ) -> Result<CredentialFate, SetupError> {
        let has =
            async |begins: &str| Ok::<_, SetupError>(!self.rows(account, begins).await?.is_empty());
        let (is_there, is_replaced) = match credential {
            AccountCredential::Password => {
                let is_there = self.is_right(email, PASSWORD).await?;
                (is_there, !is_there && self.is_right(email, NEW).await?)
            }
            AccountCredential::Totp => (has("FACTOR#TOTP").await?, false),
            AccountCredential::Passkeys => (has("PASSKEY#").await?, false),
            AccountCredential::RecoveryCodes => (has("FACTOR#RECOVERY").await?, false),
            AccountCredential::ApiKeys => {
                let status = by_key(&self.stack, &account.api_key).await?.status;
                assert_eq!(status == 200, has("APIKEY#").await?, "its row is deleted with it");
                (status == 200, false)
            }
            AccountCredential::Sessions => {
                (account.client.get("/v1/session").await?.status == 200, false)
            }
            AccountCredential::OwnedStudio => {
                let is_there = has(&format!("MEMBERSHIP#{}", account.studio)).await?;
                (is_there, !is_there && has("MEMBERSHIP#").await?)
            }
        };
        Ok(match (is_there, is_replaced) {
            (true, _) => KEPT,
            (false, true) => REPLACED,
            (false, false) => ENDED,
        })
    }
}

/// Covers accounts whose mailbox was never proven, although sign-up no longer creates credentials for them.
///
/// The test marks prepared accounts as unproven: old accounts were, and a later mistake could create one.
#[tokio::test(flavor = "multi_thread")]
async fn every_door_ends_what_was_not_proven_before_it() -> Result<(), SetupError> {
    assert_eq!(TABLE.map(|(door, ..)| door), MailboxDoor::ALL);
    let host = Host::start().await?;
    let mut looked_at = 0;
    for (number, (door, unproven, proven)) in TABLE.into_iter().enumerate() {
        for (was_proven, fates) in [(false, unproven), (true, proven)] {
            let account = host.prepared(&format!("case-{number}-{was_proven}")).await?;
            if !was_proven {
                forget_mailbox_proof(host.stack.stack().app(), &account.person).await?;
            }
            let before = proofs(&host.stack).await?;
            let email = host.pass(door, &account, was_proven).await?;
            let ended = proofs(&host.stack).await? - before;
            assert_eq!(ended, usize::from(!was_proven), "{door:?}, proven before: {was_proven}");
            for (credential, fate) in AccountCredential::ALL.into_iter().zip(fates) {
                let what = format!("{door:?}, {credential:?}, proven before: {was_proven}");
                assert_eq!(door.fate_of(credential, was_proven), fate, "the rule: {what}");
                assert_eq!(host.seen(credential, &account, &email).await?, fate, "{what}");
                looked_at += 1;
            }
        }
    }
    println!("{looked_at} fates: {} doors", TABLE.len());
    assert_eq!(looked_at, 2 * MailboxDoor::ALL.len() * AccountCredential::ALL.len());
    host.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reset_ends_stands_in_the_log() -> Result<(), SetupError> {
    let host = Host::start().await?;
    for (name, is_proven, factors) in [("proven", true, 0), ("unproven", false, 2)] {
        let account = host.prepared(name).await?;
        if !is_proven {
            forget_mailbox_proof(host.stack.stack().app(), &account.person).await?;
        }
        let before = logged(&host.stack).await?;
        host.pass(MailboxDoor::PasswordReset, &account, is_proven).await?;
        let after = logged(&host.stack).await?;
        let added = [0, 1, 2].map(|what| after[what] - before[what]);
        assert_eq!(added, [1, factors, 1], "{name}");
    }
    host.stack.stop().await;
    Ok(())
}

/// Counts the mailbox proofs so far that ended everything in an account.
async fn proofs(stack: &TestStack) -> Result<usize, SetupError> {
    let app = stack.stack().app();
    let rows = scan(app, &app.config().audit_table.clone().unwrap_or_default()).await?;
    let ended = "ended password, totp, passkeys, recovery codes, API keys, studio";
    let of_all = rows.iter().filter(|row| row.contains("email_verified") && row.contains(ended));
    Ok(of_all.count())
}

/// Counts the revoked keys, removed factors and changed passwords so far.
async fn logged(stack: &TestStack) -> Result<[usize; 3], SetupError> {
    let app = stack.stack().app();
    let rows = scan(app, &app.config().audit_table.clone().unwrap_or_default()).await?;
    let count = |did: &str| rows.iter().filter(|row| row.contains(did)).count();
    Ok(["api_key_revoked", "second_factor_removed", "password_changed"].map(count))
}
