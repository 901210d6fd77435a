//! Loader options: which strategy a path of relationships is loaded with.

use crate::map::{Key, Lazy, MapperId, Relationship};
use crate::orm::Orm;

/// A path of attributes from a queried class.
pub(crate) type Path = Vec<(MapperId, Key)>;

/// What an option asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    Relationship(Lazy),
    /// `joinedload(…, innerjoin=True)`.
    JoinedInner,
    /// `defer(…)` of a column.
    Defer,
    /// `undefer(…)` of a column.
    Undefer,
}

/// One option: a path of attributes from a queried class, and how its last step is loaded. A last step named
/// `*` is every relationship there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LoaderOption {
    pub path: Vec<(MapperId, Key)>,
    pub strategy: Strategy,
}

/// How a relationship is loaded where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub lazy: Lazy,
    pub inner: bool,
    /// By an option rather than by the mapping.
    pub by_option: bool,
}

fn ends_with(option: &LoaderOption, path: &[(MapperId, Key)], mapper: MapperId, key: &str) -> bool {
    let Some((last, before)) = option.path.split_last() else { return false };
    before == path && (last.0 == mapper && *last.1 == *key)
}

/// The strategy for a relationship reached by `path`. The latest option for it wins; the mapping's own eager
/// strategy ends where it would come back to a class that the path has passed.
pub(crate) fn chosen(
    orm: &Orm,
    options: &[LoaderOption],
    path: &[(MapperId, Key)],
    relationship: &Relationship,
) -> Chosen {
    let found = options.iter().rev().find_map(|option| {
        let matches = ends_with(option, path, relationship.parent, &relationship.key)
            || ends_with(option, path, relationship.parent, "*");
        match option.strategy {
            Strategy::Relationship(lazy) if matches => Some((lazy, false)),
            Strategy::JoinedInner if matches => Some((Lazy::Joined, true)),
            _ => None,
        }
    });
    if let Some((lazy, inner)) = found {
        return Chosen { lazy, inner, by_option: true };
    }
    let resolved = relationship.resolved();
    let eager = matches!(resolved.lazy, Lazy::Joined | Lazy::Selectin | Lazy::Subquery | Lazy::Immediate);
    let comes_back = match relationship.args.join_depth {
        Some(depth) => path.len() >= depth as usize,
        None => {
            resolved.target == relationship.parent
                || path.iter().any(|(mapper, _)| *mapper == resolved.target)
                || path.iter().any(|(mapper, key)| {
                    orm.mappers
                        .relationship(*mapper, key)
                        .is_some_and(|step| step.resolved().target == resolved.target)
                })
        }
    };
    let lazy = if eager && comes_back { Lazy::Select } else { resolved.lazy };
    Chosen { lazy, inner: relationship.args.innerjoin == Some(true), by_option: false }
}

/// Whether a column is left for later where it stands.
pub(crate) fn is_deferred(
    options: &[LoaderOption],
    path: &[(MapperId, Key)],
    mapper: MapperId,
    key: &str,
    default: bool,
) -> bool {
    let found = options.iter().rev().find_map(|option| {
        if !ends_with(option, path, mapper, key) {
            return None;
        }
        match option.strategy {
            Strategy::Defer => Some(true),
            Strategy::Undefer => Some(false),
            Strategy::Relationship(_) | Strategy::JoinedInner => None,
        }
    });
    found.unwrap_or(default)
}
