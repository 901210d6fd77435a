//! From a class body to a mapper: which columns and relationships it declares, and in which order.

use super::annotation::{self, Hint, Inner};
use super::attribute::AttributeObject;
use super::columns::{DeclaredAttrObject, ExpressionDecl, MappedColumnObject};
use super::composite::CompositeDecl;
use super::declarative::column_of;
use super::hierarchy;
use super::mapper::MapperObject;
use super::registry::Registry;
use super::relationship::{RelationshipDecl, Scope};
use super::synonym::SynonymDecl;
use super::{comparing, dataclass, errors, mapped, reconstructor, unresolved, validates};
use crate::python::{Class, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::schema::{self, ColumnObject};
use crate::sqlalchemy::selectable::FromObject;
use crate::sqlalchemy::{event, host_types, lend, warning};
use backproof_engine::map::{
    self, InheritanceSpec, Key, MapperId, MapperSpec, PropertySpec, Shape, Target, Union, WithPolymorphic,
};
use backproof_engine::schema::{Column, Table};
use backproof_engine::version::Behaviour;
use backproof_engine::{Deferred, Warning};
use std::rc::Rc;
use table::{read_from, table};

mod table;

/// One column or relationship, and where it was declared.
pub(super) struct Member {
    pub(super) key: Key,
    pub(super) spec: Declared,
    /// What orders columns in the table.
    pub(super) order: (i64, u64, usize),
}

impl Member {
    /// What the attribute is compared by, where a document wrote that.
    fn comparator(&self) -> Option<Value> {
        match &self.spec {
            Declared::Column(column) => column.comparator.clone(),
            Declared::Property(value, _) | Declared::Relationship(value, _) => comparing::declared(value),
        }
    }
}

/// How a class is read from a union of the tables of those below it.
pub(super) struct UnionBase {
    pub(super) reads: Union,
    /// It has no objects of its own.
    pub(super) is_abstract: bool,
    /// It has only the attributes that it declares itself.
    pub(super) strict: bool,
}

pub(super) enum Declared {
    Column(MappedColumnObject),
    /// An expression, a synonym, a composite.
    Property(Value, Option<Hint>),
    Relationship(Value, Option<Hint>),
}

/// Maps a class by what its body, its mixins and its annotations declare.
pub(super) fn map_class(interp: &mut Interp, class: &Rc<Class>, registry: &Rc<Registry>) -> PyResult<()> {
    map_class_to(interp, class, registry, None)
}

/// As [`map_class`]; a class without a table of its own may be read from a union of those below it.
pub(super) fn map_class_to(
    interp: &mut Interp,
    class: &Rc<Class>,
    registry: &Rc<Registry>,
    union: Option<UnionBase>,
) -> PyResult<()> {
    warn_of_namesake(interp, class, registry)?;
    let (mut members, fields) = collect(interp, class, registry)?;
    let declared: Vec<Key> = members.iter().map(|member| member.key.clone()).collect();
    if union.is_some() {
        // Its columns are those of the union; what it declares was for the classes below it.
        members.retain(|member| !matches!(member.spec, Declared::Column(_)));
    }
    dataclass::apply(interp, class, &fields)?;
    let inherits = class.ancestors.iter().find_map(mapped::mapper_of);
    let (table, fresh) = table(interp, class, registry, inherits, &mut members)?;
    let read_from = read_from(interp, class)?;
    let properties = properties(interp, class, registry, &members, &table, fresh)?;
    let mut spec = MapperSpec {
        registry: registry.id,
        class_name: class.name(),
        module: enclosing(class),
        table: table.clone(),
        read_from: read_from.clone(),
        properties,
        left_out: Vec::new(),
        read_keys: None,
        primary_key: None,
        inherits,
        polymorphic_on: None,
        polymorphic_by: None,
        polymorphic_identity: None,
        inheritance: InheritanceSpec::default(),
        host_class: Some(mapped::host_class(class)),
    };
    hierarchy::mapper_args(interp, class, &members, &mut spec)?;
    if let Some(union) = union {
        spec.inheritance.is_abstract = union.is_abstract;
        spec.inheritance.with_polymorphic = Some(WithPolymorphic::All);
        spec.read_keys = union.strict.then(|| {
            let mut keys = declared;
            keys.push(union.reads.discriminator.clone());
            keys
        });
        spec.inheritance.union = Some(union.reads);
    }
    let id = lend::with_cx(interp, |cx| map::add_mapper(cx, spec))?;
    let shown = match read_from {
        Some(item) => FromObject::value(interp, item),
        None => schema::table_value(&table),
    };
    class.dict.set("__table__", shown);
    class.dict.set("__mapper__", MapperObject::value(id));
    for member in &members {
        if let Some(comparator) = member.comparator() {
            comparing::note(interp, id, &member.key, &comparator)?;
        }
    }
    dataclass::keep(interp, class, id, inherits, &fields);
    wrap_constructor(class);
    registry.add(class);
    validates::install(interp, class, id)?;
    reconstructor::install(interp, class, id)?;
    declare_hooks(interp, class)?;
    mapped::instrument(interp)
}

/// Has `__declare_first__()` and `__declare_last__()` called, of the class or of its mixins; those of a mapped class above
/// are that class's own.
fn declare_hooks(interp: &mut Interp, class: &Rc<Class>) -> PyResult<()> {
    for (hook, event) in
        [("__declare_first__", "before_configured"), ("__declare_last__", "after_configured")]
    {
        let own = |source: &Rc<Class>| Rc::ptr_eq(source, class) || mapped::mapper_of(source).is_none();
        if class.mro().iter().any(|source| own(source) && source.dict.get(hook).is_some()) {
            event::call_when_configured(interp, class, hook, event)?;
        }
    }
    Ok(())
}

/// Puts the library's function before a document's own `__init__`: errors name it, without the class.
fn wrap_constructor(class: &Rc<Class>) {
    if let Some(Value::Function(function)) = class.lookup("__init__")
        && &**function.qualname.borrow() != "__init__"
    {
        class.dict.set("__init__", Value::Function(function.renamed("__init__")));
    }
}

/// Warns where the registry has a class of this name and module already.
fn warn_of_namesake(interp: &mut Interp, class: &Rc<Class>, registry: &Rc<Registry>) -> PyResult<()> {
    let (name, module) = (class.name(), class.module());
    let taken = lend::read(interp, |orm| {
        let named = orm.mappers.named(registry.id, &name);
        named.iter().any(|id| {
            let taken = &orm.mappers.get(*id).host_class;
            taken.as_ref().and_then(mapped::class_of_host).is_some_and(|class| class.module() == module)
        })
    })?;
    if taken { warning::give(interp, &Warning::namesake(&format!("{module}.{name}"))) } else { Ok(()) }
}

/// What stands before the class's name in its `repr`: the module, and functions that it is local to.
fn enclosing(class: &Rc<Class>) -> Key {
    let full = class.full_name();
    let name = class.name();
    full.strip_suffix(&*name).map_or(class.module(), |before| before.trim_end_matches('.').into())
}

/// What the class and its mixins declare, in the order in which it is found.
fn collect(
    interp: &mut Interp,
    class: &Rc<Class>,
    registry: &Rc<Registry>,
) -> PyResult<(Vec<Member>, Vec<dataclass::Field>)> {
    let mut members: Vec<Member> = Vec::new();
    let (mut copied, mut fields) = (Vec::new(), Vec::new());
    let mut seen: Vec<Key> = Vec::new();
    let mut above: Vec<MapperId> = Vec::new();
    for (depth, source) in class.mro().iter().enumerate() {
        if depth > 0
            && let Some(mapper) = mapped::mapper_of(source)
        {
            above.push(mapper);
            continue;
        }
        let is_own = depth == 0;
        let annotations = annotations(interp, source)?;
        let mut described = dataclass::described(interp, source)?;
        if is_own {
            described.extend(dataclass::properties(interp, source)?);
        }
        let mut names = names_in_order(source, &annotations);
        for (key, _) in &described {
            if !names.contains(key) {
                names.push(key.clone());
            }
        }
        for (at, key) in names.into_iter().enumerate() {
            let hidden = !is_own && (class.dict.contains(&key) || seen.contains(&key));
            let cascades = source.dict.get(&key).is_some_and(|value| {
                value.downcast::<DeclaredAttrObject>().is_some_and(|declared| declared.cascades)
            });
            if hidden
                || key.starts_with("__")
                || !cascades && hierarchy::is_mapped_above(interp, &above, &key)?
            {
                continue;
            }
            let mut annotation =
                annotations.iter().find(|(name, _)| *name == key).map(|(_, annotation)| annotation.clone());
            let mut value = source.dict.get(&key);
            let (mut is_own, mut made_here) = (is_own, false);
            if let Some(declared) = value.as_ref().and_then(Value::downcast::<DeclaredAttrObject>) {
                (is_own, made_here) = (true, true);
                // Only of a mixin's function does the library read what it says that it gives.
                if depth > 0 {
                    annotation = annotation.or(declared.returns(interp)?);
                }
                let made = declared.evaluate(interp, class)?;
                class.dict.set(&key, made.clone());
                value = Some(made);
            } else if let Some((_, told)) = described.iter().find(|(name, _)| *name == key) {
                is_own |= told.is_callable;
                value = Some(told.evaluate(interp)?);
            }
            let hint = match &annotation {
                Some(annotation) => annotation::read(interp, annotation)?,
                None => None,
            };
            if let (Some(annotation), None) = (&annotation, &hint) {
                unresolved::refuse_unmapped(interp, class, depth, &key, annotation, value.as_ref())?;
            }
            let spec = declare(interp, registry, &key, value.as_ref(), hint.clone(), is_own)?;
            // What a mixin's own dataclass has that is not mapped comes by inheritance.
            let comes_by_itself = spec.is_none() && depth > 0 && !is_proxy(value.as_ref());
            let counts = annotation.is_some()
                || value.as_ref().is_some_and(|value| dataclass::arguments_of(value).is_some());
            if counts && !comes_by_itself {
                let value = match &spec {
                    Some(Declared::Column(column)) if !is_plain_column(value.as_ref()) => {
                        Some(Value::object(column.clone()))
                    }
                    _ => value,
                };
                // Columns of mixins are copied before anything else is read.
                let is_copied = depth > 0 && !made_here && matches!(spec, Some(Declared::Column(_)));
                let list = if is_copied { &mut copied } else { &mut fields };
                let (key, source) = (key.clone(), source.clone());
                list.push(dataclass::Field { key, annotation, hint, value, source });
            }
            let Some(spec) = spec else { continue };
            let later = u64::from(
                source.dict.get(&key).is_some_and(|v| v.downcast::<DeclaredAttrObject>().is_some()),
            );
            let order = match &spec {
                Declared::Column(column) if lend::has(interp, Behaviour::OwnColumnsFirst) => {
                    // Of a mixin's columns those come last that a function makes.
                    (column.sort_order, 2 * depth as u64 + u64::from(depth > 0 && made_here), at)
                }
                _ => (0, source.identity() + (later << 48), at),
            };
            seen.push(key.clone());
            let composite = match &spec {
                Declared::Property(value, hint) => Some((value.clone(), hint.clone())),
                Declared::Column(_) | Declared::Relationship(..) => None,
            };
            members.push(Member { key, spec, order });
            if let Some((value, hint)) = composite {
                composite_columns(interp, registry, &mut members, &value, hint.as_ref(), order)?;
            }
        }
    }
    copied.append(&mut fields);
    Ok((members, copied))
}

fn is_proxy(value: Option<&Value>) -> bool {
    value.is_some_and(super::association::is_proxy)
}

/// Whether it is a `Column`, of which a dataclass knows nothing.
fn is_plain_column(value: Option<&Value>) -> bool {
    value.is_some_and(|value| value.downcast::<ColumnObject>().is_some())
}

/// Annotations of a class's own body.
pub(super) fn annotations(interp: &mut Interp, class: &Rc<Class>) -> PyResult<Vec<(Key, Value)>> {
    let Some(annotations) = class.annotations() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for name in interp.iterate(&annotations)? {
        let annotation = interp.get_item(&annotations, &name)?;
        if let Some(name) = name.as_str() {
            found.push((name.clone(), annotation));
        }
    }
    Ok(found)
}

/// Names of a class body as the library goes through them.
///
/// Names that are bound and names that are annotated are two lists; a name in both cuts them into runs. The first
/// run takes what is bound before what is annotated, the next what is annotated first, and so on in turn
/// (observed in 2.0.8, 2.0.51 and 2.1.9).
fn names_in_order(class: &Rc<Class>, annotations: &[(Key, Value)]) -> Vec<Key> {
    let mut bound = class.dict.keys();
    let mut annotated: Vec<Key> = annotations.iter().map(|(name, _)| name.clone()).collect();
    let mut names: Vec<Key> = Vec::new();
    let mut bound_first = true;
    while let Some((cut, other)) = first_common(&bound, &annotated) {
        let common = bound[cut].clone();
        take_run(&mut names, bound_first, bound.drain(..cut), annotated.drain(..other));
        bound.remove(0);
        annotated.remove(0);
        names.push(common);
        bound_first = !bound_first;
    }
    take_run(&mut names, bound_first, bound.drain(..), annotated.drain(..));
    names
}

/// Where the first name that is in both lists stands in each.
fn first_common(bound: &[Key], annotated: &[Key]) -> Option<(usize, usize)> {
    bound.iter().enumerate().find_map(|(at, name)| {
        let other = annotated.iter().position(|annotated| annotated == name)?;
        Some((at, other))
    })
}

fn take_run(
    names: &mut Vec<Key>,
    bound_first: bool,
    bound: impl Iterator<Item = Key>,
    annotated: impl Iterator<Item = Key>,
) {
    if bound_first {
        names.extend(bound.chain(annotated));
    } else {
        names.extend(annotated.chain(bound));
    }
}

/// What one name of a class body declares, if it is anything mapped.
fn declare(
    interp: &mut Interp,
    registry: &Rc<Registry>,
    key: &Key,
    value: Option<&Value>,
    hint: Option<Hint>,
    is_own: bool,
) -> PyResult<Option<Declared>> {
    let Some(value) = value else {
        let Some(hint) = hint else { return Ok(None) };
        let template = hint.template.as_ref().and_then(Value::downcast::<MappedColumnObject>);
        let mut column = template.map_or_else(MappedColumnObject::bare, MappedColumnObject::copy);
        column.field = column.field.dropped(interp)?;
        annotate(interp, registry, key, &column, &hint)?;
        return Ok(Some(Declared::Column(column)));
    };
    let column = if let Some(object) = value.downcast::<ColumnObject>() {
        let column = object.column.clone();
        Some(MappedColumnObject { column, typed: true, ..MappedColumnObject::bare() })
    } else {
        value.downcast::<MappedColumnObject>().cloned()
    };
    if let Some(column) = column {
        reserved(interp, key)?;
        let column = if is_own { column } else { column.copy() };
        if let Some(hint) = hint {
            annotate(interp, registry, key, &column, &hint)?;
        }
        if column.column.name().is_empty() {
            column.column.set_name(key);
        }
        return Ok(Some(Declared::Column(column)));
    }
    let is_property = value.downcast::<ExpressionDecl>().is_some()
        || value.downcast::<SynonymDecl>().is_some()
        || value.downcast::<CompositeDecl>().is_some();
    if is_property || value.downcast::<RelationshipDecl>().is_some() {
        reserved(interp, key)?;
        if !is_own {
            return Err(errors::invalid_request(
                interp,
                "Mapper properties (i.e. deferred,column_property(), relationship(), etc.) must be declared as \
                 @declared_attr callables on declarative mixin classes.",
            ));
        }
        return Ok(Some(if is_property {
            Declared::Property(value.clone(), hint)
        } else {
            Declared::Relationship(value.clone(), hint)
        }));
    }
    let unsupported = value.downcast::<super::UnsupportedProperty>().map(|property| property.0);
    match unsupported {
        Some(what) => Err(Stop::unsupported(what)),
        None => Ok(None),
    }
}

fn reserved(interp: &mut Interp, key: &Key) -> PyResult<()> {
    if &**key != "metadata" || !lend::has(interp, Behaviour::MetadataReserved) {
        return Ok(());
    }
    let message = if lend::has(interp, Behaviour::DeclarativeApiNamed) {
        "Attribute name 'metadata' is reserved when using the Declarative API."
    } else {
        "Attribute name 'metadata' is reserved for the MetaData instance when using a declarative base class."
    };
    Err(errors::invalid_request(interp, message))
}

/// Gives a column what its annotation says and its arguments do not.
fn annotate(
    interp: &mut Interp,
    registry: &Rc<Registry>,
    key: &Key,
    column: &MappedColumnObject,
    hint: &Hint,
) -> PyResult<()> {
    let template = hint.template.as_ref().and_then(Value::downcast::<MappedColumnObject>);
    let inner = &column.column;
    let mut typed = column.typed;
    if let Some(template) = template {
        if !typed && template.typed {
            inner.set_ty(template.column.ty());
            typed = true;
        }
        if !column.defaults_for_insert
            && template.column.default().is_some()
            && !lend::has(interp, Behaviour::InsertDefaultAlone)
        {
            inner.set_default(template.column.default());
        }
        let own = inner.default();
        inner.complete_from(&template.column);
        if column.field.instance_default().is_some() && lend::has(interp, Behaviour::InsertDefaultAlone) {
            inner.set_default(own);
        }
    }
    if !inner.nullable_given() && !inner.is_primary_key() {
        inner.set_nullable(hint.optional);
    }
    if inner.name().is_empty() {
        inner.set_name(key);
    }
    if typed || !inner.foreign_keys().is_empty() && hint_type(interp, registry, hint)?.is_none() {
        return Ok(());
    }
    match hint_type(interp, registry, hint)? {
        Some(ty) => {
            inner.set_ty(ty);
            Ok(())
        }
        None => Err(unresolved::unknown_type(interp, key, hint)?),
    }
}

fn hint_type(
    interp: &mut Interp,
    registry: &Rc<Registry>,
    hint: &Hint,
) -> PyResult<Option<backproof_engine::schema::SqlType>> {
    let Inner::Value(value) = &hint.inner else { return Ok(None) };
    let types = registry.types.borrow().clone();
    // A collection means nothing by what is in it.
    let plain = hint.collection.is_none().then_some(value);
    for wanted in hint.annotated.iter().chain(plain) {
        for (known, ty) in &types {
            if interp.eq(known, wanted)? {
                return Ok(Some(ty.clone()));
            }
        }
    }
    if hint.collection.is_some() {
        return Ok(None);
    }
    if annotation::is_literal(interp, value)? {
        return unresolved::literal_type(interp, value).map(Some);
    }
    if let Value::Class(class) = value {
        for base in &class.ancestors {
            let found =
                types.iter().find(|(known, _)| known.as_class().is_some_and(|known| Rc::ptr_eq(known, base)));
            if let Some((_, ty)) = found {
                return host_types::for_class(interp, ty, class).map(Some);
            }
        }
    }
    if let Value::Class(class) = value
        && let Some(ty) = host_types::of_annotation(interp, class)?
    {
        return Ok(Some(ty));
    }
    let found = annotation::default_type(value, lend::profile(interp));
    Ok(found.map(|ty| host_types::of_default(interp, ty)))
}

pub(super) fn string_keys(dict: &crate::python::Dict) -> Vec<(Rc<str>, Value)> {
    let items = dict.map.borrow().items();
    items.into_iter().filter_map(|(key, value)| Some((key.as_str()?.clone(), value))).collect()
}

/// `__tablename__` and the like: of the class or of a mixin; of a mapped class that it inherits from only where that is
/// a `declared_attr`.
pub(super) fn special(interp: &mut Interp, class: &Rc<Class>, name: &str) -> PyResult<Option<Value>> {
    let found = class.mro().into_iter().enumerate().find(|(depth, source)| {
        let Some(value) = source.dict.get(name) else { return false };
        *depth == 0 || mapped::mapper_of(source).is_none() || value.downcast::<DeclaredAttrObject>().is_some()
    });
    let Some((_, source)) = found else { return Ok(None) };
    let Some(value) = source.dict.get(name) else { return Ok(None) };
    match value.downcast::<DeclaredAttrObject>() {
        Some(declared) => declared.evaluate(interp, class).map(Some),
        None => match value {
            Value::ClassMethod(_) | Value::Function(_) | Value::Property(_) => {
                Err(Stop::unsupported(format!("a {name} that is neither a value nor a declared_attr")))
            }
            value => Ok(Some(value)),
        },
    }
}

/// Properties in the order in which the mapper takes them.
fn properties(
    interp: &mut Interp,
    class: &Rc<Class>,
    registry: &Rc<Registry>,
    members: &[Member],
    table: &Table,
    fresh: bool,
) -> PyResult<Vec<(Key, PropertySpec)>> {
    let in_order = lend::has(interp, Behaviour::ColumnsInTableOrder);
    let mut properties = Vec::new();
    let mut columns: Vec<(Key, PropertySpec, Column)> = Vec::new();
    for member in members {
        match &member.spec {
            Declared::Relationship(value, hint) => {
                properties
                    .push((member.key.clone(), relationship(interp, class, registry, value, hint.as_ref())?));
            }
            Declared::Property(value, hint) => {
                if let Some(spec) = property(interp, value, hint.as_ref())? {
                    properties.push((member.key.clone(), spec));
                }
            }
            Declared::Column(column) => {
                let spec = column.spec();
                let renamed = column.column.key() != member.key;
                // A table's own columns are older than what the class says of them.
                if !in_order && (renamed || column.listed || (fresh && !column.is_plain())) {
                    properties.push((member.key.clone(), spec));
                } else if renamed || !column.is_plain() || !fresh {
                    columns.push((member.key.clone(), spec, column.column.clone()));
                }
            }
        }
    }
    if columns.is_empty() {
        return Ok(properties);
    }
    if !in_order || !fresh {
        properties.extend(columns.into_iter().map(|(key, spec, _)| (key, spec)));
        return Ok(properties);
    }
    for column in table.columns() {
        match columns.iter().position(|(_, _, listed)| *listed == column) {
            Some(at) => {
                let (key, spec, _) = columns.remove(at);
                properties.push((key, spec));
            }
            None => properties.push((column.key(), PropertySpec::column(column))),
        }
    }
    Ok(properties)
}

/// What a class body declares that is neither a column nor a relationship.
fn property(interp: &mut Interp, value: &Value, hint: Option<&Hint>) -> PyResult<Option<PropertySpec>> {
    if let Some(declared) = value.downcast::<ExpressionDecl>() {
        return Ok(Some(declared.spec()));
    }
    if let Some(declared) = value.downcast::<SynonymDecl>() {
        return Ok(Some(declared.spec()));
    }
    value.downcast::<CompositeDecl>().map(|declared| declared.spec(interp, hint)).transpose()
}

/// Columns that a composite declares itself, with what the fields of its class say of them.
fn composite_columns(
    interp: &mut Interp,
    registry: &Rc<Registry>,
    members: &mut Vec<Member>,
    value: &Value,
    hint: Option<&Hint>,
    order: (i64, u64, usize),
) -> PyResult<()> {
    let Some(declared) = value.downcast::<CompositeDecl>() else { return Ok(()) };
    let hints = declared.hints(interp, hint)?;
    for (at, column) in declared.columns().into_iter().enumerate() {
        let is_listed = members.iter().any(|member| match &member.spec {
            Declared::Column(known) => known.column == column.column,
            Declared::Property(..) | Declared::Relationship(..) => false,
        });
        if is_listed || column.column.table().is_some() {
            // What the fields of its class say comes after what the class says of the column.
            if let (true, Some(Some(hint))) = (is_listed, hints.get(at))
                && declared.is_mapped(&column.column)
                && !column.column.nullable_given()
                && !column.column.is_primary_key()
            {
                column.column.set_nullable(hint.optional);
            }
            continue;
        }
        let key = column.column.name();
        if key.is_empty() {
            return Err(Stop::unsupported("a composite of a column without a name"));
        }
        if let Some(Some(hint)) = hints.get(at)
            && value_is_annotated(&column)
        {
            annotate(interp, registry, &key, &column, hint)?;
        }
        members.push(Member { key, spec: Declared::Column(column), order });
    }
    Ok(())
}

/// Whether a column takes what an annotation says.
fn value_is_annotated(column: &MappedColumnObject) -> bool {
    !column.typed || !column.column.nullable_given()
}

/// A relationship with what its annotation says of its target.
fn relationship(
    interp: &mut Interp,
    class: &Rc<Class>,
    registry: &Rc<Registry>,
    value: &Value,
    hint: Option<&Hint>,
) -> PyResult<PropertySpec> {
    let Some(declared) = value.downcast::<RelationshipDecl>() else {
        return Err(Stop::unsupported("a relationship of another kind"));
    };
    let mut args = declared.engine_args(interp, &Scope::new(registry, class))?;
    if let Some(hint) = hint {
        if args.lazy.is_none() {
            args.lazy = hint.lazy;
        }
        match hint.collection.as_deref() {
            None if args.uselist.is_none() => args.uselist = Some(false),
            None | Some("list") => {}
            _ if args.collection.is_some() => {}
            Some("set") => args.collection = Some(Shape::Set),
            Some(other) => {
                return Err(Stop::unsupported(format!("a relationship's collection of type {other}")));
            }
        }
        if !declared.has_argument() {
            args.target = Some(Deferred::Now(match &hint.inner {
                Inner::Name(name) => Target::Name(name.clone()),
                Inner::Value(value) => Target::Mapper(mapped::require_mapper(interp, value)?),
            }));
        }
    }
    if args.target.is_none() {
        return Err(Stop::unsupported(format!("a relationship of {} without a target", class.name())));
    }
    Ok(PropertySpec::Relationship(Box::new(args)))
}

/// `User.name = …` after the class was mapped.
pub(super) fn add_attribute(
    interp: &mut Interp,
    class: &Rc<Class>,
    mapper: MapperId,
    registry: &Rc<Registry>,
    name: &str,
    value: Value,
) -> PyResult<Option<Value>> {
    let key: Key = name.into();
    let property = if let Some(column) = column_of(&value) {
        if column.name().is_empty() {
            column.set_name(name);
        }
        let table = lend::read(interp, |orm| orm.mappers.get(mapper).table.clone())?;
        if !table.has_column(&column) {
            table.append_column(&column).map_err(|error| crate::sqlalchemy::errors::raise(interp, &error))?;
        }
        value
            .downcast::<MappedColumnObject>()
            .map_or_else(|| PropertySpec::column(column), MappedColumnObject::spec)
    } else if let Some(spec) = property(interp, &value, None)? {
        spec
    } else if value.downcast::<RelationshipDecl>().is_some() {
        relationship(interp, class, registry, &value, None)?
    } else if let Some(attribute) = value.downcast::<AttributeObject>() {
        if attribute.key != key {
            return Err(Stop::unsupported("a mapped attribute under a second name"));
        }
        return Ok(Some(value));
    } else if class.dict.get(name).is_some_and(|old| old.downcast::<AttributeObject>().is_some()) {
        return Err(Stop::unsupported("replacing a mapped attribute by a plain value"));
    } else {
        return Ok(Some(value));
    };
    if let Some(comparator) = comparing::declared(&value) {
        comparing::note(interp, mapper, &key, &comparator)?;
    }
    lend::with_cx(interp, |cx| map::add_property(cx, mapper, key, property))?;
    mapped::instrument(interp)?;
    Ok(None)
}
