//! Engine errors as the exceptions of `sqlalchemy.exc` and `sqlalchemy.orm.exc`.
//!
//! The classes are made once a world, with the modules and bases that the profile's release gives them.

use super::{lend, names};
use crate::python::{Args, Class, Interp, Module, Property, PyResult, Stop, Value};
use backproof_engine::db::DriverError;
use backproof_engine::state::ObjRef;
use backproof_engine::version::{Behaviour, Profile};
use backproof_engine::{Error, ErrorKind};
use std::rc::Rc;

const EXC: &str = "sqlalchemy.exc";
const ORM_EXC: &str = "sqlalchemy.orm.exc";

/// Name and bases of the classes of `sqlalchemy.exc`, parents first.
const CORE: &[(&str, &[&str])] = &[
    ("SQLAlchemyError", &["Exception"]),
    ("ArgumentError", &["SQLAlchemyError"]),
    ("ConstraintColumnNotFoundError", &["ArgumentError"]),
    ("DuplicateColumnError", &["ArgumentError"]),
    ("ObjectNotExecutableError", &["ArgumentError"]),
    ("NoSuchModuleError", &["ArgumentError"]),
    ("NoForeignKeysError", &["ArgumentError"]),
    ("AmbiguousForeignKeysError", &["ArgumentError"]),
    ("CircularDependencyError", &["SQLAlchemyError"]),
    ("CompileError", &["SQLAlchemyError"]),
    ("UnsupportedCompilationError", &["CompileError"]),
    ("IdentifierError", &["SQLAlchemyError"]),
    ("DisconnectionError", &["SQLAlchemyError"]),
    ("InvalidatePoolError", &["DisconnectionError"]),
    ("TimeoutError", &["SQLAlchemyError"]),
    ("InvalidRequestError", &["SQLAlchemyError"]),
    ("IllegalStateChangeError", &["InvalidRequestError"]),
    ("NoInspectionAvailable", &["InvalidRequestError"]),
    ("PendingRollbackError", &["InvalidRequestError"]),
    ("ResourceClosedError", &["InvalidRequestError"]),
    ("NoSuchColumnError", &["InvalidRequestError", "KeyError"]),
    ("NoReferenceError", &["InvalidRequestError"]),
    ("NoReferencedTableError", &["NoReferenceError"]),
    ("NoReferencedColumnError", &["NoReferenceError"]),
    ("NoSuchTableError", &["InvalidRequestError"]),
    ("UnreflectableTableError", &["InvalidRequestError"]),
    ("UnboundExecutionError", &["InvalidRequestError"]),
    ("StatementError", &["SQLAlchemyError"]),
    ("DBAPIError", &["StatementError"]),
    ("InterfaceError", &["DBAPIError"]),
    ("DatabaseError", &["DBAPIError"]),
    ("DataError", &["DatabaseError"]),
    ("OperationalError", &["DatabaseError"]),
    ("IntegrityError", &["DatabaseError"]),
    ("InternalError", &["DatabaseError"]),
    ("ProgrammingError", &["DatabaseError"]),
    ("NotSupportedError", &["DatabaseError"]),
    ("SADeprecationWarning", &["DeprecationWarning"]),
    ("Base20DeprecationWarning", &["SADeprecationWarning"]),
    ("LegacyAPIWarning", &["Base20DeprecationWarning"]),
    ("RemovedIn20Warning", &["Base20DeprecationWarning"]),
    ("MovedIn20Warning", &["Base20DeprecationWarning"]),
    ("SAPendingDeprecationWarning", &["PendingDeprecationWarning"]),
    ("SAWarning", &["RuntimeWarning"]),
];

/// Name and bases of the classes of `sqlalchemy.orm.exc`, parents first.
const ORM: &[(&str, &[&str])] = &[
    ("StaleDataError", &["SQLAlchemyError"]),
    ("FlushError", &["SQLAlchemyError"]),
    ("UnmappedError", &["InvalidRequestError"]),
    ("ObjectDereferencedError", &["SQLAlchemyError"]),
    ("DetachedInstanceError", &["SQLAlchemyError"]),
    ("UnmappedInstanceError", &["UnmappedError"]),
    ("UnmappedClassError", &["UnmappedError"]),
    ("ObjectDeletedError", &["InvalidRequestError"]),
    ("UnmappedColumnError", &["InvalidRequestError"]),
    ("LoaderStrategyException", &["InvalidRequestError"]),
    ("MappedAnnotationError", &["ArgumentError"]),
];

/// In `sqlalchemy.exc` from 1.4 on, before that in `sqlalchemy.orm.exc`.
const RESULTS: &[(&str, &[&str])] =
    &[("NoResultFound", &["InvalidRequestError"]), ("MultipleResultsFound", &["InvalidRequestError"])];

/// Where a class keeps the driver's class of the same name; no identifier, so that no document reads it.
const DRIVER: &str = "(driver)";

fn has_core_results(profile: Profile) -> bool {
    profile.has(Behaviour::ResultErrorsInCore)
}

fn fill(interp: &mut Interp, module: &Module, home: &str, table: &[(&str, &[&str])]) -> PyResult<()> {
    for (name, base_names) in table {
        let mut bases = Vec::new();
        for base in *base_names {
            let found = module.dict.get(base).as_ref().and_then(Value::as_class).cloned();
            bases.push(found.unwrap_or_else(|| interp.builtin_class(base)));
        }
        let class = interp.native_class(home, name, bases)?;
        if *name == "SQLAlchemyError" {
            class.dict.set(
                "__str__",
                Value::native_method("__str__", |interp, args| {
                    let [this] = args.exactly(interp, "__str__")?;
                    text_of(interp, &this).map(Value::from)
                }),
            );
        }
        super::warning::install(&class, name);
        if *name == "StatementError" {
            for part in ["orig", "statement", "params"] {
                class.dict.set(part, part_of_statement_error(part));
            }
        }
        module.dict.set(name, Value::Class(class));
    }
    Ok(())
}

/// Builds `sqlalchemy.exc`.
pub(crate) fn core_module(interp: &mut Interp) -> PyResult<Rc<Module>> {
    let module = Module::new(EXC);
    fill(interp, &module, EXC, CORE)?;
    if has_core_results(lend::profile(interp)) {
        fill(interp, &module, EXC, RESULTS)?;
    }
    Ok(Rc::new(module))
}

/// Builds `sqlalchemy.orm.exc`, which also shows the classes of `sqlalchemy.exc` that it derives from.
pub(crate) fn orm_module(interp: &mut Interp) -> PyResult<Rc<Module>> {
    let core = interp.import(EXC)?;
    let module = super::orm::module(interp, ORM_EXC);
    for (name, class) in core.dict.items() {
        module.dict.set(&name, class);
    }
    fill(interp, &module, ORM_EXC, ORM)?;
    let profile = lend::profile(interp);
    if !has_core_results(profile) {
        fill(interp, &module, ORM_EXC, RESULTS)?;
    }
    // The classes of the Core were there to be derived from.
    let late = ["MappedAnnotationError".into()];
    for name in core.dict.keys().iter().chain(&late) {
        if !names::offers(profile, ORM_EXC, name) {
            module.dict.remove(name);
        }
    }
    module.dict.set("sa_exc", Value::Module(core));
    Ok(Rc::new(module))
}

/// An exception class of the library by name.
pub(crate) fn class(interp: &mut Interp, name: &str) -> PyResult<Rc<Class>> {
    let own = interp.import(ORM_EXC)?.read(name);
    let found = match own {
        Some(found) => Some(found),
        None => interp.import(EXC)?.read(name),
    };
    match found {
        Some(Value::Class(class)) => Ok(class),
        _ => Err(Stop::unsupported(format!("the exception {name}"))),
    }
}

/// An exception of the library with a message of this room's own making.
pub(crate) fn raise_named(interp: &mut Interp, name: &str, message: impl Into<String>) -> Stop {
    match class(interp, name) {
        Ok(class) => interp.raise_class(&class, vec![Value::from(message.into())]),
        Err(stop) => stop,
    }
}

/// As [`raise_named`], with the code of the page that explains it.
pub(crate) fn raise_with_code(interp: &mut Interp, name: &str, message: String, code: &'static str) -> Stop {
    let stop = raise_named(interp, name, message);
    if let Stop::Raise(exception) = &stop
        && let Err(stop) = interp.set_attr(exception, "code", Value::from(code))
    {
        return stop;
    }
    stop
}

/// The Python exception of an engine error, or the exception of a callback that passed through it.
pub(crate) fn raise(interp: &mut Interp, error: &Error) -> Stop {
    let builtin = match error.kind() {
        ErrorKind::ConstraintColumnNotFoundError => return column_not_found(interp, error.detail()),
        ErrorKind::Host => {
            let stop = error.payload().and_then(|payload| payload.downcast_ref::<Stop>());
            return stop.cloned().unwrap_or_else(|| Stop::unsupported("an unknown error of a callback"));
        }
        ErrorKind::Unsupported => return Stop::unsupported(error.detail()),
        ErrorKind::TypeError => "TypeError",
        ErrorKind::ValueError => "ValueError",
        ErrorKind::AttributeError => "AttributeError",
        ErrorKind::KeyError => "KeyError",
        ErrorKind::IndexError => "IndexError",
        ErrorKind::NotImplementedError => "NotImplementedError",
        ErrorKind::AssertionError => "AssertionError",
        ErrorKind::RuntimeError => "RuntimeError",
        ErrorKind::OverflowError => "OverflowError",
        _ => "",
    };
    if let Some(object) = error.payload().and_then(|payload| payload.downcast_ref::<ObjRef>()) {
        return match super::orm::wrap(interp, object) {
            Ok(object) => interp.key_error(&object),
            Err(stop) => stop,
        };
    }
    if !builtin.is_empty() {
        return interp.raise(builtin, error.detail());
    }
    let stop = raise_named(interp, &format!("{:?}", error.kind()), error.detail());
    if let (Stop::Raise(exception), Some(code)) = (&stop, error.code())
        && let Err(stop) = interp.set_attr(exception, "code", Value::from(code))
    {
        return stop;
    }
    let driver = error.payload().and_then(|payload| payload.downcast_ref::<DriverError>());
    if let (Stop::Raise(exception), Some(driver)) = (&stop, driver)
        && let Err(stop) = wrap(interp, exception, driver)
    {
        return stop;
    }
    if let (Stop::Raise(exception), Some(source)) = (&stop, error.source_error())
        && let Stop::Raise(cause) = raise(interp, source)
        && let Err(stop) = interp.set_attr(exception, "__cause__", cause)
    {
        return stop;
    }
    stop
}

/// A constraint on a column that its table lacks: before 2.0, a class of its own did not tell it.
fn column_not_found(interp: &mut Interp, detail: &str) -> Stop {
    const CLASS: &str = "ConstraintColumnNotFoundError";
    if super::names::has(super::lend::profile(interp), "sqlalchemy.exc", CLASS) {
        return raise_named(interp, CLASS, detail);
    }
    if detail.starts_with("Can't create ForeignKeyConstraint") {
        return raise_named(interp, "ArgumentError", detail);
    }
    let name = detail
        .rsplit_once("no column named '")
        .and_then(|(_, rest)| rest.split_once('\''))
        .map(|(name, _)| name);
    interp.raise("KeyError", name.unwrap_or(detail))
}

/// A property of what an exception wraps; unsupported where [`wrap`] did not give it.
fn part_of_statement_error(part: &'static str) -> Value {
    let get = Value::native(part, move |interp: &mut Interp, args: Args| {
        let this = args.positional.first().cloned().unwrap_or(Value::None);
        let found = interp.get_attr_opt(&this, &format!("({part})"))?;
        found.ok_or_else(|| Stop::unsupported(format!("`{part}` of this exception")))
    });
    Value::Property(Rc::new(Property { getter: Some(get), ..Property::default() }))
}

/// Gives an exception what it wraps: the driver's exception, and the statement that failed.
fn wrap(interp: &mut Interp, exception: &Value, driver: &DriverError) -> PyResult<()> {
    let outer = class(interp, driver.class)?;
    let inner = if let Some(Value::Class(class)) = outer.dict.get(DRIVER) {
        class
    } else {
        let exception = interp.builtin_class("Exception");
        let class = interp.native_class("sqlite3", driver.class, vec![exception])?;
        outer.dict.set(DRIVER, Value::Class(class.clone()));
        class
    };
    if let Stop::Raise(orig) = interp.raise_class(&inner, vec![Value::from(driver.message.as_str())]) {
        interp.set_attr(exception, "(orig)", orig)?;
    }
    let statement = driver.statement.as_deref().map_or(Value::None, Value::from);
    interp.set_attr(exception, "(statement)", statement)?;
    if driver.statement.is_none() {
        return Ok(());
    }
    let mut sets = Vec::new();
    for set in &driver.parameters {
        let mut values = Vec::new();
        for value in set {
            values.push(super::convert::to_python(interp, value)?);
        }
        sets.push(Value::tuple(values));
    }
    let as_list = lend::has(interp, Behaviour::ExecutemanyLoggedAsList);
    let params = match (driver.many, as_list) {
        (true, true) => Value::list(sets),
        (true, false) => Value::tuple(sets),
        (false, _) => sets.into_iter().next().unwrap_or_else(|| Value::tuple(Vec::new())),
    };
    interp.set_attr(exception, "(params)", params)
}

/// `str()` of an exception of the library: its message, and where its background is explained.
fn text_of(interp: &mut Interp, exception: &Value) -> PyResult<String> {
    let args = interp.exception_args(exception);
    let message = match args.as_slice() {
        [one] => interp.str(one)?,
        many => interp.repr(&Value::tuple(many.to_vec()))?,
    };
    let code = interp.get_attr_opt(exception, "code")?;
    let Some(code) = code.as_ref().and_then(Value::as_str) else { return Ok(message) };
    let profile = lend::profile(interp);
    let statement = class(interp, "StatementError")?;
    let lines = profile.has(Behaviour::StatementErrorsInLines);
    let between = if lines && interp.is_instance(exception, &statement) { '\n' } else { ' ' };
    Ok(format!("{message}{between}(Background on this error at: {}{code})", profile.background()))
}
