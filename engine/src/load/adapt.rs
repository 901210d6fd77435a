//! Mapped classes and their attributes as expressions: plain, aliased, or seen through a subquery.

use super::within::unlabelled;
use crate::error::{Error, Result};
use crate::map::{
    AliasedClass, Descriptor, Direction, Hierarchy, Key, Mapped, MapperId, Property, Resolved, tables_in,
};
use crate::orm::Orm;
use crate::schema::{Column, Table};
use crate::sql::{Alias, AliasElement, Expr, ExprKind, FromItem, LabelName};
use std::rc::Rc;

/// The alias's name, where it was given one.
pub fn alias_name(orm: &Orm, mapped: Mapped) -> Option<String> {
    orm.mappers.aliases.get(mapped.alias? as usize)?.name.as_deref().map(str::to_owned)
}

/// An alias by its number.
pub fn alias_of(orm: &Orm, index: usize) -> Option<&AliasedClass> {
    orm.mappers.aliases.get(index)
}

/// What a mapped class selects from.
pub fn selectable(orm: &Orm, mapped: Mapped) -> FromItem {
    match mapped.alias.and_then(|alias| orm.mappers.aliases.get(alias as usize)) {
        Some(alias) => alias.item.clone(),
        None => super::polymorphic::selectable(orm, mapped.mapper),
    }
}

/// An attribute of a mapped class or alias as an expression: `User.name`; of a relationship, its join condition.
///
/// # Errors
///
/// `Unsupported` where the class has no such attribute; whoever asks has looked.
pub fn attribute(orm: &Orm, mapped: Mapped, key: &str) -> Result<Expr> {
    let mapper = orm.mappers.get(mapped.mapper);
    if let Some(relationship) = orm.mappers.relationship(mapped.mapper, key)
        && let Some(resolved) = relationship.resolved.get()
    {
        let parent = Adapter::of(orm, mapped);
        let target = Adapter::of(orm, resolved.entity());
        let sides = Sides { parent: &parent, target: &target, secondary: &Adapter::Plain };
        let (primary, secondary) = join_conditions(orm, relationship.parent, resolved, &sides)?;
        return Ok(match secondary {
            Some(secondary) => Expr::and([primary, secondary]),
            None => primary,
        });
    }
    let absent = || Error::unsupported(format!("`{}.{key}` as an expression", mapper.class_name));
    if let Some(Descriptor::Synonym(synonym)) = mapper.descriptor(key) {
        return attribute(orm, mapped, &orm.mappers.unaliased(mapped.mapper, &synonym.target));
    }
    let Some(Property::Column(property)) = mapper.properties.get(key) else { return Err(absent()) };
    let adapter = Adapter::of(orm, mapped);
    match (&property.expr, property.columns.first()) {
        (Some(expr), _) => adapter.expression(expr, &mapper.hierarchy.tables),
        (None, Some(column)) => adapter.column(column),
        (None, None) => Err(absent()),
    }
}

/// As [`attribute`], and a column tells which class was named: queries select from that class's tables, and only its rows.
///
/// # Errors
///
/// As for [`attribute`].
pub fn attribute_of_class(orm: &Orm, mapped: Mapped, key: &str) -> Result<Expr> {
    let expr = attribute(orm, mapped, key)?;
    let mapper = orm.mappers.get(mapped.mapper);
    let is_column = mapper.column_of(key).is_some();
    Ok(if is_column { expr.of_entity(mapped.mapper.0, mapped.alias) } else { expr })
}

/// How the columns of one occurrence of a table are written in a statement.
#[derive(Debug, Clone)]
pub(crate) enum Adapter {
    Plain,
    /// An alias whose tables stand for themselves: names of labels alone are made up anew.
    Itself,
    Alias(Alias),
    /// Through an alias whose columns stand for others by their names, too.
    Named(Alias),
    /// Each of several tables through an alias of its own.
    Flat(Rc<[Alias]>),
    /// Through a subquery: its columns stand for the expressions selected in it.
    Wrapped {
        inner: Box<Adapter>,
        selected: Rc<[Expr]>,
        columns: Rc<[Expr]>,
    },
}

impl Adapter {
    pub(crate) fn of(orm: &Orm, mapped: Mapped) -> Self {
        match mapped.alias.and_then(|alias| orm.mappers.aliases.get(alias as usize)) {
            Some(alias) if alias.by_name => match &alias.tables[..] {
                [own] => Adapter::Named(own.clone()),
                _ => Adapter::through(&alias.tables),
            },
            Some(alias) if alias.tables.is_empty() => Adapter::Itself,
            Some(alias) => Adapter::through(&alias.tables),
            None => match orm.mappers.all.get(mapped.mapper.0 as usize).map(|own| &own.hierarchy) {
                Some(Hierarchy { union: Some(union), .. }) => Adapter::Named(union.alias.clone()),
                Some(Hierarchy { reads: Some(reads), .. }) => Adapter::Alias(reads.clone()),
                _ => Adapter::Plain,
            },
        }
    }

    /// Through an alias of what a class is read from; the columns of a union stand for others by their names.
    pub(crate) fn of_alias(orm: &Orm, mapper: MapperId, alias: Alias) -> Self {
        if orm.mappers.union(mapper).is_some() { Adapter::Named(alias) } else { Adapter::Alias(alias) }
    }

    /// The column of this name of the alias, or of one in a subquery.
    pub(crate) fn named(&self, name: &str) -> Option<Expr> {
        match self {
            Adapter::Plain | Adapter::Itself | Adapter::Flat(_) => None,
            Adapter::Alias(alias) | Adapter::Named(alias) => alias.column(name),
            Adapter::Wrapped { inner, selected, columns } => {
                let wanted = inner.named(name)?;
                let at = selected.iter().position(|expr| expr.same(&wanted))?;
                columns.get(at).cloned()
            }
        }
    }

    /// Through these aliases; tables that none is of stand for themselves.
    pub(crate) fn through(aliases: &Rc<[Alias]>) -> Self {
        match &aliases[..] {
            [] => Adapter::Plain,
            [alias] => Adapter::Alias(alias.clone()),
            _ => Adapter::Flat(Rc::clone(aliases)),
        }
    }

    pub(crate) fn column(&self, column: &Column) -> Result<Expr> {
        let absent = || Error::unsupported(format!("the column {column} of an alias that lacks it"));
        match self {
            Adapter::Plain | Adapter::Itself => Ok(Expr::column(column)),
            Adapter::Alias(alias) => alias.column_for(column).ok_or_else(absent),
            Adapter::Named(alias) => {
                let by_name = || alias.column(&column.name()).or_else(|| alias.column(&column.key()));
                alias.column_for(column).or_else(by_name).ok_or_else(absent)
            }
            Adapter::Flat(aliases) => {
                aliases.iter().find_map(|alias| alias.column_for(column)).ok_or_else(absent)
            }
            Adapter::Wrapped { inner, selected, columns } => {
                let wanted = inner.column(column)?;
                let at = selected.iter().position(|expr| expr.same(&wanted));
                at.and_then(|at| columns.get(at)).cloned().ok_or_else(absent)
            }
        }
    }

    /// An expression over these tables as it is written here; through a subquery, the column that stands for it.
    pub(crate) fn expression(&self, expr: &Expr, tables: &[Table]) -> Result<Expr> {
        if let Adapter::Wrapped { inner, selected, columns } = self {
            let wanted = inner.expression(expr, tables)?;
            let at = selected.iter().position(|expr| unlabelled(expr).same(unlabelled(&wanted)));
            if let Some(column) = at.and_then(|at| columns.get(at)) {
                return Ok(column.clone());
            }
        }
        // What is not of these tables stays the node that it is: made-up names go by nodes.
        let mut failure = None;
        let adapted = expr.rewrite(&mut |part| {
            let ExprKind::Column(column) = part.kind() else { return None };
            if matches!(self, Adapter::Plain | Adapter::Itself)
                || !tables.iter().any(|table| table.has_column(column))
            {
                return Some(part.clone());
            }
            match self.column(column) {
                Ok(column) => Some(column),
                Err(error) => {
                    failure = Some(error);
                    Some(part.clone())
                }
            }
        });
        let adapted = self.again(&adapted);
        // A name of its own would be there twice.
        let adapted = match (self, adapted.kind()) {
            (Adapter::Plain, _) => adapted,
            (_, ExprKind::Label { name: LabelName::Named(_), .. }) => adapted.label_anonymous(),
            _ => adapted,
        };
        failure.map_or(Ok(adapted), Err)
    }

    /// The expression with the columns of these tables written this way.
    pub(crate) fn adapt_all(&self, expr: &Expr, tables: &[Table]) -> Result<Expr> {
        let adapted = rewrite_columns(expr, &mut |column, _| {
            if tables.iter().any(|table| table.has_column(column)) {
                self.column(column)
            } else {
                Ok(Expr::column(column))
            }
        })?;
        Ok(self.again(&adapted))
    }

    /// The expression with the columns of an alias that this one is made of written this way.
    fn again(&self, expr: &Expr) -> Expr {
        let (Adapter::Alias(alias) | Adapter::Named(alias)) = self else { return expr.clone() };
        let AliasElement::Alias(inner) = alias.element() else { return expr.clone() };
        expr.rewrite(&mut |part| match part.kind() {
            ExprKind::AliasColumn(column) if column.alias == *inner => alias.column(&column.key),
            _ => None,
        })
    }
}

/// Replaces every column of an expression; `f` is told whether it bears the `remote` mark.
pub(crate) fn rewrite_columns(expr: &Expr, f: &mut dyn FnMut(&Column, bool) -> Result<Expr>) -> Result<Expr> {
    let mut failure = None;
    let rewritten = expr.rewrite(&mut |expr| {
        if failure.is_some() {
            return Some(expr.clone());
        }
        let (column, remote) = match expr.kind() {
            ExprKind::Column(column) => (column, false),
            ExprKind::Annotated { element, remote, .. } => match element.kind() {
                ExprKind::Column(column) => (column, *remote),
                _ => return None,
            },
            _ => return None,
        };
        match f(column, remote) {
            Ok(expr) => Some(expr),
            Err(error) => {
                failure = Some(error);
                Some(expr.clone())
            }
        }
    });
    failure.map_or(Ok(rewritten), Err)
}

/// The columns of a condition in order of appearance, each with whether it bears the `remote` mark.
pub(crate) fn marked_columns(expr: &Expr) -> Vec<(Column, bool)> {
    let mut found = Vec::new();
    expr.rewrite(&mut |part| {
        let (element, remote) = match part.kind() {
            ExprKind::Annotated { element, remote, .. } => (element, *remote),
            _ => (part, false),
        };
        let ExprKind::Column(column) = element.kind() else { return None };
        found.push((column.clone(), remote));
        Some(part.clone())
    });
    found
}

/// The sides of a relationship's join, each written its own way.
#[derive(Debug)]
pub(crate) struct Sides<'a> {
    pub parent: &'a Adapter,
    pub target: &'a Adapter,
    pub secondary: &'a Adapter,
}

/// A relationship's join conditions with each side's columns written as `sides` says.
pub(crate) fn join_conditions(
    orm: &Orm,
    parent: MapperId,
    resolved: &Resolved,
    sides: &Sides<'_>,
) -> Result<(Expr, Option<Expr>)> {
    let parent_table = orm.mappers.get(parent);
    let target_tables = target_tables(orm, resolved);
    let of_target = |column: &Column| target_tables.iter().any(|table| table.has_column(column));
    let in_secondary =
        |column: &Column| resolved.secondary.as_ref().is_some_and(|table| table.has_column(column));
    let many_to_many = resolved.direction == Direction::ManyToMany;
    let primary = rewrite_columns(&resolved.primaryjoin, &mut |column, remote| {
        if in_secondary(column) {
            sides.secondary.column(column)
        } else if many_to_many {
            if parent_table.has_column(column) {
                sides.parent.column(column)
            } else {
                Ok(Expr::column(column))
            }
        } else if of_target(column) && (remote || !parent_table.has_column(column)) {
            sides.target.column(column)
        } else if parent_table.has_column(column) {
            sides.parent.column(column)
        } else {
            Ok(Expr::column(column))
        }
    })?;
    // What is between may have the target's table, too; there the condition speaks of the target.
    let secondary = match &resolved.secondaryjoin {
        None => None,
        Some(join) => Some(rewrite_columns(join, &mut |column, _| {
            if of_target(column) {
                sides.target.column(column)
            } else if in_secondary(column) {
                sides.secondary.column(column)
            } else {
                Ok(Expr::column(column))
            }
        })?),
    };
    Ok((sides.target.again(&primary), secondary.map(|secondary| sides.target.again(&secondary))))
}

/// The tables whose columns are of a relationship's far side.
pub(crate) fn target_tables(orm: &Orm, resolved: &Resolved) -> Vec<Table> {
    let mut tables = orm.mappers.get(resolved.target).hierarchy.tables.clone();
    if let Some(alias) = resolved.alias.and_then(|alias| alias_of(orm, alias as usize)) {
        for table in tables_in(&alias.item) {
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
    }
    tables
}

/// The attribute of a mapper that stands for a column, or a reason why there is none.
pub(crate) fn key_of(orm: &Orm, mapper: MapperId, column: &Column) -> Result<Key> {
    orm.mappers.get(mapper).key_of(column).cloned().ok_or_else(|| {
        Error::unsupported(format!("a relationship over the column {column}, which is not mapped"))
    })
}
