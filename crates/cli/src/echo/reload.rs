//! The certificate that is shown: read again when its files change, kept where what they hold now is of no use.

use super::certificate::{self, File};
use rustls::{
    crypto::CryptoProvider,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

/// How often the files are looked at. Those who replace a certificate write two files, one after the other.
const EVERY: Duration = Duration::from_secs(2);

/// What the files held: each, or why it cannot be read.
type Read = [Result<File, String>; 2];

#[derive(Debug)]
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
}

impl ResolvesServerCert for Certificate {
    /// Every name is answered with the same one: which names it has is the operator's affair.
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Certificate {
    /// Returns the certificate of these files.
    ///
    /// # Errors
    /// What is wrong with them, with its place.
    pub fn open(chain: PathBuf, key: PathBuf, provider: Arc<CryptoProvider>) -> Result<(Self, Seen), String> {
        let read = [File::read(&chain), File::read(&key)];
        let current = load(&read, &provider)?;
        let this = Self { chain, key, provider, current: RwLock::new(Arc::new(current)) };
        Ok((this, Seen { loaded: read.clone(), newest: read, is_told: false }))
    }

    /// Looks at the files for as long as it is polled, and tells what becomes of a change.
    pub async fn watch(&self, mut seen: Seen, mut tell: impl FnMut(News)) {
        loop {
            tokio::time::sleep(EVERY).await;
            let read = [File::read(&self.chain), File::read(&self.key)];
            if let Some(news) = seen.look(read, |read| self.take(read)) {
                tell(news);
            }
        }
    }

    fn take(&self, read: &Read) -> Result<(), String> {
        let loaded = Arc::new(load(read, &self.provider)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }
}

fn load(read: &Read, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
    let [chain, key] = read;
    certificate::load(chain.as_ref().map_err(Clone::clone)?, key.as_ref().map_err(Clone::clone)?, provider)
}

/// What became of a change.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    Loaded,
    /// What is there now is of no use, and why.
    Kept(String),
}

/// What was seen in the files so far.
#[derive(Debug)]
pub struct Seen {
    loaded: Read,
    newest: Read,
    is_told: bool,
}

impl Seen {
    /// Decides what becomes of what is in the files now. What is of no use is told once, and only when it has stayed so
    /// until the next look: somebody may be between writing the one file and the other.
    fn look(&mut self, read: Read, take: impl FnOnce(&Read) -> Result<(), String>) -> Option<News> {
        let is_new = read != self.newest;
        if is_new {
            self.newest.clone_from(&read);
            self.is_told = false;
        }
        if read == self.loaded || self.is_told {
            return None;
        }
        match take(&read) {
            Ok(()) => {
                self.loaded = read;
                Some(News::Loaded)
            }
            Err(_) if is_new => None,
            Err(why) => {
                self.is_told = true;
                Some(News::Kept(why))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chain: &str, key: &str) -> Read {
        [chain, key].map(|text| Ok(File { name: "a.pem".to_owned(), bytes: text.as_bytes().to_vec() }))
    }

    /// Certificate and key belong together where they have the same text.
    fn take(read: &Read) -> Result<(), String> {
        match read {
            [Ok(chain), Ok(key)] if chain.bytes == key.bytes => Ok(()),
            _ => Err("a.pem:1: of another key".to_owned()),
        }
    }

    #[test]
    fn a_change_is_taken_whole_and_what_is_broken_is_told_once() {
        let mut seen = Seen { loaded: read("1", "1"), newest: read("1", "1"), is_told: false };
        let mut look = |chain: &str, key: &str| seen.look(read(chain, key), take);
        let kept = || Some(News::Kept("a.pem:1: of another key".to_owned()));
        assert_eq!(look("1", "1"), None);
        // One file after the other.
        assert_eq!((look("2", "1"), look("2", "2"), look("2", "2")), (None, Some(News::Loaded), None));
        // It stays broken.
        assert_eq!((look("3", "2"), look("3", "2"), look("3", "2")), (None, kept(), None));
        // Broken otherwise, then mended, then as it was.
        assert_eq!((look("4", "2"), look("4", "2")), (None, kept()));
        assert_eq!((look("4", "4"), look("2", "2"), look("2", "2")), (Some(News::Loaded), Some(News::Loaded), None));
    }

    #[test]
    fn what_was_loaded_and_comes_back_is_no_news() {
        let mut seen = Seen { loaded: read("1", "1"), newest: read("1", "1"), is_told: false };
        assert_eq!(seen.look(read("2", "1"), take), None);
        assert_eq!(seen.look(read("1", "1"), take), None);
    }
}
