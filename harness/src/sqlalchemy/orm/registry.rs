//! Registries: the classes of one declarative base by name, and the names that strings are evaluated in.

use super::annotation;
use crate::python::{Class, Interp, Module, Object, PyResult, Stop, Value};
use crate::sqlalchemy::lend;
use crate::sqlalchemy::metadata::{self, MetaDataObject};
use crate::sqlalchemy::schema;
use backproof_engine::map::{self, RegistryId};
use backproof_engine::schema::{MetaData, SqlType};
use backproof_engine::version::Behaviour;
use indexmap::IndexMap;
use std::any::Any;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// One declarative base's registry.
pub(crate) struct Registry {
    pub(crate) id: RegistryId,
    pub(crate) metadata: MetaData,
    classes: RefCell<IndexMap<Rc<str>, Vec<Weak<Class>>>>,
    /// `type_annotation_map`: Python types and the SQL types that annotations of them mean.
    pub(crate) types: RefCell<Vec<(Value, SqlType)>>,
    /// Classes that are mapped once their tables are known, where the base waits for them.
    pub(crate) waiting: RefCell<Option<Vec<Rc<Class>>>>,
}

impl Registry {
    /// A registry over this collection of tables, or over a new one.
    pub(crate) fn new(interp: &mut Interp, metadata: Option<MetaData>) -> PyResult<Rc<Registry>> {
        let id = lend::with_cx(interp, |cx| Ok(map::new_registry(cx)))?;
        Ok(Rc::new(Registry {
            id,
            metadata: metadata.unwrap_or_default(),
            classes: RefCell::default(),
            types: RefCell::default(),
            waiting: RefCell::default(),
        }))
    }

    pub(crate) fn metadata_value(&self) -> Value {
        metadata::metadata_value(&self.metadata)
    }

    pub(crate) fn add(&self, class: &Rc<Class>) {
        self.classes.borrow_mut().entry(class.name()).or_default().push(Rc::downgrade(class));
    }

    /// Reads `type_annotation_map`.
    pub(crate) fn set_types(&self, interp: &mut Interp, map: &Value) -> PyResult<()> {
        for key in interp.iterate(map)? {
            let value = interp.get_item(map, &key)?;
            if let Some(ty) = crate::sqlalchemy::types::of_value(interp, &value)? {
                let (key, types) = annotation::key_types(interp, &key)?;
                self.set_type(interp, key, ty.clone())?;
                if lend::has(interp, Behaviour::UnionKeysSpread) {
                    for one in types {
                        self.set_type(interp, one, ty.clone())?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What a Python type means from now on: what was said later counts.
    fn set_type(&self, interp: &mut Interp, key: Value, ty: SqlType) -> PyResult<()> {
        let known = self.types.borrow().clone();
        for (at, (other, _)) in known.iter().enumerate().rev() {
            if interp.eq(other, &key)? {
                self.types.borrow_mut().remove(at);
            }
        }
        self.types.borrow_mut().push((key, ty));
        Ok(())
    }

    /// Evaluates a string argument: classes of the registry, then tables, then what `sqlalchemy` has.
    ///
    /// `owner` is the class whose relationship it is an argument of.
    pub(crate) fn evaluate(&self, interp: &mut Interp, text: &str, owner: &Rc<Class>) -> PyResult<Value> {
        let names = Module::new("__main__");
        let library = interp.import("sqlalchemy")?;
        for (name, value) in library.dict.items() {
            names.dict.set(&name, value);
        }
        let orm = interp.import("sqlalchemy.orm")?;
        for name in ["foreign", "remote"] {
            if let Some(value) = orm.dict.get(name) {
                names.dict.set(name, value);
            }
        }
        for table in self.metadata.tables() {
            names.dict.set(&table.full_name(), schema::table_value(&table));
        }
        for (name, classes) in &*self.classes.borrow() {
            if let Some(class) = classes.iter().rev().find_map(Weak::upgrade) {
                names.dict.set(name, Value::object(ClassNameObject { class }));
            }
        }
        match interp.evaluate(text.trim(), &Rc::new(names)) {
            Err(stop) if interp.stop_is(&stop, "NameError") => Err(no_such_name(interp, text, owner, &stop)?),
            other => other,
        }
    }
}

impl Registry {
    /// The table or class of this name, which is no expression.
    pub(crate) fn named(&self, interp: &mut Interp, name: &str, owner: &Rc<Class>) -> PyResult<Value> {
        if let Some(table) = self.metadata.tables().into_iter().find(|table| *table.full_name() == *name) {
            return Ok(schema::table_value(&table));
        }
        if let Some(classes) = self.classes.borrow().get(name)
            && let Some(class) = classes.iter().rev().find_map(Weak::upgrade)
        {
            return Ok(Value::object(ClassNameObject { class }));
        }
        if name.contains('[') {
            return Err(Stop::unsupported("a table's name with brackets"));
        }
        let quoted = interp.repr(&Value::from(name))?;
        Err(unlocated(interp, name, owner, &quoted)?)
    }
}

fn no_such_name(interp: &mut Interp, text: &str, owner: &Rc<Class>, stop: &Stop) -> PyResult<Stop> {
    let Stop::Raise(exception) = stop else { return Ok(stop.clone()) };
    let reason = interp.exception_args(exception).into_iter().next().unwrap_or(Value::None);
    let reason = interp.repr(&reason)?;
    unlocated(interp, text, owner, &reason)
}

/// What a name that stands for nothing raises.
fn unlocated(interp: &mut Interp, text: &str, owner: &Rc<Class>, reason: &str) -> PyResult<Stop> {
    let text = interp.repr(&Value::from(text))?;
    let class = interp.repr(&Value::Class(owner.clone()))?;
    let mapper = match owner.dict.get("__mapper__") {
        Some(mapper) => interp.str(&mapper)?,
        None => String::new(),
    };
    let message = format!(
        "When initializing mapper {mapper}, expression {text} failed to locate a name ({reason}). If this is a class \
         name, consider adding this relationship() to the {class} class after both dependent classes have been defined."
    );
    Ok(super::errors::invalid_request(interp, message))
}

/// A class by its name in a string argument: it answers for mapped attributes alone.
pub(crate) struct ClassNameObject {
    pub(crate) class: Rc<Class>,
}

impl Object for ClassNameObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_GetColumns"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.clsregistry"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let class = Value::Class(self.class.clone());
        if !name.starts_with("__")
            && let Some(value) = interp.get_attr_opt(&class, name)?
        {
            return Ok(Some(value));
        }
        let shown = interp.repr(&class)?;
        let message = format!("Class {shown} does not have a mapped column named '{name}'");
        Err(if lend::has(interp, Behaviour::RegistryLookupIsAttributeError) {
            interp.raise("AttributeError", message)
        } else {
            super::errors::invalid_request(interp, message)
        })
    }
}

/// `registry()`, and `Base.registry`.
pub(crate) struct RegistryObject(pub(crate) Rc<Registry>);

impl RegistryObject {
    pub(crate) fn value(registry: &Rc<Registry>) -> Value {
        Value::object(RegistryObject(registry.clone()))
    }
}

impl Object for RegistryObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "registry"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.decl_api"
    }

    fn identity(&self) -> u64 {
        Rc::as_ptr(&self.0).cast::<u8>().addr() as u64 | (1 << 62)
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let registry = self.0.clone();
        Ok(Some(match name {
            "metadata" => registry.metadata_value(),
            "constructor" => super::declarative::default_constructor(),
            "generate_base" => Value::native(name, move |interp, _| {
                super::declarative::make_base(interp, &registry, super::declarative::BaseArgs::default())
            }),
            "mapped" => Value::native(name, move |interp, args| {
                let [class] = args.exactly(interp, "registry.mapped")?;
                if let Value::Class(class) = &class {
                    super::declarative::attach_alone(class, &registry, true);
                    super::scan::map_class(interp, class, &registry)?;
                }
                Ok(class)
            }),
            "mapped_as_dataclass" if lend::has(interp, Behaviour::AnnotatedDeclarative) => {
                super::dataclass::of_registry(&registry)
            }
            "as_declarative_base" => Value::native(name, move |_, args| {
                if !args.positional.is_empty() || !args.keywords.is_empty() {
                    return Err(Stop::unsupported("as_declarative_base() with arguments"));
                }
                let registry = registry.clone();
                Ok(Value::native("decorate", move |interp, given| {
                    let [class] = given.exactly(interp, "decorate")?;
                    super::declarative::make_base(interp, &registry, super::declarative::BaseArgs::of(class))
                }))
            }),
            "map_imperatively" => Value::native(name, move |interp, args| {
                super::imperative::map(interp, &registry, "registry.map_imperatively", true, args)
            }),
            "update_type_annotation_map" if lend::has(interp, Behaviour::AnnotatedDeclarative) => {
                Value::native(name, move |interp, args| {
                    let [types] = args.exactly(interp, "registry.update_type_annotation_map")?;
                    registry.set_types(interp, &types)?;
                    Ok(Value::None)
                })
            }
            "dispose" => Value::native(name, |_, _| Err(Stop::unsupported("disposing of one registry"))),
            "configure" => Value::native(name, |interp, _| {
                super::mapped::configure(interp)?;
                Ok(Value::None)
            }),
            "mappers" => {
                let mut mappers = Vec::new();
                for class in registry.classes.borrow().values().flatten().filter_map(Weak::upgrade) {
                    mappers.extend(class.dict.get("__mapper__"));
                }
                Value::list(mappers)
            }
            _ => return Ok(None),
        }))
    }
}

/// The collection behind a `MetaData` value.
pub(crate) fn metadata_of(value: &Value) -> Option<MetaData> {
    value.downcast::<MetaDataObject>().map(|object| object.metadata.clone())
}
