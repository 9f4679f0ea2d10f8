//! Whether a request came through the edge, and whom the edge saw.
//!
//! Without an origin secret in the configuration there is no edge: the gateway's own word is the source. With one,
//! a distribution stands in front of the API and puts the secret on everything it passes on. What comes without it
//! has gone around the edge and its firewall and is refused on every route; of what comes with it, the gateway
//! sees the edge's address, and the edge says in a header of its own who called.
//!
//! Source: Amazon `CloudFront` Developer Guide, "Add custom headers to origin requests" and "Add `CloudFront`
//! request headers".

use std::net::{IpAddr, Ipv6Addr};

use crate::base::app::App;
use crate::base::log::chain;
use crate::base::origin_secret::{Known, MalformedSecret, OriginSecret};
use crate::http::error::ApiError;
use crate::http::request::{Request, Viewer};

/// Where the edge puts its secret. It replaces what a caller wrote there.
const VERIFY: &str = "x-origin-verify";
/// Where the edge writes the address and port it was called from. It replaces what a caller wrote there.
const VIEWER: &str = "cloudfront-viewer-address";
/// Seconds until a process that met a wrong value looks again whether the secret was rotated: a flood of forged
/// requests costs no more than that.
const LOOKS_AGAIN_AFTER: i64 = 10;
/// Seconds that a value is believed in: one that was taken back is good for no longer.
const KEPT_FOR: i64 = 3600;

/// Why nobody can say whether a request came through the edge. Nothing is answered then.
#[derive(Debug, thiserror::Error)]
enum EdgeError {
    /// Secrets Manager did not give the secret.
    #[error("the origin secret cannot be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is not the JSON of an origin secret, or a value is too short.
    #[error(transparent)]
    Malformed(#[from] MalformedSecret),
}

/// Whether a value is the edge's. The secret is read once per process, and again after an hour or when a
/// value does not fit.
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
        // What was good stays good while Secrets Manager is away or has something else in it.
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

/// Refuses what has gone around the edge, and remembers who the edge was called by.
///
/// Both headers are gone afterwards: a handler can neither trust nor log them.
///
/// # Errors
///
/// 403 without the edge's secret; 500 when the secret cannot be read, because then anybody could be anybody.
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
    // Without a readable address the gateway's view counts: then all of one edge are one caller, which is too
    // strict and never too lax.
    if let Some(address) = viewer.as_ref().and_then(|viewer| address_of(viewer.to_str().ok()?)) {
        request.extensions_mut().insert(Viewer(address));
    }
    Ok(())
}

const AROUND: ApiError = ApiError::Forbidden("around_the_edge");

/// The address in `192.0.2.1:55555`. Version 6 comes without brackets (`2001:db8::1:55555`); with them it is
/// understood too. There is always a port: what has none is not from the edge.
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
    // One person must not be two by writing a version 4 address as version 6.
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
