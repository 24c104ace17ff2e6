//! The proxy as a process: what it carries, delays and counts.

use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    net::UdpSocket,
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

struct Proxy {
    child: Child,
    commands: ChildStdin,
    reports: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Proxy {
    fn start(upstream: &UdpSocket, options: &[&str]) -> (Self, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_udp-proxy"))
            .args(["--listen", "127.0.0.1:0", "--upstream"])
            .arg(upstream.local_addr().unwrap().to_string())
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let commands = child.stdin.take().unwrap();
        let reports = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut proxy = Self {
            child,
            commands,
            reports,
        };
        let address = proxy.next("listening")["address"]
            .as_str()
            .unwrap()
            .to_owned();
        (proxy, address)
    }

    /// The next report of a kind.
    fn next(&mut self, event: &str) -> Value {
        loop {
            let line = self.reports.next().unwrap().unwrap();
            let report: Value = serde_json::from_str(&line).unwrap();
            if report["event"] == event {
                return report;
            }
        }
    }

    fn counts(&mut self) -> Value {
        writeln!(self.commands, "count").unwrap();
        self.next("counts")
    }

    fn finish(mut self) -> Value {
        drop(self.commands);
        let mut last = Value::Null;
        for line in self.reports {
            last = serde_json::from_str(&line.unwrap()).unwrap();
        }
        assert!(self.child.wait().unwrap().success());
        last
    }
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    socket
}

#[test]
fn packets_go_both_ways_late_and_counted() {
    let upstream = socket();
    let (mut proxy, address) = Proxy::start(&upstream, &["--delay-ms", "60"]);
    let clients = [socket(), socket()];
    let mut buffer = [0; 100];
    let began = Instant::now();
    for (i, client) in clients.iter().enumerate() {
        client.send_to(&[0, 1, i as u8], &address).unwrap();
        let (length, peer) = upstream.recv_from(&mut buffer).unwrap();
        assert_eq!(buffer[..length], [0, 1, i as u8]);
        upstream.send_to(&[22, i as u8], peer).unwrap();
        let (length, _) = client.recv_from(&mut buffer).unwrap();
        assert_eq!(
            buffer[..length],
            [22, i as u8],
            "each client gets its own answers"
        );
    }
    assert!(began.elapsed() >= Duration::from_millis(2 * 2 * 60));

    // No picture was sent so far, and the first one is noticed.
    assert_eq!(proxy.counts()["up"]["rtp"], 0);
    clients[1].send_to(&[0x80, 96, 0, 1], &address).unwrap();
    let first = loop {
        let report = proxy.next("first");
        if report["kind"] == "rtp" {
            break report;
        }
    };
    assert_eq!(
        (&first["client"], &first["direction"]),
        (&1.into(), &"up".into())
    );
    let last = proxy.finish();
    assert_eq!(last["event"], "counts");
    assert_eq!(
        (&last["up"]["stun"], &last["up"]["rtp"], &last["clients"]),
        (&2.into(), &1.into(), &2.into())
    );
    assert_eq!(last["down"]["dtls"], 2);
}

#[test]
fn delay_and_loss_can_change_on_the_way() {
    let upstream = socket();
    let (mut proxy, address) = Proxy::start(&upstream, &["--loss", "1"]);
    let client = socket();
    for _ in 0..10 {
        client.send_to(&[0, 1], &address).unwrap();
    }
    while proxy.counts()["lost"] != 10 {}
    writeln!(proxy.commands, "loss 0\nnonsense\ncount").unwrap();
    proxy.next("counts");
    client.send_to(&[0, 2], &address).unwrap();
    let mut buffer = [0; 100];
    let (length, _) = upstream.recv_from(&mut buffer).unwrap();
    assert_eq!(
        buffer[..length],
        [0, 2],
        "only the packet after the loss arrived"
    );
    proxy.finish();
}
