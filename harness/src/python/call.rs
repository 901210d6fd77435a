//! Calls: functions, methods, classes and everything else that can be called.

use super::Map;
use super::args::Args;
use super::class::{Class, Instance};
use super::code::{Body, Code, Frame};
use super::error::{PyResult, Stop};
use super::function::Function;
use super::generator::FunctionGenerator;
use super::interp::Interp;
use super::stmt::Flow;
use super::unavailable::Unavailable;
use super::value::{Dict, Tuple, Value};
use ruff_text_size::Ranged;
use std::rc::Rc;

impl Interp {
    /// Calls a callable.
    pub fn call(&mut self, callee: &Value, args: Args) -> PyResult<Value> {
        self.charge(1)?;
        self.guard()?;
        match callee {
            Value::Function(function) => self.call_function(function, args),
            Value::Native(native) => {
                self.enter_call()?;
                let missing = Unavailable::among(&args);
                let result = (native.function)(self, args);
                self.leave_call();
                match (result, missing) {
                    // Python would not raise this: it would have had the value.
                    (Err(Stop::Raise(_)), Some(what)) => Err(Stop::unsupported(what)),
                    (result, _) => result,
                }
            }
            Value::Method(method) => {
                let args = args.prepend(method.receiver.clone());
                self.call(&method.function, args)
            }
            Value::Class(class) => {
                self.enter_call()?;
                let result = self.call_class(class, args);
                self.leave_call();
                result
            }
            Value::StaticMethod(inner) => self.call(inner, args),
            Value::Object(object) => {
                self.enter_call()?;
                let result = object.call(self, callee, args);
                self.leave_call();
                result
            }
            Value::Instance(instance) => {
                let class = instance.class();
                let Some(method) = class.lookup("__call__") else { return Err(self.not_callable(callee)) };
                let bound = self.bind(&method, callee, &class)?;
                self.call(&bound, args)
            }
            _ => Err(self.not_callable(callee)),
        }
    }

    fn not_callable(&mut self, callee: &Value) -> Stop {
        let kind = self.type_name(callee);
        self.raise("TypeError", format!("'{kind}' object is not callable"))
    }

    pub fn is_callable(&mut self, value: &Value) -> bool {
        match value {
            Value::Function(_)
            | Value::Native(_)
            | Value::Method(_)
            | Value::Class(_)
            | Value::StaticMethod(_) => true,
            Value::Object(object) => object.callable(),
            Value::Instance(instance) => instance.class().lookup("__call__").is_some(),
            _ => false,
        }
    }

    /// `receiver.name(*args)`.
    pub fn call_method(&mut self, receiver: &Value, name: &str, args: Args) -> PyResult<Value> {
        let method = self.get_attr(receiver, name)?;
        self.call(&method, args)
    }

    /// Calls a special method found on the type; `None` where the type has none.
    ///
    /// What `object` itself has does not count.
    pub fn call_special(
        &mut self,
        receiver: &Value,
        name: &str,
        args: Vec<Value>,
    ) -> PyResult<Option<Value>> {
        let Some(method) = self.special(receiver, name)? else { return Ok(None) };
        self.call(&method, Args::of(args)).map(Some)
    }

    /// A special method, bound; `None` where the type has none.
    pub(super) fn special(&mut self, receiver: &Value, name: &str) -> PyResult<Option<Value>> {
        let class = match receiver {
            Value::Instance(instance) => instance.class(),
            Value::Class(class) => match class.metaclass.borrow().clone() {
                Some(metaclass) => metaclass,
                None => return Ok(None),
            },
            Value::Object(object) => object.class(self),
            _ => return Ok(None),
        };
        // A foreign object answers itself for what it inherits from a builtin type, such as `list`; for an
        // instance of a class derived from one, what it holds answers.
        let foreign = match receiver {
            Value::Object(_) => true,
            Value::Instance(instance) => instance.payload.is_some(),
            _ => false,
        };
        let found = std::iter::once(&class).chain(&class.ancestors).find_map(|owner| {
            let value = owner.dict.get(name)?;
            let answered = if foreign { &*owner.module() == "builtins" } else { &*owner.name() == "object" };
            (!answered).then(|| (owner.clone(), value))
        });
        match found {
            Some((owner, method)) => self.bind_from(&owner, &method, receiver, &class).map(Some),
            None => Ok(None),
        }
    }

    /// One more nested call; CPython's `RecursionError` beyond the limit.
    pub(super) fn enter_call(&mut self) -> PyResult<()> {
        self.depth += 1;
        if self.depth >= self.limits.depth {
            self.depth -= 1;
            return Err(self.raise("RecursionError", "maximum recursion depth exceeded"));
        }
        Ok(())
    }

    pub(super) fn leave_call(&mut self) {
        self.depth -= 1;
    }

    fn call_function(&mut self, function: &Rc<Function>, args: Args) -> PyResult<Value> {
        let code = &function.code;
        let mut frame = Frame::new(code.clone(), function.globals.clone(), &function.closure);
        self.bind_parameters(function, &mut frame, args)?;
        if code.scope.is_generator {
            return Ok(FunctionGenerator::start(frame));
        }
        self.enter_call()?;
        let result = match &code.body {
            Body::Block(body) => self.standing(&mut frame, |interp, frame| interp.exec_block(frame, body)),
            Body::Expression(expr) => {
                frame.at = expr.range();
                let result = self.standing(&mut frame, |interp, frame| interp.eval(frame, expr));
                let result = result.map(Flow::Return);
                if let Err(stop) = &result {
                    self.note(&mut frame, stop);
                }
                result
            }
            Body::Comprehension(..) | Body::Elsewhere => Err(Stop::unsupported("this function")),
        };
        self.leave_call();
        match result.map_err(|stop| self.leaving(code, stop))? {
            Flow::Return(value) => Ok(value),
            Flow::Normal | Flow::Break | Flow::Continue | Flow::Yield(_) => Ok(Value::None),
        }
    }

    /// A stop as the callers of `code` see it: a place in another source says nothing in theirs.
    pub(super) fn leaving(&self, code: &Code, stop: Stop) -> Stop {
        if code.source.run == self.run { stop } else { stop.nowhere() }
    }

    fn bind_parameters(&mut self, function: &Rc<Function>, frame: &mut Frame, args: Args) -> PyResult<()> {
        let signature = &function.code.signature;
        let slots = &function.code.slots;
        let plain = args.keywords.is_empty()
            && !signature.varargs
            && !signature.varkw
            && args.positional.len() == signature.parameters.len()
            && signature
                .parameters
                .last()
                .is_none_or(|last| last.kind != super::args::ParameterKind::KeywordOnly);
        if plain {
            for (slot, value) in slots.iter().zip(args.positional) {
                frame.place(*slot, value);
            }
            return Ok(());
        }
        let qualname = function.qualname.borrow().clone();
        let mut bound = if *qualname == *signature.name {
            signature.bind(self, args)?
        } else {
            super::Signature { name: qualname, ..signature.clone() }.bind(self, args)?
        };
        let mut slots = slots.iter().copied();
        for index in 0..signature.parameters.len() {
            let Some(slot) = slots.next() else { break };
            let value = bound.take(index).or_else(|| function.default(index));
            if let Some(value) = value {
                frame.place(slot, value);
            }
        }
        if signature.varargs
            && let Some(slot) = slots.next()
        {
            frame.place(slot, Value::Tuple(Rc::new(Tuple::new(bound.varargs))));
        }
        if signature.varkw
            && let Some(slot) = slots.next()
        {
            let mut map = Map::new();
            for (name, value) in bound.varkw {
                map.set_str(&name, value);
            }
            frame.place(slot, Value::Dict(Rc::new(Dict::new(map))));
        }
        Ok(())
    }

    /// `Class(*args)`.
    fn call_class(&mut self, class: &Rc<Class>, args: Args) -> PyResult<Value> {
        if let Some(metaclass) = class.metaclass.borrow().clone()
            && let Some((owner, method)) = metaclass.lookup_with_owner("__call__")
            && !self.is_builtin(&owner)
        {
            let receiver = Value::Class(class.clone());
            let bound = self.bind(&method, &receiver, &metaclass)?;
            return self.call(&bound, args);
        }
        let made = match class.lookup_with_owner("__new__") {
            Some((owner, method)) if !self.is_builtin(&owner) => {
                let method = self.descriptor_get(&method, None, class)?;
                self.call(&method, args.clone().prepend(Value::Class(class.clone())))?
            }
            _ => self.new_instance(class, args.clone())?,
        };
        let kind = match &made {
            Value::Instance(instance) => instance.class(),
            Value::List(_) | Value::Dict(_) | Value::Set(_) => self.class_of(&made),
            _ => return Ok(made),
        };
        if !kind.is_subclass(class) {
            return Ok(made);
        }
        let Some((owner, init)) = kind.lookup_with_owner("__init__") else { return Ok(made) };
        if &*owner.name() == "object" && self.is_builtin(&owner) {
            return Ok(made);
        }
        let hook = class.find_hook();
        let args = match &hook {
            Some(hook) => hook.init_arguments(self, class, &made, args)?,
            None => args,
        };
        let bound = self.bind_from(&owner, &init, &made, &kind)?;
        let result = match (self.call(&bound, args), hook) {
            (Err(stop), Some(hook)) => {
                hook.init_failed(self, &made)?;
                return Err(stop);
            }
            (result, _) => result?,
        };
        if !result.is_none() {
            let kind = self.type_name(&result);
            return Err(self.raise("TypeError", format!("__init__() should return None, not '{kind}'")));
        }
        Ok(made)
    }

    /// What `object.__new__` and the builtin constructors make, before `__init__`.
    pub fn new_instance(&mut self, class: &Rc<Class>, args: Args) -> PyResult<Value> {
        if let Some(names) = self.abstract_methods(class)? {
            let plural = if names.len() == 1 { "" } else { "s" };
            let message = format!(
                "Can't instantiate abstract class {} with abstract method{plural} {}",
                class.name(),
                names.join(", ")
            );
            return Err(self.raise("TypeError", message));
        }
        if let Some(hook) = class.find_hook()
            && let Some(instance) = hook.new_instance(self, class)?
        {
            return Ok(Value::Instance(instance));
        }
        if let Some(construct) = class.find_construct() {
            let owner = class.construct.borrow().is_some();
            let made = construct(self, args.prepend(Value::Class(class.clone())))?;
            return Ok(match made {
                Value::Instance(_) | Value::Class(_) | Value::Object(_) => made,
                payload if owner => payload,
                payload => Value::Instance(Instance::with_payload(class.clone(), payload)),
            });
        }
        let bare = args.positional.is_empty() && args.keywords.is_empty();
        if !bare && !self.overrides_init(class) && !self.overrides_new(class) {
            return Err(self.raise("TypeError", format!("{}() takes no arguments", class.name())));
        }
        Ok(Value::Instance(Instance::plain(class.clone())))
    }

    fn overrides_init(&mut self, class: &Rc<Class>) -> bool {
        class.lookup_with_owner("__init__").is_some_and(|(owner, _)| !self.is_builtin(&owner))
    }

    fn overrides_new(&mut self, class: &Rc<Class>) -> bool {
        class.lookup_with_owner("__new__").is_some_and(|(owner, _)| !self.is_builtin(&owner))
    }

    /// Names that keep a class from having instances.
    fn abstract_methods(&mut self, class: &Rc<Class>) -> PyResult<Option<Vec<String>>> {
        let Some(names) = class.dict.get("__abstractmethods__") else { return Ok(None) };
        let names = self.iterate(&names)?;
        let mut texts: Vec<String> =
            names.iter().filter_map(Value::as_str).map(ToString::to_string).collect();
        texts.sort();
        Ok((!texts.is_empty()).then_some(texts))
    }
}
