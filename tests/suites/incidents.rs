//! Incidents end to end on real workerd.
