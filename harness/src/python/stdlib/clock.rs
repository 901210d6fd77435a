//! The world's clock as Python reads it: a fixed first instant, and a little later at every reading.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use std::cell::Cell;
use std::rc::Rc;

/// A clock that only readings move; clones are the same clock.
#[derive(Clone, Default)]
pub(crate) struct Clock {
    readings: Rc<Cell<i64>>,
}

impl Clock {
    const START: DateTime = DateTime::constant(2024, 1, 1, 12, 0, 0, 0);
    /// Microseconds between two readings.
    const STEP: i64 = 137;

    /// The time, in UTC.
    pub(crate) fn now(&self) -> DateTime {
        let readings = self.readings.get() + 1;
        self.readings.set(readings);
        Clock::START.saturating_add(SignedDuration::from_micros(readings * Clock::STEP))
    }

    /// Seconds since 1970.
    pub(crate) fn timestamp(&self) -> f64 {
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        self.now().duration_since(epoch).as_micros() as f64 / 1e6
    }

    /// Moves on without being read, as `time.sleep` does.
    pub(crate) fn advance(&self, seconds: f64) {
        let steps = (seconds * 1e6 / Clock::STEP as f64).clamp(0.0, 1e15) as i64;
        self.readings.set(self.readings.get().saturating_add(steps).min(1_000_000_000_000_000));
    }
}
