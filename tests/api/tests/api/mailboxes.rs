//! Tests the mails that strangers can cause for an e-mail address.
//!
//! They are few over all routes together, and a working sign-in link always remains.

use std::collections::BTreeSet;

use local::client::{Answer, Client};
use platform::inspect::units::Units;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack, picture_day};

use crate::strangers::settle;

/// Requests per route. Routes that compute a hash get fewer, because hashes would dominate the test's
/// duration.
const OFTEN: usize = 40;
const OFTEN_WITH_A_HASH: usize = 12;

/// A studio in which an e-mail address can cause a mail on every route.
struct Doors {
    stack: TestStack,
    owner: Client,
    school: String,
    /// Share codes: of a child whose parent has [`VICTIM`], and of another child.
    codes: [String; 2],
}

/// The e-mail address of a parent.
const VICTIM: &str = "pat@family.example";

/// Requests that mail an e-mail address without checking that it is the caller's.
///
/// Most are a stranger's; those of [`ACCOUNTS`] need a session of another account.
const DOORS: [&str; 10] = [
    "share code",
    "another share code",
    "link",
    "link to a school",
    "reset",
    "code",
    "sign-up",
    "wrong password",
    ACCOUNTS[0],
    ACCOUNTS[1],
];
const ACCOUNTS: [&str; 2] = ["school staff invitation", "change of address"];

impl Doors {
    async fn start() -> Result<Self, SetupError> {
        Self::of(TestStack::start().await?).await
    }

    async fn of(stack: TestStack) -> Result<Self, SetupError> {
        let owner = stack.photographer("owner").await?;
        let day = picture_day(&owner, 2).await?;
        let mut codes = [String::new(), String::new()];
        for (code, pupil) in codes.iter_mut().zip(&day.pupils) {
            let path = format!("/v1/students/{}/share-codes", pupil.id);
            *code = owner.create(&path, &json!({}), &pupil.id).await?.text("/code");
        }
        stack.parent("pat", &codes[0]).await?;
        Ok(Self { stack, owner, school: day.school, codes })
    }

    /// Sends one request as a stranger, or as a person signed in to another account.
    async fn knock(&self, door: &str, email: &str) -> Result<Answer, SetupError> {
        let stranger = self.stack.stranger();
        let asked = |path: &'static str, body: Value| async move {
            Ok::<_, SetupError>(stranger.post(path, &body).await?)
        };
        let code = |which: usize| json!({ "code": self.codes[which], "email": email });
        match door {
            "share code" => asked("/v1/access-requests", code(0)).await,
            "another share code" => asked("/v1/access-requests", code(1)).await,
            "link" => asked("/v1/sign-in/link-requests", json!({ "email": email })).await,
            "link to a school" => {
                let ask = json!({ "email": email, "portal": "school" });
                asked("/v1/sign-in/link-requests", ask).await
            }
            "reset" => asked("/v1/password-resets", json!({ "email": email })).await,
            "code" => {
                let ask = json!({ "portal": "parent", "email": email });
                asked("/v1/sign-in/code-requests", ask).await
            }
            "sign-up" => {
                let studio = json!({ "email": email });
                asked("/v1/studios", studio).await
            }
            "wrong password" => {
                let wrong =
                    json!({ "portal": "parent", "email": email, "password": "Wrong-Password-1" });
                asked("/v1/sign-in/password", wrong).await
            }
            "school staff invitation" => {
                let path = format!("/v1/schools/{}/staff-invitations", self.school);
                let body = json!({ "email": email, "role": "administrator" });
                Ok(self.owner.post(&path, &body).await?)
            }
            "change of address" => {
                let body = json!({ "email": email, "password": PASSWORD });
                Ok(self.owner.post("/v1/person/email-changes", &body).await?)
            }
            other => Err(format!("unknown route name: {other}").into()),
        }
    }

    /// Advances two hours and signs in again, because the session has expired.
    async fn two_hours_later(&mut self) -> Result<(), SetupError> {
        self.stack.advance_seconds(2 * 3600);
        let door = json!({ "portal": "photographer", "email": "owner@studio.example", "password": PASSWORD });
        self.owner.sign_in("/v1/sign-in/password", &door).await?;
        Ok(())
    }

    async fn mails(&self, email: &str, last: &str) -> Result<usize, SetupError> {
        settle(&self.stack, last).await?;
        Ok(self.stack.stack().mails().iter().filter(|mail| mail.to == email).count())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_requests_at_every_door_are_28_mails_to_an_address() -> Result<(), SetupError> {
    let mut doors = Doors::start().await?;
    for door in DOORS {
        let has_hash = ["wrong password", "change of address"].contains(&door);
        let mut answers = BTreeSet::new();
        for _ in 0..if has_hash { OFTEN_WITH_A_HASH } else { OFTEN } {
            let mut answer = doors.knock(door, VICTIM).await?;
            answer.body["request_id"] = Value::Null;
            answers.insert(format!("{} {}", answer.status, answer.body));
        }
        // Only callers with an account are told about the limit.
        let is_told = answers.iter().any(|answer| answer.starts_with("429 "));
        assert_eq!(is_told, ACCOUNTS.contains(&door), "{door}: {answers:?}");
        assert_eq!(answers.len(), if is_told { 2 } else { 1 }, "{door}: {answers:?}");
    }
    // 5 links of each of 3 kinds, 5 other mails, 4 invitations of a studio, and 4 e-mail address changes: 28
    // mails.
    assert_eq!(doors.mails(VICTIM, "all").await?, 28);
    // After two hours each route mails again, at most five mails per route.
    let mut sent = Vec::new();
    for (number, door) in DOORS.into_iter().enumerate() {
        doors.two_hours_later().await?;
        let before = doors.mails(VICTIM, &format!("before-{number}")).await?;
        for _ in 0..OFTEN_WITH_A_HASH {
            doors.knock(door, VICTIM).await?;
        }
        let after = doors.mails(VICTIM, &format!("after-{number}")).await?;
        sent.push((door, after - before));
    }
    let expected = DOORS.map(|door| match door {
        // The address belongs to no school's staff; and one lock sends one mail.
        "link to a school" => (door, 0),
        "wrong password" => (door, 1),
        door if ACCOUNTS.contains(&door) => (door, 4),
        _ => (door, 5),
    });
    assert_eq!(sent, expected);
    doors.stack.stop().await;
    Ok(())
}

/// An invitation without a mail is not stored, and one studio cannot use up another studio's mails.
#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_is_not_mailed_is_refused() -> Result<(), SetupError> {
    let doors = Doors::start().await?;
    let other = doors.stack.photographer("other").await?;
    let school = picture_day(&other, 1).await?.school;
    let open = async |client: &Client, school: &str| {
        let path = format!("/v1/schools/{school}/staff-invitations");
        Ok::<_, SetupError>(client.all(&path).await?.len())
    };
    for status in [202, 202, 202, 202, 429, 429] {
        assert_eq!(doors.knock(ACCOUNTS[0], "ann@school.example").await?.status, status);
    }
    assert_eq!(open(&doors.owner, &doors.school).await?, 1);
    let (path, invite) = (
        format!("/v1/schools/{school}/staff-invitations"),
        json!({ "email": "ann@school.example", "role": "administrator" }),
    );
    assert_eq!(other.post(&path, &invite).await?.status, 202);
    // The first studio's link that was mailed last still works.
    let mail = doors.stack.mail("ann@school.example", "You are invited to Picture Day", 4).await?;
    let accept = json!({ "token": crate::notices::token(&mail), "password": PASSWORD });
    doors.stack.stranger().create("/v1/invitations/acceptance", &accept, "accept").await?;
    // The account's other route adds four mails and leaves four to all other accounts.
    for status in [202, 202, 202, 202, 429] {
        let answer = doors.knock(ACCOUNTS[1], "ann@school.example").await?;
        assert_eq!(answer.status, status);
    }
    for status in [202, 202, 202, 429] {
        assert_eq!(other.post(&path, &invite).await?.status, status);
    }
    // A refused invitation is not listed, and the inviter gets the reason.
    let mut both = doors.stack.photographer("both").await?;
    let third = picture_day(&both, 1).await?.school;
    let path = format!("/v1/schools/{third}/staff-invitations");
    let answer = both.post(&path, &invite).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (429, "too_many_mails"));
    assert_eq!(open(&both, &third).await?, 0);
    doors.stack.advance_seconds(3600);
    let door =
        json!({ "portal": "photographer", "email": "both@studio.example", "password": PASSWORD });
    both.sign_in("/v1/sign-in/password", &door).await?;
    assert_eq!(both.post(&path, &invite).await?.status, 202);
    doors.stack.stop().await;
    Ok(())
}

/// Compares numbers of calls, not times: a full limit at one route reveals nothing at another.
#[tokio::test(flavor = "multi_thread")]
async fn no_counter_tells_whether_an_address_has_an_account() -> Result<(), SetupError> {
    let units = Units::default();
    let doors = Doors::of(TestStack::start_counting(&units).await?).await?;
    let strangers = DOORS.iter().filter(|door| !ACCOUNTS.contains(door));
    // Fills the process's caches.
    for door in strangers.clone() {
        doors.knock(door, "first@family.example").await?;
    }
    for full in strangers.clone() {
        let mut calls = Vec::new();
        for email in [VICTIM, "nobody@family.example"] {
            // More than a day later, so that the counts of the IP network have expired too.
            doors.stack.advance_seconds(25 * 3600);
            for _ in 0..6 {
                doors.knock(full, email).await?;
            }
            let mut each = Vec::new();
            for door in strangers.clone() {
                units.take();
                doors.knock(door, email).await?;
                each.push((*door, units.take().calls));
            }
            calls.push(each);
        }
        assert_eq!(calls[0], calls[1], "after {full}");
    }
    doors.stack.stop().await;
    Ok(())
}

/// Returns the tokens in a mailbox that sign a parent in or reset the password, newest first; `true` marks a
/// reset.
fn links(stack: &TestStack, email: &str) -> Vec<(bool, String)> {
    let mails = stack.stack().mails();
    let theirs = mails.iter().rev().filter(|mail| mail.to == email);
    let link = theirs.filter_map(|mail| {
        let (before, rest) = mail.text.split_once("?token=")?;
        let token = rest.split_whitespace().next()?.to_owned();
        let is_reset = before.ends_with("/parent/new-password");
        (is_reset || before.ends_with("/parent/open")).then_some((is_reset, token))
    });
    link.collect()
}

/// A parent signs in on a new telephone, without a known device and without a usable password.
///
/// They request a link, read the mailbox, and use the newest unused link, no matter who requested it.
async fn comes_in_by_the_mailbox(stack: &TestStack, minute: i64) -> Result<(), SetupError> {
    let telephone = stack.stranger();
    telephone.post("/v1/sign-in/link-requests", &json!({ "email": VICTIM })).await?;
    settle(stack, &format!("minute-{minute}")).await?;
    for (is_reset, token) in links(stack, VICTIM) {
        if !is_reset {
            let click = json!({ "token": token });
            if telephone.post("/v1/sign-in/link", &click).await?.text("/status") == "signed_in" {
                return Ok(());
            }
            continue;
        }
        let chosen = json!({ "token": token, "password": PASSWORD });
        if telephone.post("/v1/password-resets/confirmation", &chosen).await?.status == 204 {
            let door = json!({ "portal": "parent", "email": VICTIM, "password": PASSWORD });
            let answer = telephone.post("/v1/sign-in/password", &door).await?;
            assert_eq!(answer.text("/status"), "signed_in", "minute {minute}: {}", answer.body);
            return Ok(());
        }
    }
    Err(format!("no link of minute {minute} works").into())
}

/// Strangers request every kind of mail each minute for three hours; the owner can always sign in.
#[tokio::test(flavor = "multi_thread")]
async fn a_flooded_mailbox_always_holds_a_link_that_works() -> Result<(), SetupError> {
    let doors = Doors::start().await?;
    let before = doors.mails(VICTIM, "before").await?;
    for minute in 0_i64..180 {
        // The first request in a minute may use up the free mails, so each route is first in turn.
        let turn = usize::try_from(minute % 4)?;
        for door in
            ["link", "link to a school", "reset", "code"].into_iter().cycle().skip(turn).take(4)
        {
            doors.knock(door, VICTIM).await?;
        }
        for _ in 0..2 {
            doors.knock("wrong password", VICTIM).await?;
        }
        doors.stack.advance_seconds(60);
        if [0, 4, 13, 27, 57, 118, 179].contains(&minute) {
            comes_in_by_the_mailbox(&doors.stack, minute).await?;
        }
    }
    // Per hour: 4 links, 6 more at intervals of ten minutes, 5 codes; notices of events come in addition.
    let all = doors.stack.stack().mails();
    let theirs = all.iter().filter(|mail| mail.to == VICTIM).skip(before);
    let told = ["A sign-in from a new device", "Your password was changed"];
    let flood = theirs.filter(|mail| !told.contains(&mail.subject.as_str())).count();
    assert!((20..=60).contains(&flood), "{flood}");
    doors.stack.stop().await;
    Ok(())
}
