//! How a service behaves over one family, now and later.

use super::play::{Play, Saying};
use crate::words::{Connect, Http, Tcp, Tls, WebSocket};
use serde::{Deserialize, Deserializer, de};
use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// One behaviour, phase by phase. The default accepts and answers 200 over plain HTTP.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    pub connect: Connect,
    /// `None`: no TLS.
    pub tls: Option<Tls>,
    /// How long the server waits after `ClientHello`, in milliseconds.
    pub tls_delay_ms: u64,
    /// How many bytes a record of the server's handshake holds that is not encrypted; 0: as many as TLS likes.
    pub tls_record_bytes: usize,
    /// How many bytes the server sends at once below TLS; 0: all it has.
    pub tls_piece_bytes: usize,
    pub http: Http,
    /// Instead of HTTP.
    pub tcp: Option<Tcp>,
    /// Instead of HTTP alone: what happens where a WebSocket is asked for.
    pub web_socket: Option<WebSocket>,
    /// Instead of all of them, and inside of TLS if there is any: bytes.
    pub play: Option<Play>,
    /// What `tcp = "greet"` and `web_socket = "greet"` say.
    pub greeting: String,
    pub status: u16,
    /// `None`: a line that names the service and the family.
    pub body: Option<String>,
    pub headers: BTreeMap<String, String>,
    /// Whether only the first bytes are sent where only they are asked for (RFC 9110 section 14.2).
    pub ranges: bool,
    /// How long the server waits after the request, in milliseconds.
    pub delay_ms: u64,
    /// How many redirects on this service come before the answer.
    pub redirects: u8,
    /// Where the answer redirects to; `{port:KEY}` stands for the port of a service.
    pub redirect_to: Option<String>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            connect: Connect::default(),
            tls: None,
            tls_delay_ms: 0,
            tls_record_bytes: 0,
            tls_piece_bytes: 0,
            http: Http::default(),
            tcp: None,
            web_socket: None,
            play: None,
            greeting: "220 ready\r\n".to_owned(),
            status: 200,
            body: None,
            headers: BTreeMap::new(),
            ranges: true,
            delay_ms: 0,
            redirects: 0,
            redirect_to: None,
        }
    }
}

impl From<Connect> for Behaviour {
    fn from(connect: Connect) -> Self {
        Self { connect, ..Self::default() }
    }
}

impl From<Tls> for Behaviour {
    fn from(tls: Tls) -> Self {
        Self { tls: Some(tls), ..Self::default() }
    }
}

impl From<Http> for Behaviour {
    fn from(http: Http) -> Self {
        Self { http, ..Self::default() }
    }
}

impl From<Tcp> for Behaviour {
    fn from(tcp: Tcp) -> Self {
        Self { tcp: Some(tcp), ..Self::default() }
    }
}

impl From<WebSocket> for Behaviour {
    fn from(web_socket: WebSocket) -> Self {
        Self { web_socket: Some(web_socket), ..Self::default() }
    }
}

impl From<Play> for Behaviour {
    fn from(play: Play) -> Self {
        Self { play: Some(play), ..Self::default() }
    }
}

impl Behaviour {
    /// Returns a good answer with this status.
    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// Returns a good answer that is sent after a delay.
    pub fn slow(delay_ms: u64) -> Self {
        Self { delay_ms, ..Self::default() }
    }

    /// Returns why this cannot be done, if so.
    pub(super) fn check(&self) -> Result<(), String> {
        let n_protocols =
            [self.tcp.is_some(), self.web_socket.is_some(), self.play.is_some(), self.http != Http::Answer];
        if n_protocols.into_iter().filter(|is_said| *is_said).count() > 1 {
            return Err("write one of `http`, `tcp`, `web_socket` and `play`".into());
        }
        if !(200..=599).contains(&self.status) {
            return Err(format!("status {} is not between 200 and 599", self.status));
        }
        for (name, value) in &self.headers {
            if hyper::header::HeaderName::try_from(name).is_err()
                || hyper::header::HeaderValue::try_from(value).is_err()
            {
                return Err(format!("header {name:?} cannot be sent"));
            }
        }
        self.says().iter().try_for_each(Saying::check)
    }

    /// Returns the texts in which `{port:KEY}` may stand.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let headers = self.headers.values().map(String::as_str);
        let says = self.says().iter().map(Saying::text);
        self.redirect_to.as_deref().into_iter().chain(self.body.as_deref()).chain(headers).chain(says)
    }

    fn says(&self) -> &[Saying] {
        self.play.as_ref().map_or(&[], |play| &play.says)
    }

    /// Returns the behaviour with each `{port:KEY}` replaced.
    pub(crate) fn with_ports(&self, ports: &BTreeMap<String, u16>) -> Self {
        let fill = |text: &String| super::fill_ports(text, ports);
        Self {
            redirect_to: self.redirect_to.as_ref().map(fill),
            body: self.body.as_ref().map(fill),
            headers: self.headers.iter().map(|(name, value)| (name.clone(), fill(value))).collect(),
            play: self.play.as_ref().map(|play| Play {
                says: play.says.iter().map(|saying| saying.with_text(|text| super::fill_ports(text, ports))).collect(),
                ..play.clone()
            }),
            ..self.clone()
        }
    }
}

/// A behaviour for ever, or several in turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    Always(Box<Behaviour>),
    /// Repeats by the wall clock: the first step begins whenever Unix time is a multiple of the whole length,
    /// so that a restart goes on where the schedule stands.
    Repeat(Vec<Step>),
}

/// One part of a repeating plan.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub seconds: u32,
    #[serde(default)]
    pub behaviour: Behaviour,
}

impl<B: Into<Behaviour>> From<B> for Plan {
    fn from(behaviour: B) -> Self {
        Self::Always(Box::new(behaviour.into()))
    }
}

impl Plan {
    /// Returns every behaviour that occurs in the plan.
    pub fn behaviours(&self) -> impl Iterator<Item = &Behaviour> {
        let (one, many) = match self {
            Self::Always(behaviour) => (Some(&**behaviour), &[][..]),
            Self::Repeat(steps) => (None, &steps[..]),
        };
        one.into_iter().chain(many.iter().map(|step| &step.behaviour))
    }

    /// Returns the behaviour at a time and how long it lasts from then on; `None`: for ever.
    pub fn at(&self, now: SystemTime) -> (&Behaviour, Option<Duration>) {
        let steps = match self {
            Self::Always(behaviour) => return (behaviour, None),
            Self::Repeat(steps) => steps,
        };
        let whole_ms: u128 = steps.iter().map(|step| u128::from(step.seconds) * 1000).sum();
        let mut into_ms = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() % whole_ms.max(1);
        for step in steps {
            let length_ms = u128::from(step.seconds) * 1000;
            if into_ms < length_ms {
                return (&step.behaviour, Some(Duration::from_millis((length_ms - into_ms) as u64)));
            }
            into_ms -= length_ms;
        }
        unreachable!("a plan has at least one step of at least one second")
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> de::Visitor<'de> for Reader {
            type Value = Plan;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a behaviour, or a list of { seconds, behaviour }")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Plan, A::Error> {
                Behaviour::deserialize(de::value::MapAccessDeserializer::new(map)).map(Plan::from)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Plan, A::Error> {
                let steps = Vec::<Step>::deserialize(de::value::SeqAccessDeserializer::new(seq))?;
                if steps.is_empty() {
                    return Err(de::Error::custom("a schedule has at least one step"));
                }
                if steps.iter().any(|step| step.seconds == 0) {
                    return Err(de::Error::custom("a step lasts at least one second"));
                }
                Ok(Plan::Repeat(steps))
            }
        }

        d.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_follows_the_wall_clock() {
        let plan = Plan::Repeat(vec![
            Step { seconds: 40, behaviour: Behaviour::default() },
            Step { seconds: 20, behaviour: Connect::Refused.into() },
        ]);
        let check = |unix_ms: u64, refused: bool, lasts_ms: u64| {
            let (behaviour, lasts) = plan.at(UNIX_EPOCH + Duration::from_millis(unix_ms));
            assert_eq!(behaviour.connect == Connect::Refused, refused, "{unix_ms}");
            assert_eq!(lasts, Some(Duration::from_millis(lasts_ms)), "{unix_ms}");
        };
        check(0, false, 40_000);
        check(39_999, false, 1);
        check(40_000, true, 20_000);
        check(59_999, true, 1);
        check(60_000, false, 40_000);
        assert_eq!(Plan::from(Connect::Silent).at(UNIX_EPOCH).1, None);
    }
}
