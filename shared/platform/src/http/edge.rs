//! Checks that a request came through `CloudFront` (the edge), and reads the client IP address it reports.
//!
//! Without an origin secret in the configuration there is no edge: the gateway reports the client IP address. With
//! one, a distribution is in front of the API and adds the secret to every request it forwards. A request without
//! the secret bypassed the edge and its firewall, and is refused on every route. For a request with the secret, the
//! gateway sees the edge's address, and the edge reports the client in its own header.
//!
//! Source: Amazon `CloudFront` Developer Guide, "Add custom headers to origin requests" and "Add `CloudFront`
//! request headers".

use std::net::{IpAddr, Ipv6Addr};

use crate::base::app::App;
use crate::base::log::chain;
use crate::base::origin_secret::{Known, MalformedSecret, OriginSecret};
use crate::http::error::ApiError;
use crate::http::request::{Request, Viewer};

/// The header with the edge's secret. The edge replaces a caller's value.
const VERIFY: &str = "x-origin-verify";
/// The header with the client's address and port. The edge replaces a caller's value.
const VIEWER: &str = "cloudfront-viewer-address";
/// Seconds after which a wrong value makes the process read the secret again, in case it was rotated.
///
/// A flood of forged requests causes at most one read in this time.
const LOOKS_AGAIN_AFTER: i64 = 10;
/// Seconds that a value is cached: a revoked value is accepted no longer than this.
const KEPT_FOR: i64 = 3600;

/// Why the origin secret cannot be checked. Every request fails then.
#[derive(Debug, thiserror::Error)]
enum EdgeError {
    /// Secrets Manager did not return the secret.
    #[error("the origin secret cannot be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The secret is not the JSON of an origin secret, or a value is too short.
    #[error(transparent)]
    Malformed(#[from] MalformedSecret),
}

/// Is this value the edge's secret?
///
/// The secret is read once per process, and again after an hour or when a value does not match.
async fn is_sent_by_edge(app: &App, name: &str, given: &[u8]) -> Result<bool, EdgeError> {
    let now = app.now().as_second();
    let mut known = app.edge.lock().await;
    if let Some(known) = known.as_mut() {
        let is_proven = known.secret.proves(given);
        let good_for = if is_proven { KEPT_FOR } else { LOOKS_AGAIN_AFTER };
        if now.saturating_sub(known.looked_at) < good_for {
            return Ok(is_proven);
        }
        known.looked_at = now;
    }
    match read(app, name).await {
        Ok(secret) => *known = Some(Known { secret, looked_at: now }),
        // The cached value stays valid while Secrets Manager is unavailable or returns a malformed secret.
        Err(error) if known.is_some() => {
            tracing::warn!(cause = %chain(&error), "the origin secret was not renewed");
        }
        Err(error) => return Err(error),
    }
    Ok(known.as_ref().is_some_and(|known| known.secret.proves(given)))
}

async fn read(app: &App, name: &str) -> Result<OriginSecret, EdgeError> {
    Ok(OriginSecret::parse(&app.secret(name).await.map_err(EdgeError::Unreadable)?)?)
}

/// Refuses a request that bypassed the edge, and stores the client IP address that the edge reports.
///
/// Both headers are removed: a handler can neither trust nor log them.
///
/// # Errors
///
/// 403 without the edge's secret; 500 when the secret cannot be read, because then any caller could forge the headers.
pub(crate) async fn admit(app: &App, request: &mut Request) -> Result<(), ApiError> {
    let Some(name) = &app.config().origin_secret else {
        return Ok(());
    };
    let given = request.headers_mut().remove(VERIFY);
    let viewer = request.headers_mut().remove(VIEWER);
    let given = given.filter(|given| !given.is_empty()).ok_or(AROUND)?;
    if !is_sent_by_edge(app, name, given.as_bytes()).await.map_err(ApiError::internal)? {
        return Err(AROUND);
    }
    // Without a readable address the gateway's view counts. Then all clients of one edge server share a rate
    // limit, which is too strict and never too lax.
    if let Some(address) = viewer.as_ref().and_then(|viewer| address_of(viewer.to_str().ok()?)) {
        request.extensions_mut().insert(Viewer(address));
    }
    Ok(())
}

const AROUND: ApiError = ApiError::Forbidden("around_the_edge");

/// Parses the address in `192.0.2.1:55555`.
///
/// IPv6 comes without brackets (`2001:db8::1:55555`); brackets are accepted too. The port is required: a value without
/// one is not from the edge.
fn address_of(text: &str) -> Option<IpAddr> {
    let (address, port) = text.rsplit_once(':')?;
    let is_port = (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    if !is_port || port.parse::<u16>().is_err() {
        return None;
    }
    let inside = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match inside {
        Some(six) => IpAddr::V6(six.parse::<Ipv6Addr>().ok()?),
        None => address.parse::<IpAddr>().ok()?,
    };
    // One client must not count as two by writing an IPv4 address as IPv6.
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use proptest::prelude::*;

    use super::*;

    const OLD: &str = "the-value-before-of-32-characters";
    const NEW: &str = "another-value-of-32-characters-ok";

    #[test]
    fn d05_during_a_rotation_both_values_prove_the_edge_and_nothing_else_does() {
        let secret =
            OriginSecret::parse(&format!(r#"{{"current":"{NEW}","previous":"{OLD}"}}"#)).unwrap();
        assert!(secret.proves(NEW.as_bytes()) && secret.proves(OLD.as_bytes()));
        let joined = format!("{NEW}, {OLD}");
        let longer = format!("{NEW}x");
        let shorter = NEW.strip_suffix('k').unwrap();
        for other in ["", "x", &joined, &longer, shorter, &NEW.to_uppercase()] {
            assert!(!secret.proves(other.as_bytes()), "{other}");
        }
        let alone =
            OriginSecret::parse(&format!(r#"{{"current":"{NEW}","previous":""}}"#)).unwrap();
        assert!(alone.proves(NEW.as_bytes()) && !alone.proves(OLD.as_bytes()));
        assert!(!alone.proves(b""), "no value is not the empty value");
    }

    #[test]
    fn d05_a_secret_that_could_be_guessed_is_none() {
        let of = |characters: usize| format!(r#"{{"current":"{}"}}"#, "x".repeat(characters));
        assert!(OriginSecret::parse(&of(32)).is_ok());
        for bad in [
            of(31),
            String::new(),
            NEW.to_owned(),
            "{}".to_owned(),
            r#"{"current":""}"#.to_owned(),
            r#"{"current":"short"}"#.to_owned(),
            format!(r#"{{"current":"{NEW}","previous":"short"}}"#),
            format!(r#"{{"previous":"{NEW}"}}"#),
        ] {
            assert!(OriginSecret::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a07_the_edges_word_for_an_address_is_read_in_every_form_it_has() {
        for (text, address) in [
            ("1.2.3.4:55555", "1.2.3.4"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1:443", "2001:db8::1"),
            ("2001:0db8:85a3:0000:0000:8a2e:0370:7334:46532", "2001:db8:85a3::8a2e:370:7334"),
            ("::ffff:1.2.3.4:80", "1.2.3.4"),
            ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
        ] {
            assert_eq!(address_of(text), Some(address.parse().unwrap()), "{text}");
        }
        for bad in [
            "",
            ":",
            "1.2.3.4",
            "1.2.3.4:",
            "1.2.3.4:+80",
            "1.2.3.4:65536",
            "1.2.3.4:000080",
            "1.2.3.4:80, 5.6.7.8:80",
            " 1.2.3.4:80",
            "1.2.3.4:80 ",
            "1.2.3:80",
            "01.2.3.4:80",
            "[1.2.3.4]:80",
            "[2001:db8::1]",
            "[2001:db8::1:443",
            "2001:db8::1]:443",
            "[fe80::1%eth0]:443",
            "2001:db8::",
            "localhost:80",
        ] {
            assert_eq!(address_of(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a07_every_address_reads_back(address: IpAddr, port: u16) {
            let socket = SocketAddr::new(address, port);
            prop_assert_eq!(address_of(&socket.to_string()), Some(address.to_canonical()));
            let bare = format!("{address}:{port}");
            prop_assert_eq!(address_of(&bare), Some(address.to_canonical()));
        }

        #[test]
        fn a07_no_text_stops_the_reader_and_what_it_reads_is_an_address(text in "\\PC{0,80}") {
            if let Some(address) = address_of(&text) {
                let (before, _) = text.rsplit_once(':').unwrap();
                let before = before.trim_matches(['[', ']']);
                prop_assert_eq!(before.parse::<IpAddr>().unwrap().to_canonical(), address);
            }
        }

        #[test]
        fn a07_what_is_nearly_an_address_is_read_or_refused_the_same(text in "[0-9a-f:.\\[\\]]{0,48}") {
            if let Some(address) = address_of(&text) {
                let again = SocketAddr::new(address, 1).to_string();
                prop_assert_eq!(address_of(&again), Some(address));
            }
        }
    }
}
