//! Tests a stack at an endpoint that behaves like AWS, instead of the embedded cloud.
//!
//! `AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test cargo test -p local --test external -- --ignored`

use local::stack::{Stack, StackOptions, Storage};
use platform::clients;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs AWS_ENDPOINT_URL, an endpoint that behaves like AWS"]
async fn stacks_share_an_endpoint_without_sharing_names() {
    assert!(matches!(Storage::from_env(), Storage::External { .. }), "AWS_ENDPOINT_URL is not set");
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let one = Stack::start(StackOptions::for_test(one.path().to_owned())).await.unwrap();
    let two = Stack::start(StackOptions::for_test(two.path().to_owned())).await.unwrap();
    assert_ne!(one.app().config().records_table, two.app().config().records_table);
    assert_ne!(one.app().config().intake_queue_url, two.app().config().intake_queue_url);

    let intake = one.app().config().intake_bucket.clone().unwrap();
    let told = clients::s3(one.app()).get_bucket_notification_configuration().bucket(&intake);
    let told = told.send().await.unwrap();
    assert_eq!(told.queue_configurations().len(), 1);
    let rules = clients::s3(one.app()).get_bucket_cors().bucket(&intake).send().await.unwrap();
    assert!(rules.cors_rules()[0].allowed_origins().contains(&one.url().to_owned()));

    for stack in [one, two] {
        let answer = reqwest::get(format!("{}/v1/session", stack.url())).await.unwrap();
        assert_eq!(answer.status().as_u16(), 401);
        stack.stop().await;
    }
}
