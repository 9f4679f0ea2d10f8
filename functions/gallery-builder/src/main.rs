//! Hands the function to the Lambda runtime.

#[tokio::main]
async fn main() -> Result<(), platform::StartError> {
    platform::start::queue(gallery_builder::handle).await
}
