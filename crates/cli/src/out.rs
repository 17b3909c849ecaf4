//! Standard output, for as long as somebody reads it.

use std::io::{ErrorKind, Result, StdoutLock, Write};

/// Standard output. A reader that has gone away (`| head`) has read what it wanted: what comes after that is dropped, and
/// the exit code is what it would have been.
#[derive(Debug)]
pub struct Out<W = StdoutLock<'static>>(Option<W>);

impl Out {
    pub fn new() -> Self {
        Self(Some(std::io::stdout().lock()))
    }
}

impl<W> Out<W> {
    /// Takes what came of writing; `dropped` stands for it where nobody reads any more.
    fn settle<T>(&mut self, result: Result<T>, dropped: T) -> Result<T> {
        match result {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.0 = None;
                Ok(dropped)
            }
            result => result,
        }
    }
}

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let Some(out) = &mut self.0 else { return Ok(bytes.len()) };
        let result = out.write(bytes);
        self.settle(result, bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        let Some(out) = &mut self.0 else { return Ok(()) };
        let result = out.flush();
        self.settle(result, ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Error;

    /// Fails as it says.
    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> Result<usize> {
            Err(Error::from(self.0))
        }

        fn flush(&mut self) -> Result<()> {
            Err(Error::from(self.0))
        }
    }

    #[test]
    fn a_reader_that_has_gone_away_is_no_error_and_a_full_disk_is() {
        let mut out = Out(Some(Failing(ErrorKind::BrokenPipe)));
        assert!(writeln!(out, "a line").is_ok() && writeln!(out, "another").is_ok() && out.flush().is_ok());
        let mut out = Out(Some(Failing(ErrorKind::StorageFull)));
        assert!(writeln!(out, "a line").is_err() && out.flush().is_err());
    }
}
