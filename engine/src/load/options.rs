//! Loader options: which strategy a path of relationships is loaded with.

use crate::map::{Key, Lazy, Mapped, MapperId, PolymorphicLoad, Relationship};
use crate::orm::Orm;
use crate::state::StateId;
use crate::version::Behaviour;

/// A path of attributes from a queried class.
pub(crate) type Path = Vec<(MapperId, Key)>;

/// What an option asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    Relationship(Lazy),
    /// `joinedload(…, innerjoin=True)`.
    JoinedInner,
    /// `defaultload(…)`: as the mapping says, but another option to the statement cache.
    Default,
    /// `contains_eager(…)`: the statement has the related rows already.
    Contained,
    /// `defer(…)` of a column.
    Defer,
    /// `undefer(…)` of a column.
    Undefer,
    /// `load_only(…)`: every column of the class but those that later options undefer and the primary key. The path's
    /// last step is the class, without an attribute.
    DeferRest,
    /// `selectin_polymorphic(…)`: the path's last step is a subclass, without an attribute.
    SelectinPolymorphic,
}

/// One option: a path of attributes from a queried class, and how its last step is loaded. A last step named
/// `*` is every relationship there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LoaderOption {
    pub path: Vec<(MapperId, Key)>,
    pub strategy: Strategy,
    /// `of_type(…)`: the class or alias that the relationship's objects are loaded as.
    pub of_type: Option<Mapped>,
}

impl LoaderOption {
    pub fn new(path: Vec<(MapperId, Key)>, strategy: Strategy) -> Self {
        LoaderOption { path, strategy, of_type: None }
    }
}

/// How a relationship is loaded where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub lazy: Lazy,
    pub inner: bool,
    /// By an option rather than by the mapping.
    pub by_option: bool,
    /// What the objects are loaded as.
    pub of_type: Option<Mapped>,
    /// The statement has the related rows already.
    pub contained: bool,
    /// The mapping's eager strategy, where it ends here: it would come back to a class that the path has passed.
    pub cut: Option<Lazy>,
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
            Strategy::Relationship(lazy) if matches => Some((lazy, false, false, option.of_type)),
            Strategy::JoinedInner if matches => Some((Lazy::Joined, true, false, option.of_type)),
            Strategy::Contained if matches => Some((Lazy::Joined, false, true, option.of_type)),
            _ => None,
        }
    });
    if let Some((lazy, inner, contained, of_type)) = found {
        return Chosen { lazy, inner, by_option: true, of_type, contained, cut: None };
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
    Chosen {
        lazy,
        inner: relationship.args.innerjoin == Some(true),
        by_option: false,
        of_type: None,
        contained: false,
        cut: (eager && comes_back).then_some(resolved.lazy),
    }
}

/// Whether a column is left for later where it stands. A column of the primary key is not among the rest that
/// `load_only()` leaves.
pub(crate) fn is_deferred(
    options: &[LoaderOption],
    path: &[(MapperId, Key)],
    mapper: MapperId,
    key: &str,
    default: bool,
    is_key: bool,
) -> bool {
    let found = options.iter().rev().find_map(|option| {
        if option.strategy == Strategy::DeferRest {
            return (!is_key && ends_with(option, path, mapper, "")).then_some(true);
        }
        if !ends_with(option, path, mapper, key) {
            return None;
        }
        match option.strategy {
            Strategy::Defer => Some(true),
            Strategy::Undefer => Some(false),
            Strategy::DeferRest
            | Strategy::Relationship(_)
            | Strategy::JoinedInner
            | Strategy::Contained
            | Strategy::Default
            | Strategy::SelectinPolymorphic => None,
        }
    });
    found.unwrap_or(default)
}

/// Whether an option of the query that brought an object left this column for later.
pub(crate) fn is_left(orm: &Orm, id: StateId, key: &str) -> bool {
    let state = orm.states.get(id);
    let Some(options) = state.options.as_deref() else { return false };
    let mapper = orm.mappers.get(state.mapper);
    let is_key = mapper.column_of(key).is_some_and(|column| mapper.primary_key.contains(column));
    is_deferred(options, &[], orm.mappers.owner(state.mapper, key), key, false, is_key)
}

/// The classes by whose statements objects of `class` get what they have beyond `base`, the queried class: the nearest
/// one above them that the mapping says is loaded so, or those that options ask for.
pub(crate) fn subclass_loads(
    orm: &Orm,
    options: &[LoaderOption],
    path: &[(MapperId, Key)],
    base: MapperId,
    class: MapperId,
) -> Vec<MapperId> {
    let asked = |mapper: MapperId| {
        options.iter().any(|option| {
            option.strategy == Strategy::SelectinPolymorphic && ends_with(option, path, mapper, "")
        })
    };
    let with_parents = orm.profile.has(Behaviour::SelectinPolymorphicParents);
    let mut found = Vec::new();
    let mut by_option = false;
    let mut at = Some(class);
    while let Some(mapper) = at.filter(|mapper| *mapper != base) {
        let place = orm.mappers.get(mapper);
        let mapped = place.hierarchy.load == Some(PolymorphicLoad::Selectin);
        let is_asked = asked(mapper);
        if is_asked || mapped || (by_option && with_parents) {
            found.push(mapper);
            if mapped && !is_asked && !by_option {
                return found;
            }
        }
        by_option |= is_asked;
        at = place.inherits;
    }
    found
}
