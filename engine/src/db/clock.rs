//! The world's clock: it starts where the world says and moves on a little with every reading.

use jiff::ToSpan;
use jiff::civil::DateTime;
use std::cell::Cell;
use std::rc::Rc;

/// A clock that only readings move. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct Clock {
    start: DateTime,
    elapsed: Rc<Cell<i64>>,
}

/// How far a reading moves the clock, in microseconds.
const STEP: i64 = 47;

impl Clock {
    pub fn starting_at(start: DateTime) -> Self {
        Clock { start, elapsed: Rc::new(Cell::new(0)) }
    }

    /// A clock that moves with another of the same world: both read and move these microseconds since `start`.
    pub fn sharing(start: DateTime, elapsed: Rc<Cell<i64>>) -> Self {
        Clock { start, elapsed }
    }

    /// Microseconds since the start; each reading moves on.
    pub fn microseconds(&self) -> i64 {
        let elapsed = self.elapsed.get();
        self.elapsed.set(elapsed.saturating_add(STEP));
        elapsed
    }

    /// The time of day; each reading moves on.
    pub fn now(&self) -> DateTime {
        self.start.saturating_add(self.microseconds().microseconds())
    }

    /// Moves on, as `time.sleep()` does.
    pub fn advance(&self, microseconds: i64) {
        self.elapsed.set(self.elapsed.get().saturating_add(microseconds.max(0)));
    }
}

impl Default for Clock {
    fn default() -> Self {
        Clock::starting_at(DateTime::constant(2024, 1, 1, 12, 0, 0, 0))
    }
}
