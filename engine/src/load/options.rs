//! Loader options: which strategy a path of relationships is loaded with.

use super::adapt::Adapter;
use crate::error::Result;
use crate::map::{ColumnProperty, InnerJoin, Key, Lazy, Mapped, MapperId, PolymorphicLoad, Relationship};
use crate::orm::Orm;
use crate::sql::Expr;
use crate::state::StateId;
use crate::version::Behaviour;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// A path of attributes from a queried class.
pub(crate) type Path = Vec<(MapperId, Key)>;

/// A part of such a path.
type Steps<'a> = &'a [(MapperId, Key)];

/// What an option asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    Relationship(Lazy),
    /// `joinedload(…, innerjoin=…)`; without the argument the mapping says which join it is.
    Joined {
        inner: InnerJoin,
    },
    /// `defaultload(…)`: as the mapping says, but another option to the statement cache.
    Default,
    /// `contains_eager(…)`: the statement has the related rows already.
    Contained,
    /// `defer(…)` of a column; with `raises`, its access raises.
    Defer {
        raises: bool,
    },
    /// `undefer(…)` of a column.
    Undefer,
    /// `undefer_group(…)`: the path's last step names the group in the attribute's place.
    UndeferGroup,
    /// `with_expression(…)`: what an attribute stands for in this query.
    Expression,
    /// `selectin_polymorphic(…)`: the path's last step is a subclass, without an attribute.
    SelectinPolymorphic,
    /// `with_loader_criteria(…)`: of no path, wherever the query comes to the class.
    Criteria,
}

impl Strategy {
    /// Whether it speaks of columns.
    pub(super) fn is_of_columns(self) -> bool {
        matches!(
            self,
            Strategy::Defer { .. } | Strategy::Undefer | Strategy::UndeferGroup | Strategy::Expression
        )
    }
}

/// One option: a path of attributes from a queried class, and how its last step is loaded. A last step named
/// `*` is every relationship there, or every column but the primary key; alone and of [`MapperId::ANY`], wherever the query
/// comes to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LoaderOption {
    pub path: Vec<(MapperId, Key)>,
    pub strategy: Strategy,
    /// `of_type(…)`: the class or alias that the relationship's objects are loaded as.
    pub of_type: Option<Mapped>,
    /// What [`Strategy::Expression`] gives.
    pub expr: Option<AdHoc>,
    /// What [`Strategy::Criteria`] adds.
    pub criteria: Option<Rc<Criteria>>,
    /// `recursion_depth=`: how far the load goes on along the same relationship.
    pub recursion: Option<Recursion>,
    /// The engine's own: how far a recursive load has come.
    pub derived: bool,
    /// `and_(…)`: further criteria of the relationship's objects, which not every strategy heeds.
    pub refined: Vec<AdHoc>,
    /// The class or alias whose attribute the path begins with, as the program named it.
    pub head: Head,
}

/// What an option was said of, where the query is to be of that; the statement cache does not see it.
#[derive(Clone, Copy, Default)]
pub struct Head(pub Option<Mapped>);

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Head")
    }
}

impl PartialEq for Head {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Head {}

impl Hash for Head {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

/// How often a relationship that leads to its own class is loaded beyond the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recursion {
    Times(u32),
    Endless,
}

impl Recursion {
    /// What is left after one more time; nothing where it ends here.
    pub(super) fn next(self) -> Option<Self> {
        match self {
            Recursion::Endless => Some(self),
            Recursion::Times(times) => times.checked_sub(1).map(Recursion::Times),
        }
    }
}

/// Further criteria of classes, wherever a query comes to them.
#[derive(Clone)]
pub struct Criteria {
    /// The criterion of each class, over the class's own tables.
    pub of: Vec<(MapperId, Expr)>,
    /// Aliases of the classes have them, too.
    pub include_aliases: bool,
    /// The one alias that has them.
    pub alias: Option<Mapped>,
    /// Loads that follow the query have them, too.
    pub propagates: bool,
    /// Which piece of the host's program says them, as the statement cache tells pieces apart.
    pub source: usize,
}

/// What the statement cache sees of them where they do not show in the statement.
impl fmt::Debug for Criteria {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let classes: Vec<MapperId> = self.of.iter().map(|(mapper, _)| *mapper).collect();
        write!(f, "Criteria({classes:?} {} {} {})", self.include_aliases, self.propagates, self.source)
    }
}

impl PartialEq for Criteria {
    fn eq(&self, other: &Self) -> bool {
        self.include_aliases == other.include_aliases
            && self.propagates == other.propagates
            && self.of.len() == other.of.len()
            && self.of.iter().zip(&other.of).all(|((left, one), (right, two))| left == right && one.same(two))
    }
}

impl Eq for Criteria {}

impl Hash for Criteria {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.of.len().hash(state);
    }
}

/// An expression that a query loads into an attribute. The statement's own text says to the cache what it is.
#[derive(Clone)]
pub struct AdHoc(pub Expr);

impl fmt::Debug for AdHoc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdHoc")
    }
}

impl PartialEq for AdHoc {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(&other.0)
    }
}

impl Eq for AdHoc {}

impl Hash for AdHoc {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

impl LoaderOption {
    pub fn new(path: Vec<(MapperId, Key)>, strategy: Strategy) -> Self {
        LoaderOption {
            path,
            strategy,
            of_type: None,
            expr: None,
            criteria: None,
            recursion: None,
            derived: false,
            refined: Vec::new(),
            head: Head::default(),
        }
    }

    /// Further criteria of classes.
    pub fn criteria(criteria: Criteria) -> Self {
        let criteria = Some(Rc::new(criteria));
        LoaderOption { criteria, ..LoaderOption::new(Vec::new(), Strategy::Criteria) }
    }

    /// Whether loads that follow a query know of it.
    pub(super) fn follows(&self) -> bool {
        self.criteria.as_ref().is_none_or(|criteria| criteria.propagates)
    }

    /// Whether it speaks of every attribute of every class.
    pub(crate) fn is_everywhere(&self) -> bool {
        matches!(&self.path[..], [(MapperId::ANY, key)] if &**key == "*")
    }

    /// Whether it leaves every column of every class for later.
    pub(super) fn defers_everything(&self) -> bool {
        self.is_everywhere() && matches!(self.strategy, Strategy::Defer { .. })
    }

    /// What it says of what is loaded at the end of `path`, which it then begins at.
    pub(crate) fn below(&self, path: &[(MapperId, Key)]) -> Option<LoaderOption> {
        if self.is_everywhere() || self.criteria.is_some() {
            return self.follows().then(|| self.clone());
        }
        let goes_on = self.path.len() > path.len() && self.path.starts_with(path);
        goes_on.then(|| LoaderOption {
            path: self.path[path.len()..].to_vec(),
            head: Head::default(),
            ..self.clone()
        })
    }
}

/// Further criteria that the option which counts gives a relationship reached by `path`, written as `adapter` says.
pub(super) fn refined(
    orm: &Orm,
    options: &[LoaderOption],
    path: Steps<'_>,
    relationship: &Relationship,
    adapter: &Adapter,
) -> Result<Vec<Expr>> {
    let tables = &super::adapt::target_tables(orm, relationship.resolved());
    let said = for_attribute(orm, options, path, relationship.parent, &relationship.key);
    let mut of_relationship = said.filter(|(option, _)| {
        matches!(option.strategy, Strategy::Relationship(_) | Strategy::Joined { .. } | Strategy::Contained)
    });
    // An immediate load has none of them.
    match of_relationship.next() {
        Some((option, true)) if option.strategy != Strategy::Relationship(Lazy::Immediate) => {
            option.refined.iter().map(|expr| adapter.adapt_all(&expr.0.without_entities(), tables)).collect()
        }
        _ => Ok(Vec::new()),
    }
}

/// Further criteria that options give a class or an alias, written as `adapter` says. Of those for a load that follows the
/// query (`follows`), only what it is to know.
pub(super) fn criteria(
    orm: &Orm,
    options: &[LoaderOption],
    mapped: Mapped,
    adapter: &Adapter,
    follows: bool,
) -> Result<Vec<Expr>> {
    let tables = &orm.mappers.get(mapped.mapper).hierarchy.tables;
    let mut found = Vec::new();
    for option in options {
        let Some(criteria) = &option.criteria else { continue };
        let concerned = match (mapped.alias, criteria.alias) {
            (_, Some(alias)) => alias == mapped,
            (Some(_), None) => criteria.include_aliases,
            (None, None) => true,
        };
        if !concerned || (follows && !criteria.propagates) {
            continue;
        }
        for (_, expr) in criteria.of.iter().filter(|(mapper, _)| *mapper == mapped.mapper) {
            found.push(adapter.adapt_all(&expr.without_entities(), tables)?);
        }
    }
    Ok(found)
}

/// How a relationship is loaded where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub lazy: Lazy,
    pub inner: InnerJoin,
    /// By an option rather than by the mapping.
    pub by_option: bool,
    /// What the objects are loaded as.
    pub of_type: Option<Mapped>,
    /// The statement has the related rows already.
    pub contained: bool,
    pub recursion: Option<Recursion>,
    /// The mapping's eager strategy, where it ends here: it would come back to a class that the path has passed.
    pub cut: Option<Lazy>,
    /// It leads to a class that the path has passed, and no option asked for that.
    pub returns: bool,
}

fn ends_with(option: &LoaderOption, path: &[(MapperId, Key)], mapper: MapperId, key: &str) -> bool {
    let Some((last, before)) = option.path.split_last() else { return false };
    before == path && (last.0 == mapper || last.0 == MapperId::ANY) && *last.1 == *key
}

/// Whether an option says `key` of the whole class that `path` leads to, whichever class of the hierarchy it names.
fn ends_with_all(
    orm: &Orm,
    option: &LoaderOption,
    path: &[(MapperId, Key)],
    mapper: MapperId,
    key: &str,
) -> bool {
    let Some(((last, said), before)) = option.path.split_last() else { return false };
    let concerns =
        || *last == MapperId::ANY || *last == mapper || orm.mappers.base(*last) == orm.mappers.base(mapper);
    before == path && **said == *key && concerns()
}

/// The options for an attribute at the end of `path`, the one that counts first: those that name it, then those for
/// every attribute there, then those for every attribute anywhere; of each the latest first. The flag says whether it is named.
fn for_attribute<'a>(
    orm: &'a Orm,
    options: &'a [LoaderOption],
    path: &'a [(MapperId, Key)],
    mapper: MapperId,
    key: &'a str,
) -> impl Iterator<Item = (&'a LoaderOption, bool)> {
    let named = options.iter().rev().filter(move |option| ends_with(option, path, mapper, key));
    let there = options
        .iter()
        .rev()
        .filter(move |option| !option.is_everywhere() && ends_with_all(orm, option, path, mapper, "*"));
    let anywhere = options.iter().rev().filter(|option| option.is_everywhere());
    named.map(|option| (option, true)).chain(there.chain(anywhere).map(|option| (option, false)))
}

/// The strategy for a relationship reached by `path`, in a load that the steps `prior` led to. The latest option for it
/// wins; the mapping's own eager strategy ends where it would come back to a class that the path has passed, and
/// `immediate` asks from there on for what the session has alone.
pub(crate) fn chosen(
    orm: &Orm,
    options: &[LoaderOption],
    (prior, path): (Steps<'_>, Steps<'_>),
    relationship: &Relationship,
) -> Chosen {
    let mut said = for_attribute(orm, options, path, relationship.parent, &relationship.key);
    let mapped_inner = relationship.args.innerjoin.unwrap_or_default();
    let found = said.find_map(|(option, named)| match option.strategy {
        Strategy::Relationship(lazy) => Some((lazy, mapped_inner, false, option, named)),
        Strategy::Joined { inner } => Some((Lazy::Joined, inner, false, option, named)),
        Strategy::Contained => Some((Lazy::Joined, InnerJoin::Outer, true, option, named)),
        _ => None,
    });
    if let Some((lazy, inner, contained, option, true)) = found {
        let (of_type, recursion) = (option.of_type, option.recursion);
        return Chosen {
            lazy,
            inner,
            by_option: true,
            of_type,
            contained,
            recursion,
            cut: None,
            returns: false,
        };
    }
    let resolved = relationship.resolved();
    let by_option = found.is_some();
    let asked = found.map_or(resolved.lazy, |(lazy, ..)| lazy);
    let eager = matches!(asked, Lazy::Joined | Lazy::Selectin | Lazy::Subquery);
    let prior = if asked == Lazy::Joined { &[] } else { prior };
    let passed = match asked {
        Lazy::Subquery if !orm.profile.has(Behaviour::LazyLoadPath) => &[],
        _ => prior,
    };
    let is_target = |mapper| orm.mappers.is_a(mapper, resolved.target);
    let leads_back = is_target(relationship.parent)
        || passed.iter().chain(path).any(|(mapper, key)| {
            let step = orm.mappers.relationship(*mapper, key);
            is_target(*mapper) || step.is_some_and(|step| is_target(step.resolved().target))
        });
    let comes_back = match relationship.args.join_depth {
        Some(depth) => prior.len() + path.len() >= depth as usize,
        None => leads_back,
    };
    let returns = if orm.profile.has(Behaviour::ImmediateReturnsByDepth) { comes_back } else { leads_back };
    let lazy = if eager && comes_back { Lazy::Select } else { asked };
    Chosen {
        lazy,
        inner: found.map_or(mapped_inner, |(_, inner, ..)| inner),
        by_option,
        of_type: None,
        contained: false,
        recursion: None,
        cut: (eager && comes_back).then_some(asked),
        returns,
    }
}

/// How a column attribute is loaded where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnLoad {
    WithRow,
    OnAccess,
    /// Its access raises.
    Never,
}

impl ColumnLoad {
    fn deferred(raises: bool) -> Self {
        if raises { ColumnLoad::Never } else { ColumnLoad::OnAccess }
    }
}

/// How an attribute of `mapper` is loaded with `entity`, the class at the end of `path`: as the options say, or else the mapping.
/// What they say of all attributes there goes for those of that class, and not for what only classes below it have.
pub(crate) fn column_load(
    orm: &Orm,
    options: &[LoaderOption],
    path: &[(MapperId, Key)],
    (entity, mapper): (MapperId, MapperId),
    property: &ColumnProperty,
) -> ColumnLoad {
    let of_class = orm.mappers.get(mapper);
    let owner = orm.mappers.owner(mapper, &property.key);
    let all_of_them = !orm.profile.has(Behaviour::DeferAllKeepsKey);
    let is_key = property.columns.iter().any(|column| of_class.primary_key.contains(column));
    let tells = of_class.polymorphic_on.as_ref().is_some_and(|column| property.columns.contains(column))
        || of_class.polymorphic_by.as_ref() == Some(&property.key);
    let is_there = orm.mappers.get(entity).properties.contains_key(&property.key);
    let said = for_attribute(orm, options, path, owner, &property.key).find_map(|(option, named)| {
        if !named && !is_there && !option.is_everywhere() {
            return None;
        }
        let load = match option.strategy {
            Strategy::Defer { raises }
                if !(is_key || tells) || (all_of_them && (named || option.is_everywhere())) =>
            {
                ColumnLoad::deferred(raises)
            }
            Strategy::Undefer => ColumnLoad::WithRow,
            _ => return None,
        };
        Some((load, named))
    });
    if let Some((load, true)) = said {
        return load;
    }
    let deferral = &property.deferral;
    let with_group = deferral.group.as_deref().is_some_and(|group| {
        options.iter().any(|option| {
            option.strategy == Strategy::UndeferGroup && ends_with_all(orm, option, path, owner, group)
        })
    });
    match said {
        _ if with_group => ColumnLoad::WithRow,
        Some((load, _)) => load,
        None if deferral.deferred => ColumnLoad::deferred(deferral.raises),
        None => ColumnLoad::WithRow,
    }
}

/// What `with_expression()` gives an attribute at the end of `path`.
pub(crate) fn ad_hoc(
    orm: &Orm,
    options: &[LoaderOption],
    path: &[(MapperId, Key)],
    mapper: MapperId,
    key: &str,
) -> Option<Expr> {
    let owner = orm.mappers.owner(mapper, key);
    let found = options
        .iter()
        .rev()
        .find(|option| option.strategy == Strategy::Expression && ends_with(option, path, owner, key))?;
    found.expr.as_ref().map(|expr| expr.0.clone())
}

/// How a column attribute that an object lacks is loaded: as the query that brought the object said, or else the mapping.
pub(crate) fn load_of(orm: &Orm, id: StateId, property: &ColumnProperty) -> ColumnLoad {
    let state = orm.states.get(id);
    column_load(orm, state.options.as_deref().unwrap_or(&[]), &[], (state.mapper, state.mapper), property)
}

/// The classes by whose statements objects of a class get what they have beyond the queried one.
#[derive(Debug, Default)]
pub(crate) struct SubclassLoads {
    pub mappers: Vec<MapperId>,
    /// The statement of each class is for all objects of it, as options have it, and not for those alone that no other one
    /// loads.
    pub shared: bool,
}

/// How objects of `class` get what they have beyond `base`, the queried class: by the nearest one above them that the
/// mapping or an option says is loaded so; where there are options, by those in between, too.
pub(crate) fn subclass_loads(
    orm: &Orm,
    options: &[LoaderOption],
    path: &[(MapperId, Key)],
    base: MapperId,
    class: MapperId,
) -> SubclassLoads {
    let asked = |mapper: MapperId| {
        options.iter().any(|option| {
            option.strategy == Strategy::SelectinPolymorphic && ends_with(option, path, mapper, "")
        })
    };
    let by_option = orm.mappers.self_and_descendants(base)[1..].iter().any(|mapper| asked(*mapper));
    let with_parents = by_option && orm.profile.has(Behaviour::SelectinPolymorphicParents);
    let mut mappers = Vec::new();
    let mut at = Some(class);
    while let Some(mapper) = at.filter(|mapper| *mapper != base) {
        let place = orm.mappers.get(mapper);
        let starts = || place.hierarchy.load == Some(PolymorphicLoad::Selectin) || asked(mapper);
        if !mappers.is_empty() || starts() {
            mappers.push(mapper);
            if !with_parents {
                break;
            }
        }
        at = place.inherits;
    }
    let shared = by_option || !orm.profile.has(Behaviour::SubclassSelectinApart);
    SubclassLoads { mappers, shared }
}
