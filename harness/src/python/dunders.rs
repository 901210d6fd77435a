//! Special methods of builtin types as attributes: `dict.__setitem__`, `(1).__add__`, `super().__len__()`.
//!
//! Operators never come here; these only make what they do reachable by name.

use super::args::Args;
use super::error::PyResult;
use super::function::Native;
use super::interp::Interp;
use super::known;
use super::object::{BinaryOp, CompareOp, UnaryOp};
use super::value::Value;
use std::rc::Rc;

const KINDS: &[&str] =
    &["int", "float", "str", "bytes", "list", "tuple", "dict", "set", "frozenset", "range"];

const BINARY: &[BinaryOp] = &[
    BinaryOp::Add,
    BinaryOp::Sub,
    BinaryOp::Mul,
    BinaryOp::Div,
    BinaryOp::FloorDiv,
    BinaryOp::Mod,
    BinaryOp::Pow,
    BinaryOp::LShift,
    BinaryOp::RShift,
    BinaryOp::And,
    BinaryOp::Or,
    BinaryOp::Xor,
];

const COMPARE: &[CompareOp] =
    &[CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Le, CompareOp::Gt, CompareOp::Ge];

type Body = fn(&mut Interp, Args) -> PyResult<Value>;

const OTHERS: &[(&str, Body)] = &[
    ("__len__", |interp, args| {
        let [this] = args.exactly(interp, "__len__")?;
        interp.len(&this).map(Value::size)
    }),
    ("__iter__", |interp, args| {
        let [this] = args.exactly(interp, "__iter__")?;
        interp.iter(&this)
    }),
    ("__contains__", |interp, args| {
        let [this, item] = args.exactly(interp, "__contains__")?;
        interp.contains(&this, &item).map(Value::Bool)
    }),
    ("__getitem__", |interp, args| {
        let [this, key] = args.exactly(interp, "__getitem__")?;
        interp.get_item(&this, &key)
    }),
    ("__setitem__", |interp, args| {
        let [this, key, to] = args.exactly(interp, "__setitem__")?;
        interp.set_item(&this, &key, to)?;
        Ok(Value::None)
    }),
    ("__delitem__", |interp, args| {
        let [this, key] = args.exactly(interp, "__delitem__")?;
        interp.del_item(&this, &key)?;
        Ok(Value::None)
    }),
    ("__repr__", |interp, args| {
        let [this] = args.exactly(interp, "__repr__")?;
        interp.repr(&this).map(Value::from)
    }),
    ("__str__", |interp, args| {
        let [this] = args.exactly(interp, "__str__")?;
        interp.str(&this).map(Value::from)
    }),
    ("__hash__", |interp, args| {
        let [this] = args.exactly(interp, "__hash__")?;
        interp.hash(&this).map(Value::from)
    }),
    ("__bool__", |interp, args| {
        let [this] = args.exactly(interp, "__bool__")?;
        interp.truth(&this).map(Value::Bool)
    }),
    ("__neg__", |interp, args| {
        let [this] = args.exactly(interp, "__neg__")?;
        interp.unary(UnaryOp::Neg, &this)
    }),
    ("__pos__", |interp, args| {
        let [this] = args.exactly(interp, "__pos__")?;
        interp.unary(UnaryOp::Pos, &this)
    }),
    ("__invert__", |interp, args| {
        let [this] = args.exactly(interp, "__invert__")?;
        interp.unary(UnaryOp::Invert, &this)
    }),
    ("__index__", |interp, args| {
        let [this] = args.exactly(interp, "__index__")?;
        interp.unary(UnaryOp::Pos, &this)
    }),
];

/// Defines each special method where the real type has it.
pub(super) fn install(interp: &mut Interp) {
    for kind in KINDS {
        let class = interp.builtin_class(kind);
        let define = |name: &'static str, native: Native| {
            // Those that every object has are known under `object`; what containers refuse stays refused.
            if !class.dict.contains(name) {
                let qualname = format!("{kind}.{name}").into();
                // Of a derived instance only what it holds matters, or an override would be asked again.
                let inner = native.function.clone();
                let native = Native::method(name, move |interp, args: Args| {
                    let mut args = args;
                    if let Some(first) = args.positional.first_mut()
                        && let Some(held) = super::ops::payload(first)
                    {
                        *first = held;
                    }
                    inner(interp, args)
                });
                class.dict.set(name, Value::Native(Rc::new(Native { qualname, ..native })));
            }
        };
        for (name, body) in OTHERS {
            let own = known::has(kind, name)
                || *name == "__repr__"
                || *name == "__str__" && *kind == "str"
                || *name == "__hash__" && !matches!(*kind, "list" | "dict" | "set");
            if own {
                define(name, Native::method(*name, *body));
            }
        }
        for op in BINARY {
            let [plain, reflected, in_place] = op.methods();
            let op = *op;
            if known::has(kind, plain) {
                define(
                    plain,
                    Native::method(plain, move |interp, args| {
                        let [this, other] = args.exactly(interp, plain)?;
                        Ok(interp.binary_builtin(op, &this, &other)?.unwrap_or(Value::NotImplemented))
                    }),
                );
            }
            if known::has(kind, reflected) {
                define(
                    reflected,
                    Native::method(reflected, move |interp, args| {
                        let [this, other] = args.exactly(interp, reflected)?;
                        Ok(interp.binary_builtin(op, &other, &this)?.unwrap_or(Value::NotImplemented))
                    }),
                );
            }
            if known::has(kind, in_place) {
                define(
                    in_place,
                    Native::method(in_place, move |interp, args| {
                        let [this, other] = args.exactly(interp, in_place)?;
                        interp.binary_in_place(op, &this, &other)
                    }),
                );
            }
        }
        for op in COMPARE {
            let op = *op;
            let name = op.method();
            define(
                name,
                Native::method(name, move |interp, args| {
                    let [this, other] = args.exactly(interp, name)?;
                    let other = super::ops::payload(&other).unwrap_or(other);
                    Ok(match interp.compare_builtin(op, &this, &other)? {
                        Some(answer) => Value::Bool(answer),
                        None => Value::NotImplemented,
                    })
                }),
            );
        }
        if matches!(*kind, "list" | "dict" | "set") {
            class.dict.set("__hash__", Value::None);
        }
    }
}
