//! Loader options that a query refuses: those of classes that it is not of, and those that contradict each other.
//!
//! Only what options say of one attribute by its name can contradict; what is said of every attribute there is replaced.

use super::adapt;
use super::options::{LoaderOption, Strategy};
use super::query::{Entity, Query, Style};
use crate::error::{Error, ErrorKind, Result};
use crate::map::{Lazy, Mapped, MapperId, Property};
use crate::orm::Orm;
use crate::version::Behaviour;

/// What an option is called, where it asks for a way to load what its path names.
fn named(strategy: Strategy) -> Option<&'static str> {
    Some(match strategy {
        Strategy::Relationship(lazy) => match lazy {
            Lazy::Select => "lazyload",
            Lazy::Joined => "joinedload",
            Lazy::Selectin => "selectinload",
            Lazy::Subquery => "subqueryload",
            Lazy::Immediate => "immediateload",
            Lazy::Raise | Lazy::RaiseOnSql => "raiseload",
            Lazy::NoLoad => "noload",
            Lazy::Dynamic | Lazy::WriteOnly => return None,
        },
        Strategy::Joined { .. } => "joinedload",
        Strategy::Contained => "contains_eager",
        Strategy::Defer { .. } => "defer",
        Strategy::Undefer => "undefer",
        Strategy::Default
        | Strategy::UndeferGroup
        | Strategy::Expression
        | Strategy::SelectinPolymorphic
        | Strategy::Criteria => return None,
    })
}

fn contradict(one: &LoaderOption, other: &LoaderOption) -> bool {
    one.path == other.path
        && named(other.strategy).is_some()
        && (one.strategy, one.recursion) != (other.strategy, other.recursion)
}

/// An option's path as errors show it: `Mapper[User(user)] -> User.addresses -> Mapper[Address(address)]`.
fn path_text(orm: &Orm, option: &LoaderOption) -> String {
    let mut parts = Vec::new();
    for (at, (mapper, key)) in option.path.iter().enumerate() {
        let head = option.head.0.filter(|head| head.alias.is_some());
        let mapper = orm.mappers.get(*mapper);
        if at == 0 {
            let alias = head.and_then(|head| entity_text(orm, head));
            parts.push(alias.unwrap_or_else(|| mapper.text(orm.profile)));
        }
        parts.push(format!("{}.{key}", mapper.class_name));
        if let Some(Property::Relationship(relationship)) = mapper.properties.get(key)
            && let Some(resolved) = relationship.resolved.get()
        {
            parts.push(orm.mappers.get(resolved.target).text(orm.profile));
        }
    }
    parts.join(" -> ")
}

/// An option as errors of 2.1 show it: `joinedload(User.addresses)`.
fn option_text(orm: &Orm, option: &LoaderOption) -> String {
    let steps: Vec<String> = option
        .path
        .iter()
        .enumerate()
        .map(|(at, (mapper, key))| {
            let head = option.head.0.filter(|head| at == 0 && head.alias.is_some());
            match head.and_then(|head| entity_text(orm, head)) {
                Some(alias) => format!("{alias}.{key}"),
                None => format!("{}.{key}", orm.mappers.get(*mapper).class_name),
            }
        })
        .collect();
    format!("{}({})", named(option.strategy).unwrap_or_default(), steps.join(" -> "))
}

/// How errors call what is queried; nothing of a class together with subclasses.
fn entity_text(orm: &Orm, mapped: Mapped) -> Option<String> {
    let mapper = orm.mappers.get(mapped.mapper);
    Some(match mapped.alias {
        Some(alias) if adapt::alias_of(orm, alias as usize).is_some_and(|alias| alias.polymorphic) => {
            return None;
        }
        Some(_) => format!("aliased({})", mapper.class_name),
        None if orm.profile.has(Behaviour::LoaderHeadsShown) => mapper.class_name.to_string(),
        None => mapper.text(orm.profile),
    })
}

/// Whether an option of `head` can be one of what is queried here.
fn belongs(orm: &Orm, head: Mapped, queried: Mapped) -> bool {
    let is_polymorphic = |mapped: Mapped| {
        mapped
            .alias
            .and_then(|alias| adapt::alias_of(orm, alias as usize))
            .is_some_and(|alias| alias.polymorphic)
    };
    let related = orm.mappers.base(head.mapper) == orm.mappers.base(queried.mapper);
    related && (head.alias == queried.alias || is_polymorphic(head) || is_polymorphic(queried))
}

/// Refuses an option of a class that the query is not of.
fn check_head(orm: &Orm, query: &Query, option: &LoaderOption, head: Mapped) -> Result<()> {
    let queried: Vec<Mapped> = query
        .entities
        .iter()
        .filter_map(|entity| match entity {
            Entity::Mapped(mapped) => Some(*mapped),
            Entity::Attribute(..) | Entity::Expr(_) => None,
        })
        .collect();
    if query.within.is_some() || queried.iter().any(|queried| belongs(orm, head, *queried)) {
        return Ok(());
    }
    let shown: Option<Vec<String>> = queried.iter().map(|queried| entity_text(orm, *queried)).collect();
    let (Some(shown), Some(named)) = (shown, entity_text(orm, head)) else {
        return Err(Error::unsupported(
            "a loader option of a class that is not queried, beside with_polymorphic()",
        ));
    };
    let by_class = orm.profile.has(Behaviour::LoaderHeadsByClass);
    let shows = orm.profile.has(Behaviour::LoaderHeadsShown);
    let (mapper, key) = &option.path[0];
    let attribute = format!("\"{}.{key}\"", orm.mappers.get(head.mapper).class_name);
    let message = if shown.is_empty() {
        if shows {
            let option = option_text(orm, option);
            format!(
                "Query has only expression-based entities; attribute loader option {option} can't be applied here."
            )
        } else if by_class {
            format!(
                "Query has only expression-based entities; attribute loader options for {named} can't be applied here."
            )
        } else {
            let kind = match orm.mappers.get(*mapper).properties.get(key) {
                Some(Property::Relationship(_)) => "relationship",
                _ => "column",
            };
            format!(
                "Query has only expression-based entities, which do not apply to {kind} property {attribute}"
            )
        }
    } else {
        let what = if shows {
            format!("Mapped class {named} referenced in option {}", option_text(orm, option))
        } else if by_class {
            format!("Mapped class {named}")
        } else {
            format!("Mapped attribute {attribute}")
        };
        format!(
            "{what} does not apply to any of the root entities in this query, e.g. {}. Please specify the full path \
             from one of the root entities to the target attribute. ",
            shown.join(", ")
        )
    };
    Err(Error::new(ErrorKind::ArgumentError, message))
}

/// Refuses an option where an earlier one asks for another way to load the same attribute.
fn check_before(orm: &Orm, query: &Query, at: usize) -> Result<()> {
    let option = &query.options[at];
    let Some(before) = query.options[..at].iter().rev().find(|before| contradict(option, before)) else {
        return Ok(());
    };
    let is_of_aliases = query.entities.iter().any(|entity| match entity {
        Entity::Mapped(mapped) | Entity::Attribute(mapped, _) => mapped.alias.is_some(),
        Entity::Expr(_) => false,
    });
    if is_of_aliases && query.entities.len() > 1 {
        return Err(Error::unsupported("loader options that contradict each other, of a query with aliases"));
    }
    // The whole path counts, with the steps that led to a load on access.
    let from_start = |option: &LoaderOption| LoaderOption {
        path: [&query.prior[..], &option.path].concat(),
        ..option.clone()
    };
    let (option, before) = (&from_start(option), &from_start(before));
    let message = if orm.profile.has(Behaviour::LoaderConflictsNamed) {
        format!(
            "Loader strategy replacement {} is in conflict with existing strategy {}",
            option_text(orm, option),
            option_text(orm, before)
        )
    } else {
        format!("Loader strategies for ORM Path[{}] conflict", path_text(orm, option))
    };
    Err(Error::new(ErrorKind::InvalidRequestError, message))
}

/// Refuses options that do not belong to the query, or contradict each other.
///
/// # Errors
///
/// `ArgumentError` for an option of a class that is not queried, `InvalidRequestError` where two options name two ways to load
/// one attribute.
pub(super) fn check(orm: &Orm, query: &Query) -> Result<()> {
    // A load on access adds to what its object came with that what leads back is not loaded.
    if let Some(kept) = query.kept_options
        && orm.profile.has(Behaviour::LoaderConflicts)
    {
        (kept..query.options.len()).try_for_each(|at| check_before(orm, query, at))?;
    }
    // What loads for another query was checked with that one.
    if query.style == Style::Loader || query.follows || query.origin.is_some() {
        return Ok(());
    }
    let conflicts = orm.profile.has(Behaviour::LoaderConflicts);
    for (at, option) in query.options.iter().enumerate() {
        let by_name =
            option.path.iter().all(|(mapper, key)| *mapper != MapperId::ANY && !matches!(&**key, "*" | ""));
        if option.path.is_empty() || option.derived || !by_name || named(option.strategy).is_none() {
            continue;
        }
        if let Some(head) = option.head.0 {
            check_head(orm, query, option, head)?;
        }
        if conflicts {
            check_before(orm, query, at)?;
        }
    }
    Ok(())
}

/// As [`check`], of the query of one object.
pub(super) fn check_of(orm: &Orm, mapper: MapperId, options: &[LoaderOption]) -> Result<()> {
    if options.is_empty() {
        return Ok(());
    }
    let mut query = Query::new(Style::Select, None, vec![Entity::Mapped(Mapped::from(mapper))]);
    query.options = options.to_vec();
    check(orm, &query)
}
