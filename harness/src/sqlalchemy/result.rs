//! Results and rows: what executing a statement gives to Python.
//!
//! Rows of tables are all there before the first is asked for; those of mapped classes are read when they are asked for.

mod keys;
mod mapping;
mod more;
mod row;
mod source;

use super::{define, errors, lend};
use crate::python::{Class, Interp, Iter, Object, PyResult, Stop, Value, fresh_identity};
use backproof_engine::load::Unread;
use backproof_engine::map::Mapped;
use backproof_engine::sql::{Expr, ExprKind};
use backproof_engine::version::Behaviour;
use keys::KeyView;
use mapping::MappingObject;
pub(crate) use row::row;
use row::{no_column, placed_row, scalar};
use source::{Once, Reading, Source};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The names of a row's places.
pub(crate) type Names = Rc<[Rc<str>]>;

/// What one place of a row is of.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Mapped(Mapped),
    Expr(Expr),
}

/// What the places of a row are of.
pub(crate) type Places = Rc<[Place]>;

/// The place of a row that a name, a column or a class means.
fn place_of(
    interp: &mut Interp,
    names: &Names,
    places: Option<&Places>,
    key: &Value,
) -> PyResult<Option<usize>> {
    if let Some(name) = key.as_str() {
        return Ok(names.iter().position(|known| known == name));
    }
    let Some(places) = places else { return Ok(None) };
    if let Some(wanted) = super::orm::mapped_of(key) {
        return Ok(places.iter().position(|place| matches!(place, Place::Mapped(own) if *own == wanted)));
    }
    let Some(wanted) = super::expr::clause(interp, key)? else { return Ok(None) };
    let wanted = wanted.without_entities();
    let by = |test: &dyn Fn(&Expr) -> bool| {
        places.iter().position(|place| matches!(place, Place::Expr(own) if test(own)))
    };
    let exact = by(&|own| own.without_entities().same(&wanted));
    let labelled =
        || by(&|own| matches!(own.kind(), ExprKind::Label { element, .. } if element.same(&wanted)));
    let standing = || {
        let base = wanted.as_column()?;
        by(&|own| own.base_column() == Some(base))
    };
    Ok(exact.or_else(labelled).or_else(standing))
}

/// How rows are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Rows,
    /// The value at one place of each row.
    Scalars(usize),
    Mappings,
}

/// What an insert, update or delete says of itself.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) rowcount: i64,
    pub(crate) lastrowid: Option<i64>,
    pub(crate) inserted_primary_key: Option<Vec<Value>>,
}

/// A result.
pub(crate) struct ResultObject {
    source: Rc<Source>,
    shape: Shape,
    kind: &'static str,
    id: u64,
}

/// A result of rows with these names.
pub(crate) fn result(interp: &mut Interp, names: Names, rows: Vec<Vec<Value>>, of_objects: bool) -> Value {
    let chunked = of_objects && lend::has(interp, Behaviour::CursorResults);
    let kind = if chunked { "ChunkedIteratorResult" } else { cursor_kind(interp) };
    make(names, rows, kind, true, Written::default())
}

/// The result of what is executed row by row and returns nothing.
pub(crate) fn nothing() -> Value {
    make(Rc::from([]), Vec::new(), "IteratorResult", true, Written::default())
}

/// The result of a statement that returns no rows.
pub(crate) fn written(interp: &mut Interp, written: Written) -> Value {
    let kind = cursor_kind(interp);
    make(Rc::from([]), Vec::new(), kind, false, written)
}

fn cursor_kind(interp: &mut Interp) -> &'static str {
    if lend::has(interp, Behaviour::CursorResults) { "CursorResult" } else { "ResultProxy" }
}

fn make(
    names: Names,
    rows: Vec<Vec<Value>>,
    kind: &'static str,
    returns_rows: bool,
    written: Written,
) -> Value {
    Value::object(ResultObject {
        source: Rc::new(Source {
            names,
            rows: RefCell::new(rows.into()),
            reading: RefCell::new(None),
            once: RefCell::new(None),
            read: RefCell::default(),
            closed: Cell::new(false),
            returns_rows,
            needs_unique: Cell::new(false),
            unhashable: RefCell::new(Rc::from([])),
            written,
            places: RefCell::new(None),
            of_cursor: kind.ends_with("CursorResult") || kind == "ResultProxy",
            per: Cell::new(None),
        }),
        shape: Shape::Rows,
        kind,
        id: fresh_identity(),
    })
}

/// A result of a statement, its rows as the engine read them.
pub(crate) fn of_execution(
    interp: &mut Interp,
    executed: backproof_engine::db::ExecResult,
) -> PyResult<Value> {
    if !executed.returns_rows {
        let mut key = None;
        if let [values] = executed.inserted_primary_keys.as_slice() {
            let mut converted = Vec::with_capacity(values.len());
            for value in values {
                converted.push(super::convert::to_python(interp, value)?);
            }
            key = Some(converted);
        }
        let summary =
            Written { rowcount: executed.rowcount, lastrowid: executed.lastrowid, inserted_primary_key: key };
        return Ok(written(interp, summary));
    }
    let names: Names = executed.columns.iter().map(|column| column.name.clone()).collect();
    let mut rows = Vec::with_capacity(executed.rows.len());
    for row in &executed.rows {
        let mut values = Vec::with_capacity(row.len());
        for value in row {
            values.push(super::convert::to_python(interp, value)?);
        }
        rows.push(values);
    }
    Ok(result(interp, names, rows, false))
}

/// A result as connections of 1.4 give it, other than those of 2.0's style.
pub(crate) fn legacy(value: Value) -> Value {
    match value.downcast::<ResultObject>() {
        Some(result) if result.kind == "CursorResult" => result.reshaped(result.shape, "LegacyCursorResult"),
        _ => value,
    }
}

/// Says what the places of a result's rows are of.
pub(crate) fn set_places(value: &Value, places: Vec<Place>) {
    if let Some(result) = value.downcast::<ResultObject>()
        && places.len() == result.source.names.len()
    {
        *result.source.places.borrow_mut() = Some(places.into());
    }
}

/// Says that a result's rows are those of a query that was executed.
pub(crate) fn read_from(value: &Value, unread: Unread, per: Option<usize>) {
    if let Some(result) = value.downcast::<ResultObject>() {
        result.source.per.set(per.and_then(|per| i64::try_from(per).ok()));
        result.source.reading.replace(Some(Reading { unread, places: None }));
    }
}

/// Notes the places of a result's rows whose values have no hash.
pub(crate) fn note_unhashable(value: &Value, places: &Rc<[usize]>) {
    if let Some(result) = value.downcast::<ResultObject>() {
        result.source.unhashable.replace(places.clone());
    }
}

/// Marks a result whose rows repeat because collections were joined.
pub(crate) fn require_unique(value: &Value) {
    if let Some(result) = value.downcast::<ResultObject>() {
        result.source.needs_unique.set(true);
    }
}

impl ResultObject {
    fn reshaped(&self, shape: Shape, kind: &'static str) -> Value {
        Value::object(ResultObject { source: self.source.clone(), shape, kind, id: fresh_identity() })
    }

    fn check(&self, interp: &mut Interp) -> PyResult<()> {
        if !self.source.returns_rows {
            return Err(errors::raise_named(
                interp,
                "ResourceClosedError",
                "This result object does not return rows. It has been closed automatically.",
            ));
        }
        if self.source.closed.get() {
            return Err(errors::raise_named(interp, "ResourceClosedError", "This result object is closed."));
        }
        Ok(())
    }

    fn shaped(&self, interp: &mut Interp, values: Vec<Value>) -> PyResult<Value> {
        match self.shape {
            Shape::Rows if lend::has(interp, Behaviour::CoreRowsAreProxies) => {
                let places = self.source.places.borrow().clone();
                Ok(row::proxy(&self.source.names, values, places))
            }
            Shape::Rows => {
                let places = self.source.places.borrow().clone();
                Ok(placed_row(interp, &self.source.names, values, places, self.source.of_cursor))
            }
            Shape::Scalars(at) => Ok(values.get(at).cloned().unwrap_or(Value::None)),
            Shape::Mappings => {
                let places = self.source.places.borrow().clone();
                Ok(MappingObject::value(&self.source.names, values, places, self.source.of_cursor))
            }
        }
    }

    fn take(&self, interp: &mut Interp, most: usize) -> PyResult<Vec<Value>> {
        self.take_unless(interp, most, self.source.needs_unique.get())
    }

    /// The next rows. Rows that need `unique()` are refused when the first of them is handed out, and not before.
    fn take_unless(&self, interp: &mut Interp, most: usize, refused: bool) -> PyResult<Vec<Value>> {
        self.check(interp)?;
        let mut taken = Vec::new();
        while taken.len() < most {
            let Some(values) = self.source.next(interp)? else {
                self.source.read.borrow_mut().clear();
                break;
            };
            self.source.read.borrow_mut().push(values.clone());
            if refused {
                return Err(errors::raise_named(
                    interp,
                    "InvalidRequestError",
                    "The unique() method must be invoked on this Result, as it contains results that include joined eager loads against collections",
                ));
            }
            let once = self.source.once.borrow().clone();
            if let Some(once) = once {
                let key = match (&once.strategy, self.shape) {
                    (Some(strategy), _) => {
                        let row = self.shaped(interp, values.clone())?;
                        interp.call(strategy, crate::python::Args::of(vec![row]))?
                    }
                    (None, Shape::Scalars(at)) => {
                        let value = values.get(at).cloned().unwrap_or(Value::None);
                        self.hashed(interp, at, value)?
                    }
                    (None, Shape::Rows | Shape::Mappings) => {
                        let mut hashed = Vec::with_capacity(values.len());
                        for (at, value) in values.iter().enumerate() {
                            hashed.push(self.hashed(interp, at, value.clone())?);
                        }
                        Value::tuple(hashed)
                    }
                };
                if !interp.set_add(&once.seen, key)? {
                    continue;
                }
            }
            taken.push(self.shaped(interp, values)?);
        }
        Ok(taken)
    }

    /// What stands for a value where rows are told apart: of a mapped object, which object it is.
    fn hashed(&self, interp: &mut Interp, at: usize, value: Value) -> PyResult<Value> {
        if self.source.unhashable.borrow().contains(&at) {
            let message = "Can't apply uniqueness to row tuple containing value of type JSON(); this datatype produces \
                           non-hashable values";
            return Err(errors::raise_named(interp, "InvalidRequestError", message));
        }
        match crate::sqlalchemy::orm::mapped_identity(&value) {
            Some(identity) => Ok(Value::tuple(vec![Value::None, identity])),
            None => Ok(value),
        }
    }

    /// The first row; `one` and `none` say what it means that there is another or none.
    fn single(&self, interp: &mut Interp, none: bool) -> PyResult<Option<Value>> {
        let mut rows = self.take(interp, 2)?;
        self.source.close();
        match rows.len() {
            1 => Ok(rows.pop()),
            0 if none => Ok(None),
            0 => Err(errors::raise_named(interp, "NoResultFound", "No row was found when one was required")),
            _ => Err(errors::raise_named(
                interp,
                "MultipleResultsFound",
                if none {
                    "Multiple rows were found when one or none was required"
                } else {
                    "Multiple rows were found when exactly one was required"
                },
            )),
        }
    }

    fn first(&self, interp: &mut Interp) -> PyResult<Option<Value>> {
        // The first row alone cannot repeat.
        let row = self.take_unless(interp, 1, false)?.pop();
        self.source.close();
        Ok(row)
    }
}

impl Object for ResultObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.kind
    }

    fn type_module(&self) -> &'static str {
        if self.kind.ends_with("CursorResult") {
            "sqlalchemy.engine.cursor"
        } else {
            "sqlalchemy.engine.result"
        }
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let class = interp.foreign_class(self.type_module(), self.kind);
        if !class.dict.contains("all") && !class.dict.contains("fetchall") {
            install(interp, &class);
        }
        class
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn iter(&self, interp: &mut Interp, this: &Value) -> PyResult<Value> {
        self.check(interp)?;
        let this = this.clone();
        Ok(Iter::from_fn("generator", move |interp| match this.downcast::<ResultObject>() {
            Some(result) => Ok(result.take(interp, 1)?.pop()),
            None => Ok(None),
        }))
    }

    fn next(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        Ok(self.take(interp, 1)?.pop())
    }

    fn enter(&self, _interp: &mut Interp, this: &Value) -> PyResult<Option<Value>> {
        Ok(Some(this.clone()))
    }
}

/// The methods of results, as far as the release has them.
fn install(interp: &mut Interp, class: &Rc<Class>) {
    use define::{getter, method};
    let is_newer = lend::has(interp, Behaviour::CursorResults);
    method::<ResultObject>(class, "fetchall", "", |interp, result, _, _| {
        Ok(Value::list(result.take(interp, usize::MAX)?))
    });
    method::<ResultObject>(class, "fetchone", "", |interp, result, _, _| {
        Ok(result.take(interp, 1)?.pop().unwrap_or(Value::None))
    });
    method::<ResultObject>(class, "fetchmany", "size=", |interp, result, _, mut bound| {
        let size = bound.take(0).filter(|size| !size.is_none());
        let size = size.map_or(Ok(1), |size| interp.index(&size))?;
        Ok(Value::list(result.take(interp, usize::try_from(size).unwrap_or(0))?))
    });
    method::<ResultObject>(class, "first", "", |interp, result, _, _| {
        Ok(result.first(interp)?.unwrap_or(Value::None))
    });
    method::<ResultObject>(class, "scalar", "", |interp, result, _, _| {
        let row = result.first(interp)?;
        Ok(scalar(row))
    });
    method::<ResultObject>(class, "keys", "", move |_, result, _, _| {
        if is_newer {
            return Ok(KeyView::value(&result.source.names));
        }
        Ok(Value::list(result.source.names.iter().cloned().map(Value::from).collect()))
    });
    method::<ResultObject>(class, "close", "", |_, result, _, _| {
        result.source.reading.take();
        result.source.closed.set(true);
        Ok(Value::None)
    });
    getter::<ResultObject>(class, "rowcount", |_, result, _| {
        let count = if result.source.returns_rows { -1 } else { result.source.written.rowcount };
        Ok(Value::int(count))
    });
    getter::<ResultObject>(class, "lastrowid", |_, result, _| {
        Ok(result.source.written.lastrowid.map_or(Value::None, Value::int))
    });
    getter::<ResultObject>(class, "returns_rows", |_, result, _| Ok(Value::Bool(result.source.returns_rows)));
    getter::<ResultObject>(class, "inserted_primary_key", |interp, result, _| {
        match &result.source.written.inserted_primary_key {
            Some(values) if !lend::has(interp, Behaviour::CursorResults) => Ok(Value::list(values.clone())),
            Some(values) => Ok(Value::tuple(values.clone())),
            None => Err(Stop::unsupported("inserted_primary_key of this result")),
        }
    });
    if !is_newer {
        return;
    }
    method::<ResultObject>(class, "all", "", |interp, result, _, _| {
        Ok(Value::list(result.take(interp, usize::MAX)?))
    });
    method::<ResultObject>(class, "one", "", |interp, result, _, _| {
        Ok(result.single(interp, false)?.unwrap_or(Value::None))
    });
    method::<ResultObject>(class, "one_or_none", "", |interp, result, _, _| {
        Ok(result.single(interp, true)?.unwrap_or(Value::None))
    });
    method::<ResultObject>(class, "scalar_one", "", |interp, result, _, _| {
        let row = result.single(interp, false)?;
        Ok(scalar(row))
    });
    method::<ResultObject>(class, "scalar_one_or_none", "", |interp, result, _, _| {
        let row = result.single(interp, true)?;
        Ok(scalar(row))
    });
    method::<ResultObject>(class, "scalars", "index=", |interp, result, _, mut bound| {
        let at = match bound.take(0) {
            None => 0,
            Some(index) => column_at(interp, result, &index)?,
        };
        Ok(result.reshaped(Shape::Scalars(at), "ScalarResult"))
    });
    method::<ResultObject>(class, "mappings", "", |_, result, _, _| {
        Ok(result.reshaped(Shape::Mappings, "MappingResult"))
    });
    if super::names::has_member(interp, "CursorResult", "tuples") {
        method::<ResultObject>(class, "tuples", "", |_, _, this, _| Ok(this.clone()));
    }
    method::<ResultObject>(class, "unique", "strategy=", |_, result, this, mut bound| {
        let strategy = bound.take(0).filter(|strategy| !strategy.is_none());
        result.source.needs_unique.set(false);
        let seen = crate::python::Set::new(crate::python::MapSet::new());
        result.source.once.replace(Some(Rc::new(Once { seen, strategy })));
        Ok(this.clone())
    });
    method::<ResultObject>(class, "columns", "*columns", |interp, result, _, bound| {
        let mut places = Vec::new();
        for column in &bound.varargs {
            places.push(column_at(interp, result, column)?);
        }
        let names: Names = places.iter().filter_map(|&at| result.source.names.get(at).cloned()).collect();
        let rows = std::mem::take(&mut *result.source.rows.borrow_mut());
        let rows = rows
            .into_iter()
            .map(|values| places.iter().filter_map(|&at| values.get(at).cloned()).collect())
            .collect();
        let made = make(names, rows, result.kind, true, Written::default());
        if let (Some(mut reading), Some(made)) =
            (result.source.reading.take(), made.downcast::<ResultObject>())
        {
            reading.places = Some(match &reading.places {
                Some(before) => places.iter().filter_map(|&at| before.get(at).copied()).collect(),
                None => places.clone(),
            });
            made.source.reading.replace(Some(reading));
            made.source.per.set(result.source.per.get());
            made.source.needs_unique.set(result.source.needs_unique.get());
        }
        if let Some(known) = result.source.places.borrow().as_ref() {
            set_places(&made, places.iter().filter_map(|&at| known.get(at).cloned()).collect());
        }
        Ok(match (result.shape, made.downcast::<ResultObject>()) {
            (Shape::Mappings, Some(made)) => made.reshaped(Shape::Mappings, "MappingResult"),
            _ => made,
        })
    });
    more::install(class);
}

/// The place that an argument of `columns()` or `scalars()` means.
fn column_at(interp: &mut Interp, result: &ResultObject, index: &Value) -> PyResult<usize> {
    if let Value::Int(_) = index {
        return Ok(usize::try_from(interp.index(index)?).unwrap_or(0));
    }
    let places = result.source.places.borrow().clone();
    match place_of(interp, &result.source.names, places.as_ref(), index)? {
        Some(at) => Ok(at),
        None if index.as_str().is_some() => Err(no_column(interp, index, result.source.of_cursor)?),
        None => Err(Stop::unsupported("a column of a result by something that it does not have")),
    }
}
