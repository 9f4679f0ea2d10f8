//! A function as a process of its own, as a Lambda sandbox starts it.

use crate::runtime_api::RuntimeApi;
use crate::template::Function;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// Starts `program` with the environment of a function and nothing else of ours.
///
/// The process ends when the answer is dropped.
///
/// # Errors
///
/// The program cannot be started.
pub fn start(
    program: &Path,
    arguments: &[&str],
    function: &Function,
    environment: &BTreeMap<String, String>,
    api: &RuntimeApi,
) -> io::Result<Child> {
    Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(environment)
        // Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
        .env("AWS_LAMBDA_RUNTIME_API", api.address())
        .env("AWS_LAMBDA_FUNCTION_NAME", &function.name)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string())
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", function.name))
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
        .env("_HANDLER", "bootstrap")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}
