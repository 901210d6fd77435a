//! The library's warnings as Python's: their classes, their `str()`, and where they come from.
//!
//! Of what 1.4 warns of under `SQLALCHEMY_WARN_20` only some is told; the one warning that 1.4 gives without it, that
//! something deprecated was used at all, never is.

use super::{errors, lend};
use crate::python::stdlib::warnings::Origin;
use crate::python::{Args, Class, Interp, PyResult, Value};
use backproof_engine::version::Behaviour;
use backproof_engine::{Category, Warning};
use std::rc::Rc;

/// Gives a warning to Python's filters.
pub(crate) fn give(interp: &mut Interp, warning: &Warning) -> PyResult<()> {
    let class = errors::class(interp, warning.category.name())?;
    let text = Value::from(warning.message.as_str());
    let exception = interp.call(&Value::Class(class.clone()), Args::of(vec![text]))?;
    if let Some(code) = warning.code {
        interp.set_attr(&exception, "code", Value::from(code))?;
    }
    let origin = if lend::has(interp, Behaviour::WarningsAtCaller) {
        interp.origin(0)
    } else {
        // Where in the library it comes from is known to nobody here: each text has one place.
        Origin { file: "".into(), line: 0, module: "sqlalchemy".into() }
    };
    interp.give_warning(&class, &exception, &origin)
}

/// Something that 2.0 has elsewhere, or would rather have otherwise: 1.4 tells of it only where that is asked for.
pub(crate) fn give_of_2_0(interp: &mut Interp, category: Category, message: String) -> PyResult<()> {
    let told = lend::has(interp, Behaviour::MovesTold) || wants_of_2_0(interp);
    if told { give(interp, &Warning { category, message, code: None }) } else { Ok(()) }
}

/// Whether a document has asked 1.4 for the warnings of what 2.0 no longer has, before its first import of the library.
pub(super) fn wants_of_2_0(interp: &mut Interp) -> bool {
    lend::shared(interp).warns_of_2_0
}

/// Notes what the environment says when the library is imported.
pub(super) fn read_environment(interp: &mut Interp) {
    let asked = interp.environ.get("SQLALCHEMY_WARN_20").map(|asked| asked.to_lowercase());
    let asked = asked.is_some_and(|asked| matches!(&*asked, "true" | "yes" | "1"));
    lend::shared(interp).warns_of_2_0 = asked && lend::has(interp, Behaviour::WarnsOf20);
}

/// Gives the classes of warnings their `str()`: the text, and where its background is explained.
pub(super) fn install(class: &Rc<Class>, name: &str) {
    if !matches!(
        name,
        "SAWarning" | "SADeprecationWarning" | "SAPendingDeprecationWarning" | "Base20DeprecationWarning"
    ) {
        return;
    }
    let of_2_0 = name == "Base20DeprecationWarning";
    let is_deprecation = name == "SADeprecationWarning";
    class.dict.set(
        "__str__",
        Value::native_method("__str__", move |interp, args| {
            let [this] = args.exactly(interp, "__str__")?;
            let text = text_of(interp, &this, is_deprecation)?;
            Ok(Value::from(if of_2_0 {
                format!("{text} (Background on SQLAlchemy 2.0 at: https://sqlalche.me/e/b8d9)")
            } else {
                text
            }))
        }),
    );
}

fn text_of(interp: &mut Interp, warning: &Value, is_deprecation: bool) -> PyResult<String> {
    let args = interp.exception_args(warning);
    let message = match args.as_slice() {
        [one] => interp.str(one)?,
        [] => String::new(),
        many => interp.repr(&Value::tuple(many.to_vec()))?,
    };
    let code = interp.get_attr_opt(warning, "code")?;
    let Some(code) = code.as_ref().and_then(Value::as_str) else { return Ok(message) };
    let named = !is_deprecation && lend::has(interp, Behaviour::WarningsNameThemselves);
    let what = if named { "warning" } else { "error" };
    let background = lend::profile(interp).background();
    Ok(format!("{message} (Background on this {what} at: {background}{code})"))
}
