//! What a block of code is: Python to run, a transcript, an output of what was run before, or something else.
//!
//! Reads the language that the page names, the words before the block and the block's own shape.

use super::source::{Line, joined, trimmed};
use super::text::flat;
use super::transcript::{Ends, examples, is_prompt};
use super::{Block, Body, Listing, marks, output, syntax, values};

/// What is known of a block besides its lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// The first word of a fence's or a directive's argument.
    pub(super) language: Option<&'a str>,
    /// The last line of prose before the block.
    pub(super) lead: &'a str,
    /// Whether there is code before it on the page that an output could be of.
    pub(super) after_code: bool,
    /// Where outputs end within a transcript.
    pub(super) ends: Ends,
    /// Whether the page says that this is not to be run.
    pub(super) skip: bool,
    /// Whether the page has lost its indentation.
    pub(super) flat: bool,
    /// The code that stands directly before, with no word between.
    pub(super) follows: Option<Follows<'a>>,
}

/// The listing directly before a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Follows<'a> {
    pub(super) code: &'a str,
    /// Whether it is fenced and the block is not: so notebooks are saved.
    pub(super) as_in_a_notebook: bool,
}

const PYTHON: &[&str] = &["python", "py", "python3", "py3", "python2", "sage", "default"];
const TRANSCRIPT: &[&str] =
    &["pycon", "pycon3", "pycon+sql", "doctest", "python-repl", "console", "ipython", "ipython2", "ipython3"];
const OUTPUT: &[&str] = &["output", "text", "txt", "plain", "plaintext", "none", "console", "log", "stdout"];
/// What pages call the output of a program that was run at a shell.
const SHELL: &[&str] =
    &["bash", "sh", "shell", "zsh", "terminal", "cmd", "bat", "batch", "powershell", "shell-session"];

/// Whether a language's name says Python.
fn says_python(language: &str) -> bool {
    let language = language.to_ascii_lowercase();
    PYTHON.contains(&language.as_str()) || language.starts_with("python+")
}

/// The blocks that a run of code lines holds.
pub(super) fn blocks(lines: &[Line], context: Context<'_>) -> Vec<Block> {
    let lines: Vec<Line> = marks::unescaped(trimmed(lines))
        .into_iter()
        .map(|line| Line { text: marks::without_leading_mark(marks::without_highlight(&line.text)), ..line })
        .collect();
    let mut lines = trimmed(&lines);
    if context.flat {
        flat::indent(&mut lines);
    }
    let mut named = context.language.map(str::to_ascii_lowercase);
    if named.is_none()
        && let Some(language) = lines.first().and_then(|line| marks::language(&line.text))
    {
        named = Some(language.to_ascii_lowercase());
        lines = trimmed(&lines[1..]);
    }
    let context = Context { language: named.as_deref(), ..context };
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
        return Vec::new();
    };
    let may_hold_prompts = named
        .as_deref()
        .is_none_or(|name| says_python(name) || TRANSCRIPT.contains(&name) || OUTPUT.contains(&name));
    if may_hold_prompts && let Some(prompt) = lines.iter().position(|line| is_prompt(&line.text)) {
        return transcript(&lines, prompt, context);
    }
    if context.after_code
        && let Some(output) = run_at_a_shell(&lines, named.as_deref())
    {
        return output;
    }
    if named.as_deref().is_none_or(|name| says_python(name) || OUTPUT.contains(&name))
        && let Some(blocks) = with_run(&lines, context)
    {
        return blocks;
    }
    let body = body(&lines, named.as_deref(), context);
    if matches!(body, Body::Listing(_) | Body::Other(_))
        && named.as_deref().is_none_or(|name| says_python(name) || OUTPUT.contains(&name))
        && let Some(blocks) = with_output(&lines, context)
            .or_else(|| with_marked_outputs(&lines, context))
            .or_else(|| values::blocks(&lines, context.language, context.skip))
    {
        return blocks;
    }
    vec![Block { line: first.number, end_line: last.number, body }]
}

/// Has the last listing show the value of its last expression, where `blocks` begin with what it shows and that
/// can be such a value: the page shows it directly below, or nothing else that the listing could print.
pub(super) fn show_value(found: &mut [Block], blocks: &[Block], directly: bool) {
    let Some(Block { body: Body::Output(text), .. }) = blocks.first() else { return };
    let last = found.iter_mut().rev().find(|block| !matches!(block.body, Body::Prose | Body::Other(_)));
    if let Some(Block { body: Body::Listing(listing), .. }) = last
        && (directly || !listing.code.contains("print("))
        && syntax::ends_in_value(&listing.code)
        && !output::ends_with_log(text)
    {
        listing.cell = true;
    }
}

/// What a program shows that a shell is told to run, where that is all the shell is told.
fn run_at_a_shell(lines: &[Line], language: Option<&str>) -> Option<Vec<Block>> {
    if !language.is_none_or(|name| OUTPUT.contains(&name) || SHELL.contains(&name)) {
        return None;
    }
    let (told, shown) = lines.split_first()?;
    if !output::runs_program(&told.text) || shown.iter().any(|line| output::is_shell_line(&line.text)) {
        return None;
    }
    let shown = trimmed(shown);
    let (first, last) = (shown.first()?, shown.last()?);
    Some(vec![
        Block {
            line: told.number,
            end_line: told.number,
            body: Body::Other("a shell's line, not Python".into()),
        },
        Block { line: first.number, end_line: last.number, body: Body::Output(joined(&shown)) },
    ])
}

/// A program, the shell's line that runs it, and what it shows, in one block.
fn with_run(lines: &[Line], context: Context<'_>) -> Option<Vec<Block>> {
    let told = lines.iter().position(|line| output::runs_program(&line.text)).filter(|told| *told > 0)?;
    let rest = &lines[told + 1..];
    let length = rest.iter().position(|line| output::is_shell_prompt(&line.text)).unwrap_or(rest.len());
    let (code, shown) = (trimmed(&lines[..told]), trimmed(&rest[..length]));
    let source = joined(&code);
    let all = syntax::parses(&syntax::with_prints_assigned(&joined(lines)));
    if all
        || shown.iter().any(|line| output::is_shell_line(&line.text))
        || rest[length..].iter().any(|line| !line.is_blank() && !output::is_shell_prompt(&line.text))
        || !syntax::is_program(&syntax::with_prints_assigned(&source))
    {
        return None;
    }
    let language = context.language.map(str::to_owned);
    let listing = Listing { code: source, language, skip: context.skip, cell: false, remarks: Vec::new() };
    let (line, end_line) = (code.first()?.number, code.last()?.number);
    let (first, last) = (shown.first()?.number, shown.last()?.number);
    Some(vec![
        Block { line, end_line, body: Body::Listing(listing) },
        Block { line: first, end_line: last, body: Body::Output(joined(&shown)) },
    ])
}

/// Code and what it shows in one block without prompts: a listing and its output.
fn with_output(lines: &[Line], context: Context<'_>) -> Option<Vec<Block>> {
    let (code, shown) = output_within(lines)?;
    let (code, shown) = (trimmed(&lines[..code]), trimmed(&lines[shown..]));
    let text = joined(&shown);
    let source = joined(&code);
    let cell = syntax::ends_in_value(&source) && !output::ends_with_log(&text);
    let language = context.language.map(str::to_owned);
    let listing = Listing { code: source, language, skip: context.skip, cell, remarks: Vec::new() };
    Some(vec![
        Block { line: code.first()?.number, end_line: code.last()?.number, body: Body::Listing(listing) },
        Block { line: shown.first()?.number, end_line: shown.last()?.number, body: Body::Output(text) },
    ])
}

/// Code with what it shows on lines of their own that have a mark before them: `> [1, 2]`, or `# => 1` below a value.
fn with_marked_outputs(lines: &[Line], context: Context<'_>) -> Option<Vec<Block>> {
    let shown: Vec<Option<&str>> = lines.iter().map(|line| marks::after_output_mark(&line.text)).collect();
    let comments =
        shown.iter().zip(lines).filter(|(shown, line)| shown.is_some() && line.text.starts_with('#')).count();
    if comments > 0 && comments < shown.iter().flatten().count() {
        return None;
    }
    let code = |range: std::ops::Range<usize>| joined(&trimmed(&lines[range]));
    let whole: Vec<Line> =
        lines.iter().zip(&shown).filter(|(_, shown)| shown.is_none()).map(|(line, _)| line.clone()).collect();
    if shown.iter().all(Option::is_none) || shown[0].is_some() || !syntax::is_program(&joined(&whole)) {
        return None;
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let marked = shown[at].is_some();
        let end = (at..lines.len()).find(|next| shown[*next].is_some() != marked).unwrap_or(lines.len());
        let body = if marked {
            let text: Vec<&str> = shown[at..end].iter().copied().flatten().collect();
            Some(Body::Output(text.join("\n") + "\n"))
        } else {
            let source = code(at..end);
            let cell = end < lines.len() && syntax::ends_in_value(&source);
            let language = context.language.map(str::to_owned);
            let blank = source.trim().is_empty();
            let (skip, remarks) = (context.skip, Vec::new());
            (!blank).then_some(Body::Listing(Listing { code: source, language, skip, cell, remarks }))
        };
        let first = lines[at..end].iter().find(|line| !line.is_blank());
        let last = lines[at..end].iter().rfind(|line| !line.is_blank());
        if let (Some(body), Some(first), Some(last)) = (body, first, last) {
            found.push(Block { line: first.number, end_line: last.number, body });
        }
        at = end;
    }
    let shows = found.windows(2).all(|pair| match (&pair[0].body, &pair[1].body) {
        (Body::Listing(listing), Body::Output(_)) => {
            syntax::parses(&listing.code)
                && (listing.cell || (comments == 0 && listing.code.contains("print(")))
        }
        (Body::Output(_), Body::Listing(listing)) => syntax::parses(&listing.code),
        _ => false,
    });
    shows.then_some(found)
}

/// Where code ends and what it shows begins, as indices; decided where the block cannot be code to its end.
fn output_within(lines: &[Line]) -> Option<(usize, usize)> {
    let whole = joined(lines);
    if syntax::parses(&whole) {
        let offset = syntax::trailing_values(&whole)?;
        let at = whole[..offset].matches('\n').count();
        return Some((at, at));
    }
    let error = syntax::first_error(&whole)?;
    let last = whole.get(..error).map_or(0, |before| before.matches('\n').count());
    // The parser may stumble only after a line or two of words.
    let candidates = lines.iter().enumerate().skip(1).take(last + 1);
    for (at, line) in candidates {
        let separates = output::is_separator(&line.text);
        if !separates && !output::begins_shown(&line.text) {
            continue;
        }
        let code = joined(&lines[..at]);
        let shows = syntax::ends_in_value(&code) || code.contains("print(") || code.contains("echo");
        if syntax::parses(&code)
            && (separates || shows || output::is_log_line(&line.text))
            && (syntax::is_program(&code) || syntax::ends_in_value(&code))
        {
            let from = at + usize::from(separates);
            let rest = joined(&lines[from..]);
            if rest.trim().is_empty()
                || (separates && syntax::is_program(&rest) && !super::repr::is_whole(&rest))
            {
                return None;
            }
            return Some((at, from));
        }
    }
    None
}

/// Whether a block is what the listing directly before it shows.
fn is_shown_by(follows: Follows<'_>, code: &str, language: Option<&str>) -> bool {
    if language.is_some_and(|name| !OUTPUT.contains(&name)) {
        return false;
    }
    follows.as_in_a_notebook
        || super::repr::is_whole(code)
        || (!syntax::parses(code)
            && !code.lines().any(output::is_shell_line)
            && (follows.code.contains("print(") || syntax::ends_in_value(follows.code)))
}

/// A block with prompts; code before the first of them is a listing of its own.
fn transcript(lines: &[Line], prompt: usize, context: Context<'_>) -> Vec<Block> {
    let mut found = Vec::new();
    let (before, after) = lines.split_at(prompt);
    let head = trimmed(before);
    if let (Some(first), Some(last)) = (head.first(), head.last()) {
        let code = joined(&head);
        let body = if syntax::is_program(&code) {
            let language = context.language.map(str::to_owned);
            Body::Listing(Listing { code, language, skip: context.skip, cell: false, remarks: Vec::new() })
        } else {
            Body::Prose
        };
        found.push(Block { line: first.number, end_line: last.number, body });
    }
    let mut steps = examples(after, context.ends);
    for step in &mut steps {
        step.skip |= context.skip;
    }
    if let (Some(first), Some(last)) = (after.first(), after.last()) {
        found.push(Block { line: first.number, end_line: last.number, body: Body::Transcript(steps) });
    }
    found
}

fn body(lines: &[Line], language: Option<&str>, context: Context<'_>) -> Body {
    let code = joined(lines);
    let listing = |code: String| {
        let language = language.map(str::to_owned);
        Body::Listing(Listing { code, language, skip: context.skip, cell: false, remarks: Vec::new() })
    };
    let may_be_output = language.is_none_or(|name| OUTPUT.contains(&name) || name == "sql");
    if may_be_output && output::is_log(&code) {
        return Body::Output(code);
    }
    if context.after_code && language == Some("sql") && output::has_parameters(&code) {
        return Body::Output(code);
    }
    if context.follows.is_some_and(|follows| is_shown_by(follows, &code, language)) {
        return Body::Output(code);
    }
    match language {
        Some(name) if says_python(name) || name.starts_with("pycon") => listing(code),
        Some("output") => Body::Output(code),
        Some(name) if OUTPUT.contains(&name) || SHELL.contains(&name) => {
            let typed = SHELL.contains(&name) && code.lines().any(output::is_shell_line);
            if context.after_code && output::announced(context.lead) && !typed {
                Body::Output(code)
            } else {
                Body::Other(format!("the page calls it {name}, not Python"))
            }
        }
        Some(name) => Body::Other(format!("the page calls it {name}, not Python")),
        None if context.after_code && output::announced(context.lead) && !syntax::is_program(&code) => {
            Body::Output(code)
        }
        None if syntax::is_program(&syntax::with_prints_assigned(&code)) => listing(code),
        None if syntax::parses(&code) => {
            Body::Other("no language is named, and it does nothing as Python".into())
        }
        None => Body::Other("no language is named, and it does not parse as Python".into()),
    }
}
