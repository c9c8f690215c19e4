//! Connections: so many at a time, each with a timer on its headers, all drained at the end.

use super::ServerLimits;
use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// The pause after a connection could not be taken, as where no file handle is left.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers connections until `end` is over; open requests then have [`ServerLimits::drain_time`].
pub async fn listen(
    socket: TcpListener,
    routes: Router,
    limits: &ServerLimits,
    end: impl Future<Output = ()>,
) {
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(limits.header_bytes);
    let places = Arc::new(Semaphore::new(limits.connections));
    let drain = GracefulShutdown::new();
    let service = TowerToHyperService::new(routes);
    tokio::pin!(end);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = &mut end => break,
        };
        let taken = tokio::select! {
            taken = socket.accept() => taken,
            () = &mut end => break,
        };
        let Ok((stream, _)) = taken else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let connection = http.serve_connection(TokioIo::new(stream), service.clone());
        let connection = drain.watch(connection);
        tokio::spawn(async move {
            // A client that goes away, or is too slow, is no failure of the server.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(socket);
    let _ = tokio::time::timeout(limits.drain_time, drain.shutdown()).await;
}

/// Is over when the process is told to end (SIGTERM or Ctrl-C). It counts from the call on, not
/// from the first wait.
#[cfg(unix)]
pub fn told_to_end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        match signals {
            [Ok(mut interrupt), Ok(mut terminate)] => {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            }
            // Without a handler the system ends the process itself.
            _ => std::future::pending().await,
        }
    }
}

/// Is over when the process is told to end (Ctrl-C).
#[cfg(not(unix))]
pub async fn told_to_end() {
    let _ = tokio::signal::ctrl_c().await;
}
