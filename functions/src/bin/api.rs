//! Runs the small functions; Lambda's function name selects one.

#[tokio::main]
async fn main() -> Result<(), platform::StartError> {
    platform::start::run(&[functions::handlers::API]).await
}
