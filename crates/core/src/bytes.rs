//! Compact binary rows: whole numbers as varints, and what is wrong with bytes that do not read.

use crate::{cause::Cause, time::Timestamp};
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

    /// A time is written as its distance from another: small either way.
    pub fn time(&mut self, at: Timestamp, base: Timestamp) {
        let ms = at.ms_since(base);
        self.number(((ms << 1) ^ (ms >> 63)).cast_unsigned());
    }

    /// A cause is its code: the order of the causes may change.
    pub fn cause(&mut self, cause: Cause) {
        self.number(cause.code().len() as u64);
        self.0.extend_from_slice(cause.code().as_bytes());
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

    pub fn small(&mut self) -> Result<u32, Unreadable> {
        self.number()?.try_into().map_err(|_| Unreadable::Range)
    }

    pub fn time(&mut self, base: Timestamp) -> Result<Timestamp, Unreadable> {
        let n = self.number()?;
        Ok(base + ((n >> 1).cast_signed() ^ -(n & 1).cast_signed()))
    }

    pub fn cause(&mut self) -> Result<Cause, Unreadable> {
        let length = usize::try_from(self.number()?).map_err(|_| Unreadable::Range)?;
        let (code, rest) = self.0.split_at_checked(length).ok_or(Unreadable::Short)?;
        self.0 = rest;
        std::str::from_utf8(code).ok().and_then(Cause::from_code).ok_or(Unreadable::Cause)
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
        fn numbers_read_back(n in any::<u64>(), at in any::<i32>(), base in any::<i32>()) {
            let (at, base) = (Timestamp::from_unix_ms(at.into()), Timestamp::from_unix_ms(base.into()));
            let mut writer = Writer::new(7, 0);
            writer.number(n);
            writer.time(at, base);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes, 7).unwrap();
            prop_assert_eq!((reader.number(), reader.time(base)), (Ok(n), Ok(at)));
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
