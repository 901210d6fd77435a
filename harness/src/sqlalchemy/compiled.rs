//! `expression.compile()`: the text of a construct and the values of its parameters.

use super::expr::clause;
use super::{convert, errors, lend};
use crate::python::{Args, Interp, Map, Object, PyResult, Signature, Stop, Value};
use backproof_engine::sql::{Dialect, Expr};
use std::any::Any;

/// What `compile()` gives.
struct CompiledObject {
    expr: Expr,
    dialect: Dialect,
}

impl Object for CompiledObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &str {
        match self.dialect {
            Dialect::Sqlite => "SQLiteCompiler",
            _ => "StrSQLCompiler",
        }
    }

    fn type_module(&self) -> &str {
        "sqlalchemy.sql.compiler"
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(Some(match name {
            "params" => {
                let profile = lend::profile(interp);
                let params = self.expr.params(profile).map_err(|error| errors::raise(interp, &error))?;
                let dict = Value::dict(Map::default());
                for (key, value) in params {
                    let value = convert::to_python(interp, &value)?;
                    interp.set_item(&dict, &Value::from(key), value)?;
                }
                dict
            }
            "string" => Value::from(self.str(interp, this)?),
            _ => return Ok(None),
        }))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let profile = lend::profile(interp);
        self.expr.to_text(profile, self.dialect).map_err(|error| errors::raise(interp, &error))
    }
}

/// `value.compile(bind=None, dialect=None, **kw)` of an expression.
pub(super) fn compile(interp: &mut Interp, value: &Value, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("compile", "bind=, dialect=, **kw").bind(interp, args)?;
    if let Some((name, _)) = bound.varkw.first() {
        return Err(Stop::unsupported(format!("compile() with `{name}`")));
    }
    let on_sqlite = bound.take(0).is_some_and(|bind| super::engine::is_bind(&bind));
    if bound.take(1).is_some_and(|dialect| !dialect.is_none()) {
        return Err(Stop::unsupported("compile() for a named dialect"));
    }
    let Some(expr) = clause(interp, value)? else {
        return Err(Stop::unsupported("compile() of this construct"));
    };
    let dialect = if on_sqlite { Dialect::Sqlite } else { Dialect::Default };
    Ok(Value::object(CompiledObject { expr, dialect }))
}
