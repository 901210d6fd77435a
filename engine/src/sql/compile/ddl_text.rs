//! The text of statements of the schema other than `CREATE TABLE`: indexes, sequences, schemas, constraints, comments.

use super::{Compiler, Dialect, compile_error, ddl};
use crate::error::Result;
use crate::schema::ddl::Ddl;
use crate::schema::{Column, Constraint, Index, IndexPart, Sequence, SqlType, Table};
use crate::sql::ExprKind;
use crate::version::Profile;

/// A type's name in a dialect.
pub(crate) fn type_text(profile: Profile, dialect: Dialect, ty: &SqlType) -> Result<String> {
    Compiler::for_ddl(profile, dialect).ddl_type(ty)
}

/// A statement's text in a dialect.
pub(crate) fn text(profile: Profile, dialect: Dialect, statement: &Ddl) -> Result<String> {
    let mut compiler = Compiler::for_ddl(profile, dialect);
    let exists = |asked: bool, word: &'static str| if asked { word } else { "" };
    Ok(match statement {
        Ddl::CreateTable { table, if_not_exists } => {
            ddl::create_table(profile, dialect, table, exists(*if_not_exists, "IF NOT EXISTS "))?
        }
        Ddl::DropTable { table, if_exists } => {
            format!("\nDROP TABLE {}{}", exists(*if_exists, "IF EXISTS "), compiler.table_name(table)?)
        }
        Ddl::CreateIndex { table, index, if_not_exists } => {
            let silent = matches!(dialect, Dialect::Oracle | Dialect::Mssql);
            compiler.create_index(table, index, exists(*if_not_exists && !silent, "IF NOT EXISTS "))?
        }
        Ddl::DropIndex { table, index, if_exists } => {
            if *if_exists && dialect == Dialect::Mssql {
                return Err(compiler.unknown("DROP INDEX with IF EXISTS"));
            }
            let exists = exists(*if_exists, "IF EXISTS ");
            match dialect {
                Dialect::Mysql | Dialect::Mssql => format!(
                    "\nDROP INDEX {exists}{} ON {}",
                    compiler.index_name(index, None)?,
                    compiler.table_name(table)?
                ),
                _ => format!("\nDROP INDEX {exists}{}", compiler.index_name(index, table.schema())?),
            }
        }
        Ddl::CreateSequence { sequence, if_not_exists } => {
            let name = compiler.sequence_name(sequence)?;
            let numbers = sequence.numbers.text();
            let exists = exists(*if_not_exists, "IF NOT EXISTS ");
            let space = if numbers.is_empty() { "" } else { " " };
            format!("CREATE SEQUENCE {exists}{name}{space}{numbers}")
        }
        Ddl::DropSequence { sequence, if_exists } => {
            format!("DROP SEQUENCE {}{}", exists(*if_exists, "IF EXISTS "), compiler.sequence_name(sequence)?)
        }
        Ddl::CreateSchema { name, if_not_exists } => {
            format!(
                "CREATE SCHEMA {}{}",
                exists(*if_not_exists, "IF NOT EXISTS "),
                compiler.ident(name, None)?
            )
        }
        Ddl::DropSchema { name, cascade, if_exists } => format!(
            "DROP SCHEMA {}{}{}",
            exists(*if_exists, "IF EXISTS "),
            compiler.ident(name, None)?,
            exists(*cascade, " CASCADE")
        ),
        Ddl::AddConstraint { table, constraint } => {
            let shown = compiler.constraint(table, constraint)?;
            let Some(shown) = shown else { return Err(compiler.unknown("ADD of this constraint")) };
            format!("ALTER TABLE {} ADD {shown}", compiler.table_name(table)?)
        }
        Ddl::DropConstraint { table, constraint, cascade } => {
            let text = compiler.drop_constraint(table, constraint)?;
            let cascade = exists(*cascade && dialect != Dialect::Mysql, " CASCADE");
            format!("ALTER TABLE {} DROP {text}{cascade}", compiler.table_name(table)?)
        }
        Ddl::CreateColumn { table, column } => compiler.column_definition(table, column)?,
        Ddl::TableComment { table, drop } => {
            let comment = compiler.comment(table.args().comment.as_deref(), *drop)?;
            let name = compiler.table_name(table)?;
            match (dialect, drop) {
                (Dialect::Mysql, true) => format!("ALTER TABLE {name} COMMENT ''"),
                (Dialect::Mysql, false) => format!("ALTER TABLE {name} COMMENT {comment}"),
                (Dialect::Oracle, true) => format!("COMMENT ON TABLE {name} IS ''"),
                _ => format!("COMMENT ON TABLE {name} IS {comment}"),
            }
        }
        Ddl::ColumnComment { table, column, drop } => compiler.column_comment(table, column, *drop)?,
        Ddl::Text(text) => text.to_string(),
    })
}

impl Compiler<'_> {
    fn create_index(&mut self, table: &Table, index: &Index, exists: &str) -> Result<String> {
        let columns = self.index_parts(index)?;
        let condition = self.index_condition(index)?;
        let using = match &index.using {
            Some(using) if self.dialect == Dialect::Postgresql => {
                super::check_text(using)?;
                format!("USING {using} ")
            }
            _ => String::new(),
        };
        let unique = if index.unique { "UNIQUE " } else { "" };
        let (name, table) = match self.dialect {
            // SQLite and Oracle say the schema with the index.
            Dialect::Sqlite => {
                (self.index_name(index, table.schema())?, self.ident(table.name(), table.args().quote)?)
            }
            Dialect::Oracle => (self.index_name(index, table.schema())?, self.table_name(table)?),
            _ => (self.index_name(index, None)?, self.table_name(table)?),
        };
        Ok(format!("CREATE {unique}INDEX {exists}{name} ON {table} {using}({columns}){condition}"))
    }

    /// What an index is on.
    fn index_parts(&mut self, index: &Index) -> Result<String> {
        if index.parts.is_empty() {
            return self.names(&index.columns);
        }
        let mut texts = Vec::with_capacity(index.parts.len());
        for part in &index.parts {
            texts.push(match part {
                IndexPart::Column(column) => self.names(std::slice::from_ref(column))?,
                IndexPart::Key(key) => self.ident(key, None)?,
                IndexPart::Expr(expr) => {
                    let text = self.expr(expr)?;
                    let grouped =
                        self.dialect == Dialect::Postgresql && matches!(expr.kind(), ExprKind::Binary { .. });
                    if grouped { format!("({text})") } else { text }
                }
            });
        }
        Ok(texts.join(", "))
    }

    /// The condition of an index, where the dialect has one.
    fn index_condition(&mut self, index: &Index) -> Result<String> {
        let own = self.dialect.name();
        let found =
            index.conditions.iter().find(|(name, _)| **name == *own).map(|(_, condition)| condition.clone());
        Ok(match found {
            Some(condition) => format!(" WHERE {}", self.expr(&condition)?),
            None => String::new(),
        })
    }

    fn index_name(&self, index: &Index, schema: Option<&str>) -> Result<String> {
        let Some(name) = &index.name else {
            return Err(compile_error("CREATE INDEX requires that the index have a name"));
        };
        let name = self.ident(name, None)?;
        Ok(match schema {
            Some(schema) => format!("{}.{name}", self.ident(schema, None)?),
            None => name,
        })
    }

    /// A sequence by name, with its schema.
    pub(super) fn sequence_name(&self, sequence: &Sequence) -> Result<String> {
        let name = self.ident(&sequence.name, None)?;
        Ok(match &sequence.schema {
            Some(schema) => format!("{}.{name}", self.ident(schema, None)?),
            None => name,
        })
    }

    fn drop_constraint(&self, table: &Table, constraint: &Constraint) -> Result<String> {
        let name = match constraint {
            Constraint::PrimaryKey { .. } => table.primary_key_name(),
            other => other.name(),
        };
        let Some(name) = name else { return Err(self.unknown("DROP of a constraint without a name")) };
        let name = self.ident(&name, None)?;
        Ok(match (self.dialect, constraint) {
            (Dialect::Mysql, Constraint::Check(_)) => format!("CHECK {name}"),
            (Dialect::Mysql, Constraint::ForeignKey(_)) => format!("FOREIGN KEY {name}"),
            (Dialect::Mysql, Constraint::PrimaryKey { .. }) => "PRIMARY KEY ".to_owned(),
            (Dialect::Mysql, Constraint::Unique(_)) => format!("INDEX {name}"),
            _ => format!("CONSTRAINT {name}"),
        })
    }

    fn comment(&self, comment: Option<&str>, drop: bool) -> Result<String> {
        if self.dialect == Dialect::Mssql {
            return Err(self.unknown("a comment"));
        }
        match comment {
            _ if drop => Ok("NULL".to_owned()),
            Some(comment) => self.quoted(comment),
            None => Err(self.unknown("a comment that is not there")),
        }
    }

    /// A text in single quotes.
    pub(super) fn quoted(&self, text: &str) -> Result<String> {
        super::check_text(text)?;
        if text.contains('%') && self.dialect.doubles_percent() || text.contains('\\') {
            return Err(self.unknown("such a text in DDL"));
        }
        Ok(format!("'{}'", text.replace('\'', "''")))
    }

    fn column_comment(&mut self, table: &Table, column: &Column, drop: bool) -> Result<String> {
        let comment = self.comment(column.comment().as_deref(), drop)?;
        let table_name = self.table_name(table)?;
        let name = self.ident(&column.name(), column.0.quote.get())?;
        if self.dialect == Dialect::Mysql && !drop {
            let definition = self.column_definition(table, column)?;
            return Ok(format!("ALTER TABLE {table_name} CHANGE {name} {definition}"));
        }
        Ok(format!("COMMENT ON COLUMN {table_name}.{name} IS {comment}"))
    }
}
