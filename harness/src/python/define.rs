//! `def` and `class` statements, and how classes come to be.

use super::class::{Class, ClassHook, Namespace};
use super::code::{Body, Code, Frame};
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::value::Value;
use super::{Args, Dict, Map, Signature};
use ruff_python_ast::{Decorator, Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;
use std::rc::Rc;

/// The docstring that a body begins with.
fn docstring(body: &[Stmt]) -> Option<Value> {
    let Some(Stmt::Expr(first)) = body.first() else { return None };
    let Expr::StringLiteral(text) = &*first.value else { return None };
    Some(Value::str(text.value.to_str()))
}

/// Every look-up of an attribute may walk all of them.
const MOST_ANCESTORS: usize = 200;

impl Interp {
    fn decorators(&mut self, frame: &mut Frame, list: &[Decorator]) -> PyResult<Vec<Value>> {
        list.iter().map(|decorator| self.eval(frame, &decorator.expression)).collect()
    }

    fn decorate(
        &mut self,
        frame: &mut Frame,
        list: &[Decorator],
        decorators: Vec<Value>,
        value: Value,
    ) -> PyResult<Value> {
        let mut value = value;
        for (decorator, node) in decorators.into_iter().zip(list).rev() {
            frame.at = node.expression.range();
            value = self.call(&decorator, Args::of(vec![value]))?;
        }
        Ok(value)
    }

    pub(super) fn exec_function_def(&mut self, frame: &mut Frame, def: &StmtFunctionDef) -> PyResult<()> {
        if def.is_async {
            return Err(Stop::Unsupported { what: "`async def`".into(), range: Some(def.range) });
        }
        if let Some(parameters) = &def.type_params {
            return Err(Stop::Unsupported { what: "type parameters".into(), range: Some(parameters.range) });
        }
        let decorators = self.decorators(frame, &def.decorator_list)?;
        let name: Rc<str> = def.name.as_str().into();
        let defaults = self.eval_defaults(frame, Some(&def.parameters))?;
        let mut annotations = Map::new();
        for parameter in &def.parameters {
            if let Some(annotation) = parameter.annotation() {
                let value = self.eval_annotation(frame, annotation)?;
                annotations.set_str(parameter.name().as_str(), value);
            }
        }
        if let Some(returns) = &def.returns {
            let value = self.eval_annotation(frame, returns)?;
            annotations.set_str("return", value);
        }
        let code = self.code_at(frame, def.range, &name, Some(&def.parameters), || {
            Body::Block(def.body.iter().cloned().collect())
        })?;
        let function = self.make_function(frame, code, defaults);
        if let Some(doc) = docstring(&def.body) {
            function.dict.set("__doc__", doc);
        }
        if !annotations.is_empty() {
            function.dict.set("__annotations__", Value::dict(annotations));
        }
        let value = self.decorate(frame, &def.decorator_list, decorators, Value::Function(function))?;
        self.store_name(frame, &name, value)
    }

    pub(super) fn exec_class_def(&mut self, frame: &mut Frame, def: &StmtClassDef) -> PyResult<()> {
        if let Some(parameters) = &def.type_params {
            return Err(Stop::Unsupported { what: "type parameters".into(), range: Some(parameters.range) });
        }
        let decorators = self.decorators(frame, &def.decorator_list)?;
        let args = match &def.arguments {
            Some(arguments) => self.eval_arguments(frame, &Value::None, arguments)?,
            None => Args::none(),
        };
        let name: Rc<str> = def.name.as_str().into();
        let code = self.code_at(frame, def.range, &name, None, || Body::Elsewhere)?;
        let names = Rc::new(Namespace::default());
        if let Some(module) = self.module_name(frame) {
            names.set("__module__", module);
        }
        names.set("__qualname__", Value::Str(code.qualname.clone()));
        if let Some(doc) = docstring(&def.body) {
            names.set("__doc__", doc);
        }
        frame.at = def.range;
        let mut body = Frame::new(code.clone(), frame.globals.clone(), &frame.closure_for(&code.scope));
        body.names = Some(names.clone());
        self.enter_call()?;
        let result = self.standing(&mut body, |interp, body| interp.exec_block(body, &def.body));
        self.leave_call();
        result?;
        frame.at = def.name.range();
        let class = self.build_class(&name, args.positional, names.items(), args.keywords)?;
        if let Some(cell) = body.cell("__class__") {
            cell.set(Some(class.clone()));
        }
        drop(body);
        let value = self.decorate(frame, &def.decorator_list, decorators, class)?;
        self.store_name(frame, &name, value)
    }

    /// Makes a class as a class statement would: hooks, `__set_name__`, `__init_subclass__`, names in order.
    ///
    /// `names` may hold `__module__` and `__qualname__`.
    pub fn make_class(
        &mut self,
        name: &str,
        module: &str,
        bases: Vec<Value>,
        names: Vec<(Rc<str>, Value)>,
        keywords: Vec<(Rc<str>, Value)>,
    ) -> PyResult<Rc<Class>> {
        let mut all: Vec<(Rc<str>, Value)> = Vec::new();
        if !names.iter().any(|(name, _)| &**name == "__module__") {
            all.push(("__module__".into(), Value::from(module)));
        }
        all.extend(names);
        match self.build_class(name, bases, all, keywords)? {
            Value::Class(class) => Ok(class),
            _ => Err(Stop::unsupported("a metaclass that gives no class")),
        }
    }

    /// Makes a class from Rust; the resolution order is Python's.
    pub fn native_class(&mut self, module: &str, name: &str, bases: Vec<Rc<Class>>) -> PyResult<Rc<Class>> {
        let bases = if bases.is_empty() { vec![self.builtin_class("object")] } else { bases };
        let ancestors = self.resolution_order(&bases)?;
        Ok(Class::new(name, module, bases, ancestors))
    }

    fn build_class(
        &mut self,
        name: &str,
        bases: Vec<Value>,
        names: Vec<(Rc<str>, Value)>,
        keywords: Vec<(Rc<str>, Value)>,
    ) -> PyResult<Value> {
        let mut classes: Vec<Rc<Class>> = Vec::new();
        let originals = bases.clone();
        for base in &bases {
            let class = match base {
                Value::Class(class) => Some(class.clone()),
                Value::Object(object) => object.as_base(self, base)?,
                _ => None,
            };
            let Some(class) = class else { return Err(self.bad_base(base)) };
            if self.is_builtin(&class)
                && ["bool", "function", "NoneType", "range", "slice", "ellipsis"].contains(&&*class.name())
            {
                let message = format!("type '{}' is not an acceptable base type", class.name());
                return Err(self.raise("TypeError", message));
            }
            if let Some(double) = classes.iter().find(|other| other.id == class.id) {
                // A generic base beside its plain form stands for one base.
                if bases.iter().filter(|base| matches!(base, Value::Class(_))).count() == bases.len() {
                    let message = format!("duplicate base class {}", double.name());
                    return Err(self.raise("TypeError", message));
                }
                continue;
            }
            classes.push(class);
        }
        if classes.is_empty() {
            classes.push(self.builtin_class("object"));
        }
        let mut keywords = keywords;
        let metaclass =
            keywords.iter().position(|(name, _)| &**name == "metaclass").map(|at| keywords.remove(at).1);
        let inherited = classes.iter().find_map(|class| class.metaclass.borrow().clone());
        let mut own_hook: Option<Rc<dyn ClassHook>> = None;
        let metaclass = match metaclass {
            Some(Value::Class(class)) if &*class.name() == "type" && self.is_builtin(&class) => inherited,
            Some(Value::Class(class)) => {
                own_hook = class.find_hook();
                Some(class)
            }
            Some(_) => return Err(Stop::unsupported("a metaclass that is no class")),
            None => inherited,
        };
        if let Some(class) = &metaclass {
            for special in ["__new__", "__init__", "__call__", "__prepare__"] {
                if matches!(
                    class.lookup(special),
                    Some(Value::Function(_) | Value::StaticMethod(_) | Value::ClassMethod(_))
                ) && !matches!(class.lookup_with_owner(special), Some((owner, _)) if self.is_builtin(&owner))
                {
                    return Err(Stop::unsupported(format!("a metaclass with `{special}`")));
                }
            }
        }
        let ancestors = self.resolution_order(&classes)?;
        if ancestors.len() > MOST_ANCESTORS {
            return Err(Stop::limit(format!("a class with more than {MOST_ANCESTORS} ancestors")));
        }
        let class = Class::new(name, "builtins", classes, ancestors);
        *class.metaclass.borrow_mut() = metaclass;
        *class.hook.borrow_mut() = own_hook;
        if originals.iter().any(|base| !matches!(base, Value::Class(_))) {
            class.generic.set(true);
        }
        for (name, value) in names {
            match (&*name, &value) {
                ("__del__" | "__getattribute__", _) => {
                    return Err(Stop::unsupported(format!("a class with `{name}`")));
                }
                ("__qualname__", Value::Str(qualname)) => *class.qualname.borrow_mut() = qualname.clone(),
                ("__module__", Value::Str(module)) => {
                    *class.module.borrow_mut() = module.clone();
                    class.dict.set("__module__", value);
                }
                ("__init_subclass__" | "__class_getitem__", Value::Function(_)) => {
                    class.dict.set(&name, Value::ClassMethod(Rc::new(value)));
                }
                ("__new__", Value::Function(_)) => class.dict.set(&name, Value::StaticMethod(Rc::new(value))),
                _ => class.dict.set(&name, value),
            }
        }
        if !class.dict.contains("__doc__") {
            class.dict.set("__doc__", Value::None);
        }
        if originals.iter().any(|base| !matches!(base, Value::Class(_))) {
            class.dict.set("__orig_bases__", Value::tuple(originals));
        }
        if class.dict.contains("__eq__") && !class.dict.contains("__hash__") {
            class.dict.set("__hash__", Value::None);
        }
        let value = Value::Class(class.clone());
        for (name, attribute) in class.dict.items() {
            match &attribute {
                Value::Object(object) => object.set_name(self, &attribute, &class, &name)?,
                Value::Instance(_) => {
                    let args = vec![value.clone(), Value::Str(name)];
                    self.call_special(&attribute, "__set_name__", args)?;
                }
                _ => {}
            }
        }
        let hook = class.find_hook();
        let takes = hook.as_ref().is_some_and(|hook| hook.takes_keywords());
        let (for_hook, for_init) = if takes { (keywords, Vec::new()) } else { (Vec::new(), keywords) };
        self.init_subclass(&class, for_init)?;
        if let Some(hook) = hook {
            hook.class_created(self, &class, for_hook)?;
        }
        Ok(value)
    }

    fn init_subclass(&mut self, class: &Rc<Class>, keywords: Vec<(Rc<str>, Value)>) -> PyResult<()> {
        let found = class.ancestors.iter().find_map(|base| {
            let value = base.dict.get("__init_subclass__")?;
            (&**base.name.borrow() != "object").then_some(value)
        });
        match found {
            Some(method) => {
                let bound = self.descriptor_get(&method, None, class)?;
                self.call(&bound, Args { positional: Vec::new(), keywords })?;
                Ok(())
            }
            None if keywords.is_empty() => Ok(()),
            None => {
                let message = format!("{}.__init_subclass__() takes no keyword arguments", class.name());
                Err(self.raise("TypeError", message))
            }
        }
    }

    fn bad_base(&mut self, base: &Value) -> Stop {
        match base {
            Value::Function(_) => self.raise("TypeError", "function() argument 'code' must be code, not str"),
            Value::Module(_) => self.raise("TypeError", "module() takes at most 2 arguments (3 given)"),
            Value::Native(_) | Value::Object(_) | Value::Instance(_) => {
                let kind = self.type_name(base);
                Stop::unsupported(format!("a '{kind}' as a base class"))
            }
            other => {
                let kind = self.type_name(other);
                match &*kind {
                    "int" => self.raise("TypeError", "int() takes at most 2 arguments (3 given)"),
                    "str" => self.raise("TypeError", "str() argument 2 must be str, not tuple"),
                    "NoneType" => self.raise("TypeError", "NoneType takes no arguments"),
                    _ => Stop::unsupported(format!("a '{kind}' as a base class")),
                }
            }
        }
    }

    /// The order after the class itself, by C3 linearisation of its bases.
    fn resolution_order(&mut self, bases: &[Rc<Class>]) -> PyResult<Vec<Rc<Class>>> {
        let mut lists: Vec<Vec<Rc<Class>>> = bases.iter().map(Class::mro).collect();
        lists.push(bases.to_vec());
        let mut order: Vec<Rc<Class>> = Vec::new();
        loop {
            lists.retain(|list| !list.is_empty());
            if lists.is_empty() {
                return Ok(order);
            }
            self.charge(lists.len() as u64)?;
            let next = lists.iter().map(|list| &list[0]).find(|candidate| {
                !lists.iter().any(|list| list[1..].iter().any(|other| other.id == candidate.id))
            });
            let Some(next) = next.cloned() else {
                let names: Vec<String> = bases.iter().map(|base| base.name().to_string()).collect();
                let message = format!(
                    "Cannot create a consistent method resolution\norder (MRO) for bases {}",
                    names.join(", ")
                );
                return Err(self.raise("TypeError", message));
            };
            for list in &mut lists {
                if list[0].id == next.id {
                    list.remove(0);
                }
            }
            order.push(next);
        }
    }

    /// `__annotations__` of a class or a function, made if it is not there.
    pub(super) fn annotations_of(&mut self, names: &Namespace) -> Value {
        if let Some(value) = names.get("__annotations__") {
            return value;
        }
        let value = Value::Dict(Rc::new(Dict::new(Map::new())));
        names.set("__annotations__", value.clone());
        value
    }

    /// The code of a module's body or of source run in it.
    pub(super) fn module_code(source: Rc<super::code::Source>) -> Rc<Code> {
        let name: Rc<str> = "<module>".into();
        Rc::new(Code {
            name: name.clone(),
            qualname: name,
            source,
            scope: Rc::default(),
            body: Body::Elsewhere,
            signature: Signature::new("<module>", ""),
            slots: Vec::new(),
        })
    }
}
