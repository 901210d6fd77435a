//! The list of known differences: each entry names steps, a reason, and the heading of DIVERGENCES.md that tells it.

use super::RELEASES;
use super::shown::Step;
use serde::Deserialize;

pub(crate) const LIST: &str = "snapshots/known-differences.toml";
const TOLD: &str = "DIVERGENCES.md";

/// A step of one release.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) case: &'a str,
    pub(crate) release: &'a str,
    pub(crate) page: &'a str,
    pub(crate) line: usize,
}

/// The whole list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    #[serde(default)]
    difference: Vec<Entry>,
    /// What the test of boundaries reads.
    #[serde(default, rename = "probe")]
    _probes: Vec<serde::de::IgnoredAny>,
}

/// Steps of one case that are known to differ for one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    case: String,
    /// In which releases.
    sqlalchemy: Vec<String>,
    /// The page, where the case has several.
    page: Option<String>,
    /// The lines on which the steps begin.
    at: Vec<usize>,
    pub(crate) reason: String,
    /// The heading of DIVERGENCES.md below which it is told.
    told: String,
}

impl Entry {
    /// Whether its steps are not run, rather than show something else.
    pub(crate) fn unsupported(&self) -> bool {
        self.reason.starts_with("unsupported")
    }
}

impl Known {
    pub(crate) fn read() -> Result<Known, String> {
        let text = std::fs::read_to_string(LIST).map_err(|error| format!("{LIST}: {error}"))?;
        toml::from_str(&text).map_err(|error| format!("{LIST}: {error}"))
    }

    /// The entry that names a step, if one does.
    pub(crate) fn of(&self, place: Place<'_>) -> Option<&Entry> {
        self.difference.iter().find(|entry| {
            entry.case == place.case
                && entry.sqlalchemy.iter().any(|release| release == place.release)
                && entry.page.as_deref().is_none_or(|page| page == place.page)
                && entry.at.contains(&place.line)
        })
    }

    /// Lines that entries for a case name in a release where no step of the case begins there.
    pub(crate) fn astray(&self, case: &str, release: &str, steps: &[Step]) -> Vec<usize> {
        let lines = self.difference.iter().flat_map(|entry| entry.at.iter().map(move |line| (entry, *line)));
        lines
            .filter(|(_, line)| {
                let named = |step: &Step| {
                    let place = Place { case, release, page: &step.page, line: *line };
                    step.line == *line && self.of(place).is_some()
                };
                !steps.iter().any(named)
            })
            .filter(|(entry, _)| entry.case == case && entry.sqlalchemy.iter().any(|other| other == release))
            .map(|(_, line)| line)
            .collect()
    }

    /// What is wrong with the list itself.
    pub(crate) fn faults(&self, cases: &[String]) -> Vec<String> {
        let told = std::fs::read_to_string(TOLD).unwrap_or_default();
        let headings: Vec<&str> = told
            .lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| line.trim_start_matches('#').trim())
            .collect();
        let mut faults = Vec::new();
        for entry in &self.difference {
            let Entry { case, sqlalchemy, at, reason, told, .. } = entry;
            if !cases.contains(case) {
                faults.push(format!("{LIST}: there is no case `{case}`: remove its entry"));
            }
            for release in sqlalchemy {
                if !RELEASES.contains(&release.as_str()) {
                    faults.push(format!("{LIST}: {case}: `{release}` is no release on record"));
                }
            }
            if at.is_empty() || sqlalchemy.is_empty() || reason.trim().is_empty() {
                faults.push(format!("{LIST}: {case}: an entry has releases, lines and a reason"));
            }
            if !headings.contains(&told.as_str()) {
                faults.push(format!(
                    "{LIST}: {case}: {TOLD} has no heading `{told}`: tell the difference there"
                ));
            }
        }
        faults
    }
}
