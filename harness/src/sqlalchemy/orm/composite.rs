//! `composite()`: several columns as one object of a Python class, and comparisons of it in queries.

use super::annotation::{self, Hint, MappedObject};
use super::attribute::AttributeObject;
use super::columns::MappedColumnObject;
use super::dataclass::{FieldArgs, Of};
use super::declarative::column_of;
use super::{comparing, errors, mapped, mutable};
use crate::python::{Args, Class, CompareOp, Interp, Object, PyResult, Stop, Value};
use crate::sqlalchemy::expr::{self, ExprObject};
use crate::sqlalchemy::{convert, lend, names};
use backproof_engine::Cx;
use backproof_engine::attr::{self, NewValue};
use backproof_engine::map::{
    CompositeClass, CompositePart, CompositeSpec, Descriptor, Key, Mapped, PropertySpec,
};
use backproof_engine::schema::Column;
use backproof_engine::sql::{Expr, ExprKind, Op};
use backproof_engine::value::Value as SqlValue;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// `composite(…)` as it was declared.
#[derive(Clone)]
pub(crate) struct CompositeDecl {
    class: Option<Value>,
    parts: Vec<Value>,
    field: FieldArgs,
    /// What it is compared by, where a document wrote that.
    pub(super) comparator: Option<Value>,
}

impl Object for CompositeDecl {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Composite"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.descriptor_props"
    }
}

/// `composite(class, *parts)`.
pub(crate) fn composite(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let field = FieldArgs::take(interp, &mut args, Of::Composite)?;
    let comparator = args.take_keyword("comparator_factory").filter(|class| !class.is_none());
    for (name, value) in &args.keywords {
        let ignored = matches!(&**name, "doc" | "info" | "active_history");
        if !ignored && !value.is_none() && interp.truth(value)? {
            return Err(Stop::unsupported(format!("composite() with `{name}`")));
        }
    }
    let has_class = match args.positional.first() {
        None | Some(Value::None | Value::Str(_)) => false,
        Some(value) => column_of(value).is_none() && value.downcast::<AttributeObject>().is_none(),
    };
    let class = has_class.then(|| args.positional.remove(0));
    args.positional.retain(|value| !value.is_none());
    Ok(Value::object(CompositeDecl { class, parts: args.positional, field, comparator }))
}

impl CompositeDecl {
    pub(super) fn field(&self) -> &FieldArgs {
        &self.field
    }

    /// The columns that it declares itself.
    pub(super) fn columns(&self) -> Vec<MappedColumnObject> {
        let mut found = Vec::new();
        for part in &self.parts {
            if let Some(mapped) = part.downcast::<MappedColumnObject>() {
                found.push(mapped.clone());
            } else if let Some(column) = column_of(part) {
                found.push(MappedColumnObject { column, typed: true, ..MappedColumnObject::bare() });
            }
        }
        found
    }

    /// Whether it was given the column as `mapped_column()`, which takes what an annotation says.
    pub(super) fn is_mapped(&self, column: &Column) -> bool {
        let mut parts = self.parts.iter().filter_map(Value::downcast::<MappedColumnObject>);
        parts.any(|part| part.column == *column)
    }

    /// What the fields of its class say of the columns that it declares itself, in order.
    pub(super) fn hints(&self, interp: &mut Interp, hint: Option<&Hint>) -> PyResult<Vec<Option<Hint>>> {
        let Some(Value::Class(class)) = self.class_of(hint) else { return Ok(Vec::new()) };
        let Some(annotations) = class.annotations() else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for name in interp.iterate(&annotations)? {
            let kind = interp.get_item(&annotations, &name)?;
            let wrapped = interp.get_item(&MappedObject::root("Mapped"), &kind)?;
            found.push(annotation::read(interp, &wrapped)?);
        }
        Ok(found)
    }

    fn class_of(&self, hint: Option<&Hint>) -> Option<Value> {
        self.class.clone().or_else(|| match hint.map(|hint| &hint.inner) {
            Some(annotation::Inner::Value(class)) => Some(class.clone()),
            _ => None,
        })
    }

    /// The property that it declares.
    pub(super) fn spec(&self, interp: &mut Interp, hint: Option<&Hint>) -> PyResult<PropertySpec> {
        let Some(class) = self.class_of(hint) else {
            return Err(Stop::unsupported("a composite() without a class"));
        };
        if self.parts.is_empty() {
            return Err(Stop::unsupported("a composite() without attributes"));
        }
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            parts.push(if let Some(name) = part.as_str() {
                CompositePart::Key(name.clone())
            } else if let Some(column) = column_of(part) {
                CompositePart::Column(column)
            } else if let Some(attribute) = part.downcast::<AttributeObject>() {
                CompositePart::Key(attribute.key.clone())
            } else {
                return Err(Stop::unsupported("a composite() of something that is no column"));
            });
        }
        let named_only = lend::has(interp, Behaviour::CompositeComparesEach);
        let class = Rc::new(HostClass { class, dataclasses: named_only });
        let optional = hint.is_some_and(|hint| hint.optional);
        Ok(PropertySpec::Composite(CompositeSpec { parts, optional, class }))
    }
}

/// The Python class of a composite's objects.
struct HostClass {
    class: Value,
    /// Fields of dataclasses are taken where there is no `__composite_values__()`.
    dataclasses: bool,
}

impl std::fmt::Debug for HostClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HostClass")
    }
}

impl HostClass {
    /// The values of an object.
    fn values(&self, interp: &mut Interp, value: &Value) -> PyResult<Vec<Value>> {
        if let Some(method) = interp.get_attr_opt(value, "__composite_values__")? {
            let values = interp.call(&method, Args::none())?;
            return interp.iterate(&values);
        }
        if !self.dataclasses {
            let kind = interp.type_name(value);
            return Err(interp.no_attribute(&kind, "__composite_values__"));
        }
        let Some(fields) = interp.get_attr_opt(&self.class, "__dataclass_fields__")? else {
            let name = interp.get_attr(&self.class, "__name__")?;
            let name = interp.str(&name)?;
            let message = format!(
                "Composite class {name} is not a dataclass and does not define a __composite_values__() method; can't get state"
            );
            return Err(errors::invalid_request(interp, message));
        };
        let mut values = Vec::new();
        for name in interp.iterate(&fields)? {
            if let Some(name) = name.as_str() {
                values.push(interp.get_attr(value, name)?);
            }
        }
        Ok(values)
    }
}

impl CompositeClass for HostClass {
    fn make(&self, cx: &mut Cx<'_>, values: Vec<SqlValue>) -> backproof_engine::Result<SqlValue> {
        lend::lend(cx, |interp| {
            let mut args = Vec::with_capacity(values.len());
            for value in &values {
                args.push(convert::to_python(interp, value)?);
            }
            let made = interp.call(&self.class, Args::of(args))?;
            convert::to_engine(interp, &made)
        })
    }

    fn split(&self, cx: &mut Cx<'_>, value: &SqlValue) -> backproof_engine::Result<Vec<SqlValue>> {
        lend::lend(cx, |interp| {
            let value = convert::to_python(interp, value)?;
            let values = self.values(interp, &value)?;
            values.iter().map(|value| convert::to_engine(interp, value)).collect()
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A composite on its class or an alias of it, and through it on instances.
pub(crate) struct CompositeObject {
    pub(crate) mapped: Mapped,
    pub(crate) key: Key,
    owner: Rc<str>,
    /// As a document's comparator has it, which it does not ask again.
    bare: bool,
}

impl CompositeObject {
    pub(crate) fn value(owner: Rc<str>, mapped: Mapped, key: Key) -> Value {
        Value::object(CompositeObject { mapped, key, owner, bare: false })
    }

    /// The same composite, which no document's comparator speaks for.
    pub(super) fn without_comparator(&self) -> Value {
        let (mapped, key, owner) = (self.mapped, self.key.clone(), self.owner.clone());
        Value::object(CompositeObject { mapped, key, owner, bare: true })
    }

    pub(super) fn composite(&self, interp: &mut Interp) -> PyResult<Rc<backproof_engine::map::Composite>> {
        let found =
            lend::read(interp, |orm| orm.mappers.get(self.mapped.mapper).descriptor(&self.key).cloned())?;
        match found {
            Some(Descriptor::Composite(composite)) => Ok(composite),
            _ => Err(Stop::unsupported("a composite that is gone")),
        }
    }

    /// The class of its objects, where they tell of changes.
    fn mutable(&self, interp: &mut Interp) -> PyResult<Option<Rc<Class>>> {
        let composite = self.composite(interp)?;
        let class = composite.class.as_any().downcast_ref::<HostClass>().map(|class| class.class.clone());
        Ok(class.and_then(|class| mutable::composite_class(interp, &class)))
    }

    /// The expressions of its parts.
    pub(super) fn parts(&self, interp: &mut Interp) -> PyResult<Vec<Expr>> {
        let composite = self.composite(interp)?;
        let mut parts = Vec::with_capacity(composite.parts.len());
        for part in &composite.parts {
            let found = lend::with_cx(interp, |cx| {
                backproof_engine::load::attribute_of_class(cx.orm, self.mapped, part)
            })?;
            parts.push(found);
        }
        Ok(parts)
    }

    /// As one expression: its parts between commas.
    pub(super) fn expr(&self, interp: &mut Interp) -> PyResult<Expr> {
        let items = self.parts(interp)?;
        Ok(Expr::of(ExprKind::List { op: Op::Comma, items }))
    }

    /// The values that an object, or `None`, has for the parts.
    fn values_of(&self, interp: &mut Interp, other: &Value) -> PyResult<Vec<Value>> {
        let composite = self.composite(interp)?;
        if other.is_none() {
            return Ok(vec![Value::None; composite.parts.len()]);
        }
        match composite.class.as_any().downcast_ref::<HostClass>() {
            Some(class) => class.values(interp, other),
            None => Err(Stop::unsupported("a composite of another host")),
        }
    }
}

impl Object for CompositeObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "propertyProxy"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.attributes"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if !self.bare
            && let Some(own) = comparing::member(interp, self, name)?
        {
            return Ok(Some(own));
        }
        Ok(Some(match name {
            "key" => Value::from(self.key.clone()),
            "class_" => Value::Class(mapped::class_of_mapper(interp, self.mapped.mapper)?),
            "parent" => super::mapper::MapperObject::find(interp, self.mapped.mapper)?,
            "property" | "prop" => {
                super::property::PropertyObject::named(interp, self.mapped.mapper, self.key.clone())?
            }
            "__clause_element__" => {
                let expr = self.expr(interp)?;
                Value::native(name, move |_, _| Ok(ExprObject::value(expr.clone())))
            }
            _ if name.starts_with("__") => return Ok(None),
            _ if names::has_member(interp, "InstrumentedAttribute", name) => {
                return Err(Stop::unsupported(format!("the attribute `{name}` of a composite")));
            }
            _ => return Ok(None),
        }))
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        if !self.bare
            && let Some(made) = comparing::compare(interp, self, op, other)?
        {
            return Ok(Some(made));
        }
        let each = lend::has(interp, Behaviour::CompositeComparesEach);
        if !each && !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Err(Stop::unsupported("ordering of a composite before 2.0"));
        }
        let parts = self.parts(interp)?;
        let values = match other.downcast::<CompositeObject>() {
            Some(_) => return Err(Stop::unsupported("comparing a composite to a composite")),
            None => self.values_of(interp, other)?,
        };
        let inner = if each { op } else { CompareOp::Eq };
        let mut conditions = Vec::with_capacity(parts.len());
        for (part, value) in parts.iter().zip(&values) {
            let part = ExprObject::value(part.clone());
            let compared = interp.compare(inner, &part, value)?;
            conditions.push(expr::coerce(interp, &compared)?);
        }
        let all = ExprObject::value(Expr::and(conditions));
        if !each && op == CompareOp::Ne {
            return interp.unary(crate::python::UnaryOp::Invert, &all).map(Some);
        }
        Ok(Some(all))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("{}.{}", self.owner, self.key))
    }

    fn is_descriptor(&self) -> bool {
        true
    }

    fn is_data_descriptor(&self) -> bool {
        true
    }

    fn descriptor_get(
        &self,
        interp: &mut Interp,
        this: &Value,
        instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> PyResult<Value> {
        let Some(instance) = instance else { return Ok(this.clone()) };
        let object = super::attribute::object(interp, instance)?;
        let slot = lend::with_cx(interp, |cx| attr::get(cx, object.id(), &self.key))?;
        let value = super::instance::slot_value(interp, &slot)?;
        if self.mutable(interp)?.is_some() {
            mutable::composite_read(interp, &value, object.id(), &self.key)?;
        }
        Ok(value)
    }

    fn descriptor_set(
        &self,
        interp: &mut Interp,
        _this: &Value,
        instance: &Value,
        value: Value,
    ) -> PyResult<()> {
        let object = super::attribute::object(interp, instance)?;
        let value = match self.mutable(interp)? {
            Some(class) => {
                let held =
                    lend::read(interp, |orm| orm.states.get(object.id()).dict.get(&self.key).cloned())?;
                let old = held.map(|slot| super::instance::slot_value(interp, &slot)).transpose()?;
                mutable::composite_set(interp, &class, (object.id(), &self.key), old, &value)?
            }
            None => value,
        };
        let value = NewValue::Value(convert::to_engine(interp, &value)?);
        lend::with_cx(interp, |cx| attr::set(cx, object.id(), &self.key, value))
    }

    fn descriptor_delete(&self, interp: &mut Interp, _this: &Value, instance: &Value) -> PyResult<()> {
        let object = super::attribute::object(interp, instance)?;
        lend::with_cx(interp, |cx| attr::delete(cx, object.id(), &self.key))
    }
}
