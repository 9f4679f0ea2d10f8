//! Runs the function that serves the pages.

#[tokio::main]
async fn main() -> Result<(), platform::StartError> {
    platform::start::run(&[functions::handlers::PORTALS]).await
}
