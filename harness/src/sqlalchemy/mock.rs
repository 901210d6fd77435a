//! Engines that execute nothing: `create_mock_engine()`, and `create_engine(strategy="mock")` of 1.x.
//!
//! What would be executed is handed to the document's function. Only what `create_all()` and its like emit is known.

use super::{ddl, dialects, errors};
use crate::python::{Args, Interp, Object, PyResult, Signature, Stop, Value, fresh_identity};
use backproof_engine::schema::ddl::Ddl;
use backproof_engine::schema::{SqlType, Table, in_order};
use backproof_engine::sql::Dialect;
use std::any::Any;

/// A connection that hands on what it is to execute.
pub(super) struct MockObject {
    dialect: Dialect,
    /// The dialect's object.
    shown: Value,
    executor: Value,
    id: u64,
}

/// `create_mock_engine(url, executor)`.
pub(super) fn create(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("create_mock_engine", "url, executor, **kw").bind(interp, args)?;
    let (url, executor) = (bound.take(0).unwrap_or(Value::None), bound.take(1).unwrap_or(Value::None));
    if bound.varkw.iter().any(|(name, _)| &**name != "paramstyle") {
        return Err(Stop::unsupported("create_mock_engine() with other arguments"));
    }
    of_url(interp, &url, executor)
}

/// The mock engine of a URL.
pub(super) fn of_url(interp: &mut Interp, url: &Value, executor: Value) -> PyResult<Value> {
    let url = super::url::make(interp, url)?;
    let name = super::url::backend(&url);
    let dialect = match &*name {
        "sqlite" => Dialect::Sqlite,
        "postgresql" => Dialect::Postgresql,
        "mysql" => Dialect::Mysql,
        "oracle" => Dialect::Oracle,
        "mssql" => Dialect::Mssql,
        other => return Err(Stop::unsupported(format!("the dialect `{other}`"))),
    };
    let shown = dialects::of_dialect(dialect);
    Ok(Value::object(MockObject { dialect, shown, executor, id: fresh_identity() }))
}

impl MockObject {
    /// Hands on what creates or drops tables.
    pub(super) fn emit(&self, interp: &mut Interp, tables: &[Table], drop: bool) -> PyResult<Value> {
        let mut tables = in_order(tables).map_err(|error| errors::raise(interp, &error))?;
        if drop {
            tables.reverse();
        }
        for table in tables {
            self.check(&table)?;
            let own = if drop {
                vec![("DropTable", Ddl::DropTable { table: table.clone(), if_exists: false })]
            } else {
                let create = Ddl::CreateTable { table: table.clone(), if_not_exists: false };
                let indexes = table.indexes().into_iter().map(|index| {
                    ("CreateIndex", Ddl::CreateIndex { table: table.clone(), index, if_not_exists: false })
                });
                std::iter::once(("CreateTable", create)).chain(indexes).collect()
            };
            for (name, statement) in own {
                let statement = ddl::value(name, statement);
                interp.call(&self.executor, Args::of(vec![statement]))?;
            }
        }
        Ok(Value::None)
    }

    /// Refuses tables for which some databases take more statements.
    fn check(&self, table: &Table) -> PyResult<()> {
        if self.dialect == Dialect::Sqlite {
            return Ok(());
        }
        let commented =
            table.args().comment.is_some() || table.columns().iter().any(|column| column.comment().is_some());
        if commented && self.dialect != Dialect::Mysql {
            return Err(Stop::unsupported("comments among what a mock engine executes"));
        }
        let more = table.columns().iter().any(|column| {
            column.sequence().is_some()
                || matches!(column.ty().generic(), SqlType::Enum(of) if of.native_enum)
        });
        if more && self.dialect != Dialect::Mysql {
            return Err(Stop::unsupported("sequences and enumerations among what a mock engine executes"));
        }
        Ok(())
    }
}

impl Object for MockObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "MockConnection"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.engine.mock"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(Some(match name {
            "dialect" => self.shown.clone(),
            "name" => Value::from(self.dialect.name()),
            "engine" => this.clone(),
            "connect" => {
                let this = this.clone();
                Value::native(name, move |_, _| Ok(this.clone()))
            }
            "execute" => self.executor.clone(),
            _ if name.starts_with("__") => return Ok(None),
            _ => return Err(Stop::unsupported(format!("`{name}` of a mock engine"))),
        }))
    }
}
