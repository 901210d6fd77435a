//! Reading, binding and unbinding names.

use super::code::Frame;
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::scope::{Kind, Symbol, mangle};
use super::value::Value;

impl Interp {
    pub(super) fn load_name(&mut self, frame: &Frame, name: &str) -> PyResult<Value> {
        let mangled = mangle(frame.code.scope.private.as_ref(), name);
        let name: &str = &mangled;
        if let Some(names) = &frame.names
            && let Some(value) = names.get(name)
        {
            return Ok(value);
        }
        match frame.code.scope.symbol(name) {
            Symbol::Local(index) if frame.code.scope.kind != Kind::Class => {
                match frame.locals.get(index).and_then(Option::as_ref) {
                    Some(value) => Ok(value.clone()),
                    None => Err(self.unbound(frame, name)),
                }
            }
            Symbol::Cell(index) => match frame.cells.get(index).and_then(|cell| cell.get()) {
                Some(value) => Ok(value),
                None if frame.code.scope.frees.iter().any(|free| **free == *name) => {
                    let message = format!(
                        "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
                    );
                    Err(self.raise("NameError", message))
                }
                None => Err(self.unbound(frame, name)),
            },
            Symbol::Local(_) | Symbol::Global => self.load_global(frame, name),
        }
    }

    fn unbound(&mut self, _frame: &Frame, name: &str) -> Stop {
        let message =
            format!("cannot access local variable '{name}' where it is not associated with a value");
        self.raise("UnboundLocalError", message)
    }

    fn load_global(&mut self, frame: &Frame, name: &str) -> PyResult<Value> {
        if let Some(value) = frame.globals.dict.get(name).or_else(|| self.builtins.dict.get(name)) {
            return Ok(value);
        }
        if super::known::is_builtin_name(name) {
            return Err(Stop::unsupported(format!("the builtin `{name}`")));
        }
        Err(self.name_error(frame, name))
    }

    fn name_error(&mut self, frame: &Frame, name: &str) -> Stop {
        let stop = self.raise("NameError", format!("name '{name}' is not defined"));
        let mut candidates: Vec<std::rc::Rc<str>> = Vec::new();
        let scope = &frame.code.scope;
        for (local, value) in scope.locals.iter().zip(&frame.locals) {
            if value.is_some() {
                candidates.push(local.clone());
            }
        }
        for (cell_name, cell) in scope.cells.iter().chain(&scope.frees).zip(&frame.cells) {
            if cell.get().is_some() {
                candidates.push(cell_name.clone());
            }
        }
        if let Some(names) = &frame.names {
            candidates.extend(names.keys());
        }
        candidates.extend(frame.globals.dict.keys());
        candidates.extend(self.builtins.dict.keys());
        self.suggest(&stop, name, &candidates);
        stop
    }

    pub(super) fn store_name(&mut self, frame: &mut Frame, name: &str, value: Value) -> PyResult<()> {
        let mangled = mangle(frame.code.scope.private.as_ref(), name);
        let name: &str = &mangled;
        match frame.code.scope.symbol(name) {
            Symbol::Local(index) if frame.names.is_none() => {
                if let Some(slot) = frame.locals.get_mut(index) {
                    let old = slot.replace(value);
                    drop(old);
                }
            }
            Symbol::Cell(index) => {
                if let Some(cell) = frame.cells.get(index) {
                    cell.set(Some(value));
                }
            }
            Symbol::Local(_) | Symbol::Global => {
                let declared_global = frame.code.scope.kind == Kind::Class
                    && matches!(frame.code.scope.symbol(name), Symbol::Global);
                match &frame.names {
                    Some(names) if !declared_global => names.set(name, value),
                    _ => frame.globals.dict.set(name, value),
                }
            }
        }
        Ok(())
    }

    pub(super) fn delete_name(&mut self, frame: &mut Frame, name: &str) -> PyResult<()> {
        let mangled = mangle(frame.code.scope.private.as_ref(), name);
        let name: &str = &mangled;
        let old = match frame.code.scope.symbol(name) {
            Symbol::Local(index) if frame.names.is_none() => {
                let old = frame.locals.get_mut(index).and_then(Option::take);
                if old.is_none() {
                    return Err(self.unbound(frame, name));
                }
                old
            }
            Symbol::Cell(index) => {
                let old = frame.cells.get(index).and_then(|cell| cell.get());
                if old.is_none() {
                    return Err(self.unbound(frame, name));
                }
                if let Some(cell) = frame.cells.get(index) {
                    cell.set(None);
                }
                old
            }
            Symbol::Local(_) | Symbol::Global => {
                let old = match &frame.names {
                    Some(names) => names.remove(name),
                    None => frame.globals.dict.remove(name),
                };
                if old.is_none() {
                    return Err(self.raise("NameError", format!("name '{name}' is not defined")));
                }
                old
            }
        };
        drop(old);
        Ok(())
    }
}
