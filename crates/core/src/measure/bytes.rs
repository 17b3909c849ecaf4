//! Compact binary rows: whole numbers as varints, and what is wrong with bytes that do not read.

use crate::measure::{bracket::Bracket, cause::Cause, time::Timestamp};
use unsigned_varint::{decode, encode};

/// Why bytes are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the bytes end too early")]
    Short,
    #[error("{0} bytes are left over")]
    Long(usize),
    #[error("version {0} is not known")]
    Version(u8),
    #[error("a cause is not known")]
    Cause,
    #[error("a value is out of range")]
    Range,
    #[error("a document inside cannot be read")]
    Document,
}

/// Writes a row.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub fn new(version: u8, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.push(version);
        Self(bytes)
    }

    pub fn number(&mut self, n: impl Into<u64>) {
        self.0.extend_from_slice(encode::u64(n.into(), &mut encode::u64_buffer()));
    }

    /// What is near zero is short, on either side of it.
    pub fn signed(&mut self, n: impl Into<i64>) {
        let n = n.into();
        self.number(((n << 1) ^ (n >> 63)).cast_unsigned());
    }

    pub fn float(&mut self, n: f64) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }

    /// A time is written as its distance from another: small either way.
    pub fn time(&mut self, at: Timestamp, base: Timestamp) {
        self.signed(at.ms_since(base));
    }

    pub fn bracket(&mut self, bracket: Bracket, base: Timestamp) {
        self.time(bracket.by, base);
        self.maybe(bracket.after, |writer, after| writer.time(after, bracket.by));
    }

    /// A cause is its code: the order of the causes may change.
    pub fn cause(&mut self, cause: Cause) {
        self.bytes(cause.code().as_bytes());
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    pub fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.number(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub fn list<T>(&mut self, list: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.number(list.len() as u64);
        for value in list {
            write(self, value);
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads a row; every step that fails says why.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Begins to read a row of this version.
    pub fn new(bytes: &'a [u8], version: u8) -> Result<Self, Unreadable> {
        match bytes.split_first() {
            None => Err(Unreadable::Short),
            Some((found, rest)) if *found == version => Ok(Self(rest)),
            Some((found, _)) => Err(Unreadable::Version(*found)),
        }
    }

    pub fn number(&mut self) -> Result<u64, Unreadable> {
        let (n, rest) = decode::u64(self.0).map_err(|e| match e {
            decode::Error::Insufficient => Unreadable::Short,
            _ => Unreadable::Range,
        })?;
        self.0 = rest;
        Ok(n)
    }

    /// Reads a number that fits its type.
    pub fn fitting<T: TryFrom<u64>>(&mut self) -> Result<T, Unreadable> {
        self.number()?.try_into().map_err(|_| Unreadable::Range)
    }

    pub fn small(&mut self) -> Result<u32, Unreadable> {
        self.fitting()
    }

    pub fn signed<T: TryFrom<i64>>(&mut self) -> Result<T, Unreadable> {
        let n = self.number()?;
        let n = (n >> 1).cast_signed() ^ -(n & 1).cast_signed();
        n.try_into().map_err(|_| Unreadable::Range)
    }

    pub fn float(&mut self) -> Result<f64, Unreadable> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Unreadable::Short)?;
        self.0 = rest;
        Ok(f64::from_le_bytes(*bytes))
    }

    pub fn flag(&mut self) -> Result<bool, Unreadable> {
        match self.number()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Unreadable::Range),
        }
    }

    pub fn time(&mut self, base: Timestamp) -> Result<Timestamp, Unreadable> {
        Ok(base + self.signed::<i64>()?)
    }

    pub fn bracket(&mut self, base: Timestamp) -> Result<Bracket, Unreadable> {
        let by = self.time(base)?;
        Ok(Bracket::new(self.maybe(|reader| reader.time(by))?, by))
    }

    pub fn cause(&mut self) -> Result<Cause, Unreadable> {
        std::str::from_utf8(self.bytes()?).ok().and_then(Cause::from_code).ok_or(Unreadable::Cause)
    }

    pub fn bytes(&mut self) -> Result<&'a [u8], Unreadable> {
        let length = self.fitting()?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Unreadable::Short)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub fn text(&mut self) -> Result<String, Unreadable> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| Unreadable::Range)
    }

    pub fn maybe<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Unreadable>) -> Result<Option<T>, Unreadable> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    /// Reads a list. Each of its values takes a byte at least, so that no more is allocated than the bytes can hold.
    pub fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T, Unreadable>) -> Result<Vec<T>, Unreadable> {
        let n: usize = self.fitting()?;
        if n > self.0.len() {
            return Err(Unreadable::Short);
        }
        (0..n).map(|_| read(self)).collect()
    }

    pub fn n_left(&self) -> usize {
        self.0.len()
    }

    /// Ends: nothing may be left.
    pub fn finish(self) -> Result<(), Unreadable> {
        if self.0.is_empty() { Ok(()) } else { Err(Unreadable::Long(self.0.len())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_read_back(n in any::<u64>(), signed in any::<i64>(), at in any::<i32>(), base in any::<i32>()) {
            let (at, base) = (Timestamp::from_unix_ms(at.into()), Timestamp::from_unix_ms(base.into()));
            let mut writer = Writer::new(7, 0);
            writer.number(n);
            writer.signed(signed);
            writer.time(at, base);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes, 7).unwrap();
            prop_assert_eq!((reader.number(), reader.signed(), reader.time(base)), (Ok(n), Ok(signed), Ok(at)));
            prop_assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn every_cause_reads_back() {
        for cause in Cause::ALL {
            let mut writer = Writer::new(7, 0);
            writer.cause(*cause);
            assert_eq!(Reader::new(&writer.finish(), 7).unwrap().cause(), Ok(*cause));
        }
    }
}
