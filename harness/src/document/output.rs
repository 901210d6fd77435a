//! What printed output and SQL logs look like on a page.

use regex::Regex;
use std::sync::LazyLock;

static LOG_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d+ )?(?:INFO|DEBUG)[ :]+(?:\[?)sqlalchemy\.[\w.]+")
        .ok()
});

static BARE_LOG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(?:BEGIN \(implicit\)|\[(?:raw sql|no key|generated in|cached since|caching disabled|\.\.\.)[^\]]*\]( [(\[{].*)?)\s*$",
    )
    .ok()
});

static ANNOUNCED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(outputs?|prints?|printed|printing|logs|logged|result(s|ing)?|displays?|shows?|emits?|stdout)\b.{0,60}$")
        .ok()
});

/// Words of other languages that say so, anywhere near the end.
static ANNOUNCED_ELSEWHERE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)(?:输出|打印|显示|结果|輸出|列印|顯示|結果|出力|表示|출력|결과
            |\b(?:вывод\w*|вывед\w+|выводит\w*|результат\w*|напечата\w+
            |salidas?|resultados?|imprime|muestra|sa[ií]das?
            |sorties?|affiche\w*|r[ée]sultats?|ausgaben?|ergebnis\w*|ausgegeben|[cç]ıktı\w*|sonu[cç]\w*)\b).{0,60}$",
    )
    .ok()
});

/// A shell's line that runs a Python program.
static RUNS_PROGRAM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\([\w.-]+\)\s*)?(?:[\w@:~/.-]+)?[$%>#]\s*(?:python|py)[\d.]*(?:\s+-\w+)*\s+\S+\.py\b")
        .ok()
});

/// A shell's prompt at which nothing has been typed.
static SHELL_PROMPT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(?:\([\w.-]+\)\s*)?(?:[\w@:~/.-]+)?[$%]\s*$").ok());

static SHELL_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:[$%]\s|(?:pip3?|python[\d.]*|cd|mkdir|touch|export|source|sudo|apt|brew|conda|poetry|uv|alembic|flask|sqlite3|docker|git|curl|echo|cat|ls)\s+[-\w./])").ok()
});

fn matches(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Whether a line begins a message of the engine's log as a logger prints it.
pub(super) fn is_log_line(line: &str) -> bool {
    matches(&LOG_LINE, line)
}

/// Whether a text is a log: its first line is a message, or one of its lines could be nothing else.
pub(super) fn is_log(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    is_log_line(first) || text.lines().any(|line| matches(&BARE_LOG, line))
}

/// Whether statements stand in a text with their parameters below, as engines log them.
pub(super) fn has_parameters(text: &str) -> bool {
    let parameters =
        |line: &str| line.trim_start().starts_with(['(', '[', '{']) && super::repr::is_whole(line);
    may_be_log(text) && text.lines().any(parameters)
}

/// Whether a text has a line that could be a message of the log, in the form of any release.
pub fn may_be_log(text: &str) -> bool {
    let words = [
        "SELECT ",
        "INSERT INTO ",
        "UPDATE ",
        "DELETE FROM ",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "PRAGMA ",
        "CREATE ",
        "SAVEPOINT ",
        "RELEASE SAVEPOINT ",
    ];
    text.lines().any(|line| {
        let body = line.trim_start();
        is_log_line(line) || matches(&BARE_LOG, line) || words.iter().any(|word| body.starts_with(word))
    })
}

/// Whether the prose before a block says that an output follows.
pub(super) fn announced(lead: &str) -> bool {
    let lead = lead.trim().trim_end_matches([':', '.', '*', '`', '：', '。', '−', '–', '-', ' ']);
    matches(&ANNOUNCED, lead) || matches(&ANNOUNCED_ELSEWHERE, lead)
}

/// Whether a line of a shell runs a Python program: what follows is the program's output.
pub(super) fn runs_program(line: &str) -> bool {
    matches(&RUNS_PROGRAM, line)
}

/// Whether a line is a shell's prompt and nothing else.
pub(super) fn is_shell_prompt(line: &str) -> bool {
    matches(&SHELL_PROMPT, line)
}

/// Whether a line is typed at a shell.
pub(super) fn is_shell_line(line: &str) -> bool {
    matches(&SHELL_LINE, line)
}

/// Whether the last thing that a text shows is a message of the engine's log.
pub(super) fn ends_with_log(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let Some(last) = lines.iter().rposition(|line| is_log_line(line) || matches(&BARE_LOG, line)) else {
        return false;
    };
    lines[last + 1..].iter().all(|line| continues_log(line) && !super::repr::is_whole(line))
}

/// Whether a line can only be the beginning of something shown: a message of the log, a value, a traceback.
pub(super) fn begins_shown(line: &str) -> bool {
    is_log_line(line)
        || matches(&BARE_LOG, line)
        || line.trim_start().starts_with("Traceback (most recent")
        || super::repr::is_whole(line)
}

/// Whether a line only separates code from what it shows.
pub(super) fn is_separator(line: &str) -> bool {
    let line = line.trim();
    line.len() > 1
        && ["-", "=", "*", "~"]
            .iter()
            .any(|mark| line.trim_matches(|letter| mark.contains(letter)).is_empty())
}

/// Whether a line goes on with a message that began on an earlier line: statements are indented or in capitals.
pub(super) fn continues_log(line: &str) -> bool {
    if line.starts_with([' ', '\t', '(', ')', '[']) {
        return true;
    }
    let word: String = line.chars().take_while(char::is_ascii_alphabetic).collect();
    word.len() > 1 && word.chars().all(|letter| letter.is_ascii_uppercase())
}
