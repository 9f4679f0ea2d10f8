//! Failures of a request, and the one place where failures become HTTP.

use http::StatusCode;

use crate::base::config::Missing;
use crate::base::crypto::password_hash::HashError;
use crate::base::crypto::ring::RingError;
use crate::base::identity::ProviderError;
use crate::http::texts;
use crate::store::error::StoreError;

/// A failure of a request. Its `Display` is for developers; `texts` has the sentences for callers.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The request cannot be parsed: bad JSON, an unknown field, a wrong type.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// A well-formed value breaks a rule; code and field tell the caller what to change.
    #[error("{code} in {field}")]
    Invalid {
        /// The rule.
        code: &'static str,
        /// The field.
        field: &'static str,
    },
    /// The caller is not signed in, or the session expired.
    #[error("not signed in")]
    SignedOut,
    /// The sign-in was refused. One answer for every reason that a stranger could learn from.
    #[error("sign-in refused")]
    SignInRefused,
    /// A program's credential is not valid (any more). One answer for every reason.
    #[error("token refused")]
    TokenRefused,
    /// The caller is signed in, but lacks a permission or a required step.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// The resource does not exist, or the caller may not know of it. Both look the same on purpose.
    #[error("not found")]
    NotFound,
    /// The route does not support the method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The current state does not allow the operation.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// The body is larger than this route accepts.
    #[error("body too large")]
    TooLarge,
    /// The body has a type that this route does not accept.
    #[error("unsupported media type")]
    UnsupportedType,
    /// The caller must wait this many seconds.
    #[error("too many attempts; try again in {retry_after_seconds} seconds")]
    TooMany {
        /// The stable code of the limit.
        code: &'static str,
        /// Seconds to wait.
        retry_after_seconds: u32,
    },
    /// A third party's service did not answer as expected. The cause goes to the log, never to the caller.
    #[error("upstream: {code}")]
    Upstream {
        /// The stable code of the service.
        code: &'static str,
        /// The underlying error.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An internal error. The cause goes to the log, never to the caller.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// The HTTP status. No `_` arm: a new failure must choose its status here.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::SignedOut | Self::SignInRefused | Self::TokenRefused => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Upstream { .. } => StatusCode::BAD_GATEWAY,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(code)
            | Self::Invalid { code, .. }
            | Self::Forbidden(code)
            | Self::Conflict(code)
            | Self::TooMany { code, .. }
            | Self::Upstream { code, .. } => code,
            Self::SignedOut => "signed_out",
            Self::SignInRefused => "sign_in_refused",
            Self::TokenRefused => "token_refused",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::TooLarge => "body_too_large",
            Self::UnsupportedType => "unsupported_type",
            Self::Internal(_) => "internal",
        }
    }

    /// The sentence that the caller reads.
    pub fn detail(&self) -> &'static str {
        texts::sentence(self.code())
    }

    /// The invalid field, if there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            Self::Malformed(_)
            | Self::SignedOut
            | Self::SignInRefused
            | Self::TokenRefused
            | Self::Forbidden(_)
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::Conflict(_)
            | Self::TooLarge
            | Self::UnsupportedType
            | Self::TooMany { .. }
            | Self::Upstream { .. }
            | Self::Internal(_) => None,
        }
    }

    /// Creates an internal error from its cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::ForeignCursor => Self::Invalid { code: "bad_cursor", field: "cursor" },
            StoreError::Service(..)
            | StoreError::Corrupt(_)
            | StoreError::Missing(_)
            | StoreError::Ring(_)
            | StoreError::Sealed(_) => Self::internal(error),
        }
    }
}
impl From<HashError> for ApiError {
    fn from(error: HashError) -> Self {
        Self::internal(error)
    }
}
impl ProviderError {
    /// Converts to 502, the answer to a request that needs the provider; it is never an internal error.
    pub(crate) fn into_upstream(self) -> ApiError {
        ApiError::Upstream { code: "identity_provider_unreachable", cause: self.into() }
    }
}
impl From<Missing> for ApiError {
    fn from(error: Missing) -> Self {
        Self::internal(error)
    }
}
impl From<RingError> for ApiError {
    fn from(error: RingError) -> Self {
        Self::internal(error)
    }
}
