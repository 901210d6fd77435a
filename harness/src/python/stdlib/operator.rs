//! The `operator` module.

use super::add;
use crate::python::args::Args;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::{BinaryOp, CompareOp, UnaryOp};
use crate::python::value::Value;
use std::rc::Rc;

const BINARY: [(&str, BinaryOp); 13] = [
    ("add", BinaryOp::Add),
    ("sub", BinaryOp::Sub),
    ("mul", BinaryOp::Mul),
    ("matmul", BinaryOp::MatMul),
    ("truediv", BinaryOp::Div),
    ("floordiv", BinaryOp::FloorDiv),
    ("mod", BinaryOp::Mod),
    ("pow", BinaryOp::Pow),
    ("lshift", BinaryOp::LShift),
    ("rshift", BinaryOp::RShift),
    ("and_", BinaryOp::And),
    ("or_", BinaryOp::Or),
    ("xor", BinaryOp::Xor),
];

const COMPARE: [(&str, CompareOp); 6] = [
    ("eq", CompareOp::Eq),
    ("ne", CompareOp::Ne),
    ("lt", CompareOp::Lt),
    ("le", CompareOp::Le),
    ("gt", CompareOp::Gt),
    ("ge", CompareOp::Ge),
];

const UNARY: [(&str, UnaryOp); 4] =
    [("neg", UnaryOp::Neg), ("pos", UnaryOp::Pos), ("invert", UnaryOp::Invert), ("inv", UnaryOp::Invert)];

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("operator", |_| {
        let module = Module::new("operator");
        for (name, op) in BINARY {
            let call = move |interp: &mut Interp, args: Args| {
                let [left, right] = args.exactly(interp, name)?;
                interp.binary(op, &left, &right)
            };
            module.dict.set(name, Value::native(name, call));
            let in_place = move |interp: &mut Interp, args: Args| {
                let [left, right] = args.exactly(interp, name)?;
                interp.binary_in_place(op, &left, &right)
            };
            let name = format!("i{}", name.trim_end_matches('_'));
            module.dict.set(&name, Value::native(name.clone(), in_place));
        }
        for (name, op) in COMPARE {
            let call = move |interp: &mut Interp, args: Args| {
                let [left, right] = args.exactly(interp, name)?;
                interp.compare(op, &left, &right)
            };
            module.dict.set(name, Value::native(name, call));
        }
        for (name, op) in UNARY {
            let call = move |interp: &mut Interp, args: Args| {
                let [operand] = args.exactly(interp, name)?;
                interp.unary(op, &operand)
            };
            module.dict.set(name, Value::native(name, call));
        }
        functions(&module);
        getters(&module);
        Ok(Rc::new(module))
    });
}

fn functions(module: &Module) {
    add(module, "not_", |interp, args| {
        let [value] = args.exactly(interp, "not_")?;
        interp.truth(&value).map(|truth| Value::Bool(!truth))
    });
    add(module, "truth", |interp, args| {
        let [value] = args.exactly(interp, "truth")?;
        interp.truth(&value).map(Value::Bool)
    });
    add(module, "is_", |interp, args| {
        let [left, right] = args.exactly(interp, "is_")?;
        Ok(Value::Bool(left.is(&right)))
    });
    add(module, "is_not", |interp, args| {
        let [left, right] = args.exactly(interp, "is_not")?;
        Ok(Value::Bool(!left.is(&right)))
    });
    add(module, "contains", |interp, args| {
        let [container, item] = args.exactly(interp, "contains")?;
        interp.contains(&container, &item).map(Value::Bool)
    });
    add(module, "getitem", |interp, args| {
        let [value, key] = args.exactly(interp, "getitem")?;
        interp.get_item(&value, &key)
    });
    add(module, "setitem", |interp, args| {
        let [value, key, item] = args.exactly(interp, "setitem")?;
        interp.set_item(&value, &key, item)?;
        Ok(Value::None)
    });
    add(module, "delitem", |interp, args| {
        let [value, key] = args.exactly(interp, "delitem")?;
        interp.del_item(&value, &key)?;
        Ok(Value::None)
    });
    add(module, "concat", |interp, args| {
        let [left, right] = args.exactly(interp, "concat")?;
        interp.binary(BinaryOp::Add, &left, &right)
    });
    add(module, "index", |interp, args| {
        let [value] = args.exactly(interp, "index")?;
        interp.index(&value).map(Value::from)
    });
    add(module, "abs", |interp, args| match interp.builtins.dict.get("abs") {
        Some(abs) => interp.call(&abs, args),
        None => Ok(Value::None),
    });
}

/// One value alone, several as a tuple.
fn one_or_tuple(mut values: Vec<Value>) -> Value {
    if values.len() == 1 { values.remove(0) } else { Value::tuple(values) }
}

fn dotted(interp: &mut Interp, value: &Value, path: &str) -> PyResult<Value> {
    let mut value = value.clone();
    for name in path.split('.') {
        value = interp.get_attr(&value, name)?;
    }
    Ok(value)
}

fn getters(module: &Module) {
    add(module, "itemgetter", |interp, args| {
        if args.positional.is_empty() {
            return Err(interp.raise("TypeError", "itemgetter expected at least 1 argument, got 0"));
        }
        let keys = args.positional;
        Ok(Value::native("itemgetter", move |interp, args| {
            let [value] = args.exactly(interp, "itemgetter")?;
            let mut found = Vec::with_capacity(keys.len());
            for key in &keys {
                found.push(interp.get_item(&value, key)?);
            }
            Ok(one_or_tuple(found))
        }))
    });
    add(module, "attrgetter", |interp, args| {
        let mut paths = Vec::new();
        for path in &args.positional {
            match path.as_str() {
                Some(path) => paths.push(path.clone()),
                None => return Err(interp.raise("TypeError", "attribute name must be a string")),
            }
        }
        if paths.is_empty() {
            return Err(interp.raise("TypeError", "attrgetter expected at least 1 argument, got 0"));
        }
        Ok(Value::native("attrgetter", move |interp, args| {
            let [value] = args.exactly(interp, "attrgetter")?;
            let mut found = Vec::with_capacity(paths.len());
            for path in &paths {
                found.push(dotted(interp, &value, path)?);
            }
            Ok(one_or_tuple(found))
        }))
    });
    add(module, "methodcaller", |interp, mut args| {
        let name = (!args.positional.is_empty()).then(|| args.positional.remove(0));
        let Some(name) = name.as_ref().and_then(Value::as_str).cloned() else {
            return Err(interp.raise("TypeError", "method name must be a string"));
        };
        Ok(Value::native("methodcaller", move |interp, given| {
            let [value] = given.exactly(interp, "methodcaller")?;
            interp.call_method(&value, &name, args.clone())
        }))
    });
}
