//! Names to addresses, both families at once, with the cause where there is none.

mod doh;
pub mod message;
mod tcp;
mod translated;

use crate::{
    classify::Failure,
    dial::{Deadline, Dial, DialError, DialErrorKind, Stopwatch},
    tls::Tls,
};
use dualwatch_core::measure::{
    address,
    cause::Cause,
    family::Family,
    sample::Evidence,
    target::{Endpoint, Host, Policy, Resolver, default_resolvers},
    time::Timestamp,
    unfit::UnfitAddress,
};
use hickory_proto::rr::Name;
use message::{Extensions, Reply};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What a measurement works with.
pub(crate) struct Tools<'a, D> {
    pub dial: &'a D,
    pub tls: &'a Tls,
    pub policy: &'a Policy,
    /// The time of day at the beginning of the round.
    pub now: Timestamp,
}

/// Addresses of one family.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// Not empty.
    pub addresses: Vec<IpAddr>,
    /// What else the name has: no destination of its own.
    pub unfit: Vec<UnfitAddress>,
    /// How many more of them there are.
    pub n_further: usize,
    pub resolver: Option<String>,
    /// Seconds for which the answer may be kept. `None`: nobody was asked, or the system, which does not say.
    pub ttl_s: Option<u32>,
    /// `None`: a literal, `localhost` or pinned addresses; nobody was asked.
    pub elapsed_ms: Option<f64>,
}

/// What a resolver holds for a name: addresses of either family, and the seconds for which they may be kept.
#[derive(Clone, Debug)]
struct Held {
    addresses: Vec<IpAddr>,
    ttl_s: Option<u32>,
}

/// A look-up of one family without an address, and the time it took if somebody was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct NoAddress {
    pub failure: Failure,
    pub elapsed_ms: Option<f64>,
}

pub type LookupResult = Result<Lookup, NoAddress>;

/// At most this many CNAMEs are followed across answers.
const MAX_CNAMES: usize = 8;
/// A resolver gets at least this long, and at most its share of the time that is left.
const MIN_RESOLVER_MS: f64 = 500.0;
/// As many addresses that are no destination are kept of an answer: they are told, and never connected to.
const MAX_UNFIT: usize = 4;

/// Resolves `host` for each of `families`, in that order. Pinned addresses stand for those of the name.
pub(crate) async fn resolve<D: Dial>(
    tools: &Tools<'_, D>,
    host: &Host,
    pinned: &[IpAddr],
    families: &[Family],
    deadline: Deadline,
) -> Vec<LookupResult> {
    if let Some(known) = without_asking(host, pinned) {
        let held = Held { addresses: known, ttl_s: None };
        return families.iter().map(|family| of_family(&held, *family, None, None)).collect();
    }
    let Host::Name(name) = host else { return Vec::new() };
    if let Some(why) = special_use(name) {
        let failure = Failure::with_error(Cause::DnsSpecialUse, why);
        return families.iter().map(|_| Err(NoAddress { failure: failure.clone(), elapsed_ms: None })).collect();
    }
    let mut results = ask_in_order(tools, &tools.policy.resolvers, name, families, deadline).await;
    translated::note(tools, &mut results, families, deadline).await;
    note_contradiction(&mut results);
    results
}

/// NXDOMAIN is about a name with all its types (RFC 2308 section 2.1, RFC 8020 section 2): where the name has addresses of the
/// other family, or exists without any, the two answers contradict each other (RFC 4074 section 4.2).
fn note_contradiction(results: &mut [LookupResult]) {
    let exists = results.iter().any(|result| match result {
        Ok(lookup) => lookup.resolver.is_some(),
        Err(no) => no.failure.cause == Cause::DnsNodata,
    });
    if exists {
        for no in results.iter_mut().filter_map(|result| result.as_mut().err()) {
            no.failure.evidence.exists_all_the_same = no.failure.cause == Cause::DnsNxdomain;
        }
    }
}

fn without_asking(host: &Host, pinned: &[IpAddr]) -> Option<Vec<IpAddr>> {
    match host {
        _ if !pinned.is_empty() => Some(pinned.to_vec()),
        Host::Address(address) => Some(vec![*address]),
        // RFC 6761 section 6.3: never sent to a resolver.
        Host::Name(name) if name == "localhost" || name.ends_with(".localhost") => {
            Some(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
        }
        Host::Name(_) => None,
    }
}

/// RFC 6761, RFC 6762, RFC 7686, RFC 9476: names that the public DNS does not hold.
fn special_use(name: &str) -> Option<&'static str> {
    match name.rsplit('.').next()? {
        "onion" => Some("`.onion` names are answered inside of Tor only (RFC 7686)"),
        "local" => Some("`.local` names are answered by multicast DNS on one link only (RFC 6762)"),
        "invalid" => Some("`.invalid` names never exist (RFC 6761)"),
        "alt" => Some("`.alt` names are not in the DNS (RFC 9476)"),
        _ => None,
    }
}

fn of_family(held: &Held, family: Family, resolver: Option<String>, elapsed_ms: Option<f64>) -> LookupResult {
    // An IPv4-mapped AAAA (`::ffff:192.0.2.1`) would travel over IPv4: it is no address of either family.
    let is_own = |a: &IpAddr| *a == a.to_canonical() && a.is_ipv6() == (family == Family::Ipv6);
    let own = held.addresses.iter().copied().filter(is_own);
    if resolver.is_none() {
        // Where nobody was asked, no record is missing: what is written down is of the other family.
        let addresses: Vec<IpAddr> = own.take(message::MAX_ADDRESSES).collect();
        if addresses.is_empty() {
            let seen = held.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let evidence = Evidence { seen: Some(seen), ..Evidence::default() };
            return Err(NoAddress { failure: Failure::new(Cause::DnsNodata, evidence), elapsed_ms });
        }
        // It is measured as it was written down, and told for what it is.
        let unfit = addresses.iter().filter_map(|a| UnfitAddress::of(*a)).collect();
        return Ok(Lookup { addresses, unfit, n_further: 0, resolver, ttl_s: held.ttl_s, elapsed_ms });
    }
    let (mut addresses, mut unfit) = (Vec::new(), Vec::new());
    for address in own {
        match UnfitAddress::of(address) {
            Some(what) if unfit.len() < MAX_UNFIT => unfit.push(what),
            Some(_) => {}
            None => addresses.push(address),
        }
    }
    let n_further = addresses.len().saturating_sub(message::MAX_ADDRESSES);
    addresses.truncate(message::MAX_ADDRESSES);
    found(Lookup { addresses, unfit, n_further, resolver, ttl_s: held.ttl_s, elapsed_ms })
}

/// What is left of an answer: addresses, or what there is in their place.
fn found(lookup: Lookup) -> LookupResult {
    if !lookup.addresses.is_empty() {
        return Ok(lookup);
    }
    let Lookup { unfit, resolver, elapsed_ms, .. } = lookup;
    let evidence = Evidence { resolver, unfit, ..Evidence::default() };
    Err(NoAddress { failure: Failure::new(Cause::DnsNodata, evidence), elapsed_ms })
}

/// Asks one resolver after the other until every family has an answer that another resolver would only repeat.
async fn ask_in_order<D: Dial>(
    tools: &Tools<'_, D>,
    resolvers: &[Resolver],
    name: &str,
    families: &[Family],
    deadline: Deadline,
) -> Vec<LookupResult> {
    let watch = Stopwatch::start(tools.dial);
    let mut results: Vec<Option<LookupResult>> = vec![None; families.len()];
    for (i, resolver) in resolvers.iter().enumerate() {
        let open: Vec<Family> =
            families.iter().zip(&results).filter(|(_, r)| !is_final(r.as_ref())).map(|(f, _)| *f).collect();
        if open.is_empty() {
            break;
        }
        let share = deadline.remaining_ms(tools.dial) / (resolvers.len() - i) as f64;
        let bound = deadline.sooner(tools.dial, share.max(MIN_RESOLVER_MS));
        let answers = ask(tools, resolver, name, &open, bound).await;
        let elapsed_ms = Some(watch.elapsed_ms(tools.dial));
        for (family, answer) in open.into_iter().zip(answers) {
            let result = match answer {
                Ok(held) => of_family(&held, family, Some(resolver.to_string()), elapsed_ms),
                Err(mut failure) => {
                    failure.evidence.resolver = Some(resolver.to_string());
                    Err(NoAddress { failure, elapsed_ms })
                }
            };
            if let Some(slot) = families.iter().position(|f| *f == family).and_then(|at| results.get_mut(at)) {
                *slot = Some(more_telling(slot.take(), result));
            }
        }
    }
    let nobody =
        || NoAddress { failure: Failure::measurement("no resolver is configured".to_owned()), elapsed_ms: None };
    results.into_iter().map(|r| r.unwrap_or_else(|| Err(nobody()))).collect()
}

/// Whether another resolver would not know better.
fn is_final(result: Option<&LookupResult>) -> bool {
    match result {
        None => false,
        Some(Ok(_)) => true,
        Some(Err(no)) => {
            matches!(no.failure.cause, Cause::DnsNxdomain | Cause::DnsNodata | Cause::PolicyPlatform)
        }
    }
}

/// Of two results for the same question, the one that says more: an address, an answer, silence, no resolver at all.
fn more_telling(earlier: Option<LookupResult>, later: LookupResult) -> LookupResult {
    let rank = |result: &LookupResult| match result {
        Ok(_) => 4,
        Err(no) => match no.failure.cause {
            Cause::DnsNxdomain | Cause::DnsNodata => 4,
            Cause::DnsServfail | Cause::DnsRefused => 3,
            Cause::DnsMalformed => 2,
            Cause::DnsTimeout => 1,
            _ => 0,
        },
    };
    match earlier {
        Some(earlier) if rank(&earlier) >= rank(&later) => earlier,
        _ => later,
    }
}

/// Asks one resolver, following CNAMEs that it leaves to us. One result per family, in order.
async fn ask<D: Dial>(
    tools: &Tools<'_, D>,
    resolver: &Resolver,
    name: &str,
    families: &[Family],
    deadline: Deadline,
) -> Vec<Result<Held, Failure>> {
    match resolver {
        Resolver::System => {
            let result = ask_system(tools, name, deadline).await;
            families.iter().map(|_| result.clone()).collect()
        }
        Resolver::Tcp { address } => ask_literal(tools, Way::Tcp(*address), name, families, deadline).await,
        Resolver::Doh { endpoint } => match doh_address(tools, endpoint, deadline).await {
            Ok(address) => ask_literal(tools, Way::Doh(endpoint, address), name, families, deadline).await,
            Err(failure) => families.iter().map(|_| Err(failure.clone())).collect(),
        },
    }
}

async fn ask_system<D: Dial>(tools: &Tools<'_, D>, name: &str, deadline: Deadline) -> Result<Held, Failure> {
    match deadline.bound(tools.dial, tools.dial.system_lookup(name)).await {
        None => Err(Failure::bare(Cause::DnsTimeout)),
        Some(Ok(addresses)) => Ok(Held { addresses, ttl_s: None }),
        Some(Err(DialError { kind, text })) => Err(Failure::with_error(
            match kind {
                DialErrorKind::NoSuchName => Cause::DnsNxdomain,
                DialErrorKind::NoAddress => Cause::DnsNodata,
                // "Temporary failure" is said for SERVFAIL and for a resolver that cannot be reached alike.
                _ => Cause::MeasurementFailed,
            },
            text,
        )),
    }
}

/// Returns where a DNS-over-HTTPS server is. A name is looked up through the resolvers that need no look-up themselves.
async fn doh_address<D: Dial>(
    tools: &Tools<'_, D>,
    endpoint: &Endpoint,
    deadline: Deadline,
) -> Result<SocketAddr, Failure> {
    let name = match &endpoint.host {
        Host::Address(address) => return Ok(SocketAddr::new(*address, endpoint.port)),
        Host::Name(name) => name,
    };
    if let Some(&loopback) = without_asking(&endpoint.host, &[]).as_deref().and_then(<[IpAddr]>::first) {
        return Ok(SocketAddr::new(loopback, endpoint.port));
    }
    let own = tools.policy.resolvers.iter().cloned();
    let literal = |r: &Resolver| match r {
        Resolver::Tcp { .. } | Resolver::System => true,
        Resolver::Doh { endpoint } => matches!(endpoint.host, Host::Address(_)),
    };
    let mut literals: Vec<Resolver> = own.filter(literal).collect();
    if literals.is_empty() {
        literals = default_resolvers();
    }
    let mut last = Failure::measurement(format!("look up the resolver `{name}`"));
    for resolver in &literals {
        let answers = match resolver {
            Resolver::System => vec![ask_system(tools, name, deadline).await],
            Resolver::Tcp { address } => ask_literal(tools, Way::Tcp(*address), name, &Family::ALL, deadline).await,
            Resolver::Doh { endpoint } => match &endpoint.host {
                Host::Address(a) => {
                    let way = Way::Doh(endpoint, SocketAddr::new(*a, endpoint.port));
                    ask_literal(tools, way, name, &Family::ALL, deadline).await
                }
                Host::Name(_) => Vec::new(),
            },
        };
        for answer in answers {
            match answer {
                Ok(held) => {
                    let allowed = |a: &&IpAddr| address::is_allowed(**a, tools.policy.allow_private);
                    if let Some(address) = held.addresses.iter().find(allowed) {
                        return Ok(SocketAddr::new(*address, endpoint.port));
                    }
                }
                Err(failure) => last = failure,
            }
        }
    }
    let why = last.evidence.error.unwrap_or_else(|| last.cause.to_string());
    Err(Failure::measurement(format!("look up the resolver `{name}`: {why}")))
}

/// How a resolver with a known address is spoken to.
#[derive(Clone, Copy)]
enum Way<'a> {
    Tcp(SocketAddr),
    Doh(&'a Endpoint, SocketAddr),
}

/// Asks all questions of one resolver: with extensions, and without where it says that it cannot read those.
async fn ask_way<D: Dial>(
    tools: &Tools<'_, D>,
    way: Way<'_>,
    questions: &[(Name, Family)],
    deadline: Deadline,
) -> Vec<Result<Reply, Failure>> {
    let mut replies = ask_once(tools, way, questions, Extensions::Known, deadline).await;
    // RFC 6891 section 7.
    let is_too_new = |reply: &Result<Reply, Failure>| matches!(reply, Ok(Reply::Code { rcode, .. }) if matches!(&**rcode, "FORMERR" | "NOTIMP"));
    let again: Vec<usize> = (0..replies.len()).filter(|i| is_too_new(&replies[*i])).collect();
    if !again.is_empty() {
        let questions: Vec<_> = again.iter().map(|i| questions[*i].clone()).collect();
        let plain = ask_once(tools, way, &questions, Extensions::None, deadline).await;
        for (i, reply) in again.into_iter().zip(plain) {
            replies[i] = reply;
        }
    }
    replies
}

async fn ask_once<D: Dial>(
    tools: &Tools<'_, D>,
    way: Way<'_>,
    questions: &[(Name, Family)],
    extensions: Extensions,
    deadline: Deadline,
) -> Vec<Result<Reply, Failure>> {
    match way {
        Way::Tcp(address) => tcp::ask(tools.dial, address, questions, extensions, deadline).await,
        Way::Doh(endpoint, address) => doh::ask(tools, endpoint, address, questions, extensions, deadline).await,
    }
}

async fn ask_literal<D: Dial>(
    tools: &Tools<'_, D>,
    way: Way<'_>,
    name: &str,
    families: &[Family],
    deadline: Deadline,
) -> Vec<Result<Held, Failure>> {
    let mut results: Vec<Option<Result<Held, Failure>>> = vec![None; families.len()];
    let name = match message::name(name) {
        Ok(name) => name,
        Err(failure) => return families.iter().map(|_| Err(failure.clone())).collect(),
    };
    let mut names = vec![name.clone(); families.len()];
    let mut alias_ttl_s = vec![u32::MAX; families.len()];
    let mut seen = vec![vec![name]; families.len()];
    for _ in 0..=MAX_CNAMES {
        let open: Vec<usize> = (0..families.len()).filter(|i| results[*i].is_none()).collect();
        if open.is_empty() {
            break;
        }
        let questions: Vec<(Name, Family)> = open.iter().map(|i| (names[*i].clone(), families[*i])).collect();
        let replies = ask_way(tools, way, &questions, deadline).await;
        for (i, reply) in open.into_iter().zip(replies) {
            results[i] = match reply {
                Ok(Reply::Addresses { addresses, ttl_s }) => {
                    Some(Ok(Held { addresses, ttl_s: Some(ttl_s.min(alias_ttl_s[i])) }))
                }
                Ok(Reply::Alias { name: next, .. }) if seen[i].contains(&next) => {
                    Some(Err(Failure::with_error(Cause::DnsMalformed, format!("CNAME loop at `{next}`"))))
                }
                Ok(Reply::Alias { name: next, ttl_s }) => {
                    alias_ttl_s[i] = ttl_s.min(alias_ttl_s[i]);
                    seen[i].push(next.clone());
                    names[i] = next;
                    None
                }
                Ok(Reply::Code { cause, rcode, extended }) => {
                    let evidence = Evidence { rcode: Some(rcode), extended, ..Evidence::default() };
                    Some(Err(Failure::new(cause, evidence)))
                }
                Err(failure) => Some(Err(failure)),
            };
        }
    }
    let endless = || Failure::with_error(Cause::DnsMalformed, format!("more than {MAX_CNAMES} CNAMEs in a row"));
    results.into_iter().map(|r| r.unwrap_or_else(|| Err(endless()))).collect()
}
