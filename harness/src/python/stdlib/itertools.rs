//! The `itertools` module: lazy iterators; every element taken is charged, so endless ones end at the bound.

use super::add;
use crate::python::args::{Args, Signature};
use crate::python::builtins::construct_with;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::iter::Iter;
use crate::python::module::Module;
use crate::python::object::BinaryOp;
use crate::python::value::Value;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

pub(super) fn install(interp: &mut Interp) {
    let chain = interp.foreign_class("itertools", "chain");
    construct_with(&chain, |_, _, args| Ok(chain_of(Iter::from_values("tuple_iterator", args.positional))));
    let from_iterable = Value::native("from_iterable", |interp, mut args| {
        args.positional.retain(|value| !matches!(value, Value::Class(_)));
        let [outer] = args.exactly(interp, "from_iterable")?;
        interp.iter(&outer).map(chain_of)
    });
    chain.dict.set("from_iterable", Value::ClassMethod(Rc::new(from_iterable)));
    interp.register_module("itertools", |interp| {
        let module = Module::new("itertools");
        module.dict.set("chain", Value::Class(interp.foreign_class("itertools", "chain")));
        fill(&module);
        Ok(Rc::new(module))
    });
}

fn chain_of(outer: Value) -> Value {
    let mut current: Option<Value> = None;
    Iter::from_fn("itertools.chain", move |interp| {
        loop {
            if let Some(iterator) = &current {
                if let Some(item) = interp.next(iterator)? {
                    return Ok(Some(item));
                }
                current = None;
            }
            interp.charge(1)?;
            match interp.next(&outer)? {
                Some(items) => current = Some(interp.iter(&items)?),
                None => return Ok(None),
            }
        }
    })
}

fn fill(module: &Module) {
    add(module, "count", |interp, args| {
        let mut bound = Signature::new("count", "start=, step=").bind(interp, args)?;
        let mut next = bound.take(0).unwrap_or(Value::int(0));
        let step = bound.take(1).unwrap_or(Value::int(1));
        Ok(Iter::from_fn("itertools.count", move |interp| {
            interp.charge(1)?;
            let after = interp.binary(BinaryOp::Add, &next, &step)?;
            Ok(Some(std::mem::replace(&mut next, after)))
        }))
    });
    add(module, "repeat", |interp, args| {
        let mut bound = Signature::new("repeat", "object, times=").bind(interp, args)?;
        let item = bound.take(0).unwrap_or(Value::None);
        let mut left = match bound.take(1) {
            Some(times) => Some(interp.index(&times)?.max(0)),
            None => None,
        };
        Ok(Iter::from_fn("itertools.repeat", move |interp| {
            interp.charge(1)?;
            match &mut left {
                Some(0) => return Ok(None),
                Some(left) => *left -= 1,
                None => {}
            }
            Ok(Some(item.clone()))
        }))
    });
    add(module, "cycle", |interp, args| {
        let [items] = args.exactly(interp, "cycle")?;
        let iterator = interp.iter(&items)?;
        let (mut seen, mut at, mut done) = (Vec::new(), 0, false);
        Ok(Iter::from_fn("itertools.cycle", move |interp| {
            interp.charge(1)?;
            if !done {
                if let Some(item) = interp.next(&iterator)? {
                    seen.push(item.clone());
                    return Ok(Some(item));
                }
                done = true;
            }
            if seen.is_empty() {
                return Ok(None);
            }
            at += 1;
            Ok(seen.get((at - 1) % seen.len()).cloned())
        }))
    });
    add(module, "islice", |interp, args| {
        let [items, first, second, third] = args.between(interp, "islice", 2)?;
        let mut bound = |value: Option<Value>, default: i64| match value {
            None | Some(Value::None) => Ok(default),
            Some(value) => match interp.index(&value)? {
                number if number < 0 => {
                    let message = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
                    Err(interp.raise("ValueError", message))
                }
                number => Ok(number),
            },
        };
        let (start, stop) = if second.is_none() {
            (0, bound(first, i64::MAX)?)
        } else {
            (bound(first, 0)?, bound(second, i64::MAX)?)
        };
        let step = bound(third, 1)?.max(1);
        let iterator = interp.iter(&items.unwrap_or(Value::None))?;
        let (mut at, mut wanted) = (0, start);
        Ok(Iter::from_fn("itertools.islice", move |interp| {
            while wanted < stop {
                interp.charge(1)?;
                let Some(item) = interp.next(&iterator)? else { break };
                at += 1;
                if at - 1 == wanted {
                    wanted = wanted.saturating_add(step);
                    return Ok(Some(item));
                }
            }
            wanted = stop;
            Ok(None)
        }))
    });
    predicates(module);
    combinatorics(module);
    grouping(module);
}

/// How an element's test decides what becomes of it.
fn tested(
    name: &'static str,
    interp: &mut Interp,
    args: Args,
    mut decide: impl FnMut(bool) -> Option<bool> + 'static,
) -> PyResult<Value> {
    let [test, items] = args.exactly(interp, name)?;
    let iterator = interp.iter(&items)?;
    let mut done = false;
    Ok(Iter::from_fn(format!("itertools.{name}"), move |interp| {
        if done {
            return Ok(None);
        }
        loop {
            interp.charge(1)?;
            let Some(item) = interp.next(&iterator)? else { break };
            let answer = match &test {
                Value::None => item.clone(),
                test => interp.call(test, Args::of(vec![item.clone()]))?,
            };
            let truth = interp.truth(&answer)?;
            match decide(truth) {
                Some(true) => return Ok(Some(item)),
                Some(false) => {}
                None => break,
            }
        }
        done = true;
        Ok(None)
    }))
}

fn predicates(module: &Module) {
    add(module, "takewhile", |interp, args| tested("takewhile", interp, args, |truth| truth.then_some(true)));
    add(module, "dropwhile", |interp, args| {
        let mut started = false;
        tested("dropwhile", interp, args, move |truth| {
            started |= !truth;
            Some(started)
        })
    });
    add(module, "filterfalse", |interp, args| tested("filterfalse", interp, args, |truth| Some(!truth)));
    add(module, "starmap", |interp, args| {
        let [function, items] = args.exactly(interp, "starmap")?;
        let iterator = interp.iter(&items)?;
        Ok(Iter::from_fn("itertools.starmap", move |interp| {
            let Some(row) = interp.next(&iterator)? else { return Ok(None) };
            let row = interp.iterate(&row)?;
            interp.call(&function, Args::of(row)).map(Some)
        }))
    });
    add(module, "compress", |interp, args| {
        let [items, selectors] = args.exactly(interp, "compress")?;
        let (items, selectors) = (interp.iter(&items)?, interp.iter(&selectors)?);
        Ok(Iter::from_fn("itertools.compress", move |interp| {
            loop {
                interp.charge(1)?;
                let Some(item) = interp.next(&items)? else { return Ok(None) };
                let Some(selector) = interp.next(&selectors)? else { return Ok(None) };
                if interp.truth(&selector)? {
                    return Ok(Some(item));
                }
            }
        }))
    });
    add(module, "accumulate", |interp, args| {
        let mut bound = Signature::new("accumulate", "iterable, func=, *, initial=").bind(interp, args)?;
        let iterator = interp.iter(&bound.take(0).unwrap_or(Value::None))?;
        let function = bound.take(1).filter(|function| !function.is_none());
        let mut pending = bound.take(2).filter(|initial| !initial.is_none());
        let mut total: Option<Value> = None;
        Ok(Iter::from_fn("itertools.accumulate", move |interp| {
            interp.charge(1)?;
            let next = match pending.take() {
                Some(initial) => Some(initial),
                None => interp.next(&iterator)?,
            };
            let Some(item) = next else { return Ok(None) };
            let value = match (&total, &function) {
                (None, _) => item,
                (Some(total), None) => interp.binary(BinaryOp::Add, total, &item)?,
                (Some(total), Some(function)) => {
                    interp.call(function, Args::of(vec![total.clone(), item]))?
                }
            };
            total = Some(value.clone());
            Ok(Some(value))
        }))
    });
}

/// An iterator over selections of a pool's places; `advance` moves to the next one.
fn selections(
    name: &str,
    pools: Vec<Vec<Value>>,
    first: Option<Vec<usize>>,
    mut advance: impl FnMut(&mut Vec<usize>) -> bool + 'static,
) -> Value {
    let mut places = first;
    Iter::from_fn(format!("itertools.{name}"), move |interp| {
        let Some(current) = &mut places else { return Ok(None) };
        interp.charge(1 + current.len() as u64)?;
        let items = current
            .iter()
            .enumerate()
            .map(|(column, place)| pools[if pools.len() == 1 { 0 } else { column }][*place].clone())
            .collect();
        if !advance(current) {
            places = None;
        }
        Ok(Some(Value::tuple(items)))
    })
}

fn combinatorics(module: &Module) {
    add(module, "product", |interp, mut args| {
        let repeat = match args.take_keyword("repeat") {
            Some(repeat) => usize::try_from(interp.index(&repeat)?).unwrap_or(0),
            None => 1,
        };
        let mut pools = Vec::new();
        for items in &args.positional {
            pools.push(interp.iterate(items)?);
        }
        interp.charge_bytes(repeat.saturating_mul(pools.len()).saturating_mul(16))?;
        let count = pools.len();
        let pools: Vec<Vec<Value>> = (0..count * repeat).map(|index| pools[index % count].clone()).collect();
        let sizes: Vec<usize> = pools.iter().map(Vec::len).collect();
        let first = (!sizes.contains(&0)).then(|| vec![0; sizes.len()]);
        Ok(selections("product", pools, first, move |places| {
            for column in (0..places.len()).rev() {
                places[column] += 1;
                if places[column] < sizes[column] {
                    return true;
                }
                places[column] = 0;
            }
            false
        }))
    });
    add(module, "combinations", |interp, args| combine(interp, args, "combinations", false));
    add(module, "combinations_with_replacement", |interp, args| {
        combine(interp, args, "combinations_with_replacement", true)
    });
    add(module, "permutations", |interp, args| {
        let mut bound = Signature::new("permutations", "iterable, r=").bind(interp, args)?;
        let pool = interp.iterate(&bound.take(0).unwrap_or(Value::None))?;
        let size = pool.len();
        let length = match bound.take(1).filter(|length| !length.is_none()) {
            Some(length) => usize::try_from(interp.index(&length)?).unwrap_or(usize::MAX),
            None => size,
        };
        let first = (length <= size).then(|| (0..length).collect());
        Ok(selections("permutations", vec![pool], first, move |places| {
            for column in (0..places.len()).rev() {
                let used = &places[..column];
                let next = (places[column] + 1..size).find(|place| !used.contains(place));
                if let Some(next) = next {
                    places[column] = next;
                    for later in column + 1..places.len() {
                        let free = (0..size).find(|place| !places[..later].contains(place));
                        places[later] = free.unwrap_or(0);
                    }
                    return true;
                }
            }
            false
        }))
    });
}

fn combine(interp: &mut Interp, args: Args, name: &'static str, again: bool) -> PyResult<Value> {
    let mut bound = Signature::new(name, "iterable, r").bind(interp, args)?;
    let pool = interp.iterate(&bound.take(0).unwrap_or(Value::None))?;
    let length = interp.index(&bound.take(1).unwrap_or(Value::None))?;
    let Ok(length) = usize::try_from(length) else {
        return Err(interp.raise("ValueError", "r must be non-negative"));
    };
    interp.charge_bytes(length.saturating_mul(8))?;
    let size = pool.len();
    let first = if again {
        (length == 0 || size > 0).then(|| vec![0; length])
    } else {
        (length <= size).then(|| (0..length).collect())
    };
    Ok(selections(name, vec![pool], first, move |places| {
        for column in (0..places.len()).rev() {
            let most = if again { size - 1 } else { size - (length - column) };
            if places[column] < most {
                let start = places[column] + 1;
                for (offset, place) in places[column..].iter_mut().enumerate() {
                    *place = if again { start } else { start + offset };
                }
                return true;
            }
        }
        false
    }))
}

fn grouping(module: &Module) {
    add(module, "zip_longest", |interp, mut args| {
        let fill = args.take_keyword("fillvalue").unwrap_or(Value::None);
        let mut iterators = Vec::new();
        for items in &args.positional {
            iterators.push(Some(interp.iter(items)?));
        }
        Ok(Iter::from_fn("itertools.zip_longest", move |interp| {
            let mut row = Vec::with_capacity(iterators.len());
            let mut any = false;
            for slot in &mut iterators {
                interp.charge(1)?;
                let item = match slot {
                    Some(iterator) => interp.next(iterator)?,
                    None => None,
                };
                match item {
                    Some(item) => {
                        any = true;
                        row.push(item);
                    }
                    None => {
                        *slot = None;
                        row.push(fill.clone());
                    }
                }
            }
            Ok(any.then(|| Value::tuple(row)))
        }))
    });
    add(module, "pairwise", |interp, args| {
        let [items] = args.exactly(interp, "pairwise")?;
        let iterator = interp.iter(&items)?;
        let mut before: Option<Value> = None;
        Ok(Iter::from_fn("itertools.pairwise", move |interp| {
            let first = match before.take() {
                Some(first) => first,
                None => match interp.next(&iterator)? {
                    Some(first) => first,
                    None => return Ok(None),
                },
            };
            let Some(second) = interp.next(&iterator)? else { return Ok(None) };
            before = Some(second.clone());
            Ok(Some(Value::tuple(vec![first, second])))
        }))
    });
    add(module, "tee", |interp, args| {
        let [items, count] = args.between(interp, "tee", 1)?;
        let iterator = interp.iter(&items.unwrap_or(Value::None))?;
        let count = match count {
            Some(count) => usize::try_from(interp.index(&count)?).unwrap_or(0),
            None => 2,
        };
        interp.charge_bytes(count.saturating_mul(64))?;
        let queues: Rc<RefCell<Vec<VecDeque<Value>>>> = Rc::new(RefCell::new(vec![VecDeque::new(); count]));
        let made = (0..count).map(|own| {
            let (queues, iterator) = (queues.clone(), iterator.clone());
            Iter::from_fn("itertools._tee", move |interp| {
                let waiting = queues.borrow_mut()[own].pop_front();
                if waiting.is_some() {
                    return Ok(waiting);
                }
                let next = interp.next(&iterator)?;
                if let Some(item) = &next {
                    interp.charge_bytes(16 * queues.borrow().len())?;
                    for (index, queue) in queues.borrow_mut().iter_mut().enumerate() {
                        if index != own {
                            queue.push_back(item.clone());
                        }
                    }
                }
                Ok(next)
            })
        });
        Ok(Value::tuple(made.collect()))
    });
    add(module, "groupby", |interp, args| {
        let mut bound = Signature::new("groupby", "iterable, key=").bind(interp, args)?;
        let iterator = interp.iter(&bound.take(0).unwrap_or(Value::None))?;
        let key = bound.take(1).filter(|key| !key.is_none());
        let groups = Rc::new(Groups { iterator, key, state: RefCell::new(GroupState::default()) });
        Ok(Iter::from_fn("itertools.groupby", move |interp| groups.next_group(interp)))
    });
}

/// What `groupby` and the groups it has given share.
struct Groups {
    iterator: Value,
    key: Option<Value>,
    state: RefCell<GroupState>,
}

#[derive(Default)]
struct GroupState {
    /// The element that was read but not given out, with its key.
    waiting: Option<(Value, Value)>,
    current: Option<Value>,
    number: u64,
}

impl Groups {
    fn read(&self, interp: &mut Interp) -> PyResult<Option<(Value, Value)>> {
        if let Some(waiting) = self.state.borrow_mut().waiting.take() {
            return Ok(Some(waiting));
        }
        interp.charge(1)?;
        let Some(item) = interp.next(&self.iterator)? else { return Ok(None) };
        let by = match &self.key {
            Some(key) => interp.call(key, Args::of(vec![item.clone()]))?,
            None => item.clone(),
        };
        Ok(Some((by, item)))
    }

    fn next_group(self: &Rc<Self>, interp: &mut Interp) -> PyResult<Option<Value>> {
        loop {
            let Some((by, item)) = self.read(interp)? else {
                self.state.borrow_mut().number += 1;
                return Ok(None);
            };
            let current = self.state.borrow().current.clone();
            if let Some(current) = current
                && interp.eq(&current, &by)?
            {
                continue;
            }
            let number = {
                let mut state = self.state.borrow_mut();
                state.waiting = Some((by.clone(), item));
                state.current = Some(by.clone());
                state.number += 1;
                state.number
            };
            let groups = self.clone();
            let own = by.clone();
            let group = Iter::from_fn("itertools._grouper", move |interp| {
                if groups.state.borrow().number != number {
                    return Ok(None);
                }
                let Some((by, item)) = groups.read(interp)? else { return Ok(None) };
                if interp.eq(&own, &by)? {
                    return Ok(Some(item));
                }
                groups.state.borrow_mut().waiting = Some((by, item));
                Ok(None)
            });
            return Ok(Some(Value::tuple(vec![by, group])));
        }
    }
}
