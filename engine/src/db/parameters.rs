//! Parameters as the log and errors show them: Python's reprs, the long ones in part.

use crate::sql::Params;
use crate::value::{Value, repr};
use crate::version::{Behaviour, Profile};

/// Characters of one value that are shown.
const MAX_CHARACTERS: usize = 300;
/// Values of one set that are shown.
const MAX_VALUES: usize = 100;
/// Sets that are shown.
const MAX_SETS: usize = 10;

/// One value, its middle left out where it is long.
fn value(value: &Value) -> String {
    let text = match value {
        // The driver is given a view of the bytes.
        Value::Bytes(_) => "<memory at 0x7f0000000000>".to_owned(),
        other => repr::value(other),
    };
    let length = text.chars().count();
    if length <= MAX_CHARACTERS {
        return text;
    }
    let half = MAX_CHARACTERS / 2;
    let first: String = text.chars().take(half).collect();
    let last: String = text.chars().skip(length - half).collect();
    format!("{first} ... ({} characters truncated) ... {last}", length - MAX_CHARACTERS)
}

/// One set as a tuple.
pub(super) fn one(profile: Profile, values: &[Value]) -> String {
    if let [only] = values {
        return format!("({},)", value(only));
    }
    let show = |values: &[Value]| values.iter().map(value).collect::<Vec<_>>().join(", ");
    if values.len() > MAX_VALUES && profile.has(Behaviour::LongParametersTruncated) {
        let half = MAX_VALUES / 2;
        return format!(
            "({} ... {} parameters truncated ... {})",
            show(&values[..half]),
            values.len() - MAX_VALUES,
            show(&values[values.len() - half..])
        );
    }
    format!("({})", show(values))
}

/// Several sets.
pub(super) fn many(profile: Profile, sets: &[Vec<Value>]) -> String {
    let (open, close) = if profile.has(Behaviour::ExecutemanyLoggedAsList) { ('[', ']') } else { ('(', ')') };
    let show = |sets: &[Vec<Value>]| sets.iter().map(|set| one(profile, set)).collect::<Vec<_>>().join(", ");
    if sets.len() > MAX_SETS {
        let last = 2;
        return format!(
            "{open}{}  ... displaying {MAX_SETS} of {} total bound parameter sets ...  {}{close}",
            show(&sets[..MAX_SETS - last]),
            sets.len(),
            show(&sets[sets.len() - last..])
        );
    }
    let trailing = if sets.len() == 1 && open == '(' { "," } else { "" };
    format!("{open}{}{trailing}{close}", show(sets))
}

/// Named sets, as an error before execution shows them.
pub(super) fn named(sets: &[Params]) -> String {
    let show = |set: &Params| {
        let items: Vec<String> =
            set.iter().map(|(name, item)| format!("{}: {}", repr::text(name), value(item))).collect();
        format!("{{{}}}", items.join(", "))
    };
    if sets.len() > MAX_SETS {
        let join = |sets: &[Params]| sets.iter().map(show).collect::<Vec<_>>().join(", ");
        return format!(
            "[{}  ... displaying {MAX_SETS} of {} total bound parameter sets ...  {}]",
            join(&sets[..MAX_SETS - 2]),
            sets.len(),
            join(&sets[sets.len() - 2..])
        );
    }
    format!("[{}]", sets.iter().map(show).collect::<Vec<_>>().join(", "))
}
