//! Attempt: construct the audit log's caller from the content of a request.

use domain::audit::Actor;
use domain::ids::{PersonId, RequestId};
use platform::http::caller::Caller;

fn attack(person: PersonId, request: RequestId) -> Caller {
    Caller { who: Actor::Photographer(person), request, origin: None }
}

fn main() {}
