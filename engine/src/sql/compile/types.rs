//! Names of types in DDL and casts.

use super::{Compiler, Dialect, compile_error};
use crate::error::{Error, Result};
use crate::schema::SqlType;

/// A type as DDL names it.
///
/// # Errors
///
/// `CompileError` for a type that is not known.
pub(crate) fn name(ty: &SqlType) -> Result<String> {
    let sized = |word: &str, length: Option<u32>| match length {
        Some(length) => format!("{word}({length})"),
        None => word.to_owned(),
    };
    Ok(match ty {
        SqlType::Null => {
            return Err(compile_error(
                "Can't generate DDL for NullType(); did you forget to specify a type on this Column?",
            ));
        }
        SqlType::Integer => "INTEGER".to_owned(),
        SqlType::SmallInteger => "SMALLINT".to_owned(),
        SqlType::BigInteger => "BIGINT".to_owned(),
        SqlType::String(length) | SqlType::Unicode(length) => sized("VARCHAR", *length),
        SqlType::Text(length) | SqlType::UnicodeText(length) => sized("TEXT", *length),
        SqlType::DateTime { .. } | SqlType::Interval => "DATETIME".to_owned(),
        SqlType::Date => "DATE".to_owned(),
        SqlType::Time { .. } => "TIME".to_owned(),
        SqlType::Boolean => "BOOLEAN".to_owned(),
        SqlType::Float { .. } => "FLOAT".to_owned(),
        SqlType::Double => "DOUBLE".to_owned(),
        SqlType::Numeric { precision, scale, .. } => numeric("NUMERIC", *precision, *scale),
        SqlType::LargeBinary(_) => "BLOB".to_owned(),
        SqlType::Json | SqlType::JsonPath => "JSON".to_owned(),
        SqlType::Uuid { .. } => "CHAR(32)".to_owned(),
        SqlType::Enum(of) => {
            let longest = of.names.iter().map(|name| name.chars().count()).max().unwrap_or(0) as u32;
            sized("VARCHAR", Some(of.length.unwrap_or(longest).max(longest)))
        }
        SqlType::Array(_) => return Err(Error::unsupported("the name of an array's type")),
        SqlType::Host(host) => match &host.args().spec {
            Some(spec) => spec.to_string(),
            None => name(&host.args().generic)?,
        },
        SqlType::Sql { name: word, generic } => match generic.as_ref() {
            SqlType::String(length)
            | SqlType::Unicode(length)
            | SqlType::Text(length)
            | SqlType::UnicodeText(length)
            | SqlType::LargeBinary(length) => sized(word, *length),
            SqlType::Numeric { precision, scale, .. } => numeric(word, *precision, *scale),
            _ => (*word).to_owned(),
        },
    })
}

impl Compiler<'_> {
    /// A type as `CAST` names it.
    pub(super) fn cast_type(&self, ty: &SqlType) -> Result<String> {
        if let Some(variant) = self.variant(ty)? {
            return self.cast_type(&variant);
        }
        let generic = ty.generic();
        if !self.dialect.is_foreign() {
            return name(ty);
        }
        let sized = |word: &str, length: &Option<u32>, unit: &str| match length {
            Some(length) => format!("{word}({length}{unit})"),
            None => word.to_owned(),
        };
        Ok(match (self.dialect, generic) {
            (Dialect::Mysql, SqlType::Integer | SqlType::SmallInteger | SqlType::BigInteger) => {
                "SIGNED INTEGER".to_owned()
            }
            (_, SqlType::Integer) => "INTEGER".to_owned(),
            (Dialect::Postgresql, SqlType::String(length)) => sized("VARCHAR", length, ""),
            (Dialect::Mysql, SqlType::String(length) | SqlType::Text(length)) => sized("CHAR", length, ""),
            (Dialect::Oracle, SqlType::String(Some(length))) => sized("VARCHAR2", &Some(*length), " CHAR"),
            (Dialect::Mssql, SqlType::String(Some(length))) => sized("VARCHAR", &Some(*length), ""),
            (Dialect::Mysql, SqlType::Numeric { precision, scale, .. }) => {
                numeric("DECIMAL", *precision, *scale)
            }
            (_, SqlType::Numeric { precision, scale, .. }) => numeric("NUMERIC", *precision, *scale),
            (Dialect::Postgresql, SqlType::DateTime { timezone: false }) => {
                "TIMESTAMP WITHOUT TIME ZONE".to_owned()
            }
            (Dialect::Mysql | Dialect::Mssql, SqlType::DateTime { .. }) => "DATETIME".to_owned(),
            (_, SqlType::Date) => "DATE".to_owned(),
            _ => return Err(self.unknown("a cast to this type")),
        })
    }
}

fn numeric(word: &str, precision: Option<u32>, scale: Option<u32>) -> String {
    match (precision, scale) {
        (Some(precision), Some(scale)) => format!("{word}({precision}, {scale})"),
        (Some(precision), None) => format!("{word}({precision})"),
        (None, _) => word.to_owned(),
    }
}
