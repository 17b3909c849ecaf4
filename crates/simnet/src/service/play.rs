//! Plays what a script says byte by byte, on any stream.

use super::{
    handshake, web_socket,
    wire::{Wire, hold, read_until},
};
use crate::script::{Blanks, Ends, Hears, Play, Saying};
use std::{io, time::Duration};
use tokio::io::AsyncWriteExt;

/// No request head is longer, also where each redirect makes it longer than the one before.
const MAX_HEARD: usize = 256 * 1024;
/// What is said again and again without a pause goes out in writes of about this much.
const AT_ONCE: usize = 16 * 1024;
/// RFC 8446 section 4.1.2: behind the headers of record and message (5 and 4 bytes), the version and 32 random bytes
/// stands the session id, with its length in the byte before.
const SESSION_ID_AT: usize = 5 + 4 + 2 + 32;

/// Serves one connection.
pub async fn serve(mut stream: impl Wire, play: &Play) -> io::Result<()> {
    let mut blanks: Blanks = crate::script::BLANKS.iter().map(|name| (*name, Vec::new())).collect();
    match play.hears {
        Hears::Nothing => {}
        Hears::Request => {
            let is_whole = |bytes: &[u8]| bytes.windows(4).any(|w| w == b"\r\n\r\n");
            let head = read_until(&mut stream, MAX_HEARD, is_whole).await?;
            if head.is_empty() {
                return Ok(());
            }
            blanks.insert("path", head.split(|b| *b == b' ').nth(1).unwrap_or(b"/").to_vec());
            blanks.insert("accept", web_socket::accept_of(&head).unwrap_or_default().into_bytes());
        }
        Hears::ClientHello => {
            let hello = handshake::client_hello(&mut stream).await?;
            let length = hello.get(SESSION_ID_AT).map_or(0, |length| 1 + usize::from(*length));
            let id = hello.get(SESSION_ID_AT..SESSION_ID_AT + length).unwrap_or(&[0]);
            blanks.insert("session_id", id.to_vec());
        }
    }
    for (i, saying) in play.says.iter().enumerate() {
        if saying.record.is_some() {
            return records(stream, &play.says[i..], &blanks).await;
        }
        say(&mut stream, saying, &blanks).await?;
    }
    match play.ends {
        Ends::Hold => hold(&mut stream).await,
        Ends::Close => {
            stream.shutdown().await?;
            // Let the client close: closing with unread input would send RST after the FIN.
            hold(&mut stream).await
        }
        Ends::Cut => {
            stream.cut().await?;
            hold(&mut stream).await
        }
        Ends::Reset => {
            // RST discards what the client has not read yet; give it a moment to read.
            tokio::time::sleep(Duration::from_millis(20)).await;
            stream.reset_on_drop();
            Ok(())
        }
    }
}

async fn say(stream: &mut impl Wire, saying: &Saying, blanks: &Blanks) -> io::Result<()> {
    let pause = Duration::from_millis(saying.pause_ms);
    let has_pieces = saying.piece.is_some() || saying.pause_ms > 0 || saying.new_keys;
    let same = if saying.is_constant() { Some(saying.bytes(blanks, 0).map_err(io::Error::other)?) } else { None };
    let mut i = 0;
    let goes_on = |i: u32| saying.times.is_none_or(|n| i < n);
    while goes_on(i) {
        let mut bytes = Vec::new();
        while goes_on(i) && (bytes.is_empty() || bytes.len() < AT_ONCE && !has_pieces) {
            match &same {
                Some(same) => bytes.extend(same),
                None => bytes.extend(saying.bytes(blanks, i).map_err(io::Error::other)?),
            }
            i = i.wrapping_add(1);
            if bytes.is_empty() {
                break;
            }
        }
        for piece in bytes.chunks(saying.piece.unwrap_or(usize::MAX)) {
            stream.write_all(piece).await?;
            stream.flush().await?;
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
        }
        if saying.new_keys {
            stream.new_keys()?;
            stream.flush().await?;
        }
    }
    Ok(())
}

/// Goes on record by record; what the client says is not understood any more.
async fn records(stream: impl Wire, says: &[Saying], blanks: &Blanks) -> io::Result<()> {
    let mut records = stream.into_records()?;
    for saying in says {
        let kind = saying.record.ok_or_else(|| io::Error::other("behind a record come only records"))?;
        let content = saying.bytes(blanks, 0).map_err(io::Error::other)?;
        let mut i = 0;
        while saying.times.is_none_or(|n| i < n) {
            records.send(kind, &content).await?;
            i = i.wrapping_add(1);
        }
    }
    hold(records.stream()).await
}
