//! Where a column's values come from other than from its program: sequences, identities, computations.

use crate::sql::Expr;
use std::rc::Rc;

/// How numbers are given out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    pub start: Option<i64>,
    pub increment: Option<i64>,
    pub minvalue: Option<i64>,
    pub maxvalue: Option<i64>,
    pub nominvalue: bool,
    pub nomaxvalue: bool,
    pub cycle: Option<bool>,
    pub cache: Option<i64>,
    pub order: Option<bool>,
}

impl Numbers {
    /// As DDL says it: `INCREMENT BY 2 START WITH 5`.
    pub fn text(&self) -> String {
        let mut parts = Vec::new();
        let mut given = |words: &str, number: Option<i64>| {
            if let Some(number) = number {
                parts.push(format!("{words} {number}"));
            }
        };
        given("INCREMENT BY", self.increment);
        given("START WITH", self.start);
        given("MINVALUE", self.minvalue);
        given("MAXVALUE", self.maxvalue);
        if self.nominvalue {
            parts.push("NO MINVALUE".to_owned());
        }
        if self.nomaxvalue {
            parts.push("NO MAXVALUE".to_owned());
        }
        if let Some(cache) = self.cache {
            parts.push(format!("CACHE {cache}"));
        }
        match self.cycle {
            Some(true) => parts.push("CYCLE".to_owned()),
            Some(false) => parts.push("NO CYCLE".to_owned()),
            None => {}
        }
        parts.join(" ")
    }
}

/// A sequence of the database, which SQLite does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    pub name: Rc<str>,
    pub schema: Option<Rc<str>>,
    pub numbers: Numbers,
    pub optional: bool,
}

/// `Identity(…)`: the database numbers the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub always: bool,
    pub numbers: Numbers,
}

/// `Computed(…)`: the database works the value out.
#[derive(Debug, Clone)]
pub struct Computed {
    pub expr: Expr,
    pub persisted: Option<bool>,
}
