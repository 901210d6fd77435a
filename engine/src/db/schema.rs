//! Creating and dropping the tables of a schema, in dependency order, with the library's existence checks.

use super::engine::{ConnectionId, DatabaseId, Databases, Mark, failed};
use crate::error::Result;
use crate::schema::ddl::Ddl;
use crate::schema::{Table, sort_tables};
use crate::sql::Dialect;
use crate::sql::compile::ident;
use crate::version::Behaviour;

impl Databases {
    /// `metadata.create_all(engine)`: creates what does not exist, in one transaction of its own.
    ///
    /// `tables` are given in the order in which they were made.
    ///
    /// # Errors
    ///
    /// `CompileError`, `NoReferencedTableError` and their like, or what the driver says.
    pub fn create_all(&mut self, database: DatabaseId, tables: &[Table], check_first: bool) -> Result<()> {
        self.in_own_transaction(database, |databases, connection| {
            databases.create_all_on(connection, tables, check_first)
        })
    }

    /// `metadata.drop_all(engine)`.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub fn drop_all(&mut self, database: DatabaseId, tables: &[Table], check_first: bool) -> Result<()> {
        self.in_own_transaction(database, |databases, connection| {
            databases.drop_all_on(connection, tables, check_first)
        })
    }

    fn in_own_transaction(
        &mut self,
        database: DatabaseId,
        work: impl FnOnce(&mut Self, ConnectionId) -> Result<()>,
    ) -> Result<()> {
        let connection = self.connect(database)?;
        if self.schema_transactions(database) {
            self.begin(connection)?;
        }
        let done = work(self, connection);
        if self.in_transaction(connection) {
            match &done {
                Ok(()) => self.commit(connection)?,
                Err(_) => self.rollback(connection)?,
            }
        }
        self.close(connection)?;
        done
    }

    /// Whether the statements of a schema share a transaction; before, each commits.
    pub fn schema_transactions(&self, database: DatabaseId) -> bool {
        !self.profile(database).has(Behaviour::SchemaCommitsEach)
    }

    /// Creates tables on a connection, in its transaction.
    ///
    /// # Errors
    ///
    /// As [`Databases::create_all`].
    pub fn create_all_on(
        &mut self,
        connection: ConnectionId,
        tables: &[Table],
        check_first: bool,
    ) -> Result<()> {
        self.check_block(connection)?;
        for table in self.to_create(connection, tables, check_first)? {
            self.create_table(connection, &table)?;
        }
        Ok(())
    }

    /// The tables that are to be created, in the order in which they can be.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub fn to_create(
        &mut self,
        connection: ConnectionId,
        tables: &[Table],
        check_first: bool,
    ) -> Result<Vec<Table>> {
        let mut missing = Vec::new();
        for table in tables {
            if !check_first || !self.has_table(connection, table)? {
                missing.push(table.clone());
            }
        }
        Ok(sort_tables(&missing)?.tables)
    }

    /// Creates a table and its indexes.
    ///
    /// # Errors
    ///
    /// As [`Databases::create_all`].
    pub fn create_table(&mut self, connection: ConnectionId, table: &Table) -> Result<()> {
        let profile = self.profile(self.database_of(connection));
        let create = Ddl::CreateTable { table: table.clone(), if_not_exists: false };
        let text = create.text(profile, Dialect::Sqlite)?;
        self.schema_statement(connection, &text)?;
        for index in table.indexes() {
            let index = Ddl::CreateIndex { table: table.clone(), index, if_not_exists: false };
            let text = index.text(profile, Dialect::Sqlite)?;
            self.schema_statement(connection, &text)?;
        }
        Ok(())
    }

    /// Drops tables on a connection, in its transaction.
    ///
    /// # Errors
    ///
    /// As [`Databases::drop_all`].
    pub fn drop_all_on(
        &mut self,
        connection: ConnectionId,
        tables: &[Table],
        check_first: bool,
    ) -> Result<()> {
        self.check_block(connection)?;
        for table in self.to_drop(connection, tables, check_first)? {
            self.drop_table(connection, &table)?;
        }
        Ok(())
    }

    /// Drops a table.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub fn drop_table(&mut self, connection: ConnectionId, table: &Table) -> Result<()> {
        let profile = self.profile(self.database_of(connection));
        let drop = Ddl::DropTable { table: table.clone(), if_exists: false };
        self.schema_statement(connection, &drop.text(profile, Dialect::Sqlite)?)
    }

    /// The tables that are to be dropped, in the order in which they can be.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub fn to_drop(
        &mut self,
        connection: ConnectionId,
        tables: &[Table],
        check_first: bool,
    ) -> Result<Vec<Table>> {
        let mut present = Vec::new();
        for table in tables {
            if !check_first || self.has_table(connection, table)? {
                present.push(table.clone());
            }
        }
        let sorted = sort_tables(&present)?;
        Ok(if sorted.cyclic {
            // A cycle cannot be undone in order, and SQLite does not check: tables go as they were made.
            present
        } else {
            sorted.tables.into_iter().rev().collect()
        })
    }

    /// Executes a statement of the schema.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub fn schema_statement(&mut self, connection: ConnectionId, text: &str) -> Result<()> {
        self.check_log()?;
        self.unprepared(connection, text)?;
        let database = self.database_of(connection);
        if self.autocommits(database) && !self.in_transaction(connection) {
            self.autocommit(connection)?;
        }
        Ok(())
    }

    /// Whether a table exists, asked as the library asks it: in `main`, then among temporary ones.
    fn has_table(&mut self, connection: ConnectionId, table: &Table) -> Result<bool> {
        let name = ident::always(table.name());
        let schemas = match table.schema() {
            Some(schema) => vec![format!("{}.", ident::quote(Dialect::Sqlite, schema, None))],
            None if self.profile(self.database_of(connection)).has(Behaviour::TablesProbedBySchema) => {
                vec!["main.".to_owned(), "temp.".to_owned()]
            }
            None => vec![String::new()],
        };
        for schema in schemas {
            let text = format!("PRAGMA {schema}table_info({name})");
            let database = self.database_of(connection);
            self.check_log()?;
            self.write(connection, "INFO", text.clone());
            let mark = self.mark(database, &Mark::Raw);
            let shown = self.shown(database, || "()".to_owned());
            self.write(connection, "INFO", format!("{mark}{shown}"));
            let profile = self.profile(database);
            let fetched = self
                .driver(connection)?
                .run(&text, &[])
                .map_err(|failure| failed(failure, Some((profile, &text, None))))?;
            super::execute::write_rows(self, connection, &fetched);
            if !fetched.rows.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
