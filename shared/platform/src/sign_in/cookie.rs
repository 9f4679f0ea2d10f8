//! The session cookie: `__Host-pd_photographer=v1.<person>.<session>.<generation>.<secret>`, one per portal.

use domain::cookie::Presented;
use domain::ids::Kind;
use domain::person::Portal;

use crate::http::request::{self, Request};

/// Name of the impersonation cookie. It is never the name of a person's own session cookie.
const ACTING: &str = "__Host-pd_acting";

/// Reports whether a request carries an impersonation cookie, valid or not.
pub(crate) fn has_acting(request: &Request) -> bool {
    request::cookie(request, ACTING).is_some()
}

/// Parses the impersonation cookie.
pub(crate) fn read_acting(request: &Request) -> Option<Presented> {
    Presented::parse(request::cookie(request, ACTING)?)
}

/// Returns the `Set-Cookie` header that sets the impersonation cookie, with its lifetime in seconds.
pub(crate) fn open_acting(presented: &Presented, seconds: i64) -> String {
    let value = presented.value();
    format!("{ACTING}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}")
}

/// Returns the `Set-Cookie` header that deletes the impersonation cookie.
pub(crate) fn close_acting() -> String {
    format!("{ACTING}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

fn name(portal: Portal) -> String {
    format!("__Host-pd_{}", portal.name())
}

/// Parses the portal's session cookie; `None` when it is absent or malformed.
pub(crate) fn read(request: &Request, portal: Portal) -> Option<Presented> {
    read_of(request, portal)
}

/// Parses the portal's session cookie for any kind of account.
pub(crate) fn read_of<Who: Kind>(request: &Request, portal: Portal) -> Option<Presented<Who>> {
    Presented::parse(request::cookie(request, &name(portal))?)
}

/// Returns the `Set-Cookie` header that sets a session cookie.
///
/// `Secure` is always set: browsers treat `http://localhost` like https. Mailed links lead to the portals, so their
/// cookies are `Lax`. No link leads to the site administrators' pages, so theirs is `Strict`. Source: control B09.
pub(crate) fn open<Who>(portal: Portal, presented: &Presented<Who>) -> String {
    let (name, value, same_site) = (name(portal), presented.value(), same_site(portal));
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite={same_site}")
}

/// Returns the `Set-Cookie` header that deletes the session cookie.
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
            "no mailed link leads there"
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
