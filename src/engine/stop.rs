//! The request to give up running work, from whoever waits for it.

use crate::error::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Asks running work to stop: an update at the next record, a search at its next step.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks.
    pub fn request(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// True if somebody asked.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Goes on unless somebody asked.
    ///
    /// # Errors
    /// [`Error::GivenUp`] if somebody did.
    pub fn check(&self) -> Result<()> {
        if self.requested() { Err(Error::GivenUp) } else { Ok(()) }
    }
}
