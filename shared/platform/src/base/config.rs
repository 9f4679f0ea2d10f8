//! Where everything is: the only place that reads the environment.
//!
//! A function gets the names of just what it needs, so each name is optional here and asking for one
//! that is missing is an error at its first use. Names and addresses only; secrets come from
//! Secrets Manager.

use domain::second_factor::StaffRule;

/// One deployment's names.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `local`, `test`, `dev`, `staging` or `prod`.
    pub stage: String,
    /// The origin people's browsers see, without a trailing slash.
    pub public_url: String,
    /// Origins of other sites whose pages may use the API, besides our own. None by default.
    pub allowed_origins: Vec<String>,
    /// AWS region.
    pub region: String,
    /// Addresses of services elsewhere than at AWS.
    pub endpoints: Endpoints,
    /// Fixed credentials (key id, secret key); `None` takes the function's role.
    pub credentials: Option<(String, String)>,
    /// `records` table.
    pub records_table: Option<String>,
    /// `access` table.
    pub access_table: Option<String>,
    /// `audit` table.
    pub audit_table: Option<String>,
    /// `keys` table.
    pub keys_table: Option<String>,
    /// `operators` table: the site administrators' functions only.
    pub operators_table: Option<String>,
    /// Bucket that presigned PUTs write to.
    pub intake_bucket: Option<String>,
    /// Bucket of originals and derivatives.
    pub photos_bucket: Option<String>,
    /// Bucket of imports and exports.
    pub files_bucket: Option<String>,
    /// Queue of object-created events.
    pub intake_queue_url: Option<String>,
    /// Queue of mails to send.
    pub mail_queue_url: Option<String>,
    /// FIFO queue of cameras to match.
    pub matching_queue_url: Option<String>,
    /// FIFO queue of gallery steps.
    pub gallery_queue_url: Option<String>,
    /// FIFO queue of roster imports.
    pub roster_queue_url: Option<String>,
    /// Name or ARN of the key ring's secret.
    pub key_ring_secret: Option<String>,
    /// Name or ARN of the secret that programs' tokens are signed with: the `tokens` function's only.
    pub token_signing_secret: Option<String>,
    /// Name or ARN of the secret with which the edge in front of the API proves itself. Without one there is no
    /// edge, and the gateway's own word for a caller's address is the source.
    pub origin_secret: Option<String>,
    /// Name or ARN of the site administrators' own ring: their functions only.
    pub operators_secret: Option<String>,
    /// How long a program's access token works, in seconds, as the operator wrote it.
    pub access_token_seconds: Option<String>,
    /// The address mails come from.
    pub mail_from: Option<String>,
    /// Whom to tell about a weakness: a `mailto:`, `https:` or `tel:` address. The operator's, without a default.
    pub security_contact: Option<String>,
    /// Until when the operator vouches for [`Self::security_contact`], as RFC 3339 writes it.
    pub security_expires: Option<String>,
    /// Whether photographers and schools' staff must have a second factor.
    pub staff_second_factor: StaffRule,
    /// How often and how long things may be done.
    pub limits: Limits,
    /// Which passwords may be chosen: `four_classes` (also when nothing is said) or `nist`.
    pub password_policy: Option<String>,
    /// Memory of a password hash in KiB, if more than the 64 MiB every hash takes.
    pub password_hash_memory_kib: Option<String>,
    /// The bcrypt cost of imported accounts, if there are any: then every sign-in computes one, and the
    /// time of the answer does not tell who was imported.
    pub imported_bcrypt_cost: Option<String>,
    /// The service that knows breached passwords by the first five digits of their SHA-1, with a slash at
    /// the end; `None` leaves the judgement to this process.
    pub breach_range_url: Option<String>,
    /// Where DNS is asked over HTTPS, in the JSON form of Google's public resolver; `None` for that one.
    pub dns_resolver_url: Option<String>,
}

/// How often and how long things may be done. The operator may set each; the defaults are what the
/// public security page promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Requests a minute of one network address.
    pub requests_a_minute: u32,
    /// Requests an hour of one person.
    pub requests_an_hour: u32,
    /// Sign-in attempts of one account until its password door locks.
    pub attempts: u32,
    /// Sign-in attempts of one network address until it must wait: a school is many people behind one.
    pub attempts_of_an_address: u32,
    /// Seconds until a locked door opens again.
    pub lock_seconds: i64,
    /// Sessions of one person at one portal; one more ends the oldest.
    pub sessions_at_most: u32,
    /// Seconds without a request after which a session ends; the portal's own when it is absent.
    pub idle_seconds: Option<i64>,
    /// Seconds after which a session ends in any case; the portal's own when it is absent.
    pub session_seconds: Option<i64>,
}

impl Limits {
    /// Reads them; a name that is not set, or is no number, takes the default.
    fn read(read: &impl Fn(&str) -> Option<String>) -> Self {
        let count = |text: Option<String>, usual: u32| {
            text.and_then(|text| text.parse().ok()).unwrap_or(usual)
        };
        let seconds = |text: Option<String>| text.and_then(|text| text.parse::<i64>().ok());
        let usual = Self::default();
        Self {
            requests_a_minute: count(read("REQUESTS_A_MINUTE"), usual.requests_a_minute),
            requests_an_hour: count(read("REQUESTS_AN_HOUR"), usual.requests_an_hour),
            attempts: count(read("SIGN_IN_ATTEMPTS"), usual.attempts),
            attempts_of_an_address: count(
                read("SIGN_IN_ATTEMPTS_OF_AN_ADDRESS"),
                usual.attempts_of_an_address,
            ),
            lock_seconds: seconds(read("SIGN_IN_LOCK_SECONDS")).unwrap_or(usual.lock_seconds),
            sessions_at_most: count(read("SESSIONS_AT_MOST"), usual.sessions_at_most),
            idle_seconds: seconds(read("SESSION_IDLE_SECONDS")),
            session_seconds: seconds(read("SESSION_SECONDS")),
        }
    }

    fn to_env(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("REQUESTS_A_MINUTE", Some(self.requests_a_minute.to_string())),
            ("REQUESTS_AN_HOUR", Some(self.requests_an_hour.to_string())),
            ("SIGN_IN_ATTEMPTS", Some(self.attempts.to_string())),
            ("SIGN_IN_ATTEMPTS_OF_AN_ADDRESS", Some(self.attempts_of_an_address.to_string())),
            ("SIGN_IN_LOCK_SECONDS", Some(self.lock_seconds.to_string())),
            ("SESSIONS_AT_MOST", Some(self.sessions_at_most.to_string())),
            ("SESSION_IDLE_SECONDS", self.idle_seconds.map(|seconds| seconds.to_string())),
            ("SESSION_SECONDS", self.session_seconds.map(|seconds| seconds.to_string())),
        ]
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_a_minute: 100,
            requests_an_hour: 1_000,
            attempts: 5,
            attempts_of_an_address: 20,
            lock_seconds: 15 * 60,
            sessions_at_most: 5,
            idle_seconds: None,
            session_seconds: None,
        }
    }
}

/// Addresses of services elsewhere than at AWS.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    /// DynamoDB.
    pub dynamodb: Option<String>,
    /// S3, as the functions reach it.
    pub s3: Option<String>,
    /// SQS.
    pub sqs: Option<String>,
    /// Secrets Manager.
    pub secrets: Option<String>,
    /// SES v2.
    pub ses: Option<String>,
    /// A stand-in for all identity providers: `https://host/path` is then this and `/host/path`. Tests only.
    pub identity: Option<String>,
}

/// The function this process is, out of those its program carries: `Handler` in `template.yaml`.
///
/// Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(crate) fn handler_name() -> Option<String> {
    std::env::var("_HANDLER").ok()
}

/// A name this function was not given.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {0} is not set")]
pub struct Missing(pub &'static str);

impl Config {
    /// Reads the environment of a Lambda.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub fn from_env() -> Self {
        let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let endpoint = |service: &str| {
            read(&format!("AWS_ENDPOINT_URL_{service}")).or_else(|| read("AWS_ENDPOINT_URL"))
        };
        Self {
            stage: read("STAGE").unwrap_or_else(|| "dev".to_owned()),
            public_url: read("PUBLIC_URL").unwrap_or_default(),
            allowed_origins: Self::origins(&read("ALLOWED_ORIGINS").unwrap_or_default()),
            region: read("AWS_REGION").unwrap_or_else(|| "us-east-1".to_owned()),
            endpoints: Endpoints {
                dynamodb: endpoint("DYNAMODB"),
                s3: endpoint("S3"),
                sqs: endpoint("SQS"),
                secrets: endpoint("SECRETS_MANAGER"),
                ses: endpoint("SESV2"),
                identity: None,
            },
            credentials: None,
            records_table: read("RECORDS_TABLE"),
            access_table: read("ACCESS_TABLE"),
            audit_table: read("AUDIT_TABLE"),
            keys_table: read("KEYS_TABLE"),
            operators_table: read("OPERATORS_TABLE"),
            intake_bucket: read("INTAKE_BUCKET"),
            photos_bucket: read("PHOTOS_BUCKET"),
            files_bucket: read("FILES_BUCKET"),
            intake_queue_url: read("INTAKE_QUEUE_URL"),
            mail_queue_url: read("MAIL_QUEUE_URL"),
            matching_queue_url: read("MATCHING_QUEUE_URL"),
            gallery_queue_url: read("GALLERY_QUEUE_URL"),
            roster_queue_url: read("ROSTER_QUEUE_URL"),
            key_ring_secret: read("KEY_RING_SECRET"),
            token_signing_secret: read("TOKEN_SIGNING_SECRET"),
            origin_secret: read("ORIGIN_SECRET"),
            operators_secret: read("OPERATORS_SECRET"),
            access_token_seconds: read("ACCESS_TOKEN_SECONDS"),
            mail_from: read("MAIL_FROM"),
            staff_second_factor: read("STAFF_SECOND_FACTOR")
                .and_then(|text| StaffRule::parse(&text))
                .unwrap_or_default(),
            limits: Limits::read(&read),
            security_contact: read("SECURITY_CONTACT"),
            security_expires: read("SECURITY_EXPIRES"),
            password_policy: read("PASSWORD_POLICY"),
            password_hash_memory_kib: read("PASSWORD_HASH_MEMORY_KIB"),
            imported_bcrypt_cost: read("IMPORTED_BCRYPT_COST"),
            breach_range_url: read("BREACH_RANGE_URL"),
            dns_resolver_url: read("DNS_RESOLVER_URL"),
        }
    }

    /// Origins separated by spaces. What is not exactly one origin is left out: a pattern permits nobody.
    pub(crate) fn origins(text: &str) -> Vec<String> {
        let is_origin = |origin: &&str| {
            origin.strip_prefix("https://").is_some_and(|host| {
                let is_of_host =
                    |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:".contains(&b);
                !host.is_empty() && host.bytes().all(is_of_host)
            })
        };
        text.split_whitespace().filter(is_origin).map(str::to_owned).collect()
    }

    /// The environment variables that [`Self::from_env`] would read this from.
    pub fn to_env(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![
            ("STAGE", Some(self.stage.clone())),
            ("PUBLIC_URL", Some(self.public_url.clone())),
            ("ALLOWED_ORIGINS", Some(self.allowed_origins.join(" "))),
            ("AWS_REGION", Some(self.region.clone())),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.endpoints.dynamodb.clone()),
            ("AWS_ENDPOINT_URL_S3", self.endpoints.s3.clone()),
            ("AWS_ENDPOINT_URL_SQS", self.endpoints.sqs.clone()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.endpoints.secrets.clone()),
            ("AWS_ENDPOINT_URL_SESV2", self.endpoints.ses.clone()),
            ("RECORDS_TABLE", self.records_table.clone()),
            ("ACCESS_TABLE", self.access_table.clone()),
            ("AUDIT_TABLE", self.audit_table.clone()),
            ("KEYS_TABLE", self.keys_table.clone()),
            ("OPERATORS_TABLE", self.operators_table.clone()),
            ("INTAKE_BUCKET", self.intake_bucket.clone()),
            ("PHOTOS_BUCKET", self.photos_bucket.clone()),
            ("FILES_BUCKET", self.files_bucket.clone()),
            ("INTAKE_QUEUE_URL", self.intake_queue_url.clone()),
            ("MAIL_QUEUE_URL", self.mail_queue_url.clone()),
            ("MATCHING_QUEUE_URL", self.matching_queue_url.clone()),
            ("GALLERY_QUEUE_URL", self.gallery_queue_url.clone()),
            ("ROSTER_QUEUE_URL", self.roster_queue_url.clone()),
            ("KEY_RING_SECRET", self.key_ring_secret.clone()),
            ("TOKEN_SIGNING_SECRET", self.token_signing_secret.clone()),
            ("ORIGIN_SECRET", self.origin_secret.clone()),
            ("OPERATORS_SECRET", self.operators_secret.clone()),
            ("ACCESS_TOKEN_SECONDS", self.access_token_seconds.clone()),
            ("MAIL_FROM", self.mail_from.clone()),
            ("SECURITY_CONTACT", self.security_contact.clone()),
            ("SECURITY_EXPIRES", self.security_expires.clone()),
            ("PASSWORD_POLICY", self.password_policy.clone()),
            ("PASSWORD_HASH_MEMORY_KIB", self.password_hash_memory_kib.clone()),
            ("IMPORTED_BCRYPT_COST", self.imported_bcrypt_cost.clone()),
            ("BREACH_RANGE_URL", self.breach_range_url.clone()),
            ("DNS_RESOLVER_URL", self.dns_resolver_url.clone()),
            ("STAFF_SECOND_FACTOR", Some(self.staff_second_factor.name().to_owned())),
        ];
        pairs.extend(self.limits.to_env());
        if let Some((key, secret)) = &self.credentials {
            pairs.push(("AWS_ACCESS_KEY_ID", Some(key.clone())));
            pairs.push(("AWS_SECRET_ACCESS_KEY", Some(secret.clone())));
        }
        pairs.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
    }

    /// Origins the pages may exchange pictures with: the buckets, as a browser addresses them.
    pub fn storage_origins(&self) -> Vec<String> {
        if let Some(endpoint) = &self.endpoints.s3 {
            return vec![endpoint.trim_end_matches('/').to_owned()];
        }
        [&self.intake_bucket, &self.photos_bucket]
            .into_iter()
            .flatten()
            .map(|bucket| format!("https://{bucket}.s3.{}.amazonaws.com", self.region))
            .collect()
    }
}

/// The name, or the error that says which is missing.
pub(crate) fn required<'a>(
    value: Option<&'a String>,
    variable: &'static str,
) -> Result<&'a str, Missing> {
    value.map(String::as_str).ok_or(Missing(variable))
}
