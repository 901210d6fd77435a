//! The text of `CREATE` and `DROP`, with the library's tabs and blank lines.

use super::super::expr::Expr;
use super::{Compiler, Dialect, compile_error, types};
use crate::error::{ErrorKind, Result};
use crate::schema::{
    Column, Constraint, ForeignKeyConstraint, Index, ReferentialActions, ServerDefault, SqlType, Table,
};
use crate::version::{Behaviour, Profile};
use std::fmt::Write as _;

/// `CREATE TABLE`, with a line before it and two after.
pub(crate) fn create_table(profile: Profile, dialect: Dialect, table: &Table) -> Result<String> {
    let mut compiler = Compiler::new(profile, dialect, None);
    compiler.only_known("a CREATE TABLE")?;
    compiler.literal_binds = true;
    compiler.bare_columns = true;
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
    let _ = write!(text, "TABLE {} (\n\t{}\n)", compiler.table_name(table)?, lines.join(", \n\t"));
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
    text.push_str("\n\n");
    Ok(text)
}

/// `DROP TABLE`, with a line before it.
pub(crate) fn drop_table(profile: Profile, dialect: Dialect, table: &Table) -> Result<String> {
    let compiler = Compiler::new(profile, dialect, None);
    Ok(format!("\nDROP TABLE {}", compiler.table_name(table)?))
}

/// `CREATE INDEX`.
pub(crate) fn create_index(
    profile: Profile,
    dialect: Dialect,
    table: &Table,
    index: &Index,
) -> Result<String> {
    let compiler = Compiler::new(profile, dialect, None);
    compiler.only_known("a CREATE INDEX")?;
    let Some(name) = &index.name else {
        return Err(compile_error("CREATE INDEX requires that the index have a name"));
    };
    let columns = compiler.names(&index.columns)?;
    Ok(format!(
        "CREATE {}INDEX {} ON {} ({columns})",
        if index.unique { "UNIQUE " } else { "" },
        compiler.ident(name, None)?,
        compiler.table_name(table)?,
    ))
}

impl Compiler<'_> {
    fn names(&self, columns: &[Column]) -> Result<String> {
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

    fn column_definition(&mut self, table: &Table, column: &Column) -> Result<String> {
        // A foreign key of a column without a type must resolve for its type to be known.
        if column.0.ty.borrow().is_null()
            && let Some(foreign_key) = column.foreign_keys().first()
        {
            foreign_key.column()?;
        }
        let mut text = self.ident(&column.name(), column.0.quote.get())?;
        text.push(' ');
        text.push_str(&types::name(&column.ty())?);
        if let Some(default) = self.server_default(column)? {
            let _ = write!(text, " DEFAULT {default}");
        }
        if !column.nullable() {
            text.push_str(" NOT NULL");
        }
        if self.inline_key(table, column) {
            text.push_str(" PRIMARY KEY AUTOINCREMENT");
        }
        let checks = column.0.constraints.borrow().clone();
        for constraint in &checks {
            if let Constraint::Check(check) = constraint {
                text.push(' ');
                text.push_str(&self.check(check.name.as_deref(), &check.condition)?);
            }
        }
        Ok(text)
    }

    fn server_default(&mut self, column: &Column) -> Result<Option<String>> {
        Ok(match column.server_default() {
            None | Some(ServerDefault::Fetched) => None,
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
            lines.push(format!("{name}PRIMARY KEY ({})", self.names(&key)?));
        }
        for constraint in table.constraints() {
            match &constraint {
                Constraint::PrimaryKey { .. } => {}
                Constraint::ForeignKey(key) => {
                    if let Some(line) = self.foreign_key(key)? {
                        lines.push(line);
                    }
                }
                Constraint::Unique(unique) => {
                    let name = self.constraint_name(unique.name.as_deref())?;
                    lines.push(format!("{name}UNIQUE ({})", self.names(&unique.columns)?));
                }
                Constraint::Check(check) => lines.push(self.check(check.name.as_deref(), &check.condition)?),
            }
        }
        for column in table.columns() {
            lines.extend(self.type_check(&column)?);
        }
        Ok(lines)
    }

    /// The check that a type brings along: of the versions that make one by default.
    fn type_check(&self, column: &Column) -> Result<Option<String>> {
        let by_default = self.has(Behaviour::TypesMakeChecks);
        let name = self.ident(&column.name(), column.0.quote.get())?;
        Ok(match column.ty().generic() {
            SqlType::Boolean if by_default && self.sqlite() => Some(format!("CHECK ({name} IN (0, 1))")),
            SqlType::Enum(of) if by_default || of.create_constraint => {
                let values: Vec<String> =
                    of.names.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
                Some(format!(
                    "{}CHECK ({name} IN ({}))",
                    self.constraint_name(of.name.as_deref())?,
                    values.join(", ")
                ))
            }
            _ => None,
        })
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
            self.ident(target.name(), target.args().quote)?,
            self.names(&remote)?,
        );
        let ReferentialActions { ondelete, onupdate, deferrable, initially } = &key.actions;
        for (word, action) in [(" ON DELETE ", ondelete), (" ON UPDATE ", onupdate)] {
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
