//! Whether IPv6 addresses of an answer are the name's, or made by the network (DNS64) with a prefix of its own.

use super::{Lookup, LookupResult, Tools, ask, found};
use crate::dial::{Deadline, Dial};
use dualwatch_core::measure::{
    family::Family,
    target::Resolver,
    unfit::{Prefix, may_be_translated, translated},
};
use std::net::IpAddr;

/// So long is waited for the network's prefix: it is asked of a resolver that has just answered.
const MAX_WAIT_MS: f64 = 1_000.0;

/// Takes out of the results what the network's translators stand for (RFC 7050). It is asked only where an address looks
/// like one: it holds one that the name has over IPv4.
pub async fn note<D: Dial>(
    tools: &Tools<'_, D>,
    results: &mut [LookupResult],
    families: &[Family],
    deadline: Deadline,
) {
    let at = |family| families.iter().position(|f| *f == family);
    let Some(ipv6) = at(Family::Ipv6) else { return };
    let known: Option<Vec<IpAddr>> = at(Family::Ipv4).map(|ipv4| match &results[ipv4] {
        Ok(lookup) => lookup.addresses.clone(),
        Err(_) => Vec::new(),
    });
    let Ok(lookup) = &results[ipv6] else { return };
    let is_suspect = lookup.addresses.iter().any(|a| may_be_translated(*a, known.as_deref()));
    let asked = |resolver: &&Resolver| Some(resolver.to_string()) == lookup.resolver;
    let Some(resolver) = tools.policy.resolvers.iter().find(asked).filter(|_| is_suspect) else { return };
    let bound = deadline.sooner(tools.dial, MAX_WAIT_MS);
    let answer = Box::pin(ask(tools, resolver, Prefix::IPV4_ONLY, &[Family::Ipv6], bound)).await;
    let Some(Ok(held)) = answer.into_iter().next() else { return };
    let prefixes = Prefix::discovered(&held.addresses);
    if prefixes.is_empty() {
        return;
    }
    let mut lookup: Lookup = lookup.clone();
    let made = lookup.addresses.iter().filter_map(|a| translated(*a, &prefixes));
    lookup.unfit.extend(made);
    let unfit = &lookup.unfit;
    lookup.addresses.retain(|a| unfit.iter().all(|unfit| unfit.address != *a));
    lookup.unfit.truncate(super::MAX_UNFIT);
    results[ipv6] = found(lookup);
}
