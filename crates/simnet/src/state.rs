//! What a lab keeps on disk, so that a restart has the same CA, certificates and ports.

use crate::authority::Authority;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, io, io::Write, path::Path};

/// The file in a lab's directory.
pub const STATE_FILE: &str = "lab-state.json";
const VERSION: u32 = 1;

/// The kept part of a lab. It holds private keys: its file is for the owner only.
#[derive(Serialize, Deserialize)]
pub struct State {
    version: u32,
    pub(crate) authority: Authority,
    /// By service key; `@dns` and `@doh` are the resolver's.
    pub(crate) ports: BTreeMap<String, u16>,
}

impl State {
    pub fn new() -> io::Result<Self> {
        Ok(Self { version: VERSION, authority: Authority::new()?, ports: BTreeMap::new() })
    }

    /// Returns the state kept in a directory, or a new one where none is kept yet.
    ///
    /// A file that cannot be read as state is an error, never silently replaced: others may trust its CA.
    pub fn load(dir: &Path) -> io::Result<Self> {
        let path = dir.join(STATE_FILE);
        let text = match fs::read(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Self::new(),
            other => other?,
        };
        let not_ours = |why: &dyn std::fmt::Display| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}; delete it to begin anew", path.display()))
        };
        let state: Self = serde_json::from_slice(&text).map_err(|e| not_ours(&e))?;
        if state.version != VERSION {
            return Err(not_ours(&format!("state of version {}", state.version)));
        }
        Ok(state)
    }

    /// Writes the state whole or not at all.
    pub fn save(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)?;
        let staged = dir.join(format!("{STATE_FILE}.new"));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&staged)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        fs::rename(staged, dir.join(STATE_FILE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_for_the_owner_only_and_a_broken_file_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let mut state = State::load(dir.path()).unwrap();
        state.ports.insert("web".into(), 8080);
        state.save(dir.path()).unwrap();
        let path = dir.path().join(STATE_FILE);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        let restored = State::load(dir.path()).unwrap();
        assert_eq!(restored.ports, state.ports);
        assert_eq!(restored.authority.ca_pem(), state.authority.ca_pem());

        fs::write(&path, "{}").unwrap();
        let error = State::load(dir.path()).err().unwrap();
        assert!(error.to_string().contains("delete it"), "{error}");
    }
}
