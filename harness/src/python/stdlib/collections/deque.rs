//! `deque`.

use super::class;
use crate::python::args::{Args, Signature};
use crate::python::builtins::{construct_with, method};
use crate::python::class::Class;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::iter::Iter;
use crate::python::object::{CompareOp, Object};
use crate::python::value::{Value, drop_values, fresh_identity};
use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// A list with two ends, and perhaps a greatest length.
struct Deque {
    items: RefCell<VecDeque<Value>>,
    most: Option<usize>,
    id: u64,
}

impl Drop for Deque {
    fn drop(&mut self) {
        drop_values(self.items.get_mut().drain(..).collect());
    }
}

impl Deque {
    fn push(&self, item: Value, front: bool) {
        let mut items = self.items.borrow_mut();
        if front {
            items.push_front(item);
        } else {
            items.push_back(item);
        }
        let gone = match self.most {
            Some(most) if items.len() > most => {
                if front {
                    items.pop_back()
                } else {
                    items.pop_front()
                }
            }
            _ => None,
        };
        drop(items);
        drop(gone);
    }

    fn snapshot(&self) -> Vec<Value> {
        self.items.borrow().iter().cloned().collect()
    }

    fn place(&self, interp: &mut Interp, key: &Value) -> PyResult<usize> {
        let length = self.items.borrow().len() as i64;
        let at = interp.index(key)?;
        let at = if at < 0 { at + length } else { at };
        if (0..length).contains(&at) {
            Ok(at as usize)
        } else {
            Err(interp.raise("IndexError", "deque index out of range"))
        }
    }
}

fn add(this: &Rc<Class>, name: &'static str, body: fn(&mut Interp, &Deque, Args) -> PyResult<Value>) {
    method(this, name, move |interp, mut args| {
        let own = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
        match own.downcast::<Deque>() {
            Some(deque) => body(interp, deque, args),
            None => Err(Stop::unsupported("a class derived from deque")),
        }
    });
}

fn make(items: Vec<Value>, most: Option<usize>) -> Value {
    let deque = Deque { items: RefCell::new(VecDeque::new()), most, id: fresh_identity() };
    for item in items {
        deque.push(item, false);
    }
    Value::object(deque)
}

pub(super) fn install(interp: &mut Interp) {
    let this = class(interp, "deque");
    this.generic.set(true);
    construct_with(&this, |interp, _, args| {
        let mut bound = Signature::new("deque", "iterable=, maxlen=").bind(interp, args)?;
        let items = match bound.take(0) {
            Some(items) => interp.iterate(&items)?,
            None => Vec::new(),
        };
        let most = match bound.take(1).filter(|most| !most.is_none()) {
            Some(most) => match usize::try_from(interp.index(&most)?) {
                Ok(most) => Some(most),
                Err(_) => return Err(interp.raise("ValueError", "maxlen must be non-negative")),
            },
            None => None,
        };
        interp.charge_bytes(items.len() * 16)?;
        Ok(make(items, most))
    });
    for (name, front) in [("append", false), ("appendleft", true)] {
        let body: fn(&mut Interp, &Deque, Args) -> PyResult<Value> = if front {
            |interp, deque, args| {
                let [item] = args.exactly(interp, "deque.appendleft")?;
                deque.push(item, true);
                interp.charge_bytes(16)?;
                Ok(Value::None)
            }
        } else {
            |interp, deque, args| {
                let [item] = args.exactly(interp, "deque.append")?;
                deque.push(item, false);
                interp.charge_bytes(16)?;
                Ok(Value::None)
            }
        };
        add(&this, name, body);
    }
    add(&this, "extend", |interp, deque, args| {
        let [items] = args.exactly(interp, "deque.extend")?;
        for item in interp.iterate(&items)? {
            interp.charge_bytes(16)?;
            deque.push(item, false);
        }
        Ok(Value::None)
    });
    add(&this, "extendleft", |interp, deque, args| {
        let [items] = args.exactly(interp, "deque.extendleft")?;
        for item in interp.iterate(&items)? {
            interp.charge_bytes(16)?;
            deque.push(item, true);
        }
        Ok(Value::None)
    });
    add(&this, "pop", |interp, deque, _| {
        let item = deque.items.borrow_mut().pop_back();
        item.ok_or_else(|| interp.raise("IndexError", "pop from an empty deque"))
    });
    add(&this, "popleft", |interp, deque, _| {
        let item = deque.items.borrow_mut().pop_front();
        item.ok_or_else(|| interp.raise("IndexError", "pop from an empty deque"))
    });
    add(&this, "clear", |_, deque, _| {
        let old: Vec<Value> = deque.items.borrow_mut().drain(..).collect();
        drop_values(old);
        Ok(Value::None)
    });
    add(&this, "copy", |_, deque, _| Ok(make(deque.snapshot(), deque.most)));
    add(&this, "reverse", |_, deque, _| {
        deque.items.borrow_mut().make_contiguous().reverse();
        Ok(Value::None)
    });
    add(&this, "rotate", |interp, deque, args| {
        let [by] = args.between(interp, "rotate", 0)?;
        let by = match by {
            Some(by) => interp.index(&by)?,
            None => 1,
        };
        let mut items = deque.items.borrow_mut();
        if !items.is_empty() {
            let by = by.rem_euclid(items.len() as i64) as usize;
            items.rotate_right(by);
        }
        Ok(Value::None)
    });
    add(&this, "count", |interp, deque, args| {
        let [wanted] = args.exactly(interp, "deque.count")?;
        let mut count = 0;
        for item in deque.snapshot() {
            count += usize::from(interp.eq(&item, &wanted)?);
        }
        Ok(Value::size(count))
    });
    for name in ["remove", "index"] {
        let body: fn(&mut Interp, &Deque, Args) -> PyResult<Value> = if name == "remove" {
            |interp, deque, args| {
                let [wanted] = args.exactly(interp, "deque.remove")?;
                match position(interp, deque, &wanted)? {
                    Some(at) => {
                        let gone = deque.items.borrow_mut().remove(at);
                        drop(gone);
                        Ok(Value::None)
                    }
                    None => Err(interp.raise("ValueError", "deque.remove(x): x not in deque")),
                }
            }
        } else {
            |interp, deque, args| {
                let [wanted] = args.exactly(interp, "deque.index")?;
                match position(interp, deque, &wanted)? {
                    Some(at) => Ok(Value::size(at)),
                    None => {
                        let shown = interp.repr(&wanted)?;
                        Err(interp.raise("ValueError", format!("{shown} is not in deque")))
                    }
                }
            }
        };
        add(&this, name, body);
    }
}

fn position(interp: &mut Interp, deque: &Deque, wanted: &Value) -> PyResult<Option<usize>> {
    for (at, item) in deque.snapshot().iter().enumerate() {
        interp.charge(1)?;
        if interp.eq(item, wanted)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

impl Object for Deque {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "collections.deque"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp, "deque")
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok((name == "maxlen").then(|| self.most.map_or(Value::None, Value::size)))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.items.borrow().len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let at = self.place(interp, key)?;
        Ok(self.items.borrow().get(at).cloned().unwrap_or(Value::None))
    }

    fn set_item(&self, interp: &mut Interp, _this: &Value, key: &Value, value: Value) -> PyResult<()> {
        let at = self.place(interp, key)?;
        let old = self.items.borrow_mut().get_mut(at).map(|slot| std::mem::replace(slot, value));
        drop(old);
        Ok(())
    }

    fn del_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<()> {
        let at = self.place(interp, key)?;
        let old = self.items.borrow_mut().remove(at);
        drop(old);
        Ok(())
    }

    fn iter(&self, _interp: &mut Interp, this: &Value) -> PyResult<Value> {
        let (this, length) = (this.clone(), self.items.borrow().len());
        let mut at = 0;
        Ok(Iter::from_fn("_collections._deque_iterator", move |interp| {
            let Some(deque) = this.downcast::<Deque>() else { return Ok(None) };
            if deque.items.borrow().len() != length {
                return Err(interp.raise("RuntimeError", "deque mutated during iteration"));
            }
            at += 1;
            Ok(deque.items.borrow().get(at - 1).cloned())
        }))
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(other) = other.downcast::<Deque>() else { return Ok(None) };
        let (left, right) = (Value::list(self.snapshot()), Value::list(other.snapshot()));
        interp.compare(op, &left, &right).map(Some)
    }

    fn hash(&self, interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Err(interp.raise("TypeError", "unhashable type: 'collections.deque'"))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let items = interp.repr(&Value::list(self.snapshot()))?;
        Ok(match self.most {
            Some(most) => format!("deque({items}, maxlen={most})"),
            None => format!("deque({items})"),
        })
    }
}
