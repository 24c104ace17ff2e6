use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::MediaError;

/// A bounded queue between two threads whose producer never waits.
///
/// The producer decides what fullness means: [`Queue::push_newest`] gives up the oldest item (raw
/// frames), [`Queue::try_push`] refuses the new one (encoded frames, where a loss must be answered
/// with a keyframe).
#[derive(Debug)]
pub struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    capacity: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    closed: Option<Closed>,
}

/// Why a queue gives no more items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed(pub MediaError);

impl<T> Queue<T> {
    /// A queue of at most `capacity` items, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::new(State {
                items: VecDeque::new(),
                closed: None,
            }),
            changed: Condvar::new(),
            capacity: capacity.max(1),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // A poisoned lock only means that another thread panicked between two field updates that
        // leave the state valid, so the queue stays usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an item, giving up the oldest one when full. Returns how many were given up.
    pub fn push_newest(&self, item: T) -> usize {
        let mut state = self.lock();
        if state.closed.is_some() {
            return 0;
        }
        let mut dropped = 0;
        while state.items.len() >= self.capacity {
            state.items.pop_front();
            dropped += 1;
        }
        state.items.push_back(item);
        self.changed.notify_one();
        dropped
    }

    /// Adds an item unless the queue is full or closed; then it comes back.
    ///
    /// # Errors
    /// The item itself.
    pub fn try_push(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        if state.closed.is_some() || state.items.len() >= self.capacity {
            return Err(item);
        }
        state.items.push_back(item);
        self.changed.notify_one();
        Ok(())
    }

    /// Takes the oldest item, waiting at most `timeout`; `Ok(None)` when none came.
    ///
    /// # Errors
    /// [`Closed`] when the queue is empty and closed.
    pub fn pop(&self, timeout: Duration) -> Result<Option<T>, Closed> {
        let deadline = Instant::now() + timeout;
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                return Ok(Some(item));
            }
            if let Some(closed) = &state.closed {
                return Err(closed.clone());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Forgets what waits.
    pub fn clear(&self) {
        self.lock().items.clear();
    }

    /// Ends the queue: what is in it can still be taken. The first reason stays.
    pub fn close(&self, reason: MediaError) {
        self.lock().closed.get_or_insert(Closed(reason));
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_gives_up_the_oldest_or_refuses_the_newest() {
        let queue = Queue::new(2);
        assert_eq!([1, 2, 3].map(|n| queue.push_newest(n)), [0, 0, 1]);
        assert_eq!(queue.try_push(4), Err(4));
        assert_eq!(queue.pop(Duration::ZERO), Ok(Some(2)));
        assert_eq!(queue.try_push(4), Ok(()));
    }

    #[test]
    fn a_closed_queue_is_drained_before_it_tells_its_reason() {
        let queue = Queue::new(2);
        queue.push_newest(1);
        queue.close(MediaError::Ended);
        queue.push_newest(2);
        assert_eq!(queue.pop(Duration::ZERO), Ok(Some(1)));
        assert_eq!(
            queue.pop(Duration::from_secs(9)),
            Err(Closed(MediaError::Ended))
        );
    }
}
