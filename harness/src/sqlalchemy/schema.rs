//! `Column`, `Table`, `MetaData` and constraints as Python values.
//!
//! Each is a handle on the engine's own; two handles on one column are the same Python object.

use super::expr;
use super::generated;
use super::items::{self, ItemObject, table_item};
use super::metadata::{self, MetaDataObject};
use super::selectable::collection;
pub(crate) use super::table_columns::ColumnsObject;
use super::{convert, errors, lend, types};
use crate::python::{
    Args, BinaryOp, CompareOp, Interp, Object, PyResult, Signature, Stop, UnaryOp, Unavailable, Value,
};
use backproof_engine::schema::{
    Autoincrement, Column, ColumnArgs, ColumnDefault, Constraint, ForeignKey, ForeignKeyTarget,
    ReferentialActions, ServerDefault, Table, TableArgs, TableItem,
};
use backproof_engine::sql::Expr;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// Marks identities that come from the engine's own, so that they never meet the evaluator's.
pub(super) const SCHEMA_IDENTITY: u64 = 3 << 60;

/// A column.
pub(crate) struct ColumnObject {
    pub(crate) column: Column,
}

/// A table.
pub(crate) struct TableObject {
    pub(crate) table: Table,
}

fn maybe(text: Option<&Rc<str>>) -> Value {
    text.map_or(Value::None, |text| Value::from(text.clone()))
}

/// `ForeignKey("user.id")`.
pub(crate) struct ForeignKeyObject {
    pub(crate) key: ForeignKey,
}

pub(crate) fn column_value(column: &Column) -> Value {
    Value::object(ColumnObject { column: column.clone() })
}

pub(crate) fn table_value(table: &Table) -> Value {
    Value::object(TableObject { table: table.clone() })
}

impl Object for ColumnObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Column"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn identity(&self) -> u64 {
        SCHEMA_IDENTITY | self.column.identity() as u64
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let column = &self.column;
        Ok(Some(match name {
            "name" if column.name().is_empty() => Value::None,
            "name" => Value::from(column.name()),
            "key" => Value::from(column.key()),
            "table" => column.table().map_or(Value::None, |table| table_value(&table)),
            "primary_key" => Value::Bool(column.is_primary_key()),
            "nullable" => Value::Bool(column.nullable()),
            "unique" => column.unique().map_or(Value::None, Value::Bool),
            "index" => column.index().map_or(Value::None, Value::Bool),
            "comment" => column.comment().map_or(Value::None, Value::from),
            "doc" => column.doc().map_or(Value::None, Value::from),
            "default" if column.sequence().is_none() => {
                super::items::default_value(interp, column.default())?
            }
            "onupdate" => super::items::default_value(interp, column.onupdate())?,
            "foreign_keys" => {
                let keys = column.foreign_keys().into_iter();
                set_of(interp, keys.map(|key| Value::object(ForeignKeyObject { key })).collect())?
            }
            _ => {
                if let Some(found) = super::generated::default_value(column, name) {
                    return Ok(Some(found));
                }
                let found = expr::member(interp, this, &column.expr(), name)?;
                if found.is_none() {
                    expr::no_attribute(interp, "Column", name)?;
                }
                return Ok(found);
            }
        }))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        expr::binary(interp, &self.column.expr(), op, other, reflected)
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        expr::compare(interp, &self.column.expr(), op, other)
    }

    fn unary(&self, interp: &mut Interp, _this: &Value, op: UnaryOp) -> PyResult<Value> {
        expr::unary(interp, &self.column.expr(), op)
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        super::json::item(interp, &self.column.expr(), key)
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(self.identity() as i64)
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        expr::truth(interp, &self.column.expr())
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let column = &self.column;
        if column.table().is_some_and(|table| table.is_light()) {
            let address = interp.address_of(self.identity());
            return Ok(format!("<sqlalchemy.sql.elements.ColumnClause at {address}; {}>", column.name()));
        }
        let mut parts = vec![if column.name().is_empty() {
            "None".to_owned()
        } else {
            interp.repr(&Value::from(column.name()))?
        }];
        parts.push(column.ty().repr());
        for key in column.foreign_keys() {
            parts.push(foreign_key_repr(interp, &key)?);
        }
        parts.push(match column.table() {
            Some(table) => format!("table=<{}>", table.name()),
            None => "table=None".to_owned(),
        });
        if column.key() != column.name() {
            parts.push(format!("key={}", interp.repr(&Value::from(column.key()))?));
        }
        if column.is_primary_key() {
            parts.push("primary_key=True".to_owned());
        }
        if !column.nullable() {
            parts.push("nullable=False".to_owned());
        }
        super::items::shown_defaults(interp, column, &mut parts)?;
        if let Some(comment) = column.comment() {
            parts.push(format!("comment={}", interp.repr(&Value::from(comment))?));
        }
        Ok(format!("Column({})", parts.join(", ")))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.column.to_string())
    }
}

/// A Python set of values.
fn set_of(interp: &mut Interp, items: Vec<Value>) -> PyResult<Value> {
    let set = interp.builtin_class("set");
    interp.call(&Value::Class(set), Args::of(vec![Value::list(items)]))
}

fn foreign_key_repr(interp: &mut Interp, key: &ForeignKey) -> PyResult<String> {
    let target = interp.repr(&Value::from(key.target_fullname()))?;
    Ok(format!("ForeignKey({target})"))
}

impl Object for ForeignKeyObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "ForeignKey"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(Some(match name {
            "column" => {
                let column = self.key.column().map_err(|error| errors::raise(interp, &error))?;
                column_value(&column)
            }
            "parent" => self.key.parent().map_or(Value::None, |column| column_value(&column)),
            "target_fullname" => Value::from(self.key.target_fullname()),
            "constraint" => {
                let table = self.key.parent().and_then(|column| column.table());
                let found = table.and_then(|table| {
                    let constraint = table.constraints().into_iter().find(
                        |found| matches!(found, Constraint::ForeignKey(found) if found.elements.contains(&self.key)),
                    )?;
                    Some(ItemObject::of(&table, TableItem::Constraint(constraint)))
                });
                found.unwrap_or(Value::None)
            }
            "name" => self.key.name().map_or(Value::None, Value::from),
            "ondelete" => maybe(self.key.actions().ondelete.as_ref()),
            "onupdate" => maybe(self.key.actions().onupdate.as_ref()),
            "initially" => maybe(self.key.actions().initially.as_ref()),
            "deferrable" => self.key.actions().deferrable.map_or(Value::None, Value::Bool),
            "use_alter" => Value::Bool(self.key.use_alter()),
            "link_to_name" => Value::Bool(false),
            _ => return Ok(None),
        }))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        foreign_key_repr(interp, &self.key)
    }
}

impl Object for TableObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.table.is_light() { "TableClause" } else { "Table" }
    }

    fn type_module(&self) -> &'static str {
        if self.table.is_light() { "sqlalchemy.sql.selectable" } else { "sqlalchemy.sql.schema" }
    }

    fn identity(&self) -> u64 {
        SCHEMA_IDENTITY | self.table.identity() as u64
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let table = &self.table;
        Ok(Some(match name {
            "c" | "columns" => Value::object(ColumnsObject::of_table(table)),
            "name" | "description" => Value::from(table.name()),
            "fullname" | "key" => Value::from(table.full_name()),
            "schema" => table.schema().map_or(Value::None, Value::from),
            "metadata" => metadata::metadata_value(table.metadata()),
            "primary_key" if table.is_light() => {
                let item = backproof_engine::sql::FromItem::from(table);
                collection::CollectionObject::key_of_item(&item)
            }
            "primary_key" => Value::object(ColumnsObject::key(table)),
            "indexes" => {
                let items =
                    table.indexes().into_iter().map(|index| ItemObject::of(table, TableItem::Index(index)));
                set_of(interp, items.collect())?
            }
            "constraints" | "foreign_key_constraints" => {
                let only_keys = name == "foreign_key_constraints";
                if !only_keys && table.has_checks_of_types(lend::profile(interp)) {
                    return Err(Stop::unsupported("the constraints of a table with a type that brings one"));
                }
                let constraints = table.constraints().into_iter();
                let found = constraints
                    .filter(|found| !only_keys || matches!(found, Constraint::ForeignKey(_)))
                    .map(|found| ItemObject::of(table, TableItem::Constraint(found)));
                let key = (!only_keys).then(|| Value::object(ColumnsObject::key(table)));
                set_of(interp, key.into_iter().chain(found).collect())?
            }
            "comment" => table.args().comment.clone().map_or(Value::None, Value::from),
            "foreign_keys" => {
                let items =
                    table.foreign_keys().into_iter().map(|key| Value::object(ForeignKeyObject { key }));
                set_of(interp, items.collect())?
            }
            "to_metadata" | "tometadata" => {
                if name == "to_metadata"
                    && !super::names::has(lend::profile(interp), "sqlalchemy", "LABEL_STYLE_DEFAULT")
                {
                    return Ok(None);
                }
                let table = table.clone();
                Value::native(name, move |interp, args| copy_table(interp, &table, args))
            }
            "append_constraint" | "append_column" => {
                let table = table.clone();
                Value::native(name, move |interp, args| {
                    let given = args.positional.clone();
                    for value in &given {
                        let added = match table_item(interp, value)? {
                            TableItem::Column(column) => table.append_column(&column),
                            TableItem::Constraint(constraint) => table.append_constraint(constraint),
                            TableItem::Index(index) => table.append_index(index),
                        };
                        added.map_err(|error| errors::raise(interp, &error))?;
                    }
                    Ok(Value::None)
                })
            }
            "create" | "drop" => {
                let (table, drop) = (table.clone(), name == "drop");
                Value::native(name, move |interp, args| {
                    let what = format!("Table object '{}'", table.full_name());
                    let args = metadata::with_bind(interp, args, table.metadata(), &what)?;
                    let name = if drop { "Table.drop" } else { "Table.create" };
                    let mut bound = Signature::new(name, "bind, checkfirst=").bind(interp, args)?;
                    let bind = bound.take(0).unwrap_or(Value::None);
                    let check = bound.take(1).unwrap_or(Value::Bool(false));
                    let check = interp.truth(&check)?;
                    super::engine::emit_schema(interp, &bind, std::slice::from_ref(&table), check, drop, None)
                })
            }
            _ => {
                let item = backproof_engine::sql::FromItem::from(table);
                return match super::selectable::from_member(interp, &item, name)? {
                    Some(found) => Ok(Some(found)),
                    None => super::statement::table_member(interp, this, table, name),
                };
            }
        }))
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Err(interp.raise("TypeError", "Boolean value of this clause is not defined"))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        if self.table.is_light() {
            let address = interp.address_of(self.identity());
            let name = self.table.full_name();
            return Ok(format!("<sqlalchemy.sql.selectable.TableClause at {address}; {name}>"));
        }
        let mut parts =
            vec![interp.repr(&Value::from(self.table.name()))?, metadata::shown_metadata(interp).to_owned()];
        for column in self.table.columns() {
            parts.push(interp.repr(&column_value(&column))?);
        }
        parts.push(match self.table.schema() {
            Some(schema) => format!("schema={}", interp.repr(&Value::from(schema))?),
            None => "schema=None".to_owned(),
        });
        Ok(format!("Table({})", parts.join(", ")))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        if self.table.is_light() && !lend::has(interp, backproof_engine::version::Behaviour::SubqueryMethods)
        {
            return Ok(String::new());
        }
        Ok(self.table.full_name().to_string())
    }
}

const COLUMN: &str = "*args, name=, type_=, autoincrement=, comment=, default=, doc=, index=, info=, key=, nullable=, \
                      onupdate=, primary_key=, quote=, server_default=, server_onupdate=, unique=, \
                      insert_default=, system=, sort_order=";

/// What `Column()` and `mapped_column()` read from their arguments.
#[derive(Default)]
pub(crate) struct ColumnCall {
    pub(crate) args: ColumnArgs,
    /// Whether a type was given, so that an annotation must not decide it.
    pub(crate) typed: bool,
}

/// Reads the arguments of `Column()` and `mapped_column()`; `function` is how errors name it.
pub(crate) fn read_column(interp: &mut Interp, function: &str, args: Args) -> PyResult<ColumnCall> {
    let signature = Signature::new(function, COLUMN);
    for (name, _) in &args.keywords {
        // Of a dialect's arguments each has the dialect's name before it.
        if !name.contains('_') && !signature.parameters.iter().any(|parameter| parameter.name == *name) {
            let message =
                format!("Additional arguments should be named <dialectname>_<argument>, got '{name}'");
            return Err(interp.raise("TypeError", message));
        }
    }
    let mut bound = signature.bind(interp, args)?;
    let positional = std::mem::take(&mut bound.varargs);
    let mut call = ColumnCall::default();
    let out = &mut call.args;
    let keyword_name = bound.take(0);
    let keyword_type = bound.take(1);
    let mut generated = None;
    let mut rest = positional.into_iter().peekable();
    if let Some(Value::Str(name)) = rest.peek() {
        out.name = Some(name.clone());
        rest.next();
    }
    for value in keyword_type.into_iter().chain(rest) {
        if let Some(ty) = types::of_value(interp, &value)? {
            out.ty = ty;
            call.typed = true;
        } else if let Some(object) = value.downcast::<ForeignKeyObject>() {
            out.foreign_keys.push(object.key.copy());
        } else if let Some(TableItem::Constraint(constraint)) = ItemObject::item_of(&value) {
            out.constraints.push(constraint);
        } else if let Some(object) = value.downcast::<generated::SequenceObject>() {
            out.sequence = Some(object.sequence.clone());
        } else if let Some(object) = value.downcast::<generated::IdentityObject>() {
            generated = Some(ServerDefault::Identity(object.identity.clone()));
        } else if let Some(object) = value.downcast::<generated::ComputedObject>() {
            generated = Some(ServerDefault::Computed(object.computed.clone()));
            out.server_onupdate = Some(ServerDefault::Fetched);
        } else if !value.is_none() {
            let kind = interp.type_name(&value);
            return Err(Stop::unsupported(format!("a {kind} among the arguments of {function}")));
        }
    }
    if let Some(Value::Str(name)) = keyword_name {
        out.name = Some(name);
    }
    if let Some(value) = bound.take(2) {
        out.autoincrement = match &value {
            Value::Str(text) if &**text == "ignore_fk" => Autoincrement::IgnoreForeignKey,
            Value::Str(_) => Autoincrement::Auto,
            other if interp.truth(other)? => Autoincrement::Yes,
            _ => Autoincrement::No,
        };
    }
    out.comment = text(bound.take(3));
    let default = bound.take(4);
    let insert_default = bound.take(16);
    if default.is_some() && insert_default.is_some() && lend::has(interp, Behaviour::InsertDefaultAlone) {
        let message = "The 'default' and 'insert_default' parameters of Column are mutually exclusive";
        return Err(errors::raise_named(interp, "ArgumentError", message));
    }
    match insert_default.or(default) {
        Some(value) if value.downcast::<generated::SequenceObject>().is_some() => {
            out.sequence =
                value.downcast::<generated::SequenceObject>().map(|object| object.sequence.clone());
        }
        default => out.default = read_default(interp, default)?,
    }
    out.doc = text(bound.take(5));
    out.index = truth(interp, bound.take(6))?;
    bound.take(7);
    out.key = text(bound.take(8));
    out.nullable = truth(interp, bound.take(9))?;
    out.onupdate = read_default(interp, bound.take(10))?;
    out.primary_key = truth(interp, bound.take(11))?.unwrap_or(false);
    out.quote = truth(interp, bound.take(12))?;
    out.server_default = match bound.take(13) {
        None | Some(Value::None) => None,
        Some(Value::Str(text)) => Some(ServerDefault::Literal(text)),
        Some(other) => Some(ServerDefault::Sql(expr::coerce(interp, &other)?)),
    };
    if let Some(default) = generated {
        let other = out.server_default.replace(default);
        if other.is_some() {
            let message = "A generated column cannot specify a server_default or a server_onupdate argument";
            return Err(errors::raise_named(interp, "ArgumentError", message));
        }
    }
    out.unique = truth(interp, bound.take(15))?;
    Ok(call)
}

pub(super) fn text(value: Option<Value>) -> Option<Rc<str>> {
    value.as_ref().and_then(Value::as_str).cloned()
}

pub(super) fn truth(interp: &mut Interp, value: Option<Value>) -> PyResult<Option<bool>> {
    match value {
        None | Some(Value::None) => Ok(None),
        Some(value) => interp.truth(&value).map(Some),
    }
}

fn read_default(interp: &mut Interp, value: Option<Value>) -> PyResult<Option<ColumnDefault>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    if let Some(expr) = expr::clause(interp, &value)? {
        return Ok(Some(ColumnDefault::Sql(expr)));
    }
    if !interp.is_callable(&value) {
        return Ok(Some(ColumnDefault::Value(convert::to_engine(interp, &value)?)));
    }
    let with_context = match &value {
        Value::Function(function) => function.signature().parameters.iter().any(|parameter| {
            parameter.required && parameter.kind != crate::python::args::ParameterKind::KeywordOnly
        }),
        _ => false,
    };
    Ok(Some(ColumnDefault::Callable(Rc::new(move |cx| {
        lend::lend(cx, |interp| {
            // A default may take the context without looking at it.
            let context =
                || Unavailable::value("what a column default reads from the context of its statement");
            let args = if with_context { Args::of(vec![context()]) } else { Args::none() };
            let made = interp.call(&value, args)?;
            convert::to_engine(interp, &made)
        })
    }))))
}

fn make_column(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let call = read_column(interp, "Column.__init__", args)?;
    Ok(column_value(&Column::new(call.args)))
}

fn make_foreign_key(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters = "column, _constraint=, use_alter=, name=, onupdate=, ondelete=, deferrable=, initially=, link_to_name=, match=";
    let mut bound = Signature::new("ForeignKey.__init__", parameters).bind(interp, args)?;
    let target = target(interp, &bound.take(0).unwrap_or(Value::None))?;
    let name = text(bound.take(3));
    let actions = ReferentialActions {
        onupdate: text(bound.take(4)),
        ondelete: text(bound.take(5)),
        deferrable: truth(interp, bound.take(6))?,
        initially: text(bound.take(7)),
        use_alter: truth(interp, bound.take(2))?.unwrap_or(false),
    };
    Ok(Value::object(ForeignKeyObject { key: ForeignKey::new(target, name.as_deref(), actions) }))
}

pub(super) fn target(interp: &mut Interp, value: &Value) -> PyResult<ForeignKeyTarget> {
    if let Some(name) = value.as_str() {
        return Ok(ForeignKeyTarget::Name(name.clone()));
    }
    match expr::clause(interp, value)?.as_ref().and_then(Expr::as_column) {
        Some(column) => Ok(ForeignKeyTarget::Column(column.clone())),
        None => Err(Stop::unsupported("a foreign key to something that is no column")),
    }
}

/// Keyword arguments of `Table()` and of `__table_args__`.
pub(crate) fn table_args(interp: &mut Interp, keywords: Vec<(Rc<str>, Value)>) -> PyResult<TableArgs> {
    let mut args = TableArgs::default();
    for (keyword, value) in keywords {
        match &*keyword {
            "schema" => args.schema = value.as_str().cloned(),
            "extend_existing" => args.extend_existing = interp.truth(&value)?,
            "keep_existing" => args.keep_existing = interp.truth(&value)?,
            "comment" => args.comment = value.as_str().cloned(),
            "quote" => args.quote = Some(interp.truth(&value)?),
            "sqlite_autoincrement" => args.sqlite_autoincrement = interp.truth(&value)?,
            "sqlite_with_rowid" => args.sqlite_with_rowid = Some(interp.truth(&value)?),
            "info" => {}
            // Options of other databases say nothing here.
            other
                if ["mysql_", "postgresql_", "oracle_", "mssql_", "mariadb_"]
                    .iter()
                    .any(|p| other.starts_with(p)) => {}
            other => return Err(Stop::unsupported(format!("the table argument `{other}`"))),
        }
    }
    Ok(args)
}

/// `table.to_metadata(metadata, schema=…, name=…)`.
fn copy_table(interp: &mut Interp, table: &Table, args: Args) -> PyResult<Value> {
    let parameters = "metadata, schema=, referred_schema_fn=, name=";
    let mut bound = Signature::new("Table.to_metadata", parameters).bind(interp, args)?;
    let metadata = bound.take(0);
    let Some(metadata) = metadata.as_ref().and_then(Value::downcast::<MetaDataObject>) else {
        return Err(Stop::unsupported("to_metadata() of something that is no MetaData"));
    };
    let (schema, name) = (text(bound.take(1)), text(bound.take(3)));
    if bound.take(2).is_some_and(|function| !function.is_none()) || metadata.metadata.schema().is_some() {
        return Err(Stop::unsupported("to_metadata() between schemas"));
    }
    let own = name.as_deref().unwrap_or(table.name());
    let full = match schema.as_deref().or(table.schema()) {
        Some(schema) => format!("{schema}.{own}"),
        None => own.to_owned(),
    };
    if metadata.metadata.table(&full).is_some() {
        return Err(Stop::unsupported("to_metadata() where there is a table of this name"));
    }
    let copy = table.copy_to(&metadata.metadata, name.as_deref(), schema);
    copy.map(|copy| table_value(&copy)).map_err(|error| errors::raise(interp, &error))
}

fn make_table(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut positional = args.positional.into_iter();
    let (Some(Value::Str(name)), Some(metadata)) = (positional.next(), positional.next()) else {
        return Err(interp.raise(
            "TypeError",
            "Table() takes at least two positional-only arguments 'name' and 'metadata'",
        ));
    };
    let Some(metadata) = metadata.downcast::<MetaDataObject>().map(|object| object.metadata.clone()) else {
        return Err(Stop::unsupported("a table outside a MetaData"));
    };
    let given: Vec<Value> = positional.collect();
    let mut items = Vec::new();
    for value in &given {
        items.push(table_item(interp, value)?);
    }
    let mut keywords = args.keywords;
    let mut keyword = |wanted: &str| {
        let place = keywords.iter().position(|(name, _)| &**name == wanted)?;
        Some(keywords.remove(place).1).filter(|value| !value.is_none())
    };
    let bind = keyword("autoload_with");
    let (autoload, include, resolve) =
        (keyword("autoload"), keyword("include_columns"), keyword("resolve_fks"));
    if autoload.is_some() && super::reflection::by_kind(interp) {
        let message = "Additional arguments should be named <dialectname>_<argument>, got 'autoload'";
        return Err(interp.raise("TypeError", message));
    }
    let loads = match autoload {
        Some(value) => interp.truth(&value)?,
        None => bind.is_some(),
    };
    let bind = bind.filter(|_| loads);
    if loads && bind.is_none() {
        return Err(Stop::unsupported("reflecting a table without an engine"));
    }
    let mut wishes = super::reflected::Wishes::default();
    if let Some(resolve) = resolve {
        wishes.alone = !interp.truth(&resolve)?;
    }
    if let Some(include) = include {
        let mut only = Vec::new();
        for name in interp.iterate(&include)? {
            only.push(interp.str(&name)?);
        }
        wishes.only = Some(only);
    }
    let args = table_args(interp, keywords)?;
    if let Some(bind) = bind {
        if metadata.table(&name).is_some() {
            return Err(Stop::unsupported("reflecting a table again"));
        }
        let table = super::reflected::table(interp, &bind, &metadata, &name, (items, args), &wishes)?;
        return Ok(table_value(&table));
    }
    let table = Table::new(&name, &metadata, items, args).map_err(|error| errors::raise(interp, &error))?;
    ItemObject::attach(&table, &given);
    Ok(table_value(&table))
}

/// Makes a callable class of the module that `isinstance` knows too.
fn constructor(
    interp: &mut Interp,
    name: &'static str,
    make: fn(&mut Interp, Args) -> PyResult<Value>,
) -> Value {
    let class = interp.foreign_class("sqlalchemy.sql.schema", name);
    *class.construct.borrow_mut() = Some(Rc::new(move |interp: &mut Interp, mut args: Args| {
        args.positional.remove(0);
        make(interp, args)
    }));
    Value::Class(class)
}

/// Adds what `sqlalchemy` shows of the schema.
pub(crate) fn install(interp: &mut Interp, module: &crate::python::Module) {
    type Make = fn(&mut Interp, Args) -> PyResult<Value>;
    let makers: &[(&'static str, Make)] = &[
        ("Column", make_column),
        ("ForeignKey", make_foreign_key),
        ("Table", make_table),
        ("UniqueConstraint", items::make_unique),
        ("PrimaryKeyConstraint", items::make_primary_key),
        ("CheckConstraint", items::make_check),
        ("ForeignKeyConstraint", items::make_foreign_key_constraint),
        ("Index", items::make_index),
        ("MetaData", metadata::make),
        ("Sequence", generated::make_sequence),
        ("Identity", generated::make_identity),
        ("Computed", generated::make_computed),
    ];
    for &(name, make) in makers {
        let value = constructor(interp, name, make);
        module.dict.set(name, value);
    }
}
