//! Many-to-many: rows of the association table come and go with the collections' changes.
//!
//! The two sides of a backref see the same change; a pair that one has dealt with, the other leaves alone.

use super::{added, check_class, delete_passive, has_parent, history, history_of_loaded};
use crate::attr::{History, Passive};
use crate::db::{self, Given};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{Key, Relationship};
use crate::schema::{Column, Table};
use crate::session;
use crate::sql::{Delete, Expr, Insert, Op, Params, Statement, Update};
use crate::state::{ObjRef, StateId};
use crate::unit::plan::Plan;
use crate::unit::sync;
use crate::warning::Warning;
use std::rc::Rc;

pub(super) fn presort_deletes(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<()> {
    if relationship.args.passive_deletes.is_none() {
        for id in states {
            history(cx, plan, *id, relationship, Passive::LoadCommitted)?;
        }
    }
    Ok(())
}

pub(super) fn presort_saves(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<()> {
    for id in states {
        if is_rekeyed(cx, relationship, *id) {
            history(cx, plan, *id, relationship, Passive::LoadCommitted)?;
        }
    }
    if !relationship.resolved().cascade.delete_orphan {
        return Ok(());
    }
    for id in states {
        let history = history_of_loaded(cx, plan, *id, relationship)?;
        for child in History::objects(&history.deleted) {
            if !has_parent(cx, relationship, child) {
                plan.register_deleted(cx, child, None)?;
            }
        }
    }
    Ok(())
}

/// Whether an object has another key, which the database does not copy into its association rows.
fn is_rekeyed(cx: &Cx<'_>, relationship: &Relationship, id: StateId) -> bool {
    relationship.args.passive_updates == Some(false)
        && sync::source_changed(cx, id, &relationship.resolved().synchronize_pairs)
}

/// The names of both sides, where the relationship has another side.
fn both_sides(relationship: &Relationship) -> Option<Vec<Key>> {
    let reverse = relationship.reverse.borrow();
    if reverse.is_empty() {
        return None;
    }
    let mut names = vec![relationship.key.clone()];
    names.extend(reverse.iter().map(|(_, key)| key.clone()));
    names.sort();
    Some(names)
}

pub(super) fn process(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    states: &[StateId],
    delete: bool,
) -> Result<()> {
    let sides = both_sides(relationship);
    let done = sides.as_ref().and_then(|sides| plan.associated.get(sides)).cloned().unwrap_or_default();
    let (mut inserts, mut deletes, mut dealt_with) = (Vec::new(), Vec::new(), Vec::new());
    let mut updates = Vec::new();
    for id in states {
        let rekeyed = !delete && is_rekeyed(cx, relationship, *id);
        let passive = match delete {
            true => delete_passive(relationship),
            false if rekeyed => Passive::LoadCommitted,
            false => Passive::NoLoad,
        };
        let history = history(cx, plan, *id, relationship, passive)?;
        if rekeyed {
            for child in History::objects(&history.unchanged) {
                updates.push(rewritten(cx, relationship, *id, child.id())?);
            }
        }
        let (came, gone): (Vec<ObjRef>, Vec<ObjRef>) = if delete {
            let gone = History::objects(&history.unchanged).chain(History::objects(&history.deleted));
            (Vec::new(), gone.cloned().collect())
        } else {
            let mut came = Vec::new();
            added(cx, relationship, &history, &mut |_, child| {
                came.push(child.clone());
                Ok(())
            })?;
            (came, History::objects(&history.deleted).cloned().collect())
        };
        for (children, rows, operation) in [(&came, &mut inserts, "add"), (&gone, &mut deletes, "delete")] {
            for child in children {
                if !done.contains(&(*id, child.id()))
                    && let Some(row) = association(cx, plan, relationship, *id, child, operation)?
                {
                    rows.push(row);
                }
            }
        }
        dealt_with.extend(came.iter().chain(&gone).map(|child| (child.id(), *id)));
    }
    if let Some(sides) = sides {
        plan.associated.entry(sides).or_default().extend(dealt_with);
    }
    let Some(between) = &relationship.resolved().secondary else { return Ok(()) };
    let secondary = |operation| between.table().ok_or_else(|| between.refuses(operation));
    if !deletes.is_empty() {
        delete_rows(cx, plan, secondary("delete")?, deletes)?;
    }
    if !updates.is_empty() {
        update_rows(cx, plan, secondary("update")?, updates)?;
    }
    if !inserts.is_empty() {
        let secondary = secondary("insert")?;
        let connection = session::connection_for(cx, plan.session, relationship.parent, false)?;
        let statement = Statement::from(Insert::into(secondary));
        db::execute(cx, connection, &statement, given(inserts))?;
    }
    Ok(())
}

/// One set of parameters is executed as such, several as one batch.
fn given(mut rows: Vec<Params>) -> Given {
    if rows.len() == 1 { Given::One(rows.remove(0)) } else { Given::Many(rows) }
}

/// The association row of a pair; `None` where the child is not in the session.
fn association(
    cx: &mut Cx<'_>,
    plan: &Plan,
    relationship: &Relationship,
    parent: StateId,
    child: &ObjRef,
    operation: &str,
) -> Result<Option<Params>> {
    if !session::contains(cx.orm, plan.session, child.id()) {
        if !session::was_deleted(cx.orm, child.id()) {
            let class = cx.orm.mappers.get(cx.orm.states.get(child.id()).mapper).class_name.clone();
            let owner = cx.orm.mappers.get(relationship.parent).class_name.clone();
            let attribute = format!("{owner}.{}", relationship.key);
            cx.warn(Warning::not_in_session(&class, operation, &attribute, "won't proceed"))?;
        }
        return Ok(None);
    }
    check_class(cx, relationship, child)?;
    let resolved = relationship.resolved();
    let mut row = Params::new();
    sync::populate_row(cx, parent, &resolved.synchronize_pairs, &mut row)?;
    sync::populate_row(cx, child.id(), &resolved.secondary_synchronize_pairs, &mut row)?;
    Ok(Some(row))
}

/// The association row of a pair as it is to be, and by what it is found.
fn rewritten(
    cx: &mut Cx<'_>,
    relationship: &Relationship,
    parent: StateId,
    child: StateId,
) -> Result<Params> {
    let resolved = relationship.resolved();
    let mut row = Params::new();
    for (id, pairs) in [(parent, &resolved.synchronize_pairs), (child, &resolved.secondary_synchronize_pairs)]
    {
        sync::populate_row(cx, id, pairs, &mut row)?;
        for (from, to) in pairs {
            let value = sync::stored_value(cx, id, from)?;
            row.insert(found_by(to), value);
        }
    }
    Ok(row)
}

/// The name of the parameter that a row's former value is given as.
fn found_by(column: &Column) -> Rc<str> {
    format!("old_{}", column.key()).into()
}

fn update_rows(cx: &mut Cx<'_>, plan: &Plan, secondary: &Table, rows: Vec<Params>) -> Result<()> {
    let used = |column: &Column| rows.first().is_some_and(|row| row.contains_key(&found_by(column)));
    let mut conditions = Vec::new();
    for column in secondary.columns().iter().filter(|column| used(column)) {
        conditions.push(column.expr().operate(Op::Eq, Expr::param(&found_by(column), column.ty()))?);
    }
    let statement = Update::of(secondary).where_clause(Expr::and(conditions));
    let expected = rows.len() as i64;
    let connection = session::connection(cx, plan.session)?;
    let result = db::execute(cx, connection, &Statement::from(statement), given(rows))?;
    if result.rowcount == expected {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::StaleDataError,
        format!(
            "UPDATE statement on table '{}' expected to update {expected} row(s); Only {} were matched.",
            secondary.name(),
            result.rowcount
        ),
    ))
}

fn delete_rows(cx: &mut Cx<'_>, plan: &Plan, secondary: &Table, rows: Vec<Params>) -> Result<()> {
    let mapper = plan.session;
    let mut statement = Delete::from(secondary);
    let used = |column: &Column| rows.first().is_some_and(|row| row.contains_key(&column.key()));
    let mut conditions = Vec::new();
    for column in secondary.columns().iter().filter(|column| used(column)) {
        conditions.push(column.expr().operate(Op::Eq, Expr::param(&column.key(), column.ty()))?);
    }
    statement = statement.where_clause(Expr::and(conditions));
    let expected = rows.len() as i64;
    let connection = session::connection(cx, mapper)?;
    let result = db::execute(cx, connection, &Statement::from(statement), given(rows))?;
    if result.rowcount != expected {
        return Err(Error::new(
            ErrorKind::StaleDataError,
            format!(
                "DELETE statement on table '{}' expected to delete {expected} row(s); Only {} were matched.",
                secondary.name(),
                result.rowcount
            ),
        ));
    }
    Ok(())
}
