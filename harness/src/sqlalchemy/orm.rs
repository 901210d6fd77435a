//! The ORM half: declarative classes, relationships, sessions and queries as documents use them.
//!
//! Nothing here keeps a mapped object alive: instances are windows on the engine's states.

mod aliased;
mod annotation;
pub(crate) mod association;
mod attribute;
mod automap;
mod bind;
mod builder;
mod bundle;
mod collect;
mod collection;
mod columns;
mod comparator;
pub(in crate::sqlalchemy) mod comparing;
mod composite;
mod concrete;
mod custom;
mod dataclass;
mod declarative;
mod deferred_reflection;
pub(crate) mod dml;
mod entity;
mod errors;
pub(crate) mod event_targets;
mod hierarchy;
mod hybrid;
mod imperative;
mod indexed;
mod inspection;
mod instance;
mod keyed;
mod kinds;
pub(super) mod mapped;
mod mapper;
mod mutable;
mod naming;
pub(crate) mod operating;
mod options;
mod property;
mod queried;
mod query;
mod query_selects;
mod reconstructor;
mod registry;
mod relationship;
mod scan;
pub(crate) mod select;
pub(crate) mod session;
mod sessionmaker;
mod states;
pub(crate) mod symbols;
mod synonym;
mod unresolved;
mod validates;

use super::{expr, lend, names};
use crate::python::{Args, Class, Interp, Module, Object, PyResult, Stop, Unavailable, Value};
use backproof_engine::Category;
use backproof_engine::map::Shape;
use backproof_engine::session as sessions;
use backproof_engine::sql::{Body, Expr, FromItem, Select};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

pub(crate) use builder::clauses as builder_clauses;
pub(crate) use entity::{not_an_entity, row_values};
pub(crate) use instance::{mapped_identity, wrap};

pub(crate) use inspection::inspect;
pub(crate) use mapped::{configure, configured_attributes, mapped_of};
pub(crate) use mutable::Mutables;

/// A construct of a class body that the engine has no property for.
pub(crate) struct UnsupportedProperty(&'static str);

impl Object for UnsupportedProperty {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.0
    }
}

/// The expression that a mapped attribute, hybrid or column of a class body stands for.
pub(crate) fn clause(interp: &mut Interp, value: &Value) -> PyResult<Option<Expr>> {
    if let Some(attribute) = value.downcast::<attribute::AttributeObject>() {
        return attribute.expr(interp).map(Some);
    }
    if let Some(hybrid) = value.downcast::<hybrid::HybridClauseObject>() {
        return Ok(Some(hybrid.expr.clone()));
    }
    if let Some(column) = value.downcast::<columns::MappedColumnObject>() {
        return Ok(Some(column.column.expr()));
    }
    if let Some(property) = value.downcast::<columns::ExpressionDecl>() {
        return Ok(Some(property.expr().clone()));
    }
    if let Some(composite) = value.downcast::<composite::CompositeObject>() {
        return composite.expr(interp).map(Some);
    }
    if value.downcast::<association::ProxyInstance>().is_some()
        && lend::has(interp, Behaviour::EntityErrorsAreArguments)
    {
        return Err(interp.raise(
            "NotImplementedError",
            "The association proxy can't be used as a plain column expression; it only works inside of a comparison expression",
        ));
    }
    let method = match value {
        Value::Instance(_) => interp.get_attr_opt(value, "__clause_element__")?,
        _ => None,
    };
    match method {
        Some(method) => {
            let made = interp.call(&method, Args::none())?;
            expr::clause(interp, &made)
        }
        None => Ok(None),
    }
}

/// The select that a `select()` stands for inside another statement.
pub(crate) fn core_select(interp: &mut Interp, value: &Value) -> PyResult<Option<Select>> {
    match value.downcast::<select::SelectObject>() {
        Some(select) => select.core(interp).map(Some),
        None => Ok(None),
    }
}

/// The select that a `select()` or a query stands for inside another statement.
pub(crate) fn body(interp: &mut Interp, value: &Value) -> PyResult<Option<Body>> {
    if let Some(query) = super::define::receiver::<query::QueryObject>(value) {
        return query_selects::body(interp, &query.query).map(Some);
    }
    Ok(core_select(interp, value)?.map(Body::from))
}

/// What a mapped class or an alias of one selects from.
pub(crate) fn mapped_item(interp: &mut Interp, value: &Value) -> PyResult<Option<FromItem>> {
    let Some(mapped) = mapped::mapped_of(value) else { return Ok(None) };
    mapped::configure_for(interp, mapped.mapper)?;
    lend::read(interp, |orm| Some(backproof_engine::load::selectable(orm, mapped)))
}

/// Where a module's file lies below the library's folder, which errors of imports name. The folder is the world's own.
fn file_of(module: &str) -> String {
    const PACKAGES: [&str; 11] = [
        "sqlalchemy",
        "sqlalchemy.dialects.mssql",
        "sqlalchemy.dialects.mysql",
        "sqlalchemy.dialects.oracle",
        "sqlalchemy.dialects.postgresql",
        "sqlalchemy.dialects.sqlite",
        "sqlalchemy.engine",
        "sqlalchemy.ext",
        "sqlalchemy.ext.declarative",
        "sqlalchemy.orm",
        "sqlalchemy.sql",
    ];
    let tail = if PACKAGES.contains(&module) { "/__init__.py" } else { ".py" };
    format!("/site-packages/{}{tail}", module.replace('.', "/"))
}

/// A module whose missing names are what the real one of this release lacks or has.
pub(super) fn module(interp: &mut Interp, name: &'static str) -> Module {
    let profile = lend::profile(interp);
    let module = Module::new(name)
        .with_missing(move |missing| names::missing(profile, name, missing))
        .with_told(move |read| names::read(profile, name, read));
    module.dict.set("__file__", Value::from(file_of(name)));
    module
}

type Function = fn(&mut Interp, Args) -> PyResult<Value>;

/// Functions of `sqlalchemy.orm`.
const FUNCTIONS: &[(&str, Function)] = &[
    ("declarative_base", declarative::declarative_base),
    ("as_declarative", declarative::as_declarative),
    ("registry", declarative::registry),
    ("relationship", relationship::relationship),
    ("relation", relationship::relationship),
    ("dynamic_loader", queried::dynamic_loader),
    ("backref", relationship::backref),
    ("mapped_column", columns::mapped_column),
    ("column_property", |interp, args| columns::column_property(interp, args, false)),
    ("deferred", |interp, args| columns::column_property(interp, args, true)),
    ("reconstructor", reconstructor::reconstructor),
    ("has_inherited_table", declarative::has_inherited_table),
    ("scoped_session", sessionmaker::scoped_session),
    ("aliased", aliased::aliased),
    ("join", |interp, args| builder::join_function(interp, args, false)),
    ("outerjoin", |interp, args| builder::join_function(interp, args, true)),
    ("with_parent", comparator::with_parent),
    ("with_polymorphic", aliased::with_polymorphic),
    ("polymorphic_union", concrete::polymorphic_union),
    ("selectin_polymorphic", options::selectin_polymorphic),
    ("configure_mappers", |interp, args| {
        let [] = args.exactly(interp, "configure_mappers")?;
        configure(interp)?;
        Ok(Value::None)
    }),
    ("mapper", imperative::mapper),
    ("make_transient", |interp, args| {
        let [object] = args.exactly(interp, "make_transient")?;
        let object = instance::require(interp, &object)?;
        lend::with_cx(interp, |cx| {
            sessions::make_transient(cx, &object);
            Ok(())
        })?;
        Ok(Value::None)
    }),
    ("make_transient_to_detached", |interp, args| {
        let [object] = args.exactly(interp, "make_transient_to_detached")?;
        let object = instance::require(interp, &object)?;
        lend::with_cx(interp, |cx| sessions::make_transient_to_detached(cx, &object))?;
        Ok(Value::None)
    }),
    ("was_deleted", |interp, args| {
        let [object] = args.exactly(interp, "was_deleted")?;
        let object = instance::require(interp, &object)?;
        Ok(Value::Bool(lend::read(interp, |orm| sessions::was_deleted(orm, object.id()))?))
    }),
    ("clear_mappers", |interp, args| {
        let [] = args.exactly(interp, "clear_mappers")?;
        mapped::clear(interp)?;
        Ok(Value::None)
    }),
    ("class_mapper", |interp, args| {
        let class = args.positional.first().cloned().unwrap_or(Value::None);
        if !matches!(class, Value::Class(_)) && mapped::mapped_of(&class).is_none() {
            Unavailable::refuse(&class)?;
            let shown = interp.repr(&class)?;
            return Err(errors::argument_error(interp, format!("Class object expected, got '{shown}'.")));
        }
        let id = mapped::require_mapper(interp, &class)?;
        mapped::configure_for(interp, id)?;
        mapper::MapperObject::find(interp, id)
    }),
    ("object_mapper", |interp, args| {
        let [object] = args.exactly(interp, "object_mapper")?;
        let object = instance::require(interp, &object)?;
        let id = lend::read(interp, |orm| orm.states.get(object.id()).mapper)?;
        mapper::MapperObject::find(interp, id)
    }),
    ("object_session", |interp, args| {
        let [object] = args.exactly(interp, "object_session")?;
        let object = instance::require(interp, &object)?;
        session::session_of(interp, object.id())
    }),
    ("foreign", |interp, args| {
        let [value] = args.exactly(interp, "foreign")?;
        let expr = expr::coerce(interp, &value)?;
        Ok(expr::ExprObject::value(expr.foreign()))
    }),
    ("remote", |interp, args| {
        let [value] = args.exactly(interp, "remote")?;
        let expr = expr::coerce(interp, &value)?;
        Ok(expr::ExprObject::value(expr.remote()))
    }),
    ("synonym", synonym::synonym),
    ("synonym_for", synonym::synonym_for),
    ("composite", composite::composite),
    ("query_expression", columns::query_expression),
    ("mapped_as_dataclass", dataclass::mapped_as_dataclass),
    ("unmapped_dataclass", dataclass::unmapped_dataclass),
    ("declarative_mixin", |interp, args| {
        let [class] = args.exactly(interp, "declarative_mixin")?;
        Ok(class)
    }),
    ("dynamic_loader", |_, _| Ok(Value::object(UnsupportedProperty("dynamic_loader()")))),
];

/// Sets a name, where the real module of this release has it.
fn set(interp: &mut Interp, module: &Module, name: &str, value: Value) {
    let profile = lend::profile(interp);
    if names::offers(profile, &module.name, name) {
        module.dict.set(name, value);
    }
}

/// A class whose calls make a declared attribute.
fn declared_attr(interp: &mut Interp) -> Value {
    let class = interp.foreign_class("sqlalchemy.orm.decl_api", "declared_attr");
    super::define::construct(&class, |interp, args| {
        let [function] = args.exactly(interp, "declared_attr")?;
        Ok(Value::object(columns::DeclaredAttrObject::new(function)))
    });
    for (name, cascades) in [("directive", false), ("cascading", true)] {
        let make = Value::native(name, move |interp: &mut Interp, args: Args| {
            let [function] = args.exactly(interp, name)?;
            let mut declared = columns::DeclaredAttrObject::new(function);
            declared.cascades = cascades;
            Ok(Value::object(declared))
        });
        class.dict.set(name, Value::StaticMethod(Rc::new(make)));
    }
    Value::Class(class)
}

fn orm_module(interp: &mut Interp) -> PyResult<Rc<Module>> {
    let module = module(interp, "sqlalchemy.orm");
    for &(name, function) in FUNCTIONS {
        set(interp, &module, name, Value::native(name, function));
    }
    options::install(interp, &module);
    validates::add(&module);
    kinds::session_classes(interp, &module);
    let query = query::class(interp);
    super::define::construct(&query, query::construct);
    set(interp, &module, "Query", Value::Class(query));
    let executed = interp.foreign_class("sqlalchemy.orm.session", "ORMExecuteState");
    set(interp, &module, "ORMExecuteState", Value::Class(executed));
    let class = bundle::class(interp)?;
    set(interp, &module, "Bundle", Value::Class(class));
    let declared = declared_attr(interp);
    set(interp, &module, "declared_attr", declared);
    let meta = declarative::declarative_meta(interp)?;
    set(interp, &module, "DeclarativeMeta", meta);
    let base = declarative::declarative_base_class(interp)?;
    set(interp, &module, "DeclarativeBase", base);
    let mixin = dataclass::mixin_class(interp)?;
    set(interp, &module, "MappedAsDataclass", mixin);
    for name in ["Mapped", "WriteOnlyMapped", "DynamicMapped"] {
        set(interp, &module, name, annotation::MappedObject::root(name));
    }
    for (name, maker) in keyed::makers() {
        set(interp, &module, name, maker);
    }
    let keyed = custom::keyfunc_class(interp)?;
    set(interp, &module, "KeyFuncDict", Value::Class(keyed));
    let collections = interp.import("sqlalchemy.orm.collections")?;
    set(interp, &module, "collections", Value::Module(collections));
    let attributes = interp.import("sqlalchemy.orm.attributes")?;
    set(interp, &module, "attributes", Value::Module(attributes));
    let errors = interp.import("sqlalchemy.orm.exc")?;
    set(interp, &module, "exc", Value::Module(errors));
    kinds::install(interp, &module)?;
    // Modules of these names hold what stands here.
    for (attribute, name) in [
        ("query", "sqlalchemy.orm.query"),
        ("session", "sqlalchemy.orm.session"),
        ("mapperlib", "sqlalchemy.orm.mapper"),
    ] {
        let inner = copied(interp, name, &module);
        set(interp, &module, attribute, Value::Module(inner));
    }
    super::absent::complete(interp, &module);
    Ok(Rc::new(module))
}

/// A module with those names of another that the real one has.
fn copied(interp: &mut Interp, name: &'static str, source: &Module) -> Rc<Module> {
    let module = module(interp, name);
    for (key, value) in source.dict.items() {
        set(interp, &module, &key, value);
    }
    super::absent::complete(interp, &module);
    Rc::new(module)
}

fn declarative_module(interp: &mut Interp) -> PyResult<Rc<Module>> {
    let module = module(interp, "sqlalchemy.ext.declarative");
    set(
        interp,
        &module,
        "declarative_base",
        Value::native("declarative_base", |interp, args| {
            let since = if lend::has(interp, Behaviour::MovesDatedAnew) { "2.0" } else { "1.4" };
            let message = format!(
                "The ``declarative_base()`` function is now available as sqlalchemy.orm.declarative_base(). \
                 (deprecated since: {since})"
            );
            super::warning::give_of_2_0(interp, Category::MovedIn20Warning, message)?;
            declarative::declarative_base(interp, args)
        }),
    );
    let declared = declared_attr(interp);
    set(interp, &module, "declared_attr", declared);
    set(interp, &module, "synonym_for", Value::native("synonym_for", synonym::synonym_for));
    let meta = declarative::declarative_meta(interp)?;
    set(interp, &module, "DeclarativeMeta", meta);
    let inherited = Value::native("has_inherited_table", declarative::has_inherited_table);
    set(interp, &module, "has_inherited_table", inherited);
    set(
        interp,
        &module,
        "as_declarative",
        Value::native("as_declarative", |interp, args| {
            let since = if lend::has(interp, Behaviour::MovesDatedAnew) { "2.0" } else { "1.4" };
            let message = format!(
                "The ``as_declarative()`` function is now available as sqlalchemy.orm.as_declarative() \
                 (deprecated since: {since})"
            );
            super::warning::give_of_2_0(interp, Category::MovedIn20Warning, message)?;
            declarative::as_declarative(interp, args)
        }),
    );
    deferred_reflection::install(interp, &module)?;
    concrete::install(interp, &module)?;
    super::absent::complete(interp, &module);
    Ok(Rc::new(module))
}

/// Registers a module that `sqlalchemy.orm` has made.
fn within_orm(interp: &mut Interp, name: &'static str, attribute: &'static str) {
    interp.register_module(name, move |interp| match interp.import("sqlalchemy.orm")?.dict.get(attribute) {
        Some(Value::Module(module)) => Ok(module),
        _ => Err(Stop::unsupported(format!("the module `{name}`"))),
    });
}

/// Registers the ORM's modules.
pub(super) fn register(interp: &mut Interp) {
    interp.register_module("sqlalchemy.orm", orm_module);
    interp.register_module("gc", collect::module);
    interp.register_module("sqlalchemy.ext.declarative", declarative_module);
    interp.register_module("sqlalchemy.ext.declarative.api", declarative_module);
    interp.register_module("sqlalchemy.ext.hybrid", |interp| {
        let module = module(interp, "sqlalchemy.ext.hybrid");
        hybrid::install(interp, &module)?;
        super::absent::complete(interp, &module);
        Ok(Rc::new(module))
    });
    interp.register_module("sqlalchemy.ext.associationproxy", |interp| {
        let module = module(interp, "sqlalchemy.ext.associationproxy");
        association::install(interp, &module);
        super::absent::complete(interp, &module);
        Ok(Rc::new(module))
    });
    interp.register_module("sqlalchemy.ext.orderinglist", |interp| {
        let module = module(interp, "sqlalchemy.ext.orderinglist");
        custom::install_ordered(interp, &module)?;
        super::absent::complete(interp, &module);
        Ok(Rc::new(module))
    });
    interp.register_module("sqlalchemy.ext.indexable", |interp| {
        let module = module(interp, "sqlalchemy.ext.indexable");
        indexed::install(interp, &module);
        super::absent::complete(interp, &module);
        Ok(Rc::new(module))
    });
    interp.register_module("sqlalchemy.ext.mutable", |interp| {
        let module = module(interp, "sqlalchemy.ext.mutable");
        mutable::install(interp, &module)?;
        super::absent::complete(interp, &module);
        Ok(Rc::new(module))
    });
    interp.register_module("sqlalchemy.ext.automap", |interp| {
        let module = module(interp, "sqlalchemy.ext.automap");
        automap::install(interp, &module)?;
        super::absent::complete(interp, &module);
        Ok(Rc::new(module))
    });
    interp.register_module("sqlalchemy.ext", |_| Ok(Rc::new(Module::new("sqlalchemy.ext"))));
    kinds::register(interp);
    within_orm(interp, "sqlalchemy.orm.session", "session");
    within_orm(interp, "sqlalchemy.orm.query", "query");
    within_orm(interp, "sqlalchemy.orm.mapper", "mapperlib");
    interp.register_module("sqlalchemy.orm.collections", |interp| {
        let module = module(interp, "sqlalchemy.orm.collections");
        let list: Rc<Class> = collection::class(interp, Shape::List)?;
        module.dict.set("InstrumentedList", Value::Class(list));
        for (name, maker) in keyed::makers() {
            self::set(interp, &module, name, maker);
        }
        module.dict.set("InstrumentedSet", Value::Class(collection::class(interp, Shape::Set)?));
        let decorators = custom::collection(interp);
        module.dict.set("collection", Value::Class(decorators));
        let keyed = custom::keyfunc_class(interp)?;
        for name in ["KeyFuncDict", "MappedCollection"] {
            self::set(interp, &module, name, Value::Class(keyed.clone()));
        }
        super::absent::complete(interp, &module);
        Ok(Rc::new(module))
    });
    interp.register_module("sqlalchemy.orm.attributes", |interp| {
        let module = module(interp, "sqlalchemy.orm.attributes");
        module.dict.set("get_history", Value::native("get_history", inspection::get_history));
        states::fill(&module);
        for name in ["NO_VALUE", "NEVER_SET", "PASSIVE_NO_RESULT", "ATTR_WAS_SET"] {
            let value = symbols::value(interp, name);
            self::set(interp, &module, name, value);
        }
        for name in ["QueryableAttribute", "InstrumentedAttribute"] {
            let class = interp.foreign_class("sqlalchemy.orm.attributes", name);
            module.dict.set(name, Value::Class(class));
        }
        super::absent::complete(interp, &module);
        Ok(Rc::new(module))
    });
    interp.register_module("sqlalchemy.orm.decl_api", |interp| {
        let source = interp.import("sqlalchemy.orm")?;
        let module = Module::new("sqlalchemy.orm.decl_api");
        for (key, value) in source.dict.items() {
            module.dict.set(&key, value);
        }
        Ok(Rc::new(module))
    });
}

/// `inspect(value)` of `sqlalchemy`.
pub(super) fn inspect_function(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let value = match args.positional.as_slice() {
        [value] | [value, _] => value.clone(),
        _ => return Err(Stop::unsupported("inspect() with such arguments")),
    };
    if let Some(inspector) = super::reflection::inspector(interp, &value)? {
        return Ok(inspector);
    }
    inspect(interp, &value)
}
