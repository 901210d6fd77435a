//! What a case needs that is not run: steps that stopped for it, and steps that need what those would have done.
//!
//! Nothing is run here. A step counts once, for the construct that is to blame in the end.

use super::Checked;
use super::run::{GIVEN_LACKS, GIVEN_UP};
use crate::case::Step;
use crate::outcome::End;
use crate::report::Lacking;
use crate::report::lacks::Lack;
use crate::world::root_of;
use std::path::Path;

/// What keeps a step from being run, or from being judged, told by the detail of its verdict.
pub(super) fn lacking(step: &Step, what: &str) -> Lacking {
    let given_up = what.strip_prefix(GIVEN_UP);
    let root = match given_up {
        Some(why) => why.split_once(GIVEN_LACKS).map_or(why, |(_, what)| what),
        None => root_of(what),
    };
    let follows = given_up.is_some() || root != what || step.of.is_some();
    Lacking { what: root.to_owned(), follows }
}

/// Every construct that a case needs and that is not run, in the order in which they are met.
pub fn lacks(checked: &Checked) -> Vec<Lack> {
    let mut lacks: Vec<Lack> = Vec::new();
    for ran in checked.runs.iter().filter(|ran| ran.kind == "given") {
        if let End::Unsupported(unsupported) = &ran.outcome.end
            && !unsupported.what.starts_with(GIVEN_UP)
        {
            let what = root_of(&unsupported.what);
            let line = ran.line + unsupported.line.unwrap_or(1).saturating_sub(1);
            let lack = Lack::at(&mut lacks, what, Path::new(&ran.page), line);
            lack.stopped += 1;
        }
    }
    for document in &checked.documents {
        for step in &document.steps {
            let Some(lacking) = &step.lacks else { continue };
            let line = step.failed_line.unwrap_or(step.line);
            let lack = Lack::at(&mut lacks, &lacking.what, &document.path, line);
            if lacking.follows {
                lack.followed += 1;
            } else {
                lack.stopped += 1;
            }
            lack.claims += usize::from(step.documented.is_some());
        }
    }
    lacks
}
