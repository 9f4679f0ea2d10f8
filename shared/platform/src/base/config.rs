//! The configuration: the only place that reads the environment.
//!
//! A function gets only the names it needs, so each name here is optional. Using a missing name is an error at
//! its first use. The configuration holds names and URLs only; secrets come from Secrets Manager.

use domain::second_factor::StaffRule;

/// The names and settings of one deployment.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `local`, `test`, `dev`, `staging` or `prod`.
    pub stage: String,
    /// The origin that browsers see, without a trailing slash.
    pub public_url: String,
    /// Origins of other sites whose pages may call the API, besides our own. None by default.
    pub allowed_origins: Vec<String>,
    /// AWS region.
    pub region: String,
    /// Endpoints of services that do not run at AWS.
    pub endpoints: Endpoints,
    /// Fixed credentials (key id, secret key); `None` uses the function's role.
    pub credentials: Option<(String, String)>,
    /// `records` table.
    pub records_table: Option<String>,
    /// `access` table.
    pub access_table: Option<String>,
    /// `audit` table.
    pub audit_table: Option<String>,
    /// `keys` table.
    pub keys_table: Option<String>,
    /// `operators` table: only for the site administrators' functions.
    pub operators_table: Option<String>,
    /// Bucket that receives presigned PUT uploads.
    pub intake_bucket: Option<String>,
    /// Bucket of originals and derivatives.
    pub photos_bucket: Option<String>,
    /// Bucket of imports and exports.
    pub files_bucket: Option<String>,
    /// Queue of object-created events.
    pub intake_queue_url: Option<String>,
    /// Queue of e-mails to send.
    pub mail_queue_url: Option<String>,
    /// FIFO queue of cameras to match with students.
    pub matching_queue_url: Option<String>,
    /// FIFO queue of gallery steps.
    pub gallery_queue_url: Option<String>,
    /// FIFO queue of roster imports.
    pub roster_queue_url: Option<String>,
    /// Name or ARN of the key ring's secret.
    pub key_ring_secret: Option<String>,
    /// Name or ARN of the secret that signs programs' access tokens: only for the `tokens` function.
    pub token_signing_secret: Option<String>,
    /// Name or ARN of the origin secret, with which `CloudFront` proves that it forwarded the request.
    ///
    /// Without one there is no edge: the client IP address comes from the API gateway.
    pub origin_secret: Option<String>,
    /// Name or ARN of the site administrators' key ring: only for their functions.
    pub operators_secret: Option<String>,
    /// Lifetime of a program's access token in seconds, as the operator wrote it.
    pub access_token_seconds: Option<String>,
    /// The sender's e-mail address.
    pub mail_from: Option<String>,
    /// The contact for security reports: a `mailto:`, `https:` or `tel:` URL. The operator sets it; no default.
    pub security_contact: Option<String>,
    /// The expiry date of [`Self::security_contact`], in RFC 3339 format.
    pub security_expires: Option<String>,
    /// Whether photographers and schools' staff must have a second factor.
    pub staff_second_factor: StaffRule,
    /// Rate limits, lockouts and session lifetimes.
    pub limits: Limits,
    /// The password policy: `four_classes` (the default) or `nist`.
    pub password_policy: Option<String>,
    /// Memory of a password hash in KiB. Unset means the minimum of 64 MiB.
    pub password_hash_memory_kib: Option<String>,
    /// The bcrypt cost of imported accounts, if there are any.
    ///
    /// With it every sign-in computes one bcrypt hash, so the response time does not reveal who was imported.
    pub imported_bcrypt_cost: Option<String>,
    /// URL of the service that finds breached passwords by the first five digits of their SHA-1.
    ///
    /// It has a trailing slash. `None` leaves the check to this process.
    pub breach_range_url: Option<String>,
    /// URL of the DNS-over-HTTPS resolver, in the JSON form of Google's public resolver; `None` uses that one.
    pub dns_resolver_url: Option<String>,
}

/// Rate limits, lockouts and session lifetimes.
///
/// The operator may set each. The defaults are what the public security page promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Requests per minute from one IP address.
    pub requests_a_minute: u32,
    /// Requests per hour by one person.
    pub requests_an_hour: u32,
    /// Failed sign-in attempts on one account before password sign-in is locked.
    pub attempts: u32,
    /// Sign-in attempts from one IP address before it must wait. One school is many people behind one IP address.
    pub attempts_of_an_address: u32,
    /// Seconds that a lockout lasts.
    pub lock_seconds: i64,
    /// Sessions of one person at one portal. One more session revokes the oldest.
    pub sessions_at_most: u32,
    /// Seconds without a request after which a session expires. `None` uses the portal's own value.
    pub idle_seconds: Option<i64>,
    /// Seconds after which a session expires in any case. `None` uses the portal's own value.
    pub session_seconds: Option<i64>,
}

impl Limits {
    /// Reads the limits. A name that is not set, or is not a number, takes the default.
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

/// Endpoint URLs of services that do not run at AWS.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    /// DynamoDB.
    pub dynamodb: Option<String>,
    /// S3, as the functions address it.
    pub s3: Option<String>,
    /// SQS.
    pub sqs: Option<String>,
    /// Secrets Manager.
    pub secrets: Option<String>,
    /// SES v2.
    pub ses: Option<String>,
    /// A stand-in for all identity providers: `https://host/path` becomes this URL and `/host/path`. Tests only.
    pub identity: Option<String>,
}

/// The name of the function that this process runs, from `Handler` in `template.yaml`.
///
/// One program contains several functions.
///
/// Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(crate) fn handler_name() -> Option<String> {
    std::env::var("_HANDLER").ok()
}

/// An environment variable that this function was not given.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {0} is not set")]
pub struct Missing(pub &'static str);

impl Config {
    /// Reads the configuration from a Lambda's environment.
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

    /// Parses origins separated by spaces.
    ///
    /// Anything that is not exactly one `https` origin is left out, so a pattern permits no site.
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

    /// Returns the environment variables from which [`Self::from_env`] would read this configuration.
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

    /// Origins from which the pages load and to which they upload pictures: the buckets, as a browser addresses them.
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

/// Returns the value, or the error that names the missing variable.
pub(crate) fn required<'a>(
    value: Option<&'a String>,
    variable: &'static str,
) -> Result<&'a str, Missing> {
    value.map(String::as_str).ok_or(Missing(variable))
}
