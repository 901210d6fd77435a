//! Inserts, updates and deletes of a mapped class, as a session executes them: attributes instead of columns, and objects
//! that follow.
//!
//! What the statement is stands in the statement; here is what it means for a session.

use super::hybrid::{HybridClauseObject, HybridObject};
use super::{association, builder, entity, errors, mapped};
use crate::python::{Args, Interp, Map, PyResult, Stop, Value};
use crate::sqlalchemy::schema::table_value;
use crate::sqlalchemy::statement::{Kind, StatementObject};
use crate::sqlalchemy::{convert, lend, result, selectable};
use backproof_engine::load::{
    self, Change, Entity, Inserted, LoaderOption, NewRows, Query, Style, Synchronize,
};
use backproof_engine::map::{Mapped, MapperId};
use backproof_engine::schema::{Column, Table};
use backproof_engine::session::SessionId;
use backproof_engine::sql::{Expr, InsertValues, Params};
use backproof_engine::version::Behaviour;

/// Tells the identity of what a class is read from from those of other objects.
const UNION: u64 = 3 << 60;

/// The mapped class that a statement was made of, and what only a session asks of the statement.
#[derive(Clone)]
pub(crate) struct OfClass {
    pub(super) mapper: MapperId,
    returning: Vec<Entity>,
    options: Options,
}

/// Execution options.
#[derive(Clone, Default)]
struct Options {
    synchronize: Option<Synchronize>,
    populate_existing: bool,
    no_autoflush: bool,
    render_nulls: bool,
    criteria: Vec<LoaderOption>,
}

/// The table and the class that a value stands for in `insert()` and its like.
pub(crate) fn of(interp: &mut Interp, value: &Value) -> PyResult<Option<(Table, OfClass)>> {
    let Some(mapped) = mapped::mapped_of(value) else { return Ok(None) };
    if mapped.alias.is_some() {
        return Err(Stop::unsupported("an insert, update or delete of an alias"));
    }
    mapped::configure_for(interp, mapped.mapper)?;
    let class = mapped::class_of_mapper(interp, mapped.mapper)?;
    let resolved = format!(" object resolved from {} object", interp.repr(&Value::Class(class))?);
    refuse_union(interp, mapped.mapper, &resolved)?;
    of_mapper(interp, mapped.mapper).map(Some)
}

/// Refuses to write to what a class is read from, where that is a union.
pub(super) fn refuse_union(interp: &mut Interp, mapper: MapperId, resolved: &str) -> PyResult<()> {
    let name = lend::read(interp, |orm| {
        let union = orm.mappers.union(mapper)?;
        Some(union.alias.name().unwrap_or_default().to_owned())
    })?;
    let Some(name) = name else { return Ok(()) };
    if !lend::has(interp, Behaviour::UnionsWrittenToRefused) {
        let of_query = resolved.is_empty();
        return if of_query { Ok(()) } else { Err(Stop::unsupported("a statement that writes to a union")) };
    }
    let class = mapped::class_of_mapper(interp, mapper)?;
    let at = interp.address_of(UNION | class.identity());
    let message = format!(
        "subject table for an INSERT, UPDATE or DELETE expected, got \
         <sqlalchemy.sql.annotation.AnnotatedSubquery at {at}; {name}>{resolved}."
    );
    Err(errors::argument_error(interp, message))
}

/// The table of a class, and the class as statements know it.
pub(crate) fn of_mapper(interp: &mut Interp, mapper: MapperId) -> PyResult<(Table, OfClass)> {
    let table = lend::read(interp, |orm| orm.mappers.get(mapper).table.clone())?;
    Ok((table, OfClass { mapper, returning: Vec::new(), options: Options::default() }))
}

impl OfClass {
    /// The column that a name in `values()` stands for: an attribute, or in older inserts a column's key. An update's may be
    /// one of a class above.
    pub(crate) fn column(
        &self,
        interp: &mut Interp,
        table: &Table,
        name: &str,
        is_insert: bool,
    ) -> PyResult<Option<Column>> {
        let by_attribute = if is_insert {
            lend::has(interp, Behaviour::BulkByParameters)
        } else {
            lend::has(interp, Behaviour::StatementsNameAttributes)
        };
        if !by_attribute {
            return Ok(table.column(name));
        }
        let found = lend::read(interp, |orm| {
            let mapper = orm.mappers.get(self.mapper);
            let property = mapper.column_properties().find(|property| *property.key == *name)?;
            let own = property.columns.iter().find(|column| table.has_column(column));
            own.or(property.columns.first().filter(|_| !is_insert)).cloned()
        })?;
        if found.is_none() && !is_insert && !lend::has(interp, Behaviour::BulkByParameters) {
            return Err(errors::invalid_request(interp, format!("Invalid expression type: '{name}'")));
        }
        Ok(found)
    }

    pub(crate) fn mapper(&self) -> MapperId {
        self.mapper
    }

    /// `filter_by(…)`.
    pub(crate) fn filter_by(&self, interp: &mut Interp, args: Args) -> PyResult<Vec<Expr>> {
        let mut query = Query::new(Style::Select, None, vec![Entity::Mapped(Mapped::from(self.mapper))]);
        builder::apply(interp, &mut query, "filter_by", args)?;
        Ok(query.criteria)
    }

    /// `execution_options(…)`.
    pub(crate) fn set_options(&mut self, interp: &mut Interp, pairs: Vec<(Value, Value)>) -> PyResult<()> {
        for (name, value) in pairs {
            match name.as_str().map(|name| &**name) {
                Some("synchronize_session") => {
                    self.options.synchronize = Some(super::query::synchronize(interp, Some(value))?);
                }
                Some("populate_existing") => self.options.populate_existing = interp.truth(&value)?,
                Some("autoflush") => self.options.no_autoflush = !interp.truth(&value)?,
                Some("render_nulls") => self.options.render_nulls = interp.truth(&value)?,
                _ => return Err(Stop::unsupported("these execution options")),
            }
        }
        Ok(())
    }

    /// `options(…)`: further criteria of the class, where a session executes the statement.
    pub(crate) fn add_options(&mut self, interp: &mut Interp, values: &[Value]) -> PyResult<()> {
        let options = super::options::read(interp, &[Mapped::from(self.mapper)], values)?;
        if options.iter().any(|option| option.criteria.is_none()) {
            return Err(Stop::unsupported("loader options of an update or delete"));
        }
        self.options.criteria.extend(options);
        Ok(())
    }

    /// `returning(…)`: what a session reads of each row; the columns that this needs come back.
    pub(crate) fn returning(&mut self, interp: &mut Interp, values: &[Value]) -> PyResult<Vec<Expr>> {
        let entities = entity::entities(interp, values)?;
        for entity in &entities {
            if let Entity::Mapped(mapped) | Entity::Attribute(mapped, _) = entity {
                mapped::configure_for(interp, mapped.mapper)?;
            }
        }
        let columns = lend::with_cx(interp, |cx| load::returned_columns(cx, &entities))?;
        self.returning.extend(entities);
        Ok(columns)
    }
}

/// What an update sets, with hybrid properties replaced by what they set in their turn.
pub(crate) fn spread(
    interp: &mut Interp,
    of_class: &OfClass,
    pairs: Vec<(Value, Value)>,
) -> PyResult<Vec<(Value, Value)>> {
    let class = mapped::class_of_mapper(interp, of_class.mapper)?;
    let mut spread = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        let key = match key.as_str() {
            Some(name)
                if class.lookup(name).is_some_and(|found| found.downcast::<HybridObject>().is_some()) =>
            {
                interp.get_attr(&Value::Class(class.clone()), name)?
            }
            _ => key,
        };
        match key.downcast::<HybridClauseObject>() {
            Some(hybrid) => spread.extend(hybrid.updated(interp, &value)?),
            None => spread.push((key, value)),
        }
    }
    Ok(spread)
}

impl OfClass {
    /// `entity_description`: the class whose rows are written.
    pub(crate) fn description(&self, interp: &mut Interp, table: &Table) -> PyResult<Value> {
        let class = mapped::class_of_mapper(interp, self.mapper)?;
        let dict = Value::dict(Map::new());
        interp.set_item(&dict, &Value::from("name"), Value::from(class.name()))?;
        let class = Value::Class(class);
        for name in ["type", "expr", "entity"] {
            interp.set_item(&dict, &Value::from(name), class.clone())?;
        }
        interp.set_item(&dict, &Value::from("table"), table_value(table))?;
        Ok(dict)
    }

    /// `returning_column_descriptions`, as those of a query.
    pub(crate) fn returning_descriptions(&self, interp: &mut Interp) -> PyResult<Value> {
        let mut described = Vec::with_capacity(self.returning.len());
        for entity in &self.returning {
            let (mapped, key) = match entity {
                Entity::Attribute(mapped, key) => (*mapped, key),
                // The library looks for an entity's own columns, and does not find them.
                Entity::Mapped(_) if lend::has(interp, Behaviour::DescribedColumnsFail) => {
                    let message = "'AnnotatedTable' object has no attribute 'type'";
                    return Err(interp.raise("AttributeError", message));
                }
                Entity::Mapped(_) | Entity::Expr(_) => {
                    let message = "'NoneType' object has no attribute 'is_aliased_class'";
                    return Err(interp.raise("AttributeError", message));
                }
            };
            let own = mapped::entity_value(interp, mapped)?;
            let expr = interp.get_attr(&own, key)?;
            let ty = interp.get_attr(&expr, "type")?;
            let dict = Value::dict(Map::new());
            let name = Value::from(key.clone());
            let aliased = Value::Bool(mapped.alias.is_some());
            let pairs = [("name", name), ("type", ty), ("expr", expr), ("aliased", aliased), ("entity", own)];
            for (name, value) in pairs {
                interp.set_item(&dict, &Value::from(name), value)?;
            }
            described.push(dict);
        }
        Ok(Value::list(described))
    }
}

/// `returning_column_descriptions` of a statement on a table.
pub(crate) fn column_descriptions(interp: &mut Interp, columns: &[Expr]) -> PyResult<Value> {
    let mut described = Vec::with_capacity(columns.len());
    for expr in columns {
        let value = selectable::column_value(expr);
        let ty = interp.get_attr(&value, "type")?;
        let Some(name) = expr.key() else {
            return Err(Stop::unsupported("the description of an expression without a name"));
        };
        let dict = Value::dict(Map::new());
        interp.set_item(&dict, &Value::from("name"), Value::from(name))?;
        interp.set_item(&dict, &Value::from("type"), ty)?;
        interp.set_item(&dict, &Value::from("expr"), value)?;
        described.push(dict);
    }
    Ok(Value::list(described))
}

/// Executes a statement in a session, where that is more than executing it on the session's connection.
pub(super) fn execute(
    interp: &mut Interp,
    session: SessionId,
    statement: &StatementObject,
    params: Option<&Value>,
    options: Option<&Value>,
) -> PyResult<Option<Value>> {
    let Some(mut of_class) = statement.of_class.clone() else { return Ok(None) };
    let applies = match &statement.kind {
        Kind::Insert(_) => Behaviour::BulkByParameters,
        Kind::Update(_) | Kind::Delete(_) => Behaviour::StatementsSynchronize,
    };
    if !lend::has(interp, applies) {
        if matches!(statement.kind, Kind::Insert(_)) {
            lend::with_cx(interp, |cx| load::insert_into_joined(cx, session, of_class.mapper))?;
        }
        return Ok(None);
    }
    if let Some(options) = options {
        let mut pairs = Vec::new();
        for name in interp.iterate(options)? {
            let value = interp.get_item(options, &name)?;
            pairs.push((name, value));
        }
        of_class.set_options(interp, pairs)?;
    }
    mapped::configure_for(interp, of_class.mapper)?;
    match &statement.kind {
        Kind::Insert(insert) => {
            let sets = match params {
                Some(params) => {
                    association::read_all(interp, of_class.mapper)?;
                    sets(interp, params)?
                }
                None => Vec::new(),
            };
            let joined = lend::read(interp, |orm| load::is_loaded_joined(orm, of_class.mapper))?;
            if sets.is_empty() && !joined {
                refuse_discriminator(interp, &of_class, &insert.values)?;
            }
            let rows = NewRows {
                mapper: of_class.mapper,
                insert: insert.clone(),
                sets,
                returning: of_class.returning,
                render_nulls: of_class.options.render_nulls && lend::has(interp, Behaviour::RenderNulls),
                autoflush: !of_class.options.no_autoflush,
                populate_existing: of_class.options.populate_existing,
            };
            match lend::with_cx(interp, |cx| rows.run(cx, session))? {
                Inserted::Result(executed) => result::of_execution(interp, *executed).map(Some),
                Inserted::Rows(_) if rows.returning.is_empty() => Ok(Some(result::nothing())),
                Inserted::Rows(rows) => entity::select_result(interp, &rows).map(Some),
            }
        }
        Kind::Update(update) if params.is_some() => {
            let plain = update.values.is_empty() && update.returning.is_empty();
            let Some(params @ (Value::List(_) | Value::Tuple(_))) = params.filter(|_| plain) else {
                return Err(Stop::unsupported("an update() of a mapped class executed with such parameters"));
            };
            association::read_all(interp, of_class.mapper)?;
            bulk_update(interp, session, &of_class, !update.where_.is_empty(), params).map(Some)
        }
        Kind::Delete(_) if params.is_some() => {
            Err(Stop::unsupported("a delete() of a mapped class executed with parameters"))
        }
        Kind::Update(update) => {
            let values = Some(update.values.clone());
            change(interp, session, of_class, update.where_.clone(), values).map(Some)
        }
        Kind::Delete(delete) => change(interp, session, of_class, delete.where_.clone(), None).map(Some),
    }
}

fn change(
    interp: &mut Interp,
    session: SessionId,
    of_class: OfClass,
    criteria: Vec<Expr>,
    values: Option<Vec<(Column, Expr)>>,
) -> PyResult<Value> {
    let synchronize = match of_class.options.synchronize {
        Some(synchronize) => synchronize,
        None => super::query::synchronize(interp, None)?,
    };
    let change = Change {
        mapper: of_class.mapper,
        criteria,
        values,
        returning: of_class.returning,
        synchronize,
        autoflush: !of_class.options.no_autoflush,
        populate_existing: of_class.options.populate_existing,
        options: of_class.options.criteria,
    };
    let changed = lend::with_cx(interp, |cx| change.run(cx, session))?;
    match changed.rows {
        Some(rows) => entity::select_result(interp, &rows),
        None => Ok(result::written(
            interp,
            result::Written { rowcount: changed.rowcount, ..result::Written::default() },
        )),
    }
}

/// `session.execute(update(Class), [ … ])`.
fn bulk_update(
    interp: &mut Interp,
    session: SessionId,
    of_class: &OfClass,
    has_criteria: bool,
    params: &Value,
) -> PyResult<Value> {
    if !lend::has(interp, Behaviour::BulkByParameters) {
        return Err(Stop::unsupported("an update() of a mapped class executed with parameters"));
    }
    if has_criteria {
        let message = if lend::has(interp, Behaviour::BulkUpdateChecked) {
            "bulk synchronize of persistent objects not supported when using bulk update with additional WHERE \
             criteria right now.  add synchronize_session=None execution option to bypass synchronize of persistent \
             objects."
        } else {
            "WHERE clause with bulk ORM UPDATE not supported right now.   Statement may be invoked at the Core level \
             using session.connection().execute(stmt, parameters)"
        };
        return Err(errors::invalid_request(interp, message));
    }
    let synchronize = match of_class.options.synchronize {
        None | Some(Synchronize::Auto | Synchronize::Evaluate) => true,
        Some(Synchronize::Off) => false,
        Some(Synchronize::Fetch) => {
            return Err(errors::invalid_request(
                interp,
                "The 'fetch' synchronization strategy is not available for 'bulk' ORM updates (i.e. multiple \
                 parameter sets)",
            ));
        }
    };
    let sets = sets(interp, params)?;
    let mapper = of_class.mapper;
    lend::with_cx(interp, |cx| load::update_rows(cx, session, mapper, &sets, (true, synchronize)))?;
    Ok(result::nothing())
}

/// An insert of one row of a class that a column tells apart: what the library does about that column is not known here.
fn refuse_discriminator(interp: &mut Interp, of_class: &OfClass, values: &InsertValues) -> PyResult<()> {
    let identified =
        lend::read(interp, |orm| orm.mappers.get(of_class.mapper).polymorphic_identity.is_some())?;
    if identified && matches!(values, InsertValues::Row(_) | InsertValues::Rows(_)) {
        return Err(Stop::unsupported("an insert() with values() of a class with a polymorphic identity"));
    }
    Ok(())
}

/// Parameter sets by attribute.
pub(super) fn sets(interp: &mut Interp, params: &Value) -> PyResult<Vec<Params>> {
    let values = match params {
        Value::List(_) | Value::Tuple(_) => interp.iterate(params)?,
        one => vec![one.clone()],
    };
    let mut sets = Vec::with_capacity(values.len());
    for value in &values {
        let Value::Dict(dict) = value else { return Err(Stop::unsupported("parameters by position")) };
        let items = dict.map.borrow().items();
        let mut set = Params::new();
        for (name, value) in items {
            let Some(name) = name.as_str() else { return Err(Stop::unsupported("parameters by position")) };
            set.insert(name.clone(), convert::to_engine(interp, &value)?);
        }
        sets.push(set);
    }
    Ok(sets)
}
