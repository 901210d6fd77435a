//! The report for a person: each claim that does not hold, in its surroundings, then one line of totals.

use super::{DocumentReport, Report, StepReport, counted};
use crate::judge::{ANOTHER_PROGRAM, Verdict, first_line, unified};
use crate::model::Model;
use owo_colors::{OwoColorize, Style};
use std::fmt::Write;

/// Lines of the page shown before and after the line that is spoken of.
const AROUND: usize = 2;
/// Lines of one text shown at most.
const BLOCK: usize = 12;
/// Lines of a difference shown at most.
const SHOWN: usize = 60;

/// How the report is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    pub colour: bool,
    /// Whether undocumented output is shown as a fault.
    pub strict: bool,
    /// Whether to show what each document maps.
    pub model: bool,
}

struct Writer {
    look: Look,
    text: String,
}

impl Writer {
    fn styled(&self, text: &str, style: Style) -> String {
        if self.look.colour { text.style(style).to_string() } else { text.to_owned() }
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// Text indented, and cut where it is long.
    fn block(&mut self, title: &str, text: &str, style: Style) {
        let title = self.styled(title, Style::new().dimmed());
        self.line(&format!("  {title}"));
        let lines: Vec<&str> = text.trim_matches('\n').lines().collect();
        for line in lines.iter().take(BLOCK) {
            let line = self.styled(&printable(line), style);
            self.line(&format!("      {line}"));
        }
        self.cut(lines.len(), BLOCK);
    }

    fn cut(&mut self, lines: usize, shown: usize) {
        if lines > shown {
            let left = lines - shown;
            self.line(&format!("      … and {left} more lines"));
        }
    }

    fn step(&mut self, document: &DocumentReport, step: &StepReport) {
        let at = place(step);
        let place = self.styled(&format!("{}:{at}", document.path.display()), Style::new().bold());
        let style = verdict_style(step.verdict);
        let verdict = self.styled(step.verdict.name(), style.bold());
        let detail = step
            .detail
            .as_deref()
            .map(|detail| format!(": {}", printable(&detail.replace('\n', " "))))
            .unwrap_or_default();
        self.line(&format!("{place}: {verdict}{detail}"));
        if let Some(holds) = &step.holds {
            let holds = self.styled(&printable(holds), Style::new().yellow());
            self.line(&format!("  {holds}"));
        }
        if let Some(stale) = &step.stale {
            self.line(&format!("  {stale}"));
        }
        self.surroundings(document, step, at);
        let claim = step.documented.as_deref().filter(|text| !text.trim().is_empty());
        match step.verdict {
            Verdict::Differs => {
                let claim = claim.unwrap_or("");
                let long = [claim, &step.held_against].iter().any(|text| text.lines().count() > BLOCK);
                let other = step.detail.as_deref().is_some_and(|detail| detail.starts_with(ANOTHER_PROGRAM));
                // Of two long texts, where they differ says more than both of them in full.
                if !long || other {
                    self.block("the page shows", shown_or_nothing(claim), Style::new().red());
                    self.block("it is", shown_or_nothing(&step.held_against), Style::new().green());
                }
                if !other {
                    self.diff(claim, &step.held_against);
                }
            }
            Verdict::Undocumented => {
                self.block("the page shows nothing; it is", &step.held_against, Style::new().green());
            }
            Verdict::Raises => {
                if let Some(claim) = claim {
                    self.block("the page shows", claim, Style::new().red());
                }
                self.block("it is", shown_or_nothing(&step.held_against), Style::new().green());
            }
            Verdict::Agrees | Verdict::Silent | Verdict::Unsupported | Verdict::Skipped => {}
        }
        self.line("");
    }

    /// The page's lines around the one that is spoken of, and the step's own first line if it lies further up.
    fn surroundings(&mut self, document: &DocumentReport, step: &StepReport, at: usize) {
        let from = at.saturating_sub(AROUND).max(1);
        let to = (at + AROUND).min(document.lines.len());
        let width = to.to_string().len();
        if step.line < from {
            self.page_line(document, step.line, width, false);
            if step.line + 1 < from {
                self.line(&format!("  {:>width$}   …", ""));
            }
        }
        for number in from..=to {
            self.page_line(document, number, width, number == at);
        }
    }

    fn page_line(&mut self, document: &DocumentReport, number: usize, width: usize, own: bool) {
        let Some(text) = document.lines.get(number.saturating_sub(1)) else { return };
        let mark = if own { ">" } else { " " };
        let gutter = self.styled(&format!("{mark} {number:>width$} |"), Style::new().dimmed());
        let text = if own { self.styled(&printable(text), Style::new().bold()) } else { printable(text) };
        self.line(&format!("  {gutter} {text}"));
    }

    fn diff(&mut self, claim: &str, actual: &str) {
        let lines = unified(claim, actual, 2);
        if claim.is_empty() || actual.trim().is_empty() || lines.is_empty() {
            return;
        }
        let title = self.styled("difference", Style::new().dimmed());
        self.line(&format!("  {title}"));
        for line in lines.iter().take(SHOWN) {
            let style = match line.sign {
                '-' => Style::new().red(),
                '+' => Style::new().green(),
                _ => Style::new().dimmed(),
            };
            let body = if line.sign == '@' {
                "…".to_owned()
            } else {
                format!("{}{}", line.sign, printable(&line.text))
            };
            let body = self.styled(&body, style);
            self.line(&format!("      {body}"));
        }
        self.cut(lines.len(), SHOWN);
    }

    fn model(&mut self, document: &DocumentReport, model: &Model) {
        let place = self.styled(&document.path.display().to_string(), Style::new().bold());
        self.line(&format!("{place}: maps"));
        for table in &model.tables {
            for line in table.create.lines() {
                self.line(&format!("      {}", line.replace('\t', "    ")));
            }
        }
        for class in &model.classes {
            self.line(&format!("  {} -> {}", class.name, class.table));
            for relationship in &class.relationships {
                let name = &relationship.name;
                let made = if relationship.from_backref { ", made by a backref" } else { "" };
                let many = if relationship.uselist { "list" } else { "scalar" };
                let back = relationship
                    .back_populates
                    .as_deref()
                    .map(|back| format!(", in step with {back}"))
                    .unwrap_or_default();
                let (target, direction, join) =
                    (&relationship.target, &relationship.direction, &relationship.join);
                self.line(&format!("      {name}: {direction} {target}, {many}{back}{made}; {join}"));
            }
        }
        self.line("");
    }

    fn totals(&mut self, report: &Report) {
        let steps: usize = report.documents.iter().map(|document| document.steps.len()).sum();
        let mut line = String::new();
        let _ = write!(line, "{}, {}", counted(report.documents.len(), "document"), counted(steps, "step"));
        let mut separator = ": ";
        for (verdict, count) in report.summary().into_iter().filter(|(_, count)| *count > 0) {
            let part = self.styled(&format!("{count} {verdict}"), verdict_style(verdict));
            let _ = write!(line, "{separator}{part}");
            separator = ", ";
        }
        let acknowledged = report
            .documents
            .iter()
            .flat_map(|document| &document.steps)
            .filter(|step| step.acknowledged.is_some())
            .count();
        if acknowledged > 0 {
            let _ = write!(line, " ({acknowledged} acknowledged)");
        }
        let _ = write!(line, "; SQLAlchemy {}", report.profile);
        self.line(&line);
    }
}

/// The page's line that speaks for a step: where its claim first differs, or where its code fails.
fn place(step: &StepReport) -> usize {
    match (step.verdict, &step.documented, step.documented_line) {
        (Verdict::Differs, Some(claim), Some(line)) => {
            let other = step.detail.as_deref().is_some_and(|detail| detail.starts_with(ANOTHER_PROGRAM));
            if other { line } else { line + first_line(claim, &step.held_against) }
        }
        _ => step.failed_line.unwrap_or(step.line),
    }
}

fn shown_or_nothing(text: &str) -> &str {
    if text.trim().is_empty() { "(nothing)" } else { text }
}

/// A line without what a terminal would obey.
pub(super) fn printable(line: &str) -> String {
    line.replace('\t', "    ")
        .chars()
        .map(|letter| if letter.is_control() { '\u{fffd}' } else { letter })
        .collect()
}

fn verdict_style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Agrees => Style::new().green(),
        Verdict::Differs | Verdict::Raises => Style::new().red(),
        Verdict::Undocumented | Verdict::Unsupported => Style::new().yellow(),
        Verdict::Silent | Verdict::Skipped => Style::new(),
    }
}

/// The report as text.
pub fn render(report: &Report, look: Look) -> String {
    let mut writer = Writer { look, text: String::new() };
    for document in &report.documents {
        for step in document.steps.iter().filter(|step| step.fails(look.strict)) {
            writer.step(document, step);
        }
        if look.model {
            for model in &document.models {
                writer.model(document, model);
            }
        }
    }
    writer.totals(report);
    writer.text
}
