//! Attempt: pass an id of one kind where another kind is required. Both have 26 letters.

use domain::ids::SchoolId;
use platform::store::untrusted::Untrusted;
use platform::access::stores::StudioStore;

async fn attack(store: &StudioStore, school: &Untrusted<SchoolId>) {
    let _day = store.picture_day(school).await;
}

fn main() {}
