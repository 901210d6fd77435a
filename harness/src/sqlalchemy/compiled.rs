//! `construct.compile()`: the text of an expression or statement and the values of its parameters.

use super::expr::clause;
use super::statement::StatementObject;
use super::{convert, errors, lend};
use crate::python::{Args, Interp, Map, Object, PyResult, Signature, Stop, Value};
use backproof_engine::sql::{Compiled, Dialect, Execution, Expr, Statement, compile as sql};
use backproof_engine::value::Value as SqlValue;
use std::any::Any;

/// What can be compiled.
enum Construct {
    Expr(Expr),
    Statement(Statement),
}

/// What `compile()` gives.
struct CompiledObject {
    compiled: Compiled,
    dialect: Dialect,
}

impl Object for CompiledObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "SQLiteCompiler",
            Dialect::Default => "StrSQLCompiler",
            Dialect::Postgresql => "PGCompiler",
            Dialect::Mysql => "MySQLCompiler",
            Dialect::Oracle => "OracleCompiler",
            Dialect::Mssql => "MSSQLCompiler",
        }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.compiler"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(Some(match name {
            "params" => {
                let dict = Value::dict(Map::default());
                for bind in &self.compiled.binds {
                    let value = match (&bind.expanding, &bind.value) {
                        (Some(values), _) => {
                            let values: PyResult<Vec<Value>> =
                                values.iter().map(|value| convert::to_python(interp, value)).collect();
                            Value::list(values?)
                        }
                        (None, Some(value)) => convert::to_python(interp, value)?,
                        (None, None) => Value::None,
                    };
                    interp.set_item(&dict, &Value::from(bind.name.clone()), value)?;
                }
                dict
            }
            "string" => Value::from(self.compiled.text.as_str()),
            _ => return Ok(None),
        }))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.compiled.text.clone())
    }
}

impl Construct {
    fn of(interp: &mut Interp, value: &Value) -> PyResult<Construct> {
        if let Some(body) = super::selectable::body(interp, value)? {
            return Ok(Construct::Statement(body.into()));
        }
        if let Some(statement) = value.downcast::<StatementObject>() {
            return Ok(Construct::Statement(statement.statement()));
        }
        match clause(interp, value)? {
            Some(expr) => Ok(Construct::Expr(expr)),
            None => Err(Stop::unsupported("compile() of this construct")),
        }
    }

    fn compile(&self, interp: &mut Interp, dialect: Dialect, literal_binds: bool) -> PyResult<Compiled> {
        let profile = lend::profile(interp);
        let compiled = match self {
            Construct::Expr(expr) => expr.compiled(profile, dialect, literal_binds),
            Construct::Statement(statement) => {
                let execution = Execution { literal_binds, ..Execution::default() };
                sql::compile(profile, dialect, statement, execution)
            }
        };
        compiled.map_err(|error| errors::raise(interp, &error))
    }
}

/// Whether a value is written into SQL as every release does.
fn is_plain(value: &SqlValue) -> bool {
    matches!(value, SqlValue::Null | SqlValue::Bool(_) | SqlValue::Int(_) | SqlValue::Text(_))
}

/// `value.compile(bind=None, dialect=None, compile_kwargs=…)` of an expression or statement.
pub(crate) fn compile(interp: &mut Interp, value: &Value, args: Args) -> PyResult<Value> {
    let mut bound =
        Signature::new("compile", "bind=, dialect=, *, compile_kwargs=, **kw").bind(interp, args)?;
    if let Some((name, _)) = bound.varkw.first() {
        return Err(Stop::unsupported(format!("compile() with `{name}`")));
    }
    let on_sqlite = bound.take(0).is_some_and(|bind| super::engine::is_bind(&bind));
    let asked = match bound.take(1).filter(|dialect| !dialect.is_none()) {
        Some(dialect) => Some(super::dialects::of_value(&dialect)?),
        None => None,
    };
    let mut literal_binds = false;
    if let Some(options) = bound.take(2).filter(|options| !options.is_none()) {
        for key in interp.iterate(&options)? {
            match key.as_str() {
                Some(name) if &**name == "literal_binds" => {
                    let wanted = interp.get_item(&options, &key)?;
                    literal_binds = interp.truth(&wanted)?;
                }
                _ => {
                    return Err(Stop::unsupported(
                        "compile() with compile_kwargs other than `literal_binds`",
                    ));
                }
            }
        }
    }
    let construct = Construct::of(interp, value)?;
    let own = match &construct {
        Construct::Statement(Statement::Insert(insert)) => insert.dialect,
        _ => Dialect::Default,
    };
    let dialect = asked.unwrap_or(if on_sqlite { Dialect::Sqlite } else { own });
    let compiled = construct.compile(interp, dialect, false)?;
    if !literal_binds {
        return Ok(Value::object(CompiledObject { compiled, dialect }));
    }
    if compiled.binds.iter().any(|bind| bind.value.is_none() && bind.expanding.is_none()) {
        return Err(Stop::unsupported("literal_binds of a parameter without a value"));
    }
    let values =
        compiled.binds.iter().flat_map(|bind| bind.value.iter().chain(bind.expanding.iter().flatten()));
    if !values.into_iter().all(is_plain) {
        return Err(Stop::unsupported("literal_binds for values other than numbers and text"));
    }
    let compiled = construct.compile(interp, dialect, true)?;
    Ok(Value::object(CompiledObject { compiled, dialect }))
}
