//! A memory budget for text between reading and writing: a text reserves its bytes before it is
//! handed on, and gives them back when it is written.

use std::sync::{Condvar, Mutex, PoisonError};

/// A budget in bytes; a single text that is longer takes all of it.
pub struct MemoryBudget {
    size: usize,
    taken: Mutex<usize>,
    left: Condvar,
}

/// The bytes reserved for one text. Dropping it gives them back, in a panic too.
pub struct Reservation<'a> {
    budget: &'a MemoryBudget,
    size: usize,
}

impl MemoryBudget {
    /// A budget of `size` bytes.
    pub fn new(size: usize) -> MemoryBudget {
        MemoryBudget { size, taken: Mutex::new(0), left: Condvar::new() }
    }

    /// Waits until `size` bytes are free; more than the budget waits until all of it is.
    pub fn reserve(&self, size: usize) -> Reservation<'_> {
        let size = size.min(self.size);
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |taken: &mut usize| *taken + size > self.size;
        let mut taken = self.left.wait_while(taken, full).unwrap_or_else(PoisonError::into_inner);
        *taken += size;
        Reservation { budget: self, size }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        *self.budget.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.size;
        self.budget.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn no_more_is_reserved_than_the_budget_and_everybody_gets_a_turn() {
        let (budget, inside, most) =
            (MemoryBudget::new(10), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (budget, inside, most) = (&budget, &inside, &most);
                scope.spawn(move || {
                    for size in [1, 4, 7, 10, 25].map(|size| size + thread % 2) {
                        let reservation = budget.reserve(size);
                        let now = inside.fetch_add(size.min(10), Ordering::SeqCst) + size.min(10);
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        inside.fetch_sub(size.min(10), Ordering::SeqCst);
                        drop(reservation);
                    }
                });
            }
        });
        assert!((1..=10).contains(&most.into_inner()));
        assert_eq!(budget.reserve(10).size, 10);
    }
}
