//! The text of `FROM` elements.

use super::super::expr::Expr;
use super::super::from::{Alias, AliasElement, AliasKind, FromItem, Join};
use super::Compiler;
use crate::error::Result;
use crate::schema::Table;
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
            AliasElement::Select(_) | AliasElement::Compound(_) | AliasElement::Join(_) => "anon".to_owned(),
        };
        self.anonymous_name(alias.token().address(), &stem)
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
        if let AliasKind::Cte { .. } = alias.kind() {
            self.cte(alias, &name)?;
            return Ok(name);
        }
        let element = match alias.element() {
            AliasElement::Table(table) => self.table_name(table)?,
            AliasElement::Select(select) => format!("({})", self.select(select, true)?),
            AliasElement::Compound(compound) => format!("({})", self.compound(compound, true)?),
            AliasElement::Join(join) => {
                let columns = FromItem::Join(join.clone()).columns();
                let select = super::super::Select {
                    columns,
                    label_style: super::super::LabelStyle::TableColumn,
                    from: vec![FromItem::Join(join.clone())],
                    ..super::super::Select::default()
                };
                format!("({})", self.select(&Rc::new(select), true)?)
            }
        };
        Ok(format!("{element} AS {name}"))
    }

    /// Writes a common table expression once.
    fn cte(&mut self, alias: &Alias, name: &str) -> Result<()> {
        if self.ctes.iter().any(|(known, _)| known == alias) {
            return Ok(());
        }
        let AliasElement::Select(select) = alias.element() else { return Ok(()) };
        let place = self.ctes.len();
        self.ctes.push((alias.clone(), String::new()));
        let stack = std::mem::take(&mut self.stack);
        let text = self.select(select, true);
        self.stack = stack;
        let entry = (alias.clone(), format!("{name} AS \n({})", text?));
        // One that this one needs stands before it.
        self.ctes.remove(place);
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
            (false, false) => "JOIN",
        };
        let onclause: Expr = join.onclause.self_group(super::super::Op::AsBool);
        Ok(format!("{left} {word} {right} ON {}", self.expr(&onclause)?))
    }
}
