//! What subscripting a name of `typing` gives, and unions of what is found there.

use super::{Form, Origin, abc, origin_value};
use crate::python::error::PyResult;
use crate::python::format::repr_str;
use crate::python::generic::{UnionType, hash_of_union};
use crate::python::interp::Interp;
use crate::python::object::{BinaryOp, CompareOp, Object};
use crate::python::value::Value;
use std::any::Any;
use std::rc::Rc;

/// `List[int]`, `Optional["User"]`: a form, what it stands for, and its arguments.
pub(crate) struct TypingAlias {
    /// `List`, `Union`, `Annotated`: the form's name; `Optional[…]` is a `Union`.
    pub(crate) name: &'static str,
    /// A class or abstract class, or the form itself for special ones.
    pub(crate) origin: Value,
    /// Arguments as `__args__` gives them: `None` is its class, strings are forward references.
    pub(crate) args: Vec<Value>,
    /// What follows the type in `Annotated[…]`.
    pub(crate) metadata: Vec<Value>,
}

/// A name that is not bound yet.
pub(crate) struct ForwardRef(pub(crate) Rc<str>);

/// An argument as `typing` keeps it.
fn argument(interp: &mut Interp, value: &Value) -> Value {
    match value {
        Value::None => Value::Class(interp.builtin_class("NoneType")),
        Value::Str(text) => Value::object(ForwardRef(text.clone())),
        other => other.clone(),
    }
}

/// `form[key]`.
pub(super) fn subscript(interp: &mut Interp, form: Form, key: &Value) -> PyResult<Value> {
    let keys = match key {
        Value::Tuple(items) => items.to_vec(),
        one => vec![one.clone()],
    };
    let origin = origin_value(interp, form);
    let made = |args: Vec<Value>| {
        Value::object(TypingAlias { name: form.name, origin: origin.clone(), args, metadata: Vec::new() })
    };
    match form.name {
        "Any" | "NoReturn" | "Never" | "Self" | "LiteralString" | "TypeAlias" => {
            Err(interp.raise("TypeError", format!("typing.{} is not subscriptable", form.name)))
        }
        "Optional" => {
            if keys.len() != 1 {
                let message = format!("typing.Optional requires a single type. Got {}.", interp.repr(key)?);
                return Err(interp.raise("TypeError", message));
            }
            union(interp, &[keys[0].clone(), Value::None])
        }
        "Union" => union(interp, &keys),
        "Literal" => Ok(made(keys)),
        "Annotated" => {
            if keys.len() < 2 {
                let message =
                    "Annotated[...] should be used with at least two arguments (a type and an annotation).";
                return Err(interp.raise("TypeError", message));
            }
            let mut metadata = keys;
            let first = metadata.remove(0);
            let first = argument(interp, &first);
            Ok(Value::object(TypingAlias {
                name: "Annotated",
                origin: first.clone(),
                args: vec![first],
                metadata,
            }))
        }
        "Callable" => {
            let mut args = Vec::new();
            for key in &keys {
                match key {
                    Value::List(list) => {
                        let items = list.items.borrow().clone();
                        for item in items {
                            args.push(argument(interp, &item));
                        }
                    }
                    other => args.push(argument(interp, other)),
                }
            }
            Ok(made(args))
        }
        name => {
            if form.arity > 0 && keys.len() != form.arity {
                let (how, given) = (if keys.len() > form.arity { "many" } else { "few" }, keys.len());
                if form.origin == Origin::Special {
                    let message = format!("typing.{name} accepts only single type.");
                    return Err(interp.raise("TypeError", message));
                }
                let message =
                    format!("Too {how} arguments for typing.{name}; actual {given}, expected {}", form.arity);
                return Err(interp.raise("TypeError", message));
            }
            let args = keys.iter().map(|key| argument(interp, key)).collect();
            Ok(made(args))
        }
    }
}

/// Whether two arguments are the same type.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Class(left), Value::Class(right)) => Rc::ptr_eq(left, right),
        (Value::Str(left), Value::Str(right)) => left == right,
        _ => {
            if let (Some(left), Some(right)) = (left.downcast::<ForwardRef>(), right.downcast::<ForwardRef>())
            {
                return left.0 == right.0;
            }
            if let (Some(left), Some(right)) = (left.downcast::<Form>(), right.downcast::<Form>()) {
                return left.name == right.name;
            }
            if let (Some(left), Some(right)) =
                (left.downcast::<TypingAlias>(), right.downcast::<TypingAlias>())
            {
                return left.equals(right);
            }
            abc::same(left, right) || left.is(right)
        }
    }
}

/// Whether two unions are of the same types, in whatever order.
fn same_types(left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len() && left.iter().all(|left| right.iter().any(|right| same(left, right)))
}

/// `Union[…]`: flat, without doubles; one type alone is itself.
fn union(interp: &mut Interp, parts: &[Value]) -> PyResult<Value> {
    let mut args: Vec<Value> = Vec::new();
    for part in parts {
        let flat = match part.downcast::<TypingAlias>() {
            Some(inner) if inner.name == "Union" => inner.args.clone(),
            _ if interp.type_name(part).as_ref() == "UnionType" => {
                let inner = interp.get_attr(part, "__args__")?;
                interp.iterate(&inner)?
            }
            _ => vec![argument(interp, part)],
        };
        for arg in flat {
            let arg = argument(interp, &arg);
            if !args.iter().any(|other| same(other, &arg)) {
                args.push(arg);
            }
        }
    }
    if args.len() == 1 {
        return Ok(args.remove(0));
    }
    let form = super::FORMS.into_iter().find(|form| form.name == "Union");
    let origin = form.map_or(Value::None, Value::object);
    Ok(Value::object(TypingAlias { name: "Union", origin, args, metadata: Vec::new() }))
}

/// `left | right` where one of them comes from `typing`.
pub(super) fn either(
    interp: &mut Interp,
    this: &Value,
    op: BinaryOp,
    other: &Value,
    reflected: bool,
) -> PyResult<Option<Value>> {
    let is_type = matches!(other, Value::None | Value::Class(_) | Value::Object(_) | Value::Str(_));
    if op != BinaryOp::Or || !is_type {
        return Ok(None);
    }
    let pair = if reflected { [other.clone(), this.clone()] } else { [this.clone(), other.clone()] };
    union(interp, &pair).map(Some)
}

/// How an argument is shown inside brackets.
pub(super) fn show(interp: &mut Interp, value: &Value) -> PyResult<String> {
    match value {
        Value::Class(class) => Ok(class.full_name()),
        Value::Ellipsis => Ok("...".to_owned()),
        other => interp.repr(other),
    }
}

impl TypingAlias {
    fn equals(&self, other: &TypingAlias) -> bool {
        let all = |left: &[Value], right: &[Value]| {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        };
        if self.name == "Union" && other.name == "Union" {
            return same_types(&self.args, &other.args);
        }
        self.name == other.name && all(&self.args, &other.args) && all(&self.metadata, &other.metadata)
    }

    fn is_none_type(interp: &mut Interp, value: &Value) -> bool {
        let none = interp.builtin_class("NoneType");
        matches!(value, Value::Class(class) if Rc::ptr_eq(class, &none))
    }
}

impl Object for TypingAlias {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_GenericAlias"
    }

    fn type_module(&self) -> &'static str {
        "typing"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "__origin__" => Some(self.origin.clone()),
            "__args__" => Some(Value::tuple(self.args.clone())),
            "__metadata__" if self.name == "Annotated" => Some(Value::tuple(self.metadata.clone())),
            "__module__" => Some(Value::from("typing")),
            "__name__" | "_name" => Some(Value::from(self.name)),
            _ => None,
        })
    }

    fn get_item(&self, interp: &mut Interp, this: &Value, key: &Value) -> PyResult<Value> {
        let mut keys = match key {
            Value::Tuple(items) => items.to_vec(),
            one => vec![one.clone()],
        }
        .into_iter();
        let mut args = Vec::with_capacity(self.args.len());
        for arg in &self.args {
            let is_variable = arg.downcast::<super::TypeVar>().is_some();
            args.push(match if is_variable { keys.next() } else { None } {
                Some(key) => argument(interp, &key),
                None => arg.clone(),
            });
        }
        if args.iter().zip(&self.args).all(|(new, old)| new.is(old)) {
            let shown = interp.repr(this)?;
            return Err(interp.raise("TypeError", format!("{shown} is not a generic class")));
        }
        let (name, origin, metadata) = (self.name, self.origin.clone(), self.metadata.clone());
        Ok(Value::object(TypingAlias { name, origin, args, metadata }))
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, args: crate::python::Args) -> PyResult<Value> {
        match &self.origin {
            origin @ Value::Class(_) => interp.call(&origin.clone(), args),
            _ => Err(interp.raise("TypeError", format!("Cannot instantiate typing.{}", self.name))),
        }
    }

    fn binary(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        either(interp, this, op, other, reflected)
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        if let Some(other) = other.downcast::<UnionType>()
            && self.name == "Union"
        {
            let none = interp.builtin_class("NoneType");
            let whole = |arg: &Value| if arg.is_none() { Value::Class(none.clone()) } else { arg.clone() };
            let args: Vec<Value> = other.args.iter().map(whole).collect();
            let equal = same_types(&self.args, &args);
            return Ok(match op {
                CompareOp::Eq => Some(Value::Bool(equal)),
                CompareOp::Ne => Some(Value::Bool(!equal)),
                _ => None,
            });
        }
        let Some(other) = other.downcast::<TypingAlias>() else { return Ok(None) };
        Ok(match op {
            CompareOp::Eq => Some(Value::Bool(self.equals(other))),
            CompareOp::Ne => Some(Value::Bool(!self.equals(other))),
            _ => None,
        })
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        if self.name == "Union" {
            return Ok(hash_of_union(self.args.len()));
        }
        Ok(crate::python::map::hash_str(self.name).wrapping_add(self.args.len() as i64))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let mut shown = Vec::with_capacity(self.args.len());
        for arg in &self.args {
            shown.push(if self.name == "Literal" { interp.repr(arg)? } else { show(interp, arg)? });
        }
        if self.name == "Union" && self.args.len() == 2 {
            for (index, arg) in self.args.iter().enumerate() {
                if TypingAlias::is_none_type(interp, arg) {
                    return Ok(format!("typing.Optional[{}]", shown[1 - index]));
                }
            }
        }
        if self.name == "Callable"
            && let Some(result) = shown.pop()
        {
            let takes = shown.join(", ");
            let takes = if takes == "..." { takes } else { format!("[{takes}]") };
            return Ok(format!("typing.Callable[{takes}, {result}]"));
        }
        for item in &self.metadata {
            shown.push(interp.repr(item)?);
        }
        let inside = if shown.is_empty() { "()".to_owned() } else { shown.join(", ") };
        Ok(format!("typing.{}[{inside}]", self.name))
    }

    fn instance_check(&self, interp: &mut Interp, _this: &Value, value: &Value) -> PyResult<Option<bool>> {
        if self.name == "Union" {
            for arg in &self.args {
                if crate::python::builtins::is_instance(interp, value, arg)? {
                    return Ok(Some(true));
                }
            }
            return Ok(Some(false));
        }
        Err(interp.raise("TypeError", "Subscripted generics cannot be used with class and instance checks"))
    }

    fn as_base(
        &self,
        interp: &mut Interp,
        _this: &Value,
    ) -> PyResult<Option<Rc<crate::python::class::Class>>> {
        match &self.origin {
            Value::Class(class) => Ok(Some(class.clone())),
            _ => {
                let _ = interp;
                Err(crate::python::error::Stop::unsupported(format!(
                    "a class derived from typing.{}",
                    self.name
                )))
            }
        }
    }
}

impl Object for ForwardRef {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "ForwardRef"
    }

    fn type_module(&self) -> &'static str {
        "typing"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok((name == "__forward_arg__").then(|| Value::Str(self.0.clone())))
    }

    fn compare(
        &self,
        _interp: &mut Interp,
        this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        Ok(match op {
            CompareOp::Eq => Some(Value::Bool(same(this, other))),
            CompareOp::Ne => Some(Value::Bool(!same(this, other))),
            _ => None,
        })
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(crate::python::map::hash_str(&self.0))
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("ForwardRef({})", repr_str(&self.0)))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        either(interp, this, op, other, reflected)
    }
}
