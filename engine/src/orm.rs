//! Everything one world's engine owns: mappers, object states, sessions, database engines, log.

use crate::db::Databases;
use crate::map::Mappers;
use crate::session::Sessions;
use crate::state::States;
use crate::version::Profile;

/// One world's engine. Independent worlds share nothing.
#[derive(Debug)]
pub struct Orm {
    pub profile: Profile,
    pub databases: Databases,
    pub mappers: Mappers,
    pub states: States,
    pub sessions: Sessions,
}

impl Orm {
    pub fn new(profile: Profile) -> Self {
        Orm {
            profile,
            databases: Databases::default(),
            mappers: Mappers::default(),
            states: States::default(),
            sessions: Sessions::default(),
        }
    }
}
