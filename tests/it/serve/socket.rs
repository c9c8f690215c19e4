//! The server on sockets, as the program runs it: limits, idle and slow clients, its end.

use crate::sample::{index, jianbao};
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A server in a process of its own.
pub struct Running {
    process: Child,
    /// The port.
    pub port: u16,
}

impl Running {
    pub fn start(index: &Path, more: &[&str]) -> Running {
        // The path of the program and its surroundings are those of every test.
        let prepared = jianbao();
        let mut command = std::process::Command::new(prepared.get_program());
        command.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("JIANBAO_INDEX");
        command.args(["serve", "--port", "0", "--index"]).arg(index).args(more);
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        while !line.contains("http://localhost:") {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the server ended");
        }
        let port = line.trim().rsplit_once(':').unwrap().1.parse().unwrap();
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        Running { process, port }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// The answer of the server to these bytes until it closes the connection.
    fn raw(&self, text: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may close before everything is sent.
        let _ = stream.write_all(text);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn raw_sockets_meet_the_limits() {
    let server = Running::start(index(), &[]);
    let get =
        |headers: &str| format!("GET /healthz HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
    assert!(server.raw(get("Host: localhost\r\n").as_bytes()).starts_with("HTTP/1.1 200"));
    assert!(server.raw(get("Host: evil.example\r\n").as_bytes()).starts_with("HTTP/1.1 421"));
    assert!(server.raw(get("").as_bytes()).starts_with("HTTP/1.1 421"));
    let long = format!("Host: localhost\r\nX-Long: {}\r\n", "a".repeat(20 << 10));
    assert!(server.raw(get(&long).as_bytes()).starts_with("HTTP/1.1 431"));
    let post = "POST /api/v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n";
    assert!(server.raw(post.as_bytes()).starts_with("HTTP/1.1 413"));
    assert!(server.raw(b"\x16\x03\x01\x02\x00\x01").starts_with("HTTP/1.1 400"));
    // A header that never ends is given up; others are answered meanwhile.
    let begun = Instant::now();
    let mut slow = server.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: local").unwrap();
    let idle: Vec<TcpStream> = (0..200).map(|_| server.connect()).collect();
    assert!(server.raw(get("Host: localhost\r\n").as_bytes()).starts_with("HTTP/1.1 200"));
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest);
    assert!((5..19).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    drop(idle);
}

#[test]
fn three_hundred_idle_connections_hold_up_nobody_for_long() {
    let server = Running::start(index(), &[]);
    // More than are taken at a time: the others wait until the first ones are given up.
    let idle: Vec<TcpStream> = (0..300).map(|_| server.connect()).collect();
    let begun = Instant::now();
    let ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(server.raw(ask).starts_with("HTTP/1.1 200"));
    assert!(begun.elapsed() < Duration::from_secs(19), "{:?}", begun.elapsed());
    drop(idle);
}

#[test]
fn a_server_that_others_reach_is_asked_with_its_token() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "0123456789abcdef\n").unwrap();
    let more = ["--listen", "0.0.0.0", "--host", "localhost", "--token-file"];
    let server = Running::start(index(), &[&more[..], &[token.to_str().unwrap()]].concat());
    let ask = |more: &str| {
        let text = format!("GET /api/v1/search HTTP/1.1\r\nHost: localhost\r\n{more}");
        server.raw(format!("{text}Connection: close\r\n\r\n").as_bytes())
    };
    let refused = ask("");
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    assert!(refused.to_lowercase().contains("www-authenticate: bearer"), "{refused}");
    assert!(ask("Authorization: Bearer 0123456789abcdef\r\n").starts_with("HTTP/1.1 200"));
}

/// A count of `/metrics`.
fn count(server: &Running, name: &str) -> u64 {
    let ask = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let (answer, name) = (server.raw(ask.as_bytes()), format!("jianbao_{name} "));
    let line = answer.lines().find_map(|line| line.strip_prefix(&name));
    line.expect(&answer).parse().unwrap()
}

#[test]
fn an_agent_that_closes_its_connection_cancels_its_request() {
    const CLIENTS: u64 = 30;
    let server = Running::start(index(), &[]);
    let arguments = serde_json::json!({ "q": "的 是 在 了 和 堤 临江 队", "per": "passage" });
    let params = serde_json::json!({ "name": "search", "arguments": arguments });
    let message = serde_json::json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params,
    });
    let (message, head) = (message.to_string(), "POST /mcp HTTP/1.1\r\nHost: localhost\r\n");
    let post = format!("{head}Content-Length: {}\r\n\r\n{message}", message.len());
    // Again, since a machine that is busy elsewhere may run every search before they are gone.
    let given_up = (0..5).any(|_| {
        let before = count(&server, "searches_total");
        let gone: Vec<TcpStream> = (0..CLIENTS).map(|_| server.connect()).collect();
        gone.iter().for_each(|mut stream| stream.write_all(post.as_bytes()).unwrap());
        drop(gone);
        let begun = Instant::now();
        while count(&server, "searches_running") + count(&server, "searches_waiting") > 0 {
            assert!(begun.elapsed() < Duration::from_secs(20), "they still run");
        }
        count(&server, "searches_total") - before < CLIENTS
    });
    assert!(given_up, "every search ran, whoever waited for it");
}

#[cfg(unix)]
#[test]
fn a_server_told_to_end_ends_in_peace() {
    let mut server = Running::start(index(), &[]);
    let _idle = server.connect();
    let told = std::process::Command::new("kill").arg(server.process.id().to_string()).status();
    assert!(told.unwrap().success());
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
}
