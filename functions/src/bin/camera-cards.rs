//! Runs the function that prints camera cards.

#[tokio::main]
async fn main() -> Result<(), platform::StartError> {
    platform::start::run(&[functions::handlers::CAMERA_CARDS]).await
}
