//! `InstrumentedAttribute`: a mapped attribute on its class, an expression there and a value on instances.

use super::instance::{object_of, slot_value};
use super::property::PropertyObject;
use super::synonym::OnInstances;
use super::{collection, comparator, comparing, custom, mapped};
use crate::python::{BinaryOp, Class, CompareOp, Interp, Object, PyResult, Stop, UnaryOp, Value};
use crate::sqlalchemy::{convert, expr, lend, names, own_types, schema};
use backproof_engine::attr::{self, NewValue};
use backproof_engine::map::{Descriptor, Key, Maker, Mapped, Property};
use backproof_engine::sql::{Assigned, Expr};
use backproof_engine::state::ObjRef;
use backproof_engine::value::Value as SqlValue;
use std::any::Any;
use std::rc::Rc;

/// A mapped attribute, of a class or of an alias of one.
pub(crate) struct AttributeObject {
    pub(crate) mapped: Mapped,
    pub(crate) key: Key,
    /// The class's name, or what stands for it.
    owner: Rc<str>,
    /// `of_type(…)`: the class or alias that a join along it goes to.
    pub(crate) of_type: Option<Mapped>,
    /// Further criteria of `and_()`.
    pub(crate) criteria: Vec<Expr>,
    /// What it is called where it is a synonym.
    pub(crate) name: Option<Key>,
    /// What instances have in its place.
    on_instances: Option<Value>,
    /// As a document's comparator has it, which it does not ask again.
    bare: bool,
}

/// Attributes that the real library has here and this does not.
const UNSUPPORTED: &[&str] =
    &["comparator", "impl", "dispatch", "adapter", "info", "adapt_to_entity", "operate", "reverse_operate"];

/// Attributes of a column that its mapped attribute has, too.
const OF_COLUMN: &[&str] = &[
    "nullable",
    "unique",
    "index",
    "default",
    "server_default",
    "onupdate",
    "autoincrement",
    "primary_key",
    "foreign_keys",
    "table",
    "name",
];

impl AttributeObject {
    pub(crate) fn value(class: &Rc<Class>, mapped: Mapped, key: Key) -> Value {
        let owner = class.name();
        AttributeObject::of_alias(owner, mapped, key)
    }

    /// An attribute of an alias.
    pub(crate) fn of_alias(owner: Rc<str>, mapped: Mapped, key: Key) -> Value {
        let (of_type, criteria) = (None, Vec::new());
        Value::object(AttributeObject {
            mapped,
            key,
            owner,
            of_type,
            criteria,
            name: None,
            on_instances: None,
            bare: false,
        })
    }

    /// An attribute by another name; `None` where it stands for none.
    pub(crate) fn synonym(
        interp: &mut Interp,
        owner: Rc<str>,
        mapped: Mapped,
        name: Key,
    ) -> PyResult<Option<Value>> {
        let (key, on_instances) = lend::read(interp, |orm| {
            let mapper = orm.mappers.get(mapped.mapper);
            let host = match mapper.descriptor(&name) {
                Some(Descriptor::Synonym(synonym)) => synonym.host.clone(),
                _ => None,
            };
            let key = orm.mappers.unaliased(mapped.mapper, &name);
            (mapper.properties.contains_key(&key).then_some(key), host)
        })?;
        let Some(key) = key else { return Ok(None) };
        let on_instances = on_instances.and_then(|host| host.downcast::<OnInstances>().ok());
        let on_instances = on_instances.map(|host| host.0.clone());
        let (of_type, criteria, name) = (None, Vec::new(), Some(name));
        Ok(Some(Value::object(AttributeObject {
            mapped,
            key,
            owner,
            of_type,
            criteria,
            name,
            on_instances,
            bare: false,
        })))
    }

    /// Calls what instances have in its place.
    fn on_instance(&self, interp: &mut Interp, which: &str, args: Vec<Value>) -> PyResult<Option<Value>> {
        let Some(descriptor) = &self.on_instances else { return Ok(None) };
        let Value::Property(_) = descriptor else {
            return Err(Stop::unsupported("a synonym's descriptor that is no property"));
        };
        let function = interp.get_attr(descriptor, which)?;
        if function.is_none() {
            return Err(Stop::unsupported("a synonym's property without this function"));
        }
        interp.call(&function, crate::python::Args::of(args)).map(Some)
    }

    /// The same attribute, joined to another class or under further criteria.
    pub(crate) fn refined(&self, of_type: Option<Mapped>, criteria: Vec<Expr>) -> Value {
        let (mapped, key, owner) = (self.mapped, self.key.clone(), self.owner.clone());
        let (name, on_instances, bare) = (self.name.clone(), None, self.bare);
        Value::object(AttributeObject { mapped, key, owner, of_type, criteria, name, on_instances, bare })
    }

    /// The same attribute, which no document's comparator speaks for.
    pub(super) fn without_comparator(&self) -> Value {
        Value::object(AttributeObject {
            mapped: self.mapped,
            key: self.key.clone(),
            owner: self.owner.clone(),
            of_type: self.of_type,
            criteria: self.criteria.clone(),
            name: self.name.clone(),
            on_instances: None,
            bare: true,
        })
    }

    /// As `str()` shows it.
    pub(crate) fn shown(&self) -> String {
        format!("{}.{}", self.owner, self.name.as_ref().unwrap_or(&self.key))
    }

    pub(crate) fn is_relationship(&self, interp: &mut Interp) -> PyResult<bool> {
        let property = self.property(interp)?;
        Ok(matches!(property, Property::Relationship(_)))
    }

    pub(crate) fn property(&self, interp: &mut Interp) -> PyResult<Property> {
        let found =
            lend::read(interp, |orm| orm.mappers.get(self.mapped.mapper).properties.get(&self.key).cloned())?;
        found.ok_or_else(|| Stop::unsupported("an attribute whose property is gone"))
    }

    /// The expression that a column attribute stands for, or the join condition of a relationship.
    pub(crate) fn expr(&self, interp: &mut Interp) -> PyResult<Expr> {
        if self.is_relationship(interp)? {
            mapped::configure_for(interp, self.mapped.mapper)?;
        }
        comparator::attribute_expr(interp, self)
    }

    /// What a value is to the attribute.
    pub(super) fn new_value(&self, interp: &mut Interp, value: &Value) -> PyResult<NewValue> {
        let Property::Relationship(relationship) = self.property(interp)? else {
            if let Some(expr) = expr::clause(interp, value)? {
                return Ok(NewValue::Value(Assigned::value(expr)));
            }
            return Ok(NewValue::Value(convert::to_engine(interp, value)?));
        };
        if let Some(object) = object_of(value) {
            return Ok(NewValue::One(Some(object)));
        }
        if value.is_none() {
            return Ok(NewValue::One(None));
        }
        if relationship.is_queried() {
            return Ok(NewValue::Members(super::queried::members(interp, value)?));
        }
        if relationship.resolved.get().is_some_and(|resolved| resolved.uselist) {
            if let Some(maker) = &relationship.args.maker {
                return self.hosted_value(interp, maker, value);
            }
            let shape = relationship.shape();
            if let Some(face) = collection::Face::of(value, shape) {
                return Ok(NewValue::List(face.held.clone()));
            }
            if let Some(values) = collection::assigned(interp, shape, value)? {
                return Ok(NewValue::Members(collection::candidates(interp, &values)?));
            }
        }
        if value.as_class().is_some() && relationship.resolved.get().is_some_and(|resolved| !resolved.uselist)
        {
            let subject = collection::subject(interp, value);
            return Err(
                interp.raise("AttributeError", format!("{subject} has no attribute '_sa_instance_state'"))
            );
        }
        Ok(NewValue::Other(interp.type_name(value).to_string()))
    }
}

impl AttributeObject {
    /// What is assigned to a collection of a document's class: itself, or the members of what is like it.
    fn hosted_value(&self, interp: &mut Interp, maker: &Maker, value: &Value) -> PyResult<NewValue> {
        if let Some(list) = custom::list_behind(interp, value)? {
            return Ok(NewValue::List(list));
        }
        if maker.converts.get()
            && let Some(values) = custom::converted(interp, maker, value)?
        {
            return Ok(NewValue::Members(collection::candidates(interp, &values)?));
        }
        Ok(match custom::assigned(interp, value, Some(maker.like.get()))? {
            Some(values) => NewValue::Members(collection::candidates(interp, &values)?),
            None => NewValue::Other(interp.type_name(value).to_string()),
        })
    }
}

/// The object behind an instance that a mapped attribute was reached through.
pub(super) fn object(interp: &mut Interp, instance: &Value) -> PyResult<ObjRef> {
    match object_of(instance) {
        Some(object) => Ok(object),
        None => {
            let kind = interp.type_name(instance);
            Err(interp.no_attribute(&kind, "_sa_instance_state"))
        }
    }
}

impl Object for AttributeObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.name.is_some() { "propertyProxy" } else { "InstrumentedAttribute" }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.attributes"
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "key" => return Ok(Some(Value::from(self.name.as_ref().unwrap_or(&self.key).clone()))),
            "class_" => {
                let class = mapped::class_of_mapper(interp, self.mapped.mapper)?;
                return Ok(Some(Value::Class(class)));
            }
            "property" | "prop" => {
                mapped::configure_for(interp, self.mapped.mapper)?;
                return Ok(Some(PropertyObject::named(interp, self.mapped.mapper, self.key.clone())?));
            }
            "info" | "__doc__" if self.is_relationship(interp)? => {
                let property = PropertyObject::named(interp, self.mapped.mapper, self.key.clone())?;
                let name = if name == "__doc__" { "doc" } else { name };
                return interp.get_attr(&property, name).map(Some);
            }
            "__doc__" => {
                let expr = self.expr(interp)?;
                let doc = expr.as_column().and_then(backproof_engine::schema::Column::doc);
                return Ok(Some(doc.map_or(Value::None, Value::from)));
            }
            "parent" => return super::mapper::MapperObject::find(interp, self.mapped.mapper).map(Some),
            "expression" => {
                let expr = self.expr(interp)?;
                return Ok(Some(match expr.as_column() {
                    Some(column) => schema::column_value(column),
                    None => expr::ExprObject::value(expr),
                }));
            }
            "__clause_element__" => {
                let expr = self.expr(interp)?;
                return Ok(Some(Value::native(name, move |_, _| Ok(expr::ExprObject::value(expr.clone())))));
            }
            _ if UNSUPPORTED.contains(&name) => {
                return Err(Stop::unsupported(format!("the attribute `{name}` of a mapped attribute")));
            }
            _ if !self.bare => {
                if let Some(own) = comparing::member(interp, self, name)? {
                    return Ok(Some(own));
                }
            }
            _ => {}
        }
        let found = if self.is_relationship(interp)? {
            comparator::member(interp, this, self, name)?
        } else {
            let expr = self.expr(interp)?;
            match own_types::member(interp, this, &expr, name)?.filter(|_| !self.bare) {
                Some(found) => Some(found),
                None => expr::member(interp, this, &expr, name)?,
            }
        };
        if found.is_none() && OF_COLUMN.contains(&name) && !self.is_relationship(interp)? {
            // What an expression does not have, its column answers for.
            let expr = self.expr(interp)?;
            if let Some(column) = expr.as_column() {
                return interp.get_attr_opt(&schema::column_value(column), name);
            }
        }
        // What the real attribute has and this one does not is unsupported, which the caller says.
        if found.is_some()
            || name.starts_with("__")
            || names::has_member(interp, "InstrumentedAttribute", name)
        {
            return Ok(found);
        }
        let comparator = comparing::name(interp, self)?;
        Err(interp.raise(
            "AttributeError",
            format!(
                "Neither 'InstrumentedAttribute' object nor '{comparator}' object associated with {}.{} has an attribute '{name}'",
                self.owner, self.key
            ),
        ))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        if !self.bare
            && let Some(made) = comparing::binary(interp, self, op, other, reflected)?
        {
            return Ok(Some(made));
        }
        if self.is_relationship(interp)? {
            return Err(Stop::unsupported("this operator on a relationship attribute"));
        }
        let expr = self.expr(interp)?;
        if !self.bare
            && let Some(made) = own_types::binary(interp, this, &expr, op, other, reflected)?
        {
            return Ok(Some(made));
        }
        expr::binary(interp, &expr, op, other, reflected)
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        if self.is_relationship(interp)? {
            return Err(Stop::unsupported("an item of a relationship attribute"));
        }
        let expr = self.expr(interp)?;
        crate::sqlalchemy::json::item(interp, &expr, key)
    }

    fn compare(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        if !self.bare
            && let Some(made) = comparing::compare(interp, self, op, other)?
        {
            return Ok(Some(made));
        }
        if self.is_relationship(interp)? {
            return comparator::compare(interp, self, op, other).map(Some);
        }
        let expr = self.expr(interp)?;
        if !self.bare
            && let Some(made) = own_types::compare(interp, this, &expr, op, other)?
        {
            return Ok(Some(made));
        }
        expr::compare(interp, &expr, op, other)
    }

    fn unary(&self, interp: &mut Interp, this: &Value, op: UnaryOp) -> PyResult<Value> {
        if !self.bare
            && let Some(made) = comparing::unary(interp, self, op)?
        {
            return Ok(made);
        }
        if self.is_relationship(interp)? {
            return Err(Stop::unsupported("this operator on a relationship attribute"));
        }
        let expr = self.expr(interp)?;
        if !self.bare
            && let Some(made) = own_types::unary(interp, this, &expr, op)?
        {
            return Ok(made);
        }
        expr::unary(interp, &expr, op)
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.shown())
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
        owner: &Rc<Class>,
    ) -> PyResult<Value> {
        let Some(instance) = instance else {
            if let Some(mapper) = mapped::mapper_of(owner)
                && lend::read(interp, |orm| orm.mappers.left_out_by(mapper, &self.key).is_some())?
            {
                return Err(Stop::unsupported("an attribute that a concrete class does not have"));
            }
            return Ok(this.clone());
        };
        if let Some(value) = self.on_instance(interp, "fget", vec![instance.clone()])? {
            return Ok(value);
        }
        let object = object(interp, instance)?;
        if let Some(queried) = super::queried::value(interp, &object, &self.key)? {
            return Ok(queried);
        }
        let slot = lend::with_cx(interp, |cx| attr::get(cx, object.id(), &self.key))?;
        let value = slot_value(interp, &slot)?;
        if value.is_none()
            && let Some(default) = super::dataclass::default_of(interp, &object, &self.key)?
        {
            return Ok(default);
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
        if let Some(done) = self.on_instance(interp, "fset", vec![instance.clone(), value.clone()])? {
            drop(done);
            return Ok(());
        }
        if super::symbols::leaves_alone(&value) {
            return Ok(());
        }
        let object = object(interp, instance)?;
        let own = self.mapped.mapper;
        let value = if lend::read(interp, |orm| orm.mappers.left_out_by(own, &self.key).is_some())? {
            // Whatever it is: the engine refuses it.
            NewValue::Value(SqlValue::Null)
        } else {
            self.new_value(interp, &value)?
        };
        super::queried::before_set(interp, &object, &self.key)?;
        lend::with_cx(interp, |cx| attr::set(cx, object.id(), &self.key, value))
    }

    fn descriptor_delete(&self, interp: &mut Interp, _this: &Value, instance: &Value) -> PyResult<()> {
        let object = object(interp, instance)?;
        lend::with_cx(interp, |cx| attr::delete(cx, object.id(), &self.key))
    }
}
