//! Comments behind an expression that say what its value is: `user.name  # => 'Ida'`, `a.bs  # [<B 1>]`.
//!
//! A listing is cut behind each such expression, whose value it then shows as a notebook does. Only a value that is
//! written out counts: words describe.

use super::source::{Line, joined, trimmed};
use super::{Block, Body, Listing, remarks};
use crate::nesting::too_deep;
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;

/// The listing that `lines` hold, cut behind expressions whose value a comment gives; nothing where there are none.
pub(super) fn blocks(lines: &[Line], language: Option<&str>, skip: bool) -> Option<Vec<Block>> {
    let code = joined(lines);
    if !code.contains('#') || too_deep(&code).is_some() {
        return None;
    }
    let parsed = parse_module(&code).ok()?;
    let line_at = |offset: usize| code[..offset].matches('\n').count();
    let listing = |from: usize, to: usize, cell: bool| {
        let part = trimmed(&lines[from..to]);
        let source = joined(&part);
        let body = Body::Listing(Listing {
            code: source,
            language: language.map(str::to_owned),
            skip,
            cell,
            remarks: Vec::new(),
        });
        Some(Block { line: part.first()?.number, end_line: part.last()?.number, body })
    };
    let mut found = Vec::new();
    let mut from = 0;
    for statement in parsed.suite() {
        let Some(value) = shown(statement, &code) else { continue };
        let last = line_at(statement.end().to_usize());
        found.push(listing(from, last + 1, true)?);
        let number = lines.get(last)?.number;
        found.push(Block { line: number, end_line: number, body: Body::Output(format!("{value}\n")) });
        from = last + 1;
    }
    if found.is_empty() {
        return None;
    }
    if lines[from..].iter().any(|line| !line.is_blank()) {
        found.push(listing(from, lines.len(), false)?);
    }
    Some(found)
}

/// The value that the comment behind a statement gives it.
fn shown(statement: &Stmt, code: &str) -> Option<String> {
    let Stmt::Expr(expression) = statement else { return None };
    let called = match &*expression.value {
        Expr::Call(call) => {
            if matches!(&*call.func, Expr::Name(name) if name.id == "print" || name.id == "pprint") {
                return None;
            }
            true
        }
        Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) | Expr::Compare(_) => false,
        _ => return None,
    };
    let (start, end) = (statement.start().to_usize(), statement.end().to_usize());
    let begins_line = code[..start].is_empty() || code[..start].ends_with('\n');
    let rest = code[end..].split('\n').next().unwrap_or("");
    let comment = rest.trim_start().strip_prefix('#').filter(|_| begins_line)?;
    remarks::value(comment, called)
}

#[cfg(test)]
mod tests {
    use super::blocks;
    use crate::document::Body;
    use crate::document::source::Line;

    fn read(code: &str) -> Option<Vec<String>> {
        let lines: Vec<Line> = code
            .lines()
            .enumerate()
            .map(|(index, text)| Line { number: index + 1, text: text.to_owned() })
            .collect();
        let found = blocks(&lines, None, false)?;
        Some(
            found
                .into_iter()
                .map(|block| match block.body {
                    Body::Listing(listing) => format!("{}:{}", block.line, listing.code.trim_end()),
                    Body::Output(text) => format!("{}={}", block.line, text.trim_end()),
                    _ => String::new(),
                })
                .collect(),
        )
    }

    #[test]
    fn a_listing_is_cut_behind_an_expression_whose_value_is_given() {
        let code = "a.name = 'x'\na.name  # => 'x'\ns.rollback()\na.bs # [<B 1>], as before\ns.close()\n";
        let expected = [
            "1:a.name = 'x'\na.name  # => 'x'",
            "2='x'",
            "3:s.rollback()\na.bs # [<B 1>], as before",
            "4=[<B 1>]",
            "5:s.close()",
        ];
        assert_eq!(read(code).expect("blocks"), expected);
        assert_eq!(read("a in s  # True\n").expect("blocks"), ["1:a in s  # True", "1=True"]);
    }

    #[test]
    fn words_behind_an_expression_describe_it() {
        for code in [
            "a.bs  # the list\n",
            "s.commit()  # 1\n",
            "a.b  # None\n",
            "print(a)  # [1]\n",
            "s.add(a)  # 'pending'\n",
            "a.bs  # [<B>, ...]\n",
        ] {
            assert_eq!(read(code), None, "{code}");
        }
    }
}
