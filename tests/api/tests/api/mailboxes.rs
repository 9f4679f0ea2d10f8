//! What a mailbox gets of mails that its owner did not ask for: little, over all doors together, and always a way in.

use std::collections::BTreeSet;

use local::client::{Answer, Client};
use platform::inspect::units::Units;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack, picture_day};

use crate::strangers::settle;

/// Requests at each door. Those that compute a hash are fewer: they would be most of the test's time.
const OFTEN: usize = 40;
const OFTEN_WITH_A_HASH: usize = 12;

/// Everything of one address that makes it worth a mail at every door.
struct Doors {
    stack: TestStack,
    owner: Client,
    school: String,
    /// Of a child whose parent has [`VICTIM`], and of another.
    codes: [String; 2],
}

/// A parent's.
const VICTIM: &str = "pat@family.example";

/// The doors that mail an address without asking whether it is the caller's: a stranger's, and of whoever has an
/// account elsewhere.
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

    /// One request of a stranger's, or of somebody who is signed in as somebody else.
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
            other => Err(format!("there is no door {other}").into()),
        }
    }

    /// Some time later, with a session that is not over.
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
        // Only whoever has an account is told that there were too many.
        let is_told = answers.iter().any(|answer| answer.starts_with("429 "));
        assert_eq!(is_told, ACCOUNTS.contains(&door), "{door}: {answers:?}");
        assert_eq!(answers.len(), if is_told { 2 } else { 1 }, "{door}: {answers:?}");
    }
    // Five links of each of three kinds, five other mails, four of a studio's invitations and four of its owner's changes of address with an account asked for.
    assert_eq!(doors.mails(VICTIM, "all").await?, 28);
    // Later the next ones go, and at no door alone more than five.
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
        // Nobody of a school has the address; and one lock is one mail.
        "link to a school" => (door, 0),
        "wrong password" => (door, 1),
        door if ACCOUNTS.contains(&door) => (door, 4),
        _ => (door, 5),
    });
    assert_eq!(sent, expected);
    doors.stack.stop().await;
    Ok(())
}

/// An invitation that was not sent is none; and one studio cannot use up what others may send.
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
    // The first one's that was mailed last still opens.
    let mail = doors.stack.mail("ann@school.example", "You are invited to Picture Day", 4).await?;
    let accept = json!({ "token": crate::notices::token(&mail), "password": PASSWORD });
    doors.stack.stranger().create("/v1/invitations/acceptance", &accept, "accept").await?;
    // The same account's other door adds four, and leaves four to everybody else.
    for status in [202, 202, 202, 202, 429] {
        let answer = doors.knock(ACCOUNTS[1], "ann@school.example").await?;
        assert_eq!(answer.status, status);
    }
    for status in [202, 202, 202, 429] {
        assert_eq!(other.post(&path, &invite).await?.status, status);
    }
    // Nobody who was refused is listed as invited, and the inviter is told why.
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

/// Counted, not timed: whoever uses up the mails of one door and counts the calls of another learns of no address.
#[tokio::test(flavor = "multi_thread")]
async fn no_counter_tells_whether_an_address_has_an_account() -> Result<(), SetupError> {
    let units = Units::default();
    let doors = Doors::of(TestStack::start_counting(&units).await?).await?;
    let strangers = DOORS.iter().filter(|door| !ACCOUNTS.contains(door));
    // What a process reads once, it has read.
    for door in strangers.clone() {
        doors.knock(door, "first@family.example").await?;
    }
    for full in strangers.clone() {
        let mut calls = Vec::new();
        for email in [VICTIM, "nobody@family.example"] {
            // A day and more: what is counted of the network, whoever is asked for, begins anew as well.
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

/// What stands in a mailbox that lets its reader in, the newest first: the path of the page, and the token.
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

/// A parent on a new telephone: no device, no password that strangers leave them. They ask as anybody does, look into
/// their mailbox, and take the newest link that they have not used, whoever asked for it.
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

/// For three hours strangers ask for everything each minute. Whenever the owner comes, there is a way in.
#[tokio::test(flavor = "multi_thread")]
async fn a_flooded_mailbox_always_holds_a_link_that_works() -> Result<(), SetupError> {
    let doors = Doors::start().await?;
    let before = doors.mails(VICTIM, "before").await?;
    for minute in 0_i64..180 {
        // Which door is first takes what is free: each in its turn.
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
    // In an hour four links, six more of them with ten minutes between, five codes; and what happened is told.
    let all = doors.stack.stack().mails();
    let theirs = all.iter().filter(|mail| mail.to == VICTIM).skip(before);
    let told = ["A sign-in from a new device", "Your password was changed"];
    let flood = theirs.filter(|mail| !told.contains(&mail.subject.as_str())).count();
    assert!((20..=60).contains(&flood), "{flood}");
    doors.stack.stop().await;
    Ok(())
}
