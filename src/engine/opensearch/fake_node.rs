//! Small servers on loopback that answer as a node does when it is not well, for tests.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A server that gives each of these answers once, in order, and then the last again: a status and
/// a body; 0 closes the connection without an answer. The second value tells the requests.
pub fn server(answers: Vec<(u16, &'static str)>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    std::thread::spawn(move || {
        let mut given = 0;
        for stream in listener.incoming().map_while(std::result::Result::ok) {
            let Some(request) = request(&stream) else { continue };
            seen.lock().unwrap().push(request);
            let (status, body) = answers[given.min(answers.len() - 1)];
            given += 1;
            if status > 0 {
                let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
                let mut stream = &stream;
                let _ = write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len());
            }
        }
    });
    (host, requests)
}

/// A whole request, head and body.
fn request(mut stream: &TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut piece = [0u8; 4096];
    loop {
        let read = stream.read(&mut piece).ok().filter(|&read| read > 0)?;
        bytes.extend(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let lower = head.to_lowercase();
        let length = lower.split("content-length: ").nth(1).and_then(|l| l.lines().next());
        if body.len() >= length.and_then(|l| l.trim().parse().ok()).unwrap_or(0) {
            return Some(text.into_owned());
        }
    }
}
