//! The cause of an e-mail that was not sent, without personal data, for the log.

use aws_sdk_sesv2::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;

use crate::store::error::StoreError;

/// The error code with which SES refused an e-mail. SES's own message may contain the address, so it is dropped.
#[derive(Debug, thiserror::Error)]
#[error("the mail service answered {0}")]
struct Undelivered(String);

/// Converts SES's error to one that may be logged.
pub(super) fn cause<R>(error: SdkError<SendEmailError, R>) -> StoreError
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let code = error.as_service_error().map(|refusal| refusal.code().unwrap_or("no code"));
    match code.map(|code| Undelivered(code.to_owned())) {
        Some(refused) => StoreError::Service("mail", Box::new(refused)),
        None => StoreError::Service("mail", Box::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::error::ErrorMetadata;
    use aws_sdk_sesv2::types::error::MessageRejected;

    use super::*;
    use crate::base::log::chain;

    #[test]
    fn a20_a_mail_that_is_refused_names_nobody_in_the_log() {
        let said = "Email address is not verified: ann@family.example";
        let meta = ErrorMetadata::builder().code("MessageRejected").message(said).build();
        let refusal = MessageRejected::builder().message(said).meta(meta).build();
        let refusal = SdkError::service_error(SendEmailError::MessageRejected(refusal), ());
        let logged = chain(&cause(refusal));
        assert!(logged.contains("MessageRejected") && !logged.contains('@'), "{logged}");
    }
}
