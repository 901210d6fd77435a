//! Which failures only follow from an earlier one: a step that misses a name which a step that failed would have bound,
//! or that is not run because an earlier one was not.

use crate::check::GIVEN_UP;
use crate::judge::Verdict;
use crate::python::bound_names;
use crate::world::root_of;
use ruff_text_size::TextSize;
use std::collections::HashMap;

/// How a step failed in one run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Failure<'a> {
    Exception(&'a str),
    Unsupported(&'a str),
}

/// For each step the earlier one that is to blame for its failure. `names` are those that each step would bind.
pub(super) fn roots(failures: &[Option<Failure<'_>>], names: &[Vec<String>]) -> Vec<Option<usize>> {
    let mut roots: Vec<Option<usize>> = Vec::new();
    // The last step that failed to bind a name, and the first that was not supported for a reason.
    let mut unbound: HashMap<&str, usize> = HashMap::new();
    let mut unsupported: HashMap<&str, usize> = HashMap::new();
    for ((step, failure), names) in failures.iter().enumerate().zip(names) {
        let blamed = match *failure {
            None => None,
            Some(Failure::Exception(text)) => missing_name(text).and_then(|name| unbound.get(name).copied()),
            Some(Failure::Unsupported(what)) => {
                let root = root_of(what);
                let reason =
                    if root == what { what.starts_with(GIVEN_UP).then_some(what) } else { Some(root) };
                let blamed = reason.and_then(|reason| unsupported.get(reason).copied());
                unsupported.entry(what).or_insert(step);
                blamed
            }
        };
        roots.push(blamed.map(|blamed| roots[blamed].unwrap_or(blamed)));
        if matches!(failure, Some(Failure::Exception(_))) {
            unbound.extend(names.iter().map(|name| (name.as_str(), step)));
        }
    }
    roots
}

/// Names that a step binds where it runs to its end.
pub(super) fn binds(source: &str) -> Vec<String> {
    bound_names(source, TextSize::from(0)).into_iter().collect()
}

/// How a verdict's detail tells of a failure that another can follow from.
pub(super) fn failure<'a>(
    verdict: Verdict,
    detail: Option<&'a str>,
    exception: Option<&'a str>,
) -> Option<Failure<'a>> {
    match verdict {
        Verdict::Unsupported => detail.map(Failure::Unsupported),
        _ => exception.map(Failure::Exception),
    }
}

fn missing_name(exception: &str) -> Option<&str> {
    exception.strip_prefix("NameError: name '")?.strip_suffix("' is not defined")
}

#[cfg(test)]
mod tests {
    use super::Failure::{Exception, Unsupported};
    use super::{binds, roots};

    #[test]
    fn a_missing_name_is_blamed_on_the_first_failure_that_it_comes_from() {
        let steps = [
            ("from x import A\n", Some(Exception("ImportError: no x"))),
            ("n = 1\n", None),
            ("a = A()\n", Some(Exception("NameError: name 'A' is not defined"))),
            ("a.b\n", Some(Exception("NameError: name 'a' is not defined"))),
            ("session\n", Some(Exception("NameError: name 'session' is not defined"))),
            ("n.b\n", Some(Exception("AttributeError: 'int' object has no attribute 'b'"))),
        ];
        let failures = steps.map(|(_, failure)| failure);
        let names = steps.map(|(source, _)| binds(source));
        assert_eq!(roots(&failures, &names), [None, None, Some(0), Some(0), None, None]);
    }

    #[test]
    fn a_step_that_needs_what_was_not_run_is_blamed_on_the_step_that_was_not() {
        let failures = [
            Some(Unsupported("`open`")),
            Some(Unsupported("`f`, which needs what was not run before: `open`")),
            Some(Unsupported("`open`")),
            Some(Unsupported("not run, since the document was given up: it shows too much")),
            Some(Unsupported("not run, since the document was given up: it shows too much")),
        ];
        let names = failures.map(|_| Vec::new());
        assert_eq!(roots(&failures, &names), [None, Some(0), None, None, Some(3)]);
    }
}
