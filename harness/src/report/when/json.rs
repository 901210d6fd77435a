//! Since when claims hold, as JSON, schema 1.

use super::{Answer, Because, Change, Span, WhenReport, WhenStep, words};
use serde::Serialize;

#[derive(Serialize)]
struct Json<'a> {
    tool: &'static str,
    schema: u32,
    /// The spans within which every dated behaviour is constant, oldest first.
    spans: Vec<Releases>,
    documents: Vec<Document<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Releases {
    first: String,
    last: String,
}

#[derive(Serialize)]
struct Document<'a> {
    path: String,
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    line: usize,
    end_line: usize,
    kind: &'static str,
    source: &'a str,
    documented: Option<&'a str>,
    documented_line: Option<usize>,
    /// Whether the page says what the step shows; of others, `holds` says where they run.
    claim: bool,
    /// The answer in words.
    answer: String,
    holds: Vec<Held<'a>>,
    explained_by: Vec<Explained<'a>>,
    acknowledged: Option<&'a str>,
}

/// Neighbouring spans with one verdict.
#[derive(Serialize)]
struct Held<'a> {
    first: String,
    last: String,
    verdict: &'static str,
    /// Nothing where it is not known.
    holds: Option<bool>,
    detail: Option<&'a str>,
}

#[derive(Serialize)]
struct Explained<'a> {
    /// The release with which the claim goes over.
    at: String,
    /// The dated behaviour's name; nothing where an exception explains, or several changes together.
    name: Option<&'a str>,
    change: String,
    sentence: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary {
    claims: usize,
    every: usize,
    some: usize,
    none: usize,
    unknown: usize,
}

fn held<'a>(spans: &[Span], step: &'a WhenStep) -> Vec<Held<'a>> {
    let mut all: Vec<Held<'a>> = Vec::new();
    for (span, seen) in spans.iter().zip(&step.seen) {
        let (verdict, detail) = (seen.verdict.name(), seen.detail.as_deref());
        if let Some(last) = all.last_mut()
            && (last.verdict, last.detail) == (verdict, detail)
        {
            last.last = span.last.to_string();
            continue;
        }
        let holds = match seen.answer() {
            Answer::Holds => Some(true),
            Answer::Fails => Some(false),
            Answer::Unknown => None,
        };
        all.push(Held { first: span.first.to_string(), last: span.last.to_string(), verdict, holds, detail });
    }
    all
}

fn explained<'a>(spans: &[Span], change: &'a Change) -> Vec<Explained<'a>> {
    let at = spans[change.at].first.to_string();
    match &change.because {
        Because::Behaviours(causes) => causes
            .iter()
            .map(|cause| Explained {
                at: at.clone(),
                name: Some(&cause.name),
                change: cause.change.clone(),
                sentence: Some(&cause.sentence),
            })
            .collect(),
        Because::Together => {
            vec![Explained { at, name: None, change: "several changes together".to_owned(), sentence: None }]
        }
        Because::Raises(text) => {
            vec![Explained { at, name: None, change: text.clone(), sentence: None }]
        }
        Because::Follows(place) => {
            vec![Explained { at, name: None, change: format!("{place} fails"), sentence: None }]
        }
        Because::Unexplained => Vec::new(),
    }
}

fn step<'a>(spans: &[Span], step: &'a WhenStep) -> Step<'a> {
    Step {
        line: step.line,
        end_line: step.end_line,
        kind: step.kind,
        source: &step.source,
        documented: step.documented.as_deref(),
        documented_line: step.documented_line,
        claim: step.claim,
        answer: words::sentence(spans, step),
        holds: held(spans, step),
        explained_by: step.changes.iter().flat_map(|change| explained(spans, change)).collect(),
        acknowledged: step.acknowledged.as_deref(),
    }
}

/// The report as one JSON document with a newline at its end. Every step is in it, told or not.
pub fn render(report: &WhenReport) -> Result<String, serde_json::Error> {
    let spans = &report.spans;
    let totals = report.totals();
    let json = Json {
        tool: "backproof",
        schema: 1,
        spans: spans
            .iter()
            .map(|span| Releases { first: span.first.to_string(), last: span.last.to_string() })
            .collect(),
        documents: report
            .documents
            .iter()
            .map(|document| Document {
                path: document.path.display().to_string(),
                steps: document.steps.iter().map(|one| step(spans, one)).collect(),
            })
            .collect(),
        summary: Summary {
            claims: totals.claims,
            every: totals.every,
            some: totals.some,
            none: totals.none,
            unknown: totals.unknown,
        },
    };
    let mut text = serde_json::to_string_pretty(&json)?;
    text.push('\n');
    Ok(text)
}
