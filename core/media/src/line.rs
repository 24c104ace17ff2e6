/// Puts the frames of a source, and of each repetition of a file, on one time line that only grows.
pub(crate) struct Line {
    pub base: u32,
    offset_ns: u64,
    first_pts_ns: Option<u64>,
    next_ns: u64,
}

impl Line {
    pub fn new(base: u32) -> Self {
        Self {
            base,
            offset_ns: 0,
            first_pts_ns: None,
            next_ns: 0,
        }
    }

    /// Starts the next repetition right after the last frame.
    pub fn repeat(&mut self) {
        self.offset_ns = self.next_ns;
        self.first_pts_ns = None;
    }

    /// Place of a frame in nanoseconds. Frames without a stamp, or that go back, follow the last.
    pub fn place(&mut self, pts_ns: Option<u64>, duration_ns: u64) -> u64 {
        let stamped = pts_ns.map(|pts| {
            let first = *self.first_pts_ns.get_or_insert(pts);
            self.offset_ns + pts.saturating_sub(first)
        });
        // Half a frame of tolerance forgives the rounding of stamps.
        let earliest = self.next_ns.saturating_sub(duration_ns / 2);
        let place = match stamped {
            Some(place) if place >= earliest => place,
            _ => self.next_ns,
        };
        self.next_ns = place + duration_ns;
        place
    }
}
