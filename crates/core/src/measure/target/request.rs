//! What is sent to a target.

use super::octets::Octets;
use serde::{Deserialize, Serialize};

/// The methods that a check may use: none that opens a tunnel (CONNECT) or sends our headers back (TRACE).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    #[default]
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

impl Method {
    pub const ALL: [Self; 7] = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Options];

    /// Returns the method as it is sent.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }

    /// RFC 9110 section 9.3: a body means something in a request of this method.
    pub const fn takes_body(self) -> bool {
        matches!(self, Self::Post | Self::Put | Self::Patch)
    }
}

/// What a target is asked; the default is a bare GET over HTTP, and nothing over TCP or a WebSocket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    pub method: Method,
    /// In place of ours where the name is the same (letter case does not count).
    pub headers: Vec<RequestHeader>,
    pub body: Option<String>,
    /// The first bytes over a stream; the first message over a WebSocket (text where it is text).
    pub send: Option<Octets>,
}

/// A header that is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RequestHeader {
    pub name: String,
    pub value: String,
}
