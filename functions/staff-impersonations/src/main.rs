//! Hands the function to the Lambda runtime.

#[tokio::main]
async fn main() -> Result<(), platform::StartError> {
    platform::start::http(staff_impersonations::handle).await
}
