//! Bounds what is in memory between reading and writing: text takes its place before it is handed
//! on, and leaves it when it is done.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many bytes of text at once, or a single longer one.
pub struct Room {
    size: usize,
    taken: Mutex<usize>,
    left: Condvar,
}

/// What one text takes; it is given back when this is dropped, by a panic too.
pub struct Place<'a> {
    room: &'a Room,
    size: usize,
}

impl Room {
    /// Room for `size` bytes.
    pub fn new(size: usize) -> Room {
        Room { size, taken: Mutex::new(0), left: Condvar::new() }
    }

    /// Waits for a place of `size` bytes; what is larger than the room waits until it is empty.
    pub fn take(&self, size: usize) -> Place<'_> {
        let size = size.min(self.size);
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |taken: &mut usize| *taken + size > self.size;
        let mut taken = self.left.wait_while(taken, full).unwrap_or_else(PoisonError::into_inner);
        *taken += size;
        Place { room: self, size }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.room.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.size;
        self.room.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn no_more_is_in_the_room_than_it_holds_and_everybody_gets_in() {
        let (room, inside, most) = (Room::new(10), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (room, inside, most) = (&room, &inside, &most);
                scope.spawn(move || {
                    for size in [1, 4, 7, 10, 25].map(|size| size + thread % 2) {
                        let place = room.take(size);
                        let now = inside.fetch_add(size.min(10), Ordering::SeqCst) + size.min(10);
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        inside.fetch_sub(size.min(10), Ordering::SeqCst);
                        drop(place);
                    }
                });
            }
        });
        assert!((1..=10).contains(&most.into_inner()));
        assert_eq!(room.take(10).size, 10);
    }
}
