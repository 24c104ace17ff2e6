//! A bad network for tests: carries UDP between clients and an upstream with delay, jitter and loss.
//!
//! It prints `{"event":"listening","address":"…"}` first, then JSON lines as told in
//! [`sightline_tests::netem::proxy`], to standard output and to `--log`. Commands come as lines on
//! standard input: `count`, `delay MS`, `loss SHARE`. It ends when standard input does.

use clap::Parser;
use sightline_tests::netem::{
    link::LinkConfig,
    proxy::{Command, Proxy},
};
use std::{
    fs::File,
    io::{BufRead, Write},
    net::SocketAddr,
    path::PathBuf,
    time::Duration,
};
use tokio::sync::mpsc;

/// Carries UDP with delay, jitter and loss that a seed decides.
#[derive(Parser)]
struct Options {
    /// Where clients send to; port 0 takes a free one.
    #[arg(long)]
    listen: SocketAddr,
    /// Where their packets go.
    #[arg(long)]
    upstream: SocketAddr,
    /// Milliseconds that every packet takes in each direction.
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
    /// Milliseconds that a packet may take longer; packets keep their order.
    #[arg(long, default_value_t = 0)]
    jitter_ms: u64,
    /// Share of packets that vanish, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    loss: f64,
    /// Packets under way at most, in each direction.
    #[arg(long, default_value_t = 4096)]
    queue: usize,
    /// Decides loss and jitter.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the JSON lines go besides standard output.
    #[arg(long)]
    log: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    anyhow::ensure!(
        (0.0..=1.0).contains(&options.loss),
        "--loss must be between 0 and 1"
    );
    let config = LinkConfig {
        delay: Duration::from_millis(options.delay_ms),
        jitter: Duration::from_millis(options.jitter_ms),
        loss: options.loss,
        queue_packets: options.queue,
        seed: options.seed,
    };
    let proxy = Proxy::bind(options.listen, options.upstream, config).await?;
    let mut log = options.log.map(File::create).transpose()?;
    let mut tell = move |line: &str| {
        println!("{line}");
        if let Some(Err(error)) = log.as_mut().map(|file| writeln!(file, "{line}")) {
            eprintln!("cannot write the log: {error}");
        }
    };
    tell(&format!(
        r#"{{"event":"listening","address":"{}"}}"#,
        proxy.address()?
    ));

    let (send, commands) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match line.parse::<Command>() {
                Ok(command) if send.blocking_send(command).is_err() => return,
                Ok(_) => {}
                Err(error) => eprintln!("{error}"),
            }
        }
    });
    proxy
        .run(commands, |report| match serde_json::to_string(&report) {
            Ok(line) => tell(&line),
            Err(error) => eprintln!("cannot write a report: {error}"),
        })
        .await?;
    Ok(())
}
