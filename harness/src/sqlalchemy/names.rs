//! Which names the library's modules have, release by release.
//!
//! A name that the real module has and this room does not give is unsupported; one that it lacks too is
//! Python's own `ImportError` or `AttributeError`.

use crate::python::{Interp, Missing};
use backproof_engine::version::Profile;
use std::sync::LazyLock;

/// Observed with `dir()` of the modules in the releases that its second line names.
const TABLE: &str = include_str!("names.txt");

/// Attributes of the library's objects, observed with `dir()` in the same releases.
const MEMBERS: &str = include_str!("members.txt");

/// Whether objects of the library's class of this name have the attribute in this release.
pub(super) fn has_member(interp: &mut Interp, class: &str, name: &str) -> bool {
    let profile = super::lend::profile(interp);
    mask_in(MEMBERS, class, name).is_some_and(|mask| covers(mask, profile))
}

/// The releases that were looked at, in the order of the masks: the table's second line names them.
static RELEASES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let listed = TABLE.lines().nth(1).unwrap_or_default().trim_start_matches('#');
    listed.split_whitespace().filter_map(|release| release.parse().ok()).collect()
});

/// Whether the real module of this release has a name, for a name that this room does not give.
pub(super) fn missing(profile: Profile, module: &str, name: &str) -> Missing {
    let Some(mask) = mask_of(module, name) else {
        let private = name.starts_with('_');
        return if private || !is_listed(module) { Missing::Unsupported } else { Missing::Absent };
    };
    if covers(mask, profile) { Missing::Unsupported } else { Missing::Absent }
}

/// Whether a mask has the release. Between two that were looked at, it has it where it has either.
fn covers(mask: &str, profile: Profile) -> bool {
    let (before, after) = profile.nearest(&RELEASES);
    let has = |index: usize| mask.as_bytes().get(index) == Some(&b'1');
    has(after) || has(before)
}

/// Whether the real module of this release has the name.
pub(super) fn has(profile: Profile, module: &str, name: &str) -> bool {
    missing(profile, module, name) == Missing::Unsupported
}

/// Every listed name that the real module of this release has.
pub(super) fn all(profile: Profile, module: &str) -> impl Iterator<Item = &'static str> {
    let names: Vec<&'static str> = TABLE
        .lines()
        .skip_while(|line| *line != module)
        .skip(1)
        .take_while(|line| line.starts_with(' '))
        .flat_map(|line| line.split_whitespace().skip(1))
        .collect();
    let module = module.to_owned();
    names.into_iter().filter(move |name| has(profile, &module, name))
}

fn is_listed(module: &str) -> bool {
    TABLE.lines().any(|line| line == module)
}

fn mask_of(module: &str, name: &str) -> Option<&'static str> {
    mask_in(TABLE, module, name)
}

/// The mask of a name under a heading of a table.
fn mask_in(table: &'static str, heading: &str, name: &str) -> Option<&'static str> {
    table
        .lines()
        .skip_while(|line| *line != heading)
        .skip(1)
        .take_while(|line| line.starts_with(' '))
        .find_map(|line| {
            let mut words = line.split_whitespace();
            let mask = words.next()?;
            words.any(|word| word == name).then_some(mask)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_can_commit_since_2_0() {
        let has = |version: &str, name: &str| {
            let mask = mask_in(MEMBERS, "Connection", name).expect("a listed name");
            covers(mask, version.parse().expect("a profile"))
        };
        assert!(!has("1.4", "commit"));
        assert!(has("2.0.8", "commit"));
        assert!(has("1.3", "begin_nested"));
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
