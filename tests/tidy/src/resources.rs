//! Checks rules for tables, buckets, queues, secrets and timeouts.
//!
//! The linters accept a template without any of them.

use serde_json::Value;

use crate::repository::{assert_none, list, read, texts};
use crate::template::{Start, Template, logical_id};

#[test]
fn every_table_is_encrypted_expires_rows_and_cannot_be_deleted_in_production() {
    let template = Template::read();
    let mut offences = Vec::new();
    for (id, table) in template.of_type("AWS::DynamoDB::Table") {
        let ttl = &table["TimeToLiveSpecification"];
        let protected = &table["DeletionProtectionEnabled"];
        let is_kept = table["SSESpecification"]["SSEEnabled"] == true
            && ttl["AttributeName"] == "ttl"
            && ttl["Enabled"] == true
            && *protected == serde_json::json!(["IsProduction", true, false])
            && table["BillingMode"] == "PAY_PER_REQUEST";
        if !is_kept {
            offences.push(id.to_owned());
        }
    }
    assert_none("tables", &offences);
}

#[test]
fn every_table_but_the_short_lived_one_can_be_recovered() {
    let days = |table: &str| match table {
        "KeysTable" => 7, // short, so that a destroyed key stays destroyed
        _ => 35,
    };
    let template = Template::read();
    let mut offences = Vec::new();
    for (id, table) in template.of_type("AWS::DynamoDB::Table") {
        let recovery = &table["PointInTimeRecoverySpecification"];
        let is_right = if id == "AccessTable" {
            // Sessions and mailed links: a copy of them would be a risk without a use.
            recovery["PointInTimeRecoveryEnabled"] == false
        } else {
            recovery["PointInTimeRecoveryEnabled"] == true
                && recovery["RecoveryPeriodInDays"] == days(id)
        };
        if !is_right {
            offences.push(id.to_owned());
        }
    }
    assert_none("point-in-time recovery", &offences);
}

#[test]
fn every_bucket_is_closed_to_the_public_and_encrypted() {
    let template = Template::read();
    let mut offences = Vec::new();
    for (id, bucket) in template.of_type("AWS::S3::Bucket") {
        let block = &bucket["PublicAccessBlockConfiguration"];
        let switches =
            ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
        let owner = &bucket["OwnershipControls"]["Rules"][0]["ObjectOwnership"];
        let encryption = &bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
        let is_closed = switches.iter().all(|switch| block[*switch] == true)
            && *owner == "BucketOwnerEnforced"
            && encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"].is_string();
        if !is_closed {
            offences.push(id.to_owned());
        }
    }
    assert_none("buckets", &offences);
}

#[test]
fn d21_every_bucket_refuses_what_does_not_come_by_tls() {
    let template = Template::read();
    let policies = template.of_type("AWS::S3::BucketPolicy");
    let mut offences = Vec::new();
    for (id, _) in template.of_type("AWS::S3::Bucket") {
        let both = serde_json::json!([format!("{id}.Arn"), format!("${{{id}.Arn}}/*")]);
        let refuses = |statement: &&Value| {
            statement["Effect"] == "Deny"
                && statement["Principal"] == "*"
                && statement["Action"] == "s3:*"
                && statement["Resource"] == both
                && statement["Condition"]["Bool"]["aws:SecureTransport"] == "false"
        };
        let own = policies.iter().filter(|(_, policy)| policy["Bucket"] == *id);
        let mut statements =
            own.flat_map(|(_, policy)| list(&policy["PolicyDocument"]["Statement"]));
        if !statements.any(|statement| refuses(&statement)) {
            offences.push(id.to_owned());
        }
    }
    assert_none("without a TLS-only policy", &offences);
}

/// Checks queue policies: a queue without one is open to its own account only, whose programs use https.
///
/// A policy that admits another principal must refuse plain HTTP.
#[test]
fn d21_every_queue_that_lets_somebody_in_refuses_what_does_not_come_by_tls() {
    let template = Template::read();
    let policies = template.of_type("AWS::SQS::QueuePolicy");
    let mut offences = Vec::new();
    for (id, policy) in &policies {
        for queue in texts(&policy["Queues"]) {
            let refuses = |statement: &&Value| {
                statement["Effect"] == "Deny"
                    && statement["Principal"] == "*"
                    && statement["Action"] == "sqs:*"
                    && statement["Resource"] == format!("{queue}.Arn")
                    && statement["Condition"]["Bool"]["aws:SecureTransport"] == "false"
            };
            let statements = list(&policy["PolicyDocument"]["Statement"]);
            if !statements.iter().any(refuses) {
                offences.push(format!("{id}: {queue}"));
            }
        }
    }
    assert_none("without a TLS-only statement", &offences);
    assert!(!policies.is_empty(), "the intake queue must have a policy for storage");
}

#[test]
fn every_queue_has_dead_letters_of_fourteen_days_and_an_alarm() {
    let template = Template::read();
    let queues = template.of_type("AWS::SQS::Queue");
    let alarms = template.of_type("AWS::CloudWatch::Alarm");
    let mut offences = Vec::new();
    for (id, queue) in &queues {
        if queue["SqsManagedSseEnabled"] != true {
            offences.push(format!("{id} is not encrypted"));
        }
        if id.ends_with("DeadLetters") {
            let name = format!("{id}.QueueName");
            let watched = alarms.iter().any(|(_, it)| it["Dimensions"][0]["Value"] == name);
            if queue["MessageRetentionPeriod"] != 1_209_600 || !watched {
                offences.push(format!("{id}: needs fourteen days of retention and an alarm"));
            }
            continue;
        }
        let redrive = &queue["RedrivePolicy"];
        let dead = logical_id(redrive["deadLetterTargetArn"].as_str().unwrap_or_default());
        let letters = queues.iter().find(|(id, _)| *id == dead);
        let is_same_kind = letters.is_some_and(|(_, it)| it["FifoQueue"] == queue["FifoQueue"]);
        if !is_same_kind || redrive["maxReceiveCount"] != 5 {
            offences.push(format!("{id}: needs dead letters after five tries"));
        }
    }
    assert_none("queues", &offences);
}

/// Checks intake's batch size: a hostile file may end the process by memory or time, so it is alone in its
/// batch.
#[test]
fn a_file_is_decoded_in_a_batch_of_its_own() {
    let template = Template::read();
    let functions = template.functions();
    let intake = functions.iter().find(|function| function.name == "photo-intake");
    let intake = intake.expect("the template has no photo-intake");
    assert_eq!(intake.properties["Events"]["Queue"]["Properties"]["BatchSize"], 1);
}

/// Checks visibility timeouts: a message that becomes visible during its processing is processed twice.
///
/// Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": six times the function's timeout.
#[test]
fn a_message_stays_hidden_six_times_as_long_as_its_function_may_take() {
    let template = Template::read();
    let mut offences = Vec::new();
    for function in template.functions() {
        for start in function.starts() {
            let Start::Queue(queue) = start else { continue };
            let visibility =
                template.resources()[queue]["Properties"]["VisibilityTimeout"].as_u64();
            if visibility < Some(6 * template.timeout_seconds(&function)) {
                offences.push(format!("{queue}: {visibility:?}"));
            }
            let event = &function.properties["Events"]["Queue"]["Properties"];
            if event["FunctionResponseTypes"] != serde_json::json!(["ReportBatchItemFailures"]) {
                offences.push(format!("{}: must report single failed messages", function.name));
            }
        }
    }
    assert_none("queues", &offences);
}

/// Checks timeouts of endpoints: API Gateway answers 503 after 30 seconds, even if the function continues.
#[test]
fn an_endpoint_gives_up_before_the_gateway_does() {
    let template = Template::read();
    let mut offences = Vec::new();
    for function in template.functions() {
        if !function.is_worker() && template.timeout_seconds(&function) >= 30 {
            offences.push(function.name);
        }
    }
    assert_none("30 seconds or more", &offences);
}

#[test]
fn secrets_are_generated_and_never_written_down() {
    let template = Template::read();
    let mut offences = Vec::new();
    for (id, secret) in template.of_type("AWS::SecretsManager::Secret") {
        if !secret["SecretString"].is_null() || secret["GenerateSecretString"].is_null() {
            offences.push(id.to_owned());
        }
    }
    assert_none("secrets", &offences);
}

#[test]
fn what_holds_data_outlives_the_stack_in_production() {
    let template = Template::read();
    let kinds = ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"];
    let mut offences = Vec::new();
    for (id, _) in kinds.iter().flat_map(|kind| template.of_type(kind)) {
        let resource = &template.resources()[id];
        let is_kept = resource["DeletionPolicy"]
            == serde_json::json!(["IsProduction", "Retain", "Delete"])
            && resource["UpdateReplacePolicy"] == "Retain";
        if !is_kept {
            offences.push(id.to_owned());
        }
    }
    assert_none("is deleted with the stack", &offences);
}

/// Checks the access log: ids are enough to find a request; an IP address or a path would be personal data.
#[test]
fn the_access_log_holds_nothing_personal() {
    let template = Template::read();
    let format = &template.resources()["Api"]["Properties"]["AccessLogSettings"]["Format"];
    let format = format.as_str().expect("a format");
    for personal in
        ["sourceIp", "userAgent", "$context.path", "$context.identity", "$context.authorizer"]
    {
        assert!(!format.contains(personal), "{personal}");
    }
}

/// Checks CORS of storage: with a wildcard origin any page could upload with a presigned URL it obtained.
#[test]
fn storage_accepts_files_from_our_own_pages_only() {
    let template = Template::read();
    for (id, bucket) in template.of_type("AWS::S3::Bucket") {
        for rule in list(&bucket["CorsConfiguration"]["CorsRules"]) {
            assert_eq!(rule["AllowedOrigins"], serde_json::json!(["PublicUrl"]), "{id}");
        }
    }
    assert!(!read("template.yaml").contains("AllowOrigins"), "the API needs no CORS");
}
