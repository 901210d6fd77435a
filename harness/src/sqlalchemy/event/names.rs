//! The names of the library's events, and which of them are given here.

/// What kind of target has an event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Attribute,
    Instance,
    Mapper,
    Session,
    Engine,
}

const GIVEN: &[(Family, &[&str])] = &[
    (Family::Attribute, &["set", "append", "remove", "bulk_replace", "init_scalar", "modified"]),
    (Family::Instance, &["init", "load", "refresh", "refresh_flush", "expire"]),
    (
        Family::Mapper,
        &[
            "before_insert",
            "after_insert",
            "before_update",
            "after_update",
            "before_delete",
            "after_delete",
            "mapper_configured",
            "before_configured",
            "after_configured",
            "attribute_instrument",
        ],
    ),
    (
        Family::Session,
        &[
            "before_flush",
            "after_flush",
            "after_flush_postexec",
            "before_commit",
            "after_commit",
            "after_rollback",
            "after_begin",
            "after_transaction_create",
            "after_transaction_end",
            "after_soft_rollback",
            "do_orm_execute",
            "before_attach",
            "after_attach",
            "transient_to_pending",
            "pending_to_transient",
            "persistent_to_transient",
            "pending_to_persistent",
            "detached_to_persistent",
            "loaded_as_persistent",
            "persistent_to_deleted",
            "deleted_to_persistent",
            "deleted_to_detached",
            "persistent_to_detached",
        ],
    ),
    (
        Family::Engine,
        &["connect", "before_cursor_execute", "after_cursor_execute", "begin", "commit", "rollback"],
    ),
];

const OTHERS: &[(Family, &[&str])] = &[
    (Family::Attribute, &["append_wo_mutation", "dispose_collection", "init_collection"]),
    (Family::Instance, &["first_init", "init_failure", "pickle", "unpickle"]),
    (
        Family::Mapper,
        &[
            "instrument_class",
            "before_mapper_configured",
            "after_mapper_constructed",
            "translate_row",
            "class_instrument",
            "class_uninstrument",
        ],
    ),
    (Family::Session, &["after_bulk_update", "after_bulk_delete"]),
    (
        Family::Engine,
        &[
            "before_execute",
            "after_execute",
            "handle_error",
            "engine_connect",
            "set_connection_execution_options",
            "set_engine_execution_options",
            "engine_disposed",
            "savepoint",
            "rollback_savepoint",
            "release_savepoint",
            "begin_twophase",
            "prepare_twophase",
            "rollback_twophase",
            "commit_twophase",
            "do_connect",
            "do_executemany",
            "do_execute",
            "do_execute_no_params",
            "do_setinputsizes",
            "first_connect",
            "checkout",
            "checkin",
            "reset",
            "invalidate",
            "soft_invalidate",
            "close",
            "detach",
            "close_detached",
            "dbapi_error",
        ],
    ),
];

/// Whether an event of a family is given; `None` where the library has none of that name.
pub(super) fn family(family: Family, name: &str) -> Option<bool> {
    let among =
        |table: &[(Family, &[&str])]| table.iter().any(|(of, names)| *of == family && names.contains(&name));
    if among(GIVEN) {
        Some(true)
    } else if among(OTHERS) {
        Some(false)
    } else {
        None
    }
}
