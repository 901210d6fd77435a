//! Comments of a listing that say what a statement prints: `print(x)  # [1, 2]`, `# => 1`, `# Output: Ida`.
//!
//! A comment may as well describe: only a value written out, or words after a mark that announces an output, are
//! taken for one, and what could be a description counts only where it is what is printed.

use super::text::shown::reads_as_prose;
use super::{Remark, repr};
use crate::nesting::too_deep;
use regex::Regex;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::parse_module;
use ruff_text_size::{Ranged, TextRange};
use std::sync::LazyLock;

/// Lines of comments below one mark.
const LINES: usize = 60;

static ANNOUNCES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^(?:outputs?|prints?|printed|out|results?|输出|打印|结果|出力|結果|출력|вывод|выведет|salida|sortie|ausgabe)
            \s*[:：=]\s*(?:>>>\s*)?",
    )
    .ok()
});
static POINTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:=>|->|-->|==>|→|⇒|➜|>>>|>>|prints?\s|outputs?\s|shows\s|gives\s)\s*").ok()
});
/// Words that describe what is shown and are not it.
static DESCRIBES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:the|an?|of|all|each|every|list|lists|object|objects|instance|instances|query|queries|error|raises?|sql|emits?|loads?|loaded|related|same|id|name|names)\b",
    )
    .ok()
});

/// How a comment says what is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Announces,
    Points,
    Nothing,
}

/// What the comments of a listing say that its statements print.
pub(super) fn remarks(code: &str) -> Vec<Remark> {
    let says = ["#", "\"\"\"", "'''"].iter().any(|mark| code.contains(mark));
    if !says || too_deep(code).is_some() {
        return Vec::new();
    }
    let Ok(parsed) = parse_module(code) else { return Vec::new() };
    let mut calls = Calls { code, found: Vec::new() };
    calls.visit_body(parsed.suite());
    let lines = Lines::of(code);
    let mut found: Vec<Remark> = calls.found.iter().filter_map(|call| remark(&lines, call)).collect();
    found.extend(quoted(&lines, parsed.suite()));
    found.sort_by_key(|remark| remark.line);
    found
}

/// Strings that stand as statements directly below what prints, as nothing but a page has them.
fn quoted(lines: &Lines<'_>, suite: &[Stmt]) -> Vec<Remark> {
    let prints = |statement: &Stmt| {
        lines.code[statement.range()].contains("print(")
            && !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_))
    };
    let mut found = Vec::new();
    for (at, statement) in suite.iter().enumerate().skip(1) {
        let Stmt::Expr(expression) = statement else { continue };
        let source = &lines.code[statement.range()];
        let inner = ["\"\"\"", "'''"]
            .iter()
            .find_map(|mark| source.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)));
        let Some(text) = inner.filter(|_| matches!(*expression.value, Expr::StringLiteral(_))) else {
            continue;
        };
        let text = text.trim_matches('\n').trim_end();
        let shown = text.lines().filter(|line| !line.trim().is_empty()).count();
        // As many statements print it as stand above in a row.
        let row = suite[..at].iter().rev().take_while(|statement| prints(statement)).count().min(shown);
        let Some(first) = suite.get(at - row).filter(|_| row > 0 && !left_open(text)) else { continue };
        let (from, to) = (first.start().to_usize(), suite[at - 1].end().to_usize());
        found.push(Remark {
            line: lines.at(statement.start().to_usize()).0 + 1,
            end_line: lines.at(statement.end().to_usize()).0 + 1,
            first: lines.at(from).0 + 1,
            last: lines.at(to).0 + 1,
            source: lines.code[from..to].to_owned(),
            text: text.to_owned(),
            hard: repr::is_whole(text) && !stands_for_objects(text),
        });
    }
    found
}

/// A listing's lines, and where each begins.
struct Lines<'a> {
    code: &'a str,
    texts: Vec<&'a str>,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(code: &'a str) -> Self {
        let starts = std::iter::once(0).chain(code.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Lines { code, texts: code.lines().collect(), starts }
    }

    /// The line on which a place is, and where that line begins.
    fn at(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        (line, self.starts[line])
    }
}

/// A statement that is a call, or a block with calls.
struct Call {
    range: TextRange,
    /// Whether it is one of `print()`.
    prints: bool,
    /// Whether it prints nothing but a number that was counted or computed.
    counts: bool,
    /// Whether it is a block that prints: only a comment below it speaks of it.
    block: bool,
}

struct Calls<'a> {
    code: &'a str,
    found: Vec<Call>,
}

impl Visitor<'_> for Calls<'_> {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        if let Stmt::Expr(statement) = stmt
            && let Expr::Call(call) = &*statement.value
        {
            let prints = matches!(&*call.func, Expr::Name(name) if name.id == "print" || name.id == "pprint");
            let counts = match &*call.arguments.args {
                [Expr::Call(inner)] => {
                    let name = self.code[inner.func.range()].rsplit('.').next().unwrap_or("");
                    ["len", "count", "sum", "scalar", "scalar_one"].contains(&name)
                }
                [Expr::BinOp(_)] => true,
                _ => false,
            };
            self.found.push(Call { range: stmt.range(), prints, counts, block: false });
        }
        let block =
            matches!(stmt, Stmt::For(_) | Stmt::With(_) | Stmt::While(_) | Stmt::If(_) | Stmt::Try(_));
        if block && self.code[stmt.range()].contains("print(") {
            self.found.push(Call { range: stmt.range(), prints: true, counts: false, block });
        }
        visitor::walk_stmt(self, stmt);
    }
}

fn remark(within: &Lines<'_>, call: &Call) -> Option<Remark> {
    let Lines { code, texts: lines, .. } = within;
    let (from, to) = (call.range.start().to_usize(), call.range.end().to_usize());
    let (first, _) = within.at(from);
    let (last, start) = within.at(to);
    let behind = lines.get(last)?.get(to - start..)?.trim();
    let made = |at: usize, end: usize, (text, hard): (String, bool)| Remark {
        line: at + 1,
        end_line: end + 1,
        first: first + 1,
        last: last + 1,
        source: code[from..to].to_owned(),
        text,
        hard,
    };
    if let Some(comment) = behind.strip_prefix('#').filter(|_| !call.block) {
        return said(comment, call, false).map(|said| made(last, last, said));
    }
    if !behind.is_empty() && !call.block {
        return None;
    }
    // A comment below speaks of the statement only where it has a mark.
    let margin = lines[first].len() - lines[first].trim_start().len();
    let below: Vec<&str> = lines[last + 1..]
        .iter()
        .take(LINES)
        .map_while(|line| {
            let body = line.trim_start();
            (line.len() - body.len() == margin).then(|| body.strip_prefix('#')).flatten()
        })
        .collect();
    let (head, more) = below.split_first()?;
    let (mark, rest) = marked(head.trim());
    if mark == Mark::Nothing {
        return None;
    }
    if rest.is_empty() && mark == Mark::Announces {
        let text: Vec<&str> =
            more.iter().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect();
        let shown = text.iter().take_while(|line| !line.is_empty()).count();
        let text = &text[..shown];
        let hard = !text.iter().any(|line| reads_as_prose(line) || left_open(line));
        return (shown > 0)
            .then(|| made(last + 2, last + 1 + shown, (text.join("\n"), hard && shown == more.len())));
    }
    // A value may go on over the next comments.
    let mut joined = rest.to_owned();
    for (count, next) in more.iter().enumerate() {
        if repr::end(&joined).is_some() || !joined.starts_with(['[', '(', '{']) {
            break;
        }
        joined.push(' ');
        joined.push_str(next.trim());
        if repr::is_whole(&joined) && !left_open(&joined) {
            return call.prints.then(|| made(last + 1, last + 2 + count, (joined, true)));
        }
    }
    said(head, call, true).map(|said| made(last + 1, last + 1, said))
}

/// The value that a comment behind an expression gives it, if it can be nothing else; `called` says that the expression
/// is a call, whose effect a comment may as well speak of.
pub(super) fn value(comment: &str, called: bool) -> Option<String> {
    let (mark, text) = marked(comment.trim());
    let end = repr::end(text).filter(|_| !(called && mark == Mark::Announces))?;
    let (value, rest) = (&text[..end], &text[end..]);
    let remarked = rest.is_empty()
        || rest.starts_with([',', ';'])
        || rest.starts_with(". ")
        || (rest.starts_with(' ') && rest.trim_start().starts_with(['(', '-', '–', '—', '#']));
    let named = value.starts_with(|letter: char| letter.is_alphabetic())
        && !["True", "False"].contains(&value)
        && !(mark != Mark::Nothing && value.ends_with(')'));
    let unsure = value.starts_with(|letter: char| letter.is_ascii_digit() || "-'\"".contains(letter));
    let is_claim = remarked
        && !named
        && !(called && unsure && mark == Mark::Nothing)
        && !(rest.starts_with(['.', ',']) && mark == Mark::Nothing && unsure)
        && !left_open(value)
        && !stands_for_objects(value);
    is_claim.then(|| value.to_owned())
}

/// Whether a line is a comment with a mark that announces what is printed.
pub(super) fn announces(line: &str) -> bool {
    line.strip_prefix('#').is_some_and(|comment| marked(comment.trim()).0 != Mark::Nothing)
}

/// The mark that a comment begins with, and what follows it.
fn marked(comment: &str) -> (Mark, &str) {
    for (pattern, mark) in [(&ANNOUNCES, Mark::Announces), (&POINTS, Mark::Points)] {
        if let Some(found) = pattern.as_ref().and_then(|pattern| pattern.find(comment)) {
            return (mark, comment[found.end()..].trim());
        }
    }
    (Mark::Nothing, comment)
}

/// Whether a text leaves something open.
fn left_open(text: &str) -> bool {
    text.contains("...") || text.contains('…')
}

/// What a comment says that is printed, and whether it can be nothing but that.
fn said(comment: &str, call: &Call, below: bool) -> Option<(String, bool)> {
    let (mark, text) = marked(comment.trim());
    if text.is_empty() || left_open(text) || (mark == Mark::Nothing && (below || !call.prints)) {
        return None;
    }
    if !call.prints && mark != Mark::Announces {
        return None;
    }
    if let Some(end) = repr::end(text) {
        let (value, rest) = (&text[..end], text[end..].trim_start());
        let number = value.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-');
        let plain = !value.starts_with(|letter: char| letter.is_alphabetic())
            || ["True", "False", "None"].contains(&value);
        if number && mark == Mark::Nothing && !call.counts {
            return None;
        }
        if rest.is_empty() {
            return Some((value.to_owned(), !stands_for_objects(value) && (plain || mark != Mark::Nothing)));
        }
        let remarked =
            rest.starts_with(['(', '-', '–', '—', ',', ';', '#']) && text[end..].starts_with([' ', ',', ';']);
        if remarked && plain && !number {
            return Some((value.to_owned(), !stands_for_objects(value)));
        }
    }
    if mark == Mark::Nothing {
        return None;
    }
    let describes = DESCRIBES.as_ref().is_some_and(|pattern| pattern.is_match(text))
        || reads_as_prose(text)
        || text.split_whitespace().count() > 6
        || !text.is_ascii();
    Some((text.to_owned(), mark == Mark::Announces && !describes))
}

/// Whether a value only stands for objects that the page does not name: `<Post>`, `[<Post>, <Post>]`.
fn stands_for_objects(value: &str) -> bool {
    value.match_indices('<').any(|(at, _)| {
        let inner = value[at + 1..].split('>').next().unwrap_or("");
        inner.chars().all(|letter| letter == '_' || letter == ' ' || letter.is_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::remarks;

    fn found(code: &str) -> Vec<(usize, String, bool)> {
        remarks(code).into_iter().map(|remark| (remark.line, remark.text, remark.hard)).collect()
    }

    #[test]
    fn a_value_behind_a_print_is_what_it_prints() {
        let code = "print(a.bs)  # [<B 'x'>]\nprint(a is b)  # True\nwith s:\n    print(a.name)  # \"Ida\"\n";
        let expected =
            [(1, "[<B 'x'>]"), (2, "True"), (4, "\"Ida\"")].map(|(at, text)| (at, text.to_owned(), true));
        assert_eq!(found(code), expected);
        assert_eq!(found("print(a)  # None (detached)\n"), [(1, "None".to_owned(), true)]);
    }

    #[test]
    fn a_string_below_what_prints_is_what_it_prints() {
        let looped = "for a in b:\n    print(a)\n\n\"\"\"\nIda\nOla\n\"\"\"\n";
        assert_eq!(found(looped), [(4, "Ida\nOla".to_owned(), false)]);
        assert_eq!(found("x = 1\nprint(x)\nprint(2)\n'''1\n2'''\n"), [(4, "1\n2".to_owned(), false)]);
        assert_eq!(found("def f():\n    print(1)\n\n'''words'''\n"), []);
        assert_eq!(found("x = 1\n'''words'''\n"), []);
    }

    #[test]
    fn words_behind_a_print_describe_it() {
        assert_eq!(
            found("print(a.bs)  # the related objects\nprint(a)  # 1\nx.y  # [1]\nprint(a)  # [1, ...]\n"),
            []
        );
        assert_eq!(found("print(len(a))  # 2\n"), [(1, "2".to_owned(), true)]);
    }

    #[test]
    fn marks_announce_what_is_printed() {
        assert_eq!(found("print(a.name)  # Output: Ida\n"), [(1, "Ida".to_owned(), true)]);
        assert!(!found("print(a.bs)  # Output: list of B objects\n")[0].2);
        assert_eq!(found("print(a.bs)  # => Ida\n"), [(1, "Ida".to_owned(), false)]);
        assert_eq!(
            found("print(a)\n# Output: [<A 1>,\n# <A 2>]\n"),
            [(2, "[<A 1>, <A 2>]".to_owned(), true)]
        );
        assert_eq!(found("show()\n# Output:\n# 1\n"), [(3, "1".to_owned(), true)]);
        let looped = "for a in b:\n    print(a)  # the name\n# Output:\n# 1\n# 2\n";
        assert_eq!(found(looped), [(4, "1\n2".to_owned(), true)]);
        assert_eq!(found("print(a)\nprint(b)\n# Output:\n# 1\n"), [(4, "1".to_owned(), true)]);
        assert_eq!(found("print(a.bs)  # [<B>, <B>]\n"), [(1, "[<B>, <B>]".to_owned(), false)]);
    }
}
