//! Classes of a hierarchy in queries: what they select from, under which names, and which rows are theirs.

use super::adapt::{Adapter, rewrite_columns};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::{AliasedClass, Between, Mapped, MapperId, Resolved};
use crate::orm::Orm;
use crate::schema::Table;
use crate::sql::{
    Alias, AliasElement, AliasKind, Bind, Expr, ExprKind, FromItem, LabelStyle, Op, Operand, Select,
};
use crate::version::Behaviour;
use std::rc::Rc;

/// What a class selects from where nothing else is said: its tables, with those of the subclasses that its mapping
/// brings along.
pub(super) fn selectable(orm: &Orm, mapper: MapperId) -> FromItem {
    if let Some(union) = orm.mappers.union(mapper) {
        return FromItem::from(&union.alias);
    }
    let with = orm.mappers.polymorphic_mappers(mapper);
    if with.is_empty() {
        return orm.mappers.get(mapper).hierarchy.selectable.clone();
    }
    let mut made = orm.mappers.with_below.borrow_mut();
    if let Some((_, item)) = made.iter().find(|(known, _)| *known == mapper) {
        return item.clone();
    }
    let item = orm.mappers.joined_selectable(mapper, &with, true);
    made.push((mapper, item.clone()));
    item
}

/// The subclasses whose columns a query of a class or alias selects along.
pub(super) fn along(orm: &Orm, mapped: Mapped) -> Vec<MapperId> {
    match mapped.alias.and_then(|alias| orm.mappers.aliases.get(alias as usize)) {
        Some(alias) if alias.mapper == mapped.mapper => alias.with.clone(),
        Some(_) => Vec::new(),
        None => orm.mappers.polymorphic_mappers(mapped.mapper),
    }
}

/// How a class of several tables is written under another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aliasing {
    /// Its tables stand for themselves.
    None,
    /// As one subquery, or as an alias of the only table.
    Whole,
    /// Each table by an alias of its own.
    Flat,
}

/// `aliased(Class)`, `aliased(Class, name="…")`.
pub fn alias(cx: &mut Cx<'_>, mapper: MapperId, name: Option<&str>) -> Mapped {
    alias_as(cx, mapper, name, Aliasing::Whole)
}

/// `aliased(Class, flat=True)`.
pub fn alias_as(cx: &mut Cx<'_>, mapper: MapperId, name: Option<&str>, aliasing: Aliasing) -> Mapped {
    let with = cx.orm.mappers.polymorphic_mappers(mapper);
    let item = selectable(cx.orm, mapper);
    keep(cx, mapper, name, item, with, aliasing, false)
}

/// `aliased(Class, selectable)`: the class read from a subquery or alias.
///
/// # Errors
///
/// `Unsupported` for a class of a hierarchy.
pub fn alias_of_selectable(
    cx: &mut Cx<'_>,
    mapper: MapperId,
    name: Option<&str>,
    item: FromItem,
    by_name: bool,
) -> Result<Mapped> {
    let found = cx.orm.mappers.get(mapper);
    if found.inherits.is_some() || cx.orm.mappers.has_below(mapper) {
        return Err(Error::unsupported("aliased() of a class of a hierarchy and a selectable"));
    }
    // In a join of tables, each stands for itself.
    let plain = |leaf: &FromItem| matches!(leaf, FromItem::Table(_));
    let tables = match &item {
        FromItem::Alias(alias) => vec![alias.clone()],
        FromItem::Join(_) if item.leaves().iter().all(plain) => Vec::new(),
        _ => return Err(Error::unsupported("aliased() of a class and such an element")),
    };
    let tables = tables.into();
    let aliases = &mut cx.orm.mappers.aliases;
    let name = name.map(Rc::from);
    aliases.push(AliasedClass {
        mapper,
        name,
        item,
        tables,
        with: Vec::new(),
        polymorphic: false,
        by_name,
        outer: false,
    });
    Ok(Mapped { mapper, alias: Some((aliases.len() - 1) as u32) })
}

/// `with_polymorphic(Class, […])`; all subclasses where `these` is `None`.
///
/// # Errors
///
/// `InvalidRequestError` where one of them does not inherit from the class.
pub fn with_polymorphic(
    cx: &mut Cx<'_>,
    mapper: MapperId,
    these: Option<&[MapperId]>,
    aliasing: Aliasing,
    inner: bool,
) -> Result<Mapped> {
    let mappers = &cx.orm.mappers;
    let with = match these {
        Some(_) if mappers.union(mapper).is_some() => {
            return Err(Error::unsupported("with_polymorphic() of some of the classes of a union"));
        }
        None => mappers.self_and_descendants(mapper),
        Some(these) => {
            if let Some(other) = these.iter().find(|other| !mappers.is_a(**other, mapper)) {
                return Err(Error::new(
                    crate::error::ErrorKind::InvalidRequestError,
                    format!(
                        "{} does not inherit from {}",
                        mappers.get(*other).text(cx.orm.profile),
                        mappers.get(mapper).text(cx.orm.profile)
                    ),
                ));
            }
            mappers.with_parents(mapper, these)
        }
    };
    if mappers.union(mapper).is_none()
        && with.iter().any(|other| *other != mapper && mappers.get(*other).hierarchy.concrete)
    {
        return Err(Error::new(
            crate::error::ErrorKind::InvalidRequestError,
            "'with_polymorphic()' requires 'selectable' argument when concrete-inheriting mappers are used.",
        ));
    }
    let item = match mappers.union(mapper) {
        Some(union) => FromItem::from(&union.alias),
        None => mappers.joined_selectable(mapper, &with, !inner),
    };
    let made = keep(cx, mapper, None, item, with, aliasing, true);
    if let Some(alias) = cx.orm.mappers.aliases.last_mut() {
        alias.outer = !inner;
    }
    Ok(made)
}

fn keep(
    cx: &mut Cx<'_>,
    mapper: MapperId,
    name: Option<&str>,
    item: FromItem,
    with: Vec<MapperId>,
    aliasing: Aliasing,
    polymorphic: bool,
) -> Mapped {
    let union = cx.orm.mappers.union(mapper).map(|union| union.alias.clone());
    let by_name = union.is_some();
    let (item, tables) = match aliasing {
        Aliasing::None => (item, union.into_iter().collect()),
        Aliasing::Flat if !by_name => flat(&item, name),
        Aliasing::Whole | Aliasing::Flat => whole(&item, name),
    };
    let aliases = &mut cx.orm.mappers.aliases;
    let tables = tables.into();
    aliases.push(AliasedClass {
        mapper,
        name: name.map(Rc::from),
        item,
        tables,
        with,
        polymorphic,
        by_name,
        outer: false,
    });
    Mapped { mapper, alias: Some((aliases.len() - 1) as u32) }
}

/// Another alias of what an alias is of.
fn again(alias: &Alias, name: Option<&str>) -> Alias {
    match alias.table() {
        Some(table) => Alias::of_table(table, name),
        None => Alias::new(AliasElement::Alias(alias.clone()), name, AliasKind::Alias),
    }
}

/// A table's alias, or a subquery of a join.
fn whole(item: &FromItem, name: Option<&str>) -> (FromItem, Vec<Alias>) {
    if let FromItem::Table(_) = item {
        return flat(item, name);
    }
    if let FromItem::Alias(alias) = item {
        let alias = again(alias, name);
        return (FromItem::from(&alias), vec![alias]);
    }
    let select = Select {
        columns: item.columns(),
        from: vec![item.clone()],
        label_style: LabelStyle::TableColumn,
        ..Select::default()
    };
    let alias = Alias::of_select(select, name);
    (FromItem::from(&alias), vec![alias])
}

/// The same element with an alias for each table.
pub(super) fn flat(item: &FromItem, name: Option<&str>) -> (FromItem, Vec<Alias>) {
    let mut aliases = Vec::new();
    let item = flat_item(item, name, &mut aliases);
    (item, aliases)
}

fn flat_item(item: &FromItem, name: Option<&str>, aliases: &mut Vec<Alias>) -> FromItem {
    match item {
        FromItem::Table(table) => {
            // Of several tables, each name says which it is of.
            let name = match (name, aliases.is_empty()) {
                (Some(name), true) => Some(name.to_owned()),
                (Some(name), false) => Some(format!("{name}_{}", table.name())),
                (None, _) => None,
            };
            let alias = Alias::of_table(table, name.as_deref());
            aliases.push(alias.clone());
            FromItem::from(&alias)
        }
        FromItem::Join(join) => {
            let left = flat_item(&join.left, name, aliases);
            let right = flat_item(&join.right, name, aliases);
            let on = rewrite_columns(&join.onclause, &mut |column, _| {
                let found = aliases.iter().find_map(|alias| alias.column_for(column));
                Ok(found.unwrap_or_else(|| Expr::column(column)))
            });
            left.join(right, on.unwrap_or_else(|_| join.onclause.clone()), join.outer)
        }
        FromItem::Alias(_) | FromItem::Text(_) => item.clone(),
    }
}

/// A class written apart from other occurrences of its tables, as joined loads do.
pub(super) fn apart(orm: &Orm, mapped: impl Into<Mapped>) -> (FromItem, Adapter) {
    let mapped = mapped.into();
    let item = super::adapt::selectable(orm, mapped);
    let known = mapped.alias.and_then(|alias| orm.mappers.aliases.get(alias as usize));
    if let FromItem::Alias(alias) = &item {
        let alias = again(alias, None);
        let by_name = known.map_or(orm.mappers.union(mapped.mapper).is_some(), |known| known.by_name);
        let item = FromItem::from(&alias);
        return (item, if by_name { Adapter::Named(alias) } else { Adapter::Alias(alias) });
    }
    let (item, aliases) = flat(&item, None);
    (item, Adapter::through(&aliases.into()))
}

/// What stands between two sides, written apart from other occurrences of its tables.
pub(super) fn between_apart(between: &Between) -> (FromItem, Adapter) {
    let (item, aliases) = flat(&between.item, None);
    (item, Adapter::through(&aliases.into()))
}

/// What a relationship's far side is selected from together with what stands between, where something does.
pub(super) fn with_between(orm: &Orm, resolved: &Resolved) -> Vec<FromItem> {
    let Some(between) = &resolved.secondary else { return Vec::new() };
    let target = super::adapt::selectable(orm, resolved.entity());
    if contains(&between.item, &target) {
        return vec![between.item.clone()];
    }
    vec![target, between.item.clone()]
}

/// As [`between_apart`], as one subquery where it is a join.
pub(super) fn between_whole(between: &Between) -> Adapter {
    Adapter::through(&whole(&between.item, None).1.into())
}

/// A class written apart from other occurrences of its tables as one subquery, as conditions of relationships do.
pub(super) fn apart_whole(orm: &Orm, mapper: MapperId) -> (FromItem, Adapter) {
    let (item, aliases) = whole(&selectable(orm, mapper), None);
    match &aliases[..] {
        [alias] => (item, Adapter::of_alias(orm, mapper, alias.clone())),
        _ => (item, Adapter::through(&aliases.into())),
    }
}

/// Whether two elements of a `FROM` list have a table in common.
pub(super) fn overlaps(left: &FromItem, right: &FromItem) -> bool {
    let leaves = left.leaves();
    right.leaves().iter().any(|leaf| leaves.contains(leaf))
}

/// Whether `from` is `item` or has it inside.
pub(super) fn contains(from: &FromItem, item: &FromItem) -> bool {
    from == item
        || match from {
            FromItem::Join(join) => contains(&join.left, item) || contains(&join.right, item),
            FromItem::Table(_) | FromItem::Alias(_) | FromItem::Text(_) => false,
        }
}

/// The condition that limits the rows of a shared table to those of a class.
pub(super) fn limit(orm: &Orm, mapper: MapperId, adapter: &Adapter) -> Result<Option<Expr>> {
    let criterion = || {
        let Some((told, values)) = orm.mappers.single_criterion(mapper) else { return Ok(None) };
        let told = match told.as_column() {
            Some(column) => adapter.column(column)?,
            None => adapter.adapt_all(&told, &orm.mappers.get(mapper).hierarchy.tables)?,
        };
        // Where a list is not bound as a whole, each value of it has its name from the start.
        let values = if orm.profile.has(Behaviour::ExpandingIn) {
            Operand::Values(values)
        } else {
            Operand::Exprs(values.into_iter().map(|value| told.bind_beside(value)).collect())
        };
        let made = told.operate(Op::In, values)?;
        Ok(Some(if matches!(told.kind(), ExprKind::Function(_)) { nameless(&made) } else { made }))
    };
    if !matches!(adapter, Adapter::Plain) || orm.profile.has(Behaviour::SingleCriterionAnew) {
        return criterion();
    }
    // One node, however often a statement has it: its parameters have one name.
    if let Some((_, made)) = orm.mappers.limits.borrow().iter().find(|(known, _)| *known == mapper) {
        return Ok(Some(made.clone()));
    }
    let made = criterion()?;
    if let Some(made) = &made {
        orm.mappers.limits.borrow_mut().push((mapper, made.clone()));
    }
    Ok(made)
}

/// The comparison with parameters that are not named after its left side.
fn nameless(made: &Expr) -> Expr {
    let ExprKind::Binary { left, right, op, ty, negated, escape } = made.kind() else { return made.clone() };
    let right = right.rewrite(&mut |part| match part.kind() {
        ExprKind::Bind(bind) => {
            Some(Expr::of(ExprKind::Bind(Bind { key: Rc::from("param"), ..bind.clone() })))
        }
        _ => None,
    });
    Expr::of(ExprKind::Binary {
        left: left.clone(),
        right,
        op: op.clone(),
        ty: ty.clone(),
        negated: negated.clone(),
        escape: escape.clone(),
    })
}

/// A join's condition with what limits the rows of the class that it leads to, and with further criteria of it.
pub(super) fn limited(
    orm: &Orm,
    mapper: MapperId,
    adapter: &Adapter,
    criteria: Vec<Expr>,
    on: Expr,
) -> Result<Expr> {
    let limit = limit(orm, mapper, adapter)?;
    if criteria.is_empty() && limit.is_none() {
        return Ok(on);
    }
    Ok(Expr::and(std::iter::once(on).chain(criteria).chain(limit)))
}

/// The tables of a class and of the subclasses that come along.
pub(super) fn tables(orm: &Orm, mapped: Mapped) -> Vec<Table> {
    let mut found = orm.mappers.get(mapped.mapper).hierarchy.tables.clone();
    for below in along(orm, mapped) {
        for table in &orm.mappers.get(below).hierarchy.tables {
            if !found.contains(table) {
                found.push(table.clone());
            }
        }
    }
    found
}
