//! Methods of results that read rows in parts, keep them, or put results together.

use super::{Names, ResultObject, Source, Written};
use crate::python::{Args, Class, Interp, Iter, Object, PyResult, Stop, Value, fresh_identity};
use crate::sqlalchemy::define;
use std::any::Any;
use std::collections::VecDeque;
use std::rc::Rc;

/// What `freeze()` gives: calling it gives the rows again.
struct FrozenObject {
    names: Names,
    rows: Vec<Vec<Value>>,
    of: Value,
}

impl Object for FrozenObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "FrozenResult"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.engine.result"
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, args: Args) -> PyResult<Value> {
        let [] = args.exactly(interp, "FrozenResult")?;
        let Some(result) = self.of.downcast::<ResultObject>() else {
            return Err(Stop::unsupported("a frozen result of another kind"));
        };
        let source = Source {
            names: self.names.clone(),
            rows: VecDeque::from(self.rows.clone()).into(),
            reading: None.into(),
            once: None.into(),
            read: std::cell::RefCell::default(),
            closed: false.into(),
            returns_rows: true,
            needs_unique: false.into(),
            unhashable: std::cell::RefCell::new(Rc::from([])),
            written: Written::default(),
            places: result.source.places.clone(),
            of_cursor: result.source.of_cursor,
            per: None.into(),
        };
        Ok(Value::object(ResultObject {
            source: Rc::new(source),
            shape: result.shape,
            kind: "IteratorResult",
            id: fresh_identity(),
        }))
    }
}

/// How many rows `partitions()` takes at a time.
fn size(interp: &mut Interp, result: &ResultObject, given: Option<Value>) -> PyResult<usize> {
    let given = match given.filter(|size| !size.is_none()) {
        Some(size) => Some(interp.index(&size)?),
        None => None,
    };
    let size = given.or(result.source.per.get()).unwrap_or(1);
    match usize::try_from(size) {
        Ok(size) if size > 0 => Ok(size),
        _ => Err(Stop::unsupported("partitions of no rows")),
    }
}

/// Adds the methods.
pub(super) fn install(class: &Rc<Class>) {
    use define::{getter, method};
    method::<ResultObject>(class, "partitions", "size=", |interp, result, this, mut bound| {
        let size = size(interp, result, bound.take(0))?;
        let this = this.clone();
        Ok(Iter::from_fn("generator", move |interp| {
            let Some(result) = this.downcast::<ResultObject>() else { return Ok(None) };
            let rows = result.take(interp, size)?;
            Ok(if rows.is_empty() { None } else { Some(Value::list(rows)) })
        }))
    });
    method::<ResultObject>(class, "yield_per", "num", |interp, result, this, mut bound| {
        let num = bound.take(0).unwrap_or(Value::None);
        let num = interp.index(&num)?;
        result.source.per.set(Some(num));
        Ok(this.clone())
    });
    method::<ResultObject>(class, "freeze", "", |interp, result, this, _| {
        result.check(interp)?;
        let rows: Vec<Vec<Value>> = result.source.rest(interp)?.into();
        Ok(Value::object(FrozenObject { names: result.source.names.clone(), rows, of: this.clone() }))
    });
    getter::<ResultObject>(class, "closed", |_, result, _| {
        Ok(Value::Bool(result.source.closed.get() || !result.source.returns_rows))
    });
    method::<ResultObject>(class, "merge", "*others", |_, _, _, _| {
        Err(Stop::unsupported("merge() of results"))
    });
}
