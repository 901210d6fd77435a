//! The `typing` module: names for annotations, what subscripting them gives, and `collections.abc`.
//!
//! Nothing here checks types; an annotation is a value with an origin, arguments and CPython's repr.

mod abc;
mod alias;
mod structures;

use super::add;
use crate::python::args::{Args, Signature};
use crate::python::builtins::construct_with;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::{Missing, Module};
use crate::python::object::{BinaryOp, CompareOp, Object};
use crate::python::value::{Value, fresh_identity};
use std::any::Any;
use std::rc::Rc;

use alias::ForwardRef;

/// What a name of the module stands for at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Nothing: `Any`, `Union`, `ClassVar`.
    Special,
    Builtin(&'static str),
    Abc(&'static str),
    Collections(&'static str),
}

/// A name of the module that can be subscripted, or stands alone in annotations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    name: &'static str,
    origin: Origin,
    /// How many arguments its brackets take; 0 where that is not fixed.
    arity: usize,
}

const FORMS: [Form; 54] = {
    use Origin::{Abc, Builtin, Collections, Special};
    const fn form(name: &'static str, origin: Origin, arity: usize) -> Form {
        Form { name, origin, arity }
    }
    [
        form("Any", Special, 0),
        form("Optional", Special, 1),
        form("Union", Special, 0),
        form("Literal", Special, 0),
        form("Annotated", Special, 0),
        form("ClassVar", Special, 1),
        form("Final", Special, 1),
        form("Required", Special, 1),
        form("NotRequired", Special, 1),
        form("Concatenate", Special, 0),
        form("TypeGuard", Special, 1),
        form("TypeAlias", Special, 0),
        form("NoReturn", Special, 0),
        form("Never", Special, 0),
        form("Self", Special, 0),
        form("LiteralString", Special, 0),
        form("List", Builtin("list"), 1),
        form("Dict", Builtin("dict"), 2),
        form("Set", Builtin("set"), 1),
        form("FrozenSet", Builtin("frozenset"), 1),
        form("Tuple", Builtin("tuple"), 0),
        form("Type", Builtin("type"), 1),
        form("Deque", Collections("deque"), 1),
        form("DefaultDict", Collections("defaultdict"), 2),
        form("OrderedDict", Collections("OrderedDict"), 2),
        form("Counter", Collections("Counter"), 1),
        form("ChainMap", Collections("ChainMap"), 2),
        form("Callable", Abc("Callable"), 0),
        form("AbstractSet", Abc("Set"), 1),
        form("MutableSet", Abc("MutableSet"), 1),
        form("Mapping", Abc("Mapping"), 2),
        form("MutableMapping", Abc("MutableMapping"), 2),
        form("Sequence", Abc("Sequence"), 1),
        form("MutableSequence", Abc("MutableSequence"), 1),
        form("Iterable", Abc("Iterable"), 1),
        form("Iterator", Abc("Iterator"), 1),
        form("Generator", Abc("Generator"), 3),
        form("Collection", Abc("Collection"), 1),
        form("Container", Abc("Container"), 1),
        form("Reversible", Abc("Reversible"), 1),
        form("Hashable", Abc("Hashable"), 0),
        form("Sized", Abc("Sized"), 0),
        form("Awaitable", Abc("Awaitable"), 1),
        form("Coroutine", Abc("Coroutine"), 3),
        form("AsyncIterable", Abc("AsyncIterable"), 1),
        form("AsyncIterator", Abc("AsyncIterator"), 1),
        form("AsyncGenerator", Abc("AsyncGenerator"), 2),
        form("KeysView", Abc("KeysView"), 1),
        form("ValuesView", Abc("ValuesView"), 1),
        form("ItemsView", Abc("ItemsView"), 2),
        form("MappingView", Abc("MappingView"), 0),
        form("ByteString", Abc("ByteString"), 0),
        form("Pattern", Special, 1),
        form("Match", Special, 1),
    ]
};

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("typing", |interp| {
        let module = Module::new("typing");
        fill(interp, &module)?;
        Ok(Rc::new(module))
    });
    interp.register_module("typing_extensions", |interp| {
        let module = Module::new("typing_extensions");
        fill(interp, &module)?;
        Ok(Rc::new(module))
    });
    interp.register_module("collections.abc", |_| {
        let module = Module::new("collections.abc").with_missing(|_| Missing::Absent);
        for form in FORMS {
            if let Origin::Abc(name) = form.origin {
                module.dict.set(name, abc::value(name));
            }
        }
        Ok(Rc::new(module))
    });
}

fn fill(interp: &mut Interp, module: &Module) -> PyResult<()> {
    for (name, class) in structures::classes(interp)? {
        module.dict.set(name, Value::Class(class));
    }
    for form in FORMS {
        module.dict.set(form.name, Value::object(form));
    }
    module.dict.set("TYPE_CHECKING", Value::Bool(false));
    let text = interp.builtin_class("str");
    module.dict.set("Text", Value::Class(text));
    module.dict.set("AnyStr", type_var("AnyStr", '~'));
    for name in ["Generic", "Protocol"] {
        let class = interp.foreign_class("typing", name);
        class.generic.set(true);
        module.dict.set(name, Value::Class(class));
    }
    let variable = interp.foreign_class("typing", "TypeVar");
    construct_with(&variable, |interp, _, args| {
        let Some(name) = args.positional.first().and_then(|name| name.as_str().cloned()) else {
            return Err(interp.raise("TypeError", "TypeVar() missing 1 required positional argument: 'name'"));
        };
        let set = |wanted: &str| {
            args.keywords
                .iter()
                .any(|(keyword, value)| &**keyword == wanted && matches!(value, Value::Bool(true)))
        };
        let mark = if set("covariant") {
            '+'
        } else if set("contravariant") {
            '-'
        } else {
            '~'
        };
        Ok(type_var(&name, mark))
    });
    module.dict.set("TypeVar", Value::Class(variable));
    let reference = interp.foreign_class("typing", "ForwardRef");
    construct_with(&reference, |interp, _, args| match args.positional.first().and_then(Value::as_str) {
        Some(text) => Ok(Value::object(ForwardRef(text.clone()))),
        None => Err(interp.raise("TypeError", "Forward reference must be a string")),
    });
    module.dict.set("ForwardRef", Value::Class(reference));
    functions(module);
    Ok(())
}

fn functions(module: &Module) {
    add(module, "cast", |interp, args| {
        let [_, value] = args.exactly(interp, "cast")?;
        Ok(value)
    });
    for name in ["overload", "final", "no_type_check", "runtime_checkable", "override"] {
        module.dict.set(
            name,
            Value::native(name, move |interp, args| {
                let [value] = args.exactly(interp, name)?;
                Ok(value)
            }),
        );
    }
    add(module, "NewType", |interp, args| {
        let mut bound = Signature::new("NewType.__init__", "name, tp").bind(interp, args)?;
        let name = bound.take(0).and_then(|name| name.as_str().cloned()).unwrap_or_else(|| "".into());
        let supertype = bound.take(1).unwrap_or(Value::None);
        let module = interp.main.name.clone();
        Ok(Value::object(NewType { name: format!("{module}.{name}"), supertype, id: fresh_identity() }))
    });
    add(module, "get_origin", |interp, args| {
        let [value] = args.exactly(interp, "get_origin")?;
        Ok(match interp.get_attr_opt(&value, "__origin__")? {
            Some(origin) if matches!(value, Value::Object(_)) => origin,
            _ => Value::None,
        })
    });
    add(module, "get_args", |interp, args| {
        let [value] = args.exactly(interp, "get_args")?;
        Ok(match interp.get_attr_opt(&value, "__args__")? {
            Some(args) if matches!(value, Value::Object(_)) => args,
            _ => Value::tuple(Vec::new()),
        })
    });
    add(module, "get_type_hints", |_, _| Err(Stop::unsupported("typing.get_type_hints()")));
}

fn type_var(name: &str, mark: char) -> Value {
    Value::object(TypeVar { name: name.into(), mark, id: fresh_identity() })
}

/// Runtime origin of a form, as `__origin__` gives it.
fn origin_value(interp: &mut Interp, form: Form) -> Value {
    match form.origin {
        Origin::Special => Value::object(form),
        Origin::Builtin(name) => Value::Class(interp.builtin_class(name)),
        Origin::Abc(name) => abc::value(name),
        Origin::Collections(name) => Value::Class(interp.foreign_class("collections", name)),
    }
}

impl Object for Form {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        match self.origin {
            Origin::Special => "_SpecialForm",
            _ => "_SpecialGenericAlias",
        }
    }

    fn type_module(&self) -> &'static str {
        "typing"
    }

    fn identity(&self) -> u64 {
        (1 << 62) | (self.name.as_ptr().addr() as u64)
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "__origin__" if self.origin != Origin::Special => Some(origin_value(interp, *self)),
            "__name__" | "_name" | "__qualname__" => Some(Value::from(self.name)),
            "__module__" => Some(Value::from("typing")),
            _ => None,
        })
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, args: Args) -> PyResult<Value> {
        let name = self.name;
        match self.origin {
            Origin::Builtin(builtin) => {
                let message = format!("Type {name} cannot be instantiated; use {builtin}() instead");
                Err(interp.raise("TypeError", message))
            }
            Origin::Collections(_) => {
                let class = origin_value(interp, *self);
                interp.call(&class, args)
            }
            _ => Err(interp.raise("TypeError", format!("Cannot instantiate typing.{name}"))),
        }
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        alias::subscript(interp, *self, key)
    }

    fn compare(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let same = other.downcast::<Form>().is_some_and(|other| other.name == self.name);
        Ok(match op {
            CompareOp::Eq => Some(Value::Bool(same)),
            CompareOp::Ne => Some(Value::Bool(!same)),
            _ => None,
        })
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(crate::python::map::hash_str(self.name))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        alias::either(interp, this, op, other, reflected)
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("typing.{}", self.name))
    }

    fn instance_check(&self, interp: &mut Interp, _this: &Value, value: &Value) -> PyResult<Option<bool>> {
        match self.origin {
            Origin::Special => {
                let message = format!("typing.{} cannot be used with isinstance()", self.name);
                Err(interp.raise("TypeError", message))
            }
            Origin::Abc(name) => abc::check(interp, name, value).map(Some),
            Origin::Builtin(_) | Origin::Collections(_) => match origin_value(interp, *self) {
                Value::Class(class) => Ok(Some(interp.is_instance(value, &class))),
                _ => Ok(None),
            },
        }
    }

    fn as_base(
        &self,
        _interp: &mut Interp,
        _this: &Value,
    ) -> PyResult<Option<Rc<crate::python::class::Class>>> {
        Err(Stop::unsupported(format!("a class derived from typing.{}", self.name)))
    }
}

/// `TypeVar(…)`.
struct TypeVar {
    name: Rc<str>,
    mark: char,
    id: u64,
}

impl Object for TypeVar {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "TypeVar"
    }

    fn type_module(&self) -> &'static str {
        "typing"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok((name == "__name__").then(|| Value::Str(self.name.clone())))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        alias::either(interp, this, op, other, reflected)
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("{}{}", self.mark, self.name))
    }
}

/// `NewType(name, type)`.
struct NewType {
    name: String,
    supertype: Value,
    id: u64,
}

impl Object for NewType {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "NewType"
    }

    fn type_module(&self) -> &'static str {
        "typing"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "__supertype__" => Some(self.supertype.clone()),
            "__name__" => Some(Value::from(self.name.rsplit('.').next().unwrap_or_default())),
            _ => None,
        })
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, args: Args) -> PyResult<Value> {
        let [value] = args.exactly(interp, &self.name)?;
        Ok(value)
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.name.clone())
    }
}
