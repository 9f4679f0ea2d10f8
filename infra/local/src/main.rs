//! Runs Picture Day on this machine, or one of its functions as a Lambda process.

use domain::second_factor::StaffRule;
use functions::handlers;
use local::cloud::serve::PortLimits;
use local::demonstration::operator::{OperatorAccount, invitation};
use local::demonstration::{Accounts, Program};
use local::stack::{Stack, StackOptions, Storage, limits_of_one_machine};
use platform::base::log::BoundedLines;
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

/// The task that the command line selects.
enum Task {
    Run { options: Box<StackOptions>, is_empty: bool, invited: Option<String> },
    Function,
    Explain,
}

const USAGE: &str = "\
picture-day [--empty] [--port N] [--data DIR]   everything on this machine (port 8080, folder ./data)
picture-day --identity-providers URL            districts' providers, and the DNS, are looked for below URL: to try your own
picture-day --invite-operator EMAIL             the same, and a link that makes a site administrator
picture-day --function                          the function that _HANDLER names, against AWS_LAMBDA_RUNTIME_API
";

/// The log filter without `RUST_LOG`. A failed condition is a normal answer of the stand-ins, so it is not logged.
const QUIET: &str = "warn,dynoxide=error,s3s=error,s3s_fs=error";

/// Threads in addition to one per core: image processing occupies whole threads, and the pages must still respond.
const MORE_THREADS: usize = 4;

fn main() -> Result<(), Box<dyn Error>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) + MORE_THREADS;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    match task(std::env::args().skip(1))? {
        Task::Run { options, is_empty, invited } => {
            runtime.block_on(run(*options, is_empty, invited))
        }
        Task::Function => Ok(runtime.block_on(platform::start::run(handlers::ALL))?),
        Task::Explain => Ok(std::io::stdout().write_all(USAGE.as_bytes())?),
    }
}

fn task(mut words: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut options = StackOptions {
        data: PathBuf::from("data"),
        memory_tables: false,
        port: 8080,
        storage: Storage::Embedded,
        limits: limits_of_one_machine(),
        port_limits: PortLimits::default(),
        breach_range_url: None,
        allowed_origins: Vec::new(),
        origin_secret: None,
        identity_providers: None,
        staff_second_factor: StaffRule::Optional,
        disturbance: None,
        units: None,
    };
    let mut is_empty = false;
    let mut invited = None;
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value\n\n{USAGE}"));
        match word.as_str() {
            "--empty" => is_empty = true,
            "--port" => {
                options.port = value()?.parse().map_err(|_| "--port needs a number".to_owned())?;
            }
            "--data" => options.data = PathBuf::from(value()?),
            "--identity-providers" => options.identity_providers = Some(value()?),
            "--invite-operator" => invited = Some(value()?),
            "--function" => return Ok(Task::Function),
            "--help" | "-h" => return Ok(Task::Explain),
            other => return Err(format!("unknown: {other}\n\n{USAGE}")),
        }
    }
    Ok(Task::Run { options: Box::new(options), is_empty, invited })
}

async fn run(
    options: StackOptions,
    is_empty: bool,
    invited: Option<String>,
) -> Result<(), Box<dyn Error>> {
    log_to_the_terminal();
    let program = Program::of(&options.data)?;
    let stack = Stack::start(options).await?;
    let played = async {
        if is_empty {
            return Ok(None);
        }
        say(&format!("Picture Day is running: watch it at {}", stack.url()));
        program.perform(stack.app(), stack.url(), &say).await
    };
    let accounts = tokio::select! {
        played = played => played?,
        stopped = until_told_to_stop() => {
            stack.stop().await;
            return Ok(stopped?);
        }
    };
    if let Some(accounts) = accounts {
        say(&where_to_look(stack.url(), &accounts));
    }
    if let Some(email) = invited {
        let link = invitation(stack.app(), &email).await?;
        say(&format!("{email} becomes a site administrator within the hour at {link}"));
    }
    say(&format!("ready {}", stack.url()));
    until_told_to_stop().await?;
    stack.stop().await;
    Ok(())
}

/// Prints one line to the terminal; a closed terminal is not an error.
fn say(line: &str) {
    let mut out = std::io::stdout();
    let _nobody_reads = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Describes the URLs and accounts to use after the demonstration.
fn where_to_look(url: &str, accounts: &Accounts) -> String {
    let Accounts { photographer, password, parent, share_code, picture_day, operator } = accounts;
    let operator = operator.as_ref().map_or_else(String::new, |operator| {
        let OperatorAccount { email, password, secret, address } = &**operator;
        format!(
            "\
Site admin     {url}/admin
               {email}   password {password}
               authenticator app: {secret}
               {address}
"
        )
    });
    format!(
        "
Photographer   {url}/photographer
               {photographer}   password {password}
               the picture day: {url}/photographer/picture-day?id={picture_day}
Parent         {url}/parent
               code {share_code}   e-mail {parent}
{operator}Mail           {url}/_local/   every mail the system sent, with its links
"
    )
}

/// Waits for Ctrl-C or for the termination signal of a service manager.
async fn until_told_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// Logs warnings and errors to the terminal; `RUST_LOG` changes the filter.
fn log_to_the_terminal() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(QUIET));
    let writer = BoundedLines(std::io::stderr);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).init();
}
