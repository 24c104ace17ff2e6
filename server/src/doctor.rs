//! `sightline doctor`: what does not work, in plain words.

use crate::{cli::ServeArgs, net};
use std::{
    fs, io,
    net::{SocketAddr, TcpListener, UdpSocket},
    path::Path,
};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// True when it works.
    pub ok: bool,
    /// What was found and, when it does not work, what to do.
    pub words: String,
}

impl Finding {
    fn new(ok: bool, words: String) -> Self {
        Self { ok, words }
    }
}

/// Looks at ports, folders, pages and addresses. Changes nothing that it does not undo.
pub fn examine(args: &ServeArgs) -> Vec<Finding> {
    let mut found = vec![tcp("web pages (HTTP)", args.http, "--http")];
    if let Some(address) = args.https.0 {
        found.push(tcp("web pages (HTTPS)", address, "--https"));
    }
    found.push(tcp(
        "shared pages (HTTP)",
        args.replay_http(),
        "--replay-http",
    ));
    if let Some(address) = args.replay_https() {
        found.push(tcp("shared pages (HTTPS)", address, "--replay-https"));
    }
    found.push(udp(args.media.0));
    found.push(data_folder(&args.data));
    for (page, folder) in [
        ("dashboard", "dashboard/dist"),
        ("customer's page", "customer/dist"),
    ] {
        found.push(page_built(page, &args.web.join(folder)));
    }
    found.push(addresses());
    if let (Some(cert), Some(key)) = (&args.tls_cert, &args.tls_key) {
        for file in [cert, key] {
            found.push(readable(file));
        }
    }
    found
}

fn tcp(what: &str, address: SocketAddr, option: &str) -> Finding {
    port(
        what,
        &address.to_string(),
        option,
        TcpListener::bind(address).map(drop),
    )
}

fn udp(address: SocketAddr) -> Finding {
    port(
        "media (UDP)",
        &address.to_string(),
        "--media",
        UdpSocket::bind(address).map(drop),
    )
}

fn port(what: &str, address: &str, option: &str, tried: io::Result<()>) -> Finding {
    match tried {
        Ok(()) => Finding::new(true, format!("{address} is free for {what}.")),
        Err(e) if e.kind() == io::ErrorKind::AddrInUse => Finding::new(
            false,
            format!("{address} for {what} is in use. Stop the other program or choose {option}."),
        ),
        Err(e) => Finding::new(
            false,
            format!("{address} for {what} cannot be used ({e}). Choose another {option}."),
        ),
    }
}

fn data_folder(data: &Path) -> Finding {
    let made = !data.exists();
    let probe = data.join(".doctor");
    let tried = fs::create_dir_all(data).and_then(|()| fs::write(&probe, b"probe"));
    let _ = fs::remove_file(&probe);
    if made {
        let _ = fs::remove_dir(data);
    }
    match tried {
        Ok(()) => Finding::new(
            true,
            format!("The data folder {} can be written.", data.display()),
        ),
        Err(e) => Finding::new(
            false,
            format!(
                "The data folder {} cannot be written ({e}). Choose --data.",
                data.display()
            ),
        ),
    }
}

fn page_built(page: &str, dist: &Path) -> Finding {
    if dist.join("index.html").is_file() {
        return Finding::new(true, format!("The {page} is built."));
    }
    Finding::new(
        false,
        format!(
            "The {page} is not in {}. Run `make run`, or choose --web.",
            dist.display()
        ),
    )
}

fn addresses() -> Finding {
    let own = net::own_addresses();
    if own.is_empty() {
        return Finding::new(
            false,
            "This machine has no network address. Phones cannot reach it; this machine can."
                .to_owned(),
        );
    }
    let list: Vec<_> = own.iter().map(ToString::to_string).collect();
    Finding::new(
        true,
        format!(
            "Phones in the same network reach it at {}.",
            list.join(", ")
        ),
    )
}

fn readable(file: &Path) -> Finding {
    match fs::read(file) {
        Ok(_) => Finding::new(true, format!("{} can be read.", file.display())),
        Err(e) => Finding::new(false, format!("{} cannot be read ({e}).", file.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_told_and_a_free_one_is_not() {
        // An address that nothing else takes a port of meanwhile.
        let held = TcpListener::bind("127.83.11.7:0").unwrap();
        let address = held.local_addr().unwrap();
        let finding = tcp("web pages", address, "--http");
        assert!(
            !finding.ok && finding.words.contains("in use"),
            "{finding:?}"
        );
        drop(held);
        assert!(tcp("web pages", address, "--http").ok);
    }

    #[test]
    fn a_data_folder_that_is_a_file_is_told() {
        let file = std::env::temp_dir().join(format!("doctor-{}", std::process::id()));
        fs::write(&file, b"").unwrap();
        assert!(!data_folder(&file).ok);
        fs::remove_file(&file).unwrap();
    }
}
