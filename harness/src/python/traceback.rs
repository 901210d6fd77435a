//! Tracebacks as CPython 3.11 prints them.

use super::exception::{Entry, details};
use super::interp::Interp;
use super::value::Value;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;
use std::rc::Rc;

/// How many lines of equal frames are shown before they are summed up.
const REPEATS: usize = 3;

impl Interp {
    /// The class as a traceback names it, and `str()` of the exception.
    pub fn exception_text(&mut self, exception: &Value) -> (String, String) {
        let class = self.class_of(exception);
        let name = match &*class.module() {
            "builtins" | "__main__" => class.qualname.borrow().to_string(),
            module => format!("{module}.{}", class.qualname.borrow()),
        };
        let text = self.str(exception).unwrap_or_else(|_| "<exception str() failed>".into());
        (name, text)
    }

    /// The whole traceback as CPython prints it, chained causes included.
    pub fn traceback(&mut self, exception: &Value) -> String {
        let mut chain: Vec<(Value, &str)> = vec![(exception.clone(), "")];
        let mut at = exception.clone();
        while chain.len() < 100 {
            let next = details(&at).and_then(|store| {
                let details = store.details.borrow();
                match (&details.cause, &details.context) {
                    (Some(cause), _) => Some((
                        cause.clone(),
                        "\nThe above exception was the direct cause of the following exception:\n\n",
                    )),
                    (None, Some(context)) if !details.suppress_context => Some((
                        context.clone(),
                        "\nDuring handling of the above exception, another exception occurred:\n\n",
                    )),
                    _ => None,
                }
            });
            let Some((next, joint)) = next else { break };
            if chain.iter().any(|(other, _)| other.is(&next)) {
                break;
            }
            if let Some(last) = chain.last_mut() {
                last.1 = joint;
            }
            chain.push((next.clone(), ""));
            at = next;
        }
        let mut text = String::new();
        for index in (0..chain.len()).rev() {
            let (exception, joint) = &chain[index];
            let (exception, joint) = (exception.clone(), *joint);
            text.push_str(joint);
            text.push_str(&self.one_traceback(&exception));
        }
        text
    }

    fn one_traceback(&mut self, exception: &Value) -> String {
        let mut text = String::new();
        let (entries, suggestion) = match details(exception) {
            Some(store) => {
                let details = store.details.borrow();
                (details.traceback.clone(), details.suggestion.clone())
            }
            None => (Vec::new(), None),
        };
        if !entries.is_empty() {
            text.push_str("Traceback (most recent call last):\n");
        }
        let mut last: Option<(Place, usize)> = None;
        for entry in entries.iter().rev() {
            let shown = show_entry(entry);
            let place = place(entry);
            match &mut last {
                Some((before, count)) if *before == place => {
                    *count += 1;
                    if *count > REPEATS {
                        continue;
                    }
                }
                _ => {
                    push_repeats(&mut text, last.as_ref());
                    last = Some((place, 1));
                }
            }
            text.push_str(&shown);
        }
        push_repeats(&mut text, last.as_ref());
        if let Some(shown) = self.syntax_error_text(exception) {
            // A source that does not parse has no frames: its own line is shown instead.
            return shown;
        }
        let (name, message) = self.exception_text(exception);
        let hint = match suggestion {
            Some(suggestion) => format!(". Did you mean: '{suggestion}'?"),
            None => String::new(),
        };
        if message.is_empty() {
            text.push_str(&format!("{name}{hint}\n"));
        } else {
            text.push_str(&format!("{name}: {message}{hint}\n"));
        }
        if let Ok(Some(notes)) = self.get_attr_opt(exception, "__notes__") {
            for note in self.iterate(&notes).unwrap_or_default() {
                let note = self.str(&note).unwrap_or_default();
                text.push_str(&format!("{note}\n"));
            }
        }
        text
    }

    fn syntax_error_text(&mut self, exception: &Value) -> Option<String> {
        let Value::Instance(instance) = exception else { return None };
        let store = instance.store.clone();
        let mut read = |name: &str| store.get(self, name).ok().flatten();
        let (file, line, text) = (read("filename")?, read("lineno")?, read("text")?);
        let column = read("offset").as_ref().and_then(Value::as_i64).unwrap_or(1);
        let (file, line, text) = (file.as_str()?.clone(), line.as_i64()?, text.as_str()?.clone());
        let (name, message) = self.exception_text(exception);
        let stripped = text.trim();
        let indent = text.chars().count() - text.trim_start().chars().count();
        let before = " ".repeat(usize::try_from(column - 1).unwrap_or(0).saturating_sub(indent));
        Some(format!("  File \"{file}\", line {line}\n    {stripped}\n    {before}^\n{name}: {message}\n"))
    }

    /// The 1-based line within the last step's source where the exception was raised.
    pub fn raised_line(&mut self, exception: &Value) -> Option<usize> {
        let store = details(exception)?;
        let details = store.details.borrow();
        let entry = details.traceback.iter().find(|entry| entry.code.source.run == self.run)?;
        Some(entry.code.source.place(entry.at.start()).0 + 1)
    }
}

/// File, line and function: frames that have these in common are summed up.
type Place = (Rc<str>, usize, Rc<str>);

fn place(entry: &Entry) -> Place {
    let source = &entry.code.source;
    (source.file.clone(), source.first_line + source.place(entry.at.start()).0, entry.code.name.clone())
}

fn push_repeats(text: &mut String, last: Option<&(Place, usize)>) {
    if let Some((_, count)) = last
        && *count > REPEATS
    {
        let more = count - REPEATS;
        let plural = if more == 1 { "" } else { "s" };
        text.push_str(&format!("  [Previous line repeated {more} more time{plural}]\n"));
    }
}

/// One frame: its place and, where the source is a file, its line with the marks below.
fn show_entry(entry: &Entry) -> String {
    let source = &entry.code.source;
    let (line, column) = source.place(entry.at.start());
    let mut shown =
        format!("  File \"{}\", line {}, in {}\n", source.file, source.first_line + line, entry.code.name);
    if source.file.starts_with('<') {
        return shown;
    }
    let text = source.line(line);
    let stripped = text.trim();
    if stripped.is_empty() {
        return shown;
    }
    shown.push_str(&format!("    {stripped}\n"));
    let (end_line, end_column) = source.place(entry.at.end());
    let end = if end_line == line { end_column } else { text.trim_end().chars().count() };
    let indent = text.chars().count() - text.trim_start().chars().count();
    let whole = column == indent && end == text.trim_end().chars().count();
    if end > column && !whole {
        let segment: String = text.chars().skip(column).take(end - column).collect();
        let marks = if end_line == line { marks(&segment) } else { "^".repeat(end - column) };
        shown.push_str(&format!("    {}{marks}\n", " ".repeat(column.saturating_sub(indent))));
    } else if let (true, true) = (whole, end_line == line) {
        // A line that is one operation is marked where its operator stands, otherwise not at all.
        let marks = marks(stripped);
        if marks.contains('~') {
            shown.push_str(&format!("    {marks}\n"));
        }
    }
    shown
}

/// `^` under an expression, with `~` beside the operator or the subscript that failed.
fn marks(segment: &str) -> String {
    let all = "^".repeat(segment.chars().count());
    let Ok(parsed) = ruff_python_parser::parse_module(segment) else { return all };
    let body = &parsed.syntax().body;
    let [Stmt::Expr(stmt)] = body.as_slice() else { return all };
    let count = |text: &str| text.chars().count();
    let (before, marked, after) = match &*stmt.value {
        Expr::BinOp(op) => {
            let (left, right) = (usize::from(op.left.range().end()), usize::from(op.right.range().start()));
            let Some(between) = segment.get(left..right) else { return all };
            let symbol = op.op.as_str();
            let Some(offset) = between.find(symbol) else { return all };
            let start = left + offset;
            (count(&segment[..start]), count(symbol), count(&segment[start + symbol.len()..]))
        }
        Expr::Subscript(subscript) => {
            let start = usize::from(subscript.value.range().end());
            let Some(rest) = segment.get(start..) else { return all };
            (count(&segment[..start]), count(rest), 0)
        }
        _ => return all,
    };
    format!("{}{}{}", "~".repeat(before), "^".repeat(marked), "~".repeat(after))
}

/// The candidate nearest to a mistyped name, by CPython's measure.
pub(super) fn nearest(name: &str, candidates: &[Rc<str>]) -> Option<String> {
    const MOVE: usize = 2;
    /// With this many or more, CPython looks at none.
    const TOO_MANY: usize = 750;
    const LONGEST: usize = 40;
    if candidates.len() >= TOO_MANY || name.len() > LONGEST {
        return None;
    }
    let mut sorted: Vec<&Rc<str>> = candidates.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut best: Option<(usize, &str)> = None;
    for candidate in sorted {
        if **candidate == *name || candidate.len() > LONGEST {
            continue;
        }
        let most = (name.len() + candidate.len() + 3) * MOVE / 6;
        let most = best.map_or(most, |(distance, _)| most.min(distance.saturating_sub(1)));
        let distance = edit_cost(name, candidate);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_owned())
}

/// The cost of turning one name into another: 2 for each letter, 1 where only its case differs.
fn edit_cost(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).map(|index| index * 2).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * 2;
        for (j, y) in b.iter().enumerate() {
            let same = match (x == y, x.eq_ignore_ascii_case(y)) {
                (true, _) => 0,
                (false, true) => 1,
                (false, false) => 2,
            };
            let cost = (diagonal + same).min(row[j] + 2).min(row[j + 1] + 2);
            diagonal = row[j + 1];
            row[j + 1] = cost;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `python3.11` showed for `bluch` among so many globals, `blech` the last of them.
    #[test]
    fn a_mistyped_name_is_looked_for_among_fewer_than_750() {
        let among = |count: usize| {
            let mut names: Vec<Rc<str>> = (1..count).map(|number| format!("v{number}").into()).collect();
            names.push("blech".into());
            nearest("bluch", &names)
        };
        assert_eq!(among(749).as_deref(), Some("blech"));
        assert_eq!(among(750), None);
    }
}
