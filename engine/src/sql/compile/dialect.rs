//! Whose SQL is written, and what the other databases' dialects write in their own way.
//!
//! Only SQLite's is ever executed. What is not known of another dialect is unsupported there, never written as the
//! default dialect would write it.

use super::super::expr::{Expr, ExprKind};
use super::super::from::FromItem;
use super::super::op::Op;
use super::{Compiler, compile_error};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Affinity, SqlType};
use crate::version::Behaviour;

/// Whose SQL is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// What `print(statement)` shows: `:name` parameters.
    #[default]
    Default,
    /// What is executed: `?` parameters.
    Sqlite,
    Postgresql,
    Mysql,
    Oracle,
    Mssql,
}

impl Dialect {
    /// The dialect of this name.
    pub fn named(name: &str) -> Option<Dialect> {
        Some(match name {
            "sqlite" => Dialect::Sqlite,
            "postgresql" => Dialect::Postgresql,
            "mysql" => Dialect::Mysql,
            "oracle" => Dialect::Oracle,
            "mssql" => Dialect::Mssql,
            _ => return None,
        })
    }

    /// As the library names it.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Default => "default",
            Dialect::Sqlite => "sqlite",
            Dialect::Postgresql => "postgresql",
            Dialect::Mysql => "mysql",
            Dialect::Oracle => "oracle",
            Dialect::Mssql => "mssql",
        }
    }

    /// Whether it is neither the default one nor the one that is executed.
    pub fn is_foreign(self) -> bool {
        !matches!(self, Dialect::Default | Dialect::Sqlite)
    }

    /// Whether `%` in text is written twice, as parameters begin with one.
    pub(super) fn doubles_percent(self) -> bool {
        matches!(self, Dialect::Postgresql | Dialect::Mysql)
    }

    /// A placeholder.
    pub(super) fn placeholder(self, name: &str) -> String {
        match self {
            Dialect::Sqlite => "?".to_owned(),
            Dialect::Mysql => "%s".to_owned(),
            Dialect::Postgresql => format!("%({name})s"),
            Dialect::Oracle if super::reserved::words(self).split(' ').any(|word| word == name) => {
                format!(":\"{name}\"")
            }
            Dialect::Default | Dialect::Oracle | Dialect::Mssql => format!(":{name}"),
        }
    }
}

impl Compiler<'_> {
    /// What another database's dialect does in a way that is not known here.
    pub(super) fn unknown(&self, what: &str) -> Error {
        Error::unsupported(format!("{what} in the dialect `{}`", self.dialect.name()))
    }

    /// Refuses, for the dialects of other databases, what is not known of them.
    pub(super) fn only_known(&self, what: &str) -> Result<()> {
        if self.dialect.is_foreign() { Err(self.unknown(what)) } else { Ok(()) }
    }

    /// `%` in text that stands outside parameters.
    pub(super) fn percent(&self) -> &'static str {
        if self.dialect.doubles_percent() { "%%" } else { "%" }
    }

    /// What stands after a placeholder: a cast, where the release's own driver of `postgresql` needs it.
    pub(super) fn after_placeholder(&self, ty: &SqlType) -> Result<&'static str> {
        if self.dialect != Dialect::Postgresql || !self.has(Behaviour::PsycopgByDefault) {
            return Ok("");
        }
        Ok(match ty.generic() {
            SqlType::Null => "",
            SqlType::Integer => "::INTEGER",
            SqlType::String(_) | SqlType::Text(_) | SqlType::Unicode(_) => "::VARCHAR",
            _ => return Err(self.unknown("a parameter of this type")),
        })
    }

    /// Two operands as another database's dialect writes them, where that is its own way.
    pub(super) fn binary_of_dialect(&mut self, left: &Expr, right: &Expr, op: &Op) -> Result<Option<String>> {
        if !self.dialect.is_foreign() {
            return Ok(None);
        }
        match op {
            Op::Concat if self.dialect == Dialect::Mysql => {
                let mut parts = Vec::new();
                if self.has(Behaviour::ConcatFlattened) {
                    concat_parts(left, &mut parts);
                    concat_parts(right, &mut parts);
                } else {
                    parts.extend([left.clone(), right.clone()]);
                }
                return Ok(Some(format!("concat({})", self.list(&parts, ", ")?)));
            }
            Op::Div | Op::FloorDiv => return self.division_of_dialect(left, right, op).map(Some),
            _ => {}
        }
        let known = matches!(
            op,
            Op::Eq
                | Op::Ne
                | Op::Lt
                | Op::Le
                | Op::Gt
                | Op::Ge
                | Op::Add
                | Op::Sub
                | Op::Mul
                | Op::Is
                | Op::IsNot
                | Op::In
                | Op::NotIn
                | Op::Between
                | Op::NotBetween
                | Op::Custom { .. }
        );
        if known || op.is_pattern() {
            return Ok(None);
        }
        let left = self.expr(left)?;
        let right = self.expr(right)?;
        self.infix_of_dialect(op, &left, &right).map(Some)
    }

    fn infix_of_dialect(&self, op: &Op, left: &str, right: &str) -> Result<String> {
        let no_regular_expressions = |what: &str| {
            Err(compile_error(format!("mssql dialect does not support regular expression{what}")))
        };
        let percent = self.percent();
        Ok(match (op, self.dialect) {
            (Op::RegexpMatch, Dialect::Postgresql) => format!("{left} ~ {right}"),
            (Op::NotRegexpMatch, Dialect::Postgresql) => format!("{left} !~ {right}"),
            (Op::RegexpMatch, Dialect::Mysql) => format!("{left} REGEXP {right}"),
            (Op::NotRegexpMatch, Dialect::Mysql) => format!("{left} NOT REGEXP {right}"),
            (Op::RegexpMatch, Dialect::Oracle) => format!("REGEXP_LIKE({left}, {right})"),
            (Op::NotRegexpMatch, Dialect::Oracle) => format!("NOT REGEXP_LIKE({left}, {right})"),
            (Op::RegexpMatch | Op::NotRegexpMatch, Dialect::Mssql) => return no_regular_expressions("s"),
            (Op::RegexpReplace, Dialect::Mssql) => return no_regular_expressions(" replacements"),
            (Op::RegexpReplace, _) => format!("REGEXP_REPLACE({left}, {right})"),
            (Op::Collate, _) => format!("{left} COLLATE {right}"),
            (Op::Concat, Dialect::Mssql) => format!("{left} + {right}"),
            (Op::Concat, _) => format!("{left} || {right}"),
            (Op::BitXor, Dialect::Postgresql) => format!("{left} # {right}"),
            (Op::BitAnd | Op::BitOr | Op::BitXor | Op::ShiftLeft | Op::ShiftRight, dialect)
                if dialect != Dialect::Oracle =>
            {
                format!("{left}{}{right}", op.infix().unwrap_or_default())
            }
            (Op::Mod, Dialect::Oracle) => format!("mod({left}, {right})"),
            (Op::Mod, _) => format!("{left} {percent} {right}"),
            (Op::IsDistinctFrom, Dialect::Mysql) => format!("NOT ({left} <=> {right})"),
            (Op::IsNotDistinctFrom, Dialect::Mysql) => format!("{left} <=> {right}"),
            (Op::IsDistinctFrom, Dialect::Oracle) => format!("DECODE({left}, {right}, 0, 1) = 1"),
            (Op::IsNotDistinctFrom, Dialect::Oracle) => format!("DECODE({left}, {right}, 0, 1) = 0"),
            (Op::IsDistinctFrom, Dialect::Mssql) => {
                format!("NOT EXISTS (SELECT {left} INTERSECT SELECT {right})")
            }
            (Op::IsNotDistinctFrom, Dialect::Mssql) => {
                format!("EXISTS (SELECT {left} INTERSECT SELECT {right})")
            }
            (Op::IsDistinctFrom, _) => format!("{left} IS DISTINCT FROM {right}"),
            (Op::IsNotDistinctFrom, _) => format!("{left} IS NOT DISTINCT FROM {right}"),
            (Op::Match, Dialect::Mysql) => format!("MATCH ({left}) AGAINST ({right} IN BOOLEAN MODE)"),
            (Op::Match, Dialect::Oracle | Dialect::Mssql) => format!("CONTAINS ({left}, {right})"),
            _ => return Err(self.unknown(&format!("the SQL operator {op:?}"))),
        })
    }

    fn division_of_dialect(&mut self, left: &Expr, right: &Expr, op: &Op) -> Result<String> {
        let of_whole = !self.has(Behaviour::FloorOfFloats) || left.ty().affinity() == Affinity::Integer;
        let whole = right.ty().affinity() == Affinity::Integer;
        let left_text = self.expr(left)?;
        let right_text = self.expr(right)?;
        Ok(match (op, self.dialect) {
            (Op::FloorDiv, Dialect::Postgresql | Dialect::Mssql) if whole && of_whole => {
                format!("{left_text} / {right_text}")
            }
            (Op::FloorDiv, _) => format!("FLOOR({left_text} / {right_text})"),
            (_, Dialect::Mysql | Dialect::Oracle) => format!("{left_text} / {right_text}"),
            (_, Dialect::Postgresql) if whole && self.has(Behaviour::TrueDivision) => {
                format!("{left_text} / CAST({right_text} AS NUMERIC)")
            }
            _ if !self.has(Behaviour::TrueDivision) => format!("{left_text} / {right_text}"),
            _ => return Err(self.unknown("this division")),
        })
    }

    /// A `LIKE` with wildcards around its right side, as `mysql` and `mssql` put strings together.
    pub(super) fn wildcards(&self, before: bool, right: &str, after: bool) -> Result<String> {
        let any = if self.has(Behaviour::PercentDoubled) { "%%" } else { self.percent() };
        let any = format!("'{any}'");
        let mut parts = Vec::new();
        if before {
            parts.push(any.as_str());
        }
        parts.push(right);
        if after {
            parts.push(any.as_str());
        }
        Ok(match self.dialect {
            _ if parts.len() == 1 => right.to_owned(),
            Dialect::Mysql if parts.len() > 2 && !self.has(Behaviour::ConcatFlattened) => {
                format!("concat(concat({any}, {right}), {any})")
            }
            Dialect::Mysql => format!("concat({})", parts.join(", ")),
            Dialect::Mssql => parts.join(" + "),
            _ => parts.join(" || "),
        })
    }

    /// A function that a dialect names in its own way.
    pub(super) fn function_of_dialect(&self, lower: &str, bare: bool) -> Result<Option<&'static str>> {
        Ok(match (lower, self.dialect) {
            ("now", Dialect::Sqlite | Dialect::Oracle | Dialect::Mssql) => Some("CURRENT_TIMESTAMP"),
            ("current_date", Dialect::Mssql) => Some("GETDATE()"),
            ("current_timestamp" | "current_date" | "current_time", _) => None,
            _ if bare => {
                self.only_known(&format!("the function {lower}()"))?;
                None
            }
            ("aggregate_strings", Dialect::Sqlite) => {
                return Err(Error::unsupported("aggregate_strings() on SQLite"));
            }
            (
                "utc_timestamp" | "utc_date" | "utc_time" | "rollup" | "cube" | "grouping_sets" | "random"
                | "next_value" | "aggregate_strings",
                dialect,
            ) if dialect.is_foreign() => return Err(self.unknown(&format!("the function {lower}()"))),
            _ => None,
        })
    }

    /// The name of a function that takes arguments.
    pub(super) fn function_name(&self, lower: &str) -> Option<&'static str> {
        match (lower, self.dialect) {
            ("grouping_sets", _) => Some("GROUPING SETS"),
            ("cube", _) => Some("CUBE"),
            ("rollup", _) => Some("ROLLUP"),
            ("char_length", Dialect::Sqlite) => Some("length"),
            ("char_length", Dialect::Oracle) => Some("LENGTH"),
            ("char_length", Dialect::Mssql) => Some("LEN"),
            _ => None,
        }
    }

    /// `LIMIT` and `OFFSET` of the databases that are only printed.
    pub(super) fn limit_of_dialect(&mut self, limit: Option<&Expr>, offset: Option<&Expr>) -> Result<String> {
        Ok(match (self.dialect, limit, offset) {
            // The only form of SQL Server's that is known stands before the columns.
            (_, None, None) | (Dialect::Mssql, Some(_), None) => String::new(),
            (Dialect::Postgresql | Dialect::Mysql, Some(limit), None) => {
                format!(" \n LIMIT {}", self.expr(limit)?)
            }
            (Dialect::Postgresql, Some(limit), Some(offset)) => {
                let limit = self.expr(limit)?;
                format!(" \n LIMIT {limit} OFFSET {}", self.expr(offset)?)
            }
            (Dialect::Postgresql, None, Some(offset)) => {
                format!("\n LIMIT ALL OFFSET {}", self.expr(offset)?)
            }
            (Dialect::Mysql, Some(limit), Some(offset)) => {
                let offset = self.expr(offset)?;
                format!(" \n LIMIT {offset}, {}", self.expr(limit)?)
            }
            (Dialect::Mysql, None, Some(offset)) => {
                format!(" \n LIMIT {}, 18446744073709551615", self.expr(offset)?)
            }
            _ => return Err(self.unknown("a LIMIT or OFFSET")),
        })
    }

    /// What an update or delete of several tables says beside its own.
    pub(super) fn several_tables(
        &mut self,
        word: &str,
        own: &FromItem,
        others: &[FromItem],
    ) -> Result<(String, String)> {
        if others.is_empty() {
            return Ok((String::new(), String::new()));
        }
        let own = self.element(own)?;
        let others = others.iter().map(|from| self.element(from)).collect::<Result<Vec<_>>>()?.join(", ");
        let update = word == "UPDATE";
        Ok(match self.dialect {
            Dialect::Default | Dialect::Sqlite | Dialect::Postgresql if update => {
                (String::new(), format!(" FROM {others}"))
            }
            Dialect::Default | Dialect::Sqlite => (String::new(), format!(" , {others}")),
            Dialect::Postgresql => (String::new(), format!(" USING {others}")),
            Dialect::Mysql if update => (format!(", {others}"), String::new()),
            Dialect::Mysql => (String::new(), format!(" USING {own}, {others}")),
            Dialect::Mssql => (String::new(), format!(" FROM {own}, {others}")),
            Dialect::Oracle => {
                return Err(Error::new(
                    ErrorKind::NotImplementedError,
                    format!("This backend does not support multiple-table criteria within {word}"),
                ));
            }
        })
    }
}

/// The strings that a chain of `||` puts together.
fn concat_parts(expr: &Expr, parts: &mut Vec<Expr>) {
    match expr.kind() {
        ExprKind::Binary { left, right, op: Op::Concat, .. } => {
            concat_parts(left, parts);
            concat_parts(right, parts);
        }
        _ => parts.push(expr.clone()),
    }
}
