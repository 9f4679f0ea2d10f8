//! Tests CORS: a site named by the operator may do what our own pages do; every other site is refused.

use local::client::{Answer, Client, ClientError};
use reqwest::Method;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack};

use crate::by_hand::{Sent, send};

const NAMED: &str = "https://portal.district.example";
/// Origins that resemble the named one.
const LOOKALIKES: [&str; 14] = [
    "null",
    "*",
    "",
    "https://portal.district.example.evil.example",
    "https://evil-portal.district.example",
    "https://a.portal.district.example",
    "https://district.example",
    "http://portal.district.example",
    "https://portal.district.example:444",
    "https://portal.district.example:443",
    "https://PORTAL.district.example",
    "https://portal.district.example/",
    "https://portal.district.example.",
    "https://portal.district.example, https://evil.example",
];

/// Returns the CORS headers of an answer.
fn of_cors(answer: &Answer) -> Vec<String> {
    let named = answer.headers.iter();
    let named = named.filter(|(name, _)| name.as_str().starts_with("access-control-"));
    named.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?"))).collect()
}

fn varies(answer: &Answer) -> bool {
    let vary = answer.headers.get("vary").and_then(|vary| vary.to_str().ok()).unwrap_or_default();
    vary.split(", ").any(|name| name == "origin")
}

/// Sends a request as the browser of a signed-in person does for a page of `origin`.
async fn of_page(
    client: &Client,
    (method, path): (Method, &str),
    body: Sent,
    headers: &[(&str, &str)],
) -> Result<Answer, ClientError> {
    send(client.base(), (method, path), body, client.cookie().as_deref(), headers).await
}

#[tokio::test(flavor = "multi_thread")]
async fn d06_a_named_site_reads_and_writes_with_the_sessions_cookie_and_token()
-> Result<(), SetupError> {
    let stack = TestStack::start_naming(NAMED).await?;
    let owner = stack.photographer("owner").await?;
    for method in ["GET", "POST", "PUT", "DELETE"] {
        let asked = [
            ("origin", NAMED),
            ("access-control-request-method", method),
            ("access-control-request-headers", "content-type, x-csrf-token"),
        ];
        let question = (Method::OPTIONS, "/v1/districts");
        let answer = of_page(&stack.stranger(), question, Sent::Nothing, &asked).await?;
        assert_eq!(answer.status, 204, "{method}");
        assert_eq!(answer.headers["access-control-allow-origin"], NAMED);
        assert_eq!(answer.headers["access-control-allow-credentials"], "true");
        let allowed = answer.headers["access-control-allow-methods"].to_str()?.to_owned();
        assert!(allowed.split(", ").any(|one| one == method), "{allowed}");
        assert!(varies(&answer));
    }
    // The browser marks the request as from another site; the operator allows this site.
    let page = [("origin", NAMED), ("sec-fetch-site", "same-site")];
    let session = of_page(&owner, (Method::GET, "/v1/session"), Sent::Nothing, &page).await?;
    assert_eq!(session.status, 200);
    assert_eq!(session.headers["access-control-allow-origin"], NAMED);
    let token = session.text("/csrf_token");
    let page = [page[0], page[1], ("x-csrf-token", &token)];
    let district = Sent::Json(json!({ "name": "Lake County" }));
    let made = of_page(&owner, (Method::POST, "/v1/districts"), district, &page).await?;
    assert_eq!((made.status, &made.headers["access-control-allow-origin"]), (201, &NAMED.parse()?));
    let key = Sent::Json(json!({ "name": "From elsewhere", "scopes": ["read"] }));
    let key = of_page(&owner, (Method::POST, "/v1/api-keys"), key, &page).await?;
    assert_eq!(key.status, 201, "{}", key.body);
    let path = format!("/v1/api-keys/{}", key.text("/id"));
    let gone = of_page(&owner, (Method::DELETE, &path), Sent::Nothing, &page).await?;
    assert_eq!(gone.status, 204);
    let change = Sent::Json(json!({ "current": PASSWORD, "new": "Other-Meadow-42" }));
    let put = of_page(&owner, (Method::PUT, "/v1/person/password"), change, &page).await?;
    assert!(!["csrf", "cross_site"].contains(&put.text("/code").as_str()), "{}", put.body);
    // The named site may also sign in a person who has no session yet.
    let door =
        json!({ "portal": "photographer", "email": "nobody@studio.example", "password": PASSWORD });
    let door_of = (Method::POST, "/v1/sign-in/password");
    let cross = [("origin", NAMED), ("sec-fetch-site", "cross-site")];
    let refused = of_page(&stack.stranger(), door_of, Sent::Json(door), &cross).await?;
    assert_eq!((refused.status, refused.text("/code").as_str()), (401, "sign_in_refused"));
    assert_eq!(refused.headers["access-control-allow-origin"], NAMED);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d01_d06_what_only_looks_like_a_named_site_reads_and_writes_nothing()
-> Result<(), SetupError> {
    let stack = TestStack::start_naming(NAMED).await?;
    let owner = stack.photographer("owner").await?;
    let token = owner.read("/v1/session").await?.text("/csrf_token");
    let district = || Sent::Json(json!({ "name": "Evil County" }));
    for origin in LOOKALIKES {
        for path in ["/v1/session", "/v1/health", "/photographer", "/v1/nothing"] {
            let page = [("origin", origin)];
            let answer = of_page(&owner, (Method::GET, path), Sent::Nothing, &page).await?;
            assert_eq!(of_cors(&answer), Vec::<String>::new(), "{origin} {path}");
            assert!(varies(&answer), "{origin} {path}");
        }
        let asked = [("origin", origin), ("access-control-request-method", "POST")];
        let question = (Method::OPTIONS, "/v1/districts");
        let answer = of_page(&owner, question, Sent::Nothing, &asked).await?;
        assert!(answer.status >= 400 && of_cors(&answer).is_empty(), "{origin}: {}", answer.status);
        assert!(varies(&answer), "{origin}");
        let page = [("origin", origin), ("x-csrf-token", &token)];
        let answer = of_page(&owner, (Method::POST, "/v1/districts"), district(), &page).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (403, "cross_site"), "{origin}");
        assert_eq!(of_cors(&answer), Vec::<String>::new(), "{origin}");
    }
    // Two origins count as none.
    let page = [("origin", NAMED), ("origin", "https://evil.example"), ("x-csrf-token", &token)];
    let answer = of_page(&owner, (Method::POST, "/v1/districts"), district(), &page).await?;
    assert_eq!((answer.status, of_cors(&answer)), (403, Vec::new()));
    // A named site still needs a CSRF token, and a request that hides its origin is refused.
    for (page, code) in [
        (vec![("origin", NAMED)], "csrf"),
        (vec![("origin", NAMED), ("x-csrf-token", "wrong")], "csrf"),
        (vec![("sec-fetch-site", "same-site"), ("x-csrf-token", &token)], "cross_site"),
        (vec![("referer", NAMED), ("x-csrf-token", &token)], "cross_site"),
    ] {
        let answer = of_page(&owner, (Method::POST, "/v1/districts"), district(), &page).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (403, code), "{page:?}");
    }
    assert_eq!(owner.read("/v1/districts").await?.items().len(), 0, "a district was created");
    stack.stop().await;
    Ok(())
}
