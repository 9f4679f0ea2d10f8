//! Attempt: call the constructors of the studio store, one for each kind of permission.

use domain::ids::StudioId;
use domain::person::{AccessGrant, Membership};
use domain::school_staff::SchoolMembership;
use platform::App;
use platform::access::stores::{StudentStore, StudioStore};
use platform::http::caller::Caller;

fn by_name(app: &'static App, studio: &StudioId, caller: Caller) {
    let _new = StudioStore::new(app, studio, caller.clone());
    let _program = StudioStore::of_program(app, studio, caller.clone());
    let _message = StudioStore::of_sealed_message(app, studio, caller.clone());
    let _code = StudioStore::of_share_code(app, studio, caller.clone());
    let _upload = StudioStore::of_upload(app, studio, caller.clone());
    let _operator = StudioStore::of_operator(app, studio, caller);
}

fn by_what_is_made_up(
    app: &'static App,
    (membership, school, grant): (&Membership, &SchoolMembership, &AccessGrant),
    student: &StudentStore,
    caller: Caller,
) {
    let _member = StudioStore::of_membership(app, membership, caller.clone());
    let _staff = StudioStore::of_school_membership(app, school, caller.clone());
    let _grant = StudioStore::of_grant(app, grant, caller.clone());
    let _parent = StudentStore::of_grant(app, grant, caller.clone());
    let ids = (grant.studio.clone(), grant.student.clone());
    let _guest = StudentStore::of_guest_token(app, ids, caller);
    let _wider = StudioStore::of_student(student);
}

fn main() {}
