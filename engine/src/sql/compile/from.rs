//! The text of `FROM` elements.

use super::super::expr::{Expr, ExprKind};
use super::super::from::{Alias, AliasElement, AliasKind, FromItem, FunctionTable, Join, ValuesTable};
use super::select::Place;
use super::{Compiler, Dialect};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Table;
use crate::version::Behaviour;
use std::rc::Rc;

impl Compiler<'_> {
    /// A table's name with its schema.
    pub(super) fn table_name(&self, table: &Table) -> Result<String> {
        let name = self.ident(table.name(), table.args().quote)?;
        match table.schema() {
            Some(schema) => Ok(format!("{}.{name}", self.ident(schema, None)?)),
            None => Ok(name),
        }
    }

    /// An alias's name, made up where it has none.
    pub(super) fn alias_name(&mut self, alias: &Alias) -> Rc<str> {
        if let Some(name) = alias.name() {
            return Rc::from(name);
        }
        let stem = match alias.element() {
            AliasElement::Table(table) => table.name().to_owned(),
            AliasElement::Alias(inner) => self.stem_of(inner),
            _ => "anon".to_owned(),
        };
        self.anonymous_name(alias.token().address(), &stem)
    }

    /// The stem of the name of an alias of an alias.
    fn stem_of(&self, inner: &Alias) -> String {
        if let AliasKind::Cte { .. } = inner.kind() {
            return "anon".to_owned();
        }
        let newer = self.has(Behaviour::AliasOfAliasNamed);
        match (inner.name(), inner.table()) {
            (Some(name), _) if newer => name.to_owned(),
            (_, Some(table)) if !newer => table.name().to_owned(),
            _ => "anon".to_owned(),
        }
    }

    /// A `FROM` element.
    pub(super) fn element(&mut self, item: &FromItem) -> Result<String> {
        self.nested(|compiler| match item {
            FromItem::Table(table) => compiler.table_name(table),
            FromItem::Alias(alias) => compiler.alias(alias),
            FromItem::Join(join) => compiler.join(join),
            FromItem::Text(text) => {
                super::check_text(text)?;
                Ok(text.to_string())
            }
        })
    }

    fn alias(&mut self, alias: &Alias) -> Result<String> {
        let raw = self.alias_name(alias);
        let name = self.ident(&raw, None)?;
        if let AliasKind::Cte { recursive } = alias.kind() {
            self.cte(alias, &name, recursive)?;
            return Ok(name);
        }
        let word = if self.dialect == Dialect::Oracle { " " } else { " AS " };
        let inner = alias.innermost();
        if let AliasKind::Cte { .. } = inner.kind() {
            return Ok(format!("{}{word}{name}", self.alias(inner)?));
        }
        let lateral = alias.kind() == AliasKind::Lateral;
        let element = self.unnamed(inner, lateral)?;
        let lateral = if lateral { "LATERAL " } else { "" };
        Ok(match inner.element() {
            AliasElement::Values(_) if inner.name().is_none() && inner == alias => {
                format!("{lateral}{element}")
            }
            AliasElement::Values(values) => {
                let names: Vec<String> =
                    values.columns.iter().map(|(name, _)| self.ident(name, None)).collect::<Result<_>>()?;
                format!("{lateral}{element}{word}{name} ({})", names.join(", "))
            }
            AliasElement::Function(function) => {
                format!("{lateral}{element}{word}{name}{}", self.derived(function)?)
            }
            _ => format!("{lateral}{element}{word}{name}"),
        })
    }

    /// The names of columns after a function's alias.
    fn derived(&self, function: &FunctionTable) -> Result<String> {
        if !function.derived {
            return Ok(String::new());
        }
        let mut names = Vec::with_capacity(function.columns.len());
        for (name, ty) in &function.columns {
            let name = self.ident(name, None)?;
            names.push(if function.with_types {
                format!("{name} {}", super::types::name(ty)?)
            } else {
                name
            });
        }
        Ok(format!("({})", names.join(", ")))
    }

    /// What an alias is of, without the alias's name.
    fn unnamed(&mut self, alias: &Alias, lateral: bool) -> Result<String> {
        Ok(match alias.element() {
            AliasElement::Table(table) => self.table_name(table)?,
            AliasElement::Body(body) => {
                let place = if lateral { Place::Lateral } else { Place::From };
                format!("({})", self.body(body, place)?)
            }
            AliasElement::Join(join) => {
                let columns = FromItem::Join(join.clone()).columns();
                let select = super::super::Select {
                    columns,
                    label_style: super::super::LabelStyle::TableColumn,
                    from: vec![FromItem::Join(join.clone())],
                    ..super::super::Select::default()
                };
                format!("({})", self.select(&Rc::new(select), Place::From)?)
            }
            AliasElement::Alias(inner) => self.unnamed(inner, lateral)?,
            AliasElement::Values(values) => format!("({})", self.values_text(values)?),
            AliasElement::Function(function) => {
                let text = self.expr(&function.function)?;
                if self.dialect == Dialect::Oracle {
                    return if function.scalar {
                        Ok(format!("TABLE ({text})"))
                    } else {
                        Err(self.unknown("a function with several columns as a table"))
                    };
                }
                if function.ordinality.is_some() { format!("{text} WITH ORDINALITY") } else { text }
            }
        })
    }

    fn values_text(&mut self, values: &ValuesTable) -> Result<String> {
        if let Some(row) = &values.wrong {
            return Err(Error::new(
                ErrorKind::ArgumentError,
                format!("Wrong number of elements for {}-tuple: {row} ", values.columns.len()),
            ));
        }
        if !matches!(self.dialect, Dialect::Default | Dialect::Sqlite | Dialect::Postgresql) {
            return Err(self.unknown("VALUES as a table"));
        }
        let literal = self.literal_binds;
        self.literal_binds |= values.literal_binds;
        let rows: Result<Vec<String>> =
            values.rows.iter().map(|row| Ok(format!("({})", self.list(row, ", ")?))).collect();
        self.literal_binds = literal;
        Ok(format!("VALUES {}", rows?.join(", ")))
    }

    /// Writes a common table expression once.
    fn cte(&mut self, alias: &Alias, name: &str, recursive: bool) -> Result<()> {
        let mut restated = false;
        for (known, _) in &self.ctes {
            if known == alias || known.restates() == Some(alias) {
                return Ok(());
            }
            restated |= alias.restates() == Some(known);
        }
        if restated {
            self.ctes.retain(|(known, _)| alias.restates() != Some(known));
        }
        if let Some(other) = alias.name()
            && self.ctes.iter().any(|(known, _)| known.name() == Some(other))
        {
            return Err(super::compile_error(format!(
                "Multiple, unrelated CTEs found with the same name: '{other}'"
            )));
        }
        let place = self.ctes.len();
        self.ctes.push((alias.clone(), String::new()));
        let stack = std::mem::take(&mut self.stack);
        let text = match alias.element() {
            AliasElement::Body(body) => self.body(body, Place::From),
            AliasElement::Values(values) => self.values_text(values),
            _ => Err(Error::unsupported("a CTE of something that is no select")),
        };
        self.stack = stack;
        let columns = if recursive || matches!(alias.element(), AliasElement::Values(_)) {
            let mut names = Vec::new();
            for column in alias.columns() {
                let ExprKind::AliasColumn(column) = column.kind() else { continue };
                let name = self.alias_column_name(column);
                names.push(self.ident(&name, None)?);
            }
            format!("({})", names.join(", "))
        } else {
            String::new()
        };
        let entry = (alias.clone(), format!("{name}{columns} AS \n({})", text?));
        // One that this one needs stands before it.
        if place < self.ctes.len() {
            self.ctes.remove(place);
        }
        self.ctes.push(entry);
        Ok(())
    }

    fn join(&mut self, join: &Join) -> Result<String> {
        let left = self.element(&join.left)?;
        let right = match &join.right {
            FromItem::Join(_) => format!("({})", self.element(&join.right)?),
            right => self.element(right)?,
        };
        let word = match (join.full, join.outer) {
            (true, _) => "FULL OUTER JOIN",
            (false, true) => "LEFT OUTER JOIN",
            (false, false) if self.dialect == Dialect::Mysql => "INNER JOIN",
            (false, false) => "JOIN",
        };
        let onclause: Expr = join.onclause.self_group(super::super::Op::AsBool);
        Ok(format!("{left} {word} {right} ON {}", self.expr(&onclause)?))
    }
}
