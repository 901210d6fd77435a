//! The world's clock as Python reads it: a fixed first instant, and a little later at every reading.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use std::cell::Cell;
use std::rc::Rc;

/// A clock that only readings move; clones are the same clock.
#[derive(Clone, Default)]
pub(crate) struct Clock {
    /// Microseconds since the start, shared with whatever else of the world reads the time.
    elapsed: Rc<Cell<i64>>,
}

impl Clock {
    /// The first instant of every world.
    pub(crate) const START: DateTime = DateTime::constant(2024, 1, 1, 12, 0, 0, 0);
    /// Microseconds between two readings.
    const STEP: i64 = 137;

    /// The microseconds since the start, for another clock of this world to read and move.
    pub(crate) fn elapsed(&self) -> Rc<Cell<i64>> {
        Rc::clone(&self.elapsed)
    }

    /// The time, in UTC.
    pub(crate) fn now(&self) -> DateTime {
        self.forward(Clock::STEP);
        Clock::START.saturating_add(SignedDuration::from_micros(self.elapsed.get()))
    }

    /// Seconds since 1970.
    pub(crate) fn timestamp(&self) -> f64 {
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        self.now().duration_since(epoch).as_micros() as f64 / 1e6
    }

    /// Moves on without being read, as `time.sleep` does.
    pub(crate) fn advance(&self, seconds: f64) {
        self.forward((seconds * 1e6).clamp(0.0, 1e15) as i64);
    }

    fn forward(&self, microseconds: i64) {
        self.elapsed.set(self.elapsed.get().saturating_add(microseconds).min(200_000_000_000_000_000));
    }
}
