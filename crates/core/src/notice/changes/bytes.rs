//! How a target looked, and what changed about it, as bytes.

use super::{Change, Looks, State, What, alternation::Turns, ttl::Ttl};
use crate::{
    measure::{
        bytes::{Reader, Unreadable, Writer},
        family::{Family, PerFamily},
        time::Timestamp,
    },
    remember::baseline::Phase,
};
use std::net::IpAddr;

impl State {
    pub(crate) fn write(&self, writer: &mut Writer, base: Timestamp) {
        let Self { looks, changes } = self;
        for (_, looks) in looks.iter() {
            looks.write(writer, base);
        }
        writer.list(changes, |writer, change| change.write(writer, base));
    }

    /// `has_turns` is false of bytes that were written before there were any.
    pub(crate) fn read(reader: &mut Reader<'_>, base: Timestamp, has_turns: bool) -> Result<Self, Unreadable> {
        let mut read = || Looks::read(reader, base, has_turns);
        let looks = PerFamily { ipv4: read()?, ipv6: read()? };
        Ok(Self { looks, changes: reader.list(|reader| Change::read(reader, base))? })
    }
}

impl Looks {
    fn write(&self, writer: &mut Writer, base: Timestamp) {
        let Self { addresses, ttl, certificate, server, status, turns } = self;
        writer.maybe(addresses.as_ref(), |writer, (at, addresses)| {
            writer.time(*at, base);
            write_addresses(writer, addresses);
        });
        writer.maybe(*ttl, |writer, ttl| ttl.write(writer, base));
        for text in [certificate, server] {
            writer.maybe(text.as_ref(), |writer, (at, text)| {
                writer.time(*at, base);
                writer.bytes(text.as_bytes());
            });
        }
        writer.maybe(*status, |writer, (at, status)| {
            writer.time(at, base);
            writer.number(status);
        });
        writer.list(turns, |writer, turns| turns.write(writer, base));
    }

    fn read(reader: &mut Reader<'_>, base: Timestamp, has_turns: bool) -> Result<Self, Unreadable> {
        let addresses = reader.maybe(|reader| Ok((reader.time(base)?, read_addresses(reader)?)))?;
        let ttl = reader.maybe(|reader| Ttl::read(reader, base))?;
        let certificate = reader.maybe(|reader| Ok((reader.time(base)?, reader.text()?)))?;
        let server = reader.maybe(|reader| Ok((reader.time(base)?, reader.text()?)))?;
        let status = reader.maybe(|reader| Ok((reader.time(base)?, reader.fitting()?)))?;
        let turns = if has_turns { reader.list(|reader| Turns::read(reader, base))? } else { Vec::new() };
        Ok(Self { addresses, ttl, certificate, server, status, turns })
    }
}

impl Change {
    fn write(&self, writer: &mut Writer, base: Timestamp) {
        let Self { family, at, what } = self;
        writer.number(*family as u8);
        writer.bracket(*at, base);
        match what {
            What::Addresses { before, after } => {
                writer.number(0_u8);
                write_addresses(writer, before);
                write_addresses(writer, after);
            }
            What::Ttl { before_s, after_s } => {
                writer.number(1_u8);
                writer.number(*before_s);
                writer.number(*after_s);
            }
            What::Certificate { before, after, names } => {
                writer.number(2_u8);
                writer.bytes(before.as_bytes());
                writer.bytes(after.as_bytes());
                writer.list(names, |writer, name| writer.bytes(name.as_bytes()));
            }
            What::Server { before, after } => {
                writer.number(3_u8);
                writer.bytes(before.as_bytes());
                writer.bytes(after.as_bytes());
            }
            What::Latency { phase, before_ms, after_ms } => {
                writer.number(4_u8);
                writer.number(*phase as u8);
                writer.float(*before_ms);
                writer.float(*after_ms);
            }
            What::Status { before, after } => {
                writer.number(5_u8);
                writer.number(*before);
                writer.number(*after);
            }
        }
    }

    fn read(reader: &mut Reader<'_>, base: Timestamp) -> Result<Self, Unreadable> {
        let (family, at) = (one_of(reader, &Family::ALL)?, reader.bracket(base)?);
        let what = match reader.number()? {
            0 => What::Addresses { before: read_addresses(reader)?, after: read_addresses(reader)? },
            1 => What::Ttl { before_s: reader.small()?, after_s: reader.small()? },
            2 => {
                let (before, after) = (reader.text()?, reader.text()?);
                What::Certificate { before, after, names: reader.list(Reader::text)? }
            }
            3 => What::Server { before: reader.text()?, after: reader.text()? },
            4 => {
                let phase = one_of(reader, &Phase::ALL)?;
                What::Latency { phase, before_ms: reader.float()?, after_ms: reader.float()? }
            }
            5 => What::Status { before: reader.fitting()?, after: reader.fitting()? },
            _ => return Err(Unreadable::Range),
        };
        Ok(Self { family, at, what })
    }
}

fn write_addresses(writer: &mut Writer, addresses: &[IpAddr]) {
    writer.list(addresses, |writer, address| match address {
        IpAddr::V4(v4) => writer.bytes(&v4.octets()),
        IpAddr::V6(v6) => writer.bytes(&v6.octets()),
    });
}

/// The length of an address tells its family.
fn read_addresses(reader: &mut Reader<'_>) -> Result<Vec<IpAddr>, Unreadable> {
    reader.list(|reader| {
        let octets = reader.bytes()?;
        let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
        v4.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from)).map_err(|_| Unreadable::Range)
    })
}

/// Reads one of a list by its place in it: the order of families and phases belongs to the version of the bytes.
fn one_of<T: Copy>(reader: &mut Reader<'_>, all: &[T]) -> Result<T, Unreadable> {
    all.get(reader.fitting::<usize>()?).copied().ok_or(Unreadable::Range)
}
