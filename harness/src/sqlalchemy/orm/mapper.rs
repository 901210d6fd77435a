//! Mappers as Python sees them: `User.__mapper__`, `inspect(User)`.

use super::property::{self, PropertyObject};
use super::{attribute::AttributeObject, mapped};
use crate::python::{Dict, Interp, Iter, Map, Object, PyResult, Stop, Value};
use crate::sqlalchemy::expr::ExprObject;
use crate::sqlalchemy::selectable::FromObject;
use crate::sqlalchemy::{lend, names, schema};
use backproof_engine::map::{Descriptor, Key, MapperId, Property, Union};
use backproof_engine::state;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// The mapper of a class.
pub(crate) struct MapperObject {
    pub(crate) id: MapperId,
}

impl MapperObject {
    pub(crate) fn value(id: MapperId) -> Value {
        Value::object(MapperObject { id })
    }

    /// The mapper that stands in its class.
    pub(crate) fn find(interp: &mut Interp, id: MapperId) -> PyResult<Value> {
        let class = mapped::class_of_mapper(interp, id)?;
        Ok(class.dict.get("__mapper__").unwrap_or_else(|| MapperObject::value(id)))
    }

    fn all(interp: &mut Interp, ids: Vec<MapperId>) -> PyResult<Vec<Value>> {
        ids.into_iter().map(|id| MapperObject::find(interp, id)).collect()
    }

    fn keys(&self, interp: &mut Interp, keep: Keep) -> PyResult<Vec<Key>> {
        lend::read(interp, |orm| {
            let mapper = orm.mappers.get(self.id);
            let mut keys = mapper.attribute_keys();
            keys.retain(|key| match keep {
                Keep::All => true,
                Keep::Columns => matches!(mapper.properties.get(key), Some(Property::Column(_))),
                Keep::Relationships => matches!(mapper.properties.get(key), Some(Property::Relationship(_))),
                Keep::Synonyms => matches!(mapper.descriptor(key), Some(Descriptor::Synonym(_))),
                Keep::Composites => matches!(mapper.descriptor(key), Some(Descriptor::Composite(_))),
            });
            keys
        })
    }
}

#[derive(Clone, Copy)]
enum Keep {
    All,
    Columns,
    Relationships,
    Synonyms,
    Composites,
}

impl Object for MapperObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Mapper"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.mapper"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let id = self.id;
        Ok(Some(match name {
            "class_" | "entity" => Value::Class(mapped::class_of_mapper(interp, id)?),
            "mapper" => MapperObject::find(interp, id)?,
            "local_table" | "mapped_table" | "persist_selectable" | "selectable"
                if lend::read(interp, |orm| {
                    let place = &orm.mappers.get(id).hierarchy;
                    place.joined || place.reads.is_some()
                })? =>
            {
                let item = lend::read(interp, |orm| orm.mappers.get(id).hierarchy.selectable.clone())?;
                FromObject::value(interp, item)
            }
            "local_table" => {
                let table = lend::read(interp, |orm| orm.mappers.get(id).table.clone())?;
                schema::table_value(&table)
            }
            "mapped_table" | "persist_selectable" | "selectable" => {
                let (table, is_joined) = lend::read(interp, |orm| {
                    let mapper = orm.mappers.get(id);
                    (mapper.table.clone(), mapper.is_joined())
                })?;
                if is_joined {
                    return Err(Stop::unsupported("the selectable of a class of several tables"));
                }
                schema::table_value(&table)
            }
            "tables" => {
                let tables = lend::read(interp, |orm| orm.mappers.get(id).hierarchy.tables.clone())?;
                Value::list(tables.iter().map(schema::table_value).collect())
            }
            "base_mapper" => {
                let base = lend::read(interp, |orm| orm.mappers.base(id))?;
                MapperObject::find(interp, base)?
            }
            "single" => Value::Bool(lend::read(interp, |orm| orm.mappers.get(id).hierarchy.single)?),
            "concrete" => Value::Bool(lend::read(interp, |orm| orm.mappers.get(id).hierarchy.concrete)?),
            "self_and_descendants" => {
                let below = lend::read(interp, |orm| orm.mappers.self_and_descendants(id))?;
                Value::tuple(MapperObject::all(interp, below)?)
            }
            "with_polymorphic"
                if let Some(reads) =
                    lend::read(interp, |orm| orm.mappers.union(id).map(|union| union.alias.clone()))? =>
            {
                Value::tuple(vec![Value::from("*"), FromObject::alias(interp, &reads)])
            }
            "with_polymorphic_mappers" => {
                let with = lend::read(interp, |orm| orm.mappers.polymorphic_mappers(id))?;
                Value::list(MapperObject::all(interp, with)?)
            }
            "iterate_to_root" => Value::native(name, move |interp, _| {
                let mut at = Some(id);
                let mut chain = Vec::new();
                while let Some(next) = at {
                    chain.push(next);
                    at = lend::read(interp, |orm| orm.mappers.get(next).inherits)?;
                }
                let values = MapperObject::all(interp, chain)?;
                Ok(Iter::from_values("generator", values))
            }),
            "isa" => Value::native(name, move |interp, args| {
                let [other] = args.exactly(interp, "isa")?;
                let other = mapped::require_mapper(interp, &other)?;
                Ok(Value::Bool(lend::read(interp, |orm| orm.mappers.is_a(id, other))?))
            }),
            "polymorphic_on"
                if let Some(found) =
                    lend::read(interp, |orm| orm.mappers.union(id).and_then(Union::discriminator))? =>
            {
                ExprObject::value(found)
            }
            "polymorphic_on" => match lend::read(interp, |orm| orm.mappers.get(id).discriminator())? {
                Some(expr) => match expr.as_column() {
                    Some(column) => schema::column_value(column),
                    None => ExprObject::value(expr),
                },
                None => Value::None,
            },
            "polymorphic_map" => {
                let pairs = lend::read(interp, |orm| orm.mappers.polymorphic_map(id))?;
                let map = Value::Dict(Rc::new(Dict::new(Map::new())));
                for (identity, mapper) in pairs {
                    let key = crate::sqlalchemy::convert::to_python(interp, &identity)?;
                    let mapper = MapperObject::find(interp, mapper)?;
                    interp.set_item(&map, &key, mapper)?;
                }
                map
            }
            "inherit_condition" => {
                let found =
                    lend::read(interp, |orm| orm.mappers.get(id).hierarchy.inherit_condition.clone())?;
                found.map_or(Value::None, crate::sqlalchemy::expr::ExprObject::value)
            }
            "primary_key" if lend::read(interp, |orm| orm.mappers.get(id).hierarchy.reads.is_some())? => {
                return Err(Stop::unsupported("the primary key of a class that is mapped to a subquery"));
            }
            "primary_key" => {
                let columns = lend::read(interp, |orm| orm.mappers.get(id).primary_key.clone())?;
                Value::tuple(property::column_values(&columns))
            }
            "attrs" | "iterate_properties" | "relationships" | "column_attrs" | "synonyms" | "composites" => {
                mapped::configure_for(interp, id)?;
                let leaves_out = lend::read(interp, |orm| {
                    let mapper = orm.mappers.get(id);
                    let above = mapper.inherits.filter(|_| mapper.hierarchy.concrete);
                    above.is_some_and(|above| {
                        let mut keys = orm.mappers.get(above).properties.keys();
                        keys.any(|key| !mapper.properties.contains_key(key))
                    })
                })?;
                if leaves_out {
                    return Err(Stop::unsupported(
                        "the attributes of a concrete class that lacks some of its base's",
                    ));
                }
                let keep = match name {
                    "relationships" => Keep::Relationships,
                    "column_attrs" => Keep::Columns,
                    "synonyms" => Keep::Synonyms,
                    "composites" => Keep::Composites,
                    _ => Keep::All,
                };
                let mut members = Vec::new();
                for key in self.keys(interp, keep)? {
                    members.push((key.clone(), PropertyObject::named(interp, id, key)?));
                }
                if name == "iterate_properties" {
                    Iter::from_values("generator", members.into_iter().map(|(_, value)| value).collect())
                } else {
                    NamesObject::value(interp, members)
                }
            }
            "all_orm_descriptors" => {
                mapped::configure_for(interp, id)?;
                let class = mapped::class_of_mapper(interp, id)?;
                let members = class
                    .dict
                    .items()
                    .into_iter()
                    .filter(|(_, value)| {
                        value.downcast::<AttributeObject>().is_some()
                            || value.downcast::<super::hybrid::HybridObject>().is_some()
                            || super::association::is_proxy(value)
                            || value.downcast::<super::composite::CompositeObject>().is_some()
                    })
                    .collect();
                NamesObject::value(interp, members)
            }
            "columns" | "c" => {
                let mut members = Vec::new();
                for key in self.keys(interp, Keep::Columns)? {
                    let found = lend::read(interp, |orm| orm.mappers.get(id).properties.get(&key).cloned())?;
                    if let Some(Property::Column(found)) = found {
                        let mut columns = property::column_values(&found.columns);
                        columns.extend(found.expr.clone().map(crate::sqlalchemy::expr::ExprObject::value));
                        if !columns.is_empty() {
                            members.push((key, columns.remove(0)));
                        }
                    }
                }
                NamesObject::value(interp, members)
            }
            "inherits" => {
                let inherits = lend::read(interp, |orm| orm.mappers.get(id).inherits)?;
                match inherits {
                    Some(base) => MapperObject::find(interp, base)?,
                    None => Value::None,
                }
            }
            "polymorphic_identity" => {
                let identity = lend::read(interp, |orm| orm.mappers.get(id).polymorphic_identity.clone())?;
                match identity {
                    Some(identity) => crate::sqlalchemy::convert::to_python(interp, &identity)?,
                    None => Value::None,
                }
            }
            "configured" => Value::Bool(lend::read(interp, |orm| orm.mappers.get(id).configured)?),
            "is_mapper" => Value::Bool(true),
            "is_aliased_class" | "is_selectable" | "is_instance" | "is_property" | "is_attribute"
            | "is_bundle" | "is_clause_element" => Value::Bool(false),
            "registry" if names::has_member(interp, "Mapper", name) => {
                let class = mapped::class_of_mapper(interp, id)?;
                match super::declarative::registry_of(&class) {
                    Some(registry) => super::registry::RegistryObject::value(&registry),
                    None => return Err(Stop::unsupported("the registry of this mapper")),
                }
            }
            "common_parent" => Value::native(name, move |interp, args| {
                let [other] = args.exactly(interp, "common_parent")?;
                let other = mapped::require_mapper(interp, &other)?;
                let same =
                    lend::read(interp, |orm| state::base_mapper(orm, id) == state::base_mapper(orm, other))?;
                Ok(Value::Bool(same))
            }),
            "polymorphic_iterator" => {
                let this = MapperObject::find(interp, id)?;
                Value::native(name, move |interp, args| {
                    let [] = args.exactly(interp, "polymorphic_iterator")?;
                    let all = interp.get_attr(&this, "self_and_descendants")?;
                    let all = interp.iterate(&all)?;
                    Ok(Iter::from_values("generator", all))
                })
            }
            "get_property_by_column" => Value::native(name, move |interp, args| {
                let [column] = args.exactly(interp, "get_property_by_column")?;
                let Some(column) =
                    column.downcast::<schema::ColumnObject>().map(|object| object.column.clone())
                else {
                    return Err(Stop::unsupported("get_property_by_column() of something else"));
                };
                let key = lend::read(interp, |orm| orm.mappers.get(id).key_of(&column).cloned())?;
                match key {
                    Some(key) => PropertyObject::named(interp, id, key),
                    None => Err(Stop::unsupported("get_property_by_column() of a column that is not mapped")),
                }
            }),
            "primary_key_from_instance" => Value::native(name, move |interp, args| {
                let [object] = args.exactly(interp, "primary_key_from_instance")?;
                let values = key_of(interp, id, &object)?;
                Ok(Value::tuple(values))
            }),
            "identity_key_from_instance" => Value::native(name, move |interp, args| {
                let [object] = args.exactly(interp, "identity_key_from_instance")?;
                let values = key_of(interp, id, &object)?;
                identity(interp, id, values)
            }),
            "identity_key_from_primary_key" => Value::native(name, move |interp, args| {
                let [key] = args.exactly(interp, "identity_key_from_primary_key")?;
                let values = interp.iterate(&key)?;
                identity(interp, id, values)
            }),
            "get_property" => Value::native(name, move |interp, args| {
                mapped::configure_for(interp, id)?;
                let key = args.positional.first().and_then(Value::as_str).cloned().unwrap_or_default();
                let there = lend::read(interp, |orm| {
                    let mapper = orm.mappers.get(id);
                    mapper.properties.contains_key(&key) || mapper.descriptor(&key).is_some()
                })?;
                if there {
                    return PropertyObject::named(interp, id, key);
                }
                let this = MapperObject::find(interp, id)?;
                let shown = interp.str(&this)?;
                let message = if lend::has(interp, Behaviour::MissingPropertyAdvises) {
                    format!(
                        "Mapper '{shown}' has no property '{key}'.  If this property was indicated from other mappers or configure events, ensure registry.configure() has been called."
                    )
                } else {
                    format!("Mapper '{shown}' has no property '{key}'")
                };
                Err(super::errors::invalid_request(interp, message))
            }),
            "has_property" => Value::native(name, move |interp, args| {
                let key = args.positional.first().and_then(Value::as_str).cloned().unwrap_or_default();
                let there = lend::read(interp, |orm| {
                    let mapper = orm.mappers.get(id);
                    mapper.properties.contains_key(&key) || mapper.descriptor(&key).is_some()
                })?;
                Ok(Value::Bool(there))
            }),
            _ if name.starts_with("__") => return Ok(None),
            _ if !name.starts_with('_') && !names::has_member(interp, "Mapper", name) => return Ok(None),
            _ => return Err(Stop::unsupported(format!("the attribute `{name}` of a mapper"))),
        }))
    }

    fn repr(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        let class = mapped::class_of_mapper(interp, self.id)?;
        let address = interp.address_of(this.identity());
        Ok(format!("<Mapper at {address}; {}>", class.name()))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        lend::read(interp, |orm| orm.mappers.get(self.id).text(orm.profile))
    }
}

/// The values of an object's primary key.
fn key_of(interp: &mut Interp, mapper: MapperId, object: &Value) -> PyResult<Vec<Value>> {
    let keys: Vec<Option<Key>> = lend::read(interp, |orm| {
        let mapper = orm.mappers.get(mapper);
        mapper.primary_key.iter().map(|column| mapper.key_of(column).cloned()).collect()
    })?;
    let mut values = Vec::new();
    for key in keys {
        let Some(key) = key else { return Err(Stop::unsupported("a primary key that is not mapped")) };
        values.push(interp.get_attr(object, &key)?);
    }
    Ok(values)
}

/// An identity key: the class at the top of its hierarchy, the key, and no token.
fn identity(interp: &mut Interp, mapper: MapperId, values: Vec<Value>) -> PyResult<Value> {
    let base = lend::read(interp, |orm| state::base_mapper(orm, mapper))?;
    let class = mapped::class_of_mapper(interp, base)?;
    Ok(Value::tuple(vec![Value::Class(class), Value::tuple(values), Value::None]))
}

/// A read-only collection of named things, in order: `mapper.attrs`, `mapper.columns`.
pub(crate) struct NamesObject {
    members: Vec<(Rc<str>, Value)>,
    kind: &'static str,
}

impl NamesObject {
    pub(crate) fn value(interp: &mut Interp, members: Vec<(Rc<str>, Value)>) -> Value {
        let kind = if lend::has(interp, Behaviour::ReadOnlyProperties) {
            "ReadOnlyProperties"
        } else {
            "ImmutableProperties"
        };
        Value::object(NamesObject { members, kind })
    }

    fn find(&self, name: &str) -> Option<Value> {
        self.members.iter().find(|(key, _)| &**key == name).map(|(_, value)| value.clone())
    }
}

impl Object for NamesObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.kind
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.util._collections"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if let Some(value) = self.find(name) {
            return Ok(Some(value));
        }
        let members = self.members.clone();
        Ok(match name {
            "keys" => Some(Value::native(name, move |_, _| {
                Ok(Value::list(members.iter().map(|(key, _)| Value::from(key.clone())).collect()))
            })),
            "values" => Some(Value::native(name, move |_, _| {
                Ok(Value::list(members.iter().map(|(_, value)| value.clone()).collect()))
            })),
            "items" => Some(Value::native(name, move |_, _| {
                let pairs = members
                    .iter()
                    .map(|(key, value)| Value::tuple(vec![Value::from(key.clone()), value.clone()]))
                    .collect();
                Ok(Value::list(pairs))
            })),
            "get" => Some(Value::native(name, move |_, args| {
                let key = args.positional.first().and_then(Value::as_str).cloned().unwrap_or_default();
                let found = members.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone());
                Ok(found.or_else(|| args.positional.get(1).cloned()).unwrap_or(Value::None))
            })),
            _ => None,
        })
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let found = key.as_str().and_then(|name| self.find(name));
        found.ok_or_else(|| interp.key_error(key))
    }

    fn contains(&self, _interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        Ok(Some(item.as_str().is_some_and(|name| self.find(name).is_some())))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.members.len()))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let values = self.members.iter().map(|(_, value)| value.clone()).collect();
        Ok(Iter::from_values("list_iterator", values))
    }
}
