//! What the library warns of: one constructor a message, all of them here.
//!
//! Whether a warning is shown, dropped or raised is the host's to decide; every one goes through [`Cx::warn`].

use crate::error::Result;
use crate::host::Cx;
use crate::version::{Behaviour, Profile};

/// The class of a warning, named as the library names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Category {
    SAWarning,
    /// Of what a later release no longer has.
    SADeprecationWarning,
    /// Of what 2.0 keeps, but would rather have written otherwise.
    LegacyAPIWarning,
    /// Of what 2.0 has in another place.
    MovedIn20Warning,
    /// Of what 2.0 no longer has.
    RemovedIn20Warning,
}

impl Category {
    /// The class's name in `sqlalchemy.exc`.
    pub const fn name(self) -> &'static str {
        match self {
            Category::SAWarning => "SAWarning",
            Category::SADeprecationWarning => "SADeprecationWarning",
            Category::LegacyAPIWarning => "LegacyAPIWarning",
            Category::MovedIn20Warning => "MovedIn20Warning",
            Category::RemovedIn20Warning => "RemovedIn20Warning",
        }
    }
}

/// One warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub category: Category,
    pub message: String,
    /// The documentation code that the library appends, e.g. `qzyx`.
    pub code: Option<&'static str>,
}

impl Warning {
    fn new(message: impl Into<String>) -> Self {
        Warning { category: Category::SAWarning, message: message.into(), code: None }
    }

    /// Statements with values of a type are not cached; `kind` is the class of such types, `shown` the type.
    pub(crate) fn type_uncached(profile: Profile, kind: &str, shown: &str) -> Self {
        let message = if profile.has(Behaviour::UncachedTypesExplained) {
            format!(
                "{kind} {shown} will not produce a cache key because the ``cache_ok`` attribute is not set to True.  \
                 This can have significant performance implications including some performance degradations in \
                 comparison to prior SQLAlchemy versions.  Set this attribute to True if this type object's state is \
                 safe to use in a cache key, or False to disable this warning."
            )
        } else {
            format!(
                "{kind} {shown} will not produce a cache key because the ``cache_ok`` flag is not set to True.  Set \
                 this flag to True if this type object's state is safe to use in a cache key, or False to disable \
                 this warning."
            )
        };
        Warning { code: Some("cprf"), ..Warning::new(message) }
    }

    pub(crate) fn stale_collection() -> Self {
        Warning::new("This collection has been invalidated.")
    }

    pub(crate) fn several_rows(attribute: &str) -> Self {
        Warning::new(format!(
            "Multiple rows returned with uselist=False for lazily-loaded attribute '{attribute}' "
        ))
    }

    /// `object` and `holder` as messages name objects, `key` as it prints.
    pub(crate) fn identity_conflict(object: &str, key: &str, holder: &str) -> Self {
        Warning::new(format!(
            "New instance {object} with identity key {key} conflicts with persistent instance {holder}"
        ))
    }

    /// What was done to a session between the failure of its transaction and `rollback()`.
    pub(crate) fn changed_since_failure() -> Self {
        Warning::new(
            "Session's state has been changed on a non-active transaction - this state will be discarded.",
        )
    }

    pub(crate) fn rows_not_deleted(table: &str, expected: i64, matched: i64) -> Self {
        Warning::new(format!(
            "DELETE statement on table '{table}' expected to delete {expected} row(s); {matched} were matched.  \
             Please set confirm_deleted_rows=False within the mapper configuration to prevent this warning."
        ))
    }

    /// An object that a flush comes to along a relationship is in no session; `end` is how the sentence ends.
    pub(crate) fn not_in_session(class: &str, operation: &str, attribute: &str, end: &str) -> Self {
        Warning::new(format!(
            "Object of type <{class}> not in session, {operation} operation along '{attribute}' {end}"
        ))
    }

    pub(crate) fn changed_in_flush(what: &str) -> Self {
        Warning::new(format!(
            "Usage of the '{what}' operation is not currently supported within the execution stage of the flush \
             process. Results may not be consistent.  Consider using alternative event listeners or \
             connection-level operations instead."
        ))
    }

    pub(crate) fn merged_again(object: &str) -> Self {
        Warning::new(format!(
            "Instance {object} is already pending in this Session yet is being merged again; this is probably not \
             what you want to do"
        ))
    }

    /// A class of a name that the registry has already, `module.Name`.
    pub fn namesake(class: &str) -> Self {
        Warning::new(format!(
            "This declarative base already contains a class with the same class name and module name as {class}, \
             and will be replaced in the string-lookup table."
        ))
    }

    /// An argument of a `viewonly` relationship that speaks of writing.
    pub fn no_effect_viewonly(argument: &str) -> Self {
        Warning::new(format!(
            "Setting {argument} on relationship() while also setting viewonly=True does not make sense, as a \
             viewonly=True relationship does not perform persistence operations. This configuration may raise an \
             error in a future release."
        ))
    }

    /// The cascade of orphans without the one of deletes.
    pub fn orphans_without_delete() -> Self {
        Warning::new("The 'delete-orphan' cascade option requires 'delete'.")
    }

    pub(crate) fn null_identity() -> Self {
        Warning::new(
            "fully NULL primary key identity cannot load any object.  This condition may raise an error in a \
             future release.",
        )
    }

    /// Relationships that write one column; `others` are their names, keys and source columns.
    pub(crate) fn overlapping(
        profile: Profile,
        name: &str,
        copied: (&str, &str),
        others: &[(String, String, String)],
    ) -> Self {
        let (from, to) = copied;
        let mut told: Vec<String> =
            others.iter().map(|(other, _, source)| format!("'{other}' (copies {source} to {to})")).collect();
        told.sort_unstable();
        let told = told.join(", ");
        let begin = format!(
            "relationship '{name}' will copy column {from} to column {to}, which conflicts with relationship(s): {told}. "
        );
        if !profile.has(Behaviour::OverlapsParameter) {
            return Warning::new(format!(
                "{begin}Consider applying viewonly=True to read-only relationships, or provide a primaryjoin \
                 condition marking writable columns with the foreign() annotation."
            ));
        }
        let mut keys: Vec<&str> = others.iter().map(|(_, key, _)| &**key).collect();
        keys.sort_unstable();
        let message = format!(
            "{begin}If this is not the intention, consider if these relationships should be linked with \
             back_populates, or if viewonly=True should be applied to one or more if they are read-only. For the \
             less common case that foreign key constraints are partially overlapping, the orm.foreign() annotation \
             can be used to isolate the columns that should be written towards.   To silence this warning, add the \
             parameter 'overlaps=\"{}\"' to the '{name}' relationship.",
            keys.join(",")
        );
        Warning { code: Some("qzyx"), ..Warning::new(message) }
    }

    /// An object came into a session along a backref, as it does not from 2.0 on.
    pub(crate) fn backref_cascade(class: &str, attribute: &str) -> Self {
        Warning {
            category: Category::RemovedIn20Warning,
            message: format!(
                "\"{class}\" object is being merged into a Session along the backref cascade path for relationship \
                 \"{attribute}\"; in SQLAlchemy 2.0, this reverse cascade will not take place.  Set \
                 cascade_backrefs to False in either the relationship() or backref() function for the 2.0 \
                 behavior; or to set globally for the whole Session, set the future=True flag"
            ),
            code: Some("s9r1"),
        }
    }
}

impl Cx<'_> {
    /// Tells the host of a warning.
    ///
    /// # Errors
    ///
    /// The warning itself, where the host takes it for an error.
    pub fn warn(&mut self, mut warning: Warning) -> Result<()> {
        if crate::session::is_autoflushing(self.orm) && self.orm.profile.has(Behaviour::AutoflushWarningsTold)
        {
            let advice = if self.orm.profile.has(Behaviour::AutoflushWarningsAdvise) {
                " Consider using ``no_autoflush`` context manager if this warning happened while initializing \
                 objects."
            } else {
                ""
            };
            warning.message.push_str(&format!(
                " (This warning originated from the Session 'autoflush' process, which was invoked automatically \
                 in response to a user-initiated operation.{advice})"
            ));
        }
        self.host.warn(&warning)
    }
}
