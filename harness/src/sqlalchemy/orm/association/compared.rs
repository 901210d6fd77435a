//! An association proxy on its class: comparisons become `EXISTS` along its relationship.

use super::{Given, MODULE, ProxyObject, local, target};
use crate::python::{Args, BinaryOp, CompareOp, Interp, Object, PyResult, Stop, UnaryOp, Value};
use crate::sqlalchemy::expr::{self, ExprObject};
use crate::sqlalchemy::orm::attribute::AttributeObject;
use crate::sqlalchemy::orm::errors;
use backproof_engine::map::Relationship;
use backproof_engine::sql::Expr;
use std::any::Any;
use std::rc::Rc;

/// What `User.keywords` is.
pub(in crate::sqlalchemy::orm) struct ProxyInstance {
    given: Rc<Given>,
    /// The class or an alias of it.
    owner: Value,
    along: Rc<Relationship>,
    /// The name of its class, which says what it leads to.
    kind: &'static str,
}

/// What the proxy's attribute is on the class that its relationship leads to.
enum Remote {
    Relationship(Value),
    /// A proxy of that class in turn.
    Proxy(Value),
    /// A column, or another expression.
    Expression(Value),
}

impl ProxyInstance {
    pub(super) fn value(
        interp: &mut Interp,
        given: &Rc<Given>,
        owner: Value,
        along: Rc<Relationship>,
    ) -> PyResult<Value> {
        let kind = "AmbiguousAssociationProxyInstance";
        let mut made = ProxyInstance { given: given.clone(), owner, along, kind };
        let class = target(interp, &made.along)?;
        let Some(found) = interp.get_attr_opt(&class, &given.attr)? else { return Ok(Value::object(made)) };
        made.kind = match made.remote_of(interp, found) {
            Ok(Remote::Expression(_)) => "ColumnAssociationProxyInstance",
            Ok(_) => "ObjectAssociationProxyInstance",
            Err(Stop::Unsupported { .. }) => kind,
            Err(stop) => return Err(stop),
        };
        Ok(Value::object(made))
    }

    fn scalar(&self) -> bool {
        !self.along.resolved().uselist
    }

    fn local(&self, interp: &mut Interp) -> PyResult<Value> {
        let found = interp.get_attr(&self.owner, &self.given.collection)?;
        local(&found)?;
        Ok(found)
    }

    fn remote(&self, interp: &mut Interp) -> PyResult<Remote> {
        let class = target(interp, &self.along)?;
        let found = interp.get_attr(&class, &self.given.attr)?;
        self.remote_of(interp, found)
    }

    fn remote_of(&self, interp: &mut Interp, found: Value) -> PyResult<Remote> {
        if found.downcast::<ProxyInstance>().is_some() {
            return Ok(Remote::Proxy(found));
        }
        if let Some(attribute) = found.downcast::<AttributeObject>()
            && attribute.is_relationship(interp)?
        {
            return Ok(Remote::Relationship(found));
        }
        if expr::clause(interp, &found)?.is_none() {
            return Err(Stop::unsupported(
                "an association proxy of an attribute that is not mapped, in a query",
            ));
        }
        Ok(Remote::Expression(found))
    }

    /// Whether one object of the relationship's has one value.
    fn value_is_scalar(interp: &mut Interp, remote: &Remote) -> PyResult<bool> {
        Ok(match remote {
            Remote::Relationship(attribute) => match local(attribute)?.property(interp)? {
                backproof_engine::map::Property::Relationship(relationship) => {
                    !relationship.resolved().uselist
                }
                backproof_engine::map::Property::Column(_) => true,
            },
            Remote::Proxy(proxy) => proxy.downcast::<ProxyInstance>().is_some_and(ProxyInstance::scalar),
            Remote::Expression(_) => true,
        })
    }

    /// Calls `any()` or `has()` of the relationship.
    fn along_local(&self, interp: &mut Interp, criterion: Option<Value>) -> PyResult<Value> {
        let attribute = self.local(interp)?;
        let method = if self.scalar() { "has" } else { "any" };
        interp.call_method(&attribute, method, Args::of(criterion.into_iter().collect()))
    }

    /// `EXISTS` of the relationship, of what the attribute leads to where it leads anywhere, and of the criterion there.
    fn exists(&self, interp: &mut Interp, args: Args, is_has: bool) -> PyResult<Value> {
        let inner = match self.remote(interp)? {
            Remote::Proxy(proxy) => match proxy.downcast::<ProxyInstance>() {
                Some(proxy) => Some(proxy.exists(interp, args, false)?),
                None => None,
            },
            remote @ Remote::Relationship(_) => {
                let method = if ProxyInstance::value_is_scalar(interp, &remote)? { "has" } else { "any" };
                let Remote::Relationship(attribute) = remote else { return Ok(Value::None) };
                Some(interp.call_method(&attribute, method, args)?)
            }
            Remote::Expression(_) => {
                let criterion = args.positional.first().filter(|criterion| !criterion.is_none()).cloned();
                if !args.keywords.is_empty() {
                    return Err(errors::argument_error(
                        interp,
                        "Can't apply keyword arguments to column-targeted association proxy; use ==",
                    ));
                }
                if is_has && criterion.is_some() {
                    return Err(errors::argument_error(
                        interp,
                        "Non-empty has() not allowed for column-targeted association proxy; use ==",
                    ));
                }
                criterion
            }
        };
        self.along_local(interp, inner)
    }

    /// `any()` and `has()`, each where it belongs.
    fn any_or_has(&self, interp: &mut Interp, args: Args, is_has: bool) -> PyResult<Value> {
        let remote = self.remote(interp)?;
        if !matches!(remote, Remote::Proxy(_)) {
            let of_objects = matches!(remote, Remote::Relationship(_));
            let is_scalar = ProxyInstance::value_is_scalar(interp, &remote)?;
            if !is_has && self.scalar() && (!of_objects || is_scalar) {
                let message = "'any()' not implemented for scalar attributes. Use has().";
                return Err(errors::invalid_request(interp, message));
            }
            // A collection refuses it.
            if is_has && !self.scalar() {
                let attribute = self.local(interp)?;
                return interp.call_method(&attribute, "has", Args::none());
            }
            if let (Remote::Relationship(attribute), true, false) = (&remote, is_has, is_scalar) {
                return interp.call_method(attribute, "has", Args::none());
            }
        }
        self.exists(interp, args, is_has)
    }

    /// A comparison of the attribute, for some or the one object of the relationship.
    fn compared(&self, interp: &mut Interp, op: CompareOp, other: &Value) -> PyResult<Value> {
        let remote = self.remote(interp)?;
        if let Remote::Expression(attribute) = &remote {
            let criterion = interp.compare(op, attribute, other)?;
            let found = self.along_local(interp, Some(criterion))?;
            if !other.is_none() || op != CompareOp::Eq {
                return Ok(found);
            }
            return self.or_absent(interp, &found);
        }
        if !self.scalar() {
            let attribute = self.local(interp)?;
            return interp.call_method(&attribute, "has", Args::none());
        }
        match op {
            CompareOp::Eq | CompareOp::Ne => {}
            _ => return Err(Stop::unsupported("ordering of an association proxy that leads to objects")),
        }
        let (Remote::Relationship(attribute) | Remote::Proxy(attribute) | Remote::Expression(attribute)) =
            &remote;
        let criterion = interp.compare(op, attribute, other)?;
        let found = self.along_local(interp, Some(criterion))?;
        if other.is_none() && op == CompareOp::Eq { self.or_absent(interp, &found) } else { Ok(found) }
    }

    /// The condition, or that the relationship leads nowhere.
    fn or_absent(&self, interp: &mut Interp, found: &Value) -> PyResult<Value> {
        let attribute = self.local(interp)?;
        let absent = interp.compare(CompareOp::Eq, &attribute, &Value::None)?;
        let (found, absent) = (expr::coerce(interp, found)?, expr::coerce(interp, &absent)?);
        Ok(ExprObject::value(Expr::or([found, absent])))
    }

    fn contains_member(&self, interp: &mut Interp, other: &Value) -> PyResult<Value> {
        let remote = self.remote(interp)?;
        let is_scalar = ProxyInstance::value_is_scalar(interp, &remote)?;
        let inner = match &remote {
            Remote::Proxy(proxy) if is_scalar => interp.compare(CompareOp::Eq, proxy, other)?,
            Remote::Relationship(_) if self.scalar() && is_scalar => {
                let message = "contains() doesn't apply to a scalar object endpoint; use ==";
                return Err(errors::invalid_request(interp, message));
            }
            Remote::Relationship(attribute) if is_scalar => {
                interp.compare(CompareOp::Eq, attribute, other)?
            }
            Remote::Proxy(attribute) | Remote::Relationship(attribute) => {
                interp.call_method(attribute, "contains", Args::of(vec![other.clone()]))?
            }
            Remote::Expression(_) => return Ok(Value::None),
        };
        self.along_local(interp, Some(inner))
    }
}

impl Object for ProxyInstance {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.kind
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let this = this.clone();
        let here = move |this: &Value| -> PyResult<Rc<ProxyInstance>> {
            this.downcast::<ProxyInstance>()
                .map(|proxy| {
                    Rc::new(ProxyInstance {
                        given: proxy.given.clone(),
                        owner: proxy.owner.clone(),
                        along: proxy.along.clone(),
                        kind: proxy.kind,
                    })
                })
                .ok_or_else(|| Stop::unsupported("a method of another association proxy"))
        };
        Ok(Some(match name {
            "any" | "has" => {
                let proxy = here(&this)?;
                let is_has = name == "has";
                Value::native(name, move |interp, mut args| {
                    if let Some(criterion) = args.take_keyword("criterion") {
                        args.positional.insert(0, criterion);
                    }
                    proxy.any_or_has(interp, args, is_has)
                })
            }
            "target_class" => target(interp, &self.along)?,
            "scalar" => Value::Bool(self.scalar()),
            "local_attr" => self.local(interp)?,
            "remote_attr" => {
                let class = target(interp, &self.along)?;
                interp.get_attr(&class, &self.given.attr)?
            }
            "attr" => {
                let class = target(interp, &self.along)?;
                Value::tuple(vec![self.local(interp)?, interp.get_attr(&class, &self.given.attr)?])
            }
            "value_attr" => Value::from(self.given.attr.clone()),
            "target_collection" => Value::from(self.given.collection.clone()),
            "parent" => Value::object(ProxyObject { given: self.given.clone() }),
            "owning_class" => self.owner.clone(),
            _ if name.starts_with("__") => return Ok(None),
            _ => match self.remote(interp)? {
                Remote::Expression(attribute) => {
                    let proxy = here(&this)?;
                    let Some(method) = interp.get_attr_opt(&attribute, name)? else { return Ok(None) };
                    Value::native(name, move |interp, args| {
                        let made = interp.call(&method, args)?;
                        if expr::clause(interp, &made)?.is_none() {
                            return Err(Stop::unsupported("this method of an association proxy"));
                        }
                        proxy.along_local(interp, Some(made))
                    })
                }
                _ if name == "contains" => {
                    let proxy = here(&this)?;
                    Value::native(name, move |interp, args| {
                        let [other] = args.exactly(interp, "contains")?;
                        proxy.contains_member(interp, &other)
                    })
                }
                _ => return Ok(None),
            },
        }))
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        self.compared(interp, op, other).map(Some)
    }

    fn binary(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        _op: BinaryOp,
        _other: &Value,
        _reflected: bool,
    ) -> PyResult<Option<Value>> {
        Err(Stop::unsupported("this operator on an association proxy"))
    }

    fn unary(&self, _interp: &mut Interp, _this: &Value, _op: UnaryOp) -> PyResult<Value> {
        Err(Stop::unsupported("this operator on an association proxy"))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let parent = Value::object(ProxyObject { given: self.given.clone() });
        let parent = interp.repr(&parent)?;
        Ok(format!("{}({parent})", self.kind))
    }
}
