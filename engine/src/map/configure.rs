//! Working out what concerns other classes: targets, join conditions, backrefs.
//!
//! A mapper whose configuration failed fails every later use with the same cause. Mappers are configured in the
//! order in which they were made, relationships in the order of their mapper, a backref as soon as it is made.

use super::join::{JoinSpec, Side, as_written, through, written};
use super::messages;
use super::relationship::{
    Backref, Cascades, Direction, Lazy, Relationship, RelationshipArgs, Resolved, Target,
};
use super::spec::insert_relationship;
use super::{Key, Mapped, Mapper, MapperId, PassiveDeletes, RegistryId, Shape, overlap};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{self, Happening};
use crate::host::{Cx, Deferred};
use crate::schema::Column;
use crate::sql::Expr;
use crate::version::Behaviour;
use std::rc::Rc;

/// Configures all mappers that wait for it, as `configure_mappers()` does.
///
/// # Errors
///
/// What is wrong with a relationship; on later calls, that some mapper failed before.
pub fn configure_mappers(cx: &mut Cx<'_>) -> Result<()> {
    if !cx.orm.mappers.unconfigured {
        return Ok(());
    }
    configure_some(cx, None, true)?;
    cx.orm.mappers.unconfigured = false;
    Ok(())
}

/// Configures what waits for it, as whatever works on objects does first. It costs nothing once done. From 1.4
/// on, a registry that failed before is no concern of the classes of others.
///
/// # Errors
///
/// As for [`configure_mappers`].
pub fn configure(cx: &mut Cx<'_>) -> Result<()> {
    if !cx.orm.mappers.unconfigured {
        return Ok(());
    }
    if !cx.orm.profile.has(Behaviour::ConfigureByRegistry) {
        return configure_mappers(cx);
    }
    configure_some(cx, None, false)?;
    let waits = cx.orm.mappers.all.iter().any(|mapper| !mapper.configured);
    cx.orm.mappers.unconfigured = waits;
    Ok(())
}

/// Configures the mappers of one registry, as the first instance or query of one of its classes does. Before
/// 1.4 all mappers of the program are configured together.
///
/// # Errors
///
/// As for [`configure_mappers`].
pub fn configure_registry(cx: &mut Cx<'_>, registry: RegistryId) -> Result<()> {
    if !cx.orm.mappers.unconfigured {
        return Ok(());
    }
    if cx.orm.profile.has(Behaviour::ConfigureByRegistry) {
        configure_some(cx, Some(registry), true)
    } else {
        configure_mappers(cx)
    }
}

fn configure_some(cx: &mut Cx<'_>, registry: Option<RegistryId>, strict: bool) -> Result<()> {
    let waits = |cx: &Cx<'_>| {
        let mut all = cx.orm.mappers.all.iter();
        all.any(|mapper| !mapper.configured && registry.is_none_or(|registry| registry == mapper.registry))
    };
    if !waits(cx) {
        return Ok(());
    }
    if event::is_heard(cx.orm, "before_configured") {
        event::tell(cx, "before_configured", Happening::Mappers { mapper: None })?;
    }
    configure_each(cx, registry, strict)?;
    if event::is_heard(cx.orm, "after_configured") {
        event::tell(cx, "after_configured", Happening::Mappers { mapper: None })?;
    }
    Ok(())
}

fn configure_each(cx: &mut Cx<'_>, registry: Option<RegistryId>, strict: bool) -> Result<()> {
    let mut index = 0;
    // Callbacks may map further classes, so the list is read anew.
    while let Some(mapper) = cx.orm.mappers.all.get(index) {
        index += 1;
        if mapper.configured || registry.is_some_and(|registry| registry != mapper.registry) {
            continue;
        }
        let (id, own) = (mapper.id, mapper.registry);
        if !strict && cx.orm.mappers.all.iter().any(|other| other.registry == own && other.failed.is_some()) {
            continue;
        }
        if let Some(cause) = &mapper.failed {
            return Err(messages::earlier_failure(&mapper.text(cx.orm.profile), cause));
        }
        if let Err(error) = configure_mapper(cx, id) {
            cx.orm.mappers.get_mut(id).failed = Some(error.clone());
            return Err(error);
        }
    }
    Ok(())
}

fn configure_mapper(cx: &mut Cx<'_>, id: MapperId) -> Result<()> {
    let keys: Vec<Key> =
        cx.orm.mappers.get(id).relationships().map(|relationship| relationship.key.clone()).collect();
    for key in keys {
        configure_relationship(cx, id, &key)?;
    }
    cx.orm.mappers.get_mut(id).configured = true;
    cx.orm.mappers.forget_compiled(id);
    if event::is_heard(cx.orm, "mapper_configured") {
        event::tell(cx, "mapper_configured", Happening::Mappers { mapper: Some(id) })?;
    }
    Ok(())
}

/// Works out one relationship, makes its backref and links it to the other side.
pub(super) fn configure_relationship(cx: &mut Cx<'_>, mapper: MapperId, key: &Key) -> Result<()> {
    let Some(relationship) = cx.orm.mappers.relationship(mapper, key) else { return Ok(()) };
    if relationship.started.replace(true) {
        return Ok(());
    }
    let reversed = resolve(cx, &relationship)?;
    if let Some(maker) = &relationship.args.maker {
        (maker.prepare)(cx)?;
    }
    let args = &relationship.args;
    let takes_part = cx.orm.profile.has(Behaviour::ViewonlyTakesPart) || !args.is_viewonly();
    if !takes_part || args.sync_backref == Some(false) {
        relationship.syncs.set(false);
    }
    if let Some(backref) = &relationship.args.backref {
        make_backref(cx, &relationship, backref, reversed)?;
    }
    let back_populates = relationship.back_populates.borrow().clone();
    if let Some(other) = back_populates {
        link(cx, &relationship, &other)?;
    }
    overlap::check(cx, &relationship)
}

/// `User.addresses`
pub(super) fn name_of(cx: &Cx<'_>, relationship: &Relationship) -> String {
    format!("{}.{}", cx.orm.mappers.get(relationship.parent).class_name, relationship.key)
}

fn find_target(cx: &mut Cx<'_>, relationship: &Relationship) -> Result<Mapped> {
    let Some(target) = &relationship.args.target else {
        return Err(Error::unsupported("a relationship without a target"));
    };
    match target.resolve(cx)? {
        Target::Mapper(mapper) => Ok(Mapped::from(mapper)),
        Target::Alias(mapped) => Ok(mapped),
        Target::Name(name) => {
            let mappers = &cx.orm.mappers;
            let parent = mappers.get(relationship.parent);
            let last = name.rsplit('.').next().unwrap_or(&name);
            let found = mappers.named(parent.registry, last);
            let module = name.strip_suffix(last).map(|module| module.trim_end_matches('.'));
            let of_module: Vec<MapperId> = found
                .iter()
                .copied()
                .filter(|id| module.is_none_or(|module| mappers.get(*id).module.ends_with(module)))
                .collect();
            match of_module[..] {
                [mapper] => Ok(Mapped::from(mapper)),
                [] => Err(messages::unlocated_name(
                    &parent.text(cx.orm.profile),
                    &name,
                    &parent.module,
                    &parent.class_name,
                )),
                _ => Err(messages::several_classes(&name)),
            }
        }
    }
}

fn resolve_each<T: Clone>(cx: &mut Cx<'_>, value: Option<&Deferred<Vec<T>>>) -> Result<Vec<T>> {
    value.map_or_else(|| Ok(Vec::new()), |value| value.resolve(cx))
}

fn resolve_one<T: Clone>(cx: &mut Cx<'_>, value: Option<&Deferred<T>>) -> Result<Option<T>> {
    value.map(|value| value.resolve(cx)).transpose()
}

/// The joins that a backref takes over.
struct Reversed {
    primaryjoin: Expr,
    secondaryjoin: Option<Expr>,
}

fn resolve(cx: &mut Cx<'_>, relationship: &Relationship) -> Result<Reversed> {
    let args = &relationship.args;
    let name = name_of(cx, relationship);
    let entity = find_target(cx, relationship)?;
    let target = entity.mapper;
    let secondary = resolve_one(cx, args.secondary.as_ref())?;
    if let Some(class) = secondary.as_ref().and_then(|between| between.mapped.as_deref()) {
        return Err(messages::secondary_is_class(&name, class));
    }
    let primaryjoin = resolve_one(cx, args.primaryjoin.as_ref())?.map(|join| join.without_entities());
    let secondaryjoin = resolve_one(cx, args.secondaryjoin.as_ref())?.map(|join| join.without_entities());
    let foreign_keys = resolve_each(cx, args.foreign_keys.as_ref())?;
    let remote_side = resolve_each(cx, args.remote_side.as_ref())?;
    let alias = entity.alias.and_then(|alias| cx.orm.mappers.aliases.get(alias as usize)).cloned();
    let (primaryjoin, secondaryjoin) = {
        let sides = [relationship.parent, target];
        let read =
            |join: Expr| sides.iter().fold(join, |join, side| as_written(&join, cx.orm.mappers.get(*side)));
        (primaryjoin.map(read), secondaryjoin.map(read))
    };
    let apart = alias.as_ref().and_then(|alias| alias.tables.first().cloned());
    if let Some(apart) = &apart {
        let (own, other) = (cx.orm.mappers.get(target), cx.orm.mappers.get(relationship.parent));
        if apart.table().is_some() {
            return Err(Error::unsupported("a relationship to an alias of a table"));
        }
        let names_class = primaryjoin.as_ref().is_some_and(|join| {
            names_any(join, &|column| own.has_column(column) && !other.has_column(column))
        });
        if names_class {
            return Err(Error::unsupported(
                "a relationship to an alias whose condition names the class itself",
            ));
        }
    }
    let primaryjoin = match &apart {
        Some(apart) => primaryjoin.map(|join| through(&join, apart, cx.orm.mappers.get(target))),
        None => primaryjoin,
    };
    let order_by = resolve_each(cx, args.order_by.as_ref())?.iter().map(Expr::without_entities).collect();
    let join = JoinSpec {
        profile: cx.orm.profile,
        name: &name,
        parent: Side::of(cx.orm.mappers.get(relationship.parent)),
        target: match &alias {
            Some(alias) => Side::of_alias(cx.orm.mappers.get(target), alias),
            None => Side::of(cx.orm.mappers.get(target)),
        },
        secondary: secondary.clone(),
        primaryjoin,
        secondaryjoin,
        foreign_keys,
        remote_side,
        viewonly: args.is_viewonly(),
    }
    .determine()?;
    let cascade = check_cascade(cx, relationship, target, &name, join.direction)?;
    let uselist = args.uselist.unwrap_or(join.direction != Direction::ManyToOne);
    if relationship.shape() != Shape::List && matches!(args.lazy, Some(Lazy::Dynamic | Lazy::WriteOnly)) {
        return Err(Error::unsupported(format!("a collection class for {name}, which is queried")));
    }
    if !uselist && matches!(args.lazy, Some(Lazy::Dynamic | Lazy::WriteOnly)) {
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!(
                "On relationship {name}, 'dynamic' loaders cannot be used with many-to-one/one-to-one relationships \
                 and/or uselist=False."
            ),
        ));
    }
    if let Some(unknown) = &args.unknown_lazy {
        let class = &cx.orm.mappers.get(relationship.parent).class_name;
        return Err(Error::new(
            ErrorKind::LoaderStrategyException,
            format!("Can't find strategy (('lazy', {unknown}),) for {class}.{}", relationship.key),
        ));
    }
    let reversed = match &join.secondaryjoin {
        Some(secondaryjoin) => {
            Reversed { primaryjoin: secondaryjoin.clone(), secondaryjoin: Some(join.primaryjoin.clone()) }
        }
        None => Reversed {
            primaryjoin: join.reversed(cx.orm.mappers.get(relationship.parent)),
            secondaryjoin: None,
        },
    };
    let use_get = !uselist && alias.is_none() && join.looks_up(cx.orm.mappers.get(target));
    let written = apart.as_ref().map(|apart| written(&join.primaryjoin, apart));
    let mut join = join;
    if let Some(apart) = &apart {
        let mapper = cx.orm.mappers.get(target);
        let named = cx.orm.profile.has(Behaviour::AnonymousNamesShown);
        stand_in(
            &mut join.synchronize_pairs,
            apart.name().unwrap_or(if named { "anon_1" } else { "%" }),
            mapper,
        );
    }
    let resolved = Resolved {
        target,
        alias: entity.alias,
        written,
        direction: join.direction,
        uselist,
        secondary,
        primaryjoin: join.primaryjoin,
        secondaryjoin: join.secondaryjoin,
        synchronize_pairs: join.synchronize_pairs,
        secondary_synchronize_pairs: join.secondary_synchronize_pairs,
        local_remote_pairs: join.local_remote_pairs,
        remote_side: join.remote_side,
        order_by,
        cascade,
        lazy: args.lazy.unwrap_or_default(),
        use_get,
    };
    if relationship.resolved.set(resolved).is_err() {
        return Err(Error::unsupported("a relationship that is configured while it is being configured"));
    }
    Ok(reversed)
}

/// Of the pairs that a flush copies along, what is the alias's own: columns that no class maps, so that it is refused.
fn stand_in(pairs: &mut [(Column, Column)], alias: &str, mapper: &Mapper) {
    for (source, destination) in pairs {
        for column in [source, destination] {
            if mapper.has_column(column) {
                *column = Column::named(&format!("{alias}.{}", column.name()), column.ty());
            }
        }
    }
}

/// Whether a condition has a column of which this is so.
fn names_any(join: &Expr, is_so: &dyn Fn(&Column) -> bool) -> bool {
    let mut found = false;
    join.visit(&mut |part| found |= part.as_column().is_some_and(is_so));
    found
}

fn check_cascade(
    cx: &Cx<'_>,
    relationship: &Relationship,
    target: MapperId,
    name: &str,
    direction: Direction,
) -> Result<Cascades> {
    let args = &relationship.args;
    let persisting = Cascades { save_update: true, merge: true, ..Cascades::default() };
    let mut cascade = args.cascade.unwrap_or(persisting);
    if args.is_viewonly() && !cx.orm.profile.has(Behaviour::ViewonlyTakesPart) {
        cascade.save_update = false;
        cascade.delete = false;
        cascade.delete_orphan = false;
    }
    if cascade.delete_orphan && !args.single_parent && direction != Direction::OneToMany {
        return Err(messages::delete_orphan(
            cx.orm.profile,
            direction == Direction::ManyToMany,
            name,
            &cx.orm.mappers.get(relationship.parent).class_name,
            &cx.orm.mappers.get(target).class_name,
        ));
    }
    if args.passive_deletes == Some(PassiveDeletes::All) && (cascade.delete || cascade.delete_orphan) {
        return Err(messages::passive_deletes_all(name));
    }
    Ok(cascade)
}

/// Makes the attribute on the other side. Of this side's arguments it takes the join and what must agree;
/// everything else comes from the arguments of `backref()`.
fn make_backref(
    cx: &mut Cx<'_>,
    relationship: &Relationship,
    backref: &Backref,
    reversed: Reversed,
) -> Result<()> {
    let target = relationship.resolved().target;
    let other = cx.orm.mappers.get(target);
    let below = cx.orm.mappers.self_and_descendants(target);
    if below.iter().any(|mapper| cx.orm.mappers.get(*mapper).properties.contains_key(&backref.name)) {
        let text = other.text(cx.orm.profile);
        return Err(messages::backref_exists(&backref.name, &name_of(cx, relationship), &text));
    }
    let own = &relationship.args;
    let mut args: RelationshipArgs = (*backref.args).clone();
    if reversed.secondaryjoin.is_none() && args.secondaryjoin.is_some() {
        return Err(messages::backref_secondaryjoin());
    }
    args.target = Some(Deferred::Now(Target::Mapper(relationship.parent)));
    args.secondary.clone_from(&own.secondary);
    args.primaryjoin.get_or_insert(Deferred::Now(reversed.primaryjoin));
    if args.secondaryjoin.is_none() {
        args.secondaryjoin = reversed.secondaryjoin.map(Deferred::Now);
    }
    if args.foreign_keys.is_none() {
        args.foreign_keys.clone_from(&own.foreign_keys);
    }
    args.viewonly = args.viewonly.or(own.viewonly);
    args.post_update |= own.post_update;
    args.passive_updates = args.passive_updates.or(own.passive_updates);
    args.sync_backref = args.sync_backref.or(own.sync_backref);
    args.back_populates = Some(relationship.key.clone());
    insert_relationship(cx, target, &backref.name, args, true);
    relationship.backref_made.set(true);
    *relationship.back_populates.borrow_mut() = Some(backref.name.clone());
    configure_relationship(cx, target, &backref.name)
}

/// Links a relationship to the one that it names as its other side.
fn link(cx: &mut Cx<'_>, relationship: &Rc<Relationship>, key: &Key) -> Result<()> {
    let target = relationship.resolved().target;
    let profile = cx.orm.profile;
    let name = name_of(cx, relationship);
    let other_mapper = cx.orm.mappers.get(target);
    let other_name = format!("{}.{key}", other_mapper.class_name);
    let Some(other) = cx.orm.mappers.relationship(target, key) else {
        if !other_mapper.properties.contains_key(key) {
            return Err(messages::no_property(profile, &other_mapper.text(profile), key));
        }
        if profile.has(Behaviour::BackPopulatesChecksKind) {
            return Err(messages::back_populates_column(&name, &other_name));
        }
        let looked_for =
            if profile.has(Behaviour::BackPopulatesAsksViewonly) { "viewonly" } else { "_reverse_property" };
        return Err(Error::new(ErrorKind::AttributeError, looked_for));
    };
    let other_target = match other.resolved.get() {
        Some(resolved) => resolved.target,
        None => find_target(cx, &other)?.mapper,
    };
    if cx.orm.mappers.base(other_target) != cx.orm.mappers.base(relationship.parent) {
        let parent = cx.orm.mappers.get(relationship.parent).text(profile);
        return Err(messages::reverse_of_another(key, &name, &other_name, &parent));
    }
    let direction = relationship.resolved().direction;
    if direction != Direction::ManyToMany
        && other.resolved.get().is_some_and(|resolved| resolved.direction == direction)
    {
        return Err(messages::same_direction(profile, &other_name, &name, direction));
    }
    for (side, across) in [(relationship, &other), (&other, relationship)] {
        if !across.args.is_viewonly() {
            continue;
        }
        if side.args.sync_backref == Some(true) {
            let (side, across) = (name_of(cx, side), name_of(cx, across));
            return Err(messages::sync_backref_viewonly_side(&side, &across));
        }
        if !profile.has(Behaviour::ViewonlyTakesPart) {
            side.syncs.set(false);
        }
    }
    add_reverse(relationship, other.parent, key);
    add_reverse(&other, relationship.parent, &relationship.key);
    Ok(())
}

fn add_reverse(relationship: &Relationship, mapper: MapperId, key: &Key) {
    let mut reverse = relationship.reverse.borrow_mut();
    if !reverse.iter().any(|(other, other_key)| *other == mapper && other_key == key) {
        reverse.push((mapper, Rc::clone(key)));
    }
}
