//! What a class body says of the class's place in a hierarchy: `__mapper_args__`, columns on a shared table.

use super::columns::ExpressionDecl;
use super::declarative::column_of;
use super::scan::{Declared, Member, special, string_keys};
use super::{errors, mapped, naming};
use crate::python::{Class, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::expr::ExprObject;
use crate::sqlalchemy::{convert, expr, lend, selectable};
use backproof_engine::map::{
    Key, MapperId, MapperSpec, NextVersion, PolymorphicBy, PolymorphicLoad, Property, PropertySpec, Union,
    Versioning, WithPolymorphic,
};
use backproof_engine::schema::{Column, Table};
use backproof_engine::sql::{Alias, Body, ExprKind, FromItem};
use backproof_engine::value::Value as SqlValue;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// Whether one of these mapped classes has the attribute.
pub(super) fn is_mapped_above(interp: &mut Interp, above: &[MapperId], key: &Key) -> PyResult<bool> {
    if above.is_empty() {
        return Ok(false);
    }
    lend::read(interp, |orm| above.iter().any(|mapper| orm.mappers.get(*mapper).properties.contains_key(key)))
}

/// Adds the columns of a class without a table of its own to the table of the class that it inherits from.
pub(super) fn share_table(
    interp: &mut Interp,
    class: &Rc<Class>,
    table: &Table,
    members: &mut [Member],
) -> PyResult<()> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|at| members[*at].order);
    for at in order {
        let Declared::Column(declared) = &mut members[at].spec else { continue };
        let name = declared.column.name();
        match table.column(&name) {
            Some(existing) if existing == declared.column => {}
            Some(existing) if declared.use_existing => declared.column = existing,
            Some(existing) => {
                let advises = lend::profile(interp).has(Behaviour::ColumnConflictAdvises);
                let shown = if advises {
                    class.name().to_string()
                } else {
                    interp.repr(&Value::Class(class.clone()))?
                };
                let advice = if advises {
                    ".  If using Declarative, consider using the use_existing_column parameter of mapped_column() to \
                     resolve conflicts."
                } else {
                    ""
                };
                let message = format!(
                    "Column '{name}' on class {shown} conflicts with existing column '{existing}'{advice}"
                );
                return Err(errors::argument_error(interp, message));
            }
            None if declared.column.is_primary_key() => {
                let message = "Can't place primary key columns on an inherited class with no table.";
                return Err(errors::argument_error(interp, message));
            }
            None => table
                .append_column(&declared.column)
                .map_err(|error| crate::sqlalchemy::errors::raise(interp, &error))?,
        }
    }
    Ok(())
}

/// Arguments that the library has in some release, and this room does not read.
const OTHER_ARGUMENTS: &[&str] = &["extension", "inherit_foreign_keys", "local_table", "order_by"];

/// Reads `__mapper_args__`.
pub(super) fn mapper_args(
    interp: &mut Interp,
    class: &Rc<Class>,
    members: &[Member],
    spec: &mut MapperSpec,
) -> PyResult<()> {
    let Some(args) = special(interp, class, "__mapper_args__")? else { return Ok(()) };
    let Value::Dict(dict) = &args else {
        return Err(Stop::unsupported("__mapper_args__ that is no dict"));
    };
    let (mut version, mut generator) = (None, None);
    let (mut told, mut reads) = (None, None);
    let mut naming = naming::Naming::default();
    for (name, value) in string_keys(dict) {
        match &*name {
            "polymorphic_on"
            | "inherit_condition"
            | "version_id_col"
            | "version_id_generator"
            | "include_properties"
            | "exclude_properties"
            | "column_prefix"
            | "inherit_foreign_keys"
            | "local_table"
                if value.is_none() => {}
            "polymorphic_on" => match union_column(&value) {
                Some((alias, name)) => told = Some((alias, name)),
                None => discriminator(interp, members, spec, &value)?,
            },
            "polymorphic_identity" => {
                let identity = convert::to_engine(interp, &value)?;
                if matches!(identity, SqlValue::Host(_)) {
                    return Err(Stop::unsupported("a polymorphic_identity of this type"));
                }
                spec.polymorphic_identity = (!matches!(identity, SqlValue::Null)).then_some(identity);
            }
            "polymorphic_load" => {
                spec.inheritance.load = match value.as_str().map(|name| &**name) {
                    Some("inline") => Some(PolymorphicLoad::Inline),
                    Some("selectin") => Some(PolymorphicLoad::Selectin),
                    _ if value.is_none() => None,
                    _ => {
                        let shown = interp.repr(&value)?;
                        let message = format!("unknown argument for polymorphic_load: {shown}");
                        return Err(errors::argument_error(interp, message));
                    }
                };
            }
            "with_polymorphic" => {
                let (these, alias) = with_polymorphic(interp, &value)?;
                spec.inheritance.with_polymorphic = these;
                reads = alias;
            }
            "polymorphic_abstract" => spec.inheritance.is_abstract = interp.truth(&value)?,
            "concrete" => spec.inheritance.concrete = interp.truth(&value)?,
            "inherit_condition" => spec.inheritance.inherit_condition = Some(expr::coerce(interp, &value)?),
            "primary_key" => spec.primary_key = Some(super::comparator::columns(interp, &value)?),
            "version_id_col" => version = column_of(&value),
            "version_id_generator" => generator = Some(value.clone()),
            "eager_defaults" => {
                let auto = value.as_str().is_some_and(|word| &**word == "auto");
                spec.inheritance.flushing.eager_defaults =
                    if auto { None } else { Some(interp.truth(&value)?) };
            }
            // Properties were read with the body.
            "properties" => {}
            "include_properties" => naming.included = Some(naming::names(interp, &value)?),
            "exclude_properties" => naming.excluded = naming::names(interp, &value)?,
            "column_prefix" => naming.prefix = value.as_str().cloned(),
            "batch" => spec.inheritance.flushing.one_by_one = !interp.truth(&value)?,
            "allow_partial_pks" => spec.inheritance.whole_keys = !interp.truth(&value)?,
            "passive_updates" | "legacy_is_orphan" | "always_refresh" | "non_primary" => {
                let usual = &*name == "passive_updates";
                if interp.truth(&value)? != usual {
                    return Err(Stop::unsupported(format!("the mapper argument `{name}`")));
                }
            }
            "confirm_deleted_rows" => {
                spec.inheritance.flushing.unconfirmed_deletes = !interp.truth(&value)?;
            }
            "passive_deletes" => spec.inheritance.flushing.passive_deletes = interp.truth(&value)?,
            other if !OTHER_ARGUMENTS.contains(&other) => {
                let function = if lend::has(interp, Behaviour::MapperNamesItsConstructor) {
                    "Mapper.__init__()"
                } else {
                    "mapper()"
                };
                let message = format!("{function} got an unexpected keyword argument '{name}'");
                return Err(interp.raise("TypeError", message));
            }
            other => return Err(Stop::unsupported(format!("the mapper argument `{other}`"))),
        }
    }
    spec.inheritance.union = match (told, reads) {
        (None, None) => None,
        (Some((of, discriminator)), Some(alias))
            if of == alias && spec.inheritance.with_polymorphic == Some(WithPolymorphic::All) =>
        {
            Some(Union { alias, discriminator })
        }
        _ => {
            return Err(Stop::unsupported("a class read from a selectable whose discriminator is elsewhere"));
        }
    };
    spec.inheritance.version = version.map(|column| versioning(column, generator));
    naming.apply(spec);
    Ok(())
}

/// A counter, or what a document's function gives.
fn versioning(column: Column, generator: Option<Value>) -> Versioning {
    let next: NextVersion = match generator {
        Some(Value::Bool(false)) => return Versioning { column, next: None },
        None => Rc::new(|_, old| match old {
            SqlValue::Int(old) => Ok(SqlValue::Int(old + 1)),
            SqlValue::Null => Ok(SqlValue::Int(1)),
            _ => Err(backproof_engine::Error::unsupported("counting versions that are no integers")),
        }),
        Some(function) => Rc::new(move |cx, old| {
            lend::lend(cx, |interp| {
                let old = convert::to_python(interp, old)?;
                let next = interp.call(&function, crate::python::Args::of(vec![old]))?;
                convert::to_engine(interp, &next)
            })
        }),
    };
    Versioning { column, next: Some(next) }
}

/// What `polymorphic_on` names: a column, an attribute that stands for an expression, or an expression.
fn discriminator(
    interp: &mut Interp,
    members: &[Member],
    spec: &mut MapperSpec,
    value: &Value,
) -> PyResult<()> {
    if let Some(column) = column_of(value) {
        spec.polymorphic_on = Some(column);
        return Ok(());
    }
    let declared = members.iter().find(|member| match &member.spec {
        Declared::Property(property, _) => property.is(value),
        Declared::Column(_) | Declared::Relationship(..) => false,
    });
    let name = declared.map(|member| &member.key).or_else(|| value.as_str());
    let Some(name) = name else {
        let Some(found) = expr::clause(interp, value)? else {
            return Err(Stop::unsupported("polymorphic_on of something that is no column"));
        };
        match found.as_column() {
            Some(column) => spec.polymorphic_on = Some(column.clone()),
            None => spec.polymorphic_by = Some(PolymorphicBy::Expression(found)),
        }
        return Ok(());
    };
    let own = match members.iter().find(|member| member.key == *name).map(|member| &member.spec) {
        Some(Declared::Column(column)) => Some(column.column.clone()),
        Some(Declared::Property(property, _)) => {
            match property.downcast::<ExpressionDecl>().map(ExpressionDecl::spec) {
                Some(PropertySpec::Expression { deferral, ad_hoc: false, .. }) if !deferral.deferred => {}
                _ => return Err(Stop::unsupported("polymorphic_on of something that is no column")),
            }
            spec.polymorphic_by = Some(PolymorphicBy::Attribute(name.clone()));
            return Ok(());
        }
        Some(Declared::Relationship(..)) | None => None,
    };
    if let Some(column) = own.or_else(|| spec.table.column(name)) {
        spec.polymorphic_on = Some(column);
        return Ok(());
    }
    let inherited = match spec.inherits {
        Some(above) => lend::read(interp, |orm| match orm.mappers.get(above).properties.get(name) {
            Some(Property::Column(property)) => property.columns.first().cloned(),
            _ => None,
        })?,
        None => None,
    };
    let Some(column) = inherited else {
        let message =
            format!("Can't determine polymorphic_on value '{name}' - no attribute is mapped to this name.");
        return Err(errors::argument_error(interp, message));
    };
    spec.polymorphic_on = Some(column);
    Ok(())
}

/// The union that a column is of, and its name there.
fn union_column(value: &Value) -> Option<(Alias, Key)> {
    let expr = &value.downcast::<ExprObject>()?.expr;
    match expr.kind() {
        ExprKind::AliasColumn(column) if is_union(&column.alias) => {
            Some((column.alias.clone(), column.key.clone()))
        }
        _ => None,
    }
}

fn is_union(alias: &Alias) -> bool {
    matches!(alias.body(), Some(Body::Compound(_)))
}

/// `"*"`, or classes in a list; a tuple may hold a union beside them.
fn with_polymorphic(
    interp: &mut Interp,
    value: &Value,
) -> PyResult<(Option<WithPolymorphic>, Option<Alias>)> {
    if value.is_none() {
        return Ok((None, None));
    }
    if value.as_str().is_some_and(|name| &**name == "*") {
        return Ok((Some(WithPolymorphic::All), None));
    }
    if let Value::Tuple(pair) = value {
        return match &pair[..] {
            [these, with] if with.is_none() => with_polymorphic(interp, these),
            [these, with] => match selectable::from_item(with) {
                Some(FromItem::Alias(alias)) if is_union(&alias) => {
                    Ok((with_polymorphic(interp, these)?.0, Some(alias)))
                }
                _ => Err(Stop::unsupported("with_polymorphic of a selectable that is no union")),
            },
            _ => Err(Stop::unsupported("with_polymorphic of a tuple of classes")),
        };
    }
    let mut these = Vec::new();
    for class in interp.iterate(value)? {
        these.push(mapped::require_mapper(interp, &class)?);
    }
    Ok((Some(WithPolymorphic::These(these)), None))
}
