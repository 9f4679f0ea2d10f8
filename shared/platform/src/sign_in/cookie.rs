//! The session cookie: `__Host-pd_photographer=v1.<person>.<session>.<generation>.<secret>`, one per portal.

use data_encoding::BASE64URL_NOPAD;
use domain::ids::{Id, Kind, PersonKind, SessionId};
use domain::person::Portal;

use crate::http::request;
use crate::start::Request;

/// What a cookie carries: whose session, a person's or a site administrator's, and its secret.
pub(crate) struct Presented<Who = PersonKind> {
    pub(crate) person: Id<Who>,
    pub(crate) session: SessionId,
    pub(crate) generation: u32,
    pub(crate) secret: [u8; 32],
}

/// The cookie of somebody who acts at a person's account: never the name of a person's own.
const ACTING: &str = "__Host-pd_acting";

/// Whether a request carries one, good or not.
pub(crate) fn has_acting(request: &Request) -> bool {
    request::cookie(request, ACTING).is_some()
}

/// What it carries.
pub(crate) fn read_acting(request: &Request) -> Option<Presented> {
    parse(&request::cookie(request, ACTING)?)
}

/// The `Set-Cookie` that opens such a session, for as many seconds as it lives.
pub(crate) fn open_acting(presented: &Presented, seconds: i64) -> String {
    let Presented { person, session, generation, secret } = presented;
    let secret = BASE64URL_NOPAD.encode(secret);
    format!(
        "{ACTING}=v1.{person}.{session}.{generation}.{secret}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}"
    )
}

/// The `Set-Cookie` that forgets it.
pub(crate) fn close_acting() -> String {
    format!("{ACTING}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

fn name(portal: Portal) -> String {
    format!("__Host-pd_{}", portal.name())
}

/// The portal's cookie of a request, if it has the form of one of ours.
pub(crate) fn read(request: &Request, portal: Portal) -> Option<Presented> {
    read_of(request, portal)
}

/// The same, of whichever kind of account the portal has.
pub(crate) fn read_of<Who: Kind>(request: &Request, portal: Portal) -> Option<Presented<Who>> {
    parse(&request::cookie(request, &name(portal))?)
}

fn parse<Who: Kind>(value: &str) -> Option<Presented<Who>> {
    let mut parts = value.split('.');
    let (version, person, session, generation, secret) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if version != "v1" || parts.next().is_some() {
        return None;
    }
    Some(Presented {
        person: Id::parse(person).ok()?,
        session: SessionId::parse(session).ok()?,
        generation: generation.parse().ok()?,
        secret: BASE64URL_NOPAD.decode(secret.as_bytes()).ok()?.try_into().ok()?,
    })
}

/// The `Set-Cookie` that opens a session. `Secure` always: on `http://localhost` browsers treat it as on https.
///
/// Mailed links lead to the portals, so theirs come along (`Lax`); nothing leads to the site administrators'.
/// Source: control B09.
pub(crate) fn open<Who>(portal: Portal, presented: &Presented<Who>) -> String {
    let Presented { person, session, generation, secret } = presented;
    let secret = BASE64URL_NOPAD.encode(secret);
    let (name, same_site) = (name(portal), same_site(portal));
    format!(
        "{name}=v1.{person}.{session}.{generation}.{secret}; Path=/; Secure; HttpOnly; SameSite={same_site}"
    )
}

/// The `Set-Cookie` that forgets it.
pub(crate) fn close(portal: Portal) -> String {
    let (name, same_site) = (name(portal), same_site(portal));
    format!("{name}=; Path=/; Secure; HttpOnly; SameSite={same_site}; Max-Age=0")
}

const fn same_site(portal: Portal) -> &'static str {
    match portal {
        Portal::Photographer | Portal::School | Portal::Parent => "Lax",
        Portal::Admin => "Strict",
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::PersonId;
    use proptest::prelude::*;

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
        assert_eq!(parse::<PersonKind>(value).unwrap().secret, [4; 32]);
        for bad in ["", "v1", "v2.a.b.0.c", &format!("{value}.x"), &value.replace("v1", "v0")] {
            assert!(parse::<PersonKind>(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_cookie_says_what_is_read_is_what_stands_there(
            value in "v1\\.(per_)?[a-z2-7]{25,26}\\.(ses_)?[a-z2-7]{26}\\.[+0-9]{1,11}\\.[A-Za-z0-9_-]{42,43}(\\.x)?|\\PC{0,160}",
        ) {
            if let Some(presented) = parse::<PersonKind>(&value) {
                let written = open(Portal::School, &presented);
                let written = written.split(['=', ';']).nth(1).unwrap_or_default();
                // The generation is a number: 0, 00 and +0 are the same.
                let parts = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
                let (mut read, mut again) = (parts(&value), parts(written));
                prop_assert_eq!(read.remove(3).parse::<u32>(), again.remove(3).parse::<u32>());
                prop_assert_eq!(read, again);
            }
        }

        #[test]
        fn of_all_cookies_of_a_request_the_one_of_that_name_is_read(
            others in prop::collection::vec("[a-zA-Z_-]{0,12}=?[ -~]{0,20}", 0..5), value in "[ -:<-~]{0,40}",
        ) {
            let mine = format!("__Host-pd_parent={}", value.trim());
            let line = others.iter().map(String::as_str).chain([mine.as_str()]).collect::<Vec<_>>().join("; ");
            let request = http::Request::get("/").header("cookie", line).body(lambda_http::Body::Empty);
            let read = request::cookie(&request.unwrap(), "__Host-pd_parent");
            prop_assert_eq!(read.as_deref(), Some(value.trim()));
        }
    }
}
