//! Databases in files, as far as a world has any: each path is one database in memory, which all engines for it share.
//!
//! Their connections are apart from one another, as those to a file are: none sees what another has not committed, and
//! one that would write meanwhile is told that the database is locked.

use super::driver::Driver;
use super::engine::{DatabaseId, Databases};
use super::store::Store;
use crate::error::{Error, Result};
use std::rc::Rc;

/// Connections that may be open at once, over all engines.
const MAX_OPEN: usize = 64;
/// Connections that a pool keeps, and those that it opens beside them at most.
const KEPT: usize = 5;
const BESIDE: u32 = 10;

/// What an engine does with connections that are given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    /// There is one, which all share.
    Shared,
    /// Some are kept open, and the one that waited longest is used again.
    Queue,
    /// None is kept.
    Nothing,
}

/// Databases by the paths of their files.
#[derive(Debug, Default)]
pub(super) struct Files {
    known: Vec<(Rc<str>, Rc<Store>)>,
}

/// The file that a URL names; nothing where it names a database in memory.
pub(super) fn file_of(url: &str) -> Option<Rc<str>> {
    let (_, rest) = url.split_once("://")?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_prefix('/').unwrap_or(path);
    let in_memory = path.is_empty()
        || path == ":memory:"
        || (path.starts_with("file:") && (path.contains(":memory:") || query.contains("mode=memory")));
    let path = path.strip_prefix("file:").unwrap_or(path);
    (!in_memory).then(|| Rc::from(path.strip_prefix("./").unwrap_or(path)))
}

impl Databases {
    /// What an engine does with connections that are given back.
    pub fn pool(&self, database: DatabaseId) -> Pool {
        self.database(self.owner(database)).pool
    }

    /// Has an engine for a file do with its connections what a pool does that the document names.
    pub fn set_pool(&mut self, database: DatabaseId, pool: Pool) {
        let entry = self.database_mut(database);
        if entry.file.is_some() {
            entry.pool = pool;
        }
    }

    /// Closes what an engine keeps open; a database in memory is gone with it.
    pub fn dispose(&mut self, database: DatabaseId) {
        let owner = self.owner(database);
        let entry = self.database_mut(owner);
        entry.idle.clear();
        if entry.checked_out == 0 && entry.pool == Pool::Shared {
            entry.driver = None;
        }
    }

    /// Whether the engine's next connection opens its database anew.
    pub(super) fn would_open(&self, database: DatabaseId) -> bool {
        let entry = self.database(self.owner(database));
        match entry.pool {
            Pool::Shared => entry.driver.is_none(),
            Pool::Queue | Pool::Nothing => entry.idle.is_empty(),
        }
    }

    /// What the engine's next connection talks to.
    pub(super) fn check_out(&mut self, owner: DatabaseId) -> Result<Rc<Driver>> {
        let entry = self.database_mut(owner);
        let used = match entry.pool {
            Pool::Shared => entry.driver.clone(),
            Pool::Queue | Pool::Nothing => entry.idle.pop_front(),
        };
        let driver = match used {
            Some(driver) => driver,
            None => {
                if entry.pool == Pool::Queue && entry.checked_out >= KEPT as u32 + BESIDE {
                    return Err(Error::unsupported("waiting for a connection of a pool that has none left"));
                }
                let file = entry.file.clone();
                self.opened(file)?
            }
        };
        self.database_mut(owner).driver = Some(Rc::clone(&driver));
        Ok(driver)
    }

    fn opened(&mut self, file: Option<Rc<str>>) -> Result<Rc<Driver>> {
        let engines =
            self.engines.iter().map(|engine| engine.idle.len() + usize::from(engine.driver.is_some()));
        let connections = self.connections.iter().filter(|connection| connection.open).count();
        if engines.sum::<usize>() + connections + self.files.known.len() >= 3 * MAX_OPEN {
            return Err(Error::unsupported(format!("more than {MAX_OPEN} databases in one document")));
        }
        let Some(file) = file else { return Ok(Rc::new(Driver::open(None)?)) };
        let known = self.files.known.iter().find(|(path, _)| *path == file);
        let store = match known {
            Some((_, store)) => Rc::clone(store),
            None => {
                let store = Rc::new(Store::new()?);
                self.files.known.push((file, Rc::clone(&store)));
                store
            }
        };
        Ok(Rc::new(Driver::open(Some(store))?))
    }

    /// Gives back what a connection talked to.
    pub(super) fn check_in(&mut self, owner: DatabaseId, driver: Rc<Driver>, kept: bool) {
        let entry = self.database_mut(owner);
        let keeps = match entry.pool {
            Pool::Shared => false,
            Pool::Queue => kept || entry.idle.len() < KEPT,
            Pool::Nothing => kept,
        };
        if keeps {
            entry.idle.push_back(driver);
        }
    }

    /// Every database that has been opened, the newest first; one that is in a transaction stands for its database.
    pub(super) fn drivers(&self) -> Vec<Rc<Driver>> {
        let open = self.connections.iter().filter_map(|connection| connection.driver.as_ref());
        let begun = open.filter(|driver| driver.begun());
        let last = self.engines.iter().rev().filter_map(|engine| engine.driver.as_ref());
        begun.rev().chain(last).map(Rc::clone).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::file_of;

    #[test]
    fn a_url_names_a_file_or_a_database_in_memory() {
        let file = |url: &str| file_of(url).map(|file| file.to_string());
        for url in
            ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///file::memory:?cache=shared&uri=true"]
        {
            assert_eq!(file(url), None, "{url}");
        }
        assert_eq!(file("sqlite:///shop.db").as_deref(), Some("shop.db"));
        assert_eq!(file("sqlite:///./shop.db?timeout=3").as_deref(), Some("shop.db"));
        assert_eq!(file("sqlite+pysqlite:////var/shop.db").as_deref(), Some("/var/shop.db"));
    }
}
