//! Tests sign-in through the mailbox: by code and by link.

use local::client::{Answer, Client};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack, picture_day};

const CODE_SUBJECT: &str = "Your code to sign in";
const LINK_SUBJECT: &str = "Your link to sign in";

/// Returns the status and body without the request id, which differs per request.
fn plain(answer: &Answer) -> (u16, Value) {
    let mut body = answer.body.clone();
    body["request_id"] = Value::Null;
    (answer.status, body)
}

async fn ask(client: &Client, email: &str) -> Result<Answer, SetupError> {
    let body = json!({ "portal": "photographer", "email": email });
    Ok(client.post("/v1/sign-in/code-requests", &body).await?)
}

async fn try_code(client: &Client, code: &str) -> Result<(u16, Value), SetupError> {
    let body = json!({ "portal": "photographer", "code": code });
    Ok(plain(&client.post("/v1/sign-in/code", &body).await?))
}

/// Returns the six-digit code of the `number`-th mail.
async fn code(stack: &TestStack, email: &str, number: usize) -> Result<String, SetupError> {
    let text = stack.mail(email, CODE_SUBJECT, number).await?;
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
    Ok(text.split_whitespace().find(is_code).unwrap_or_default().to_owned())
}

/// Returns a different six-digit code.
fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a08_a_code_works_once_in_its_browser_for_ten_minutes() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let email = "coded@studio.example";
    stack.photographer("coded").await?;
    let browser = stack.stranger();
    assert_eq!(ask(&browser, email).await?.status, 202);
    let first = code(&stack, email, 1).await?;
    let refusal = try_code(&browser, &wrong(&first)).await?;
    assert_eq!((refusal.0, &refusal.1["code"]), (409, &json!("code_refused")));

    // The right code is refused in another browser and at another portal, and accepted in its own.
    assert_eq!(try_code(&stack.stranger(), &first).await?, refusal, "another browser");
    let elsewhere = json!({ "portal": "parent", "code": first });
    let elsewhere = browser.post("/v1/sign-in/code", &elsewhere).await?;
    assert_eq!(plain(&elsewhere), refusal, "another portal");
    let (front, back) = first.split_at(3);
    let spaced = format!("{front} {back}");
    let before = browser.copied();
    assert_eq!(try_code(&browser, &spaced).await?.0, 200);
    assert!(
        !browser.cookie().unwrap_or_default().contains("pd_flow"),
        "the sign-in flow has ended"
    );
    assert_eq!(browser.read("/v1/session").await?.text("/person/email"), email);
    assert_eq!(try_code(&before, &first).await?, refusal, "used");

    // A code of ten minutes is too old.
    let late = stack.stranger();
    ask(&late, email).await?;
    let second = code(&stack, email, 2).await?;
    stack.advance_seconds(10 * 60);
    assert_eq!(try_code(&late, &second).await?, refusal, "too old");

    // Five wrong codes are the limit; the sixth is right and refused like the others.
    let guesser = stack.stranger();
    ask(&guesser, email).await?;
    let third = code(&stack, email, 3).await?;
    for _ in 0..5 {
        assert_eq!(try_code(&guesser, &wrong(&third)).await?, refusal);
    }
    assert_eq!(try_code(&guesser, &third).await?, refusal, "the sixth try");
    for odd in ["", "12345", "abcdef", "1234567"] {
        assert_eq!(try_code(&stack.stranger(), odd).await?, refusal, "{odd}");
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a08_of_two_who_use_a_code_at_once_one_gets_in() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let email = "twice@studio.example";
    stack.photographer("twice").await?;
    let browser = stack.stranger();
    ask(&browser, email).await?;
    let code = code(&stack, email, 1).await?;
    let (one, other) = (browser.copied(), browser.copied());
    let (one, other) = tokio::join!(try_code(&one, &code), try_code(&other, &code));
    let mut statuses = [one?.0, other?.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a24_asking_for_a_mail_tells_nobody_who_has_an_account() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    stack.photographer("known").await?;
    let stranger = stack.stranger();
    for (path, portal) in [
        ("/v1/sign-in/code-requests", Some("photographer")),
        ("/v1/sign-in/link-requests", None),
        ("/v1/password-resets", None),
    ] {
        let mut answers = Vec::new();
        for email in ["known@studio.example", "unknown@studio.example"] {
            let mut body = json!({ "email": email });
            if let Some(portal) = portal {
                body["portal"] = json!(portal);
            }
            let answer = stranger.post(path, &body).await?;
            let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
            let shape: Vec<_> = cookies.iter().map(|cookie| cookie.len()).collect();
            answers.push((answer.status, answer.bytes.clone(), shape, answer.headers.len()));
        }
        assert_eq!(answers[0], answers[1], "{path}");
    }
    // A code for an unknown e-mail address is refused like a wrong code for a known one.
    let (known, unknown) = (stack.stranger(), stack.stranger());
    ask(&known, "known@studio.example").await?;
    ask(&unknown, "unknown@studio.example").await?;
    let real = code(&stack, "known@studio.example", 2).await?;
    assert_eq!(try_code(&known, &wrong(&real)).await?, try_code(&unknown, &wrong(&real)).await?);
    stack.stop().await;
    Ok(())
}

/// Creates a photographer's student and a parent who has signed in once.
async fn family(stack: &TestStack) -> Result<Client, SetupError> {
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 1).await?;
    let path = format!("/v1/students/{}/share-codes", day.pupils[0].id);
    let letter = owner.create(&path, &json!({}), "letter").await?.text("/code");
    stack.parent("ann", &letter).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a09_a_link_survives_scanners_and_works_once_for_ten_minutes() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    family(&stack).await?;
    let email = "ann@family.example";
    let token = |text: String| {
        let (_, rest) = text.split_once("token=").unwrap_or_default();
        rest.split_whitespace().next().unwrap_or_default().to_owned()
    };
    let mut browser = stack.stranger();
    let request = json!({ "email": email });
    assert_eq!(browser.post("/v1/sign-in/link-requests", &request).await?.status, 202);
    let first = token(stack.mail(email, LINK_SUBJECT, 1).await?);
    // Opening a link without the click in the page does not use it up.
    for path in ["/parent/open", "/v1/sign-in/link"] {
        for _ in 0..10 {
            for method in [Method::GET, Method::HEAD] {
                let path = format!("{path}?token={first}");
                browser.call(method, &path, None, &[]).await?;
            }
        }
    }
    let click = json!({ "token": first });
    browser.sign_in("/v1/sign-in/link", &click).await?;
    assert_eq!(browser.read("/v1/session").await?.text("/person/email"), email);
    let again = stack.stranger().post("/v1/sign-in/link", &click).await?;
    assert_eq!((again.status, again.text("/code")), (409, "link_used_or_expired".to_owned()));

    browser.post("/v1/sign-in/link-requests", &request).await?;
    let second = token(stack.mail(email, LINK_SUBJECT, 2).await?);
    // A link of one kind does not work as another kind.
    let reset = json!({ "token": second, "password": "Another-Meadow-43" });
    let reset = browser.post("/v1/password-resets/confirmation", &reset).await?;
    assert_eq!(reset.status, 409);
    let verify = json!({ "token": second, "studio_name": "S", "password": PASSWORD });
    let verify = browser.post("/v1/email-verifications", &verify).await?;
    assert_eq!(verify.status, 409);
    stack.advance_seconds(10 * 60);
    let late = browser.post("/v1/sign-in/link", &json!({ "token": second })).await?;
    assert_eq!(plain(&late), plain(&again), "too old");
    stack.stop().await;
    Ok(())
}

/// The attack of the next test, when the owner of the e-mail address signs in with a code.
#[tokio::test(flavor = "multi_thread")]
async fn a11_whoever_comes_in_by_a_code_keeps_no_password_of_a_strangers() -> Result<(), SetupError>
{
    let stack = TestStack::start().await?;
    let (email, password) = ("ann@studio.example", "Attackers-Pass-1");
    let chosen = json!({ "studio_name": "S", "email": email, "password": password });
    assert_eq!(
        stack.stranger().post("/v1/studios", &chosen).await?.status,
        400,
        "a sign-up takes an e-mail address only"
    );
    let studio = json!({ "email": email });
    stack.stranger().create("/v1/studios", &studio, "sign-up").await?;
    stack.mail(email, "Confirm your e-mail address", 1).await?;
    // An unconfirmed sign-up is not an account: the owner creates their own account, whichever mail they use.
    let owner = stack.stranger();
    owner.create("/v1/studios", &studio, "own").await?;
    stack.mail(email, "Confirm your e-mail address", 2).await?;
    let mail = stack.mail(email, "Confirm your e-mail address", 1).await?;
    let token = crate::notices::token(&mail);
    let body = json!({ "token": token, "studio_name": "S", "password": PASSWORD });
    owner.create("/v1/email-verifications", &body, "confirm").await?;
    assert_eq!(ask(&owner, email).await?.status, 202);
    let code = code(&stack, email, 1).await?;
    assert_eq!(try_code(&owner, &code).await?.0, 200);
    let door = json!({ "portal": "photographer", "email": email, "password": password });
    let answer = stack.stranger().post("/v1/sign-in/password", &door).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (401, "sign_in_refused"));
    stack.stop().await;
    Ok(())
}

/// An attacker signs up with a stranger's e-mail address and a password of their own.
///
/// The attacker then waits until the stranger confirms the address by signing in through the mailbox.
#[tokio::test(flavor = "multi_thread")]
async fn a11_a_password_chosen_for_a_strangers_address_never_works() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let attacker = stack.stranger();
    let (email, password) = ("ann@family.example", "Attackers-Pass-1");
    let with_password = json!({ "email": email, "password": password });
    let answer = attacker.post("/v1/studios", &with_password).await?;
    assert_eq!(answer.status, 400, "a sign-up takes no password");
    attacker.create("/v1/studios", &json!({ "email": email }), "sign-up").await?;
    // The parent uses the school's code and their own mailbox.
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 1).await?;
    let path = format!("/v1/students/{}/share-codes", day.pupils[0].id);
    let letter = owner.create(&path, &json!({}), "letter").await?.text("/code");
    stack.parent_of(email, &letter).await?;
    for portal in ["photographer", "parent"] {
        let door = json!({ "portal": portal, "email": email, "password": password });
        assert_eq!(attacker.post("/v1/sign-in/password", &door).await?.status, 401, "{portal}");
    }
    stack.stop().await;
    Ok(())
}
