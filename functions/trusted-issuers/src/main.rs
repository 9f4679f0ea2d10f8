//! Hands the function to the Lambda runtime.

#[tokio::main]
async fn main() -> Result<(), platform::StartError> {
    platform::start::http(trusted_issuers::handle).await
}
