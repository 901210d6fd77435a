//! What `json.loads()` of CPython 3.11 says of text that is no JSON, and where.
//!
//! Reads by the order in which that reader looks at things; what is right is left to `serde_json`.

/// A message, and the place in characters that it speaks of.
pub(super) type Fault = (&'static str, usize);

const VALUE: &str = "Expecting value";

/// The first fault of `text`; `None` where it has none.
pub(super) fn of(text: &str) -> Option<Fault> {
    let letters: Vec<char> = text.chars().collect();
    let mut reader = Reader { letters: &letters, at: 0 };
    reader.space();
    let read = reader.value(0).and_then(|()| {
        reader.space();
        if reader.at < letters.len() { Err(("Extra data", reader.at)) } else { Ok(()) }
    });
    read.err()
}

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn now(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.now(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    /// Whether the next letter is this one, which is passed then.
    fn takes(&mut self, letter: char) -> bool {
        let is_next = self.now() == Some(letter);
        self.at += usize::from(is_next);
        is_next
    }

    fn word(&mut self, word: &str) -> bool {
        let is_next =
            word.chars().enumerate().all(|(at, letter)| self.letters.get(self.at + at) == Some(&letter));
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    fn value(&mut self, depth: usize) -> Result<(), Fault> {
        let start = self.at;
        match self.now() {
            Some('"') => self.text(),
            Some('{') if depth < super::DEEPEST => self.object(depth),
            Some('[') if depth < super::DEEPEST => self.array(depth),
            Some('-' | '0'..='9') if self.number() => Ok(()),
            _ if ["null", "true", "false", "NaN", "Infinity", "-Infinity"]
                .into_iter()
                .any(|word| self.word(word)) =>
            {
                Ok(())
            }
            _ => Err((VALUE, start)),
        }
    }

    /// A number as far as it is one; nothing is passed where none begins here.
    fn number(&mut self) -> bool {
        let start = self.at;
        self.takes('-');
        if !self.takes('0') && self.digits() == 0 {
            self.at = start;
            return false;
        }
        let whole = self.at;
        if self.takes('.') && self.digits() == 0 {
            self.at = whole;
        }
        let mantissa = self.at;
        if self.takes('e') || self.takes('E') {
            if !self.takes('+') {
                self.takes('-');
            }
            if self.digits() == 0 {
                self.at = mantissa;
            }
        }
        true
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.now().is_some_and(|letter| letter.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn text(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.now() {
                None => return Err(("Unterminated string starting at", start)),
                Some('"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('\\') => self.escape(start)?,
                Some(letter) if u32::from(letter) < 0x20 => {
                    return Err(("Invalid control character at", self.at));
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self, start: usize) -> Result<(), Fault> {
        let mark = self.at;
        self.at += 1;
        match self.now() {
            None => Err(("Unterminated string starting at", start)),
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => {
                self.at += 1;
                Ok(())
            }
            Some('u') => {
                let digits = self.letters.get(self.at + 1..self.at + 5);
                if digits.is_some_and(|digits| digits.iter().all(char::is_ascii_hexdigit)) {
                    self.at += 5;
                    Ok(())
                } else {
                    Err(("Invalid \\uXXXX escape", self.at))
                }
            }
            Some(_) => Err(("Invalid \\escape", mark)),
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), Fault> {
        self.at += 1;
        self.space();
        if self.takes(']') {
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            self.space();
            if self.takes(']') {
                return Ok(());
            }
            if !self.takes(',') {
                return Err(("Expecting ',' delimiter", self.at));
            }
            self.space();
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), Fault> {
        self.at += 1;
        self.space();
        if self.takes('}') {
            return Ok(());
        }
        loop {
            if self.now() != Some('"') {
                return Err(("Expecting property name enclosed in double quotes", self.at));
            }
            self.text()?;
            self.space();
            if !self.takes(':') {
                return Err(("Expecting ':' delimiter", self.at));
            }
            self.space();
            self.value(depth + 1)?;
            self.space();
            if self.takes('}') {
                return Ok(());
            }
            if !self.takes(',') {
                return Err(("Expecting ',' delimiter", self.at));
            }
            self.space();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    /// As `python3.11 -c 'import json; json.loads(…)'` says it.
    #[test]
    fn faults_are_cpythons() {
        let name = "Expecting property name enclosed in double quotes";
        for (text, fault) in [
            ("", ("Expecting value", 0)),
            ("{'a': 1}", (name, 1)),
            ("[1,", ("Expecting value", 3)),
            ("{\"a\" 1}", ("Expecting ':' delimiter", 5)),
            ("{\"a\": 1,}", (name, 8)),
            ("[1 2]", ("Expecting ',' delimiter", 3)),
            ("{\"a\": }", ("Expecting value", 6)),
            ("\"ab", ("Unterminated string starting at", 0)),
            ("\"a\\qb\"", ("Invalid \\escape", 2)),
            ("\"a\\u12\"", ("Invalid \\uXXXX escape", 3)),
            ("[1] x", ("Extra data", 4)),
            ("01", ("Extra data", 1)),
            ("1.", ("Extra data", 1)),
            ("-", ("Expecting value", 0)),
            ("\"a\nb\"", ("Invalid control character at", 2)),
            ("{", (name, 1)),
            ("  [ , ]", ("Expecting value", 4)),
        ] {
            assert_eq!(of(text), Some(fault), "{text}");
        }
        assert_eq!(of("{\"a\": [1, -2.5e3, null, \"b\\u00e9\"]}"), None);
    }
}
