//! Process-wide state: AWS clients, configuration, clock, random source.

use futures_util::FutureExt as _;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_config::{BehaviorVersion, Region};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use domain::password::PasswordPolicy;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;

use crate::base::config::{Config, required};
use crate::base::crypto::access_token::{BadLife, Life};
use crate::base::crypto::argon2id::Work;
use crate::base::crypto::data_key::KeyCache;
use crate::base::crypto::password_rules::{BadPasswordSetting, PasswordRules};
use crate::base::crypto::ring::{KeyRing, RingError};
use crate::base::origin_secret::Edge;
use crate::base::refusals::Refused;

/// One process's AWS clients and settings.
///
/// It is created once, before the first request.
pub struct App {
    config: Config,
    clock: Clock,
    random: SystemRandom,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    s3: aws_sdk_s3::Client,
    sqs: aws_sdk_sqs::Client,
    secrets: aws_sdk_secretsmanager::Client,
    ses: aws_sdk_sesv2::Client,
    ring: OnceCell<KeyRing>,
    token_signing: OnceCell<KeyRing>,
    pub(crate) edge: Edge,
    operators_ring: OnceCell<KeyRing>,
    access_token_life: Life,
    pub(crate) identity_keys: crate::base::identity::jwks::KeyCache,
    /// Held while one task fetches an identity provider's keys.
    pub(crate) identity_asking: tokio::sync::Mutex<()>,
    pub(crate) data_keys: KeyCache,
    /// Data keys of students that lists have shown.
    pub(crate) student_keys: KeyCache,
    pub(crate) refused: Refused,
    passwords: PasswordRules,
    hash_work: Work,
}

/// Why a process cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The Lambda runtime stopped with an error.
    #[error("the Lambda runtime ended")]
    Runtime(#[source] lambda_runtime::Error),
    /// This program contains no function with the name that Lambda gave.
    #[error("this program has no function \"{0}\"")]
    NoHandler(String),
    /// The operating system provides no randomness.
    #[error("no randomness")]
    NoRandomness,
    /// A password setting breaks a promise or has an unknown value.
    #[error(transparent)]
    Passwords(#[from] BadPasswordSetting),
    /// The operator's access token lifetime is out of bounds.
    #[error(transparent)]
    AccessTokenLife(#[from] BadLife),
}

impl App {
    /// Creates the AWS clients, without a call to AWS.
    ///
    /// # Errors
    ///
    /// When the operating system provides no randomness, or a setting breaks a promise.
    pub async fn new(config: Config) -> Result<Self, StartError> {
        // Boxed: loading the SDK's settings is a future of many kilobytes, and every caller's future would contain it.
        Box::pin(Self::make(config)).await
    }

    async fn make(config: Config) -> Result<Self, StartError> {
        let passwords = PasswordRules::read(&config)?;
        let access_token_life = Life::parse(config.access_token_seconds.as_deref())?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(config.region.clone()));
        if let Some((key, secret)) = &config.credentials {
            loader = loader.credentials_provider(aws_sdk_s3::config::Credentials::new(
                key, secret, None, None, "config",
            ));
        }
        let shared = loader.load().await;
        // Each client gets its endpoint here: in the shared settings, the environment's AWS_ENDPOINT_URL
        // would take precedence.
        let at = config.endpoints.clone();
        let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&shared);
        dynamodb.set_endpoint_url(at.dynamodb);
        let mut s3 = aws_sdk_s3::config::Builder::from(&shared);
        // `bucket.localhost` does not resolve, so a local S3 needs path style. AWS has the bucket in the host name.
        s3.set_force_path_style(Some(at.s3.is_some())).set_endpoint_url(at.s3);
        let mut sqs = aws_sdk_sqs::config::Builder::from(&shared);
        sqs.set_endpoint_url(at.sqs);
        let mut secrets = aws_sdk_secretsmanager::config::Builder::from(&shared);
        secrets.set_endpoint_url(at.secrets);
        let mut ses = aws_sdk_sesv2::config::Builder::from(&shared);
        ses.set_endpoint_url(at.ses);
        let app = Self {
            clock: Clock::default(),
            random: SystemRandom::new(),
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            sqs: aws_sdk_sqs::Client::from_conf(sqs.build()),
            secrets: aws_sdk_secretsmanager::Client::from_conf(secrets.build()),
            ses: aws_sdk_sesv2::Client::from_conf(ses.build()),
            ring: OnceCell::new(),
            token_signing: OnceCell::new(),
            edge: Edge::default(),
            operators_ring: OnceCell::new(),
            access_token_life,
            identity_keys: crate::base::identity::jwks::KeyCache::default(),
            identity_asking: tokio::sync::Mutex::default(),
            data_keys: KeyCache::default(),
            student_keys: KeyCache::default(),
            refused: Refused::default(),
            passwords,
            hash_work: Work::default(),
            config,
        };
        // The first draw costs 30-40 ms of CPU once per process (AWS-LC's jitter entropy): pay at start.
        let mut first = [0; 1];
        app.random.fill(&mut first).map_err(|_| StartError::NoRandomness)?;
        Ok(app)
    }

    /// The configuration: names and URLs.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The clock, which tests can move.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns `N` random bytes.
    ///
    /// # Panics
    ///
    /// When the random source fails: the request is answered with 500 and nothing is issued.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        // A system whose random source worked at start and then fails cannot keep any promise:
        // the panic becomes a 500 and nothing is issued.
        assert!(self.random.fill(&mut bytes).is_ok(), "the random source failed");
        bytes
    }

    /// The DynamoDB client.
    pub(crate) fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamodb
    }

    /// The S3 client.
    pub(crate) fn s3(&self) -> &aws_sdk_s3::Client {
        &self.s3
    }

    /// The SQS client.
    pub(crate) fn sqs(&self) -> &aws_sdk_sqs::Client {
        &self.sqs
    }

    /// The Secrets Manager client.
    #[cfg(feature = "provision")]
    pub(crate) fn secrets(&self) -> &aws_sdk_secretsmanager::Client {
        &self.secrets
    }

    /// The SES client.
    pub(crate) fn ses(&self) -> &aws_sdk_sesv2::Client {
        &self.ses
    }

    /// Returns the key ring, which is read once per process.
    ///
    /// # Errors
    ///
    /// When the secret cannot be read or is malformed.
    pub async fn ring(&self) -> Result<&KeyRing, RingError> {
        let secret = required(self.config.key_ring_secret.as_ref(), "KEY_RING_SECRET")?;
        self.ring.get_or_try_init(|| self.read_ring(secret)).await
    }

    /// Returns the key ring that signs programs' access tokens, read once per process.
    ///
    /// It is a separate ring: only the role of the function that issues tokens can read it.
    ///
    /// # Errors
    ///
    /// When the secret cannot be read or is malformed.
    pub async fn token_signing(&self) -> Result<&KeyRing, RingError> {
        let secret = self.config.token_signing_secret.as_ref();
        let secret = required(secret, "TOKEN_SIGNING_SECRET")?;
        self.token_signing.get_or_try_init(|| self.read_ring(secret)).await
    }

    /// Returns the site administrators' key ring, read once per process.
    ///
    /// It is a separate ring: only the roles of their functions can read it.
    pub(crate) async fn operators_ring(&self) -> Result<&KeyRing, RingError> {
        let secret = required(self.config.operators_secret.as_ref(), "OPERATORS_SECRET")?;
        self.operators_ring.get_or_try_init(|| self.read_ring(secret)).await
    }

    async fn read_ring(&self, secret: &str) -> Result<KeyRing, RingError> {
        KeyRing::parse(&self.secret(secret).await.map_err(RingError::Unreadable)?)
    }

    /// Reads a secret's text from Secrets Manager, without a cache.
    pub(crate) async fn secret(
        &self,
        name: &str,
    ) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        let answer = self.secrets.get_secret_value().secret_id(name).send().boxed().await?;
        Ok(answer.secret_string().unwrap_or_default().to_owned())
    }

    /// The lifetime of a program's access token.
    pub fn access_token_life(&self) -> Life {
        self.access_token_life
    }

    /// The rules for new passwords and for stored password hashes.
    pub(crate) fn passwords(&self) -> &PasswordRules {
        &self.passwords
    }

    /// The policy that new passwords must satisfy.
    pub fn password_policy(&self) -> PasswordPolicy {
        self.passwords.policy
    }

    /// Counters of the hashing done in this process.
    pub(crate) fn hash_work(&self) -> &Work {
        &self.hash_work
    }
}

/// The clock; only tests move it.
#[derive(Debug, Default)]
pub struct Clock {
    ahead_seconds: AtomicI64,
}

impl Clock {
    /// The current time, plus the seconds that tests have added.
    #[expect(clippy::disallowed_methods, reason = "this is where the time comes from")]
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Ordering::Relaxed));
        let now = Timestamp::now();
        now.checked_add(ahead).unwrap_or(now)
    }

    /// Moves the time forward, so that tests can check what expires.
    pub fn advance_seconds(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn b02_a_process_with_tokens_of_25_hours_does_not_start() {
        let with = |seconds: &str| Config {
            region: "us-east-1".to_owned(),
            access_token_seconds: Some(seconds.to_owned()),
            ..Config::default()
        };
        let refused = App::new(with("90000")).await.err();
        assert!(matches!(refused, Some(StartError::AccessTokenLife(_))));
        assert!(App::new(with("86400")).await.is_ok());
    }
}
