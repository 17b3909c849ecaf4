//! What is done about a bad period: the incident, its report, announced maintenance, and the notices.

pub mod delivery;
pub mod incident;
pub mod maintenance;
pub mod report;
