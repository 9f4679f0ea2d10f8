//! Check whether a password is known to be breached, without disclosing it.
//!
//! The service receives the first five of forty hexadecimal digits of the password's SHA-1. It returns all hashes that
//! begin with them, and the comparison happens here. When it does not respond, a list of the most common passwords
//! decides, and the audit log records that.

use std::sync::OnceLock;
use std::time::Duration;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use data_encoding::HEXUPPER;
use domain::audit::{Action, Scope};
use domain::password::Password;
use futures_util::FutureExt as _;
use zeroize::Zeroizing;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::store::audit;

/// Maximum time that a person who chooses a password waits for the service.
const ANSWERS_WITHIN: Duration = Duration::from_millis(1500);
/// Digits of the hash that are sent.
const TOLD_DIGITS: usize = 5;
/// Maximum bytes of a response: 800 to 2,000 lines of 40.
const MOST_ANSWER_BYTES: usize = 512 * 1024;

/// The roots of the most common passwords, one per line, in lower case.
///
/// Written for this project, after the beginning of every published list. `Password1234!` is `password` with ornaments.
const COMMONEST: &str = include_str!("commonest.txt");

/// Refuses a password that is known to be breached.
///
/// # Errors
///
/// 422 `password_breached` in `field`; our own failures.
pub(crate) async fn refuse(
    app: &App,
    caller: &Caller,
    password: &Password,
    field: &'static str,
) -> Result<(), ApiError> {
    let is_breached = match ask(app, password).await {
        Asked::Answered(is_breached) => is_breached || is_common(password),
        Asked::Off => is_common(password),
        Asked::Silent => {
            let event = caller.event(app, Scope::Platform, Action::PasswordJudgedHere, "commonest");
            audit::record(app, &event).await?;
            is_common(password)
        }
    };
    if is_breached {
        return Err(ApiError::Invalid { code: "password_breached", field });
    }
    Ok(())
}

enum Asked {
    Answered(bool),
    /// No response in time, or a response that cannot be parsed.
    Silent,
    /// No service is configured.
    Off,
}

async fn ask(app: &App, password: &Password) -> Asked {
    let Some(url) = &app.config().breach_range_url else {
        return Asked::Off;
    };
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let hash = Zeroizing::new(HEXUPPER.encode(hash.as_ref()));
    let Some((told, kept)) = hash.split_at_checked(TOLD_DIGITS) else {
        return Asked::Silent;
    };
    // Boxed, and timed as a whole: from the DNS lookup to the last byte of the body.
    match tokio::time::timeout(ANSWERS_WITHIN, range(url, told).boxed()).await {
        Ok(Some(answer)) => Asked::Answered(has(&answer, kept)),
        Ok(None) | Err(_) => Asked::Silent,
    }
}

/// Returns all hash suffixes that the service knows for a prefix.
async fn range(url: &str, told: &str) -> Option<String> {
    static CONNECTOR: OnceLock<Connector> = OnceLock::new();
    let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
    let connector = CONNECTOR.get_or_init(|| Connector::builder().tls_provider(provider).build());
    let mut request = HttpRequest::get(format!("{url}{told}")).ok()?;
    // Without padding, the length of the response would tell an eavesdropper which five digits were sent.
    request.headers_mut().insert("add-padding", "true");
    request.headers_mut().insert("user-agent", "picture-day");
    let answer = connector.call(request).await.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    let body = aws_smithy_types::byte_stream::ByteStream::new(answer.into_body());
    let bytes = body.collect().await.ok()?.into_bytes();
    let text = (bytes.len() <= MOST_ANSWER_BYTES).then(|| bytes.to_vec())?;
    String::from_utf8(text).ok()
}

/// Reports whether a response of lines `<35 digits>:<count>` contains a hash. Padding lines have a count of zero.
fn has(answer: &str, kept: &str) -> bool {
    answer.lines().any(|line| {
        line.trim().split_once(':').is_some_and(|(hash, times)| {
            hash.eq_ignore_ascii_case(kept) && times.trim().parse::<u64>().is_ok_and(|n| n > 0)
        })
    })
}

/// Minimum characters that must remain of a password without its leading and trailing digits and signs.
const FEWEST_LETTERS: usize = 3;

/// Reports whether a password is a common one with ornaments.
///
/// Ornaments are digits and signs around it, look-alikes in place of letters, and capitals.
fn is_common(password: &Password) -> bool {
    let text = Zeroizing::new(password.reveal().to_lowercase());
    let core = Zeroizing::new(text.trim_matches(|c: char| !c.is_alphabetic()).to_owned());
    let plain = |text: &str| -> Zeroizing<String> {
        let letters = text.chars().map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        });
        Zeroizing::new(letters.collect())
    };
    // `P@ssw0rd1234!`: the ornaments at the end are removed first, or they would become letters.
    let body = text.trim_end_matches(|c: char| !c.is_alphabetic());
    let candidates = [Zeroizing::new(core.to_string()), plain(&core), plain(body)];
    candidates.iter().any(|one| {
        // `passwordpassword` and `admin-admin` repeat one common word.
        let words: Vec<_> = one.split(|c: char| !c.is_alphanumeric()).collect();
        let all_common = words.iter().all(|word| word.is_empty() || is_in_list(word));
        let is_something = words.iter().any(|word| !word.is_empty());
        is_something && all_common
    }) || text.chars().all(|c| text.starts_with(c))
        // One or two letters beside digits and signs are no word.
        || core.chars().count() < FEWEST_LETTERS
}

fn is_in_list(word: &str) -> bool {
    let is_one = |word: &str| COMMONEST.lines().any(|common| common == word);
    let half = word.len() / 2;
    let twice = word.split_at_checked(half).filter(|(a, b)| a == b).map(|(a, _)| a);
    is_one(word) || twice.is_some_and(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a05_an_answer_is_read_and_its_padding_counts_for_nothing() {
        let kept = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";
        let answer = format!("0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n{kept}:9659365\r\n");
        assert!(has(&answer, kept));
        assert!(!has(&answer.replace("9659365", "0"), kept), "padding");
        for odd in ["", "<html>", kept, &format!("{kept}:"), &format!("{kept}:x")] {
            assert!(!has(odd, kept), "{odd}");
        }
    }

    /// Source: FIPS 180-4, the one-block example ("abc").
    #[test]
    fn a05_five_digits_of_the_published_example_are_told() {
        let hash = HEXUPPER.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, b"abc").as_ref());
        assert_eq!(hash.split_at(TOLD_DIGITS).0, "A9993");
    }

    #[test]
    fn a05_the_commonest_are_known_here_and_a_sentence_is_not() {
        let judge = |typed: &str| is_common(&Password::present(typed).unwrap());
        for common in [
            "Password1234!",
            "P@ssw0rd12345",
            "Qwerty-123456",
            "Welcome2026!!",
            "Iloveyou-1234",
            "Admin-Admin-1!",
            "PasswordPassword1!",
            "111111111111!A",
            "aaaaaaaaaaaaaaa",
            "1234567890-1234",
        ] {
            assert!(judge(common), "{common}");
        }
        for good in
            ["Sunny-Meadow-42", "correct horse battery", "Tr0ub4dor&3-is-odd", "école-du-Nord-7"]
        {
            assert!(!judge(good), "{good}");
        }
    }

    #[test]
    fn a05_the_list_is_lower_case_letters_and_digits_each_once() {
        let lines: Vec<_> = COMMONEST.lines().collect();
        let set: std::collections::BTreeSet<_> = lines.iter().collect();
        assert_eq!(set.len(), lines.len());
        let is_plain = |line: &&str| {
            line.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) && !line.is_empty()
        };
        assert!(lines.iter().all(is_plain));
        assert!(lines.len() > 200);
    }
}
