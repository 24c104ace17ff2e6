//! The `sightline` command.

use anyhow::{Context, Result, bail};
use clap::Parser;
use sightline_protocol::UserId;
use sightline_server::{
    auth::hash_password,
    cli::{Cli, Command, LogFormat, ServeArgs, UserCommand},
    clock::Clock,
    doctor, secrets, serve,
    store::{FirstAccount, NewAccount},
};
use std::{
    io::{IsTerminal, Read},
    path::Path,
    process::ExitCode,
};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(args) => {
            log_to_stderr(args.log_format);
            serve::run(*args).await
        }
        Command::User {
            command: UserCommand::Add { email, name, data },
        } => add_user(&data, email, name).await,
        Command::Doctor(args) => return examine(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sightline: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn log_to_stderr(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,str0m=warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => builder.json().init(),
    }
}

async fn add_user(data: &Path, email: String, name: String) -> Result<()> {
    let email = email.trim().to_lowercase();
    if !email.contains('@') || email.len() > 200 {
        bail!("{email} is not an address");
    }
    if name.trim().is_empty() || name.chars().count() > 80 {
        bail!("the name must be 1 to 80 characters long");
    }
    let mut password = String::new();
    std::io::stdin()
        .take(1_024)
        .read_to_string(&mut password)
        .context("the password")?;
    let password = password.trim_end_matches(['\r', '\n']);
    if password.chars().count() < 10 || password.len() > 200 {
        bail!("the password on standard input must be 10 to 200 characters long");
    }
    let now_ms = Clock::system().now_ms();
    let store = serve::open_store(data).await?;
    // The first start makes the company; adding somebody before it should work as well.
    let first = FirstAccount {
        tenant: sightline_protocol::TenantId::from_random(secrets::random16()),
        account: UserId::from_random(secrets::random16()),
        company_name: None,
        agent_name: None,
        now_ms,
    };
    store.first_account(first).await?;
    let password_hash =
        hash_password(password).map_err(|e| anyhow::anyhow!("the password: {e}"))?;
    let id = UserId::from_random(secrets::random16());
    let new = NewAccount {
        id,
        email,
        name: name.trim().to_owned(),
        password_hash,
        now_ms,
    };
    let account = store.add_account(new).await?;
    println!("{} can sign in to {}.", account.email, account.company_name);
    Ok(())
}

fn examine(args: &ServeArgs) -> ExitCode {
    let found = doctor::examine(args);
    for finding in &found {
        println!(
            "{} {}",
            if finding.ok { "ok  " } else { "FIX " },
            finding.words
        );
    }
    if found.iter().all(|finding| finding.ok) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
