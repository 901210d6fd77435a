//! What holds of every row of the behaviour table.

use super::*;

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut names: Vec<&str> = Behaviour::ALL.iter().map(|behaviour| behaviour.dated().name).collect();
    for name in &names {
        let kebab = name.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        assert!(kebab, "{name}");
    }
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
}

#[test]
fn a_sentence_is_whole_and_a_change_is_a_phrase() {
    for behaviour in Behaviour::ALL {
        let Dated { name, sentence, change, observed, .. } = behaviour.dated();
        assert!(sentence.ends_with('.'), "{name}: {sentence}");
        assert!(!change.ends_with('.') && change.chars().count() <= 60, "{name}: {change}");
        assert!(observed.contains(|c: char| c.is_ascii_digit()), "{name}: {observed}");
    }
}

#[test]
fn a_behaviour_changes_somewhere() {
    for behaviour in Behaviour::ALL {
        let Dated { name, first, last, .. } = behaviour.dated();
        assert!(first.is_some() || last.is_some(), "{name} always holds");
        assert!(first.is_none_or(|first| last.is_none_or(|last| first <= last)), "{name} never holds");
    }
}
