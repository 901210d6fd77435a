//! Exceptions: their classes, what each holds, and raising them from Rust.
//!
//! An exception keeps lines of its traceback as text positions, never a frame: what a failed call held is
//! gone when the call is.

use super::class::{Class, Instance, Namespace, Store};
use super::code::Code;
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::value::{Value, drop_values, fresh_identity};
use super::{Args, traceback};
use ruff_text_size::TextRange;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// One line of a traceback.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) code: Rc<Code>,
    pub(super) at: TextRange,
}

/// What every exception has.
#[derive(Default)]
pub(super) struct Details {
    pub(super) args: Vec<Value>,
    pub(super) cause: Option<Value>,
    pub(super) context: Option<Value>,
    pub(super) suppress_context: bool,
    /// Innermost first.
    pub(super) traceback: Vec<Entry>,
    pub(super) suggestion: Option<String>,
}

/// Where an exception keeps its attributes and details.
pub(super) struct ExceptionStore {
    names: Namespace,
    pub(super) details: RefCell<Details>,
    id: u64,
}

impl Drop for ExceptionStore {
    fn drop(&mut self) {
        let details = self.details.get_mut();
        let mut values = std::mem::take(&mut details.args);
        values.extend(details.cause.take());
        values.extend(details.context.take());
        drop_values(values);
    }
}

impl Store for ExceptionStore {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(&self, _interp: &mut Interp, name: &str) -> PyResult<Option<Value>> {
        Ok(self.names.get(name))
    }

    fn set(&self, _interp: &mut Interp, name: &str, value: Value) -> PyResult<()> {
        self.names.set(name, value);
        Ok(())
    }

    fn del(&self, _interp: &mut Interp, name: &str) -> PyResult<bool> {
        Ok(self.names.remove(name).is_some())
    }

    fn items(&self, _interp: &mut Interp) -> PyResult<Vec<(Rc<str>, Value)>> {
        Ok(self.names.items())
    }

    fn identity(&self) -> u64 {
        self.id
    }
}

/// The details of an exception.
pub(super) fn details(value: &Value) -> Option<&ExceptionStore> {
    match value {
        Value::Instance(instance) => instance.store.as_any().downcast_ref::<ExceptionStore>(),
        _ => None,
    }
}

/// The builtin exception classes, each after its base.
const CLASSES: &[(&str, &str)] = &[
    ("BaseException", "object"),
    ("Exception", "BaseException"),
    ("SystemExit", "BaseException"),
    ("KeyboardInterrupt", "BaseException"),
    ("GeneratorExit", "BaseException"),
    ("StopIteration", "Exception"),
    ("StopAsyncIteration", "Exception"),
    ("ArithmeticError", "Exception"),
    ("FloatingPointError", "ArithmeticError"),
    ("OverflowError", "ArithmeticError"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("BufferError", "Exception"),
    ("EOFError", "Exception"),
    ("ImportError", "Exception"),
    ("ModuleNotFoundError", "ImportError"),
    ("LookupError", "Exception"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("OSError", "Exception"),
    ("BlockingIOError", "OSError"),
    ("ChildProcessError", "OSError"),
    ("ConnectionError", "OSError"),
    ("BrokenPipeError", "ConnectionError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("FileExistsError", "OSError"),
    ("FileNotFoundError", "OSError"),
    ("InterruptedError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("NotADirectoryError", "OSError"),
    ("PermissionError", "OSError"),
    ("ProcessLookupError", "OSError"),
    ("TimeoutError", "OSError"),
    ("ReferenceError", "Exception"),
    ("RuntimeError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("SyntaxError", "Exception"),
    ("IndentationError", "SyntaxError"),
    ("TabError", "IndentationError"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("UnicodeTranslateError", "UnicodeError"),
    ("Warning", "Exception"),
    ("BytesWarning", "Warning"),
    ("DeprecationWarning", "Warning"),
    ("EncodingWarning", "Warning"),
    ("FutureWarning", "Warning"),
    ("ImportWarning", "Warning"),
    ("PendingDeprecationWarning", "Warning"),
    ("ResourceWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("SyntaxWarning", "Warning"),
    ("UnicodeWarning", "Warning"),
    ("UserWarning", "Warning"),
];

/// Makes the exception classes and their names.
pub(super) fn install(interp: &mut Interp) {
    for (name, base) in CLASSES {
        let base = interp.builtin_class(base);
        let class = interp.derive_builtin(name, &base);
        interp.define_builtin(name, Value::Class(class));
    }
    for name in ["EnvironmentError", "IOError"] {
        let class = interp.builtin_class("OSError");
        interp.define_builtin(name, Value::Class(class));
    }
    let class = interp.builtin_class("BaseException");
    *class.construct.borrow_mut() = Some(Rc::new(|interp, args| {
        let mut args = args;
        if args.positional.is_empty() {
            return Err(Stop::unsupported("an exception without a class"));
        }
        let Value::Class(class) = args.positional.remove(0) else {
            return Err(interp.raise("TypeError", "exceptions must derive from BaseException"));
        };
        let own_init =
            class.lookup_with_owner("__init__").is_some_and(|(owner, _)| !interp.is_builtin(&owner));
        if !args.keywords.is_empty() && !own_init {
            let import = interp.builtin_class("ImportError");
            if !class.is_subclass(&import) {
                let message = format!("{}() takes no keyword arguments", class.name());
                return Err(interp.raise("TypeError", message));
            }
        }
        let class = os_error_class(interp, class, &args.positional);
        Ok(new_exception(class, args.positional))
    }));
    let method = |name: &str, function: fn(&mut Interp, Value, Args) -> PyResult<Value>| {
        let full = name.to_owned();
        let native = super::Native {
            qualname: format!("BaseException.{name}").into(),
            ..super::Native::method(name, move |interp, args: Args| {
                let mut args = args;
                if args.positional.is_empty() {
                    let message = format!("unbound method BaseException.{full}() needs an argument");
                    return Err(interp.raise("TypeError", message));
                }
                let this = args.positional.remove(0);
                function(interp, this, args)
            })
        };
        class.dict.set(name, Value::Native(Rc::new(native)));
    };
    method("__init__", |_, this, args| {
        if let Some(store) = details(&this) {
            let old = std::mem::replace(&mut store.details.borrow_mut().args, args.positional);
            drop(old);
        }
        Ok(Value::None)
    });
    method("__str__", |interp, this, _| Ok(Value::from(interp.exception_str(&this)?)));
    method("__repr__", |interp, this, _| Ok(Value::from(interp.exception_repr(&this)?)));
    method("with_traceback", |_, this, _| Ok(this));
    method("add_note", |interp, this, args| {
        let [note] = args.exactly(interp, "BaseException.add_note")?;
        let notes = match interp.get_attr_opt(&this, "__notes__")? {
            Some(notes) => notes,
            None => Value::list(Vec::new()),
        };
        if let Value::List(list) = &notes {
            list.items.borrow_mut().push(note);
        }
        interp.set_attr(&this, "__notes__", notes)?;
        Ok(Value::None)
    });
}

/// The class that stands for an error number, for `OSError` itself.
fn os_error_class(interp: &mut Interp, class: Rc<Class>, args: &[Value]) -> Rc<Class> {
    if &*class.name() != "OSError" || !interp.is_builtin(&class) || args.len() < 2 {
        return class;
    }
    let name = match args.first().and_then(Value::as_i64) {
        Some(1 | 13) => "PermissionError",
        Some(2) => "FileNotFoundError",
        Some(3) => "ProcessLookupError",
        Some(4) => "InterruptedError",
        Some(10) => "ChildProcessError",
        Some(11) => "BlockingIOError",
        Some(17) => "FileExistsError",
        Some(20) => "NotADirectoryError",
        Some(21) => "IsADirectoryError",
        Some(32) => "BrokenPipeError",
        Some(103) => "ConnectionAbortedError",
        Some(104) => "ConnectionResetError",
        Some(110) => "TimeoutError",
        Some(111) => "ConnectionRefusedError",
        _ => return class,
    };
    interp.builtin_class(name)
}

/// An exception of a class with these arguments.
fn new_exception(class: Rc<Class>, args: Vec<Value>) -> Value {
    let store = ExceptionStore {
        names: Namespace::default(),
        details: RefCell::new(Details { args, ..Details::default() }),
        id: fresh_identity(),
    };
    Value::Instance(Instance::new(class, Rc::new(store)))
}

impl Interp {
    /// An exception of a builtin class with one argument, ready to be returned as `Err`.
    pub fn raise(&mut self, kind: &str, message: impl Into<String>) -> Stop {
        let class = self.builtin_class(kind);
        self.raise_class(&class, vec![Value::from(message.into())])
    }

    /// An exception of a class with these arguments, made without running its `__init__`.
    pub fn raise_class(&mut self, class: &Rc<Class>, args: Vec<Value>) -> Stop {
        let exception = new_exception(class.clone(), args);
        self.set_context(&exception);
        Stop::Raise(exception)
    }

    /// Raises `value`, an exception made elsewhere, from `cause`.
    pub fn raise_from(&mut self, value: Value, cause: Option<Value>) -> Stop {
        self.set_cause(&value, cause);
        self.set_context(&value);
        Stop::Raise(value)
    }

    /// `AttributeError: 'kind' object has no attribute 'name'`.
    pub fn no_attribute(&mut self, kind: &str, name: &str) -> Stop {
        self.raise("AttributeError", format!("'{kind}' object has no attribute '{name}'"))
    }

    /// The `KeyError` of a missing key.
    pub fn key_error(&mut self, key: &Value) -> Stop {
        let class = self.builtin_class("KeyError");
        self.raise_class(&class, vec![key.clone()])
    }

    /// Whether this is an exception of a builtin class of that name or one derived from it.
    pub fn stop_is(&mut self, stop: &Stop, kind: &str) -> bool {
        let class = self.builtin_class(kind);
        matches!(stop, Stop::Raise(value) if self.class_of(value).is_subclass(&class))
    }

    pub(super) fn is_exception(&mut self, value: &Value) -> bool {
        details(value).is_some()
    }

    pub(super) fn is_exception_class(&mut self, value: &Value) -> bool {
        let base = self.builtin_class("BaseException");
        matches!(value, Value::Class(class) if class.is_subclass(&base))
    }

    /// `exception.args`.
    pub fn exception_args(&mut self, exception: &Value) -> Vec<Value> {
        details(exception).map_or_else(Vec::new, |store| store.details.borrow().args.clone())
    }

    pub(super) fn set_cause(&mut self, exception: &Value, cause: Option<Value>) {
        if let Some(store) = details(exception) {
            let mut details = store.details.borrow_mut();
            details.suppress_context = true;
            let old = std::mem::replace(&mut details.cause, cause);
            drop(details);
            drop(old);
        }
    }

    /// Notes the exception that is being handled as the context of a new one.
    pub(super) fn set_context(&mut self, exception: &Value) {
        let Some(handled) = self.handling.last().cloned() else { return };
        if handled.is(exception) {
            return;
        }
        let Some(store) = details(exception) else { return };
        // A chain that leads back here is cut, so chains never close into rings.
        let mut at = handled.clone();
        for _ in 0..1000 {
            let next = details(&at).and_then(|store| store.details.borrow().context.clone());
            match next {
                Some(next) if next.is(exception) => {
                    if let Some(store) = details(&at) {
                        store.details.borrow_mut().context = None;
                    }
                    break;
                }
                Some(next) => at = next,
                None => break,
            }
            self.steps = self.steps.saturating_add(1);
        }
        store.details.borrow_mut().context = Some(handled);
    }

    pub(super) fn add_traceback(&mut self, exception: &Value, code: &Rc<Code>, at: TextRange) {
        const MOST: usize = 5000;
        if let Some(store) = details(exception) {
            let mut details = store.details.borrow_mut();
            if details.traceback.len() < MOST {
                details.traceback.push(Entry { code: code.clone(), at });
            }
        }
    }

    /// Notes what a mistyped name may have meant; only a displayed traceback shows it.
    pub(super) fn suggest(&mut self, stop: &Stop, name: &str, candidates: &[Rc<str>]) {
        if let Stop::Raise(exception) = stop
            && let Some(store) = details(exception)
        {
            store.details.borrow_mut().suggestion = traceback::nearest(name, candidates);
        }
    }

    /// `str()` of an exception without a `__str__` of its own.
    pub(super) fn exception_str(&mut self, exception: &Value) -> PyResult<String> {
        let args = self.exception_args(exception);
        let key_error = self.builtin_class("KeyError");
        let os_error = self.builtin_class("OSError");
        let class = self.class_of(exception);
        match args.as_slice() {
            [] => Ok(String::new()),
            [key] if class.is_subclass(&key_error) => self.repr(key),
            [one] => self.str(one),
            [number, text] if class.is_subclass(&os_error) => {
                Ok(format!("[Errno {}] {}", self.str(number)?, self.str(text)?))
            }
            several => {
                let several = several.to_vec();
                Ok(format!("({})", self.repr_items(&several)?))
            }
        }
    }

    /// `repr()` of an exception without a `__repr__` of its own.
    pub(super) fn exception_repr(&mut self, exception: &Value) -> PyResult<String> {
        let args = self.exception_args(exception);
        let name = self.type_name(exception);
        Ok(format!("{name}({})", self.repr_items(&args)?))
    }

    /// What exceptions have beside what was set on them.
    pub(super) fn exception_attr(&mut self, instance: &Rc<Instance>, name: &str) -> Option<Value> {
        let store = instance.store.as_any().downcast_ref::<ExceptionStore>()?;
        let details = store.details.borrow();
        Some(match name {
            "args" => Value::tuple(details.args.clone()),
            "__cause__" => details.cause.clone().unwrap_or(Value::None),
            "__context__" => details.context.clone().unwrap_or(Value::None),
            "__suppress_context__" => Value::Bool(details.suppress_context),
            "__traceback__" => Value::None,
            "value" if instance.class().mro().iter().any(|class| &*class.name() == "StopIteration") => {
                details.args.first().cloned().unwrap_or(Value::None)
            }
            "code" if instance.class().mro().iter().any(|class| &*class.name() == "SystemExit") => {
                details.args.first().cloned().unwrap_or(Value::None)
            }
            _ => return None,
        })
    }

    /// Sets one of an exception's own attributes; whether it was one.
    pub(super) fn set_exception_attr(
        &mut self,
        instance: &Rc<Instance>,
        name: &str,
        to: &Value,
    ) -> PyResult<bool> {
        let Some(store) = instance.store.as_any().downcast_ref::<ExceptionStore>() else { return Ok(false) };
        match name {
            "args" => {
                let args = self.iterate(to)?;
                store.details.borrow_mut().args = args;
            }
            "__cause__" => self
                .set_cause(&Value::Instance(instance.clone()), Some(to.clone()).filter(|to| !to.is_none())),
            "__context__" => return Err(Stop::unsupported("assigning to `__context__`")),
            "__suppress_context__" => store.details.borrow_mut().suppress_context = self.truth(to)?,
            "__traceback__" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }
}
