//! A query over mapped classes: the legacy `Query` and the `select()` of mapped classes are one value.
//!
//! A query changes nothing until it is run; building one clones it.

use super::options::Path;
use super::plan::Plan;
use super::within::Within;
use super::{Bundle, Item, LoaderOption};
use crate::db::{self, Given};
use crate::error::{Error, ErrorKind, Result};
use crate::event;
use crate::host::Cx;
use crate::map::{self, Key, Mapped, MapperId};
use crate::orm::Orm;
use crate::session::{self, SessionId};
use crate::sql::{Alias, Correlate, Dialect, Expr, FromItem, LabelStyle, Op, Operand, Select, Statement};
use crate::state::ObjRef;
use crate::value::{HostValue, Value};
use crate::version::Behaviour;
use std::rc::Rc;

/// Whose rules a query follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// `session.query(…)`.
    Legacy,
    /// `select(…)`.
    Select,
    /// What the library itself emits to load attributes and objects by key.
    Loader,
}

/// What a query is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// A program asked for it.
    #[default]
    Asked,
    /// Columns that an object lacks.
    Columns,
    /// A relationship.
    Relationship,
}

/// One thing that a query returns.
#[derive(Debug, Clone)]
pub enum Entity {
    Mapped(Mapped),
    /// A column attribute of a mapped class.
    Attribute(Mapped, Key),
    /// Any expression, under a label or not.
    Expr(Expr),
}

/// What is joined to.
#[derive(Debug, Clone)]
pub enum JoinTarget {
    /// Along a relationship attribute, to its class or to the given alias of it (`of_type`, or the target of
    /// `join(alias, User.addresses)`).
    Relationship {
        from: Mapped,
        key: Key,
        to: Option<Mapped>,
    },
    Mapped(Mapped),
    /// A table, subquery or join.
    Item(FromItem),
}

/// What a join begins from.
#[derive(Debug, Clone)]
pub enum JoinLeft {
    Mapped(Mapped),
    Item(FromItem),
}

/// How the rows of a join are matched.
#[derive(Debug, Clone, Default)]
pub enum OnClause {
    /// From the relationship, or else from foreign keys.
    #[default]
    Inferred,
    Expr(Expr),
}

#[derive(Debug, Clone)]
pub struct Join {
    pub target: JoinTarget,
    pub on: OnClause,
    pub outer: bool,
    pub full: bool,
    /// What `join_from()` begins from.
    pub left: Option<JoinLeft>,
    /// Further criteria of a relationship: `User.addresses.and_(…)`.
    pub criteria: Vec<Expr>,
    /// How errors name the target.
    pub shown: Option<Rc<str>>,
}

impl Join {
    /// A join to a target, from what can be joined to it.
    pub fn to(target: JoinTarget) -> Self {
        Join {
            target,
            on: OnClause::Inferred,
            outer: false,
            full: false,
            left: None,
            criteria: Vec::new(),
            shown: None,
        }
    }
}

/// A query over mapped classes and expressions.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Query {
    pub style: Style,
    /// The session that a legacy query runs in.
    pub session: Option<SessionId>,
    pub entities: Vec<Entity>,
    /// Entities that are one in what the query gives.
    pub bundles: Vec<Bundle>,
    /// Places whose names are not those of what they select.
    pub renames: Vec<(usize, Key)>,
    pub select_from: Vec<Mapped>,
    /// Of each class in `select_from`, how many of `from_items` were given before it.
    pub(crate) after_items: Vec<usize>,
    /// Other elements that it selects from explicitly: tables, subqueries, joins.
    pub from_items: Vec<FromItem>,
    pub joins: Vec<Join>,
    pub criteria: Vec<Expr>,
    pub group_by: Vec<Expr>,
    pub having: Vec<Expr>,
    pub order_by: Vec<Expr>,
    pub limit: Option<Expr>,
    pub offset: Option<Expr>,
    pub distinct: bool,
    pub correlate: Correlate,
    pub for_update: bool,
    pub prefixes: Vec<Expr>,
    pub suffixes: Vec<Expr>,
    /// How columns are labelled, where that was said.
    pub labels: Option<LabelStyle>,
    /// The values of parameters that are named.
    pub parameters: Option<Given>,
    /// The statement whose rows are read as the entities (`from_statement()`).
    pub statement: Option<Rc<Statement>>,
    /// The subquery that the entities are read from (`from_self()`, `union()`).
    pub within: Option<Rc<Within>>,
    pub options: Vec<LoaderOption>,
    pub populate_existing: bool,
    /// It was made of a `select()` that had been executed, as the statement cache sees.
    pub descended: bool,
    /// How many rows are read at a time, where not all are.
    pub yield_per: Option<usize>,
    pub autoflush: bool,
    /// What would come along by joins and subqueries is left for its access.
    pub without_eager: bool,
    /// The path by which a loader came to the queried class.
    pub(crate) path: Path,
    /// The steps that led to this query, of which its options say nothing more.
    pub(crate) prior: Path,
    /// The query whose objects a chain of loads by subquery began with.
    pub(crate) origin: Option<Rc<Query>>,
    /// What `DISTINCT` rows are ordered by is selected, too.
    pub(crate) distinct_orders: bool,
    /// What it joins by hand is limited to its class there.
    pub(crate) limited: bool,
    /// Which loader this is, as the statement cache tells loaders apart.
    pub(crate) loader: Option<Rc<str>>,
    /// The attributes to load, where not all are.
    pub(crate) only: Option<Vec<Key>>,
    /// How the object was loaded whose lazy load this is, and the step from there.
    pub lineage: Option<Rc<str>>,
    /// How many of the options, from the first on, loaded objects keep for their own loads.
    pub(crate) kept_options: Option<usize>,
    /// A loader that, where it does not label columns, does not tell equal names apart either.
    pub(crate) bare: bool,
    /// A load on access: what follows it is loaded for new objects only.
    pub(crate) on_access: bool,
    /// Only the tables of the selected columns are selected from, not those that the class has besides.
    pub(crate) own_tables: bool,
    /// A loader whose columns are labelled in every release.
    pub(crate) labelled: bool,
    /// Where not all attributes are loaded: those of many objects, rather than those of one.
    pub(crate) partial: bool,
    /// What tells the class of a row is read, though the object is known: it was forgotten along with the rest.
    pub(crate) tells_class: bool,
    /// The class from which the path begins, where that is not the queried one.
    pub(crate) root: Option<Rc<str>>,
    /// The statement cache leaves it out: its options lie too deep.
    pub(crate) uncached: bool,
    /// It reads the row of one object again.
    pub(crate) refreshing: bool,
    /// The attributes to load were named one by one: relationships among them are loaded at once.
    pub(crate) asked_for: bool,
    /// It is one of the loads that follow another query.
    pub(crate) follows: bool,
    /// Rows that repeat count as often as they come, unless joined loads repeat them.
    pub(crate) repeats: bool,
    /// What it loads: listeners of executions are told.
    pub purpose: Purpose,
    /// Execution options that mean something to the host alone.
    pub host_options: Vec<(Rc<str>, Rc<dyn HostValue>)>,
}

impl Query {
    pub fn new(style: Style, session: Option<SessionId>, entities: Vec<Entity>) -> Self {
        Query {
            style,
            session,
            entities,
            select_from: Vec::new(),
            after_items: Vec::new(),
            from_items: Vec::new(),
            joins: Vec::new(),
            criteria: Vec::new(),
            group_by: Vec::new(),
            having: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            distinct: false,
            correlate: Correlate::Auto,
            for_update: false,
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            labels: None,
            parameters: None,
            statement: None,
            within: None,
            bundles: Vec::new(),
            renames: Vec::new(),
            options: Vec::new(),
            populate_existing: false,
            descended: false,
            yield_per: None,
            autoflush: true,
            without_eager: false,
            path: Path::new(),
            prior: Path::new(),
            origin: None,
            distinct_orders: false,
            limited: false,
            loader: None,
            only: None,
            lineage: None,
            kept_options: None,
            bare: false,
            on_access: false,
            own_tables: false,
            labelled: false,
            partial: false,
            tells_class: false,
            root: None,
            uncached: false,
            refreshing: false,
            asked_for: false,
            follows: false,
            repeats: false,
            purpose: Purpose::Asked,
            host_options: Vec::new(),
        }
    }

    /// Selects explicitly from a class, after all that it selects from so far.
    pub fn add_class(&mut self, mapped: Mapped) {
        self.select_from.push(mapped);
        self.after_items.push(self.from_items.len());
    }

    /// What a loader asks of one class.
    pub(crate) fn loader(mapped: impl Into<Mapped>, tag: &str) -> Self {
        let mut query = Query::new(Style::Loader, None, vec![Entity::Mapped(mapped.into())]);
        query.loader = Some(Rc::from(tag));
        query
    }

    /// The class that `filter_by()` speaks of: the one last joined to, or else the first queried.
    pub fn filter_by_class(&self, cx: &Cx<'_>) -> Option<Mapped> {
        let joined = self.joins.iter().rev().find_map(|join| match &join.target {
            JoinTarget::Relationship { from, key, to } => {
                let relationship = cx.orm.mappers.relationship(from.mapper, key)?;
                Some(to.unwrap_or_else(|| relationship.resolved().entity()))
            }
            JoinTarget::Mapped(mapped) => Some(*mapped),
            JoinTarget::Item(_) => None,
        });
        joined.or_else(|| self.select_from.first().copied()).or_else(|| {
            self.entities.iter().find_map(|entity| match entity {
                Entity::Mapped(mapped) | Entity::Attribute(mapped, _) => Some(*mapped),
                Entity::Expr(expr) => {
                    let item = expr.from_items().into_iter().next()?;
                    let mapper =
                        cx.orm.mappers.iter().find(|mapper| {
                            FromItem::from(&mapper.table) == item && !mapper.hierarchy.single
                        })?;
                    Some(Mapped::from(mapper.id))
                }
            })
        })
    }

    /// The class that `filter_by(key=…)` speaks of, where it has the attribute: a column's expression comes from
    /// [`super::attribute`], a relationship's comparison from [`super::relation`].
    ///
    /// # Errors
    ///
    /// `InvalidRequestError` where the class has no such attribute.
    pub fn filter_by_target(&self, cx: &mut Cx<'_>, key: &Key) -> Result<Mapped> {
        map::configure(cx)?;
        let Some(mapped) = self.filter_by_class(cx) else {
            return Err(Error::unsupported("filter_by() on a query without a mapped class"));
        };
        let mapper = cx.orm.mappers.get(mapped.mapper);
        if mapper.properties.contains_key(key) || mapper.descriptor(key).is_some() {
            return Ok(mapped);
        }
        Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!("Entity namespace for \"{}\" has no property \"{key}\"", mapper.table.name()),
        ))
    }

    /// `filter_by(key=value)` of a column attribute: the attribute as an expression.
    pub fn filter_by_expr(&self, cx: &mut Cx<'_>, key: &Key) -> Result<Expr> {
        let mapped = self.filter_by_target(cx, key)?;
        super::adapt::attribute(cx.orm, mapped, key)
    }

    /// Refuses options that do not belong to it.
    ///
    /// # Errors
    ///
    /// As when the query is run.
    pub fn check_options(&self, orm: &Orm) -> Result<()> {
        super::conflict::check(orm, self)
    }

    /// The statement, with eager joins.
    pub fn select(&self, cx: &mut Cx<'_>) -> Result<Select> {
        self.configure(cx)?;
        super::conflict::check(cx.orm, self)?;
        Ok(Plan::new(cx.orm, self, !self.without_eager)?.select)
    }

    /// The statement without eager joins, as `subquery()` and `count()` use it.
    pub fn select_without_eager(&self, cx: &mut Cx<'_>) -> Result<Select> {
        self.configure(cx)?;
        Ok(Plan::new(cx.orm, self, false)?.select)
    }

    /// The select as another statement uses it: without eager joins or labels.
    pub fn to_select(&self, cx: &mut Cx<'_>) -> Result<Select> {
        // Of its options, those of the statement around it count.
        let mut inner = self.clone();
        inner.options.retain(|option| option.criteria.is_none());
        let mut select = inner.select_without_eager(cx)?;
        select.label_style = self.labels.unwrap_or(LabelStyle::Disambiguate);
        Ok(select)
    }

    /// The names of a row's places, and whether rows are single objects.
    pub fn shape(&self, cx: &mut Cx<'_>) -> Result<(Vec<Key>, bool)> {
        self.configure(cx)?;
        let plan = Plan::new(cx.orm, self, false)?;
        Ok((plan.names, self.is_single() && self.style != Style::Select))
    }

    pub(super) fn is_single(&self) -> bool {
        matches!(self.entities[..], [Entity::Mapped(_)])
    }

    pub(super) fn configure(&self, cx: &mut Cx<'_>) -> Result<()> {
        for entity in &self.entities {
            if let Entity::Mapped(mapped) | Entity::Attribute(mapped, _) = entity {
                let registry = cx.orm.mappers.get(mapped.mapper).registry;
                map::configure_registry(cx, registry)?;
            }
        }
        Ok(())
    }

    /// The statement's text, as `print(query)` shows it: of the session's database, where there is one.
    pub fn text(&self, cx: &mut Cx<'_>) -> Result<String> {
        let select = match &self.statement {
            Some(statement) => (**statement).clone(),
            None => Statement::from(self.select(cx)?),
        };
        let bound = self.style == Style::Legacy
            && self.session.is_some_and(|session| session::bind(cx, session).is_ok());
        let dialect = if bound { Dialect::Sqlite } else { Dialect::Default };
        select.to_text(cx.orm.profile, dialect)
    }

    /// Flushes, where the session does so, and has those told who listen to executions: the query as they leave it.
    pub(super) fn announced(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Option<Query>> {
        let late = !cx.orm.profile.has(Behaviour::ExecutionsToldFirst);
        if late && self.autoflush {
            session::autoflush(cx, session)?;
        }
        let told = self.told(cx, session)?;
        if !late && told.as_ref().unwrap_or(self).autoflush {
            session::autoflush(cx, session)?;
        }
        Ok(told)
    }

    /// The query as those leave it who listen to what sessions execute.
    pub(super) fn told(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Option<Query>> {
        if !event::is_heard(cx.orm, "do_orm_execute") {
            return Ok(None);
        }
        let happening = event::Happening::Execute { session, query: Box::new(self.clone()) };
        Ok(match event::tell(cx, "do_orm_execute", happening)? {
            Some(event::Answer::Query(query)) => Some(*query),
            _ => None,
        })
    }

    /// The first class that is queried.
    fn mapper(&self) -> Option<MapperId> {
        self.entities.iter().find_map(|entity| match entity {
            Entity::Mapped(mapped) | Entity::Attribute(mapped, _) => Some(mapped.mapper),
            Entity::Expr(_) => None,
        })
    }

    pub(super) fn given(&self) -> Given {
        match &self.parameters {
            Some(parameters) => parameters.clone(),
            None => Given::Empty,
        }
    }

    pub(super) fn connection(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<db::ConnectionId> {
        match self.mapper() {
            Some(mapper) => session::connection_for(cx, session, mapper, true),
            None => session::connection(cx, session),
        }
    }

    /// `query.first()`.
    pub fn first(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Option<Vec<Item>>> {
        let mut query = self.clone();
        query.limit = Some(row_count(1));
        Ok(query.run(cx, session)?.rows.into_iter().next())
    }

    /// `query.one()`; with `none`, `query.one_or_none()`.
    pub fn one(&self, cx: &mut Cx<'_>, session: SessionId, none: bool) -> Result<Option<Vec<Item>>> {
        self.run(cx, session)?.one(cx.orm.profile, none)
    }

    /// `query.scalar()`: the first place of the only row, `None` where there is none.
    pub fn scalar(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Option<Item>> {
        Ok(self.one(cx, session, true)?.and_then(|row| row.into_iter().next()))
    }

    /// `query.count()`.
    pub fn count(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<i64> {
        let told = self.announced(cx, session)?;
        let inner = told.as_ref().unwrap_or(self).select_without_eager(cx)?;
        let mut select = Select::new(vec![Expr::function("count", Vec::new())]);
        select.label_style = inner.label_style;
        select.from = vec![FromItem::from(&Alias::of_select(inner, None))];
        let connection = self.connection(cx, session)?;
        let result = db::execute(cx, connection, &Statement::from(select), Given::Empty)?;
        match result.rows.first().and_then(|row| row.first()) {
            Some(Value::Int(count)) => Ok(*count),
            _ => Err(Error::unsupported("a count that is no number")),
        }
    }

    /// `query.exists()`: `EXISTS (SELECT 1 FROM …)`.
    pub fn exists(&self, cx: &mut Cx<'_>) -> Result<Expr> {
        let mut select = self.select_without_eager(cx)?;
        if select.from.is_empty() {
            select.from = super::from::entity_items(cx.orm, self)?;
        }
        select.columns = vec![Expr::literal_column("1", crate::schema::SqlType::Integer)];
        select.order_by.clear();
        Ok(Expr::exists(select))
    }

    /// The objects of a query of one class.
    pub(crate) fn objects(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Vec<ObjRef>> {
        let rows = self.run(cx, session)?;
        Ok(rows
            .rows
            .into_iter()
            .filter_map(|row| match row.into_iter().next() {
                Some(Item::Object(object)) => object,
                _ => None,
            })
            .collect())
    }
}

/// A `LIMIT` or `OFFSET` as the library binds it.
pub fn row_count(count: i64) -> Expr {
    Operand::row_count(count)
}

/// `column IN (values)`.
pub(super) fn any_of(column: &Expr, values: Vec<Value>) -> Result<Expr> {
    column.operate(Op::In, Operand::Values(values))
}

/// What the statement cache knows of a class itself from which paths begin.
pub(super) const ROOT_CLASS: &str = "class";

/// What the statement cache knows of the class from which paths begin.
pub(super) fn root_name(cx: &Cx<'_>, entity: &Entity) -> Option<Rc<str>> {
    let Entity::Mapped(mapped) = entity else { return None };
    let Some(alias) = mapped.alias.and_then(|alias| super::adapt::alias_of(cx.orm, alias as usize)) else {
        // A class's own attributes are those of the class that they are inherited from.
        return Some(Rc::from(ROOT_CLASS));
    };
    let alias = (&alias.with, alias.tables.len(), alias.polymorphic, &alias.name);
    Some(Rc::from(format!("{:?} {alias:?}", mapped.mapper)))
}
