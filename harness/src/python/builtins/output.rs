//! `print`.

use super::convert::plain;
use super::function;
use crate::python::args::Args;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::value::Value;

pub(super) fn install(interp: &mut Interp) {
    function(interp, "print", print);
}

fn print(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let separator = separator_text(interp, &mut args, "sep", " ")?;
    let end = separator_text(interp, &mut args, "end", "\n")?;
    let file = args.take_keyword("file").filter(|file| !file.is_none());
    args.take_keyword("flush");
    if let Some((name, _)) = args.keywords.first() {
        let message = format!("'{name}' is an invalid keyword argument for print()");
        return Err(interp.raise("TypeError", message));
    }
    // Each part is out before the next is asked for its text, which may print or log something itself.
    for (index, value) in args.positional.iter().enumerate() {
        if index > 0 {
            write(interp, file.as_ref(), &separator)?;
        }
        let part = interp.str(value)?;
        interp.charge_bytes(part.len())?;
        write(interp, file.as_ref(), &part)?;
    }
    write(interp, file.as_ref(), &end)?;
    Ok(Value::None)
}

fn write(interp: &mut Interp, file: Option<&Value>, text: &str) -> PyResult<()> {
    match file {
        None => interp.print(text),
        Some(file) => interp.call_method(file, "write", Args::of(vec![Value::from(text)])).map(drop),
    }
}

fn separator_text(interp: &mut Interp, args: &mut Args, name: &str, default: &str) -> PyResult<String> {
    match args.take_keyword(name) {
        None | Some(Value::None) => Ok(default.to_owned()),
        Some(value) => match plain(&value) {
            Value::Str(text) => Ok(text.to_string()),
            _ => {
                let kind = interp.type_name(&value);
                Err(interp.raise("TypeError", format!("{name} must be None or a string, not {kind}")))
            }
        },
    }
}
