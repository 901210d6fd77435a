//! Attribute access and change: slots, history, collections, events, backref mirroring.
