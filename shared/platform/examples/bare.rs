//! The smallest possible endpoint: a response of fixed text, which `tests/bench` compares with a real one.

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
