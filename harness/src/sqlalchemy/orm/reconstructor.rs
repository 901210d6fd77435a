//! `reconstructor()`: the method of a class that is called for each object that is loaded.

use super::{instance, validates};
use crate::python::{Args, Class, Interp, PyResult, Value, fresh_identity};
use crate::sqlalchemy::lend;
use backproof_engine::Orm;
use backproof_engine::event::{Answer, Call, Happening, Listener, Of, Stage};
use backproof_engine::map::MapperId;
use std::rc::Rc;

const MARK: &str = "__sa_reconstructor__";

/// `@reconstructor`.
pub(super) fn reconstructor(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let [function] = args.exactly(interp, "reconstructor")?;
    interp.set_attr(&function, MARK, Value::Bool(true))?;
    Ok(function)
}

/// The method of a class, or of what it derives from, that is marked; the last of several counts.
fn marked(interp: &mut Interp, class: &Rc<Class>) -> PyResult<Option<Value>> {
    let mut found = None;
    for function in validates::functions(class) {
        if interp.get_attr_opt(&function, MARK)?.is_some() {
            found = Some(function);
        }
    }
    Ok(found)
}

/// Has the marked method of a class that was just mapped called for the objects of that class itself.
pub(super) fn install(interp: &mut Interp, class: &Rc<Class>, mapper: MapperId) -> PyResult<()> {
    let Some(function) = marked(interp, class)? else { return Ok(()) };
    let call: Call = Rc::new(move |cx, happening| {
        if let Happening::Instance { object, .. } = happening {
            lend::lend(cx, |interp| {
                let object = instance::wrap(interp, object)?;
                interp.call(&function, Args::of(vec![object]))
            })?;
        }
        Ok(Answer::Nothing)
    });
    let of = Of::Classes(Rc::new(move |_: &Orm, other| other == mapper));
    let listener =
        Listener { id: fresh_identity(), of, call, stage: Stage::Configured, active_history: false };
    lend::with_cx(interp, |cx| {
        cx.orm.events.listen("load", listener, false);
        Ok(())
    })
}
