//! `OrderingList` of `sqlalchemy.ext.orderinglist`: a list whose members have their place in an attribute.
//!
//! It is a class of collections like a document's own, so `wrap` makes its methods tell of changes; here each change is made
//! and the places are written. Members that a load puts in keep the place that they came with.

use super::{beyond, list_of};
use crate::python::{Args, Class, Interp, Module, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::lend;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.ext.orderinglist";

/// The list that an instance carries.
fn held(this: &Value) -> PyResult<Value> {
    let held = this.as_instance().and_then(|instance| instance.payload.clone());
    held.ok_or_else(|| beyond("an ordering list without its list"))
}

/// Writes a member's place, where that is another; with `settled`, only where it has none.
fn place(interp: &mut Interp, this: &Value, index: Value, member: &Value, settled: bool) -> PyResult<()> {
    let attribute = interp.get_attr(this, "ordering_attr")?;
    let Some(attribute) = attribute.as_str().cloned() else {
        return Err(Stop::unsupported("an ordering list by something that is no name"));
    };
    let has = interp.get_attr(member, &attribute)?;
    if settled && !has.is_none() {
        return Ok(());
    }
    let numbering = interp.get_attr(this, "ordering_func")?;
    let wanted = interp.call(&numbering, Args::of(vec![index, this.clone()]))?;
    if !interp.eq(&has, &wanted)? {
        interp.set_attr(member, &attribute, wanted)?;
    }
    Ok(())
}

/// Writes every member's place.
fn reorder(interp: &mut Interp, this: &Value) -> PyResult<()> {
    for (index, member) in interp.iterate(this)?.iter().enumerate() {
        place(interp, this, Value::size(index), member, false)?;
    }
    Ok(())
}

type Body = fn(&mut Interp, &Value, &[Value]) -> PyResult<Value>;

/// Methods by name, what they take, and what they do.
const METHODS: [(&str, &str, Body); 7] = [
    ("append", "entity", |interp, this, args| {
        let list = held(this)?;
        interp.call_method(&list, "append", Args::of(args.to_vec()))?;
        let always = interp.get_attr(this, "reorder_on_append")?;
        let settled = !interp.truth(&always)?;
        let (index, member) = (interp.len(&list)?.saturating_sub(1), args[0].clone());
        place(interp, this, Value::size(index), &member, settled)?;
        Ok(Value::None)
    }),
    ("insert", "index, entity", |interp, this, args| {
        let list = held(this)?;
        interp.call_method(&list, "insert", Args::of(args.to_vec()))?;
        reorder(interp, this)?;
        Ok(Value::None)
    }),
    ("remove", "entity", |interp, this, args| {
        let list = held(this)?;
        interp.call_method(&list, "remove", Args::of(args.to_vec()))?;
        // A list that its object has no longer keeps the places that it had.
        if list_of(interp, this)?.is_some_and(|list| list.owner.get().is_some()) {
            reorder(interp, this)?;
        }
        Ok(Value::None)
    }),
    ("pop", "index=", |interp, this, args| {
        let list = held(this)?;
        let member = interp.call_method(&list, "pop", Args::of(args.to_vec()))?;
        reorder(interp, this)?;
        Ok(member)
    }),
    ("__setitem__", "index, entity", |interp, this, args| {
        let list = held(this)?;
        let Value::Int(_) = args[0] else {
            return Err(beyond("assignment to a slice of an ordering list by itself"));
        };
        place(interp, this, args[0].clone(), &args[1], false)?;
        interp.set_item(&list, &args[0], args[1].clone())?;
        Ok(Value::None)
    }),
    ("__delitem__", "index", |interp, this, args| {
        let list = held(this)?;
        interp.del_item(&list, &args[0])?;
        reorder(interp, this)?;
        Ok(Value::None)
    }),
    ("reorder", "", |interp, this, _| {
        reorder(interp, this)?;
        Ok(Value::None)
    }),
];

/// Numbers from a start.
fn numbering(name: impl Into<Rc<str>>, start: Value) -> Value {
    let name = name.into();
    let label = name.clone();
    Value::native(name, move |interp, args| {
        let [index, _] = args.exactly(interp, &label)?;
        interp.binary(crate::python::BinaryOp::Add, &index, &start)
    })
}

/// The class, made at its first use.
fn class(interp: &mut Interp) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get("OrderingList") {
        return Ok(class.clone());
    }
    let list = interp.builtin_class("list");
    let class = interp.native_class(MODULE, "OrderingList", vec![list])?;
    let signature =
        Signature::new("OrderingList.__init__", "self, ordering_attr=, ordering_func=, reorder_on_append=");
    class.dict.set(
        "__init__",
        Value::native_method("__init__", move |interp, args| {
            let mut bound = signature.bind(interp, args)?;
            let this = bound.take(0).unwrap_or(Value::None);
            let function = bound.take(2).filter(|function| !function.is_none());
            let function = function.unwrap_or_else(|| numbering("count_from_0", Value::int(0)));
            interp.set_attr(&this, "ordering_attr", bound.take(1).unwrap_or(Value::None))?;
            interp.set_attr(&this, "ordering_func", function)?;
            interp.set_attr(&this, "reorder_on_append", bound.take(3).unwrap_or(Value::Bool(false)))?;
            Ok(Value::None)
        }),
    );
    for (name, parameters, body) in METHODS {
        let parameters =
            if parameters.is_empty() { "self".to_owned() } else { format!("self, {parameters}") };
        let signature = Signature::new(&format!("OrderingList.{name}"), &parameters);
        class.dict.set(
            name,
            Value::native_method(name, move |interp, args| {
                let bound = signature.bind(interp, args)?;
                let given: Vec<Value> = bound.values.into_iter().flatten().collect();
                let (this, given) = given.split_first().ok_or_else(|| beyond(name))?;
                body(interp, this, given)
            }),
        );
    }
    lend::shared(interp).classes.insert("OrderingList", class.clone());
    Ok(class)
}

/// `ordering_list(…)`: what makes such a list for each object.
fn ordering_list(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let count = args.take_keyword("count_from").or_else(|| {
        let placed = args.positional.len() > 1;
        placed.then(|| args.positional.remove(1))
    });
    if let Some(start) = count.filter(|start| !start.is_none()) {
        let name = format!("count_from_{}", interp.str(&start)?);
        args.keywords.retain(|(name, _)| &**name != "ordering_func");
        args.keywords.push(("ordering_func".into(), numbering(name, start)));
    }
    let Some(attribute) = args.positional.first().cloned().or_else(|| args.take_keyword("attr")) else {
        return Err(
            interp.raise("TypeError", "ordering_list() missing 1 required positional argument: 'attr'")
        );
    };
    let keywords = args.keywords;
    Ok(Value::native("<lambda>", move |interp, args| {
        let [] = args.exactly(interp, "ordering_list.<locals>.<lambda>")?;
        let class = class(interp)?;
        let args = Args { positional: vec![attribute.clone()], keywords: keywords.clone() };
        interp.call(&Value::Class(class), args)
    }))
}

/// Adds what `sqlalchemy.ext.orderinglist` shows.
pub(in crate::sqlalchemy::orm) fn install(interp: &mut Interp, module: &Module) -> PyResult<()> {
    let class = class(interp)?;
    module.dict.set("OrderingList", Value::Class(class));
    module.dict.set("ordering_list", Value::native("ordering_list", ordering_list));
    for start in [0, 1] {
        let name = format!("count_from_{start}");
        module.dict.set(&name, numbering(name.as_str(), Value::int(start)));
    }
    module.dict.set(
        "count_from_n_factory",
        Value::native("count_from_n_factory", |interp, args| {
            let [start] = args.exactly(interp, "count_from_n_factory")?;
            let name = format!("count_from_{}", interp.str(&start)?);
            Ok(numbering(name, start))
        }),
    );
    Ok(())
}
