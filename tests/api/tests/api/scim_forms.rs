//! Tests what a directory sends: answered as SCIM requires, or refused in SCIM's error form.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::SetupError;

use crate::oidc::District;
use crate::scim::{ANN, BEN, Directory, PATCH, SCIM, USER, refused, user};

fn with(mut user: Value, name: &str, value: Value) -> Value {
    user[name] = value;
    user
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_what_is_malformed_is_refused_in_the_protocols_own_form() -> Result<(), SetupError> {
    let mut district = District::start().await?;
    let directory = Directory::of(&mut district).await?;
    let id = directory.add(ANN, "ann@district.example").await?.text("/id");
    assert_eq!(directory.add(BEN, "ben@district.example").await?.status, 201);
    let users = directory.users();
    let one = format!("{users}/{id}");
    let good = || user("0d0d0d0d-0000-4000-8000-00000000000d", "dan@district.example");
    for (method, path, body, kind) in [
        (Method::POST, &users, json!([]), "invalidSyntax"),
        (Method::POST, &users, json!({}), "invalidSyntax"),
        (Method::POST, &users, with(good(), "userName", json!(7)), "invalidValue"),
        (Method::POST, &users, with(good(), "userName", json!("dan")), "invalidValue"),
        (
            Method::POST,
            &users,
            with(good(), "userName", json!("dan@elsewhere.example")),
            "invalidValue",
        ),
        // Entra's default mapping; no token ever contains this id.
        (Method::POST, &users, with(good(), "externalId", json!("dan")), "invalidValue"),
        (Method::POST, &users, with(good(), "externalId", Value::Null), "invalidValue"),
        (Method::PUT, &one, json!({ "schemas": [USER], "active": false }), "invalidValue"),
        (Method::PUT, &one, user(BEN, "ann@district.example"), "mutability"),
        (Method::PATCH, &one, json!({ "schemas": [PATCH] }), "invalidSyntax"),
        (
            Method::PATCH,
            &one,
            json!({ "schemas": [PATCH], "Operations": [{ "op": "replace", "path": "a b", "value": 1 }] }),
            "invalidPath",
        ),
        (
            Method::PATCH,
            &one,
            json!({ "schemas": [PATCH], "Operations": [{ "op": "remove", "path": "active" }] }),
            "mutability",
        ),
        (
            Method::PATCH,
            &one,
            json!({ "schemas": [PATCH], "Operations": [{ "op": "replace", "path": "active", "value": "maybe" }] }),
            "invalidValue",
        ),
    ] {
        let answer = directory.client.call(method, path, Some(&body), &[SCIM]).await?;
        assert_eq!(refused(&answer), (400, json!(kind)), "{body}");
    }
    for (query, kind) in [
        ("filter=userName%20sw%20%22a%22", "invalidFilter"),
        ("filter=", "invalidFilter"),
        ("startIndex=x", "invalidValue"),
        ("count=99999999999", "invalidValue"),
    ] {
        let answer = directory.client.get(&format!("{users}?{query}")).await?;
        assert_eq!(refused(&answer), (400, json!(kind)), "{query}");
    }
    let large = vec![b' '; 300 * 1024];
    let answer = directory.client.post_file(&users, "application/scim+json", large, "k").await?;
    assert_eq!(refused(&answer).0, 413);
    let answer = directory.client.post_file(&users, "text/plain", b"{}".to_vec(), "k").await?;
    assert_eq!(refused(&answer).0, 415);
    let taken = json!({ "op": "replace", "path": "userName", "value": "BEN@district.example" });
    assert_eq!(refused(&directory.patch(&id, taken).await?), (409, json!("uniqueness")));

    // None of these requests changed anything.
    let seen = directory.client.get(&one).await?;
    let seen = (seen.text("/userName"), seen.body["active"].clone());
    assert_eq!(seen, ("ann@district.example".to_owned(), json!(true)));
    district.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_names_change_and_lists_are_paged_as_the_protocol_says() -> Result<(), SetupError> {
    let mut district = District::start().await?;
    let directory = Directory::of(&mut district).await?;
    let id = directory.add(ANN, "ann@district.example").await?.text("/id");
    assert_eq!(directory.add(BEN, "ben@district.example").await?.status, 201);
    let users = directory.users();
    let one = format!("{users}/{id}");
    // A new name, and then the same name in other letter case.
    for name in ["ann.married@district.example", "Ann.Married@district.example"] {
        let renamed = json!({ "op": "Replace", "path": "userName", "value": name });
        assert_eq!(directory.patch(&id, renamed).await?.text("/userName"), name);
    }
    let old = format!("{users}?filter=userName%20eq%20%22ann@district.example%22");
    assert_eq!(directory.client.get(&old).await?.body["totalResults"], 0);
    let put = with(user(ANN, "ann@district.example"), "active", json!(false));
    let put = directory.client.call(Method::PUT, &one, Some(&put), &[SCIM]).await?;
    assert_eq!((put.status, &put.body["active"]), (200, &json!(false)));
    assert_eq!(directory.client.get(&old).await?.body["totalResults"], 1);

    let first = directory.client.get(&format!("{users}?count=1")).await?;
    assert_eq!((&first.body["totalResults"], &first.body["itemsPerPage"]), (&json!(2), &json!(1)));
    let second = directory.client.get(&format!("{users}?startIndex=2&count=1")).await?;
    assert_ne!(first.text("/Resources/0/id"), second.text("/Resources/0/id"));
    let none = directory.client.get(&format!("{users}?startIndex=-5&count=0")).await?;
    assert_eq!((&none.body["startIndex"], &none.body["Resources"]), (&json!(1), &json!([])));
    for (path, member) in [
        ("ServiceProviderConfig", "/patch/supported"),
        ("ResourceTypes", "/Resources/0/schema"),
        ("Schemas", "/Resources/0/id"),
    ] {
        let answer = directory.client.get(&format!("{}/{path}", directory.base)).await?;
        assert_eq!(answer.headers["content-type"], "application/scim+json");
        assert!(answer.body.pointer(member).is_some(), "{}", answer.body);
    }
    district.stack.stop().await;
    Ok(())
}
