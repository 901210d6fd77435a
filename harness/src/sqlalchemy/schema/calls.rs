//! `Column(…)`, `ForeignKey(…)`, `Table(…)` and their like: what their arguments make.
//!
//! What a table or a column can do once it is there stands in `schema.rs`.

use super::{ForeignKeyObject, column_value, table_value};
use crate::python::{Args, Interp, PyResult, Signature, Stop, Unavailable, Value};
use crate::sqlalchemy::items::{self, ItemObject, table_item};
use crate::sqlalchemy::metadata::{self, MetaDataObject};
use crate::sqlalchemy::{convert, errors, expr, generated, lend, types};
use backproof_engine::schema::{
    Autoincrement, Column, ColumnArgs, ColumnDefault, ForeignKey, ForeignKeyTarget, ReferentialActions,
    ServerDefault, Table, TableArgs, TableItem,
};
use backproof_engine::sql::Expr;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

const COLUMN: &str = "*args, name=, type_=, autoincrement=, comment=, default=, doc=, index=, info=, key=, nullable=, \
                      onupdate=, primary_key=, quote=, server_default=, server_onupdate=, unique=, \
                      insert_default=, system=, sort_order=";

/// What `Column()` and `mapped_column()` read from their arguments.
#[derive(Default)]
pub(crate) struct ColumnCall {
    pub(crate) args: ColumnArgs,
    /// Whether a type was given, so that an annotation must not decide it.
    pub(crate) typed: bool,
}

/// Reads the arguments of `Column()` and `mapped_column()`; `function` is how errors name it.
pub(crate) fn read_column(interp: &mut Interp, function: &str, args: Args) -> PyResult<ColumnCall> {
    let signature = Signature::new(function, COLUMN);
    for (name, _) in &args.keywords {
        // Of a dialect's arguments each has the dialect's name before it.
        if !name.contains('_') && !signature.parameters.iter().any(|parameter| parameter.name == *name) {
            let message =
                format!("Additional arguments should be named <dialectname>_<argument>, got '{name}'");
            return Err(interp.raise("TypeError", message));
        }
    }
    let mut bound = signature.bind(interp, args)?;
    let positional = std::mem::take(&mut bound.varargs);
    let mut call = ColumnCall::default();
    let out = &mut call.args;
    let keyword_name = bound.take(0);
    let keyword_type = bound.take(1);
    let mut generated = None;
    let mut rest = positional.into_iter().peekable();
    if let Some(Value::Str(name)) = rest.peek() {
        out.name = Some(name.clone());
        rest.next();
    }
    for value in keyword_type.into_iter().chain(rest) {
        if let Some(ty) = types::of_value(interp, &value)? {
            out.ty = ty;
            call.typed = true;
        } else if let Some(object) = value.downcast::<ForeignKeyObject>() {
            out.foreign_keys.push(object.key.copy());
        } else if let Some(TableItem::Constraint(constraint)) = ItemObject::item_of(&value) {
            out.constraints.push(constraint);
        } else if let Some(object) = value.downcast::<generated::SequenceObject>() {
            out.sequence = Some(object.sequence.clone());
        } else if let Some(object) = value.downcast::<generated::IdentityObject>() {
            generated = Some(ServerDefault::Identity(object.identity.clone()));
        } else if let Some(object) = value.downcast::<generated::ComputedObject>() {
            generated = Some(ServerDefault::Computed(object.computed.clone()));
            out.server_onupdate = Some(ServerDefault::Fetched);
        } else if !value.is_none() {
            let kind = interp.type_name(&value);
            return Err(Stop::unsupported(format!("a {kind} among the arguments of {function}")));
        }
    }
    if let Some(Value::Str(name)) = keyword_name {
        out.name = Some(name);
    }
    if let Some(value) = bound.take(2) {
        out.autoincrement = match &value {
            Value::Str(text) if &**text == "ignore_fk" => Autoincrement::IgnoreForeignKey,
            Value::Str(_) => Autoincrement::Auto,
            other if interp.truth(other)? => Autoincrement::Yes,
            _ => Autoincrement::No,
        };
    }
    out.comment = text(bound.take(3));
    let default = bound.take(4);
    let insert_default = bound.take(16);
    if default.is_some() && insert_default.is_some() && lend::has(interp, Behaviour::InsertDefaultAlone) {
        let message = "The 'default' and 'insert_default' parameters of Column are mutually exclusive";
        return Err(errors::raise_named(interp, "ArgumentError", message));
    }
    match insert_default.or(default) {
        Some(value) if value.downcast::<generated::SequenceObject>().is_some() => {
            out.sequence =
                value.downcast::<generated::SequenceObject>().map(|object| object.sequence.clone());
        }
        default => out.default = read_default(interp, default)?,
    }
    out.doc = text(bound.take(5));
    out.index = truth(interp, bound.take(6))?;
    bound.take(7);
    out.key = text(bound.take(8));
    out.nullable = truth(interp, bound.take(9))?;
    out.onupdate = read_default(interp, bound.take(10))?;
    out.primary_key = truth(interp, bound.take(11))?.unwrap_or(false);
    out.quote = truth(interp, bound.take(12))?;
    out.server_default = match bound.take(13) {
        None | Some(Value::None) => None,
        Some(Value::Str(text)) => Some(ServerDefault::Literal(text)),
        Some(other) => Some(ServerDefault::Sql(expr::coerce(interp, &other)?)),
    };
    if let Some(default) = generated {
        let other = out.server_default.replace(default);
        if other.is_some() {
            let message = "A generated column cannot specify a server_default or a server_onupdate argument";
            return Err(errors::raise_named(interp, "ArgumentError", message));
        }
    }
    out.unique = truth(interp, bound.take(15))?;
    Ok(call)
}

pub(in crate::sqlalchemy) fn text(value: Option<Value>) -> Option<Rc<str>> {
    value.as_ref().and_then(Value::as_str).cloned()
}

pub(in crate::sqlalchemy) fn truth(interp: &mut Interp, value: Option<Value>) -> PyResult<Option<bool>> {
    match value {
        None | Some(Value::None) => Ok(None),
        Some(value) => interp.truth(&value).map(Some),
    }
}

fn read_default(interp: &mut Interp, value: Option<Value>) -> PyResult<Option<ColumnDefault>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    if let Some(expr) = expr::clause(interp, &value)? {
        return Ok(Some(ColumnDefault::Sql(expr)));
    }
    if !interp.is_callable(&value) {
        return Ok(Some(ColumnDefault::Value(convert::to_engine(interp, &value)?)));
    }
    let with_context = match &value {
        Value::Function(function) => function.signature().parameters.iter().any(|parameter| {
            parameter.required && parameter.kind != crate::python::args::ParameterKind::KeywordOnly
        }),
        _ => false,
    };
    Ok(Some(ColumnDefault::Callable(Rc::new(move |cx| {
        lend::lend(cx, |interp| {
            // A default may take the context without looking at it.
            let context =
                || Unavailable::value("what a column default reads from the context of its statement");
            let args = if with_context { Args::of(vec![context()]) } else { Args::none() };
            let made = interp.call(&value, args)?;
            convert::to_engine(interp, &made)
        })
    }))))
}

fn make_column(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let call = read_column(interp, "Column.__init__", args)?;
    Ok(column_value(&Column::new(call.args)))
}

fn make_foreign_key(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters = "column, _constraint=, use_alter=, name=, onupdate=, ondelete=, deferrable=, initially=, link_to_name=, match=";
    let mut bound = Signature::new("ForeignKey.__init__", parameters).bind(interp, args)?;
    let target = target(interp, &bound.take(0).unwrap_or(Value::None))?;
    let name = text(bound.take(3));
    let actions = ReferentialActions {
        onupdate: text(bound.take(4)),
        ondelete: text(bound.take(5)),
        deferrable: truth(interp, bound.take(6))?,
        initially: text(bound.take(7)),
        use_alter: truth(interp, bound.take(2))?.unwrap_or(false),
    };
    Ok(Value::object(ForeignKeyObject { key: ForeignKey::new(target, name.as_deref(), actions) }))
}

pub(in crate::sqlalchemy) fn target(interp: &mut Interp, value: &Value) -> PyResult<ForeignKeyTarget> {
    if let Some(name) = value.as_str() {
        return Ok(ForeignKeyTarget::Name(name.clone()));
    }
    match expr::clause(interp, value)?.as_ref().and_then(Expr::as_column) {
        Some(column) => Ok(ForeignKeyTarget::Column(column.clone())),
        None => Err(Stop::unsupported("a foreign key to something that is no column")),
    }
}

/// Keyword arguments of `Table()` and of `__table_args__`.
pub(crate) fn table_args(interp: &mut Interp, keywords: Vec<(Rc<str>, Value)>) -> PyResult<TableArgs> {
    let mut args = TableArgs::default();
    for (keyword, value) in keywords {
        match &*keyword {
            "schema" => args.schema = value.as_str().cloned(),
            "extend_existing" => args.extend_existing = interp.truth(&value)?,
            "keep_existing" => args.keep_existing = interp.truth(&value)?,
            "comment" => args.comment = value.as_str().cloned(),
            "quote" => args.quote = Some(interp.truth(&value)?),
            "sqlite_autoincrement" => args.sqlite_autoincrement = interp.truth(&value)?,
            "sqlite_with_rowid" => args.sqlite_with_rowid = Some(interp.truth(&value)?),
            "info" => {}
            "prefixes" => {
                for prefix in interp.iterate(&value)? {
                    let Some(prefix) = prefix.as_str() else {
                        return Err(Stop::unsupported("a prefix of a table that is no string"));
                    };
                    args.prefixes.push(prefix.clone());
                }
            }
            // Options of other databases say nothing but where their statements are printed.
            other
                if ["mysql_", "postgresql_", "oracle_", "mssql_", "mariadb_"]
                    .iter()
                    .any(|p| other.starts_with(p)) =>
            {
                let shown = interp.str(&value)?;
                args.dialect_options.push((keyword.clone(), Rc::from(shown)));
            }
            other => return Err(Stop::unsupported(format!("the table argument `{other}`"))),
        }
    }
    Ok(args)
}

/// `table.to_metadata(metadata, schema=…, name=…)`.
pub(super) fn copy_table(interp: &mut Interp, table: &Table, args: Args) -> PyResult<Value> {
    let parameters = "metadata, schema=, referred_schema_fn=, name=";
    let mut bound = Signature::new("Table.to_metadata", parameters).bind(interp, args)?;
    let metadata = bound.take(0);
    let Some(metadata) = metadata.as_ref().and_then(Value::downcast::<MetaDataObject>) else {
        return Err(Stop::unsupported("to_metadata() of something that is no MetaData"));
    };
    let (schema, name) = (text(bound.take(1)), text(bound.take(3)));
    if bound.take(2).is_some_and(|function| !function.is_none()) || metadata.metadata.schema().is_some() {
        return Err(Stop::unsupported("to_metadata() between schemas"));
    }
    let own = name.as_deref().unwrap_or(table.name());
    let full = match schema.as_deref().or(table.schema()) {
        Some(schema) => format!("{schema}.{own}"),
        None => own.to_owned(),
    };
    if metadata.metadata.table(&full).is_some() {
        return Err(Stop::unsupported("to_metadata() where there is a table of this name"));
    }
    let copy = table.copy_to(&metadata.metadata, name.as_deref(), schema);
    copy.map(|copy| table_value(&copy)).map_err(|error| errors::raise(interp, &error))
}

fn make_table(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut positional = args.positional.into_iter();
    let (Some(Value::Str(name)), Some(metadata)) = (positional.next(), positional.next()) else {
        return Err(interp.raise(
            "TypeError",
            "Table() takes at least two positional-only arguments 'name' and 'metadata'",
        ));
    };
    let Some(metadata) = metadata.downcast::<MetaDataObject>().map(|object| object.metadata.clone()) else {
        return Err(Stop::unsupported("a table outside a MetaData"));
    };
    let given: Vec<Value> = positional.collect();
    let mut items = Vec::new();
    for value in &given {
        items.push(table_item(interp, value)?);
    }
    let mut keywords = args.keywords;
    let mut keyword = |wanted: &str| {
        let place = keywords.iter().position(|(name, _)| &**name == wanted)?;
        Some(keywords.remove(place).1).filter(|value| !value.is_none())
    };
    let bind = keyword("autoload_with");
    let (autoload, include, resolve) =
        (keyword("autoload"), keyword("include_columns"), keyword("resolve_fks"));
    if autoload.is_some() && crate::sqlalchemy::reflection::by_kind(interp) {
        let message = "Additional arguments should be named <dialectname>_<argument>, got 'autoload'";
        return Err(interp.raise("TypeError", message));
    }
    let loads = match autoload {
        Some(value) => interp.truth(&value)?,
        None => bind.is_some(),
    };
    let bind = bind.filter(|_| loads);
    if loads && bind.is_none() {
        return Err(Stop::unsupported("reflecting a table without an engine"));
    }
    let mut wishes = crate::sqlalchemy::reflected::Wishes::default();
    if let Some(resolve) = resolve {
        wishes.alone = !interp.truth(&resolve)?;
    }
    if let Some(include) = include {
        let mut only = Vec::new();
        for name in interp.iterate(&include)? {
            only.push(interp.str(&name)?);
        }
        wishes.only = Some(only);
    }
    let args = table_args(interp, keywords)?;
    if let Some(bind) = bind {
        if metadata.table(&name).is_some() {
            return Err(Stop::unsupported("reflecting a table again"));
        }
        let table =
            crate::sqlalchemy::reflected::table(interp, &bind, &metadata, &name, (items, args), &wishes)?;
        return Ok(table_value(&table));
    }
    let table = Table::new(&name, &metadata, items, args).map_err(|error| errors::raise(interp, &error))?;
    ItemObject::attach(&table, &given);
    Ok(table_value(&table))
}

/// Makes a callable class of the module that `isinstance` knows too.
fn constructor(
    interp: &mut Interp,
    name: &'static str,
    make: fn(&mut Interp, Args) -> PyResult<Value>,
) -> Value {
    let class = interp.foreign_class("sqlalchemy.sql.schema", name);
    *class.construct.borrow_mut() = Some(Rc::new(move |interp: &mut Interp, mut args: Args| {
        args.positional.remove(0);
        make(interp, args)
    }));
    Value::Class(class)
}

/// Adds what `sqlalchemy` shows of the schema.
pub(crate) fn install(interp: &mut Interp, module: &crate::python::Module) {
    type Make = fn(&mut Interp, Args) -> PyResult<Value>;
    let makers: &[(&'static str, Make)] = &[
        ("Column", make_column),
        ("ForeignKey", make_foreign_key),
        ("Table", make_table),
        ("UniqueConstraint", items::make_unique),
        ("PrimaryKeyConstraint", items::make_primary_key),
        ("CheckConstraint", items::make_check),
        ("ForeignKeyConstraint", items::make_foreign_key_constraint),
        ("Index", items::make_index),
        ("MetaData", metadata::make),
        ("Sequence", generated::make_sequence),
        ("Identity", generated::make_identity),
        ("Computed", generated::make_computed),
    ];
    for &(name, make) in makers {
        let value = constructor(interp, name, make);
        module.dict.set(name, value);
    }
}
