//! Column types as Python classes: `Integer`, `String(50)`.
//!
//! A type is given as the class or as an instance; both come down to the engine's `SqlType`.

use super::{host_types, own_types};
use crate::python::{Args, Bound, Class, Interp, Module, Object, PyResult, Signature, Stop, Value};
use backproof_engine::schema::{ArrayType, SqlType};
use std::any::Any;
use std::rc::Rc;

/// An instance of a type class.
pub(crate) struct TypeObject {
    pub(crate) ty: SqlType,
    pub(super) class: Rc<Class>,
}

impl Object for TypeObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.ty.class_name()
    }

    fn class(&self, _interp: &mut Interp) -> Rc<Class> {
        self.class.clone()
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name == "compile" {
            let ty = self.ty.clone();
            return Ok(Some(Value::native(name, move |interp, args| own_types::compile(interp, &ty, args))));
        }
        if let SqlType::Enum(of) = self.ty.generic() {
            return Ok(Some(match name {
                "enums" => Value::list(of.names.iter().map(|name| Value::Str(name.clone())).collect()),
                "name" => of.name.clone().map_or(Value::None, Value::Str),
                "native_enum" => Value::Bool(of.native_enum),
                "create_constraint" => Value::Bool(of.create_constraint),
                "length" => {
                    let longest = of.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
                    Value::size(of.length.map_or(longest, |length| length as usize))
                }
                _ => return Ok(None),
            }));
        }
        let length = match (name, self.ty.generic()) {
            (
                "length",
                SqlType::String(length)
                | SqlType::Unicode(length)
                | SqlType::Text(length)
                | SqlType::UnicodeText(length)
                | SqlType::LargeBinary(length),
            ) => *length,
            _ => return Ok(None),
        };
        Ok(Some(length.map_or(Value::None, Value::int)))
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.ty.repr())
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.ty.text())
    }
}

type Build = fn(&mut Interp, &mut Bound) -> PyResult<SqlType>;

/// Name, parameters and constructor of each generic type.
const GENERIC: &[(&str, &str, Build)] = &[
    ("Integer", "", |_, _| Ok(SqlType::Integer)),
    ("SmallInteger", "", |_, _| Ok(SqlType::SmallInteger)),
    ("BigInteger", "", |_, _| Ok(SqlType::BigInteger)),
    ("String", "length=, collation=", |interp, bound| {
        no_collation(bound)?;
        Ok(SqlType::String(length(interp, bound)?))
    }),
    ("Unicode", "length=", |interp, bound| Ok(SqlType::Unicode(length(interp, bound)?))),
    ("Text", "length=, collation=", |interp, bound| {
        no_collation(bound)?;
        Ok(SqlType::Text(length(interp, bound)?))
    }),
    ("UnicodeText", "length=", |interp, bound| Ok(SqlType::UnicodeText(length(interp, bound)?))),
    ("LargeBinary", "length=", |interp, bound| Ok(SqlType::LargeBinary(length(interp, bound)?))),
    ("DateTime", "timezone=", |interp, bound| {
        Ok(SqlType::DateTime { timezone: flag(interp, bound, 0, false)? })
    }),
    ("Date", "", |_, _| Ok(SqlType::Date)),
    ("Time", "timezone=", |interp, bound| Ok(SqlType::Time { timezone: flag(interp, bound, 0, false)? })),
    ("Interval", "native=, second_precision=, day_precision=", |interp, _| Ok(host_types::interval(interp))),
    ("Boolean", "create_constraint=, name=", |interp, bound| {
        let create = match bound.take(0) {
            None => None,
            Some(value) => Some(interp.truth(&value)?),
        };
        let name = bound.take(1).as_ref().and_then(Value::as_str).cloned();
        Ok(host_types::boolean(interp, create, name))
    }),
    ("Float", "precision=, asdecimal=, decimal_return_scale=", |interp, bound| {
        let precision = number(interp, bound, 0)?;
        Ok(SqlType::Float { precision, asdecimal: flag(interp, bound, 1, false)? })
    }),
    ("Double", "precision=, asdecimal=, decimal_return_scale=", |_, bound| {
        if (0..3).any(|at| bound.take(at).is_some_and(|value| !value.is_none())) {
            return Err(Stop::unsupported("a Double with arguments"));
        }
        Ok(SqlType::Double)
    }),
    ("Numeric", "precision=, scale=, decimal_return_scale=, asdecimal=", |interp, bound| {
        let precision = number(interp, bound, 0)?;
        let scale = number(interp, bound, 1)?;
        Ok(SqlType::Numeric { precision, scale, asdecimal: flag(interp, bound, 3, true)? })
    }),
    ("JSON", "none_as_null=", |interp, bound| {
        let none_as_null = flag(interp, bound, 0, false)?;
        Ok(host_types::json(interp, none_as_null))
    }),
    ("Enum", host_types::ENUM, host_types::enumeration),
    ("ARRAY", "item_type, as_tuple=, dimensions=, zero_indexes=", |interp, bound| {
        let item = bound.take(0).unwrap_or(Value::None);
        let Some(item) = of_value(interp, &item)? else {
            return Err(Stop::unsupported("an ARRAY of no type"));
        };
        if bound.take(1).is_some_and(|value| !value.is_none())
            || bound.take(3).is_some_and(|value| !value.is_none())
        {
            return Err(Stop::unsupported("an ARRAY with such arguments"));
        }
        let dimensions = number(interp, bound, 2)?.unwrap_or(0);
        Ok(SqlType::Array(Rc::new(ArrayType { item, dimensions })))
    }),
    ("Uuid", "as_uuid=, native_uuid=", |interp, bound| {
        Ok(SqlType::Uuid { as_uuid: flag(interp, bound, 0, true)? })
    }),
    ("PickleType", "protocol=, pickler=, comparator=, impl=", |interp, bound| {
        if (0..4).any(|at| bound.take(at).is_some_and(|value| !value.is_none())) {
            return Err(Stop::unsupported("a PickleType with arguments"));
        }
        Ok(host_types::pickled(interp))
    }),
];

/// Types named as SQL names them, with the generic type they stand for.
const NAMED: &[(&str, &str)] = &[
    ("INTEGER", "Integer"),
    ("INT", "Integer"),
    ("SMALLINT", "SmallInteger"),
    ("BIGINT", "BigInteger"),
    ("VARCHAR", "String"),
    ("CHAR", "String"),
    ("NVARCHAR", "Unicode"),
    ("TEXT", "Text"),
    ("DATETIME", "DateTime"),
    ("TIMESTAMP", "DateTime"),
    ("DATE", "Date"),
    ("TIME", "Time"),
    ("BOOLEAN", "Boolean"),
    ("FLOAT", "Float"),
    ("REAL", "Float"),
    ("NUMERIC", "Numeric"),
    ("DECIMAL", "Numeric"),
    ("BLOB", "LargeBinary"),
    ("CLOB", "Text"),
    ("NCHAR", "Unicode"),
    ("UUID", "Uuid"),
    ("DOUBLE", "Double"),
    ("DOUBLE_PRECISION", "Double"),
    ("BINARY", "LargeBinary"),
    ("VARBINARY", "LargeBinary"),
];

fn no_collation(bound: &mut Bound) -> PyResult<()> {
    match bound.take(1) {
        Some(collation) if !collation.is_none() => Err(Stop::unsupported("a type with a collation")),
        _ => Ok(()),
    }
}

fn length(interp: &mut Interp, bound: &mut Bound) -> PyResult<Option<u32>> {
    number(interp, bound, 0)
}

fn number(interp: &mut Interp, bound: &mut Bound, index: usize) -> PyResult<Option<u32>> {
    match bound.take(index) {
        None | Some(Value::None) => Ok(None),
        Some(value) => {
            let number = interp.index(&value)?;
            u32::try_from(number).map(Some).map_err(|_| Stop::unsupported("a type of such a length"))
        }
    }
}

fn flag(interp: &mut Interp, bound: &mut Bound, index: usize, default: bool) -> PyResult<bool> {
    match bound.take(index) {
        None => Ok(default),
        Some(value) => interp.truth(&value),
    }
}

/// A type class whose call makes a [`TypeObject`].
fn type_class(
    interp: &mut Interp,
    module: &str,
    name: &'static str,
    parameters: &'static str,
    base: &Rc<Class>,
    wrap: fn(&'static str, SqlType) -> SqlType,
    build: Build,
) -> PyResult<Rc<Class>> {
    let class = interp.native_class(module, name, vec![base.clone()])?;
    let construct = move |interp: &mut Interp, mut args: Args| {
        let class = args.positional.remove(0);
        let Some(class) = class.as_class().cloned() else {
            return Err(interp.raise("TypeError", "a type is made by calling its class"));
        };
        if !is_own(&class, name) {
            let mut bound =
                Signature::new(&format!("{}.__init__", class.name()), parameters).bind(interp, args)?;
            let ty = wrap(name, build(interp, &mut bound)?);
            return own_types::derived(interp, &class, ty);
        }
        let mut bound = Signature::new(&format!("{name}.__init__"), parameters).bind(interp, args)?;
        Ok(Value::object(TypeObject { ty: wrap(name, build(interp, &mut bound)?), class }))
    };
    *class.construct.borrow_mut() = Some(Rc::new(construct));
    class.dict.set("__init__", Value::native_method("__init__", |_, _| Ok(Value::None)));
    Ok(class)
}

/// Whether a class is the library's own of this name, and not one that a document derives from it.
fn is_own(class: &Rc<Class>, name: &str) -> bool {
    &*class.name() == name && class.module().starts_with("sqlalchemy.")
}

/// Builds `sqlalchemy.types`, which `sqlalchemy` shows too.
pub(crate) fn module(interp: &mut Interp) -> PyResult<Rc<Module>> {
    let module = Module::new("sqlalchemy.types");
    let engine = interp.native_class("sqlalchemy.sql.type_api", "TypeEngine", Vec::new())?;
    module.dict.set("TypeEngine", Value::Class(engine.clone()));
    own_types::install(interp, &module, &engine)?;
    for &(name, parameters, build) in GENERIC {
        let class =
            type_class(interp, "sqlalchemy.sql.sqltypes", name, parameters, &engine, |_, ty| ty, build)?;
        module.dict.set(name, Value::Class(class));
    }
    for &(name, generic) in NAMED {
        let Some(&(_, parameters, build)) = GENERIC.iter().find(|(known, ..)| *known == generic) else {
            continue;
        };
        let base = module.dict.get(generic).as_ref().and_then(Value::as_class).cloned();
        let base = base.unwrap_or_else(|| engine.clone());
        let wrap = |name, ty| SqlType::Sql { name, generic: Rc::new(ty) };
        let class = type_class(interp, "sqlalchemy.sql.sqltypes", name, parameters, &base, wrap, build)?;
        module.dict.set(name, Value::Class(class));
    }
    host_types::install(interp, &module, &engine)?;
    Ok(Rc::new(module))
}

/// The type that a class or instance stands for; `None` where the value is no type.
pub(crate) fn of_value(interp: &mut Interp, value: &Value) -> PyResult<Option<SqlType>> {
    if let Some(object) = value.downcast::<TypeObject>() {
        return Ok(Some(object.ty.clone()));
    }
    if let Some(decorated) = host_types::decorated(interp, value)? {
        return Ok(Some(decorated));
    }
    let Value::Class(class) = value else { return Ok(None) };
    let types = interp.import("sqlalchemy.types")?;
    let Some(Value::Class(root)) = types.dict.get("TypeEngine") else { return Ok(None) };
    if !class.is_subclass(&root) {
        return Ok(None);
    }
    let made = interp.call(value, Args::none())?;
    if let Some(decorated) = host_types::decorated(interp, &made)? {
        return Ok(Some(decorated));
    }
    Ok(made.downcast::<TypeObject>().map(|object| object.ty.clone()))
}

/// The Python value of a type, as `column.type` gives it.
pub(crate) fn to_value(interp: &mut Interp, ty: &SqlType) -> PyResult<Value> {
    let types = interp.import("sqlalchemy.types")?;
    let class = match types.dict.get(ty.class_name()) {
        Some(Value::Class(class)) => class,
        _ => match types.dict.get("TypeEngine") {
            Some(Value::Class(root)) => {
                interp.foreign_class_below("sqlalchemy.sql.type_api", ty.class_name(), &root)
            }
            _ => interp.foreign_class("sqlalchemy.sql.sqltypes", ty.class_name()),
        },
    };
    match ty {
        SqlType::Host(host) => host_types::to_value(interp, host, class),
        _ => Ok(Value::object(TypeObject { ty: ty.clone(), class })),
    }
}
