//! Both are ids of 26 letters.

use domain::ids::SchoolId;
use platform::http::request::Untrusted;
use platform::scope::StudioStore;

async fn attack(store: &StudioStore, school: &Untrusted<SchoolId>) {
    let _day = store.picture_day(school).await;
}

fn main() {}
