//! Tests staff of a district with its own sign-in: the provider decides the assurance, and nothing is set up
//! here.

use local::client::Client;
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError};

use crate::oidc::District;
use crate::programs::events;
use crate::second_factors::FACTORS;

/// Signs in through the provider and returns the browser.
async fn came(district: &District, said: &Value) -> Result<Client, SetupError> {
    let (status, session) = district.sign_in_as(said).await?;
    assert_eq!(status, 200);
    let session = session.ok_or("a session")?;
    let (name, value) = session.split_once('=').ok_or("a cookie")?;
    let mut client = Client::new(district.stack.stack().url());
    client.set_cookie(name, value);
    client.reload().await?;
    Ok(client)
}

#[tokio::test(flavor = "multi_thread")]
async fn a14_a_districts_staff_is_as_sure_as_its_provider_says_and_sets_nothing_up_here()
-> Result<(), SetupError> {
    let district = District::start().await?;
    let sure = came(&district, &json!({ "amr": ["pwd", "mfa"], "acr": "1" })).await?;
    assert_eq!(sure.read("/v1/session").await?.text("/assurance"), "aal2");
    let ann = came(&district, &json!({ "amr": ["pwd"] })).await?;
    assert_eq!(ann.read("/v1/session").await?.text("/assurance"), "aal1");
    let app = district.stack.stack().app();
    let audit = app.config().audit_table.clone().unwrap_or_default();
    let proved: Vec<_> = scan(app, &audit)
        .await?
        .into_iter()
        .filter(|row| row.contains("identity_proved"))
        .collect();
    assert_eq!(proved.len(), 2);
    for how in ["amr pwd mfa acr 1", "amr pwd"] {
        assert!(proved.iter().any(|row| row.contains(how)), "{how}: {proved:?}");
    }

    for client in [&sure, &ann] {
        for kind in ["totp", "passkeys"] {
            let answer = client.post(&format!("{FACTORS}/{kind}"), &json!({})).await?;
            let refused = (answer.status, answer.text("/code"));
            assert_eq!(refused, (403, "second_factor_of_district".to_owned()), "{kind}");
        }
        let confirmation = format!("{FACTORS}/totp/confirmation");
        let answer = client.post(&confirmation, &json!({ "code": "123456" })).await?;
        assert!([403, 409, 422].contains(&answer.status), "{}", answer.body);
        let password = json!({ "current": PASSWORD, "new": "Sunny-Meadow-43" });
        let answer = client.call(Method::PUT, "/v1/person/password", Some(&password), &[]).await?;
        assert_eq!(answer.status, 403, "{}", answer.body);
        let email = json!({ "email": "ann@family.example", "password": PASSWORD });
        let answer = client.post("/v1/person/email-changes", &email).await?;
        assert_eq!(answer.status, 403, "{}", answer.body);
        assert_eq!(client.read(FACTORS).await?.body["methods"], json!([]));
    }
    // No mail reaches her account either: no e-mail address leads to it.
    let stranger = district.stack.stranger();
    let address = json!({ "email": "ann@district.example" });
    let code = json!({ "portal": "school", "email": "ann@district.example" });
    for (path, body) in [
        ("/v1/password-resets", &address),
        ("/v1/sign-in/link-requests", &address),
        ("/v1/sign-in/code-requests", &code),
    ] {
        let asked = stranger.post(path, body).await?;
        assert!([202, 422].contains(&asked.status), "{path}: {}", asked.body);
    }
    // A mail to another person is sent later: once it has arrived, hers would have arrived as well.
    district.stack.photographer("later").await?;
    let mails = stranger.read("/_local/mail").await?.body;
    assert!(mails.to_string().contains("later@studio.example"));
    let hers = mails.as_array().into_iter().flatten();
    let hers: Vec<_> = hers.filter(|mail| mail["to"] == "ann@district.example").collect();
    let subjects: Vec<_> = hers.iter().map(|mail| testkit::text(mail, "subject")).collect();
    assert_eq!(subjects, ["A sign-in from a new device"], "she is told of her second browser");
    assert!(!hers[0].to_string().contains("token="), "the notice has no sign-in link");
    let records = app.config().records_table.clone().unwrap_or_default();
    let rows = scan(app, &records).await?;
    assert!(!rows.iter().any(|row| row.contains("FACTOR#") || row.contains("PASSKEY#")));
    assert_eq!(
        rows.iter().filter(|row| row.contains("argon2id")).count(),
        2,
        "only the two owners have a password hash"
    );
    assert_eq!(events(&district.stack, "second_factor_added").await?, 0);
    district.stack.stop().await;
    Ok(())
}

/// An invitation is accepted for the signed-in account that has the invited e-mail address.
#[tokio::test(flavor = "multi_thread")]
async fn c07_a_districts_own_people_accept_with_the_account_they_are_signed_in_with()
-> Result<(), SetupError> {
    let district = District::start().await?;
    let ann = came(&district, &json!({ "amr": ["pwd"] })).await?;
    let email = "ann@district.example";
    let school = json!({ "district_id": district.id, "name": "Oak" });
    let school = district.owner.create("/v1/schools", &school, "oak").await?.text("/id");
    let path = format!("/v1/schools/{school}/staff-invitations");
    let invitation = json!({ "email": email, "role": "administrator" });
    district.owner.create(&path, &invitation, "ann").await?;
    let token = ann.mailed_token(email).await?;
    let path = "/v1/invitations/acceptance";
    let answer = ann.post(path, &json!({ "token": token, "password": PASSWORD })).await?;
    let refused = (answer.status, answer.text("/code"));
    assert_eq!(refused, (422, "password_not_asked".to_owned()));
    assert_eq!(
        ann.create(path, &json!({ "token": token }), "accept").await?.text("/portal"),
        "school"
    );
    assert_eq!(ann.read("/v1/schools").await?.items()[0]["role"], "administrator");
    district.stack.stop().await;
    Ok(())
}
