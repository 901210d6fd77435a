//! Loader options: `joinedload(User.addresses)` and its like.

mod criteria;
mod link;

use super::attribute::AttributeObject;
use super::{comparator, errors, mapped};
use crate::python::{Args, Interp, Module, Object, PyResult, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::Orm;
use backproof_engine::load::{self, AdHoc, Aliasing, Head, LoaderOption, Recursion, Strategy};
use backproof_engine::map::{InnerJoin, Key, Lazy, Mapped, MapperId, Property};
use backproof_engine::sql::FromItem;
use backproof_engine::version::Behaviour;
use std::any::Any;

/// One option, and the path that a further step continues.
pub(crate) struct OptionObject {
    pub(crate) options: Vec<LoaderOption>,
    path: Vec<(MapperId, Key)>,
    /// `Load(Class)`: the class that the path begins with.
    root: Option<MapperId>,
    /// What the path begins with, as the program named it.
    head: Option<Mapped>,
}

/// What a further step continues.
#[derive(Clone, Default)]
struct Before {
    options: Vec<LoaderOption>,
    path: Vec<(MapperId, Key)>,
    root: Option<MapperId>,
    head: Option<Mapped>,
}

impl Before {
    /// The option that this and what is said now make; the path goes on from `path`.
    fn with(&self, mut options: Vec<LoaderOption>, path: Vec<(MapperId, Key)>) -> Value {
        for option in &mut options {
            option.head = Head(self.head);
        }
        Value::object(OptionObject { options, path, root: self.root, head: self.head })
    }

    /// With the head that this attribute is, where there is none yet.
    fn headed(mut self, value: Option<&Value>) -> Before {
        let attribute = value.and_then(|value| value.downcast::<AttributeObject>());
        if let Some(attribute) = attribute
            && self.path.is_empty()
            && self.root.is_none()
        {
            self.head = Some(attribute.mapped);
        }
        self
    }

    /// The class whose attributes the next step names: that of `Load(Class)`, or the target of the last step.
    fn class(&self, interp: &mut Interp) -> PyResult<Option<MapperId>> {
        let Some((mapper, key)) = self.path.last() else { return Ok(self.root) };
        if *mapper == MapperId::ANY {
            return Ok(None);
        }
        let property = lend::read(interp, |orm| orm.mappers.get(*mapper).properties.get(key).cloned())?;
        Ok(match property {
            Some(Property::Relationship(relationship)) => {
                relationship.resolved.get().map(|resolved| resolved.target)
            }
            _ => None,
        })
    }
}

impl Object for OptionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Load"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.strategy_options"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (options, path, root) = (self.options.clone(), self.path.clone(), self.root);
        let head = self.head;
        if name == "selectin_polymorphic" {
            return Ok(Some(Value::native(name, move |interp, args| {
                let [classes] = args.exactly(interp, "Load.selectin_polymorphic")?;
                below(interp, &options, &path, &classes)
            })));
        }
        if name == "options" {
            return Ok(Some(Value::native(name, move |interp, args| {
                if root.is_some() && !lend::has(interp, Behaviour::LoadTakesOptions) {
                    let message =
                        "The options() method is currently only supported for 'unbound' loader options";
                    return Err(interp.raise("NotImplementedError", message));
                }
                let mut options = options.clone();
                for value in &args.positional {
                    let Some(object) = value.downcast::<OptionObject>() else {
                        return Err(Stop::unsupported("an option of another kind"));
                    };
                    if let Some(named) = object.head.filter(|named| named.alias.is_none())
                        && let Some((mapper, key)) =
                            object.options.first().and_then(|option| option.path.first())
                        && *mapper != MapperId::ANY
                    {
                        let so_far = Before { options: options.clone(), path: path.clone(), root, head };
                        link::check_named(interp, &so_far, named, key, true)?;
                    }
                    options.extend(object.options.iter().map(|option| LoaderOption {
                        path: path.iter().chain(&option.path).cloned().collect(),
                        head: Head(head),
                        ..option.clone()
                    }));
                }
                Ok(Value::object(OptionObject { options, path: path.clone(), root, head }))
            })));
        }
        let before = Before { options, path, root, head };
        if let Some((_, make)) = OF_COLUMNS.iter().find(|(known, _)| *known == name) {
            return Ok(Some(Value::native(name, move |interp, args| make(interp, &before, args))));
        }
        let Some(strategy) = strategy(name) else { return Ok(None) };
        Ok(Some(Value::native(name, move |interp, args| option(interp, strategy, &before, args))))
    }
}

/// Names of options, and what they ask for.
const STRATEGIES: &[(&str, Option<Lazy>)] = &[
    ("joinedload", Some(Lazy::Joined)),
    ("selectinload", Some(Lazy::Selectin)),
    ("subqueryload", Some(Lazy::Subquery)),
    ("immediateload", Some(Lazy::Immediate)),
    ("lazyload", Some(Lazy::Select)),
    ("noload", Some(Lazy::NoLoad)),
    ("raiseload", Some(Lazy::Raise)),
    ("contains_eager", None),
    ("defaultload", None),
    ("defer", None),
    ("undefer", None),
];

fn strategy(name: &str) -> Option<&'static str> {
    STRATEGIES.iter().find(|(known, _)| *known == name).map(|(known, _)| *known)
}

/// What `innerjoin=` says.
pub(super) fn inner_join(interp: &mut Interp, value: &Value) -> PyResult<InnerJoin> {
    Ok(match value.as_str() {
        Some(name) if &**name == "unnested" => InnerJoin::Unnested,
        _ if interp.truth(value)? => InnerJoin::Nested,
        _ => InnerJoin::Outer,
    })
}

fn option(interp: &mut Interp, name: &'static str, before: &Before, mut args: Args) -> PyResult<Value> {
    for value in &args.positional {
        if let Some(attribute) = value.downcast::<AttributeObject>() {
            mapped::configure_for(interp, attribute.mapped.mapper)?;
        }
    }
    let inner = match args.take_keyword("innerjoin") {
        Some(Value::None) | None => None,
        Some(value) => Some(inner_join(interp, &value)?),
    };
    let sql_only = match args.take_keyword("sql_only") {
        Some(value) => interp.truth(&value)?,
        None => false,
    };
    let recursion = match args.take_keyword("recursion_depth") {
        Some(Value::None) | None => None,
        Some(value)
            if matches!(name, "selectinload" | "immediateload")
                && lend::has(interp, Behaviour::AnnotatedDeclarative) =>
        {
            let depth = interp.index(&value)?;
            match u32::try_from(depth) {
                Ok(depth) => Some(Recursion::Times(depth)),
                Err(_) if depth == -1 => Some(Recursion::Endless),
                Err(_) => return Err(Stop::unsupported("this `recursion_depth`")),
            }
        }
        Some(_) => return Err(Stop::unsupported(format!("{name}() with `recursion_depth`"))),
    };
    let alias = match args.take_keyword("alias") {
        Some(Value::None) | None => None,
        Some(value) if name == "contains_eager" => Some(value),
        Some(_) => return Err(Stop::unsupported(format!("{name}() with `alias`"))),
    };
    let raises = match args.take_keyword("raiseload") {
        Some(value) if name == "defer" => interp.truth(&value)?,
        Some(_) => return Err(Stop::unsupported(format!("{name}() with `raiseload`"))),
        None => false,
    };
    if name == "defer" {
        args.keywords.retain(|(keyword, _)| &**keyword != "key");
    }
    if !args.keywords.is_empty() {
        return Err(Stop::unsupported(format!("{name}() with `{}`", args.keywords[0].0)));
    }
    let everything = args.positional.iter().any(|value| value.as_str().is_some_and(|name| &**name == "*"));
    let is_head = before.path.is_empty() && before.root.is_none();
    if name == "defer" && everything && !is_head && !lend::has(interp, Behaviour::DeferAllKeepsKey) {
        return Err(Stop::unsupported("defer() of \"*\", which leaves out the primary key"));
    }
    let before = &before.clone().headed(args.positional.first());
    let mut options = before.options.clone();
    let mut at = before.clone();
    for (place, value) in args.positional.iter().enumerate() {
        link::check(interp, &at, value)?;
        let last = step(interp, &at, value)?;
        at.path.push(last);
        let lazy = STRATEGIES.iter().find(|(known, _)| *known == name).and_then(|(_, lazy)| *lazy);
        let strategy = match (name, lazy) {
            ("defer", _) => Strategy::Defer { raises },
            ("undefer", _) => Strategy::Undefer,
            ("defaultload", _) => Strategy::Default,
            ("contains_eager", _) => Strategy::Contained,
            ("joinedload", _) if inner.is_some() => Strategy::Joined { inner: inner.unwrap_or_default() },
            ("raiseload", _) if sql_only => Strategy::Relationship(Lazy::RaiseOnSql),
            (_, Some(lazy)) => Strategy::Relationship(lazy),
            _ => continue,
        };
        let of_type = match &alias {
            Some(alias) if place + 1 == args.positional.len() => Some(contained_as(interp, value, alias)?),
            _ => of_type(interp, value, strategy)?,
        };
        let refined = refined(name, value)?;
        let base = LoaderOption::new(at.path.clone(), strategy);
        options.push(LoaderOption { of_type, recursion, refined, ..base });
    }
    // What is said of a column is said of the class, which further steps go on from.
    let path = if matches!(name, "defer" | "undefer") { before.path.clone() } else { at.path };
    Ok(before.with(options, path))
}

/// Options that load a relationship's objects under further criteria.
const REFINED: &[&str] = &["joinedload", "selectinload", "subqueryload", "lazyload"];

/// The criteria of `and_()`. Immediate loads and those that the mapping says have them, too, but for the loaded rows.
fn refined(name: &str, value: &Value) -> PyResult<Vec<AdHoc>> {
    let Some(attribute) = value.downcast::<AttributeObject>() else { return Ok(Vec::new()) };
    let found: Vec<AdHoc> = attribute.criteria.iter().cloned().map(AdHoc).collect();
    if found.is_empty() || (REFINED.contains(&name) && attribute.of_type.is_none()) {
        return Ok(found);
    }
    if matches!(name, "immediateload" | "defaultload") {
        return Ok(found);
    }
    Err(Stop::unsupported(format!("{name}() with and_()")))
}

type OfColumns = fn(&mut Interp, &Before, Args) -> PyResult<Value>;

/// Options of the columns at the end of a path.
const OF_COLUMNS: &[(&str, OfColumns)] =
    &[("load_only", load_only), ("undefer_group", undefer_group), ("with_expression", with_expression)];

/// Adds to a path that the columns of a group are loaded with the row.
fn undefer_group(interp: &mut Interp, before: &Before, args: Args) -> PyResult<Value> {
    let [group] = args.exactly(interp, "undefer_group")?;
    let Some(group) = group.as_str().cloned() else {
        return Err(Stop::unsupported("undefer_group() of something that is no string"));
    };
    let class = before.class(interp)?.unwrap_or(MapperId::ANY);
    Ok(said(before, (class, group), Strategy::UndeferGroup))
}

/// Adds to a path what an attribute of `query_expression()` stands for.
fn with_expression(interp: &mut Interp, before: &Before, args: Args) -> PyResult<Value> {
    let [value, expression] = args.exactly(interp, "with_expression")?;
    let last = step(interp, before, &value)?;
    let ad_hoc = lend::read(interp, |orm| match orm.mappers.get(last.0).properties.get(&last.1) {
        Some(Property::Column(property)) => property.ad_hoc,
        _ => false,
    })?;
    if !ad_hoc {
        return Err(Stop::unsupported("with_expression() of an attribute that is no query_expression()"));
    }
    let expr = crate::sqlalchemy::expr::coerce(interp, &expression)?;
    let path = before.path.iter().cloned().chain([last]).collect();
    let mut options = before.options.clone();
    options.push(LoaderOption { expr: Some(AdHoc(expr)), ..LoaderOption::new(path, Strategy::Expression) });
    Ok(before.with(options, before.path.clone()))
}

/// One more option at the end of a path, where the path stays.
fn said(before: &Before, last: (MapperId, Key), strategy: Strategy) -> Value {
    let mut options = before.options.clone();
    options.push(LoaderOption::new(before.path.iter().cloned().chain([last]).collect(), strategy));
    before.with(options, before.path.clone())
}

/// Adds to a path that of the class there these columns alone are loaded.
fn load_only(interp: &mut Interp, before: &Before, mut args: Args) -> PyResult<Value> {
    let before = &before.clone().headed(args.positional.first());
    let has_raiseload = lend::has(interp, Behaviour::LoadOnlyRaises);
    let raises = match args.keywords.iter().position(|(name, _)| has_raiseload && &**name == "raiseload") {
        Some(at) => interp.truth(&args.keywords.remove(at).1)?,
        None => false,
    };
    if let Some((name, _)) = args.keywords.first() {
        if &**name == "raiseload" {
            return Err(
                interp.raise("TypeError", "load_only() got an unexpected keyword argument 'raiseload'")
            );
        }
        return Err(Stop::unsupported(format!("load_only() with `{name}`")));
    }
    let mut kept = Vec::new();
    for value in &args.positional {
        if let Some(attribute) = value.downcast::<AttributeObject>() {
            mapped::configure_for(interp, attribute.mapped.mapper)?;
        }
        let is_head = before.path.is_empty() && before.root.is_none();
        link::check(interp, before, value)?;
        let (mapper, key) = step_of(interp, before, value, is_head)?;
        if mapper != MapperId::ANY && lend::read(interp, |orm| !is_column(orm, mapper, &key))? {
            return Err(Stop::unsupported(format!("load_only() of `{key}`, which is no column")));
        }
        kept.push((mapper, key));
    }
    let mut options = before.options.clone();
    let mut add = |last: (MapperId, Key), strategy: Strategy| {
        let path = before.path.iter().cloned().chain([last]).collect();
        options.push(LoaderOption::new(path, strategy));
    };
    let mut classes: Vec<MapperId> = Vec::new();
    for (mapper, _) in &kept {
        if !classes.contains(mapper) {
            classes.push(*mapper);
            // Of a class that is not known yet, the rest is that of the class alone.
            let rest = if *mapper == MapperId::ANY { "" } else { "*" };
            add((*mapper, Key::from(rest)), Strategy::Defer { raises });
        }
    }
    for last in kept {
        add(last, Strategy::Undefer);
    }
    Ok(before.with(options, before.path.clone()))
}

fn is_column(orm: &Orm, mapper: MapperId, key: &str) -> bool {
    matches!(orm.mappers.get(mapper).properties.get(key), Some(Property::Column(_)))
}

/// What a relationship's objects are loaded as, where its step says so: the base class with the subclass that is named.
fn of_type(interp: &mut Interp, value: &Value, strategy: Strategy) -> PyResult<Option<Mapped>> {
    let Some(attribute) = value.downcast::<AttributeObject>() else { return Ok(None) };
    let Some(to) = attribute.of_type else { return Ok(None) };
    if to.alias.is_some() {
        return Ok(Some(to));
    }
    if comparator::target_of(interp, attribute)? == to.mapper {
        return Ok(None);
    }
    lend::with_cx(interp, |cx| {
        let base = cx.orm.mappers.base(to.mapper);
        let aliasing = if strategy == Strategy::Contained { Aliasing::None } else { Aliasing::Whole };
        load::with_polymorphic(cx, base, Some(&[to.mapper]), aliasing, false).map(Some)
    })
}

/// What `contains_eager(…, alias=…)` reads a relationship's objects from.
fn contained_as(interp: &mut Interp, value: &Value, alias: &Value) -> PyResult<Mapped> {
    if let Some(mapped) = super::mapped_of(alias) {
        return Ok(mapped);
    }
    let Some(attribute) = value.downcast::<AttributeObject>() else {
        return Err(Stop::unsupported("an alias for a relationship by its name"));
    };
    let target = comparator::target_of(interp, attribute)?;
    match crate::sqlalchemy::selectable::from_item(alias) {
        Some(item @ FromItem::Alias(_)) => {
            lend::with_cx(interp, |cx| load::alias_of_selectable(cx, target, None, item, false))
        }
        _ => Err(Stop::unsupported("contains_eager() of this alias")),
    }
}

/// Adds to a path that these subclasses are loaded by statements of their own.
fn below(
    interp: &mut Interp,
    options: &[LoaderOption],
    path: &[(MapperId, Key)],
    classes: &Value,
) -> PyResult<Value> {
    let Some(classes) = super::aliased::subclasses(interp, classes)? else {
        return Err(Stop::unsupported("selectin_polymorphic() of \"*\""));
    };
    let mut options = options.to_vec();
    for mapper in classes {
        let path = path.iter().cloned().chain([(mapper, Key::from(""))]).collect();
        options.push(LoaderOption::new(path, Strategy::SelectinPolymorphic));
    }
    Ok(Value::object(OptionObject { options, path: path.to_vec(), root: None, head: None }))
}

/// `selectin_polymorphic(base, classes)`.
pub(crate) fn selectin_polymorphic(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let [base, classes] = args.exactly(interp, "selectin_polymorphic")?;
    let mapper = mapped::require_mapper(interp, &base)?;
    mapped::configure_for(interp, mapper)?;
    below(interp, &[], &[], &classes)
}

/// One step of a path: an attribute, `"*"`, or before 2.0 its name.
fn step(interp: &mut Interp, before: &Before, value: &Value) -> PyResult<(MapperId, Key)> {
    step_of(interp, before, value, false)
}

/// As [`step`]; `heads_only` for an option whose refusal of a name at the head of a path is another.
fn step_of(
    interp: &mut Interp,
    before: &Before,
    value: &Value,
    heads_only: bool,
) -> PyResult<(MapperId, Key)> {
    if let Some(attribute) = value.downcast::<AttributeObject>() {
        let (mapper, key) = (attribute.mapped.mapper, attribute.key.clone());
        return Ok((lend::read(interp, |orm| orm.mappers.owner(mapper, &key))?, key));
    }
    let class = before.class(interp)?;
    match value.as_str() {
        Some(name) if &**name == "*" => Ok((class.unwrap_or(MapperId::ANY), name.clone())),
        Some(_) if !lend::has(interp, Behaviour::OptionsByName) && heads_only => {
            Err(errors::argument_error(interp, "expected ORM mapped attribute for loader strategy argument"))
        }
        Some(_) if !lend::has(interp, Behaviour::OptionsByName) => Err(errors::argument_error(
            interp,
            "Strings are not accepted for attribute names in loader options; please use class-bound attributes directly.",
        )),
        Some(name) if name.contains('.') => {
            Err(Stop::unsupported("a loader option for several names in one string"))
        }
        Some(name) => match class {
            Some(class) => Ok((lend::read(interp, |orm| orm.mappers.owner(class, name))?, name.clone())),
            None => Ok((MapperId::ANY, name.clone())),
        },
        None => Err(Stop::unsupported("a loader option for something that is no mapped attribute")),
    }
}

/// `Load(Class)`.
fn load(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let [class] = args.exactly(interp, "Load")?;
    let mapper = mapped::require_mapper(interp, &class)?;
    mapped::configure_for(interp, mapper)?;
    let is_checked = lend::has(interp, Behaviour::LoaderHeadsByClass);
    let head = if is_checked { mapped::mapped_of(&class) } else { None };
    Ok(Value::object(OptionObject { options: Vec::new(), path: Vec::new(), root: Some(mapper), head }))
}

/// The options behind the arguments of `options()`, of a query of these classes.
pub(super) fn read(interp: &mut Interp, classes: &[Mapped], values: &[Value]) -> PyResult<Vec<LoaderOption>> {
    let mut options = Vec::new();
    for value in values {
        if let Some(criteria) = criteria::option(interp, value)? {
            options.push(criteria);
            continue;
        }
        let Some(object) = value.downcast::<OptionObject>() else {
            return Err(Stop::unsupported("an option of another kind"));
        };
        for option in &object.options {
            options.push(placed(interp, classes, option)?);
        }
    }
    Ok(options)
}

/// An option with the classes that its steps did not say: that of the query, and those that its relationships lead to.
fn placed(interp: &mut Interp, classes: &[Mapped], option: &LoaderOption) -> PyResult<LoaderOption> {
    let mut placed = option.clone();
    if !option.path.iter().any(|(mapper, key)| *mapper == MapperId::ANY && &**key != "*") {
        return Ok(placed);
    }
    let mut class = None;
    if option.path.first().is_some_and(|(mapper, _)| *mapper == MapperId::ANY) {
        let [only] = classes else {
            let mut names = Vec::new();
            for mapped in classes {
                let mapper = super::mapper::MapperObject::find(interp, mapped.mapper)?;
                names.push(interp.str(&mapper)?);
            }
            if option.strategy == Strategy::UndeferGroup && !lend::has(interp, Behaviour::OptionsByName) {
                let message = format!(
                    "Can't apply wildcard ('*') or load_only() loader option to multiple entities {}. Specify loader options for each entity individually, such as {}.",
                    names.join(", "),
                    names
                        .iter()
                        .map(|name| format!("Load({name}).some_option('*')"))
                        .collect::<Vec<_>>()
                        .join(", ")
                );
                return Err(errors::argument_error(interp, message));
            }
            return Err(Stop::unsupported("a loader option by name in a query of several classes"));
        };
        mapped::configure_for(interp, only.mapper)?;
        class = Some(only.mapper);
    }
    let group = matches!(option.strategy, Strategy::UndeferGroup).then(|| option.path.len() - 1);
    for at in 0..placed.path.len() {
        let (mapper, key) = placed.path[at].clone();
        if mapper != MapperId::ANY || &*key == "*" {
            class = Before { path: placed.path[..=at].to_vec(), ..Before::default() }.class(interp)?;
            continue;
        }
        let Some(of) = class else {
            return Err(Stop::unsupported("a loader option by name below something that is no relationship"));
        };
        if group == Some(at) || key.is_empty() {
            placed.path[at] = (of, if key.is_empty() { Key::from("*") } else { key });
            continue;
        }
        if !lend::read(interp, |orm| orm.mappers.get(of).properties.contains_key(&key))? {
            return Err(Stop::unsupported(format!(
                "a loader option for `{key}`, which its class does not have"
            )));
        }
        placed.path[at] = (lend::read(interp, |orm| orm.mappers.owner(of, &key))?, key);
        class = Before { path: placed.path[..=at].to_vec(), ..Before::default() }.class(interp)?;
    }
    Ok(placed)
}

/// Adds the loader options.
pub(crate) fn install(interp: &mut Interp, module: &Module) {
    for &(name, _) in STRATEGIES {
        let head = move |interp: &mut Interp, args| option(interp, name, &Before::default(), args);
        module.dict.set(name, Value::native(name, head));
    }
    for &(name, make) in OF_COLUMNS {
        let head = move |interp: &mut Interp, args| make(interp, &Before::default(), args);
        module.dict.set(name, Value::native(name, head));
    }
    super::set(interp, module, "with_loader_criteria", Value::native("with_loader_criteria", criteria::make));
    let class = interp.foreign_class("sqlalchemy.orm.strategy_options", "Load");
    crate::sqlalchemy::define::construct(&class, load);
    module.dict.set("Load", Value::Class(class));
}
