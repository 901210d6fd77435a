//! `sessionmaker()` and `scoped_session()`: what makes sessions.

use super::session;
use crate::python::{Args, Class, Interp, Map, Object, PyResult, Signature, Stop, Value, fresh_identity};
use crate::sqlalchemy::{lend, names};
use backproof_engine::session::SessionId;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

type Keywords = Vec<(Rc<str>, Value)>;

/// A factory of sessions with the arguments it was given.
struct SessionMakerObject {
    keywords: RefCell<Keywords>,
    /// The class of its sessions, where that is not `Session`.
    class: Option<Value>,
    /// The sessions that it has made.
    made: Rc<RefCell<HashSet<SessionId>>>,
    id: u64,
}

/// The sessions of a factory, or of what holds one.
pub(super) fn made(value: &Value) -> Option<Rc<RefCell<HashSet<SessionId>>>> {
    if let Some(scoped) = value.downcast::<ScopedSessionObject>() {
        return made(&scoped.factory);
    }
    value.downcast::<SessionMakerObject>().map(|maker| maker.made.clone())
}

impl SessionMakerObject {
    fn make(&self, interp: &mut Interp, args: Args) -> PyResult<Value> {
        let mut keywords = self.keywords.borrow().clone();
        for (name, value) in args.keywords {
            let said = keywords.iter().find(|(known, _)| **known == *name).map(|(_, said)| said.clone());
            let value = match said.filter(|said| &*name == "info" && !said.is_none()) {
                // What the session is given comes on top of what the factory says.
                Some(said) => {
                    let both = Value::dict(Map::new());
                    for part in [said, value] {
                        interp.call_method(&both, "update", Args::of(vec![part]))?;
                    }
                    both
                }
                None => value,
            };
            set(&mut keywords, name, value);
        }
        if !args.positional.is_empty() {
            return Err(interp.raise(
                "TypeError",
                format!(
                    "sessionmaker.__call__() takes 1 positional argument but {} were given",
                    args.positional.len() + 1
                ),
            ));
        }
        let args = Args { positional: Vec::new(), keywords };
        let session = match &self.class {
            Some(class) => interp.call(class, args)?,
            None => session::create(interp, args)?,
        };
        if let Some(made) = crate::sqlalchemy::define::receiver::<session::SessionObject>(&session) {
            self.made.borrow_mut().insert(made.id);
            session::announce(interp)?;
        }
        Ok(session)
    }
}

impl SessionMakerObject {
    /// What it makes sessions with: what was given besides, then what every factory says.
    fn settings(&self, interp: &mut Interp) -> Keywords {
        let mut own: Vec<(&str, Value)> = vec![("bind", Value::None), ("autoflush", Value::Bool(true))];
        if lend::has(interp, Behaviour::SessionAutocommit) {
            own.push(("autocommit", Value::Bool(false)));
        }
        own.push(("expire_on_commit", Value::Bool(true)));
        let given = self.keywords.borrow().clone();
        let is_own = |name: &str| own.iter().any(|(known, _)| *known == name);
        let mut all: Keywords = given.iter().filter(|(name, _)| !is_own(name)).cloned().collect();
        for (name, default) in own {
            let value =
                given.iter().find(|(known, _)| &**known == name).map_or(default, |(_, value)| value.clone());
            all.push((name.into(), value));
        }
        all
    }

    /// `maker.kw`: what every factory says, as given or by default, in a dictionary.
    fn keywords(&self, interp: &mut Interp) -> PyResult<Value> {
        let dict = Value::dict(crate::python::Map::new());
        for (name, value) in self.settings(interp) {
            interp.set_item(&dict, &Value::from(name), value)?;
        }
        Ok(dict)
    }
}

fn set(keywords: &mut Keywords, name: Rc<str>, value: Value) {
    match keywords.iter_mut().find(|(known, _)| *known == name) {
        Some((_, old)) => *old = value,
        None => keywords.push((name, value)),
    }
}

impl Object for SessionMakerObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "sessionmaker"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.session"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, args: Args) -> PyResult<Value> {
        self.make(interp, args)
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let this = this.clone();
        match name {
            "configure" => Ok(Some(Value::native(name, move |interp, args| {
                let Some(maker) = this.downcast::<SessionMakerObject>() else {
                    return Err(Stop::unsupported("configure() of something else"));
                };
                if !args.positional.is_empty() {
                    return Err(interp.raise(
                        "TypeError",
                        format!(
                            "sessionmaker.configure() takes 1 positional argument but {} were given",
                            args.positional.len() + 1
                        ),
                    ));
                }
                for (name, value) in args.keywords {
                    set(&mut maker.keywords.borrow_mut(), name, value);
                }
                Ok(Value::None)
            }))),
            "begin" if names::has_member(interp, "sessionmaker", name) => {
                Ok(Some(Value::native(name, move |interp, _| {
                    let session = interp.call(&this, Args::none())?;
                    let transaction = interp.call_method(&session, "begin", Args::none())?;
                    Ok(Value::object(SessionBeginObject { session, transaction }))
                })))
            }
            "object_session" => {
                let class = Value::Class(session::class(interp));
                interp.get_attr_opt(&class, name)
            }
            "kw" => self.keywords(interp).map(Some),
            "class_" => Ok(Some(match &self.class {
                Some(class) => class.clone(),
                None => Value::Class(session::class(interp)),
            })),
            _ => Ok(None),
        }
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let class = match &self.class {
            Some(Value::Class(class)) => class.name(),
            _ => "Session".into(),
        };
        let mut shown = vec![format!("class_='{class}'")];
        for (name, value) in self.settings(interp) {
            shown.push(format!("{name}={}", interp.repr(&value)?));
        }
        Ok(format!("sessionmaker({})", shown.join(", ")))
    }
}

/// `with Session.begin() as session`: commits at the end, and closes.
struct SessionBeginObject {
    session: Value,
    transaction: Value,
}

impl Object for SessionBeginObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_GeneratorContextManager"
    }

    fn type_module(&self) -> &'static str {
        "contextlib"
    }

    fn enter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        Ok(Some(self.session.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, exception: Option<&Value>) -> PyResult<bool> {
        let ended = match &self.transaction {
            Value::Object(transaction) => transaction.exit(interp, &self.transaction, exception),
            _ => Ok(false),
        };
        interp.call_method(&self.session, "close", Args::none())?;
        ended
    }
}

/// The class of factories.
pub(super) fn class(interp: &mut Interp) -> Rc<Class> {
    let class = interp.foreign_class("sqlalchemy.orm.session", "sessionmaker");
    if class.construct.borrow().is_none() {
        crate::sqlalchemy::define::construct(&class, sessionmaker);
    }
    class
}

/// `sessionmaker(…)`.
fn sessionmaker(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut keywords = Keywords::new();
    let by_keyword = lend::has(interp, Behaviour::SessionKeywordsOnly);
    let places: &[&str] = if by_keyword {
        &["bind"]
    } else {
        &["bind", "class_", "autoflush", "autocommit", "expire_on_commit"]
    };
    let most = places.len();
    if args.positional.len() > most {
        let given = args.positional.len() + 1;
        let message = format!(
            "sessionmaker.__init__() takes from 1 to {} positional arguments but {given} were given",
            most + 1
        );
        return Err(interp.raise("TypeError", message));
    }
    let mut class = None;
    for (at, value) in args.positional.into_iter().enumerate() {
        match places[at] {
            "class_" => class = Some(value),
            name => keywords.push((name.into(), value)),
        }
    }
    for (name, value) in args.keywords {
        match &*name {
            "class_" => class = Some(value),
            _ => set(&mut keywords, name, value),
        }
    }
    Ok(Value::object(SessionMakerObject {
        keywords: RefCell::new(keywords),
        class,
        made: Rc::default(),
        id: fresh_identity(),
    }))
}

/// One session for as long as nobody calls `remove()`; it stands for that session in everything else.
struct ScopedSessionObject {
    factory: Value,
    /// What tells scopes apart; there is one where it is not given.
    scope: Option<Value>,
    /// Sessions by scope.
    sessions: RefCell<Vec<(Value, Value)>>,
}

impl ScopedSessionObject {
    fn current(&self, interp: &mut Interp) -> PyResult<Value> {
        if let Some(session) = self.found(interp)? {
            return Ok(session);
        }
        let session = interp.call(&self.factory, Args::none())?;
        self.keep(interp, session.clone())?;
        Ok(session)
    }

    /// The current scope's place among those that have a session, and what the scope is.
    fn place(&self, interp: &mut Interp) -> PyResult<(Option<usize>, Value)> {
        let key = match &self.scope {
            Some(scope) => interp.call(scope, Args::none())?,
            None => Value::None,
        };
        interp.hash(&key)?;
        let known: Vec<Value> = self.sessions.borrow().iter().map(|(key, _)| key.clone()).collect();
        for (at, other) in known.iter().enumerate() {
            if interp.eq(other, &key)? {
                return Ok((Some(at), key));
            }
        }
        Ok((None, key))
    }

    fn found(&self, interp: &mut Interp) -> PyResult<Option<Value>> {
        let (at, _) = self.place(interp)?;
        Ok(at.and_then(|at| self.sessions.borrow().get(at).map(|(_, session)| session.clone())))
    }

    fn keep(&self, interp: &mut Interp, session: Value) -> PyResult<()> {
        let (at, key) = self.place(interp)?;
        let mut sessions = self.sessions.borrow_mut();
        match at.and_then(|at| sessions.get_mut(at)) {
            Some(known) => known.1 = session,
            None => sessions.push((key, session)),
        }
        Ok(())
    }

    fn forget(&self, interp: &mut Interp) -> PyResult<()> {
        if let (Some(at), _) = self.place(interp)? {
            let dropped = self.sessions.borrow_mut().remove(at);
            drop(dropped);
        }
        Ok(())
    }
}

impl Object for ScopedSessionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "scoped_session"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.scoping"
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, args: Args) -> PyResult<Value> {
        if !args.positional.is_empty() {
            return Err(Stop::unsupported("a scoped session called with arguments by position"));
        }
        if args.keywords.is_empty() {
            return self.current(interp);
        }
        if self.found(interp)?.is_some() {
            let message = "Scoped session is already present; no new arguments may be specified.";
            return Err(super::errors::invalid_request(interp, message));
        }
        let session = interp.call(&self.factory, args)?;
        self.keep(interp, session.clone())?;
        Ok(session)
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "remove" => {
                let this = this.clone();
                Ok(Some(Value::native(name, move |interp, _| {
                    let Some(scoped) = this.downcast::<ScopedSessionObject>() else { return Ok(Value::None) };
                    if let Some(session) = scoped.found(interp)? {
                        interp.call_method(&session, "close", Args::none())?;
                    }
                    scoped.forget(interp)?;
                    Ok(Value::None)
                })))
            }
            "session_factory" => Ok(Some(self.factory.clone())),
            "configure" => interp.get_attr(&self.factory, name).map(Some),
            "query_property" => {
                let this = this.clone();
                Ok(Some(Value::native(name, move |interp, args| {
                    let [class] = args.between(interp, "query_property", 0)?;
                    let class = class.filter(|class| !class.is_none());
                    Ok(Value::object(QueryProperty { scoped: this.clone(), class }))
                })))
            }
            "registry" => Ok(Some(Value::object(RegistryObject { scoped: this.clone() }))),
            _ if name.starts_with("__") => Ok(None),
            _ => {
                let session = self.current(interp)?;
                interp.get_attr_opt(&session, name)
            }
        }
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        let session = self.current(interp)?;
        interp.contains(&session, item).map(Some)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let session = self.current(interp)?;
        interp.iter(&session)
    }
}

/// `scoped.registry`: the sessions by scope.
struct RegistryObject {
    scoped: Value,
}

impl Object for RegistryObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "ScopedRegistry"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.util._collections"
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, _args: Args) -> PyResult<Value> {
        interp.call(&self.scoped, Args::none())
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let scoped = self.scoped.clone();
        let of = move || scoped.clone();
        Ok(match name {
            "has" => {
                Some(Value::native(name, move |interp, _| match of().downcast::<ScopedSessionObject>() {
                    Some(scoped) => Ok(Value::Bool(scoped.found(interp)?.is_some())),
                    None => Ok(Value::None),
                }))
            }
            "clear" => Some(Value::native(name, move |interp, _| {
                if let Some(scoped) = of().downcast::<ScopedSessionObject>() {
                    scoped.forget(interp)?;
                }
                Ok(Value::None)
            })),
            _ => None,
        })
    }
}

/// `Base.query = session.query_property()`: on a mapped class, a query of it in the current session.
struct QueryProperty {
    scoped: Value,
    /// The class of its queries, where that is a document's.
    class: Option<Value>,
}

impl Object for QueryProperty {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "query"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.scoping"
    }

    fn is_descriptor(&self) -> bool {
        true
    }

    fn descriptor_get(
        &self,
        interp: &mut Interp,
        _this: &Value,
        _instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> PyResult<Value> {
        let checks = lend::has(interp, Behaviour::QueryPropertyChecksClass);
        if checks && super::mapped::mapper_of(owner).is_none() {
            return Ok(Value::None);
        }
        let session = interp.call(&self.scoped, Args::none())?;
        if let Some(class) = &self.class {
            let entity = Value::Class(owner.clone());
            let keywords = vec![(Rc::from("session"), session)];
            return interp.call(class, Args { positional: vec![entity], keywords });
        }
        interp.call_method(&session, "query", Args::of(vec![Value::Class(owner.clone())]))
    }
}

/// `scoped_session(factory)`.
pub(crate) fn scoped_session(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("scoped_session", "session_factory, scopefunc=").bind(interp, args)?;
    let factory = bound.take(0).unwrap_or(Value::None);
    let scope = bound.take(1).filter(|scope| !scope.is_none());
    Ok(Value::object(ScopedSessionObject { factory, scope, sessions: RefCell::default() }))
}
