//! Statements on tables: `insert()`, `update()`, `delete()`, and the table methods that make them.

use super::expr::{clause, coerce, operand};
use super::functions::condition;
use super::orm::dml::{self, OfClass};
use super::schema::TableObject;
use super::{errors, lend};
use crate::python::{Args, Interp, Map, Module, Object, PyResult, Signature, Stop, Value, fresh_identity};
use backproof_engine::schema::{Column, ColumnDefault, SqlType, Table};
use backproof_engine::sql::{Delete, Dialect, Expr, Insert, InsertValues, Operand, Statement, Update};
use backproof_engine::version::Behaviour;
use std::any::Any;

/// An insert, update or delete of a table, or SQL given as text.
pub(crate) struct StatementObject {
    pub(crate) kind: Kind,
    /// The mapped class that it was made of.
    pub(crate) of_class: Option<OfClass>,
    id: u64,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Insert(Insert),
    Update(Update),
    Delete(Delete),
}

impl Kind {
    /// Adds criteria; an insert has none.
    pub(crate) fn add_criteria(&mut self, criteria: Vec<Expr>) {
        match self {
            Kind::Update(update) => update.where_.extend(criteria),
            Kind::Delete(delete) => delete.where_.extend(criteria),
            Kind::Insert(_) => {}
        }
    }
}

impl StatementObject {
    fn value(kind: Kind) -> Value {
        StatementObject::made(kind, None)
    }

    /// A statement, of a mapped class where one is given.
    pub(crate) fn made(kind: Kind, of_class: Option<OfClass>) -> Value {
        Value::object(StatementObject { kind, of_class, id: fresh_identity() })
    }

    /// The engine's statement.
    pub(crate) fn statement(&self) -> Statement {
        match self.kind.clone() {
            Kind::Insert(insert) => insert.into(),
            Kind::Update(update) => update.into(),
            Kind::Delete(delete) => delete.into(),
        }
    }

    fn returned(&self) -> &[Expr] {
        match &self.kind {
            Kind::Insert(insert) => &insert.returning,
            Kind::Update(update) => &update.returning,
            Kind::Delete(delete) => &delete.returning,
        }
    }

    fn table(&self) -> &Table {
        match &self.kind {
            Kind::Insert(insert) => &insert.table,
            Kind::Update(update) => &update.table,
            Kind::Delete(delete) => &delete.table,
        }
    }
}

impl Object for StatementObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Insert(_) => "Insert",
            Kind::Update(_) => "Update",
            Kind::Delete(_) => "Delete",
        }
    }

    fn type_module(&self) -> &'static str {
        let dialect = match &self.kind {
            Kind::Insert(insert) => insert.dialect,
            _ => Dialect::Default,
        };
        match dialect {
            Dialect::Sqlite => "sqlalchemy.dialects.sqlite.dml",
            Dialect::Postgresql => "sqlalchemy.dialects.postgresql.dml",
            Dialect::Mysql => "sqlalchemy.dialects.mysql.dml",
            _ => "sqlalchemy.sql.dml",
        }
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name == "compile" {
            let this = this.clone();
            return Ok(Some(Value::native(name, move |interp, args| {
                super::compiled::compile(interp, &this, args)
            })));
        }
        let (kind, of_class) = (self.kind.clone(), self.of_class.clone());
        if let Kind::Insert(insert) = &kind
            && let Some(member) = super::dialects::insert_member(insert, of_class.is_some(), this, name)
        {
            return Ok(Some(member));
        }
        let table = self.table().clone();
        if matches!(name, "entity_description" | "returning_column_descriptions")
            && super::names::has_member(interp, self.type_name(), name)
        {
            return match (&of_class, name) {
                (Some(of_class), "entity_description") => of_class.description(interp, &table).map(Some),
                (Some(of_class), _) => of_class.returning_descriptions(interp).map(Some),
                (None, "entity_description") => {
                    let dict = Value::dict(Map::new());
                    interp.set_item(&dict, &Value::from("name"), Value::from(table.name()))?;
                    interp.set_item(&dict, &Value::from("table"), super::schema::table_value(&table))?;
                    Ok(Some(dict))
                }
                (None, _) => dml::column_descriptions(interp, self.returned()).map(Some),
            };
        }
        let known = match name {
            "values" | "prefix_with" => !matches!(kind, Kind::Delete(_)),
            "where" => !matches!(kind, Kind::Insert(_)),
            "filter_by" | "options" => of_class.is_some() && !matches!(kind, Kind::Insert(_)),
            "inline" if !super::names::has(lend::profile(interp), "sqlalchemy", "LABEL_STYLE_DEFAULT") => {
                return Err(Stop::unsupported("`inline` of an insert in this release"));
            }
            "from_select" | "inline" => matches!(kind, Kind::Insert(_)),
            "returning" | "execution_options" => true,
            "ordered_values" => matches!(kind, Kind::Update(_)),
            _ => false,
        };
        if known
            && !matches!(name, "values" | "where")
            && !super::names::has_member(interp, self.type_name(), name)
        {
            return Ok(None);
        }
        if !known {
            return Ok(None);
        }
        let method = name.to_owned();
        Ok(Some(Value::native(name, move |interp, args| {
            let (mut kind, mut of_class) = (kind.clone(), of_class.clone());
            match (method.as_str(), &mut of_class) {
                ("values", of_class) => set_values(interp, &mut kind, &table, of_class.as_ref(), args)?,
                ("where", _) => {
                    let mut criteria = Vec::with_capacity(args.positional.len());
                    for value in &args.positional {
                        criteria.push(condition(interp, value)?);
                    }
                    kind.add_criteria(criteria);
                }
                ("filter_by", Some(of_class)) => {
                    kind.add_criteria(of_class.filter_by(interp, args)?);
                }
                ("options", Some(of_class)) => of_class.add_options(interp, &args.positional)?,
                ("from_select", _) => from_select(interp, &mut kind, args)?,
                ("ordered_values", of_class) => {
                    set_values(interp, &mut kind, &table, of_class.as_ref(), ordered(args))?;
                    if let Kind::Update(update) = &mut kind {
                        update.ordered = true;
                    }
                }
                ("prefix_with", _) => {
                    for prefix in &args.positional {
                        let Some(prefix) = prefix.as_str() else {
                            return Err(Stop::unsupported("prefix_with() of something that is no text"));
                        };
                        match &mut kind {
                            Kind::Insert(insert) => insert.prefixes.push(prefix.clone()),
                            Kind::Update(update) => update.prefixes.push(prefix.clone()),
                            Kind::Delete(_) => {}
                        }
                    }
                }
                ("inline", _) => {
                    if let Kind::Insert(insert) = &mut kind {
                        insert.inline = true;
                    }
                }
                ("execution_options", Some(of_class)) => {
                    let pairs = args.keywords.into_iter().map(|(name, value)| (Value::from(name), value));
                    of_class.set_options(interp, pairs.collect())?;
                }
                ("execution_options", None) => {
                    // Those that mean something to the library are refused; the rest nobody reads.
                    let given = super::execution_options::dict_of(interp, args)?;
                    super::execution_options::read(interp, &given)?;
                }
                (_, of_class) => returning(interp, &mut kind, of_class.as_mut(), args)?,
            }
            Ok(StatementObject::made(kind, of_class))
        })))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let profile = lend::profile(interp);
        let dialect = match &self.kind {
            Kind::Insert(insert) => insert.dialect,
            _ => Dialect::Default,
        };
        self.statement().to_text(profile, dialect).map_err(|error| errors::raise(interp, &error))
    }
}

/// `ordered_values((column, value), …)` as `values()` takes a dictionary.
fn ordered(args: Args) -> Args {
    Args { positional: vec![Value::list(args.positional)], keywords: args.keywords }
}

/// `from_select([name, …], select, include_defaults=True)`.
fn from_select(interp: &mut Interp, kind: &mut Kind, args: Args) -> PyResult<()> {
    let mut bound = Signature::new("from_select", "names, select, include_defaults=").bind(interp, args)?;
    let Kind::Insert(insert) = kind else { return Ok(()) };
    let mut columns = Vec::new();
    let names = bound.take(0).unwrap_or(Value::None);
    for name in interp.iterate(&names)? {
        let column = match name.as_str() {
            Some(name) => insert.table.column(name),
            None => clause(interp, &name)?.as_ref().and_then(Expr::base_column).cloned(),
        };
        match column {
            Some(column) => columns.push(column),
            // The library finds out when the statement is compiled.
            None => return Err(Stop::unsupported("from_select() of a name that is no column's")),
        }
    }
    let select = bound.take(1).unwrap_or(Value::None);
    let Some(mut select) = super::core_select(interp, &select)? else {
        return Err(Stop::unsupported("from_select() of something that is no select"));
    };
    let defaults = match bound.take(2) {
        Some(value) => interp.truth(&value)?,
        None => true,
    };
    for column in insert.table.columns() {
        if !defaults || columns.contains(&column) {
            continue;
        }
        match column.default() {
            None => {}
            Some(ColumnDefault::Value(value)) => {
                select.columns.push(Expr::bind_named(&column.key(), false, Some(value), column.ty()));
                columns.push(column);
            }
            Some(ColumnDefault::Sql(expr)) => {
                select.columns.push(expr);
                columns.push(column);
            }
            Some(ColumnDefault::Callable(_)) => {
                return Err(Stop::unsupported("from_select() into a table with a default that is called"));
            }
        }
    }
    insert.values = InsertValues::Select(columns, std::rc::Rc::new(select));
    Ok(())
}

/// `returning(…)`.
fn returning(
    interp: &mut Interp,
    kind: &mut Kind,
    of_class: Option<&mut OfClass>,
    mut args: Args,
) -> PyResult<()> {
    let known = lend::has(interp, Behaviour::InsertManyValuesOrdered);
    let sorted = match if known { args.take_keyword("sort_by_parameter_order") } else { None } {
        Some(value) => interp.truth(&value)?,
        None => false,
    };
    if let Some((name, _)) = args.keywords.first() {
        if lend::has(interp, Behaviour::ReturningKeywordsLate) {
            let message = "Additional keyword arguments are not accepted by this function/method.  The presence of \
                           **kw is for pep-484 typing purposes";
            return Err(errors::raise_named(interp, "ArgumentError", message));
        }
        let message = format!("UpdateBase.returning() got an unexpected keyword argument '{name}'");
        return Err(interp.raise("TypeError", message));
    }
    let columns = match of_class {
        Some(of_class) => of_class.returning(interp, &args.positional)?,
        None => {
            let mut columns = Vec::new();
            for value in &args.positional {
                match value.downcast::<TableObject>() {
                    Some(object) => columns.extend(object.table.columns().iter().map(Expr::column)),
                    None => columns.push(coerce(interp, value)?),
                }
            }
            columns
        }
    };
    match kind {
        Kind::Insert(insert) => {
            insert.returning.extend(columns);
            insert.sort_returning |= sorted;
        }
        _ if sorted => return Err(Stop::unsupported("`sort_by_parameter_order` of an update or delete")),
        Kind::Update(update) => update.returning.extend(columns),
        Kind::Delete(delete) => delete.returning.extend(columns),
    }
    Ok(())
}

/// One row of `values()`: a dict of keys or columns, or keywords.
fn row(
    interp: &mut Interp,
    table: &Table,
    of_class: Option<(&OfClass, bool)>,
    pairs: Vec<(Value, Value)>,
) -> PyResult<Vec<(Column, Expr)>> {
    let mut row = Vec::with_capacity(pairs.len());
    let pairs = match of_class {
        Some((of_class, false)) => super::orm::dml::spread(interp, of_class, pairs)?,
        _ => pairs,
    };
    for (key, value) in pairs {
        let column = match (key.as_str(), of_class) {
            (Some(name), Some((of_class, is_insert))) => of_class.column(interp, table, name, is_insert)?,
            (Some(name), None) => table.column(name),
            (None, _) => clause(interp, &key)?.as_ref().and_then(Expr::base_column).cloned(),
        };
        let column = match (column, key.as_str()) {
            (Some(column), _) => column,
            (None, Some(name)) => Column::named(name, SqlType::Null),
            (None, None) => {
                let shown = interp.str(&key)?;
                let message = format!("Unconsumed column names: {shown}");
                return Err(errors::raise_named(interp, "CompileError", message));
            }
        };
        if let Some(select) = super::core_select(interp, &value)? {
            row.push((column, Expr::scalar_select(select)));
            continue;
        }
        let expr = match operand(interp, &value)? {
            Operand::Value(value) => Expr::bind_named(&column.key(), false, Some(value), column.ty()),
            _ => coerce(interp, &value)?,
        };
        row.push((column, expr));
    }
    Ok(row)
}

/// Whether a value is a row of `values([…])`.
fn is_row(value: &Value) -> bool {
    matches!(value, Value::Dict(_) | Value::Tuple(_) | Value::List(_))
}

/// Values by position, for the first columns of a table.
fn by_position(interp: &mut Interp, table: &Table, values: &Value) -> PyResult<Vec<(Value, Value)>> {
    let columns = table.columns();
    let values = interp.iterate(values)?;
    if values.len() > columns.len() {
        return Err(Stop::unsupported("more values by position than the table has columns"));
    }
    Ok(columns.iter().map(|column| Value::from(column.key())).zip(values).collect())
}

fn set_values(
    interp: &mut Interp,
    kind: &mut Kind,
    table: &Table,
    of_class: Option<&OfClass>,
    args: Args,
) -> PyResult<()> {
    let of_class = of_class.map(|of_class| (of_class, matches!(kind, Kind::Insert(_))));
    let keywords: Vec<(Value, Value)> =
        args.keywords.into_iter().map(|(name, value)| (Value::from(name), value)).collect();
    let mut rows = Vec::new();
    let mut many = false;
    for value in &args.positional {
        let of_rows = match value {
            Value::List(_) => interp.iterate(value)?.iter().all(is_row),
            _ => false,
        };
        match value {
            Value::List(_) if matches!(kind, Kind::Update(_)) => {
                let mut pairs = Vec::new();
                for pair in interp.iterate(value)? {
                    let Value::Tuple(pair) = &pair else {
                        return Err(Stop::unsupported("values() of an update by position"));
                    };
                    match &pair[..] {
                        [key @ (Value::Str(_) | Value::Object(_)), value] => {
                            pairs.push((key.clone(), value.clone()));
                        }
                        _ => return Err(Stop::unsupported("values() of an update by position")),
                    }
                }
                rows.push(row(interp, table, of_class, pairs)?);
            }
            Value::Dict(dict) => {
                let entries = dict.map.borrow().items();
                rows.push(row(interp, table, of_class, entries)?);
            }
            Value::List(_) if of_rows => {
                many = true;
                for item in interp.iterate(value)? {
                    let entries = match &item {
                        Value::Dict(dict) => dict.map.borrow().items(),
                        other => by_position(interp, table, other)?,
                    };
                    rows.push(row(interp, table, of_class, entries)?);
                }
            }
            Value::Tuple(_) | Value::List(_) if of_class.is_none() => {
                let entries = by_position(interp, table, value)?;
                rows.push(row(interp, table, of_class, entries)?);
            }
            _ => return Err(Stop::unsupported("values() by position")),
        }
    }
    if !keywords.is_empty() {
        rows.push(row(interp, table, of_class, keywords)?);
    }
    match kind {
        Kind::Insert(Insert { values: InsertValues::Rows(_), .. }) => {
            return Err(Stop::unsupported("values() after a list of rows"));
        }
        Kind::Insert(insert) if many && !matches!(insert.values, InsertValues::FromParameters) => {
            return Err(Stop::unsupported("a list of rows after values()"));
        }
        Kind::Insert(insert) if many => insert.values = InsertValues::Rows(rows),
        Kind::Insert(insert) => {
            let mut known = match std::mem::take(&mut insert.values) {
                InsertValues::Row(known) => known,
                _ => Vec::new(),
            };
            known.extend(rows.into_iter().flatten());
            insert.values = InsertValues::Row(known);
        }
        Kind::Update(update) => update.values.extend(rows.into_iter().flatten()),
        Kind::Delete(_) => {}
    }
    Ok(())
}

/// What `insert()`, `update()` and `delete()` are given besides the table, up to 1.4: a condition, values.
fn with_arguments(interp: &mut Interp, made: Value, name: &str, args: Args) -> PyResult<Value> {
    if args.positional.is_empty() && args.keywords.is_empty() {
        return Ok(made);
    }
    if lend::shared(interp).warns_of_2_0 {
        return Err(Stop::unsupported("the warning of the arguments that statements had up to 1.4"));
    }
    let first: &[&str] = match name {
        "insert" => &["values", "inline"],
        "update" => &["whereclause", "values", "inline"],
        _ => &["whereclause"],
    };
    let parameters = format!("{}=, **kwargs", first.join("=, "));
    let mut bound = Signature::new(name, &parameters).bind(interp, args)?;
    if let Some((other, _)) = bound.varkw.first() {
        return Err(Stop::unsupported(format!("{name}() with `{other}`")));
    }
    let mut statement = made;
    for (at, argument) in first.iter().enumerate() {
        let Some(given) = super::define::given(&mut bound, at) else { continue };
        let method = match *argument {
            "whereclause" if given.as_str().is_some() => {
                return Err(Stop::unsupported("a condition that is a string"));
            }
            "whereclause" => "where",
            "inline" => {
                if name != "insert" {
                    return Err(Stop::unsupported(format!("{name}() with `inline`")));
                }
                if interp.truth(&given)?
                    && let Some(object) = statement.downcast::<StatementObject>()
                    && let Kind::Insert(insert) = &object.kind
                {
                    let insert = Insert { inline: true, ..insert.clone() };
                    statement = StatementObject::made(Kind::Insert(insert), object.of_class.clone());
                }
                continue;
            }
            other => other,
        };
        statement = interp.call_method(&statement, method, Args::of(vec![given]))?;
    }
    Ok(statement)
}

/// Methods of a table that make statements.
pub(super) fn table_member(
    _interp: &mut Interp,
    _this: &Value,
    table: &Table,
    name: &str,
) -> PyResult<Option<Value>> {
    let kind = match name {
        "insert" => Kind::Insert(Insert::into(table)),
        "update" => Kind::Update(Update::of(table)),
        "delete" => Kind::Delete(Delete::from(table)),
        _ => return Ok(None),
    };
    let name = name.to_owned();
    Ok(Some(Value::native(name.clone(), move |interp, args| {
        if lend::has(interp, Behaviour::StatementArguments) {
            return with_arguments(interp, StatementObject::value(kind.clone()), &name, args);
        }
        Signature::new(&format!("TableClause.{name}"), "self").bind(
            interp,
            Args { positional: [vec![Value::None], args.positional].concat(), keywords: args.keywords },
        )?;
        Ok(StatementObject::value(kind.clone()))
    })))
}

/// Adds `insert`, `update` and `delete`.
pub(crate) fn install(module: &Module) {
    type Make = fn(&Table) -> Kind;
    let makers: [(&'static str, Make); 3] = [
        ("insert", |table| Kind::Insert(Insert::into(table))),
        ("update", |table| Kind::Update(Update::of(table))),
        ("delete", |table| Kind::Delete(Delete::from(table))),
    ];
    for (name, make) in makers {
        module.dict.set(
            name,
            Value::native(name, move |interp, args| {
                let older = lend::has(interp, Behaviour::StatementArguments);
                let (table, rest) = match (older, args.positional.split_first()) {
                    (true, Some((table, rest))) => {
                        let rest = Args { positional: rest.to_vec(), keywords: args.keywords };
                        (table.clone(), rest)
                    }
                    _ => {
                        let mut bound = Signature::new(name, "table").bind(interp, args)?;
                        (bound.take(0).unwrap_or(Value::None), Args::none())
                    }
                };
                let made = if let Some(object) = table.downcast::<TableObject>() {
                    StatementObject::value(make(&object.table))
                } else {
                    match dml::of(interp, &table)? {
                        Some((table, of_class)) => StatementObject::made(make(&table), Some(of_class)),
                        None => {
                            return Err(Stop::unsupported(format!("{name}() of something that is no table")));
                        }
                    }
                };
                if older { with_arguments(interp, made, name, rest) } else { Ok(made) }
            }),
        );
    }
}
