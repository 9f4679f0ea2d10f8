//! The session cookie: `__Host-pd_photographer=v1.<person>.<session>.<generation>.<secret>`, one per portal.

use data_encoding::BASE64URL_NOPAD;
use domain::ids::{PersonId, SessionId};
use domain::person::Portal;

use crate::http::request;
use crate::start::Request;

/// What a cookie carries.
pub(super) struct Presented {
    pub(super) person: PersonId,
    pub(super) session: SessionId,
    pub(super) generation: u32,
    pub(super) secret: [u8; 32],
}

fn name(portal: Portal) -> String {
    format!("__Host-pd_{}", portal.name())
}

/// The portal's cookie of a request, if it has the form of one of ours.
pub(super) fn read(request: &Request, portal: Portal) -> Option<Presented> {
    parse(&request::cookie(request, &name(portal))?)
}

fn parse(value: &str) -> Option<Presented> {
    let mut parts = value.split('.');
    let (version, person, session, generation, secret) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if version != "v1" || parts.next().is_some() {
        return None;
    }
    Some(Presented {
        person: PersonId::parse(person).ok()?,
        session: SessionId::parse(session).ok()?,
        generation: generation.parse().ok()?,
        secret: BASE64URL_NOPAD.decode(secret.as_bytes()).ok()?.try_into().ok()?,
    })
}

/// The `Set-Cookie` that opens a session. `Secure` always: on `http://localhost` browsers treat it as on https.
pub(super) fn open(portal: Portal, presented: &Presented) -> String {
    let Presented { person, session, generation, secret } = presented;
    let secret = BASE64URL_NOPAD.encode(secret);
    let name = name(portal);
    format!(
        "{name}=v1.{person}.{session}.{generation}.{secret}; Path=/; Secure; HttpOnly; SameSite=Lax"
    )
}

/// The `Set-Cookie` that forgets it.
pub(super) fn close(portal: Portal) -> String {
    format!("{}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", name(portal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_read_back_and_nothing_else_is() {
        let presented = Presented {
            person: PersonId::from_random([1; 16]),
            session: SessionId::from_random([2; 16]),
            generation: 3,
            secret: [4; 32],
        };
        let cookie = open(Portal::Parent, &presented);
        for flag in ["__Host-pd_parent=v1.", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"]
        {
            assert!(cookie.contains(flag), "{cookie}");
        }
        let value = cookie.split(['=', ';']).nth(1).unwrap();
        assert_eq!(parse(value).unwrap().secret, [4; 32]);
        for bad in ["", "v1", "v2.a.b.0.c", &format!("{value}.x"), &value.replace("v1", "v0")] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
