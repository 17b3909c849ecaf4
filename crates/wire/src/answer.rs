//! How a document is answered: once made it is kept, named by a tag, and sent again only to who does not have it.

pub mod condition;
pub mod probe;
pub mod shelf;
