//! The condition of a join that foreign keys give.
//!
//! Works on whatever has columns that stand for a table's: aliases, subqueries and joins as well as tables.

use super::expr::Expr;
use super::from::FromItem;
use super::op::Op;
use super::operate::Operand;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, Constraint, Table};
use crate::version::Profile;

/// Why foreign keys give no condition.
#[derive(Debug)]
pub enum NoLink {
    NoForeignKeys,
    Ambiguous,
    Other(Error),
}

impl NoLink {
    /// The error that tells of it.
    pub fn error(self, profile: Profile, left: &FromItem, right: &FromItem) -> Error {
        let names = (left.description(profile), right.description(profile));
        let (left, right) = match (self, names) {
            (NoLink::Other(error), _) => return error,
            (NoLink::NoForeignKeys, (Some(left), Some(right))) => {
                let message =
                    format!("Can't find any foreign key relationships between '{left}' and '{right}'.");
                return Error::new(ErrorKind::NoForeignKeysError, message);
            }
            (NoLink::Ambiguous, (Some(left), Some(right))) => (left, right),
            _ => return Error::unsupported("a join that foreign keys give no condition for"),
        };
        Error::new(
            ErrorKind::AmbiguousForeignKeysError,
            format!(
                "Can't determine join between '{left}' and '{right}'; tables have more than one foreign key \
                 constraint relationship between them. Please specify the 'onclause' of this join explicitly."
            ),
        )
    }
}

/// The comparisons that one constraint gives, and its columns, by which it is known.
struct Link {
    constraint: Vec<Column>,
    pairs: Vec<(Expr, Expr)>,
}

/// The condition that the foreign keys between two elements give; of a join to the left, its right side is asked first.
///
/// # Errors
///
/// [`NoLink`] where there is not exactly one.
pub fn link(left: &FromItem, right: &FromItem) -> Result<Expr, NoLink> {
    let mut links = links(left, right)?;
    if links.len() > 1 {
        let same = links.iter().all(|link| {
            link.pairs.len() == links[0].pairs.len()
                && link.pairs.iter().zip(&links[0].pairs).all(|(a, b)| a.0.same(&b.0) && a.1.same(&b.1))
        });
        if !same {
            return Err(NoLink::Ambiguous);
        }
    }
    if links.is_empty() {
        return Err(NoLink::NoForeignKeys);
    }
    let mut items = Vec::new();
    for (referred, referring) in links.swap_remove(0).pairs {
        let equal = referred.operate(Op::Eq, Operand::Expr(referring)).map_err(NoLink::Other)?;
        items.push(equal);
    }
    Ok(if items.len() == 1 { items.swap_remove(0) } else { Expr::and(items) })
}

/// Whether foreign keys link two elements, if only ambiguously.
///
/// # Errors
///
/// That of a foreign key that cannot be resolved.
pub fn can_link(left: &FromItem, right: &FromItem) -> Result<bool> {
    match links(left, right) {
        Ok(links) => Ok(!links.is_empty()),
        Err(NoLink::Other(error)) => Err(error),
        Err(NoLink::NoForeignKeys | NoLink::Ambiguous) => Ok(false),
    }
}

fn links(left: &FromItem, right: &FromItem) -> Result<Vec<Link>, NoLink> {
    if let FromItem::Join(join) = left {
        let found = scan(&join.right, right)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    scan(left, right)
}

fn scan(left: &FromItem, right: &FromItem) -> Result<Vec<Link>, NoLink> {
    let (lefts, rights) = (left.columns(), right.columns());
    let mut links = Vec::new();
    referring(&rights, &lefts, &mut links)?;
    if left != right {
        referring(&lefts, &rights, &mut links)?;
    }
    Ok(links)
}

fn standing_for(columns: &[Expr], wanted: &Column) -> Option<Expr> {
    columns.iter().find(|column| column.base_column() == Some(wanted)).cloned()
}

/// The links from foreign keys of `from` to columns of `to`.
fn referring(from: &[Expr], to: &[Expr], links: &mut Vec<Link>) -> Result<(), NoLink> {
    let mut tables: Vec<Table> = Vec::new();
    for table in from.iter().filter_map(Expr::base_column).filter_map(Column::table) {
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    for constraint in tables.iter().flat_map(Table::constraints) {
        let Constraint::ForeignKey(constraint) = constraint else { continue };
        let mut pairs = Vec::new();
        for element in &constraint.elements {
            let Some(parent) = element.parent().and_then(|parent| standing_for(from, &parent)) else {
                continue;
            };
            let referred = match element.column() {
                Ok(column) => column,
                Err(error) if error.kind() == ErrorKind::NoReferencedTableError => continue,
                Err(error) => return Err(NoLink::Other(error)),
            };
            if let Some(referred) = standing_for(to, &referred) {
                pairs.push((referred, parent));
            }
        }
        if pairs.is_empty() {
            continue;
        }
        let columns = constraint.columns();
        match links.iter_mut().find(|link| link.constraint == columns) {
            Some(link) => link.pairs.extend(pairs),
            None => links.push(Link { constraint: columns, pairs }),
        }
    }
    Ok(())
}
