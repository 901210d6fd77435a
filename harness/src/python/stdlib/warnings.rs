//! The module `warnings`: filters, the registry of what was shown once, and warnings that a document records.
//!
//! A warning that would be shown goes to standard error, which no document shows; what a document sees of it is what
//! `catch_warnings(record=True)` gives, what its own `showwarning` does, and what the action `error` raises.

use super::add;
use crate::python::args::{Args, Signature};
use crate::python::class::{Class, Instance};
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::Object;
use crate::python::unavailable::Unavailable;
use crate::python::value::Value;
use std::any::Any;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// One filter; what it does not say fits everything.
#[derive(Clone)]
struct Filter {
    action: Rc<str>,
    message: Option<(Rc<str>, Value)>,
    category: Rc<Class>,
    module: Option<(Rc<str>, Value)>,
    line: usize,
}

impl Filter {
    fn same(&self, other: &Filter) -> bool {
        let text = |pattern: &Option<(Rc<str>, Value)>| pattern.as_ref().map(|(text, _)| text.clone());
        self.action == other.action
            && text(&self.message) == text(&other.message)
            && Rc::ptr_eq(&self.category, &other.category)
            && text(&self.module) == text(&other.module)
            && self.line == other.line
    }
}

/// What was shown of one module, by text, category and line.
#[derive(Default)]
struct Registry {
    version: usize,
    shown: HashSet<(Rc<str>, u64, usize)>,
}

/// A world's warnings.
#[derive(Default)]
pub(crate) struct Warnings {
    /// `None` until they are first asked for: Python's own.
    filters: Option<Vec<Filter>>,
    /// How often the filters have changed, from which on everything counts as not yet shown.
    version: usize,
    registries: HashMap<Rc<str>, Registry>,
    /// What the action `once` has shown.
    once: HashSet<(Rc<str>, u64)>,
    /// Where warnings are recorded, innermost last; `None` where a block does not record.
    records: Vec<Value>,
}

/// Where a warning comes from; an empty file is one that is not known here.
pub(crate) struct Origin {
    pub(crate) file: Rc<str>,
    pub(crate) line: usize,
    pub(crate) module: Rc<str>,
}

const ACTIONS: [&str; 6] = ["default", "error", "ignore", "always", "module", "once"];

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("warnings", |interp| {
        let module = Module::new("warnings");
        add(&module, "warn", warn);
        add(&module, "warn_explicit", warn_explicit);
        add(&module, "filterwarnings", filter);
        add(&module, "simplefilter", simple_filter);
        add(&module, "resetwarnings", |interp, args| {
            let [] = args.exactly(interp, "resetwarnings")?;
            interp.warnings.filters = Some(Vec::new());
            interp.warnings.version += 1;
            Ok(Value::None)
        });
        module.dict.set("showwarning", Value::native("showwarning", |_, _| Ok(Value::None)));
        add(&module, "formatwarning", format_warning);
        add(&module, "catch_warnings", catch);
        module.dict.set("WarningMessage", Value::Class(message_class(interp)));
        Ok(Rc::new(module))
    });
}

/// `WarningMessage`, made once a world.
fn message_class(interp: &mut Interp) -> Rc<Class> {
    let class = interp.foreign_class("warnings", "WarningMessage");
    if !class.dict.contains("__str__") {
        let show = |interp: &mut Interp, args: Args| {
            let [this] = args.exactly(interp, "__str__")?;
            let mut shown = Vec::new();
            for name in ["message", "_category_name", "filename", "lineno", "line"] {
                let value = interp.get_attr(&this, name)?;
                shown.push(interp.repr(&value)?);
            }
            Ok(Value::from(format!(
                "{{message : {}, category : {}, filename : {}, lineno : {}, line : {}}}",
                shown[0], shown[1], shown[2], shown[3], shown[4]
            )))
        };
        class.dict.set("__str__", Value::native_method("__str__", show));
    }
    class
}

/// The action and the category of a filter's arguments.
fn action_of(interp: &mut Interp, action: Option<Value>) -> PyResult<Rc<str>> {
    let action = action.unwrap_or(Value::None);
    match action.as_str() {
        Some(name) if ACTIONS.contains(&&**name) => Ok(name.clone()),
        _ => {
            let shown = interp.repr(&action)?;
            Err(interp.raise("AssertionError", format!("invalid action: {shown}")))
        }
    }
}

fn category_of(interp: &mut Interp, category: Option<Value>) -> PyResult<Rc<Class>> {
    match category {
        None => Ok(interp.builtin_class("Warning")),
        Some(Value::Class(class)) => Ok(class),
        Some(_) => Err(interp.raise("AssertionError", "category must be a class")),
    }
}

fn line_of(interp: &mut Interp, line: Option<Value>) -> PyResult<usize> {
    let line = line.map(|line| interp.index(&line)).transpose()?.unwrap_or(0);
    usize::try_from(line).map_err(|_| interp.raise("AssertionError", "lineno must be an int >= 0"))
}

/// A compiled pattern; `None` for an empty one.
fn pattern(
    interp: &mut Interp,
    text: Option<Value>,
    ignore_case: bool,
) -> PyResult<Option<(Rc<str>, Value)>> {
    let Some(text) = text else { return Ok(None) };
    let Some(written) = text.as_str().cloned() else {
        return Err(interp.raise("AssertionError", "message must be a string"));
    };
    if written.is_empty() {
        return Ok(None);
    }
    let module = interp.import("re")?;
    let module = Value::Module(module);
    let mut args = vec![text];
    if ignore_case {
        args.push(interp.get_attr(&module, "IGNORECASE")?);
    }
    let compiled = interp.call_method(&module, "compile", Args::of(args))?;
    Ok(Some((written, compiled)))
}

fn add_filter(interp: &mut Interp, filter: Filter, append: bool) {
    let mut filters = filters(interp);
    if append {
        if !filters.iter().any(|other| other.same(&filter)) {
            filters.push(filter);
        }
    } else {
        filters.retain(|other| !other.same(&filter));
        filters.insert(0, filter);
    }
    interp.warnings.filters = Some(filters);
    interp.warnings.version += 1;
}

/// The filters in force: at first those that Python starts with.
fn filters(interp: &mut Interp) -> Vec<Filter> {
    if let Some(filters) = &interp.warnings.filters {
        return filters.clone();
    }
    let own = |interp: &mut Interp, action: &str, category: &str, main: bool| {
        // The pattern of the one module that Python's own filters name is compared by hand.
        let module = main.then(|| (Rc::from("__main__"), Value::None));
        Filter {
            action: action.into(),
            message: None,
            category: interp.builtin_class(category),
            module,
            line: 0,
        }
    };
    vec![
        own(interp, "default", "DeprecationWarning", true),
        own(interp, "ignore", "DeprecationWarning", false),
        own(interp, "ignore", "PendingDeprecationWarning", false),
        own(interp, "ignore", "ImportWarning", false),
        own(interp, "ignore", "ResourceWarning", false),
    ]
}

fn filter(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let signature =
        Signature::new("filterwarnings", "action, message=, category=, module=, lineno=, append=");
    let mut bound = signature.bind(interp, args)?;
    let action = action_of(interp, bound.take(0))?;
    let message = pattern(interp, bound.take(1), true)?;
    let category = category_of(interp, bound.take(2))?;
    let module = pattern(interp, bound.take(3), false)?;
    let line = line_of(interp, bound.take(4))?;
    let append = bound.take(5).map(|append| interp.truth(&append)).transpose()?.unwrap_or(false);
    add_filter(interp, Filter { action, message, category, module, line }, append);
    Ok(Value::None)
}

fn simple_filter(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound =
        Signature::new("simplefilter", "action, category=, lineno=, append=").bind(interp, args)?;
    let action = action_of(interp, bound.take(0))?;
    let category = category_of(interp, bound.take(1))?;
    let line = line_of(interp, bound.take(2))?;
    let append = bound.take(3).map(|append| interp.truth(&append)).transpose()?.unwrap_or(false);
    add_filter(interp, Filter { action, message: None, category, module: None, line }, append);
    Ok(Value::None)
}

/// The class of a warning, and the exception that carries it.
fn carried(interp: &mut Interp, message: &Value, category: Option<Value>) -> PyResult<(Rc<Class>, Value)> {
    let warning = interp.builtin_class("Warning");
    if interp.is_instance(message, &warning) {
        return Ok((interp.class_of(message), message.clone()));
    }
    let class = match category.filter(|category| !category.is_none()) {
        None => interp.builtin_class("UserWarning"),
        Some(Value::Class(class)) if class.is_subclass(&warning) => class,
        Some(other) => {
            let kind = interp.type_name(&other);
            let message = format!("category must be a Warning subclass, not '{kind}'");
            return Err(interp.raise("TypeError", message));
        }
    };
    let made = interp.call(&Value::Class(class.clone()), Args::of(vec![message.clone()]))?;
    Ok((class, made))
}

fn warn(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("warn", "message, category=, stacklevel=, source=").bind(interp, args)?;
    let message = bound.take(0).unwrap_or(Value::None);
    let category = bound.take(1);
    let level = bound.take(2).map(|level| interp.index(&level)).transpose()?.unwrap_or(1);
    let (class, exception) = carried(interp, &message, category)?;
    let level = usize::try_from(level.max(1)).unwrap_or(1) - 1;
    let origin = interp.origin(level);
    interp.give_warning(&class, &exception, &origin)?;
    Ok(Value::None)
}

fn warn_explicit(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let signature = Signature::new(
        "warn_explicit",
        "message, category, filename, lineno, module=, registry=, module_globals=, source=",
    );
    let mut bound = signature.bind(interp, args)?;
    let message = bound.take(0).unwrap_or(Value::None);
    let (class, exception) = carried(interp, &message, bound.take(1))?;
    let file = bound.take(2).and_then(|file| file.as_str().cloned()).unwrap_or_else(|| "<unknown>".into());
    let line = line_of(interp, bound.take(3))?;
    let module = bound.take(4).and_then(|module| module.as_str().cloned());
    if bound.take(5).is_some_and(|registry| !registry.is_none()) {
        return Err(Stop::unsupported("warn_explicit() with a registry"));
    }
    let module = module.unwrap_or_else(|| file.strip_suffix(".py").unwrap_or(&file).into());
    let text = interp.str(&exception)?;
    let shown =
        interp.action(&text.into(), &class, &Origin { file: file.clone(), line, module: module.clone() })?;
    match &*shown {
        "ignore" => Ok(()),
        "error" => Err(interp.raise_from(exception, None)),
        _ => interp.show_warning(&class, &exception, &Origin { file, line, module }),
    }?;
    Ok(Value::None)
}

fn format_warning(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound =
        Signature::new("formatwarning", "message, category, filename, lineno, line=").bind(interp, args)?;
    let message = bound.take(0).unwrap_or(Value::None);
    let category = bound.take(1).unwrap_or(Value::None);
    let name = category.as_class().map(|class| class.name()).unwrap_or_default();
    let file = bound.take(2).unwrap_or(Value::None);
    let line = bound.take(3).unwrap_or(Value::None);
    let text = bound.take(4).filter(|text| !text.is_none());
    let (message, file, line) = (interp.str(&message)?, interp.str(&file)?, interp.str(&line)?);
    let source = match text {
        Some(text) => format!("  {}\n", interp.str(&text)?.trim()),
        None if file.starts_with('<') => String::new(),
        None => return Err(Stop::unsupported("formatwarning() of a line in a file")),
    };
    Ok(Value::from(format!("{file}:{line}: {name}: {message}\n{source}")))
}

fn catch(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let signature =
        Signature::new("catch_warnings", "*, record=, module=, action=, category=, lineno=, append=");
    let mut bound = signature.bind(interp, args)?;
    let record = bound.take(0).map(|record| interp.truth(&record)).transpose()?.unwrap_or(false);
    if bound.take(1).is_some_and(|module| !module.is_none()) {
        return Err(Stop::unsupported("catch_warnings() of a module"));
    }
    let action = match bound.take(2).filter(|action| !action.is_none()) {
        None => None,
        Some(action) => {
            let action = action_of(interp, Some(action))?;
            let category = category_of(interp, bound.take(3))?;
            let line = line_of(interp, bound.take(4))?;
            let append = bound.take(5).map(|append| interp.truth(&append)).transpose()?.unwrap_or(false);
            Some((Filter { action, message: None, category, module: None, line }, append))
        }
    };
    Ok(Value::object(Catch { record, action, before: RefCell::new(None) }))
}

/// What a block found: the filters, what `showwarning` was.
type Before = (Vec<Filter>, Option<Value>);

/// `catch_warnings(…)`.
struct Catch {
    record: bool,
    action: Option<(Filter, bool)>,
    before: RefCell<Option<Before>>,
}

impl Object for Catch {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "catch_warnings"
    }

    fn type_module(&self) -> &'static str {
        "warnings"
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(if self.record { "catch_warnings(record=True)".into() } else { "catch_warnings()".into() })
    }

    fn get_attr(&self, _interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let this = this.clone();
        Ok(match name {
            "__enter__" => Some(Value::native(name, move |interp, _| match &this {
                Value::Object(object) => Ok(object.enter(interp, &this)?.unwrap_or(Value::None)),
                _ => Ok(Value::None),
            })),
            "__exit__" => Some(Value::native(name, move |interp, _| {
                if let Value::Object(object) = &this {
                    object.exit(interp, &this, None)?;
                }
                Ok(Value::None)
            })),
            _ => None,
        })
    }

    fn enter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        if self.before.borrow().is_some() {
            let shown = self.repr(interp, &Value::None)?;
            return Err(interp.raise("RuntimeError", format!("Cannot enter {shown} twice")));
        }
        let found = filters(interp);
        let module = interp.import("warnings")?;
        *self.before.borrow_mut() = Some((found, module.dict.get("showwarning")));
        interp.warnings.version += 1;
        let mut given = Value::None;
        if self.record {
            given = Value::list(Vec::new());
            module.dict.set("showwarning", Value::native("showwarning", |_, _| Ok(Value::None)));
        }
        interp.warnings.records.push(given.clone());
        if let Some((filter, append)) = &self.action {
            add_filter(interp, filter.clone(), *append);
        }
        Ok(Some(given))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, _exception: Option<&Value>) -> PyResult<bool> {
        let Some((found, show)) = self.before.borrow_mut().take() else {
            let shown = self.repr(interp, &Value::None)?;
            return Err(interp.raise("RuntimeError", format!("Cannot exit {shown} without entering first")));
        };
        interp.warnings.filters = Some(found);
        interp.warnings.version += 1;
        let dropped = interp.warnings.records.pop();
        drop(dropped);
        let module = interp.import("warnings")?;
        if let Some(show) = show {
            module.dict.set("showwarning", show);
        }
        Ok(false)
    }
}

impl Interp {
    /// What the filters do with a warning; `once`, `module` and `default` are not asked whether they have.
    fn action(&mut self, text: &Rc<str>, class: &Rc<Class>, origin: &Origin) -> PyResult<Rc<str>> {
        for filter in filters(self) {
            self.charge(1)?;
            if !class.is_subclass(&filter.category) || (filter.line != 0 && filter.line != origin.line) {
                continue;
            }
            if let Some((_, pattern)) = &filter.message
                && self.call_method(pattern, "match", Args::of(vec![Value::Str(text.clone())]))?.is_none()
            {
                continue;
            }
            let fits = match &filter.module {
                None => true,
                Some((name, Value::None)) => *name == origin.module,
                Some((_, pattern)) => {
                    let module = Value::Str(origin.module.clone());
                    !self.call_method(pattern, "match", Args::of(vec![module]))?.is_none()
                }
            };
            if fits {
                return Ok(filter.action);
            }
        }
        Ok("default".into())
    }

    /// Warns: shows, records, raises or drops, as the filters say.
    pub(crate) fn give_warning(
        &mut self,
        class: &Rc<Class>,
        exception: &Value,
        origin: &Origin,
    ) -> PyResult<()> {
        let text: Rc<str> = self.str(exception)?.into();
        self.charge_bytes(text.len() + 64)?;
        let identity = class.identity();
        let key = (text.clone(), identity, origin.line);
        let version = self.warnings.version;
        let registry = self.warnings.registries.entry(origin.module.clone()).or_default();
        if registry.version != version {
            *registry = Registry { version, shown: HashSet::new() };
        }
        if registry.shown.contains(&key) {
            return Ok(());
        }
        let action = self.action(&text, class, origin)?;
        let registry = self.warnings.registries.entry(origin.module.clone()).or_default();
        let new = match &*action {
            "ignore" => false,
            "error" => return Err(self.raise_from(exception.clone(), None)),
            "always" => true,
            "once" => {
                registry.shown.insert(key);
                self.warnings.once.insert((text, identity))
            }
            "module" => {
                registry.shown.insert(key);
                registry.shown.insert((text, identity, 0))
            }
            _ => registry.shown.insert(key),
        };
        if new { self.show_warning(class, exception, origin) } else { Ok(()) }
    }

    fn show_warning(&mut self, class: &Rc<Class>, exception: &Value, origin: &Origin) -> PyResult<()> {
        let module = self.import("warnings")?;
        let (file, line) = if origin.file.is_empty() {
            let what = "where in the library a warning comes from";
            (Unavailable::value(what), Unavailable::value(what))
        } else {
            (Value::Str(origin.file.clone()), Value::size(origin.line))
        };
        let category = Value::Class(class.clone());
        if let Some(show) = module.dict.get("showwarning")
            && !matches!(show, Value::Native(_))
        {
            let args = vec![exception.clone(), category, file, line, Value::None, Value::None];
            return self.call(&show, Args::of(args)).map(drop);
        }
        let Some(Value::List(list)) =
            self.warnings.records.iter().rev().find(|record| !record.is_none()).cloned()
        else {
            return Ok(());
        };
        let kind = message_class(self);
        let message = Value::Instance(Instance::plain(kind));
        for (name, value) in [
            ("message", exception.clone()),
            ("category", category),
            ("filename", file),
            ("lineno", line),
            ("file", Value::None),
            ("line", Value::None),
            ("source", Value::None),
            ("_category_name", Value::Str(class.name())),
        ] {
            self.set_attr(&message, name, value)?;
        }
        list.items.borrow_mut().push(message);
        Ok(())
    }
}
