//! What `os` and `os.path` say of files: a world has none but the databases that a document makes.
//!
//! Nothing is looked for on the machine. Only a database's file can be known not to be there; whether one is that an
//! engine was made for, and any other file, is unsupported.

use crate::python::args::Args;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::value::Value;
use std::rc::Rc;

/// What the names of databases' files end in.
const ENDINGS: [&str; 5] = [".db", ".db3", ".sqlite", ".sqlite3", ".sqlite2"];

/// The functions of `os.path`.
pub(super) fn fill_path(module: &Module) {
    for name in ["exists", "isfile", "lexists"] {
        let body = move |interp: &mut Interp, args: Args| {
            let [path] = args.exactly(interp, name)?;
            absent(interp, name, &path)?;
            Ok(Value::Bool(false))
        };
        module.dict.set(name, Value::native(name, body));
    }
}

/// The functions of `os`.
pub(super) fn fill(module: &Module) {
    for name in ["remove", "unlink"] {
        let body = move |interp: &mut Interp, args: Args| {
            let [path] = args.exactly(interp, name)?;
            let path = absent(interp, name, &path)?;
            let shown = interp.repr(&Value::Str(path))?;
            Err(interp.raise("FileNotFoundError", format!("[Errno 2] No such file or directory: {shown}")))
        };
        module.dict.set(name, Value::native(name, body));
    }
}

/// A path at which there is surely nothing.
fn absent(interp: &mut Interp, function: &str, path: &Value) -> PyResult<Rc<str>> {
    let text = super::system::text(interp, path)?;
    let name = text.rsplit('/').next().unwrap_or_default();
    let known = interp.files.iter().any(|file| file.rsplit('/').next() == Some(name));
    if known || !ENDINGS.iter().any(|ending| name.to_lowercase().ends_with(ending)) {
        return Err(Stop::unsupported(format!("`{function}()` of a file: a document reaches none")));
    }
    Ok(text)
}
