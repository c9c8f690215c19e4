//! The lease: one loader at a time does what must not be done twice at once.
//!
//! No clocks are compared. The holder writes the lease again and again; whoever waits watches it
//! by its own clock, and takes it once it has stood still for so long that its holder must be gone.

use super::tables::{ClusterTables, Sequence};
use crate::error::{Error, Result};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The name of the lease's document.
const LEASE: &str = "lease";
/// The time after which a lease that stands still is taken.
const STANDS_STILL: Duration = Duration::from_secs(60);
/// The time after which the holder writes it again.
const RENEWED: Duration = Duration::from_secs(10);
/// The pause between two looks at somebody else's.
const PAUSE: Duration = Duration::from_millis(500);

/// The lease, held. It is given back when it is dropped.
pub struct Lease<'a> {
    tables: ClusterTables<'a>,
    holder: String,
    at: Sequence,
    written: Instant,
}

/// The document of a lease that `holder` has; that of nobody for an empty one.
fn document(holder: &str, turn: u64) -> Value {
    json!({ "kind": "lease", "generation": turn, "value": { "holder": holder } })
}

impl<'a> Lease<'a> {
    /// Takes the lease for `holder`, whose name is like no other's, and waits while somebody else
    /// holds it.
    ///
    /// # Errors
    /// A cluster that does not answer.
    pub fn take(tables: ClusterTables<'a>, holder: &str) -> Result<Lease<'a>> {
        let mut seen: Option<(Sequence, Instant)> = None;
        loop {
            let (free, at) = match tables.get(LEASE)? {
                None => (true, None),
                Some((lease, at)) => {
                    let since = match seen {
                        Some((before, since)) if before == at => since,
                        _ => Instant::now(),
                    };
                    seen = Some((at, since));
                    let whose = lease["value"]["holder"].as_str().unwrap_or_default();
                    let gone = since.elapsed() >= STANDS_STILL;
                    // Its own after a write that nobody confirmed.
                    (whose.is_empty() || whose == holder || gone, Some(at))
                }
            };
            if free {
                match tables.put_if(LEASE, &document(holder, 0), at) {
                    Ok(Some(at)) => {
                        let (holder, written) = (holder.to_owned(), Instant::now());
                        return Ok(Lease { tables, holder, at, written });
                    }
                    Ok(None) | Err(Error::Unreachable { .. }) => {}
                    Err(Error::Refused { status: 429 | 502..=504, .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Keeps it: to be called now and then, at the least every half minute.
    ///
    /// # Errors
    /// [`Error::Locked`] where somebody else has taken it, since this process stood still.
    pub fn keep(&mut self) -> Result<()> {
        if self.written.elapsed() < RENEWED {
            return Ok(());
        }
        self.renew()
    }

    /// Makes sure that it is held, and for the next half minute.
    ///
    /// # Errors
    /// Those of [`Lease::keep`].
    pub fn renew(&mut self) -> Result<()> {
        match self.tables.put_if(LEASE, &document(&self.holder, 1), Some(self.at)) {
            Ok(Some(at)) => (self.at, self.written) = (at, Instant::now()),
            other => {
                // Either a write that nobody confirmed, or another holder.
                let lease = self.tables.get(LEASE)?;
                let own = lease.filter(|(lease, _)| lease["value"]["holder"] == *self.holder);
                match own {
                    Some((_, at)) => self.at = at,
                    None => {
                        other?;
                        return Err(Error::Locked {
                            path: "the cluster".into(),
                            by: "another loader".to_owned(),
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        // One that cannot be given back stands still, and is taken in time.
        let _ = self.tables.put_if(LEASE, &document("", 0), Some(self.at));
    }
}
