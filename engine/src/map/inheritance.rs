//! Hierarchies of mapped classes: which tables a class is kept in, and which class a row is of.
//!
//! What a mapper takes from the class that it inherits from is worked out when it is made; what concerns its
//! subclasses, which come later, is asked of all mappers each time.

use super::join::inherit_join;
use super::{ColumnProperty, Key, Mapper, MapperId, Mappers, Property, Union, messages};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::schema::{Column, Table};
use crate::sql::{Alias, Dialect, Expr, ExprKind, FromItem, Op};
use crate::value::Value;
use crate::version::{Behaviour, Profile};
use indexmap::IndexMap;
use std::fmt;
use std::rc::Rc;

/// When the columns of a subclass are loaded, where its base class is queried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolymorphicLoad {
    /// With the row of the base.
    Inline,
    /// By a further statement for all objects.
    Selectin,
}

/// The subclasses whose tables a query of a class selects from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WithPolymorphic {
    All,
    These(Vec<MapperId>),
}

/// What `__mapper_args__` say of a class's place in its hierarchy, beside what tells rows apart.
#[derive(Debug, Clone, Default)]
pub struct InheritanceSpec {
    /// The class's table has all columns: rows are in no other.
    pub concrete: bool,
    pub inherit_condition: Option<Expr>,
    pub load: Option<PolymorphicLoad>,
    pub with_polymorphic: Option<WithPolymorphic>,
    /// The union that it and its concrete subclasses are read from.
    pub union: Option<Union>,
    /// Rows are of its subclasses alone.
    pub is_abstract: bool,
    /// A row whose key has a `NULL` is no object (`allow_partial_pks=False`).
    pub whole_keys: bool,
    pub version: Option<Versioning>,
    pub flushing: Flushing,
}

/// How a flush deals with the rows of a hierarchy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flushing {
    /// Whether it brings in what the database made of a row; where nothing is said, what costs no statement.
    pub eager_defaults: Option<bool>,
    /// Rows that turn out to be gone are no reason to warn.
    pub unconfirmed_deletes: bool,
    /// The rows of subclasses' tables are the database's to delete.
    pub passive_deletes: bool,
    /// Objects are saved one after the other, each with its events (`batch=False`).
    pub one_by_one: bool,
}

/// A column that tells the versions of a row apart: each update asks for the one that was read.
#[derive(Clone)]
pub struct Versioning {
    pub column: Column,
    /// The version that follows another, or none; absent where the program or the database says it.
    pub next: Option<NextVersion>,
}

/// Works out the version that follows another.
pub type NextVersion = Rc<dyn Fn(&mut Cx<'_>, &Value) -> Result<Value>>;

impl fmt::Debug for Versioning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<versions in {}>", self.column)
    }
}

/// A mapper's place in its hierarchy.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is said of a class by itself")]
pub struct Hierarchy {
    /// It shares the table of the class that it inherits from.
    pub single: bool,
    /// It is mapped to a join of tables.
    pub joined: bool,
    /// The subquery that its objects are read from, where it is mapped to one.
    pub reads: Option<Alias>,
    /// The union that it and its concrete subclasses are read from.
    pub union: Option<Union>,
    pub concrete: bool,
    pub is_abstract: bool,
    /// A row whose key has a `NULL` is no object.
    pub whole_keys: bool,
    /// The tables that its objects are kept in, the base's first.
    pub tables: Vec<Table>,
    /// What a query of the class selects from: its table, or the join of its tables.
    pub selectable: FromItem,
    /// How the rows of its own table are matched with those of the class that it inherits from.
    pub inherit_condition: Option<Expr>,
    /// Columns of its tables that a join holds equal: the inherited one, then the one below.
    pub equated: Vec<(Column, Column)>,
    pub load: Option<PolymorphicLoad>,
    pub with_polymorphic: Option<WithPolymorphic>,
    pub version: Option<Versioning>,
    /// What its base says.
    pub flushing: Flushing,
}

impl Hierarchy {
    pub(super) fn root(table: &Table, spec: InheritanceSpec) -> Self {
        Hierarchy {
            single: false,
            joined: false,
            reads: None,
            union: spec.union,
            concrete: spec.concrete,
            is_abstract: spec.is_abstract,
            whole_keys: spec.whole_keys,
            tables: vec![table.clone()],
            selectable: FromItem::from(table),
            inherit_condition: None,
            equated: Vec::new(),
            load: spec.load,
            with_polymorphic: spec.with_polymorphic,
            version: spec.version,
            flushing: spec.flushing,
        }
    }

    /// The place of a class that is mapped to a join of tables.
    ///
    /// # Errors
    ///
    /// `Unsupported` for a full outer join, or one of something else than tables.
    pub(super) fn of_join(table: &Table, joined: &FromItem, spec: InheritanceSpec) -> Result<Self> {
        let mut place = Hierarchy::root(table, spec);
        let tables = super::tables_in(joined);
        if tables.len() != joined.leaves().len() {
            return Err(Error::unsupported("a class mapped to a join of something else than tables"));
        }
        for condition in conditions(joined)? {
            for table in tables.iter().skip(1) {
                place.equated.extend(equated(&condition, table));
            }
        }
        place.selectable = joined.clone();
        place.tables = sort_by_reference(tables);
        place.joined = true;
        Ok(place)
    }

    /// The place of a class that is read from a subquery and written into a table that the subquery reads.
    pub(super) fn of_subquery(table: &Table, alias: &Alias, spec: InheritanceSpec) -> Self {
        let mut place = Hierarchy::root(table, spec);
        place.selectable = FromItem::from(alias);
        place.reads = Some(alias.clone());
        place
    }

    /// The place of a class that inherits a mapping.
    ///
    /// # Errors
    ///
    /// `NoForeignKeysError` and the like where nothing says how the tables are joined.
    pub(super) fn below(
        profile: Profile,
        parent: &Mapper,
        table: &Table,
        spec: InheritanceSpec,
    ) -> Result<Self> {
        let mut place = Hierarchy::root(table, spec.clone());
        if spec.concrete {
            return Ok(place);
        }
        let above = &parent.hierarchy;
        place.flushing = above.flushing;
        place.whole_keys |= above.whole_keys;
        if place.version.is_none() {
            place.version.clone_from(&above.version);
        }
        place.tables.clone_from(&above.tables);
        place.selectable = above.selectable.clone();
        place.equated.clone_from(&above.equated);
        if parent.table == *table {
            place.single = true;
            return Ok(place);
        }
        let condition = match spec.inherit_condition {
            Some(condition) => condition.without_entities(),
            None => inherit_join(profile, &parent.table, table)?,
        };
        place.tables.push(table.clone());
        place.selectable = above.selectable.join(FromItem::from(table), condition.clone(), false);
        place.equated.extend(equated(&condition, table));
        place.inherit_condition = Some(condition);
        Ok(place)
    }
}

/// The conditions of a join and of those inside it.
fn conditions(item: &FromItem) -> Result<Vec<Expr>> {
    let FromItem::Join(join) = item else { return Ok(Vec::new()) };
    if join.full {
        return Err(Error::unsupported("a class mapped to a full outer join"));
    }
    let mut found = conditions(&join.left)?;
    found.extend(conditions(&join.right)?);
    found.push(join.onclause.without_entities());
    Ok(found)
}

/// The columns that identify the rows of a join: the tables' keys, without those that the join holds equal to others.
pub(super) fn key_of_join(joined: &FromItem) -> Vec<Column> {
    let keys: Vec<Column> = super::tables_in(joined).iter().flat_map(Table::primary_key).collect();
    let mut equal = Vec::new();
    for condition in conditions(joined).unwrap_or_default() {
        condition.visit(&mut |expr| {
            if let ExprKind::Binary { left, right, op: Op::Eq, .. } = expr.kind()
                && let (Some(left), Some(right)) = (left.as_column(), right.as_column())
            {
                equal.push((left.clone(), right.clone()));
            }
        });
    }
    let mut kept: Vec<Column> = Vec::new();
    for column in keys {
        let follows = kept.iter().any(|known| {
            column.references(known)
                || equal.iter().any(|(left, right)| {
                    (left == known && *right == column) || (right == known && *left == column)
                })
        });
        if !follows {
            kept.push(column);
        }
    }
    kept
}

/// The pairs of columns that a condition holds equal, the inherited one first.
fn equated(condition: &Expr, table: &Table) -> Vec<(Column, Column)> {
    let mut pairs = Vec::new();
    condition.visit(&mut |expr| {
        if let ExprKind::Binary { left, right, op: Op::Eq, .. } = expr.kind()
            && let (Some(left), Some(right)) = (left.as_column(), right.as_column())
        {
            match (table.has_column(left), table.has_column(right)) {
                (false, true) => pairs.push((left.clone(), right.clone())),
                (true, false) => pairs.push((right.clone(), left.clone())),
                _ => {}
            }
        }
    });
    pairs
}

impl Mapper {
    /// Whether one of its tables has the column.
    pub fn has_column(&self, column: &Column) -> bool {
        self.hierarchy.tables.iter().any(|table| table.has_column(column))
    }

    /// Whether its objects are kept in more than one table.
    pub fn is_joined(&self) -> bool {
        self.hierarchy.tables.len() > 1
    }

    /// The column of the hierarchy's base that the joins of its tables hold equal to this one.
    pub fn base_column(&self, column: &Column) -> Column {
        let mut at = column.clone();
        // Each step leads to a table nearer to the base.
        for _ in &self.hierarchy.equated {
            match self.hierarchy.equated.iter().find(|(_, below)| *below == at) {
                Some((above, _)) => at = above.clone(),
                None => break,
            }
        }
        at
    }
}

impl Mappers {
    /// The mapper at the root of a hierarchy.
    pub fn base(&self, id: MapperId) -> MapperId {
        let mut at = id;
        while let Some(above) = self.get(at).inherits {
            at = above;
        }
        at
    }

    /// The mapper that identities of a class's objects name: the base, or the concrete class whose table has their rows.
    pub fn identity_base(&self, id: MapperId) -> MapperId {
        let mut at = id;
        while let Some(above) = self.get(at).inherits {
            if self.get(at).hierarchy.concrete {
                break;
            }
            at = above;
        }
        at
    }

    /// Whether a mapper is `other` or inherits from it.
    pub fn is_a(&self, id: MapperId, other: MapperId) -> bool {
        let mut at = Some(id);
        while let Some(mapper) = at {
            if mapper == other {
                return true;
            }
            at = self.get(mapper).inherits;
        }
        false
    }

    /// The mappers that inherit from this one directly, in the order in which they were made.
    pub fn below(&self, id: MapperId) -> Vec<MapperId> {
        self.iter().filter(|mapper| mapper.inherits == Some(id)).map(|mapper| mapper.id).collect()
    }

    /// A mapper and all that inherit from it, level by level.
    pub fn self_and_descendants(&self, id: MapperId) -> Vec<MapperId> {
        let mut found = vec![id];
        let mut at = 0;
        while let Some(next) = found.get(at).copied() {
            found.extend(self.below(next));
            at += 1;
        }
        found
    }

    /// The topmost class of the hierarchy that has the attribute, as a mapper sees it.
    pub fn owner(&self, id: MapperId, key: &str) -> MapperId {
        let mut owner = id;
        while let Some(above) = self.get(owner).inherits
            && !self.get(owner).hierarchy.concrete
            && self.get(above).properties.contains_key(key)
        {
            owner = above;
        }
        owner
    }

    /// Whether classes inherit from this one.
    pub fn has_below(&self, id: MapperId) -> bool {
        self.iter().any(|mapper| mapper.inherits == Some(id))
    }

    /// Identities and the mappers that they stand for, over the whole hierarchy.
    pub fn polymorphic_map(&self, id: MapperId) -> Vec<(Value, MapperId)> {
        let mut all: Vec<MapperId> = self.self_and_descendants(self.base(id));
        all.sort_unstable();
        let mut found: IndexMap<String, (Value, MapperId)> = IndexMap::new();
        for mapper in all {
            if let Some(identity) = &self.get(mapper).polymorphic_identity {
                found.insert(crate::value::repr::value(identity), (identity.clone(), mapper));
            }
        }
        found.into_values().collect()
    }

    /// What a row of a class which shares its table must have, and the values of it.
    pub fn single_criterion(&self, id: MapperId) -> Option<(Expr, Vec<Value>)> {
        let mapper = self.get(id);
        if !mapper.hierarchy.single {
            return None;
        }
        let expr = mapper.discriminator()?;
        let values = self
            .self_and_descendants(id)
            .into_iter()
            .filter(|below| !self.get(*below).hierarchy.is_abstract)
            .map(|below| self.get(below).polymorphic_identity.clone().unwrap_or(Value::Null))
            .collect();
        Some((expr, values))
    }

    /// The tables of a class and of those below it, in the order in which a flush writes them.
    pub fn sorted_tables(&self, id: MapperId) -> Vec<Table> {
        let mut found: Vec<Table> = Vec::new();
        for mapper in self.self_and_descendants(id) {
            for table in &self.get(mapper).hierarchy.tables {
                if !found.contains(table) {
                    found.push(table.clone());
                }
            }
        }
        sort_by_reference(found)
    }

    /// The subclasses that a query of a class selects from along with it, by the mapping.
    pub fn polymorphic_mappers(&self, id: MapperId) -> Vec<MapperId> {
        let below = self.self_and_descendants(id);
        match &self.get(id).hierarchy.with_polymorphic {
            Some(WithPolymorphic::All) => below,
            Some(WithPolymorphic::These(these)) => self.with_parents(id, these),
            None => {
                let inline: Vec<MapperId> = below
                    .into_iter()
                    .filter(|below| {
                        let below = self.get(*below);
                        below.inherits == Some(id) && below.hierarchy.load == Some(PolymorphicLoad::Inline)
                    })
                    .collect();
                if inline.is_empty() { Vec::new() } else { self.with_parents(id, &inline) }
            }
        }
    }

    /// These subclasses and those between them and the class, in the hierarchy's order.
    pub fn with_parents(&self, id: MapperId, these: &[MapperId]) -> Vec<MapperId> {
        let mut wanted: Vec<MapperId> = Vec::new();
        for mapper in these {
            let mut at = Some(*mapper);
            while let Some(next) = at.filter(|next| *next != id) {
                wanted.push(next);
                at = self.get(next).inherits;
            }
        }
        self.self_and_descendants(id).into_iter().filter(|mapper| wanted.contains(mapper)).collect()
    }

    /// What a class and these subclasses select from together: the class's own tables, joined to the subclasses'.
    pub fn joined_selectable(&self, id: MapperId, these: &[MapperId], outer: bool) -> FromItem {
        let mut from = self.get(id).hierarchy.selectable.clone();
        for below in these.iter().filter(|below| **below != id) {
            let mapper = self.get(*below);
            if let Some(condition) = &mapper.hierarchy.inherit_condition
                && !mapper.hierarchy.concrete
            {
                from = from.join(FromItem::from(&mapper.table), condition.clone(), outer);
            }
        }
        from
    }

    /// Gives a property of a class to the classes below it that have none of this name.
    pub(super) fn pass_down(&mut self, id: MapperId, key: &Key, property: &Property) {
        for below in self.self_and_descendants(id).into_iter().skip(1) {
            if self.get(below).hierarchy.concrete {
                continue;
            }
            self.get_mut(below).properties.entry(Rc::clone(key)).or_insert_with(|| property.clone());
        }
    }
}

/// Tables in an order in which none comes before one that it refers to; what is free keeps its place.
fn sort_by_reference(tables: Vec<Table>) -> Vec<Table> {
    let refers = |table: &Table, other: &Table| {
        table != other
            && table.columns().iter().any(|column| {
                column.foreign_keys().iter().any(|key| key.column().is_ok_and(|to| other.has_column(&to)))
            })
    };
    let mut left = tables;
    let mut sorted: Vec<Table> = Vec::new();
    while !left.is_empty() {
        let (ready, later): (Vec<Table>, Vec<Table>) =
            left.iter().cloned().partition(|table| !left.iter().any(|other| refers(table, other)));
        if ready.is_empty() {
            sorted.extend(later);
            break;
        }
        sorted.extend(ready);
        left = later;
    }
    sorted
}

/// What a class's own attribute makes of the inherited one of its name.
///
/// # Errors
///
/// `InvalidRequestError` where the class says of its own column that it is to be a property of its own (`explicit`), also where
/// the join of their tables holds both equal.
pub(super) fn reconciled(
    profile: Profile,
    hierarchy: &Hierarchy,
    own: &ColumnProperty,
    explicit: bool,
    inherited: &ColumnProperty,
) -> Result<Property> {
    let stands_alone = || Property::Column(Rc::new(own.clone()));
    let incoming_named_last = profile.has(Behaviour::IncomingColumnNamedLast);
    let combined = |first: &ColumnProperty, second: &ColumnProperty| -> Result<Property> {
        let (first, second) = (property_text(profile, first)?, property_text(profile, second)?);
        Err(messages::implicitly_combined(&first, &second, &own.key))
    };
    match (own.columns.first(), inherited.columns.first()) {
        (None, None) => Ok(stands_alone()),
        (None, Some(_)) => combined(own, inherited),
        (Some(_), None) if explicit && !incoming_named_last => Ok(stands_alone()),
        (Some(_), None) if explicit => combined(inherited, own),
        (Some(column), Some(above)) if explicit => {
            let is_version =
                |column: &Column| hierarchy.version.as_ref().is_some_and(|found| found.column == *column);
            if inherited.columns.contains(column) || is_version(column) || is_version(above) {
                return Ok(merged(own, inherited));
            }
            if incoming_named_last { combined(inherited, own) } else { combined(own, inherited) }
        }
        _ => Ok(merged(own, inherited)),
    }
}

/// A property's column or expression, as messages name it.
fn property_text(profile: Profile, property: &ColumnProperty) -> Result<String> {
    match (property.columns.first(), &property.expr) {
        (Some(column), _) => Ok(column.to_string()),
        (None, Some(expr)) => {
            let inner = match expr.kind() {
                ExprKind::Label { element, .. } => element,
                _ => expr,
            };
            inner.to_text(profile, Dialect::Default)
        }
        (None, None) => Ok(String::new()),
    }
}

/// A property of a class that has a column of its own under the name of an inherited one: both are written, the own
/// one is read.
pub(super) fn merged(own: &ColumnProperty, inherited: &ColumnProperty) -> Property {
    let mut columns = own.columns.clone();
    columns.extend(inherited.columns.iter().cloned());
    Property::Column(Rc::new(ColumnProperty {
        key: Rc::clone(&own.key),
        columns,
        expr: None,
        deferral: own.deferral.clone(),
        ad_hoc: false,
        hidden: false,
        active_history: own.active_history || inherited.active_history,
    }))
}

/// Refuses what is not worked out for hierarchies.
pub(super) fn check(parent: &Mapper, spec: &InheritanceSpec) -> Result<()> {
    let alone = parent.discriminator().is_none() && parent.hierarchy.with_polymorphic.is_none();
    if spec.concrete && !alone && parent.hierarchy.union.is_none() {
        return Err(Error::unsupported("a concrete class below one whose rows have a discriminator"));
    }
    if !spec.concrete && parent.hierarchy.union.is_some() {
        return Err(Error::unsupported("a class that is not concrete below one that is read from a union"));
    }
    Ok(())
}
