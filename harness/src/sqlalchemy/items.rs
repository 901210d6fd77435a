//! Constraints, indexes and defaults as Python shows them.
//!
//! A constraint that a document made by itself becomes its table's once it is given to one; until then it has no columns.

use super::expr::{self, ExprObject};
use super::schema::{
    ColumnObject, ColumnsObject, ForeignKeyObject, SCHEMA_IDENTITY, column_value, table_value, target, text,
    truth,
};
use super::{convert, define, errors, generated, lend};
use crate::python::{Args, Interp, Iter, Object, PyResult, Signature, Stop, Value};
use backproof_engine::schema::{
    CheckConstraint, Column, ColumnDefault, Constraint, ForeignKeyConstraint, Index, IndexPart,
    ReferentialActions, ServerDefault, Table, TableItem, UniqueConstraint,
};
use backproof_engine::sql::Expr;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// A constraint or an index, before and after it has a table.
pub(crate) struct ItemObject {
    item: RefCell<TableItem>,
    table: RefCell<Option<Table>>,
}

impl ItemObject {
    fn made(item: TableItem) -> Value {
        Value::object(ItemObject { item: RefCell::new(item), table: RefCell::new(None) })
    }

    /// One that a table has.
    pub(super) fn of(table: &Table, item: TableItem) -> Value {
        Value::object(ItemObject { item: RefCell::new(item), table: RefCell::new(Some(table.clone())) })
    }

    /// The constraint or index that a value is.
    pub(super) fn item_of(value: &Value) -> Option<TableItem> {
        value.downcast::<ItemObject>().map(|object| object.item.borrow().clone())
    }

    /// The constraint or index that a value is, with its table.
    pub(super) fn attached(value: &Value) -> Option<(Table, TableItem)> {
        let object = value.downcast::<ItemObject>()?;
        let table = object.table.borrow().clone()?;
        Some((table, object.item.borrow().clone()))
    }

    /// Makes what was given to a table the table's own.
    pub(crate) fn attach(table: &Table, given: &[Value]) {
        let mut constraints = table.constraints().into_iter();
        let indexes = table.indexes();
        for value in given {
            let Some(object) = value.downcast::<ItemObject>() else { continue };
            let item = object.item.borrow().clone();
            let own = match item {
                TableItem::Constraint(Constraint::PrimaryKey { .. }) | TableItem::Column(_) => Some(item),
                TableItem::Constraint(_) => constraints.next().map(TableItem::Constraint),
                TableItem::Index(index) => indexes
                    .iter()
                    .find(|own| index.name.is_some() && own.name == index.name)
                    .cloned()
                    .map(TableItem::Index),
            };
            if let Some(own) = own {
                *object.item.borrow_mut() = own;
                *object.table.borrow_mut() = Some(table.clone());
            }
        }
    }

    fn columns(&self) -> Vec<Column> {
        match &*self.item.borrow() {
            TableItem::Index(index) => index.columns.clone(),
            TableItem::Constraint(Constraint::Unique(unique)) => unique.columns.clone(),
            TableItem::Constraint(Constraint::ForeignKey(key)) => key.columns(),
            TableItem::Constraint(Constraint::PrimaryKey { columns, .. }) => match &*self.table.borrow() {
                Some(table) => table.primary_key(),
                None => columns.clone(),
            },
            TableItem::Constraint(Constraint::Check(_)) | TableItem::Column(_) => Vec::new(),
        }
    }

    fn name(&self) -> Option<Rc<str>> {
        match &*self.item.borrow() {
            TableItem::Index(index) => index.name.clone(),
            TableItem::Constraint(Constraint::PrimaryKey { name, .. }) => match &*self.table.borrow() {
                Some(table) => table.primary_key_name(),
                None => name.clone(),
            },
            TableItem::Constraint(constraint) => constraint.name(),
            TableItem::Column(_) => None,
        }
    }
}

fn or_none(text: Option<&Rc<str>>) -> Value {
    text.map_or(Value::None, |text| Value::from(text.clone()))
}

impl Object for ItemObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        match &*self.item.borrow() {
            TableItem::Constraint(Constraint::PrimaryKey { .. }) => "PrimaryKeyConstraint",
            TableItem::Constraint(Constraint::ForeignKey(_)) => "ForeignKeyConstraint",
            TableItem::Constraint(Constraint::Unique(_)) => "UniqueConstraint",
            TableItem::Constraint(Constraint::Check(_)) => "CheckConstraint",
            TableItem::Index(_) => "Index",
            TableItem::Column(_) => "Column",
        }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn identity(&self) -> u64 {
        let at = match (&*self.item.borrow(), &*self.table.borrow()) {
            (TableItem::Constraint(Constraint::ForeignKey(key)), Some(_)) => Rc::as_ptr(key).addr(),
            (TableItem::Constraint(Constraint::Unique(unique)), Some(_)) => Rc::as_ptr(unique).addr(),
            (TableItem::Constraint(Constraint::Check(check)), Some(_)) => Rc::as_ptr(check).addr(),
            (TableItem::Constraint(Constraint::PrimaryKey { .. }), Some(table)) => table.identity() + 2,
            // An index has no place of its own; within a table it is told by its name.
            (TableItem::Index(index), Some(table)) => {
                let name = index.name.clone();
                let place = table.indexes().iter().position(|other| other.name == name);
                table.identity() + 8 + place.unwrap_or_default()
            }
            _ => std::ptr::from_ref(self).addr(),
        };
        SCHEMA_IDENTITY | at as u64
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let item = self.item.borrow().clone();
        let is_index = matches!(item, TableItem::Index(_));
        Ok(match (name, &item) {
            ("name", _) => Some(self.name().map_or(Value::None, Value::from)),
            ("table", _) => Some(self.table.borrow().as_ref().map_or(Value::None, table_value)),
            ("columns", _) => Some(Value::object(ColumnsObject::of_constraint(self.columns()))),
            ("expressions", TableItem::Index(index)) => Some(Value::list(self.expressions(index))),
            ("unique", TableItem::Index(index)) => Some(Value::Bool(index.unique)),
            ("sqltext", TableItem::Constraint(Constraint::Check(check))) => {
                Some(ExprObject::value(check.condition.clone()))
            }
            ("elements", TableItem::Constraint(Constraint::ForeignKey(key))) => {
                let keys =
                    key.elements.iter().map(|key| Value::object(ForeignKeyObject { key: key.clone() }));
                Some(Value::list(keys.collect()))
            }
            ("column_keys", TableItem::Constraint(Constraint::ForeignKey(_))) => {
                let keys = self.columns().into_iter().map(|column| Value::from(column.key()));
                Some(Value::list(keys.collect()))
            }
            ("referred_table", TableItem::Constraint(Constraint::ForeignKey(key))) => {
                let table = key.referred_table().map_err(|error| errors::raise(interp, &error))?;
                Some(table.as_ref().map_or(Value::None, table_value))
            }
            ("ondelete", TableItem::Constraint(Constraint::ForeignKey(key))) => {
                Some(or_none(key.actions.ondelete.as_ref()))
            }
            ("onupdate", TableItem::Constraint(Constraint::ForeignKey(key))) => {
                Some(or_none(key.actions.onupdate.as_ref()))
            }
            ("deferrable", TableItem::Constraint(Constraint::ForeignKey(key))) => {
                Some(key.actions.deferrable.map_or(Value::None, Value::Bool))
            }
            ("initially", TableItem::Constraint(Constraint::ForeignKey(key))) => {
                Some(or_none(key.actions.initially.as_ref()))
            }
            ("deferrable" | "initially", _) if !is_index => Some(Value::None),
            _ => None,
        })
    }

    fn iter(&self, interp: &mut Interp, this: &Value) -> PyResult<Value> {
        if matches!(&*self.item.borrow(), TableItem::Index(_)) {
            let kind = interp.type_name(this);
            return Err(interp.raise("TypeError", format!("'{kind}' object is not iterable")));
        }
        Ok(Iter::from_values("list_iterator", self.columns().iter().map(column_value).collect()))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let item = self.item.borrow().clone();
        let kind = self.type_name();
        let mut parts = Vec::new();
        match &item {
            TableItem::Index(index) => {
                if index.columns.iter().any(|column| column.table().is_none())
                    || !index.column_keys.is_empty() && index.columns.is_empty()
                {
                    return Err(Stop::unsupported("the repr of an index without a table"));
                }
                parts.push(interp.repr(&index.name.clone().map_or(Value::None, Value::from))?);
                for expression in self.expressions(index) {
                    parts.push(interp.repr(&expression)?);
                }
                if index.unique {
                    parts.push("unique=True".to_owned());
                }
                return Ok(format!("{kind}({})", parts.join(", ")));
            }
            TableItem::Constraint(Constraint::ForeignKey(key)) => {
                let columns = Value::object(ColumnsObject::of_constraint(self.columns()));
                parts.push(interp.repr(&columns)?);
                parts.push("None".to_owned());
                self.named_parts(interp, &mut parts)?;
                for (name, action) in
                    [("onupdate", &key.actions.onupdate), ("ondelete", &key.actions.ondelete)]
                {
                    if let Some(action) = action {
                        parts.push(format!("{name}={}", interp.repr(&Value::from(action.clone()))?));
                    }
                }
                if key.actions.deferrable.is_some() || key.actions.initially.is_some() {
                    return Err(Stop::unsupported("the repr of a foreign key constraint that is deferrable"));
                }
                self.table_part(interp, &mut parts)?;
                return Ok(format!("{kind}({})", parts.join(", ")));
            }
            TableItem::Constraint(Constraint::Check(check)) => {
                parts.push(interp.repr(&ExprObject::value(check.condition.clone()))?);
                self.named_parts(interp, &mut parts)?;
                self.table_part(interp, &mut parts)?;
                return Ok(format!("{kind}({})", parts.join(", ")));
            }
            TableItem::Constraint(_) | TableItem::Column(_) => {}
        }
        for column in self.columns() {
            parts.push(interp.repr(&column_value(&column))?);
        }
        Ok(format!("{kind}({})", parts.join(", ")))
    }
}

impl ItemObject {
    /// What an index is on.
    fn expressions(&self, index: &Index) -> Vec<Value> {
        if index.parts.is_empty() {
            return self.columns().iter().map(column_value).collect();
        }
        let shown = index.parts.iter().map(|part| match part {
            IndexPart::Column(column) => column_value(column),
            IndexPart::Key(key) => Value::from(key.clone()),
            IndexPart::Expr(expr) => ExprObject::value(expr.clone()),
        });
        shown.collect()
    }

    fn named_parts(&self, interp: &mut Interp, parts: &mut Vec<String>) -> PyResult<()> {
        if let Some(name) = self.name() {
            parts.push(format!("name={}", interp.repr(&Value::from(name))?));
        }
        Ok(())
    }

    fn table_part(&self, interp: &mut Interp, parts: &mut Vec<String>) -> PyResult<()> {
        let table = self.table.borrow().clone();
        if let Some(table) = table {
            parts.push(format!("table={}", interp.repr(&table_value(&table))?));
        }
        Ok(())
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

pub(super) fn make_unique(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("UniqueConstraint.__init__", "*columns, name=, deferrable=, initially=")
        .bind(interp, args)?;
    let (columns, column_keys) = columns_or_keys(interp, &bound.varargs)?;
    let constraint = UniqueConstraint { name: text(bound.take(0)), columns, column_keys };
    Ok(ItemObject::made(TableItem::Constraint(Constraint::Unique(Rc::new(constraint)))))
}

pub(super) fn make_primary_key(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("PrimaryKeyConstraint.__init__", "*columns, name=").bind(interp, args)?;
    let (columns, column_keys) = columns_or_keys(interp, &bound.varargs)?;
    let constraint = Constraint::PrimaryKey { name: text(bound.take(0)), columns, column_keys };
    Ok(ItemObject::made(TableItem::Constraint(constraint)))
}

pub(super) fn make_check(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("CheckConstraint.__init__", "sqltext, name=").bind(interp, args)?;
    let condition = bound.take(0).unwrap_or(Value::None);
    let condition = match condition.as_str() {
        Some(text) => Expr::text(text),
        None => expr::coerce(interp, &condition)?,
    };
    let constraint = CheckConstraint { name: text(bound.take(1)), condition, is_named: false };
    Ok(ItemObject::made(TableItem::Constraint(Constraint::Check(Rc::new(constraint)))))
}

pub(super) fn make_foreign_key_constraint(interp: &mut Interp, args: Args) -> PyResult<Value> {
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
        deferrable: truth(interp, bound.take(5))?,
        initially: text(bound.take(6)),
        use_alter: truth(interp, bound.take(7))?.unwrap_or(false),
    };
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    let constraint = ForeignKeyConstraint::new(&names, targets, name.as_deref(), actions);
    Ok(ItemObject::made(TableItem::Constraint(Constraint::ForeignKey(Rc::new(constraint)))))
}

/// The table of the first column that an expression names.
fn expr_table(expr: &Expr) -> Option<Table> {
    let mut found = None;
    expr.visit(&mut |inner| {
        if found.is_none()
            && let Some(column) = inner.as_column()
        {
            found = column.table();
        }
    });
    found
}

/// What an index is on: columns, keys of columns, and other expressions.
fn index_parts(interp: &mut Interp, values: &[Value]) -> PyResult<Vec<IndexPart>> {
    let mut parts = Vec::with_capacity(values.len());
    for value in values {
        parts.push(match (value.as_str(), expr::clause(interp, value)?) {
            (Some(key), _) => IndexPart::Key(key.clone()),
            (None, Some(clause)) => match clause.as_column() {
                Some(column) => IndexPart::Column(column.clone()),
                None => IndexPart::Expr(clause),
            },
            (None, None) => {
                return Err(Stop::unsupported("an index on something that is no expression"));
            }
        });
    }
    Ok(parts)
}

pub(super) fn make_index(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters = "name, *expressions, unique=, quote=, info=, **dialect_kw";
    let mut bound = Signature::new("Index.__init__", parameters).bind(interp, args)?;
    let parts = index_parts(interp, &bound.varargs)?;
    let unique = truth(interp, bound.take(1))?.unwrap_or(false);
    if define::given(&mut bound, 2).is_some() {
        return Err(Stop::unsupported("an index with `quote`"));
    }
    let mut index = Index { name: text(bound.take(0)), unique, ..Index::default() };
    for (name, value) in bound.varkw {
        match &*name {
            "postgresql_where" | "sqlite_where" | "mssql_where" => {
                let condition = match value.as_str() {
                    Some(_) => return Err(Stop::unsupported("the condition of an index as a string")),
                    None => expr::coerce(interp, &value)?,
                };
                let dialect = name.split('_').next().unwrap_or_default();
                index.conditions.push((Rc::from(dialect), condition));
            }
            "postgresql_using" => index.using = value.as_str().cloned(),
            other => return Err(Stop::unsupported(format!("an index with `{other}`"))),
        }
    }
    let plain = |part: &IndexPart| matches!(part, IndexPart::Column(_));
    let keyed = |part: &IndexPart| matches!(part, IndexPart::Key(_));
    if parts.iter().all(plain) || parts.iter().all(keyed) {
        for part in parts {
            match part {
                IndexPart::Column(column) => index.columns.push(column),
                IndexPart::Key(key) => index.column_keys.push(key),
                IndexPart::Expr(_) => {}
            }
        }
    } else {
        index.parts = parts;
    }
    let table = index.columns.first().and_then(Column::table).or_else(|| {
        index.parts.iter().find_map(|part| match part {
            IndexPart::Column(column) => column.table(),
            IndexPart::Expr(expr) => expr_table(expr),
            IndexPart::Key(_) => None,
        })
    });
    let made = ItemObject::made(TableItem::Index(index.clone()));
    // An index of a table's own columns is the table's at once.
    if let Some(table) = table {
        table.append_index(index).map_err(|error| errors::raise(interp, &error))?;
        if let (Some(object), Some(own)) = (made.downcast::<ItemObject>(), table.indexes().last()) {
            *object.item.borrow_mut() = TableItem::Index(own.clone());
            *object.table.borrow_mut() = Some(table);
        }
    }
    Ok(made)
}

/// What stands among the positional arguments of `Table()` and in `__table_args__`.
pub(crate) fn table_item(interp: &mut Interp, value: &Value) -> PyResult<TableItem> {
    if let Some(object) = value.downcast::<ColumnObject>() {
        return Ok(TableItem::Column(object.column.clone()));
    }
    match ItemObject::item_of(value) {
        Some(item) => Ok(item),
        None => {
            let kind = interp.type_name(value);
            Err(Stop::unsupported(format!("a {kind} among the arguments of a table")))
        }
    }
}

/// A column's plain default as Python shows it.
struct DefaultObject {
    value: Value,
    by_kind: bool,
}

impl Object for DefaultObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.by_kind { "ScalarElementColumnDefault" } else { "ColumnDefault" }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "arg" => Some(self.value.clone()),
            "is_scalar" => Some(Value::Bool(true)),
            "is_callable" | "is_clause_element" | "is_sequence" => Some(Value::Bool(false)),
            _ => None,
        })
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let shown = interp.repr(&self.value)?;
        Ok(format!("{}({shown})", self.type_name()))
    }
}

/// `column.default` and `column.onupdate`, where a value or nothing was given.
pub(super) fn default_value(interp: &mut Interp, default: Option<ColumnDefault>) -> PyResult<Value> {
    match default {
        None => Ok(Value::None),
        Some(ColumnDefault::Value(value)) => {
            let by_kind = lend::has(interp, Behaviour::DefaultsByKind);
            let value = convert::to_python(interp, &value)?;
            Ok(Value::object(DefaultObject { value, by_kind }))
        }
        Some(_) => Err(Stop::unsupported("the default of a column where it is called or SQL")),
    }
}

/// What the repr of a column says of its defaults.
pub(super) fn shown_defaults(interp: &mut Interp, column: &Column, parts: &mut Vec<String>) -> PyResult<()> {
    if column.sequence().is_some()
        && let Some(default) = generated::default_value(column, "default")
    {
        parts.push(format!("default={}", interp.repr(&default)?));
    }
    for (name, default) in [("onupdate", column.onupdate()), ("default", column.default())] {
        let Some(default) = default else { continue };
        let ColumnDefault::Value(_) = default else {
            return Err(Stop::unsupported("the repr of a column whose default is called or SQL"));
        };
        let default = default_value(interp, Some(default))?;
        parts.push(format!("{name}={}", interp.repr(&default)?));
    }
    match column.server_default() {
        None => {}
        Some(ServerDefault::Literal(text)) => {
            let text = interp.repr(&Value::from(text))?;
            parts.push(format!("server_default=DefaultClause({text}, for_update=False)"));
        }
        Some(ServerDefault::Sql(expr)) => {
            let shown = interp.repr(&ExprObject::value(expr))?;
            parts.push(format!("server_default=DefaultClause({shown}, for_update=False)"));
        }
        Some(ServerDefault::Computed(_) | ServerDefault::Identity(_)) => {
            if let Some(default) = generated::default_value(column, "server_default") {
                parts.push(format!("server_default={}", interp.repr(&default)?));
            }
        }
        Some(ServerDefault::Fetched) => {
            return Err(Stop::unsupported("the repr of a column with a fetched value"));
        }
    }
    Ok(())
}
