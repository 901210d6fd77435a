//! Making mappers, and adding properties to them later.

use super::descriptor::{CompositeSpec, Descriptor, Placed, Synonym};
use super::inheritance::{self, Hierarchy, InheritanceSpec};
use super::messages;
use super::relationship::{Relationship, RelationshipArgs};
use super::{ColumnProperty, Deferral, Key, Mapper, MapperId, Property, RegistryId};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::schema::{Column, Table};
use crate::sql::{Alias, Expr, ExprKind, FromItem, LabelName};
use crate::value::Value;
use crate::version::{Behaviour, Profile};
use indexmap::IndexMap;
use std::any::Any;
use std::rc::Rc;

/// What the library calls the property of an expression without a name that tells classes apart.
const DISCRIMINATOR: &str = "_sa_polymorphic_on";

/// What tells the class of a row where no column does.
#[derive(Debug)]
pub enum PolymorphicBy {
    /// The attribute of this name, whose value an expression makes.
    Attribute(Key),
    /// An expression that is no attribute.
    Expression(Expr),
}

/// A mapped class as it was declared.
#[derive(Debug)]
pub struct MapperSpec {
    pub registry: RegistryId,
    pub class_name: Key,
    /// What stands before the name in the class's repr: `__main__`, or `__main__.make.<locals>`.
    pub module: Key,
    pub table: Table,
    /// The join or subquery that is mapped, where it is one; `table` is the first in it.
    pub read_from: Option<FromItem>,
    /// Attributes in the order in which the class body gives them: columns under another name than their
    /// own, relationships. Columns of the table that are not listed are mapped under their own names.
    pub properties: Vec<(Key, PropertySpec)>,
    /// Columns of the table that are not mapped.
    pub left_out: Vec<Column>,
    /// The columns of what it is read from that are mapped beside its key; all where it is `None`.
    pub read_keys: Option<Vec<Key>>,
    /// Columns that stand in for the table's primary key.
    pub primary_key: Option<Vec<Column>>,
    pub inherits: Option<MapperId>,
    pub polymorphic_on: Option<Column>,
    /// An attribute of the class, or an expression, that tells the class of a row in a column's place.
    pub polymorphic_by: Option<PolymorphicBy>,
    pub polymorphic_identity: Option<Value>,
    pub inheritance: InheritanceSpec,
    pub host_class: Option<Rc<dyn Any>>,
}

impl MapperSpec {
    /// A class of a program's main module, mapped to all columns of a table.
    pub fn new(registry: RegistryId, class_name: Key, table: Table) -> Self {
        MapperSpec {
            registry,
            class_name,
            module: "__main__".into(),
            table,
            read_from: None,
            properties: Vec::new(),
            left_out: Vec::new(),
            read_keys: None,
            primary_key: None,
            inherits: None,
            polymorphic_on: None,
            polymorphic_by: None,
            polymorphic_identity: None,
            inheritance: InheritanceSpec::default(),
            host_class: None,
        }
    }
}

/// One attribute as it was declared.
#[derive(Debug, Clone)]
pub enum PropertySpec {
    Column {
        /// The column, and others that are written with it.
        columns: Vec<Column>,
        deferral: Deferral,
        active_history: bool,
        /// Given as a property rather than as the column alone.
        wrapped: bool,
        /// Given by name beside a table, and not in the class's body.
        listed: bool,
    },
    /// `column_property()` of an SQL expression, or `query_expression()`.
    Expression {
        expr: Expr,
        deferral: Deferral,
        ad_hoc: bool,
    },
    Relationship(Box<RelationshipArgs>),
    Synonym(Synonym),
    Composite(CompositeSpec),
}

impl PropertySpec {
    /// A column, loaded with its row.
    pub fn column(column: Column) -> Self {
        PropertySpec::Column {
            columns: vec![column],
            deferral: Deferral::default(),
            active_history: false,
            wrapped: false,
            listed: false,
        }
    }
}

/// A registry of classes without any.
pub fn new_registry(cx: &mut Cx<'_>) -> RegistryId {
    let registries = &mut cx.orm.mappers.registries;
    registries.push(IndexMap::new());
    RegistryId((registries.len() - 1) as u32)
}

/// Maps a class. Relationships are worked out by [`super::configure`].
///
/// # Errors
///
/// `ArgumentError` where the table has no primary key, or a relationship's arguments contradict each other.
pub fn add_mapper(cx: &mut Cx<'_>, spec: MapperSpec) -> Result<MapperId> {
    let profile = cx.orm.profile;
    let id = MapperId(cx.orm.mappers.all.len() as u32);
    let parent = spec.inherits.map(|parent| cx.orm.mappers.get(parent));
    if let Some(parent) = parent {
        inheritance::check(parent, &spec.inheritance)?;
    }
    let primary_key = match (spec.primary_key, parent) {
        (Some(primary_key), _) => primary_key,
        (None, Some(parent)) if !spec.inheritance.concrete => parent.primary_key.clone(),
        (None, _) => match &spec.read_from {
            Some(FromItem::Alias(_)) | None => spec.table.primary_key(),
            Some(joined) => inheritance::key_of_join(joined),
        },
    };
    if primary_key.is_empty() {
        let text = messages::mapper_text(profile, &spec.class_name, spec.table.name());
        return Err(messages::no_primary_key(&text, spec.table.name()));
    }
    let hierarchy = match parent {
        Some(parent) => Hierarchy::below(profile, parent, &spec.table, spec.inheritance)?,
        None => match &spec.read_from {
            Some(FromItem::Alias(alias)) => Hierarchy::of_subquery(&spec.table, alias, spec.inheritance),
            Some(joined) => Hierarchy::of_join(&spec.table, joined, spec.inheritance)?,
            None => Hierarchy::root(&spec.table, spec.inheritance),
        },
    };

    let mut properties = IndexMap::new();
    let mut described: Vec<(Key, usize, PropertySpec)> = Vec::new();
    let mut renamed: Vec<(Column, Key, Property)> = Vec::new();
    // Attributes that are said to be properties of their own.
    let mut explicit: Vec<Key> = Vec::new();
    for (key, property) in spec.properties {
        match property {
            PropertySpec::Synonym(_) | PropertySpec::Composite(_) => {
                described.push((key, properties.len(), property));
            }
            PropertySpec::Relationship(args) => {
                check_relationship(cx.orm.profile, &args)?;
                let relationship = Relationship::new(key.clone(), id, *args, false);
                properties.insert(key, Property::Relationship(Rc::new(relationship)));
            }
            PropertySpec::Expression { expr, deferral, ad_hoc } => {
                let property = expression_property(cx.orm.profile, &key, &expr, deferral, ad_hoc);
                properties.insert(key, property);
            }
            PropertySpec::Column { columns, deferral, active_history, wrapped, listed } => {
                let Some(column) = columns.first().cloned() else { continue };
                let is_explicit = wrapped || deferral.deferred || active_history;
                let plain = !is_explicit && !listed && *key == *column.key();
                if is_explicit {
                    explicit.push(Rc::clone(&key));
                }
                let property = column_property(&key, columns, deferral, active_history);
                if profile.has(Behaviour::ColumnsInTableOrder) || plain {
                    renamed.push((column, key, property));
                } else {
                    properties.insert(key, property);
                }
            }
        }
    }
    if let Some(parent) = parent.filter(|_| !hierarchy.concrete) {
        let own = Own { table: &spec.table, hierarchy: &hierarchy, explicit: &explicit };
        inherit(profile, &mut properties, &mut renamed, parent, &own)?;
    }
    let listed: Vec<Column> = properties
        .values()
        .filter_map(|property| match property {
            Property::Column(property) => Some(property.columns.clone()),
            Property::Relationship(_) => None,
        })
        .flatten()
        .collect();
    // A table that several classes share has columns of others.
    let mut own = match &spec.read_from {
        Some(FromItem::Alias(_)) => Vec::new(),
        Some(joined) => joined.columns().iter().filter_map(|column| column.as_column().cloned()).collect(),
        None => spec.table.columns(),
    };
    own.retain(|column| !spec.left_out.contains(column));
    if hierarchy.single {
        own.retain(|column| renamed.iter().any(|(declared, ..)| declared == column));
    }
    for column in own {
        if listed.contains(&column) || of_another(&column, &properties, &renamed) {
            continue;
        }
        let (key, property) = match renamed.iter().position(|(renamed, ..)| *renamed == column) {
            Some(index) => {
                let (_, key, property) = renamed.remove(index);
                (key, property)
            }
            None => (column.key(), Property::Column(plain_column(&column.key(), &column))),
        };
        if spec.read_from.is_some() && properties.contains_key(&key) {
            return Err(Error::unsupported(format!("columns of several tables under the one name {key}")));
        }
        if !properties.contains_key(&key) {
            properties.insert(key, property);
        }
    }
    for (_, key, property) in renamed {
        properties.insert(key, property);
    }
    if let Some(FromItem::Alias(alias)) = &spec.read_from {
        read_columns(&mut properties, &spec.table, alias, spec.read_keys.as_deref());
    }

    let above = parent.filter(|_| !hierarchy.concrete);
    let (polymorphic_on, polymorphic_by) = match (spec.polymorphic_on, spec.polymorphic_by, above) {
        (None, None, Some(above)) => (above.polymorphic_on.clone(), above.polymorphic_by.clone()),
        (column, None, _) => (column, None),
        (_, Some(PolymorphicBy::Attribute(key)), _) => (None, Some(key)),
        (_, Some(PolymorphicBy::Expression(expr)), _) => {
            let key = match expr.kind() {
                ExprKind::Label { name: LabelName::Named(name), .. } => Rc::clone(name),
                _ => Key::from(DISCRIMINATOR),
            };
            let property = hidden_property(&key, &expr.without_entities());
            properties.insert(Rc::clone(&key), property);
            (None, Some(key))
        }
    };
    let inherited = above.map(|above| above.descriptors.clone()).unwrap_or_default();
    let mappers = &mut cx.orm.mappers;
    mappers.with_below.borrow_mut().clear();
    mappers.limits.borrow_mut().clear();
    if let Some(above) = spec.inherits {
        mappers.forget_compiled(above);
    }
    mappers.all.push(Mapper {
        id,
        registry: spec.registry,
        class_name: Rc::clone(&spec.class_name),
        module: spec.module,
        table: spec.table,
        primary_key,
        properties,
        descriptors: inherited,
        inherits: spec.inherits,
        polymorphic_on,
        polymorphic_by,
        polymorphic_identity: spec.polymorphic_identity,
        hierarchy,
        compiled_anew: 0,
        configured: false,
        cleared: false,
        failed: None,
        host_class: spec.host_class,
    });
    mappers.registries[spec.registry.0 as usize].entry(spec.class_name).or_default().push(id);
    mappers.unconfigured = true;
    for (key, before, property) in described {
        describe(cx, id, key, before, property)?;
    }
    Ok(id)
}

/// The attributes of a class that is read from a subquery: what stands for a column of its table is written there, all
/// else is read only.
fn read_columns(
    properties: &mut IndexMap<Key, Property>,
    table: &Table,
    alias: &Alias,
    only: Option<&[Key]>,
) {
    for column in alias.columns() {
        let Some(key) = column.key() else { continue };
        if properties.contains_key(&key) {
            continue;
        }
        let own = column.base_column().filter(|base| table.has_column(base)).cloned();
        let is_key = own.as_ref().is_some_and(Column::is_primary_key);
        if only.is_some_and(|only| !is_key && !only.contains(&key)) {
            continue;
        }
        let property = match own {
            Some(own) => plain_column(&key, &own),
            None => Rc::new(ColumnProperty {
                key: Rc::clone(&key),
                columns: Vec::new(),
                expr: Some(column),
                deferral: Deferral::default(),
                ad_hoc: false,
                hidden: false,
                active_history: false,
            }),
        };
        properties.insert(key, Property::Column(property));
    }
}

/// Whether a column is written along with the first column of an attribute.
fn of_another(
    column: &Column,
    properties: &IndexMap<Key, Property>,
    renamed: &[(Column, Key, Property)],
) -> bool {
    let along = |property: &Property| match property {
        Property::Column(property) => property.columns.iter().skip(1).any(|other| other == column),
        Property::Relationship(_) => false,
    };
    properties.values().any(along) || renamed.iter().any(|(_, _, property)| along(property))
}

/// Adds an attribute that has no value of its own.
fn describe(cx: &mut Cx<'_>, id: MapperId, key: Key, before: usize, property: PropertySpec) -> Result<()> {
    let descriptor = match property {
        PropertySpec::Synonym(synonym) => Descriptor::Synonym(synonym),
        PropertySpec::Composite(composite) => {
            let mapper = cx.orm.mappers.get(id);
            Descriptor::Composite(Rc::new(composite.resolve(Rc::clone(&key), mapper)?))
        }
        PropertySpec::Column { .. } | PropertySpec::Expression { .. } | PropertySpec::Relationship(_) => {
            return Ok(());
        }
    };
    for below in cx.orm.mappers.self_and_descendants(id) {
        let placed = Placed { before, descriptor: descriptor.clone() };
        cx.orm.mappers.get_mut(below).descriptors.insert(Rc::clone(&key), placed);
    }
    Ok(())
}

/// What a class that inherits says of itself.
struct Own<'a> {
    table: &'a Table,
    hierarchy: &'a Hierarchy,
    /// Which of its columns it says are properties of their own.
    explicit: &'a [Key],
}

/// Adds what a class inherits to what it declares. A column of its own under an inherited name is one property with the
/// inherited column, unless the class shares its base's table.
fn inherit(
    profile: Profile,
    properties: &mut IndexMap<Key, Property>,
    renamed: &mut Vec<(Column, Key, Property)>,
    parent: &Mapper,
    of: &Own<'_>,
) -> Result<()> {
    for (key, property) in &parent.properties {
        let Property::Column(inherited) = property else {
            properties.entry(Rc::clone(key)).or_insert_with(|| property.clone());
            continue;
        };
        if let Some(Property::Column(own)) = properties.get(key) {
            let explicit = of.explicit.contains(key);
            let merged = inheritance::reconciled(profile, of.hierarchy, own, explicit, inherited)?;
            properties.insert(Rc::clone(key), merged);
            continue;
        }
        if properties.contains_key(key) {
            continue;
        }
        let declared = renamed.iter().position(|(_, own, _)| own == key);
        let own = match declared {
            Some(at) => match renamed.remove(at).2 {
                Property::Column(own) => Some(own),
                Property::Relationship(_) => None,
            },
            None if of.hierarchy.single => None,
            None => of
                .table
                .column(key)
                .filter(|column| !renamed.iter().any(|(listed, ..)| listed == column))
                .map(|column| plain_column(key, &column)),
        };
        let property = match own {
            Some(own) if own.columns.first().is_some_and(|own| inherited.columns.contains(own)) => {
                Property::Column(own)
            }
            Some(own) => {
                let explicit = of.explicit.contains(key);
                inheritance::reconciled(profile, of.hierarchy, &own, explicit, inherited)?
            }
            None => property.clone(),
        };
        properties.insert(Rc::clone(key), property);
    }
    Ok(())
}

fn plain_column(key: &Key, column: &Column) -> Rc<ColumnProperty> {
    Rc::new(ColumnProperty::plain(key, column))
}

fn column_property(key: &Key, columns: Vec<Column>, deferral: Deferral, active_history: bool) -> Property {
    Property::Column(Rc::new(ColumnProperty {
        key: Rc::clone(key),
        columns,
        expr: None,
        deferral,
        ad_hoc: false,
        hidden: false,
        active_history,
    }))
}

/// An expression is selected under a name of its own, or one that is made up.
fn expression_property(
    profile: Profile,
    key: &Key,
    expr: &Expr,
    deferral: Deferral,
    ad_hoc: bool,
) -> Property {
    let expr = expr.without_entities();
    let named = matches!(expr.kind(), ExprKind::Label { name: LabelName::Named(_), .. });
    let unlabelled = named || (ad_hoc && !profile.has(Behaviour::QueryExpressionNull));
    let expr = if unlabelled { expr } else { expr.label_anonymous() };
    Property::Column(Rc::new(ColumnProperty {
        key: Rc::clone(key),
        columns: Vec::new(),
        expr: Some(expr),
        deferral,
        ad_hoc,
        hidden: false,
        active_history: false,
    }))
}

/// What is selected to tell the classes of rows and is no attribute of objects.
fn hidden_property(key: &Key, expr: &Expr) -> Property {
    let is_named = matches!(expr.kind(), ExprKind::Label { .. });
    Property::Column(Rc::new(ColumnProperty {
        key: Rc::clone(key),
        columns: Vec::new(),
        expr: Some(if is_named { expr.clone() } else { expr.label(key) }),
        deferral: Deferral::default(),
        ad_hoc: false,
        hidden: true,
        active_history: false,
    }))
}

/// What `relationship()` refuses at once.
pub fn check_relationship(profile: Profile, args: &RelationshipArgs) -> Result<()> {
    if args.is_viewonly()
        && let Some(cascade) = args.cascade
        && profile.has(Behaviour::ViewonlyCascadeRefused)
        && !profile.has(Behaviour::ViewonlyTakesPart)
    {
        let writing = [
            ("delete", cascade.delete),
            ("delete-orphan", cascade.delete_orphan),
            ("save-update", cascade.save_update),
        ];
        let writing: Vec<&str> = writing.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect();
        if !writing.is_empty() {
            return Err(messages::viewonly_cascade(&writing.join(", ")));
        }
    }
    if args.is_viewonly() && args.sync_backref == Some(true) {
        return Err(messages::sync_backref_and_viewonly());
    }
    if args.backref.is_some() && args.back_populates.is_some() {
        return Err(messages::backref_and_back_populates());
    }
    Ok(())
}

/// Adds an attribute to a mapped class, as `User.addresses = relationship(…)` does. A relationship of a class
/// that is configured already is configured at once.
pub fn add_property(cx: &mut Cx<'_>, mapper: MapperId, key: Key, property: PropertySpec) -> Result<()> {
    match property {
        PropertySpec::Synonym(_) | PropertySpec::Composite(_) => {
            let before = cx.orm.mappers.get(mapper).properties.len();
            describe(cx, mapper, key, before, property)
        }
        PropertySpec::Column { columns, deferral, active_history, .. } => {
            let property = column_property(&key, columns, deferral, active_history);
            insert(cx, mapper, key, property);
            Ok(())
        }
        PropertySpec::Expression { expr, deferral, ad_hoc } => {
            let property = expression_property(cx.orm.profile, &key, &expr, deferral, ad_hoc);
            insert(cx, mapper, key, property);
            Ok(())
        }
        PropertySpec::Relationship(args) => {
            check_relationship(cx.orm.profile, &args)?;
            insert_relationship(cx, mapper, &key, *args, false);
            if cx.orm.mappers.get(mapper).configured {
                super::configure::configure_relationship(cx, mapper, &key)
            } else {
                Ok(())
            }
        }
    }
}

fn insert(cx: &mut Cx<'_>, mapper: MapperId, key: Key, property: Property) {
    cx.orm.mappers.pass_down(mapper, &key, &property);
    cx.orm.mappers.get_mut(mapper).properties.insert(key, property);
    cx.orm.mappers.forget_compiled(mapper);
}

pub(super) fn insert_relationship(
    cx: &mut Cx<'_>,
    mapper: MapperId,
    key: &Key,
    args: RelationshipArgs,
    from_backref: bool,
) {
    let relationship = Relationship::new(Rc::clone(key), mapper, args, from_backref);
    let property = Property::Relationship(Rc::new(relationship));
    cx.orm.mappers.pass_down(mapper, key, &property);
    cx.orm.mappers.get_mut(mapper).properties.insert(Rc::clone(key), property);
    cx.orm.mappers.forget_compiled(mapper);
}
