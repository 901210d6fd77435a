//! Which failures only follow from an earlier one: a step that misses a name which a step that failed would have bound.

use crate::python::bound_names;
use ruff_text_size::TextSize;

/// For each step, the one that is to blame for its missing a name; steps are their exceptions, in order.
pub(super) fn roots(exceptions: &[Option<&str>], names: &[Vec<String>]) -> Vec<Option<usize>> {
    let mut roots: Vec<Option<usize>> = Vec::new();
    for (step, exception) in exceptions.iter().enumerate() {
        let root = exception.and_then(missing_name).and_then(|name| {
            let binds = |earlier: &usize| {
                exceptions[*earlier].is_some() && names[*earlier].iter().any(|bound| bound == name)
            };
            let blamed = (0..step).rev().find(binds)?;
            Some(roots[blamed].unwrap_or(blamed))
        });
        roots.push(root);
    }
    roots
}

/// Names that a step binds where it runs to its end.
pub(super) fn binds(source: &str) -> Vec<String> {
    bound_names(source, TextSize::from(0))
}

fn missing_name(exception: &str) -> Option<&str> {
    exception.strip_prefix("NameError: name '")?.strip_suffix("' is not defined")
}

#[cfg(test)]
mod tests {
    use super::{binds, roots};

    #[test]
    fn a_missing_name_is_blamed_on_the_first_failure_that_it_comes_from() {
        let steps = [
            ("from x import A\n", Some("ImportError: no x")),
            ("n = 1\n", None),
            ("a = A()\n", Some("NameError: name 'A' is not defined")),
            ("a.b\n", Some("NameError: name 'a' is not defined")),
            ("session\n", Some("NameError: name 'session' is not defined")),
            ("n.b\n", Some("AttributeError: 'int' object has no attribute 'b'")),
        ];
        let exceptions = steps.map(|(_, exception)| exception);
        let names = steps.map(|(source, _)| binds(source));
        assert_eq!(roots(&exceptions, &names), [None, None, Some(0), Some(0), None, None]);
    }
}
