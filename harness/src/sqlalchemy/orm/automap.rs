//! `automap_base()`: classes made of the tables that a database has, with relationships along their foreign keys.
//!
//! A class that derives from such a base has its table at once and is mapped by `prepare()`, with what reflection finds.
//! Several foreign keys between two tables are followed in the order of the table; the library's order is that of a set.

use super::registry::Registry;
use super::{declarative, mapped, scan};
use crate::python::{
    Args, Class, Interp, Iter, Module, Object, PyResult, Signature, Stop, Value, fresh_identity,
};
use crate::sqlalchemy::items::ItemObject;
use crate::sqlalchemy::schema::{self, ColumnObject, column_value, table_value};
use crate::sqlalchemy::{errors, lend, reflected};
use backproof_engine::schema::{Column, Constraint, ForeignKeyConstraint, Table, TableArgs, TableItem};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.ext.automap";

/// `Base.classes`: the classes that were made, by name.
struct ClassesObject {
    classes: RefCell<Vec<(Rc<str>, Rc<Class>)>>,
    id: u64,
}

impl Object for ClassesObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Properties"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.util._collections"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let classes = self.classes.borrow().clone();
        if let Some((_, class)) = classes.iter().find(|(known, _)| **known == *name) {
            return Ok(Some(Value::Class(class.clone())));
        }
        let pairs: Vec<(Value, Value)> =
            classes.into_iter().map(|(name, class)| (Value::from(name), Value::Class(class))).collect();
        Ok(Some(match name {
            "keys" => Value::native(name, move |_, _| {
                Ok(Value::list(pairs.iter().map(|(name, _)| name.clone()).collect()))
            }),
            "values" => Value::native(name, move |_, _| {
                Ok(Value::list(pairs.iter().map(|(_, class)| class.clone()).collect()))
            }),
            "items" => Value::native(name, move |_, _| {
                let pairs = pairs.iter().map(|(name, class)| Value::tuple(vec![name.clone(), class.clone()]));
                Ok(Value::list(pairs.collect()))
            }),
            "get" => Value::native(name, move |interp, args| {
                let mut bound = Signature::new("get", "key, default=").bind(interp, args)?;
                let key = bound.take(0).unwrap_or(Value::None);
                for (name, class) in &pairs {
                    if interp.eq(name, &key)? {
                        return Ok(class.clone());
                    }
                }
                Ok(bound.take(1).unwrap_or(Value::None))
            }),
            _ if name.starts_with("__") => return Ok(None),
            _ => return Err(interp.raise("AttributeError", name.to_owned())),
        }))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let classes = self.classes.borrow();
        let found = key.as_str().and_then(|key| classes.iter().find(|(name, _)| *name == *key));
        match found {
            Some((_, class)) => Ok(Value::Class(class.clone())),
            None => Err(interp.key_error(key)),
        }
    }

    fn contains(&self, _interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        let classes = self.classes.borrow();
        Ok(Some(item.as_str().is_some_and(|item| classes.iter().any(|(name, _)| *name == *item))))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.classes.borrow().len()))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let classes = self.classes.borrow().iter().map(|(_, class)| Value::Class(class.clone())).collect();
        Ok(Iter::from_values("list_iterator", classes))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let address = interp.address_of(self.id);
        Ok(format!("<sqlalchemy.util._collections.Properties object at {address}>"))
    }
}

/// Adds `automap_base` and the functions that name things.
pub(super) fn install(interp: &mut Interp, module: &Module) -> PyResult<()> {
    let root = interp.native_class(MODULE, "AutomapBase", Vec::new())?;
    module.dict.set("AutomapBase", Value::Class(root.clone()));
    module.dict.set(
        "automap_base",
        Value::native("automap_base", move |interp, mut args| {
            let given = args.take_keyword("declarative_base");
            let given = if args.positional.is_empty() { given } else { Some(args.positional.remove(0)) };
            let base = match given.filter(|base| !base.is_none()) {
                Some(base) => base,
                None => declarative::declarative_base(interp, args)?,
            };
            let Some(registry) = base.as_class().and_then(declarative::registry_of) else {
                return Err(Stop::unsupported("automap_base() of something that is no declarative base"));
            };
            let classes = Value::object(ClassesObject { classes: RefCell::default(), id: fresh_identity() });
            let names = vec![("__abstract__".into(), Value::Bool(true)), ("classes".into(), classes)];
            let bases = vec![Value::Class(root.clone()), base];
            let class = interp.make_class("Base", MODULE, bases, names, Vec::new())?;
            registry.waiting.borrow_mut().get_or_insert_default();
            let own = class.clone();
            class.dict.set(
                "prepare",
                Value::native("prepare", move |interp, args| prepare(interp, &own, &registry, args)),
            );
            Ok(Value::Class(class))
        }),
    );
    module.dict.set(
        "classname_for_table",
        Value::native("classname_for_table", |interp, args| {
            let [_, name, _] = args.exactly(interp, "classname_for_table")?;
            interp.str(&name).map(Value::from)
        }),
    );
    for (name, ending) in
        [("name_for_scalar_relationship", ""), ("name_for_collection_relationship", "_collection")]
    {
        module.dict.set(
            name,
            Value::native(name, move |interp, args| {
                let [_, _, referred, _] = args.exactly(interp, name)?;
                match referred.as_class() {
                    Some(class) => Ok(Value::from(format!("{}{ending}", class.name().to_lowercase()))),
                    None => Err(Stop::unsupported("a relationship of no class")),
                }
            }),
        );
    }
    Ok(())
}

/// Whether a class is mapped later; if so, it has its table now.
pub(super) fn waits(interp: &mut Interp, class: &Rc<Class>, registry: &Rc<Registry>) -> PyResult<bool> {
    if registry.waiting.borrow().is_none() {
        return Ok(false);
    }
    if class.ancestors.iter().any(|above| mapped::mapper_of(above).is_some()) {
        return Err(Stop::unsupported("a class below one that was mapped by prepare()"));
    }
    if !class.dict.contains("__table__") {
        let Some(Value::Str(name)) = class.dict.get("__tablename__") else {
            return Err(Stop::unsupported("an automapped class without a table's name"));
        };
        if class.dict.contains("__annotations__") {
            return Err(Stop::unsupported("an automapped class with annotations"));
        }
        let mut items = Vec::new();
        for (key, value) in class.dict.items() {
            if let Some(column) = declarative::column_of(&value) {
                if column.name().is_empty() {
                    column.set_name(&key);
                }
                items.push(TableItem::Column(column));
            }
        }
        if class.dict.get("__table_args__").is_some_and(|args| !args.is_none()) {
            return Err(Stop::unsupported("an automapped class with __table_args__"));
        }
        let table = Table::new(&name, &registry.metadata, items, TableArgs::default())
            .map_err(|error| errors::raise(interp, &error))?;
        class.dict.set("__table__", table_value(&table));
    }
    registry.waiting.borrow_mut().get_or_insert_default().push(class.clone());
    Ok(true)
}

/// What `prepare()` is told about names.
struct Naming {
    base: Value,
    class: Option<Value>,
    scalar: Option<Value>,
    collection: Option<Value>,
    /// The class of collections.
    collection_class: Option<Value>,
}

impl Naming {
    fn class_name(&self, interp: &mut Interp, table: &Table) -> PyResult<String> {
        match &self.class {
            None => Ok(table.name().to_owned()),
            Some(function) => {
                let args = vec![self.base.clone(), Value::from(table.name()), table_value(table)];
                let name = interp.call(function, Args::of(args))?;
                interp.str(&name)
            }
        }
    }

    fn relationship(
        &self,
        interp: &mut Interp,
        many: bool,
        (local, referred): (&Rc<Class>, &Rc<Class>),
        (table, key): (&Table, &Rc<ForeignKeyConstraint>),
    ) -> PyResult<String> {
        let function = if many { &self.collection } else { &self.scalar };
        let Some(function) = function else {
            let ending = if many { "_collection" } else { "" };
            return Ok(format!("{}{ending}", referred.name().to_lowercase()));
        };
        let constraint = ItemObject::of(table, TableItem::Constraint(Constraint::ForeignKey(key.clone())));
        let args =
            vec![self.base.clone(), Value::Class(local.clone()), Value::Class(referred.clone()), constraint];
        let name = interp.call(function, Args::of(args))?;
        interp.str(&name)
    }
}

fn prepare(interp: &mut Interp, base: &Rc<Class>, registry: &Rc<Registry>, args: Args) -> PyResult<Value> {
    let parameters = if lend::has(interp, Behaviour::AutomapLoadsWith) {
        "autoload_with=, engine=, reflect=, schema=, classname_for_table=, modulename_for_table=, collection_class=, \
         name_for_scalar_relationship=, name_for_collection_relationship=, generate_relationship=, reflection_options="
    } else {
        "engine=, reflect=, schema=, classname_for_table=, collection_class=, name_for_scalar_relationship=, \
         name_for_collection_relationship=, generate_relationship="
    };
    let order: Vec<&str> =
        parameters.split(',').map(|parameter| parameter.trim().trim_end_matches('=')).collect();
    let mut bound = Signature::new("AutomapBase.prepare", parameters).bind(interp, args)?;
    let mut take = |name: &str| {
        let at = order.iter().position(|known| *known == name)?;
        bound.take(at).filter(|value| !value.is_none())
    };
    for name in ["schema", "modulename_for_table", "generate_relationship", "reflection_options"] {
        if take(name).is_some() {
            return Err(Stop::unsupported(format!("prepare() with `{name}`")));
        }
    }
    let (with, engine, reflect) = (take("autoload_with"), take("engine"), take("reflect"));
    let naming = Naming {
        base: Value::Class(base.clone()),
        class: take("classname_for_table"),
        scalar: take("name_for_scalar_relationship"),
        collection: take("name_for_collection_relationship"),
        collection_class: take("collection_class"),
    };
    let reflects = match reflect {
        Some(reflect) => interp.truth(&reflect)?,
        None => false,
    };
    match (with, engine) {
        (Some(bind), _) => reflected::reflect_anew(interp, &registry.metadata, &bind)?,
        (None, Some(bind)) if reflects => reflected::reflect_anew(interp, &registry.metadata, &bind)?,
        _ if reflects => return Err(Stop::unsupported("prepare() that reflects without an engine")),
        _ => {}
    }
    let made = make_classes(interp, base, registry, &naming)?;
    let waiting = registry.waiting.borrow_mut().take().unwrap_or_default();
    let mapped = waiting.iter().try_for_each(|class| scan::map_class(interp, class, registry));
    *registry.waiting.borrow_mut() = Some(Vec::new());
    mapped?;
    if let Some(classes) = base.dict.get("classes").as_ref().and_then(Value::downcast::<ClassesObject>) {
        for class in made {
            let mut classes = classes.classes.borrow_mut();
            classes.retain(|(name, _)| *name != class.name());
            classes.push((class.name(), class));
        }
    }
    Ok(Value::None)
}

/// Classes of the tables that have none, and relationships of all that wait.
fn make_classes(
    interp: &mut Interp,
    base: &Rc<Class>,
    registry: &Rc<Registry>,
    naming: &Naming,
) -> PyResult<Vec<Rc<Class>>> {
    let mut of_tables: Vec<(Table, Rc<Class>)> = Vec::new();
    let waiting = registry.waiting.borrow().clone().unwrap_or_default();
    for class in waiting {
        let own = class.dict.get("__table__");
        if let Some(object) = own.as_ref().and_then(Value::downcast::<schema::TableObject>) {
            of_tables.push((object.table.clone(), class));
        }
    }
    let taken = tables_of_mappers(interp, registry)?;
    let mut between = Vec::new();
    let mut made = Vec::new();
    for table in registry.metadata.tables() {
        if taken.contains(&table) || of_tables.iter().any(|(known, _)| *known == table) {
            continue;
        }
        if let Some(keys) = many_to_many(&table) {
            between.push((table, keys));
            continue;
        }
        if table.primary_key().is_empty() {
            continue;
        }
        let name = naming.class_name(interp, &table)?;
        let names = vec![("__table__".into(), table_value(&table))];
        let class = interp.make_class(&name, MODULE, vec![Value::Class(base.clone())], names, Vec::new())?;
        of_tables.push((table, class.clone()));
        made.push(class);
    }
    for (table, class) in of_tables.clone() {
        for key in keys_of(&table) {
            let target = key.referred_table().map_err(|error| errors::raise(interp, &error))?;
            let referred = of_tables.iter().find(|(known, _)| Some(known) == target.as_ref());
            if let Some((_, referred)) = referred {
                along_key(interp, naming, (&table, &key), (&class, referred))?;
            }
        }
    }
    for (table, [near, far]) in &between {
        let find = |interp: &mut Interp, key: &Rc<ForeignKeyConstraint>| -> PyResult<Option<Rc<Class>>> {
            let target = key.referred_table().map_err(|error| errors::raise(interp, &error))?;
            Ok(of_tables
                .iter()
                .find(|(known, _)| Some(known) == target.as_ref())
                .map(|(_, class)| class.clone()))
        };
        if let (Some(local), Some(referred)) = (find(interp, near)?, find(interp, far)?) {
            through_table(interp, naming, table, (near, far), (&local, &referred))?;
        }
    }
    Ok(made)
}

/// The tables that classes of the registry are mapped to already.
fn tables_of_mappers(interp: &mut Interp, registry: &Rc<Registry>) -> PyResult<Vec<Table>> {
    lend::read(interp, |orm| {
        let of_registry = orm.mappers.iter().filter(|mapper| mapper.registry == registry.id);
        of_registry.map(|mapper| mapper.table.clone()).collect()
    })
}

fn keys_of(table: &Table) -> Vec<Rc<ForeignKeyConstraint>> {
    let constraints = table.constraints().into_iter();
    constraints
        .filter_map(|constraint| match constraint {
            Constraint::ForeignKey(key) => Some(key),
            _ => None,
        })
        .collect()
}

/// The two keys of a table that has nothing else.
fn many_to_many(table: &Table) -> Option<[Rc<ForeignKeyConstraint>; 2]> {
    let keys: [Rc<ForeignKeyConstraint>; 2] = keys_of(table).try_into().ok()?;
    let of_keys: Vec<Column> = keys.iter().flat_map(|key| key.columns()).collect();
    table.columns().iter().all(|column| of_keys.contains(column)).then_some(keys)
}

/// Calls a function of `sqlalchemy.orm` with keywords.
fn call_orm(
    interp: &mut Interp,
    function: &str,
    first: Value,
    keywords: Vec<(&str, Value)>,
) -> PyResult<Value> {
    let orm = interp.import("sqlalchemy.orm")?;
    let Some(function) = orm.dict.get(function) else {
        return Err(Stop::unsupported(format!("`{function}` of sqlalchemy.orm")));
    };
    let mut args = Args::of(vec![first]);
    args.keywords = keywords.into_iter().map(|(name, value)| (Rc::from(name), value)).collect();
    interp.call(&function, args)
}

/// A relationship to the class that a foreign key refers to, and its backref.
fn along_key(
    interp: &mut Interp,
    naming: &Naming,
    (table, key): (&Table, &Rc<ForeignKeyConstraint>),
    (local, referred): (&Rc<Class>, &Rc<Class>),
) -> PyResult<()> {
    let name = naming.relationship(interp, false, (local, referred), (table, key))?;
    let back = naming.relationship(interp, true, (referred, local), (table, key))?;
    if local.dict.contains(&name) {
        return Ok(());
    }
    let ondelete = key.actions.ondelete.as_deref().unwrap_or_default().to_uppercase();
    let required = key.columns().iter().all(|column| !column.nullable());
    let mut of_back = Vec::new();
    if required {
        of_back.push(("cascade", Value::from("all, delete-orphan")));
    }
    if (required && ondelete == "CASCADE") || (!required && ondelete == "SET NULL") {
        of_back.push(("passive_deletes", Value::Bool(true)));
    }
    if let Some(class) = &naming.collection_class {
        of_back.push(("collection_class", class.clone()));
    }
    let mut remote = Vec::new();
    for element in &key.elements {
        remote.push(column_value(&element.column().map_err(|error| errors::raise(interp, &error))?));
    }
    let mut keywords = vec![
        ("foreign_keys", Value::list(key.columns().iter().map(column_value).collect())),
        ("remote_side", Value::list(remote)),
    ];
    if !referred.dict.contains(&back) {
        keywords.push(("backref", call_orm(interp, "backref", Value::from(back), of_back)?));
    }
    let relationship = call_orm(interp, "relationship", Value::Class(referred.clone()), keywords)?;
    local.dict.set(&name, relationship);
    Ok(())
}

/// A relationship through a table that has two foreign keys and nothing else.
fn through_table(
    interp: &mut Interp,
    naming: &Naming,
    table: &Table,
    (near, far): (&Rc<ForeignKeyConstraint>, &Rc<ForeignKeyConstraint>),
    (local, referred): (&Rc<Class>, &Rc<Class>),
) -> PyResult<()> {
    let name = naming.relationship(interp, true, (local, referred), (table, near))?;
    let back = naming.relationship(interp, true, (referred, local), (table, far))?;
    if local.dict.contains(&name) {
        return Ok(());
    }
    let mut of_back = Vec::new();
    let mut keywords = vec![("secondary", table_value(table))];
    if let Some(class) = &naming.collection_class {
        of_back.push(("collection_class", class.clone()));
        keywords.push(("collection_class", class.clone()));
    }
    for (side, key) in [("primaryjoin", near), ("secondaryjoin", far)] {
        keywords.push((side, join_along(interp, key)?));
    }
    if !referred.dict.contains(&back) {
        keywords.push(("backref", call_orm(interp, "backref", Value::from(back), of_back)?));
    }
    let relationship = call_orm(interp, "relationship", Value::Class(referred.clone()), keywords)?;
    local.dict.set(&name, relationship);
    Ok(())
}

/// What a foreign key says as a condition: the column that it refers to first.
fn join_along(interp: &mut Interp, key: &ForeignKeyConstraint) -> PyResult<Value> {
    let mut conditions = Vec::new();
    for (element, own) in key.elements.iter().zip(key.columns()) {
        let referred = element.column().map_err(|error| errors::raise(interp, &error))?;
        let object = ColumnObject { column: referred };
        let equal =
            object.compare(interp, &Value::None, crate::python::CompareOp::Eq, &column_value(&own))?;
        conditions.extend(equal);
    }
    let library = interp.import("sqlalchemy")?;
    match library.dict.get("and_") {
        Some(and) => interp.call(&and, Args::of(conditions)),
        None => Err(Stop::unsupported("and_() of sqlalchemy")),
    }
}
