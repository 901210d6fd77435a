//! URLs of databases: `make_url()`, `URL`, `engine.url`.
//!
//! What a URL says is read and shown; which database an engine opens does not hang on it.

use super::execution_options::ImmutableDict;
use super::{errors, lend, names};
use crate::python::{Args, CompareOp, Interp, Map, Module, Object, PyResult, Signature, Stop, Value};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.engine.url";

/// What a URL is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Parts {
    drivername: String,
    username: Option<String>,
    password: Option<String>,
    host: Option<String>,
    port: Option<i64>,
    database: Option<String>,
    /// Each name of the query with its values.
    query: Vec<(String, Vec<String>)>,
}

/// The parts by their names, in their order.
const PARTS: [&str; 7] = ["drivername", "username", "password", "host", "port", "database", "query"];

/// A URL.
pub(crate) struct UrlObject {
    parts: RefCell<Parts>,
}

fn value(parts: Parts) -> Value {
    Value::object(UrlObject { parts: RefCell::new(parts) })
}

/// A text with `%41` and its like read; `plus` reads `+` as a space.
fn unquote(text: &str, plus: bool) -> String {
    let bytes = text.as_bytes();
    let mut read = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.filter(|_| bytes[at] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) => {
                read.push(byte);
                at += 3;
            }
            None => {
                read.push(if plus && bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// A text with all but letters, digits, `_.-~` and what is safe written as `%41`.
fn quote(text: &str, safe: &str) -> String {
    let mut quoted = String::new();
    for byte in text.bytes() {
        let character = char::from(byte);
        if character.is_ascii_alphanumeric() || "_.-~".contains(character) || safe.contains(character) {
            quoted.push(character);
        } else {
            let _ = write!(quoted, "%{byte:02X}");
        }
    }
    quoted
}

/// As in a query, where a space is `+`.
fn quote_plus(text: &str) -> String {
    quote(text, " ").replace(' ', "+")
}

/// A user's name or a password as a URL has it.
fn quote_name(interp: &mut Interp, text: &str) -> String {
    if lend::has(interp, Behaviour::UrlNamesQuoted) {
        return quote(text, " +");
    }
    text.replace(':', "%3A").replace('@', "%40").replace('/', "%2F")
}

fn unreadable(interp: &mut Interp, text: &str) -> Stop {
    let profile = lend::profile(interp);
    errors::raise(interp, &backproof_engine::db::unreadable_url(profile, text))
}

/// Reads a URL.
fn parse(interp: &mut Interp, text: &str) -> PyResult<Parts> {
    let Some((name, rest)) = text.split_once("://") else { return Err(unreadable(interp, text)) };
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '+') {
        return Err(unreadable(interp, text));
    }
    let mut parts = Parts { drivername: name.to_owned(), ..Parts::default() };
    // 1.3 reads no query where no database is named.
    let has_query = lend::has(interp, Behaviour::UrlImmutable) || rest.contains('/');
    let (rest, query) = match rest.split_once('?').filter(|_| has_query) {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let (place, database) = match rest.split_once('/') {
        Some((place, database)) => (place, Some(database)),
        None => (rest, None),
    };
    if place.matches('@').count() > 1 || database.is_some_and(|database| database.contains('@')) {
        return Err(Stop::unsupported("a URL with more than one `@`"));
    }
    let host = match place.split_once('@') {
        Some((user, host)) => {
            let (user, password) = match user.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (user, None),
            };
            parts.username = Some(unquote(user, false));
            parts.password = password.map(|password| unquote(password, false));
            host
        }
        None => place,
    };
    let (host, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => match host.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (host, None),
        },
    };
    parts.host = Some(host.to_owned()).filter(|host| !host.is_empty());
    if let Some(port) = port.filter(|port| !port.is_empty()) {
        parts.port = Some(number(interp, port)?);
    }
    let quoted = lend::has(interp, Behaviour::UrlDatabaseQuoted);
    parts.database = database
        .filter(|database| !database.is_empty())
        .map(|database| if quoted { unquote(database, false) } else { database.to_owned() });
    for pair in query.unwrap_or_default().split('&') {
        // A name without a value is left out, as the library's reader leaves it.
        let Some((name, value)) = pair.split_once('=').filter(|(_, value)| !value.is_empty()) else {
            continue;
        };
        add(&mut parts.query, unquote(name, true), unquote(value, true));
    }
    Ok(parts)
}

fn number(interp: &mut Interp, text: &str) -> PyResult<i64> {
    text.parse().map_err(|_| {
        let shown = backproof_engine::value::repr::text(text);
        interp.raise("ValueError", format!("invalid literal for int() with base 10: {shown}"))
    })
}

fn add(query: &mut Vec<(String, Vec<String>)>, name: String, value: String) {
    match query.iter_mut().find(|(known, _)| *known == name) {
        Some((_, values)) => values.push(value),
        None => query.push((name, vec![value])),
    }
}

/// A URL as text.
fn render(interp: &mut Interp, parts: &Parts, hides: bool) -> String {
    let mut text = format!("{}://", parts.drivername);
    if let Some(username) = &parts.username {
        text.push_str(&quote_name(interp, username));
        if let Some(password) = &parts.password {
            let shown = if hides { "***".to_owned() } else { quote_name(interp, password) };
            let _ = write!(text, ":{shown}");
        }
        text.push('@');
    }
    if let Some(host) = &parts.host {
        let _ = if host.contains(':') { write!(text, "[{host}]") } else { write!(text, "{host}") };
    }
    if let Some(port) = parts.port {
        let _ = write!(text, ":{port}");
    }
    if let Some(database) = &parts.database {
        let quoted = lend::has(interp, Behaviour::UrlDatabaseQuoted);
        let shown = if quoted { quote(database, " +/") } else { database.clone() };
        let _ = write!(text, "/{shown}");
    }
    let mut query = parts.query.clone();
    query.sort();
    for (at, (name, value)) in
        query.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value))).enumerate()
    {
        let sign = if at == 0 { '?' } else { '&' };
        let _ = write!(text, "{sign}{}={}", quote_plus(name), quote_plus(value));
    }
    text
}

/// The URL that an argument is or says.
pub(super) fn make(interp: &mut Interp, argument: &Value) -> PyResult<Value> {
    if argument.downcast::<UrlObject>().is_some() {
        return Ok(argument.clone());
    }
    match argument.as_str() {
        Some(text) => Ok(value(parse(interp, text)?)),
        None => Err(Stop::unsupported("a URL that is neither a string nor a URL")),
    }
}

/// The name of a URL's database, without its driver.
pub(super) fn backend(url: &Value) -> String {
    let name = url.downcast::<UrlObject>().map(|url| url.parts.borrow().drivername.clone());
    name.unwrap_or_default().split('+').next().unwrap_or_default().to_owned()
}

/// A URL as text, with its password.
pub(super) fn whole(interp: &mut Interp, url: &Value) -> String {
    match url.downcast::<UrlObject>() {
        Some(url) => render(interp, &url.parts.borrow().clone(), false),
        None => String::new(),
    }
}

/// The query as Python has it.
fn query_value(interp: &mut Interp, query: &[(String, Vec<String>)], all_many: bool) -> PyResult<Value> {
    let immutable = lend::has(interp, Behaviour::UrlImmutable);
    let dict = Value::dict(Map::new());
    for (name, values) in query {
        let many: Vec<Value> = values.iter().map(|value| Value::from(value.as_str())).collect();
        let shown = match values.as_slice() {
            [only] if !all_many => Value::from(only.as_str()),
            _ if immutable => Value::tuple(many),
            _ => Value::list(many),
        };
        interp.set_item(&dict, &Value::from(name.as_str()), shown)?;
    }
    Ok(if immutable { ImmutableDict::value(dict) } else { dict })
}

/// A query that a document gives.
fn query_of(interp: &mut Interp, given: &Value) -> PyResult<Vec<(String, Vec<String>)>> {
    let mut query = Vec::new();
    if given.is_none() {
        return Ok(query);
    }
    let items = interp.call_method(given, "items", Args::none())?;
    for item in interp.iterate(&items)? {
        let Value::Tuple(pair) = &item else { return Err(Stop::unsupported("this query of a URL")) };
        let [name, value] = &pair[..] else { return Err(Stop::unsupported("this query of a URL")) };
        let Some(name) = name.as_str() else { return Err(Stop::unsupported("this query of a URL")) };
        let values = if value.as_str().is_some() { vec![value.clone()] } else { interp.iterate(value)? };
        for value in values {
            let Some(value) = value.as_str() else { return Err(Stop::unsupported("this query of a URL")) };
            add(&mut query, name.to_string(), value.to_string());
        }
    }
    Ok(query)
}

fn text_of(value: &Value) -> PyResult<Option<String>> {
    match value {
        Value::None => Ok(None),
        other => match other.as_str() {
            Some(text) => Ok(Some(text.to_string())),
            None => Err(Stop::unsupported("a part of a URL that is no string")),
        },
    }
}

impl Parts {
    fn set(&mut self, interp: &mut Interp, name: &str, value: &Value) -> PyResult<()> {
        match name {
            "drivername" => self.drivername = text_of(value)?.unwrap_or_default(),
            "username" => self.username = text_of(value)?,
            "password" => self.password = text_of(value)?,
            "host" => self.host = text_of(value)?,
            "database" => self.database = text_of(value)?,
            "port" => {
                self.port = match value {
                    Value::None => None,
                    Value::Int(_) => {
                        let shown = interp.str(value)?;
                        Some(number(interp, &shown)?)
                    }
                    other => {
                        let shown = interp.str(other)?;
                        Some(number(interp, &shown)?)
                    }
                }
            }
            _ => self.query = query_of(interp, value)?,
        }
        Ok(())
    }

    fn get(&self, interp: &mut Interp, name: &str) -> PyResult<Value> {
        let text = |text: &Option<String>| text.as_deref().map_or(Value::None, Value::from);
        Ok(match name {
            "drivername" => Value::from(self.drivername.as_str()),
            "username" => text(&self.username),
            "password" => text(&self.password),
            "host" => text(&self.host),
            "database" => text(&self.database),
            "port" => self.port.map_or(Value::None, Value::int),
            _ => query_value(interp, &self.query, false)?,
        })
    }
}

/// `URL.create(…)`, and `URL(…)` in 1.x.
fn create(interp: &mut Interp, name: &str, args: Args) -> PyResult<Value> {
    let parameters = "drivername, username=, password=, host=, port=, database=, query=";
    let mut bound = Signature::new(name, parameters).bind(interp, args)?;
    let mut parts = Parts::default();
    for (at, part) in PARTS.iter().enumerate() {
        if let Some(given) = bound.take(at) {
            parts.set(interp, part, &given)?;
        }
    }
    Ok(value(parts))
}

impl UrlObject {
    fn with_query(&self, change: impl FnOnce(&mut Vec<(String, Vec<String>)>)) -> Value {
        let mut parts = self.parts.borrow().clone();
        change(&mut parts.query);
        value(parts)
    }

    /// Adds to the query what a document gives: in the place of what is there, or beside it.
    fn updated(
        &self,
        interp: &mut Interp,
        given: Vec<(String, Vec<String>)>,
        append: Option<Value>,
    ) -> PyResult<Value> {
        let append = append.map(|append| interp.truth(&append)).transpose()?.unwrap_or(false);
        Ok(self.with_query(|query| {
            for (name, values) in given {
                match query.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, known)) if append => known.extend(values),
                    Some((_, known)) => *known = values,
                    None => query.push((name, values)),
                }
            }
        }))
    }

    fn method(&self, interp: &mut Interp, name: &str, args: Args) -> PyResult<Value> {
        let parts = self.parts.borrow().clone();
        match name {
            "render_as_string" => {
                let mut bound = Signature::new(name, "hide_password=").bind(interp, args)?;
                let hides = super::define::flag(interp, &mut bound, 0, true)?;
                Ok(Value::from(render(interp, &parts, hides)))
            }
            "set" | "_replace" => {
                let parameters = "*, drivername=, username=, password=, host=, port=, database=, query=";
                let mut bound = Signature::new("set", parameters).bind(interp, args)?;
                let mut changed = parts;
                for (at, part) in PARTS.iter().enumerate() {
                    // `None` leaves a part as it is.
                    if let Some(given) = super::define::given(&mut bound, at) {
                        changed.set(interp, part, &given)?;
                    }
                }
                Ok(value(changed))
            }
            "update_query_dict" => {
                let mut bound = Signature::new(name, "query_parameters, append=").bind(interp, args)?;
                let given = bound.take(0).unwrap_or(Value::None);
                let given = query_of(interp, &given)?;
                self.updated(interp, given, bound.take(1))
            }
            "update_query_pairs" => {
                let mut bound = Signature::new(name, "key_value_pairs, append=").bind(interp, args)?;
                let pairs = bound.take(0).unwrap_or(Value::None);
                let mut given = Vec::new();
                for pair in interp.iterate(&pairs)? {
                    let pair = interp.iterate(&pair)?;
                    let [key, value] = pair.as_slice() else {
                        return Err(Stop::unsupported("this query of a URL"));
                    };
                    let (Some(key), Some(value)) = (text_of(key)?, text_of(value)?) else {
                        return Err(Stop::unsupported("this query of a URL"));
                    };
                    add(&mut given, key, value);
                }
                self.updated(interp, given, bound.take(1))
            }
            "update_query_string" => {
                let mut bound = Signature::new(name, "query_string, append=").bind(interp, args)?;
                let text = bound.take(0).unwrap_or(Value::None);
                let text = text_of(&text)?.unwrap_or_default();
                let mut given = Vec::new();
                for (key, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
                    add(&mut given, unquote(key, true), unquote(value, true));
                }
                self.updated(interp, given, bound.take(1))
            }
            "difference_update_query" => {
                let [names] = args.exactly(interp, name)?;
                let mut gone = Vec::new();
                for name in interp.iterate(&names)? {
                    gone.push(text_of(&name)?.unwrap_or_default());
                }
                Ok(self.with_query(|query| query.retain(|(name, _)| !gone.contains(name))))
            }
            "get_backend_name" => {
                let name = parts.drivername.split('+').next().unwrap_or_default();
                Ok(Value::from(name))
            }
            "get_driver_name" => match parts.drivername.split_once('+') {
                Some((_, driver)) => Ok(Value::from(driver)),
                None if parts.drivername == "sqlite" => Ok(Value::from("pysqlite")),
                None => Err(Stop::unsupported("the driver that another database has by itself")),
            },
            _ => {
                let mut names = args.keywords;
                let dict = Value::dict(Map::new());
                for part in ["host", "database", "username", "password", "port"] {
                    let at = names.iter().position(|(known, _)| &**known == part);
                    let name = at.map_or_else(|| Value::from(part), |at| names.remove(at).1);
                    let value = parts.get(interp, part)?;
                    if interp.truth(&value)? {
                        interp.set_item(&dict, &name, value)?;
                    }
                }
                Ok(dict)
            }
        }
    }
}

impl Object for UrlObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "URL"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn class(&self, interp: &mut Interp) -> Rc<crate::python::Class> {
        class(interp)
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        if PARTS.contains(&name) {
            let parts = self.parts.borrow().clone();
            return parts.get(interp, name).map(Some);
        }
        if !names::has_member(interp, "URL", name) {
            return Ok(None);
        }
        match name {
            "normalized_query" => {
                let query = self.parts.borrow().query.clone();
                query_value(interp, &query, true).map(Some)
            }
            "render_as_string"
            | "set"
            | "_replace"
            | "update_query_dict"
            | "update_query_pairs"
            | "update_query_string"
            | "difference_update_query"
            | "get_backend_name"
            | "get_driver_name"
            | "translate_connect_args" => {
                let (this, label) = (this.clone(), Rc::<str>::from(name));
                Ok(Some(Value::native(name, move |interp, args| match this.downcast::<UrlObject>() {
                    Some(url) => url.method(interp, &label, args),
                    None => Ok(Value::None),
                })))
            }
            _ => Ok(None),
        }
    }

    fn set_attr(&self, interp: &mut Interp, _this: &Value, name: &str, value: Value) -> PyResult<()> {
        if !PARTS.contains(&name) {
            return Err(Stop::unsupported(format!("setting `{name}` of a URL")));
        }
        if lend::has(interp, Behaviour::UrlImmutable) {
            return Err(interp.raise("AttributeError", "can't set attribute"));
        }
        let mut parts = self.parts.borrow().clone();
        parts.set(interp, name, &value)?;
        self.parts.replace(parts);
        Ok(())
    }

    fn compare(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let same =
            other.downcast::<UrlObject>().is_some_and(|other| *other.parts.borrow() == *self.parts.borrow());
        Ok(match op {
            CompareOp::Eq => Some(Value::Bool(same)),
            CompareOp::Ne => Some(Value::Bool(!same)),
            _ => None,
        })
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::hash::DefaultHasher::new();
        let parts = self.parts.borrow();
        (&parts.drivername, &parts.username, &parts.host, parts.port, &parts.database).hash(&mut hasher);
        Ok((hasher.finish() >> 2) as i64)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        if !lend::has(interp, Behaviour::UrlImmutable) {
            return Err(interp.raise("TypeError", "'URL' object is not iterable"));
        }
        let parts = self.parts.borrow().clone();
        let values = PARTS.iter().map(|name| parts.get(interp, name)).collect::<PyResult<Vec<_>>>()?;
        Ok(crate::python::Iter::from_values("tuple_iterator", values))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let parts = self.parts.borrow().clone();
        Ok(render(interp, &parts, true))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let parts = self.parts.borrow().clone();
        let hides = lend::has(interp, Behaviour::UrlHidesPassword);
        Ok(render(interp, &parts, hides))
    }
}

/// The class `URL`.
fn class(interp: &mut Interp) -> Rc<crate::python::Class> {
    let class = interp.foreign_class(MODULE, "URL");
    if class.construct.borrow().is_some() {
        return class;
    }
    super::define::construct(&class, |interp, args| {
        if lend::has(interp, Behaviour::UrlHidesPassword) {
            return Err(Stop::unsupported("`URL()` called by itself"));
        }
        create(interp, "URL", args)
    });
    if names::has_member(interp, "URL", "create") {
        class.dict.set("create", Value::native("create", |interp, args| create(interp, "URL.create", args)));
    }
    class
}

/// `make_url` and `URL`, where a module has them.
pub(super) fn install(interp: &mut Interp, module: &Module) {
    let class = class(interp);
    module.dict.set("URL", Value::Class(class));
    module.dict.set(
        "make_url",
        Value::native("make_url", |interp, args| {
            let [url] = args.exactly(interp, "make_url")?;
            make(interp, &url)
        }),
    );
}

/// The module `sqlalchemy.engine.url`.
pub(super) fn module(interp: &mut Interp) -> PyResult<Rc<Module>> {
    let module = super::orm::module(interp, MODULE);
    install(interp, &module);
    super::absent::complete(interp, &module);
    Ok(Rc::new(module))
}
