//! Text with columns: `text(…).columns(…)`, and the other methods of text.

use super::compound::body_member;
use crate::python::{Args, Class, Interp, Object, PyResult, Stop, Value, fresh_identity};
use crate::sqlalchemy::expr::{self, ExprObject};
use crate::sqlalchemy::{convert, errors, lend, types};
use backproof_engine::schema::Column;
use backproof_engine::sql::{Body, Dialect, Expr, ExprKind, Statement, Text, TextualSelect};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// Text that is known to give some columns.
pub(crate) struct TextualObject {
    pub(crate) textual: Rc<TextualSelect>,
    older: bool,
    id: u64,
}

impl TextualObject {
    pub(super) fn value(textual: Rc<TextualSelect>) -> Value {
        Value::object(TextualObject { textual, older: false, id: fresh_identity() })
    }
}

/// The names of parameters in text.
fn parameters(text: &str) -> Vec<String> {
    let source: Vec<char> = text.chars().collect();
    let mut names = Vec::new();
    let mut at = 0;
    while at < source.len() {
        let before = at.checked_sub(1).map(|before| source[before]);
        let free = before.is_none_or(|before| !matches!(before, ':' | '\\') && !before.is_alphanumeric());
        if source[at] == ':' && free {
            let name: String =
                source[at + 1..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
            at += name.chars().count();
            if !name.is_empty() {
                names.push(name);
            }
        }
        at += 1;
    }
    names
}

/// `bindparams(…)`: values for parameters.
fn with_values(interp: &mut Interp, text: &Text, args: Args) -> PyResult<Text> {
    let known = parameters(&text.text);
    let mut values = text.values.borrow().clone();
    let mut given: Vec<(Rc<str>, backproof_engine::value::Value)> = Vec::new();
    for value in &args.positional {
        let Some(expr) = expr::clause(interp, value)? else {
            return Err(Stop::unsupported("bindparams() of something that is no bindparam()"));
        };
        let ExprKind::Bind(bind) = expr.kind() else {
            return Err(Stop::unsupported("bindparams() of something that is no bindparam()"));
        };
        if bind.expanding.is_some() {
            return Err(Stop::unsupported("an expanding parameter of text"));
        }
        match &bind.value {
            Some(value) => given.push((bind.key.clone(), value.clone())),
            None if known.iter().any(|name| **name == *bind.key) => {}
            None => given.push((bind.key.clone(), backproof_engine::value::Value::Null)),
        }
    }
    for (name, value) in args.keywords {
        given.push((name, convert::to_engine(interp, &value)?));
    }
    for (name, value) in given {
        if !known.iter().any(|known| **known == *name) {
            let message = format!("This text() construct doesn't define a bound parameter named '{name}'");
            return Err(errors::raise_named(interp, "ArgumentError", message));
        }
        values.retain(|(known, _)| *known != name);
        values.push((name, value));
    }
    Ok(Text { text: text.text.clone(), values: values.into() })
}

/// The methods of text that other expressions do not have.
pub(crate) fn text_member(_interp: &mut Interp, text: &Text, name: &str) -> Option<Value> {
    let text = text.clone();
    Some(match name {
        "columns" => Value::native(name, move |interp: &mut Interp, args: Args| {
            let positional = !args.positional.is_empty();
            let mut columns: Vec<Expr> = Vec::new();
            for value in &args.positional {
                columns.push(expr::coerce(interp, value)?);
            }
            for (name, ty) in args.keywords {
                let ty = types::of_value(interp, &ty)?.unwrap_or_default();
                columns.push(Column::light(&name, ty).expr());
            }
            let older = !lend::has(interp, Behaviour::TextualSelectsNamed);
            let textual = Rc::new(TextualSelect { text: text.clone(), columns, positional, tag: None });
            Ok(Value::object(TextualObject { textual, older, id: fresh_identity() }))
        }),
        "bindparams" => Value::native(name, move |interp: &mut Interp, args: Args| {
            let text = with_values(interp, &text, args)?;
            Ok(ExprObject::value(Expr::of(ExprKind::Text(text))))
        }),
        "text" => Value::from(text.text),
        "execution_options" => {
            let own = ExprObject::value(Expr::of(ExprKind::Text(text)));
            Value::native(name, move |interp: &mut Interp, args: Args| {
                let given = crate::sqlalchemy::execution_options::dict_of(interp, args)?;
                crate::sqlalchemy::execution_options::read(interp, &given)?;
                Ok(own.clone())
            })
        }
        _ => return None,
    })
}

impl Object for TextualObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.older { "TextAsFrom" } else { "TextualSelect" }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.selectable"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        interp.foreign_class("sqlalchemy.sql.selectable", self.type_name())
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "compile" => {
                let this = this.clone();
                Ok(Some(Value::native(name, move |interp, args| {
                    crate::sqlalchemy::compiled::compile(interp, &this, args)
                })))
            }
            "bindparams" => {
                let (textual, older) = (self.textual.clone(), self.older);
                Ok(Some(Value::native(name, move |interp: &mut Interp, args: Args| {
                    let text = with_values(interp, &textual.text, args)?;
                    let textual = Rc::new(TextualSelect { text, ..(*textual).clone() });
                    Ok(Value::object(TextualObject { textual, older, id: fresh_identity() }))
                })))
            }
            _ => body_member(interp, &Body::Textual(self.textual.clone()), name),
        }
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        if self.older {
            return Err(Stop::unsupported("the repr of text with columns"));
        }
        let address = interp.address_of(self.id);
        Ok(format!("<sqlalchemy.sql.selectable.TextualSelect object at {address}>"))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let profile = lend::profile(interp);
        Statement::Textual(self.textual.clone())
            .to_text(profile, Dialect::Default)
            .map_err(|error| errors::raise(interp, &error))
    }
}
