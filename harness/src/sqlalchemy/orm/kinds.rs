//! The library's classes that documents ask about with `isinstance()`, each below its base, and the modules that they
//! are found in.
//!
//! What an object is an instance of, it says by the name and module of its class; nothing here makes objects but
//! loader strategies, which tell nothing besides what they are.

use super::{lend, names, session, sessionmaker};
use crate::python::{Class, Interp, Module, Object, PyResult, Unavailable, Value};
use backproof_engine::map::{Direction, Lazy};
use std::any::Any;
use std::rc::Rc;

const INTERFACES: &str = "sqlalchemy.orm.interfaces";
const PROPERTIES: &str = "sqlalchemy.orm.properties";
const RELATIONSHIPS: &str = "sqlalchemy.orm.relationships";
const DESCRIPTORS: &str = "sqlalchemy.orm.descriptor_props";
const ATTRIBUTES: &str = "sqlalchemy.orm.attributes";
const STRATEGIES: &str = "sqlalchemy.orm.strategies";

/// A module and a class there.
type Named = (&'static str, &'static str);

/// Classes and their bases: each base stands before what is below it.
const BELOW: &[(Named, Named)] = &[
    ((INTERFACES, "StrategizedProperty"), (INTERFACES, "MapperProperty")),
    ((PROPERTIES, "ColumnProperty"), (INTERFACES, "StrategizedProperty")),
    ((PROPERTIES, "MappedSQLExpression"), (PROPERTIES, "ColumnProperty")),
    ((RELATIONSHIPS, "RelationshipProperty"), (INTERFACES, "StrategizedProperty")),
    ((RELATIONSHIPS, "Relationship"), (RELATIONSHIPS, "RelationshipProperty")),
    ((RELATIONSHIPS, "_RelationshipDeclared"), (RELATIONSHIPS, "Relationship")),
    ((DESCRIPTORS, "DescriptorProperty"), (INTERFACES, "MapperProperty")),
    ((DESCRIPTORS, "SynonymProperty"), (DESCRIPTORS, "DescriptorProperty")),
    ((DESCRIPTORS, "Synonym"), (DESCRIPTORS, "SynonymProperty")),
    ((DESCRIPTORS, "CompositeProperty"), (DESCRIPTORS, "DescriptorProperty")),
    ((DESCRIPTORS, "Composite"), (DESCRIPTORS, "CompositeProperty")),
    ((ATTRIBUTES, "QueryableAttribute"), (INTERFACES, "PropComparator")),
    ((ATTRIBUTES, "InstrumentedAttribute"), (ATTRIBUTES, "QueryableAttribute")),
];

/// Strategies of relationships and columns, as they are called up to 2.0; later releases mark them as their own.
const LOADERS: &[&str] = &[
    "LazyLoader",
    "JoinedLoader",
    "SelectInLoader",
    "SubqueryLoader",
    "ImmediateLoader",
    "NoLoader",
    "ColumnLoader",
    "DeferredColumnLoader",
];

/// Makes the classes below their bases; whoever asks for one by its name finds it there.
pub(super) fn define(interp: &mut Interp) {
    for &((module, name), (base_module, base)) in BELOW {
        let base = interp.foreign_class(base_module, base);
        interp.foreign_class_below(module, name, &base);
    }
    let comparator = Unavailable::value("the class `SynonymProperty.Comparator`");
    interp.foreign_class(DESCRIPTORS, "SynonymProperty").dict.set("Comparator", comparator);
    super::comparing::define(interp);
}

/// The class of mappers.
pub(super) fn mapper(interp: &mut Interp) -> Rc<Class> {
    interp.foreign_class("sqlalchemy.orm.mapper", "Mapper")
}

/// Fills the modules that the ORM's classes stand in, and `sqlalchemy.orm` with them and their classes.
pub(super) fn install(interp: &mut Interp, orm: &Module) -> PyResult<()> {
    for (name, module) in [
        ("interfaces", INTERFACES),
        ("strategies", STRATEGIES),
        ("properties", PROPERTIES),
        ("relationships", RELATIONSHIPS),
        ("descriptor_props", DESCRIPTORS),
    ] {
        let module = interp.import(module)?;
        super::set(interp, orm, name, Value::Module(module));
    }
    let mapper = Value::Class(mapper(interp));
    super::set(interp, orm, "Mapper", mapper);
    let classes: [(&str, Named); 7] = [
        ("ColumnProperty", (PROPERTIES, "ColumnProperty")),
        ("RelationshipProperty", (RELATIONSHIPS, "RelationshipProperty")),
        ("Relationship", (RELATIONSHIPS, "Relationship")),
        ("SynonymProperty", (DESCRIPTORS, "SynonymProperty")),
        ("Synonym", (DESCRIPTORS, "Synonym")),
        ("CompositeProperty", (DESCRIPTORS, "CompositeProperty")),
        ("Composite", (DESCRIPTORS, "Composite")),
    ];
    for (name, (module, class)) in classes {
        let class = interp.foreign_class(module, class);
        super::set(interp, orm, name, Value::Class(class));
    }
    for name in ["PropComparator", "MapperProperty", "QueryableAttribute", "InstrumentedAttribute"] {
        let module = if name.ends_with("Attribute") { ATTRIBUTES } else { INTERFACES };
        let class = interp.foreign_class(module, name);
        super::set(interp, orm, name, Value::Class(class));
    }
    Ok(())
}

/// The classes and constants of a module that is named after what it holds.
fn filled(interp: &mut Interp, name: &'static str) -> PyResult<Rc<Module>> {
    let module = super::module(interp, name);
    // A module has those of others, too, where it names them.
    for (home, class) in BELOW.iter().flat_map(|(class, base)| [class, base]) {
        let value = Value::Class(interp.foreign_class(home, class));
        super::set(interp, &module, class, value);
    }
    match name {
        INTERFACES => {
            for (constant, direction) in [
                ("ONETOMANY", Direction::OneToMany),
                ("MANYTOONE", Direction::ManyToOne),
                ("MANYTOMANY", Direction::ManyToMany),
            ] {
                let value = super::property::DirectionObject::value(interp, direction);
                super::set(interp, &module, constant, value);
            }
        }
        STRATEGIES => {
            for loader in LOADERS {
                let shown = loader_name(interp, loader);
                let class = Value::Class(interp.foreign_class(STRATEGIES, shown));
                super::set(interp, &module, shown, class);
            }
        }
        _ => {}
    }
    super::super::absent::complete(interp, &module);
    Ok(Rc::new(module))
}

/// Makes the modules importable.
pub(super) fn register(interp: &mut Interp) {
    define(interp);
    for name in [INTERFACES, STRATEGIES, PROPERTIES, RELATIONSHIPS, DESCRIPTORS] {
        interp.register_module(name, move |interp| filled(interp, name));
    }
}

/// What `sqlalchemy.orm` calls the classes of sessions and their factory.
pub(super) fn session_classes(interp: &mut Interp, orm: &Module) {
    let session = session::class(interp);
    super::set(interp, orm, "Session", Value::Class(session));
    let maker = sessionmaker::class(interp);
    super::set(interp, orm, "sessionmaker", Value::Class(maker));
}

fn loader_name(interp: &mut Interp, name: &'static str) -> &'static str {
    if names::has(lend::profile(interp), STRATEGIES, name) {
        return name;
    }
    match name {
        "LazyLoader" => "_LazyLoader",
        "JoinedLoader" => "_JoinedLoader",
        "SelectInLoader" => "_SelectInLoader",
        "SubqueryLoader" => "_SubqueryLoader",
        "ImmediateLoader" => "_ImmediateLoader",
        "NoLoader" => "_NoLoader",
        "ColumnLoader" => "_ColumnLoader",
        "DeferredColumnLoader" => "_DeferredColumnLoader",
        other => other,
    }
}

/// `property.strategy`: how an attribute is loaded, by the class of its loader alone.
pub(super) struct LoaderObject {
    name: &'static str,
    id: u64,
}

impl LoaderObject {
    /// The loader of a relationship, where it has one of its own here.
    pub(super) fn of_relationship(interp: &mut Interp, lazy: Lazy, id: u64) -> Option<Value> {
        let name = match lazy {
            Lazy::Select | Lazy::Raise | Lazy::RaiseOnSql => "LazyLoader",
            Lazy::Joined => "JoinedLoader",
            Lazy::Selectin => "SelectInLoader",
            Lazy::Subquery => "SubqueryLoader",
            Lazy::Immediate => "ImmediateLoader",
            Lazy::NoLoad => "NoLoader",
            Lazy::Dynamic | Lazy::WriteOnly => return None,
        };
        Some(LoaderObject::named(interp, name, id))
    }

    /// The loader of a column.
    pub(super) fn of_column(interp: &mut Interp, deferred: bool, id: u64) -> Value {
        LoaderObject::named(interp, if deferred { "DeferredColumnLoader" } else { "ColumnLoader" }, id)
    }

    fn named(interp: &mut Interp, name: &'static str, id: u64) -> Value {
        Value::object(LoaderObject { name: loader_name(interp, name), id })
    }
}

impl Object for LoaderObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.name
    }

    fn type_module(&self) -> &'static str {
        STRATEGIES
    }

    /// One loader a property.
    fn identity(&self) -> u64 {
        self.id ^ (1 << 49)
    }
}
