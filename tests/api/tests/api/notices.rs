//! Tests that each change of a person's sign-in sends them exactly one notice.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack};

use crate::second_factors::{FACTORS, STAGE, codes, first_stage, totp};

const EMAIL: &str = "told@studio.example";

/// The mails that no assertion has read yet.
struct News<'s> {
    stack: &'s TestStack,
    seen: usize,
}

impl News<'_> {
    /// Returns recipient and subject of the next `count` mails.
    ///
    /// Waits a moment longer, so that an unexpected extra mail is noticed.
    async fn next(&mut self, count: usize) -> Vec<(String, String)> {
        let mails = || self.stack.stack().mails();
        for _ in 0..200 {
            if mails().len() >= self.seen + count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
        let mails = mails();
        let new = mails.iter().skip(self.seen).map(|mail| (mail.to.clone(), mail.subject.clone()));
        let mut new: Vec<_> = new.collect();
        new.sort_unstable();
        self.seen = mails.len();
        new
    }

    /// Checks that exactly these subjects were mailed to the person, and no other mail.
    async fn are(&mut self, what: &str, subjects: &[&str]) {
        let mut told: Vec<_> =
            subjects.iter().map(|subject| (EMAIL.to_owned(), (*subject).to_owned())).collect();
        told.sort_unstable();
        assert_eq!(self.next(subjects.len()).await, told, "{what}");
    }
}

pub(crate) fn token(mail: &str) -> &str {
    let (_, rest) = mail.split_once("token=").unwrap_or_default();
    rest.split_whitespace().next().unwrap_or_default()
}

const DEVICE: &str = "A sign-in from a new device";
const PASSWORD_CHANGED: &str = "Your password was changed";
const CODES_CHANGED: &str = "Your recovery codes were changed";

#[tokio::test(flavor = "multi_thread")]
async fn a22_each_change_of_an_account_is_told_in_exactly_one_mail() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut news = News { stack: &stack, seen: 0 };
    let mut told = stack.photographer("told").await?;
    news.are("the first sign-in sends no device notice", &["Confirm your e-mail address"]).await;

    let door = json!({ "portal": "photographer", "email": EMAIL, "password": PASSWORD });
    let mut elsewhere = stack.stranger();
    elsewhere.sign_in("/v1/sign-in/password", &door).await?;
    news.are("a new device", &[DEVICE]).await;
    elsewhere.sign_in("/v1/sign-in/password", &door).await?;
    news.are("a known device", &[]).await;

    let other = "Another-Meadow-43";
    let change = json!({ "current": PASSWORD, "new": other });
    let changed = told.call(Method::PUT, "/v1/person/password", Some(&change), &[]).await?;
    assert_eq!(changed.status, 204);
    news.are("another password", &[PASSWORD_CHANGED]).await;
    let refused = told.call(Method::PUT, "/v1/person/password", Some(&change), &[]).await?;
    assert_eq!(refused.status, 422);
    news.are("a change that was refused", &[]).await;

    told.create("/v1/password-resets", &json!({ "email": EMAIL }), "reset").await?;
    news.are("a requested reset link", &["Choose a new password"]).await;
    let mail = stack.mail(EMAIL, "Choose a new password", 1).await?;
    let body = json!({ "token": token(&mail), "password": PASSWORD });
    told.create("/v1/password-resets/confirmation", &body, "chosen").await?;
    news.are("a password chosen by mail", &[PASSWORD_CHANGED]).await;

    told.sign_in("/v1/sign-in/password", &door).await?;
    let secret = told.post(&format!("{FACTORS}/totp"), &json!({})).await?.text("/secret");
    news.are("an app that is not confirmed yet", &[]).await;
    let first = json!({ "code": stack.app_shows(&secret) });
    let added = told.create(&format!("{FACTORS}/totp/confirmation"), &first, "first").await?;
    told.reload().await?;
    news.are("an app, with its first codes", &["An authenticator app was added to your account"])
        .await;

    let path = format!("{FACTORS}/recovery-codes");
    let fresh = codes(&told.create(&path, &json!({}), "new").await?);
    assert!(!codes(&added).contains(&fresh[0]));
    news.are("new recovery codes", &[CODES_CHANGED]).await;
    let used = json!({ "method": "recovery_code", "code": fresh[0] });
    told.sign_in("/v1/session/step-up", &used).await?;
    news.are("a recovery code used in a session", &[CODES_CHANGED]).await;
    let (browser, _) = first_stage(&stack, "told").await?;
    let used = json!({ "method": "recovery_code", "code": fresh[1] });
    assert_eq!(browser.post(STAGE, &used).await?.status, 200);
    news.are("a recovery code used on a new device", &[CODES_CHANGED, DEVICE]).await;
    stack.advance_seconds(60);
    told.sign_in("/v1/session/step-up", &totp(&stack.app_shows(&secret))).await?;
    news.are("a code of the app changes nothing", &[]).await;

    let path = format!("{FACTORS}/totp");
    assert_eq!(told.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    told.reload().await?;
    news.are("the app was removed", &["The authenticator app was taken away from your account"])
        .await;

    let ask = json!({ "email": "moved@studio.example", "password": PASSWORD });
    told.create("/v1/person/email-changes", &ask, "move").await?;
    let asked = news.next(1).await;
    let subject = "Confirm your new e-mail address";
    assert_eq!(asked, [("moved@studio.example".to_owned(), subject.to_owned())]);
    let mail = stack.mail("moved@studio.example", subject, 1).await?;
    let body = json!({ "token": token(&mail) });
    told.create("/v1/person/email-changes/confirmation", &body, "moved").await?;
    news.are("another e-mail address: notice to the old one", &["Your e-mail address was changed"])
        .await;
    stack.stop().await;
    Ok(())
}
