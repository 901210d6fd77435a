//! Flush: plan, order, dependency processors, persistence.
