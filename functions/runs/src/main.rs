//! Hands the function to the Lambda runtime.

#[tokio::main]
async fn main() -> Result<(), platform::StartError> {
    platform::start::http(runs::handle).await
}
