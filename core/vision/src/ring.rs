//! The last frames by frame time, and the few that somebody holds.

use crate::frame::{WorkFrame, WorkSize, blank};
use crate::layer::{Failure, Picture};
use std::collections::VecDeque;
use std::sync::Arc;

/// Frames in order of arrival; the oldest goes when the ring is full.
#[derive(Debug)]
pub(crate) struct Ring {
    frames: VecDeque<WorkFrame>,
    held: Vec<WorkFrame>,
    capacity: usize,
    max_held: usize,
    spare: Option<Arc<Picture>>,
}

impl Ring {
    pub fn new(capacity: usize, max_held: usize) -> Self {
        let capacity = capacity.max(2);
        Self {
            frames: VecDeque::with_capacity(capacity),
            held: Vec::with_capacity(max_held),
            capacity,
            max_held,
            spare: None,
        }
    }

    /// Memory for the next frame: the picture of a frame that left, when nobody else has it.
    pub fn buffer(&mut self, size: WorkSize) -> Result<Picture, Failure> {
        if let Some(Ok(image)) = self.spare.take().map(Arc::try_unwrap) {
            return Ok(image);
        }
        blank(size)
    }

    pub fn push(&mut self, frame: WorkFrame) {
        if self.frames.len() == self.capacity {
            self.spare = self.frames.pop_front().map(|old| old.image);
        }
        self.frames.push_back(frame);
    }

    pub fn newest(&self) -> Option<&WorkFrame> {
        self.frames.back()
    }

    /// Forgets the time line, but not what is held.
    pub fn clear(&mut self) {
        self.frames.clear();
    }

    /// The kept frame nearest to a frame time, no further away than `tolerance` ticks.
    pub fn find(&self, time: u32, tolerance: u32) -> Option<&WorkFrame> {
        self.frames
            .iter()
            .rev()
            .chain(&self.held)
            .map(|frame| (distance(frame.time, time), frame))
            .filter(|(d, _)| *d <= tolerance)
            .min_by_key(|(d, _)| *d)
            .map(|(_, frame)| frame)
    }

    /// Frames of the ring after the frame with this index, oldest first; empty when the chain to
    /// it is broken.
    pub fn after(&self, index: u64) -> impl Iterator<Item = &WorkFrame> {
        let joined = self
            .frames
            .front()
            .is_some_and(|first| first.index <= index + 1);
        self.frames
            .iter()
            .filter(move |frame| joined && frame.index > index)
    }

    /// The kept frame with this index.
    pub fn by_index(&self, index: u64) -> Option<&WorkFrame> {
        self.frames
            .iter()
            .chain(&self.held)
            .find(|frame| frame.index == index)
    }

    /// Keeps a frame until it is released; `false` when it is gone or too many are held.
    pub fn hold(&mut self, time: u32, tolerance: u32) -> bool {
        let Some(frame) = self.find(time, tolerance).cloned() else {
            return false;
        };
        if self.held.iter().any(|held| held.index == frame.index) {
            return true;
        }
        if self.held.len() >= self.max_held {
            return false;
        }
        self.held.push(frame);
        true
    }

    pub fn release(&mut self, time: u32, tolerance: u32) {
        let nearest = self
            .held
            .iter()
            .enumerate()
            .map(|(i, frame)| (distance(frame.time, time), i))
            .filter(|(d, _)| *d <= tolerance)
            .min();
        if let Some((_, i)) = nearest {
            self.held.swap_remove(i);
        }
    }
}

/// Ticks between two frame times on the wrapping line.
fn distance(a: u32, b: u32) -> u32 {
    let d = a.wrapping_sub(b);
    d.min(d.wrapping_neg())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: WorkSize = WorkSize {
        width: 16,
        height: 16,
    };

    fn ring_of(times: impl IntoIterator<Item = u32>) -> Ring {
        let mut ring = Ring::new(5, 2);
        for (index, time) in times.into_iter().enumerate() {
            let image = Arc::new(ring.buffer(SIZE).expect("memory"));
            ring.push(WorkFrame {
                time,
                index: index as u64,
                size: SIZE,
                image,
            });
        }
        ring
    }

    #[test]
    fn finds_the_nearest_frame_across_the_wrap() {
        let start = u32::MAX - 5000;
        let ring = ring_of((0..5).map(|i| start.wrapping_add(i * 3000)));
        let asked = start.wrapping_add(2 * 3000);
        assert_eq!(ring.find(asked, 0).map(|f| f.index), Some(2));
        assert_eq!(
            ring.find(asked.wrapping_add(700), 1500).map(|f| f.index),
            Some(2)
        );
        assert_eq!(
            ring.find(asked.wrapping_add(700), 100).map(|f| f.index),
            None
        );
    }

    #[test]
    fn old_frames_leave_unless_held() {
        let mut ring = ring_of((0..5).map(|i| i * 3000));
        assert!(ring.hold(0, 10));
        for i in 5..20_u32 {
            let image = Arc::new(ring.buffer(SIZE).expect("memory"));
            ring.push(WorkFrame {
                time: i * 3000,
                index: u64::from(i),
                size: SIZE,
                image,
            });
        }
        assert!(ring.find(0, 10).is_some());
        assert!(ring.find(3000, 10).is_none());
        assert_eq!(
            ring.after(0).count(),
            0,
            "the chain from the held frame is broken"
        );
        assert_eq!(ring.after(16).count(), 3);
        ring.release(0, 10);
        assert!(ring.find(0, 10).is_none());
    }

    #[test]
    fn holds_are_bounded() {
        let mut ring = ring_of((0..5).map(|i| i * 3000));
        assert!(ring.hold(0, 10) && ring.hold(3000, 10) && ring.hold(3000, 10));
        assert!(!ring.hold(6000, 10));
        assert!(!ring.hold(99_000, 10));
    }
}
