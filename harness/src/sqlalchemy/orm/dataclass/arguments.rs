//! What `mapped_column()`, `relationship()` and their like say of a dataclass's field, and the field made of it.

use super::Field;
use crate::python::{Args, Class, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::orm::annotation::Hint;
use crate::sqlalchemy::orm::keyed::{self, KeyedBy};
use crate::sqlalchemy::orm::relationship::RelationshipDecl;
use crate::sqlalchemy::orm::{custom, errors, symbols};
use crate::sqlalchemy::{lend, warning};
use backproof_engine::map::Key;
use backproof_engine::version::Behaviour;
use backproof_engine::{Category, Warning};
use std::rc::Rc;

/// The arguments, in the order in which a field is told of them.
const ARGUMENTS: [&str; 7] = ["init", "repr", "default", "default_factory", "compare", "kw_only", "hash"];

/// What a document's field is declared by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Of {
    /// `mapped_column()`, whose `default` is its column's, too.
    #[default]
    MappedColumn,
    /// `deferred()`, and `column_property()` as it was before it was read-only.
    Column,
    Relationship,
    /// `column_property()` and `query_expression()`: nothing that a constructor takes.
    Expression,
    Synonym,
    Composite,
    Proxy,
}

/// The arguments that were given.
#[derive(Clone, Default)]
pub(crate) struct FieldArgs {
    of: Of,
    given: Vec<(&'static str, Value)>,
}

/// A function of the `dataclasses` module.
pub(super) fn function(interp: &mut Interp, name: &str) -> PyResult<Value> {
    let module = interp.import("dataclasses")?;
    module.dict.get(name).ok_or_else(|| Stop::unsupported(format!("`dataclasses` without `{name}`")))
}

/// A function that gives one value.
fn constant(value: Value) -> Value {
    Value::native("<lambda>", move |_, _| Ok(value.clone()))
}

impl FieldArgs {
    /// Takes them out of a call's keywords, as far as the release has them there.
    pub(crate) fn take(interp: &mut Interp, args: &mut Args, of: Of) -> PyResult<FieldArgs> {
        let mut given = Vec::new();
        if !lend::has(interp, Behaviour::AnnotatedDeclarative) {
            return Ok(FieldArgs { of, given });
        }
        let knows_hash = lend::has(interp, Behaviour::DataclassHashArgument);
        for name in ARGUMENTS {
            if name == "hash" && !knows_hash {
                continue;
            }
            let found = match (of, name) {
                (Of::MappedColumn, "default") => {
                    args.keywords.iter().find(|(known, _)| &**known == name).map(|(_, value)| value.clone())
                }
                _ => args.take_keyword(name),
            };
            given.extend(found.map(|value| (name, value)));
        }
        Ok(FieldArgs { of, given })
    }

    /// As [`FieldArgs::take`], for an attribute that a constructor does not take from some release on.
    pub(crate) fn take_read_only(
        interp: &mut Interp,
        args: &mut Args,
        function: &str,
    ) -> PyResult<FieldArgs> {
        let mut made = FieldArgs::take(interp, args, Of::Column)?;
        if !lend::has(interp, Behaviour::DataclassExpressionsReadOnly) {
            return Ok(made);
        }
        made.of = Of::Expression;
        for (name, _) in &made.given {
            if matches!(*name, "init" | "default" | "default_factory" | "kw_only") {
                let message = format!(
                    "The {function}.{name} parameter is deprecated for {function}().  This parameter applies to a \
                     writeable-attribute in a Declarative Dataclasses configuration only, and {function}() is treated \
                     as a read-only attribute in this context."
                );
                let category = Category::SADeprecationWarning;
                warning::give(interp, &Warning { category, message, code: None })?;
            }
        }
        Ok(made)
    }

    /// As [`FieldArgs::take`], for `query_expression()`, which knows but two of them.
    pub(crate) fn take_for_query(interp: &mut Interp, args: &mut Args) -> PyResult<FieldArgs> {
        let made = FieldArgs::take(interp, args, Of::Column)?;
        let read_only = lend::has(interp, Behaviour::DataclassExpressionsReadOnly);
        for (name, _) in &made.given {
            if *name != "repr" && !(*name == "compare" && read_only) {
                let message = format!("query_expression() got an unexpected keyword argument '{name}'");
                return Err(interp.raise("TypeError", message));
            }
        }
        Ok(FieldArgs { of: if read_only { Of::Expression } else { Of::Column }, ..made })
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.given.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The default of instances.
    pub(in crate::sqlalchemy::orm) fn instance_default(&self) -> Option<&Value> {
        self.get("default")
    }

    /// The names that an error lists, where there is any argument at all; `all`: those that it does not list count for a
    /// column, too.
    pub(super) fn named(&self, all: bool) -> Option<String> {
        let listed = |name: &str| match name {
            "init" | "repr" | "default_factory" => true,
            "default" => !matches!(self.of, Of::MappedColumn | Of::Proxy),
            _ => false,
        };
        let counts = |name: &str| listed(name) || name == "default" && self.of == Of::Proxy;
        let more = |name: &str| matches!(name, "compare" | "kw_only" | "hash");
        if !self
            .given
            .iter()
            .any(|(name, _)| counts(name) || (all || self.of != Of::MappedColumn) && more(name))
        {
            return None;
        }
        let mut names: Vec<&str> =
            self.given.iter().map(|(name, _)| *name).filter(|name| listed(name)).collect();
        if self.of == Of::Expression && !names.contains(&"init") {
            names.push("init");
        }
        names.sort_unstable();
        let names: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
        Some(names.join(", "))
    }

    /// Leaves out what a `mapped_column()` in `Annotated[…]` says of the field, telling of it.
    pub(in crate::sqlalchemy::orm) fn dropped(&self, interp: &mut Interp) -> PyResult<FieldArgs> {
        if !lend::has(interp, Behaviour::DataclassAnnotatedArgumentsDropped) {
            return Ok(self.clone());
        }
        let mut names: Vec<&str> =
            self.given.iter().map(|(name, _)| *name).filter(|name| *name != "default").collect();
        names.sort_unstable();
        if !names.is_empty() {
            let (plural, shown) = if names.len() == 1 { ("", "is a") } else { ("s", "are") };
            let arguments = if names.len() == 1 { "argument" } else { "arguments" };
            let names: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
            let message = format!(
                "Argument{plural} {} {shown} dataclass {arguments} and cannot be specified within a mapped_column() \
                 bundled inside of an Annotated object",
                names.join(", ")
            );
            let category = Category::SADeprecationWarning;
            warning::give(interp, &Warning { category, message, code: None })?;
        }
        Ok(FieldArgs { of: self.of, given: Vec::new() })
    }

    /// What the field is told, before any default is replaced.
    fn keywords(&self) -> Vec<(Rc<str>, Value)> {
        let mut keywords: Vec<(Rc<str>, Value)> =
            self.given.iter().map(|(name, value)| (Rc::from(*name), value.clone())).collect();
        if self.of == Of::Expression && self.get("init").is_none() {
            keywords.push(("init".into(), Value::Bool(false)));
        }
        keywords
    }

    fn is_init(&self, interp: &mut Interp) -> PyResult<bool> {
        match (self.get("init"), self.of) {
            (Some(init), _) => interp.truth(init),
            (None, of) => Ok(of != Of::Expression),
        }
    }

    /// The field of a class that is not mapped.
    pub(super) fn plain_field(&self, interp: &mut Interp, key: &Key) -> PyResult<Value> {
        let keywords = self.keywords();
        self.make(interp, key, keywords)
    }

    /// The field of a mapped class.
    pub(super) fn mapped_field(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        field: &Field,
        others: &[Field],
    ) -> PyResult<Value> {
        let mut keywords = self.keywords();
        if self.not_set(interp, class, field, others)? {
            keywords.retain(|(name, _)| !matches!(&**name, "default" | "default_factory"));
            keywords.push(("default".into(), symbols::value(interp, "DONT_SET")));
        }
        self.make(interp, &field.key, keywords)
    }

    /// Whether a constructor leaves the attribute alone unless it is given a value.
    fn not_set(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        field: &Field,
        others: &[Field],
    ) -> PyResult<bool> {
        if !lend::has(interp, Behaviour::DataclassDefaultsNotSet) {
            return Ok(false);
        }
        match (self.of, self.instance_default(), self.get("default_factory")) {
            (Of::MappedColumn | Of::Column | Of::Relationship, Some(_), None) => Ok(true),
            (Of::Relationship, None, Some(factory)) => {
                exact_factory(interp, class, field, factory)?;
                Ok(true)
            }
            (Of::Synonym, Some(default), None) => {
                let value = field.value.as_ref().and_then(super::synonym::target_of);
                let target = others.iter().find(|other| Some(&other.key) == value.as_ref());
                let own =
                    target.and_then(|target| super::arguments_of(target.value.as_ref()?)?.instance_default());
                let (Some(target), Some(own)) = (target, own) else {
                    return Err(Stop::unsupported("a synonym's default where its attribute has none"));
                };
                if interp.eq(own, default)? {
                    return Ok(true);
                }
                let (shown, own) = (interp.repr(default)?, interp.repr(own)?);
                let message = format!(
                    "Synonym '{}' default argument {shown} must match the dataclasses default value of proxied object \
                     '{}', currently {own}",
                    field.key, target.key
                );
                Err(errors::argument_error(interp, message))
            }
            _ => Ok(false),
        }
    }

    /// Calls `field()`.
    fn make(&self, interp: &mut Interp, key: &Key, mut keywords: Vec<(Rc<str>, Value)>) -> PyResult<Value> {
        if let Some(given) = self.instance_default()
            && interp.is_callable(given)
            && lend::has(interp, Behaviour::DataclassCallableDefaultTold)
        {
            let message = format!(
                "Callable object passed to the ``default`` parameter for attribute '{key}' in a ORM-mapped Dataclasses \
                 context is ambiguous, and this use will raise an error in a future release.  If this callable is intended \
                 to produce Core level INSERT default values for an underlying ``Column``, use the \
                 ``mapped_column.insert_default`` parameter instead.  To establish this callable as providing a default \
                 value for instances of the dataclass itself, use the ``default_factory`` dataclasses parameter."
            );
            let category = Category::SADeprecationWarning;
            warning::give(interp, &Warning { category, message, code: None })?;
        }
        let default = keywords.iter().position(|(name, _)| &**name == "default");
        let lone = !keywords.iter().any(|(name, _)| &**name == "default_factory");
        if let Some(at) = default
            && lone
            && !interp.is_callable(&keywords[at].1)
            && !self.is_init(interp)?
            && lend::has(interp, Behaviour::DataclassDefaultWithoutInit)
        {
            // The class's attribute is the mapping's, so a default that no argument brings must be set.
            let value = keywords[at].1.clone();
            keywords[at] = ("default_factory".into(), constant(value));
        }
        let field = function(interp, "field")?;
        interp.call(&field, Args { positional: Vec::new(), keywords })
    }
}

/// A collection's factory is the class of the collection itself, or the builtin one that it is like.
fn exact_factory(interp: &mut Interp, class: &Rc<Class>, field: &Field, factory: &Value) -> PyResult<()> {
    let declared = field.value.as_ref().and_then(Value::downcast::<RelationshipDecl>);
    let given = declared.and_then(RelationshipDecl::collection_class);
    let hinted = field.hint.as_ref().and_then(|hint: &Hint| hint.collection.clone());
    let (wanted, shown) = match (given, hinted) {
        (Some(given), _) => {
            let own = if given.downcast::<KeyedBy>().is_some() {
                keyed::CLASS.to_owned()
            } else {
                interp.repr(&given)?
            };
            match custom::builtin_like(interp, &given)? {
                Some(like) if !given.is(&like) => {
                    let shown = format!("{own} or {}", interp.repr(&like)?);
                    (vec![given, like], shown)
                }
                _ => (vec![given], own),
            }
        }
        (None, Some(name)) if matches!(&*name, "list" | "set" | "dict") => {
            let builtin = Value::Class(interp.builtin_class(&name));
            let shown = interp.repr(&builtin)?;
            (vec![builtin], shown)
        }
        (None, _) => return Ok(()),
    };
    if wanted.iter().any(|wanted| factory.is(wanted)) {
        return Ok(());
    }
    let message = format!(
        "For relationship {}.{} using dataclass options, default_factory must be exactly {shown}",
        class.name(),
        field.key
    );
    Err(errors::argument_error(interp, message))
}
