//! Comments that say what is printed, as the report tells of them.

use super::{backproof, folder, json};

#[test]
fn a_comment_that_says_what_is_printed_is_an_output_and_another_is_no_step() {
    let page: &[u8] =
        b"```python\nx = [1, 2]\nprint(x)  # [1, 2]\nprint(x[0])  # [2]\nx.append(3)  # three now\n```\n";
    let folder = folder(&[("page.md", page)]);
    let report = json(&backproof(folder.path(), &["check", "--format", "json", "page.md"]));
    let steps = report["documents"][0]["steps"].as_array().cloned().unwrap_or_default();
    let told: Vec<(&str, u64, &str)> = steps
        .iter()
        .map(|step| {
            let text = |key: &str| step[key].as_str().unwrap_or("");
            (text("kind"), step["line"].as_u64().unwrap_or(0), text("verdict"))
        })
        .collect();
    assert_eq!(told[1..], [("output", 3, "agrees"), ("output", 4, "differs")], "{report:#}");
}
