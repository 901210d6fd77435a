//! Since when claims hold, for a person: a line a claim under its page, runs of one answer folded.

use super::{Answer, WhenDocument, WhenReport, WhenStep, words};
use crate::report::terminal::printable;
use owo_colors::{OwoColorize, Style};

/// Letters of a step's own code that are shown.
const CODE: usize = 100;

struct Writer {
    colour: bool,
    text: String,
}

impl Writer {
    fn styled(&self, text: &str, style: Style) -> String {
        if self.colour { text.style(style).to_string() } else { text.to_owned() }
    }

    fn document(&mut self, report: &WhenReport, document: &WhenDocument) {
        let path = self.styled(&document.path.display().to_string(), Style::new().bold());
        let told: Vec<&WhenStep> = document.steps.iter().filter(|step| step.is_told()).collect();
        if told.is_empty() {
            self.text.push_str(&format!("{path}: claims nothing\n\n"));
            return;
        }
        self.text.push_str(&format!("{path}\n"));
        let mut at = 0;
        while let Some(step) = told.get(at) {
            let alike = told[at..].iter().take_while(|other| folds(report, step, other)).count().max(1);
            self.steps(report, &told[at..at + alike]);
            at += alike;
        }
        self.text.push('\n');
    }

    /// One step, or a run of steps that hold everywhere.
    fn steps(&mut self, report: &WhenReport, steps: &[&WhenStep]) {
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return };
        let sentence = printable(&words::sentence(&report.spans, first));
        // The answer stands out from what explains it.
        let end = sentence.find([':', ';']).unwrap_or(sentence.len());
        let answer = self.styled(&sentence[..end], style(first));
        if steps.len() > 1 {
            let (from, to, count) = (first.line, last_line(last), steps.len());
            let rest = &sentence[end..];
            self.text.push_str(&format!("  lines {from}–{to}: {count} claims, each {answer}{rest}\n"));
            return;
        }
        self.text.push_str(&format!("  {}: {answer}{}\n", place(first), &sentence[end..]));
        if first.holds_everywhere() {
            return;
        }
        if let Some(reason) = &first.acknowledged {
            self.text.push_str(&format!("      acknowledged: {}\n", printable(&reason.replace('\n', " "))));
        }
        if let Some(line) = first.source.lines().find(|line| !line.trim().is_empty()) {
            let mut code: String = printable(line.trim_end()).chars().take(CODE).collect();
            if first.source.trim_end().lines().count() > 1 || line.chars().count() > CODE {
                code.push_str(" …");
            }
            let code = self.styled(&code, Style::new().dimmed());
            self.text.push_str(&format!("      {code}\n"));
        }
    }
}

/// Whether two steps are told in one line: an author has nothing to do about either.
fn folds(report: &WhenReport, one: &WhenStep, other: &WhenStep) -> bool {
    let quiet = |step: &WhenStep| step.claim && step.only_follows() && step.acknowledged.is_none();
    let sentence = |step: &WhenStep| words::sentence(&report.spans, step);
    quiet(one) && quiet(other) && sentence(one) == sentence(other)
}

/// Where a claim stands, and its output where that is shown apart from its code.
fn place(step: &WhenStep) -> String {
    match step.documented_line {
        Some(line) if line > step.end_line + 1 => format!("line {} (output at line {line})", step.line),
        _ => format!("line {}", step.line),
    }
}

fn last_line(step: &WhenStep) -> usize {
    match (&step.documented, step.documented_line) {
        (Some(text), Some(line)) => step.end_line.max(line + text.lines().count().saturating_sub(1)),
        _ => step.end_line,
    }
}

fn style(step: &WhenStep) -> Style {
    if step.holds_everywhere() {
        Style::new().green()
    } else if step.holds_somewhere() || step.answers().all(|answer| answer == Answer::Unknown) {
        Style::new().yellow()
    } else {
        Style::new().red()
    }
}

/// The report as text.
pub fn render(report: &WhenReport, colour: bool) -> String {
    let mut writer = Writer { colour, text: String::new() };
    for document in &report.documents {
        writer.document(report, document);
    }
    writer.text.push_str(&report.summary());
    writer.text.push('\n');
    writer.text
}
