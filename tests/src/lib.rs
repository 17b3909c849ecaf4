//! What the suites share: the table of causes as a lab and a configuration, faulty networks, a worker on real workerd,
//! the program, and a receiver of webhooks.

pub mod front;
pub mod namespace;
pub mod network;
pub mod program;
<<<<<<< HEAD
pub mod receiver;
=======
pub mod sentences;
>>>>>>> 68e9e79 (Give every failure a sentence with address and time, and keep the sentences in a file to be read)
pub mod table;
pub mod worker;
