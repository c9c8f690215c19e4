//! Measures what the server adds to a search: `cargo run --release -p jianbao-tools --bin server --
//! INDEX [COUNT [MANY]]`
//!
//! COUNT headlines of the index (2,000 unless told) are asked for their first ten articles: each in
//! this process and then of the server from one connection, in turn, so that what else the machine
//! does falls on both; then over the loopback interface from 1, 8 and 64 connections that stay
//! open. Each is asked once to warm up. Then MANY requests (100,000 unless told) follow from 8
//! connections, and the memory of the process before and after them is told.

use jianbao::Index;
use jianbao::definition::Definition;
use jianbao::query::parse;
use jianbao::search::Request;
use jianbao::serve::{Access, RequestLog, ServerLimits, Service, serve};
use jianbao_tools::{Failure, arguments, percentile, resident_memory, titles};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// Requests after which memory is told again.
const MANY: usize = 100_000;

fn main() -> Result<(), Failure> {
    let arguments = arguments();
    let (folder, count, many) = match arguments.as_slice() {
        [folder] => (folder, 2_000, MANY),
        [folder, count] => (folder, count.parse()?, MANY),
        [folder, count, many] => (folder, count.parse()?, many.parse()?),
        _ => return Err("usage: server INDEX [COUNT [MANY]]".into()),
    };
    let titles = titles(Index::open(Path::new(folder))?.snapshot(), count)?;
    let address = started(folder)?;
    let paths: Vec<String> = titles.iter().map(|title| path(title)).collect();
    compared(folder, address, &titles, &paths)?;
    for connections in [1, 8, 64] {
        let started = Instant::now();
        let times = asked(address, &paths, connections, paths.len())?;
        let name = format!("{connections} connections");
        tell(&name, times, started.elapsed());
    }
    let before = resident_memory();
    asked(address, &paths, 8, many)?;
    println!("memory {before:.1} MB, {:.1} MB after {many} more requests", resident_memory());
    Ok(())
}

/// Asks each title in this process and then, from one connection, of the server, so that what else
/// the machine does falls on both. The first round warms up.
fn compared(
    folder: &str,
    address: SocketAddr,
    titles: &[String],
    paths: &[String],
) -> Result<(), Failure> {
    let index = Index::open(Path::new(folder))?;
    let mut stream = connected(address)?;
    let (mut alone, mut served, mut added) = (Vec::new(), Vec::new(), Vec::new());
    for measured in [false, true] {
        for (title, path) in titles.iter().zip(paths) {
            let started = Instant::now();
            let request = Request { query: parse(title).0, ..Request::default() };
            std::hint::black_box(index.search(&request)?.hits.len());
            let own = milliseconds(started);
            let other = asked_once(&mut stream, path)?;
            if measured {
                alone.push(own);
                served.push(other);
                added.push(other - own);
            }
        }
    }
    tell("in this process", alone, Duration::ZERO);
    tell("of the server, in turn", served, Duration::ZERO);
    tell("what the server adds", added, Duration::ZERO);
    Ok(())
}

/// Starts a server of the index in this process.
fn started(folder: &str) -> Result<SocketAddr, Failure> {
    let service = Service {
        place: Path::new(folder).into(),
        definition: Definition::embedded(),
        index_from: "argument".to_owned(),
        address: ([127, 0, 0, 1], 0).into(),
        access: Access::local(),
        limits: ServerLimits { queue: 128, ..ServerLimits::default() },
        log: RequestLog::Off,
    };
    let (sender, receiver) = channel();
    let ready = move |address| {
        // The receiver waits for it.
        let _ = sender.send(address);
    };
    std::thread::spawn(move || serve(service, ready));
    Ok(receiver.recv()?)
}

fn path(title: &str) -> String {
    let query: String = title.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/api/v1/search?limit=10&q={query}")
}

/// Sends so many requests from so many connections; how long each took, in milliseconds.
fn asked(
    address: SocketAddr,
    paths: &[String],
    connections: usize,
    count: usize,
) -> Result<Vec<f64>, Failure> {
    let next = AtomicUsize::new(0);
    let ask = || -> std::io::Result<Vec<f64>> {
        let mut stream = connected(address)?;
        let mut times = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(times);
            }
            times.push(asked_once(&mut stream, &paths[number % paths.len()])?);
        }
    };
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..connections).map(|_| scope.spawn(ask)).collect();
        let mut all = Vec::new();
        for asking in asking {
            all.extend(asking.join().map_err(|_| "a connection failed")??);
        }
        Ok(all)
    })
}

fn connected(address: SocketAddr) -> std::io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Sends a request and reads its answer; how long that took, in milliseconds.
fn asked_once(stream: &mut BufReader<TcpStream>, path: &str) -> std::io::Result<f64> {
    let started = Instant::now();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.get_mut().write_all(request.as_bytes())?;
    answered(stream)?;
    Ok(milliseconds(started))
}

/// Reads an answer, which must be one.
fn answered(stream: &mut BufReader<TcpStream>) -> std::io::Result<()> {
    let (mut length, mut line) = (0, String::new());
    stream.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200") {
        return Err(std::io::Error::other(line));
    }
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        if line == "\r\n" {
            break;
        }
        if let Some(text) = line.strip_prefix("content-length: ") {
            length = text.trim().parse().map_err(std::io::Error::other)?;
        }
    }
    std::io::copy(&mut stream.take(length), &mut std::io::sink())?;
    Ok(())
}

fn tell(name: &str, mut times: Vec<f64>, took: Duration) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| percentile(&times, share);
    let rate = match took.as_secs_f64() {
        0.0 => String::new(),
        seconds => format!(", {:.0} searches/s", times.len() as f64 / seconds),
    };
    println!("{name}: p50 {:.2} ms, p99 {:.2} ms{rate}", at(0.5), at(0.99));
}
