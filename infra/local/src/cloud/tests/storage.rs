use super::{ORIGIN, Running};
use data_encoding::BASE64URL_NOPAD;
use platform::clients;
use platform::provision::sdk::s3::presigning::{PresignedRequest, PresigningConfig};
use platform::provision::sdk::s3::types::ChecksumMode;
use s3s::checksum::ChecksumHasher;
use serde_json::Value;
use std::time::Duration;

fn sha256(body: &[u8]) -> String {
    let mut hasher =
        ChecksumHasher { sha256: Some(s3s::crypto::Sha256::default()), ..Default::default() };
    hasher.update(body);
    hasher.finalize().checksum_sha256.unwrap()
}

/// Creates a presigned URL as `uploads` does: length, type, checksum and no-overwrite are signed.
async fn link(running: &Running, key: &str, promised: &[u8]) -> PresignedRequest {
    let put =
        clients::s3(&running.app).put_object().bucket("intake").key(key).content_type("image/jpeg");
    let put = put
        .content_length(promised.len().try_into().unwrap())
        .checksum_sha256(sha256(promised))
        .if_none_match("*");
    put.presigned(PresigningConfig::expires_in(Duration::from_mins(1)).unwrap()).await.unwrap()
}

async fn put(link: &PresignedRequest, body: &[u8]) -> u16 {
    put_typed(link, body, "image/jpeg").await
}

async fn put_typed(link: &PresignedRequest, body: &[u8], kind: &str) -> u16 {
    let mut request = reqwest::Client::new().put(link.uri()).body(body.to_vec());
    for (name, value) in link.headers() {
        if name == "content-type" {
            request = request.header(name, kind);
        } else if name != "host" && name != "content-length" {
            request = request.header(name, value);
        }
    }
    request.send().await.unwrap().status().as_u16()
}

async fn is_there(running: &Running, key: &str) -> bool {
    clients::s3(&running.app).head_object().bucket("intake").key(key).send().await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_keeps_its_type_and_checksum_also_over_a_restart() {
    let running = Running::start().await;
    running.bucket("intake").await;
    let key = format!("intake/std_{}/pho_{}", "a".repeat(26), "b".repeat(26));
    assert_eq!(put(&link(&running, &key, b"photo").await, b"photo").await, 200);
    let running = running.restart().await;
    let head = clients::s3(&running.app).head_object().bucket("intake").key(&key);
    let head = head.checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!(head.content_type(), Some("image/jpeg"));
    assert_eq!(head.content_length(), Some(5));
    assert_eq!(head.checksum_sha256(), Some(sha256(b"photo").as_str()));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_object_is_a_404() {
    let running = Running::start().await;
    running.bucket("intake").await;
    let get =
        clients::s3(&running.app).get_object().bucket("intake").key("intake/none").send().await;
    assert!(get.unwrap_err().into_service_error().is_no_such_key());
    let head =
        clients::s3(&running.app).head_object().bucket("intake").key("intake/none").send().await;
    assert!(head.unwrap_err().into_service_error().is_not_found());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_match_its_checksum_leaves_no_object() {
    let running = Running::start().await;
    running.bucket("intake").await;
    let link = link(&running, "intake/a", b"photo").await;
    assert_eq!(put(&link, b"other").await, 400);
    assert!(!is_there(&running, "intake/a").await);
    assert_eq!(put(&link, b"photo").await, 200);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_cannot_be_changed() {
    let running = Running::start().await;
    running.bucket("intake").await;
    let good = link(&running, "intake/a", b"photo").await;
    assert_eq!(put_typed(&good, b"photo", "image/png").await, 403);
    assert_eq!(put(&good, b"a longer photo").await, 403);
    let elsewhere = good.uri().replace("/intake/intake/a", "/intake/intake/b");
    let stolen = reqwest::Client::new().put(elsewhere).body("photo").send().await.unwrap();
    assert_eq!(stolen.status().as_u16(), 403);
    assert!(!is_there(&running, "intake/a").await && !is_there(&running, "intake/b").await);
    assert_eq!(put(&good, b"photo").await, 200);
    assert_eq!(put(&good, b"photo").await, 412);
    let open = format!("http://{}/intake/intake/a", running.cloud.s3);
    assert_eq!(reqwest::get(open).await.unwrap().status().as_u16(), 403);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_parallel_uploads_to_one_key_exactly_one_wins() {
    let running = Running::start().await;
    running.bucket("intake").await;
    for round in 0..10 {
        let key = format!("intake/race-{round}");
        let link = link(&running, &key, &vec![7; 200_000]).await;
        let uploads: Vec<_> = (0..8)
            .map(|_| {
                let link = link.clone();
                tokio::spawn(async move { put(&link, &vec![7; 200_000]).await })
            })
            .collect();
        let mut answers = Vec::new();
        for upload in uploads {
            answers.push(upload.await.unwrap());
        }
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_object_is_announced_once_and_only_where_somebody_listens() {
    let running = Running::start().await;
    running.bucket("intake").await;
    running.bucket("photos").await;
    let queue = running.queue("intake").await;
    for (bucket, key) in [("photos", "intake/a"), ("intake", "other/a"), ("intake", "intake/é +1")]
    {
        let put = clients::s3(&running.app).put_object().bucket(bucket).key(key);
        put.body(b"photo".to_vec().into()).send().await.unwrap();
    }
    let events = running.take(&queue, 5).await;
    assert_eq!(events.len(), 1);
    let event: Value = serde_json::from_str(&events[0]).unwrap();
    let record = &event["Records"][0];
    assert_eq!(record["eventName"], "ObjectCreated:Put");
    assert_eq!(record["s3"]["bucket"]["name"], "intake");
    assert_eq!(record["s3"]["object"]["key"], "intake/%C3%A9+%2B1");
    assert_eq!(record["s3"]["object"]["size"], 5);
    assert!(running.drain(&queue).await.is_empty());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_whose_event_a_crash_swallowed_is_announced_at_the_next_start() {
    let running = Running::start().await;
    running.bucket("intake").await;
    let queue = running.queue("intake").await;
    assert_eq!(put(&link(&running, "intake/a", b"photo").await, b"photo").await, 200);
    assert_eq!(running.take(&queue, 5).await.len(), 1);
    let dir = running.stop().await;
    // The state on disk when the process dies between the object and its event.
    intent(dir.path(), "intake/a");
    let running = Running::start_in(dir).await;
    assert_eq!(running.take(&queue, 5).await.len(), 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_a_crash_cut_off_is_undone_and_can_be_sent_again() {
    let running = Running::start().await;
    running.bucket("intake").await;
    let queue = running.queue("intake").await;
    let dir = running.stop().await;
    // The state on disk when the process dies between the object's bytes and its metadata.
    intent(dir.path(), "intake/a");
    std::fs::create_dir_all(dir.path().join("s3/intake/intake")).unwrap();
    std::fs::write(dir.path().join("s3/intake/intake/a"), b"photo").unwrap();
    let running = Running::start_in(dir).await;
    assert!(!is_there(&running, "intake/a").await);
    assert!(running.drain(&queue).await.is_empty());
    assert_eq!(put(&link(&running, "intake/a", b"photo").await, b"photo").await, 200);
    assert_eq!(running.take(&queue, 5).await.len(), 1);
    running.stop().await;
}

fn intent(dir: &std::path::Path, key: &str) {
    let outbox = rusqlite::Connection::open(dir.join("s3-events.sqlite")).unwrap();
    let insert = "INSERT INTO event(operation, bucket, key) VALUES('Put', 'intake', ?1)";
    outbox.execute(insert, [key]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_object_leaves_nothing_behind() {
    let running = Running::start().await;
    running.bucket("intake").await;
    assert_eq!(put(&link(&running, "intake/a", b"photo").await, b"photo").await, 200);
    clients::s3(&running.app)
        .delete_object()
        .bucket("intake")
        .key("intake/a")
        .send()
        .await
        .unwrap();
    assert!(!is_there(&running, "intake/a").await);
    let about = BASE64URL_NOPAD.encode(b"intake/a");
    let files = std::fs::read_dir(running.dir.path().join("s3")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.contains(&about)).count(), 0);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_ours_may_upload_and_others_may_not() {
    let running = Running::start().await;
    running.bucket("intake").await;
    let ask = |origin: &'static str| {
        let url = format!("http://{}/intake/intake/a", running.cloud.s3);
        let headers = "content-type,if-none-match,x-amz-checksum-sha256";
        reqwest::Client::new()
            .request(reqwest::Method::OPTIONS, url)
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", headers)
            .send()
    };
    let ours = ask(ORIGIN).await.unwrap();
    assert_eq!(ours.status().as_u16(), 200);
    assert_eq!(ours.headers()["access-control-allow-origin"], ORIGIN);
    assert!(ours.headers()["access-control-allow-methods"].to_str().unwrap().contains("PUT"));
    let other = ask("https://elsewhere.example").await.unwrap();
    assert_eq!(other.status().as_u16(), 403);
    assert!(other.headers().get("access-control-allow-origin").is_none());
    running.stop().await;
}

/// Sends a body with an unsigned type, many times over one connection.
async fn refused_again_and_again(link: PresignedRequest, body: Vec<u8>) {
    let one_connection = reqwest::Client::builder().pool_max_idle_per_host(1).build().unwrap();
    for _ in 0..40 {
        let mut request = one_connection.put(link.uri()).body(body.clone());
        for (name, value) in link.headers() {
            let value = if name == "content-type" { "image/png" } else { value };
            if name != "host" && name != "content-length" {
                request = request.header(name, value);
            }
        }
        assert_eq!(request.send().await.unwrap().status(), 403);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refusal_arrives_however_long_the_body_is_and_the_connection_goes_on() {
    let running = Running::start().await;
    running.bucket("intake").await;
    // Some bodies fit into a socket's buffers: the client has sent everything and reuses the connection.
    //
    // Many run in parallel, because only a busy server is slow enough to close the connection under the next request.
    let mut all = tokio::task::JoinSet::new();
    for kilobytes in [60, 120, 250, 500, 3_000].repeat(4) {
        let photo = vec![7_u8; kilobytes << 10];
        let link = link(&running, &format!("intake/{kilobytes}"), &photo).await;
        all.spawn(refused_again_and_again(link, photo));
    }
    all.join_all().await;
    running.stop().await;
}

/// The holder of an upload link may upload its bytes to its key, and nothing else: no copy, no ACL, no metadata.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_carries_no_header_that_it_does_not_sign() {
    let running = Running::start().await;
    running.bucket("intake").await;
    assert_eq!(put(&link(&running, "of-another", b"photo").await, b"photo").await, 200);
    for (name, value) in [
        ("x-amz-copy-source", "/intake/of-another"),
        ("x-amz-acl", "public-read"),
        ("x-amz-meta-a", "b"),
        ("x-amz-tagging", "a=b"),
        ("x-amz-storage-class", "GLACIER"),
    ] {
        let link = link(&running, name, b"mine").await;
        let mut request = reqwest::Client::new().put(link.uri()).header(name, value);
        for (own, value) in link.headers() {
            if own != "host" && own != "content-length" {
                request = request.header(own, value);
            }
        }
        let answer = request.body(b"mine".to_vec()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 403, "{name}");
        assert!(!is_there(&running, name).await, "{name}");
    }
    running.stop().await;
}
