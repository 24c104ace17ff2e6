//! The command line. Every option of `serve` has an environment variable as well.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{net::SocketAddr, path::PathBuf, str::FromStr};

/// Remote visual assistance on your own machine.
#[derive(Debug, Parser)]
#[command(name = "sightline", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `sightline` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the server.
    Serve(Box<ServeArgs>),
    /// Manage the people who can sign in.
    User {
        /// What to do.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Say in plain words what does not work on this machine.
    Doctor(Box<ServeArgs>),
}

/// What `sightline user` can do.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add somebody; the password is read from standard input.
    Add {
        /// Address to sign in with.
        #[arg(long)]
        email: String,
        /// Name that customers see.
        #[arg(long)]
        name: String,
        /// Folder of the server's data.
        #[arg(long, env = "SIGHTLINE_DATA", default_value = ".sightline")]
        data: PathBuf,
    },
}

/// Options of `sightline serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Address for plain HTTP.
    #[arg(long, env = "SIGHTLINE_HTTP", default_value = "0.0.0.0:8080", value_parser = address)]
    pub http: SocketAddr,
    /// Address for HTTPS, or `off`.
    #[arg(long, env = "SIGHTLINE_HTTPS", default_value = "0.0.0.0:8443")]
    pub https: Listen,
    /// Address for media, as IP:PORT or IP:PORT/udp.
    #[arg(long, env = "SIGHTLINE_MEDIA", default_value = "0.0.0.0:7882/udp")]
    pub media: UdpAddr,
    /// Media address offered to clients, repeatable; default: loopback and this machine's own.
    #[arg(long, env = "SIGHTLINE_MEDIA_ADVERTISE", value_delimiter = ',', value_parser = address)]
    pub media_advertise: Vec<SocketAddr>,
    /// Address of the co-browse replay, an origin of its own, plain HTTP; default: the port after
    /// that of --http.
    #[arg(long, env = "SIGHTLINE_REPLAY_HTTP", value_parser = address)]
    pub replay_http: Option<SocketAddr>,
    /// The same over HTTPS; default: the port after that of --https.
    #[arg(long, env = "SIGHTLINE_REPLAY_HTTPS", value_parser = address)]
    pub replay_https: Option<SocketAddr>,
    /// Address under which people reach the replay, when a proxy stands in front.
    #[arg(long, env = "SIGHTLINE_REPLAY_URL")]
    pub replay_url: Option<String>,
    /// Folder for the database, pictures, certificate and keys.
    #[arg(long, env = "SIGHTLINE_DATA", default_value = ".sightline")]
    pub data: PathBuf,
    /// Address under which people reach the server, when it is not the one they open.
    #[arg(long, env = "SIGHTLINE_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Folder with the built pages `dashboard/dist` and `customer/dist`.
    #[arg(long, env = "SIGHTLINE_WEB", default_value = "web-agent/apps")]
    pub web: PathBuf,
    /// Certificate chain, PEM; default: a self-signed one made on first start.
    #[arg(long, env = "SIGHTLINE_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM.
    #[arg(long, env = "SIGHTLINE_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Name of the company that customers see.
    #[arg(long, env = "SIGHTLINE_COMPANY")]
    pub company: Option<String>,
    /// Name of the first agent that customers see.
    #[arg(long, env = "SIGHTLINE_AGENT_NAME")]
    pub agent_name: Option<String>,
    /// Take client addresses from the last entry of X-Forwarded-For; only behind a proxy that
    /// writes it.
    #[arg(long, env = "SIGHTLINE_TRUST_FORWARDED")]
    pub trust_forwarded: bool,
    /// Make a session "Demo" with two customer invitations and print them.
    #[arg(long, env = "SIGHTLINE_DEMO")]
    pub demo: bool,
    /// How the log is written on standard error; RUST_LOG selects what.
    #[arg(long, env = "SIGHTLINE_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

impl ServeArgs {
    /// Where the co-browse replay listens.
    pub fn replay_http(&self) -> SocketAddr {
        self.replay_http.unwrap_or_else(|| next_port(self.http))
    }

    /// The same over HTTPS; none without HTTPS.
    pub fn replay_https(&self) -> Option<SocketAddr> {
        let https = self.https.0?;
        Some(self.replay_https.unwrap_or_else(|| next_port(https)))
    }
}

/// The address whose port follows; any free port when any was asked for.
fn next_port(address: SocketAddr) -> SocketAddr {
    let port = match address.port() {
        0 => 0,
        port => port.wrapping_add(1).max(1),
    };
    SocketAddr::new(address.ip(), port)
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Reads an address with its port.
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "give IP:PORT, such as 0.0.0.0:8080 or [::]:8080".to_owned())
}

/// An address to listen on, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen(pub Option<SocketAddr>);

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        text.parse()
            .map(|a| Self(Some(a)))
            .map_err(|_| format!("{text} is not IP:PORT or off"))
    }
}

/// A UDP address; `/udp` at the end is allowed, as in firewall rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UdpAddr(pub SocketAddr);

impl FromStr for UdpAddr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let address = text.strip_suffix("/udp").unwrap_or(text);
        address
            .parse()
            .map(Self)
            .map_err(|_| format!("{text} is not IP:PORT or IP:PORT/udp"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_wrong_address_is_answered_with_a_right_one() {
        let wrong = Cli::try_parse_from(["sightline", "serve", "--http", "8080"]);
        assert!(wrong.unwrap_err().to_string().contains("0.0.0.0:8080"));
        let right = Cli::try_parse_from(["sightline", "serve", "--http", "127.0.0.1:1"]);
        assert!(right.is_ok());
    }

    #[test]
    fn addresses_are_read_as_documented() {
        let media = "127.0.0.1:7882".parse().unwrap();
        assert_eq!("127.0.0.1:7882/udp".parse::<UdpAddr>().unwrap().0, media);
        assert_eq!("127.0.0.1:7882".parse::<UdpAddr>().unwrap().0, media);
        assert!("127.0.0.1:7882/tcp".parse::<UdpAddr>().is_err());
        assert_eq!("off".parse::<Listen>().unwrap(), Listen(None));
        let serve = |more: &[&str]| {
            let all = ["sightline", "serve"].iter().chain(more);
            match Cli::try_parse_from(all).unwrap().command {
                Command::Serve(args) => (args.replay_http().port(), args.replay_https()),
                other => panic!("{other:?}"),
            }
        };
        let (port, secure) = serve(&["--http", "0.0.0.0:9080"]);
        assert_eq!((port, secure.unwrap().port()), (9081, 8444));
        assert_eq!(serve(&["--https", "off"]).1, None);
    }
}
