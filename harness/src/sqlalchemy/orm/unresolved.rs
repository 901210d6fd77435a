//! Annotations that a mapping cannot use, and the types that are made of `Literal[…]`.

use super::annotation::{self, Hint, Inner};
use super::composite::CompositeDecl;
use super::relationship::RelationshipDecl;
use super::synonym::SynonymDecl;
use super::{columns, errors};
use crate::python::{Args, Class, Interp, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::errors::{raise_named, raise_with_code};
use crate::sqlalchemy::{host_types, lend};
use backproof_engine::map::Key;
use backproof_engine::schema::SqlType;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// The class of errors of annotations.
fn error_class(interp: &mut Interp) -> &'static str {
    if lend::has(interp, Behaviour::MappedAnnotationError) {
        "MappedAnnotationError"
    } else {
        "ArgumentError"
    }
}

/// The error of a type that stands for no type of SQL.
pub(super) fn unknown_type(interp: &mut Interp, key: &Key, hint: &Hint) -> PyResult<Stop> {
    let Inner::Value(inner) = &hint.inner else {
        return Ok(Stop::unsupported(format!("the type of the annotation of `{key}`")));
    };
    if annotation::is_union(interp, inner)?
        && (hint.optional || !lend::has(interp, Behaviour::UnknownAnnotationExplained))
    {
        return Ok(Stop::unsupported(format!("the type of the annotation of `{key}`")));
    }
    let whole = hint.annotated.as_ref().unwrap_or(inner);
    let (shown, bare) = (interp.repr(whole)?, interp.repr(inner)?);
    let explains = lend::has(interp, Behaviour::UnknownAnnotationExplained);
    let message = if explains {
        let annotated = hint.annotated.is_some() && hint.collection.is_none();
        let what = if annotated {
            format!("neither '{shown}' nor '{bare}' are resolvable by the registry")
        } else {
            "the type object is not resolvable by the registry".to_owned()
        };
        format!(
            "Could not locate SQLAlchemy Core type when resolving for Python type indicated by '{shown}' inside the \
             Mapped[] annotation for the '{key}' attribute; {what}"
        )
    } else {
        format!(
            "Could not locate SQLAlchemy Core type for Python type {shown} inside the '{key}' attribute Mapped annotation"
        )
    };
    let class = error_class(interp);
    Ok(raise_named(interp, class, message))
}

/// The type of `Literal["a", "b"]`: an enumeration of strings.
pub(super) fn literal_type(interp: &mut Interp, literal: &Value) -> PyResult<SqlType> {
    let args = interp.get_attr(literal, "__args__")?;
    let values = interp.iterate(&args)?;
    let mut others = Vec::new();
    for value in values.iter().filter(|value| value.as_str().is_none()) {
        others.push(interp.repr(value)?);
    }
    if !others.is_empty() {
        let message = format!(
            "Can't create string-based Enum datatype from non-string values: {}.  Please provide an explicit Enum \
             datatype for this Python type",
            others.join(", ")
        );
        return Err(errors::argument_error(interp, message));
    }
    let keywords = vec![("native_enum".into(), Value::Bool(false))];
    let signature = Signature::new("Enum.__init__", host_types::ENUM);
    let mut bound = signature.bind(interp, Args { positional: values, keywords })?;
    host_types::enumeration(interp, &mut bound)
}

/// Whether a value of a class body is an attribute of the ORM's making; a `Column` is not.
fn is_attribute(value: &Value) -> bool {
    value.downcast::<columns::MappedColumnObject>().is_some()
        || value.downcast::<columns::ExpressionDecl>().is_some()
        || value.downcast::<RelationshipDecl>().is_some()
        || value.downcast::<SynonymDecl>().is_some()
        || value.downcast::<CompositeDecl>().is_some()
}

/// Whether an annotation means something that is not to be mapped, or is mapped otherwise.
fn stands_apart(interp: &mut Interp, annotation: &Value) -> PyResult<bool> {
    let text = match annotation {
        Value::Str(text) => text.to_string(),
        Value::Class(class) => class.name().to_string(),
        other => interp.repr(other)?,
    };
    let head = text.split('[').next().unwrap_or_default();
    let name = head.rsplit('.').next().unwrap_or_default();
    Ok(matches!(name.trim(), "ClassVar" | "AssociationProxy"))
}

/// Refuses an annotation without `Mapped[…]` where the attribute is to be mapped; `depth`: 0 in the class's own body.
pub(super) fn refuse_unmapped(
    interp: &mut Interp,
    class: &Rc<Class>,
    depth: usize,
    key: &Key,
    annotation: &Value,
    value: Option<&Value>,
) -> PyResult<()> {
    let expected = match value {
        Some(value) => is_attribute(value) || depth == 0 && value.is_none(),
        None => depth == 0,
    };
    let says_nothing = !lend::has(interp, Behaviour::AnnotatedDeclarative)
        || class.lookup("__dataclass_fields__").is_some()
        || super::dataclass::setup_of(class).is_some();
    if !expected || says_nothing || stands_apart(interp, annotation)? {
        return Ok(());
    }
    let allowed = class.lookup("__allow_unmapped__");
    if allowed.map_or(Ok(false), |allowed| interp.truth(&allowed))? {
        return Ok(());
    }
    let message = format!(
        "Type annotation for \"{}.{key}\" can't be correctly interpreted for Annotated Declarative Table form.  ORM \
         annotations should normally make use of the ``Mapped[]`` generic type, or other ORM-compatible generic type, as \
         a container for the actual type, which indicates the intent that the attribute is mapped. Class variables that \
         are not intended to be mapped by the ORM should use ClassVar[].  To allow Annotated Declarative to disregard \
         legacy annotations which don't use Mapped[] to pass, set \"__allow_unmapped__ = True\" on the class or a \
         superclass this class.",
        class.name()
    );
    let name = error_class(interp);
    Err(raise_with_code(interp, name, message, "zlpr"))
}
