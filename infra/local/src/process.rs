//! A function as its own process, started the way a Lambda sandbox starts it.

use crate::runtime_api::RuntimeApi;
use crate::template::Function;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// Starts `program` with the environment of a function and nothing of our own environment.
///
/// Dropping the returned child kills the process.
///
/// # Errors
///
/// When the program cannot be started.
pub fn start(
    program: &Path,
    arguments: &[&str],
    function: &Function,
    environment: &BTreeMap<String, String>,
    api: &RuntimeApi,
) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(environment).envs(given(function, api));
    command.stdin(Stdio::null()).kill_on_drop(true).spawn()
}

/// Returns the environment variables that Lambda itself sets for a function.
///
/// Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
pub fn given(function: &Function, api: &RuntimeApi) -> [(&'static str, String); 8] {
    [
        // Lambda sets it in addition to AWS_REGION; some SDKs read only this one.
        ("AWS_DEFAULT_REGION", crate::cloud::REGION.to_owned()),
        ("AWS_LAMBDA_RUNTIME_API", api.address()),
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", function.name)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local".to_owned()),
        ("_HANDLER", function.name.clone()),
    ]
}
