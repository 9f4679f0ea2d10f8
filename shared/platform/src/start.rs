//! The start of every Lambda function: from a handler to the runtime.

use crate::base::log::chain;
use crate::http::request::Request;
use crate::http::response::{RenewedCookie, Response, add_unless_set};
use std::future::Future;
use std::pin::Pin;

use domain::ids::RequestId;
use lambda_http::Body;
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing::{Instrument as _, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::base::app::{App, StartError};
use crate::base::config::{Config, handler_name};
use crate::base::log::BoundedLines;
use crate::http::error::ApiError;
use crate::http::request::origin;
use crate::http::response::{problem, protect};
use crate::http::{cors, edge, limits};
use crate::worker::{Answer, Batch};

/// The future of a handler.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// The handler of an endpoint.
pub type HttpHandler = fn(&'static App, Request) -> Boxed<Result<Response, ApiError>>;
/// The handler of a function that is invoked directly, from JSON to JSON.
pub type DirectHandler = fn(&'static App, Value) -> Boxed<Result<Value, ApiError>>;
/// The handler of a queue worker.
pub type QueueHandler = fn(&'static App, Batch) -> Boxed<Answer>;

/// A function's handler.
#[derive(Clone, Copy, Debug)]
pub enum Handler {
    /// Handles HTTP requests.
    Http(HttpHandler),
    /// Handles direct invocations, by callers whose role allows it.
    Direct(DirectHandler),
    /// Handles the messages of a queue.
    Queue(QueueHandler),
}

/// The functions that one program contains: the name in `template.yaml`, and the handler.
pub type Functions = &'static [(&'static str, Handler)];

/// Runs the function that Lambda names, until the sandbox ends. The program must contain it.
///
/// # Errors
///
/// Fails when this program has no function of that name, the process cannot start or the runtime stops.
pub async fn run(carried: &[Functions]) -> Result<(), StartError> {
    log_as_json();
    let name = handler_name().unwrap_or_default();
    let mut functions = carried.iter().copied().flatten();
    let Some((_, handler)) = functions.find(|(known, _)| *known == name) else {
        return Err(StartError::NoHandler(name));
    };
    let app = leak(App::new(Config::from_env()).await?);
    let ended = match *handler {
        Handler::Http(handler) => serve(app, handler).await,
        Handler::Direct(handler) => invoke(app, handler).await,
        Handler::Queue(handler) => work(app, handler).await,
    };
    ended.map_err(StartError::Runtime)
}

async fn serve(app: &'static App, handler: HttpHandler) -> Result<(), lambda_runtime::Error> {
    let service = lambda_http::service_fn(move |request: Request| async move {
        Ok::<_, lambda_http::Error>(answer(app, handler, request).await)
    });
    lambda_http::run(service).await
}

async fn work(app: &'static App, handler: QueueHandler) -> Result<(), lambda_runtime::Error> {
    let service = lambda_runtime::service_fn(move |event: LambdaEvent<Batch>| async move {
        Ok::<_, lambda_runtime::Error>(handler(app, event.payload).await)
    });
    lambda_runtime::run(service).await
}

async fn invoke(app: &'static App, handler: DirectHandler) -> Result<(), lambda_runtime::Error> {
    let service = lambda_runtime::service_fn(move |event: LambdaEvent<Value>| async move {
        handler(app, event.payload).await.map_err(lambda_runtime::Error::from)
    });
    lambda_runtime::run(service).await
}

/// Runs one direct invocation, from JSON to JSON.
///
/// The caller has an IAM permission, so it receives the error. The cause goes to the log.
///
/// # Errors
///
/// The handler's error; `malformed_json` for input that does not parse.
pub async fn call<H, F, Asked, Answered>(
    app: &'static App,
    handler: H,
    asked: Value,
) -> Result<Value, ApiError>
where
    H: Fn(&'static App, Asked) -> F,
    F: Future<Output = Result<Answered, ApiError>>,
    Asked: DeserializeOwned,
    Answered: Serialize,
{
    let malformed = |_| ApiError::Malformed("malformed_json");
    let answered = match serde_json::from_value(asked).map_err(malformed) {
        Ok(asked) => handler(app, asked).await,
        Err(error) => Err(error),
    };
    if let Err(error) = &answered {
        log_cause(error, "a direct invocation failed");
    }
    serde_json::to_value(answered?).map_err(ApiError::internal)
}

/// Handles one request: errors become problem documents, every response gets the headers, a panic becomes a 500.
pub async fn answer<H, F>(app: &'static App, handler: H, request: Request) -> Response
where
    H: Fn(&'static App, Request) -> F,
    F: Future<Output = Result<Response, ApiError>> + Send + 'static,
{
    let request_id = RequestId::from_random(app.random());
    let route = crate::http::request::route(&request);
    let span = tracing::info_span!("request", id = %request_id, route);
    let mut request = request;
    request.extensions_mut().insert(request_id.clone());
    let renewed = RenewedCookie::default();
    request.extensions_mut().insert(renewed.clone());
    let is_head = request.method() == http::Method::HEAD;
    let admitted = edge::admit(app, &mut request).instrument(span.clone()).await;
    let allowed = cors::allowed_origin(app.config(), &request);
    if admitted.is_ok()
        && let Some(mut response) = cors::preflight(&request, allowed.as_ref())
    {
        protect(response.headers_mut(), request_id.as_str());
        cors::permit(response.headers_mut(), allowed);
        return response;
    }
    let result = if let Err(refused) = admitted {
        Err(refused)
    } else if let Err(too_many) = count(app, &request).instrument(span.clone()).await {
        Err(too_many)
    } else {
        // Runs in a task of its own, so that a panic ends the task and not the process.
        let outcome = tokio::spawn(handler(app, request).instrument(span.clone())).await;
        outcome.unwrap_or_else(|panic| Err(ApiError::internal(panic)))
    };
    let _in_span = span.enter();
    let mut response = result.unwrap_or_else(|error| {
        log_cause(&error, "request failed");
        problem(&error, request_id.as_str())
    });
    if let Some(cookie) = renewed.get() {
        add_unless_set(&mut response, cookie);
    }
    if is_head {
        *response.body_mut() = Body::Empty;
    }
    protect(response.headers_mut(), request_id.as_str());
    cors::permit(response.headers_mut(), allowed);
    tracing::info!(status = response.status().as_u16(), "answered");
    response
}

/// Counts a request to the API by its IP address.
///
/// Functions without a table (pages, API description, health check) are not counted: they cost nothing to protect.
async fn count(app: &App, request: &Request) -> Result<(), ApiError> {
    let is_counted = ["/v1/", "/scim/"].iter().any(|it| request.uri().path().starts_with(it));
    if app.config().access_table.is_none() || !is_counted {
        return Ok(());
    }
    limits::request_of_an_address(app, &origin(request).address).await
}

/// Logs the cause of a failed request, unless the caller must change something.
fn log_cause(error: &ApiError, what: &'static str) {
    if let ApiError::Internal(cause) | ApiError::Upstream { cause, .. } = error {
        tracing::error!(code = error.code(), cause = %chain(cause.as_ref()), "{what}");
    }
}

/// Leaks the process-wide state, which lives as long as the process.
pub fn leak(app: App) -> &'static App {
    Box::leak(Box::new(app))
}

/// Maximum log level, whatever `RUST_LOG` says.
///
/// At the next level, the Lambda runtime prints every request with the text that people typed, and the AWS SDK prints
/// every mail.
const MOST_DETAIL: LevelFilter = LevelFilter::DEBUG;

/// Logs JSON lines to standard output, for `CloudWatch`. `RUST_LOG` selects the level, up to [`MOST_DETAIL`].
fn log_as_json() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A second call in one process (in tests) keeps the first subscriber.
    let _already_set = json_lines(filter, std::io::stdout).try_init();
}

fn json_lines<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().json().with_writer(BoundedLines(writer));
    tracing_subscriber::registry().with(MOST_DETAIL).with(filter).with(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::log::tests::Lines;

    #[test]
    fn a21_no_setting_makes_the_runtime_print_requests_as_they_came() {
        let lines = Lines::default();
        let kept = lines.clone();
        let log = json_lines(EnvFilter::new("trace,lambda_runtime=trace"), move || kept.clone());
        tracing::subscriber::with_default(log, || {
            tracing::trace!(target: "lambda_runtime::layers::api_response", body = "Canary", "event");
            tracing::trace!(target: "aws_smithy_runtime", request = "Canary", "transmitting");
            tracing::debug!("as far as it goes");
        });
        let text = lines.text();
        assert!(text.contains("as far as it goes") && !text.contains("Canary"), "{text}");
    }
}
