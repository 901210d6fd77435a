//! The module `sqlalchemy` and those beneath it that the Core half fills.

use super::{absent, ddl, engine, errors, functions, lend, names, orm, schema, statement, types};
use crate::python::{Interp, Module, PyResult, Value};
use backproof_engine::version::Asked;
use std::rc::Rc;

/// Everything that `sqlalchemy` shows, whatever the release.
fn everything(interp: &mut Interp) -> PyResult<Module> {
    let all = Module::new("sqlalchemy");
    schema::install(interp, &all);
    functions::install(&all);
    statement::install(&all);
    engine::install(&all);
    super::url::install(interp, &all);
    ddl::install(&all);
    super::selectable::install(interp, &all);
    for (name, value) in interp.import("sqlalchemy.types")?.dict.items() {
        all.dict.set(&name, value);
    }
    all.dict.set("select", Value::native("select", orm::select::select));
    all.dict.set("inspect", Value::native("inspect", orm::inspect_function));
    let engine = super::event::engine_class(interp);
    all.dict.set("Engine", Value::Class(engine));
    let connection = interp.foreign_class("sqlalchemy.engine.base", "Connection");
    all.dict.set("Connection", Value::Class(connection));
    let inspector = super::reflection::inspector_class(interp);
    all.dict.set("Inspector", Value::Class(inspector));
    let event = interp.import("sqlalchemy.event")?;
    all.dict.set("event", Value::Module(event));
    let errors = interp.import("sqlalchemy.exc")?;
    all.dict.set("exc", Value::Module(errors));
    Ok(all)
}

/// A module of the names that the real one of this release has among those.
fn chosen(interp: &mut Interp, name: &'static str) -> PyResult<Rc<Module>> {
    let profile = lend::profile(interp);
    let all = everything(interp)?;
    let module = orm::module(interp, name);
    for (key, value) in all.dict.items() {
        if names::offers(profile, name, &key) {
            module.dict.set(&key, value);
        }
    }
    absent::complete(interp, &module);
    Ok(Rc::new(module))
}

fn sqlalchemy(interp: &mut Interp) -> PyResult<Rc<Module>> {
    super::warning::read_environment(interp);
    let module = chosen(interp, "sqlalchemy")?;
    let profile = lend::profile(interp);
    let version = Asked::unnoted(|| profile.name());
    module.dict.set("__version__", Value::from(version));
    Ok(module)
}

/// Makes every module of the library importable.
pub(super) fn register(interp: &mut Interp) {
    interp.register_module("sqlalchemy", sqlalchemy);
    interp.register_module("sqlalchemy.types", types::module);
    interp.register_module("sqlalchemy.event", super::event::module);
    interp.register_module("sqlite3", super::event::driver_module);
    interp.register_module("sqlalchemy.sql.operators", orm::operating::module);
    interp.register_module("sqlalchemy.exc", errors::core_module);
    interp.register_module("sqlalchemy.orm.exc", errors::orm_module);
    for name in ["sqlalchemy.schema", "sqlalchemy.sql", "sqlalchemy.sql.expression", "sqlalchemy.engine"] {
        interp.register_module(name, move |interp| {
            let all = everything(interp)?;
            let profile = lend::profile(interp);
            let module = orm::module(interp, name);
            for (key, value) in all.dict.items() {
                if names::offers(profile, name, &key) {
                    module.dict.set(&key, value);
                }
            }
            if name == "sqlalchemy.sql" {
                let operators = interp.import("sqlalchemy.sql.operators")?;
                module.dict.set("operators", Value::Module(operators));
            }
            absent::complete(interp, &module);
            Ok(Rc::new(module))
        });
    }
    interp.register_module("sqlalchemy.engine.url", super::url::module);
    interp.register_module("sqlalchemy.future", super::future::module);
    interp.register_module("sqlalchemy.engine.reflection", |interp| {
        let module = orm::module(interp, "sqlalchemy.engine.reflection");
        let class = super::reflection::inspector_class(interp);
        module.dict.set("Inspector", Value::Class(class));
        Ok(Rc::new(module))
    });
    interp.register_module("sqlalchemy.pool", |interp| {
        const POOLS: [&str; 6] =
            ["NullPool", "Pool", "QueuePool", "SingletonThreadPool", "StaticPool", "AssertionPool"];
        let module = orm::module(interp, "sqlalchemy.pool");
        for name in POOLS {
            // Engines take a pool's class and have one connection a thread whatever it is.
            let class = interp.foreign_class("sqlalchemy.pool.impl", name);
            module.dict.set(name, Value::Class(class));
        }
        absent::complete(interp, &module);
        Ok(Rc::new(module))
    });
    interp.register_module("weakref", |_| Ok(Rc::new(Module::new("weakref"))));
    interp.register_module("gc", |_| {
        let module = Module::new("gc");
        module.dict.set(
            "collect",
            Value::native("collect", |interp, _| {
                lend::with_cx(interp, |cx| {
                    let collected = cx.orm.states.collect_cycles();
                    backproof_engine::session::sweep(cx.orm);
                    Ok(Value::size(collected))
                })
            }),
        );
        for name in ["enable", "disable"] {
            module.dict.set(name, Value::native(name, |_, _| Ok(Value::None)));
        }
        Ok(Rc::new(module))
    });
    super::within::register(interp);
    super::dialects::register(interp);
    orm::register(interp);
}
