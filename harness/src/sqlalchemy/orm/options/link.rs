//! Whether an option goes on from where the one before it led: what releases from 2.0 on refuse at once.

use super::{Before, errors};
use crate::python::{Interp, PyResult, Value};
use crate::sqlalchemy::lend;
use crate::sqlalchemy::orm::attribute::AttributeObject;
use backproof_engine::load::Strategy;
use backproof_engine::map::{Key, Mapped, MapperId};
use backproof_engine::version::Behaviour;

/// Refuses an attribute that does not belong to the class that the path has come to.
pub(super) fn check(interp: &mut Interp, before: &Before, value: &Value) -> PyResult<()> {
    let Some(attribute) = value.downcast::<AttributeObject>() else { return Ok(()) };
    if attribute.mapped.alias.is_some() {
        return Ok(());
    }
    let key = attribute.name.as_ref().unwrap_or(&attribute.key).clone();
    check_named(interp, before, attribute.mapped, &key, false)
}

/// As [`check`], for an attribute of this class and name; whether `selectin_polymorphic()` beside it may have named its class.
pub(super) fn check_named(
    interp: &mut Interp,
    before: &Before,
    named: Mapped,
    key: &Key,
    beside: bool,
) -> PyResult<()> {
    if !lend::has(interp, Behaviour::LoaderHeadsByClass) {
        return Ok(());
    }
    let Some(come_to) = before.class(interp)? else { return Ok(()) };
    let by_type = before.options.iter().any(|option| option.path == before.path && option.of_type.is_some());
    let (belongs, below, related) = lend::read(interp, |orm| {
        let (above, below) =
            (orm.mappers.is_a(come_to, named.mapper), orm.mappers.is_a(named.mapper, come_to));
        (above, below, orm.mappers.base(come_to) == orm.mappers.base(named.mapper))
    })?;
    if belongs || (by_type && related) {
        return Ok(());
    }
    let is_announced = beside
        && before.options.iter().any(|option| {
            let under = option.path.len() == before.path.len() + 1 && option.path.starts_with(&before.path);
            let mapper = option.path.last().map(|(mapper, _)| *mapper);
            under && option.strategy == Strategy::SelectinPolymorphic && mapper == Some(named.mapper)
        });
    if below && is_announced && lend::has(interp, Behaviour::LinksBySelectinPolymorphic) {
        return Ok(());
    }
    let name = |interp: &mut Interp, mapper: MapperId| {
        lend::read(interp, |orm| orm.mappers.get(mapper).class_name.to_string())
    };
    let attribute = format!("{}.{key}", name(interp, named.mapper)?);
    let Some((owner, along)) = before.path.last().cloned() else {
        let shown = if lend::has(interp, Behaviour::LoaderHeadsShown) {
            name(interp, come_to)?
        } else {
            lend::read(interp, |orm| orm.mappers.get(come_to).text(orm.profile))?
        };
        let message = format!("ORM mapped attribute \"{attribute}\" does not link mapped class \"{shown}\"");
        return Err(errors::argument_error(interp, message));
    };
    let relationship = format!("{}.{along}", name(interp, owner)?);
    let mut message = format!(
        "ORM mapped entity or attribute \"{attribute}\" does not link from relationship \"{relationship}\"."
    );
    if below {
        let (class, base) = (name(interp, named.mapper)?, name(interp, come_to)?);
        message += &format!("  Did you mean to use \"{relationship}.of_type({class})\"");
        message += &if lend::has(interp, Behaviour::LinksBySelectinPolymorphic) {
            format!(" or \"loadopt.options(selectin_polymorphic({base}, [{class}]), ...)\" ?")
        } else {
            "?".to_owned()
        };
    }
    Err(errors::argument_error(interp, message))
}
