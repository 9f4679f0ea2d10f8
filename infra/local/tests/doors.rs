//! Calls every port of the runner as a web page, as another user's program, and under a foreign host name.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use local::stack::{Stack, StackOptions, Storage};
use platform::clients;
use platform::provision::sdk::dynamodb::types::AttributeValue;
use reqwest::{Client, Method, RequestBuilder, Response};
use tempfile::TempDir;

const EVIL: &str = "https://evil.example";
/// A well-formed signature that no key made.
const MADE_UP: &str = "AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20261130/us-east-1/dynamodb/aws4_request, \
                       SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000";

async fn start() -> (Stack, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let options = StackOptions {
        storage: Storage::Embedded,
        memory_tables: false,
        ..StackOptions::for_test(dir.path().to_owned())
    };
    (Stack::start(options).await.unwrap(), dir)
}

/// A request that a service would execute: its service, URL and content.
struct Asked {
    service: &'static str,
    url: String,
    method: Method,
    target: &'static str,
    kind: &'static str,
    body: String,
}

impl Asked {
    fn request(&self) -> RequestBuilder {
        let request = Client::new().request(self.method.clone(), &self.url);
        let request = request.header("content-type", self.kind).body(self.body.clone());
        if self.target.is_empty() { request } else { request.header("x-amz-target", self.target) }
    }
}

/// Returns one request per port. The last two go to the gateway, which needs no signature.
fn all(stack: &Stack) -> Vec<Asked> {
    let config = stack.app().config();
    let at = &config.endpoints;
    let json = "application/x-amz-json-1.0";
    let table = config.records_table.clone().unwrap();
    let row =
        format!(r#"{{"TableName":"{table}","Item":{{"PK":{{"S":"EVIL"}},"SK":{{"S":"X"}}}}}}"#);
    let queue = config.mail_queue_url.clone().unwrap();
    let mail = r#"{"FromEmailAddress":"no-reply@picture-day.example","Destination":{"ToAddresses":["a@example.org"]},"Content":{"Simple":{"Subject":{"Data":"s"},"Body":{"Text":{"Data":"t"}}}}}"#;
    let asked = |service, url: &Option<String>, path: &str, target, kind, body: String| Asked {
        service,
        url: format!("{}{path}", url.clone().unwrap()),
        method: Method::POST,
        target,
        kind,
        body,
    };
    let secret = config.key_ring_secret.clone().unwrap();
    let secret = format!(r#"{{"SecretId":"{secret}"}}"#);
    let message = format!(r#"{{"QueueUrl":"{queue}","MessageBody":"{{}}","MessageGroupId":"g"}}"#);
    let bucket = config.intake_bucket.clone().unwrap();
    let put = Asked {
        method: Method::PUT,
        ..asked("S3", &at.s3, &format!("/{bucket}/evil"), "", "image/jpeg", "x".into())
    };
    let gateway = Some(stack.url().to_owned());
    let read = |service, path| Asked {
        method: Method::GET,
        ..asked(service, &gateway, path, "", "text/plain", String::new())
    };
    vec![
        asked("DynamoDB", &at.dynamodb, "/", "DynamoDB_20120810.PutItem", json, row),
        asked("SQS", &at.sqs, "/", "AmazonSQS.SendMessage", json, message),
        asked("Secrets Manager", &at.secrets, "/", "secretsmanager.GetSecretValue", json, secret),
        asked("SES", &at.ses, "/v2/email/outbound-emails", "", "text/plain", mail.into()),
        put,
        read("mails", "/_local/mail"),
        read("gateway", "/v1/session"),
    ]
}

fn assert_refused(asked: &Asked, way: &str, answer: &Response) {
    let status = answer.status();
    // S3 answers 501 to a signature without a hash of the body.
    let is_refused = status.is_client_error() || status.as_u16() == 501;
    assert!(is_refused, "{} accepted {way}: {status}", asked.service);
    let allowed = answer.headers().get("access-control-allow-origin");
    assert!(allowed.is_none(), "{} lets {way} read the answer", asked.service);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_port_answers_a_stranger() {
    let (stack, _dir) = start().await;
    let asked = all(&stack);
    let takes_no_signature = ["mails", "gateway"];
    let mut tried = 0;
    for one in &asked {
        let rebound = one.request().header("host", "evil.example:8080").send().await.unwrap();
        assert_refused(one, "a foreign host name", &rebound);
        tried += 1;
        if takes_no_signature.contains(&one.service) {
            continue;
        }
        let signed = || {
            one.request().header("authorization", MADE_UP).header("x-amz-date", "20261130T000000Z")
        };
        let preflight = Client::new().request(Method::OPTIONS, &one.url).header("origin", EVIL);
        let preflight = preflight.header("access-control-request-method", "POST");
        for (way, request) in [
            ("a web page", one.request().header("origin", EVIL)),
            ("a web page with a made-up signature", signed().header("origin", EVIL)),
            ("a web page that asks first", preflight),
            ("a web page without a name", one.request().header("origin", "null")),
            ("another user's program", one.request()),
            ("another user's program with a made-up signature", signed()),
        ] {
            assert_refused(one, way, &request.send().await.unwrap());
            tried += 1;
        }
    }
    println!("{tried} requests of strangers at {} ports and pages", asked.len());
    assert_eq!(tried, asked.len() + 6 * 5);

    // No request had an effect, and a client with the key gets an answer.
    let table = stack.app().config().records_table.clone().unwrap();
    let row = clients::dynamodb(stack.app()).get_item().table_name(table);
    let row = row.key("PK", AttributeValue::S("EVIL".into()));
    let row = row.key("SK", AttributeValue::S("X".into())).send().await.unwrap();
    assert!(row.item.is_none());
    let bucket = stack.app().config().intake_bucket.clone().unwrap();
    let object = clients::s3(stack.app()).head_object().bucket(bucket).key("evil").send().await;
    assert!(object.is_err());
    assert!(stack.mails().is_empty());
    stack.stop().await;
}

/// Other users of the machine can read none of the data: no secrets, no mails, no photos.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_data_is_closed_to_other_users() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let (stack, dir) = start().await;
    stack.stop().await;
    // The permissions that an earlier version set.
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let secrets = dir.path().join("secrets.json");
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o644)).unwrap();
    let options = StackOptions {
        storage: Storage::Embedded,
        memory_tables: false,
        ..StackOptions::for_test(dir.path().to_owned())
    };
    let stack = Stack::start(options).await.unwrap();
    let mut folders = vec![dir.path().to_owned()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(std::fs::metadata(&folder).unwrap().mode() & 0o777, 0o700, "{folder:?}");
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let mode = std::fs::metadata(&path).unwrap().mode() & 0o777;
                assert_eq!(mode, 0o600, "{path:?}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 8, "{seen} files");
    stack.stop().await;
}
