//! Where workerd keeps the objects of the worker on disk: which file is whose.
//!
//! An object that is asked for by its name has an identifier that follows from it (workerd,
//! `src/workerd/server/actor-id-impl.c++`): the first half is an HMAC-SHA256 of the name, the second one of the first half;
//! the key is the SHA-256 of the class's `uniqueKey`.

use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The folders of a data folder that workerd writes to: the objects of the worker, and those of the clock that wakes it.
pub const STORES: [&str; 2] = ["objects", "cron"];
/// A file beside the objects that is given up when the disk is full.
pub const RESERVE: &str = "reserve";

/// The `uniqueKey` of the class whose objects are targets; each is asked for by its slug.
pub const TARGETS: &str = "dualwatch-target-v1";
/// That of the directory.
pub const DIRECTORY: &str = "dualwatch-directory-v1";
/// The name of the only object of that class.
pub const DIRECTORY_NAME: &str = "directory";

/// How a database's file name ends.
pub const ENDING: &str = ".sqlite";

/// Returns the path of an object's database below the folder of all objects, such as
/// `dualwatch-target-v1/6748b5d9....sqlite`.
pub fn file(class: &str, name: &str) -> String {
    format!("{class}/{}{ENDING}", id(class, name))
}

/// Returns the identifier of an object, in hexadecimal.
pub fn id(class: &str, name: &str) -> String {
    let key = Sha256::digest(class);
    let half = |message: &[u8]| {
        // HMAC takes keys of any length (RFC 2104 section 2).
        let mac = Hmac::<Sha256>::new_from_slice(&key).map(|mac| mac.chain_update(message).finalize().into_bytes());
        mac.map(|bytes| bytes[..16].to_vec()).unwrap_or_default()
    };
    let first = half(name.as_bytes());
    let second = half(&first);
    first.iter().chain(&second).fold(String::new(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}"); // Writing to a String does not fail.
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As workerd 1.20261117.1 has named them.
    #[test]
    fn files_are_named_as_workerd_does() {
        assert_eq!(
            file(TARGETS, "t0"),
            "dualwatch-target-v1/6748b5d9fa3760a2a78ae181fc396c440547484702203655cbdc6293ac194d8c.sqlite"
        );
        assert_eq!(id(DIRECTORY, DIRECTORY_NAME), "a0ab651f07e9f91d6ac87e23eda14075f24842ecb561a233ff80b7ff56f34ef0");
    }
}
