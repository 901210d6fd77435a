//! Attributes that have no value of their own: another name for one of their class, or an object made of several.
//!
//! Loaders and flushes do not see them; what they stand for is loaded and written.

use super::mapper::{Mapper, Mappers};
use super::{Key, MapperId};
use crate::error::Result;
use crate::host::Cx;
use crate::schema::Column;
use crate::value::Value;
use std::any::Any;
use std::fmt;
use std::rc::Rc;

/// Such an attribute.
#[derive(Debug, Clone)]
pub enum Descriptor {
    Synonym(Synonym),
    Composite(Rc<Composite>),
}

/// `synonym()`: another name for an attribute.
#[derive(Clone)]
pub struct Synonym {
    pub target: Key,
    /// What the host has on instances in its place.
    pub host: Option<Rc<dyn Any>>,
}

impl fmt::Debug for Synonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Synonym({})", self.target)
    }
}

/// How the host makes an object of values, and takes it apart.
pub trait CompositeClass: fmt::Debug {
    /// # Errors
    ///
    /// What the host raises.
    fn make(&self, cx: &mut Cx<'_>, values: Vec<Value>) -> Result<Value>;

    /// # Errors
    ///
    /// What the host raises, for a value that is no such object too.
    fn split(&self, cx: &mut Cx<'_>, value: &Value) -> Result<Vec<Value>>;

    fn as_any(&self) -> &dyn Any;
}

/// `composite()`: an object made of several attributes.
#[derive(Debug)]
pub struct Composite {
    pub key: Key,
    pub parts: Vec<Key>,
    /// It is `None` where all parts are, as its annotation says.
    pub optional: bool,
    pub class: Rc<dyn CompositeClass>,
}

/// One part of a composite as it was declared.
#[derive(Debug, Clone)]
pub enum CompositePart {
    Key(Key),
    Column(Column),
}

/// `composite()` as it was declared.
#[derive(Debug, Clone)]
pub struct CompositeSpec {
    pub parts: Vec<CompositePart>,
    pub optional: bool,
    pub class: Rc<dyn CompositeClass>,
}

/// One of them, and how many properties the class had before it.
#[derive(Debug, Clone)]
pub struct Placed {
    pub before: usize,
    pub descriptor: Descriptor,
}

impl CompositeSpec {
    /// With the attributes that stand for its columns.
    pub(super) fn resolve(self, key: Key, mapper: &Mapper) -> Result<Composite> {
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            parts.push(match part {
                CompositePart::Key(key) => key,
                CompositePart::Column(column) => mapper.key_of(&column).cloned().ok_or_else(|| {
                    crate::Error::unsupported("a composite of a column that its class does not map")
                })?,
            });
        }
        Ok(Composite { key, parts, optional: self.optional, class: self.class })
    }
}

impl Mapper {
    /// The names of all attributes, in the order in which the real library keeps them.
    pub fn attribute_keys(&self) -> Vec<Key> {
        let mut descriptors = self.descriptors.iter().peekable();
        let mut keys = Vec::new();
        for (at, key) in self.properties.keys().enumerate() {
            while let Some((name, _)) = descriptors.next_if(|(_, placed)| placed.before <= at) {
                keys.push(Rc::clone(name));
            }
            keys.push(Rc::clone(key));
        }
        keys.extend(descriptors.map(|(name, _)| Rc::clone(name)));
        keys
    }

    /// As [`Mapper::attribute_keys`], of those that objects have.
    pub fn shown_keys(&self) -> Vec<Key> {
        let hidden = self.discriminating().filter(|property| property.hidden).map(|property| &property.key);
        let mut keys = self.attribute_keys();
        keys.retain(|key| hidden != Some(key));
        keys
    }

    /// The attribute of this name that has no value of its own.
    pub fn descriptor(&self, key: &str) -> Option<&Descriptor> {
        self.descriptors.get(key).map(|placed| &placed.descriptor)
    }

    /// Composites that some of these attributes are parts of; all of them where `keys` is `None`.
    pub fn composites_of(&self, keys: Option<&[Key]>) -> Vec<Rc<Composite>> {
        let mut found = Vec::new();
        for placed in self.descriptors.values() {
            if let Descriptor::Composite(composite) = &placed.descriptor
                && keys.is_none_or(|keys| composite.parts.iter().any(|part| keys.contains(part)))
            {
                found.push(Rc::clone(composite));
            }
        }
        found
    }
}

impl Mappers {
    /// The attribute that a name stands for, through synonyms.
    pub fn unaliased(&self, mapper: MapperId, key: &Key) -> Key {
        let mut key = Rc::clone(key);
        for _ in 0..self.get(mapper).descriptors.len() {
            match self.get(mapper).descriptor(&key) {
                Some(Descriptor::Synonym(synonym)) => key = Rc::clone(&synonym.target),
                _ => break,
            }
        }
        key
    }
}
