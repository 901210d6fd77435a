//! Doctest's options, by the names that doctest gives them.

/// Which of doctest's comparison options are on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Options {
    pub ellipsis: bool,
    pub normalize_whitespace: bool,
    pub ignore_exception_detail: bool,
    /// Values may be written as IPython writes them; no option of doctest's.
    pub ipython: bool,
}

impl Options {
    pub const NAMES: [&'static str; 3] = ["ELLIPSIS", "NORMALIZE_WHITESPACE", "IGNORE_EXCEPTION_DETAIL"];

    /// Turns an option on or off; false where there is none of that name.
    pub fn set(&mut self, name: &str, on: bool) -> bool {
        match name {
            "ELLIPSIS" => self.ellipsis = on,
            "NORMALIZE_WHITESPACE" => self.normalize_whitespace = on,
            "IGNORE_EXCEPTION_DETAIL" => self.ignore_exception_detail = on,
            _ => return false,
        }
        true
    }

    /// The names of those that are on.
    pub fn names(&self) -> Vec<&'static str> {
        let on = [self.ellipsis, self.normalize_whitespace, self.ignore_exception_detail];
        Options::NAMES.into_iter().zip(on).filter(|(_, on)| *on).map(|(name, _)| name).collect()
    }

    /// Turns on what `other` has on.
    pub fn extend(&mut self, other: &Options) {
        self.ellipsis |= other.ellipsis;
        self.normalize_whitespace |= other.normalize_whitespace;
        self.ignore_exception_detail |= other.ignore_exception_detail;
        self.ipython |= other.ipython;
    }

    /// Whether a page is read under doctest's rules: it turns some option on.
    pub fn doctest(&self) -> bool {
        self.ellipsis || self.normalize_whitespace || self.ignore_exception_detail
    }
}

/// Options that a claim of this text may have been written for, those that let least pass first. That a message is
/// another is never what was meant.
pub(super) fn looser(text: &str) -> Vec<Options> {
    let spaces = Options { normalize_whitespace: true, ..Options::default() };
    if !text.contains("...") {
        return vec![spaces];
    }
    let ellipsis = Options { ellipsis: true, ..Options::default() };
    let both = Options { ellipsis: true, ..spaces.clone() };
    vec![spaces, ellipsis, both]
}
