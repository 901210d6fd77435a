//! Since when the claims of a case hold: its steps' verdicts joined over profiles, and what explains a change.
//!
//! Says which profiles are still to be run and takes what they showed; it runs nothing itself and knows neither
//! threads nor terminals. A run stands for every profile that would have answered all it asked alike, so that most are
//! never run. An explanation is found by trying: one behaviour is turned over, and the claim with it.

mod follow;

use crate::case::Case;
use crate::check::Checked;
use crate::judge::{RAISES_OTHERWISE, Verdict};
use crate::report::when::{Answer, Because, Cause, Change, Release, Seen, Span, WhenDocument, WhenStep};
use crate::report::{DocumentReport, StepReport};
use backproof_engine::version::{Asked, Behaviour, Profile, Version};
use std::cell::RefCell;
use std::collections::HashMap;

/// The spans of releases that are told apart, oldest first, each with the profile that stands for it.
pub fn spans() -> Vec<(Span, Profile)> {
    Profile::spans()
        .into_iter()
        .map(|span| (Span { first: release(span.first), last: release(span.last) }, span.profile()))
        .collect()
}

fn release(version: Version) -> Release {
    Release { major: version.major, minor: version.minor, patch: version.patch }
}

/// What one profile showed of a case: its steps in the order of the documents.
#[derive(Debug, Clone)]
struct Run {
    profile: Profile,
    asked: Asked,
    /// Nothing where the run itself was lost.
    steps: Option<Vec<Shown>>,
}

impl Run {
    /// A run that was lost shows nothing of what others ask.
    fn stands_for(&self, profile: Profile) -> bool {
        self.steps.is_some() && self.asked.alike(self.profile, profile)
    }
}

#[derive(Debug, Clone)]
struct Shown {
    verdict: Verdict,
    detail: Option<String>,
    acknowledged: Option<String>,
}

/// What is asked of one case, and what is known so far.
#[derive(Debug)]
pub struct Inquiry<'a> {
    case: &'a Case,
    spans: Vec<(Span, Profile)>,
    runs: Vec<Run>,
    /// The runs that stand for profiles, as far as they were looked for since the last run.
    standing: RefCell<HashMap<Profile, Option<usize>>>,
    /// The documents as the first run showed them, for what is the same in every run.
    documents: Vec<DocumentReport>,
    /// The steps that are asked about, where not all are: indices in the order of the documents.
    only: Option<Vec<usize>>,
}

impl<'a> Inquiry<'a> {
    /// Asks about every step of a case.
    pub fn new(case: &'a Case) -> Self {
        Inquiry {
            case,
            spans: spans(),
            runs: Vec::new(),
            standing: RefCell::default(),
            documents: Vec::new(),
            only: None,
        }
    }

    /// Asks about some steps of a case that has been checked under a profile.
    pub fn about(case: &'a Case, profile: Profile, checked: &Checked, steps: Vec<usize>) -> Self {
        let mut inquiry = Inquiry::new(case);
        // Within a span every profile does the same; the last of a series goes on after the last observed release.
        let at = release(profile.version());
        let own = inquiry.spans.iter().rfind(|(span, _)| span.first <= at).map(|(_, profile)| *profile);
        if let Some(profile) = own {
            inquiry.told(profile, Some(checked));
        }
        inquiry.only = Some(steps);
        inquiry
    }

    pub fn case(&self) -> &'a Case {
        self.case
    }

    /// Takes what a profile showed; nothing where its run was lost.
    pub fn told(&mut self, profile: Profile, checked: Option<&Checked>) {
        if let Some(checked) = checked
            && self.documents.is_empty()
        {
            self.documents.clone_from(&checked.documents);
        }
        let steps = checked.map(|checked| steps_of(&checked.documents).map(shown).collect());
        let asked = checked.map(|checked| checked.asked).unwrap_or_default();
        self.runs.push(Run { profile, asked, steps });
        self.standing.take();
    }

    /// The profiles to run next; none once everything is known.
    pub fn wanted(&self) -> Vec<Profile> {
        let spans = self.spans_to_run();
        if !spans.is_empty() {
            return spans;
        }
        let changes = self
            .asked()
            .into_iter()
            .flat_map(|step| self.changes(step).into_iter().flat_map(move |at| self.trials(step, at)));
        self.not_run(changes)
    }

    /// Of every stretch of spans that no run stands for the middle one; at first, the two ends.
    fn spans_to_run(&self) -> Vec<Profile> {
        let profiles: Vec<Profile> = self.spans.iter().map(|(_, profile)| *profile).collect();
        if self.runs.is_empty() {
            return profiles.first().into_iter().chain(profiles.last()).copied().collect();
        }
        profiles
            .chunk_by(|one, other| self.run(*one).is_none() == self.run(*other).is_none())
            .filter(|stretch| self.run(stretch[0]).is_none())
            .map(|stretch| stretch[stretch.len() / 2])
            .collect()
    }

    /// The profiles among some that no run stands for yet, each once.
    fn not_run(&self, profiles: impl IntoIterator<Item = Profile>) -> Vec<Profile> {
        let mut wanted = Vec::new();
        for profile in profiles {
            if self.run(profile).is_none() && !wanted.contains(&profile) {
                wanted.push(profile);
            }
        }
        wanted
    }

    /// What is known, for each document.
    pub fn finish(self) -> Vec<WhenDocument> {
        let follows = self.follows();
        let mut number = 0;
        let mut documents = Vec::new();
        for document in &self.documents {
            let mut steps = Vec::new();
            for step in &document.steps {
                steps.push(self.step(number, step, &follows));
                number += 1;
            }
            documents.push(WhenDocument { path: document.path.clone(), steps });
        }
        documents
    }

    /// For each span and step, the place of the step whose failure it only follows from.
    fn follows(&self) -> Vec<Vec<Option<String>>> {
        let steps: Vec<(usize, &StepReport)> = self
            .documents
            .iter()
            .enumerate()
            .flat_map(|(document, report)| report.steps.iter().map(move |step| (document, step)))
            .collect();
        let names: Vec<Vec<String>> = steps.iter().map(|(_, step)| follow::binds(&step.source)).collect();
        let of_span = |&(_, profile): &(Span, Profile)| {
            let failures: Vec<Option<follow::Failure<'_>>> = (0..steps.len())
                .map(|step| {
                    let shown = self.shown(profile, step)?;
                    follow::failure(shown.verdict, shown.detail.as_deref(), self.exception(profile, step))
                })
                .collect();
            let roots = follow::roots(&failures, &names);
            roots
                .into_iter()
                .enumerate()
                .map(|(step, root)| {
                    let (document, blamed) = steps[root?];
                    let line = blamed.line;
                    Some(if document == steps[step].0 {
                        format!("line {line}")
                    } else {
                        format!("{}:{line}", self.documents[document].path.display())
                    })
                })
                .collect()
        };
        self.spans.iter().map(of_span).collect()
    }

    fn step(&self, number: usize, report: &StepReport, follows: &[Vec<Option<String>>]) -> WhenStep {
        let shown: Vec<Option<&Shown>> =
            self.spans.iter().map(|(_, profile)| self.shown(*profile, number)).collect();
        let seen: Vec<Seen> = shown
            .iter()
            .zip(follows)
            .map(|(shown, follows)| match shown {
                Some(shown) => Seen {
                    verdict: shown.verdict,
                    detail: shown.detail.clone(),
                    follows: follows[number].clone(),
                },
                None => Seen { verdict: Verdict::Unsupported, detail: Some(LOST.to_owned()), follows: None },
            })
            .collect();
        let asked = self.only.as_ref().is_none_or(|only| only.contains(&number));
        let changes = if asked { self.changes(number) } else { Vec::new() };
        let changes = changes
            .into_iter()
            .map(|at| {
                // Of two neighbours one holds: only the other can follow from a failure.
                let follows = seen[at - 1].follows.as_ref().or(seen[at].follows.as_ref());
                let because = match follows {
                    Some(place) => Because::Follows(place.clone()),
                    None => self.because(number, at),
                };
                let (_, failing) = self.sides(number, at);
                let raises = match because {
                    Because::Behaviours(_) => self.exception(failing, number).map(str::to_owned),
                    _ => None,
                };
                Change { at, because, raises }
            })
            .collect();
        WhenStep {
            line: report.line,
            end_line: report.end_line,
            kind: report.kind,
            source: report.source.clone(),
            documented: report.documented.clone(),
            documented_line: report.documented_line,
            // An example of doctest's that shows nothing claims that nothing is shown.
            claim: report.documented.is_some() || seen.iter().any(|seen| seen.verdict == Verdict::Differs),
            changes,
            acknowledged: shown.iter().flatten().find_map(|shown| shown.acknowledged.clone()),
            seen,
        }
    }

    fn asked(&self) -> Vec<usize> {
        match &self.only {
            Some(only) => only.clone(),
            None => (0..steps_of(&self.documents).count()).collect(),
        }
    }

    /// The run that shows what a profile does: its own, or one that asked nothing by which the two differ.
    fn run(&self, profile: Profile) -> Option<&Run> {
        let found = || {
            let own = self.runs.iter().position(|run| run.profile == profile);
            own.or_else(|| self.runs.iter().position(|run| run.stands_for(profile)))
        };
        let place = *self.standing.borrow_mut().entry(profile).or_insert_with(found);
        self.runs.get(place?)
    }

    fn shown(&self, profile: Profile, step: usize) -> Option<&Shown> {
        self.run(profile)?.steps.as_ref()?.get(step)
    }

    fn answer(&self, profile: Profile, step: usize) -> Answer {
        self.shown(profile, step).map_or(Answer::Unknown, |shown| Answer::of(shown.verdict))
    }

    /// The spans at whose beginning a step's claim goes over.
    fn changes(&self, step: usize) -> Vec<usize> {
        let answers: Vec<Answer> =
            self.spans.iter().map(|(_, profile)| self.answer(*profile, step)).collect();
        (1..answers.len())
            .filter(|&at| {
                matches!(
                    (answers[at - 1], answers[at]),
                    (Answer::Holds, Answer::Fails) | (Answer::Fails, Answer::Holds)
                )
            })
            .collect()
    }

    /// The profiles around a change: where the claim holds, and where it fails.
    fn sides(&self, step: usize, at: usize) -> (Profile, Profile) {
        let (before, after) = (self.spans[at - 1].1, self.spans[at].1);
        if self.answer(before, step) == Answer::Holds { (before, after) } else { (after, before) }
    }

    /// What is to be tried to explain a change, as far as what was tried already tells.
    fn trials(&self, step: usize, at: usize) -> Vec<Profile> {
        let (holding, failing) = self.sides(step, at);
        let cures = self.flips(failing, holding);
        if cures.iter().any(|(_, profile)| self.run(*profile).is_none()) {
            return cures.into_iter().map(|(_, profile)| profile).collect();
        }
        let cured = cures.iter().any(|(_, profile)| self.answer(*profile, step) == Answer::Holds);
        if cured || self.exception(failing, step).is_some() {
            return Vec::new();
        }
        let breaks = self.flips(holding, failing).into_iter().map(|(_, profile)| profile);
        breaks.chain([all_flipped(failing, holding)]).collect()
    }

    /// A profile with each behaviour turned over in which it differs from another, one at a time; those that its run
    /// never asked for are left out, as they make no difference.
    fn flips(&self, profile: Profile, other: Profile) -> Vec<(Behaviour, Profile)> {
        let asked = self.run(profile).map(|run| run.asked).unwrap_or_default();
        between(profile, other)
            .filter(|behaviour| asked.has(*behaviour))
            .map(|behaviour| (behaviour, profile.flipped(behaviour)))
            .collect()
    }

    /// The exception by which a step fails in a profile.
    fn exception(&self, profile: Profile, step: usize) -> Option<&str> {
        let shown = self.shown(profile, step)?;
        let detail = shown.detail.as_deref()?;
        match shown.verdict {
            Verdict::Raises => Some(detail),
            Verdict::Differs => detail.strip_prefix(RAISES_OTHERWISE),
            _ => None,
        }
    }

    /// Why a step's claim goes over where the span `at` begins.
    fn because(&self, step: usize, at: usize) -> Because {
        let (holding, failing) = self.sides(step, at);
        let turned = |profile: Profile, other: Profile, wanted: Answer| -> Vec<Cause> {
            self.flips(profile, other)
                .into_iter()
                .filter(|(_, flipped)| self.answer(*flipped, step) == wanted)
                .map(|(behaviour, _)| cause(behaviour))
                .collect()
        };
        // What mends the claim where it fails is the one change that broke it.
        let causes = turned(failing, holding, Answer::Holds);
        if !causes.is_empty() {
            return Because::Behaviours(causes);
        }
        if let Some(exception) = self.exception(failing, step) {
            return Because::Raises(exception.to_owned());
        }
        // Of several, each breaks it where it holds.
        let causes = turned(holding, failing, Answer::Fails);
        if !causes.is_empty() {
            return Because::Behaviours(causes);
        }
        if self.answer(all_flipped(failing, holding), step) == Answer::Holds {
            return Because::Together;
        }
        Because::Unexplained
    }
}

/// Why nothing is known of a profile whose run was lost.
const LOST: &str = "backproof itself failed here: please report it with this page";

fn steps_of(documents: &[DocumentReport]) -> impl Iterator<Item = &StepReport> {
    documents.iter().flat_map(|document| &document.steps)
}

fn shown(step: &StepReport) -> Shown {
    Shown { verdict: step.verdict, detail: step.detail.clone(), acknowledged: step.acknowledged.clone() }
}

/// The behaviours in which two profiles differ.
fn between(one: Profile, other: Profile) -> impl Iterator<Item = Behaviour> {
    Behaviour::ALL.iter().copied().filter(move |behaviour| one.has(*behaviour) != other.has(*behaviour))
}

/// A profile with every behaviour of another.
fn all_flipped(profile: Profile, other: Profile) -> Profile {
    between(profile, other).fold(profile, Profile::flipped)
}

fn cause(behaviour: Behaviour) -> Cause {
    let dated = behaviour.dated();
    Cause {
        name: dated.name.to_owned(),
        change: dated.change.to_owned(),
        sentence: dated.sentence.to_owned(),
    }
}
