//! The text of `CREATE` and `DROP`, with the library's tabs and blank lines.

use super::super::expr::Expr;
use super::{Compiler, Dialect, compile_error};
use crate::error::{ErrorKind, Result};
use crate::schema::{
    Column, Constraint, ForeignKeyConstraint, ReferentialActions, ServerDefault, SqlType, Table, TypeCheck,
};
use crate::version::{Behaviour, Profile};
use std::fmt::Write as _;

/// `CREATE TABLE`, with a line before it and two after.
pub(super) fn create_table(
    profile: Profile,
    dialect: Dialect,
    table: &Table,
    exists: &str,
) -> Result<String> {
    let mut compiler = Compiler::for_ddl(profile, dialect);
    if dialect == Dialect::Mssql && compiler.has(Behaviour::TypesMakeChecks) {
        return Err(compiler.unknown("a CREATE TABLE of this release"));
    }
    let mut lines = Vec::new();
    for column in table.columns() {
        let line = compiler.column_definition(table, &column).map_err(|error| {
            if error.kind() == ErrorKind::CompileError {
                compile_error(format!(
                    "(in table '{}', column '{}'): {}",
                    table.name(),
                    column.name(),
                    error.detail()
                ))
            } else {
                error
            }
        })?;
        lines.push(line);
    }
    lines.extend(compiler.constraints(table)?);
    let mut text = "\nCREATE ".to_owned();
    for prefix in &table.args().prefixes {
        super::check_text(prefix)?;
        text.push_str(prefix);
        text.push(' ');
    }
    let _ = write!(text, "TABLE {exists}{} (\n\t{}\n)", compiler.table_name(table)?, lines.join(", \n\t"));
    text.push_str(&compiler.foreign_options(table)?);
    if dialect == Dialect::Sqlite {
        let mut options = Vec::new();
        if table.args().sqlite_with_rowid == Some(false) {
            options.push("WITHOUT ROWID");
        }
        if table.args().sqlite_strict {
            options.push("STRICT");
        }
        if !options.is_empty() {
            let _ = write!(text, "\n {}", options.join(",\n "));
        }
    }
    if dialect == Dialect::Mysql
        && let Some(comment) = &table.args().comment
    {
        let _ = write!(text, "COMMENT={}", compiler.quoted(comment)?);
    }
    text.push_str("\n\n");
    Ok(text)
}

impl Table {
    /// Whether a column's type brings a check along.
    pub fn has_checks_of_types(&self, profile: Profile) -> bool {
        let compiler = Compiler::new(profile, Dialect::Sqlite, None);
        // A check that cannot be named is one, too.
        self.columns().iter().any(|column| !matches!(compiler.type_check(self, column), Ok(None)))
    }
}

/// The columns of a key as it is declared: that which the database numbers comes first.
fn key_order(table: &Table) -> Vec<Column> {
    let mut key = table.primary_key();
    if let Some(first) = table.autoincrement_column()
        && let Some(at) = key.iter().position(|column| *column == first)
    {
        key[..=at].rotate_right(1);
    }
    key
}

impl<'a> Compiler<'a> {
    /// A compiler of DDL: values are written out, and columns stand without their table.
    pub(super) fn for_ddl(profile: Profile, dialect: Dialect) -> Compiler<'a> {
        let mut compiler = Compiler::new(profile, dialect, None);
        compiler.literal_binds = true;
        compiler.bare_columns = true;
        compiler
    }
}

impl Compiler<'_> {
    /// What a table's options for this database add. The order of several is that of a set in the library.
    fn foreign_options(&self, table: &Table) -> Result<String> {
        let prefix = format!("{}_", self.dialect.name());
        let own: Vec<_> = table
            .args()
            .dialect_options
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?, value)))
            .collect();
        match own.as_slice() {
            _ if !self.dialect.is_foreign() => Ok(String::new()),
            [] => Ok(String::new()),
            [(name @ ("engine" | "charset" | "default_charset"), value)]
                if self.dialect == Dialect::Mysql =>
            {
                super::check_text(value)?;
                Ok(format!("{}={value}", name.to_uppercase().replace('_', " ")))
            }
            _ => Err(self.unknown("these options of a table")),
        }
    }

    pub(super) fn names(&self, columns: &[Column]) -> Result<String> {
        let names = columns
            .iter()
            .map(|column| self.ident(&column.name(), column.0.quote.get()))
            .collect::<Result<Vec<_>>>()?;
        Ok(names.join(", "))
    }

    /// Whether the key is written with its column, as SQLite's `AUTOINCREMENT` needs.
    fn inline_key(&self, table: &Table, column: &Column) -> bool {
        self.sqlite()
            && table.args().sqlite_autoincrement
            && table.primary_key().len() == 1
            && table.autoincrement_column().as_ref() == Some(column)
    }

    pub(super) fn column_definition(&mut self, table: &Table, column: &Column) -> Result<String> {
        // A foreign key of a column without a type must resolve for its type to be known.
        if column.0.ty.borrow().is_null()
            && let Some(foreign_key) = column.foreign_keys().first()
        {
            foreign_key.column()?;
        }
        let name = self.ident(&column.name(), column.0.quote.get())?;
        let definition = match self.dialect {
            Dialect::Default | Dialect::Sqlite | Dialect::Postgresql | Dialect::Oracle => {
                self.standard_column(table, column)?
            }
            Dialect::Mysql => self.mysql_column(table, column)?,
            Dialect::Mssql => self.mssql_column(table, column)?,
        };
        let mut text = format!("{name} {definition}");
        let checks = column.0.constraints.borrow().clone();
        for constraint in &checks {
            if let Constraint::Check(check) = constraint {
                text.push(' ');
                text.push_str(&self.check(check.name.as_deref(), &check.condition)?);
            }
        }
        Ok(text)
    }

    fn standard_column(&mut self, table: &Table, column: &Column) -> Result<String> {
        let generates = table.autoincrement_column().as_ref() == Some(column)
            && column.sequence().is_none()
            && !matches!(column.server_default(), Some(ServerDefault::Identity(_)));
        let mut text = match (self.dialect, column.ty().generic()) {
            (Dialect::Postgresql, SqlType::Integer) if generates => "SERIAL".to_owned(),
            (Dialect::Postgresql, SqlType::BigInteger) if generates => "BIGSERIAL".to_owned(),
            (Dialect::Postgresql, SqlType::SmallInteger) if generates => "SMALLSERIAL".to_owned(),
            _ => self.ddl_type(&column.ty())?,
        };
        if let Some(default) = self.server_default(column)? {
            let _ = write!(text, " DEFAULT {default}");
        }
        if let Some(computed) = self.computed(column)? {
            let _ = write!(text, " {computed}");
        }
        let identity = match column.server_default() {
            Some(ServerDefault::Identity(identity)) if !self.sqlite() => Some(identity),
            _ => None,
        };
        if let Some(identity) = &identity {
            if self.dialect == Dialect::Oracle && (identity.numbers.order.is_some() || identity.always) {
                return Err(self.unknown("this IDENTITY"));
            }
            let when = if identity.always { "ALWAYS" } else { "BY DEFAULT" };
            let _ = write!(text, " GENERATED {when} AS IDENTITY");
            let numbers = identity.numbers.text();
            if !numbers.is_empty() {
                let _ = write!(text, " ({numbers})");
            }
        }
        if !column.nullable() && identity.is_none() {
            text.push_str(" NOT NULL");
        }
        if self.inline_key(table, column) {
            text.push_str(" PRIMARY KEY AUTOINCREMENT");
        }
        Ok(text)
    }

    fn mysql_column(&mut self, table: &Table, column: &Column) -> Result<String> {
        let mut text = self.ddl_type(&column.ty())?;
        if let Some(computed) = self.computed(column)? {
            let _ = write!(text, " {computed}");
        }
        if !column.nullable() {
            text.push_str(" NOT NULL");
        } else if text == "TIMESTAMP" {
            text.push_str(" NULL");
        }
        let default = match column.server_default() {
            Some(ServerDefault::Sql(expr))
                if !matches!(
                    expr.kind(),
                    super::super::ExprKind::Text(_)
                        | super::super::ExprKind::True
                        | super::super::ExprKind::False
                ) =>
            {
                return Err(self.unknown("a default that is called"));
            }
            _ => self.server_default(column)?,
        };
        if let Some(comment) = column.comment() {
            if default.is_some() && self.has(Behaviour::TypesMakeChecks) {
                return Err(self.unknown("a column with a comment and a default"));
            }
            let _ = write!(text, " COMMENT {}", self.quoted(&comment)?);
        }
        if table.autoincrement_column().as_ref() == Some(column) {
            text.push_str(" AUTO_INCREMENT");
        } else if let Some(default) = default {
            let _ = write!(text, " DEFAULT {default}");
        }
        Ok(text)
    }

    fn mssql_column(&mut self, table: &Table, column: &Column) -> Result<String> {
        if let Some(ServerDefault::Computed(computed)) = column.server_default() {
            let expr = self.expr(&computed.expr)?;
            let stored = if computed.persisted == Some(true) { " PERSISTED" } else { "" };
            return Ok(format!("AS ({expr}){stored}"));
        }
        let mut text = self.ddl_type(&column.ty())?;
        let required = !column.nullable() || column.is_primary_key() || column.sequence().is_some();
        text.push_str(if required { " NOT NULL" } else { " NULL" });
        match column.server_default() {
            Some(ServerDefault::Identity(identity)) => {
                let numbers = &identity.numbers;
                let start = numbers.start.unwrap_or(1);
                let increment = numbers.increment.unwrap_or(1);
                if numbers.start.is_none() && numbers.increment.is_none() {
                    return Err(self.unknown("this IDENTITY"));
                }
                let _ = write!(text, " IDENTITY({start},{increment})");
            }
            _ if table.autoincrement_column().as_ref() == Some(column) => {
                if column.sequence().is_none() {
                    text.push_str(" IDENTITY");
                }
            }
            _ => {
                if let Some(default) = self.server_default(column)? {
                    let _ = write!(text, " DEFAULT {default}");
                }
            }
        }
        Ok(text)
    }

    /// `GENERATED ALWAYS AS (…)`.
    fn computed(&mut self, column: &Column) -> Result<Option<String>> {
        let Some(ServerDefault::Computed(computed)) = column.server_default() else { return Ok(None) };
        let kind = match (self.dialect, computed.persisted) {
            (Dialect::Postgresql, Some(false)) if !self.has(Behaviour::VirtualColumnsOfPostgresql) => {
                return Err(compile_error(
                    "PostrgreSQL computed columns do not support 'virtual' persistence; set the 'persisted' flag to \
                     None or True for PostgreSQL support.",
                ));
            }
            (Dialect::Postgresql, None) if !self.has(Behaviour::VirtualColumnsOfPostgresql) => " STORED",
            (Dialect::Oracle, Some(true)) => return Err(self.unknown("a column that is stored")),
            (_, Some(true)) => " STORED",
            (_, Some(false)) => " VIRTUAL",
            (_, None) => "",
        };
        let expr = self.expr(&computed.expr)?;
        Ok(Some(format!("GENERATED ALWAYS AS ({expr}){kind}")))
    }

    fn server_default(&mut self, column: &Column) -> Result<Option<String>> {
        Ok(match column.server_default() {
            None | Some(ServerDefault::Fetched | ServerDefault::Computed(_) | ServerDefault::Identity(_)) => {
                None
            }
            Some(ServerDefault::Literal(text)) => {
                super::check_text(&text)?;
                Some(format!("'{}'", text.replace('\'', "''")))
            }
            Some(ServerDefault::Sql(expr)) => {
                let text = self.expr(&expr)?;
                let is_text = matches!(expr.kind(), super::super::ExprKind::Text(_));
                let parenthesized = self.sqlite()
                    && !self.has(Behaviour::BareServerDefault)
                    && if self.has(Behaviour::ParenthesizedServerDefault) {
                        !is_text
                    } else {
                        let opens = text.trim_start().starts_with(['\'', '"', '(']);
                        !opens
                            && text.contains(|character: char| {
                                !(character.is_alphanumeric() || character == '_')
                            })
                    };
                Some(if parenthesized { format!("({text})") } else { text })
            }
        })
    }

    fn check(&mut self, name: Option<&str>, condition: &Expr) -> Result<String> {
        let condition = self.expr(condition)?;
        Ok(format!("{}CHECK ({condition})", self.constraint_name(name)?))
    }

    fn constraint_name(&self, name: Option<&str>) -> Result<String> {
        Ok(match name {
            Some(name) => format!("CONSTRAINT {} ", self.ident(name, None)?),
            None => String::new(),
        })
    }

    fn constraints(&mut self, table: &Table) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        let key = table.primary_key();
        let inline = key.iter().any(|column| self.inline_key(table, column));
        if !key.is_empty() && !inline {
            let name = self.constraint_name(table.primary_key_name().as_deref())?;
            lines.push(format!("{name}PRIMARY KEY ({})", self.names(&key_order(table))?));
        }
        for constraint in table.constraints() {
            if !matches!(constraint, Constraint::PrimaryKey { .. }) {
                lines.extend(self.constraint(table, &constraint)?);
            }
        }
        for column in table.columns() {
            lines.extend(self.type_check(table, &column)?);
        }
        Ok(lines)
    }

    /// A constraint as a table declares it.
    pub(super) fn constraint(&mut self, table: &Table, constraint: &Constraint) -> Result<Option<String>> {
        Ok(match constraint {
            Constraint::PrimaryKey { .. } => {
                let name = self.constraint_name(table.primary_key_name().as_deref())?;
                Some(format!("{name}PRIMARY KEY ({})", self.names(&key_order(table))?))
            }
            Constraint::ForeignKey(key) => self.foreign_key(key)?,
            Constraint::Unique(unique) => {
                let name = self.constraint_name(unique.name.as_deref())?;
                Some(format!("{name}UNIQUE ({})", self.names(&unique.columns)?))
            }
            Constraint::Check(check) => Some(self.check(check.name.as_deref(), &check.condition)?),
        })
    }

    /// The check that a type brings along: of the versions that make one by default.
    fn type_check(&self, table: &Table, column: &Column) -> Result<Option<String>> {
        let by_default = self.has(Behaviour::TypesMakeChecks);
        let name = self.ident(&column.name(), column.0.quote.get())?;
        let ty = column.ty();
        let said = match &ty {
            SqlType::Host(host) => host.args().check.clone(),
            _ => None,
        };
        if said == Some(TypeCheck::Never) {
            return Ok(None);
        }
        let (values, given) = match ty.generic() {
            SqlType::Boolean
                if (by_default || said.is_some())
                    && matches!(self.dialect, Dialect::Sqlite | Dialect::Mysql | Dialect::Oracle) =>
            {
                let given = match said {
                    Some(TypeCheck::Made { name }) => name,
                    _ => None,
                };
                ("0, 1".to_owned(), given)
            }
            SqlType::Enum(of)
                if (by_default || of.create_constraint)
                    && !(of.native_enum && matches!(self.dialect, Dialect::Postgresql | Dialect::Mysql)) =>
            {
                let values: Vec<String> =
                    of.names.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
                (values.join(", "), of.name.clone())
            }
            _ => return Ok(None),
        };
        let constraint = table.name_of_type_check(column, given.as_deref())?;
        Ok(Some(format!("{}CHECK ({name} IN ({values}))", self.constraint_name(constraint.as_deref())?)))
    }

    /// `None` where the table referred to is in another schema, which SQLite cannot refer to.
    fn foreign_key(&mut self, key: &ForeignKeyConstraint) -> Result<Option<String>> {
        let mut remote = Vec::new();
        for element in &key.elements {
            remote.push(element.column()?);
        }
        let Some(target) = remote.first().and_then(Column::table) else { return Ok(None) };
        let local = key.columns();
        if self.sqlite()
            && local.first().and_then(Column::table).is_some_and(|table| table.schema() != target.schema())
        {
            return Ok(None);
        }
        let mut text = format!(
            "{}FOREIGN KEY({}) REFERENCES {} ({})",
            self.constraint_name(key.name.as_deref())?,
            self.names(&local)?,
            if self.sqlite() {
                self.ident(target.name(), target.args().quote)?
            } else {
                self.table_name(&target)?
            },
            self.names(&remote)?,
        );
        let ReferentialActions { ondelete, onupdate, deferrable, initially, use_alter: _ } = &key.actions;
        for (word, action) in [(" ON DELETE ", ondelete), (" ON UPDATE ", onupdate)] {
            if self.dialect == Dialect::Oracle && word == " ON UPDATE " {
                continue;
            }
            if let Some(action) = action {
                super::check_text(action)?;
                text.push_str(word);
                text.push_str(action);
            }
        }
        match deferrable {
            Some(true) => text.push_str(" DEFERRABLE"),
            Some(false) => text.push_str(" NOT DEFERRABLE"),
            None => {}
        }
        if let Some(initially) = initially {
            super::check_text(initially)?;
            let _ = write!(text, " INITIALLY {initially}");
        }
        Ok(Some(text))
    }
}
