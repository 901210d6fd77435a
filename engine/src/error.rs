//! Engine errors: kinds named after SQLAlchemy's exception classes, one constructor a message.
//!
//! Messages are what the real library prints for the profile in force. Python never appears here: the host
//! turns a kind into its exception class.

use crate::state::ObjRef;
use std::any::Any;
use std::fmt;
use std::rc::Rc;

/// Where messages say that an object of the library is which does not exist here; readers of messages pass over it.
pub(crate) const ELSEWHERE: &str = "0x7f4b5c0a1d30";

/// `Result` of engine operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The class of an error, named after SQLAlchemy's exception class or, where the library raises one, a builtin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    ArgumentError,
    ConstraintColumnNotFoundError,
    AmbiguousForeignKeysError,
    NoForeignKeysError,
    NoReferencedTableError,
    NoReferencedColumnError,
    CompileError,
    StatementError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    DataError,
    DatabaseError,
    InternalError,
    InterfaceError,
    InvalidRequestError,
    PendingRollbackError,
    NoInspectionAvailable,
    NoResultFound,
    NoSuchColumnError,
    MultipleResultsFound,
    ResourceClosedError,
    CircularDependencyError,
    UnboundExecutionError,
    LoaderStrategyException,
    ObjectDereferencedError,
    UnmappedClassError,
    UnmappedColumnError,
    UnmappedInstanceError,
    DetachedInstanceError,
    ObjectDeletedError,
    StaleDataError,
    FlushError,
    /// Built-in exceptions that the library raises itself.
    TypeError,
    ValueError,
    AttributeError,
    KeyError,
    IndexError,
    NotImplementedError,
    AssertionError,
    RuntimeError,
    OverflowError,
    /// Raised by the host inside a callback; the payload is the host's own.
    Host,
    /// Not a behaviour of the library: something the engine does not do, or a bound that was passed.
    Unsupported,
}

/// An engine error. Boxed, so that results stay small.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    detail: String,
    /// The documentation code the real library appends as `(Background on this error at: …)`, e.g. `gkpj`.
    code: Option<&'static str>,
    source: Option<Error>,
    payload: Option<Rc<dyn Any>>,
}

impl Error {
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Error(Box::new(Inner { kind, detail: detail.into(), code: None, source: None, payload: None }))
    }

    /// Something the engine does not do; `what` stands by itself.
    pub fn unsupported(what: impl Into<String>) -> Self {
        Error::new(ErrorKind::Unsupported, what)
    }

    /// An exception of the host passing through the engine.
    pub fn host(payload: Rc<dyn Any>) -> Self {
        let mut error = Error::new(ErrorKind::Host, "");
        error.0.payload = Some(payload);
        error
    }

    /// A `KeyError` of an object, which a host shows as the object shows itself.
    pub fn no_member(object: &ObjRef) -> Self {
        Error::new(ErrorKind::KeyError, "").with_payload(Rc::new(object.clone()))
    }

    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.0.code = Some(code);
        self
    }

    #[must_use]
    pub fn with_source(mut self, source: Error) -> Self {
        self.0.source = Some(source);
        self
    }

    /// Attaches a value the host wants back with the error, such as the driver's own exception.
    #[must_use]
    pub fn with_payload(mut self, payload: Rc<dyn Any>) -> Self {
        self.0.payload = Some(payload);
        self
    }

    /// The same error with a remark before its message.
    #[must_use]
    pub fn with_remark(mut self, remark: &str) -> Self {
        self.0.detail = format!("({remark})\n{}", self.0.detail);
        self
    }

    /// Whether the error is one of a statement: what the driver said, or a parameter that it cannot have.
    pub fn is_of_statement(&self) -> bool {
        use ErrorKind as Kind;
        matches!(
            self.0.kind,
            Kind::StatementError
                | Kind::IntegrityError
                | Kind::OperationalError
                | Kind::ProgrammingError
                | Kind::DataError
                | Kind::DatabaseError
                | Kind::InternalError
                | Kind::InterfaceError
        )
    }

    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message without the background link.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    pub fn code(&self) -> Option<&'static str> {
        self.0.code
    }

    pub fn payload(&self) -> Option<&Rc<dyn Any>> {
        self.0.payload.as_ref()
    }

    pub fn source_error(&self) -> Option<&Error> {
        self.0.source.as_ref()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.0.kind, self.0.detail)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}
