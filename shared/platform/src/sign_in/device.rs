//! The device cookie: a browser in which a person has signed in before is told from a stranger's.
//!
//! It opens nothing. Attempts with it are counted apart, so that a stranger who locks the door for everybody
//! else does not lock out its owner (OWASP, "Device cookies"), and a sign-in without it is told by mail.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64URL_NOPAD;
use domain::ids::PersonId;

use crate::app::App;
use crate::crypto::ring::RingError;
use crate::http::request;
use crate::start::Request;

const NAME: &str = "__Host-pd_device";
/// Seconds a browser keeps it: 180 days.
const LIVES: i64 = 180 * 24 * 3600;

/// A device cookie that was presented. Whose it is, if anybody's, is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    nonce: [u8; 16],
    mac: [u8; 32],
}

/// The device cookie of a request, if it has the form of one of ours.
pub(super) fn read(request: &Request) -> Option<Device> {
    parse(&request::cookie(request, NAME)?)
}

fn parse(value: &str) -> Option<Device> {
    let (nonce, mac) = value.strip_prefix("v1.")?.split_once('.')?;
    Some(Device {
        nonce: BASE64URL_NOPAD.decode(nonce.as_bytes()).ok()?.try_into().ok()?,
        mac: BASE64URL_NOPAD.decode(mac.as_bytes()).ok()?.try_into().ok()?,
    })
}

async fn mac(app: &App, person: &PersonId, nonce: &[u8; 16]) -> Result<[u8; 32], RingError> {
    Ok(app.ring().await?.digest("device", &[person.as_str().as_bytes(), nonce]))
}

impl Device {
    /// What attempts with it are counted by.
    pub(super) fn nonce(&self) -> &[u8; 16] {
        &self.nonce
    }

    /// Whether the person has signed in on it.
    pub(super) async fn is_of(&self, app: &App, person: &PersonId) -> Result<bool, RingError> {
        let expected = mac(app, person, &self.nonce).await?;
        Ok(verify_slices_are_equal(&expected, &self.mac).is_ok())
    }
}

/// The `Set-Cookie` that makes a browser a person's device.
pub(super) async fn open(app: &App, person: &PersonId) -> Result<String, RingError> {
    let nonce = app.random();
    let mac = mac(app, person, &nonce).await?;
    let (nonce, mac) = (BASE64URL_NOPAD.encode(&nonce), BASE64URL_NOPAD.encode(&mac));
    Ok(format!("{NAME}=v1.{nonce}.{mac}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={LIVES}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_form_of_ours_is_read() {
        let nonce = BASE64URL_NOPAD.encode(&[1; 16]);
        let mac = BASE64URL_NOPAD.encode(&[2; 32]);
        let good = format!("v1.{nonce}.{mac}");
        assert_eq!(parse(&good), Some(Device { nonce: [1; 16], mac: [2; 32] }));
        for bad in ["", "v1..", &good.replace("v1", "v2"), &format!("{good}.x"), &mac] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_cookie_says_what_is_read_is_what_stands_there(
            value in "v1\\.[A-Za-z0-9_-]{21,22}\\.[A-Za-z0-9_-]{42,43}(\\.x)?|\\PC{0,90}",
        ) {
            if let Some(Device { nonce, mac }) = parse(&value) {
                let (nonce, mac) = (BASE64URL_NOPAD.encode(&nonce), BASE64URL_NOPAD.encode(&mac));
                prop_assert_eq!(format!("v1.{nonce}.{mac}"), value);
            }
        }
    }
}
