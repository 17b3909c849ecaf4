//! The parts of pages: functions from what is to be shown to a view. None of them fetches.

pub mod branding;
mod footer;
pub mod incidents;
mod line;
pub mod markup;
mod overview;
mod services;
mod target;
pub mod timeline;
mod vantages;

pub use footer::footer;
pub use incidents::incidents;
pub use overview::overview;
pub use services::services;
pub use vantages::vantages;
