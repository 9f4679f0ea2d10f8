//! Tests e-mail addresses: two spellings are one person at every portal, and old Japanese forms receive mail.

use reqwest::Method;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack, picture_day, text};

use crate::oidc::{District, TENANT};
use crate::scim::{ANN, BEN, Directory};

/// One domain in the spellings that people and programs use.
const SPELLINGS: [&str; 6] = [
    "müller.example",
    "xn--mller-kva.example",
    "XN--MLLER-KVA.EXAMPLE",
    "MÜLLER.example.",
    "mu\u{308}ller.example",
    "ｍüｌｌｅｒ．ｅｘａｍｐｌｅ",
];
/// The domain as the mail's envelope holds it.
const DNS: &str = "xn--mller-kva.example";

#[tokio::test(flavor = "multi_thread")]
async fn mail_to_docomo_and_au_goes_out_quoted() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    for (typed, mailbox) in [
        ("a..b@docomo.ne.jp", "\"a..b\"@docomo.ne.jp"),
        ("a.@docomo.ne.jp", "\"a.\"@docomo.ne.jp"),
        ("c...d.@ezweb.ne.jp", "\"c...d.\"@ezweb.ne.jp"),
    ] {
        let mut client = stack.stranger();
        let studio = json!({ "email": typed });
        assert_eq!(client.post("/v1/studios", &studio).await?.status, 202, "{typed}");
        let token = client.mailed_token(mailbox).await?;
        let proof = json!({ "token": token, "studio_name": "S", "password": PASSWORD });
        client.create("/v1/email-verifications", &proof, "verify").await?;
        for email in [typed, mailbox] {
            let door = json!({ "portal": "photographer", "email": email, "password": PASSWORD });
            client.sign_in("/v1/sign-in/password", &door).await?;
        }
    }
    for other in ["a..b@softbank.ne.jp", "a.@example.org", ".a@docomo.ne.jp"] {
        let studio = json!({ "email": other });
        let answer = stack.stranger().post("/v1/studios", &studio).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (422, "bad_email"), "{other}");
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_spellings_of_a_domain_are_one_account() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.stranger();
    let mailbox = format!("owner@{DNS}");
    let studio = |domain| json!({ "email": format!("owner@{domain}") });
    owner.create("/v1/studios", &studio(SPELLINGS[0]), "sign-up").await?;
    let token = owner.mailed_token(&mailbox).await?;
    let proof = json!({ "token": token, "studio_name": "S", "password": PASSWORD });
    owner.create("/v1/email-verifications", &proof, "verify").await?;
    let mut people = std::collections::BTreeSet::new();
    for (number, domain) in SPELLINGS.iter().enumerate() {
        let email = format!("owner@{domain}");
        let door = json!({ "portal": "photographer", "email": email, "password": PASSWORD });
        let mut client = stack.stranger();
        client.sign_in("/v1/sign-in/password", &door).await?;
        people.insert(client.read("/v1/session").await?.text("/person/id"));
        if number < 3 {
            client.post("/v1/password-resets", &json!({ "email": email })).await?;
            stack.mail(&mailbox, "Choose a new password", number + 1).await?;
        }
    }
    assert_eq!(people.len(), 1);
    assert_eq!(stack.stranger().post("/v1/studios", &studio(SPELLINGS[4])).await?.status, 202);
    stack.mail(&mailbox, "You already have an account", 1).await?;

    // Two invitations of one person leave a single invitation.
    for domain in [SPELLINGS[0], SPELLINGS[2]] {
        let body = json!({ "email": format!("stan@{domain}") });
        assert!(
            owner_of(&stack, &mailbox)
                .await?
                .post("/v1/studio/staff-invitations", &body)
                .await?
                .status
                < 300
        );
    }
    let open = owner_of(&stack, &mailbox).await?.read("/v1/studio/staff-invitations").await?;
    assert_eq!(open.items().len(), 1, "{}", open.body);
    assert_eq!(text(&open.items()[0], "email"), format!("stan@{DNS}"));
    stack.stop().await;
    Ok(())
}

async fn owner_of(stack: &TestStack, email: &str) -> Result<local::client::Client, SetupError> {
    let mut client = stack.stranger();
    let door = json!({ "portal": "photographer", "email": email, "password": PASSWORD });
    client.sign_in("/v1/sign-in/password", &door).await?;
    Ok(client)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_is_one_person_however_they_type_their_domain() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 2).await?;
    let mailbox = format!("Ann@{DNS}");
    let mut people = std::collections::BTreeSet::new();
    for (number, (pupil, domain)) in day.pupils.iter().zip([SPELLINGS[3], SPELLINGS[5]]).enumerate()
    {
        let path = format!("/v1/students/{}/share-codes", pupil.id);
        let code = owner.create(&path, &json!({}), &pupil.id).await?.text("/code");
        let mut parent = stack.stranger();
        let asked = json!({ "code": code, "email": format!("Ann@{domain}") });
        parent.create("/v1/access-requests", &asked, &pupil.id).await?;
        let mail = stack.mail(&mailbox, "The school photos you asked for", number + 1).await?;
        let (_, token) = mail.split_once("token=").ok_or("a link")?;
        let token = token.split_whitespace().next().unwrap_or_default();
        parent.sign_in("/v1/sign-in/link", &json!({ "token": token })).await?;
        people.insert(parent.read("/v1/session").await?.text("/person/id"));
    }
    assert_eq!(people.len(), 1);
    let asked = json!({ "portal": "parent", "email": format!("ann@{}", SPELLINGS[1]) });
    let answer = stack.stranger().post("/v1/sign-in/link-requests", &asked).await?;
    assert_eq!(answer.status, 202, "{}", answer.body);
    stack.mail(&mailbox, "Your link to sign in", 1).await?;
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_finds_a_person_under_every_spelling() -> Result<(), SetupError> {
    let mut district = District::start().await?;
    let settings = json!({
        "kind": "entra", "tenant": TENANT, "client_id": "our-client", "client_secret": "s3cret-of-ours",
        "domains": [SPELLINGS[3]],
    });
    district.provider.prove(&district.owner, &district.id, &[DNS]).await?;
    let path = format!("/v1/districts/{}/identity-provider", district.id);
    let set = district.owner.call(Method::PUT, &path, Some(&settings), &[]).await?;
    assert_eq!((set.status, &set.body["domains"]), (200, &json!([DNS])), "{}", set.body);
    let directory = Directory::of(&mut district).await?;
    let added = directory.add(ANN, &format!("ann@{}", SPELLINGS[0])).await?;
    assert_eq!(added.status, 201, "{}", added.body);
    for spelling in SPELLINGS {
        let again = directory.add(BEN, &format!("ANN@{spelling}")).await?;
        assert_eq!(again.status, 409, "{spelling}: {}", again.body);
    }
    district.stack.stop().await;
    Ok(())
}
