//! Standard output, for as long as somebody reads it, and standard error: both are a terminal, perhaps.

use dualwatch_words::glass;
use std::io::{ErrorKind, Result, StdoutLock, Write};

/// Standard output. A reader that has gone away (`| head`) has read what it wanted: what comes after that is dropped, and
/// the exit code is what it would have been. Nothing that is written can give orders to a terminal; inside of JSON what is
/// written out instead means the same.
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
        let result = match str::from_utf8(bytes) {
            Ok(text) => out.write_all(glass::terminal(text).as_bytes()).map(|()| bytes.len()),
            Err(_) => out.write(bytes),
        };
        self.settle(result, bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        let Some(out) = &mut self.0 else { return Ok(()) };
        let result = out.flush();
        self.settle(result, ())
    }
}

/// Writes a line to standard error, like `eprintln!`, fit for a terminal.
macro_rules! complain {
    ($($text:tt)*) => { eprintln!("{}", dualwatch_words::glass::terminal(&format!($($text)*))) };
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

    /// Promise (Texts): No text of a target orders a terminal, a document, a page or a log about: control and
    /// bidirectional characters are written out.
    #[test]
    fn a_terminal_gets_no_orders_and_json_stays_json() {
        let mut out = Out(Some(Vec::new()));
        writeln!(out, "{{\"issuer\":\"a\u{9b}31m\u{202e}b\"}}").unwrap();
        writeln!(out, "two\nlines").unwrap();
        let text = String::from_utf8(out.0.unwrap()).unwrap();
        assert_eq!(text, "{\"issuer\":\"a\\u009b31m\\u202eb\"}\ntwo\nlines\n");
        let json: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(json["issuer"], "a\u{9b}31m\u{202e}b");
    }

    #[test]
    fn a_reader_that_has_gone_away_is_no_error_and_a_full_disk_is() {
        let mut out = Out(Some(Failing(ErrorKind::BrokenPipe)));
        assert!(writeln!(out, "a line").is_ok() && writeln!(out, "another").is_ok() && out.flush().is_ok());
        let mut out = Out(Some(Failing(ErrorKind::StorageFull)));
        assert!(writeln!(out, "a line").is_err() && out.flush().is_err());
    }
}
