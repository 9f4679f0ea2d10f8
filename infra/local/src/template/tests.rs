use super::*;
use std::time::Duration;

/// A small template in the form of the project's own.
const SMALL: &str = r#"
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: local}
  Scanner: {Type: String, Default: "off"}
Conditions:
  Scans: !Equals [!Ref Scanner, "on"]
  Plain: !Not [!Condition Scans]
Globals:
  Function:
    Timeout: 10
    MemorySize: 256
    Environment: {Variables: {STAGE: !Ref Stage, RECORDS_TABLE: !Ref RecordsTable}}
Resources:
  Api: {Type: AWS::Serverless::HttpApi}
  StudentsFunction:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: 1769
      Environment:
        Variables:
          STAGE: own
          KEY_RING_SECRET: !Ref KeyRingSecret
          PHOTOS_BUCKET: !Ref PhotosBucket
          INTAKE_QUEUE_URL: !Ref IntakeQueue
          ARN: !GetAtt RecordsTable.Arn
          MADE: !Sub "${RecordsTable}/${RecordsTable.Arn}/${Stage}/${!kept}"
      Events:
        List: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: "/v1/schools/{school}/students"}}
  PhotoIntakeFunction:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: !If [Scans, 900, 120]
      Events:
        Arrived:
          Type: SQS
          Properties: {Queue: !GetAtt IntakeQueue.Arn, BatchSize: 5, FunctionResponseTypes: [ReportBatchItemFailures]}
        Sweep: {Type: Schedule, Properties: {Schedule: rate(5 minutes), Input: '{}'}}
  ScannerFunction: {Type: AWS::Serverless::Function, Condition: Scans, Properties: {}}
  UnknownRouteFunction:
    Type: AWS::Serverless::Function
    Properties: {Events: {Default: {Type: HttpApi, Properties: {ApiId: !Ref Api}}}}
  IntakeQueue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 720
      RedrivePolicy: {deadLetterTargetArn: !GetAtt IntakeDeadLetters.Arn, maxReceiveCount: 5}
  IntakeDeadLetters: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  GalleryQueue: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, ContentBasedDeduplication: false}}
  GalleryDeadLetters: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  RecordsTable:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      KeySchema: [{AttributeName: PK, KeyType: HASH}, {AttributeName: SK, KeyType: RANGE}]
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
  IntakeBucket:
    Type: AWS::S3::Bucket
    Properties:
      CorsConfiguration: {CorsRules: [{AllowedOrigins: ["*"], AllowedMethods: [PUT]}]}
      NotificationConfiguration:
        QueueConfigurations:
          - !If [Plain, {Event: "s3:ObjectCreated:*", Queue: !GetAtt IntakeQueue.Arn, Filter: {S3Key: {Rules: [{Name: prefix, Value: intake/}]}}}, !Ref "AWS::NoValue"]
  PhotosBucket: {Type: AWS::S3::Bucket}
  KeyRingSecret: {Type: AWS::SecretsManager::Secret}
"#;

fn small() -> Template {
    Template::parse(SMALL, &[]).unwrap()
}

#[test]
fn a_function_is_named_after_its_resource_and_takes_what_is_global() {
    let template = small();
    let students = template.function("students").unwrap();
    assert_eq!(students.memory_mb, 1769);
    assert_eq!(students.timeout, Duration::from_secs(10));
    let routes: Vec<_> =
        students.routes.iter().map(|r| (r.method.as_str(), r.path.as_str())).collect();
    assert_eq!(routes, [("GET", "/v1/schools/{school}/students")]);
    let fallback = template.function("unknown-route").unwrap();
    assert_eq!(fallback.routes, [RouteKey { method: "ANY".into(), path: "$default".into() }]);
}

#[test]
fn what_a_condition_leaves_out_is_not_there() {
    let template = small();
    assert!(template.function("scanner").is_none());
    assert_eq!(template.function("photo-intake").unwrap().timeout, Duration::from_mins(2));
    let with_scanner = Template::parse(SMALL, &[("Scanner", "on")]).unwrap();
    assert!(with_scanner.function("scanner").is_some());
    assert_eq!(with_scanner.buckets[0].notifies, None);
}

#[test]
fn workers_queues_and_dead_letters_are_joined() {
    let template = small();
    let intake = template.function("photo-intake").unwrap();
    assert_eq!((intake.queues[0].queue.as_str(), intake.queues[0].batch_size), ("IntakeQueue", 5));
    assert_eq!(intake.schedules[0].every.as_duration(), Duration::from_mins(5));
    let queue = template.queue("IntakeQueue").unwrap();
    assert_eq!((queue.name.as_str(), queue.fifo, queue.max_receives), ("intake", false, 5));
    assert_eq!(queue.visibility, Duration::from_mins(12));
    let dead = template.queue(queue.dead_letters.as_deref().unwrap()).unwrap();
    assert_eq!(dead.name, "intake-dead-letters");
    assert_eq!(template.queue("GalleryQueue").unwrap().name, "gallery.fifo");
    assert_eq!(template.queue("GalleryDeadLetters").unwrap().name, "gallery-dead-letters.fifo");
}

#[test]
fn tables_buckets_and_secrets_are_found() {
    let template = small();
    let records = &template.tables[0];
    assert_eq!((records.name.as_str(), records.partition_key.as_str()), ("records", "PK"));
    assert_eq!(
        (records.sort_key.as_deref(), records.expires.as_deref()),
        (Some("SK"), Some("ttl"))
    );
    let [intake, photos] = template.buckets.as_slice() else { panic!("two buckets") };
    assert!(intake.cors && !photos.cors);
    assert_eq!((intake.name.as_str(), intake.notifies.as_deref()), ("intake", Some("IntakeQueue")));
    assert_eq!((intake.notifies_of.as_str(), photos.notifies.as_deref()), ("intake/", None));
    assert_eq!(template.secrets[0].name, "key-ring");
}

#[test]
fn an_environment_names_the_resources_of_the_running_stack() {
    let template = small();
    let mut names = Names::default();
    names.add("RecordsTable", "records", "arn:records");
    names.add("KeyRingSecret", "arn:key-ring", "arn:key-ring");
    names.add("IntakeQueue", "http://queue/intake", "arn:intake");
    let environment = template.environment(template.function("students").unwrap(), &names);
    let value = |name: &str| environment.get(name).map(String::as_str);
    assert_eq!(value("STAGE"), Some("own"));
    assert_eq!(value("RECORDS_TABLE"), Some("records"));
    assert_eq!(value("KEY_RING_SECRET"), Some("arn:key-ring"));
    assert_eq!(value("INTAKE_QUEUE_URL"), Some("http://queue/intake"));
    assert_eq!(value("ARN"), Some("arn:records"));
    assert_eq!(value("MADE"), Some("records/arn:records/local/${kept}"));
    assert_eq!(value("PHOTOS_BUCKET"), Some(""));
}

#[test]
fn a_template_that_cannot_be_run_here_names_the_resource() {
    let text = "Resources:\n  AFunction:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
                Events: {Nightly: {Type: Schedule, Properties: {Schedule: 'at(2026-01-01T00:00:00)'}}}\n";
    let error = Template::parse(text, &[]).unwrap_err().to_string();
    assert!(error.contains("AFunction") && error.contains("Nightly"), "{error}");
    assert!(Template::parse("a: [", &[]).is_err());
}

#[test]
fn the_projects_own_template_can_be_run_on_one_machine() {
    let template = Template::own().unwrap();
    for function in &template.functions {
        for source in &function.queues {
            assert!(template.queue(&source.queue).is_some(), "{}: {}", function.name, source.queue);
        }
    }
    for queue in &template.queues {
        if let Some(dead) = &queue.dead_letters {
            assert!(template.queue(dead).is_some(), "{}: {dead}", queue.name);
        }
    }
    assert!(
        template
            .function("unknown-route")
            .unwrap()
            .routes
            .iter()
            .any(|route| route.path == "$default")
    );
}
