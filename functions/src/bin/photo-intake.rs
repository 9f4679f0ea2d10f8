//! Runs the worker that prepares photos.

#[tokio::main]
async fn main() -> Result<(), platform::StartError> {
    platform::start::run(&[functions::handlers::PHOTO_INTAKE]).await
}
