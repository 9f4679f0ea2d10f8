//! The gateway: takes HTTP on one machine as API Gateway takes it on AWS.
//!
//! A request becomes the event a Lambda would get, goes through the conversion a Lambda's runtime
//! uses, and the function's answer comes back the same way. What works here works there.

mod answer;
mod decode;
mod event;
mod local_pages;
mod routes;

pub use routes::{Match, Routes};

use crate::cloud::door;
use crate::cloud::serve::{self, Port, PortLimits, PortRefusal, RequestBody};
use crate::cloud::ses;
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

/// The largest body a request may have. Lambda takes 6 MB, of which base64 eats a quarter.
pub const LARGEST_BODY_BYTES: usize = 4 * 1024 * 1024;
/// How much of a larger body is read and thrown away, so that its sender gets to hear the answer.
const THROWN_AWAY_BYTES: usize = 64 * 1024 * 1024;

/// A gateway that has its port and waits for its functions.
///
/// In two steps, because the functions must know the address before the first request.
#[derive(Debug)]
pub struct BoundGateway {
    listeners: Vec<TcpListener>,
    port: u16,
}

/// What the gateway needs to answer.
pub struct Behind {
    /// The functions' world.
    pub app: &'static App,
    /// The routes.
    pub routes: Routes,
    /// The mails, for the runner's own pages.
    pub mails: ses::Outbox,
    /// What the port takes before anything is authenticated.
    pub limits: PortLimits,
}

impl BoundGateway {
    /// Takes a port on the loopback addresses; 0 takes a free one.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn bind(port: u16) -> io::Result<Self> {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = four.local_addr()?.port();
        // `localhost` is ::1 first on many machines; without IPv6 there is nothing to bind.
        let six = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await;
        Ok(Self { listeners: [Ok(four), six].into_iter().flatten().collect(), port })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts to answer, until told to stop.
    pub fn serve(self, behind: Behind, tasks: &mut JoinSet<()>, stop: &watch::Receiver<bool>) {
        let limits = behind.limits.clone();
        let gateway = Arc::new(Gateway { behind, requests: AtomicU64::new(0) });
        let wording = Arc::clone(&gateway);
        let port = Port::new(limits, move |why| problem(why.into(), &wording.next_id()));
        for listener in self.listeners {
            // Who reaches a loopback address comes from it.
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
        // A name of somebody else's may lead here, and their page would read what is answered to it.
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
            tracing::error!(
                function = found.function,
                "the template names a function that is not here"
            );
            return Err(Refusal::NoFunction);
        };
        let event = event::of_request(&head, &body, &found, source, request_id);
        let answered = call(self.behind.app, handler, &event, request_id).await;
        let answered = answered.and_then(|json| Ok(answer::to_response(&json)?));
        answered.map_err(|error| {
            tracing::error!(%error, function = found.function, "a function's answer was lost");
            Refusal::FunctionFailed
        })
    }
}

/// Hands the event to the function as its Lambda runtime would, and gives back its answer in JSON.
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
    // In a task of its own: a conversion that panics is an error of the runtime on AWS, and here.
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

/// The gateway's own answers, in the form of the functions' problems.
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
    // Its own answers carry what every answer of a function carries.
    protect(response.headers_mut(), request_id);
    response
}
