//! The small functions, picked by the name Lambda gives.

#[tokio::main]
async fn main() -> Result<(), platform::StartError> {
    platform::start::run(&[functions::handlers::API]).await
}
