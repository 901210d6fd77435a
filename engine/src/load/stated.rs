//! Entities that are read from the rows of any statement (`from_statement()`).
//!
//! Nothing is added to the statement: what would be joined to it is left for the access. A column stands where the statement
//! has it, or, for the queried class alone, where a text's row has its name.

use super::classes::ClassPlan;
use super::options::{ColumnLoad, Path, SubclassLoads, ad_hoc, chosen, column_load, subclass_loads};
use super::plan::{EntityPlan, JoinedPlan, LaterLoad, Plan, Reader};
use super::query::{Entity, Query};
use super::within::unlabelled;
use crate::db::ResultColumn;
use crate::error::{Error, ErrorKind, Result};
use crate::map::{ColumnProperty, Key, Lazy, MapperId, Property, Relationship};
use crate::orm::Orm;
use crate::schema::Column;
use crate::sql::{Body, Expr, Select, Statement};
use crate::version::Behaviour;
use std::rc::Rc;

/// Where the rows of a statement have a column.
struct Places<'a> {
    body: Option<Body>,
    columns: &'a [ResultColumn],
}

impl Places<'_> {
    /// Where the statement says that the column is.
    fn exactly(&self, column: &Column) -> Option<usize> {
        let body = self.body.as_ref()?;
        body.columns().iter().position(|own| unlabelled(own).base_column() == Some(column))
    }

    fn of(&self, column: &Column) -> Option<usize> {
        let at = self.exactly(column);
        if at.is_some() {
            return at;
        }
        let full = column.table_label();
        let by_name = |name: &str| self.columns.iter().position(|own| *own.name == *name);
        by_name(&column.name()).or_else(|| full.and_then(|full| by_name(&full)))
    }

    fn of_expr(&self, expr: &Expr) -> Option<usize> {
        if let Some(column) = unlabelled(expr).base_column()
            && let Some(at) = self.of(column)
        {
            return Some(at);
        }
        let key = expr.key()?;
        self.columns.iter().position(|own| *own.name == *key)
    }
}

pub(super) fn absent(orm: &Orm, column: &str) -> Error {
    let message = format!("Could not locate column in row for column '{column}'");
    let quoted = orm.profile.has(Behaviour::RowErrorsQuoted);
    let message = if quoted { format!("\"{message}\"") } else { message };
    Error::new(ErrorKind::NoSuchColumnError, message)
}

/// How many classes one entity of a statement may lead to.
const MAX_PLANS: usize = 1000;

/// How one entity is read from a statement's rows.
struct Reading<'a> {
    orm: &'a Orm,
    query: &'a Query,
    places: &'a Places<'a>,
    /// How many classes were met: each has a number.
    plans: usize,
    /// A collection is in the rows.
    many: bool,
}

impl Reading<'_> {
    /// A class at the end of a path. Loads that would change the statement are left out.
    fn entity(&mut self, class: MapperId, path: Path) -> Result<EntityPlan> {
        let (orm, query) = (self.orm, self.query);
        let mapper = orm.mappers.get(class);
        let is_root = path.len() == query.path.len();
        self.plans += 1;
        let mut plan = EntityPlan::empty(self.plans, class, path);
        let mut own = class_plan(class);
        for property in mapper.properties.values() {
            match property {
                Property::Column(property) if property.hidden => {}
                Property::Column(property) => {
                    match self.column(&plan.path, (class, class), property, is_root) {
                        Some(at) => plan.columns.push((Rc::clone(&property.key), at)),
                        None if property.ad_hoc || self.skips(&plan.path, (class, class), property) => {}
                        None => own.expired.push(Rc::clone(&property.key)),
                    }
                }
                Property::Relationship(relationship) => self.relationship(&mut plan, relationship)?,
            }
        }
        plan.classes.push(own);
        let known = &mapper.properties;
        let names = orm.profile.has(Behaviour::TextNamesOfSubclasses);
        for below in orm.mappers.self_and_descendants(class).split_off(1) {
            let mut found = class_plan(below);
            found.selectin = subclass_loads(orm, &query.options, &plan.path, class, below);
            for property in orm.mappers.get(below).column_properties() {
                if known.contains_key(&property.key)
                    || property.hidden
                    || self.skips(&plan.path, (class, below), property)
                {
                    continue;
                }
                match self.column(&plan.path, (class, below), property, names) {
                    Some(at) => found.columns.push((Rc::clone(&property.key), at)),
                    None => found.expired.push(Rc::clone(&property.key)),
                }
            }
            plan.classes.push(found);
        }
        let place = |column: &Column| {
            let at = if is_root { self.places.of(column) } else { self.places.exactly(column) };
            at.ok_or_else(|| absent(orm, &column.to_string()))
        };
        if orm.mappers.has_below(class) && mapper.polymorphic_by.is_some() {
            return Err(Error::unsupported(
                "rows of a statement of its own for a class whose rows an expression tells apart",
            ));
        }
        if orm.mappers.has_below(class)
            && let Some(column) = &mapper.polymorphic_on
        {
            plan.discriminator = Some(place(column)?);
        }
        for column in &mapper.primary_key {
            plan.primary_key.push(place(column)?);
        }
        Ok(plan)
    }

    fn skips(
        &self,
        path: &[(MapperId, Key)],
        place: (MapperId, MapperId),
        property: &ColumnProperty,
    ) -> bool {
        column_load(self.orm, &self.query.options, path, place, property) != ColumnLoad::WithRow
    }

    /// Where an attribute's column stands; `by_name`, where a text does not say which columns it has.
    fn column(
        &self,
        path: &[(MapperId, Key)],
        place: (MapperId, MapperId),
        property: &ColumnProperty,
        by_name: bool,
    ) -> Option<usize> {
        if property.ad_hoc {
            let given = ad_hoc(self.orm, &self.query.options, path, place.1, &property.key);
            return given.and_then(|given| self.places.of_expr(&given));
        }
        if self.skips(path, place, property) {
            return None;
        }
        property
            .columns
            .iter()
            .find_map(|column| if by_name { self.places.of(column) } else { self.places.exactly(column) })
    }

    fn relationship(&mut self, plan: &mut EntityPlan, relationship: &Rc<Relationship>) -> Result<()> {
        let found = chosen(self.orm, &self.query.options, (&self.query.prior, &plan.path), relationship);
        let resolved = relationship.resolved();
        match found.lazy {
            Lazy::Joined if found.contained => {
                if found.of_type.is_some() || self.plans % MAX_PLANS == MAX_PLANS - 1 {
                    return Err(Error::unsupported("contains_eager() of an alias beside from_statement()"));
                }
                self.many |= resolved.uselist;
                let mut path = plan.path.clone();
                path.push((relationship.parent, Rc::clone(&relationship.key)));
                let entity = self.entity(resolved.target, path)?;
                plan.joined.push(JoinedPlan {
                    parent: relationship.parent,
                    key: Rc::clone(&relationship.key),
                    uselist: resolved.uselist,
                    entity,
                });
            }
            lazy @ (Lazy::Selectin | Lazy::Immediate | Lazy::NoLoad) if !relationship.is_queried() => {
                plan.later.push(LaterLoad {
                    relationship: Rc::clone(relationship),
                    lazy,
                    of_type: found.of_type,
                    recursion: found.recursion,
                    returns: found.returns,
                });
            }
            _ => {}
        }
        Ok(())
    }
}

fn class_plan(mapper: MapperId) -> ClassPlan {
    ClassPlan { mapper, columns: Vec::new(), expired: Vec::new(), selectin: SubclassLoads::default() }
}

/// How the rows of a statement are read as a query's entities.
pub(super) fn plan_of_statement(
    orm: &Orm,
    query: &Query,
    statement: &Statement,
    columns: &[ResultColumn],
) -> Result<Plan> {
    let body = match statement {
        Statement::Select(select) => Some(Body::Select(select.clone())),
        Statement::Compound(compound) => Some(Body::Compound(compound.clone())),
        Statement::Textual(textual) => Some(Body::Textual(textual.clone())),
        _ => None,
    };
    let places = Places { body, columns };
    let mut readers = Vec::new();
    let mut names = Vec::new();
    let mut multiplies = false;
    for (id, entity) in query.entities.iter().enumerate() {
        match entity {
            Entity::Mapped(mapped) => {
                if mapped.alias.is_some() {
                    return Err(Error::unsupported("from_statement() of an alias"));
                }
                let mut reading = Reading { orm, query, places: &places, plans: id * MAX_PLANS, many: false };
                let plan = reading.entity(mapped.mapper, query.path.clone())?;
                multiplies |= reading.many;
                let mapper = orm.mappers.get(mapped.mapper);
                readers.push(Reader::Entity(plan));
                names.push(Rc::clone(&mapper.class_name));
            }
            Entity::Attribute(mapped, key) => {
                let expr = super::adapt::attribute(orm, *mapped, key)?;
                let at = places.of_expr(&expr);
                readers.push(Reader::Value(at.ok_or_else(|| absent(orm, key))?));
                names.push(Rc::clone(key));
            }
            Entity::Expr(expr) => {
                let key = expr.key().unwrap_or_else(|| Rc::from(""));
                let at = places.of_expr(expr).ok_or_else(|| absent(orm, &key))?;
                readers.push(Reader::Value(at));
                names.push(key);
            }
        }
    }
    let select = Select::default();
    Ok(Plan {
        select,
        readers,
        names,
        multiplies,
        unhashable: Vec::new(),
        refused: None,
        lost: None,
        unlinked: None,
    })
}
