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

/// The views of bytes that the driver is given for one execution: alive together, and so at addresses of their own. Those
/// of the next execution may lie anywhere, so they begin anew.
#[derive(Debug, Default)]
pub(super) struct Views(u64);

impl Views {
    fn show(&mut self) -> String {
        self.0 += 1;
        format!("<memory at {:#x}>", 0x7f00_0000_0000 + self.0 * 0xc0)
    }
}

/// One value, its middle left out where it is long.
fn value(value: &Value, views: &mut Views) -> String {
    let text = match value {
        Value::Bytes(_) => views.show(),
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
    one_of(profile, values, &mut Views::default())
}

/// One of the sets of an execution as a tuple.
pub(super) fn one_of(profile: Profile, values: &[Value], views: &mut Views) -> String {
    if let [only] = values {
        return format!("({},)", value(only, views));
    }
    let mut show =
        |values: &[Value]| values.iter().map(|item| value(item, views)).collect::<Vec<_>>().join(", ");
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
    let mut views = Views::default();
    let mut show = |sets: &[Vec<Value>]| {
        sets.iter().map(|set| one_of(profile, set, &mut views)).collect::<Vec<_>>().join(", ")
    };
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

/// One set by name.
pub(super) fn named_one(set: &Params) -> String {
    named_of(set, &mut Views::default())
}

fn named_of(set: &Params, views: &mut Views) -> String {
    let items: Vec<String> =
        set.iter().map(|(name, item)| format!("{}: {}", repr::text(name), value(item, views))).collect();
    format!("{{{}}}", items.join(", "))
}

/// Sets that are shown already, in the brackets of a tuple or a list.
pub(super) fn sets(shown: Vec<String>, is_tuple: bool) -> String {
    let (open, close) = if is_tuple { ('(', ')') } else { ('[', ']') };
    if shown.len() > MAX_SETS {
        return format!(
            "{open}{}  ... displaying {MAX_SETS} of {} total bound parameter sets ...  {}{close}",
            shown[..MAX_SETS - 2].join(", "),
            shown.len(),
            shown[shown.len() - 2..].join(", ")
        );
    }
    let trailing = if shown.len() == 1 && is_tuple { "," } else { "" };
    format!("{open}{}{trailing}{close}", shown.join(", "))
}

/// Named sets, as an error before execution shows them.
pub(super) fn named(sets: &[Params]) -> String {
    let mut views = Views::default();
    let mut show = |set: &Params| named_of(set, &mut views);
    if sets.len() > MAX_SETS {
        let mut join = |sets: &[Params]| sets.iter().map(&mut show).collect::<Vec<_>>().join(", ");
        return format!(
            "[{}  ... displaying {MAX_SETS} of {} total bound parameter sets ...  {}]",
            join(&sets[..MAX_SETS - 2]),
            sets.len(),
            join(&sets[sets.len() - 2..])
        );
    }
    format!("[{}]", sets.iter().map(show).collect::<Vec<_>>().join(", "))
}
