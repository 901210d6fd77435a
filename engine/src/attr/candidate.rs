//! What is offered to a collection as a member.

use crate::error::{Error, ErrorKind, Result};
use crate::state::{Member, ObjRef};
use std::rc::Rc;

/// What a host offers to a collection as a member.
#[derive(Debug, Clone)]
pub enum Candidate {
    Object(ObjRef),
    /// `None`: a list takes it, a flush does not.
    Nothing,
    /// A value of the host's that is no mapped object; how errors call it: `'int' object`.
    Wrong(Rc<str>),
}

impl From<ObjRef> for Candidate {
    fn from(object: ObjRef) -> Self {
        Candidate::Object(object)
    }
}

impl From<&ObjRef> for Candidate {
    fn from(object: &ObjRef) -> Self {
        Candidate::Object(object.clone())
    }
}

impl From<Member> for Candidate {
    fn from(member: Member) -> Self {
        member.map_or(Candidate::Nothing, Candidate::Object)
    }
}

impl Candidate {
    /// The member it makes in an object's collection.
    ///
    /// # Errors
    ///
    /// `AttributeError`: it is no mapped object.
    pub(super) fn member(self) -> Result<Member> {
        match self {
            Candidate::Object(object) => Ok(Some(object)),
            Candidate::Nothing => Ok(None),
            Candidate::Wrong(subject) => Err(Error::new(
                ErrorKind::AttributeError,
                format!("{subject} has no attribute '_sa_instance_state'"),
            )),
        }
    }

    /// The member it makes in a list that is no object's any longer.
    pub(super) fn plain(self) -> Result<Member> {
        match self {
            Candidate::Wrong(subject) => {
                Err(Error::unsupported(format!("{subject} in a list that was replaced")))
            }
            other => other.member(),
        }
    }
}
