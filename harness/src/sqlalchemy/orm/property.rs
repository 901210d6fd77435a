//! What `User.addresses.property` shows of a mapped attribute.

use super::aliased::AliasedObject;
use super::kinds::LoaderObject;
use super::mapped;
use super::mapper::MapperObject;
use super::relationship::Given;
use crate::python::{Interp, Iter, Object, PyResult, Stop, Value};
use crate::sqlalchemy::expr::ExprObject;
use crate::sqlalchemy::{lend, names, schema, selectable};
use backproof_engine::Orm;
use backproof_engine::load;
use backproof_engine::map::{
    Cascades, Descriptor, Direction, InnerJoin, Key, Lazy, MapperId, PassiveDeletes, Property, Relationship,
    RelationshipArgs,
};
use backproof_engine::schema::Column;
use backproof_engine::sql::Expr;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// The class of what `relationship()` gives.
pub(super) fn relationship_kind(interp: &mut Interp) -> &'static str {
    if lend::has(interp, Behaviour::RelationshipDeclared) {
        "_RelationshipDeclared"
    } else if lend::has(interp, Behaviour::RelationshipSubclass) {
        "Relationship"
    } else {
        "RelationshipProperty"
    }
}

/// Columns as Python values.
pub(super) fn column_values(columns: &[Column]) -> Vec<Value> {
    columns.iter().map(schema::column_value).collect()
}

/// The property behind a mapped attribute.
pub(crate) struct PropertyObject {
    pub(crate) mapper: MapperId,
    pub(crate) key: Key,
    kind: &'static str,
}

impl PropertyObject {
    /// The property, named as its class is in this release.
    pub(crate) fn named(interp: &mut Interp, mapper: MapperId, key: Key) -> PyResult<Value> {
        let property = lend::read(interp, |orm| orm.mappers.get(mapper).properties.get(&key).cloned())?;
        let descriptor = lend::read(interp, |orm| orm.mappers.get(mapper).descriptor(&key).cloned())?;
        let renamed = names::has(lend::profile(interp), "sqlalchemy.orm", "MappedSQLExpression");
        let kind = match property {
            None if descriptor.is_some() => match (descriptor, renamed) {
                (Some(Descriptor::Synonym(_)), true) => "Synonym",
                (Some(Descriptor::Synonym(_)), false) => "SynonymProperty",
                (_, true) => "Composite",
                (_, false) => "CompositeProperty",
            },
            Some(Property::Column(property))
                if property.expr.is_some()
                    && names::has(lend::profile(interp), "sqlalchemy.orm", "MappedSQLExpression") =>
            {
                "MappedSQLExpression"
            }
            Some(Property::Column(_)) => "ColumnProperty",
            _ => relationship_kind(interp),
        };
        Ok(Value::object(PropertyObject { mapper, key, kind }))
    }

    /// Whether it is a synonym's or a composite's.
    fn is_descriptor(&self) -> bool {
        matches!(self.kind, "Synonym" | "SynonymProperty" | "Composite" | "CompositeProperty")
    }

    fn property(&self, interp: &mut Interp) -> PyResult<Property> {
        let found =
            lend::read(interp, |orm| orm.mappers.get(self.mapper).properties.get(&self.key).cloned())?;
        found.ok_or_else(|| Stop::unsupported("a property that is gone"))
    }
}

impl Object for PropertyObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.kind
    }

    fn type_module(&self) -> &'static str {
        if matches!(self.kind, "ColumnProperty" | "MappedSQLExpression") {
            "sqlalchemy.orm.properties"
        } else if self.is_descriptor() {
            "sqlalchemy.orm.descriptor_props"
        } else {
            "sqlalchemy.orm.relationships"
        }
    }

    fn identity(&self) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::hash::DefaultHasher::new();
        (self.mapper, &self.key).hash(&mut hasher);
        (hasher.finish() >> 8) | (5 << 60)
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "key" => return Ok(Some(Value::from(self.key.clone()))),
            "parent" => return MapperObject::find(interp, self.mapper).map(Some),
            "is_property" => return Ok(Some(Value::Bool(true))),
            "is_attribute" | "is_mapper" | "is_aliased_class" | "is_instance" | "is_selectable"
            | "is_clause_element" | "is_bundle" => return Ok(Some(Value::Bool(false))),
            "class_attribute" => {
                let class = mapped::class_of_mapper(interp, self.mapper)?;
                return interp.get_attr(&Value::Class(class), &self.key).map(Some);
            }
            _ if name.starts_with("__") => return Ok(None),
            _ => {}
        }
        if self.is_descriptor() {
            let found =
                lend::read(interp, |orm| orm.mappers.get(self.mapper).descriptor(&self.key).cloned())?;
            return match (found, name) {
                (Some(Descriptor::Synonym(synonym)), "name") => Ok(Some(Value::from(synonym.target))),
                _ => Err(Stop::unsupported(format!("`{name}` of a {}", self.kind))),
            };
        }
        match self.property(interp)? {
            Property::Column(column) => match name {
                "columns" => {
                    let mut values = column_values(&column.columns);
                    values.extend(column.expr.clone().map(ExprObject::value));
                    Ok(Some(Value::list(values)))
                }
                "expression" => {
                    let expr = column.expr.clone().map(ExprObject::value);
                    Ok(expr.or_else(|| column.columns.first().map(schema::column_value)))
                }
                "strategy" => {
                    let deferred = column.deferral.deferred;
                    Ok(Some(LoaderObject::of_column(interp, deferred, self.identity())))
                }
                "deferred" => Ok(Some(Value::Bool(column.deferral.deferred))),
                "group" => Ok(Some(column.deferral.group.clone().map_or(Value::None, Value::from))),
                "raiseload" => Ok(Some(Value::Bool(column.deferral.raises))),
                "active_history" => Ok(Some(Value::Bool(column.active_history))),
                _ => Ok(None),
            },
            Property::Relationship(relationship) => {
                let id = self.identity();
                relationship_attr(interp, &relationship, id, name)
            }
        }
    }

    fn repr(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        let address = interp.address_of(this.identity());
        Ok(format!("<{} at {address}; {}>", self.kind, self.key))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let class = mapped::class_of_mapper(interp, self.mapper)?;
        Ok(format!("{}.{}", class.name(), self.key))
    }
}

fn relationship_attr(
    interp: &mut Interp,
    relationship: &Rc<Relationship>,
    id: u64,
    name: &str,
) -> PyResult<Option<Value>> {
    let args = &relationship.args;
    match (name, given(args)) {
        ("info", Some(given)) => return Ok(Some(given.info.clone())),
        ("argument", Some(given)) if !given.argument(name).is_none() => {
            return Ok(Some(given.argument(name)));
        }
        ("doc" | "collection_class" | "join_depth", Some(given)) => return Ok(Some(given.argument(name))),
        ("doc" | "collection_class" | "join_depth", None) => return Ok(Some(Value::None)),
        _ => {}
    }
    let Some(resolved) = relationship.resolved.get() else {
        return Err(Stop::unsupported("a relationship that is not configured"));
    };
    Ok(Some(match name {
        "primaryjoin" => {
            ExprObject::value(resolved.written.as_ref().unwrap_or(&resolved.primaryjoin).clone())
        }
        "entity" if resolved.alias.is_some() => {
            let class = mapped::class_of_mapper(interp, resolved.target)?;
            AliasedObject::value(resolved.entity(), class)
        }
        "target" if resolved.alias.is_some() => {
            let item = lend::read(interp, |orm| load::selectable(orm, resolved.entity()))?;
            selectable::FromObject::value(interp, item)
        }
        "argument" | "local_remote_pairs" | "remote_side" | "synchronize_pairs" | "local_columns"
            if resolved.written.is_some() =>
        {
            return Err(Stop::unsupported(format!("`{name}` of a relationship to an alias")));
        }
        "secondaryjoin" => resolved.secondaryjoin.clone().map_or(Value::None, ExprObject::value),
        "direction" => DirectionObject::value(interp, resolved.direction),
        "uselist" => Value::Bool(resolved.uselist),
        "mapper" | "entity" => return MapperObject::find(interp, resolved.target).map(Some),
        "argument" => Value::Class(mapped::class_of_mapper(interp, resolved.target)?),
        "back_populates" => relationship.back_populates.borrow().clone().map_or(Value::None, Value::from),
        "backref" => match &relationship.args.backref {
            Some(backref) if is_bare(&backref.args) => Value::from(backref.name.clone()),
            Some(_) => return Err(Stop::unsupported("the backref arguments of a relationship")),
            None => Value::None,
        },
        "viewonly" => Value::Bool(relationship.args.is_viewonly()),
        "sync_backref" => match relationship.args.sync_backref {
            None if relationship.syncs.get() || relationship.args.is_viewonly() => Value::None,
            given => Value::Bool(given == Some(true)),
        },
        "passive_deletes" => match args.passive_deletes {
            Some(PassiveDeletes::All) => Value::from("all"),
            given => Value::Bool(given.is_some()),
        },
        "passive_updates" => Value::Bool(args.passive_updates.unwrap_or(true)),
        "active_history" => Value::Bool(args.active_history),
        "innerjoin" => match args.innerjoin.unwrap_or_default() {
            InnerJoin::Unnested => Value::from("unnested"),
            inner => Value::Bool(inner == InnerJoin::Nested),
        },
        "_reverse_property" => {
            let target = resolved.target;
            let back = relationship.back_populates.borrow().clone();
            let set = crate::python::Set::new(crate::python::MapSet::new());
            if let Some(key) = back {
                let other = PropertyObject::named(interp, target, key)?;
                interp.set_add(&set, other)?;
            }
            Value::Set(Rc::new(set))
        }
        "strategy" => match LoaderObject::of_relationship(interp, resolved.lazy, id) {
            Some(loader) => loader,
            None => return Err(Stop::unsupported("the strategy of a relationship that is queried")),
        },
        "post_update" => Value::Bool(relationship.args.post_update),
        "single_parent" => Value::Bool(relationship.args.single_parent),
        "lazy" => lazy_value(resolved.lazy),
        "secondary" => match &resolved.secondary {
            Some(between) => selectable::FromObject::value(interp, between.item.clone()),
            None => Value::None,
        },
        "target" => {
            let table = lend::read(interp, |orm| orm.mappers.get(resolved.target).table.clone())?;
            schema::table_value(&table)
        }
        "cascade" => Value::object(CascadeObject { cascades: resolved.cascade }),
        "local_columns" => columns(interp, resolved.local_remote_pairs.iter().map(|(local, _)| local))?,
        "remote_side" => columns(interp, resolved.remote_side.iter())?,
        "order_by" if resolved.order_by.is_empty() => Value::Bool(false),
        "order_by" => {
            let shown = |expr: &Expr| match expr.as_column() {
                Some(column) => schema::column_value(column),
                None => ExprObject::value(expr.clone()),
            };
            let items = resolved.order_by.iter().map(shown).collect();
            if lend::has(interp, Behaviour::RelationshipSubclass) {
                Value::tuple(items)
            } else {
                Value::list(items)
            }
        }
        "local_remote_pairs" => pairs(&resolved.local_remote_pairs),
        "synchronize_pairs" => pairs(&resolved.synchronize_pairs),
        "secondary_synchronize_pairs" => pairs(&resolved.secondary_synchronize_pairs),
        _ if name.starts_with("__") => return Ok(None),
        "_is_self_referential" => {
            let same = |orm: &Orm| orm.mappers.base(resolved.target) == orm.mappers.base(relationship.parent);
            Value::Bool(lend::read(interp, same)?)
        }
        _ if !names::has_member(interp, "RelationshipProperty", name) && !name.starts_with('_') => {
            return Err(interp.raise("AttributeError", name));
        }
        _ => return Err(Stop::unsupported(format!("the attribute `{name}` of a relationship"))),
    }))
}

/// Whether a backref was given by its name alone.
fn is_bare(args: &RelationshipArgs) -> bool {
    given(args).is_none_or(Given::is_empty)
}

fn given(args: &RelationshipArgs) -> Option<&Given> {
    args.host.0.as_ref().and_then(|given| given.downcast_ref::<Given>())
}

fn columns<'a>(interp: &mut Interp, columns: impl Iterator<Item = &'a Column>) -> PyResult<Value> {
    let mut distinct: Vec<Column> = Vec::new();
    for column in columns {
        if !distinct.contains(column) {
            distinct.push(column.clone());
        }
    }
    let values = column_values(&distinct);
    let set = crate::python::Set::new(crate::python::MapSet::new());
    for value in values {
        interp.set_add(&set, value)?;
    }
    Ok(Value::Set(Rc::new(set)))
}

fn pairs(pairs: &[(Column, Column)]) -> Value {
    let mut values = Vec::new();
    for (left, right) in pairs {
        values.push(Value::tuple(column_values(&[left.clone(), right.clone()])));
    }
    Value::list(values)
}

fn lazy_value(lazy: Lazy) -> Value {
    Value::from(match lazy {
        Lazy::Select => "select",
        Lazy::Joined => "joined",
        Lazy::Selectin => "selectin",
        Lazy::Subquery => "subquery",
        Lazy::Immediate => "immediate",
        Lazy::Raise => "raise",
        Lazy::RaiseOnSql => "raise_on_sql",
        Lazy::NoLoad => "noload",
        Lazy::Dynamic => "dynamic",
        Lazy::WriteOnly => "write_only",
    })
}

/// Which side holds the foreign key, as Python shows it.
pub(crate) struct DirectionObject {
    direction: Direction,
    is_enum: bool,
}

impl DirectionObject {
    pub(crate) fn value(interp: &mut Interp, direction: Direction) -> Value {
        Value::object(DirectionObject { direction, is_enum: lend::has(interp, Behaviour::DirectionIsEnum) })
    }

    fn name(&self) -> &'static str {
        match self.direction {
            Direction::OneToMany => "ONETOMANY",
            Direction::ManyToOne => "MANYTOONE",
            Direction::ManyToMany => "MANYTOMANY",
        }
    }

    fn number(&self) -> u8 {
        match self.direction {
            Direction::OneToMany => 1,
            Direction::ManyToOne => 2,
            Direction::ManyToMany => 3,
        }
    }
}

impl Object for DirectionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.is_enum { "RelationshipDirection" } else { "symbol" }
    }

    fn type_module(&self) -> &'static str {
        if self.is_enum { "sqlalchemy.orm.interfaces" } else { "sqlalchemy.util.langhelpers" }
    }

    fn identity(&self) -> u64 {
        (7 << 60) | (1 << 50) | u64::from(self.number())
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "name" => Some(Value::from(self.name())),
            "value" if self.is_enum => Some(Value::int(self.number())),
            _ => None,
        })
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let name = self.name();
        Ok(if self.is_enum {
            format!("<RelationshipDirection.{name}: {}>", self.number())
        } else {
            format!("symbol('{name}')")
        })
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let name = self.name();
        Ok(if self.is_enum { format!("RelationshipDirection.{name}") } else { format!("symbol('{name}')") })
    }
}

/// `property.cascade`.
struct CascadeObject {
    cascades: Cascades,
}

impl CascadeObject {
    fn names(&self) -> Vec<&'static str> {
        let cascades = &self.cascades;
        let flags = [
            ("delete", cascades.delete),
            ("delete-orphan", cascades.delete_orphan),
            ("expunge", cascades.expunge),
            ("merge", cascades.merge),
            ("refresh-expire", cascades.refresh_expire),
            ("save-update", cascades.save_update),
        ];
        flags.into_iter().filter_map(|(name, on)| on.then_some(name)).collect()
    }
}

impl Object for CascadeObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "CascadeOptions"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.util"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let cascades = &self.cascades;
        Ok(match name {
            "save_update" => Some(Value::Bool(cascades.save_update)),
            "delete" => Some(Value::Bool(cascades.delete)),
            "delete_orphan" => Some(Value::Bool(cascades.delete_orphan)),
            "merge" => Some(Value::Bool(cascades.merge)),
            "expunge" => Some(Value::Bool(cascades.expunge)),
            "refresh_expire" => Some(Value::Bool(cascades.refresh_expire)),
            _ => None,
        })
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.names().len()))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let names = self.names().into_iter().map(Value::from).collect();
        Ok(Iter::from_values("set_iterator", names))
    }

    fn contains(&self, _interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        Ok(item.as_str().map(|name| self.names().contains(&&**name)))
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("CascadeOptions('{}')", self.names().join(",")))
    }
}
