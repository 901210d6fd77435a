//! `Session(…)`: its arguments, which differ from release to release.
//!
//! Reads settings only; what a session does with them is the engine's.

use super::session_value;
use crate::python::{Args, Interp, Map, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::lend;
use crate::sqlalchemy::orm::bind::{self, Bind};
use backproof_engine::session::{self as sessions, SessionSettings};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// Parameters of `Session()` in this release, in their order.
fn parameters(interp: &mut Interp) -> String {
    let keywords_only = lend::has(interp, Behaviour::SessionKeywordsOnly);
    let extensions = lend::has(interp, Behaviour::SessionExtensions);
    let has_future = lend::has(interp, Behaviour::FutureFlag);
    let has_autobegin = lend::has(interp, Behaviour::SessionAutobeginFlag);
    let closes = lend::has(interp, Behaviour::SessionCloseResetsOnly);
    let parts = [
        (true, "bind="),
        (keywords_only, "*"),
        (true, "autoflush="),
        (has_future, "future="),
        (true, "expire_on_commit="),
        (extensions, "_enable_transaction_accounting="),
        (true, "autocommit=, twophase="),
        (extensions, "weak_identity_map="),
        (true, "binds="),
        (extensions, "extension="),
        (true, "enable_baked_queries=, info=, query_cls="),
        (has_autobegin, "autobegin=, join_transaction_mode="),
        (closes, "close_resets_only="),
    ];
    let known: Vec<&str> = parts.into_iter().filter_map(|(has, part)| has.then_some(part)).collect();
    known.join(", ")
}

/// `Session(…)`.
pub(crate) fn create(interp: &mut Interp, args: Args) -> PyResult<Value> {
    // Python counts `self` among the arguments.
    let signature = Signature::new("Session.__init__", &format!("self, {}", parameters(interp)));
    let args = Args { positional: [vec![Value::None], args.positional].concat(), keywords: args.keywords };
    let names: Vec<Rc<str>> = signature.parameters.iter().map(|parameter| parameter.name.clone()).collect();
    let mut bound = signature.bind(interp, args)?;
    let mut take = |name: &str| bound.take(names.iter().position(|known| **known == *name)?);
    let mut settings = SessionSettings::default();
    if let Some(bind) = take("bind") {
        Bind::read(interp, &bind)?.set(&mut settings);
    }
    if let Some(mode) = take("join_transaction_mode").filter(|mode| !mode.is_none()) {
        settings.join = bind::join_mode(interp, &mode)?;
    }
    let query_class = super::super::query::class(interp);
    let queries = take("query_cls").filter(|class| {
        !class.is_none() && !class.as_class().is_some_and(|class| Rc::ptr_eq(class, &query_class))
    });
    let info = take("info").filter(|info| !info.is_none());
    let future = take("future").map(|value| interp.truth(&value)).transpose()?;
    let mut flag = |interp: &mut Interp, name: &str, default: bool| match take(name) {
        Some(value) => interp.truth(&value),
        None => Ok(default),
    };
    settings.autoflush = flag(interp, "autoflush", true)?;
    settings.expire_on_commit = flag(interp, "expire_on_commit", true)?;
    settings.autobegin = flag(interp, "autobegin", true)?;
    // What every session of a release does is not this one's setting: each change of 2.0 is told for itself.
    let always = lend::has(interp, Behaviour::FutureAlways);
    settings.future = future == Some(true);
    if always && future == Some(false) {
        let message = "The 'future' parameter passed to Session() may only be set to True.";
        return Err(crate::sqlalchemy::errors::raise_named(interp, "ArgumentError", message));
    }
    if flag(interp, "autocommit", false)? {
        if !lend::has(interp, Behaviour::SessionAutocommit) {
            let message = "autocommit=True is no longer supported";
            return Err(crate::sqlalchemy::errors::raise_named(interp, "ArgumentError", message));
        }
        return Err(Stop::unsupported("Session() with `autocommit`"));
    }
    for name in ["twophase", "binds", "extension"] {
        if flag(interp, name, false)? {
            return Err(Stop::unsupported(format!("Session() with `{name}`")));
        }
    }
    let id = lend::with_cx(interp, |cx| Ok(sessions::create(cx.orm, settings)))?;
    if let Some(class) = queries {
        lend::shared(interp).query_classes.insert(id, class);
    }
    if let Some(info) = info {
        // The session has a dictionary of its own.
        let own = Value::dict(Map::new());
        interp.call_method(&own, "update", Args::of(vec![info]))?;
        lend::shared(interp).session_info.insert(id, own);
    }
    Ok(session_value(interp, id))
}

/// Has those told who listen to what a new session begins with.
pub(crate) fn announce(interp: &mut Interp) -> PyResult<()> {
    lend::with_cx(interp, backproof_engine::event::deliver_begun)
}
