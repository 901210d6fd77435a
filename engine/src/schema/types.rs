//! Types of columns and expressions.
//!
//! A type is a value: two columns of type `String(30)` have equal types. How values of a type are stored and read
//! back is `db`'s matter, how a type is spelled in DDL is `sql::compile`'s.

use super::host_type::HostType;
use std::rc::Rc;

/// The type of a column or expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SqlType {
    /// No type known (`NullType`).
    #[default]
    Null,
    Integer,
    SmallInteger,
    BigInteger,
    String(Option<u32>),
    Unicode(Option<u32>),
    Text(Option<u32>),
    UnicodeText(Option<u32>),
    DateTime {
        timezone: bool,
    },
    Date,
    Time {
        timezone: bool,
    },
    Interval,
    Boolean,
    Float {
        precision: Option<u32>,
        asdecimal: bool,
    },
    Double,
    Numeric {
        precision: Option<u32>,
        scale: Option<u32>,
        asdecimal: bool,
    },
    LargeBinary(Option<u32>),
    Json,
    /// An index into a JSON value, or the way to one: bound as SQLite's `$."key"[1]`.
    JsonPath,
    Uuid {
        as_uuid: bool,
    },
    Enum(Rc<EnumType>),
    /// A list of values of one type, which SQLite does not have.
    Array(Rc<ArrayType>),
    /// A type whose values the host converts.
    Host(HostType),
    /// A type named as SQL names it (`VARCHAR(30)`), which prints and reads as the generic type it stands for.
    Sql {
        name: &'static str,
        generic: Rc<SqlType>,
    },
}

/// What an `Enum` was made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnumType {
    /// The stored names, in order.
    pub names: Vec<Rc<str>>,
    /// The type's own name, for databases that have such types and for its constraint.
    pub name: Option<Rc<str>>,
    pub length: Option<u32>,
    pub native_enum: bool,
    pub create_constraint: bool,
    /// Which host class the names stand for; rows are turned into its members by the host.
    pub class_name: Option<Rc<str>>,
}

/// What an `ARRAY` was made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArrayType {
    pub item: SqlType,
    pub dimensions: u32,
}

/// What operators do with values of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affinity {
    Null,
    Integer,
    Numeric,
    String,
    Boolean,
    Date,
    DateTime,
    Time,
    Interval,
    Binary,
    Other,
}

impl SqlType {
    /// The generic type that a type named as SQL names it stands for; others are their own.
    pub fn generic(&self) -> &SqlType {
        match self {
            SqlType::Sql { generic, .. } => generic,
            SqlType::Host(host) => host.args().generic.generic(),
            other => other,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, SqlType::Null)
    }

    /// The family the type's operators belong to.
    pub fn affinity(&self) -> Affinity {
        match self.generic() {
            SqlType::Null => Affinity::Null,
            SqlType::Integer | SqlType::SmallInteger | SqlType::BigInteger => Affinity::Integer,
            SqlType::String(_)
            | SqlType::Unicode(_)
            | SqlType::Text(_)
            | SqlType::UnicodeText(_)
            | SqlType::Enum(_) => Affinity::String,
            SqlType::DateTime { .. } => Affinity::DateTime,
            SqlType::Date => Affinity::Date,
            SqlType::Time { .. } => Affinity::Time,
            SqlType::Interval => Affinity::Interval,
            SqlType::Boolean => Affinity::Boolean,
            SqlType::Float { .. } | SqlType::Double | SqlType::Numeric { .. } => Affinity::Numeric,
            SqlType::LargeBinary(_) => Affinity::Binary,
            SqlType::Json
            | SqlType::JsonPath
            | SqlType::Uuid { .. }
            | SqlType::Array(_)
            | SqlType::Host(_)
            | SqlType::Sql { .. } => Affinity::Other,
        }
    }

    /// Whether an attribute that was set to nothing is bound, and one that was never set left out of an insert.
    pub fn evaluates_none(&self) -> bool {
        matches!(self, SqlType::Host(host) if host.args().evaluates_none)
    }

    /// Whether the type's affinity is an integer's, as an autoincrementing key needs.
    pub fn is_integer(&self) -> bool {
        self.affinity() == Affinity::Integer
    }

    /// The class's name: `Integer`, `String`.
    pub fn class_name(&self) -> &'static str {
        match self {
            SqlType::Null => "NullType",
            SqlType::Integer => "Integer",
            SqlType::SmallInteger => "SmallInteger",
            SqlType::BigInteger => "BigInteger",
            SqlType::String(_) => "String",
            SqlType::Unicode(_) => "Unicode",
            SqlType::Text(_) => "Text",
            SqlType::UnicodeText(_) => "UnicodeText",
            SqlType::DateTime { .. } => "DateTime",
            SqlType::Date => "Date",
            SqlType::Time { .. } => "Time",
            SqlType::Interval => "Interval",
            SqlType::Boolean => "Boolean",
            SqlType::Float { .. } => "Float",
            SqlType::Double => "Double",
            SqlType::Numeric { .. } => "Numeric",
            SqlType::LargeBinary(_) => "LargeBinary",
            SqlType::Json => "JSON",
            SqlType::JsonPath => "JSONPathType",
            SqlType::Uuid { .. } => "Uuid",
            SqlType::Enum(_) => "Enum",
            SqlType::Array(_) => "ARRAY",
            SqlType::Sql { name, .. } => name,
            SqlType::Host(host) => host.args().class_name.unwrap_or_else(|| host.args().generic.class_name()),
        }
    }

    /// As `str()` shows it: the name in DDL.
    pub fn text(&self) -> String {
        crate::sql::compile::types::name(self).unwrap_or_else(|_| "NULL".to_owned())
    }

    /// As `repr()` shows it: `String(length=30)`.
    pub fn repr(&self) -> String {
        let mut arguments: Vec<String> = Vec::new();
        let mut given = |name: &str, value: Option<u32>| {
            if let Some(value) = value {
                arguments.push(format!("{name}={value}"));
            }
        };
        match self {
            SqlType::Host(host) => return host.args().repr.to_string(),
            SqlType::Sql { name, generic } => {
                let inner = generic.repr();
                let arguments = inner.find('(').map_or("()", |start| &inner[start..]);
                return format!("{name}{arguments}");
            }
            SqlType::String(length)
            | SqlType::Unicode(length)
            | SqlType::Text(length)
            | SqlType::UnicodeText(length)
            | SqlType::LargeBinary(length) => given("length", *length),
            SqlType::Float { precision, asdecimal } => {
                given("precision", *precision);
                if *asdecimal {
                    arguments.push("asdecimal=True".to_owned());
                }
            }
            SqlType::Numeric { precision, scale, asdecimal } => {
                given("precision", *precision);
                given("scale", *scale);
                if !*asdecimal {
                    arguments.push("asdecimal=False".to_owned());
                }
            }
            SqlType::Array(of) => {
                arguments.push(of.item.repr());
                if of.dimensions > 0 {
                    arguments.push(format!("dimensions={}", of.dimensions));
                }
            }
            SqlType::Uuid { as_uuid: false } => arguments.push("as_uuid=False".to_owned()),
            SqlType::DateTime { timezone: true } | SqlType::Time { timezone: true } => {
                arguments.push("timezone=True".to_owned());
            }
            SqlType::Enum(of) => {
                for name in &of.names {
                    arguments.push(crate::value::repr::text(name));
                }
                if let Some(name) = &of.name {
                    arguments.push(format!("name={}", crate::value::repr::text(name)));
                }
                if !of.native_enum {
                    arguments.push("native_enum=False".to_owned());
                }
            }
            _ => {}
        }
        format!("{}({})", self.class_name(), arguments.join(", "))
    }
}
