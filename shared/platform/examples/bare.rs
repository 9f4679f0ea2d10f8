//! The least an endpoint can be: an answer of fixed text, for `tests/bench` to hold a real one against.

use std::convert::Infallible;

use lambda_http::{Body, Request, Response, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    let answer = |_: Request| async {
        let body = Body::from(r#"{"items":[],"next_cursor":null}"#);
        Ok::<_, Infallible>(Response::new(body))
    };
    run(service_fn(answer)).await
}
