//! Code of a page that has lost its indentation: classes and functions whose bodies stand below their heads.
//!
//! A body is indented again where it can only be a body: the columns and relationships of a class, its methods, a
//! function up to its `return`. Where it could end in several places the code is left as it stands, and fails as
//! Python says.

use super::super::source::{Line, indent as width};
use super::super::{remarks, syntax};
use super::code::{self, Piece};
use regex::Regex;
use std::sync::LazyLock;

/// Lines looked at for one piece of code.
const LINES: usize = 400;

/// What only the body of a mapped class has.
static MEMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?:
            __\w+__\s*=
          | [A-Za-z_]\w*\s*:\s*[A-Za-z_]
          | [A-Za-z_]\w*\s*(?::[^=]+)?=\s*(?:\w+\.)*
            (?:Column|mapped_column|relationship|relation|dynamic_loader|synonym|column_property|composite|deferred
              |association_proxy|query_expression|backref)\(
          | pass\s*$
          | [rub]?(?:\x22{3}|'{3})
        )",
    )
    .ok()
});
static HEAD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)^(?:class|def|async\s+def)\s+\w+.*:\s*(?:\#.*)?$").ok());
static BLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?s)^(?:for|while|with|if|elif|else|try|except|finally|async|match|case)\b.*:\s*(?:\#.*)?$")
        .ok()
});
static METHOD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:async\s+)?def\s+\w+\s*\(\s*(?:self|cls|mcs)\b").ok());

fn matches(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// How many blocks of a page have lost the indentation of their bodies: none where some block still has it.
pub(in super::super) fn lost(lines: &[Line]) -> usize {
    let code = |line: &Line| {
        let text = line.text.trim_start();
        let prompt = text.strip_prefix(">>>").or_else(|| text.strip_prefix("..."));
        match prompt {
            Some(code) => code.strip_prefix(' ').unwrap_or(code).to_owned(),
            None => line.text.clone(),
        }
    };
    let code: Vec<String> = lines.iter().map(code).filter(|text| !text.trim().is_empty()).collect();
    let heads = |pair: &&[String]| {
        let head = pair[0].trim();
        matches(&HEAD, head) || matches(&BLOCK, head)
    };
    let mut lost = 0;
    for pair in code.windows(2).filter(heads) {
        if width(&pair[1]) > width(&pair[0]) {
            return 0;
        }
        lost += 1;
    }
    lost
}

/// The code at the start of `lines`, if the body of what it begins with is not indented.
pub(super) fn piece(lines: &[Line]) -> Option<Piece> {
    let margin = width(&lines[0].text);
    let at = lines.iter().position(|line| !line.text.trim_start().starts_with('@'))?;
    let head = statement(lines, at);
    let heads = !head.prose && (matches(&HEAD, &head.text) || matches(&BLOCK, &head.text));
    let body = lines[head.end..].iter().find(|line| !line.is_blank()).filter(|_| heads)?;
    if width(&body.text) > width(&lines[at].text) {
        return None;
    }
    let statements = statements(lines)?;
    if statements.iter().find(|statement| statement.first >= head.end).is_none_or(|body| body.prose) {
        return None;
    }
    indented(lines, &statements, margin)
        .or_else(|| one_line_block(lines, &statements, margin))
        .map(|piece| with_remarks(lines, margin, piece))
        .or_else(|| as_it_stands(lines, &statements, margin))
}

/// The code with the comments behind it that say what it prints.
fn with_remarks(lines: &[Line], margin: usize, mut piece: Piece) -> Piece {
    let comment = |at: usize| {
        lines.get(at).and_then(|line| line.text.get(margin..)).filter(|text| text.starts_with('#'))
    };
    if comment(piece.lines).is_some_and(remarks::announces) {
        while let Some(text) = comment(piece.lines) {
            piece.code.push_str(text);
            piece.code.push('\n');
            piece.lines += 1;
        }
    }
    piece
}

/// Indents the bodies in a block of code again, if all of it is code then.
pub(in super::super) fn indent(lines: &mut [Line]) {
    let whole = |lines: &[Line]| lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    if syntax::parses(&whole(lines)) {
        return;
    }
    let mut made: Vec<Line> = Vec::new();
    while let Some(line) = lines.get(made.len()) {
        match piece(&lines[made.len()..]) {
            Some(piece) => {
                let first = made.len();
                let texts = piece.code.lines().zip(&lines[first..]);
                made.extend(texts.map(|(text, line)| Line { number: line.number, text: text.to_owned() }));
            }
            None => made.push(line.clone()),
        }
    }
    if made.len() == lines.len() && syntax::parses(&whole(&made)) {
        lines.clone_from_slice(&made);
    }
}

/// The code of one prompt with its bodies indented, if it is one statement that has lost its indentation.
pub(super) fn again(source: &str) -> Option<String> {
    if !source.trim_end().contains('\n') || syntax::parses(source) {
        return None;
    }
    let lines: Vec<Line> = source
        .trim_end()
        .lines()
        .enumerate()
        .map(|(index, text)| Line { number: index + 1, text: text.to_owned() })
        .collect();
    let statements = statements(&lines)?;
    let heads = |statement: &Statement| matches(&HEAD, &statement.text) || matches(&BLOCK, &statement.text);
    let first = statements.iter().position(|statement| !statement.decorates)?;
    if statements.iter().any(|statement| statement.prose || width(&lines[statement.first].text) > 0) {
        return None;
    }
    let alone =
        heads(&statements[first]) && statements.iter().filter(|statement| heads(statement)).count() == 1;
    let code = if alone {
        // All that follows the head of a statement is its body.
        let body = statements[first].end;
        let line = |(at, line): (usize, &Line)| {
            if at < body || line.is_blank() { line.text.clone() } else { format!("    {}", line.text) }
        };
        lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n") + "\n"
    } else {
        indented(&lines, &statements, 0).filter(|piece| piece.lines == lines.len())?.code
    };
    syntax::parses(&code).then_some(code)
}

/// A statement's lines, as indices.
struct Statement {
    first: usize,
    end: usize,
    text: String,
    /// Whether it is a decorator.
    decorates: bool,
    /// Whether it is words and no code.
    prose: bool,
}

/// The statements at the start of `lines`, the last of which may be where prose begins.
fn statements(lines: &[Line]) -> Option<Vec<Statement>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len().min(LINES) {
        if lines[at].is_blank() {
            at += 1;
            continue;
        }
        let statement = statement(lines, at);
        let prose = statement.prose;
        at = statement.end;
        found.push(statement);
        if prose {
            break;
        }
    }
    (found.len() > 1).then_some(found)
}

/// The statement that begins on a line: as many lines as it takes to be one.
fn statement(lines: &[Line], at: usize) -> Statement {
    let first = lines[at].text.trim();
    let decorates = first.starts_with('@') && syntax::parses(&format!("{first}\ndef f(): pass\n"));
    let mut text = String::new();
    for (end, line) in lines.iter().enumerate().skip(at).take(40) {
        if end > at && super::begins_prompt(&line.text) {
            break;
        }
        text.push_str(line.text.trim());
        if is_statement(&text) || decorates {
            return Statement { first: at, end: end + 1, text, decorates, prose: false };
        }
        text.push('\n');
        if !is_open(&text) {
            break;
        }
    }
    Statement { first: at, end: at + 1, text: first.to_owned(), decorates, prose: true }
}

fn is_statement(text: &str) -> bool {
    let heads = matches(&HEAD, text) || matches(&BLOCK, text) || (text.ends_with(':') && text.contains('\n'));
    if heads {
        let continues =
            ["elif", "else", "except", "finally", "case"].iter().any(|word| text.starts_with(word));
        return continues || syntax::is_program(&format!("{text}\n pass\n"));
    }
    if text.starts_with("return") || text.starts_with("yield") || text.starts_with("await") {
        return syntax::parses(text);
    }
    text.starts_with('#') || text == "pass" || syntax::is_program(text) || is_documentation(text)
}

fn is_documentation(text: &str) -> bool {
    (text.starts_with("\"\"\"") || text.starts_with("'''")) && syntax::parses(text)
}

/// Whether a bracket or a string is open at the end.
fn is_open(text: &str) -> bool {
    let depth: i64 = text
        .chars()
        .map(|letter| match letter {
            '(' | '[' | '{' => 1,
            ')' | ']' | '}' => -1,
            _ => 0,
        })
        .sum();
    let quotes = text.matches("\"\"\"").count() + text.matches("'''").count();
    depth > 0 || quotes % 2 == 1 || text.trim_end().ends_with('\\')
}

/// What a line stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Class,
    Method,
    Function,
}

/// The code with its bodies indented, as far as there is one way to do it.
fn indented(lines: &[Line], statements: &[Statement], margin: usize) -> Option<Piece> {
    let mut within = Within::Nothing;
    // Whether the body that is being read has a statement.
    let mut filled = true;
    let mut code: Vec<String> = Vec::new();
    let mut taken = 0;
    for (at, statement) in statements.iter().enumerate() {
        let text = statement.text.as_str();
        let decorated = statements[at..].iter().find(|next| !next.decorates).map_or("", |next| &next.text);
        let method = matches(&METHOD, decorated);
        let own = matches(&MEMBER, text) || (within == Within::Class && text.starts_with('#'));
        let mut inside = within;
        if matches!(inside, Within::Method) && filled && (method || (own && !is_documentation(text))) {
            inside = Within::Class;
        }
        if inside == Within::Class && filled && !method && !own {
            inside = Within::Nothing;
        }
        let begins = matches(&HEAD, text) || statement.decorates;
        if statement.prose || (inside == Within::Nothing && !begins) {
            break;
        }
        if matches(&BLOCK, text) || (inside == Within::Function && begins && !filled) {
            // Nothing says where its body ends.
            return None;
        }
        let depth = match inside {
            Within::Nothing => 0,
            Within::Class | Within::Function => 4,
            Within::Method => 8,
        };
        code.resize(statement.first, String::new());
        code.extend(lines[statement.first..statement.end].iter().map(|line| {
            let body = line.text.get(margin..).unwrap_or("");
            format!("{}{body}", " ".repeat(depth))
        }));
        taken = statement.end;
        filled = true;
        within = if statement.decorates {
            inside
        } else if text.starts_with("class") {
            filled = false;
            Within::Class
        } else if matches(&HEAD, text) {
            filled = false;
            if inside == Within::Class { Within::Method } else { Within::Function }
        } else if text.starts_with("return") {
            if inside == Within::Method { Within::Class } else { Within::Nothing }
        } else {
            inside
        };
    }
    let code = code.join("\n") + "\n";
    let ends = within != Within::Function && filled;
    (ends && syntax::is_program(&code)).then_some(Piece { code, lines: taken, cut: None })
}

/// A block with the one statement that can be its body: no code of its kind follows directly.
fn one_line_block(lines: &[Line], statements: &[Statement], margin: usize) -> Option<Piece> {
    let [head, body, rest @ ..] = statements else { return None };
    let plain = |statement: &Statement| {
        !statement.prose && !matches(&HEAD, &statement.text) && !matches(&BLOCK, &statement.text)
    };
    let ends = |next: &Statement| {
        next.prose
            || next.first > body.end
            || next.text.starts_with('#')
            || is_documentation(&next.text)
            || ["class ", "def ", "from ", "import ", "@"].iter().any(|word| next.text.starts_with(word))
    };
    let apart = body.first > head.end || !matches(&BLOCK, &head.text) || !plain(body);
    if apart || !rest.first().is_none_or(ends) {
        return None;
    }
    let line = |at: usize| {
        let text = lines[at].text.get(margin..).unwrap_or("");
        if at < body.first { text.to_owned() } else { format!("    {text}") }
    };
    let code = (0..body.end).map(line).collect::<Vec<_>>().join("\n") + "\n";
    syntax::is_program(&code).then_some(Piece { code, lines: body.end, cut: None })
}

/// The code as the page has it, up to a blank line or to prose.
fn as_it_stands(lines: &[Line], statements: &[Statement], margin: usize) -> Option<Piece> {
    let mut end = 0;
    for statement in statements {
        let stands_apart = statement.first > end;
        if statement.prose || (end > 0 && stands_apart && !code::is_surely_code(&lines[statement.first].text))
        {
            break;
        }
        end = statement.end;
    }
    let text: Vec<&str> = lines[..end].iter().map(|line| line.text.get(margin..).unwrap_or("")).collect();
    let code = text.join("\n") + "\n";
    (end > 1).then_some(Piece { code, lines: end, cut: None })
}

#[cfg(test)]
mod tests {
    use super::{again, piece};
    use crate::document::source::Line;

    fn read(text: &str) -> Option<(String, usize)> {
        let lines: Vec<Line> = text
            .lines()
            .enumerate()
            .map(|(index, text)| Line { number: index + 1, text: text.to_owned() })
            .collect();
        piece(&lines).map(|piece| (piece.code, piece.lines))
    }

    #[test]
    fn the_members_of_a_class_are_indented_again_up_to_what_is_no_member() {
        let page = "class Shop(Base):\n__tablename__ = 'shop'\nid = Column(Integer,\nprimary_key=True)\nshop = Shop()\n";
        let (code, lines) = read(page).expect("code");
        assert_eq!(
            code,
            "class Shop(Base):\n    __tablename__ = 'shop'\n    id = Column(Integer,\n    primary_key=True)\n"
        );
        assert_eq!(lines, 4);
    }

    #[test]
    fn a_method_ends_with_its_return_or_where_a_member_follows() {
        let page = "class Shop(Base):\nid = Column(Integer)\ndef __repr__(self):\nname = self.id\nreturn str(name)\ngoods = relationship('Good')\nprint(1)\n";
        let (code, lines) = read(page).expect("code");
        assert!(code.contains("\n        name = self.id\n        return str(name)\n    goods = "), "{code}");
        assert_eq!(lines, 6);
    }

    #[test]
    fn a_body_that_could_end_anywhere_is_left_as_it_stands() {
        let page = "for good in goods:\nprint(good)\nprint('done')\nHere we see what is printed.\n";
        let (code, lines) = read(page).expect("code");
        assert_eq!((code.as_str(), lines), ("for good in goods:\nprint(good)\nprint('done')\n", 3));
        let page = "for good in goods:\nprint(good)\nHere we see what is printed.\n";
        let (code, lines) = read(page).expect("code");
        assert_eq!((code.as_str(), lines), ("for good in goods:\n    print(good)\n", 2));
    }

    #[test]
    fn what_one_prompt_asks_is_one_statement() {
        let class = "class Shop(Base):\n__tablename__ = 'shop'\n\ndef __repr__(self):\nreturn 'shop'\n";
        let code = again(class).expect("code");
        assert_eq!(
            code,
            "class Shop(Base):\n    __tablename__ = 'shop'\n\n    def __repr__(self):\n        return 'shop'\n"
        );
        assert_eq!(again("for x in y:\nprint(x)\n").as_deref(), Some("for x in y:\n    print(x)\n"));
        assert_eq!(again("for x in y:\n    print(x)\n"), None);
        assert_eq!(again("for x in y:\nif x:\nprint(x)\nprint(y)\n"), None);
    }

    #[test]
    fn indented_code_and_words_are_none_of_its_business() {
        assert_eq!(read("class Shop(Base):\n    id = Column(Integer)\n"), None);
        assert_eq!(read("class Shop:\nis what we call it.\n"), None);
        assert_eq!(read("x = 1\ny = 2\n"), None);
    }
}
