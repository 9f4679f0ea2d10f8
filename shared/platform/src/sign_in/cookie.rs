//! The session cookie: `__Host-pd_photographer=v1.<person>.<session>.<generation>.<secret>`, one per portal.

use domain::cookie::Presented;
use domain::ids::Kind;
use domain::person::Portal;

use crate::http::request::{self, Request};

/// The cookie of somebody who acts at a person's account: never the name of a person's own.
const ACTING: &str = "__Host-pd_acting";

/// Whether a request carries one, good or not.
pub(crate) fn has_acting(request: &Request) -> bool {
    request::cookie(request, ACTING).is_some()
}

/// What it carries.
pub(crate) fn read_acting(request: &Request) -> Option<Presented> {
    Presented::parse(request::cookie(request, ACTING)?)
}

/// The `Set-Cookie` that opens such a session, for as many seconds as it lives.
pub(crate) fn open_acting(presented: &Presented, seconds: i64) -> String {
    let value = presented.value();
    format!("{ACTING}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}")
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
    Presented::parse(request::cookie(request, &name(portal))?)
}

/// The `Set-Cookie` that opens a session. `Secure` always: on `http://localhost` browsers treat it as on https.
///
/// Mailed links lead to the portals, so theirs come along (`Lax`); nothing leads to the site administrators'.
/// Source: control B09.
pub(crate) fn open<Who>(portal: Portal, presented: &Presented<Who>) -> String {
    let (name, value, same_site) = (name(portal), presented.value(), same_site(portal));
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite={same_site}")
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
    use domain::ids::{PersonId, SessionId};

    use super::*;

    #[test]
    fn what_is_set_has_all_its_flags() {
        let presented: Presented = Presented {
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
        let value = presented.value();
        let strict = "Path=/; Secure; HttpOnly; SameSite=Strict";
        assert_eq!(
            open(Portal::Admin, &presented),
            format!("__Host-pd_admin={value}; {strict}"),
            "nothing leads there"
        );
        let acting = open_acting(&presented, 90);
        assert_eq!(acting, format!("__Host-pd_acting={value}; {strict}; Max-Age=90"));
    }

    #[test]
    fn what_is_forgotten_is_forgotten_at_once_under_the_same_name() {
        let flags = "Path=/; Secure; HttpOnly";
        for (portal, same_site) in [(Portal::School, "Lax"), (Portal::Admin, "Strict")] {
            let expected =
                format!("__Host-pd_{}=; {flags}; SameSite={same_site}; Max-Age=0", portal.name());
            assert_eq!(close(portal), expected);
        }
        let expected = format!("__Host-pd_acting=; {flags}; SameSite=Strict; Max-Age=0");
        assert_eq!(close_acting(), expected);
    }
}
