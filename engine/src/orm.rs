//! Everything one world's engine owns: mappers, object states, sessions, database engines, log.

use crate::attr::Hooks;
use crate::db::{Clock, Databases};
use crate::event::Events;
use crate::load::Waiting;
use crate::map::Mappers;
use crate::session::{SessionHooks, Sessions};
use crate::state::States;
use crate::version::Profile;
use std::rc::Rc;

/// One world's engine. Independent worlds share nothing.
#[derive(Debug)]
pub struct Orm {
    pub profile: Profile,
    pub databases: Databases,
    pub mappers: Mappers,
    pub states: States,
    /// Who is told of what happens.
    pub events: Events,
    pub sessions: Sessions,
    /// What attribute events reach: the sessions' cascades.
    pub hooks: Rc<dyn Hooks>,
    /// How many immediate loads are under way, one within another.
    pub(crate) loads_within: usize,
    /// What the loads that follow a query have left for the next generation.
    pub(crate) waiting: Option<Waiting>,
}

impl Orm {
    /// An engine with a clock of its own.
    pub fn new(profile: Profile) -> Self {
        Orm::with_clock(profile, Clock::default())
    }

    /// An engine that reads this clock.
    pub fn with_clock(profile: Profile, clock: Clock) -> Self {
        Orm {
            profile,
            databases: Databases::with_clock(clock),
            mappers: Mappers::default(),
            states: States::default(),
            events: Events::default(),
            sessions: Sessions::default(),
            hooks: Rc::new(SessionHooks),
            loads_within: 0,
            waiting: None,
        }
    }
}
