//! Tests that a domain activates a district's identity provider only with the district's record in its DNS.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, TestStack};

use crate::oidc::{District, TENANT, browser};

const CLIENT: &str = "our-client";

#[tokio::test(flavor = "multi_thread")]
async fn an_unproven_domain_cannot_activate() -> Result<(), SetupError> {
    let district = District::start().await?;
    let other = district.owner.create("/v1/districts", &json!({ "name": "E" }), "other").await?;
    let other = other.text("/id");
    let path = format!("/v1/districts/{other}/identity-provider");
    let settings = |domains: &[&str]| {
        json!({
            "kind": "entra", "tenant": TENANT, "client_id": CLIENT, "client_secret": "s3cret",
            "domains": domains,
        })
    };
    let set = async |domains: &[&str]| {
        let answer = district.owner.call(Method::PUT, &path, Some(&settings(domains)), &[]).await;
        answer.map(|answer| (answer.status, answer.text("/code")))
    };
    let unproven = (422, "domain_unproven".to_owned());
    let leave = format!("{}/v1/sign-in/oidc/{other}", district.stack.stack().url());
    // Another district's record at the same domain proves nothing.
    assert_eq!(set(&["district.example"]).await?, unproven);
    assert_eq!(browser()?.get(&leave).send().await?.status().as_u16(), 404, "no sign-in is active");

    district.provider.prove(&district.owner, &other, &["district.example"]).await?;
    for domains in [&["district.example", "elsewhere.example"][..], &["sub.district.example"]] {
        assert_eq!(set(domains).await?, unproven, "{domains:?}");
    }
    assert_eq!(set(&["district.example"]).await?.0, 200);
    assert_eq!(browser()?.get(&leave).send().await?.status().as_u16(), 303);
    let before = district.provider.lookups();
    assert_eq!(set(&["district.example"]).await?.0, 200, "a new secret needs no new proof");
    assert_eq!(district.provider.lookups(), before);
    district.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_is_not_proven_while_the_dns_is_silent() -> Result<(), SetupError> {
    // No server listens there: only the system may open this port.
    let stack = TestStack::start_with_identity_providers("http://127.0.0.1:1").await?;
    let owner = stack.photographer("owner").await?;
    let district = owner.create("/v1/districts", &json!({ "name": "D" }), "district").await?;
    let path = format!("/v1/districts/{}/identity-provider", district.text("/id"));
    let settings = json!({
        "kind": "entra", "tenant": TENANT, "client_id": CLIENT, "client_secret": "s3cret",
        "domains": ["district.example"],
    });
    let answer = owner.call(Method::PUT, &path, Some(&settings), &[]).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (502, "dns_unreachable"));
    assert_eq!(owner.read(&path).await?.body["provider"], Value::Null);
    stack.stop().await;
    Ok(())
}
