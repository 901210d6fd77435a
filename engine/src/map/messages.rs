//! What mapping and configuring say when they fail: one constructor a message.

use super::relationship::Direction;
use crate::error::{Error, ErrorKind};
use crate::sql::{Alias, FromItem};
use crate::version::{Behaviour, Profile};

/// How a mapper is called in messages: `Mapper[User(user)]`, in 1.3 and 1.4 `mapped class User->user`.
pub fn mapper_text(profile: Profile, class: &str, table: &str) -> String {
    if profile.has(Behaviour::MapperInBrackets) {
        format!("Mapper[{class}({table})]")
    } else if profile.has(Behaviour::MapperInBars) {
        format!("Mapper|{class}|{table}")
    } else {
        format!("mapped class {class}->{table}")
    }
}

/// How messages call a join that a class is mapped to; the numbers stand for addresses.
pub(crate) fn join_text(item: &FromItem) -> String {
    fn side(item: &FromItem, count: &mut u64) -> String {
        let text = match item {
            FromItem::Table(table) => table.full_name().to_string(),
            FromItem::Join(join) => {
                let left = side(&join.left, count);
                format!("Join object on {left} and {}", side(&join.right, count))
            }
            FromItem::Alias(_) | FromItem::Text(_) => String::new(),
        };
        *count += 16;
        format!("{text}({})", 140_000_000_000_000 + *count)
    }
    let FromItem::Join(join) = item else { return String::new() };
    let mut count = 0;
    let left = side(&join.left, &mut count);
    format!("Join object on {left} and {}", side(&join.right, &mut count))
}

/// How messages call a subquery that a class is mapped to.
pub fn subquery_text(profile: Profile, alias: &Alias) -> String {
    let unnamed =
        if profile.has(Behaviour::AnonymousNamesShown) { "anon_1" } else { "%(140000000000016 anon)s" };
    alias.name().unwrap_or(unnamed).to_owned()
}

fn argument(message: String) -> Error {
    Error::new(ErrorKind::ArgumentError, message)
}

fn request(message: String) -> Error {
    Error::new(ErrorKind::InvalidRequestError, message)
}

/// What a class raises whose table, or what else it is mapped to, has no key.
pub fn no_primary_key(mapper: &str, table: &str) -> Error {
    argument(format!("Mapper {mapper} could not assemble any primary key columns for mapped table '{table}'"))
}

pub(crate) fn unlocated_name(mapper: &str, name: &str, module: &str, class: &str) -> Error {
    request(format!(
        "When initializing mapper {mapper}, expression '{name}' failed to locate a name ('{name}'). If this is a \
         class name, consider adding this relationship() to the <class '{module}.{class}'> class after both \
         dependent classes have been defined."
    ))
}

pub(crate) fn several_classes(name: &str) -> Error {
    request(format!(
        "Multiple classes found for path \"{name}\" in the registry of this declarative base. Please use a fully \
         module-qualified path."
    ))
}

pub(crate) fn earlier_failure(mapper: &str, cause: &Error) -> Error {
    request(format!(
        "One or more mappers failed to initialize - can't proceed with initialization of other mappers. \
         Triggering mapper: '{mapper}'. Original exception was: {cause}"
    ))
}

pub(crate) fn backref_and_back_populates() -> Error {
    argument("backref and back_populates keyword arguments are mutually exclusive".to_owned())
}

pub(crate) fn backref_exists(key: &str, relationship: &str, mapper: &str) -> Error {
    argument(format!(
        "Error creating backref '{key}' on relationship '{relationship}': property of that name exists on mapper \
         '{mapper}'"
    ))
}

pub(crate) fn backref_secondaryjoin() -> Error {
    request("Can't assign 'secondaryjoin' on a backref against a non-secondary relationship.".to_owned())
}

pub(crate) fn no_property(profile: Profile, mapper: &str, key: &str) -> Error {
    let advice = if profile.has(Behaviour::MissingPropertyAdvises) {
        ".  If this property was indicated from other mappers or configure events, ensure registry.configure() \
         has been called."
    } else {
        ""
    };
    request(format!("Mapper '{mapper}' has no property '{key}'{advice}"))
}

pub(crate) fn back_populates_column(relationship: &str, attribute: &str) -> Error {
    request(format!(
        "back_populates on relationship '{relationship}' refers to attribute '{attribute}' that is not a \
         relationship.  The back_populates parameter should refer to the name of a relationship on the target \
         class."
    ))
}

pub(crate) fn reverse_of_another(key: &str, relationship: &str, other: &str, mapper: &str) -> Error {
    argument(format!(
        "reverse_property '{key}' on relationship {relationship} references relationship {other}, which does not \
         reference mapper {mapper}"
    ))
}

pub(crate) fn same_direction(
    profile: Profile,
    relationship: &str,
    other: &str,
    direction: Direction,
) -> Error {
    let (name, number) = match direction {
        Direction::OneToMany => ("ONETOMANY", 1),
        Direction::ManyToOne => ("MANYTOONE", 2),
        Direction::ManyToMany => ("MANYTOMANY", 3),
    };
    let direction = if profile.has(Behaviour::DirectionIsEnum) {
        format!("<RelationshipDirection.{name}: {number}>")
    } else {
        format!("symbol('{name}')")
    };
    argument(format!(
        "{relationship} and back-reference {other} are both of the same direction {direction}.  Did you mean to \
         set remote_side on the many-to-one side ?"
    ))
}

fn undetermined(relationship: &str) -> String {
    format!(
        "Could not determine join condition between parent/child tables on relationship {relationship} - "
    )
}

const ADVICE_COLUMNS: &str =
    "Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or ";

pub(crate) fn no_foreign_keys(relationship: &str, secondary: Option<&str>) -> Error {
    let start = undetermined(relationship);
    Error::new(
        ErrorKind::NoForeignKeysError,
        match secondary {
            None => format!(
                "{start}there are no foreign keys linking these tables.  {ADVICE_COLUMNS}specify a \
                 'primaryjoin' expression."
            ),
            Some(table) => format!(
                "{start}there are no foreign keys linking these tables via secondary table '{table}'.  \
                 {ADVICE_COLUMNS}specify 'primaryjoin' and 'secondaryjoin' expressions."
            ),
        },
    )
}

pub(crate) fn ambiguous_foreign_keys(relationship: &str, secondary: Option<&str>) -> Error {
    let start = undetermined(relationship);
    let list = "Specify the 'foreign_keys' argument, providing a list of those columns which should be counted \
                as containing a foreign key reference";
    Error::new(
        ErrorKind::AmbiguousForeignKeysError,
        match secondary {
            None => format!(
                "{start}there are multiple foreign key paths linking the tables.  {list} to the parent table."
            ),
            Some(table) => format!(
                "{start}there are multiple foreign key paths linking the tables via secondary table '{table}'.  \
                 {list} from the secondary table to each of the parent and child tables."
            ),
        },
    )
}

pub(crate) fn no_relevant_columns(kind: &str, condition: &str, relationship: &str) -> Error {
    argument(format!(
        "Could not locate any relevant foreign key columns for {kind} join condition '{condition}' on \
         relationship {relationship}.  {ADVICE_COLUMNS}are annotated in the join condition with the foreign() \
         annotation."
    ))
}

pub(crate) fn no_simple_equality(kind: &str, condition: &str, relationship: &str) -> Error {
    argument(format!(
        "Could not locate any simple equality expressions involving locally mapped foreign key columns for \
         {kind} join condition '{condition}' on relationship {relationship}.  {ADVICE_COLUMNS}are annotated in \
         the join condition with the foreign() annotation. To allow comparison operators other than '==', the \
         relationship can be marked as viewonly=True."
    ))
}

pub(crate) fn direction_both(relationship: &str) -> Error {
    argument(format!(
        "Can't determine relationship direction for relationship '{relationship}' - foreign key columns within \
         the join condition are present in both the parent and the child's mapped tables.  Ensure that only those \
         columns referring to a parent column are marked as foreign, either via the foreign() annotation or via \
         the foreign_keys argument."
    ))
}

pub(crate) fn direction_neither(relationship: &str) -> Error {
    argument(format!(
        "Can't determine relationship direction for relationship '{relationship}' - foreign key columns are \
         present in neither the parent nor the child's mapped tables"
    ))
}

pub(crate) fn no_pairs(relationship: &str) -> Error {
    argument(format!(
        "Relationship {relationship} could not determine any unambiguous local/remote column pairs based on join \
         condition and remote_side arguments.  Consider using the remote() annotation to accurately mark those \
         elements of the join condition that are on the remote side of the relationship."
    ))
}

pub(crate) fn secondary_is_class(relationship: &str, class: &str) -> Error {
    argument(format!(
        "secondary argument {class} passed to to relationship() {relationship} must be a Table object or other FROM \
         clause; can't send a mapped class directly as rows in 'secondary' are persisted independently of a class that \
         is mapped to that same table."
    ))
}

pub(crate) fn secondaryjoin_without_secondary(relationship: &str) -> Error {
    argument(format!(
        "Property {relationship} specified with secondary join condition but no secondary argument"
    ))
}

pub(crate) fn viewonly_cascade(cascade: &str) -> Error {
    argument(format!(
        "Cascade settings \"{cascade}\" apply to persistence operations and should not be combined with a \
         viewonly=True relationship."
    ))
}

pub(crate) fn sync_backref_and_viewonly() -> Error {
    argument("sync_backref and viewonly cannot both be True".to_owned())
}

pub(crate) fn sync_backref_viewonly_side(relationship: &str, other: &str) -> Error {
    request(format!(
        "Relationship {relationship} cannot specify sync_backref=True since {other} includes viewonly=True."
    ))
}

pub(crate) fn passive_deletes_all(relationship: &str) -> Error {
    argument(format!(
        "On {relationship}, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade"
    ))
}

/// A relationship that may have several parents cannot delete its orphans.
pub(crate) fn delete_orphan(
    profile: Profile,
    many_to_many: bool,
    relationship: &str,
    parent: &str,
    target: &str,
) -> Error {
    if !profile.has(Behaviour::OrphanRefusalExplained) {
        return argument(format!(
            "On {relationship}, delete-orphan cascade is not supported on a many-to-many or many-to-one relationship \
             when single_parent is not set.   Set single_parent=True on the relationship()."
        ));
    }
    let kind = if many_to_many { "many-to-many" } else { "many-to-one" };
    let referenced =
        if profile.has(Behaviour::OrphanIsReferencedBy) { "referenced by" } else { "referred towards by" };
    argument(format!(
        "For {kind} relationship {relationship}, delete-orphan cascade is normally configured only on the \"one\" \
         side of a one-to-many relationship, and not on the \"many\" side of a many-to-one or many-to-many \
         relationship.  To force this relationship to allow a particular \"{target}\" object to be {referenced} \
         only a single \"{parent}\" object at a time via the {relationship} relationship, which would allow \
         delete-orphan cascade to take place in this direction, set the single_parent=True flag."
    ))
    .with_code("bbf0")
}

/// Nothing says how the rows of a class's table are matched with those of the class that it inherits from.
pub(crate) fn no_inherit_condition(profile: Profile, above: &str, below: &str) -> Error {
    let text = if profile.has(Behaviour::InheritConditionExplained) {
        format!(
            "Can't determine the inherit condition between inherited table '{above}' and inheriting table '{below}'; \
             tables have no foreign key relationships established.  Please ensure the inheriting table has a foreign \
             key relationship to the inherited table, or provide an 'on clause' using the 'inherit_condition' mapper \
             argument."
        )
    } else {
        format!("Can't find any foreign key relationships between '{above}' and '{below}'.")
    };
    Error::new(ErrorKind::NoForeignKeysError, text)
}

/// Several foreign keys lead from a class's table to that of the class that it inherits from.
pub(crate) fn ambiguous_inherit_condition(profile: Profile, above: &str, below: &str) -> Error {
    let text = if profile.has(Behaviour::InheritConditionExplained) {
        format!(
            "Can't determine the inherit condition between inherited table '{above}' and inheriting table '{below}'; \
             tables have more than one foreign key relationship established.  Please specify the 'on clause' using \
             the 'inherit_condition' mapper argument."
        )
    } else {
        format!(
            "Can't determine join between '{above}' and '{below}'; tables have more than one foreign key constraint \
             relationship between them. Please specify the 'onclause' of this join explicitly."
        )
    };
    Error::new(ErrorKind::AmbiguousForeignKeysError, text)
}

/// A class says that its own column is a property of its own, under the name of an inherited one.
pub(crate) fn implicitly_combined(first: &str, second: &str, key: &str) -> Error {
    Error::new(
        ErrorKind::InvalidRequestError,
        format!(
            "Implicitly combining column {first} with column {second} under attribute '{key}'.  Please configure one \
             or more attributes for these same-named columns explicitly."
        ),
    )
}
