//! `Column`, `Table`, `MetaData` and constraints as Python values.
//!
//! Each is a handle on the engine's own; two handles on one column are the same Python object.

use super::expr;
use super::metadata::{self, MetaDataObject};
use super::selectable::collection;
use super::{convert, errors, lend, types};
use crate::python::{
    Args, BinaryOp, CompareOp, Interp, Iter, Object, PyResult, Signature, Stop, UnaryOp, Unavailable, Value,
};
use backproof_engine::schema::{
    Autoincrement, CheckConstraint, Column, ColumnArgs, ColumnDefault, Constraint, ForeignKey,
    ForeignKeyConstraint, ForeignKeyTarget, Index, ReferentialActions, ServerDefault, Table, TableArgs,
    TableItem, UniqueConstraint,
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

/// `ForeignKey("user.id")`.
pub(crate) struct ForeignKeyObject {
    pub(crate) key: ForeignKey,
}

/// A constraint or an index, before and after it has a table.
pub(crate) enum ItemObject {
    Constraint(Constraint, &'static str),
    Index(Index),
}

/// A collection of columns by key: `table.c`.
pub(crate) struct ColumnsObject {
    pub(crate) columns: Vec<Column>,
    /// Whether it is a primary key, which is a constraint.
    pub(crate) is_key: bool,
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
            "default" => super::items::default_value(interp, column.default())?,
            "onupdate" => super::items::default_value(interp, column.onupdate())?,
            "foreign_keys" => {
                let keys = column.foreign_keys().into_iter();
                let items = keys.map(|key| Value::object(ForeignKeyObject { key })).collect::<Vec<_>>();
                let set = interp.builtin_class("set");
                interp.call(&Value::Class(set), Args::of(vec![Value::list(items)]))?
            }
            _ => {
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
            "c" | "columns" => Value::object(ColumnsObject { columns: table.columns(), is_key: false }),
            "name" | "description" => Value::from(table.name()),
            "fullname" | "key" => Value::from(table.full_name()),
            "schema" => table.schema().map_or(Value::None, Value::from),
            "metadata" => metadata::metadata_value(table.metadata()),
            "primary_key" if table.is_light() => {
                let item = backproof_engine::sql::FromItem::from(table);
                collection::CollectionObject::key_of_item(&item)
            }
            "primary_key" => Value::object(ColumnsObject { columns: table.primary_key(), is_key: true }),
            "indexes" => {
                let items = table.indexes().into_iter().map(|index| Value::object(ItemObject::Index(index)));
                let items = Value::list(items.collect());
                let set = interp.builtin_class("set");
                interp.call(&Value::Class(set), Args::of(vec![items]))?
            }
            "comment" => table.args().comment.clone().map_or(Value::None, Value::from),
            "foreign_keys" => {
                let items =
                    table.foreign_keys().into_iter().map(|key| Value::object(ForeignKeyObject { key }));
                let items = Value::list(items.collect());
                let set = interp.builtin_class("set");
                interp.call(&Value::Class(set), Args::of(vec![items]))?
            }
            "create" | "drop" => {
                let (table, drop) = (table.clone(), name == "drop");
                Value::native(name, move |interp, args| {
                    metadata::unbound(interp, &args, &format!("Table object '{}'", table.full_name()))?;
                    let name = if drop { "Table.drop" } else { "Table.create" };
                    let mut bound = Signature::new(name, "bind, checkfirst=").bind(interp, args)?;
                    let bind = bound.take(0).unwrap_or(Value::None);
                    let check = bound.take(1).unwrap_or(Value::Bool(false));
                    let check = interp.truth(&check)?;
                    super::engine::emit_schema(interp, &bind, std::slice::from_ref(&table), check, drop)
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

impl Object for ColumnsObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.is_key { "PrimaryKeyConstraint" } else { "ReadOnlyColumnCollection" }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.base"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if let Some(column) = self.columns.iter().find(|column| &*column.key() == name) {
            return Ok(Some(column_value(column)));
        }
        let columns = self.columns.clone();
        if self.is_key && matches!(name, "columns" | "c") {
            return Ok(Some(Value::object(ColumnsObject { columns, is_key: false })));
        }
        Ok(Some(match name {
            "keys" => Value::native(name, move |_, _| {
                Ok(Value::list(columns.iter().map(|column| Value::from(column.key())).collect()))
            }),
            "values" => {
                Value::native(name, move |_, _| Ok(Value::list(columns.iter().map(column_value).collect())))
            }
            "items" => Value::native(name, move |_, _| {
                let pairs = columns
                    .iter()
                    .map(|column| Value::tuple(vec![Value::from(column.key()), column_value(column)]));
                Ok(Value::list(pairs.collect()))
            }),
            "get" => Value::native(name, move |interp, args| {
                let mut bound = Signature::new("get", "key, default=").bind(interp, args)?;
                let key = bound.take(0).unwrap_or(Value::None);
                let found = key.as_str().and_then(|key| columns.iter().find(|column| column.key() == *key));
                Ok(found.map_or_else(|| bound.take(1).unwrap_or(Value::None), column_value))
            }),
            _ => return Ok(None),
        }))
    }

    fn repr(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        if self.is_key {
            let mut shown = Vec::with_capacity(self.columns.len());
            for column in &self.columns {
                shown.push(interp.repr(&column_value(column))?);
            }
            return Ok(format!("PrimaryKeyConstraint({})", shown.join(", ")));
        }
        let kind = collection::read_only(interp);
        let address = interp.address_of(this.identity());
        Ok(format!("<sqlalchemy.sql.base.{kind} object at {address}>"))
    }

    fn str(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        if self.is_key {
            return self.repr(interp, this);
        }
        let kind = collection::read_only(interp);
        let columns: Vec<Value> = self.columns.iter().map(column_value).collect();
        collection::shown(interp, kind, &columns)
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.columns.len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        if let Value::Tuple(keys) = key {
            let mut columns = Vec::with_capacity(keys.len());
            for key in keys.iter() {
                match key.as_str().and_then(|name| self.columns.iter().find(|column| column.key() == *name)) {
                    Some(column) => columns.push(column.clone()),
                    None => return Err(interp.key_error(key)),
                }
            }
            return Ok(Value::object(ColumnsObject { columns, is_key: false }));
        }
        let found = match key {
            Value::Str(name) => self.columns.iter().find(|column| column.key() == *name),
            _ => self.columns.get(usize::try_from(interp.index(key)?).unwrap_or(usize::MAX)),
        };
        match found {
            Some(column) => Ok(column_value(column)),
            None => Err(interp.key_error(key)),
        }
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        match item.as_str() {
            Some(name) => Ok(Some(self.columns.iter().any(|column| column.key() == *name))),
            None => {
                Err(errors::raise_named(interp, "ArgumentError", "__contains__ requires a string argument"))
            }
        }
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        Ok(Iter::from_values("list_iterator", self.columns.iter().map(column_value).collect()))
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
        } else if let Some(ItemObject::Constraint(constraint, _)) = value.downcast::<ItemObject>() {
            out.constraints.push(constraint.clone());
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
    out.default = read_default(interp, insert_default.or(default))?;
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
    out.unique = truth(interp, bound.take(15))?;
    Ok(call)
}

fn text(value: Option<Value>) -> Option<Rc<str>> {
    value.as_ref().and_then(Value::as_str).cloned()
}

fn truth(interp: &mut Interp, value: Option<Value>) -> PyResult<Option<bool>> {
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
    };
    Ok(Value::object(ForeignKeyObject { key: ForeignKey::new(target, name.as_deref(), actions) }))
}

fn target(interp: &mut Interp, value: &Value) -> PyResult<ForeignKeyTarget> {
    if let Some(name) = value.as_str() {
        return Ok(ForeignKeyTarget::Name(name.clone()));
    }
    match expr::clause(interp, value)?.as_ref().and_then(Expr::as_column) {
        Some(column) => Ok(ForeignKeyTarget::Column(column.clone())),
        None => Err(Stop::unsupported("a foreign key to something that is no column")),
    }
}

/// Columns given by key or by themselves.
fn columns_or_keys(interp: &mut Interp, values: &[Value]) -> PyResult<(Vec<Column>, Vec<Rc<str>>)> {
    let (mut columns, mut keys) = (Vec::new(), Vec::new());
    for value in values {
        if let Some(key) = value.as_str() {
            keys.push(key.clone());
        } else if let Some(column) = expr::clause(interp, value)?.as_ref().and_then(Expr::as_column) {
            columns.push(column.clone());
        } else {
            return Err(Stop::unsupported("a constraint on something that is no column"));
        }
    }
    Ok((columns, keys))
}

fn make_unique(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("UniqueConstraint.__init__", "*columns, name=, deferrable=, initially=")
        .bind(interp, args)?;
    let (columns, column_keys) = columns_or_keys(interp, &bound.varargs)?;
    let constraint = UniqueConstraint { name: text(bound.take(0)), columns, column_keys };
    Ok(Value::object(ItemObject::Constraint(Constraint::Unique(Rc::new(constraint)), "UniqueConstraint")))
}

fn make_primary_key(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("PrimaryKeyConstraint.__init__", "*columns, name=").bind(interp, args)?;
    let (columns, column_keys) = columns_or_keys(interp, &bound.varargs)?;
    let constraint = Constraint::PrimaryKey { name: text(bound.take(0)), columns, column_keys };
    Ok(Value::object(ItemObject::Constraint(constraint, "PrimaryKeyConstraint")))
}

fn make_check(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("CheckConstraint.__init__", "sqltext, name=").bind(interp, args)?;
    let condition = bound.take(0).unwrap_or(Value::None);
    let condition = match condition.as_str() {
        Some(text) => Expr::text(text),
        None => expr::coerce(interp, &condition)?,
    };
    let constraint = CheckConstraint { name: text(bound.take(1)), condition };
    Ok(Value::object(ItemObject::Constraint(Constraint::Check(Rc::new(constraint)), "CheckConstraint")))
}

fn make_foreign_key_constraint(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters = "columns, refcolumns, name=, onupdate=, ondelete=, deferrable=, initially=, use_alter=";
    let mut bound = Signature::new("ForeignKeyConstraint.__init__", parameters).bind(interp, args)?;
    let names = bound.take(0).unwrap_or(Value::None);
    let names = interp.iterate(&names)?;
    let (_, names) = columns_or_keys(interp, &names)?;
    let refs = bound.take(1).unwrap_or(Value::None);
    let mut targets = Vec::new();
    for value in interp.iterate(&refs)? {
        targets.push(target(interp, &value)?);
    }
    let name = text(bound.take(2));
    let actions = ReferentialActions {
        onupdate: text(bound.take(3)),
        ondelete: text(bound.take(4)),
        ..ReferentialActions::default()
    };
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    let constraint = ForeignKeyConstraint::new(&names, targets, name.as_deref(), actions);
    Ok(Value::object(ItemObject::Constraint(
        Constraint::ForeignKey(Rc::new(constraint)),
        "ForeignKeyConstraint",
    )))
}

fn make_index(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("Index.__init__", "name, *expressions, unique=").bind(interp, args)?;
    let (columns, column_keys) = columns_or_keys(interp, &bound.varargs)?;
    let unique = truth(interp, bound.take(1))?.unwrap_or(false);
    let index = Index { name: text(bound.take(0)), columns, column_keys, unique };
    // Of columns that have a table already, the index is that table's at once.
    if let Some(table) = index.columns.first().and_then(Column::table) {
        table.append_index(index.clone()).map_err(|error| errors::raise(interp, &error))?;
    }
    Ok(Value::object(ItemObject::Index(index)))
}

/// What stands among the positional arguments of `Table()` and in `__table_args__`.
pub(crate) fn table_item(interp: &mut Interp, value: &Value) -> PyResult<TableItem> {
    if let Some(object) = value.downcast::<ColumnObject>() {
        return Ok(TableItem::Column(object.column.clone()));
    }
    match value.downcast::<ItemObject>() {
        Some(ItemObject::Constraint(constraint, _)) => Ok(TableItem::Constraint(constraint.clone())),
        Some(ItemObject::Index(index)) => Ok(TableItem::Index(index.clone())),
        None => {
            let kind = interp.type_name(value);
            Err(Stop::unsupported(format!("a {kind} among the arguments of a table")))
        }
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
    let mut items = Vec::new();
    for value in positional {
        items.push(table_item(interp, &value)?);
    }
    let mut keywords = args.keywords;
    let place = keywords.iter().position(|(name, _)| &**name == "autoload_with");
    let bind = place.map(|place| keywords.remove(place).1).filter(|bind| !bind.is_none());
    let args = table_args(interp, keywords)?;
    if let Some(bind) = bind {
        if metadata.table(&name).is_some() {
            return Err(Stop::unsupported("reflecting a table again"));
        }
        let table = super::reflected::table(interp, &bind, &metadata, &name, items, args)?;
        return Ok(table_value(&table));
    }
    let table = Table::new(&name, &metadata, items, args).map_err(|error| errors::raise(interp, &error))?;
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
        ("UniqueConstraint", make_unique),
        ("PrimaryKeyConstraint", make_primary_key),
        ("CheckConstraint", make_check),
        ("ForeignKeyConstraint", make_foreign_key_constraint),
        ("Index", make_index),
        ("MetaData", metadata::make),
    ];
    for &(name, make) in makers {
        let value = constructor(interp, name, make);
        module.dict.set(name, value);
    }
}
