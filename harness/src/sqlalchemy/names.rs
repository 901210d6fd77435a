//! Which names the library's modules have, release by release.
//!
//! A name that the real module has and this room does not give is unsupported; one that it lacks too is
//! Python's own `ImportError` or `AttributeError`.

use crate::python::{Interp, Missing};
use backproof_engine::version::{Asked, Behaviour, Profile, Releases};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Observed with `dir()` of the modules in the releases that its second line names, a digit of each mask for each.
static MODULES: LazyLock<Listing> = LazyLock::new(|| Listing::new(include_str!("names.txt")));

/// Modules by their package, found on disk in the same releases.
static PARTS: LazyLock<Listing> = LazyLock::new(|| Listing::new(include_str!("parts.txt")));

/// Attributes of the library's objects, observed with `hasattr()` in the same releases.
static MEMBERS: LazyLock<Listing> = LazyLock::new(|| Listing::new(include_str!("members.txt")));

/// Names that came or went with a behaviour that has a name of its own, by their module or class.
const DATED: &[(&str, &[&str], Behaviour)] = &[
    (
        "sqlalchemy.orm",
        &["declarative_base", "registry", "as_declarative", "declared_attr"],
        Behaviour::DeclarativeInOrm,
    ),
    (
        "sqlalchemy.orm",
        &["DeclarativeBase", "mapped_column", "MappedAsDataclass", "DynamicMapped", "WriteOnlyMapped"],
        Behaviour::AnnotatedDeclarative,
    ),
    (
        "Engine",
        &["execute", "scalar", "table_names", "has_table", "run_callable", "transaction"],
        Behaviour::EngineExecute,
    ),
    ("MetaData", &["bind"], Behaviour::BoundMetadata),
    ("Session", &["get"], Behaviour::SessionGet),
    ("Session", &["scalars"], Behaviour::SessionScalars),
    ("Session", &["get_one"], Behaviour::SessionGetOne),
    ("Session", &["autocommit", "transaction"], Behaviour::SessionAutocommit),
    ("hybrid_property", &["inplace"], Behaviour::HybridInPlace),
    ("hybrid_method", &["inplace"], Behaviour::HybridInPlace),
    ("Query", &["from_self", "select_entity_from"], Behaviour::QueryFromSelf),
];

/// The behaviour that a name came or went with.
fn dated(owner: &str, name: &str) -> Option<Behaviour> {
    let found = DATED.iter().find(|(of, names, _)| *of == owner && names.contains(&name));
    found.map(|(_, _, behaviour)| *behaviour)
}

/// The releases that have some names, and the names.
type Masked = (Releases, Vec<&'static str>);

/// A list of names by their owner, each line with a mask that says which releases have them.
struct Listing {
    owners: HashMap<&'static str, Vec<Masked>>,
}

impl Listing {
    fn new(text: &'static str) -> Listing {
        let mut owners: HashMap<_, Vec<_>> = HashMap::new();
        let mut owner = "";
        for line in text.lines().skip(2) {
            if !line.starts_with(' ') {
                owner = line;
            }
            let mut words = line.split_whitespace();
            let releases = words.next().filter(|_| line.starts_with(' ')).and_then(Releases::parse);
            if let Some(releases) = releases {
                owners.entry(owner).or_default().push((releases, words.collect()));
            }
        }
        Listing { owners }
    }
}

/// Whether objects of the library's class of this name have the attribute in the release that is asked for.
pub(super) fn has_member(interp: &mut Interp, class: &str, name: &str) -> bool {
    member(super::lend::profile(interp), class, name)
}

/// As far as objects of the class were looked at in the release; else, in any.
fn member(profile: Profile, class: &str, name: &str) -> bool {
    if let Some(behaviour) = dated(class, name) {
        return profile.has(behaviour);
    }
    let Some(lines) = MEMBERS.owners.get(class) else { return false };
    let Some((releases, _)) = lines.iter().find(|(_, names)| names.contains(&name)) else { return false };
    profile.is_near(*releases) || !lines.iter().any(|(releases, _)| profile.is_near(*releases))
}

/// Whether the real module of this release has a name, for a name that this room does not give.
///
/// Between two observed releases the name is absent only where it is absent in both.
pub(super) fn missing(profile: Profile, module: &str, name: &str) -> Missing {
    let is_there = match (dated(module, name), MODULES.owners.get(module)) {
        (Some(behaviour), _) => profile.has(behaviour),
        (None, None) => true,
        (None, Some(lines)) => match lines.iter().find(|(_, names)| names.contains(&name)) {
            Some((releases, _)) => profile.is_near(*releases),
            None => name.starts_with('_') || is_part(profile, module, name),
        },
    };
    if is_there { Missing::Unsupported } else { Missing::Absent }
}

/// Whether a package of this release has a module of this name, imported with it or not.
fn is_part(profile: Profile, package: &str, name: &str) -> bool {
    let lines = PARTS.owners.get(package).map(Vec::as_slice).unwrap_or_default();
    lines.iter().any(|(releases, names)| names.contains(&name) && profile.is_near(*releases))
}

/// Whether the real module of this release has the name.
pub(super) fn has(profile: Profile, module: &str, name: &str) -> bool {
    missing(profile, module, name) == Missing::Unsupported
}

/// As [`has`], for a module that tells of what is read of it with [`read`].
pub(super) fn offers(profile: Profile, module: &str, name: &str) -> bool {
    Asked::unnoted(|| has(profile, module, name))
}

/// Asks again what decided whether a module has a name, and what its value is.
pub(super) fn read(profile: Profile, module: &str, name: &str) {
    match name {
        "__all__" => _ = profile.has(Behaviour::StarLeavesModules),
        "__version__" => _ = profile.name(),
        _ => _ = missing(profile, module, name),
    }
}

/// Every listed name that the real module of this release has, for a module that tells of what is read of it.
pub(super) fn all(profile: Profile, module: &str) -> impl Iterator<Item = &'static str> {
    let lines = MODULES.owners.get(module).map(Vec::as_slice).unwrap_or_default();
    let module = module.to_owned();
    let names = lines.iter().flat_map(|(_, names)| names.iter().copied());
    names.filter(move |name| offers(profile, &module, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_name_the_observed_releases() {
        for text in [include_str!("names.txt"), include_str!("parts.txt"), include_str!("members.txt")] {
            assert_eq!(text.lines().nth(1), Some(format!("# {}", Releases::observed()).as_str()));
            let named = |line: &&str| line.starts_with(' ') && line.split_whitespace().next().is_some();
            for line in text.lines().skip(2).filter(named) {
                let mask = line.split_whitespace().next().unwrap_or_default();
                assert!(Releases::parse(mask).is_some(), "{line}");
            }
        }
    }

    #[test]
    fn engines_executed_statements_up_to_1_4_and_sessions_get_objects_since() {
        let has =
            |version: &str, class: &str, name: &str| member(version.parse().expect("a profile"), class, name);
        assert!(has("1.4", "Engine", "execute"));
        assert!(!has("2.0.8", "Engine", "execute"));
        assert!(!has("1.3", "Session", "get"));
        assert!(has("1.4", "Session", "get"));
        assert!(has("2.0", "Session", "close_all"));
        assert!(!has("2.1", "Session", "close_all"));
        assert!(!has("2.1", "Session", "no_such_name"));
        assert!(!has("1.4", "Connection", "commit"));
        assert!(has("2.0.8", "Connection", "commit"));
        assert!(has("1.3", "Connection", "begin_nested"));
    }

    #[test]
    fn declarative_base_moved_to_the_orm_in_1_4_and_the_class_came_in_2_0() {
        let has =
            |version: &str, module: &str, name: &str| has(version.parse().expect("a profile"), module, name);
        assert!(has("1.3", "sqlalchemy.ext.declarative", "declarative_base"));
        assert!(!has("1.3", "sqlalchemy.orm", "declarative_base"));
        assert!(has("1.4", "sqlalchemy.orm", "declarative_base"));
        assert!(!has("1.4", "sqlalchemy.orm", "DeclarativeBase"));
        assert!(has("2.0.8", "sqlalchemy.orm", "DeclarativeBase"));
        assert!(!has("2.1", "sqlalchemy.orm", "no_such_name"));
    }
}
