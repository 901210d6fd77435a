//! How deeply a piece of source nests, before any parser sees it.
//!
//! The parser and everything that walks its tree recurse; a document must not choose how far. The measure is
//! crude on purpose: it reads characters, so it cannot itself recurse, and it errs on the side of refusing.

/// Brackets inside brackets.
const BRACKETS: usize = 150;
/// Blocks inside blocks; Python itself refuses more than a hundred.
const BLOCKS: usize = 100;
/// Operators in a row without a comma between them.
const CHAIN: usize = 1500;

/// Why `source` nests too deeply to be parsed, if it does, with the 1-based line.
pub fn too_deep(source: &str) -> Option<(usize, &'static str)> {
    let mut depth = 0_usize;
    let mut chain = 0_usize;
    let mut indents: Vec<usize> = Vec::new();
    for (index, line) in source.split('\n').enumerate() {
        let number = index + 1;
        let body = line.trim_start_matches([' ', '\t', '\u{c}']);
        if depth == 0 && !body.is_empty() {
            chain = 0;
            let width = line.len() - body.len();
            while indents.last().is_some_and(|last| *last >= width) {
                indents.pop();
            }
            indents.push(width);
            if indents.len() > BLOCKS {
                return Some((number, "blocks nested more than a hundred deep"));
            }
        }
        let mut word = false;
        for byte in body.bytes() {
            let was_word = word;
            word = byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80;
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b',' | b';' => chain = 0,
                b'#' if depth == 0 && chain == 0 => break,
                b'+' | b'-' | b'*' | b'/' | b'%' | b'~' | b'|' | b'&' | b'^' | b'<' | b'>' | b'=' | b'.'
                | b'@' | b':' | b'!' => chain += 1,
                _ if word && !was_word => chain += 1,
                _ => {}
            }
            if depth > BRACKETS {
                return Some((number, "brackets nested too deep"));
            }
            if chain > CHAIN {
                return Some((number, "an expression of too many parts"));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    #[test]
    fn an_ordinary_program_is_not_too_deep() {
        let source = "class A(B):\n    x = f(1, [2, {3: 4}])\n\n    def g(self):\n        return self.x\n";
        assert_eq!(too_deep(source), None);
    }

    #[test]
    fn a_long_table_of_numbers_is_not_too_deep() {
        let source = format!("x = [{}]\n", "-1, ".repeat(20_000));
        assert_eq!(too_deep(&source), None);
    }

    #[test]
    fn brackets_blocks_and_chains_are_bounded() {
        let brackets = format!("x = 1\ny = {}1", "(".repeat(100_000));
        assert_eq!(too_deep(&brackets).map(|(line, _)| line), Some(2));
        let blocks = (0..200).map(|depth| " ".repeat(depth) + "if x:").collect::<Vec<_>>().join("\n");
        assert_eq!(too_deep(&blocks).map(|(line, _)| line), Some(101));
        assert!(too_deep(&format!("x = {}y", "not ".repeat(100_000))).is_some());
        assert!(too_deep(&format!("x = {}y", "-".repeat(100_000))).is_some());
    }
}
