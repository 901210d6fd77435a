//! The types of values, and what `object`, `type` and `super` themselves do.

use super::args::Args;
use super::class::Class;
use super::code::Frame;
use super::error::{PyResult, Stop};
use super::function::Native;
use super::interp::Interp;
use super::object::CompareOp;
use super::value::Value;
use std::rc::Rc;

/// Types that can be subscripted in annotations.
const GENERIC: &[&str] = &["list", "dict", "tuple", "set", "frozenset", "type"];

/// Makes the builtin types and what the core itself defines in them.
pub(super) fn install(interp: &mut Interp) {
    super::exception::install(interp);
    let int = interp.builtin_class("int");
    interp.derive_builtin("bool", &int);
    for name in GENERIC {
        interp.builtin_class(name).generic.set(true);
    }
    let object = interp.builtin_class("object");
    let method = |name: &'static str, function: fn(&mut Interp, Args) -> PyResult<Value>| {
        let qualname = format!("object.{name}").into();
        object.dict.set(name, Value::Native(Rc::new(Native { qualname, ..Native::method(name, function) })));
    };
    method("__init__", |_, _| Ok(Value::None));
    method("__repr__", |interp, args| {
        let [this] = args.exactly(interp, "__repr__")?;
        Ok(Value::from(interp.default_repr(&this)))
    });
    method("__str__", |interp, args| {
        let [this] = args.exactly(interp, "__str__")?;
        interp.repr(&this).map(Value::from)
    });
    method("__eq__", |interp, args| {
        let [this, other] = args.exactly(interp, "__eq__")?;
        if !matches!(this, Value::Instance(_) | Value::Object(_)) {
            return interp.compare(CompareOp::Eq, &this, &other);
        }
        Ok(if this.is(&other) { Value::Bool(true) } else { Value::NotImplemented })
    });
    method("__ne__", |interp, args| {
        let [this, other] = args.exactly(interp, "__ne__")?;
        let equal = interp.call_method(&this, "__eq__", Args::of(vec![other]))?;
        Ok(match equal {
            Value::NotImplemented => Value::NotImplemented,
            answer => Value::Bool(!interp.truth(&answer)?),
        })
    });
    method("__hash__", |interp, args| {
        let [this] = args.exactly(interp, "__hash__")?;
        Ok(Value::from(match this {
            Value::Instance(_) => this.identity() as i64,
            other => interp.hash(&other)?,
        }))
    });
    method("__getattribute__", |interp, args| {
        let [this, name] = args.exactly(interp, "__getattribute__")?;
        let name = attribute_name(interp, &name)?;
        interp.get_attr(&this, &name)
    });
    method("__setattr__", |interp, args| {
        let [this, name, to] = args.exactly(interp, "__setattr__")?;
        let name = attribute_name(interp, &name)?;
        interp.set_attr_plain(&this, &name, to)?;
        Ok(Value::None)
    });
    method("__delattr__", |interp, args| {
        let [this, name] = args.exactly(interp, "__delattr__")?;
        let name = attribute_name(interp, &name)?;
        interp.del_attr_plain(&this, &name)?;
        Ok(Value::None)
    });
    method("__format__", |interp, args| {
        let [this, spec] = args.exactly(interp, "__format__")?;
        match &spec {
            Value::Str(spec) if spec.is_empty() => interp.str(&this).map(Value::from),
            Value::Str(_) => {
                let kind = interp.type_name(&this);
                let message = format!("unsupported format string passed to {kind}.__format__");
                Err(interp.raise("TypeError", message))
            }
            other => {
                let kind = interp.type_name(other);
                Err(interp.raise("TypeError", format!("__format__() argument must be str, not {kind}")))
            }
        }
    });
    let new = Value::native("__new__", |interp, args| {
        let mut args = args;
        if args.positional.is_empty() {
            return Err(interp.raise("TypeError", "object.__new__(): not enough arguments"));
        }
        match args.positional.remove(0) {
            // What `__new__` was given beside the class is `__init__`'s business where the class has one.
            Value::Class(class) => interp.new_instance_of(&class, args),
            other => {
                let kind = interp.type_name(&other);
                let message = format!("object.__new__(X): X is not a type object ({kind})");
                Err(interp.raise("TypeError", message))
            }
        }
    });
    object.dict.set("__new__", Value::StaticMethod(Rc::new(new)));
    let init_subclass = Value::native_method("__init_subclass__", |interp, args| {
        if args.keywords.is_empty() {
            return Ok(Value::None);
        }
        let name = match args.positional.first() {
            Some(Value::Class(class)) => class.name(),
            _ => "object".into(),
        };
        let message = format!("{name}.__init_subclass__() takes no keyword arguments");
        Err(interp.raise("TypeError", message))
    });
    object.dict.set("__init_subclass__", Value::ClassMethod(Rc::new(init_subclass)));
    let super_class = interp.builtin_class("super");
    *super_class.construct.borrow_mut() = Some(Rc::new(|interp, args| match args.positional.as_slice() {
        [_, Value::Class(class), receiver] => interp.make_super(class, receiver.clone()),
        [_] => Err(interp.raise("RuntimeError", "super(): no arguments")),
        [_, _] => Err(Stop::unsupported("super() with one argument")),
        _ => Err(interp.raise("TypeError", "super() argument 1 must be a type")),
    }));
    interp.define_builtin("super", Value::Class(super_class));
    for name in ["globals", "locals"] {
        let native = Value::native(name, move |interp, args| {
            let [] = args.exactly(interp, name)?;
            let items = interp.main.dict.items();
            Ok(interp.namespace_copy(items))
        });
        interp.define_builtin(name, native);
    }
    super::dunders::install(interp);
    interp.define_builtin("NotImplemented", Value::NotImplemented);
    interp.define_builtin("Ellipsis", Value::Ellipsis);
    interp.define_builtin("__debug__", Value::Bool(true));
    interp.main.dict.set("__name__", Value::from("__main__"));
}

fn attribute_name(interp: &mut Interp, name: &Value) -> PyResult<Rc<str>> {
    match name {
        Value::Str(name) => Ok(name.clone()),
        other => {
            let kind = interp.type_name(other);
            Err(interp.raise("TypeError", format!("attribute name must be string, not '{kind}'")))
        }
    }
}

impl Interp {
    /// Makes a builtin class with a base other than `object`.
    pub(super) fn derive_builtin(&mut self, name: &str, base: &Rc<Class>) -> Rc<Class> {
        let class = Class::new(name, "builtins", vec![base.clone()], base.mro());
        self.classes.insert(name.into(), class.clone());
        class
    }

    /// Whether a class is one of Python's own, whose attributes cannot be set.
    pub fn is_builtin(&self, class: &Rc<Class>) -> bool {
        self.classes.get(&*class.name()).is_some_and(|known| known.id == class.id)
    }

    /// `type(value)`.
    pub fn class_of(&mut self, value: &Value) -> Rc<Class> {
        let name = match value {
            Value::Instance(instance) => return instance.class(),
            Value::Object(object) => return object.class(self),
            Value::Class(class) => {
                let metaclass = class.metaclass.borrow().clone();
                return metaclass.unwrap_or_else(|| self.builtin_class("type"));
            }
            Value::Iter(iter) => {
                let name = iter.name.clone();
                return self.builtin_class(&name);
            }
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Str(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::Ellipsis => "ellipsis",
            Value::NotImplemented => "NotImplementedType",
            Value::Tuple(_) => "tuple",
            Value::List(_) => "list",
            Value::Dict(_) => "dict",
            Value::Set(_) => "set",
            Value::FrozenSet(_) => "frozenset",
            Value::Range(_) => "range",
            Value::Slice(_) => "slice",
            Value::Function(_) => "function",
            Value::Method(method) => match &method.function {
                Value::Native(_) => "builtin_function_or_method",
                _ => "method",
            },
            Value::Native(native) if native.binds => "method_descriptor",
            Value::Native(native) => match native.dict.get("__module__") {
                Some(_) => "function",
                None => "builtin_function_or_method",
            },
            Value::Module(_) => "module",
            Value::Property(_) => "property",
            Value::ClassMethod(_) => "classmethod",
            Value::StaticMethod(_) => "staticmethod",
            Value::Super(_) => "super",
        };
        self.builtin_class(name)
    }

    /// The name of the value's type, as error messages show it.
    pub fn type_name(&mut self, value: &Value) -> Rc<str> {
        match value {
            Value::Object(object) => object.type_name().into(),
            _ => self.class_of(value).name(),
        }
    }

    pub fn is_instance(&mut self, value: &Value, class: &Rc<Class>) -> bool {
        let kind = self.class_of(value);
        if kind.is_subclass(class) {
            return true;
        }
        let object = self.classes[0].id;
        class.id == object
    }

    fn new_instance_of(&mut self, class: &Rc<Class>, args: Args) -> PyResult<Value> {
        let overrides = class.lookup_with_owner("__new__").is_some_and(|(owner, _)| !self.is_builtin(&owner));
        if overrides
            && !(args.positional.is_empty() && args.keywords.is_empty())
            && class.find_construct().is_none()
        {
            let message = "object.__new__() takes exactly one argument (the type to instantiate)";
            return Err(self.raise("TypeError", message));
        }
        self.new_instance(class, args)
    }

    /// Builtins whose answer depends on the frame that calls them.
    pub(super) fn frame_builtin(
        &mut self,
        frame: &Frame,
        callee: &Value,
        args: &Args,
    ) -> PyResult<Option<Value>> {
        let Value::Native(native) = callee else { return Ok(None) };
        if !args.positional.is_empty() || !args.keywords.is_empty() {
            return Ok(None);
        }
        let items = match &*native.name {
            "globals" => frame.globals.dict.items(),
            "locals" | "vars" | "dir" => match &frame.names {
                Some(names) => names.items(),
                None if frame.code.scope.kind == super::scope::Kind::Module => frame.globals.dict.items(),
                None => frame_items(frame),
            },
            _ => return Ok(None),
        };
        let known = self.builtins.dict.get(&native.name);
        if !known.is_some_and(|known| known.is(callee)) {
            return Ok(None);
        }
        if &*native.name == "dir" {
            let mut names: Vec<Rc<str>> = items.into_iter().map(|(name, _)| name).collect();
            names.sort();
            return Ok(Some(Value::list(names.into_iter().map(Value::Str).collect())));
        }
        Ok(Some(self.namespace_copy(items)))
    }
}

fn frame_items(frame: &Frame) -> Vec<(Rc<str>, Value)> {
    let scope = &frame.code.scope;
    let locals = scope
        .locals
        .iter()
        .zip(&frame.locals)
        .filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
    let cells = scope.cells.iter().chain(&scope.frees).zip(&frame.cells);
    locals.chain(cells.filter_map(|(name, cell)| Some((name.clone(), cell.get()?)))).collect()
}
