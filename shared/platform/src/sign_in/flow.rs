//! The flow cookie: which browser asked for a code.

use data_encoding::BASE64URL_NOPAD;

use crate::http::request;
use crate::start::Request;
use crate::table::sign_in_flows::{FlowSecret, LIVES_SECONDS};

const NAME: &str = "__Host-pd_flow";

/// The flow a request belongs to, if it says so.
pub struct Flow(pub(super) FlowSecret);

impl Flow {
    /// The flow cookie of a request, if it has the form of one of ours.
    pub fn of(request: &Request) -> Option<Self> {
        parse(&request::cookie(request, NAME)?)
    }
}

fn parse(value: &str) -> Option<Flow> {
    let secret = BASE64URL_NOPAD.decode(value.strip_prefix("v1.")?.as_bytes()).ok()?;
    Some(Flow(secret.try_into().ok()?))
}

/// The `Set-Cookie` that begins a flow.
pub(super) fn open(secret: &FlowSecret) -> String {
    let secret = BASE64URL_NOPAD.encode(secret);
    format!("{NAME}=v1.{secret}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={LIVES_SECONDS}")
}

/// The `Set-Cookie` that forgets it.
pub(super) fn close() -> String {
    format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a08_only_the_form_of_ours_is_a_flow() {
        let cookie = open(&[7; 32]);
        let value = cookie.split(['=', ';']).nth(1).unwrap();
        assert_eq!(parse(value).map(|flow| flow.0), Some([7; 32]));
        for bad in ["", "v1.", "v1.AAAA", &value.replace("v1", "v2"), &format!("{value}A")] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_cookie_says_what_is_read_is_what_stands_there(
            value in "v1\\.[A-Za-z0-9_=-]{42,44}|\\PC{0,60}",
        ) {
            if let Some(Flow(secret)) = parse(&value) {
                prop_assert_eq!(format!("v1.{}", BASE64URL_NOPAD.encode(&secret)), value);
            }
        }
    }
}
