//! The line that a server writes of each request: when, what, the status, how long it took, and its
//! id. A name or key in an address is left out, and so is the question, unless it is asked for.

use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use std::time::Duration;

/// The facts that are told of requests, and the function that writes them.
#[derive(Debug, Clone, Copy, Default)]
pub enum RequestLog {
    /// Nothing.
    #[default]
    Off,
    /// A line a request, without what was asked.
    Routes(fn(&str)),
    /// A line a request, with its whole address.
    Addresses(fn(&str)),
}

impl RequestLog {
    /// The line of a request that is not answered yet; `None` where nothing is told.
    pub fn line(self, request: &Request) -> Option<LogLine> {
        let uri = request.uri();
        let (write, address) = match self {
            RequestLog::Off => return None,
            RequestLog::Routes(write) => {
                let route = request.extensions().get::<MatchedPath>();
                (write, route.map_or("(no route)", MatchedPath::as_str).to_owned())
            }
            RequestLog::Addresses(write) => (write, uri.to_string()),
        };
        Some(LogLine { write, what: format!("{} {address}", request.method()) })
    }
}

/// A line of a log whose request is not answered yet.
pub struct LogLine {
    write: fn(&str),
    what: String,
}

impl LogLine {
    /// Writes the line.
    pub fn end(self, status: StatusCode, took: Duration, id: &str) {
        let now = jiff::Timestamp::now();
        let (code, ms) = (status.as_u16(), took.as_secs_f64() * 1000.0);
        (self.write)(&format!("{now:.3} {} {code} {ms:.1} ms {id}", self.what));
    }
}
