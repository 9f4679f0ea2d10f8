//! Hands the function to the Lambda runtime.

#[tokio::main]
async fn main() -> Result<(), platform::StartError> {
    platform::start::direct(operator_invitations::handle).await
}
