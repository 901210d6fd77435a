//! Names of types in the DDL of the databases that are only printed.
//!
//! What their dialects name otherwise from release to release is unsupported.

use super::{Compiler, Dialect, compile_error, types};
use crate::error::{ELSEWHERE, Error, Result};
use crate::schema::SqlType;
use crate::version::Behaviour;

impl Compiler<'_> {
    /// A column's type as DDL names it.
    pub(super) fn ddl_type(&self, ty: &SqlType) -> Result<String> {
        if let Some(variant) = self.variant(ty)? {
            return self.ddl_type(&variant);
        }
        if let SqlType::Array(_) = ty.generic() {
            return self.array_type(ty);
        }
        if let SqlType::Sql { name: "UUID", .. } = ty
            && self.sqlite()
            && !self.has(Behaviour::NamedUuidOfEveryDatabase)
        {
            return Err(self.unrendered("UUID"));
        }
        if !self.dialect.is_foreign() {
            return types::name(ty);
        }
        if let SqlType::Host(host) = ty {
            if let Some(spec) = &host.args().spec {
                return Ok(spec.to_string());
            }
            return self.ddl_type(&host.args().generic);
        }
        if let SqlType::Sql { name, generic } = ty {
            return self.named_type(name, generic);
        }
        match self.dialect {
            Dialect::Postgresql => self.postgresql_type(ty),
            Dialect::Mysql => self.mysql_type(ty),
            Dialect::Oracle => self.oracle_type(ty),
            _ => self.mssql_type(ty),
        }
    }

    /// What stands for a type in this dialect's database, where something else does.
    pub(super) fn variant(&self, ty: &SqlType) -> Result<Option<SqlType>> {
        let SqlType::Host(host) = ty else { return Ok(None) };
        let own = self.dialect.name();
        if host.args().unknown_in.iter().any(|name| **name == *own) {
            return Err(self.unknown("a type that asks for its database"));
        }
        let found = host.args().variants.iter().find(|(name, _)| **name == *own);
        Ok(found.map(|(_, variant)| variant.clone()))
    }

    fn array_type(&self, ty: &SqlType) -> Result<String> {
        let SqlType::Array(of) = ty.generic() else { return types::name(ty) };
        if self.dialect == Dialect::Postgresql {
            let item = self.ddl_type(&of.item)?;
            return Ok(format!("{item}{}", "[]".repeat(of.dimensions.max(1) as usize)));
        }
        if !self.sqlite() {
            return Err(self.unknown("an array"));
        }
        let shown = if self.has(Behaviour::ArraysNamedByClass) {
            "<class 'sqlalchemy.sql.sqltypes.ARRAY'>"
        } else {
            "ARRAY"
        };
        Err(self.unrendered(shown))
    }

    /// The refusal of a type that SQLite's compiler does not know.
    fn unrendered(&self, shown: &str) -> Error {
        if !self.sqlite() {
            return self.unknown("a column of this type");
        }
        compile_error(format!(
            "Compiler <sqlalchemy.dialects.sqlite.base.SQLiteTypeCompiler object at {ELSEWHERE}> can't render \
             element of type {shown}"
        ))
    }

    /// A type named as SQL names it.
    fn named_type(&self, name: &'static str, generic: &SqlType) -> Result<String> {
        let plain = types::name(&SqlType::Sql { name, generic: std::rc::Rc::new(generic.clone()) })?;
        Ok(match (self.dialect, name) {
            (Dialect::Postgresql, "TIMESTAMP" | "TIME") => {
                let zone = matches!(
                    generic,
                    SqlType::DateTime { timezone: true } | SqlType::Time { timezone: true }
                );
                format!("{name} {} TIME ZONE", if zone { "WITH" } else { "WITHOUT" })
            }
            (Dialect::Mysql, "BOOLEAN") => "BOOL".to_owned(),
            (Dialect::Mysql, "NVARCHAR" | "NCHAR") => plain.replacen('N', "NATIONAL ", 1),
            (Dialect::Oracle, "VARCHAR") => plain.replace(')', " CHAR)"),
            (Dialect::Oracle, "NVARCHAR") => plain.replacen("NVARCHAR", "NVARCHAR2", 1),
            (_, "UUID")
                if !self.has(Behaviour::NamedUuidOfEveryDatabase) && self.dialect != Dialect::Postgresql =>
            {
                return Err(self.unknown("UUID"));
            }
            (Dialect::Mysql, "VARCHAR") if plain == name => return self.without_length("VARCHAR"),
            _ => plain,
        })
    }

    fn without_length(&self, word: &str) -> Result<String> {
        Err(compile_error(format!("{word} requires a length on dialect {}", self.dialect.name())))
    }

    fn postgresql_type(&self, ty: &SqlType) -> Result<String> {
        let zone = |timezone: bool| if timezone { "WITH" } else { "WITHOUT" };
        Ok(match ty {
            SqlType::DateTime { timezone } => format!("TIMESTAMP {} TIME ZONE", zone(*timezone)),
            SqlType::Time { timezone } => format!("TIME {} TIME ZONE", zone(*timezone)),
            SqlType::Interval => "INTERVAL".to_owned(),
            SqlType::Float { precision: Some(precision), .. } => format!("FLOAT({precision})"),
            SqlType::LargeBinary(_) => "BYTEA".to_owned(),
            SqlType::Uuid { .. } => "UUID".to_owned(),
            SqlType::Double => "DOUBLE PRECISION".to_owned(),
            SqlType::Enum(of) if of.native_enum => match &of.name {
                Some(name) => self.ident(name, None)?,
                None => return Err(self.unknown("an enumeration without a name")),
            },
            other => types::name(other)?,
        })
    }

    fn mysql_type(&self, ty: &SqlType) -> Result<String> {
        Ok(match ty {
            SqlType::String(None) | SqlType::Unicode(None) => return self.without_length("VARCHAR"),
            SqlType::Boolean => "BOOL".to_owned(),
            SqlType::Float { precision: Some(precision), .. } => format!("FLOAT({precision})"),
            SqlType::LargeBinary(Some(length)) => format!("BLOB({length})"),
            SqlType::Enum(of) if of.native_enum => {
                let names = of.names.iter().map(|name| self.quoted(name)).collect::<Result<Vec<_>>>()?;
                format!("ENUM({})", names.join(","))
            }
            other => types::name(other)?,
        })
    }

    fn oracle_type(&self, ty: &SqlType) -> Result<String> {
        Ok(match ty {
            SqlType::BigInteger => "NUMBER(19)".to_owned(),
            SqlType::String(None) | SqlType::Unicode(None) => "VARCHAR2".to_owned(),
            SqlType::String(Some(length)) | SqlType::Unicode(Some(length)) => {
                format!("VARCHAR2({length} CHAR)")
            }
            SqlType::Text(_) | SqlType::UnicodeText(_) => "CLOB".to_owned(),
            SqlType::DateTime { .. } => "DATE".to_owned(),
            SqlType::Interval => "INTERVAL DAY TO SECOND".to_owned(),
            SqlType::Enum(_) => types::name(ty)?.replace(')', " CHAR)"),
            SqlType::Double => "DOUBLE PRECISION".to_owned(),
            SqlType::Boolean | SqlType::Json | SqlType::Float { precision: Some(_), .. } => {
                return Err(self.unknown("a column of this type"));
            }
            other => types::name(other)?,
        })
    }

    fn mssql_type(&self, ty: &SqlType) -> Result<String> {
        Ok(match ty {
            SqlType::String(None) => "VARCHAR(max)".to_owned(),
            SqlType::Unicode(None) => "NVARCHAR(max)".to_owned(),
            SqlType::Unicode(Some(length)) => format!("NVARCHAR({length})"),
            SqlType::UnicodeText(None) => "NTEXT".to_owned(),
            SqlType::DateTime { timezone: false } | SqlType::Date | SqlType::Time { .. } => {
                "DATETIME".to_owned()
            }
            SqlType::Boolean => "BIT".to_owned(),
            SqlType::Float { precision: Some(precision), .. } => format!("FLOAT({precision})"),
            SqlType::LargeBinary(_) => "IMAGE".to_owned(),
            SqlType::Uuid { .. } => "UNIQUEIDENTIFIER".to_owned(),
            SqlType::DateTime { timezone: true }
            | SqlType::UnicodeText(Some(_))
            | SqlType::Json
            | SqlType::Double => return Err(self.unknown("a column of this type")),
            other => types::name(other)?,
        })
    }
}
