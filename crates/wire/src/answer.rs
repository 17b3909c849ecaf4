//! How a document is answered: once made it is kept, named by a tag, packed as the asker takes it, and sent again only to
//! who does not have it.

pub mod allowance;
pub mod asset;
pub mod coding;
pub mod condition;
pub mod exposition;
pub mod language;
pub mod limit;
pub mod probe;
pub mod shelf;
