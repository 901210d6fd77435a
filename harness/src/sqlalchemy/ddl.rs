//! `CreateTable(table)`, `DDL("…")` and their like: statements of the schema, to be printed, executed, or told as events.

use super::connection::ConnectionObject;
use super::generated::SequenceObject;
use super::items::ItemObject;
use super::schema::{ColumnObject, ColumnsObject, TableObject};
use super::{dialects, errors, lend};
use crate::python::{Args, Interp, Module, Object, PyResult, Signature, Stop, Value};
use backproof_engine::schema::ddl::Ddl;
use backproof_engine::schema::{Constraint, TableItem};
use backproof_engine::sql::Dialect;
use std::any::Any;
use std::rc::Rc;

/// A statement of the schema.
struct DdlObject {
    name: &'static str,
    ddl: Ddl,
}

/// `DDL("…")`: text with places for the table.
#[derive(Clone)]
struct TextObject {
    statement: Rc<str>,
    context: Option<Value>,
    /// `execute_if(…)`: for these dialects, where this function says so.
    dialects: Option<Vec<Rc<str>>>,
    condition: Option<Value>,
}

/// What `compile()` gives.
struct CompiledDdl {
    text: String,
}

impl Object for CompiledDdl {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "DDLCompiler"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.compiler"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "string" => Some(Value::from(self.text.as_str())),
            _ => None,
        })
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.text.clone())
    }
}

fn text_of(interp: &mut Interp, ddl: &Ddl, dialect: Dialect) -> PyResult<String> {
    ddl.text(lend::profile(interp), dialect).map_err(|error| errors::raise(interp, &error))
}

/// The dialect that `compile()` of a statement of the schema is given.
fn asked(interp: &mut Interp, args: Args) -> PyResult<Dialect> {
    let mut bound = Signature::new("compile", "bind=, dialect=").bind(interp, args)?;
    let bind = bound.take(0).filter(|bind| !bind.is_none());
    match bound.take(1).filter(|dialect| !dialect.is_none()) {
        Some(dialect) => dialects::of_value(&dialect),
        None => match bind {
            None => Ok(Dialect::Default),
            Some(bind) if super::engine::is_bind(&bind) => Ok(Dialect::Sqlite),
            Some(bind) => dialects::of_value(&bind),
        },
    }
}

/// The value of a statement of the schema.
pub(super) fn value(name: &'static str, ddl: Ddl) -> Value {
    Value::object(DdlObject { name, ddl })
}

impl Object for DdlObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.name
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.ddl"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let ddl = self.ddl.clone();
        Ok(match name {
            "compile" => Some(Value::native(name, move |interp, args| {
                let dialect = asked(interp, args)?;
                Ok(Value::object(CompiledDdl { text: text_of(interp, &ddl, dialect)? }))
            })),
            _ => None,
        })
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        text_of(interp, &self.ddl, Dialect::Default)
    }
}

impl TextObject {
    /// The text with what it asks of the table, or of its own context.
    fn filled(&self, interp: &mut Interp, table: Option<&TableObject>) -> PyResult<String> {
        let context = match &self.context {
            Some(context) => context.clone(),
            None => Value::dict(crate::python::Map::default()),
        };
        if let Some(object) = table {
            let table = &object.table;
            let quoted = |interp: &mut Interp, name: &str| {
                let bare = backproof_engine::schema::Table::light(name, None, Vec::new());
                let bare = bare.map_err(|error| errors::raise(interp, &error))?;
                let drop = Ddl::DropTable { table: bare, if_exists: false };
                Ok(text_of(interp, &drop, Dialect::Sqlite)?.trim_start_matches("\nDROP TABLE ").to_owned())
            };
            let name = quoted(interp, table.name())?;
            let schema = match table.schema() {
                Some(schema) => quoted(interp, schema)?,
                None => String::new(),
            };
            let full = if schema.is_empty() { name.clone() } else { format!("{schema}.{name}") };
            for (key, text) in [("table", name), ("schema", schema), ("fullname", full)] {
                if interp.contains(&context, &Value::from(key))? {
                    continue;
                }
                interp.set_item(&context, &Value::from(key), Value::from(text))?;
            }
        }
        let filled =
            interp.binary(crate::python::BinaryOp::Mod, &Value::from(self.statement.clone()), &context)?;
        interp.str(&filled)
    }

    fn applies(&self, interp: &mut Interp, args: &Args) -> PyResult<bool> {
        if self.dialects.as_ref().is_some_and(|dialects| !dialects.iter().any(|name| &**name == "sqlite")) {
            return Ok(false);
        }
        match &self.condition {
            None => Ok(true),
            Some(condition) => {
                let target = args.positional.first().cloned().unwrap_or(Value::None);
                let bind = args.positional.get(1).cloned().unwrap_or(Value::None);
                let this = Value::object(self.clone());
                let given = Args { positional: vec![this, target, bind], keywords: args.keywords.clone() };
                let said = interp.call(condition, given)?;
                interp.truth(&said)
            }
        }
    }
}

impl Object for TextObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "DDL"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.ddl"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let own = self.clone();
        Ok(match name {
            "statement" => Some(Value::from(self.statement.clone())),
            "compile" => Some(Value::native(name, move |interp, args| {
                asked(interp, args)?;
                Ok(Value::object(CompiledDdl { text: own.filled(interp, None)? }))
            })),
            "execute_if" => Some(Value::native(name, move |interp, args| {
                let mut bound =
                    Signature::new("execute_if", "dialect=, callable_=, state=").bind(interp, args)?;
                let dialects = match bound.take(0).filter(|value| !value.is_none()) {
                    Some(Value::Str(name)) => Some(vec![name]),
                    Some(names) => {
                        let names = interp.iterate(&names)?;
                        Some(names.iter().filter_map(|name| name.as_str().cloned()).collect())
                    }
                    None => None,
                };
                let condition = bound.take(1).filter(|value| !value.is_none());
                if bound.take(2).is_some_and(|state| !state.is_none()) {
                    return Err(Stop::unsupported("execute_if() with `state`"));
                }
                Ok(Value::object(TextObject { dialects, condition, ..own.clone() }))
            })),
            _ => None,
        })
    }

    fn callable(&self) -> bool {
        true
    }

    /// As a listener: executed on the connection, for the table.
    fn call(&self, interp: &mut Interp, _this: &Value, args: Args) -> PyResult<Value> {
        if !self.applies(interp, &args)? {
            return Ok(Value::None);
        }
        let table = args.positional.first().cloned().unwrap_or(Value::None);
        let bind = args.positional.get(1).cloned().unwrap_or(Value::None);
        let Some(held) = bind.downcast::<ConnectionObject>() else {
            return Err(Stop::unsupported("DDL called with something that is no connection"));
        };
        let text = self.filled(interp, table.downcast::<TableObject>())?;
        let connection = held.connection;
        lend::with_cx(interp, |cx| cx.orm.databases.schema_statement(connection, &text))?;
        Ok(Value::None)
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        self.filled(interp, None)
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Err(Stop::unsupported("the repr of DDL"))
    }
}

/// The text that is executed where a value is a statement of the schema.
pub(super) fn statement(interp: &mut Interp, value: &Value) -> PyResult<Option<String>> {
    if let Some(object) = value.downcast::<DdlObject>() {
        return text_of(interp, &object.ddl, Dialect::Sqlite).map(Some);
    }
    match value.downcast::<TextObject>() {
        Some(object) => object.clone().filled(interp, None).map(Some),
        None => Ok(None),
    }
}

fn flag(interp: &mut Interp, value: Option<Value>) -> PyResult<bool> {
    match value {
        Some(value) => interp.truth(&value),
        None => Ok(false),
    }
}

/// Reads the arguments of a constructor: what it is of, and one or two flags.
fn make(interp: &mut Interp, name: &'static str, args: Args) -> PyResult<Ddl> {
    let newer = lend::has(interp, backproof_engine::version::Behaviour::DdlTakesConditions);
    let parameters = match name {
        "DropSchema" if newer => "element, cascade=, if_exists=",
        "DropSchema" | "DropConstraint" => "element, cascade=",
        _ if !newer => "element",
        "CreateTable" | "CreateIndex" | "CreateSequence" | "CreateSchema" => "element, if_not_exists=",
        "DropTable" | "DropIndex" | "DropSequence" => "element, if_exists=",
        _ => "element",
    };
    let function = if newer || name == "CreateTable" { name } else { "_CreateDropBase" };
    let mut bound = Signature::new(&format!("{function}.__init__"), parameters).bind(interp, args)?;
    let element = bound.take(0).unwrap_or(Value::None);
    let flagged = flag(interp, bound.take(1))?;
    let other = flag(interp, bound.take(2))?;
    let unknown = |interp: &mut Interp| {
        let kind = interp.type_name(&element);
        Stop::unsupported(format!("{name} of a {kind}"))
    };
    if let Some(object) = element.downcast::<TableObject>() {
        let table = object.table.clone();
        return Ok(match name {
            "CreateTable" => Ddl::CreateTable { table, if_not_exists: flagged },
            "DropTable" => Ddl::DropTable { table, if_exists: flagged },
            "SetTableComment" => Ddl::TableComment { table, drop: false },
            "DropTableComment" => Ddl::TableComment { table, drop: true },
            _ => return Err(unknown(interp)),
        });
    }
    if let Some(object) = element.downcast::<ColumnObject>() {
        let column = object.column.clone();
        let Some(table) = column.table() else { return Err(unknown(interp)) };
        return Ok(match name {
            "CreateColumn" => Ddl::CreateColumn { table, column },
            "SetColumnComment" => Ddl::ColumnComment { table, column, drop: false },
            "DropColumnComment" => Ddl::ColumnComment { table, column, drop: true },
            _ => return Err(unknown(interp)),
        });
    }
    if let Some(object) = element.downcast::<SequenceObject>() {
        let sequence = object.sequence.clone();
        return Ok(match name {
            "CreateSequence" => Ddl::CreateSequence { sequence, if_not_exists: flagged },
            "DropSequence" => Ddl::DropSequence { sequence, if_exists: flagged },
            _ => return Err(unknown(interp)),
        });
    }
    if let Some(text) = element.as_str().cloned() {
        return Ok(match name {
            // 1.4 takes the flags and says nothing of them.
            "CreateSchema"
                if flagged && lend::has(interp, backproof_engine::version::Behaviour::BoundMetadata) =>
            {
                return Err(Stop::unsupported("CreateSchema with `if_not_exists` in this release"));
            }
            "CreateSchema" => Ddl::CreateSchema { name: text, if_not_exists: flagged },
            "DropSchema" => Ddl::DropSchema { name: text, cascade: flagged, if_exists: other },
            _ => return Err(unknown(interp)),
        });
    }
    let (table, constraint) = if let Some((table, item)) = ItemObject::attached(&element) {
        match item {
            TableItem::Index(index) => {
                return Ok(match name {
                    "CreateIndex" => Ddl::CreateIndex { table, index, if_not_exists: flagged },
                    "DropIndex" => Ddl::DropIndex { table, index, if_exists: flagged },
                    _ => return Err(unknown(interp)),
                });
            }
            TableItem::Constraint(constraint) => (table, constraint),
            TableItem::Column(_) => return Err(unknown(interp)),
        }
    } else if let Some(table) = element.downcast::<ColumnsObject>().and_then(ColumnsObject::table_of_key) {
        (table, Constraint::PrimaryKey { name: None, columns: Vec::new(), column_keys: Vec::new() })
    } else {
        return Err(unknown(interp));
    };
    Ok(match name {
        "AddConstraint" => Ddl::AddConstraint { table, constraint },
        "DropConstraint" => Ddl::DropConstraint { table, constraint, cascade: flagged },
        _ => return Err(unknown(interp)),
    })
}

/// Adds the statements of the schema.
pub(super) fn install(module: &Module) {
    const NAMES: [&str; 16] = [
        "CreateTable",
        "DropTable",
        "CreateIndex",
        "DropIndex",
        "CreateSequence",
        "DropSequence",
        "CreateSchema",
        "DropSchema",
        "AddConstraint",
        "DropConstraint",
        "CreateColumn",
        "SetTableComment",
        "DropTableComment",
        "SetColumnComment",
        "DropColumnComment",
        "DDL",
    ];
    for name in NAMES {
        module.dict.set(
            name,
            Value::native(name, move |interp, args| {
                if name == "DDL" {
                    return make_text(interp, args);
                }
                let ddl = make(interp, name, args)?;
                Ok(Value::object(DdlObject { name, ddl }))
            }),
        );
    }
}

fn make_text(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("DDL.__init__", "statement, context=").bind(interp, args)?;
    let Some(Value::Str(statement)) = bound.take(0) else {
        return Err(Stop::unsupported("DDL of something that is no string"));
    };
    let context = bound.take(1).filter(|context| !context.is_none());
    Ok(Value::object(TextObject { statement, context, dialects: None, condition: None }))
}
