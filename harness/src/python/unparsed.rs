//! CPython's words for what often stands in documents and does not parse: brackets that are left open or do not match,
//! quotation marks of word processors, a body that is not indented, and Python 2's `print`.

/// The words, and the byte of the source that they speak of; `message` is what our parser says of the one at `start`.
pub(super) fn words(message: &str, text: &str, start: usize) -> Option<(String, usize)> {
    let before = text.get(..start)?;
    if let Some(letter) = text[start..].chars().next().filter(|letter| !letter.is_ascii())
        && message.starts_with("Got unexpected token")
    {
        let code = u32::from(letter);
        let words = if letter.is_whitespace() || letter.is_control() {
            format!("invalid non-printable character U+{code:04X}")
        } else {
            format!("invalid character '{letter}' (U+{code:04X})")
        };
        return Some((words, start));
    }
    if let Some(found) = bracket(text, start) {
        return Some(found);
    }
    let at = text.lines().nth(before.matches('\n').count()).unwrap_or_default();
    statement(message, before, at).map(|words| (words, start))
}

/// What is wrong with the brackets of a source that stops being Python at `error`: some are open at its end, or do not
/// match up to there.
fn bracket(text: &str, error: usize) -> Option<(String, usize)> {
    let line_of = |at: usize| text[..at].matches('\n').count() + 1;
    let mut open: Vec<(usize, u8)> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'#' => at += text[at..].find('\n').unwrap_or(text.len() - at),
            b'\'' | b'"' => at = after_string(text, at)?,
            letter @ (b'(' | b'[' | b'{') => {
                open.push((at, letter));
                at += 1;
            }
            letter @ (b')' | b']' | b'}') => {
                let closing = char::from(letter);
                match open.pop() {
                    Some((_, opening)) if closes(opening) == letter => {}
                    _ if at > error => return None,
                    None => return Some((format!("unmatched '{closing}'"), at)),
                    Some((from, opening)) => {
                        let on = if line_of(from) == line_of(at) {
                            String::new()
                        } else {
                            format!(" on line {}", line_of(from))
                        };
                        let words = format!(
                            "closing parenthesis '{closing}' does not match opening parenthesis '{}'{on}",
                            char::from(opening)
                        );
                        return Some((words, at));
                    }
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    let (from, opening) = *open.last()?;
    Some((format!("'{}' was never closed", char::from(opening)), from))
}

const fn closes(opening: u8) -> u8 {
    match opening {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

/// Where the string that begins at `at` has ended; nothing where it does not end.
fn after_string(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = bytes[at];
    let long = bytes.get(at + 1) == Some(&quote) && bytes.get(at + 2) == Some(&quote);
    let width = if long { 3 } else { 1 };
    let mut next = at + width;
    while let Some(byte) = bytes.get(next) {
        match byte {
            b'\\' => next += 2,
            b'\n' if !long => return None,
            byte if *byte == quote => {
                if !long || bytes.get(next..next + 3) == Some(&[quote; 3]) {
                    return Some(next + width);
                }
                next += 1;
            }
            _ => next += 1,
        }
    }
    None
}

/// The words for a body that is not indented, and for Python 2's `print`.
fn statement(message: &str, before: &str, at: &str) -> Option<String> {
    let first = at.trim_start();
    if first.starts_with("print ") && !first.starts_with("print (") && message.contains("Simple statements") {
        return Some("Missing parentheses in call to 'print'. Did you mean print(...)?".to_owned());
    }
    let head = message.strip_prefix("Expected an indented block after ")?;
    let (what, word) = match head.split('`').nth(1) {
        Some("def") => ("function definition".to_owned(), "def"),
        Some("class") => ("class definition".to_owned(), "class"),
        Some(word) => (format!("'{word}' statement"), word),
        None if head.starts_with("function") => (head.to_owned(), "def"),
        None if head.starts_with("class") => (head.to_owned(), "class"),
        None => return None,
    };
    let begins = |text: &str| {
        let text = text.trim_start();
        let text = text.strip_prefix("async ").unwrap_or(text);
        text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric()))
    };
    let above = before.lines().collect::<Vec<_>>().iter().rposition(|text| begins(text))?;
    Some(format!("expected an indented block after {what} on line {}", above + 1))
}

#[cfg(test)]
mod tests {
    use super::bracket;

    #[test]
    fn brackets_are_blamed_where_they_stand() {
        let words = |text: &str, error: usize| bracket(text, error);
        assert_eq!(words("f(a.b('(x')\n", 12), Some(("'(' was never closed".to_owned(), 1)));
        assert_eq!(words("x = f(1\ny = 2\n", 8), Some(("'(' was never closed".to_owned(), 5)));
        assert_eq!(words("f(a))\n", 4), Some(("unmatched ')'".to_owned(), 4)));
        assert_eq!(words("f(1 2)\n", 4), None);
        assert_eq!(words("f(\n1 2\n)\n", 6), None);
        let across = "closing parenthesis ')' does not match opening parenthesis '[' on line 1";
        assert_eq!(words("f([\n1)\n", 5), Some((across.to_owned(), 5)));
    }
}
