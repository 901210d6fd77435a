//! Sorting: stable, in the order of comparisons that merges make, with comparisons that may run Python code.

use crate::python::args::{Args, Signature};
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::value::Value;
use std::cmp::Ordering;

/// Sorts values, by `key` where it is given.
pub(crate) fn sort_values(
    interp: &mut Interp,
    values: Vec<Value>,
    key: Option<&Value>,
    reverse: bool,
) -> PyResult<Vec<Value>> {
    interp.charge_bytes(values.len().saturating_mul(64))?;
    let mut pairs = Vec::with_capacity(values.len());
    for value in values {
        let by = match key {
            Some(key) => interp.call(key, Args::of(vec![value.clone()]))?,
            None => value.clone(),
        };
        pairs.push((by, value));
    }
    if reverse {
        pairs.reverse();
    }
    let mut sorted = match plain_sort(&pairs) {
        Some(order) => order.into_iter().map(|index| pairs[index].1.clone()).collect::<Vec<_>>(),
        None => merge_sort(interp, pairs)?.into_iter().map(|(_, value)| value).collect(),
    };
    if reverse {
        sorted.reverse();
    }
    Ok(sorted)
}

/// The order of keys that are all strings or all small integers.
fn plain_sort(pairs: &[(Value, Value)]) -> Option<Vec<usize>> {
    let comparable = pairs.iter().all(|(by, _)| matches!(by, Value::Str(_)))
        || pairs.iter().all(|(by, _)| matches!(by, Value::Int(int) if int.small().is_some()));
    if !comparable {
        return None;
    }
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|left, right| match (&pairs[*left].0, &pairs[*right].0) {
        (Value::Str(left), Value::Str(right)) => left.cmp(right),
        (left, right) => left.as_i64().cmp(&right.as_i64()),
    });
    Some(order)
}

fn merge_sort(interp: &mut Interp, pairs: Vec<(Value, Value)>) -> PyResult<Vec<(Value, Value)>> {
    const RUN: usize = 32;
    let mut runs: Vec<Vec<(Value, Value)>> = Vec::new();
    for chunk in pairs.chunks(RUN) {
        let mut run: Vec<(Value, Value)> = Vec::with_capacity(chunk.len());
        for pair in chunk {
            let (mut low, mut high) = (0, run.len());
            while low < high {
                let middle = usize::midpoint(low, high);
                if less(interp, &pair.0, &run[middle].0)? == Ordering::Less {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            run.insert(low, pair.clone());
        }
        runs.push(run);
    }
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pending = runs.into_iter();
        while let Some(left) = pending.next() {
            merged.push(match pending.next() {
                Some(right) => merge(interp, left, right)?,
                None => left,
            });
        }
        runs = merged;
    }
    Ok(runs.pop().unwrap_or_default())
}

fn merge(
    interp: &mut Interp,
    left: Vec<(Value, Value)>,
    right: Vec<(Value, Value)>,
) -> PyResult<Vec<(Value, Value)>> {
    let mut out = Vec::with_capacity(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let (first, second) = (first.0.clone(), second.0.clone());
        let next = if less(interp, &second, &first)? == Ordering::Less { right.next() } else { left.next() };
        out.extend(next);
    }
    out.extend(left);
    out.extend(right);
    Ok(out)
}

fn less(interp: &mut Interp, left: &Value, right: &Value) -> PyResult<Ordering> {
    interp.charge(1)?;
    Ok(if interp.less_than(left, right)? { Ordering::Less } else { Ordering::Greater })
}

/// The `key` and `reverse` arguments of `sorted` and `list.sort`.
pub(super) fn sort_arguments(interp: &mut Interp, name: &str, args: Args) -> PyResult<(Option<Value>, bool)> {
    let mut bound = Signature::new(name, "*, key=, reverse=").bind(interp, args)?;
    let key = bound.take(0).filter(|key| !key.is_none());
    let reverse = match bound.take(1) {
        Some(reverse) => interp.truth(&reverse)?,
        None => false,
    };
    Ok((key, reverse))
}
