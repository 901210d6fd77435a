//! What things cost beside one another: time and peak memory, as ratios to the first line of each group.
//!
//! The lines of a group are run in turns, so that what else the machine does falls on all of them alike; the median of
//! the turns counts. `cargo bench` runs every group, `cargo bench -- rows` those with `rows` in their names.

mod alternatives;

use alternatives::{Group, Work, groups};
use peak_alloc::PeakAlloc;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const TURNS: usize = 7;

/// What one line of a group took.
struct Cost {
    /// The median of its turns.
    time: Duration,
    /// The most bytes at once beyond what was there before, in its first turn.
    peak: usize,
}

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wants =
        |group: &Group| wanted.is_empty() || wanted.iter().any(|word| group.name.contains(word.as_str()));
    for group in groups().iter().filter(|group| wants(group)) {
        report(group, &measured(group));
    }
}

fn measured(group: &Group) -> Vec<Cost> {
    let mut times = vec![Vec::new(); group.lines.len()];
    let mut peaks = vec![0; group.lines.len()];
    for turn in 0..TURNS {
        for (place, line) in group.lines.iter().enumerate() {
            let work = (line.prepare)();
            let before = ALLOCATOR.current_usage();
            ALLOCATOR.reset_peak_usage();
            times[place].push(timed(work));
            if turn == 0 {
                peaks[place] = ALLOCATOR.peak_usage().saturating_sub(before);
            }
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    times.into_iter().map(median).zip(peaks).map(|(time, peak)| Cost { time, peak }).collect()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is there to read the clock")]
fn timed(work: Work) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

#[expect(clippy::print_stdout, reason = "a benchmark's report")]
fn report(group: &Group, costs: &[Cost]) {
    println!("\n{}\n{:42} {:>11} {:>8} {:>11} {:>8}", group.name, "", "time", "ratio", "peak", "ratio");
    let first = &costs[0];
    for (line, cost) in group.lines.iter().zip(costs) {
        println!(
            "  {:40} {:>8.2} ms {:>8.2} {:>7.0} KiB {:>8.2}",
            line.name,
            cost.time.as_secs_f64() * 1e3,
            cost.time.as_secs_f64() / first.time.as_secs_f64(),
            cost.peak as f64 / 1024.0,
            cost.peak as f64 / first.peak.max(1) as f64,
        );
    }
}
