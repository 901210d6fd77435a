//! The report as JSON, schema 1.

use super::{Report, StepReport};
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Serialize)]
struct Json<'a> {
    tool: &'static str,
    schema: u32,
    profile: &'a str,
    documents: Vec<JsonDocument<'a>>,
    summary: Map<String, Value>,
}

#[derive(Serialize)]
struct JsonDocument<'a> {
    path: String,
    steps: &'a [StepReport],
}

/// The report as one JSON document with a newline at its end.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    let summary = report.summary();
    let json = Json {
        tool: "backproof",
        schema: 1,
        profile: &report.profile,
        documents: report
            .documents
            .iter()
            .map(|document| JsonDocument {
                path: document.path.display().to_string(),
                steps: &document.steps,
            })
            .collect(),
        summary: summary
            .iter()
            .map(|(verdict, count)| (verdict.name().to_owned(), Value::from(*count)))
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&json)?;
    text.push('\n');
    Ok(text)
}
