//! How a query's statement labels its columns, and what the statement cache sees of it beside its text.

use crate::load::LoaderOption;
use crate::load::query::{Entity, JoinTarget, OnClause, Query, Style};
use crate::map::Key;
use crate::sql::LabelStyle;
use crate::version::{Behaviour, Profile};
use std::fmt::Write as _;
use std::rc::Rc;

impl Query {
    /// How the statement labels its columns.
    pub(in crate::load) fn label_style(&self, profile: Profile) -> LabelStyle {
        let loader = self.style == Style::Loader;
        if self.labelled {
            return LabelStyle::TableColumn;
        }
        if let Some(style) = self.labels {
            return style;
        }
        if self.style == Style::Legacy || (loader && profile.has(Behaviour::LegacyColumnLabels)) {
            LabelStyle::TableColumn
        } else if loader && self.bare {
            LabelStyle::None
        } else {
            LabelStyle::Disambiguate
        }
    }

    /// What the statement cache sees of a query beside its text: how entities and joins were spelled, options.
    pub(super) fn tag(&self) -> Option<Key> {
        let mut tag = String::new();
        if let Some(loader) = &self.loader {
            tag.push_str(loader);
            // Classes that share a table can have statements of one text.
            for entity in &self.entities {
                if let Entity::Mapped(mapped) = entity {
                    let _ = write!(tag, " {:?}", mapped.mapper);
                }
            }
            let given: Vec<&LoaderOption> = self.options.iter().filter(|option| !option.derived).collect();
            if !given.is_empty() {
                let _ = write!(tag, " {given:?}");
            }
            return Some(Rc::from(tag));
        }
        for entity in &self.entities {
            match entity {
                Entity::Mapped(mapped) => {
                    let _ = write!(tag, "{:?} ", mapped.mapper);
                    // With classes brought along it is another entity, though the text be the same.
                    tag.push_str(if mapped.alias.is_some() { "aliased " } else { "" });
                }
                Entity::Attribute(..) => tag.push_str("attribute "),
                Entity::Expr(_) => tag.push_str("expression "),
            }
        }
        for bundle in &self.bundles {
            let _ = write!(tag, "{} at {} ", bundle.tag, bundle.at);
        }
        if self.descended && self.entities.iter().any(|entity| !matches!(entity, Entity::Expr(_))) {
            tag.push_str("descended ");
        }
        for join in &self.joins {
            let along = matches!(join.target, JoinTarget::Relationship { .. });
            let given = matches!(join.on, OnClause::Expr(_));
            tag.push_str(if along { "along " } else { "to " });
            // Which relationship it is, of which class it was named, and whether what it leads to was named, too.
            if let JoinTarget::Relationship { from, key, to } = &join.target {
                let _ = write!(tag, "{:?} {key} {} ", from.mapper, to.is_some());
            }
            let aliased = match &join.target {
                JoinTarget::Relationship { to, .. } => to.is_some_and(|to| to.alias.is_some()),
                JoinTarget::Mapped(mapped) => mapped.alias.is_some(),
                JoinTarget::Item(_) => false,
            };
            tag.push_str(if aliased { "aliased " } else { "" });
            tag.push_str(if given { "on " } else { "" });
        }
        // An attribute that a class has from another is one of either.
        for expr in self.criteria.iter().chain(&self.group_by).chain(&self.having).chain(&self.order_by) {
            for (mapper, _) in expr.entities() {
                let _ = write!(tag, "of {mapper} ");
            }
        }
        if !self.options.is_empty() {
            let _ = write!(tag, "{:?}", self.options);
        }
        Some(Rc::from(tag))
    }
}
