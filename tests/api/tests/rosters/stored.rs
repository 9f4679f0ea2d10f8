//! Tests rosters that are too large for a request: sent through storage and read by the worker, even if it is
//! killed.

use reqwest::{Method, StatusCode};

use super::*;

/// Returns a roster with long class names: 5 MB with fewer than a hundred thousand rows.
fn large(students: usize) -> Vec<u8> {
    let class = "Classe de découverte ".repeat(4);
    let mut file = HEADER.to_owned();
    for number in 0..students {
        let row = format!("Given{number},Family{number},{number:06},{class}{}\n", number % 90);
        file.push_str(&row);
    }
    file.into_bytes()
}

fn announced(file: &[u8]) -> Value {
    let sha256 = data_encoding::BASE64.encode(&platform::base::crypto::digest::sha256(file));
    json!({ "bytes": file.len(), "sha256": sha256, "content_type": "text/csv" })
}

async fn announce(
    client: &Client,
    school: &str,
    body: &Value,
    key: &str,
) -> Result<Answer, SetupError> {
    Ok(client.create(&format!("/v1/schools/{school}/roster-imports"), body, key).await?)
}

/// Uploads to storage exactly as told, or with one header changed.
async fn put(
    upload: &Value,
    bytes: Vec<u8>,
    other: Option<(&str, &str)>,
) -> Result<StatusCode, SetupError> {
    let mut request = reqwest::Client::new().put(text(upload, "url"));
    for (name, value) in upload["headers"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        let sent = other.filter(|(changed, _)| changed == name).map_or(value, |(_, sent)| sent);
        request = request.header(name, sent);
    }
    Ok(request.body(bytes).send().await?.status())
}

/// Waits until the import's file has been read or has failed.
async fn read_to_its_end(client: &Client, import: &str) -> Result<Answer, SetupError> {
    loop {
        let now = client.read(&format!("/v1/roster-imports/{import}")).await?;
        if now.text("/state") != "reading" {
            return Ok(now);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_megabytes_go_through_storage_with_progress() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("stored").await?;
    let oak = school(&client, "Oak").await?;
    let file = large(45_000);
    assert!(file.len() > 5_000_000, "{}", file.len());
    let began = std::time::Instant::now();
    let answer = announce(&client, &oak, &announced(&file), "stored").await?;
    assert_eq!((answer.status, answer.text("/state")), (201, "uploading".to_owned()));
    let import = answer.text("/id");
    let upload = &answer.body["upload"];
    assert_eq!(upload["method"], "PUT");
    assert!(!text(upload, "url").contains("Given"));

    // A repeated request returns the same import and a working URL.
    let again = announce(&client, &oak, &announced(&file), "stored").await?;
    assert_eq!(again.text("/id"), import);
    assert_eq!(put(&again.body["upload"], file.clone(), None).await?, 200);
    assert_eq!(put(upload, file.clone(), None).await?, 412, "an upload is never overwritten");

    let arrival = format!("/v1/roster-imports/{import}/arrival");
    let read = client.post(&arrival, &json!({})).await?;
    assert_eq!((read.status, read.text("/state")), (202, "reading".to_owned()));
    let mut seen = Vec::new();
    let preview = loop {
        let now = client.read(&format!("/v1/roster-imports/{import}")).await?;
        if now.text("/state") != "reading" {
            break now;
        }
        seen.extend(now.body["progress"]["done"].as_u64());
        // A repeated request does no harm.
        assert_eq!(client.post(&arrival, &json!({})).await?.status / 100, 2);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert!(began.elapsed().as_secs() < 300, "{seen:?}");
    };
    println!("previewed after {:?}", began.elapsed());
    assert_eq!(preview.text("/state"), "previewed", "{}", preview.body);
    assert_eq!(preview.body["preview"]["added"], 45_000);
    assert!(seen.is_sorted() && seen.iter().any(|done| (1..45_000).contains(done)), "{seen:?}");
    // The file is deleted from storage, because it may hold columns that are refused.
    let gone = put(upload, b"x".to_vec(), None).await?;
    assert_ne!(gone, 412);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_announced_bytes_and_type_are_taken() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("exact").await?;
    let oak = school(&client, "Oak").await?;
    let file = format!("{HEADER}Ann,Lee,1,1A\n").into_bytes();
    let answer = announce(&client, &oak, &announced(&file), "exact").await?;
    let upload = answer.body["upload"].clone();
    let mut longer = file.clone();
    longer.push(b'\n');
    assert!(put(&upload, longer, None).await?.is_client_error(), "another length");
    let mut changed = file.clone();
    changed[0] = b'f';
    assert!(put(&upload, changed, None).await?.is_client_error(), "other bytes");
    let other = Some(("content-type", "text/html"));
    assert!(put(&upload, file.clone(), other).await?.is_client_error(), "another type");

    // Nothing arrived: the worker reports it.
    let import = answer.text("/id");
    client.post(&format!("/v1/roster-imports/{import}/arrival"), &json!({})).await?;
    let failed = read_to_its_end(&client, &import).await?;
    assert_eq!(
        (failed.text("/state"), failed.text("/reason")),
        ("failed".to_owned(), "roster_file_missing".to_owned())
    );

    for (body, code) in [
        (
            json!({ "bytes": 0, "sha256": announced(&file)["sha256"], "content_type": "text/csv" }),
            "roster_empty",
        ),
        (
            json!({ "bytes": 70_000_000, "sha256": announced(&file)["sha256"], "content_type": "text/csv" }),
            "roster_too_large",
        ),
        (json!({ "bytes": 9, "sha256": "x", "content_type": "text/csv" }), "bad_sha256"),
        (
            json!({ "bytes": 9, "sha256": announced(&file)["sha256"], "content_type": "image/png" }),
            "roster_type_not_taken",
        ),
    ] {
        let refused = client.post(&format!("/v1/schools/{oak}/roster-imports"), &body).await?;
        assert_eq!((refused.status, refused.text("/code")), (422, code.to_owned()));
    }
    let path = format!("/v1/schools/{oak}/roster-imports");
    let key = [("idempotency-key", "exact")];
    let another = client.call(Method::POST, &path, Some(&announced(b"x")), &key).await?;
    assert_eq!((another.status, another.text("/code")), (409, "idempotency_key_reused".to_owned()));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_writes_each_student_once() -> Result<(), SetupError> {
    let stack = TestStack::start_disturbed().await?;
    let client = stack.photographer("killed").await?;
    let oak = school(&client, "Oak").await?;
    let file = large(3_000);
    let answer = announce(&client, &oak, &announced(&file), "killed").await?;
    let import = answer.text("/id");
    assert_eq!(put(&answer.body["upload"], file, None).await?, 200);
    client.post(&format!("/v1/roster-imports/{import}/arrival"), &json!({})).await?;
    let preview = wait_for_import(&client, &import, "previewed").await?;
    assert_eq!(preview["preview"]["added"], 3_000);
    assert_eq!(rows(&client, &import, "added").await?.len(), 3_000);
    act(&client, &import, "apply").await?;
    let done = wait_for_import(&client, &import, "applied").await?;
    assert_eq!((&done["added"], &done["kept"]), (&json!(3_000), &json!(0)));
    let mut ids: Vec<_> =
        students(&client, &oak).await?.iter().map(|one| text(one, "school_issued_id")).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3_000);
    act(&client, &import, "undo").await?;
    let undone = wait_for_import(&client, &import, "undone").await?;
    assert_eq!((&undone["added"], &undone["kept"]), (&json!(3_000), &json!(0)));
    assert!(students(&client, &oak).await?.is_empty());
    stack.stop().await;
    Ok(())
}

/// The worker does not rely on storage to compare the hash: here storage compares nothing.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_announced_is_never_read() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("compared").await?;
    let oak = school(&client, "Oak").await?;
    let file = format!("{HEADER}Ann,Lee,1,1A\n").into_bytes();
    let another = format!("{HEADER}Bob,Lee,1,1A\n").into_bytes();
    let longer = [&file[..], b"Eve,Lee,2,1A\n"].concat();
    for (key, wrong) in [("another", another), ("longer", longer), ("one-byte", b"x".to_vec())] {
        let answer = announce(&client, &oak, &announced(&file), key).await?;
        let url = text(&answer.body["upload"], "url");
        let path = url.split('?').next().unwrap_or_default();
        let place = path.find("rosters/sto_").and_then(|at| path.get(at..)).ok_or("no place")?;
        platform::inspect::put_upload(stack.stack().app(), place, wrong).await?;
        let import = answer.text("/id");
        client.post(&format!("/v1/roster-imports/{import}/arrival"), &json!({})).await?;
        let failed = read_to_its_end(&client, &import).await?;
        assert_eq!(failed.text("/state"), "failed", "{key}");
        assert_eq!(failed.text("/reason"), "roster_other_file", "{key}");
    }

    // The file is compared with the length that was announced first.
    let path = format!("/v1/schools/{oak}/roster-imports");
    let mut longer = announced(&file);
    longer["bytes"] = json!(file.len() + 1);
    let headers = [("idempotency-key", "another")];
    let refused = client.call(Method::POST, &path, Some(&longer), &headers).await?;
    assert_eq!((refused.status, refused.text("/code")), (409, "idempotency_key_reused".to_owned()));
    stack.stop().await;
    Ok(())
}
