//! The join condition of one relationship: found from foreign keys or given, then marked and read.
//!
//! Marks (`foreign`, `remote`) stay on the columns of the expressions that come out; printing ignores them.
//! A local column is one of the parent's table without the `remote` mark.

use super::between::tables_in;
use super::relationship::Direction;
use super::{AliasedClass, Between, Mapper, messages};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, Constraint, Table};
use crate::sql::compile::Dialect;
use crate::sql::{Alias, Expr, ExprKind, Op};
use crate::version::Profile;
use std::slice;

/// What a relationship says of its join.
#[derive(Debug)]
pub(crate) struct JoinSpec<'a> {
    pub profile: Profile,
    /// `User.addresses`
    pub name: &'a str,
    pub parent: Side,
    pub target: Side,
    pub secondary: Option<Between>,
    pub primaryjoin: Option<Expr>,
    pub secondaryjoin: Option<Expr>,
    pub foreign_keys: Vec<Column>,
    pub remote_side: Vec<Column>,
    pub viewonly: bool,
}

/// One side of a relationship: the tables of a class, which are several where it inherits from another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    /// The class's own table.
    pub local: Table,
    pub tables: Vec<Table>,
}

impl Side {
    pub(crate) fn of(mapper: &Mapper) -> Self {
        Side { local: mapper.table.clone(), tables: mapper.hierarchy.tables.clone() }
    }

    /// Of an alias that its class is read from: with the tables that are joined there by their own names.
    pub(crate) fn of_alias(mapper: &Mapper, alias: &AliasedClass) -> Self {
        let mut side = Side::of(mapper);
        for table in tables_in(&alias.item) {
            if !side.tables.contains(&table) {
                side.tables.push(table);
            }
        }
        side
    }

    fn has_column(&self, column: &Column) -> bool {
        self.tables.iter().any(|table| table.has_column(column))
    }
}

/// What was worked out.
#[derive(Debug)]
pub(crate) struct JoinCondition {
    pub primaryjoin: Expr,
    pub secondaryjoin: Option<Expr>,
    pub direction: Direction,
    pub synchronize_pairs: Vec<(Column, Column)>,
    pub secondary_synchronize_pairs: Vec<(Column, Column)>,
    pub local_remote_pairs: Vec<(Column, Column)>,
    pub remote_side: Vec<Column>,
    /// The condition was given with remote marks, so that a backref must swap them; `remote_side` is this side's alone.
    remote_given: bool,
    foreign_given: bool,
}

/// One column of a condition, with its marks.
#[derive(Debug, Clone)]
struct Marked {
    column: Column,
    foreign: bool,
    remote: bool,
}

/// A condition in which the columns of an alias stand for those of the class that is read from it, as the far side.
pub(super) fn through(expr: &Expr, alias: &Alias, mapper: &Mapper) -> Expr {
    expr.rewrite(&mut |part| {
        let (element, foreign) = match part.kind() {
            ExprKind::Annotated { element, foreign, .. } => (element, *foreign),
            _ => (part, false),
        };
        let ExprKind::AliasColumn(column) = element.kind() else { return None };
        let base = column.base.as_ref().filter(|base| column.alias == *alias && mapper.has_column(base))?;
        Some(with_marks(base, (foreign, true)))
    })
}

/// A condition in which the columns of the subquery that a class is read from are those that it is written into.
pub(super) fn as_written(expr: &Expr, mapper: &Mapper) -> Expr {
    let Some(reads) = &mapper.hierarchy.reads else { return expr.clone() };
    expr.rewrite(&mut |part| {
        let ExprKind::AliasColumn(column) = part.kind() else { return None };
        let base = column.base.as_ref().filter(|base| column.alias == *reads && mapper.has_column(base))?;
        Some(Expr::column(base))
    })
}

/// A condition in which the far side's columns are written as an alias has them.
pub(super) fn written(expr: &Expr, alias: &Alias) -> Expr {
    expr.rewrite(&mut |part| {
        let marked = marked(part)?;
        if marked.remote { alias.column_for(&marked.column) } else { Some(part.clone()) }
    })
}

/// The columns of an expression with their marks, in order of appearance.
fn marked_columns(expr: &Expr) -> Vec<Marked> {
    let mut found = Vec::new();
    let mut inside = false;
    expr.visit(&mut |expr| match expr.kind() {
        ExprKind::Annotated { element, foreign, remote } => {
            if let ExprKind::Column(column) = element.kind() {
                found.push(Marked { column: column.clone(), foreign: *foreign, remote: *remote });
                inside = true;
            }
        }
        ExprKind::Column(column) if !std::mem::take(&mut inside) => {
            found.push(Marked { column: column.clone(), foreign: false, remote: false });
        }
        _ => {}
    });
    found
}

/// The column that an expression is, with its marks.
fn marked(expr: &Expr) -> Option<Marked> {
    match expr.kind() {
        ExprKind::Annotated { element, foreign, remote } => match element.kind() {
            ExprKind::Column(column) => {
                Some(Marked { column: column.clone(), foreign: *foreign, remote: *remote })
            }
            _ => None,
        },
        ExprKind::Column(column) => Some(Marked { column: column.clone(), foreign: false, remote: false }),
        _ => None,
    }
}

fn with_marks(column: &Column, (foreign, remote): (bool, bool)) -> Expr {
    let mut expr = Expr::column(column);
    if foreign {
        expr = expr.foreign();
    }
    if remote {
        expr = expr.remote();
    }
    expr
}

/// Marks each column as `mark` says of it and its present marks: `(foreign, remote)`.
fn remark(expr: &Expr, mark: &mut dyn FnMut(&Marked) -> (bool, bool)) -> Expr {
    expr.rewrite(&mut |expr| marked(expr).map(|marked| with_marks(&marked.column, mark(&marked))))
}

/// As [`remark`]; of a column that is compared with itself, only the left side.
fn remark_once(expr: &Expr, mark: &mut dyn FnMut(&Marked) -> (bool, bool)) -> Expr {
    expr.rewrite(&mut |expr| match expr.kind() {
        ExprKind::Binary { left, right, op, ty, negated, escape }
            if column_sides(left, right).is_some_and(|(left, right)| left.column == right.column) =>
        {
            Some(Expr::new(ExprKind::Binary {
                left: remark(left, mark),
                right: right.clone(),
                op: op.clone(),
                ty: ty.clone(),
                negated: negated.clone(),
                escape: escape.clone(),
            }))
        }
        _ => marked(expr).map(|marked| with_marks(&marked.column, mark(&marked))),
    })
}

/// Moves marks on larger expressions down to their columns.
fn mark_columns_only(expr: &Expr) -> Expr {
    expr.rewrite(&mut |expr| match expr.kind() {
        ExprKind::Annotated { element, foreign, remote }
            if !matches!(element.kind(), ExprKind::Column(_) | ExprKind::AliasColumn(_)) =>
        {
            let (foreign, remote) = (*foreign, *remote);
            Some(remark(element, &mut |marked| (marked.foreign || foreign, marked.remote || remote)))
        }
        _ => None,
    })
}

/// The sides of every operator between two expressions.
fn binaries(expr: &Expr) -> Vec<(Expr, Expr)> {
    let mut found = Vec::new();
    expr.visit(&mut |expr| {
        if let ExprKind::Binary { left, right, .. } = expr.kind() {
            found.push((left.clone(), right.clone()));
        }
    });
    found
}

/// The sides of an expression that compares, and whether it holds them equal.
fn compared(expr: &Expr) -> Option<(&Expr, &Expr, bool)> {
    match expr.kind() {
        ExprKind::Binary { left, right, op, .. } if op.is_comparison() => Some((left, right, *op == Op::Eq)),
        ExprKind::Function(function) => {
            let (left, right) = function.compares?;
            Some((function.args.get(left)?, function.args.get(right)?, false))
        }
        _ => None,
    }
}

/// The sides of every comparison in the expression, and whether it holds them equal.
fn comparisons(expr: &Expr) -> Vec<(Expr, Expr, bool)> {
    let mut found = Vec::new();
    expr.visit(&mut |expr| {
        if let Some((left, right, equal)) = compared(expr) {
            found.push((left.clone(), right.clone(), equal));
        }
    });
    found
}

/// The columns of a comparison's side, but for those that are compared within it.
fn side_columns(expr: &Expr) -> Vec<Marked> {
    if compared(expr).is_some() || matches!(expr.kind(), ExprKind::ScalarSelect(_)) {
        return Vec::new();
    }
    match marked(expr) {
        Some(marked) => vec![marked],
        None => expr.children().iter().flat_map(side_columns).collect(),
    }
}

/// A comparison's sides where both are columns, with their marks.
fn column_sides(left: &Expr, right: &Expr) -> Option<(Marked, Marked)> {
    let side = |expr: &Expr| {
        expr.as_column().map(|column| Marked {
            column: column.clone(),
            foreign: expr.is_foreign(),
            remote: expr.is_remote(),
        })
    };
    Some((side(left)?, side(right)?))
}

/// Why no condition could be found from foreign keys.
enum NoJoin {
    NoForeignKeys,
    Ambiguous,
    Other(Error),
}

type Pairs = Vec<(Column, Column)>;

/// Links of one constraint from `from` to `to`: `(referred, referring)`.
fn constraint_links(
    from: &[Table],
    to: &[Table],
    only: &[Column],
) -> Result<Vec<(Pairs, Vec<Column>)>, NoJoin> {
    let mut links = Vec::new();
    for constraint in from.iter().flat_map(Table::constraints) {
        let Constraint::ForeignKey(constraint) = constraint else { continue };
        let mut pairs = Pairs::new();
        let mut referring = Vec::new();
        for element in &constraint.elements {
            let Some(parent) = element.parent() else { continue };
            if !only.is_empty() && !only.contains(&parent) {
                continue;
            }
            let referred = match element.column() {
                Ok(column) => column,
                Err(error) if error.kind() == ErrorKind::NoReferencedTableError => continue,
                Err(error) => return Err(NoJoin::Other(error)),
            };
            if to.iter().any(|table| table.has_column(&referred)) {
                pairs.push((referred, parent.clone()));
            }
            referring.push(parent);
        }
        if !pairs.is_empty() {
            links.push((pairs, referring));
        }
    }
    Ok(links)
}

/// The condition between the tables of two sides that their foreign keys give.
fn join_from_keys(left: &[Table], right: &[Table], only: &[Column]) -> Result<Expr, NoJoin> {
    let mut links = constraint_links(right, left, only)?;
    if left != right {
        // A constraint within a table that both sides have is met from both: its columns are compared twice.
        for (pairs, referring) in constraint_links(left, right, only)? {
            match links.iter_mut().find(|(_, known)| *known == referring) {
                Some((known, _)) => known.extend(pairs),
                None => links.push((pairs, referring)),
            }
        }
    }
    if links.len() > 1 && !only.is_empty() {
        links.retain(|(_, referring)| {
            referring.len() == only.len() && referring.iter().all(|column| only.contains(column))
        });
    }
    if links.len() > 1 && links.iter().all(|(pairs, _)| *pairs == links[0].0) {
        links.truncate(1);
    }
    match links.len() {
        0 => Err(NoJoin::NoForeignKeys),
        1 => {
            let mut items = Vec::new();
            for (referred, referring) in &links[0].0 {
                items.push(Expr::column(referred).equals(Expr::column(referring)).map_err(NoJoin::Other)?);
            }
            Ok(if items.len() == 1 { items.swap_remove(0) } else { Expr::and(items) })
        }
        _ => Err(NoJoin::Ambiguous),
    }
}

/// The condition by which a class's table is joined to that of the class that it inherits from.
///
/// # Errors
///
/// `NoForeignKeysError` or `AmbiguousForeignKeysError` where there is not exactly one.
pub(super) fn inherit_join(profile: Profile, above: &Table, below: &Table) -> Result<Expr> {
    join_from_keys(slice::from_ref(above), slice::from_ref(below), &[]).map_err(|error| match error {
        NoJoin::NoForeignKeys => messages::no_inherit_condition(profile, above.name(), below.name()),
        NoJoin::Ambiguous => messages::ambiguous_inherit_condition(profile, above.name(), below.name()),
        NoJoin::Other(error) => error,
    })
}

impl JoinSpec<'_> {
    /// Works the join out.
    pub(crate) fn determine(self) -> Result<JoinCondition> {
        if self.secondaryjoin.is_some() && self.secondary.is_none() {
            return Err(messages::secondaryjoin_without_secondary(self.name));
        }
        let (primaryjoin, secondaryjoin) = self.conditions()?;
        let primaryjoin = mark_columns_only(&primaryjoin);
        let secondaryjoin = secondaryjoin.map(|join| mark_columns_only(&join));
        let given = |mark: fn(&Marked) -> bool| {
            marked_columns(&primaryjoin).iter().any(mark)
                || secondaryjoin.as_ref().is_some_and(|join| marked_columns(join).iter().any(mark))
        };
        let foreign_given = given(|marked| marked.foreign);
        let remote_marked = given(|marked| marked.remote);
        let primaryjoin = self.mark_foreign(&primaryjoin);
        let secondaryjoin = secondaryjoin.map(|join| self.mark_foreign(&join));
        let (primaryjoin, secondaryjoin) = if remote_marked {
            (primaryjoin, secondaryjoin)
        } else {
            (self.mark_remote(&primaryjoin), secondaryjoin.map(|join| self.mark_remote(&join)))
        };

        let mut condition = JoinCondition {
            direction: Direction::ManyToMany,
            synchronize_pairs: Vec::new(),
            secondary_synchronize_pairs: Vec::new(),
            local_remote_pairs: Vec::new(),
            remote_side: Vec::new(),
            remote_given: remote_marked,
            foreign_given,
            primaryjoin,
            secondaryjoin,
        };
        self.read_pairs(&mut condition);
        self.check_foreign("primary", &condition.primaryjoin, &condition.synchronize_pairs)?;
        if let Some(secondaryjoin) = &condition.secondaryjoin {
            self.check_foreign("secondary", secondaryjoin, &condition.secondary_synchronize_pairs)?;
        }
        condition.direction = self.direction(&condition)?;
        if condition.local_remote_pairs.is_empty() {
            return Err(messages::no_pairs(self.name));
        }
        Ok(condition)
    }

    fn conditions(&self) -> Result<(Expr, Option<Expr>)> {
        let secondary_name = self.secondary.as_ref().map(|between| self.shown(between)).transpose()?;
        let secondary_name = secondary_name.as_deref();
        let fail = |error| match error {
            NoJoin::NoForeignKeys => messages::no_foreign_keys(self.name, secondary_name),
            NoJoin::Ambiguous => messages::ambiguous_foreign_keys(self.name, secondary_name),
            NoJoin::Other(error) => error,
        };
        // The class's own table goes before those that it inherits.
        let find = |left: &Side, right: &[Table]| {
            match join_from_keys(slice::from_ref(&left.local), right, &self.foreign_keys) {
                Err(NoJoin::NoForeignKeys) if left.tables.len() > 1 => {
                    join_from_keys(&left.tables, right, &self.foreign_keys)
                }
                found => found,
            }
            .map_err(fail)
        };
        if let Some(secondary) = &self.secondary {
            let secondaryjoin = match &self.secondaryjoin {
                Some(join) => join.clone(),
                None => find(&self.target, &secondary.tables())?,
            };
            let primaryjoin = match &self.primaryjoin {
                Some(join) => join.clone(),
                None => find(&self.parent, &secondary.tables())?,
            };
            return Ok((primaryjoin, Some(secondaryjoin)));
        }
        let primaryjoin = match &self.primaryjoin {
            Some(join) => join.clone(),
            None => find(&self.parent, &self.target.tables)?,
        };
        Ok((primaryjoin, None))
    }

    /// How messages name what is between.
    fn shown(&self, between: &Between) -> Result<String> {
        match between.table() {
            Some(table) => Ok(table.name().to_owned()),
            None => between.item.to_text(self.profile, Dialect::Default),
        }
    }

    fn mark_foreign(&self, join: &Expr) -> Expr {
        if marked_columns(join).iter().any(|marked| marked.foreign) {
            return join.clone();
        }
        if !self.foreign_keys.is_empty() {
            return remark(join, &mut |marked| (self.foreign_keys.contains(&marked.column), marked.remote));
        }
        let in_secondary =
            |column: &Column| self.secondary.as_ref().is_some_and(|table| table.has_column(column));
        let mut foreign: Vec<Column> = Vec::new();
        for (left, right) in binaries(join) {
            let Some((left, right)) = column_sides(&left, &right) else { continue };
            let (left, right) = (left.column, right.column);
            let found = if left.references(&right) {
                left
            } else if right.references(&left) {
                right
            } else if in_secondary(&left) && !in_secondary(&right) {
                left
            } else if in_secondary(&right) && !in_secondary(&left) {
                right
            } else {
                continue;
            };
            foreign.push(found);
        }
        remark_once(join, &mut |marked| (foreign.contains(&marked.column), marked.remote))
    }

    /// Whether some comparison has columns that both the parent and the target have on its both sides: the table
    /// refers to itself.
    fn refers_to_itself(&self, join: &Expr) -> bool {
        if self.parent == self.target && self.parent.tables.len() == 1 {
            return true;
        }
        let shared = |column: &Column| self.parent.has_column(column) && self.target.has_column(column);
        binaries(join).iter().any(|(left, right)| {
            column_sides(left, right)
                .is_some_and(|(left, right)| shared(&left.column) && shared(&right.column))
        })
    }

    fn mark_remote(&self, join: &Expr) -> Expr {
        if let Some(secondary) = &self.secondary {
            return remark(join, &mut |marked| (marked.foreign, secondary.has_column(&marked.column)));
        }
        let to_itself = self.refers_to_itself(join);
        if !self.remote_side.is_empty() {
            let mut mark = |marked: &Marked| (marked.foreign, self.remote_side.contains(&marked.column));
            return if to_itself { remark_once(join, &mut mark) } else { remark(join, &mut mark) };
        }
        if to_itself {
            return remark_once(join, &mut |marked| (marked.foreign, marked.foreign));
        }
        remark(join, &mut |marked| {
            let remote = self.target.has_column(&marked.column)
                && (!self.parent.local.has_column(&marked.column)
                    || self.target.local.has_column(&marked.column));
            (marked.foreign, remote)
        })
    }

    fn is_mapped(&self, column: &Column) -> bool {
        self.secondary.as_ref().is_some_and(|table| table.has_column(column))
            || self.parent.has_column(column)
            || self.target.has_column(column)
    }

    fn read_pairs(&self, condition: &mut JoinCondition) {
        let mut pairs: Pairs = Vec::new();
        let mut read = |join: &Expr, sync: &mut Pairs| {
            for (left, right, equal) in comparisons(join) {
                for left in side_columns(&left) {
                    for right in side_columns(&right) {
                        let pair = if right.remote && !left.remote && self.is_mapped(&left.column) {
                            Some((left.column.clone(), right.column.clone()))
                        } else if left.remote && !right.remote && self.is_mapped(&right.column) {
                            Some((right.column.clone(), left.column.clone()))
                        } else {
                            None
                        };
                        if let Some(pair) = pair
                            && !pairs.contains(&pair)
                        {
                            pairs.push(pair);
                        }
                        if !equal || !self.is_mapped(&left.column) || !self.is_mapped(&right.column) {
                            continue;
                        }
                        if right.foreign {
                            sync.push((left.column.clone(), right.column.clone()));
                        } else if left.foreign {
                            sync.push((right.column.clone(), left.column.clone()));
                        }
                    }
                }
            }
        };
        read(&condition.primaryjoin, &mut condition.synchronize_pairs);
        if let Some(join) = &condition.secondaryjoin {
            read(join, &mut condition.secondary_synchronize_pairs);
        }
        condition.local_remote_pairs = pairs;
        for join in [Some(&condition.primaryjoin), condition.secondaryjoin.as_ref()].into_iter().flatten() {
            for marked in marked_columns(join) {
                if marked.remote && !condition.remote_side.contains(&marked.column) {
                    condition.remote_side.push(marked.column);
                }
            }
        }
    }

    fn check_foreign(&self, kind: &str, join: &Expr, sync: &[(Column, Column)]) -> Result<()> {
        let has_foreign = marked_columns(join).iter().any(|marked| marked.foreign);
        if if self.viewonly { has_foreign } else { !sync.is_empty() } {
            return Ok(());
        }
        let condition = join.to_text(self.profile, Dialect::Default)?;
        Err(if has_foreign {
            messages::no_simple_equality(kind, &condition, self.name)
        } else {
            messages::no_relevant_columns(kind, &condition, self.name)
        })
    }

    fn direction(&self, condition: &JoinCondition) -> Result<Direction> {
        if condition.secondaryjoin.is_some() {
            return Ok(Direction::ManyToMany);
        }
        let columns = marked_columns(&condition.primaryjoin);
        let foreign = || columns.iter().filter(|marked| marked.foreign);
        let in_target = foreign().any(|marked| self.target.has_column(&marked.column));
        let in_parent = foreign().any(|marked| self.parent.has_column(&marked.column));
        match (in_target, in_parent) {
            (true, true) => {
                let remote = || columns.iter().filter(|marked| marked.remote);
                let is_local = |column: &Column| {
                    columns.iter().any(|marked| marked.column == *column && !marked.remote)
                        && self.parent.has_column(column)
                };
                let (mut to_many, mut to_one) =
                    (remote().any(|marked| marked.foreign), remote().any(|marked| !marked.foreign));
                if to_many && to_one {
                    // What is compared with itself says nothing of the direction.
                    let mut apart = remote().filter(|marked| !is_local(&marked.column));
                    to_many = apart.clone().any(|marked| marked.foreign);
                    to_one = apart.any(|marked| !marked.foreign);
                }
                // A key of the near side, beside one of the far side, leads the other way.
                let near =
                    |marked: &Marked| !marked.remote && !remote().any(|other| other.column == marked.column);
                to_one |= to_many && foreign().any(near);
                match (to_many, to_one) {
                    (true, false) => Ok(Direction::OneToMany),
                    (false, true) => Ok(Direction::ManyToOne),
                    _ => Err(messages::direction_both(self.name)),
                }
            }
            (true, false) => Ok(Direction::OneToMany),
            (false, true) => Ok(Direction::ManyToOne),
            (false, false) => Err(messages::direction_neither(self.name)),
        }
    }
}

impl JoinCondition {
    /// The primary join as a backref is given it: what was remote is local there and the other way round.
    pub(crate) fn reversed(&self, parent: &Mapper) -> Expr {
        if self.remote_given {
            return remark(&self.primaryjoin, &mut |marked| {
                (marked.foreign, !marked.remote && parent.has_column(&marked.column))
            });
        }
        let foreign_given = self.foreign_given;
        remark(&self.primaryjoin, &mut |marked| (marked.foreign && foreign_given, false))
    }

    /// Whether the lazy load looks the target up by its primary key, which the identity map can answer: each
    /// part of the join compares a column of the key, all of it, with a local one.
    pub(crate) fn looks_up(&self, target: &Mapper) -> bool {
        let primary_key = &target.primary_key;
        if self.secondaryjoin.is_some() {
            return false;
        }
        let mut parts = Vec::new();
        if !conjuncts(&self.primaryjoin, &mut parts) {
            return false;
        }
        let mut looked_up: Vec<Column> = Vec::new();
        for part in &parts {
            let ExprKind::Binary { left, right, op: Op::Eq, .. } = part.kind() else { return false };
            let (Some(left_column), Some(right_column)) = (left.as_column(), right.as_column()) else {
                return false;
            };
            let remote = match (left.is_remote(), right.is_remote()) {
                (true, false) => left_column,
                (false, true) => right_column,
                _ => return false,
            };
            // Of a chain of tables, the nearest below the base is as good as the base; those further below are not.
            let remote = match target.hierarchy.equated.iter().find(|(_, below)| below == remote) {
                Some((above, _)) => above,
                None => remote,
            };
            if !primary_key.contains(remote) || looked_up.contains(remote) {
                return false;
            }
            looked_up.push(remote.clone());
        }
        looked_up.len() == primary_key.len()
    }
}

/// The parts of an `AND`, or the expression itself; false where it is something else than comparisons.
fn conjuncts(expr: &Expr, parts: &mut Vec<Expr>) -> bool {
    match expr.kind() {
        ExprKind::List { op: Op::And, items } => items.iter().all(|item| conjuncts(item, parts)),
        ExprKind::Grouping(inner) => conjuncts(inner, parts),
        ExprKind::Binary { .. } => {
            parts.push(expr.clone());
            true
        }
        _ => false,
    }
}
