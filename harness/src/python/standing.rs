//! Where Python stands: the code that runs now, from the step's own down to the innermost, and the line of each.
//!
//! Kept beside the frames, so that who is called from Python can say from where.

use super::code::{Code, Frame};
use super::interp::Interp;
use super::module::Module;
use super::stdlib::warnings::Origin;
use crate::outcome::Printed;
use ruff_text_size::TextSize;
use std::rc::Rc;

/// One piece of code that runs.
pub(crate) struct Standing {
    code: Rc<Code>,
    globals: Rc<Module>,
    at: TextSize,
}

impl Interp {
    /// Runs a frame's code.
    pub(super) fn standing<T>(
        &mut self,
        frame: &mut Frame,
        work: impl FnOnce(&mut Interp, &mut Frame) -> T,
    ) -> T {
        let depth = self.standing.len();
        self.standing.push(Standing {
            code: frame.code.clone(),
            globals: frame.globals.clone(),
            at: frame.at.start(),
        });
        let result = work(self, frame);
        self.standing.truncate(depth);
        result
    }

    /// Python has come to another place of the innermost code.
    pub(super) fn stands_at(&mut self, at: TextSize) {
        if let Some(innermost) = self.standing.last_mut() {
            innermost.at = at;
        }
    }

    /// Whether it is noted from now on where what is printed.
    pub fn watch(&mut self, on: bool) {
        self.watched = on.then(Vec::new);
    }

    /// What was printed where, since it was last asked.
    pub fn take_printed(&mut self) -> Vec<Printed> {
        self.watched.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Notes where something is printed.
    pub(super) fn note_printed(&mut self, text: &str) {
        let Some(noted) = &mut self.watched else { return };
        let mut lines: Vec<usize> = Vec::new();
        for standing in &self.standing {
            let source = &standing.code.source;
            if source.run == self.run {
                let line = source.place(standing.at).0 + 1;
                if lines.last() != Some(&line) {
                    lines.push(line);
                }
            }
        }
        match noted.last_mut() {
            // One call prints its parts one by one.
            Some(last) if last.lines == lines && !last.text.ends_with('\n') => last.text.push_str(text),
            _ => noted.push(Printed { lines, text: text.to_owned() }),
        }
    }

    /// Where the code stands that is so many calls out.
    pub(crate) fn origin(&self, level: usize) -> Origin {
        let Some(standing) = self.standing.iter().rev().nth(level) else {
            return Origin { file: "sys".into(), line: 1, module: "sys".into() };
        };
        let source = &standing.code.source;
        let line = source.place(standing.at).0 + 1;
        // What stands on a page runs as if it were typed; a program is a file of its own.
        let file = if source.first_line == 1 { source.file.clone() } else { "<stdin>".into() };
        Origin { file, line, module: standing.globals.name.clone() }
    }
}
