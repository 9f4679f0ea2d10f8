//! Attempt: read a photo by its object key without a store.

use platform::access::stores::StudioStore;

async fn attack(store: &StudioStore) {
    let _photo = store.app().s3().get_object().bucket("photos").key("studio/photo").send().await;
}

fn main() {}
