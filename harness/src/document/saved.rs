//! What the page around a listing leaves on its lines where a page is saved as text: numbers, bullets, bars.
//!
//! A run of lines loses them only where all of it has them and code is what remains.

use super::text::is_surely_code;
use super::transcript::is_prompt;
use regex::Regex;
use std::sync::LazyLock;

/// Lines that make a run.
const RUN: usize = 3;

static NUMBERED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[ \t]*(\d{1,4})(?:[.:|)](?: |$)|\t| |$)").ok());

/// The page's lines without what frames its listings.
pub(super) fn without_frames(lines: &[String]) -> Vec<String> {
    let mut lines = lines.to_vec();
    for strip in [barred, bulleted] {
        run_by_run(&mut lines, |line| strip(line).map(str::to_owned));
    }
    numbered(&mut lines);
    lines
}

/// A line of a table of code, as it is shown by sites that number lines: `| code |`, `code | |`.
fn barred(line: &str) -> Option<&str> {
    let line = line.trim_end();
    if line == "|" || line == "| |" {
        return Some("");
    }
    if let Some(code) = line.strip_suffix("| |") {
        return Some(code.strip_suffix(' ').unwrap_or(code));
    }
    let code = line.strip_prefix("| ")?.strip_suffix('|')?;
    Some(code.strip_suffix(' ').unwrap_or(code))
}

/// A line of a list of lines: `- code`.
fn bulleted(line: &str) -> Option<&str> {
    if line.trim_end() == "-" { Some("") } else { line.strip_prefix("- ") }
}

/// Takes a frame off each run of lines that has it and is code without it.
fn run_by_run(lines: &mut [String], strip: impl Fn(&str) -> Option<String>) {
    let mut at = 0;
    while at < lines.len() {
        let bare: Vec<String> = lines[at..].iter().map_while(|line| strip(line)).collect();
        if bare.is_empty() {
            at += 1;
            continue;
        }
        let end = at + bare.len();
        if is_code(&bare) {
            lines[at..end].clone_from_slice(&bare);
        }
        at = end;
    }
}

/// Takes the numbers off each run of lines that are numbered from 1 on.
fn numbered(lines: &mut [String]) {
    let Some(pattern) = NUMBERED.as_ref() else { return };
    let number = |line: &str, wanted: usize| {
        let found = pattern.captures(line)?;
        let is_wanted = found.get(1)?.as_str().parse() == Ok(wanted);
        is_wanted.then(|| line[found.get(0).map_or(0, |all| all.end())..].to_owned())
    };
    let mut at = 0;
    while at < lines.len() {
        let bare: Vec<String> =
            lines[at..].iter().zip(1..).map_while(|(line, wanted)| number(line, wanted)).collect();
        let end = at + bare.len().max(1);
        if is_code(&bare) {
            lines[at..end].clone_from_slice(&bare);
        }
        at = end;
    }
}

/// Whether lines without a frame are code: what begins them is, and enough of them.
fn is_code(lines: &[String]) -> bool {
    let code = lines.iter().filter(|line| is_surely_code(line) || is_prompt(line)).count();
    let begins = lines.iter().find(|line| !line.trim().is_empty());
    lines.len() >= RUN
        && code * 4 >= lines.len()
        && begins.is_some_and(|line| is_surely_code(line) || is_prompt(line) || line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::without_frames;

    fn bare(page: &str) -> String {
        let lines: Vec<String> = page.lines().map(str::to_owned).collect();
        without_frames(&lines).join("\n")
    }

    #[test]
    fn frames_are_taken_off_code() {
        let code = "from shop import Till\nclass Till(Base):\nid = Column(Integer)";
        assert_eq!(
            bare("Lines\n1. from shop import Till\n2. class Till(Base):\n3. id = Column(Integer)\nend"),
            format!("Lines\n{code}\nend")
        );
        assert_eq!(bare("- from shop import Till\n- class Till(Base):\n- id = Column(Integer)"), code);
        assert_eq!(bare("from shop import Till | |\nclass Till(Base): | |\nid = Column(Integer) | |"), code);
        assert_eq!(bare("| from shop import Till |\n| class Till(Base): |\n| id = Column(Integer) |"), code);
        assert_eq!(bare("1. >>> till.goods\n2. []\n3. >>> till"), ">>> till.goods\n[]\n>>> till");
    }

    #[test]
    fn lists_of_words_stay_lists() {
        for page in [
            "1. Make a till\n2. Fill it\n3. Close it",
            "- a till\n- goods\n- x = 1 is set\n- more\n- and more",
            "1. import this\n2. wait",
        ] {
            assert_eq!(bare(page), page);
        }
    }
}
