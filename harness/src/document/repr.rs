//! Where a Python literal or an object's repr ends.
//!
//! For pages on which prose follows an output on the same line. Reads from the start of a text and never
//! guesses: what is not wholly a repr has no end.

/// Values inside values.
const DEPTH: usize = 60;

/// The byte offset at which the repr that `text` begins with ends.
pub(super) fn end(text: &str) -> Option<usize> {
    let mut scan = Scan { text, at: 0 };
    scan.value(0).then_some(scan.at)
}

/// Whether a text is the repr of one value and nothing else; a call of a method is code.
pub(super) fn is_whole(text: &str) -> bool {
    let text = text.trim();
    let called = text.split('(').next().unwrap_or("");
    let method = called.rsplit('.').next().unwrap_or("");
    let calls = !called.is_empty() && called.len() < text.len();
    end(text) == Some(text.len()) && !(calls && method.starts_with(|letter: char| letter.is_lowercase()))
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> bool {
        if depth > DEPTH {
            return false;
        }
        match self.peek() {
            Some(b'\'' | b'"') => self.string(),
            Some(b'(') => self.items(b')', depth),
            Some(b'[') => self.items(b']', depth),
            Some(b'{') => self.items(b'}', depth),
            Some(b'<') => self.angles(),
            Some(b'.') if self.rest().starts_with("...") => {
                self.at += 3;
                true
            }
            Some(b'-' | b'+' | b'0'..=b'9') => self.number(),
            Some(byte) if byte == b'_' || byte.is_ascii_alphabetic() => self.name(depth),
            _ => false,
        }
    }

    /// A quoted string on one line.
    fn string(&mut self) -> bool {
        let Some(quote) = self.peek() else { return false };
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'\n' => return false,
                byte if *byte == quote => {
                    self.at = at + 1;
                    return true;
                }
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// What stands between brackets: values, `key: value` and `name=value`, with commas between.
    fn items(&mut self, close: u8, depth: usize) -> bool {
        self.at += 1;
        loop {
            self.space();
            if self.peek() == Some(close) {
                self.at += 1;
                return true;
            }
            if !self.item(depth) {
                return false;
            }
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => {}
                _ => return false,
            }
        }
    }

    fn item(&mut self, depth: usize) -> bool {
        let word = self.rest().find(|letter: char| letter != '_' && !letter.is_alphanumeric()).unwrap_or(0);
        if word > 0 && self.rest()[word..].starts_with('=') {
            self.at += word + 1;
        }
        if !self.value(depth + 1) {
            return false;
        }
        self.space();
        if self.peek() == Some(b':') {
            self.at += 1;
            self.space();
            return self.value(depth + 1);
        }
        true
    }

    /// `<__main__.User object at 0x…>`, with angles inside; on one line.
    fn angles(&mut self) -> bool {
        let mut depth = 0_usize;
        for (offset, byte) in self.rest().bytes().enumerate() {
            match byte {
                b'<' => depth += 1,
                b'>' => {
                    depth -= 1;
                    if depth == 0 {
                        let inner = self.rest().get(1..offset).unwrap_or("");
                        let whole =
                            inner.chars().next().is_some_and(|c| c == '_' || c.is_alphanumeric() || c == '.');
                        self.at += offset + 1;
                        return whole;
                    }
                }
                b'\n' => return false,
                _ => {}
            }
        }
        false
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - from
    }

    fn number(&mut self) -> bool {
        if self.peek().is_some_and(|byte| byte == b'-' || byte == b'+') {
            self.at += 1;
        }
        if self.digits() == 0 {
            return false;
        }
        let whole = self.at;
        if self.peek() == Some(b'.') {
            self.at += 1;
            // `5.` at the end of an output is a sentence's full stop as often as a number's.
            if self.digits() == 0 {
                self.at = whole;
            }
        }
        let mantissa = self.at;
        if self.peek().is_some_and(|byte| byte == b'e') {
            self.at += 1;
            if self.peek().is_some_and(|byte| byte == b'-' || byte == b'+') {
                self.at += 1;
            }
            if self.digits() == 0 {
                self.at = mantissa;
            }
        }
        true
    }

    /// `None` and its kin, a prefixed string, or a call that a repr shows.
    fn name(&mut self, depth: usize) -> bool {
        for word in ["None", "True", "False", "NotImplemented", "Ellipsis"] {
            if let Some(after) = self.rest().strip_prefix(word)
                && !after
                    .starts_with(|c: char| c == '_' || c.is_ascii_digit() || c.is_lowercase() || c == '(')
            {
                self.at += word.len();
                return true;
            }
        }
        let length = self
            .rest()
            .find(|letter: char| letter != '_' && letter != '.' && !letter.is_alphanumeric())
            .unwrap_or(self.rest().len());
        let next = self.text.as_bytes().get(self.at + length).copied();
        let name = &self.rest()[..length];
        match next {
            Some(b'\'' | b'"') if matches!(name, "b" | "u" | "r" | "br" | "rb") => {
                self.at += length;
                self.string()
            }
            Some(b'(') => {
                self.at += length;
                self.items(b')', depth)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{end, is_whole};

    fn rest(text: &str) -> Option<&str> {
        end(text).map(|end| &text[end..])
    }

    #[test]
    fn a_constant_ends_where_prose_begins() {
        assert_eq!(rest("NoneAfterwards, it is set"), Some("Afterwards, it is set"));
        assert_eq!(rest("TrueBut"), Some("But"));
        assert_eq!(rest("12The"), Some("The"));
        assert_eq!(rest("1.5.  Then"), Some(".  Then"));
    }

    #[test]
    fn brackets_and_objects_end_with_their_last_bracket() {
        assert_eq!(rest("[]All gone"), Some("All gone"));
        assert_eq!(rest("[<shop.Cart object at 0x1f>]Both"), Some("Both"));
        assert_eq!(rest("<Cart 'a>b'>x"), Some("b'>x"));
        assert_eq!(rest("Cart(id=1, items=['a', \"b\"])Next"), Some("Next"));
        assert_eq!(rest("{'a': (1, 2.5),\n 'b': None}Then"), Some("Then"));
    }

    #[test]
    fn a_call_of_a_method_is_no_value() {
        assert!(is_whole("Cart(id=1, items=['a'])"));
        assert!(is_whole(" (1, 'a')"));
        assert!(!is_whole("session.commit()"));
        assert!(!is_whole("print('a')"));
        assert!(!is_whole("[1] and more"));
    }

    #[test]
    fn words_are_no_repr() {
        assert_eq!(end("Nonetheless, it works"), None);
        assert_eq!(end("The cart is empty"), None);
        assert_eq!(end("[one two]"), None);
        assert_eq!(end("'open"), None);
        assert_eq!(end(&"[".repeat(10_000)), None);
    }
}
