//! `ORMExecuteState`: what a session is about to execute, as listeners of `do_orm_execute` read and change it.

use crate::python::{Args, Interp, Map, Object, PyResult, Stop, Value, fresh_identity};
use crate::sqlalchemy::convert;
use crate::sqlalchemy::orm::event_targets as targets;
use crate::sqlalchemy::orm::select::SelectObject;
use crate::sqlalchemy::statement::{Kind, StatementObject};
use backproof_engine::event::Answer;
use backproof_engine::load::{Entity, Purpose, Query};
use backproof_engine::map::MapperId;
use backproof_engine::session::SessionId;
use backproof_engine::value::HostValue;
use std::any::Any;
use std::cell::{Cell, RefCell};

/// What kind of execution it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Select(Purpose),
    Insert,
    Update,
    Delete,
    Other,
}

pub(super) struct ExecuteObject {
    session: SessionId,
    of: Of,
    mappers: Vec<MapperId>,
    statement: RefCell<Value>,
    changed: Cell<bool>,
    id: u64,
}

impl ExecuteObject {
    pub(super) fn of_query(interp: &mut Interp, session: SessionId, query: &Query) -> PyResult<Value> {
        let mut mappers: Vec<MapperId> = Vec::new();
        for entity in &query.entities {
            if let Entity::Mapped(mapped) | Entity::Attribute(mapped, _) = entity
                && !mappers.contains(&mapped.mapper)
            {
                mappers.push(mapped.mapper);
            }
        }
        if mappers.is_empty() {
            mappers.extend(query.select_from.iter().map(|mapped| mapped.mapper));
        }
        interp.charge_bytes(1024)?;
        let statement = SelectObject::value(query.clone());
        Ok(ExecuteObject::value(session, Of::Select(query.purpose), mappers, statement))
    }

    pub(super) fn of_statement(_interp: &mut Interp, session: SessionId, statement: &dyn HostValue) -> Value {
        let statement = convert::held(statement).unwrap_or(Value::None);
        let (mut of, mut mappers) = (Of::Other, Vec::new());
        if let Some(object) = statement.downcast::<StatementObject>() {
            of = match object.kind {
                Kind::Insert(_) => Of::Insert,
                Kind::Update(_) => Of::Update,
                Kind::Delete(_) => Of::Delete,
            };
            mappers.extend(object.of_class.as_ref().map(crate::sqlalchemy::orm::dml::OfClass::mapper));
        }
        ExecuteObject::value(session, of, mappers, statement)
    }

    fn value(session: SessionId, of: Of, mappers: Vec<MapperId>, statement: Value) -> Value {
        let (statement, changed) = (RefCell::new(statement), Cell::new(false));
        Value::object(ExecuteObject { session, of, mappers, statement, changed, id: fresh_identity() })
    }

    /// What is to be executed, after a listener has returned `result`.
    pub(super) fn answer(&self, interp: &mut Interp, result: &Value) -> PyResult<Answer> {
        if interp.truth(result)? {
            return Err(Stop::unsupported("a result that a listener of do_orm_execute gives"));
        }
        if !self.changed.get() {
            return Ok(Answer::Nothing);
        }
        let statement = self.statement.borrow().clone();
        match (self.of, statement.downcast::<SelectObject>()) {
            (Of::Select(_), Some(select)) => Ok(Answer::Query(Box::new(select.query.clone()))),
            (Of::Select(_), None) | (_, Some(_)) => {
                Err(Stop::unsupported("another kind of statement from a listener of do_orm_execute"))
            }
            (_, None) => Ok(Answer::Statement(convert::carried(interp, &statement)?)),
        }
    }

    /// The document's execution options.
    fn options(&self, interp: &mut Interp) -> PyResult<Value> {
        let statement = self.statement.borrow().clone();
        let options = Value::dict(Map::new());
        if let Some(select) = statement.downcast::<SelectObject>() {
            for (name, value) in &select.query.host_options {
                let value = convert::held(&**value).unwrap_or(Value::None);
                interp.set_item(&options, &Value::Str(name.clone()), value)?;
            }
        }
        Ok(options)
    }

    fn add_options(&self, interp: &mut Interp, args: Args) -> PyResult<()> {
        let statement = self.statement.borrow().clone();
        let change = interp.get_attr(&statement, "execution_options")?;
        let changed = interp.call(&change, args)?;
        *self.statement.borrow_mut() = changed;
        self.changed.set(true);
        Ok(())
    }
}

impl Object for ExecuteObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "ORMExecuteState"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.session"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let is = |truth: bool| Ok(Some(Value::Bool(truth)));
        match name {
            "session" => Ok(Some(targets::session(interp, self.session))),
            "statement" => Ok(Some(self.statement.borrow().clone())),
            "is_select" => is(matches!(self.of, Of::Select(_))),
            "is_insert" => is(self.of == Of::Insert),
            "is_update" => is(self.of == Of::Update),
            "is_delete" => is(self.of == Of::Delete),
            "is_from_statement" => {
                let statement = self.statement.borrow();
                is(statement
                    .downcast::<SelectObject>()
                    .is_some_and(|select| select.query.statement.is_some()))
            }
            "is_column_load" => is(self.of == Of::Select(Purpose::Columns)),
            "is_relationship_load" => is(self.of == Of::Select(Purpose::Relationship)),
            "is_orm_statement" => is(!self.mappers.is_empty()),
            "bind_mapper" => match self.mappers.first() {
                Some(mapper) => targets::mapper(interp, *mapper).map(Some),
                None => Ok(Some(Value::None)),
            },
            "all_mappers" => {
                let mappers = self.mappers.iter();
                let mappers =
                    mappers.map(|mapper| targets::mapper(interp, *mapper)).collect::<PyResult<_>>()?;
                Ok(Some(Value::list(mappers)))
            }
            "execution_options" => self.options(interp).map(Some),
            "update_execution_options" => {
                let this = this.clone();
                Ok(Some(Value::native(name, move |interp, args| {
                    if let Some(state) = this.downcast::<ExecuteObject>() {
                        state.add_options(interp, args)?;
                    }
                    Ok(Value::None)
                })))
            }
            _ if name.starts_with("__") => Ok(None),
            _ => Err(Stop::unsupported(format!("`{name}` of an ORMExecuteState"))),
        }
    }

    fn set_attr(&self, _interp: &mut Interp, _this: &Value, name: &str, value: Value) -> PyResult<()> {
        if name != "statement" {
            return Err(Stop::unsupported(format!("setting `{name}` of an ORMExecuteState")));
        }
        *self.statement.borrow_mut() = value;
        self.changed.set(true);
        Ok(())
    }
}
