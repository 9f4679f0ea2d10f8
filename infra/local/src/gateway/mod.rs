//! The gateway: accepts HTTP on one machine as API Gateway does on AWS.
//!
//! A request becomes the event of a Lambda and passes the same conversion as in Lambda's runtime. The function's
//! answer returns the same way. So a request that works here works on AWS.

mod answer;
mod decode;
mod event;
mod local_pages;
mod routes;

pub use routes::{Match, Routes};

use crate::cloud::serve::{self, Port, PortLimits, PortRefusal, RequestBody};
use crate::cloud::{door, ses};
use bytes::Bytes;
use functions::handlers;
use http::{HeaderValue, Method, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Body;
use hyper::service::service_fn;
use platform::App;
use platform::http::response::protect;
use platform::lambda_http::request::LambdaRequest;
use platform::lambda_http::{Adapter, Context, LambdaEvent, Request, Service};
use platform::start::HttpHandler;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The largest request body. Lambda accepts 6 MB, and base64 uses a quarter of that.
pub const LARGEST_BODY_BYTES: usize = 4 * 1024 * 1024;
/// How many bytes of a larger body are read and discarded, so that its sender receives the answer.
const THROWN_AWAY_BYTES: usize = 64 * 1024 * 1024;

/// A gateway that has bound its port and waits for its functions.
///
/// There are two steps because the functions must know the URL before the first request.
#[derive(Debug)]
pub struct BoundGateway {
    listeners: Vec<TcpListener>,
    port: u16,
}

/// The parts behind the gateway that answer requests.
pub struct Behind {
    /// The functions' application state.
    pub app: &'static App,
    /// The routes.
    pub routes: Routes,
    /// The mails, for the runner's own pages.
    pub mails: ses::Outbox,
    /// The limits of the port before authentication.
    pub limits: PortLimits,
}

impl BoundGateway {
    /// Binds a port on the loopback addresses; 0 binds a free one.
    ///
    /// # Errors
    ///
    /// When the port is taken.
    pub async fn bind(port: u16) -> io::Result<Self> {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = four.local_addr()?.port();
        // On many machines `localhost` resolves to ::1 first; without IPv6 this bind fails and is skipped.
        let six = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await;
        Ok(Self { listeners: [Ok(four), six].into_iter().flatten().collect(), port })
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Serves requests until `stop` is true.
    pub fn serve(self, behind: Behind, tasks: &mut JoinSet<()>, stop: &watch::Receiver<bool>) {
        let limits = behind.limits.clone();
        let gateway = Arc::new(Gateway { behind, requests: AtomicU64::new(0) });
        let wording = Arc::clone(&gateway);
        let port = Port::new(limits, move |why| problem(why.into(), &wording.next_id()));
        for listener in self.listeners {
            // A client of a loopback address has that address itself.
            let source = listener.local_addr().map_or(IpAddr::from([127, 0, 0, 1]), |at| at.ip());
            let gateway = Arc::clone(&gateway);
            let service = service_fn(move |request| {
                let gateway = Arc::clone(&gateway);
                async move { Ok::<_, Infallible>(gateway.respond(request, source).await) }
            });
            tasks.spawn(serve::until_stopped(listener, port.clone(), service, stop.clone()));
        }
    }
}

struct Gateway {
    behind: Behind,
    requests: AtomicU64,
}

/// Why the gateway itself refuses a request.
#[derive(Clone, Copy)]
enum Refusal {
    OtherHost,
    BodyTooLarge,
    BodyUnreadable,
    BodyTooSlow,
    Busy,
    NoFunction,
    FunctionFailed,
}

impl From<PortRefusal> for Refusal {
    fn from(why: PortRefusal) -> Self {
        match why {
            PortRefusal::SlowBody => Self::BodyTooSlow,
            PortRefusal::Busy | PortRefusal::SlowAnswer => Self::Busy,
        }
    }
}

impl Gateway {
    fn next_id(&self) -> String {
        format!("local-{:08}", self.requests.fetch_add(1, Ordering::Relaxed) + 1)
    }

    async fn respond(
        &self,
        request: http::Request<RequestBody>,
        source: IpAddr,
    ) -> Response<Full<Bytes>> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let request_id = self.next_id();
        // A foreign host name may resolve to this machine (DNS rebinding); its page could read the answer.
        if !door::is_for_this_machine(request.headers()) {
            return problem(Refusal::OtherHost, &request_id);
        }
        if let Some(mut own) = local_pages::respond(&method, &path, || self.behind.mails.all()) {
            protect(own.headers_mut(), &request_id);
            return own;
        }
        let answered = self.invoke(request, source, &request_id).await;
        let mut response = answered.unwrap_or_else(|refusal| problem(refusal, &request_id));
        if method == Method::HEAD {
            *response.body_mut() = Full::default();
        }
        response
    }

    async fn invoke(
        &self,
        request: http::Request<RequestBody>,
        source: IpAddr,
        request_id: &str,
    ) -> Result<Response<Full<Bytes>>, Refusal> {
        let (head, body) = request.into_parts();
        let body = read(body).await?;
        let found = self
            .behind
            .routes
            .find(head.method.as_str(), head.uri.path())
            .ok_or(Refusal::NoFunction)?;
        let Some(handler) = handlers::http(found.function) else {
            tracing::error!(function = found.function, "the template names an unknown function");
            return Err(Refusal::NoFunction);
        };
        let event = event::of_request(&head, &body, &found, source, request_id);
        let answered = call(self.behind.app, handler, &event, request_id).await;
        let answered = answered.and_then(|json| Ok(answer::to_response(&json)?));
        answered.map_err(|error| {
            tracing::error!(%error, function = found.function, "a function call failed");
            Refusal::FunctionFailed
        })
    }
}

/// Invokes the function as its Lambda runtime does, and returns its answer as JSON.
async fn call(
    app: &'static App,
    handler: HttpHandler,
    event: &Value,
    request_id: &str,
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let payload: LambdaRequest = serde_json::from_str(&event.to_string())?;
    let service = platform::lambda_http::service_fn(move |request: Request| async move {
        Ok::<_, Infallible>(platform::start::answer(app, handler, request).await)
    });
    let mut context = Context::default();
    request_id.clone_into(&mut context.request_id);
    // In its own task, so that a panic in the conversion becomes a runtime error, as on AWS.
    let answering = tokio::spawn(async move {
        Adapter::from(service).call(LambdaEvent::new(payload, context)).await
    });
    Ok(serde_json::to_string(&answering.await??)?)
}

async fn read(mut body: RequestBody) -> Result<Bytes, Refusal> {
    let announced = body.size_hint().lower();
    let too_large = u64::try_from(LARGEST_BODY_BYTES).is_ok_and(|largest| announced > largest);
    if !too_large {
        let read = Limited::new(&mut body, LARGEST_BODY_BYTES).collect().await;
        match read {
            Ok(read) => return Ok(read.to_bytes()),
            Err(error) if !error.is::<http_body_util::LengthLimitError>() => {
                return Err(Refusal::BodyUnreadable);
            }
            Err(_) => {}
        }
    }
    body.throw_away();
    let mut thrown_away = 0;
    while let Some(Ok(frame)) = body.frame().await {
        thrown_away += frame.data_ref().map_or(0, Bytes::len);
        if thrown_away > THROWN_AWAY_BYTES {
            break;
        }
    }
    Err(Refusal::BodyTooLarge)
}

/// Builds the gateway's own errors, in the same format as the functions' problems.
fn problem(refusal: Refusal, request_id: &str) -> Response<Full<Bytes>> {
    let (status, code, detail) = match refusal {
        Refusal::BodyTooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "This is too large to send here. The limit is 4 MB.",
        ),
        Refusal::OtherHost => (
            StatusCode::MISDIRECTED_REQUEST,
            "misdirected",
            "This system is on one machine: open it as localhost.",
        ),
        Refusal::BodyUnreadable => {
            (StatusCode::BAD_REQUEST, "body_unreadable", "The request broke off. Send it again.")
        }
        Refusal::BodyTooSlow => (
            StatusCode::REQUEST_TIMEOUT,
            "body_too_slow",
            "The request came too slowly. Send it again.",
        ),
        Refusal::Busy => (
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "There is too much to do at this moment. Try again in a second.",
        ),
        Refusal::NoFunction | Refusal::FunctionFailed => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side. Try again in a moment.",
        ),
    };
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
        "code": code,
        "request_id": request_id,
    });
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/problem+json")
        .header("cache-control", "no-store")
        .body(Full::new(Bytes::from(body.to_string())));
    let mut response = response.unwrap_or_default();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    // The gateway's own answers carry the same headers as those of the functions.
    protect(response.headers_mut(), request_id);
    response
}
