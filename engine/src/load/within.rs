//! Entities that are read from what is already a statement: from a subquery (`from_self()`, `union()`), or from the rows of
//! any statement (`from_statement()`).

use super::adapt::Adapter;
use super::classes::ClassPlan;
use super::options::ad_hoc;
use super::plan::{EntityPlan, Plan, Reader};
use super::query::{Entity, Query, Style};
use crate::db::ResultColumn;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::Property;
use crate::orm::Orm;
use crate::schema::Column;
use crate::sql::{
    Alias, Body, CompoundKind, CompoundSelect, Expr, ExprKind, FromItem, LabelStyle, Select, Statement,
    TextualSelect,
};
use crate::version::Behaviour;
use std::fmt::Write as _;
use std::rc::Rc;

/// A subquery, and which of its columns stands for what.
#[derive(Debug, Clone)]
pub struct Within {
    pub alias: Alias,
    pub(super) selected: Rc<[Expr]>,
    pub(super) columns: Rc<[Expr]>,
    /// The subquery that is inside this one, where the entities were read from one already.
    inner: Option<Rc<Within>>,
}

impl Within {
    /// A subquery of these selects, whose columns stand for those of the first.
    fn of_body(body: Body, inner: Option<Rc<Within>>) -> Self {
        let selected: Rc<[Expr]> = body.columns().iter().map(|column| unlabelled(column).clone()).collect();
        let alias = Alias::of_select(body, None);
        let columns = alias.columns().into();
        Within { alias, selected, columns, inner }
    }

    /// A selectable whose columns stand for the tables' columns that they come from.
    pub fn of_alias(alias: &Alias) -> Self {
        let columns = alias.columns();
        let (selected, columns): (Vec<Expr>, Vec<Expr>) = columns
            .into_iter()
            .filter_map(|column| Some((Expr::column(column.base_column()?), column)))
            .unzip();
        Within { alias: alias.clone(), selected: selected.into(), columns: columns.into(), inner: None }
    }

    pub(super) fn adapter(&self, inner: Adapter) -> Adapter {
        let inner = match &self.inner {
            Some(within) => within.adapter(inner),
            None => inner,
        };
        Adapter::Wrapped {
            inner: Box::new(inner),
            selected: Rc::clone(&self.selected),
            columns: Rc::clone(&self.columns),
        }
    }

    /// An expression with what the subquery selects written as its columns.
    pub(super) fn adapt(&self, expr: &Expr) -> Expr {
        let expr = match &self.inner {
            Some(within) => within.adapt(expr),
            None => expr.clone(),
        };
        expr.rewrite(&mut |part| {
            let part = unlabelled(part);
            let at = self.selected.iter().position(|known| known.same(part))?;
            self.columns.get(at).cloned()
        })
    }
}

fn unlabelled(expr: &Expr) -> &Expr {
    match expr.unannotated().kind() {
        ExprKind::Label { element, .. } => element,
        _ => expr.unannotated(),
    }
}

impl Query {
    /// The query as one of selects that are put together.
    fn in_compound(&self, cx: &mut Cx<'_>) -> Result<Body> {
        let mut select: Select = self.select_without_eager(cx)?;
        if self.style == Style::Legacy {
            select.label_style = LabelStyle::TableColumn;
        }
        Ok(select.into())
    }

    /// The same entities read from this query as a subquery (`from_self()`).
    ///
    /// # Errors
    ///
    /// As for [`Query::select`].
    pub fn from_self(&self, cx: &mut Cx<'_>) -> Result<Query> {
        let body = self.in_compound(cx)?;
        Ok(self.within_body(body))
    }

    /// The same entities read from this query put together with others.
    ///
    /// # Errors
    ///
    /// As for [`Query::select`].
    pub fn combined(&self, cx: &mut Cx<'_>, kind: CompoundKind, others: &[Query]) -> Result<Query> {
        let mut bodies = vec![self.in_compound(cx)?];
        for other in others {
            bodies.push(other.in_compound(cx)?);
        }
        Ok(self.within_body(CompoundSelect::new(kind, bodies).into()))
    }

    fn within_body(&self, body: Body) -> Query {
        let mut query = Query::new(self.style, self.session, self.entities.clone());
        query.options.clone_from(&self.options);
        query.autoflush = self.autoflush;
        query.populate_existing = self.populate_existing;
        query.within = Some(Rc::new(Within::of_body(body, self.within.clone())));
        query
    }

    /// A statement as the cache tells it apart by the entities that are read from it.
    pub(super) fn tagged(&self, statement: &Statement) -> Statement {
        let mut tag = String::from("from statement");
        for entity in &self.entities {
            tag.push_str(match entity {
                Entity::Mapped(_) => " class",
                Entity::Attribute(..) => " attribute",
                Entity::Expr(_) => " expression",
            });
        }
        if !self.options.is_empty() {
            let _ = write!(tag, " {:?}", self.options);
        }
        let tag = Some(Rc::from(tag));
        match statement {
            Statement::Select(select) => Select { tag, ..(**select).clone() }.into(),
            Statement::Textual(textual) => {
                Statement::Textual(Rc::new(TextualSelect { tag, ..(**textual).clone() }))
            }
            Statement::Text(text) => {
                let (text, columns) = ((**text).clone(), Vec::new());
                Statement::Textual(Rc::new(TextualSelect { text, columns, positional: false, tag }))
            }
            other => other.clone(),
        }
    }

    /// How a queried class is written in the statement.
    pub(super) fn adapter(&self, orm: &Orm, mapped: crate::map::Mapped) -> Adapter {
        let own = Adapter::of(orm, mapped);
        match &self.within {
            Some(within) => within.adapter(own),
            None => own,
        }
    }

    /// An expression as the statement has it.
    pub(super) fn adapted(&self, expr: &Expr) -> Expr {
        match &self.within {
            Some(within) => within.adapt(expr),
            None => expr.clone(),
        }
    }
}

/// Where the rows of a statement have a column.
struct Places<'a> {
    body: Option<Body>,
    columns: &'a [ResultColumn],
}

impl Places<'_> {
    fn of(&self, column: &Column) -> Option<usize> {
        if let Some(body) = &self.body {
            let at = body.columns().iter().position(|own| unlabelled(own).base_column() == Some(column));
            if at.is_some() {
                return at;
            }
        }
        let full = column.table().map(|table| format!("{}_{}", table.name(), column.name()));
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

fn absent(orm: &Orm, column: &str) -> Error {
    let message = format!("Could not locate column in row for column '{column}'");
    // Before 1.4 it shows as a `KeyError` does.
    let message = if orm.profile.has(Behaviour::CompiledCache) { message } else { format!("\"{message}\"") };
    Error::new(ErrorKind::NoSuchColumnError, message)
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
    for (id, entity) in query.entities.iter().enumerate() {
        match entity {
            Entity::Mapped(mapped) => {
                let mapper = orm.mappers.get(mapped.mapper);
                if mapped.alias.is_some() || orm.mappers.has_below(mapped.mapper) || mapper.inherits.is_some()
                {
                    return Err(Error::unsupported("from_statement() of an alias or a class of a hierarchy"));
                }
                if mapper.relationships().any(|relationship| {
                    super::options::chosen(orm, &query.options, (&query.prior, &query.path), relationship)
                        .lazy
                        != crate::map::Lazy::Select
                }) {
                    return Err(Error::unsupported("from_statement() with relationships that load along"));
                }
                let mut plan = EntityPlan {
                    id,
                    mapper: mapped.mapper,
                    path: query.path.clone(),
                    columns: Vec::new(),
                    primary_key: Vec::new(),
                    discriminator: None,
                    classes: Vec::new(),
                    joined: Vec::new(),
                    later: Vec::new(),
                };
                let mut own = ClassPlan {
                    mapper: mapped.mapper,
                    columns: Vec::new(),
                    expired: Vec::new(),
                    selectin: Vec::new(),
                };
                for property in mapper.properties.values() {
                    let Property::Column(property) = property else { continue };
                    if property.ad_hoc {
                        let given = ad_hoc(orm, &query.options, &query.path, mapped.mapper, &property.key);
                        if let Some(at) = given.and_then(|given| places.of_expr(&given)) {
                            plan.columns.push((Rc::clone(&property.key), at));
                        }
                        continue;
                    }
                    match property.columns.iter().find_map(|column| places.of(column)) {
                        Some(at) => plan.columns.push((Rc::clone(&property.key), at)),
                        None => own.expired.push(Rc::clone(&property.key)),
                    }
                }
                plan.classes.push(own);
                for column in &mapper.primary_key {
                    plan.primary_key.push(places.of(column).ok_or_else(|| absent(orm, &column.to_string()))?);
                }
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
    Ok(Plan { select: Select::default(), readers, names, multiplies: false, refused: None })
}

/// The element that a query reads all of its entities from.
pub(super) fn source(query: &Query) -> Option<FromItem> {
    query.within.as_ref().map(|within| FromItem::from(&within.alias))
}
