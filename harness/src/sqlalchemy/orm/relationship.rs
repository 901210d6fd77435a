//! `relationship()` and `backref()`: what a document gave, and the engine's arguments made of it.
//!
//! Arguments are kept as they were given until the class that they stand in is mapped: only then is it known in
//! which registry their strings are looked up.

use super::dataclass::{FieldArgs, Of};
use super::property::relationship_kind;
use super::registry::{ClassNameObject, Registry};
use super::{comparator, custom, errors, keyed, mapped};
use crate::python::{Args, Class, Interp, Object, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::schema::TableObject;
use crate::sqlalchemy::{expr, lend, selectable, warning};
use backproof_engine::map::{
    self, Backref, Between, Cascades, HostArgs, Lazy, PassiveDeletes, RelationshipArgs, Shape, Target,
};
use backproof_engine::sql::FromItem;
use backproof_engine::version::Behaviour;
use backproof_engine::{Cx, Deferred, Warning};
use std::any::Any;
use std::rc::{Rc, Weak};

type Keywords = Vec<(Rc<str>, Value)>;

/// Where strings are looked up: the registry, and the class whose relationship they are arguments of.
#[derive(Clone)]
pub(crate) struct Scope {
    registry: Weak<Registry>,
    owner: Weak<Class>,
}

impl Scope {
    pub(crate) fn new(registry: &Rc<Registry>, owner: &Rc<Class>) -> Scope {
        Scope { registry: Rc::downgrade(registry), owner: Rc::downgrade(owner) }
    }
}

/// `relationship(…)` as it was declared.
pub(crate) struct RelationshipDecl {
    arguments: Keywords,
    kind: &'static str,
    field: FieldArgs,
}

/// Warns of arguments that say how to write what is never written.
fn warn_of_no_effect(interp: &mut Interp, arguments: &Keywords) -> PyResult<()> {
    let given = |name: &str| arguments.iter().find(|(given, _)| **given == *name).map(|(_, value)| value);
    let Some(viewonly) = given("viewonly") else { return Ok(()) };
    if !lend::has(interp, Behaviour::SyncBackrefParameter) || !interp.truth(viewonly)? {
        return Ok(());
    }
    let cascades_back = lend::has(interp, Behaviour::CascadeBackrefs);
    for (name, default) in [
        ("passive_deletes", false),
        ("passive_updates", true),
        ("enable_typechecks", true),
        ("active_history", false),
        ("cascade_backrefs", cascades_back),
    ] {
        if let Some(value) = given(name)
            && interp.truth(value)? != default
        {
            warning::give(interp, &Warning::no_effect_viewonly(name))?;
        }
    }
    Ok(())
}

/// `backref(name, …)`.
pub(crate) struct BackrefObject {
    name: Rc<str>,
    arguments: Keywords,
}

/// Parameters in the order of releases before 2.0, where they could be given by position.
const FIRST: &str = "argument, secondary=, primaryjoin=, secondaryjoin=, foreign_keys=, uselist=, order_by=, backref=, \
    back_populates=, overlaps=, post_update=, cascade=, viewonly=, lazy=, collection_class=, passive_deletes=, \
    passive_updates=, remote_side=, enable_typechecks=, join_depth=, comparator_factory=, single_parent=, innerjoin=, \
    distinct_target_key=, doc=, active_history=, cascade_backrefs=, load_on_pending=, bake_queries=, \
    _local_remote_pairs=, query_class=, info=, omit_join=, sync_backref=";

const SECOND: &str = "argument=, secondary=, *, uselist=, collection_class=, primaryjoin=, secondaryjoin=, \
    back_populates=, order_by=, backref=, overlaps=, post_update=, cascade=, viewonly=, lazy=, passive_deletes=, passive_updates=, active_history=, \
    enable_typechecks=, foreign_keys=, remote_side=, join_depth=, comparator_factory=, single_parent=, innerjoin=, \
    distinct_target_key=, load_on_pending=, query_class=, info=, omit_join=, sync_backref=, cascade_backrefs=, doc=, bake_queries=";

/// Whether a value is a relationship by way of another table.
pub(super) fn has_secondary(value: &Value) -> bool {
    value.downcast::<RelationshipDecl>().is_some_and(|declared| {
        declared.arguments.iter().any(|(name, value)| &**name == "secondary" && !value.is_none())
    })
}

impl RelationshipDecl {
    /// Whether the target was given, so that an annotation need not say it.
    pub(crate) fn has_argument(&self) -> bool {
        self.arguments.iter().any(|(name, value)| &**name == "argument" && !value.is_none())
    }

    pub(crate) fn field(&self) -> &FieldArgs {
        &self.field
    }

    /// The engine's arguments; strings and callables are looked up in `scope` when mappers are configured.
    pub(crate) fn engine_args(&self, interp: &mut Interp, scope: &Scope) -> PyResult<RelationshipArgs> {
        let given = Given::of(&self.arguments);
        let args = read(interp, scope, &self.arguments, true)?;
        Ok(RelationshipArgs { host: HostArgs(Some(Rc::new(given))), ..args })
    }
}

/// What `relationship()` was given that is read from its property again.
pub(super) struct Given {
    arguments: Keywords,
    /// One dictionary, given or not.
    pub(super) info: Value,
}

impl Given {
    fn of(arguments: &Keywords) -> Given {
        let info = arguments.iter().find(|(name, value)| &**name == "info" && !value.is_none());
        let info = info.map_or_else(|| Value::dict(crate::python::Map::new()), |(_, value)| value.clone());
        Given { arguments: arguments.clone(), info }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.arguments.is_empty()
    }

    /// The argument as it was given, or `None`.
    pub(super) fn argument(&self, name: &str) -> Value {
        let found = self.arguments.iter().find(|(known, _)| **known == *name);
        found.map_or(Value::None, |(_, value)| value.clone())
    }
}

impl RelationshipDecl {
    /// What its collections are made by, where that is given.
    pub(super) fn collection_class(&self) -> Option<Value> {
        let found = self.arguments.iter().find(|(name, _)| &**name == "collection_class");
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_none())
    }

    /// What it is compared by, where a document wrote that.
    pub(super) fn comparator(&self) -> Option<Value> {
        let found = self.arguments.iter().find(|(name, _)| &**name == "comparator_factory");
        found.map(|(_, class)| class.clone()).filter(|class| !class.is_none())
    }
}

impl Object for RelationshipDecl {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.kind
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.relationships"
    }

    fn repr(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        let address = interp.address_of(this.identity());
        Ok(format!("<{} at {address}; no key>", self.kind))
    }
}

impl Object for BackrefObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "tuple"
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let map = crate::python::Map::new();
        let dict = Value::dict(map);
        for (name, value) in &self.arguments {
            interp.set_item(&dict, &Value::from(name.clone()), value.clone())?;
        }
        interp.repr(&Value::tuple(vec![Value::from(self.name.clone()), dict]))
    }
}

/// `relationship(…)`.
pub(crate) fn relationship(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let field = FieldArgs::take(interp, &mut args, Of::Relationship)?;
    if field.instance_default().is_some_and(|default| !default.is_none())
        && lend::has(interp, Behaviour::DataclassDefaultsNotSet)
    {
        let message = "Only 'None' is accepted as dataclass default for a relationship()";
        return Err(errors::argument_error(interp, message));
    }
    let is_newer = lend::has(interp, Behaviour::RelationshipSubclass);
    let parameters = if is_newer { SECOND } else { FIRST };
    // The later releases hand keywords on to the class.
    let name =
        if is_newer && args.positional.len() < 3 { "RelationshipProperty.__init__" } else { "relationship" };
    let mut parameters = if lend::has(interp, Behaviour::OverlapsParameter) {
        parameters.to_owned()
    } else {
        parameters.replace("overlaps=, ", "").replace("active_history=,", "extension=, active_history=,")
    };
    if !lend::has(interp, Behaviour::OmitJoinParameter) {
        parameters = parameters.replace(" omit_join=,", "");
    }
    if !lend::has(interp, Behaviour::SyncBackrefParameter) {
        parameters = parameters.replace(", sync_backref=", "");
    }
    let signature = Signature::new(name, &parameters);
    let names: Vec<Rc<str>> = signature.parameters.iter().map(|parameter| parameter.name.clone()).collect();
    let bound = signature.bind(interp, args)?;
    let arguments: Keywords = names
        .into_iter()
        .zip(bound.values)
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .collect();
    warn_of_no_effect(interp, &arguments)?;
    for (name, value) in &arguments {
        match &**name {
            "cascade" if cascades(interp, value)?.is_some_and(|told| told.delete_orphan && !told.delete) => {
                warning::give(interp, &Warning::orphans_without_delete())?;
            }
            "cascade_backrefs"
                if !lend::has(interp, Behaviour::CascadeBackrefs) && interp.truth(value)? =>
            {
                return Err(errors::argument_error(
                    interp,
                    "The 'cascade_backrefs' parameter passed to relationship() may only be set to False.",
                ));
            }
            _ => {}
        }
    }
    refuse_what_excludes_itself(interp, &arguments)?;
    let kind = relationship_kind(interp);
    Ok(Value::object(RelationshipDecl { arguments, kind, field }))
}

/// Arguments that cannot stand together are refused before a class has the relationship.
fn refuse_what_excludes_itself(interp: &mut Interp, arguments: &Keywords) -> PyResult<()> {
    let mut args = RelationshipArgs::default();
    for (name, value) in arguments.iter().filter(|(_, value)| !value.is_none()) {
        match &**name {
            "viewonly" => args.viewonly = Some(interp.truth(value)?),
            "sync_backref" => args.sync_backref = Some(interp.truth(value)?),
            "cascade" => args.cascade = cascades(interp, value)?,
            "backref" => args.backref = Some(Backref { name: "".into(), args: Box::default() }),
            "back_populates" => args.back_populates = Some("".into()),
            _ => {}
        }
    }
    let profile = lend::profile(interp);
    map::check_relationship(profile, &args).map_err(|error| crate::sqlalchemy::errors::raise(interp, &error))
}

/// `backref(name, …)`.
pub(crate) fn backref(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let name =
        if args.positional.is_empty() { args.take_keyword("name") } else { Some(args.positional.remove(0)) };
    let Some(Value::Str(name)) = name else {
        return Err(interp.raise("TypeError", "backref() missing 1 required positional argument: 'name'"));
    };
    Ok(Value::object(BackrefObject { name, arguments: args.keywords }))
}

fn read(
    interp: &mut Interp,
    scope: &Scope,
    arguments: &Keywords,
    is_own: bool,
) -> PyResult<RelationshipArgs> {
    let mut args = RelationshipArgs::default();
    for (name, value) in arguments {
        let absent = value.is_none();
        match &**name {
            "argument" => args.target = Some(target(interp, scope, value)?),
            _ if absent => {}
            "secondary" => args.secondary = Some(between(scope, value)),
            "primaryjoin" => args.primaryjoin = Some(condition(interp, scope, value)?),
            "secondaryjoin" => args.secondaryjoin = Some(condition(interp, scope, value)?),
            "foreign_keys" => args.foreign_keys = Some(late(scope, value, comparator::columns)),
            "remote_side" => args.remote_side = Some(late(scope, value, comparator::columns)),
            "order_by" => {
                if !matches!(value, Value::Bool(false)) {
                    args.order_by = Some(late(scope, value, comparator::expressions));
                }
            }
            "uselist" => args.uselist = Some(interp.truth(value)?),
            "lazy" => match lazy(interp, value) {
                Some(lazy) => args.lazy = Some(lazy),
                None => args.unknown_lazy = Some(interp.repr(value)?),
            },
            "cascade" => args.cascade = cascades(interp, value)?,
            "cascade_backrefs" => args.cascade_backrefs = Some(interp.truth(value)?),
            "backref" => args.backref = Some(read_backref(interp, scope, value)?),
            "back_populates" => match value {
                Value::Str(name) => args.back_populates = Some(name.clone()),
                _ => return Err(Stop::unsupported("back_populates that is no string")),
            },
            "viewonly" => args.viewonly = Some(interp.truth(value)?),
            "passive_deletes" => {
                args.passive_deletes = match value {
                    Value::Str(all) if &**all == "all" => Some(PassiveDeletes::All),
                    other => interp.truth(other)?.then_some(PassiveDeletes::Yes),
                };
            }
            "passive_updates" => args.passive_updates = Some(interp.truth(value)?),
            "post_update" => args.post_update = interp.truth(value)?,
            "single_parent" => args.single_parent = interp.truth(value)?,
            "join_depth" => args.join_depth = u32::try_from(interp.index(value)?).ok(),
            "innerjoin" => args.innerjoin = Some(super::options::inner_join(interp, value)?),
            "active_history" => args.active_history = interp.truth(value)?,
            "sync_backref" => args.sync_backref = Some(interp.truth(value)?),
            "enable_typechecks" => args.enable_typechecks = Some(interp.truth(value)?),
            "overlaps" => args.overlaps = value.as_str().map(ToString::to_string),
            "extension"
            | "info"
            | "doc"
            | "bake_queries"
            | "omit_join"
            | "distinct_target_key"
            | "comparator_factory"
            | "load_on_pending" => {}
            "collection_class" if is_class(interp, value, "list") => args.collection = Some(Shape::List),
            "collection_class" if is_class(interp, value, "set") => args.collection = Some(Shape::Set),
            "collection_class" if value.downcast::<keyed::KeyedBy>().is_some() => {
                args.collection = Some(Shape::Dict);
                args.keyed = keyed::keyer(value);
            }
            "collection_class" if custom::maker(value).is_some() => args.maker = custom::maker(value),
            other if is_own => {
                return Err(Stop::unsupported(format!("the relationship argument `{other}`")));
            }
            other => return Err(Stop::unsupported(format!("the backref argument `{other}`"))),
        }
    }
    Ok(args)
}

fn is_class(interp: &mut Interp, value: &Value, name: &str) -> bool {
    let builtin = interp.builtin_class(name);
    value.as_class().is_some_and(|class| class.identity() == builtin.identity())
}

/// A value worked out when mappers are configured: from a string in the registry's names, from a callable, or
/// from the value itself.
fn late<T: 'static>(
    scope: &Scope,
    value: &Value,
    read: fn(&mut Interp, &Value) -> PyResult<T>,
) -> Deferred<T> {
    let (scope, value) = (scope.clone(), value.clone());
    Deferred::Later(Rc::new(move |cx: &mut Cx<'_>| {
        lend::lend(cx, |interp| {
            let value = settle(interp, &scope, &value)?;
            read(interp, &value)
        })
    }))
}

/// The value that a string or callable stands for.
fn settle(interp: &mut Interp, scope: &Scope, value: &Value) -> PyResult<Value> {
    match value {
        Value::Str(text) => match (scope.registry.upgrade(), scope.owner.upgrade()) {
            (Some(registry), Some(owner)) => registry.evaluate(interp, text, &owner),
            _ => Err(Stop::unsupported("a name of a registry that is gone")),
        },
        Value::Function(_) | Value::Native(_) | Value::Method(_) => {
            let made = interp.call(value, Args::none())?;
            settle(interp, scope, &made)
        }
        Value::List(_) | Value::Tuple(_) => {
            let values = interp.iterate(value)?;
            let mut settled = Vec::with_capacity(values.len());
            for value in &values {
                settled.push(settle(interp, scope, value)?);
            }
            Ok(Value::list(settled))
        }
        other => Ok(other.clone()),
    }
}

fn condition(
    interp: &mut Interp,
    scope: &Scope,
    value: &Value,
) -> PyResult<Deferred<backproof_engine::sql::Expr>> {
    if let Some(expr) = expr::clause(interp, value)? {
        return Ok(Deferred::Now(expr));
    }
    Ok(late(scope, value, expr::coerce))
}

fn target(interp: &mut Interp, scope: &Scope, value: &Value) -> PyResult<Deferred<Target>> {
    if let Some(name) = value.as_str() {
        let plain = name.chars().all(|c| c == '_' || c.is_alphanumeric());
        if plain {
            return Ok(Deferred::Now(Target::Name(name.to_string())));
        }
        return Ok(late(scope, value, target_now));
    }
    // A class may be mapped after the one that speaks of it.
    let waits = value.as_class().is_some() && mapped::mapped_of(value).is_none();
    if waits || matches!(value, Value::Function(_) | Value::Native(_)) {
        return Ok(late(scope, value, target_now));
    }
    target_now(interp, value).map(Deferred::Now)
}

fn target_now(interp: &mut Interp, value: &Value) -> PyResult<Target> {
    if let Some(name) = value.as_str() {
        return Ok(Target::Name(name.to_string()));
    }
    match mapped::mapped_of(value) {
        Some(mapped) if mapped.alias.is_some() => Ok(Target::Alias(mapped)),
        Some(mapped) => Ok(Target::Mapper(mapped.mapper)),
        None => {
            let shown = interp.repr(value)?;
            Err(Stop::unsupported(format!("a relationship to {shown}")))
        }
    }
}

fn between(scope: &Scope, value: &Value) -> Deferred<Between> {
    if let Some(object) = value.downcast::<TableObject>() {
        return Deferred::Now(Between::from(&object.table));
    }
    let (scope, value) = (scope.clone(), value.clone());
    Deferred::Later(Rc::new(move |cx: &mut Cx<'_>| {
        lend::lend(cx, |interp| {
            let value = match (value.as_str(), scope.registry.upgrade(), scope.owner.upgrade()) {
                (Some(text), Some(registry), Some(owner))
                    if lend::has(interp, Behaviour::SecondaryByName) =>
                {
                    registry.named(interp, text, &owner)?
                }
                _ => settle(interp, &scope, &value)?,
            };
            between_now(interp, &value)
        })
    }))
}

fn between_now(interp: &mut Interp, value: &Value) -> PyResult<Between> {
    let class = match (value.as_class(), value.downcast::<ClassNameObject>()) {
        (Some(class), _) if mapped::mapped_of(value).is_some() => Some(class.clone()),
        (_, Some(object)) => Some(object.class.clone()),
        _ => None,
    };
    if let Some(class) = class {
        let shown = interp.repr(&Value::Class(class))?;
        return Ok(Between::class(&shown));
    }
    let of_tables = |item: &FromItem| item.leaves().iter().all(|leaf| matches!(leaf, FromItem::Table(_)));
    match selectable::from_item(value).filter(of_tables) {
        Some(item) => {
            let by_orm = matches!(&item, FromItem::Join(join) if join.tag.is_some());
            Ok(Between::new(item, if by_orm { "_ORMJoin" } else { "Join" }))
        }
        None => Err(Stop::unsupported("a secondary that is no table or join of tables")),
    }
}

fn read_backref(interp: &mut Interp, scope: &Scope, value: &Value) -> PyResult<Backref> {
    let host = |arguments: &Keywords| HostArgs(Some(Rc::new(Given::of(arguments))));
    if let Some(name) = value.as_str() {
        let args = RelationshipArgs { host: host(&Vec::new()), ..RelationshipArgs::default() };
        return Ok(Backref { name: name.clone(), args: Box::new(args) });
    }
    match value.downcast::<BackrefObject>() {
        Some(backref) => {
            let args = read(interp, scope, &backref.arguments, false)?;
            let args = RelationshipArgs { host: host(&backref.arguments), ..args };
            Ok(Backref { name: backref.name.clone(), args: Box::new(args) })
        }
        None => Err(Stop::unsupported("a backref that is neither a string nor backref()")),
    }
}

/// A loader strategy by name; `None` where there is none of that name.
fn lazy(interp: &mut Interp, value: &Value) -> Option<Lazy> {
    let name = match value {
        Value::Bool(true) => "select",
        Value::Bool(false) => "joined",
        Value::Str(name) => name,
        _ => "",
    };
    Some(match name {
        "select" => Lazy::Select,
        "joined" => Lazy::Joined,
        "selectin" => Lazy::Selectin,
        "subquery" => Lazy::Subquery,
        "immediate" => Lazy::Immediate,
        "raise" => Lazy::Raise,
        "raise_on_sql" => Lazy::RaiseOnSql,
        "noload" => Lazy::NoLoad,
        "dynamic" => Lazy::Dynamic,
        "write_only" if lend::has(interp, Behaviour::AnnotatedDeclarative) => Lazy::WriteOnly,
        _ => return None,
    })
}

/// `cascade="all, delete-orphan"`; `None` where it says nothing.
fn cascades(interp: &mut Interp, value: &Value) -> PyResult<Option<Cascades>> {
    let names: Vec<Rc<str>> = match value {
        Value::None | Value::Bool(false) => return Ok(None),
        Value::Str(text) => {
            text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(Rc::from).collect()
        }
        other => interp.iterate(other)?.iter().filter_map(|name| name.as_str().cloned()).collect(),
    };
    let mut cascades = Cascades::default();
    let mut unknown = Vec::new();
    for name in &names {
        match &**name {
            "all" => {
                cascades = Cascades {
                    save_update: true,
                    merge: true,
                    expunge: true,
                    refresh_expire: true,
                    delete: true,
                    ..cascades
                }
            }
            "save-update" => cascades.save_update = true,
            "merge" => cascades.merge = true,
            "expunge" => cascades.expunge = true,
            "refresh-expire" => cascades.refresh_expire = true,
            "delete" => cascades.delete = true,
            "delete-orphan" => cascades.delete_orphan = true,
            "none" => cascades = Cascades::default(),
            other => unknown.push(format!("'{other}'")),
        }
    }
    if !unknown.is_empty() {
        unknown.sort();
        let message = format!("Invalid cascade option(s): {}", unknown.join(", "));
        return Err(errors::argument_error(interp, message));
    }
    Ok(Some(cascades))
}
