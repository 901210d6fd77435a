//! Inserts of several rows that bring values back ("insertmanyvalues").
//!
//! The first releases of 2.0 send as many rows as fit in one statement; later ones send rows one by one where
//! nothing in a returned row tells which row it is.

use super::driver::Fetched;
use super::engine::{ConnectionId, Mark, failed_with};
use super::execute::{Prepared, begin, fill};
use super::parameters::{self, Views};
use crate::error::{Error, Result};
use crate::event::{self, Happening, Sent};
use crate::host::Cx;
use crate::sql::{Params, Statement};
use crate::value::Value;
use crate::version::{Behaviour, Profile};
use std::rc::Rc;

/// Rows of one batch.
const PAGE: usize = 1000;
/// Parameters of one statement.
const MAX_PARAMETERS: usize = 32_766;

/// How rows are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Of the versions that do not say.
    Unsaid,
    Unordered,
    Ordered,
    /// One by one.
    OneByOne,
}

/// Runs an insert in batches. Who listens to the cursor is told of each of them, before 2.1 afterwards of the whole.
pub(super) fn run(
    cx: &mut Cx<'_>,
    connection: ConnectionId,
    profile: Profile,
    statement: &Statement,
    prepared: &Prepared,
    (sets, heard): (&[Params], bool),
) -> Result<Fetched> {
    let database = cx.orm.databases.database_of(connection);
    let compiled = &prepared.entry.compiled;
    let Some((start, end)) = compiled.values_row else {
        return Err(Error::unsupported("a batch of an insert without rows"));
    };
    let order = order(profile, statement, sets, !compiled.columns.is_empty());
    let (before, row, after) =
        (&compiled.pieces[..start], &compiled.pieces[start..end], &compiled.pieces[end..]);
    let (prefix, _) = fill(prepared, before, &sets[0], sets, None)?;
    let (suffix, beyond) = fill(prepared, after, &sets[0], sets, None)?;
    if !beyond.is_empty() {
        return Err(Error::unsupported("a batch of an insert with parameters after its rows"));
    }
    let mut rows = Vec::with_capacity(sets.len());
    for (group, set) in sets.iter().enumerate() {
        rows.push(fill(prepared, row, set, sets, Some(group))?);
    }
    let width = rows.first().map_or(0, |(_, values)| values.len());
    let page = match order {
        Order::OneByOne => 1,
        _ => PAGE.min(MAX_PARAMETERS.checked_div(width).unwrap_or(PAGE)).max(1),
    };
    let total = rows.len().div_ceil(page);
    begin(cx, connection)?;
    let told_whole = !profile.has(Behaviour::BatchesToldAfterwards);
    let whole = if heard && told_whole {
        let (text, _) = fill(prepared, &compiled.pieces, &sets[0], sets, None)?;
        let sent = Sent::Sets(rows.iter().map(|(_, values)| values.clone()).collect());
        Some(Happening::Cursor { connection, text: text.into(), sent, many: true })
    } else {
        None
    };
    let mut fetched = Fetched::default();
    let mut views = Views::default();
    for (number, batch) in rows.chunks(page).enumerate() {
        let texts: Vec<&str> = batch.iter().map(|(text, _)| text.as_str()).collect();
        let values: Vec<Value> = batch.iter().flat_map(|(_, values)| values.clone()).collect();
        let text = format!("{prefix}{}{suffix}", texts.join(", "));
        let place = match order {
            Order::Unsaid if total == 1 => String::new(),
            Order::Unsaid => format!(" batch {} of {total}", number + 1),
            Order::Unordered => format!(" {}/{total} (unordered)", number + 1),
            Order::Ordered => format!(" {}/{total} (ordered)", number + 1),
            Order::OneByOne => format!(" {}/{total} (ordered; batch not supported)", number + 1),
        };
        let mark = match &prepared.mark {
            _ if number > 0 => Mark::Batch { extra: place },
            Mark::Generated { made, .. } => {
                Mark::Generated { made: *made, extra: format!(" (insertmanyvalues){place}") }
            }
            Mark::Cached { made, .. } => {
                Mark::Cached { made: *made, extra: format!(" (insertmanyvalues){place}") }
            }
            other => other.clone(),
        };
        let told = heard.then(|| {
            let (text, sent) = (Rc::from(text.as_str()), Sent::One(values.clone()));
            Happening::Cursor { connection, text, sent, many: true }
        });
        if let Some(told) = &told {
            event::tell(cx, "before_cursor_execute", told.clone())?;
        }
        let databases = &mut cx.orm.databases;
        let shown = databases.shown(database, || parameters::one_of(profile, &values, &mut views));
        databases.write(connection, "INFO", text.clone());
        let mark = databases.mark(database, &mark);
        databases.write(connection, "INFO", format!("{mark}{shown}"));
        match databases.driver(connection)?.run(&text, &values) {
            Ok(mut one) => {
                fetched.columns = std::mem::take(&mut one.columns);
                fetched.rows.append(&mut one.rows);
                fetched.rowcount += one.rowcount;
                fetched.lastrowid = one.lastrowid;
            }
            Err(failure) => {
                let shown = (!values.is_empty()).then_some(shown.as_str());
                return Err(failed_with(failure, (profile, &text, shown), vec![values.clone()], false));
            }
        }
        if let Some(told) = told {
            event::tell(cx, "after_cursor_execute", whole.clone().unwrap_or(told))?;
        }
    }
    Ok(fetched)
}

/// How the rows of an insert are sent: in order where the caller wants them so, in batches where the rows that come
/// back can be told apart by a key that was given.
fn order(profile: Profile, statement: &Statement, sets: &[Params], returns: bool) -> Order {
    let Statement::Insert(insert) = statement else { return Order::Unordered };
    if !profile.has(Behaviour::InsertManyValuesOrdered) {
        return Order::Unsaid;
    }
    let generated = insert.table.autoincrement_column();
    let wants_order = returns && (insert.sort_returning || insert.returns_generated());
    let key_given = insert.table.primary_key().iter().all(|column| {
        let given = |set: &Params| set.get(&column.key()).is_some_and(|value| !value.is_null());
        match &generated {
            Some(generated) => insert.sort_returning && (generated != column || sets.iter().all(given)),
            None => true,
        }
    });
    match (wants_order, key_given) {
        (false, _) => Order::Unordered,
        (true, true) => Order::Ordered,
        (true, false) => Order::OneByOne,
    }
}
