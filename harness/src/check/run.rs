//! The worlds of one case: which of them a step runs in, and what completes a fragment.
//!
//! A listing that makes a declarative base begins a new world; prompts never do. Where prompts made the base,
//! listings run aside, so that a page's illustrations do not disturb its transcript.

use super::{Done, Ended, Ran};
use crate::case::{Case, GivenCode, Kind, Program, Step, class_names, complete, makes_base};
use crate::document::without_commands;
use crate::nesting::too_deep;
use crate::outcome::{Certain, End, Outcome, Piece, Unsupported};
use crate::world::{Limits, Mode, Source, UNDONE, World, root_of};
use backproof_engine::version::Profile;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How the reason of a step begins that was not run, since a panic, a bound or a given ended its case.
pub const GIVEN_UP: &str = "not run, since the document was given up: ";
/// What stands before the reason where a given is outside what is run.
pub(super) const GIVEN_LACKS: &str = " is not supported: ";
/// What a prompt or a listing is called among what ran, where the value of its last expression is shown.
const CELL: &str = "cell";
/// Worlds of one case at most: each may use its full share of steps.
const WORLDS: usize = 100;
/// Bytes that a case may print and log in all: every step's are kept for its report.
const OUTPUT: usize = 16 << 20;
/// Earlier listings tried for one fragment.
const CANDIDATES: usize = 8;

/// A world, and who made its declarative base.
struct Line {
    world: World,
    /// Its number among the worlds that steps ran in.
    number: usize,
    base_by_prompt: bool,
    /// Whether anything has run in it.
    used: bool,
    /// The first step that stopped before all was done that later ones could see: its file, its line, its reason.
    undone: Option<(String, usize, String)>,
}

impl Line {
    fn new(number: usize, profile: Profile, limits: Limits) -> Self {
        Line { world: World::new(profile, limits), number, base_by_prompt: false, used: false, undone: None }
    }
}

/// The state of one case's run.
pub(super) struct Run<'a> {
    case: &'a Case,
    profile: Profile,
    limits: Limits,
    main: Line,
    aside: Option<Line>,
    programs: Vec<Program>,
    ended: Vec<Ended>,
    worlds: usize,
    /// The last number that a world was given.
    numbered: usize,
    ran: Vec<Ran>,
    /// Bytes printed and logged so far.
    output: usize,
    /// What a panic or a bound said, once one has ended this case.
    broken: Option<String>,
    /// Whether the step that runs is asked where it prints what.
    watched: bool,
    /// Whether an output that stands apart speaks of the step that runs.
    apart: bool,
}

impl<'a> Run<'a> {
    pub(super) fn new(case: &'a Case, profile: Profile, limits: Limits) -> Self {
        let main = Line::new(1, profile, limits);
        Run {
            case,
            profile,
            limits,
            main,
            aside: None,
            programs: Vec::new(),
            ended: Vec::new(),
            worlds: 1,
            numbered: 1,
            ran: Vec::new(),
            output: 0,
            broken: None,
            watched: false,
            apart: false,
        }
    }

    /// Runs context that the page leaves out; what it prints is nobody's claim.
    pub(super) fn given(&mut self, given: &GivenCode) {
        let file = given.path.display().to_string();
        let source = Source { code: &given.code, file: &file, line: given.line, mode: Mode::Program };
        let outcome = self.execute("given", source, Place::Main, None);
        let place = format!("{file}:{}", given.line);
        match outcome.end {
            End::Done => {}
            End::Raised(raised) => {
                self.broken = Some(format!(
                    "the given code at {place} raises {}: mend it there",
                    crate::judge::exception_line(&raised)
                ));
            }
            End::Unsupported(unsupported) => {
                self.broken = Some(format!("the given code at {place}{GIVEN_LACKS}{}", unsupported.what));
            }
        }
    }

    /// Runs one step.
    ///
    /// `watched` says that there are comments on what its statements print, `apart` that a step of its own holds what it shows.
    pub(super) fn step(&mut self, step: &Step, watched: bool, apart: bool) -> Done {
        self.watched = watched;
        self.apart = apart || step.claim.as_ref().is_some_and(|claim| claim.apart);
        if too_deep(&step.source).is_some() {
            // Nothing parses it: running it says why it is not run.
            let file = self.file_of(step);
            let source = Source { code: &step.source, file: &file, line: step.line, mode: Mode::Program };
            let outcome = self.execute(step.kind.name(), source, Place::Main, None);
            return Done { outcome, ..Done::default() };
        }
        match step.kind {
            Kind::Listing => self.listing(step),
            Kind::Prompt | Kind::Output | Kind::Comment => self.prompt(step),
        }
    }

    fn file_of(&self, step: &Step) -> String {
        self.case.pages[step.page].path.display().to_string()
    }

    fn prompt(&mut self, step: &Step) -> Done {
        if step.cell
            && let Some((number, python)) = without_commands(&step.source)
        {
            return self.left_out(step, number, &python);
        }
        let had_base = self.main.world.has_base();
        let file = self.file_of(step);
        let (kind, mode) = if step.cell { (CELL, Mode::Cell) } else { ("prompt", Mode::Prompt) };
        let source = Source { code: &step.source, file: &file, line: step.line, mode };
        let outcome = self.execute(kind, source, Place::Main, None);
        if !had_base && self.main.world.has_base() {
            self.main.base_by_prompt = true;
        }
        self.done(outcome, Place::Main, step)
    }

    /// A cell with commands of IPython's own: it is not run, and what the rest of it would have bound is withheld.
    fn left_out(&mut self, step: &Step, number: usize, python: &str) -> Done {
        let what = "IPython's own commands (`%…`, `!…`)";
        let (file, at) = (self.file_of(step), step.line + number - 1);
        self.main.world.leave_out(python, what);
        self.main.undone.get_or_insert_with(|| (file, at, what.to_owned()));
        Done { outcome: unsupported(what.to_owned(), Some(number)), ..Done::default() }
    }

    fn listing(&mut self, step: &Step) -> Done {
        let file = self.file_of(step);
        let base = makes_base(&step.source);
        let (kind, mode) = if step.cell { (CELL, Mode::Cell) } else { ("listing", Mode::Program) };
        let place = if self.main.base_by_prompt { Place::Aside } else { Place::Main };
        if !base && let Some((code, line)) = self.completed(step) {
            self.begin(place);
            let source = Source { code: &code, file: &file, line: step.line, mode };
            let outcome = self.execute(kind, source, place, Some(line));
            let note = format!("completed from the listing at line {line}");
            let done = self.done(outcome, place, step);
            return Done { note: Some(note), certain: Certain::Nothing, ..done };
        }
        if base && self.line(place).world.has_base() {
            self.begin(place);
        }
        let source = Source { code: &step.source, file: &file, line: step.line, mode };
        let outcome = self.execute(kind, source, place, None);
        if outcome.end == End::Done {
            if base {
                self.programs.push(Program::new(step.page, step.line, &step.source));
            } else if step.source.contains("class ")
                && let Some(program) = self.programs.last_mut()
            {
                program.go_on(&step.source);
            }
        }
        self.done(outcome, place, step)
    }

    /// The fragment completed from the latest earlier listing under which the result configures.
    fn completed(&mut self, step: &Step) -> Option<(String, usize)> {
        if self.broken.is_some() || self.worlds >= WORLDS {
            return None;
        }
        let own = class_names(&step.source);
        let candidates: Vec<(String, usize)> = self
            .programs
            .iter()
            .rev()
            .filter(|program| program.defines_one_of(&own))
            .take(CANDIDATES)
            .filter_map(|program| Some((complete(&step.source, &program.code)?, program.line)))
            .collect();
        candidates.into_iter().find(|(code, _)| self.configures(code))
    }

    /// Whether a program runs and its mappers configure, in a world of its own.
    fn configures(&mut self, code: &str) -> bool {
        if self.broken.is_some() || self.worlds >= WORLDS {
            return false;
        }
        self.worlds += 1;
        let limits = Limits { steps: self.limits.steps / 4, ..self.limits };
        let profile = self.profile;
        let tried = catch_unwind(AssertUnwindSafe(|| {
            let mut world = World::new(profile, limits);
            let source = Source { code, file: "completed", line: 1, mode: Mode::Program };
            world.run(source).end == End::Done && world.configure().end == End::Done
        }));
        tried.unwrap_or(false)
    }

    fn line(&mut self, place: Place) -> &mut Line {
        match place {
            Place::Main => &mut self.main,
            Place::Aside => {
                let (profile, limits) = (self.profile, self.limits);
                self.aside.get_or_insert_with(|| {
                    self.numbered += 1;
                    Line::new(self.numbered, profile, limits)
                })
            }
        }
    }

    /// Ends the world at `place` and begins a new one.
    fn begin(&mut self, place: Place) {
        if !self.line(place).used {
            return;
        }
        self.worlds += 1;
        if self.worlds > WORLDS {
            self.broken.get_or_insert_with(|| format!("a page that begins more than {WORLDS} worlds"));
            return;
        }
        self.numbered += 1;
        let fresh = Line::new(self.numbered, self.profile, self.limits);
        let old = std::mem::replace(self.line(place), fresh);
        self.end(old);
    }

    /// Notes what a world held; nothing is asked of one that a panic may have left in pieces.
    fn end(&mut self, mut line: Line) {
        if !line.used || self.broken.is_some() {
            return;
        }
        let held =
            catch_unwind(AssertUnwindSafe(|| Ended { model: line.world.model(), rows: line.world.rows() }));
        if let Ok(ended) = held
            && ended != Ended::default()
        {
            self.ended.push(ended);
        }
    }

    /// What the worlds held at their ends, in order, and what ran in them.
    pub(super) fn finish(mut self) -> (Vec<Ended>, Vec<Ran>) {
        let fresh = Line::new(0, self.profile, self.limits);
        let main = std::mem::replace(&mut self.main, fresh);
        self.end(main);
        if let Some(aside) = self.aside.take() {
            self.end(aside);
        }
        (self.ended, self.ran)
    }

    /// Runs source in the world at `place`, and notes that it ran there.
    fn execute(
        &mut self,
        kind: &'static str,
        source: Source<'_>,
        place: Place,
        completed_from: Option<usize>,
    ) -> Outcome {
        let world = self.line(place).number;
        let outcome = self.outcome(source, place);
        self.ran.push(Ran {
            world,
            kind,
            page: source.file.to_owned(),
            line: source.line,
            completed_from,
            source: source.code.to_owned(),
            outcome: outcome.clone(),
        });
        outcome
    }

    fn outcome(&mut self, source: Source<'_>, place: Place) -> Outcome {
        if let Some(why) = &self.broken {
            return unsupported(format!("{GIVEN_UP}{why}"), None);
        }
        let watched = self.watched;
        let line = self.line(place);
        if let Some((number, what)) = too_deep(source.code) {
            let at = source.line + number - 1;
            line.undone.get_or_insert_with(|| (source.file.to_owned(), at, what.to_owned()));
            return unsupported(what.to_owned(), Some(number));
        }
        line.used = true;
        line.world.watch(watched);
        let ran = catch_unwind(AssertUnwindSafe(|| line.world.run(source)));
        let outcome = ran.unwrap_or_else(|panic| {
            let message = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            let what = format!("backproof itself failed here ({message}): please report it with this page");
            self.broken = Some(what.clone());
            unsupported(what, None)
        });
        let line = self.line(place);
        if let End::Unsupported(unsupported) = &outcome.end
            && line.undone.is_none()
            && line.world.undone()
        {
            let at = source.line + unsupported.line.unwrap_or(1).saturating_sub(1);
            line.undone = Some((source.file.to_owned(), at, root_of(&unsupported.what).to_owned()));
        }
        self.output += outcome.pieces.iter().map(length).sum::<usize>();
        if self.output > OUTPUT {
            self.broken.get_or_insert_with(|| format!("it shows more than {} MiB", OUTPUT >> 20));
        }
        outcome
    }

    /// A step's outcome with the tables that its program has.
    fn done(&mut self, outcome: Outcome, place: Place, step: &Step) -> Done {
        let asks = self.apart && self.broken.is_none();
        let tables = if asks {
            let line = self.line(place);
            catch_unwind(AssertUnwindSafe(|| line.world.model()))
                .map(|model| model.tables.into_iter().map(|table| table.name).collect())
                .unwrap_or_default()
        } else {
            Vec::new()
        };
        let file = self.file_of(step);
        let after = self.line(place).undone.as_ref().map(|(known, line, what)| {
            let at = if *known == file { format!("line {line}") } else { format!("{known}:{line}") };
            format!("{at}{UNDONE}{what}")
        });
        let certain = match after {
            Some(_) => self.line(place).world.certain(&step.source, &outcome),
            None => Certain::Everything,
        };
        Done { outcome, note: None, tables, after, certain }
    }
}

/// Which world of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Main,
    /// For listings on a page whose prompts made the base.
    Aside,
}

fn length(piece: &Piece) -> usize {
    match piece {
        Piece::Stdout(text) => text.len(),
        Piece::Log(message) => message.text.len(),
    }
}

fn unsupported(what: String, line: Option<usize>) -> Outcome {
    Outcome { end: End::Unsupported(Unsupported { what, line }), ..Outcome::default() }
}
