//! The evaluator's state, and what other rooms ask of it.
//!
//! One `Interp` is one world's Python: its names, modules, output, bounds and addresses. Nothing in it reads a
//! clock, the environment or the allocator.

use super::class::{Class, Namespace};
use super::error::{PyResult, Stop};
use super::module::Module;
use super::standing::Standing;
use super::stdlib::clock::Clock;
use super::stdlib::warnings::Warnings;
use super::value::Value;
use crate::outcome::{LogMessage, Piece};
use indexmap::IndexMap;
use ruff_text_size::TextSize;
use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;

/// Bounds on what a document may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Evaluation steps; allocations are charged as steps too.
    pub steps: u64,
    /// Nested Python calls, after which Python's `RecursionError` is raised.
    pub depth: usize,
    /// Bytes of output of one step.
    pub output: usize,
    /// Bytes of the thread's stack that evaluation may use.
    pub stack: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { steps: 20_000_000, depth: 1000, output: 4 << 20, stack: 192 << 20 }
    }
}

/// How a step's source is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As at the `>>>` prompt: the value of each expression statement is echoed.
    Prompt,
    /// As a module's body.
    Program,
    /// As a notebook's cell: a module's body of which the last statement's value is echoed, if it is an expression.
    Cell,
}

/// Builds a module when it is first imported.
pub type Loader = Rc<dyn Fn(&mut Interp) -> PyResult<Rc<Module>>>;

/// One world's Python.
pub struct Interp {
    /// State of the room that hosts this evaluator; taken out while it runs, and put back.
    pub host: Option<Box<dyn Any>>,
    /// What the current step has shown.
    pub pieces: Vec<Piece>,
    pub limits: Limits,
    /// The names of `__main__`.
    pub main: Rc<Module>,
    /// The names that every module sees.
    pub builtins: Rc<Module>,
    pub(crate) loaders: IndexMap<Rc<str>, Loader>,
    pub(crate) modules: IndexMap<Rc<str>, Rc<Module>>,
    /// Modules whose loaders are running.
    pub(crate) loading: Vec<Rc<str>>,
    /// The world's clock.
    pub(crate) clock: Clock,
    /// Whether the real type of this name has that attribute, for attributes that foreign objects do not give.
    pub known_member: fn(&mut Interp, &str, &str) -> bool,
    pub(crate) classes: IndexMap<Rc<str>, Rc<Class>>,
    pub(crate) foreign: HashMap<(String, String), Rc<Class>>,
    pub(crate) addresses: HashMap<u64, u64>,
    pub(crate) steps: u64,
    pub(crate) output: usize,
    pub(crate) depth: usize,
    /// Where the stack was when evaluation began.
    stack_base: usize,
    running: usize,
    /// How many sources were run.
    pub(crate) run: u64,
    /// Whether a level of `logging` was set since it was last asked for.
    pub(crate) log_levels_changed: bool,
    /// What the step's own code, called functions aside, had come to when it ended.
    pub(crate) reached: TextSize,
    /// Whether a prompt's value was being shown: all else that its step does was done by then.
    pub(crate) unshown: bool,
    /// Exceptions that are being handled, innermost last.
    pub(crate) handling: Vec<Value>,
    /// Containers that are being shown.
    pub(crate) showing: Vec<u64>,
    /// What runs now, innermost last.
    pub(crate) standing: Vec<Standing>,
    /// What was printed where, if that is asked for.
    pub(super) watched: Option<Vec<crate::outcome::Printed>>,
    /// What the document has set of the environment.
    pub(crate) environ: IndexMap<Rc<str>, Rc<str>>,
    /// The files of databases that the document may have made.
    pub(crate) files: Vec<Rc<str>>,
    /// Filters of warnings, and what was shown.
    pub(crate) warnings: Warnings,
}

impl Interp {
    /// A fresh world, with the builtins and the standard library registered.
    pub fn new(limits: Limits) -> Interp {
        let object = Class::new("object", "builtins", Vec::new(), Vec::new());
        let mut interp = Interp {
            host: None,
            pieces: Vec::new(),
            limits,
            main: Rc::new(Module::new("__main__")),
            builtins: Rc::new(Module::new("builtins")),
            loaders: IndexMap::new(),
            modules: IndexMap::new(),
            loading: Vec::new(),
            clock: Clock::default(),
            known_member: |_, _, _| false,
            classes: IndexMap::from([(Rc::from("object"), object)]),
            foreign: HashMap::new(),
            addresses: HashMap::new(),
            steps: 0,
            output: 0,
            depth: 0,
            stack_base: 0,
            running: 0,
            run: 0,
            unshown: false,
            reached: TextSize::default(),
            log_levels_changed: false,
            handling: Vec::new(),
            showing: Vec::new(),
            standing: Vec::new(),
            watched: None,
            environ: IndexMap::new(),
            files: Vec::new(),
            warnings: Warnings::default(),
        };
        super::types::install(&mut interp);
        super::builtins::install(&mut interp);
        super::stdlib::install(&mut interp);
        interp
    }

    /// The names of `__main__`.
    pub fn globals(&self) -> &Namespace {
        &self.main.dict
    }

    /// Charges evaluation steps.
    pub fn charge(&mut self, steps: u64) -> PyResult<()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.steps {
            return Err(Stop::limit(format!("more than {} evaluation steps", self.limits.steps)));
        }
        Ok(())
    }

    /// Stops where the thread's stack is nearly used up.
    pub(crate) fn guard(&mut self) -> PyResult<()> {
        let marker = 0u8;
        let here = (&raw const marker).addr();
        if self.stack_base == 0 {
            self.stack_base = here;
        }
        if self.stack_base.abs_diff(here) > self.limits.stack {
            return Err(Stop::limit("nesting too deep to be run"));
        }
        Ok(())
    }

    /// Marks that evaluation begins, at the top of the stack unless it is under way already.
    pub(crate) fn begin(&mut self) {
        let marker = 0u8;
        if self.running == 0 {
            self.stack_base = (&raw const marker).addr();
        }
        self.running += 1;
    }

    pub(crate) fn end(&mut self) {
        self.running -= 1;
        if self.running == 0 {
            self.stack_base = 0;
            self.depth = 0;
            self.handling.clear();
            self.showing.clear();
            self.standing.clear();
        }
    }

    /// Charges memory about to be allocated: call it before allocating what a document can make large.
    pub fn charge_bytes(&mut self, bytes: usize) -> PyResult<()> {
        self.charge(bytes as u64 / 16)
    }

    /// Writes to standard output.
    pub fn write_stdout(&mut self, text: &str) -> PyResult<()> {
        self.output = self.output.saturating_add(text.len());
        if self.output > self.limits.output {
            return Err(Stop::limit(format!("more than {} bytes of output", self.limits.output)));
        }
        self.note_printed(text);
        if let Some(Piece::Stdout(last)) = self.pieces.last_mut() {
            last.push_str(text);
        } else if !text.is_empty() {
            self.pieces.push(Piece::Stdout(text.to_owned()));
        }
        Ok(())
    }

    /// Records a log message between what is printed.
    pub fn write_log(&mut self, message: LogMessage) -> PyResult<()> {
        self.output = self.output.saturating_add(message.text.len());
        if self.output > self.limits.output {
            return Err(Stop::limit(format!("more than {} bytes of output", self.limits.output)));
        }
        self.pieces.push(Piece::Log(message));
        Ok(())
    }

    /// What was shown since this was last asked.
    pub fn take_pieces(&mut self) -> Vec<Piece> {
        self.output = 0;
        std::mem::take(&mut self.pieces)
    }

    /// The address that stands for an identity in this world, as `0x7f…` with twelve digits.
    pub fn address_of(&mut self, identity: u64) -> String {
        format!("{:#x}", self.address_number(identity))
    }

    /// The number behind [`Interp::address_of`], which is what `id()` gives.
    pub fn address_number(&mut self, identity: u64) -> u64 {
        const FIRST: u64 = 0x7f3c_5a1e_0d90;
        let next = FIRST + 0x40 * self.addresses.len() as u64;
        *self.addresses.entry(identity).or_insert(next)
    }

    /// Makes a builtin name.
    pub fn define_builtin(&mut self, name: &str, value: Value) {
        self.builtins.dict.set(name, value);
    }

    /// Makes a module importable; the loader runs at the first import.
    pub fn register_module(
        &mut self,
        name: &str,
        loader: impl Fn(&mut Interp) -> PyResult<Rc<Module>> + 'static,
    ) {
        self.loaders.insert(name.into(), Rc::new(loader));
    }

    /// A builtin type or exception class by name (`object`, `str`, `ValueError`), made at its first use.
    ///
    /// Methods of builtin types are [`super::Native::method`]s in its `dict`; its constructor is in `construct`.
    pub fn builtin_class(&mut self, name: &str) -> Rc<Class> {
        if let Some(class) = self.classes.get(name) {
            return class.clone();
        }
        let object = self.classes[0].clone();
        let class = Class::new(name, "builtins", vec![object.clone()], vec![object]);
        self.classes.insert(name.into(), class.clone());
        class
    }

    /// As [`Interp::foreign_class`], of a class that is derived from another; to be asked for first.
    pub fn foreign_class_below(&mut self, module: &str, name: &str, base: &Rc<Class>) -> Rc<Class> {
        let key = (module.to_owned(), name.to_owned());
        let below = || {
            let ancestors = [vec![base.clone()], base.ancestors.clone()].concat();
            Class::new(name, module, vec![base.clone()], ancestors)
        };
        self.foreign.entry(key).or_insert_with(below).clone()
    }

    /// The class of foreign values that name no class of their own.
    pub fn foreign_class(&mut self, module: &str, name: &str) -> Rc<Class> {
        let key = (module.to_owned(), name.to_owned());
        if let Some(class) = self.foreign.get(&key) {
            return class.clone();
        }
        let object = self.classes[0].clone();
        let class = Class::new(name, module, vec![object.clone()], vec![object]);
        self.foreign.insert(key, class.clone());
        class
    }
}
