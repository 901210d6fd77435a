//! Classes, instances, and where instances keep their attributes.
//!
//! A class that another room makes, or hooks into, is a class like any other; a [`Store`] that another room
//! provides makes an instance a window on an object that lives there.

use super::args::Args;
use super::error::PyResult;
use super::function::NativeFn;
use super::interp::Interp;
use super::value::{Value, drop_values, fresh_identity};
use indexmap::IndexMap;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// Names and their values, in the order they were first bound.
#[derive(Default)]
pub struct Namespace(RefCell<IndexMap<Rc<str>, Value>>);

impl Namespace {
    pub fn get(&self, name: &str) -> Option<Value> {
        self.0.borrow().get(name).cloned()
    }

    pub fn contains(&self, name: &str) -> bool {
        self.0.borrow().contains_key(name)
    }

    pub fn set(&self, name: &str, value: Value) {
        let old = {
            let mut names = self.0.borrow_mut();
            match names.get_mut(name) {
                Some(slot) => Some(std::mem::replace(slot, value)),
                None => names.insert(name.into(), value),
            }
        };
        drop(old);
    }

    pub fn remove(&self, name: &str) -> Option<Value> {
        self.0.borrow_mut().shift_remove(name)
    }

    pub fn items(&self) -> Vec<(Rc<str>, Value)> {
        self.0.borrow().iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    pub fn keys(&self) -> Vec<Rc<str>> {
        self.0.borrow().keys().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let names = std::mem::take(self.0.get_mut());
        drop_values(names.into_values().collect());
    }
}

/// A class.
pub struct Class {
    pub name: RefCell<Rc<str>>,
    pub qualname: RefCell<Rc<str>>,
    pub module: RefCell<Rc<str>>,
    pub bases: Vec<Rc<Class>>,
    /// The method resolution order after the class itself.
    pub ancestors: Vec<Rc<Class>>,
    pub dict: Namespace,
    /// What another room does when this class or one derived from it is made, read, written or called.
    pub hook: RefCell<Option<Rc<dyn ClassHook>>>,
    /// Makes the instance in place of `object.__new__`; its first argument is the class. Inherited.
    /// Where it gives something that is not an instance of the class, `__init__` is not run.
    pub construct: RefCell<Option<NativeFn>>,
    /// Whether `Class[…]` gives a generic alias.
    pub generic: Cell<bool>,
    /// The metaclass, where it is not `type`.
    pub metaclass: RefCell<Option<Rc<Class>>>,
    pub(crate) subclasses: RefCell<Vec<Weak<Class>>>,
    pub(crate) id: u64,
}

impl Class {
    /// A class with these direct bases and this resolution order after itself.
    ///
    /// [`Interp::native_class`] works the order out; this is for the roots.
    pub fn new(name: &str, module: &str, bases: Vec<Rc<Class>>, ancestors: Vec<Rc<Class>>) -> Rc<Class> {
        let class = Rc::new(Class {
            name: RefCell::new(name.into()),
            qualname: RefCell::new(name.into()),
            module: RefCell::new(module.into()),
            bases,
            ancestors,
            dict: Namespace::default(),
            hook: RefCell::new(None),
            construct: RefCell::new(None),
            generic: Cell::new(false),
            metaclass: RefCell::new(None),
            subclasses: RefCell::new(Vec::new()),
            id: fresh_identity(),
        });
        for base in &class.bases {
            base.subclasses.borrow_mut().push(Rc::downgrade(&class));
        }
        class
    }

    /// `__name__`.
    pub fn name(&self) -> Rc<str> {
        self.name.borrow().clone()
    }

    /// `__module__`.
    pub fn module(&self) -> Rc<str> {
        self.module.borrow().clone()
    }

    /// The name as `repr` and tracebacks show it: bare for `builtins`, `module.qualname` otherwise.
    pub fn full_name(&self) -> String {
        match &*self.module() {
            "builtins" => self.qualname.borrow().to_string(),
            module => format!("{module}.{}", self.qualname.borrow()),
        }
    }

    /// What a distinct class has that no other has had.
    pub fn identity(&self) -> u64 {
        self.id
    }

    /// The class and its ancestors, in resolution order.
    pub fn mro(self: &Rc<Class>) -> Vec<Rc<Class>> {
        std::iter::once(self.clone()).chain(self.ancestors.iter().cloned()).collect()
    }

    /// What a name stands for in the class or its ancestors; no descriptor is run.
    pub fn lookup(&self, name: &str) -> Option<Value> {
        self.dict.get(name).or_else(|| self.ancestors.iter().find_map(|class| class.dict.get(name)))
    }

    /// As [`Class::lookup`], with the class that it was found in.
    pub fn lookup_with_owner(self: &Rc<Class>, name: &str) -> Option<(Rc<Class>, Value)> {
        if let Some(value) = self.dict.get(name) {
            return Some((self.clone(), value));
        }
        self.ancestors.iter().find_map(|class| Some((class.clone(), class.dict.get(name)?)))
    }

    /// `issubclass(self, other)`.
    pub fn is_subclass(&self, other: &Class) -> bool {
        self.id == other.id || self.ancestors.iter().any(|class| class.id == other.id)
    }

    /// The hook that is in force: its own, or the nearest ancestor's.
    pub fn find_hook(&self) -> Option<Rc<dyn ClassHook>> {
        let own = self.hook.borrow().clone();
        own.or_else(|| self.ancestors.iter().find_map(|class| class.hook.borrow().clone()))
    }

    /// The native constructor that is in force.
    pub fn find_construct(&self) -> Option<NativeFn> {
        let own = self.construct.borrow().clone();
        own.or_else(|| self.ancestors.iter().find_map(|class| class.construct.borrow().clone()))
    }

    /// The direct subclasses that are alive.
    pub fn live_subclasses(&self) -> Vec<Rc<Class>> {
        self.subclasses.borrow().iter().filter_map(Weak::upgrade).collect()
    }

    /// Annotations of the class's own body, in order: evaluated values, or strings where they were quoted or
    /// postponed.
    pub fn annotations(&self) -> Option<Value> {
        self.dict.get("__annotations__")
    }
}

/// What another room does with a class and with those derived from it.
pub trait ClassHook: Any {
    fn as_any(&self) -> &dyn Any;

    /// The class body has run and the class exists, but its name is not bound yet. `keywords` are the class
    /// statement's own, `metaclass` excluded.
    fn class_created(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        keywords: Vec<(Rc<str>, Value)>,
    ) -> PyResult<()> {
        let _ = (interp, class, keywords);
        Ok(())
    }

    /// Whether [`ClassHook::class_created`] takes class keywords; otherwise they go to `__init_subclass__`.
    fn takes_keywords(&self) -> bool {
        false
    }

    /// `Class.name` before ordinary lookup; `None` leaves it to that.
    fn class_get_attr(&self, interp: &mut Interp, class: &Rc<Class>, name: &str) -> PyResult<Option<Value>> {
        let _ = (interp, class, name);
        Ok(None)
    }

    /// `Class.name = value`; `Some(value)` gives it back for the class's own dict.
    fn class_set_attr(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        name: &str,
        value: Value,
    ) -> PyResult<Option<Value>> {
        let _ = (interp, class, name);
        Ok(Some(value))
    }

    /// `del Class.name`: whether it was dealt with.
    fn class_del_attr(&self, interp: &mut Interp, class: &Rc<Class>, name: &str) -> PyResult<bool> {
        let _ = (interp, class, name);
        Ok(false)
    }

    /// Whether a function of the host's stands before `__init__`, named so and no more.
    fn wraps_init(&self) -> bool {
        false
    }

    /// The arguments that `__init__` is called with.
    fn init_arguments(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        instance: &Value,
        args: Args,
    ) -> PyResult<Args> {
        let _ = (interp, class, instance);
        Ok(args)
    }

    /// `__init__` has raised.
    fn init_failed(&self, interp: &mut Interp, instance: &Value) -> PyResult<()> {
        let _ = (interp, instance);
        Ok(())
    }

    /// A new instance, before `__init__`; `None` leaves it to the evaluator.
    fn new_instance(&self, interp: &mut Interp, class: &Rc<Class>) -> PyResult<Option<Rc<Instance>>> {
        let _ = (interp, class);
        Ok(None)
    }
}

/// Where an instance keeps its attributes.
pub trait Store: Any {
    fn as_any(&self) -> &dyn Any;

    fn get(&self, interp: &mut Interp, name: &str) -> PyResult<Option<Value>>;

    fn set(&self, interp: &mut Interp, name: &str, value: Value) -> PyResult<()>;

    /// Whether there was such an attribute.
    fn del(&self, interp: &mut Interp, name: &str) -> PyResult<bool>;

    /// What `__dict__` shows, in order.
    fn items(&self, interp: &mut Interp) -> PyResult<Vec<(Rc<str>, Value)>>;

    /// Instances whose stores have equal identities are the same object.
    fn identity(&self) -> u64;
}

/// The store of an ordinary instance.
pub struct DictStore {
    pub names: Namespace,
    id: u64,
}

impl Default for DictStore {
    fn default() -> Self {
        DictStore { names: Namespace::default(), id: fresh_identity() }
    }
}

impl Store for DictStore {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(&self, _interp: &mut Interp, name: &str) -> PyResult<Option<Value>> {
        Ok(self.names.get(name))
    }

    fn set(&self, _interp: &mut Interp, name: &str, value: Value) -> PyResult<()> {
        self.names.set(name, value);
        Ok(())
    }

    fn del(&self, _interp: &mut Interp, name: &str) -> PyResult<bool> {
        Ok(self.names.remove(name).is_some())
    }

    fn items(&self, _interp: &mut Interp) -> PyResult<Vec<(Rc<str>, Value)>> {
        Ok(self.names.items())
    }

    fn identity(&self) -> u64 {
        self.id
    }
}

/// An instance of a class.
pub struct Instance {
    class: RefCell<Rc<Class>>,
    pub store: Rc<dyn Store>,
    /// What an instance of a class derived from a builtin type holds, such as a list.
    pub payload: Option<Value>,
}

impl Instance {
    pub fn new(class: Rc<Class>, store: Rc<dyn Store>) -> Rc<Instance> {
        Rc::new(Instance { class: RefCell::new(class), store, payload: None })
    }

    /// An instance with an ordinary store.
    pub fn plain(class: Rc<Class>) -> Rc<Instance> {
        Instance::new(class, Rc::new(DictStore::default()))
    }

    /// An instance of a class derived from a builtin type.
    pub fn with_payload(class: Rc<Class>, payload: Value) -> Rc<Instance> {
        Rc::new(Instance {
            class: RefCell::new(class),
            store: Rc::new(DictStore::default()),
            payload: Some(payload),
        })
    }

    pub fn class(&self) -> Rc<Class> {
        self.class.borrow().clone()
    }

    pub fn set_class(&self, class: Rc<Class>) {
        *self.class.borrow_mut() = class;
    }

    pub fn identity(&self) -> u64 {
        self.store.identity()
    }
}
