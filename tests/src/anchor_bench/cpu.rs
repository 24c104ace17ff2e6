//! CPU time of this process: all its threads, no child processes.

use cpu_time::ProcessTime;

/// Does `work` and says how many milliseconds of CPU it took.
pub fn spent_ms<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = ProcessTime::now();
    let result = work();
    (result, before.elapsed().as_secs_f64() * 1000.0)
}

/// A mean that is built up piece by piece.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Mean {
    sum: f64,
    count: u32,
}

impl Mean {
    /// Takes one value.
    pub fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    /// Takes what another one took.
    pub fn merge(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
    }

    /// The mean, or `None` of nothing.
    pub fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / f64::from(self.count))
    }
}
