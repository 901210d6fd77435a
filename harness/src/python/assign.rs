//! Assignment targets: names, attributes, items, unpacking, deletion and annotations.

use super::code::Frame;
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::iterate::is_iterable;
use super::scope::{Kind, mangle};
use super::stmt::{Flow, Suspension};
use super::value::Value;
use super::{Dict, Map};
use ruff_python_ast::{Expr, StmtAnnAssign};
use ruff_text_size::{Ranged, TextRange};
use std::rc::Rc;

impl Interp {
    /// Binds a value to a target.
    pub(super) fn assign(&mut self, frame: &mut Frame, target: &Expr, value: Value) -> PyResult<()> {
        match target {
            Expr::Name(name) => self.store_name(frame, &name.id, value),
            Expr::Attribute(attribute) => {
                let object = self.eval(frame, &attribute.value)?;
                frame.at = attribute.range;
                let private = frame.code.scope.private.clone();
                let name = mangle(private.as_ref(), attribute.attr.as_str());
                self.set_attr(&object, &name, value)
            }
            Expr::Subscript(subscript) => {
                let object = self.eval(frame, &subscript.value)?;
                let key = self.eval(frame, &subscript.slice)?;
                frame.at = subscript.range;
                self.set_item(&object, &key, value)
            }
            Expr::Tuple(tuple) => self.unpack(frame, &tuple.elts, value, tuple.range),
            Expr::List(list) => self.unpack(frame, &list.elts, value, list.range),
            other => Err(Stop::Unsupported { what: "this assignment".into(), range: Some(other.range()) }),
        }
    }

    fn unpack(
        &mut self,
        frame: &mut Frame,
        targets: &[Expr],
        value: Value,
        range: TextRange,
    ) -> PyResult<()> {
        frame.at = range;
        let star = targets.iter().position(|target| matches!(target, Expr::Starred(_)));
        if !is_iterable(&value) {
            let kind = self.type_name(&value);
            return Err(self.raise("TypeError", format!("cannot unpack non-iterable {kind} object")));
        }
        let mut values = match star {
            Some(_) => self.iterate(&value)?,
            None => self.take_up_to(&value, targets.len() + 1)?,
        };
        drop(value);
        let (given, wanted) = (values.len(), targets.len());
        let Some(star) = star else {
            if given < wanted {
                let message = format!("not enough values to unpack (expected {wanted}, got {given})");
                return Err(self.raise("ValueError", message));
            }
            if given > wanted {
                return Err(
                    self.raise("ValueError", format!("too many values to unpack (expected {wanted})"))
                );
            }
            for (target, value) in targets.iter().zip(values) {
                self.assign(frame, target, value)?;
            }
            return Ok(());
        };
        let after = wanted - star - 1;
        if given < wanted - 1 {
            let least = wanted - 1;
            let message = format!("not enough values to unpack (expected at least {least}, got {given})");
            return Err(self.raise("ValueError", message));
        }
        let tail = values.split_off(given - after);
        let middle = values.split_off(star);
        for (target, value) in targets.iter().zip(values) {
            self.assign(frame, target, value)?;
        }
        if let Some(Expr::Starred(starred)) = targets.get(star) {
            self.assign(frame, &starred.value, Value::list(middle))?;
        }
        for (target, value) in targets.iter().skip(star + 1).zip(tail) {
            self.assign(frame, target, value)?;
        }
        Ok(())
    }

    /// The first items of an iterable, at most `most`.
    fn take_up_to(&mut self, value: &Value, most: usize) -> PyResult<Vec<Value>> {
        match value {
            Value::Tuple(items) => return Ok(items.iter().take(most).cloned().collect()),
            Value::List(list) => return Ok(list.items.borrow().iter().take(most).cloned().collect()),
            _ => {}
        }
        let iterator = self.iter(value)?;
        let mut values = Vec::new();
        while values.len() < most {
            let Some(item) = self.next(&iterator)? else { break };
            values.push(item);
        }
        Ok(values)
    }

    /// Unbinds a target.
    pub(super) fn delete(&mut self, frame: &mut Frame, target: &Expr) -> PyResult<()> {
        match target {
            Expr::Name(name) => self.delete_name(frame, &name.id),
            Expr::Attribute(attribute) => {
                let object = self.eval(frame, &attribute.value)?;
                frame.at = attribute.range;
                let private = frame.code.scope.private.clone();
                let name = mangle(private.as_ref(), attribute.attr.as_str());
                self.del_attr(&object, &name)
            }
            Expr::Subscript(subscript) => {
                let object = self.eval(frame, &subscript.value)?;
                let key = self.eval(frame, &subscript.slice)?;
                frame.at = subscript.range;
                self.del_item(&object, &key)
            }
            Expr::Tuple(tuple) => tuple.elts.iter().try_for_each(|part| self.delete(frame, part)),
            Expr::List(list) => list.elts.iter().try_for_each(|part| self.delete(frame, part)),
            other => Err(Stop::Unsupported { what: "this deletion".into(), range: Some(other.range()) }),
        }
    }

    pub(super) fn exec_ann_assign(&mut self, frame: &mut Frame, node: &StmtAnnAssign) -> PyResult<Flow> {
        if let Some(value) = &node.value {
            let value = match self.eval_yielding(frame, value)? {
                Suspension::Out(value) => return Ok(Flow::Yield(value)),
                Suspension::Resumed(value) => value,
            };
            self.assign(frame, &node.target, value)?;
        }
        let keeps = matches!(frame.code.scope.kind, Kind::Class | Kind::Module);
        if let (true, true, Expr::Name(name)) = (keeps, node.simple, &*node.target) {
            let annotation = self.eval_annotation(frame, &node.annotation)?;
            let private = frame.code.scope.private.clone();
            let name = mangle(private.as_ref(), &name.id);
            let names = match &frame.names {
                Some(names) => names.get("__annotations__"),
                None => frame.globals.dict.get("__annotations__"),
            };
            let dict = match names {
                Some(Value::Dict(dict)) => dict,
                _ => {
                    let dict = Rc::new(Dict::new(Map::new()));
                    let names = frame.names.as_deref().unwrap_or(&frame.globals.dict);
                    names.set("__annotations__", Value::Dict(dict.clone()));
                    dict
                }
            };
            dict.map.borrow_mut().set_str(&name, annotation);
        }
        Ok(Flow::Normal)
    }

    /// An annotation's value, or its text where the source postpones annotations.
    pub(super) fn eval_annotation(&mut self, frame: &mut Frame, annotation: &Expr) -> PyResult<Value> {
        if frame.code.source.postponed {
            let text = frame.code.source.text.get(annotation.range().to_std_range()).unwrap_or_default();
            return Ok(Value::from(text));
        }
        self.eval(frame, annotation)
    }
}
