//! What every handler is given: the clients, the names, the time and chance.

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

/// One process's clients and settings. Made once, before the first request.
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
    /// Held by whoever asks an identity provider for its keys.
    pub(crate) identity_asking: tokio::sync::Mutex<()>,
    pub(crate) data_keys: KeyCache,
    /// Of students who were shown in lists.
    pub(crate) student_keys: KeyCache,
    pub(crate) refused: Refused,
    passwords: PasswordRules,
    hash_work: Work,
}

/// Why a process cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The Lambda runtime ended with an error.
    #[error("the Lambda runtime ended")]
    Runtime(#[source] lambda_runtime::Error),
    /// This program carries no function of the name Lambda gave.
    #[error("this program has no function \"{0}\"")]
    NoHandler(String),
    /// The operating system gives no randomness.
    #[error("no randomness")]
    NoRandomness,
    /// A setting of passwords breaks a promise or has an unknown value.
    #[error(transparent)]
    Passwords(#[from] BadPasswordSetting),
    /// The operator's setting is out of bounds.
    #[error(transparent)]
    AccessTokenLife(#[from] BadLife),
}

impl App {
    /// Makes the clients. No call to AWS yet.
    ///
    /// # Errors
    ///
    /// When the operating system gives no randomness, or a setting breaks a promise.
    pub async fn new(config: Config) -> Result<Self, StartError> {
        // Boxed: loading the SDK's settings is a future of many kilobytes, and everybody who starts would carry it.
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
        // Each client is told its address itself: among the shared settings, the environment's
        // AWS_ENDPOINT_URL would go before it.
        let at = config.endpoints.clone();
        let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&shared);
        dynamodb.set_endpoint_url(at.dynamodb);
        let mut s3 = aws_sdk_s3::config::Builder::from(&shared);
        // `bucket.localhost` resolves nowhere; AWS itself gets the bucket in the host name.
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

    /// Names and addresses.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The time. Tests move it.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Random bytes.
    ///
    /// # Panics
    ///
    /// When the random source fails: the request ends in a 500 and nothing is issued.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        // A system whose random source worked at start and then fails cannot keep any promise:
        // the panic becomes a 500 and nothing is issued.
        assert!(self.random.fill(&mut bytes).is_ok(), "the random source failed");
        bytes
    }

    /// DynamoDB.
    pub(crate) fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamodb
    }

    /// S3.
    pub(crate) fn s3(&self) -> &aws_sdk_s3::Client {
        &self.s3
    }

    /// SQS.
    pub(crate) fn sqs(&self) -> &aws_sdk_sqs::Client {
        &self.sqs
    }

    /// Secrets Manager.
    #[cfg(feature = "provision")]
    pub(crate) fn secrets(&self) -> &aws_sdk_secretsmanager::Client {
        &self.secrets
    }

    /// SES.
    pub(crate) fn ses(&self) -> &aws_sdk_sesv2::Client {
        &self.ses
    }

    /// The key ring, read once per process.
    ///
    /// # Errors
    ///
    /// When the secret cannot be read or makes no sense.
    pub async fn ring(&self) -> Result<&KeyRing, RingError> {
        let secret = required(self.config.key_ring_secret.as_ref(), "KEY_RING_SECRET")?;
        self.ring.get_or_try_init(|| self.read_ring(secret)).await
    }

    /// What programs' tokens are signed with: a ring of its own, read once per process. Only the role of the
    /// function that makes tokens can read it.
    ///
    /// # Errors
    ///
    /// When the secret cannot be read or makes no sense.
    pub async fn token_signing(&self) -> Result<&KeyRing, RingError> {
        let secret = self.config.token_signing_secret.as_ref();
        let secret = required(secret, "TOKEN_SIGNING_SECRET")?;
        self.token_signing.get_or_try_init(|| self.read_ring(secret)).await
    }

    /// The site administrators' own ring, read once per process. Only the roles of their functions can read it.
    pub(crate) async fn operators_ring(&self) -> Result<&KeyRing, RingError> {
        let secret = required(self.config.operators_secret.as_ref(), "OPERATORS_SECRET")?;
        self.operators_ring.get_or_try_init(|| self.read_ring(secret)).await
    }

    async fn read_ring(&self, secret: &str) -> Result<KeyRing, RingError> {
        KeyRing::parse(&self.secret(secret).await.map_err(RingError::Unreadable)?)
    }

    /// A secret's text, read anew.
    pub(crate) async fn secret(
        &self,
        name: &str,
    ) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        let answer = self.secrets.get_secret_value().secret_id(name).send().boxed().await?;
        Ok(answer.secret_string().unwrap_or_default().to_owned())
    }

    /// How long a program's access token works.
    pub fn access_token_life(&self) -> Life {
        self.access_token_life
    }

    /// Which passwords may be chosen, and how they are kept.
    pub(crate) fn passwords(&self) -> &PasswordRules {
        &self.passwords
    }

    /// Which passwords may be chosen.
    pub fn password_policy(&self) -> PasswordPolicy {
        self.passwords.policy
    }

    /// How much has been hashed in this process.
    pub(crate) fn hash_work(&self) -> &Work {
        &self.hash_work
    }
}

/// The time, moved by tests and by nobody else.
#[derive(Debug, Default)]
pub struct Clock {
    ahead_seconds: AtomicI64,
}

impl Clock {
    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is where the time comes from")]
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Ordering::Relaxed));
        let now = Timestamp::now();
        now.checked_add(ahead).unwrap_or(now)
    }

    /// Moves the time forward, for tests of what expires.
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
