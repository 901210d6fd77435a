//! How pages are split: readers, blocks and exact lines, on pages written for the purpose.

use backproof::document::{Body, Document, Reader, read};
use pretty_assertions::assert_eq;

fn page(text: &str, extension: &str) -> Document {
    read(text.as_bytes(), None, Some(extension)).expect("the page is UTF-8")
}

/// What stands where: `line-end kind`, and for prompts their outputs.
fn outline(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for block in &document.blocks {
        match &block.body {
            Body::Prose => {}
            Body::Listing(listing) => {
                let kind = if listing.cell { "cell" } else { "listing" };
                found.push(format!("{}-{} {kind}", block.line, block.end_line));
            }
            Body::Output(_) => found.push(format!("{}-{} output", block.line, block.end_line)),
            Body::Other(_) => found.push(format!("{}-{} not run", block.line, block.end_line)),
            Body::Include(name) => found.push(format!("{} include {name}", block.line)),
            Body::Transcript(examples) => {
                for example in examples {
                    let skip = if example.skip { " skipped" } else { "" };
                    match (example.is_empty(), example.want_line) {
                        (true, _) => found.push(format!("{} empty", example.line)),
                        (false, None) => found.push(format!("{} prompt{skip}", example.line)),
                        (false, Some(line)) => {
                            let want = example.want.trim_end().replace('\n', "|");
                            found.push(format!("{} prompt{skip}, {line}: {want}", example.line));
                        }
                    }
                }
            }
        }
    }
    found
}

fn listings(document: &Document) -> Vec<String> {
    let code = |block: &backproof::document::Block| match &block.body {
        Body::Listing(listing) => Some(listing.code.clone()),
        _ => None,
    };
    document.blocks.iter().filter_map(code).collect()
}

#[test]
fn the_reader_is_chosen_by_what_stands_on_the_page() {
    assert_eq!(page("# Shops\n\n```python\nx = 1\n```\n", "txt").reader, Reader::Markdown);
    assert_eq!(page("Shops\n=====\n\nAs in::\n\n    x = 1\n", "txt").reader, Reader::Rst);
    assert_eq!(page("Here we go:\nx = 1\n>>> x\n1\n", "txt").reader, Reader::Text);
    assert_eq!(page("Only words.\n", "rst").reader, Reader::Rst);
    assert_eq!(page("Only words.\n", "md").reader, Reader::Markdown);
    let asked = read(b"# Shops\n", Some(Reader::Text), Some("md")).expect("the page is UTF-8");
    assert_eq!(asked.reader, Reader::Text);
}

#[test]
fn a_page_that_is_not_utf8_names_the_line() {
    let error = read(b"one\r\ntwo\nth\xffree\n", None, None).expect_err("a byte that is not UTF-8");
    assert_eq!(error.line(), 3);
}

#[test]
fn line_ends_and_a_byte_order_mark_do_not_move_lines() {
    let text = "\u{feff}# Shops\r\n\r\n```python\r\n\r\nx = 1\r\n\r\ny = 2\r\n\r\n```\r\n";
    let document = page(text, "md");
    assert_eq!(outline(&document), ["5-7 listing"]);
    assert_eq!(listings(&document), ["x = 1\n\ny = 2\n"]);
}

#[test]
fn markdown_blocks_keep_their_lines_in_lists_and_quotes() {
    let text = "1. First:\n\n   ```python\n   x = 1\n\n   if x:\n       y = 2\n   ```\n\n> Quoted:\n>\n> ```pycon\n> >>> x\n> 1\n> ```\n\nIndented:\n\n    z = 3\n    w = 4\n";
    let document = page(text, "md");
    assert_eq!(outline(&document), ["4-7 listing", "13 prompt, 14: 1", "19-20 listing"]);
    assert_eq!(listings(&document)[0], "x = 1\n\nif x:\n    y = 2\n");
}

#[test]
fn prompts_outside_a_fence_are_found_as_doctest_finds_them() {
    let text = "# Shops\n\nFirst words:\n>>> x = 1\n>>> if x:\n...     y = 2\n\n>>> x\n1\n\nMore words.\n\n1. An item:\n\n   >>> y\n   2\n\n<pre>\n>>> x + y\n3\n</pre>\n\n```pycon\n>>> x\n1\n```\n";
    let expected = [
        "4 prompt",
        "5 prompt",
        "8 prompt, 9: 1",
        "15 prompt, 16: 2",
        "19 prompt, 20: 3",
        "24 prompt, 25: 1",
    ];
    assert_eq!(outline(&page(text, "md")), expected);
    let headed = format!("---\ntitle: Shops\n---\n{text}");
    assert!(outline(&page(&headed, "md")).contains(&"22 prompt, 23: 3".to_owned()));
}

#[test]
fn a_quotation_three_deep_is_no_prompt() {
    let text = "# A letter\n\n>>> Is it the shop that you meant,\n>>> or the other one?\n\nNo.\n\n```json\n>>> x = 1\n```\n";
    assert_eq!(outline(&page(text, "md")), ["9-9 not run"]);
}

#[test]
fn a_metadata_header_is_no_code() {
    let plain = "title: Shops\nslug: shops\n    indented: yes\n\n# Shops\n\n```python\nx = 1\n```\n";
    assert_eq!(outline(&page(plain, "txt")), ["8-8 listing"]);
    let fenced = "---\ntitle: Shops\ncode: |\n    x = 2\n---\n\n```python\nx = 1\n```\n";
    assert_eq!(outline(&page(fenced, "md")), ["8-8 listing"]);
}

#[test]
fn highlight_marks_are_not_code() {
    let text = "```python\nclass Shop:\n~~    size = 1\n~~x = ~5\n```\n";
    assert_eq!(listings(&page(text, "md")), ["class Shop:\n    size = 1\nx = ~5\n"]);
}

#[test]
fn only_python_is_run() {
    let text = "# A\n\n```bash\nls\n```\n\n```sql\nSELECT 1\n```\n\n```json\n{\"a\": 1}\n```\n\n```\npip install shop\n```\n\n```\nx = 1\n```\n\n```python\nx = = 1\n```\n\n```\nshop\n```\n";
    let expected = [
        "4-4 not run",
        "8-8 not run",
        "12-12 not run",
        "16-16 not run",
        "20-20 listing",
        "24-24 listing",
        "28-28 not run",
    ];
    assert_eq!(outline(&page(text, "md")), expected);
}

#[test]
fn an_output_apart_is_known_by_its_words_or_by_its_log() {
    let said = "# A\n\n```python\nprint(1)\n```\n\nThis prints:\n\n```\nshop 1\n```\n";
    assert_eq!(outline(&page(said, "md")), ["4-4 listing", "10-10 output"]);
    let headed = "# A\n\n```python\nprint(1)\n```\n\n## Output\n\nAs I saw it:\n\n```text\nshop 1\n```\n";
    assert_eq!(outline(&page(headed, "md")), ["4-4 listing", "12-12 output"]);
    let log = "# A\n\n```python\nprint(1)\n```\n\nSo:\n\n    2020-01-01 10:00:00,123 INFO sqlalchemy.engine.Engine BEGIN (implicit)\n    2020-01-01 10:00:00,124 INFO sqlalchemy.engine.Engine COMMIT\n";
    assert_eq!(outline(&page(log, "md")), ["4-4 listing", "9-10 output"]);
    let unsaid = "# A\n\n```python\nprint(1)\n```\n\nThe tree:\n\n```text\nshop 1\n```\n";
    assert_eq!(outline(&page(unsaid, "md")), ["4-4 listing", "10-10 not run"]);
}

#[test]
fn code_before_the_first_prompt_of_a_block_is_a_listing() {
    let text = "```python\nx = 1\n\n>>> x\n1\n```\n\n```python\n# only a remark\n>>> x\n1\n```\n";
    assert_eq!(outline(&page(text, "md")), ["2-2 listing", "4 prompt, 5: 1", "10 prompt, 11: 1"]);
}

#[test]
fn prompts_have_their_continuations_and_outputs() {
    let text = "# A\n\n```pycon\n>>> for x in [1, 2]:\n...     print(x)\n...\n1\n2\n>>> f(1,\n...   2)\n... more\n>>> skipped()  # doctest: +SKIP\n```\n";
    let document = page(text, "md");
    assert_eq!(outline(&document), ["4 prompt, 7: 1|2", "9 prompt, 11: ... more", "12 prompt skipped"]);
}

#[test]
fn rest_blocks_directives_and_marks_are_read() {
    let text = "Shops\n=====\n\nA listing::\n\n    x = 1\n\n    y = 2\n\n.. sourcecode:: python\n   :caption: more\n\n    z = 3\n\n.. sourcecode:: sql\n\n    SELECT 1\n\n.. sourcecode:: pycon+sql\n\n    >>> session.scalars(s).all()\n    {execsql}SELECT a\n    FROM b\n    [...] (1,){stop}\n    [<B>]\n    {stop}>>> x\n    1\n\nProse.\n\n..  Setup, not shown\n\n    >>> hidden = 1\n";
    let expected = [
        "6-8 listing",
        "13-13 listing",
        "17-17 not run",
        "21 prompt, 22: SELECT a|FROM b|[...] (1,)|[<B>]",
        "26 prompt, 27: 1",
        "33 prompt",
    ];
    assert_eq!(outline(&page(text, "rst")), expected);
}

#[test]
fn doctest_directives_turn_prompts_off_and_on_and_bring_pages_in() {
    let text =
        ".. doctest-include _setup.rst\n\n.. doctest-disable:\n\n>>> off\n\n.. doctest-enable:\n\n>>> on\n";
    assert_eq!(outline(&page(text, "rst")), ["1 include _setup.rst", "5 prompt skipped", "9 prompt"]);
}

#[test]
fn code_ends_where_prose_is_stuck_to_it() {
    let text = "Take a shop:\nfrom shop import Shop, Cart\nclass Till(Shop):\n    size = 3\n    cart = Cart('x')The above makes a till.\nThen we use it:\ntill = Till.first()In this way, nothing\nis lost. And so:\ntill.close(now=True)\nnext = till.nextAfterwards, we see it.\nlast = NoneThat is all.\n";
    let document = page(text, "txt");
    assert_eq!(document.reader, Reader::Text);
    assert_eq!(outline(&document), ["2-5 listing", "7-7 listing", "9-10 listing", "11-11 listing"]);
    let code = listings(&document);
    assert!(code[0].ends_with("    cart = Cart('x')\n"), "{code:?}");
    assert_eq!(
        code[1..],
        ["till = Till.first()\n", "till.close(now=True)\nnext = till.next\n", "last = None\n"]
    );
}

#[test]
fn code_ends_at_the_line_before_prose() {
    let text = "We have:\nx = Shop()\nx.open()\nThe shop is open now, isn't it? We see\nshop.door, and shop.window,\nin this order.\n";
    let document = page(text, "txt");
    assert_eq!(listings(&document), ["x = Shop()\nx.open()\n"]);
}

#[test]
fn words_that_happen_to_parse_are_prose() {
    let text = "Arguments such as\nshop.lazy,\nshop.cascade and\nshop.order\nare taken from the other side, with a\nshop()\nin between.\n";
    assert_eq!(outline(&page(text, "txt")), Vec::<String>::new());
}

#[test]
fn outputs_end_where_a_literal_or_a_repr_ends() {
    let text = ">>> shop.carts\n[]Nothing is in it, and then:\n>>> shop.first\nNoneHowever, it is\n>>> shop.till\n<__main__.Till object at 0x1f>This is a till.\n>>> shop.size()\n12The size is\n>>> shop.has\nFalseOf course.\n";
    let expected = [
        "1 prompt, 2: []",
        "3 prompt, 4: None",
        "5 prompt, 6: <__main__.Till object at 0x1f>",
        "7 prompt, 8: 12",
        "9 prompt, 10: False",
    ];
    assert_eq!(outline(&page(text, "txt")), expected);
}

#[test]
fn a_prompt_without_output_is_followed_by_prose() {
    let text = ">>> shop.till = None\nThe shop has no till now, as is to be seen here.\n>>> shop.close()Afterwards it is closed for good.\n>>> shop.open\nFalse\n";
    assert_eq!(outline(&page(text, "txt")), ["1 prompt", "3 prompt", "4 prompt, 5: False"]);
}

#[test]
fn empty_prompts_are_found_even_with_prose_stuck_to_them() {
    let text = ">>> print(shop.join)\n\"shop\".id = cart.shop_id AND cart.kind = :kind_1\n>>>\n>>> shop\nShop(1)\n>>>This is how it goes on\n";
    let expected = [
        "1 prompt, 2: \"shop\".id = cart.shop_id AND cart.kind = :kind_1",
        "3 empty",
        "4 prompt, 5: Shop(1)",
        "6 empty",
    ];
    assert_eq!(outline(&page(text, "txt")), expected);
}

#[test]
fn a_traceback_is_an_output_to_its_last_line() {
    let text = ">>> shop.open()\nTraceback (most recent call last):\n  File \"x\", line 1, in <module>\n    ...\nValueError: the shop is shut\nSo the shop is not open, which we know by the error.\n";
    let shown = "1 prompt, 2: Traceback (most recent call last):|  File \"x\", line 1, in <module>|    ...|ValueError: the shop is shut";
    assert_eq!(outline(&page(text, "txt")), [shown]);
}

#[test]
fn ipythons_prompts_are_cells_with_the_values_they_show() {
    let text = "```python\n# a comment\nIn [1]: x = 1\n\nIn [2]: x\nOut[2]: 1\n\nIn [3]: for y in [x]:\n   ...:     print(y)\n   ...:\n1\n\nIn [4]: [x,\n   ...:  x]\nOut[4]:\n[1,\n 1]\n\nIn [5]:\n```\n";
    let found = outline(&page(text, "md"));
    assert_eq!(
        found,
        ["3 prompt", "5 prompt, 6: 1", "8 prompt, 11: 1", "13 prompt, 16: [1,| 1]", "19 empty"]
    );
}

#[test]
fn code_may_stick_to_its_prompt_and_words_may_not() {
    let text = "```pycon\n>>>x.append(1)\n>>>import os\n>>>len(\n...     x)\n1\n>>>That is all\n```\n";
    assert_eq!(outline(&page(text, "md")), ["2 prompt", "3 prompt", "4 prompt, 6: 1|>>>That is all"]);
}

#[test]
fn a_button_of_a_saved_page_is_no_part_of_its_prompt() {
    let text = "```python\n>>> x = 1\nSQL>>> x\n1\n{sql}>>> x\n1\n```\n";
    assert_eq!(outline(&page(text, "md")), ["2 prompt", "3 prompt, 4: 1", "5 prompt, 6: 1"]);
    assert_eq!(outline(&page("We say:\nsql>>> x\n1\n", "txt")), ["2 prompt, 3: 1"]);
    let braces = page("```python\nprint(f\"{sql}\")\n```\n", "md");
    assert_eq!(listings(&braces), ["print(f\"{sql}\")\n"]);
}

#[test]
fn a_notebook_saved_as_text_has_its_cells_below_their_labels() {
    let text = "# Shops\n\nIn [1]:\nclass A:\n    x = 1\n\n    def f(self): pass\n\na = A()\n\nIn [2]:\na.x\n\n1\n\nThe value is the one of the class.\n\nIn [3]:\nprint(a.x)\n\n# no heading\na\n\nA(x=1)\n\n## Next\n";
    let document = page(text, "md");
    assert_eq!(outline(&document), ["4 prompt", "12 prompt, 14: 1", "19 prompt, 24: A(x=1)"]);
    assert_eq!(outline(&page("In [1]: is where we begin.\nIn [2]: x = 1\n", "txt")), ["2 prompt"]);
}

#[test]
fn an_indented_block_right_below_a_fenced_one_is_its_output() {
    let text =
        "```python\nx\n```\n\n    Cart(id=1)\n\n```python\nprint(x)\n```\n\n    1\n\nWords.\n\n    y = 1\n";
    let found = outline(&page(text, "md"));
    assert_eq!(found, ["2-2 cell", "5-5 output", "8-8 listing", "11-11 output", "15-15 listing"]);
}

#[test]
fn what_is_shown_may_stand_in_the_block_of_its_code() {
    let dashed = "```\nx = 1\nstr(x)\n--\n'1'\n```\n";
    assert_eq!(outline(&page(dashed, "md")), ["2-3 cell", "5-5 output"]);
    let plain = "```python\nfor x in y:\n    print(x)\n(1, 'a')\n(2, 'b')\n```\n";
    assert_eq!(outline(&page(plain, "md")), ["2-3 listing", "4-5 output"]);
    let logged = "```python\nc.run(s)\n2020-01-01 10:00:00,123 INFO sqlalchemy.engine.Engine SELECT 1\n```\n";
    assert_eq!(outline(&page(logged, "md")), ["2-2 listing", "3-3 output"]);
    let faulty = "```python\nx = 1\nform a import b\n```\n";
    assert_eq!(outline(&page(faulty, "md")), ["2-3 listing"]);
    let old = "```python\nsession.commit()\nprint \"done\"\n```\n";
    assert_eq!(outline(&page(old, "md")), ["2-3 listing"]);
    let remark = "```python\nprint(x)\n\"\"\"a remark\"\"\"\n```\n";
    assert_eq!(outline(&page(remark, "md")), ["2-3 listing"]);
}

#[test]
fn what_a_shell_prints_of_a_program_is_its_output() {
    let text = "```python\nprint(1)\n```\n\nRun it:\n\n```bash\n$ python shop.py\n1\n```\n\n```bash\n$ pip install shop\ndone\n```\n\n输出：\n\n```sh\n1\n```\n";
    let found = outline(&page(text, "md"));
    assert_eq!(found, ["2-2 listing", "8-8 not run", "9-9 output", "13-14 not run", "20-20 output"]);
}

#[test]
fn no_page_can_make_a_reader_fail() {
    let pieces = [
        ">>>",
        ">>> ",
        "...",
        "```",
        "~~~",
        "::",
        "'",
        "\"\"\"",
        "(",
        "[",
        "{",
        "é",
        "’",
        "x = ",
        "\t",
        "    ",
        "\n",
        "\r",
        "\n\n",
        ".. code::",
        "{stop}",
        "<",
        "None",
        "class A:",
        "#",
        "\\",
        "> ",
        "- ",
        "0x",
    ];
    // A small generator, so that every run reads the same pages.
    let mut state = 7_u64;
    for _ in 0..400 {
        let mut text = String::new();
        for _ in 0..60 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        for reader in [Reader::Markdown, Reader::Rst, Reader::Text] {
            let document = read(text.as_bytes(), Some(reader), None).expect("the page is UTF-8");
            for block in &document.blocks {
                assert!(1 <= block.line && block.line <= block.end_line, "{text:?}");
                assert!(block.end_line <= document.lines.len().max(1), "{text:?}");
            }
        }
    }
}
